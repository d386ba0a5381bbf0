//! The same figures for parts of the rows: by target, by speaker, by any column.

use std::collections::BTreeMap;

use serde::Serialize;

use super::measured::{IntervalOptions, measures_of};
use super::{Estimate, EvaluateError, Measure, Predictions};
use crate::labeled::Row;

/// The rows by the values of one column.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Slicing {
    /// Name of the column.
    pub by: String,
    /// One part for each value, the smallest first.
    pub slices: Vec<Slice>,
}

/// The rows that share one value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Slice {
    /// The value; empty where rows have none.
    pub value: String,
    /// Number of rows.
    pub rows: usize,
    /// Whether there are fewer than [`SMALL`] rows: too few to say much.
    pub small: bool,
    /// Gold labels of the rows, in the order of the report's labels.
    pub support: Vec<f64>,
    /// All figures over the rows.
    pub measures: BTreeMap<Measure, Estimate>,
}

/// A slice with fewer rows than this is marked as small.
pub const SMALL: usize = 50;
/// Columns that are sliced by without being asked for, where they have from 2 to this many values.
const USUAL: [&str; 4] = ["target", "register", "speaker", "outlet"];
const MOST_VALUES: usize = 25;
/// A column that is asked for may have this many values; the rarest are left out beyond it.
const MOST_SLICES: usize = 200;

/// The value of a column in a row; see [`Row::value`].
#[must_use]
pub fn column_value(row: &Row, column: &str) -> String {
    row.value(column)
}

/// The columns worth slicing by where none are asked for.
#[must_use]
pub fn usual_columns(rows: &[Row]) -> Vec<String> {
    let few = |column: &str| {
        let mut values = std::collections::BTreeSet::new();
        rows.iter().all(|row| {
            values.insert(column_value(row, column));
            values.len() <= MOST_VALUES
        }) && values.len() > 1
    };
    USUAL.into_iter().filter(|column| few(column)).map(str::to_owned).collect()
}

/// The places of the predictions by the value of a column, the smallest part first; the rarest of too many are left out.
///
/// # Errors
/// [`EvaluateError::NoColumn`] where no row has a value in the column.
pub(super) fn parts_by(
    predictions: &Predictions,
    rows: &[Row],
    column: &str,
) -> Result<Vec<(String, Vec<usize>)>, EvaluateError> {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, &row) in predictions.rows.iter().enumerate() {
        places.entry(column_value(&rows[row], column)).or_default().push(place);
    }
    if places.keys().all(String::is_empty) {
        return Err(EvaluateError::NoColumn { column: column.to_owned() });
    }
    let mut parts: Vec<(String, Vec<usize>)> = places.into_iter().collect();
    parts.sort_by_key(|(_, places)| places.len());
    Ok(parts.split_off(parts.len().saturating_sub(MOST_SLICES)))
}

/// Slices the predictions of `rows` by each of the columns.
///
/// # Errors
/// [`EvaluateError::NoColumn`] where no row has a value in a column.
pub(crate) fn slicings(
    predictions: &Predictions,
    rows: &[Row],
    columns: &[String],
    options: &IntervalOptions<'_>,
) -> Result<Vec<Slicing>, EvaluateError> {
    let slicing = |column: &String| {
        let slice = |(value, places): (String, Vec<usize>)| {
            let part = predictions.select(&places);
            let n_rows = part.rows.iter().collect::<std::collections::BTreeSet<_>>().len();
            let mut support = vec![0.0; part.labels.len()];
            part.gold.iter().enumerate().for_each(|(place, &gold)| support[gold] += part.weight(place));
            let measures = measures_of(&part, options)?.named;
            Ok(Slice { value, rows: n_rows, small: n_rows < SMALL, support, measures })
        };
        let slices =
            parts_by(predictions, rows, column)?.into_iter().map(slice).collect::<Result<_, EvaluateError>>()?;
        Ok(Slicing { by: column.clone(), slices })
    };
    columns.iter().map(slicing).collect()
}
