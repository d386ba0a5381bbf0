//! What all linear classifiers share once they are fitted: weights, intercepts, scores.

use ndarray::{Array1, Array2, ArrayView2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Records;
use super::design::Columns;

/// Weights of shape (classes, features) and an intercept a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Linear {
    weights: Array2<f64>,
    intercept: Array1<f64>,
}

impl Linear {
    pub(super) fn new(weights: Array2<f64>, intercept: Array1<f64>) -> Self {
        Self { weights, intercept }
    }

    /// From weights of merged columns: `at` gives that of a class and a column, and at last the intercept.
    pub(super) fn of_columns(columns: &Columns, n_classes: usize, at: impl Fn(usize, usize) -> f64 + Sync) -> Self {
        let n_features = columns.n_original();
        let weight = |place: usize| columns.original(place % n_features, |merged| at(place / n_features, merged));
        let weights = (0..n_classes * n_features).into_par_iter().map(weight).collect();
        let weights = Array2::from_shape_vec((n_classes, n_features), weights).expect("a weight for each");
        Self::new(weights, Array1::from_shape_fn(n_classes, |class| at(class, columns.n_merged())))
    }

    pub(super) fn weights(&self) -> ArrayView2<'_, f64> {
        self.weights.view()
    }

    pub(super) const fn intercept(&self) -> &Array1<f64> {
        &self.intercept
    }

    /// The score of each row and class.
    pub(super) fn scores(&self, records: &Records) -> Array2<f64> {
        let mut scores = Array2::zeros((records.n_rows(), self.intercept.len()));
        for (index, mut scores) in scores.outer_iter_mut().enumerate() {
            scores.assign(&self.intercept);
            for (column, value) in records.row(index).iter() {
                scores.scaled_add(f64::from(value), &self.weights.column(column));
            }
        }
        scores
    }

    /// The class with the largest score, the first of equals.
    pub(super) fn predict(&self, records: &Records, targets: &mut Array1<usize>) {
        let scores = self.scores(records);
        for (target, scores) in targets.iter_mut().zip(scores.outer_iter()) {
            *target = (1..scores.len()).fold(0, |best, class| if scores[class] > scores[best] { class } else { best });
        }
    }
}

/// What a fitted classifier with the field `linear: Linear` shows of it, and linfa's prediction; what its weights and
/// intercepts are, each says in its own words.
macro_rules! linear_model {
    ($model:ident { $(#[$weights:meta])* weights, $(#[$intercept:meta])* intercept, }) => {
        impl $model {
            $(#[$weights])*
            #[must_use]
            pub fn weights(&self) -> ndarray::ArrayView2<'_, f64> {
                self.linear.weights()
            }

            $(#[$intercept])*
            #[must_use]
            pub const fn intercept(&self) -> &ndarray::Array1<f64> {
                self.linear.intercept()
            }

            /// The linear scores, shape (rows, classes).
            #[must_use]
            pub fn decision_function(&self, records: &$crate::Records) -> ndarray::Array2<f64> {
                self.linear.scores(records)
            }
        }

        impl linfa::traits::PredictInplace<$crate::Records, ndarray::Array1<usize>> for $model {
            fn predict_inplace(&self, records: &$crate::Records, targets: &mut ndarray::Array1<usize>) {
                self.linear.predict(records, targets);
            }

            fn default_target(&self, records: &$crate::Records) -> ndarray::Array1<usize> {
                ndarray::Array1::zeros(records.n_rows())
            }
        }
    };
}

pub(super) use linear_model;
