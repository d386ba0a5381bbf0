//! How good a model is: predictions of labelled rows become a report with intervals, and two models a comparison.
//!
//! [`Predictions`] is the one input, whether a model labelled a file or a recipe was cross-validated. [`Meter`]
//! computes every [`Measure`] of them under any weights; [`intervals`] resamples.
//!
//! No text is read here and nothing is drawn.

mod baseline;
mod bootstrap;
pub mod check;
mod compare;
mod doubt;
mod drive;
mod figures;
mod gate;
mod learning;
mod measured;
mod mistakes;
mod predictions;
mod ranking;
mod report;
mod slices;
mod training;

pub use baseline::Baseline;
use baseline::baselines;
pub use bootstrap::{Estimate, Resampling, Units, intervals};
pub use compare::{COMPARISON_FORMAT, CompareOptions, Comparison, Contender, Flip, McNemar, Pair};
pub use doubt::{Answered, PredictionSets, ReliabilityBin};
use doubt::{answered, prediction_sets, reliability};
pub use drive::{Scheme, cross_validate, predict};
use figures::FigureValues;
pub(crate) use figures::N_CALIBRATION_BINS;
pub use figures::{ClassMeasure, Measure, Meter};
pub use gate::{Gate, GateFigure, GateResult};
pub use learning::{LearningPoint, learning_curve};
pub use mistakes::{Explain, Mistake, reasons};
pub use predictions::{LabelSets, Predictions};
pub use ranking::{RankingMeasures, RankingReport, RankingSlice};
pub use report::{AccuracyReport, ClassReport, Confusion, Curves, FORMAT, IntervalMethod, ReportOptions, Subject};
pub use slices::{SMALL, Slice, Slicing, column_value, usual_columns};
pub use training::training_report;

use crate::measures::MeasureError;

/// Why something cannot be evaluated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// Predictions and labels do not fit together.
    #[error(transparent)]
    Measure(#[from] MeasureError),
    /// Rows that cannot be joined or divided.
    #[error(transparent)]
    Units(#[from] crate::units::UnitError),
    /// A column that no row has.
    #[error("no row has a value in the column {column:?}; columns are named as in the file")]
    NoColumn {
        /// As given.
        column: String,
    },
    /// A prediction of a row that is not there.
    #[error("a prediction for row {row} where there are only {n_rows} rows")]
    NoRow {
        /// Its index.
        row: usize,
        /// Number of rows.
        n_rows: usize,
    },
    /// A label that is not among those asked for.
    #[error("label {label:?} is not among the labels to compare by")]
    Label {
        /// The label.
        label: String,
    },
    /// A column with one value, where its values are to be left out in turn.
    #[error("all rows have the same {column}: none can be left out")]
    OneValue {
        /// Name of the column.
        column: String,
    },
    /// A value whose rows share units with all others.
    #[error("without the rows of {column} {value:?}, and those of their units, no row is left to learn from")]
    NothingLeft {
        /// Name of the column.
        column: String,
        /// The value.
        value: String,
    },
    /// A fold that cannot be trained.
    #[error("a fold cannot be trained")]
    Train(#[from] Box<crate::model::TrainError>),
    /// A label that the model cannot give.
    #[error("the model has no label {label:?} to take the probability of; it has {known}")]
    Score {
        /// As given.
        label: String,
        /// Those that it has.
        known: String,
    },
    /// A label that no row has, or that all have.
    #[error("of {n_rows} rows {n_positive} are labelled {label:?}; expected some that are and some that are not")]
    Positive {
        /// As given.
        label: String,
        /// Rows with it.
        n_positive: usize,
        /// Rows.
        n_rows: usize,
    },
    /// Nothing to compare.
    #[error("a comparison needs at least two models")]
    TooFewModels,
    /// Predictions that are not of the same rows.
    #[error("the models did not label the same rows with the same gold labels")]
    OtherRows,
    /// A gate that cannot be read.
    #[error("gate {gate:?}: {problem}")]
    Gate {
        /// As given.
        gate: String,
        /// What is wrong with it.
        problem: String,
    },
}

#[cfg(test)]
mod simulations;
#[cfg(test)]
mod tests;
