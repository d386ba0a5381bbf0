//! Sets of labels that hold the right one as often as was asked for: split conformal prediction (Vovk, Gammerman and
//! Shafer 2005, "Algorithmic learning in a random world", chapters 2 and 4).
//!
//! A label is in the set where its probability reaches the label's threshold; the threshold at 90 % is what 90 % of the
//! calibration rows *of that label* reach (the class-conditional sets of Sadinle, Lei and Wasserman 2019, "Least
//! ambiguous set-valued classifiers with bounded error levels", section 3). So each label keeps its coverage, also the
//! rare and difficult ones, and whatever share of the texts it has: articles differ in that most of all. The price is
//! sets that are somewhat larger than with one threshold for all labels.
//!
//! The calibration rows are those of the cross-validation, scored by models that saw neither them nor their groups
//! (cross-conformal, Vovk 2015). That model and final model are not the same makes the guarantee an approximate one; the
//! final model saw more rows, which errs on the safe side. Nothing is promised for texts of another kind.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// Thresholds are kept for each whole percent from this one ...
const FIRST: usize = 50;
/// ... to this one.
const LAST: usize = 99;
const N_LEVELS: usize = LAST - FIRST + 1;

/// The coverage of sets where nobody asks for another.
pub const LEVEL: f64 = 0.9;

/// For each label, in the model's order, the probability that puts it into a set, at each level.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Conformal {
    thresholds: Vec<Vec<f64>>,
}

impl Conformal {
    /// The levels that can be asked for.
    pub const LEVELS: std::ops::RangeInclusive<f64> = FIRST as f64 / 100.0..=LAST as f64 / 100.0;

    /// Thresholds from rows that the probabilities' model was not trained on.
    pub(crate) fn fit(gold: &[usize], weights: &[f64], probabilities: &Array2<f64>) -> Self {
        let of_label = |label: usize| {
            let rows = (0..gold.len()).filter(|&row| gold[row] == label);
            let mut own: Vec<(f64, f64)> = rows.map(|row| (probabilities[[row, label]], weights[row])).collect();
            own.sort_by(|a, b| a.0.total_cmp(&b.0));
            (FIRST..=LAST).map(|percent| threshold(&own, 1.0 - percent as f64 / 100.0)).collect()
        };
        Self { thresholds: (0..probabilities.ncols()).map(of_label).collect() }
    }

    /// Whether there are no thresholds: the model is older than they are, or was not cross-validated.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.thresholds.is_empty()
    }

    /// Whether a table read from a file can be one for so many labels.
    pub(super) fn fits(&self, n_labels: usize) -> bool {
        let is_column = |column: &Vec<f64>| {
            column.len() == N_LEVELS
                && column.iter().all(|threshold| (0.0..=1.0).contains(threshold))
                && column.is_sorted_by(|low, high| low >= high)
        };
        self.is_empty() || (self.thresholds.len() == n_labels && self.thresholds.iter().all(is_column))
    }

    /// The lowest level at which a label of this probability is in the set; 1 where it is in none.
    pub(crate) fn level_of(&self, label: usize, probability: f64) -> f64 {
        let Some(thresholds) = self.thresholds.get(label) else { return 1.0 };
        match thresholds.partition_point(|&threshold| threshold > probability) {
            N_LEVELS => 1.0,
            // At the lowest level the set has it, and would have it at lower ones perhaps.
            place => (FIRST + place) as f64 / 100.0,
        }
    }

    /// The set at a level, the most probable label first. `given`, the label that the model decided for, is always in
    /// it, so that no set is empty. A level between two percents counts as the upper one.
    #[must_use]
    pub fn set(&self, probabilities: &[f64], given: usize, level: f64) -> Vec<usize> {
        let is_in = |&label: &usize| label == given || holds(self.level_of(label, probabilities[label]), level);
        let mut set: Vec<usize> = (0..probabilities.len()).filter(is_in).collect();
        set.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
        set
    }
}

/// Whether a label that comes in at level `from` is in the set of the wanted level.
pub(crate) fn holds(from: f64, wanted: f64) -> bool {
    // Whole percents, so that 0.9 is 0.9 however it was computed.
    (from * 100.0).round() <= (wanted * 100.0 - 1e-9).ceil()
}

/// The largest of the ascending scores below which no more than a share `miss` of a new row's places lies. A new row
/// stands for itself with the mean weight, the correction for a finite number of rows.
fn threshold(scores: &[(f64, f64)], miss: f64) -> f64 {
    let total: f64 = scores.iter().map(|(_, weight)| weight).sum();
    let own = total / scores.len().max(1) as f64;
    // The slack is for sums of weights that should be equal to the bound and are not quite.
    let bound = miss * (total + own) * (1.0 + 1e-12);
    let mut sum = 0.0;
    let mut found = 0.0;
    for &(score, weight) in scores {
        sum += weight;
        if sum > bound {
            break;
        }
        found = score;
    }
    // Rounded down: a threshold may be too low, never too high.
    (found * 1e6).floor() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_those_counted_by_hand() {
        // Nineteen rows: at 90 % two of twenty places may lie below, so the second-smallest score is the threshold.
        let scores: Vec<(f64, f64)> = (1..=19).map(|n| (f64::from(n) / 100.0, 1.0)).collect();
        assert!((threshold(&scores, 0.1) - 0.02).abs() < 1e-9);
        assert!((threshold(&scores, 0.05) - 0.01).abs() < 1e-9);
        // Nine rows cannot tell what 5 % are: everything is in the set.
        assert_eq!(threshold(&scores[..9], 0.05), 0.0);
        assert_eq!(threshold(&[], 0.1), 0.0);
        // A row of weight 2 is two rows.
        let heavy: Vec<(f64, f64)> = (1..=19).map(|n| (f64::from(n) / 100.0, 2.0)).collect();
        assert_eq!(threshold(&scores, 0.1), threshold(&heavy, 0.1));
    }

    #[test]
    fn sets_hold_the_given_label_and_those_that_reach_their_thresholds() {
        let column = |value: f64| vec![value; N_LEVELS];
        let conformal = Conformal { thresholds: vec![column(0.3), column(0.1), column(0.5)] };
        assert!(conformal.fits(3) && !conformal.fits(2));
        assert_eq!(conformal.set(&[0.3, 0.4, 0.3], 1, LEVEL), [1, 0]);
        assert_eq!(conformal.set(&[0.25, 0.3, 0.45], 2, LEVEL), [2, 1]);
        assert_eq!(conformal.set(&[0.05, 0.05, 0.9], 2, LEVEL), [2]);
        assert!(holds(0.9, 0.9) && holds(0.9, 0.895) && !holds(0.91, 0.9) && holds(0.29, 0.1 + 0.19));
    }
}
