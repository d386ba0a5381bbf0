//! NB-SVM (Wang and Manning 2012, "Baselines and bigrams"): a linear SVM on features weighed by naive Bayes.
//!
//! For a class, feature `j` gets the log-count ratio `r_j = ln((p_j / |p|) / (q_j / |q|))`, where `p_j` counts the rows of
//! the class that have the feature and `q_j` the others, both smoothed. An SVM on `r_j x_j` gives weights `w`; the
//! result interpolates between them and their mean size, `w' = (1 - b) mean|w| + b w`, which keeps it near naive Bayes
//! where there is little data. The classifier is linear in `x` with weights `r_j w'_j`.

mod algorithm;
mod hyperparams;

use serde::{Deserialize, Serialize};

use crate::linear::{Linear, linear_model};
pub use hyperparams::{NbSvmParams, NbSvmValidParams};

/// A fitted classifier: one score a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NbSvm<L = usize> {
    labels: Vec<L>,
    linear: Linear,
    converged: bool,
}

impl NbSvm {
    /// Hyperparameters with their defaults; classes are the labels that the targets have.
    #[must_use]
    pub const fn params() -> NbSvmParams {
        NbSvmParams(NbSvmValidParams { c: 1.0, class_weight_power: 0.0, smoothing: 1.0, interpolation: 0.25 })
    }
}

impl<L> NbSvm<L> {
    /// Whether every SVM reached its optimum.
    #[must_use]
    pub const fn converged(&self) -> bool {
        self.converged
    }
}

linear_model!(NbSvm [linear, converged] {
    /// Weights of shape (classes, features), ratios and all.
    weights,
    /// One intercept a class.
    intercept,
});
