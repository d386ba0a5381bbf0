//! Linear support vector machines by dual coordinate descent with shrinking, one class against the rest.
//!
//! For a class with signs `y` the objective is `1/2 (||w||² + b²) + C sum_i s_i loss(1 - y_i (w x_i + b))`, with the hinge
//! or its square as loss and row weights `s`; the intercept `b` counts as the weight of a column of ones, as in
//! LIBLINEAR. The solver (`dual`) works on the matrix with multiples merged, which changes no product of two rows.

mod dual;
mod in_step;
mod rows;

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array1;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use self::dual::{Descent, Dual, Solution};
use self::rows::Rows;
use super::design::Halves;
use super::linear::{Linear, linear_model};
use super::params::{guard, setters};
use super::{LearnError, Records, targets};

/// What a row on the wrong side of its margin costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hinge {
    /// What it lacks.
    Plain,
    /// The square of what it lacks.
    #[default]
    Squared,
}

/// Hyperparameters, not yet checked; see [`LinearSvm::params`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearSvmParams(LinearSvmValidParams);

/// Checked hyperparameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearSvmValidParams {
    n_classes: usize,
    c: f64,
    class_weight_power: f64,
    hinge: Hinge,
    tolerance: f64,
    max_iterations: u64,
    seed: u64,
}

setters!(LinearSvmParams {
    /// Inverse regularization strength, above 0. Default 1.
    c: f64,

    /// Weighs each class by the inverse of its frequency to this power, 0 to 1. Default 0.
    class_weight_power: f64,

    /// The loss. Default squared.
    hinge: Hinge,

    /// The fit has converged when the largest and the smallest projected gradient differ by less. Default 0.01.
    tolerance: f64,

    /// Walks over the rows after which the fit ends, converged or not. Default 1000.
    max_iterations: u64,

    /// Seed of the order in which rows are visited. Default 0.
    seed: u64,
});

guard!(LinearSvmParams => LinearSvmValidParams);

impl LinearSvmValidParams {
    /// Whether every value can be worked with.
    fn validate(&self) -> Result<(), LearnError> {
        targets::check_common(self.n_classes, self.c, self.class_weight_power, self.tolerance)?;
        targets::check("the number of iterations", 0.0, self.max_iterations > 0, "1 or more")
    }
}

/// How the fit of one class ended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DualConvergence {
    /// Walks over the rows.
    pub iterations: u64,
    /// The objective reached.
    pub objective: f64,
    /// By how much it can still be too large: the objective minus the dual's.
    pub duality_gap: f64,
    /// By how much the gradients violated the optimum in the last walk: what the tolerance is compared to.
    pub violation: f64,
    /// Whether the projected gradients are within the tolerance.
    pub converged: bool,
}

/// A fitted machine: one score a class; with two classes the second's is the first's with the other sign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearSvm {
    linear: Linear,
    convergence: Vec<DualConvergence>,
}

impl LinearSvm {
    /// Hyperparameters for `n_classes` classes, with defaults for everything else.
    #[must_use]
    pub const fn params(n_classes: usize) -> LinearSvmParams {
        LinearSvmParams(LinearSvmValidParams {
            n_classes,
            c: 1.0,
            class_weight_power: 0.0,
            hinge: Hinge::Squared,
            tolerance: 0.01,
            max_iterations: 1000,
            seed: 0,
        })
    }

    /// How each fit ended: one a class, or one alone for two classes.
    #[must_use]
    pub fn convergence(&self) -> &[DualConvergence] {
        &self.convergence
    }
}

impl Fit<Records, Array1<usize>, LearnError> for LinearSvmValidParams {
    type Object = LinearSvm;

