//! Hyperparameters of [`CrammerSinger`](super::CrammerSinger).

use serde::{Deserialize, Serialize};

use crate::LearnError;
use crate::params::{guard, setters};
use crate::targets;

/// Hyperparameters, not yet checked; see [`CrammerSinger::params`](super::CrammerSinger::params).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrammerSingerParams(pub(super) CrammerSingerValidParams);

/// Checked hyperparameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrammerSingerValidParams {
    pub(super) c: f64,
    pub(super) class_weight_power: f64,
    pub(super) tolerance: f64,
    pub(super) max_iterations: u64,
    pub(super) seed: u64,
}

setters!(CrammerSingerParams {
    /// Inverse regularization strength, above 0. Default 1.
    c: f64,

    /// Weighs each class by the inverse of its frequency to this power, 0 to 1. Default 0.
    class_weight_power: f64,

    /// The fit has converged when no row's gradients violate its optimum by more. Default 0.01.
    tolerance: f64,

    /// Walks over the rows after which the fit ends, converged or not. Default 1000.
    max_iterations: u64,

    /// Seed of the order in which rows are visited. Default 0.
    seed: u64,
});

guard!(CrammerSingerParams => CrammerSingerValidParams);

impl CrammerSingerValidParams {
    /// Whether every value can be worked with.
    fn validate(&self) -> Result<(), LearnError> {
        targets::check_common(self.c, self.class_weight_power, self.tolerance)?;
        targets::check("the number of iterations", 0.0, self.max_iterations > 0, "1 or more")
    }
}
