//! Logistic regression with an L2 penalty: softmax over all classes, or one class against the rest.
//!
//! The objective, with row weights `s`, class weights `u` and inverse regularization strength `C`:
//! `C * sum_i s_i u_{y_i} * -log p_{y_i}(x_i) + 1/2 * ||W||^2`; intercepts carry no penalty. It is minimized divided by
//! `C * sum_i s_i u_{y_i}`, which moves no optimum and makes one tolerance fit data of any size.
//!
//! With two classes the softmax has one free score, `W = (-w/2, w/2)`, and is fitted as such.

use linfa::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2, ArrayView2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::design::Design;
use super::losses::{self, Softmax};
use super::newton::{Minimum, Problem, Stop};
use super::params::{guard, setters};
use super::{LearnError, Records, lbfgs, targets};

/// Hyperparameters, not yet checked; see [`LogisticRegression::params`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogisticRegressionParams(LogisticRegressionValidParams);

/// Checked hyperparameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogisticRegressionValidParams {
    n_classes: usize,
    c: f64,
    class_weight_power: f64,
    max_iterations: u64,
    tolerance: f64,
    relative_decrease: f64,
    with_intercept: bool,
    one_vs_rest: bool,
    solver: Solver,
}

/// How the objective is minimized; the optimum is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Solver {
    /// Newton steps by conjugate gradients, on the matrix with multiples merged.
    #[default]
    Newton,
    /// argmin's L-BFGS; softmax with intercepts only.
    Lbfgs,
}

setters!(LogisticRegressionParams {
    /// Inverse regularization strength, above 0; the larger, the closer the fit. Default 1.
    c: f64,

    /// Weighs each class by the inverse of its frequency to this power: 0 leaves the rows as they are, 1 makes all
    /// classes weigh the same. Default 0.
    class_weight_power: f64,

    /// Newton only: the fit has also converged when a step promised to lower the objective by less than this part of it;
    /// that step is still taken. Default 0: the gradient alone decides.
    relative_decrease: f64,

    /// Whether each class has an intercept. Default yes.
    with_intercept: bool,

    /// Fits each class against all others by itself, instead of all at once. Default no.
    one_vs_rest: bool,

    /// How the objective is minimized. Default Newton.
    solver: Solver,

    /// Steps after which the fit ends, converged or not. Default 500.
    max_iterations: u64,

    /// The fit has converged when the gradient's Euclidean norm is below this. Default 1e-6.
    tolerance: f64,
});

guard!(LogisticRegressionParams => LogisticRegressionValidParams);

impl LogisticRegressionValidParams {
    /// Whether every value can be worked with.
    fn validate(&self) -> Result<(), LearnError> {
        targets::check_common(self.n_classes, self.c, self.class_weight_power, self.tolerance)?;
        let has_solver = self.solver == Solver::Newton || (self.with_intercept && !self.one_vs_rest);
        let expected = "Newton for one against the rest or without intercepts";
        targets::check("the solver (1: L-BFGS)", 1.0, has_solver, expected)?;
        targets::check("the number of iterations", 0.0, self.max_iterations > 0, "1 or more")
    }
}

/// How a fit ended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Convergence {
    /// Steps taken.
    pub iterations: u64,
    /// The objective reached, divided as the module says.
    pub objective: f64,
    /// Euclidean norm of its gradient.
    pub gradient_norm: f64,
    /// Whether it ended because it was near enough to the optimum, not because it ran out of steps.
    pub converged: bool,
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogisticRegression {
    /// Shape (classes, features).
    weights: Array2<f64>,
    /// One a class.
    intercept: Array1<f64>,
    one_vs_rest: bool,
    convergence: Convergence,
}

impl LogisticRegression {
    /// Hyperparameters for `n_classes` classes, with defaults for everything else.
    #[must_use]
    pub const fn params(n_classes: usize) -> LogisticRegressionParams {
        LogisticRegressionParams(LogisticRegressionValidParams {
            n_classes,
            c: 1.0,
            class_weight_power: 0.0,
            max_iterations: 500,
            tolerance: 1e-6,
            relative_decrease: 0.0,
            with_intercept: true,
            one_vs_rest: false,
            solver: Solver::Newton,
        })
    }