    fn fit(&self, dataset: &DatasetBase<Records, Array1<usize>>) -> Result<Self::Object, LearnError> {
        let weights = targets::row_weights(dataset, self.n_classes, self.class_weight_power)?;
        let costs: Vec<f64> = weights.iter().map(|weight| weight * self.c).collect();
        let Halves { by_row, columns } = Halves::frequent_first(dataset.records());
        let rows = Rows::new(by_row, columns.n_merged());
        let products = rows.products();
        let classes = dataset.targets();
        let descent = Descent { tolerance: self.tolerance, max_iterations: self.max_iterations, seed: self.seed };
        let fit_one = |class: usize| {
            let is_in = |row: usize| classes[row] == class;
            Dual::new(&rows, &products, is_in, &costs, self.hinge).solve(descent)
        };
        let fits: Vec<Solution> = if self.n_classes == 2 {
            vec![fit_one(1)]
        } else {
            (0..self.n_classes).into_par_iter().map(fit_one).collect()
        };
        let at = |class: usize, place: usize| match fits.as_slice() {
            [one] if class == 0 => -one.at(place),
            [one] => one.at(place),
            all => all[class].at(place),
        };
        let convergence = fits.iter().map(|fit| fit.convergence).collect();
        Ok(LinearSvm { linear: Linear::of_columns(&columns, self.n_classes, at), convergence })
    }
}

linear_model!(LinearSvm {
    /// Weights of shape (classes, features).
    weights,
    /// One intercept a class.
    intercept,
});

#[cfg(test)]
mod tests {
    use linfa::traits::Predict;
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
            let params = LinearSvm::params(3).c(0.5).hinge(hinge).tolerance(1e-9).max_iterations(1_000_000);
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
            let params = LinearSvm::params(3).c(0.8).tolerance(1e-10).class_weight_power(1.0).max_iterations(1_000_000);
            let model = params.fit(&data).unwrap();
            // The intercept as a column of ones.
            let with_ones = (0..120).map(|row| {
                let mut entries: Vec<(u32, f32)> =
                    data.records().row(row).iter().map(|(column, value)| (column as u32, value)).collect();
                entries.push((n_columns, 1.0));
                entries
            });
            let design = Design::plain(&Records::from_rows(with_ones, n_columns as usize + 1).unwrap());
            let weights: Vec<f64> =
                targets::row_weights(&data, 3, 1.0).unwrap().iter().map(|weight| 0.8 * weight).collect();
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
        let targets = rows.iter().map(|row| usize::from(row[0].0 + row[1].0 + row[9].0 % 3 > 16)).collect();
        let records = Records::from_rows(rows, 150 * 11).unwrap();
        let Halves { by_row, columns } = Halves::frequent_first(&records);
        let n_entries = Rows::new(by_row, columns.n_merged()).n_entries();
        assert!(n_entries >= dual::WORTH_SHARING, "two threads share walks over so many: {n_entries}");
        let data = DatasetBase::new(records, targets);
        let fit = |n_threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            pool.install(|| LinearSvm::params(2).tolerance(1e-3).fit(&data).unwrap())
        };
        let alone = fit(1);
        assert!(alone.convergence()[0].converged, "{:?}", alone.convergence());
        assert_eq!(alone, fit(2));
    }

    #[test]
    fn copies_of_a_few_rows_still_converge() {
        let rows = (0..500_u32).map(|row| vec![(row % 3, 1.0), (3, 1.0)]);
        let targets = (0..500).map(|row| usize::from(row % 3 == 0 || row % 50 == 1)).collect();
        let data = DatasetBase::new(Records::from_rows(rows, 4).unwrap(), targets);
        for hinge in [Hinge::Plain, Hinge::Squared] {
            let model = LinearSvm::params(2).hinge(hinge).tolerance(1e-6).fit(&data).unwrap();
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
        let model = LinearSvm::params(2).fit(&data).unwrap();
        let scores = model.decision_function(data.records());
        assert!(scores.outer_iter().all(|row| row[0] == -row[1]));
        assert_eq!(model, LinearSvm::params(2).fit(&data).unwrap());
        let predicted = model.predict(&data);
        assert!(predicted.iter().zip(scores.outer_iter()).all(|(&class, row)| (class == 1) == (row[1] > 0.0)));
        assert!(LinearSvm::params(2).c(f64::NAN).fit(&data).is_err());
    }
}
