//! All measures of a set of predictions, each with its interval: what reports, slices and curves have in common.

use std::collections::BTreeMap;

use super::bootstrap::{Estimate, Resampling, Units, intervals};
use super::figures::{Measure, Meter};
use super::{EvaluateError, Predictions};
use crate::labeled::Row;
use crate::progress::Callback;

/// What intervals need to know.
pub(crate) struct IntervalOptions<'o> {
    pub resampling: Resampling,
    pub group_by: Option<&'o str>,
    pub progress: Callback<'o>,
}

/// All figures of predictions with intervals.
pub(crate) struct Measured {
    /// Those over all classes that are defined.
    pub named: BTreeMap<Measure, Estimate>,
    /// All, in the order of `FigureValues::values`.
    pub all: Vec<Estimate>,
    /// Number of units that were drawn.
    pub n_units: usize,
}

/// Measures and resamples.
pub(crate) fn measures_of(
    predictions: &Predictions,
    rows: &[Row],
    options: &IntervalOptions<'_>,
) -> Result<Measured, EvaluateError> {
    let meter = Meter::new(predictions)?;
    let units = units_of(predictions, rows, options.group_by)?;
    let weights = predictions.weights.as_deref();
    let (_, estimates) = intervals(&meter, weights, &units, &options.resampling, options.progress);
    let named = Measure::ALL.into_iter().filter_map(|measure| {
        let estimate = estimates[measure as usize];
        estimate.value.map(|_| (measure, estimate))
    });
    Ok(Measured { named: named.collect(), n_units: units.len(), all: estimates })
}

/// What is drawn: the rows, or the groups of equal value in a column.
pub(crate) fn units_of(
    predictions: &Predictions,
    rows: &[Row],
    group_by: Option<&str>,
) -> Result<Units, EvaluateError> {
    let Some(column) = group_by else { return Ok(Units::of_keys(predictions.rows.iter().copied())) };
    // A row without a value is a group of its own.
    let key = |&row: &usize| match rows[row].value(column) {
        value if value.is_empty() => (value, row),
        value => (value, usize::MAX),
    };
    let keys: Vec<(String, usize)> = predictions.rows.iter().map(key).collect();
    if keys.iter().all(|(value, _)| value.is_empty()) {
        return Err(EvaluateError::NoColumn { column: column.to_owned() });
    }
    Ok(Units::of_keys(keys))
}
