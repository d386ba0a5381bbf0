//! From scores to probabilities that mean what they say.
//!
//! Either one temperature for all labels (Guo et al. 2017), or a sigmoid for each label, brought to sum 1 (Platt 1999);
//! whichever has the smaller log-loss on scores that it was not fitted to. Both are fitted to out-of-fold scores. Neither
//! turns an order round: in a few rows the folds' scores can point away from the labels by chance, the final model's do
//! not.

use ndarray::{Array2, ArrayView1};

use super::manifest::Platt;

/// How scores become probabilities.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Calibration {
    pub(super) temperature: f64,
    /// One a label, or none: then the temperature counts.
    pub(super) platt: Vec<Platt>,
}

impl Default for Calibration {
    fn default() -> Self {
        Self { temperature: 1.0, platt: Vec::new() }
    }
}

/// By how much the sigmoids must lower the log-loss to be taken: one number instead of two a label is the simpler.
const MARGIN: f64 = 1e-3;

/// Scores with what is known of their rows.
struct Sample<'s> {
    gold: &'s [usize],
    weights: &'s [f64],
    scores: &'s Array2<f64>,
    rows: Vec<usize>,
}

impl Sample<'_> {
    fn iter(&self) -> impl Iterator<Item = (usize, f64, ArrayView1<'_, f64>)> {
        self.rows.iter().map(|&row| (self.gold[row], self.weights[row], self.scores.row(row)))
    }

    fn log_loss(&self, calibration: &Calibration) -> f64 {
        let (mut loss, mut total) = (0.0, 0.0);
        for (label, weight, scores) in self.iter() {
            let p = calibration.probabilities(&scores.to_vec())[label];
            loss -= weight * p.max(f64::MIN_POSITIVE).ln();
            total += weight;
        }
        loss / total
    }
}

impl Calibration {
    /// The better of the two on scores that were not used to fit it (one half of the rows against the other; `half_of`
    /// is 0 or 1), fitted to all.
    pub(super) fn fit(gold: &[usize], weights: &[f64], scores: &Array2<f64>, half_of: &[usize]) -> Self {
        let sample = |rows| Sample { gold, weights, scores, rows };
        let halves = [0, 1].map(|half| sample((0..gold.len()).filter(|&row| half_of[row] == half).collect()));
        let loss_of = |fit: fn(&Sample<'_>) -> Self| {
            let [even, odd] = &halves;
            even.log_loss(&fit(odd)) + odd.log_loss(&fit(even))
        };
        let all = sample((0..gold.len()).collect());
        if loss_of(Self::sigmoids) + 2.0 * MARGIN < loss_of(Self::one_temperature) {
            let sigmoids = Self::sigmoids(&all);
            if sigmoids.platt.iter().all(|sigmoid| sigmoid.slope > 0.0) {
                return sigmoids;
            }
        }
        Self::one_temperature(&all)
    }

    /// A probability for each label; they sum to 1.
    pub(super) fn probabilities(&self, scores: &[f64]) -> Vec<f64> {
        probabilities(scores, self.temperature, &self.platt)
    }

    /// The temperature with the smallest log-loss, by golden section over its logarithm.
    fn one_temperature(sample: &Sample<'_>) -> Self {
        let at = |log_temperature: f64| Self { temperature: log_temperature.exp(), platt: Vec::new() };
        let loss = |log_temperature: f64| sample.log_loss(&at(log_temperature));
        let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
        let (mut low, mut high) = (-5.0_f64, 5.0_f64);
        let (mut left, mut right) = (high - ratio * (high - low), low + ratio * (high - low));
        let (mut at_left, mut at_right) = (loss(left), loss(right));
        while high - low > 1e-4 {
            if at_left <= at_right {
                (high, right, at_right) = (right, left, at_left);
                left = high - ratio * (high - low);
                at_left = loss(left);
            } else {
                (low, left, at_left) = (left, right, at_right);
                right = low + ratio * (high - low);
                at_right = loss(right);
            }
        }
        at(f64::midpoint(low, high))
    }

    fn sigmoids(sample: &Sample<'_>) -> Self {
        let n_labels = sample.scores.ncols();
        Self { temperature: 1.0, platt: (0..n_labels).map(|label| sigmoid_of(sample, label)).collect() }
    }
}

