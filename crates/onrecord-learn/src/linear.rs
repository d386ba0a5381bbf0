//! What all linear classifiers share once they are fitted: weights, intercepts, scores.

use ndarray::{Array1, Array2, ArrayView2, ShapeBuilder};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sprs::CsMatI;

use super::Records;
use super::design::Columns;

/// Rows that one task scores.
const CHUNK: usize = 256;

/// The score of each row and class of a linear model, shape (rows, classes): the intercept plus, entry after entry, value
/// times weight. `weights` lie feature after feature, one a class; sums are made in `f64`, in the order of the columns,
/// so any number of threads gives the same bits.
///
/// # Panics
/// Where there are no classes, or fewer weights than features times classes.
#[must_use]
pub fn linear_scores<W: Copy + Into<f64> + Sync>(
    records: &CsMatI<f32, u32, usize>,
    weights: &[W],
    intercept: &[f64],
) -> Array2<f64> {
    let (n_rows, n_classes) = (records.rows(), intercept.len());
    let (starts, columns, values) = (records.indptr(), records.indices(), records.data());
    let mut all = intercept.repeat(n_rows);
    let score_chunk = |(chunk, scores): (usize, &mut [f64])| {
        for (row, scores) in (chunk * CHUNK..).zip(scores.chunks_exact_mut(n_classes)) {
            let entries = starts.outer_inds_sz(row);
            for (&column, &value) in columns[entries.clone()].iter().zip(&values[entries]) {
                let value = f64::from(value);
                let of_column = &weights[column as usize * n_classes..][..n_classes];
                scores.iter_mut().zip(of_column).for_each(|(score, &weight)| *score += value * weight.into());
            }
        }
    };
    // To wake another thread costs as much as to score a few rows.
    if n_rows <= CHUNK {
        score_chunk((0, &mut all));
    } else {
        all.par_chunks_mut(CHUNK * n_classes).enumerate().for_each(score_chunk);
    }
    Array2::from_shape_vec((n_rows, n_classes), all).expect("a score for each row and class")
}

/// Weights of shape (classes, features) and an intercept a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Linear {
    /// Feature after feature, one a class.
    weights: Vec<f64>,
    intercept: Array1<f64>,
}

impl Linear {
    /// From the weight of each class and feature.
    pub(crate) fn new(n_features: usize, intercept: Array1<f64>, weight: impl Fn(usize, usize) -> f64 + Sync) -> Self {
        let n_classes = intercept.len();
        let weight = |place: usize| weight(place % n_classes, place / n_classes);
        Self { weights: (0..n_classes * n_features).into_par_iter().map(weight).collect(), intercept }
    }

    /// From weights of merged columns: `at` gives that of a class and a column, and at last the intercept.
    pub(crate) fn of_columns(columns: &Columns, n_classes: usize, at: impl Fn(usize, usize) -> f64 + Sync) -> Self {
        let intercept = Array1::from_shape_fn(n_classes, |class| at(class, columns.n_merged()));
        Self::new(columns.n_original(), intercept, |class, column| columns.original(column, |merged| at(class, merged)))
    }

    pub(crate) fn weights(&self) -> ArrayView2<'_, f64> {
        let n_classes = self.intercept.len();
        let shape = (n_classes, self.weights.len() / n_classes).f();
        ArrayView2::from_shape(shape, &self.weights).expect("a weight for each class and feature")
    }

    pub(crate) const fn intercept(&self) -> &Array1<f64> {
        &self.intercept
    }

    /// The score of each row and class.
    pub(crate) fn scores(&self, records: &Records) -> Array2<f64> {
        linear_scores(records.matrix(), &self.weights, self.intercept.as_slice().expect("a new array is contiguous"))
    }

    /// The class of each row with the largest score, the first of equals.
    pub(crate) fn predict(&self, records: &Records) -> Vec<usize> {
        self.scores(records).outer_iter().map(|scores| largest(scores.iter().copied())).collect()
    }
}

/// The place of the largest number, the first of equals.
pub(crate) fn largest(scores: impl Iterator<Item = f64>) -> usize {
    let first = (0, f64::NEG_INFINITY);
    scores.enumerate().fold(first, |best, (place, score)| if score > best.1 { (place, score) } else { best }).0
}

/// What a fitted classifier with the fields `labels: Vec<L>` and `linear: Linear` shows of them, and linfa's prediction;
/// what its weights and intercepts are, each says in its own words. The fields in brackets are all but the labels.
macro_rules! linear_model {
    ($model:ident [$($field:ident),*] { $(#[$weights:meta])* weights, $(#[$intercept:meta])* intercept, }) => {
        impl $model {
            /// The same with classes called by these labels.
            fn called<L>(self, labels: Vec<L>) -> $model<L> {
                $model { labels, $($field: self.$field),* }
            }
        }

        impl<L> $model<L> {
            /// What the classes are called, sorted; classes are counted in this order.
            #[must_use]
            pub fn labels(&self) -> &[L] {
                &self.labels
            }

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

        impl<L: linfa::Label> linfa::traits::PredictInplace<$crate::Records, ndarray::Array1<L>> for $model<L> {
            fn predict_inplace(&self, records: &$crate::Records, targets: &mut ndarray::Array1<L>) {
                for (target, class) in targets.iter_mut().zip(self.linear.predict(records)) {
                    *target = self.labels[class].clone();
                }
            }

            fn default_target(&self, records: &$crate::Records) -> ndarray::Array1<L> {
                ndarray::Array1::from_elem(records.n_rows(), L::default())
            }
        }

        impl<L: linfa::Label> linfa::traits::Predict<&$crate::Records, ndarray::Array1<L>> for $model<L> {
            fn predict(&self, records: &$crate::Records) -> ndarray::Array1<L> {
                self.linear.predict(records).into_iter().map(|class| self.labels[class].clone()).collect()
            }
        }
    };
}

pub(crate) use linear_model;
