//! The softmax objective for argmin's L-BFGS.
//!
//! The Newton solver reaches the same optimum many times faster on text; this one is the check on it, and asks for
//! nothing but cost and gradient.

use std::sync::Mutex;

use argmin::core::{CostFunction, Error, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use ndarray::Array1;
use rayon::prelude::*;

use super::losses::softmax;
use super::newton::Minimum;
use super::{LearnError, Records};

/// Minimizes; parameters have `n_classes` values a column, then the intercepts.
pub(super) fn minimize(
    records: &Records,
    targets: &Array1<usize>,
    weights: &[f64],
    n_classes: usize,
    penalty: f64,
    tolerance: f64,
    max_iterations: u64,
) -> Result<Minimum, LearnError> {
    let objective = Objective { records, targets, weights, n_classes, penalty, last: Mutex::new(None) };
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), 10)
        .with_tolerance_grad(tolerance)
        .and_then(|solver| solver.with_tolerance_cost(0.0))
        .map_err(|error| LearnError::Optimizer(error.to_string()))?;
    let start = vec![0.0; (records.n_features() + 1) * n_classes];
    let result = Executor::new(objective, solver)
        .configure(|state| state.param(start).max_iters(max_iterations))
        .timer(false)
        .run()
        .map_err(|error| LearnError::Optimizer(error.to_string()))?;
    let state = result.state();
    let params = state.get_best_param().ok_or_else(|| LearnError::Optimizer("no step was taken".to_owned()))?.clone();
    let gradient_norm = state
        .get_gradient()
        .map_or(f64::INFINITY, |gradient| gradient.iter().map(|value| value * value).sum::<f64>().sqrt());
    let (objective, iterations) = (state.get_best_cost(), state.get_iter());
    Ok(Minimum { params, objective, gradient_norm, iterations, has_converged: gradient_norm < tolerance })
}

/// Blocks of rows whose sums are made apart; fixed, so that the order of additions is, too.
const N_BLOCKS: usize = 4;

/// The objective as argmin sees it. Parameters are one row of `n_classes` values a feature, then the intercepts: the
/// values that one entry of a text needs lie side by side.
struct Objective<'d> {
    records: &'d Records,
    targets: &'d Array1<usize>,
    weights: &'d [f64],
    n_classes: usize,
    penalty: f64,
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
        let (mut loss, mut gradient) = (0.0, vec![0.0; params.len()]);
        for (block_loss, block_gradient) in blocks {
            loss += block_loss;
            gradient.iter_mut().zip(block_gradient).for_each(|(sum, value)| *sum += value);
        }
        let n_penalized = params.len() - self.n_classes;
        let mut squares = 0.0;
        for (value, param) in gradient[..n_penalized].iter_mut().zip(params) {
            *value += self.penalty * param;
            squares += param * param;
        }
        (loss + 0.5 * self.penalty * squares, gradient)
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
    use super::*;

    #[test]
    fn the_gradient_is_the_slope_of_the_objective() {
        let rows = (0..40_u32)
            .map(|row| (0..5).map(|column| (column, ((row * 3 + column * 7) % 8) as f32 / 4.0 - 1.0)).collect());
        let records = Records::from_rows(rows, 5).unwrap();
        let targets = Array1::from_iter((0..40).map(|row| row * row % 3));
        let weights: Vec<f64> = (0..40).map(|row| 1.0 + f64::from(row % 3)).collect();
        let last = Mutex::new(None);
        let objective =
            Objective { records: &records, targets: &targets, weights: &weights, n_classes: 3, penalty: 0.5, last };
        let params: Vec<f64> = (0..18).map(|n| f64::from(n % 7) / 5.0 - 0.6).collect();
        let (_, gradient) = objective.evaluate(&params);
        for index in 0..params.len() {
            let shifted = |by: f64| {
                let mut params = params.clone();
                params[index] += by;
                objective.evaluate(&params).0
            };
            let slope = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
            assert!((slope - gradient[index]).abs() < 1e-6, "{index}: {slope}, {}", gradient[index]);
        }
    }
}