    /// Weights of shape (classes, features).
    #[must_use]
    pub fn weights(&self) -> ArrayView2<'_, f64> {
        self.weights.view()
    }

    /// One intercept a class.
    #[must_use]
    pub const fn intercept(&self) -> &Array1<f64> {
        &self.intercept
    }

    /// How the fit ended.
    #[must_use]
    pub const fn convergence(&self) -> Convergence {
        self.convergence
    }

    /// The linear scores, shape (rows, classes).
    #[must_use]
    pub fn decision_function(&self, records: &Records) -> Array2<f64> {
        let n_classes = self.intercept.len();
        let mut scores = Array2::zeros((records.n_rows(), n_classes));
        for (index, mut scores) in scores.outer_iter_mut().enumerate() {
            scores.assign(&self.intercept);
            for (column, value) in records.row(index).iter() {
                scores.scaled_add(f64::from(value), &self.weights.column(column));
            }
        }
        scores
    }

    /// The probability of each class, shape (rows, classes); rows sum to 1.
    #[must_use]
    pub fn predict_probabilities(&self, records: &Records) -> Array2<f64> {
        let mut scores = self.decision_function(records);
        for mut row in scores.outer_iter_mut() {
            if self.one_vs_rest {
                row.mapv_inplace(losses::sigmoid);
                let sum = row.sum();
                row.mapv_inplace(|p| p / sum);
            } else {
                losses::softmax(row.as_slice_mut().expect("rows of a new array are contiguous"));
            }
        }
        scores
    }
}

impl Fit<Records, Array1<usize>, LearnError> for LogisticRegressionValidParams {
    type Object = LogisticRegression;

    fn fit(&self, dataset: &DatasetBase<Records, Array1<usize>>) -> Result<Self::Object, LearnError> {
        let mut weights = targets::row_weights(dataset, self.n_classes, self.class_weight_power)?;
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
        let penalty = 1.0 / (self.c * sum);
        let (records, classes) = (dataset.records(), dataset.targets());
        if self.solver == Solver::Lbfgs {
            let (tolerance, n_steps) = (self.tolerance, self.max_iterations);
            let minimum = lbfgs::minimize(records, classes, &weights, self.n_classes, penalty, tolerance, n_steps)?;
            let n_features = records.n_features();
            let (n_classes, params) = (self.n_classes, &minimum.params);
            let at = |class, column| params[column * n_classes + class];
            return Ok(self.model(n_features, at, |c| at(c, n_features), &minimum));
        }
        let design = Design::merged(records);
        let n_features = design.columns.n_original();
        let classes = classes.to_vec();
        if self.one_vs_rest {
            let minima: Vec<Minimum> = (0..self.n_classes)
                .into_par_iter()
                .map(|class| self.fit_one(&design, &classes, class, &weights, penalty))
                .collect();
            let total = Minimum {
                params: Vec::new(),
                objective: minima.iter().map(|minimum| minimum.objective).sum(),
                gradient_norm: minima.iter().map(|minimum| minimum.gradient_norm).fold(0.0, f64::max),
                iterations: minima.iter().map(|minimum| minimum.iterations).sum(),
                has_converged: minima.iter().all(|minimum| minimum.has_converged),
            };
            let weight = |class: usize, column| design.columns.original(column, |merged| minima[class].params[merged]);
            return Ok(self.model(n_features, weight, |class| minima[class].params[design.n_columns()], &total));
        }
        if self.n_classes == 2 {
            let minimum = self.fit_one(&design, &classes, 1, &weights, 0.5 * penalty);
            let half = |class: usize, param: f64| if class == 1 { 0.5 * param } else { -0.5 * param };
            let weight = |class, column| half(class, design.columns.original(column, |merged| minimum.params[merged]));
            return Ok(self.model(n_features, weight, |c| half(c, minimum.params[design.n_columns()]), &minimum));
        }
        let k = self.n_classes;
        let loss = Softmax { n_classes: k, classes: &classes, weights: &weights };
        let problem = Problem { design: &design, loss, penalty, has_intercept: self.with_intercept };
        let minimum = problem.minimize(self.stop());
        let weight = |class, column| design.columns.original(column, |merged| minimum.params[merged * k + class]);
        Ok(self.model(n_features, weight, |class| minimum.params[design.n_columns() * k + class], &minimum))
    }
}

