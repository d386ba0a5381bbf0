//! What the probabilities are good for: sets of labels that hold the right one as often as asked, and how accuracy
//! rises when the model may stay silent on the rows it is least sure of.

use serde::Serialize;

use super::{Measure, Meter, Predictions};
use crate::measures::MeasureError;

/// Prediction sets at one wanted coverage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PredictionSets {
    /// Wanted share of rows whose set holds the gold label.
    pub wanted: f64,
    /// Share reached.
    pub coverage: f64,
    /// Mean number of labels in a set.
    pub mean_size: f64,
    /// Share of sets with exactly one label.
    pub single: f64,
    /// Share of sets without any label.
    pub empty: f64,
}

/// Accuracy where the model answers only for the rows it is surest of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answered {
    /// Share of rows answered.
    pub share: f64,
    /// Lowest probability of the predicted label among them.
    pub least_confidence: f64,
    /// Accuracy among them.
    pub accuracy: f64,
    /// Macro-F1 among them.
    pub macro_f1: Option<f64>,
}

/// The coverages that a report shows.
pub const COVERAGES: [f64; 3] = [0.80, 0.90, 0.95];
const N_PARTS: usize = 10;
const N_SHARES: usize = 10;

/// Split-conformal sets (Vovk et al. 2005; Sadinle et al. 2019, "least ambiguous set-valued classifiers"): a set holds
/// every label whose probability reaches a threshold. The threshold for a row comes from the other nine tenths of the
/// rows, so the coverage shown is not fitted to itself. Empty without probabilities or with fewer than 20 rows.
#[must_use]
pub fn prediction_sets(predictions: &Predictions) -> Vec<PredictionSets> {
    let Some(table) = &predictions.probabilities else { return Vec::new() };
    if predictions.len() < 2 * N_PARTS {
        return Vec::new();
    }
    // Parts by row, so that repeated predictions of a row stay together.
    let part = |place: usize| predictions.rows[place] % N_PARTS;
    let gold_probability = |place: usize| table[[place, predictions.gold[place]]];
    let sets_at = |wanted: f64| {
        let (mut covered, mut size, mut single, mut empty, mut total) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for held_out in 0..N_PARTS {
            let others = (0..predictions.len()).filter(|&place| part(place) != held_out);
            let mut scores: Vec<f64> = others.map(gold_probability).collect();
            scores.sort_by(f64::total_cmp);
            let threshold = conformal_threshold(&scores, wanted);
            for place in (0..predictions.len()).filter(|&place| part(place) == held_out) {
                let weight = predictions.weight(place);
                let n_labels = table.row(place).iter().filter(|p| **p >= threshold).count();
                total += weight;
                size += weight * n_labels as f64;
                covered += if gold_probability(place) >= threshold { weight } else { 0.0 };
                single += if n_labels == 1 { weight } else { 0.0 };
                empty += if n_labels == 0 { weight } else { 0.0 };
            }
        }
        PredictionSets {
            wanted,
            coverage: covered / total,
            mean_size: size / total,
            single: single / total,
            empty: empty / total,
        }
    };
    COVERAGES.into_iter().map(sets_at).collect()
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
///
/// # Errors
/// [`MeasureError`] where the parts of the predictions do not fit together.
pub fn answered(predictions: &Predictions) -> Result<Vec<Answered>, MeasureError> {
    if predictions.probabilities.is_none() || predictions.len() < N_SHARES {
        return Ok(Vec::new());
    }
    let confidence = |place: usize| predictions.confidence(place).unwrap_or(0.0);
    let mut order: Vec<usize> = (0..predictions.len()).collect();
    order.sort_by(|&a, &b| confidence(b).total_cmp(&confidence(a)).then(a.cmp(&b)));
    // Rank of each prediction, so that one pass with weights 0 or 1 gives the figures of a share.
    let mut rank = vec![0; order.len()];
    for (position, &place) in order.iter().enumerate() {
        rank[place] = position;
    }
    let meter = Meter::new(&Predictions { probabilities: None, ..predictions.clone() })?;
    let at = |step: usize| {
        let n = (order.len() * step).div_ceil(N_SHARES);
        let figures = meter.figures(|place| if rank[place] < n { predictions.weight(place) } else { 0.0 });
        Answered {
            share: n as f64 / order.len() as f64,
            least_confidence: confidence(order[n - 1]),
            accuracy: figures.get(Measure::Accuracy).unwrap_or(0.0),
            macro_f1: figures.get(Measure::MacroF1),
        }
    };
    Ok((1..=N_SHARES).map(at).collect())
}
