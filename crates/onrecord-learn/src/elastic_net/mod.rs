//! Logistic regression with an L1 part in its penalty, one class against the rest: weights that do not pay are zero.
//!
//! For a class with signs `y` the objective is `C sum_i s_i log(1 + exp(-y_i (w x_i + b))) + a ||w||_1 + (1 - a)/2 ||w||²`,
//! where `a` is the L1 ratio; the intercept carries no penalty. It is minimized divided by `C sum_i s_i`. The solver is
//! that of Yuan, Ho and Lin 2012, "An improved GLMNET for L1-regularized logistic regression": Newton steps whose
//! quadratic model is minimized by coordinate descent over the columns that matter, then a line search.

mod algorithm;
mod hyperparams;

use serde::{Deserialize, Serialize};

use crate::Convergence;
use crate::linear::{Linear, linear_model};
pub use hyperparams::{ElasticNetParams, ElasticNetValidParams};

/// A fitted classifier: one score a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ElasticNet<L = usize> {
    labels: Vec<L>,
    linear: Linear,
    convergence: Vec<Convergence>,
}

impl ElasticNet {
    /// Hyperparameters with their defaults; classes are the labels that the targets have.
    #[must_use]
    pub const fn params() -> ElasticNetParams {
        ElasticNetParams(ElasticNetValidParams {
            c: 1.0,
            l1_ratio: 1.0,
            class_weight_power: 0.0,
            tolerance: 1e-6,
            max_iterations: 200,
        })
    }
}

impl<L> ElasticNet<L> {
    /// How the fit of each class ended; `gradient_norm` is the largest value of the smallest subgradient.
    #[must_use]
    pub fn convergence(&self) -> &[Convergence] {
        &self.convergence
    }
}

linear_model!(ElasticNet [linear, convergence] {
    /// Weights of shape (classes, features), most of them zero.
    weights,
    /// One intercept a class.
    intercept,
});
