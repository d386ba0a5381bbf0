//! Measures of the probabilities themselves: log-loss, Brier score, calibration.

use ndarray::{ArrayView1, ArrayView2};
use serde::Serialize;

use super::{MeasureError, check, check_length, weight_of};

/// One bin of a reliability diagram: the rows whose top probability lies in it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CalibrationBin {
    /// Lower edge, excluded (but 0 belongs to the first bin).
    pub from: f64,
    /// Upper edge, included.
    pub to: f64,
    /// Weight of its rows.
    pub count: f64,
    /// Their mean top probability; 0 where the bin is empty.
    pub confidence: f64,
    /// Share of them predicted right; 0 where the bin is empty.
    pub accuracy: f64,
}

/// The class of the highest probability, the first where several are highest.
pub fn top_class(probabilities: ArrayView1<'_, f64>) -> usize {
    let mut top = 0;
    for (class, &probability) in probabilities.iter().enumerate() {
        if probability > probabilities[top] {
            top = class;
        }
    }
    top
}

/// Mean negative natural logarithm of the gold class's probability, probabilities kept at least 2^-52 (as scikit-learn
/// does) so that one certain mistake does not cost infinitely much.
///
/// # Errors
/// [`MeasureError`] for inputs that do not fit together or hold no rows.
pub fn log_loss(
    gold: &[usize],
    probabilities: ArrayView2<'_, f64>,
    weights: Option<&[f64]>,
) -> Result<f64, MeasureError> {
    let total = check_probabilities(gold, &probabilities, weights)?;
    let loss = |row: usize| row_log_loss(probabilities[[row, gold[row]]]);
    Ok((0..gold.len()).map(|row| weight_of(weights, row) * loss(row)).sum::<f64>() / total)
}

/// The Brier score for several classes (Brier 1950): mean over the rows of the squared differences between each class's
/// probability and 1 for the gold class, 0 for the others, summed over the classes. Between 0 and 2; with two classes it
/// is twice the figure some programs print.
///
/// # Errors
/// [`MeasureError`] for inputs that do not fit together or hold no rows.
pub fn brier(gold: &[usize], probabilities: ArrayView2<'_, f64>, weights: Option<&[f64]>) -> Result<f64, MeasureError> {
    let total = check_probabilities(gold, &probabilities, weights)?;
    let score = |row: usize| row_brier(gold[row], probabilities.row(row));
    Ok((0..gold.len()).map(|row| weight_of(weights, row) * score(row)).sum::<f64>() / total)
}

/// Expected calibration error (Guo et al. 2017): over `n_bins` equal-width bins of the top probability, the difference
/// between confidence and accuracy, weighted by the bin's share of rows. The top class counts as the prediction.
///
/// # Errors
/// [`MeasureError`] for inputs that do not fit together or hold no rows.
pub fn expected_calibration_error(
    gold: &[usize],
    probabilities: ArrayView2<'_, f64>,
    weights: Option<&[f64]>,
    n_bins: usize,
) -> Result<f64, MeasureError> {
    let bins = calibration_bins(gold, probabilities, weights, n_bins)?;
    let total: f64 = bins.iter().map(|bin| bin.count).sum();
    Ok(bins.iter().map(|bin| bin.count * (bin.confidence - bin.accuracy).abs()).sum::<f64>() / total)
}

/// The bins behind [`expected_calibration_error`], in order, empty ones too; at least one.
///
/// # Errors
/// [`MeasureError`] for inputs that do not fit together or hold no rows.
pub fn calibration_bins(
    gold: &[usize],
    probabilities: ArrayView2<'_, f64>,
    weights: Option<&[f64]>,
    n_bins: usize,
) -> Result<Vec<CalibrationBin>, MeasureError> {
    check_probabilities(gold, &probabilities, weights)?;
    let n_bins = n_bins.max(1);
    let mut sums = vec![(0.0, 0.0, 0.0); n_bins];
    for (row, &class) in gold.iter().enumerate() {
        let top = top_class(probabilities.row(row));
        let confidence = probabilities[[row, top]];
        let weight = weight_of(weights, row);
        let bin = &mut sums[bin_of(confidence, n_bins)];
        bin.0 += weight;
        bin.1 += weight * confidence;
        bin.2 += if top == class { weight } else { 0.0 };
    }
    let edge = |index: usize| index as f64 / n_bins as f64;
    let mean = |sum: f64, count: f64| if count > 0.0 { sum / count } else { 0.0 };
    let bins = sums.iter().enumerate().map(|(index, &(count, confidence, hits))| CalibrationBin {
        from: edge(index),
        to: edge(index + 1),
        count,
        confidence: mean(confidence, count),
        accuracy: mean(hits, count),
    });
    Ok(bins.collect())
}

/// The loss of one row whose gold class has the given probability.
pub fn row_log_loss(probability: f64) -> f64 {
    -probability.clamp(f64::EPSILON, 1.0).ln()
}

/// The Brier score of one row.
pub fn row_brier(gold: usize, probabilities: ArrayView1<'_, f64>) -> f64 {
    probabilities.iter().enumerate().map(|(class, p)| (p - f64::from(u8::from(class == gold))).powi(2)).sum()
}

/// The bin of a probability: bins are open below and closed above.
pub fn bin_of(probability: f64, n_bins: usize) -> usize {
    // The ceiling of a float in [0, n_bins] fits; the first bin takes 0 as well.
    ((probability * n_bins as f64).ceil() as usize).clamp(1, n_bins) - 1
}

fn check_probabilities(
    gold: &[usize],
    probabilities: &ArrayView2<'_, f64>,
    weights: Option<&[f64]>,
) -> Result<f64, MeasureError> {
    check_length("the table of probabilities", probabilities.nrows(), gold.len())?;
    for ((row, _), &score) in probabilities.indexed_iter() {
        // Sums of rounded probabilities may pass 1 by a little.
        if !(-1e-6..=1.0 + 1e-6).contains(&score) {
            return Err(MeasureError::Score { row, score });
        }
    }
    check(gold, probabilities.ncols(), weights)
}
