//! How the figures grow with the number of training rows: are more labels worth the work?

use std::collections::BTreeMap;

use serde::Serialize;

use super::drive::{Scheme, learning_predictions};
use super::measured::{IntervalOptions, measures_of};
use super::{Estimate, EvaluateError, Measure, Resampling};
use crate::labeled::Row;
use crate::model::TrainOptions;
use crate::progress::Callback;
use crate::units::Joined;

/// One point of a learning curve.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LearningPoint {
    /// Share of the training rows used.
    pub share: f64,
    /// Mean number of training rows.
    pub rows: f64,
    /// The figures on the held-out rows.
    pub measures: BTreeMap<Measure, Estimate>,
}

/// The shares of the training rows that a curve shows.
pub const SHARES: [f64; 5] = [0.1, 0.2, 0.4, 0.7, 1.0];

/// Trains on growing shares of the training rows of each fold (of the first repeat) and measures on the held-out rows.
///
/// # Errors
/// As [`super::cross_validate`].
pub fn learning_curve(
    rows: &[Row],
    labels: &[String],
    scheme: &Scheme,
    options: &TrainOptions,
    resampling: Resampling,
    progress: Callback<'_>,
) -> Result<Vec<LearningPoint>, EvaluateError> {
    let joined = Joined::new(rows, &scheme.joining)?;
    let intervals = IntervalOptions { resampling, joined: &joined, progress: &crate::progress::silent };
    let predictions = learning_predictions(rows, labels, scheme, options, &SHARES, progress)?;
    let point = |(share, n_rows, predictions): (f64, f64, super::Predictions)| {
        let measures = measures_of(&predictions, &intervals)?.named;
        Ok(LearningPoint { share, rows: n_rows, measures })
    };
    predictions.into_iter().map(point).collect()
}
