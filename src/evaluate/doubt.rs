//! What the probabilities are good for: whether they mean what they say, sets of labels that hold the right one as often
//! as asked, and how accuracy rises when the model may stay silent on the rows it is least sure of.
//!
//! Each of these depends on a prediction only through one of a few *codes* (its bin, its set's size, its decile), so a
//! resample costs one count of codes, and intervals are nearly free. What was fitted (edges of deciles, thresholds of
//! sets) stays as it is in the resamples.

use serde::Serialize;

use super::bootstrap::{Estimate, Resampling, Units, estimate};
use super::{N_CALIBRATION_BINS, Predictions};
use crate::measures::probability::bin_of;
use crate::measures::{ConfusionMatrix, MeasureError, calibration_bins, top_class};
use crate::progress::silent;

/// Rows whose top probability is about the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReliabilityBin {
    /// Lower edge, excluded (but 0 belongs to the first bin).
    pub from: f64,
    /// Upper edge, included.
    pub to: f64,
    /// Weight of its rows.
    pub count: f64,
    /// Their mean top probability; 0 where the bin is empty.
    pub confidence: f64,
    /// Share of them predicted right.
    pub accuracy: Estimate,
}

/// Prediction sets at one wanted coverage.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PredictionSets {
    /// Wanted share of rows whose set holds the gold label.
    pub wanted: f64,
    /// Share reached.
    pub coverage: Estimate,
    /// Mean number of labels in a set.
    pub mean_size: Estimate,
    /// Share of sets with exactly one label.
    pub single: f64,
    /// Share of sets without any label.
    pub empty: f64,
}

/// Accuracy where the model answers only for the rows it is surest of.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Answered {
    /// Share of rows answered.
    pub share: f64,
    /// Lowest probability of the predicted label among them.
    pub least_confidence: f64,
    /// Accuracy among them.
    pub accuracy: Estimate,
    /// Macro-F1 among them.
    pub macro_f1: Estimate,
}

/// The coverages that a report shows.
pub const COVERAGES: [f64; 3] = [0.80, 0.90, 0.95];
const N_PARTS: usize = 10;
const N_SHARES: usize = 10;

/// Values computed from how much weight each code has, over all predictions and over each resample.
fn estimates(
    codes: &[usize],
    n_codes: usize,
    predictions: &Predictions,
    units: &Units,
    resampling: &Resampling,
    values: impl Fn(&[f64]) -> Vec<f64> + Sync,
) -> Vec<Estimate> {
    let whole = values(&counted(codes, n_codes, |place| predictions.weight(place)));
    let samples = units.resample(resampling, &silent, |_, counts| {
        let drawn = |place: usize| f64::from(counts[units.unit(place)]);
        values(&match &predictions.weights {
            None => counted(codes, n_codes, drawn),
            Some(weights) => counted(codes, n_codes, |place| weights[place] * drawn(place)),
        })
    });
    let one = |(at, &value): (usize, &f64)| {
        let mut column: Vec<f64> = samples.iter().map(|sample| sample[at]).collect();
        estimate(value, &mut column, resampling.level)
    };
    whole.iter().enumerate().map(one).collect()
}

/// The weight of each code.
fn counted(codes: &[usize], n_codes: usize, weight: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut table = vec![0.0; n_codes];
    codes.iter().enumerate().for_each(|(place, &code)| table[code] += weight(place));
    table
}

/// The reliability diagram's bins, all of equal width; empty without probabilities.
///
/// # Errors
/// [`MeasureError`] where the parts of the predictions do not fit together.
pub fn reliability(
    predictions: &Predictions,
    units: &Units,
    resampling: &Resampling,
) -> Result<Vec<ReliabilityBin>, MeasureError> {
    let Some(table) = &predictions.probabilities else { return Ok(Vec::new()) };
    let bins = calibration_bins(&predictions.gold, table.view(), predictions.weights.as_deref(), N_CALIBRATION_BINS)?;
    let code = |(&gold, row): (&usize, ndarray::ArrayView1<'_, f64>)| {
        let top = top_class(row);
        2 * bin_of(row[top], N_CALIBRATION_BINS) + usize::from(top == gold)
    };
    let codes: Vec<usize> = predictions.gold.iter().zip(table.rows()).map(code).collect();
    let shares = |table: &[f64]| table.chunks_exact(2).map(|bin| bin[1] / (bin[0] + bin[1])).collect();
    let accuracies = estimates(&codes, 2 * N_CALIBRATION_BINS, predictions, units, resampling, shares);
    let joined = bins.into_iter().zip(accuracies).map(|(bin, accuracy)| ReliabilityBin {
        from: bin.from,
        to: bin.to,
        count: bin.count,
        confidence: bin.confidence,
        accuracy,
    });
    Ok(joined.collect())
}

