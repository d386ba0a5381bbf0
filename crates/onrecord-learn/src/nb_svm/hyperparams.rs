//! Hyperparameters of [`NbSvm`](super::NbSvm).

use serde::{Deserialize, Serialize};

use crate::LearnError;
use crate::params::{guard, setters};
use crate::targets;

/// Hyperparameters, not yet checked; see [`NbSvm::params`](super::NbSvm::params).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NbSvmParams(pub(super) NbSvmValidParams);

/// Checked hyperparameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NbSvmValidParams {
    pub(super) c: f64,
    pub(super) class_weight_power: f64,
    pub(super) smoothing: f64,
    pub(super) interpolation: f64,
}

setters!(NbSvmParams {
    /// Inverse regularization strength of the SVM, above 0. Default 1.
    c: f64,

    /// Weighs each class by the inverse of its frequency to this power, 0 to 1. Default 0.
    class_weight_power: f64,

    /// Added to every count, above 0. Default 1.
    smoothing: f64,

    /// From 0, naive Bayes alone, to 1, the SVM alone. Default 0.25, as in the paper.
    interpolation: f64,
});

guard!(NbSvmParams => NbSvmValidParams);

impl NbSvmValidParams {
    /// Whether every value can be worked with.
    fn validate(&self) -> Result<(), LearnError> {
        targets::check_common(self.c, self.class_weight_power, 1.0)?;
        let (smoothing, interpolation) = (self.smoothing, self.interpolation);
        targets::check("the smoothing", smoothing, smoothing > 0.0 && smoothing.is_finite(), "a number above 0")?;
        let is_share = (0.0..=1.0).contains(&interpolation);
        targets::check("the interpolation", interpolation, is_share, "a number from 0 to 1")
    }
}
