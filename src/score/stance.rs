//! Where a statement stands toward a target, made of a stance model's probabilities.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Supports the target.
pub const FAVOR: &str = "favor";
/// Rejects it.
pub const AGAINST: &str = "against";
/// Is about it and takes no side.
pub const NEUTRAL: &str = "neutral";
/// Is about something else.
pub const UNRELATED: &str = "unrelated";

/// A statement's stance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stance {
    /// What the stance is toward.
    pub target: String,
    /// The label: [`FAVOR`], [`AGAINST`], [`NEUTRAL`], [`UNRELATED`], or whatever the model's data calls them.
    pub label: String,
    /// p(favor) - p(against), in [-1, 1].
    pub score: f64,
    /// The probability of every label; they sum to 1 but for rounding.
    pub probabilities: BTreeMap<String, f64>,
}

impl Stance {
    /// Names the numbers of a classification: the index of its label, and the probability of each of `labels`.
    #[must_use]
    pub fn new(target: &str, labels: &[String], label: usize, probabilities: &[f64]) -> Self {
        let probabilities: BTreeMap<_, _> =
            labels.iter().cloned().zip(probabilities.iter().map(|&p| rounded(p))).collect();
        let of = |label| probabilities.get(label).copied().unwrap_or(0.0);
        Self {
            target: target.to_owned(),
            label: labels[label].clone(),
            score: rounded(of(FAVOR) - of(AGAINST)),
            probabilities,
        }
    }

    /// Whether the statement is about the target at all.
    #[must_use]
    pub fn is_related(&self) -> bool {
        self.label != UNRELATED
    }
}

/// Four digits say all that a probability of this kind can say, and are the same on every machine.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn score_is_favor_minus_against() {
        let labels = [AGAINST, FAVOR, NEUTRAL].map(str::to_owned);
        let stance = Stance::new("t", &labels, 0, &[0.7, 0.1, 0.2]);
        assert_eq!((stance.label.as_str(), stance.score), (AGAINST, -0.6));
    }
}
