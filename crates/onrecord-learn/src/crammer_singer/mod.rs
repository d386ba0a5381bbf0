//! Crammer and Singer's multiclass support vector machine: one problem over all classes, not one a class.
//!
//! Crammer and Singer 2001, "On the algorithmic implementation of multiclass kernel-based vector machines": with row
//! weights `s` and an intercept that counts as the weight of a column of ones, the objective is
//! `1/2 sum_m (||w_m||² + b_m²) + C sum_i s_i max(0, 1 + max over m ≠ y_i of score_m(x_i) - score_{y_i}(x_i))`: a row
//! costs what its own class lacks to be ahead of the best other one by 1. With two classes that is the machine of the
//! plain hinge loss at twice the C, its score shared between the classes.
//!
//! The solver is the sequential dual method of Keerthi, Sundararajan, Chang, Hsieh and Lin 2008, "A sequential dual
//! method for large scale multi-class linear SVMs" (LIBLINEAR's `-s 4`): row after row, all dual variables of a row at
//! once, with shrinking, on the matrix with multiples merged. It works on one thread.

mod algorithm;
mod hyperparams;

use serde::{Deserialize, Serialize};

use crate::DualConvergence;
use crate::linear::{Linear, linear_model};
pub use hyperparams::{CrammerSingerParams, CrammerSingerValidParams};

/// A fitted machine: one score a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrammerSinger<L = usize> {
    labels: Vec<L>,
    linear: Linear,
    convergence: DualConvergence,
}

impl CrammerSinger {
    /// Hyperparameters with their defaults; classes are the labels that the targets have.
    #[must_use]
    pub const fn params() -> CrammerSingerParams {
        CrammerSingerParams(CrammerSingerValidParams {
            c: 1.0,
            class_weight_power: 0.0,
            tolerance: 0.01,
            max_iterations: 1000,
            seed: 0,
        })
    }
}

impl<L> CrammerSinger<L> {
    /// How the fit ended.
    #[must_use]
    pub const fn convergence(&self) -> DualConvergence {
        self.convergence
    }
}

linear_model!(CrammerSinger [linear, convergence] {
    /// Weights of shape (classes, features).
    weights,
    /// One intercept a class.
    intercept,
});
