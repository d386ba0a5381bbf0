//! The errors a model was surest of, with the words that caused them.

use serde::Serialize;

use super::Predictions;
use crate::labeled::Row;
use crate::model::WordWeight;
use crate::model::{Model, occlusion};

/// One row predicted wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Mistake {
    /// The row's id.
    pub id: String,
    /// Its line in the file.
    pub line: usize,
    /// Its text.
    pub text: String,
    /// What the stance is toward, where the row says so.
    pub target: Option<String>,
    /// Its gold label.
    pub gold: String,
    /// What was predicted.
    pub predicted: String,
    /// Probability of the predicted label.
    pub probability: Option<f64>,
    /// Probability of the gold label.
    pub gold_probability: Option<f64>,
    /// The words that spoke most for and against the predicted label, in the order of the text; empty where the model
    /// cannot say.
    pub words: Vec<WordWeight>,
}

/// The words of a row's text that speak most for or against a label; see [`occlusion`].
#[must_use]
pub fn reasons(model: &Model, row: &Row, label: &str) -> Vec<WordWeight> {
    occlusion(model, row.input().alone(), label)
}

/// Says why a row gets a label.
pub type Explain<'e> = &'e (dyn Fn(&Row, &str) -> Vec<WordWeight> + Sync);

/// The `limit` errors of the highest probability, the surest first; each row once.
#[must_use]
pub fn mistakes(predictions: &Predictions, rows: &[Row], limit: usize, explain: Option<Explain<'_>>) -> Vec<Mistake> {
    let is_wrong = |&place: &usize| predictions.gold[place] != predictions.predicted[place];
    let mut wrong: Vec<usize> = (0..predictions.len()).filter(is_wrong).collect();
    let confidence = |place: usize| predictions.confidence(place).unwrap_or(0.0);
    wrong.sort_by(|&a, &b| confidence(b).total_cmp(&confidence(a)).then(a.cmp(&b)));
    let mut seen = std::collections::BTreeSet::new();
    wrong.retain(|&place| seen.insert(predictions.rows[place]));
    wrong.truncate(limit);
    let mistake = |place: usize| {
        let row = &rows[predictions.rows[place]];
        let predicted = &predictions.labels[predictions.predicted[place]];
        Mistake {
            id: row.id.clone(),
            line: row.line,
            text: row.text.clone(),
            target: row.target.clone(),
            gold: predictions.labels[predictions.gold[place]].clone(),
            predicted: predicted.clone(),
            probability: predictions.confidence(place),
            gold_probability: predictions.probabilities.as_ref().map(|table| table[[place, predictions.gold[place]]]),
            words: explain.map(|explain| explain(row, predicted)).unwrap_or_default(),
        }
    };
    wrong.into_iter().map(mistake).collect()
}
