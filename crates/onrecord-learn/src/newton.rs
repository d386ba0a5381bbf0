//! A truncated Newton method for convex losses of linear scores with an L2 penalty.
//!
//! Each step solves the Newton equations roughly by conjugate gradients with the Hessian's diagonal as preconditioner,
//! then looks along the direction found; this is the method of LIBLINEAR's primal solvers since 2.40 (Galli and Lin,
//! "A study on truncated Newton methods for linear classification", 2021). Scores along a direction are linear, so the
//! search touches no entry of the matrix, and a step costs two walks over the entries for each conjugate gradient.
//!
//! The objective is `sum_i s_i loss_i(scores) + penalty / 2 ||W||²`; the intercepts carry no penalty.

use super::design::{Design, chunks, dot};
use rayon::prelude::*;

/// A convex loss of a row's scores.
pub(super) trait Loss: Sync {
    /// Scores a row.
    fn n_scores(&self) -> usize;

    /// A row's loss; `slopes` gets its derivative by each score, `state` what [`Self::curve`] needs.
    fn evaluate(&self, row: usize, scores: &[f64], slopes: &mut [f64], state: &mut [f64]) -> f64;

    /// A row's loss alone.
    fn value(&self, row: usize, scores: &[f64]) -> f64;

    /// The second derivative at `state` times a change of the scores, in place.
    fn curve(&self, row: usize, state: &[f64], change: &mut [f64]);

    /// The diagonal of the second derivative, from `state`.
    fn diagonal(&self, row: usize, state: &[f64], into: &mut [f64]);
}

/// What to minimize.
pub(super) struct Problem<'d, L> {
    pub(super) design: &'d Design,
    pub(super) loss: L,
    pub(super) penalty: f64,
    /// Whether there are intercepts.
    pub(super) has_intercept: bool,
}

/// When to stop: at the first that holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stop {
    /// The gradient's norm is below this.
    pub(super) tolerance: f64,
    /// A step promised to lower the objective by less than this part of it; the step is still taken.
    pub(super) relative_decrease: f64,
    /// So many steps were taken.
    pub(super) max_iterations: u64,
}

/// Where the minimization ended. Parameters have `n_scores` values a column, then as many intercepts.
#[derive(Debug, Clone)]
pub(super) struct Minimum {
    pub(super) params: Vec<f64>,
    pub(super) objective: f64,
    pub(super) gradient_norm: f64,
    pub(super) iterations: u64,
    pub(super) has_converged: bool,
}

/// Conjugate gradients in one step, at most.
const MAX_INNER: usize = 200;
/// Halvings of a step, at most.
const MAX_HALVINGS: usize = 40;
/// The part of the expected decrease that a step must reach.
const SUFFICIENT: f64 = 1e-4;
/// Rows that one task works on.
const CHUNK: usize = 256;

/// The rows' part of an evaluation.
struct AtRows {
    loss: f64,
    slopes: Vec<f64>,
    state: Vec<f64>,
}

