//! What an article is about tells what its statements are about.
//!
//! "This is not a job for soldiers" says little by itself; among statements on an air campaign it takes a side, in the
//! report of a trial it does not. How many of an article's statements are related to the target is estimated from the
//! model's own probabilities, and each probability is brought in line with it: the expectation-maximization of Saerens,
//! Latinne and Decaestecker (2002, Neural Computation 14, equations 2.8 and 2.9), over two classes, related and
//! unrelated. A short article says little of its share, so the share that the model was trained with counts as
//! [`STRENGTH`] further statements.
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

    #[test]
    fn one_statement_has_no_context() {
        let mut statements = vec![statement(0.1, 0.3)];
        adapt(&mut statements, 2, 0.6);
        assert_eq!(statements, [statement(0.1, 0.3)]);
    }
}
