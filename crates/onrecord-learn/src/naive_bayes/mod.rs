//! Naive Bayes over counts: multinomial, and its complement (Rennie, Shih, Teevan and Karger 2003, "Tackling the poor
//! assumptions of naive Bayes text classifiers").
//!
//! Values may be any numbers from 0 up; TF-IDF values do as well as counts.

mod algorithm;
mod hyperparams;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::linear::{Linear, linear_model};
use crate::{Records, losses};
pub use hyperparams::{NaiveBayesParams, NaiveBayesValidParams, NaiveBayesVariant};

/// A fitted classifier: it is a linear one, whose scores are log-probabilities up to a constant a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NaiveBayes<L = usize> {
    labels: Vec<L>,
    linear: Linear,
}

impl NaiveBayes {
    /// Hyperparameters with their defaults; classes are the labels that the targets have.
    #[must_use]
    pub const fn params() -> NaiveBayesParams {
        NaiveBayesParams(NaiveBayesValidParams {
            smoothing: 1.0,
            class_weight_power: 0.0,
            variant: NaiveBayesVariant::Multinomial,
        })
    }
}

impl<L> NaiveBayes<L> {
    /// The probability of each class, shape (rows, classes); rows sum to 1. Naive Bayes is far too sure of itself.
    #[must_use]
    pub fn predict_probabilities(&self, records: &Records) -> Array2<f64> {
        let mut scores = self.decision_function(records);
        for mut row in scores.outer_iter_mut() {
            losses::softmax(row.as_slice_mut().expect("rows of a new array are contiguous"));
        }
        scores
    }
}

linear_model!(NaiveBayes [linear] {
    /// Weights of shape (classes, features): logarithms of smoothed shares.
    weights,
    /// One a class: the prior's logarithm.
    intercept,
});
