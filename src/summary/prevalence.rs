//! Shares of labels among a speaker's statements, corrected for the classifier's errors.
//!
//! A classifier that takes every fifth *against* for *neutral* makes everybody look milder than they are, however many
//! statements are counted. What it does to each true label is known from held-out data ([`Confusion`]); the share that
//! would have led to the counts seen is the correction.
//!
//! - [`Confusion::adjusted`]: adjusted counts (Forman 2008, "Quantifying counts and costs via classification") in
//!   their maximum-likelihood form, which cannot leave [0, 1]: the expectation-maximization of Vardi and Lee (1993,
//!   "From image deblurring to optimal investments", section 3). With probabilities instead of labels counted, the
//!   same equations are the probabilistic adjusted counts of Bella et al. (2010).
//! - [`pull`]: how strongly small speakers are drawn toward the corpus, from how much speakers differ among themselves
//!   (empirical Bayes, the Dirichlet-multinomial of Minka 2000, by the method of moments).
//!
//! Nothing here knows names of labels or what they mean.

/// What a classifier makes of each true label, counted on data it was not trained on.
#[derive(Debug, Clone, PartialEq)]
pub struct Confusion {
    /// `rows[t][p]`: rows of true label `t` that were given label `p`; both in the order of the model's labels.
    rows: Vec<Vec<f64>>,
}

/// Steps of the expectation-maximization after which the shares are taken as they are.
const MAX_STEPS: usize = 500;

/// A step that moves no share by more than this ends it.
const TOLERANCE: f64 = 1e-7;

impl Confusion {
    /// Takes a square table of counts, one row a true label. `None` where it is not square, or holds a number that is
    /// no count, or no row at all.
    ///
    /// A count of one half is added to every cell (Jeffreys' prior), so that an error not seen in a small held-out set
    /// is not taken for one that cannot happen.
    #[must_use]
    pub fn new(counts: &[Vec<f64>]) -> Option<Self> {
        let is_square = !counts.is_empty() && counts.iter().all(|row| row.len() == counts.len());
        let is_counts = counts.iter().flatten().all(|count| count.is_finite() && *count >= 0.0);
        (is_square && is_counts)
            .then(|| Self { rows: counts.iter().map(|row| row.iter().map(|count| count + 0.5).collect()).collect() })
    }

    /// Number of labels.
    #[must_use]
    pub fn n_labels(&self) -> usize {
        self.rows.len()
    }

    /// The counts, Jeffreys' half included.
    #[must_use]
    pub fn rows(&self) -> &[Vec<f64>] {
        &self.rows
    }

    /// The shares of the true labels that best explain how often each label was given.
    ///
    /// `given[p]` is how often label `p` was given (or the sum of its probability). `prior[t]` are pseudo-counts that
    /// draw the shares toward themselves; all zero draws nowhere. The shares sum to 1; where nothing was given and
    /// nothing draws, they are equal.
    ///
    /// # Panics
    /// Where `given` or `prior` has not one number a label.
    #[must_use]
    pub fn adjusted(&self, given: &[f64], prior: &[f64]) -> Vec<f64> {
        let n = self.n_labels();
        assert!(given.len() == n && prior.len() == n, "one number a label");
        let total = given.iter().sum::<f64>() + prior.iter().sum::<f64>();
        if total <= 0.0 {
            return vec![1.0 / n as f64; n];
        }
        let rates: Vec<Vec<f64>> = self
            .rows
            .iter()
            .map(|row| {
                let sum: f64 = row.iter().sum();
                row.iter().map(|count| count / sum).collect()
            })
            .collect();
        let mut shares = vec![1.0 / n as f64; n];
        for _ in 0..MAX_STEPS {
            let mut next = prior.to_vec();
            for (p, &count) in given.iter().enumerate().filter(|(_, count)| **count > 0.0) {
                let expected: f64 = (0..n).map(|t| shares[t] * rates[t][p]).sum();
                for t in 0..n {
                    next[t] += count * shares[t] * rates[t][p] / expected;
                }
            }
            next.iter_mut().for_each(|share| *share /= total);
            let moved = shares.iter().zip(&next).map(|(old, new)| (old - new).abs()).fold(0.0, f64::max);
            shares = next;
            if moved < TOLERANCE {
                break;
            }
        }
        shares
    }
}