/// Sets of labels and whether they keep what they promise, at [`COVERAGES`] and the predictions' own level.
///
/// Where the model gives sets ([`Predictions::sets`]), those are measured. Else sets are made of the rows themselves
/// (split conformal; Vovk et al. 2005; Sadinle et al. 2019, "least ambiguous set-valued classifiers"): a set holds every
/// label whose probability reaches a threshold, and the threshold for a row comes from the other nine tenths of the
/// rows, so the coverage shown is not fitted to itself. Empty without probabilities or with fewer than 20 rows.
#[must_use]
pub fn prediction_sets(predictions: &Predictions, units: &Units, resampling: &Resampling) -> Vec<PredictionSets> {
    let Some(table) = &predictions.probabilities else { return Vec::new() };
    if predictions.len() < 2 * N_PARTS {
        return Vec::new();
    }
    if let Some(sets) = &predictions.sets {
        let mut levels = COVERAGES.to_vec();
        if !levels.iter().any(|level| (level - sets.level).abs() < 1e-9) {
            levels.push(sets.level);
            levels.sort_by(f64::total_cmp);
        }
        let measure = |wanted: f64| {
            let members = sets.members(wanted);
            let code = |place: usize| {
                let n_labels = members.row(place).iter().filter(|member| **member).count();
                2 * n_labels + usize::from(members[[place, predictions.gold[place]]])
            };
            measured(wanted, (0..predictions.len()).map(code).collect(), predictions, units, resampling)
        };
        return levels.into_iter().map(measure).collect();
    }
    // Parts by row, so that repeated predictions of a row stay together.
    let part = |place: usize| predictions.rows[place] % N_PARTS;
    let gold_probability = |place: usize| table[[place, predictions.gold[place]]];
    let sorted: Vec<Vec<f64>> = (0..N_PARTS)
        .map(|held_out| {
            let others = (0..predictions.len()).filter(|&place| part(place) != held_out);
            let mut scores: Vec<f64> = others.map(gold_probability).collect();
            scores.sort_by(f64::total_cmp);
            scores
        })
        .collect();
    let sets_at = |wanted: f64| {
        let thresholds: Vec<f64> = sorted.iter().map(|scores| conformal_threshold(scores, wanted)).collect();
        let code = |place: usize| {
            let threshold = thresholds[part(place)];
            let n_labels = table.row(place).iter().filter(|p| **p >= threshold).count();
            2 * n_labels + usize::from(gold_probability(place) >= threshold)
        };
        measured(wanted, (0..predictions.len()).map(code).collect(), predictions, units, resampling)
    };
    COVERAGES.into_iter().map(sets_at).collect()
}

/// The figures of sets whose codes are twice the number of labels in the set, plus one where the gold label is in it.
fn measured(
    wanted: f64,
    codes: Vec<usize>,
    predictions: &Predictions,
    units: &Units,
    resampling: &Resampling,
) -> PredictionSets {
    let values = |table: &[f64]| {
        let total: f64 = table.iter().sum();
        let share = |of: &dyn Fn(usize) -> f64| {
            table.iter().enumerate().map(|(code, weight)| of(code) * weight).sum::<f64>() / total
        };
        let covered = share(&|code| (code % 2) as f64);
        let size = share(&|code| (code / 2) as f64);
        let [single, empty] = [1, 0].map(|n| share(&|code| f64::from(u8::from(code / 2 == n))));
        vec![covered, size, single, empty]
    };
    let found = estimates(&codes, 2 * predictions.labels.len() + 2, predictions, units, resampling, values);
    PredictionSets {
        wanted,
        coverage: found[0],
        mean_size: found[1],
        single: found[2].value.unwrap_or(0.0),
        empty: found[3].value.unwrap_or(0.0),
    }
}

/// The threshold that `wanted` of the exchangeable scores reach, with the correction for a finite number of them.
fn conformal_threshold(sorted: &[f64], wanted: f64) -> f64 {
    let n_below = ((1.0 - wanted) * (sorted.len() + 1) as f64).floor() as usize;
    match n_below.checked_sub(1) {
        Some(place) => sorted.get(place).copied().unwrap_or(0.0),
        None => f64::NEG_INFINITY,
    }
}

/// Accuracy at ten shares answered, from the surest tenth to all rows; ties in confidence go by row. Empty without
/// probabilities.
#[must_use]
pub fn answered(predictions: &Predictions, units: &Units, resampling: &Resampling) -> Vec<Answered> {
    if predictions.probabilities.is_none() || predictions.len() < N_SHARES {
        return Vec::new();
    }
    let confidence = |place: usize| predictions.confidence(place).unwrap_or(0.0);
    let mut order: Vec<usize> = (0..predictions.len()).collect();
    order.sort_by(|&a, &b| confidence(b).total_cmp(&confidence(a)).then(a.cmp(&b)));
    let ends: Vec<usize> = (1..=N_SHARES).map(|step| (order.len() * step).div_ceil(N_SHARES)).collect();
    // Each prediction's tenth, times the cells of a confusion matrix, plus its cell.
    let n = predictions.labels.len();
    let mut codes = vec![0; order.len()];
    let mut tenth = 0;
    for (rank, &place) in order.iter().enumerate() {
        tenth += usize::from(rank == ends[tenth]);
        codes[place] = tenth * n * n + predictions.gold[place] * n + predictions.predicted[place];
    }
    let values = |table: &[f64]| {
        let mut cells = vec![0.0; n * n];
        let mut values = Vec::with_capacity(2 * N_SHARES);
        for tenth in table.chunks_exact(n * n) {
            cells.iter_mut().zip(tenth).for_each(|(cell, more)| *cell += more);
            let matrix = ConfusionMatrix::from_cells(n, cells.clone()).ok().filter(|matrix| matrix.total() > 0.0);
            let figures = matrix.map_or([f64::NAN; 2], |matrix| [matrix.accuracy(), matrix.macro_f1()]);
            values.extend(figures);
        }
        values
    };
    let found = estimates(&codes, N_SHARES * n * n, predictions, units, resampling, values);
    let at = |(step, &end): (usize, &usize)| Answered {
        share: end as f64 / order.len() as f64,
        least_confidence: confidence(order[end - 1]),
        accuracy: found[2 * step],
        macro_f1: found[2 * step + 1],
    };
    ends.iter().enumerate().map(at).collect()
}
