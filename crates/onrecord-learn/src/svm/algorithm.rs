//! The fit: one class against the rest, by the solver of `dual`.

use rayon::prelude::*;

use super::dual::{Descent, Dual, Solution};
use super::rows::Rows;
use super::{LinearSvm, LinearSvmValidParams};
use crate::design::Halves;
use crate::linear::Linear;
use crate::targets::{Examples, fit_examples};
use crate::{LearnError, Records};

fit_examples!(LinearSvmValidParams => LinearSvm);

impl LinearSvmValidParams {
    fn fit_examples(&self, examples: &Examples<'_, Records>) -> Result<LinearSvm, LearnError> {
        let Examples { records, classes, n_classes, weights } = examples;
        let n_classes = *n_classes;
        let costs: Vec<f64> = weights.iter().map(|weight| weight * self.c).collect();
        let Halves { by_row, columns } = Halves::frequent_first(records);
        let rows = Rows::new(by_row, columns.n_merged());
        let products = rows.products();
        let descent = Descent { tolerance: self.tolerance, max_iterations: self.max_iterations, seed: self.seed };
        let fit_one = |class: usize| {
            let is_in = |row: usize| classes[row] == class;
            Dual::new(&rows, &products, is_in, &costs, self.hinge).solve(descent)
        };
        let fits: Vec<Solution> =
            if n_classes == 2 { vec![fit_one(1)] } else { (0..n_classes).into_par_iter().map(fit_one).collect() };
        let at = |class: usize, place: usize| match fits.as_slice() {
            [one] if class == 0 => -one.at(place),
            [one] => one.at(place),
            all => all[class].at(place),
        };
        let convergence = fits.iter().map(|fit| fit.convergence).collect();
        let labels = (0..n_classes).collect();
        Ok(LinearSvm { labels, linear: Linear::of_columns(&columns, n_classes, at), convergence })
    }
}

#[cfg(test)]
mod tests {
    use crate::Hinge;
    use crate::targets::examples;
    use linfa::DatasetBase;
    use linfa::traits::Fit;
    use linfa::traits::Predict;
    use ndarray::Array1;
    use rand_xoshiro::Xoshiro256PlusPlus;
    use rand_xoshiro::rand_core::{RngCore, SeedableRng};

    use super::*;
    use crate::design::{Design, Halves};
    use crate::losses::SquaredHinge;
    use crate::newton::{Problem, Stop};

    fn dataset() -> DatasetBase<Records, Array1<usize>> {
        of_columns(6)
    }

    fn of_columns(n_columns: u32) -> DatasetBase<Records, Array1<usize>> {
        let rows = (0..120_u32).map(|row| {
            let value = |column: u32| ((row * 13 + column * 29 + row * row % 7) % 9) as f32 / 4.0 - 1.0;
            (0..n_columns).map(|column| (column, value(column))).filter(|(_, value)| *value != 0.0).collect()
        });
        let records = Records::from_rows(rows, n_columns as usize).unwrap();
        let targets = Array1::from_iter((0..120_usize).map(|row| (row * row + row / 3) % 5 % 3));
        DatasetBase::new(records, targets)
    }

    #[test]
    fn the_gap_closes_for_both_losses() {
        for hinge in [Hinge::Plain, Hinge::Squared] {
            let params = LinearSvm::params().c(0.5).hinge(hinge).tolerance(1e-9).max_iterations(1_000_000);
            let model = params.fit(&dataset()).unwrap();
            for convergence in model.convergence() {
                assert!(convergence.converged, "{convergence:?}");
                assert!(convergence.duality_gap.abs() < 1e-6 * convergence.objective, "{convergence:?}");
            }
        }
    }

