//! Which words made a model say a label: each word is left out in turn, and the label's log-probability compared
//! (occlusion; Li, Monroe and Jurafsky 2016 call it erasure). Works for any model, one batch a text.

use serde::Serialize;
use unicode_segmentation::UnicodeSegmentation;

use super::Model;
use crate::features::Input;

/// Words named for one text.
const N_WORDS: usize = 6;
/// Of a longer text only so many words are looked at.
const MOST_WORDS: usize = 300;
/// A word that changes the log-probability by less says nothing.
const LEAST: f64 = 0.02;

/// A stretch of a text and how much it speaks for a label.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WordWeight {
    /// First code point of the stretch.
    pub start: usize,
    /// Code point after the last.
    pub end: usize,
    /// Above 0 for, below 0 against.
    pub weight: f64,
}

/// The words of a text, with what stands around it, that speak most for (above 0) or against a label, in the order of the text; empty where
/// the model does not know the label.
#[must_use]
pub fn occlusion<'t>(model: &Model, input: impl Into<Input<'t>>, label: &str) -> Vec<WordWeight> {
    let input = input.into();
    let text = input.text;
    let Some(class) = model.labels().iter().position(|other| other == label) else { return Vec::new() };
    let words: Vec<(usize, &str)> = text.unicode_word_indices().take(MOST_WORDS).collect();
    let without = words.iter().map(|(place, word)| {
        let (before, after) = (&text[..*place], &text[place + word.len()..]);
        format!("{before}{after}")
    });
    let texts: Vec<String> = std::iter::once(text.to_owned()).chain(without).collect();
    let batch: Vec<Input<'_>> = texts.iter().map(|text| Input { text, ..input.alone() }).collect();
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
        let start = text[..place].chars().count();
        WordWeight { start, end: start + word.chars().count(), weight }
    };
    reasons.into_iter().map(reason).collect()
}
