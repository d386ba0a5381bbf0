//! Hyperparameters of [`ElasticNet`](super::ElasticNet).

use serde::{Deserialize, Serialize};

use crate::LearnError;
use crate::params::{guard, setters};
use crate::targets;

/// Hyperparameters, not yet checked; see [`ElasticNet::params`](super::ElasticNet::params).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ElasticNetParams(pub(super) ElasticNetValidParams);

/// Checked hyperparameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ElasticNetValidParams {
    pub(super) c: f64,
    pub(super) l1_ratio: f64,
    pub(super) class_weight_power: f64,
    pub(super) tolerance: f64,
    pub(super) max_iterations: u64,
}

setters!(ElasticNetParams {
    /// Inverse regularization strength, above 0. Default 1.
    c: f64,

    /// The L1 part of the penalty, from 0 to 1. Default 1.
    l1_ratio: f64,

    /// Weighs each class by the inverse of its frequency to this power, 0 to 1. Default 0.
    class_weight_power: f64,

    /// The fit has converged when the smallest subgradient's largest value is below this. Default 1e-6.
    tolerance: f64,

    /// Newton steps after which the fit ends, converged or not. Default 200.
    max_iterations: u64,
});

guard!(ElasticNetParams => ElasticNetValidParams);

impl ElasticNetValidParams {
    /// Whether every value can be worked with.
    fn validate(&self) -> Result<(), LearnError> {
        targets::check_common(self.c, self.class_weight_power, self.tolerance)?;
        let ratio = self.l1_ratio;
        targets::check("the L1 ratio", ratio, (0.0..=1.0).contains(&ratio), "a number from 0 to 1")?;
        targets::check("the number of iterations", 0.0, self.max_iterations > 0, "1 or more")
    }
}