/// The sigmoid of one label's score with the smallest log-loss on Platt's smoothed targets, by Newton steps with
/// halving (Lin, Lin and Weng 2007).
fn sigmoid_of(sample: &Sample<'_>, label: usize) -> Platt {
    let (mut n_in, mut n_out) = (0.0, 0.0);
    for (gold, weight, _) in sample.iter() {
        *(if gold == label { &mut n_in } else { &mut n_out }) += weight;
    }
    let (high, low) = ((n_in + 1.0) / (n_in + 2.0), 1.0 / (n_out + 2.0));
    let rows: Vec<(f64, f64, f64)> = sample
        .iter()
        .map(|(gold, weight, scores)| (scores[label], if gold == label { high } else { low }, weight))
        .collect();
    let loss = |slope: f64, offset: f64| -> f64 {
        let of_row = |&(score, wanted, weight): &(f64, f64, f64)| {
            let z = slope * score + offset;
            weight * (z.max(0.0) - wanted * z + (-z.abs()).exp().ln_1p())
        };
        rows.iter().map(of_row).sum()
    };
    let (mut slope, mut offset) = (0.0, ((n_in + 1.0) / (n_out + 1.0)).ln());
    let mut reached = loss(slope, offset);
    for _ in 0..100 {
        let (mut g, mut h) = ([0.0; 2], [1e-12, 0.0, 1e-12]);
        for &(score, wanted, weight) in &rows {
            let p = 1.0 / (1.0 + (-(slope * score + offset)).exp());
            let (residual, curvature) = (weight * (p - wanted), weight * p * (1.0 - p));
            g = [g[0] + residual * score, g[1] + residual];
            h = [h[0] + curvature * score * score, h[1] + curvature * score, h[2] + curvature];
        }
        if g.iter().all(|value| value.abs() < 1e-7 * (n_in + n_out)) {
            break;
        }
        let determinant = h[0] * h[2] - h[1] * h[1];
        let step = [-(h[2] * g[0] - h[1] * g[1]) / determinant, -(h[0] * g[1] - h[1] * g[0]) / determinant];
        let mut length = 1.0;
        let better = loop {
            let next = loss(slope + length * step[0], offset + length * step[1]);
            if next < reached {
                break Some(next);
            }
            length *= 0.5;
            if length < 1e-8 {
                break None;
            }
        };
        let Some(next) = better else { break };
        (slope, offset, reached) = (slope + length * step[0], offset + length * step[1], next);
    }
    Platt { slope, offset }
}

/// A probability for each label; they sum to 1.
pub(super) fn probabilities(scores: &[f64], temperature: f64, platt: &[Platt]) -> Vec<f64> {
    if platt.is_empty() {
        return softmax(scores, temperature);
    }
    let mut probabilities: Vec<f64> = scores
        .iter()
        .zip(platt)
        .map(|(score, Platt { slope, offset })| 1.0 / (1.0 + (-(slope * score + offset)).exp()))
        // All labels far out would leave nothing to divide by.
        .map(|p| p.max(1e-12))
        .collect();
    let sum: f64 = probabilities.iter().sum();
    probabilities.iter_mut().for_each(|p| *p /= sum);
    probabilities
}

/// Probabilities in proportion to exp(score / temperature).
fn softmax(scores: &[f64], temperature: f64) -> Vec<f64> {
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut probabilities: Vec<f64> = scores.iter().map(|score| ((score - top) / temperature).exp()).collect();
    let sum: f64 = probabilities.iter().sum();
    probabilities.iter_mut().for_each(|p| *p /= sum);
    probabilities
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Labels drawn from known probabilities, and scores that are those probabilities' logits, distorted.
    fn drawn(distort: impl Fn(usize, f64) -> f64) -> (Vec<usize>, Array2<f64>) {
        let mut state = 3_u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let mut gold = Vec::new();
        let mut scores = Array2::zeros((20_000, 2));
        for mut row in scores.rows_mut() {
            let z = 6.0 * draw() - 3.0;
            gold.push(usize::from(draw() < 1.0 / (1.0 + (-z).exp())));
            row[0] = distort(0, -z / 2.0);
            row[1] = distort(1, z / 2.0);
        }
        (gold, scores)
    }

    fn halves(n: usize) -> Vec<usize> {
        (0..n).map(|row| row % 2).collect()
    }

    #[test]
    fn a_temperature_is_found_again() {
        let (gold, scores) = drawn(|_, score| 3.0 * score);
        let calibration = Calibration::fit(&gold, &vec![1.0; gold.len()], &scores, &halves(gold.len()));
        assert!(calibration.platt.is_empty());
        assert!((calibration.temperature - 3.0).abs() < 0.1, "{}", calibration.temperature);
    }

    #[test]
    fn scores_that_point_away_from_the_labels_are_not_turned_round() {
        let (gold, scores) = drawn(|label, score| if label == 0 { 2.0 - score } else { -0.3 * score });
        let calibration = Calibration::fit(&gold, &vec![1.0; gold.len()], &scores, &halves(gold.len()));
        let p = calibration.probabilities(&[1.0, 0.0]);
        assert!(p[0] > p[1], "{p:?} {calibration:?}");
    }

    #[test]
    fn shifted_scores_take_sigmoids() {
        let (gold, scores) = drawn(|label, score| if label == 0 { score + 2.0 } else { 0.3 * score });
        let calibration = Calibration::fit(&gold, &vec![1.0; gold.len()], &scores, &halves(gold.len()));
        assert_eq!(calibration.platt.len(), 2);
        // The second label's logit is z, its score 0.15 z.
        let Platt { slope, offset } = calibration.platt[1];
        assert!((slope - 1.0 / 0.15).abs() < 0.3 && offset.abs() < 0.1, "{slope} {offset}");
        let p = calibration.probabilities(&[2.0, 0.0]);
        assert!((p[0] - 0.5).abs() < 0.03 && (p[0] + p[1] - 1.0).abs() < 1e-12, "{p:?}");
    }
}
