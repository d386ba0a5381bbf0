//! Multinomial (softmax) logistic regression with an L2 penalty, fitted by argmin's L-BFGS.
//!
//! The objective, with row weights `s`, class weights `u` and inverse regularization strength `C`:
//! `C * sum_i s_i u_{y_i} * -log p_{y_i}(x_i) + 1/2 * ||W||^2`; intercepts carry no penalty. It is minimized divided by
//! `C * sum_i s_i u_{y_i}`, which moves no optimum and makes one tolerance fit data of any size.
//!
//! Rows are worked on in a fixed number of blocks whose sums are added in order, so the bits do not depend on the
//! number of threads.

use std::sync::Mutex;

use argmin::core::{CostFunction, Error, Executor, Gradient, State, TerminationReason};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use linfa::DatasetBase;
use linfa::ParamGuard;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2, ArrayView2, Axis, Slice};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{LearnError, Records};

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
}

impl LogisticRegressionParams {
    /// Inverse regularization strength, above 0; the larger, the closer the fit. Default 1.
    #[must_use]
    pub const fn c(mut self, c: f64) -> Self {
        self.0.c = c;
        self
    }

    /// Weighs each class by the inverse of its frequency to this power: 0 leaves the rows as they are, 1 makes all
    /// classes weigh the same. Default 0.
    #[must_use]
    pub const fn class_weight_power(mut self, power: f64) -> Self {
        self.0.class_weight_power = power;
        self
    }

    /// Steps after which the fit ends, converged or not. Default 500.
    #[must_use]
    pub const fn max_iterations(mut self, max_iterations: u64) -> Self {
        self.0.max_iterations = max_iterations;
        self
    }

    /// The fit has converged when the gradient's Euclidean norm is below this. Default 1e-5.
    #[must_use]
    pub const fn tolerance(mut self, tolerance: f64) -> Self {
        self.0.tolerance = tolerance;
        self
    }
}

impl ParamGuard for LogisticRegressionParams {
    type Checked = LogisticRegressionValidParams;
    type Error = LearnError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let check = |name, value: f64, is_fine, expected| {
            if is_fine { Ok(()) } else { Err(LearnError::Parameter { name, value, expected }) }
        };
        let Self(params) = self;
        check("the number of classes", params.n_classes as f64, params.n_classes >= 2, "2 or more")?;
        check("c", params.c, params.c > 0.0 && params.c.is_finite(), "a number above 0")?;
        let power = params.class_weight_power;
        check("the class weight power", power, (0.0..=1.0).contains(&power), "a number from 0 to 1")?;
        check("the tolerance", params.tolerance, params.tolerance > 0.0, "a number above 0")
            .and_then(|()| check("the number of iterations", 0.0, params.max_iterations > 0, "1 or more"))
            .map(|()| params)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
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
    /// Whether the gradient norm is below the tolerance.
    pub converged: bool,
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogisticRegression {
    /// Shape (classes, features).
    weights: Array2<f64>,
    /// One a class.
    intercept: Array1<f64>,
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
            tolerance: 1e-5,
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
            softmax(row.as_slice_mut().expect("rows of a new array are contiguous"));
        }
        scores
    }
}

/// Turns scores into probabilities in place, and returns the logarithm of the sum of their exponentials.
fn softmax(scores: &mut [f64]) -> f64 {
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - largest).exp();
        sum += *score;
    }
    scores.iter_mut().for_each(|score| *score /= sum);
    largest + sum.ln()
}

impl Fit<Records, Array1<usize>, LearnError> for LogisticRegressionValidParams {
    type Object = LogisticRegression;

