//! Which words made a model say a label: each word is left out in turn, and the label's log-probability compared
//! (Li, Monroe and Jurafsky 2016, "erasure"). Works for any model, one batch a text.

use unicode_segmentation::UnicodeSegmentation;

use super::Reason;
use crate::features::Input;
use crate::labeled::Row;
use crate::model::Model;

/// Words named for one text.
const N_WORDS: usize = 6;
/// Of a longer text only so many words are looked at.
const MOST_WORDS: usize = 300;
/// A word that changes the probability by less says nothing.
const LEAST: f64 = 0.02;

/// The words of a row's text that speak most for (above 0) or against a label, in the order of the text; empty where
/// the model does not know the label.
#[must_use]
pub fn reasons(model: &Model, row: &Row, label: &str) -> Vec<Reason> {
    let Some(class) = model.labels().iter().position(|other| other == label) else { return Vec::new() };
    let words: Vec<(usize, &str)> = row.text.unicode_word_indices().take(MOST_WORDS).collect();
    let without = words.iter().map(|(place, word)| {
        let (before, after) = (&row.text[..*place], &row.text[place + word.len()..]);
        format!("{before}{after}")
    });
    let texts: Vec<String> = std::iter::once(row.text.clone()).chain(without).collect();
    let batch: Vec<Input<'_>> = texts.iter().map(|text| Input { text, ..row.input().alone() }).collect();
    let said = model.classify_batch(&batch);
    let log_probability = |index: usize| said[index].probabilities[class].max(1e-12).ln();
    let mut reasons: Vec<(f64, usize)> =
        (0..words.len()).map(|word| (log_probability(0) - log_probability(word + 1), word)).collect();
    reasons.retain(|(weight, _)| weight.abs() >= LEAST);
    reasons.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()).then(a.1.cmp(&b.1)));
    reasons.truncate(N_WORDS);
    reasons.sort_by_key(|(_, word)| *word);
    let reason = |(weight, word): (f64, usize)| {
        let (place, word) = words[word];
        let start = row.text[..place].chars().count();
        Reason { start, end: start + word.chars().count(), weight }
    };
    reasons.into_iter().map(reason).collect()
}
