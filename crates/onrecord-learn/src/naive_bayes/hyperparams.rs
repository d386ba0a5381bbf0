//! Hyperparameters of [`NaiveBayes`](super::NaiveBayes).

use serde::{Deserialize, Serialize};

use crate::LearnError;
use crate::params::{guard, setters};
use crate::targets;

/// Whose counts a class is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NaiveBayesVariant {
    /// Its own: multinomial naive Bayes.
    #[default]
    Multinomial,
    /// Those of all other classes, turned around: steadier where classes differ in size. The prior is left out.
    Complement,
}

/// Hyperparameters, not yet checked; see [`NaiveBayes::params`](super::NaiveBayes::params).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NaiveBayesParams(pub(super) NaiveBayesValidParams);

/// Checked hyperparameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NaiveBayesValidParams {
    pub(super) smoothing: f64,
    pub(super) class_weight_power: f64,
    pub(super) variant: NaiveBayesVariant,
}

setters!(NaiveBayesParams {
    /// Added to every count, above 0. Default 1 (Laplace).
    smoothing: f64,

    /// Weighs each class by the inverse of its frequency to this power, 0 to 1; it acts on the prior. Default 0.
    class_weight_power: f64,

    /// Whose counts a class is judged by. Default its own.
    variant: NaiveBayesVariant,
});

guard!(NaiveBayesParams => NaiveBayesValidParams);

impl NaiveBayesValidParams {
    /// Whether every value can be worked with.
    fn validate(&self) -> Result<(), LearnError> {
        targets::check_common(1.0, self.class_weight_power, 1.0)?;
        let smoothing = self.smoothing;
        targets::check("the smoothing", smoothing, smoothing > 0.0 && smoothing.is_finite(), "a number above 0")
    }
}
