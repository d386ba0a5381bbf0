//! Hyperparameters of [`LinearSvm`](super::LinearSvm).

use serde::{Deserialize, Serialize};

use crate::LearnError;
use crate::params::{guard, setters};
use crate::targets;

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

/// Hyperparameters, not yet checked; see [`LinearSvm::params`](super::LinearSvm::params).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearSvmParams(pub(super) LinearSvmValidParams);

/// Checked hyperparameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearSvmValidParams {
    pub(super) c: f64,
    pub(super) class_weight_power: f64,
    pub(super) hinge: Hinge,
    pub(super) tolerance: f64,
    pub(super) max_iterations: u64,
    pub(super) seed: u64,
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
        targets::check_common(self.c, self.class_weight_power, self.tolerance)?;
        targets::check("the number of iterations", 0.0, self.max_iterations > 0, "1 or more")
    }
}
