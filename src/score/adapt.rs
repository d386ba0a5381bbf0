//! What an article is about tells what its statements are about.
//!
//! "This is not a job for soldiers" says little by itself; among statements on an air campaign it takes a side, in the
//! report of a trial it does not. How many of an article's statements are related to the target is estimated from the
//! model's own probabilities, and each probability is brought in line with it: the expectation-maximization of Saerens,
//! Latinne and Decaestecker (2002, Neural Computation 14, equations 2.8 and 2.9), over two classes, related and
//! unrelated. A short article says little of its share, so the share that the model was trained with counts as
//! [`STRENGTH`] further statements.
//!
//! Sets of labels are made of the probabilities that come out (`Conformal`), for those are what is shown; a simulation
//! below holds their coverage, in articles of any share, to what was promised.
//!
//! Nothing is decided here about which side a statement takes: the related labels keep their proportions.

/// How many statements the share known from training counts for. By cross-validation over the documents of the training
/// rows of the built-in model 5, 10 and 20 tie; articles are longer than those documents, so the most careful of them.
const STRENGTH: f64 = 20.0;

/// The share is found when it moves by less than this.
const TOLERANCE: f64 = 1e-9;

/// Rounds of the iteration; it converges to [`TOLERANCE`] in far fewer.
const MAX_ROUNDS: usize = 500;

/// No article is wholly about the target, nor wholly about something else.
const SHARES: (f64, f64) = (0.01, 0.99);

