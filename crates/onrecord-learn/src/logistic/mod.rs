//! Logistic regression with an L2 penalty: softmax over all classes, or one class against the rest.
//!
//! The objective, with row weights `s`, class weights `u` and inverse regularization strength `C`:
//! `C * sum_i s_i u_{y_i} * -log p_{y_i}(x_i) + 1/2 * ||W||^2`; intercepts carry no penalty. It is minimized divided by
//! `C * sum_i s_i u_{y_i}`, which moves no optimum and makes one tolerance fit data of any size.
//!
//! With two classes the softmax has one free score, `W = (-w/2, w/2)`, and is fitted as such.

mod algorithm;
mod hyperparams;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::linear::{Linear, linear_model};
use crate::{Records, losses};
pub use hyperparams::{LogisticRegressionParams, LogisticRegressionValidParams};

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
pub struct LogisticRegression<L = usize> {
    labels: Vec<L>,
    linear: Linear,
    one_vs_rest: bool,
    convergence: Convergence,
}

impl LogisticRegression {
    /// Hyperparameters with their defaults; classes are the labels that the targets have.
    #[must_use]
    pub const fn params() -> LogisticRegressionParams {
        LogisticRegressionParams(LogisticRegressionValidParams {
            c: 1.0,
            class_weight_power: 0.0,
            max_iterations: 500,
            tolerance: 1e-6,
            relative_decrease: 0.0,
            with_intercept: true,
            one_vs_rest: false,
        })
    }
}

impl<L> LogisticRegression<L> {
    /// How the fit ended.
    #[must_use]
    pub const fn convergence(&self) -> Convergence {
        self.convergence
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

linear_model!(LogisticRegression [linear, one_vs_rest, convergence] {
    /// Weights of shape (classes, features).
    weights,
    /// One intercept a class.
    intercept,
});