/// The pseudo-counts that draw every speaker toward the corpus: the corpus's shares, times how many statements they
/// weigh as much as.
///
/// `speakers` holds each speaker's counts by label. Where speakers differ no more than chance lets them, the corpus
/// weighs as much as [`MAX_PULL`] statements; where they differ a lot, next to nothing.
#[must_use]
pub fn pull(speakers: &[Vec<f64>]) -> Vec<f64> {
    let n_labels = speakers.first().map_or(0, Vec::len);
    let mut totals = vec![0.0; n_labels];
    for counts in speakers {
        for (total, count) in totals.iter_mut().zip(counts) {
            *total += count;
        }
    }
    let sum: f64 = totals.iter().sum();
    if sum <= 0.0 {
        return totals;
    }
    let shares: Vec<f64> = totals.iter().map(|total| total / sum).collect();
    // Between-speaker variance of the shares against what chance alone would give (method of moments).
    let (mut between, mut chance, mut n_pairs) = (0.0, 0.0, 0.0);
    for counts in speakers {
        let n: f64 = counts.iter().sum();
        if n < 2.0 {
            continue;
        }
        for (count, share) in counts.iter().zip(&shares) {
            // count (count - 1) / (n (n - 1)) is an unbiased estimate of the squared share.
            between += count * (count - 1.0) - n * (n - 1.0) * share * share;
            chance += n * (n - 1.0) * share * (1.0 - share);
        }
        n_pairs += n * (n - 1.0);
    }
    // The correlation of two statements of one speaker; the Dirichlet's weight is 1 / correlation - 1.
    let correlation = if n_pairs > 0.0 && chance > 0.0 { (between / chance).clamp(0.0, 1.0) } else { 0.0 };
    let weight = if correlation > 0.0 { (1.0 / correlation - 1.0).min(MAX_PULL) } else { MAX_PULL };
    shares.iter().map(|share| share * weight).collect()
}

/// The corpus never weighs more than this many statements: nobody with a dozen of their own is drawn all the way.
pub const MAX_PULL: f64 = 10.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: &[f64], expected: &[f64], within: f64) {
        assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < within), "{found:?}, not {expected:?}");
    }

    #[test]
    fn a_perfect_classifier_needs_no_correction() {
        let confusion = Confusion::new(&[vec![1e9, 0.0], vec![0.0, 1e9]]).unwrap();
        close(&confusion.adjusted(&[3.0, 7.0], &[0.0, 0.0]), &[0.3, 0.7], 1e-6);
    }

    #[test]
    fn the_bias_of_a_known_confusion_is_removed() {
        // True shares .2 / .8; 90 % of the first and 70 % of the second are recognised: .2*.9 + .8*.3 = .42 seen.
        let confusion = Confusion::new(&[vec![9e8, 1e8], vec![3e8, 7e8]]).unwrap();
        close(&confusion.adjusted(&[42.0, 58.0], &[0.0, 0.0]), &[0.2, 0.8], 1e-4);
    }

    #[test]
    fn shares_stay_shares_where_counts_cannot_be_explained() {
        // Fewer of the first label than its false alarms alone would give: the share is 0, not negative.
        let confusion = Confusion::new(&[vec![9e8, 1e8], vec![3e8, 7e8]]).unwrap();
        let shares = confusion.adjusted(&[10.0, 90.0], &[0.0, 0.0]);
        close(&shares, &[0.0, 1.0], 1e-2);
        assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)));
    }

    #[test]
    fn few_statements_are_drawn_toward_the_prior_and_many_are_not() {
        let confusion = Confusion::new(&[vec![1e9, 0.0], vec![0.0, 1e9]]).unwrap();
        close(&confusion.adjusted(&[2.0, 0.0], &[1.0, 1.0]), &[0.75, 0.25], 1e-6);
        close(&confusion.adjusted(&[2e6, 0.0], &[1.0, 1.0]), &[1.0, 0.0], 1e-5);
    }

    #[test]
    fn tables_that_are_no_confusion_are_refused() {
        assert_eq!(Confusion::new(&[]), None);
        assert_eq!(Confusion::new(&[vec![1.0, 2.0]]), None);
        assert_eq!(Confusion::new(&[vec![-1.0]]), None);
        assert_eq!(Confusion::new(&[vec![f64::NAN]]), None);
    }

    #[test]
    fn speakers_who_agree_pull_and_speakers_who_differ_do_not() {
        let alike = vec![vec![5.0, 5.0]; 20];
        assert!((pull(&alike).iter().sum::<f64>() - MAX_PULL).abs() < 1e-9);
        let split: Vec<_> = (0..20).map(|n| if n % 2 == 0 { vec![10.0, 0.0] } else { vec![0.0, 10.0] }).collect();
        assert!(pull(&split).iter().sum::<f64>() < 1e-9);
    }
}
