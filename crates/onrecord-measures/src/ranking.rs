//! Measures of the order that scores put rows in, one class against the rest: ROC and precision-recall.

use serde::Serialize;

use super::{MeasureError, check, check_length, weight_of};

/// A point of a ROC curve: what happens when rows with a score of at least `threshold` are taken for the class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RocPoint {
    /// Lowest score that is taken; infinite for the point where none is.
    pub threshold: f64,
    /// Share of the other rows that are taken.
    pub false_positive_rate: f64,
    /// Share of the class's rows that are taken.
    pub true_positive_rate: f64,
}

/// A point of a precision-recall curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PrPoint {
    /// Lowest score that is taken.
    pub threshold: f64,
    /// Share of the taken rows that are of the class.
    pub precision: f64,
    /// Share of the class's rows that are taken.
    pub recall: f64,
}

/// Rows sorted by falling score once, so that areas can be computed again and again under other weights.
#[derive(Debug, Clone)]
pub struct RankedScores {
    /// Row index shifted up by two; bit 0: the row is positive; bit 1: the last row of its run of equal scores.
    order: Vec<u32>,
}

/// Area under the ROC curve: the chance that a row of the class scores above another row, ties counting half (the
/// trapezoid rule). None where the rows are all of the class or none is.
///
/// # Errors
/// [`MeasureError`] for inputs that do not fit together, hold no rows, or a score that is no number.
pub fn roc_auc(positive: &[bool], scores: &[f64], weights: Option<&[f64]>) -> Result<Option<f64>, MeasureError> {
    check_scores(positive, weights)?;
    Ok(RankedScores::new(positive, scores)?.areas(|row| weight_of(weights, row)).map(|(roc, _)| roc))
}

/// Average precision, the area under the precision-recall curve by steps: precision at each threshold, weighted by the
/// recall gained there, without interpolation. None where the rows are all of the class or none is.
///
/// # Errors
/// [`MeasureError`] for inputs that do not fit together, hold no rows, or a score that is no number.
pub fn average_precision(
    positive: &[bool],
    scores: &[f64],
    weights: Option<&[f64]>,
) -> Result<Option<f64>, MeasureError> {
    check_scores(positive, weights)?;
    Ok(RankedScores::new(positive, scores)?.areas(|row| weight_of(weights, row)).map(|(_, area)| area))
}

/// The ROC curve from (0, 0) to (1, 1), one point for each distinct score; empty where it does not exist.
///
/// # Errors
/// [`MeasureError`] for inputs that do not fit together, hold no rows, or a score that is no number.
pub fn roc_curve(positive: &[bool], scores: &[f64], weights: Option<&[f64]>) -> Result<Vec<RocPoint>, MeasureError> {
    check_scores(positive, weights)?;
    let steps = RankedScores::new(positive, scores)?.steps(scores, weights);
    let Some(&(_, hits, alarms)) = steps.last().filter(|(_, hits, alarms)| *hits > 0.0 && *alarms > 0.0) else {
        return Ok(Vec::new());
    };
    let start = RocPoint { threshold: f64::INFINITY, false_positive_rate: 0.0, true_positive_rate: 0.0 };
    let points = steps.iter().map(|&(threshold, h, a)| RocPoint {
        threshold,
        false_positive_rate: a / alarms,
        true_positive_rate: h / hits,
    });
    Ok(std::iter::once(start).chain(points).collect())
}

/// The precision-recall curve, by rising recall, one point for each distinct score; empty where it does not exist.
///
/// # Errors
/// [`MeasureError`] for inputs that do not fit together, hold no rows, or a score that is no number.
pub fn pr_curve(positive: &[bool], scores: &[f64], weights: Option<&[f64]>) -> Result<Vec<PrPoint>, MeasureError> {
    check_scores(positive, weights)?;
    let steps = RankedScores::new(positive, scores)?.steps(scores, weights);
    let Some(&(_, hits, _)) = steps.last().filter(|(_, hits, _)| *hits > 0.0) else {
        return Ok(Vec::new());
    };
    let taken = steps.iter().filter(|(_, h, a)| h + a > 0.0);
    Ok(taken.map(|&(threshold, h, a)| PrPoint { threshold, precision: h / (h + a), recall: h / hits }).collect())
}

impl RankedScores {
    /// Sorts the rows by falling score.
    ///
    /// # Errors
    /// [`MeasureError`] where scores and classes do not run in parallel, a score is not a number, or there are more rows
    /// than 2^30.
    pub fn new(positive: &[bool], scores: &[f64]) -> Result<Self, MeasureError> {
        check_length("the list of scores", scores.len(), positive.len())?;
        check_length("the list of rows", positive.len().min(1 << 30), positive.len())?;
        if let Some(row) = scores.iter().position(|score| score.is_nan()) {
            return Err(MeasureError::Score { row, score: scores[row] });
        }
        // Below 2^30 rows, so that an index fits beside two bits; checked above.
        let mut order: Vec<u32> = (0..positive.len() as u32).collect();
        // Adding zero turns -0 into 0, which must tie with it.
        let key = |row: u32| scores[row as usize] + 0.0;
        order.sort_by(|&a, &b| key(b).total_cmp(&key(a)).then(a.cmp(&b)));
        let packed = order.iter().enumerate().map(|(index, &row)| {
            let ends_run = order.get(index + 1).is_none_or(|&next| key(next) != key(row));
            (row << 2) | (u32::from(ends_run) << 1) | u32::from(positive[row as usize])
        });
        Ok(Self { order: packed.collect() })
    }

    /// ROC AUC and average precision when row `r` weighs `weight(r)`; none where one side weighs nothing.
    pub fn areas(&self, weight: impl Fn(usize) -> f64) -> Option<(f64, f64)> {
        let (mut hits, mut alarms) = (0.0, 0.0);
        let (mut hits_before, mut alarms_before) = (0.0, 0.0);
        let (mut roc, mut precision) = (0.0, 0.0);
        for &packed in &self.order {
            let weight = weight((packed >> 2) as usize);
            let positive = f64::from(packed & 1);
            hits += weight * positive;
            alarms += weight * (1.0 - positive);
            if packed & 2 != 0 {
                roc += (alarms - alarms_before) * (hits + hits_before) / 2.0;
                if hits > hits_before {
                    precision += (hits - hits_before) * hits / (hits + alarms);
                }
                (hits_before, alarms_before) = (hits, alarms);
            }
        }
        (hits > 0.0 && alarms > 0.0).then(|| (roc / (hits * alarms), precision / hits))
    }

    /// For each distinct score from the top: the score, the weight of positive and of negative rows down to it.
    fn steps(&self, scores: &[f64], weights: Option<&[f64]>) -> Vec<(f64, f64, f64)> {
        let (mut hits, mut alarms) = (0.0, 0.0);
        let mut steps = Vec::new();
        for &packed in &self.order {
            let row = (packed >> 2) as usize;
            let side = if packed & 1 == 1 { &mut hits } else { &mut alarms };
            *side += weight_of(weights, row);
            if packed & 2 != 0 {
                steps.push((scores[row], hits, alarms));
            }
        }
        steps
    }
}

fn check_scores(positive: &[bool], weights: Option<&[f64]>) -> Result<f64, MeasureError> {
    let classes: Vec<usize> = positive.iter().map(|&positive| usize::from(positive)).collect();
    check(&classes, 2, weights)
}
