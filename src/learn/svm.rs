//! Linear support vector machines by dual coordinate descent with shrinking, one class against the rest.
//!
//! For a class with signs `y` the objective is `1/2 (||w||² + b²) + C sum_i s_i loss(1 - y_i (w x_i + b))`, with the hinge
//! or its square as loss and row weights `s`; the intercept `b` counts as the weight of a column of ones, as in
//! LIBLINEAR. The solver is algorithm 3 of Hsieh, Chang, Lin, Keerthi and Sundararajan 2008, "A dual coordinate descent
//! method for large-scale linear SVM", on the matrix with multiples merged, which changes no product of two rows.

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array1;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::design::Design;
use super::linear::{Linear, linear_model};
use super::params::{guard, setters};
use super::split::shuffle;
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
        let design = Design::frequent_first(dataset.records());
        let classes = dataset.targets();
        let fit_one = |class: usize| {
            let is_in: Vec<bool> = classes.iter().map(|&of_row| of_row == class).collect();
            let problem = Dual { design: &design, is_in: &is_in, costs: &costs, hinge: self.hinge };
            problem.solve(self.tolerance, self.max_iterations, self.seed)
        };
        let fits: Vec<(Vec<f64>, DualConvergence)> = if self.n_classes == 2 {
            vec![fit_one(1)]
        } else {
            (0..self.n_classes).into_par_iter().map(fit_one).collect()
        };
        let at = |class: usize, place: usize| match fits.as_slice() {
            [(one, _)] if class == 0 => -one[place],
            [(one, _)] => one[place],
            all => all[class].0[place],
        };
        let convergence = fits.iter().map(|(_, convergence)| *convergence).collect();
        Ok(LinearSvm { linear: Linear::of_design(&design, self.n_classes, at), convergence })
    }
}

linear_model!(LinearSvm {
    /// Weights of shape (classes, features).
    weights,
    /// One intercept a class.
    intercept,
});

/// One class against the rest.
struct Dual<'d> {
    design: &'d Design,
    is_in: &'d [bool],
    /// C times the row's weight.
    costs: &'d [f64],
    hinge: Hinge,
}

impl Dual<'_> {
    /// The dual variable's upper bound, and what is added to the diagonal.
    fn bounds(&self, row: usize) -> (f64, f64) {
        match self.hinge {
            Hinge::Plain => (self.costs[row], 0.0),
            Hinge::Squared => (f64::INFINITY, 0.5 / self.costs[row]),
        }
    }

    /// The weights, the intercept last, and how the descent ended.
    fn solve(&self, tolerance: f64, max_iterations: u64, seed: u64) -> (Vec<f64>, DualConvergence) {
        let rows = &self.design.by_row;
        let n_rows = rows.len();
        let mut weights = vec![0.0; self.design.n_columns() + 1];
        let mut alphas = vec![0.0; n_rows];
        // Rows that cost nothing have no say.
        let mut active: Vec<u32> = (0..n_rows as u32).filter(|&row| self.costs[row as usize] > 0.0).collect();
        let n_all = active.len();
        let diagonal: Vec<f64> = (0..n_rows)
            .into_par_iter()
            .map(|row| {
                let squares: f64 = rows.get(row).1.iter().map(|&value| f64::from(value) * f64::from(value)).sum();
                squares + 1.0 + self.bounds(row).1
            })
            .collect();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let (mut shrink_above, mut shrink_below) = (f64::INFINITY, f64::NEG_INFINITY);
        let (mut iterations, mut violation, mut has_converged) = (0, 0.0, false);
        while iterations < max_iterations {
            let (mut largest, mut smallest) = (f64::NEG_INFINITY, f64::INFINITY);
            shuffle(&mut active, &mut rng);
            let mut n_active = active.len();
            let mut place = 0;
            while place < n_active {
                let row = active[place] as usize;
                if let Some(&next) = active.get(place + 1) {
                    touch(rows.get(next as usize));
                }
                let sign = if self.is_in[row] { 1.0 } else { -1.0 };
                let (upper, extra) = self.bounds(row);
                let alpha = alphas[row];
                let gradient = sign * score(rows.get(row), &weights) - 1.0 + extra * alpha;
                let (is_shrunk, projected) = if alpha == 0.0 {
                    (gradient > shrink_above, gradient.min(0.0))
                } else if alpha == upper {
                    (gradient < shrink_below, gradient.max(0.0))
                } else {
                    (false, gradient)
                };
                if is_shrunk {
                    n_active -= 1;
                    active.swap(place, n_active);
                    continue;
                }
                place += 1;
                largest = largest.max(projected);
                smallest = smallest.min(projected);
                if projected.abs() > 1e-12 {
                    alphas[row] = (alpha - gradient / diagonal[row]).clamp(0.0, upper);
                    add(rows.get(row), (alphas[row] - alpha) * sign, &mut weights);
                }
            }
            let was_whole = n_active == n_all;
            active.truncate(n_active);
            iterations += 1;
            // No row at all is left where every one of them was shrunk.
            violation = (largest - smallest).max(0.0);
            if violation <= tolerance {
                if was_whole {
                    has_converged = true;
                    break;
                }
                active = (0..n_rows as u32).filter(|&row| self.costs[row as usize] > 0.0).collect();
                (shrink_above, shrink_below) = (f64::INFINITY, f64::NEG_INFINITY);
            } else {
                shrink_above = if largest > 0.0 { largest } else { f64::INFINITY };
                shrink_below = if smallest < 0.0 { smallest } else { f64::NEG_INFINITY };
            }
        }
        let (objective, duality_gap) = self.objective(&weights, &alphas);
        (weights, DualConvergence { iterations, objective, duality_gap, violation, converged: has_converged })
    }

    /// The primal objective, and how far it is above the dual.
    fn objective(&self, weights: &[f64], alphas: &[f64]) -> (f64, f64) {
        let squares = 0.5 * weights.iter().map(|weight| weight * weight).sum::<f64>();
        let of_row = |row: usize| {
            if self.costs[row] <= 0.0 {
                return (0.0, 0.0);
            }
            let sign = if self.is_in[row] { 1.0 } else { -1.0 };
            let lacking = (1.0 - sign * score(self.design.by_row.get(row), weights)).max(0.0);
            let loss = self.costs[row] * if self.hinge == Hinge::Squared { lacking * lacking } else { lacking };
            (loss, alphas[row] - 0.5 * self.bounds(row).1 * alphas[row] * alphas[row])
        };
        let of_rows: Vec<(f64, f64)> = (0..alphas.len()).into_par_iter().map(of_row).collect();
        let (losses, dual) =
            of_rows.iter().fold((0.0, -squares), |sums, of_row| (sums.0 + of_row.0, sums.1 + of_row.1));
        (squares + losses, squares + losses - dual)
    }
}

