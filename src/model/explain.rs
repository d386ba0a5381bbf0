//! Why a model labels a text so: the exact contribution of each feature to each label's score.
//!
//! A score is the intercept plus the sum of all contributions; the probability is made of the scores alone. What the
//! model would say of another text is not told by it.

use super::{Classification, Model};
use crate::features::{Input, Part};

/// One feature's part in the scores.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Contribution {
    /// The feature: an n-gram, a word, a count.
    pub feature: String,
    /// The kind of block that it is of: `words`, `chars`, `vector`, ..., or `window` for a window of words that
    /// the network answers to
    pub kind: &'static str,
    /// The pieces between blanks that it comes from, by their number.
    pub pieces: Vec<usize>,
    /// What it adds to each label's score, in the order of the labels.
    pub scores: Vec<f64>,
}

/// All that decides about one text.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Explanation {
    /// What the model says.
    pub classification: Classification,
    /// What each label has without any feature.
    pub intercept: Vec<f64>,
    /// Every feature of the text that the model knows, the weightiest for the given label first.
    pub contributions: Vec<Contribution>,
}

impl Explanation {
    /// The score of each label: the intercept and all contributions.
    #[must_use]
    pub fn scores(&self) -> Vec<f64> {
        let mut scores = self.intercept.clone();
        for contribution in &self.contributions {
            scores.iter_mut().zip(&contribution.scores).for_each(|(sum, score)| *sum += score);
        }
        scores
    }

    /// What each of the text's pieces between blanks adds to the label's score: a feature of several pieces counts for
    /// each in equal parts.
    #[must_use]
    pub fn by_piece(&self, label: usize, n_pieces: usize) -> Vec<f64> {
        let mut sums = vec![0.0; n_pieces];
        for contribution in &self.contributions {
            let part = contribution.scores[label] / contribution.pieces.len().max(1) as f64;
            contribution.pieces.iter().filter(|&&piece| piece < n_pieces).for_each(|&piece| sums[piece] += part);
        }
        sums
    }
}

impl Model {
    /// Why the model labels a text so. Each feature's contribution is counted from the mean over the labels, which moves
    /// no probability of a softmax; with sigmoids calibrated by label the contributions are as they are.
    #[must_use]
    pub fn explain(&self, text: &str, target: Option<&str>) -> Explanation {
        let classification = self.classify(text, target);
        let n_labels = self.intercept.len();
        let is_centred = self.manifest.platt.is_empty();
        let centre = |mut scores: Vec<f64>| {
            if is_centred {
                let mean = scores.iter().sum::<f64>() / n_labels as f64;
                scores.iter_mut().for_each(|score| *score -= mean);
            }
            scores
        };
        let contribution = |part: Part| {
            let mut scores = vec![0.0; n_labels];
            for &(column, value) in &part.entries {
                let weights = &self.weights[column * n_labels..][..n_labels];
                scores.iter_mut().zip(weights).for_each(|(score, &weight)| *score += value * f64::from(weight));
            }
            Contribution { feature: part.name, kind: part.kind, pieces: part.pieces, scores: centre(scores) }
        };
        if self.own.is_some() {
            // Scores without parts, of which a softmax makes the probabilities.
            let scores = classification.probabilities.iter().map(|p| p.max(f64::MIN_POSITIVE).ln()).collect();
            return Explanation { classification, intercept: centre(scores), contributions: Vec::new() };
        }
        let parts = self.pipeline.describe(Input::from((text, target)));
        let mut contributions: Vec<Contribution> = parts.into_iter().map(contribution).collect();
        let mut intercept = self.intercept.clone();
        if let Some(network) = &self.network {
            let words = self.pipeline.words(text);
            let (windows, without) = network.windows(&self.pipeline, Input::from((text, target)));
            intercept.iter_mut().zip(without).for_each(|(sum, bias)| *sum += bias);
            contributions.extend(windows.into_iter().map(|window| {
                let own = words.get(window.start..window.start + window.n_words).unwrap_or_default();
                let feature = own.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>().join(" ");
                let pieces = own.iter().map(|&(_, piece)| piece).collect();
                Contribution { feature, kind: "window", pieces, scores: centre(window.scores) }
            }));
        }
        let label = classification.label;
        contributions.sort_by(|a, b| {
            b.scores[label].abs().total_cmp(&a.scores[label].abs()).then_with(|| a.feature.cmp(&b.feature))
        });
        Explanation { classification, intercept: centre(intercept), contributions }
    }
}