    #[test]
    fn the_squared_hinge_is_that_of_the_newton_solver() {
        for n_columns in [1, 2, 3, 6] {
            let data = of_columns(n_columns);
            let params = LinearSvm::params().c(0.8).tolerance(1e-10).class_weight_power(1.0).max_iterations(1_000_000);
            let model = params.fit(&data).unwrap();
            // The intercept as a column of ones.
            let with_ones = (0..120).map(|row| {
                let mut entries: Vec<(u32, f32)> =
                    data.records().row(row).iter().map(|(column, value)| (column as u32, value)).collect();
                entries.push((n_columns, 1.0));
                entries
            });
            let design = Design::plain(&Records::from_rows(with_ones, n_columns as usize + 1).unwrap());
            let weights: Vec<f64> = examples(&data, 1.0).unwrap().1.weights.iter().map(|weight| 0.8 * weight).collect();
            for class in 0..3 {
                let is_in: Vec<bool> = data.targets().iter().map(|&of_row| of_row == class).collect();
                let loss = SquaredHinge { is_in: &is_in, weights: &weights };
                let problem = Problem { design: &design, loss, penalty: 1.0, has_intercept: false };
                let minimum = problem.minimize(Stop { tolerance: 1e-9, relative_decrease: 0.0, max_iterations: 200 });
                let objective = model.convergence()[class].objective;
                assert!((minimum.objective - objective).abs() < 1e-6 * objective, "{} {objective}", minimum.objective);
                assert!((minimum.params[n_columns as usize] - model.intercept()[class]).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn the_number_of_threads_changes_no_bit() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
        let mut drawn = |below: u32| (rng.next_u64() >> 33) as u32 % below;
        let rows: Vec<Vec<(u32, f32)>> =
            (0..4000).map(|_| (0..150).map(|place| (place * 11 + drawn(11), 0.1)).collect()).collect();
        let targets: Array1<usize> =
            rows.iter().map(|row| usize::from(row[0].0 + row[1].0 + row[9].0 % 3 > 16)).collect();
        let records = Records::from_rows(rows, 150 * 11).unwrap();
        let Halves { by_row, columns } = Halves::frequent_first(&records);
        let n_entries = Rows::new(by_row, columns.n_merged()).n_entries();
        assert!(n_entries >= crate::svm::dual::WORTH_SHARING, "two threads share walks over so many: {n_entries}");
        let data = DatasetBase::new(records, targets);
        let fit = |n_threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            pool.install(|| LinearSvm::params().tolerance(1e-3).fit(&data).unwrap())
        };
        let alone = fit(1);
        assert!(alone.convergence()[0].converged, "{:?}", alone.convergence());
        assert_eq!(alone, fit(2));
    }

    #[test]
    fn copies_of_a_few_rows_still_converge() {
        let rows = (0..500_u32).map(|row| vec![(row % 3, 1.0), (3, 1.0)]);
        let targets: Array1<usize> = (0..500).map(|row| usize::from(row % 3 == 0 || row % 50 == 1)).collect();
        let data = DatasetBase::new(Records::from_rows(rows, 4).unwrap(), targets);
        for hinge in [Hinge::Plain, Hinge::Squared] {
            let model = LinearSvm::params().hinge(hinge).tolerance(1e-6).fit(&data).unwrap();
            let convergence = model.convergence()[0];
            assert!(convergence.converged, "{convergence:?}");
            assert!(convergence.duality_gap < 1e-4 * convergence.objective, "{convergence:?}");
        }
    }

    #[test]
    fn two_classes_have_one_score_with_two_signs() {
        let data = dataset();
        let two = data.targets().mapv(|class| class.min(1));
        let data = DatasetBase::new(data.records().clone(), two);
        let model = LinearSvm::params().fit(&data).unwrap();
        let scores = model.decision_function(data.records());
        assert!(scores.outer_iter().all(|row| row[0] == -row[1]));
        assert_eq!(model, LinearSvm::params().fit(&data).unwrap());
        let predicted = model.predict(&data);
        assert!(predicted.iter().zip(scores.outer_iter()).all(|(&class, row)| (class == 1) == (row[1] > 0.0)));
        assert!(LinearSvm::params().c(f64::NAN).fit(&data).is_err());
    }
}