impl LogisticRegressionValidParams {
    fn stop(&self) -> Stop {
        let Self { tolerance, relative_decrease, max_iterations, .. } = *self;
        Stop { tolerance, relative_decrease, max_iterations }
    }

    /// One class against the rest.
    fn fit_one(&self, design: &Design, classes: &[usize], class: usize, weights: &[f64], penalty: f64) -> Minimum {
        let is_in: Vec<bool> = classes.iter().map(|&of_row| of_row == class).collect();
        let loss = losses::Logistic { is_in: &is_in, weights };
        let problem = Problem { design, loss, penalty, has_intercept: self.with_intercept };
        problem.minimize(self.stop())
    }

    fn model(
        &self,
        n_features: usize,
        weight: impl Fn(usize, usize) -> f64,
        intercept: impl Fn(usize) -> f64,
        minimum: &Minimum,
    ) -> LogisticRegression {
        LogisticRegression {
            weights: Array2::from_shape_fn((self.n_classes, n_features), |(class, column)| weight(class, column)),
            intercept: Array1::from_shape_fn(self.n_classes, intercept),
            one_vs_rest: self.one_vs_rest,
            convergence: Convergence {
                iterations: minimum.iterations,
                objective: minimum.objective,
                gradient_norm: minimum.gradient_norm,
                converged: minimum.has_converged,
            },
        }
    }
}

impl PredictInplace<Records, Array1<usize>> for LogisticRegression {
    fn predict_inplace(&self, records: &Records, targets: &mut Array1<usize>) {
        let scores = self.decision_function(records);
        for (target, scores) in targets.iter_mut().zip(scores.outer_iter()) {
            *target = scores
                .iter()
                .enumerate()
                .fold(0, |best, (class, score)| if *score > scores[best] { class } else { best });
        }
    }

    fn default_target(&self, records: &Records) -> Array1<usize> {
        Array1::zeros(records.n_rows())
    }
}

#[cfg(test)]
mod tests {
    use linfa::Dataset;
    use linfa::traits::Predict;
    use ndarray::Axis;

    use super::*;