/// A row's score; the last weight is the intercept. Four sums at once, because each waits for its last addition.
fn score((columns, values): (&[u32], &[f32]), weights: &[f64]) -> f64 {
    let (columns, last_columns) = columns.as_chunks::<4>();
    let (values, last_values) = values.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for (columns, values) in columns.iter().zip(values) {
        for lane in 0..4 {
            sums[lane] += f64::from(values[lane]) * weights[columns[lane] as usize];
        }
    }
    let mut sum = weights[weights.len() - 1];
    for (&column, &value) in last_columns.iter().zip(last_values) {
        sum += f64::from(value) * weights[column as usize];
    }
    sum + (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// Has a row fetched from memory while another is worked on: rows are visited in no order that could be foreseen.
fn touch((columns, values): (&[u32], &[f32])) {
    let one_a_line = columns.iter().step_by(LINE).zip(values.iter().step_by(LINE));
    std::hint::black_box(one_a_line.fold(0, |all, (column, value)| all ^ column ^ value.to_bits()));
}

/// Columns, or values, in a line of the cache.
const LINE: usize = 16;

fn add((columns, values): (&[u32], &[f32]), by: f64, weights: &mut [f64]) {
    let last = weights.len() - 1;
    weights[last] += by;
    for (&column, &value) in columns.iter().zip(values) {
        weights[column as usize] += by * f64::from(value);
    }
}

#[cfg(test)]
mod tests {
    use linfa::traits::Predict;

    use super::*;
    use crate::learn::losses::SquaredHinge;
    use crate::learn::newton::{Problem, Stop};

    fn dataset() -> DatasetBase<Records, Array1<usize>> {
        let rows = (0..120_u32).map(|row| {
            let value = |column: u32| ((row * 13 + column * 29 + row * row % 7) % 9) as f32 / 4.0 - 1.0;
            (0..6).map(|column| (column, value(column))).filter(|(_, value)| *value != 0.0).collect()
        });
        let records = Records::from_rows(rows, 6).unwrap();
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
        let data = dataset();
        let params = LinearSvm::params(3).c(0.8).tolerance(1e-10).class_weight_power(1.0).max_iterations(1_000_000);
        let model = params.fit(&data).unwrap();
        // The intercept as a column of ones.
        let with_ones = (0..120).map(|row| {
            let mut entries: Vec<(u32, f32)> = data.records().row(row).iter().map(|(c, v)| (c as u32, v)).collect();
            entries.push((6, 1.0));
            entries
        });
        let design = Design::plain(&Records::from_rows(with_ones, 7).unwrap());
        let weights: Vec<f64> =
            targets::row_weights(&data, 3, 1.0).unwrap().iter().map(|weight| 0.8 * weight).collect();
        for class in 0..3 {
            let is_in: Vec<bool> = data.targets().iter().map(|&of_row| of_row == class).collect();
            let loss = SquaredHinge { is_in: &is_in, weights: &weights };
            let problem = Problem { design: &design, loss, penalty: 1.0, has_intercept: false };
            let minimum = problem.minimize(Stop { tolerance: 1e-9, relative_decrease: 0.0, max_iterations: 200 });
            let objective = model.convergence()[class].objective;
            assert!((minimum.objective - objective).abs() < 1e-6 * objective, "{} {objective}", minimum.objective);
            assert!((minimum.params[6] - model.intercept()[class]).abs() < 1e-4);
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
