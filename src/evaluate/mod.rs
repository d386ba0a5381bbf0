//! How good a model is: predictions of labelled rows become a report with intervals, and two models a comparison.
//!
//! [`Predictions`] is the one input, whether a model labelled a file or a recipe was cross-validated. [`Meter`]
//! computes every [`Measure`] of them under any weights; [`intervals`] resamples.
//!
//! No text is read here and nothing is drawn.

mod baseline;
mod bootstrap;
mod doubt;
mod figures;
mod gate;
mod predictions;

pub use baseline::{Baseline, baselines};
pub use bootstrap::{Estimate, Resampling, Units, intervals};
pub use doubt::{Answered, COVERAGES, PredictionSets, answered, prediction_sets};
pub use figures::{ClassMeasure, Figures, Measure, Meter, N_CALIBRATION_BINS};
pub use gate::{Gate, GateFigure, GateResult};
pub use predictions::Predictions;

use crate::measures::MeasureError;

/// Why something cannot be evaluated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// Predictions and labels do not fit together.
    #[error(transparent)]
    Measure(#[from] MeasureError),
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
mod tests;
