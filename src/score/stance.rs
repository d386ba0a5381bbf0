//! Where a statement stands toward a target, made of a stance model's probabilities.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::labeled::Stance;

/// More than one label is possible, where the scorer is to abstain then.
pub const UNCERTAIN: &str = "uncertain";

/// A statement's stance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoredStance {
    /// What the stance is toward.
    pub target: String,
    /// The label: the name of a [`Stance`], or whatever the model's data calls it; [`UNCERTAIN`] where the scorer
    /// abstained.
    pub label: String,
    /// Whether more than one label is in the set; left out where not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uncertain: bool,
    /// The labels that are possible at the level of the scorer, the most probable first; left out where the model has
    /// no thresholds for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<String>,
    /// p(favor) - p(against), in [-1, 1].
    pub score: f64,
    /// The probability of every label; they sum to 1 but for rounding.
    pub probabilities: BTreeMap<String, f64>,
}

impl ScoredStance {
    /// Names the numbers of a classification: the index of its label, and the probability of each of `labels`.
    #[must_use]
    pub fn new(target: &str, labels: &[String], label: usize, probabilities: &[f64]) -> Self {
        let probabilities: BTreeMap<_, _> =
            labels.iter().cloned().zip(probabilities.iter().map(|&p| rounded(p))).collect();
        let of = |stance: Stance| probabilities.get(stance.name()).copied().unwrap_or(0.0);
        Self {
            target: target.to_owned(),
            label: labels[label].clone(),
            uncertain: false,
            set: Vec::new(),
            score: rounded(of(Stance::Favor) - of(Stance::Against)),
            probabilities,
        }
    }

    /// The same with the set of possible labels, as indices into `labels`; `abstain` makes [`UNCERTAIN`] the label where
    /// there is more than one.
    #[must_use]
    pub fn with_set(mut self, labels: &[String], set: &[usize], abstain: bool) -> Self {
        self.set = set.iter().map(|&label| labels[label].clone()).collect();
        self.uncertain = set.len() > 1;
        if self.uncertain && abstain {
            self.label = UNCERTAIN.to_owned();
        }
        self
    }

    /// The labels of the set beside the one given; none where the statement is not uncertain.
    pub fn others(&self) -> impl Iterator<Item = &str> {
        let set = if self.uncertain { self.set.as_slice() } else { &[] };
        set.iter().map(String::as_str).filter(|other| *other != self.label)
    }

    /// What the label means; none where the scorer abstained or the model's labels are no stances.
    #[must_use]
    pub fn stance(&self) -> Option<Stance> {
        Stance::named(&self.label)
    }

    /// Whether the statement is about the target for all that is known.
    #[must_use]
    pub fn is_related(&self) -> bool {
        self.label != UNCERTAIN && self.stance() != Some(Stance::Unrelated)
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
        let labels = [Stance::Against, Stance::Favor, Stance::Neutral].map(|stance| stance.to_string());
        let stance = ScoredStance::new("t", &labels, 0, &[0.7, 0.1, 0.2]);
        assert_eq!((stance.label.as_str(), stance.score), ("against", -0.6));
    }

    #[test]
    fn a_set_of_two_is_uncertain_and_of_one_is_not() {
        let labels = [Stance::Against, Stance::Favor, Stance::Neutral].map(|stance| stance.to_string());
        let stance = ScoredStance::new("t", &labels, 0, &[0.5, 0.1, 0.4]);
        let open = stance.clone().with_set(&labels, &[0, 2], false);
        assert_eq!((open.label.as_str(), open.others().collect::<Vec<_>>()), ("against", vec!["neutral"]));
        let json = serde_json::to_string(&open).unwrap();
        assert!(json.contains(r#""label":"against","uncertain":true,"set":["against","neutral"],"score""#), "{json}");
        let silent = stance.clone().with_set(&labels, &[0, 2], true);
        assert_eq!((silent.label.as_str(), silent.others().count(), silent.is_related()), (UNCERTAIN, 2, false));
        let sure = stance.with_set(&labels, &[0], true);
        assert_eq!((sure.label.as_str(), sure.uncertain, sure.others().count()), ("against", false, 0));
    }
}
