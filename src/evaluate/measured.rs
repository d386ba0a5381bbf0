//! All measures of a set of predictions, each with its interval: what reports, slices and curves have in common.

use std::collections::BTreeMap;

use super::bootstrap::{Estimate, Resampling, Units, intervals};
use super::figures::{Measure, Meter};
use super::{EvaluateError, Predictions};
use crate::progress::Callback;
use crate::units::Joined;

/// What intervals need to know.
pub(crate) struct IntervalOptions<'o> {
    pub resampling: Resampling,
    pub joined: &'o Joined,
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
pub(crate) fn measures_of(predictions: &Predictions, options: &IntervalOptions<'_>) -> Result<Measured, EvaluateError> {
    let meter = Meter::new(predictions)?;
    let units = units_of(predictions, options.joined);
    let weights = predictions.weights.as_deref();
    let (_, estimates) = intervals(&meter, weights, &units, &options.resampling, options.progress);
    let named = Measure::ALL.into_iter().filter_map(|measure| {
        let estimate = estimates[measure as usize];
        estimate.value.map(|_| (measure, estimate))
    });
    Ok(Measured { named: named.collect(), n_units: units.len(), all: estimates })
}

/// What is drawn: the units of the rows behind the predictions.
pub(crate) fn units_of(predictions: &Predictions, joined: &Joined) -> Units {
    Units::of_keys(predictions.rows.iter().map(|&row| joined.units()[row]))
}
