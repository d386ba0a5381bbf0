//! Linear support vector machines by dual coordinate descent with shrinking, one class against the rest.
//!
//! For a class with signs `y` the objective is `1/2 (||w||² + b²) + C sum_i s_i loss(1 - y_i (w x_i + b))`, with the hinge
//! or its square as loss and row weights `s`; the intercept `b` counts as the weight of a column of ones, as in
//! LIBLINEAR. The solver (`dual`) works on the matrix with multiples merged, which changes no product of two rows.

mod algorithm;
mod dual;
mod hyperparams;
mod in_step;
mod rows;

use serde::{Deserialize, Serialize};

use crate::linear::{Linear, linear_model};
pub use hyperparams::{Hinge, LinearSvmParams, LinearSvmValidParams};

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
pub struct LinearSvm<L = usize> {
    labels: Vec<L>,
    linear: Linear,
    convergence: Vec<DualConvergence>,
}

impl LinearSvm {
    /// Hyperparameters with their defaults; classes are the labels that the targets have.
    #[must_use]
    pub const fn params() -> LinearSvmParams {
        LinearSvmParams(LinearSvmValidParams {
            c: 1.0,
            class_weight_power: 0.0,
            hinge: Hinge::Squared,
            tolerance: 0.01,
            max_iterations: 1000,
            seed: 0,
        })
    }
}

impl<L> LinearSvm<L> {
    /// How each fit ended: one a class, or one alone for two classes.
    #[must_use]
    pub fn convergence(&self) -> &[DualConvergence] {
        &self.convergence
    }
}

linear_model!(LinearSvm [linear, convergence] {
    /// Weights of shape (classes, features).
    weights,
    /// One intercept a class.
    intercept,
});