impl<L: Loss> Problem<'_, L> {
    /// Minimizes until `stop` says so, or rounding ends all progress.
    pub(super) fn minimize(&self, stop: Stop) -> Minimum {
        let k = self.loss.n_scores();
        let n_params = (self.design.n_columns() + 1) * k;
        let mut params = vec![0.0; n_params];
        let mut scores = vec![0.0; self.design.n_rows() * k];
        let mut first_norm = None;
        let mut iterations = 0;
        let mut is_near = false;
        loop {
            let at_rows = self.evaluate(&scores);
            let objective = at_rows.loss + self.penalty_of(&params);
            let gradient = self.gradient(&at_rows.slopes, &params);
            let gradient_norm = dot(&gradient, &gradient).sqrt();
            let first_norm = *first_norm.get_or_insert(gradient_norm);
            let has_converged = is_near || gradient_norm < stop.tolerance;
            if has_converged || iterations == stop.max_iterations {
                return Minimum { params, objective, gradient_norm, iterations, has_converged };
            }
            // Roughly at first, then to a tenth: what is left after a step is a hundredth of what it gained.
            let forcing = (gradient_norm / first_norm.max(f64::MIN_POSITIVE)).sqrt().clamp(0.1, 0.3);
            let goal = (forcing * gradient_norm).max(0.3 * stop.tolerance);
            let (step, change) = self.newton_step(&gradient, &at_rows.state, goal);
            let slope = dot(&gradient, &step);
            // Half of the slope along a Newton step is what the quadratic model promises.
            is_near = -0.5 * slope < stop.relative_decrease * objective.abs();
            let Some(length) = self.search(objective, slope, &params, &scores, &step, &change) else {
                return Minimum { params, objective, gradient_norm, iterations, has_converged: is_near };
            };
            params.iter_mut().zip(&step).for_each(|(param, step)| *param += length * step);
            scores.iter_mut().zip(&change).for_each(|(score, change)| *score += length * change);
            iterations += 1;
        }
    }

    fn evaluate(&self, scores: &[f64]) -> AtRows {
        let k = self.loss.n_scores();
        let (mut slopes, mut state) = (vec![0.0; scores.len()], vec![0.0; scores.len()]);
        let losses: Vec<f64> = slopes
            .par_chunks_mut(CHUNK * k)
            .zip(state.par_chunks_mut(CHUNK * k))
            .enumerate()
            .map(|(chunk, (slopes, state))| {
                let mut loss = 0.0;
                for (n, (slopes, state)) in slopes.chunks_exact_mut(k).zip(state.chunks_exact_mut(k)).enumerate() {
                    let row = chunk * CHUNK + n;
                    loss += self.loss.evaluate(row, &scores[row * k..][..k], slopes, state);
                }
                loss
            })
            .collect();
        AtRows { loss: losses.iter().sum(), slopes, state }
    }

    fn penalty_of(&self, params: &[f64]) -> f64 {
        let weights = &params[..params.len() - self.loss.n_scores()];
        0.5 * self.penalty * dot(weights, weights)
    }

    /// Of columns and intercepts, from the rows' slopes.
    fn gradient(&self, slopes: &[f64], params: &[f64]) -> Vec<f64> {
        let mut gradient = vec![0.0; params.len()];
        self.back(slopes, params, &mut gradient);
        gradient
    }

    /// `into = X^T of_rows + penalty * params`.
    fn back(&self, of_rows: &[f64], params: &[f64], into: &mut [f64]) {
        let k = self.loss.n_scores();
        let n_weights = params.len() - k;
        let (weights, intercepts) = into.split_at_mut(n_weights);
        self.design.by_column().multiply(k, of_rows, &vec![0.0; k], weights);
        weights.iter_mut().zip(params).for_each(|(value, param)| *value += self.penalty * param);
        intercepts.fill(0.0);
        if self.has_intercept {
            for of_row in of_rows.chunks_exact(k) {
                intercepts.iter_mut().zip(of_row).for_each(|(sum, value)| *sum += value);
            }
        }
    }

    /// A direction that solves the Newton equations up to a residual of norm `goal`, and the scores' change along it.
    fn newton_step(&self, gradient: &[f64], state: &[f64], goal: f64) -> (Vec<f64>, Vec<f64>) {
        let k = self.loss.n_scores();
        let inverse_diagonal = self.inverse_diagonal(state, gradient.len());
        let mut step = vec![0.0; gradient.len()];
        let mut change = vec![0.0; state.len()];
        let mut residual: Vec<f64> = gradient.iter().map(|value| -value).collect();
        let mut direction: Vec<f64> = residual.iter().zip(&inverse_diagonal).map(|(r, inverse)| r * inverse).collect();
        let mut size = dot(&residual, &direction);
        let mut of_rows = vec![0.0; state.len()];
        let mut curved = vec![0.0; state.len()];
        let mut product = vec![0.0; gradient.len()];
        for _ in 0..MAX_INNER {
            let n_weights = direction.len() - k;
            self.design.by_row.multiply(k, &direction[..n_weights], &direction[n_weights..], &mut of_rows);
            curved.copy_from_slice(&of_rows);
            curved.par_chunks_mut(CHUNK * k).enumerate().for_each(|(chunk, curved)| {
                for (n, change) in curved.chunks_exact_mut(k).enumerate() {
                    let row = chunk * CHUNK + n;
                    self.loss.curve(row, &state[row * k..][..k], change);
                }
            });
            self.back(&curved, &direction, &mut product);
            let curvature = dot(&direction, &product);
            if curvature.is_nan() || curvature <= 0.0 {
                break;
            }
            let length = size / curvature;
            step.iter_mut().zip(&direction).for_each(|(step, d)| *step += length * d);
            change.iter_mut().zip(&of_rows).for_each(|(change, d)| *change += length * d);
            residual.iter_mut().zip(&product).for_each(|(residual, p)| *residual -= length * p);
            if dot(&residual, &residual).sqrt() <= goal {
                break;
            }
            let mut next_size = 0.0;
            // The preconditioned residual goes into `product`, which is free now.
            product.iter_mut().zip(&residual).zip(&inverse_diagonal).for_each(|((p, r), inverse)| *p = r * inverse);
            next_size += dot(&residual, &product);
            let ratio = next_size / size;
            size = next_size;
            direction.iter_mut().zip(&product).for_each(|(d, p)| *d = p + ratio * *d);
        }
        (step, change)
    }

    fn inverse_diagonal(&self, state: &[f64], n_params: usize) -> Vec<f64> {
        let k = self.loss.n_scores();
        let mut of_rows = vec![0.0; state.len()];
        of_rows.par_chunks_mut(CHUNK * k).enumerate().for_each(|(chunk, of_rows)| {
            for (n, into) in of_rows.chunks_exact_mut(k).enumerate() {
                let row = chunk * CHUNK + n;
                self.loss.diagonal(row, &state[row * k..][..k], into);
            }
        });
        let mut diagonal = vec![0.0; n_params];
        let (weights, intercepts) = diagonal.split_at_mut(n_params - k);
        self.design.by_column().multiply_squares(k, &of_rows, weights);
        weights.iter_mut().for_each(|value| *value += self.penalty);
        for of_row in of_rows.chunks_exact(k) {
            intercepts.iter_mut().zip(of_row).for_each(|(sum, value)| *sum += value);
        }
        diagonal.iter_mut().for_each(|value| *value = if *value > 0.0 { 1.0 / *value } else { 1.0 });
        diagonal
    }

    /// The first of 1, 1/2, 1/4, ... that decreases the objective enough; none where rounding hides any decrease.
    fn search(
        &self,
        objective: f64,
        slope: f64,
        params: &[f64],
        scores: &[f64],
        step: &[f64],
        change: &[f64],
    ) -> Option<f64> {
        if slope.is_nan() || slope >= 0.0 {
            return None;
        }
        let k = self.loss.n_scores();
        let n_weights = params.len() - k;
        let crossed = dot(&params[..n_weights], &step[..n_weights]);
        let squared = dot(&step[..n_weights], &step[..n_weights]);
        let before = self.penalty_of(params);
        let mut length = 1.0;
        for _ in 0..MAX_HALVINGS {
            let losses: Vec<f64> = chunks(scores.len() / k, CHUNK)
                .map(|rows| {
                    let mut moved = vec![0.0; k];
                    rows.map(|row| {
                        let (scores, change) = (&scores[row * k..][..k], &change[row * k..][..k]);
                        moved.iter_mut().zip(scores).zip(change).for_each(|((m, s), c)| *m = s + length * c);
                        self.loss.value(row, &moved)
                    })
                    .sum()
                })
                .collect();
            let penalty = before + self.penalty * length * (crossed + 0.5 * length * squared);
            let reached = losses.iter().sum::<f64>() + penalty;
            if reached <= objective + SUFFICIENT * length * slope {
                return Some(length);
            }
            // At the end of what a sum of doubles can tell, the Newton step itself is the best there is.
            if length == 1.0 && (reached - objective).abs() <= 1e-13 * objective.abs() {
                return (slope.abs() > 1e-16 * objective.abs()).then_some(length);
            }
            length *= 0.5;
        }
        None
    }
}