    fn fit(&self, dataset: &DatasetBase<Records, Array1<usize>>) -> Result<Self::Object, LearnError> {
        let (records, targets) = (dataset.records(), dataset.targets());
        let (n_rows, n_features, n_classes) = (records.n_rows(), records.n_features(), self.n_classes);
        if n_rows == 0 || n_rows != targets.len() {
            return Err(LearnError::Shape { n_rows, n_targets: targets.len() });
        }
        if let Some((row, &class)) = targets.iter().enumerate().find(|(_, class)| **class >= n_classes) {
            return Err(LearnError::Class { row, class, n_classes });
        }
        let objective = Objective {
            records,
            targets,
            weights: self.row_weights(dataset),
            n_classes,
            c: self.c,
            last: Mutex::new(None),
        };
        let solver = LBFGS::new(MoreThuenteLineSearch::new(), 10)
            .with_tolerance_grad(self.tolerance)
            .and_then(|solver| solver.with_tolerance_cost(0.0))
            .map_err(|error| LearnError::Optimizer(error.to_string()))?;
        let start = vec![0.0; (n_features + 1) * n_classes];
        let result = Executor::new(objective, solver)
            .configure(|state| state.param(start).max_iters(self.max_iterations))
            .timer(false)
            .run()
            .map_err(|error| LearnError::Optimizer(error.to_string()))?;
        let state = result.state();
        let best = state.get_best_param().ok_or_else(|| LearnError::Optimizer("no step was taken".to_owned()))?;
        let gradient_norm = state
            .get_gradient()
            .map_or(f64::INFINITY, |gradient| gradient.iter().map(|value| value * value).sum::<f64>().sqrt());
        let has_converged = state.get_termination_reason() == Some(&TerminationReason::SolverConverged);
        let by_class = ArrayView2::from_shape((n_features + 1, n_classes), best)
            .expect("the parameters have one row a feature and one for the intercept");
        Ok(LogisticRegression {
            weights: by_class.slice_axis(Axis(0), Slice::from(..n_features)).t().as_standard_layout().into_owned(),
            intercept: by_class.row(n_features).to_owned(),
            convergence: Convergence {
                iterations: state.get_iter(),
                objective: state.get_best_cost(),
                gradient_norm,
                converged: has_converged && gradient_norm < self.tolerance,
            },
        })
    }
}

impl LogisticRegressionValidParams {
    /// Row weights times class weights.
    fn row_weights(&self, dataset: &DatasetBase<Records, Array1<usize>>) -> Vec<f64> {
        let n_rows = dataset.records().n_rows();
        let mut weights: Vec<f64> =
            dataset.weights().map_or_else(|| vec![1.0; n_rows], |given| given.iter().map(|&w| f64::from(w)).collect());
        let mut of_class = vec![0.0; self.n_classes];
        for (&class, weight) in dataset.targets().iter().zip(&weights) {
            of_class[class] += weight;
        }
        let sum: f64 = of_class.iter().sum();
        let n_seen = of_class.iter().filter(|weight| **weight > 0.0).count() as f64;
        for (&class, weight) in dataset.targets().iter().zip(&mut weights) {
            *weight *= (sum / (n_seen * of_class[class])).powf(self.class_weight_power);
        }
        weights
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

/// Blocks of rows whose sums are made apart; fixed, so that the order of additions is, too.
const N_BLOCKS: usize = 4;

/// The objective as argmin sees it. Parameters are one row of `n_classes` values a feature, then the intercepts: the
/// values that one entry of a text needs lie side by side.
struct Objective<'d> {
    records: &'d Records,
    targets: &'d Array1<usize>,
    weights: Vec<f64>,
    n_classes: usize,
    c: f64,
    /// argmin asks for cost and gradient one after the other; both come from one walk over the rows.
    last: Mutex<Option<Evaluation>>,
}

/// Parameters, and the objective and its gradient there.
type Evaluation = (Vec<f64>, f64, Vec<f64>);

impl Objective<'_> {
    fn at<T>(&self, params: &[f64], take: impl FnOnce(f64, &[f64]) -> T) -> T {
        let mut last = self.last.lock().expect("no evaluation panics while it holds the lock");
        if last.as_ref().is_none_or(|(at, ..)| at != params) {
            let (cost, gradient) = self.evaluate(params);
            *last = Some((params.to_vec(), cost, gradient));
        }
        let (_, cost, gradient) = last.as_ref().expect("just filled");
        take(*cost, gradient)
    }

