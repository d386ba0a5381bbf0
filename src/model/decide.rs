//! From probabilities to one label, and biases that raise a named measure.
//!
//! Where a rare label counts as much as a frequent one, the most probable label is not the best answer. A bias is added
//! to the logarithm of each label's probability; biases are tuned on out-of-fold probabilities.

use ndarray::Array2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::TrainError;
use crate::labeled::Stance;

/// What the biases are tuned for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Goal {
    /// The mean of the labels' F1.
    MacroF1,
    /// The mean of the F1 of `favor` and `against`, the measure of SemEval-2016 task 6.
    FAvg,
    /// The share of right labels.
    Accuracy,
}

/// The label whose probability, times the exponential of its bias, is largest; the first of equals.
pub(super) fn label(probabilities: &[f64], biases: &[f64]) -> usize {
    let value = |label: usize| probabilities[label].max(f64::MIN_POSITIVE).ln() + biases.get(label).unwrap_or(&0.0);
    (1..probabilities.len()).fold(0, |best, other| if value(other) > value(best) { other } else { best })
}

/// Biases that are tried: from -`MAX_STEPS` to `MAX_STEPS` times `STEP`.
const STEP: f64 = 0.05;
const MAX_STEPS: i32 = 30;
/// Where the ascents start, beside 0: one label's bias is this many steps up or down.
const START: i32 = 8;
/// How much of the measure a unit of bias must bring: what is within the noise stays at 0.
const COST: f64 = 2e-3;

/// The biases, by coordinate ascent from several starts: for one label after the other all biases are tried. Of biases
/// that do equally well the first found stay, beginning with 0.
///
/// # Errors
/// Where the goal is the mean of two labels that are not there.
pub(super) fn tune(
    goal: Goal,
    gold: &[usize],
    weights: &[f64],
    probabilities: &Array2<f64>,
    labels: &[String],
) -> Result<Vec<f64>, TrainError> {
    if goal == Goal::FAvg && counted(goal, labels).len() < 2 {
        return Err(TrainError::Recipe {
            message: "optimize = \"f-avg\" wants the labels favor and against; use macro-f1 or accuracy".into(),
        });
    }
    let n_labels = labels.len();
    let logs: Vec<f64> = probabilities.iter().map(|p| p.max(f64::MIN_POSITIVE).ln()).collect();
    let value = |biases: &[f64]| {
        let best = |row: &[f64]| {
            let of_label = |label: usize| row[label] + biases[label];
            (1..n_labels).fold(0, |best, other| if of_label(other) > of_label(best) { other } else { best })
        };
        let said: Vec<usize> = logs.chunks_exact(n_labels).map(best).collect();
        measure(goal, gold, &said, weights, labels) - COST * biases.iter().map(|bias| bias.abs()).sum::<f64>()
    };
    let ascend = |start: Option<(usize, i32)>| {
        let mut biases = vec![0.0; n_labels];
        if let Some((label, steps)) = start {
            biases[label] = f64::from(steps) * STEP;
        }
        let mut reached = value(&biases);
        let mut is_better = true;
        while is_better {
            is_better = false;
            for label in 0..n_labels {
                for steps in -MAX_STEPS..=MAX_STEPS {
                    let before = biases[label];
                    biases[label] = f64::from(steps) * STEP;
                    let value = value(&biases);
                    if value > reached + 1e-9 {
                        (reached, is_better) = (value, true);
                    } else {
                        biases[label] = before;
                    }
                }
            }
        }
        (reached, biases)
    };
    let starts: Vec<Option<(usize, i32)>> = std::iter::once(None)
        .chain((0..n_labels).flat_map(|label| [Some((label, START)), Some((label, -START))]))
        .collect();
    let found: Vec<(f64, Vec<f64>)> = starts.into_par_iter().map(ascend).collect();
    let best = found.into_iter().reduce(|best, other| if other.0 > best.0 + 1e-9 { other } else { best });
    // Two digits: a multiple of the step has a long tail.
    let rounded = |bias: f64| (bias * 100.0).round() / 100.0 + 0.0;
    Ok(best.map_or_else(Vec::new, |(_, biases)| biases.into_iter().map(rounded).collect()))
}

/// The first of the largest.
pub(super) fn largest(scores: &[f64]) -> usize {
    (1..scores.len()).fold(0, |best, other| if scores[other] > scores[best] { other } else { best })
}

/// The labels whose F1 counts.
fn counted(goal: Goal, labels: &[String]) -> Vec<usize> {
    match goal {
        Goal::FAvg => Stance::SIDES.into_iter().filter_map(|side| side.position(labels)).collect(),
        Goal::MacroF1 | Goal::Accuracy => (0..labels.len()).collect(),
    }
}

/// The goal's measure of predictions; 0 where it has nothing to count.
pub(super) fn measure(goal: Goal, gold: &[usize], said: &[usize], weights: &[f64], labels: &[String]) -> f64 {
    let mut sums = vec![[0.0; 3]; labels.len()];
    for ((&gold, &said), &weight) in gold.iter().zip(said).zip(weights) {
        sums[gold][0] += weight;
        sums[said][1] += weight;
        if gold == said {
            sums[gold][2] += weight;
        }
    }
    if goal == Goal::Accuracy {
        let total = |place: usize| sums.iter().map(|sum| sum[place]).sum::<f64>();
        return total(2) / total(0);
    }
    let counted = counted(goal, labels);
    let f1 = |&label: &usize| match sums[label] {
        [wanted, given, hits] if wanted + given > 0.0 => 2.0 * hits / (wanted + given),
        _ => 0.0,
    };
    counted.iter().map(f1).sum::<f64>() / counted.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rare_label_is_raised_for_macro_f1() {
        // The rare label never has the largest probability, but where it is right it has more.
        let gold: Vec<usize> = (0..100).map(|row| usize::from(row % 10 == 0)).collect();
        let p = |row: usize| if gold[row] == 1 { 0.4 } else { 0.1 };
        let table = Array2::from_shape_fn((100, 2), |(row, label)| if label == 1 { p(row) } else { 1.0 - p(row) });
        let labels = ["a".to_owned(), "b".to_owned()];
        let biases = tune(Goal::MacroF1, &gold, &vec![1.0; 100], &table, &labels).unwrap();
        let right = (0..100).filter(|&row| label(&table.row(row).to_vec(), &biases) == gold[row]).count();
        assert_eq!(right, 100, "{biases:?}");
        assert!(tune(Goal::FAvg, &gold, &vec![1.0; 100], &table, &labels).is_err());
        assert_eq!(label(&[0.5, 0.5], &[]), 0);
    }

    #[test]
    fn measures_are_those_counted_by_hand() {
        let labels = ["favor", "against", "neutral"].map(str::to_owned);
        let (gold, said) = ([0, 0, 1, 1, 2], [0, 1, 1, 1, 0]);
        let by_goal = |goal| measure(goal, &gold, &said, &[1.0; 5], &labels);
        assert!((by_goal(Goal::Accuracy) - 0.6).abs() < 1e-12);
        assert!((by_goal(Goal::FAvg) - (0.5 + 0.8) / 2.0).abs() < 1e-12);
        assert!((by_goal(Goal::MacroF1) - (0.5 + 0.8) / 3.0).abs() < 1e-12);
    }
}
