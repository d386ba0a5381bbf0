//! How right a classifier is: pure functions from gold and predicted classes, or probabilities, to figures.
//!
//! Classes are indices below a number of classes; what they are called is the caller's business. Every function takes
//! optional row weights. The figures are those of scikit-learn with `zero_division=0` (1.9; the fixtures under
//! `tests/reference` hold both to 1e-9), and where scikit-learn leaves a choice, the function says which was made:
//! - [`ConfusionMatrix`]: accuracy, balanced accuracy, precision, recall, F1, macro- and weighted-F1, F_avg, Matthews
//!   correlation, Cohen's kappa.
//! - [`log_loss`], [`brier`], [`expected_calibration_error`], [`calibration_bins`]: are the probabilities honest?
//! - [`roc_auc`], [`average_precision`], and their curves: one class against the rest, by score.
//! - [`coverage`], [`mean_set_size`]: sets of labels that shall hold the right one.
//! - [`cohen_kappa`], [`fleiss_kappa`], [`krippendorff_alpha`]: do annotators agree?
//! - [`mcnemar_exact`] and [`holm`]: do classifiers differ?
//!
//! No intervals here (`evaluate` resamples), and no drawing.
//!
//! # Examples
//! ```
//! use onrecord_measures::ConfusionMatrix;
//!
//! let matrix = ConfusionMatrix::new(&[0, 0, 1, 2], &[0, 1, 1, 1], 3, None)?;
//! assert_eq!(matrix.accuracy(), 0.5);
//! assert_eq!(matrix.class(1).precision, 1.0 / 3.0);
//! assert_eq!(matrix.class(2).f1, 0.0);
//! # Ok::<(), onrecord_measures::MeasureError>(())
//! ```

mod agreement;
mod confusion;
pub mod probability;
mod ranking;
mod sets;

pub use agreement::{cohen_kappa, fleiss_kappa, holm, krippendorff_alpha, mcnemar_exact};
pub use confusion::{ClassFigures, ConfusionMatrix};
pub use probability::{CalibrationBin, brier, calibration_bins, expected_calibration_error, log_loss, top_class};
pub use ranking::{PrPoint, RankedScores, RocPoint, average_precision, pr_curve, roc_auc, roc_curve};
pub use sets::{coverage, mean_set_size};

/// Why figures cannot be computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MeasureError {
    /// Two inputs that must run in parallel do not.
    #[error("{what} has {found} rows where the gold classes have {expected}")]
    Length {
        /// Which input.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The number of gold rows.
        expected: usize,
    },
    /// No rows, or weights that add up to nothing.
    #[error("there are no rows to measure")]
    Empty,
    /// A class index out of range.
    #[error("row {row}: class {class} where there are only {n_classes}")]
    Class {
        /// Index of the row.
        row: usize,
        /// The class found.
        class: usize,
        /// How many there are.
        n_classes: usize,
    },
    /// A negative, infinite or missing weight.
    #[error("row {row}: weight {weight} is not a finite number of at least 0")]
    Weight {
        /// Index of the row.
        row: usize,
        /// The weight found.
        weight: f64,
    },
    /// A probability or score that is no number.
    #[error("row {row}: score {score} is not a number that can be used here")]
    Score {
        /// Index of the row.
        row: usize,
        /// The value found.
        score: f64,
    },
}

/// Checks what all measures ask of classes and weights; gives the sum of the weights.
fn check(gold: &[usize], n_classes: usize, weights: Option<&[f64]>) -> Result<f64, MeasureError> {
    check_classes(gold, n_classes)?;
    let total = match weights {
        None => gold.len() as f64,
        Some(weights) => {
            check_length("the weights", weights.len(), gold.len())?;
            for (row, &weight) in weights.iter().enumerate() {
                if !weight.is_finite() || weight < 0.0 {
                    return Err(MeasureError::Weight { row, weight });
                }
            }
            weights.iter().sum()
        }
    };
    if total > 0.0 { Ok(total) } else { Err(MeasureError::Empty) }
}

fn check_classes(classes: &[usize], n_classes: usize) -> Result<(), MeasureError> {
    match classes.iter().position(|&class| class >= n_classes) {
        Some(row) => Err(MeasureError::Class { row, class: classes[row], n_classes }),
        None => Ok(()),
    }
}

fn check_length(what: &'static str, found: usize, expected: usize) -> Result<(), MeasureError> {
    if found == expected { Ok(()) } else { Err(MeasureError::Length { what, found, expected }) }
}

/// The weight of a row, 1 where no weights are given.
fn weight_of(weights: Option<&[f64]>, row: usize) -> f64 {
    weights.map_or(1.0, |weights| weights[row])
}

#[cfg(test)]
mod tests;

// The examples of the front page run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