/// Brings the probabilities of one article's statements in line with each other.
///
/// Each of `statements` holds a probability for each label, which sum to 1 before and after; `unrelated` is the
/// position of that label, and `prior` its share where the model was calibrated. Nothing changes for a single
/// statement, which has no context, or a prior outside (0, 1).
pub(super) fn adapt(statements: &mut [Vec<f64>], unrelated: usize, prior: f64) {
    if statements.len() < 2 || !(prior > 0.0 && prior < 1.0) {
        return;
    }
    let usual = 1.0 - prior;
    let mut share = usual;
    for _ in 0..MAX_ROUNDS {
        let (for_related, for_unrelated) = (share / usual, (1.0 - share) / prior);
        let expected: f64 = statements
            .iter()
            .map(|probabilities| {
                let other = probabilities[unrelated] * for_unrelated;
                let related = (1.0 - probabilities[unrelated]).max(0.0) * for_related;
                related / (related + other)
            })
            .sum();
        let next = (expected + STRENGTH * usual) / (statements.len() as f64 + STRENGTH);
        let next = next.clamp(SHARES.0, SHARES.1);
        let moved = (next - share).abs();
        share = next;
        if moved < TOLERANCE {
            break;
        }
    }
    let (for_related, for_unrelated) = (share / usual, (1.0 - share) / prior);
    for probabilities in statements {
        for (label, p) in probabilities.iter_mut().enumerate() {
            *p *= if label == unrelated { for_unrelated } else { for_related };
        }
        let sum: f64 = probabilities.iter().sum();
        probabilities.iter_mut().for_each(|p| *p /= sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// favor, against, unrelated.
    fn statement(favor: f64, against: f64) -> Vec<f64> {
        vec![favor, against, 1.0 - favor - against]
    }

    #[test]
    fn statements_among_related_ones_become_related() {
        let mut among_related = vec![statement(0.1, 0.3); 1];
        among_related.extend(vec![statement(0.05, 0.9); 40]);
        let mut among_others = vec![statement(0.1, 0.3); 1];
        among_others.extend(vec![statement(0.02, 0.02); 40]);
        adapt(&mut among_related, 2, 0.5);
        adapt(&mut among_others, 2, 0.5);
        assert!(among_related[0][2] < 0.5, "{:?}", among_related[0]);
        assert!(among_others[0][2] > 0.8, "{:?}", among_others[0]);
        for probabilities in among_related.iter().chain(&among_others) {
            assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn sides_keep_their_proportion() {
        let mut statements = vec![statement(0.1, 0.3), statement(0.4, 0.5), statement(0.6, 0.1)];
        adapt(&mut statements, 2, 0.6);
        assert!((statements[0][1] / statements[0][0] - 3.0).abs() < 1e-12);
    }

    #[test]
    fn the_share_is_a_fixed_point() {
        // One statement surely related, one surely not, and one between, which is what the share makes of it.
        let mut statements = vec![vec![1.0, 0.0, 0.0], vec![0.0, 0.0, 1.0], statement(0.2, 0.2)];
        adapt(&mut statements, 2, 0.6);
        assert_eq!(statements[0], [1.0, 0.0, 0.0]);
        assert_eq!(statements[1], [0.0, 0.0, 1.0]);
        let related = 1.0 - statements[2][2];
        let share = (1.0 + related + STRENGTH * 0.4) / (3.0 + STRENGTH);
        let odds = (0.4 / 0.6) * (share / 0.4) / ((1.0 - share) / 0.6);
        assert!((related / (1.0 - related) - odds).abs() < 1e-6);
    }

    /// Statements as two numbers about the corner of their label, with what an exact model says of them where the labels
    /// favor, against and unrelated have the shares `prior`.
    fn drawn(shares: [f64; 3], prior: [f64; 3], uniform: &mut impl FnMut() -> f64) -> (usize, Vec<f64>) {
        let place = uniform();
        let label = if place < shares[0] { 0 } else { 1 + usize::from(place >= shares[0] + shares[1]) };
        let corner = [[0.0, 1.6], [1.6, 0.0], [0.0, 0.0]];
        let (length, angle) = ((-2.0 * uniform().max(1e-12).ln()).sqrt(), std::f64::consts::TAU * uniform());
        let at = [corner[label][0] + length * angle.cos(), corner[label][1] + length * angle.sin()];
        let density = |label: usize| {
            let [x, y] = [0, 1].map(|axis| at[axis] - corner[label][axis]);
            prior[label] * (-(x * x + y * y) / 2.0).exp()
        };
        let sum: f64 = (0..3).map(density).sum();
        (label, (0..3).map(|label| density(label) / sum).collect())
    }

    #[test]
    fn sets_keep_their_coverage_in_articles_about_anything() {
        use crate::model::{Conformal, LEVEL};
        let mut state = 5_u64;
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let prior = [0.2, 0.3, 0.5];
        let (gold, rows): (Vec<usize>, Vec<Vec<f64>>) = (0..4000).map(|_| drawn(prior, prior, &mut uniform)).unzip();
        let table = ndarray::Array2::from_shape_fn((rows.len(), 3), |(row, label)| rows[row][label]);
        let conformal = Conformal::fit(&gold, &vec![1.0; gold.len()], &table);
        for unrelated in [0.03, 0.25, 0.5, 0.75, 0.97] {
            let shares = [0.4 * (1.0 - unrelated), 0.6 * (1.0 - unrelated), unrelated];
            let mut n_held = 0;
            for _ in 0..100 {
                let (gold, mut article): (Vec<usize>, Vec<Vec<f64>>) =
                    (0..40).map(|_| drawn(shares, prior, &mut uniform)).unzip();
                adapt(&mut article, 2, prior[2]);
                let top = |p: &[f64]| (0..3).fold(0, |top, label| if p[label] > p[top] { label } else { top });
                let holds = |(gold, p): (usize, &Vec<f64>)| conformal.set(p, top(p), LEVEL).contains(&gold);
                n_held += gold.into_iter().zip(&article).filter(|pair| holds(*pair)).count();
            }
            let coverage = n_held as f64 / 4000.0;
            assert!((0.88..0.97).contains(&coverage), "{unrelated}: {coverage}");
        }
    }

    #[test]
    fn one_statement_has_no_context() {
        let mut statements = vec![statement(0.1, 0.3)];
        adapt(&mut statements, 2, 0.6);
        assert_eq!(statements, [statement(0.1, 0.3)]);
    }
}