    fn evaluate(&self, params: &[f64]) -> (f64, Vec<f64>) {
        let n_rows = self.records.n_rows();
        let blocks: Vec<(f64, Vec<f64>)> = (0..N_BLOCKS)
            .into_par_iter()
            .map(|block| self.block(params, n_rows * block / N_BLOCKS..n_rows * (block + 1) / N_BLOCKS))
            .collect();
        let sum_of_weights: f64 = self.weights.iter().sum();
        let (mut loss, mut gradient) = (0.0, vec![0.0; params.len()]);
        for (block_loss, block_gradient) in blocks {
            loss += block_loss;
            gradient.iter_mut().zip(block_gradient).for_each(|(sum, value)| *sum += value);
        }
        let penalty = 1.0 / (self.c * sum_of_weights);
        let n_penalized = params.len() - self.n_classes;
        let mut squares = 0.0;
        for (index, (value, param)) in gradient.iter_mut().zip(params).enumerate() {
            *value /= sum_of_weights;
            if index < n_penalized {
                *value += penalty * param;
                squares += param * param;
            }
        }
        (loss / sum_of_weights + 0.5 * penalty * squares, gradient)
    }

    fn block(&self, params: &[f64], rows: std::ops::Range<usize>) -> (f64, Vec<f64>) {
        let k = self.n_classes;
        let (mut loss, mut gradient) = (0.0, vec![0.0; params.len()]);
        let mut scores = vec![0.0; k];
        let at_intercept = params.len() - k;
        for index in rows {
            let row = self.records.row(index);
            scores.copy_from_slice(&params[at_intercept..]);
            for (column, value) in row.iter() {
                let of_feature = &params[column * k..][..k];
                scores.iter_mut().zip(of_feature).for_each(|(score, param)| *score += f64::from(value) * param);
            }
            let (class, weight) = (self.targets[index], self.weights[index]);
            let own_score = scores[class];
            loss += weight * (softmax(&mut scores) - own_score);
            scores[class] -= 1.0;
            scores.iter_mut().for_each(|score| *score *= weight);
            for (column, value) in row.iter() {
                let of_feature = &mut gradient[column * k..][..k];
                of_feature.iter_mut().zip(&scores).for_each(|(sum, residual)| *sum += f64::from(value) * residual);
            }
            gradient[at_intercept..].iter_mut().zip(&scores).for_each(|(sum, residual)| *sum += residual);
        }
        (loss, gradient)
    }
}

impl CostFunction for Objective<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, params: &Vec<f64>) -> Result<f64, Error> {
        Ok(self.at(params, |cost, _| cost))
    }
}

impl Gradient for Objective<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, params: &Vec<f64>) -> Result<Vec<f64>, Error> {
        Ok(self.at(params, |_, gradient| gradient.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use linfa::Dataset;
    use linfa::traits::Predict;

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
    fn the_gradient_is_the_slope_of_the_objective() {
        let (dense, targets) = problem();
        let records = sparse(&dense);
        let weights = (0..90).map(|row| 1.0 + f64::from(row % 3)).collect();
        let last = Mutex::new(None);
        let objective = Objective { records: &records, targets: &targets, weights, n_classes: 3, c: 2.0, last };
        let params: Vec<f64> = (0..18).map(|n| f64::from(n % 7) / 5.0 - 0.6).collect();
        let (_, gradient) = objective.evaluate(&params);
        for index in 0..params.len() {
            let shifted = |by: f64| {
                let mut params = params.clone();
                params[index] += by;
                objective.evaluate(&params).0
            };
            let slope = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
            assert!((slope - gradient[index]).abs() < 1e-8, "{index}: {slope}, {}", gradient[index]);
        }
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
