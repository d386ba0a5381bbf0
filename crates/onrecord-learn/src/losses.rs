//! The losses that the Newton solver minimizes: softmax, logistic, squared hinge.
//!
//! Each holds its rows' targets and weights. `state` is what the second derivative needs: the probabilities for the
//! logistic ones, whether the row is inside the margin for the squared hinge.

use super::newton::Loss;

/// `-weight * log p(class)` for the classes' softmax.
pub(super) struct Softmax<'d> {
    pub(super) n_classes: usize,
    pub(super) classes: &'d [usize],
    pub(super) weights: &'d [f64],
}

/// `weight * log(1 + exp(-sign * score))`.
pub(super) struct Logistic<'d> {
    /// Whether a row is of the class.
    pub(super) is_in: &'d [bool],
    pub(super) weights: &'d [f64],
}

/// `weight * max(0, 1 - sign * score)²`: the check on the dual solver.
#[cfg(test)]
pub(super) struct SquaredHinge<'d> {
    /// Whether a row is of the class.
    pub(super) is_in: &'d [bool],
    pub(super) weights: &'d [f64],
}

/// Turns scores into probabilities in place, and returns the logarithm of the sum of their exponentials.
pub(super) fn softmax(scores: &mut [f64]) -> f64 {
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - largest).exp();
        sum += *score;
    }
    scores.iter_mut().for_each(|score| *score /= sum);
    largest + sum.ln()
}

/// `1 / (1 + exp(-score))`.
pub(super) fn sigmoid(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

/// `log(1 + exp(-margin))`.
fn logistic(margin: f64) -> f64 {
    if margin > 0.0 { (-margin).exp().ln_1p() } else { margin.exp().ln_1p() - margin }
}

fn sign(is_in: bool) -> f64 {
    if is_in { 1.0 } else { -1.0 }
}

impl Loss for Softmax<'_> {
    fn n_scores(&self) -> usize {
        self.n_classes
    }

    fn evaluate(&self, row: usize, scores: &[f64], slopes: &mut [f64], state: &mut [f64]) -> f64 {
        let (class, weight) = (self.classes[row], self.weights[row]);
        state.copy_from_slice(scores);
        let loss = softmax(state) - scores[class];
        slopes.iter_mut().zip(&*state).for_each(|(slope, p)| *slope = weight * p);
        slopes[class] -= weight;
        weight * loss
    }

    fn value(&self, row: usize, scores: &[f64]) -> f64 {
        let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = scores.iter().map(|score| (score - largest).exp()).sum();
        self.weights[row] * (largest + sum.ln() - scores[self.classes[row]])
    }

    fn curve(&self, row: usize, state: &[f64], change: &mut [f64]) {
        let mean: f64 = state.iter().zip(&*change).map(|(p, change)| p * change).sum();
        let weight = self.weights[row];
        change.iter_mut().zip(state).for_each(|(change, p)| *change = weight * p * (*change - mean));
    }

    fn diagonal(&self, row: usize, state: &[f64], into: &mut [f64]) {
        into.iter_mut().zip(state).for_each(|(into, p)| *into = self.weights[row] * p * (1.0 - p));
    }
}

impl Loss for Logistic<'_> {
    fn n_scores(&self) -> usize {
        1
    }

    fn evaluate(&self, row: usize, scores: &[f64], slopes: &mut [f64], state: &mut [f64]) -> f64 {
        let weight = self.weights[row];
        state[0] = sigmoid(scores[0]);
        slopes[0] = weight * (state[0] - f64::from(u8::from(self.is_in[row])));
        self.value(row, scores)
    }

    fn value(&self, row: usize, scores: &[f64]) -> f64 {
        self.weights[row] * logistic(sign(self.is_in[row]) * scores[0])
    }

    fn curve(&self, row: usize, state: &[f64], change: &mut [f64]) {
        change[0] *= self.weights[row] * state[0] * (1.0 - state[0]);
    }

    fn diagonal(&self, row: usize, state: &[f64], into: &mut [f64]) {
        into[0] = self.weights[row] * state[0] * (1.0 - state[0]);
    }
}

#[cfg(test)]
impl Loss for SquaredHinge<'_> {
    fn n_scores(&self) -> usize {
        1
    }

    fn evaluate(&self, row: usize, scores: &[f64], slopes: &mut [f64], state: &mut [f64]) -> f64 {
        let sign = sign(self.is_in[row]);
        let lacking = (1.0 - sign * scores[0]).max(0.0);
        state[0] = f64::from(u8::from(lacking > 0.0));
        slopes[0] = -2.0 * self.weights[row] * sign * lacking;
        self.weights[row] * lacking * lacking
    }

    fn value(&self, row: usize, scores: &[f64]) -> f64 {
        let lacking = (1.0 - sign(self.is_in[row]) * scores[0]).max(0.0);
        self.weights[row] * lacking * lacking
    }

    fn curve(&self, row: usize, state: &[f64], change: &mut [f64]) {
        change[0] *= 2.0 * self.weights[row] * state[0];
    }

    fn diagonal(&self, row: usize, state: &[f64], into: &mut [f64]) {
        into[0] = 2.0 * self.weights[row] * state[0];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(loss: &impl Loss, scores: &[f64]) {
        let k = loss.n_scores();
        let mut slopes = vec![0.0; k];
        let mut state = vec![0.0; k];
        let value = loss.evaluate(0, scores, &mut slopes, &mut state);
        assert!((value - loss.value(0, scores)).abs() < 1e-12);
        let mut diagonal = vec![0.0; k];
        loss.diagonal(0, &state, &mut diagonal);
        for class in 0..k {
            let shifted = |by: f64| {
                let mut scores = scores.to_vec();
                scores[class] += by;
                let mut slopes = vec![0.0; k];
                (loss.evaluate(0, &scores, &mut slopes, &mut vec![0.0; k]), slopes)
            };
            let ((above, slopes_above), (below, slopes_below)) = (shifted(1e-5), shifted(-1e-5));
            assert!(((above - below) / 2e-5 - slopes[class]).abs() < 1e-8);
            let mut change = vec![0.0; k];
            change[class] = 1.0;
            loss.curve(0, &state, &mut change);
            assert!((change[class] - diagonal[class]).abs() < 1e-12);
            for other in 0..k {
                let slope = (slopes_above[other] - slopes_below[other]) / 2e-5;
                assert!((slope - change[other]).abs() < 1e-8, "{slope} {}", change[other]);
            }
        }
    }

    #[test]
    fn slopes_and_curvature_are_those_of_the_values() {
        for scores in [[0.3, -1.2, 2.0], [30.0, -40.0, 1.0]] {
            check(&Softmax { n_classes: 3, classes: &[1], weights: &[1.7] }, &scores);
        }
        for score in [-1.5, 0.2, 0.9, 3.0] {
            for is_in in [true, false] {
                check(&Logistic { is_in: &[is_in], weights: &[0.4] }, &[score]);
                check(&SquaredHinge { is_in: &[is_in], weights: &[0.4] }, &[score]);
            }
        }
    }

    #[test]
    fn far_scores_neither_overflow_nor_lose_digits() {
        assert_eq!(logistic(1e4), 0.0);
        assert_eq!(logistic(-1e4), 1e4);
        assert_eq!((sigmoid(-1e4), sigmoid(1e4)), (0.0, 1.0));
    }
}
