//! Hyperparameters of [`LogisticRegression`](super::LogisticRegression).

use serde::{Deserialize, Serialize};

use crate::LearnError;
use crate::params::{guard, setters};
use crate::targets;

/// Hyperparameters, not yet checked; see [`LogisticRegression::params`](super::LogisticRegression::params).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogisticRegressionParams(pub(super) LogisticRegressionValidParams);

/// Checked hyperparameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogisticRegressionValidParams {
    pub(super) c: f64,
    pub(super) class_weight_power: f64,
    pub(super) max_iterations: u64,
    pub(super) tolerance: f64,
    pub(super) relative_decrease: f64,
    pub(super) with_intercept: bool,
    pub(super) one_vs_rest: bool,
}

setters!(LogisticRegressionParams {
    /// Inverse regularization strength, above 0; the larger, the closer the fit. Default 1.
    c: f64,

    /// Weighs each class by the inverse of its frequency to this power: 0 leaves the rows as they are, 1 makes all
    /// classes weigh the same. Default 0.
    class_weight_power: f64,

    /// The fit has also converged when a step promised to lower the objective by less than this part of it;
    /// that step is still taken. Default 0: the gradient alone decides.
    relative_decrease: f64,

    /// Whether each class has an intercept. Default yes.
    with_intercept: bool,

    /// Fits each class against all others by itself, instead of all at once. Default no.
    one_vs_rest: bool,

    /// Steps after which the fit ends, converged or not. Default 500.
    max_iterations: u64,

    /// The fit has converged when the gradient's Euclidean norm is below this. Default 1e-6.
    tolerance: f64,
});

guard!(LogisticRegressionParams => LogisticRegressionValidParams);

impl LogisticRegressionValidParams {
    /// Whether every value can be worked with.
    fn validate(&self) -> Result<(), LearnError> {
        targets::check_common(self.c, self.class_weight_power, self.tolerance)?;
        targets::check("the number of iterations", 0.0, self.max_iterations > 0, "1 or more")
    }
}