    /// A small dense problem that no plane separates, the same at every run.
    fn problem() -> (Array2<f64>, Array1<usize>) {
        let mut state = 7_u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / f64::from(1 << 24)
        };
        // Quarters are exact in f32, so that both solvers see the same numbers.
        let dense = Array2::from_shape_fn((90, 5), |_| (draw() * 8.0).floor() / 4.0 - 1.0);
        let targets = dense
            .outer_iter()
            .map(|row| usize::from(row[0] + draw() > 0.3) + usize::from(row[1] - row[2] + 2.0 * draw() > 1.0))
            .collect();
        (dense, targets)
    }

    fn sparse(dense: &Array2<f64>) -> Records {
        let rows = dense.outer_iter().map(|row| {
            let entries = row.iter().enumerate().filter(|(_, value)| **value != 0.0);
            entries.map(|(column, &value)| (column as u32, value as f32)).collect()
        });
        Records::from_rows(rows, dense.ncols()).unwrap()
    }

    #[test]
    fn both_solvers_reach_one_optimum() {
        let (dense, targets) = problem();
        for n_classes in [3, 2] {
            let targets = targets.mapv(|class| class.min(n_classes - 1));
            let dataset = DatasetBase::new(sparse(&dense), targets);
            let params = LogisticRegression::params(n_classes).c(0.7).tolerance(1e-9).class_weight_power(0.3);
            let newton = params.clone().fit(&dataset).unwrap();
            let lbfgs = params.solver(Solver::Lbfgs).fit(&dataset).unwrap();
            assert!(newton.convergence().converged, "{:?}", newton.convergence());
            let (one, other) = (newton.convergence().objective, lbfgs.convergence().objective);
            assert!((one - other).abs() < 1e-9 * other, "{one} {other}");
            assert!(newton.weights().iter().zip(&lbfgs.weights()).all(|(a, b)| (a - b).abs() < 1e-5));
        }
    }

    #[test]
    fn one_against_the_rest_is_a_fit_for_each_class() {
        let (dense, targets) = problem();
        let params = LogisticRegression::params(3).one_vs_rest(true);
        let all = params.fit(&DatasetBase::new(sparse(&dense), targets.clone())).unwrap();
        // Two classes share their score between two weights of half its size, which halves the penalty.
        let second = targets.mapv(|class| usize::from(class == 1));
        let alone = LogisticRegression::params(2).c(0.5).fit(&DatasetBase::new(sparse(&dense), second)).unwrap();
        for column in 0..5 {
            let (one, halves) = (all.weights()[[1, column]], alone.weights()[[1, column]]);
            assert!((one - 2.0 * halves).abs() < 1e-4, "{one} {halves}");
        }
        let probabilities = all.predict_probabilities(&sparse(&dense));
        assert!(probabilities.outer_iter().all(|row| (row.sum() - 1.0).abs() < 1e-12));
    }

    #[test]
    fn the_optimum_is_that_of_linfas_dense_regression() {
        let (dense, targets) = problem();
        let c = 0.7;
        let ours = LogisticRegression::params(3)
            .c(c)
            .tolerance(1e-9)
            .fit(&DatasetBase::new(sparse(&dense), targets.clone()))
            .unwrap();
        assert!(ours.convergence().converged, "{:?}", ours.convergence());
        // linfa minimizes the summed loss + alpha / 2 * ||W||^2.
        let theirs = linfa_logistic::MultiLogisticRegression::default()
            .alpha(1.0 / c)
            .gradient_tolerance(1e-9)
            .max_iterations(1000)
            .fit(&Dataset::new(dense.clone(), targets.clone()))
            .unwrap();
        let probabilities = theirs.predict_probabilities(&dense);
        for (own, other) in ours.predict_probabilities(&sparse(&dense)).iter().zip(&probabilities) {
            assert!((own - other).abs() < 1e-6, "{own} {other}");
        }
    }

    #[test]
    fn one_thread_and_four_give_the_same_bits() {
        let (dense, targets) = problem();
        let dataset = DatasetBase::new(sparse(&dense), targets);
        let fit_on = |n_threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            pool.install(|| LogisticRegression::params(3).fit(&dataset)).unwrap()
        };
        assert_eq!(fit_on(1), fit_on(4));
    }

    #[test]
    fn a_row_of_weight_two_counts_as_two_rows() {
        let (dense, targets) = problem();
        let records = sparse(&dense);
        let weights = Array1::from_iter((0..90).map(|row| if row < 30 { 2.0 } else { 1.0 }));
        let weighted = DatasetBase::new(records.clone(), targets.clone()).with_weights(weights);
        let twice: Vec<usize> = (0..90).chain(0..30).collect();
        let repeated = DatasetBase::new(records.select(&twice), targets.select(Axis(0), &twice));
        let params = LogisticRegression::params(3).tolerance(1e-9).class_weight_power(0.5);
        let (one, other) = (params.fit(&weighted).unwrap(), params.fit(&repeated).unwrap());
        assert!(one.weights().iter().zip(&other.weights()).all(|(a, b)| (a - b).abs() < 1e-6));
        assert_eq!(one.predict(&weighted), other.predict(&weighted));
    }

    #[test]
    fn bad_parameters_and_targets_are_named() {
        let (dense, targets) = problem();
        let dataset = DatasetBase::new(sparse(&dense), targets);
        let error = LogisticRegression::params(3).c(-1.0).fit(&dataset).unwrap_err();
        assert_eq!(error.to_string(), "c is -1; expected a number above 0");
        let error = LogisticRegression::params(2).fit(&dataset).unwrap_err();
        assert!(matches!(error, LearnError::Class { class: 2, n_classes: 2, .. }), "{error}");
    }
}
