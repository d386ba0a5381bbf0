//! How sure a speaker's figures are: shares corrected for the model's errors, their intervals, and the lean.
//!
//! - **Shares.** The counts of each draw are weighted by article (the Bayesian bootstrap of Rubin 1981: every article
//!   gets a weight from the exponential distribution) and join a weak prior of half a statement a stance; where each
//!   article holds one statement, this is the posterior of a multinomial under Jeffreys' prior, and where articles hold
//!   several alike, it is wider. Where the model's confusion on held-out data is known, each draw takes a confusion
//!   matrix from its own posterior and inverts it (see [`super::prevalence`]); the interval holds the middle 95 % of
//!   the draws, so it covers doubt about the statements, the articles and the model's errors.
//! - **Mean score.** A t interval whose variance is that between articles (linearized, Cochran 1977, section 3.3: a
//!   ratio over clusters) plus that which the model's own probabilities leave in each statement.
//! - **Lean.** Said only where the interval says it; else [`Lean::TooLittle`].

use std::collections::BTreeMap;

use rand_distr::{Distribution, Exp1, Gamma, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::prevalence::{self, Confusion};
use super::tally::{MAX_UNITS, N_LABELS, Tally};
use super::{Balance, Lean, Share, Shares, StanceConfusion};
use crate::labeled::Stance;
use crate::model::Model;

type Counts = [f64; N_LABELS];

/// Draws behind each interval.
const N_DRAWS: usize = 400;

/// A share of each side above which a speaker stands on both.
const BOTH_SIDES: f64 = 0.15;

/// The share of one side, among the statements that take a side, from which a speaker stands there.
const ONE_SIDE: f64 = 0.75;

/// Computes the intervals of all speakers of a corpus.
pub(super) struct Estimator {
    correction: Option<Correction>,
    /// Stances that the model can say at all.
    has: [bool; N_LABELS],
    /// What draws small speakers toward the corpus, as pseudo-counts of true stances.
    pull: Counts,
    /// The factor of a 95 % interval by degrees of freedom.
    t: Vec<f64>,
}

struct Correction {
    confusion: Confusion,
    rates: Vec<[Counts; N_LABELS]>,
}

impl Estimator {
    pub fn new(confusion: Option<&StanceConfusion>, tallies: &[Tally], has: [bool; N_LABELS]) -> Self {
        let correction = confusion.map(|confusion| Correction::new(confusion.counts()));
        let counts: Vec<Vec<f64>> =
            tallies.iter().map(|tally| tally.counts.iter().map(|&n| n as f64).collect()).collect();
        let mut pull = prevalence::pull(&counts);
        if let Some(correction) = &correction {
            let total =
                (0..N_LABELS).map(|label| counts.iter().map(|counts| counts[label]).sum()).collect::<Vec<f64>>();
            let weight: f64 = pull.iter().sum();
            let shares = correction.confusion.adjusted(&total, &[0.0; N_LABELS]);
            pull = shares.into_iter().map(|share| share * weight).collect();
        }
        let t = |df: usize| StudentsT::new(0.0, 1.0, df as f64).map_or(f64::NAN, |t| t.inverse_cdf(0.975));
        let pull = std::array::from_fn(|label| pull.get(label).copied().unwrap_or(0.0));
        Self { correction, has, pull, t: (1..MAX_UNITS).map(t).collect() }
    }

    /// Shares, balance and lean; `None` where no statement is related.
    pub fn shares(&self, tally: &Tally, seed: u64) -> Option<(Shares, Balance, Lean)> {
        let n_related = tally.n_related() as f64;
        if n_related == 0.0 {
            return None;
        }
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut draws: [Vec<f64>; 4] = std::array::from_fn(|_| Vec::with_capacity(N_DRAWS));
        let mut start = [1.0 / N_LABELS as f64; N_LABELS];
        for draw in 0..N_DRAWS {
            let given = weighted(tally, &mut random);
            let prior = self.has.map(|has| if has { half(&mut random) } else { 0.0 });
            let shares = match &self.correction {
                Some(correction) => {
                    let shares = adjusted(&correction.rates[draw], &given, &prior, &start, 1e-4);
                    // The next draw's answer is near; but never start where a share has died out.
                    start = shares.map(|share| 0.9 * share + 0.1 / N_LABELS as f64);
                    shares
                }
                None => std::array::from_fn(|label| given[label] + prior[label]),
            };
            let related: f64 = shares[..3].iter().sum();
            for label in 0..3 {
                draws[label].push(if related > 0.0 { shares[label] / related } else { 1.0 / 3.0 });
            }
            draws[3].push(draws[0][draw] - draws[1][draw]);
        }
        let given: Vec<f64> = tally.counts.iter().map(|&n| n as f64).collect();
        let of_related = |prior: &Counts| {
            let shares = match &self.correction {
                Some(correction) => correction.confusion.adjusted(&given, prior),
                None => given.iter().zip(prior).map(|(n, prior)| n + prior).collect(),
            };
            let related: f64 = shares[..3].iter().sum();
            // A model that takes nothing for what it is leaves nothing to say.
            [0, 1, 2].map(|label| if related > 1e-9 { shares[label] / related } else { 1.0 / 3.0 })
        };
        let (own, shrunk) = (of_related(&[0.0; N_LABELS]), of_related(&self.pull));
        let share = |label: usize, draws: &mut Vec<f64>| Share {
            counted: given[label] / n_related,
            estimate: own[label],
            interval: middle(draws),
            shrunk: shrunk[label],
        };
        let [favor, against, neutral, balance] = &mut draws;
        let shares = Shares { favor: share(0, favor), against: share(1, against), neutral: share(2, neutral) };
        let balance = Balance { estimate: own[0] - own[1], interval: middle(balance) };
        let lean = lean(&shares, &balance);
        Some((shares, balance, lean))
    }

    /// The mean score's 95 % interval; `None` below two statements.
    pub fn score_interval(&self, tally: &Tally) -> Option<[f64; 2]> {
        let n = tally.n_related() as f64;
        let mean = tally.scores.get() / n;
        let units: Vec<_> = tally.units.iter().filter(|unit| unit.n_related() > 0.0).collect();
        let (variance, df) = if units.len() > 1 {
            let a = units.len() as f64;
            let residual = |unit: &&super::tally::Unit| (unit.scores.get() - mean * unit.n_related()).powi(2);
            (a / (a - 1.0) * units.iter().map(residual).sum::<f64>() / (n * n), units.len() - 1)
        } else if n > 1.0 {
            // One article: the interval speaks of this article's speech alone.
            ((tally.squares.get() - n * mean * mean).max(0.0) / (n - 1.0) / n, n as usize - 1)
        } else {
            return None;
        };
        let error = (variance + tally.doubt.get() / (n * n)).sqrt();
        let half = self.t[(df - 1).min(self.t.len() - 1)] * error;
        Some([(mean - half).max(-1.0), (mean + half).min(1.0)])
    }
}

/// The lean that the intervals allow.
fn lean(shares: &Shares, balance: &Balance) -> Lean {
    let sides = shares.favor.estimate + shares.against.estimate;
    let is_most = |share: f64| share >= ONE_SIDE * sides;
    if balance.interval[0] > 0.0 && is_most(shares.favor.estimate) {
        Lean::Favor
    } else if balance.interval[1] < 0.0 && is_most(shares.against.estimate) {
        Lean::Against
    } else if shares.neutral.interval[0] > 0.5 {
        Lean::Neutral
    } else if shares.favor.interval[0] > BOTH_SIDES && shares.against.interval[0] > BOTH_SIDES {
        Lean::Mixed
    } else {
        Lean::TooLittle
    }
}

/// The counts with a weight for each article; within a single article, with one for each statement.
fn weighted(tally: &Tally, random: &mut Xoshiro256PlusPlus) -> Counts {
    let mut given = [0.0; N_LABELS];
    if let [only] = tally.units.as_slice() {
        for (label, count) in only.counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            given[label] = gamma(*count, random);
        }
        return given;
    }
    for unit in &tally.units {
        let weight: f64 = Exp1.sample(random);
        for (sum, count) in given.iter_mut().zip(unit.counts) {
            *sum += weight * count;
        }
    }
    given
}

/// From the gamma distribution with shape one half, Jeffreys' prior: half the square of a standard normal number.
fn half(random: &mut Xoshiro256PlusPlus) -> f64 {
    let z: f64 = StandardNormal.sample(random);
    z * z / 2.0
}

fn gamma(shape: f64, random: &mut Xoshiro256PlusPlus) -> f64 {
    Gamma::new(shape, 1.0).map_or(0.0, |gamma| gamma.sample(random))
}

/// The ends of the middle 95 %.
fn middle(draws: &mut [f64]) -> [f64; 2] {
    let (low, high) = (draws.len() / 40, draws.len() - 1 - draws.len() / 40);
    let (_, low_value, rest) = draws.select_nth_unstable_by(low, f64::total_cmp);
    let low_value = *low_value;
    let (_, high_value, _) = rest.select_nth_unstable_by(high - low - 1, f64::total_cmp);
    [low_value, *high_value]
}

impl Correction {
    fn new(counts: &[Vec<f64>]) -> Self {
        let confusion = Confusion::new(counts).expect("StanceConfusion is a square of counts");
        let mut random = Xoshiro256PlusPlus::seed_from_u64(0x5eed);
        let rates = (0..N_DRAWS).map(|_| {
            let row = |t: usize| -> Counts {
                let drawn: Counts = std::array::from_fn(|p| gamma(confusion.rows()[t][p], &mut random).max(1e-12));
                let sum: f64 = drawn.iter().sum();
                drawn.map(|value| value / sum)
            };
            let mut row = row;
            [row(0), row(1), row(2), row(3)]
        });
        let rates = rates.collect();
        Self { confusion, rates }
    }
}

/// [`Confusion::adjusted`] for four stances without allocation, from a start that is near.
fn adjusted(rates: &[Counts; N_LABELS], given: &Counts, prior: &Counts, start: &Counts, tolerance: f64) -> Counts {
    let total = given.iter().sum::<f64>() + prior.iter().sum::<f64>();
    if total <= 0.0 {
        return *start;
    }
    let mut shares = *start;
    for _ in 0..200 {
        let mut next = *prior;
        for p in 0..N_LABELS {
            let expected: f64 = (0..N_LABELS).map(|t| shares[t] * rates[t][p]).sum();
            if given[p] > 0.0 && expected > 0.0 {
                let factor = given[p] / expected;
                for t in 0..N_LABELS {
                    next[t] += factor * shares[t] * rates[t][p];
                }
            }
        }
        let mut moved = 0.0_f64;
        for (share, next) in shares.iter_mut().zip(next) {
            let next = next / total;
            moved = moved.max((*share - next).abs());
            *share = next;
        }
        if moved < tolerance {
            break;
        }
    }
    shares
}

/// Rows of a stance that held-out figures count for at most.
const MOST_KNOWN: f64 = 50.0;

impl StanceConfusion {
    /// Takes a table with one row a true label; `labels` names rows and columns. Stances that the model does not know
    /// are taken as never confused. `None` where the table is not square, a label is no stance, or a number no count.
    #[must_use]
    pub fn new(labels: &[String], counts: &[Vec<f64>]) -> Option<Self> {
        let names = Stance::ALL.map(Stance::name);
        let places: BTreeMap<&str, usize> = labels.iter().enumerate().map(|(i, label)| (label.as_str(), i)).collect();
        let is_square = counts.len() == labels.len() && counts.iter().all(|row| row.len() == labels.len());
        let is_counts = counts.iter().flatten().all(|count| count.is_finite() && (0.0..1e12).contains(count));
        if !is_square || !is_counts || places.len() != labels.len() || places.keys().any(|name| !names.contains(name)) {
            return None;
        }
        let cell = |t: usize, p: usize| match (places.get(names[t]), places.get(names[p])) {
            (Some(&t), Some(&p)) => counts[t][p],
            (None, None) if t == p => 1e9,
            _ => 0.0,
        };
        Some(Self { counts: (0..N_LABELS).map(|t| (0..N_LABELS).map(|p| cell(t, p)).collect()).collect() })
    }

    /// What a model's card says of its held-out errors.
    ///
    /// Held-out rows are of the kind that the model was trained on; among other articles it errs in other ways. However
    /// many rows there were, they count as no more than `MOST_KNOWN` of each stance, so that intervals stay wide enough
    /// to say so. `None` where it was not cross-validated, or its labels are no
    /// stances.
    #[must_use]
    pub fn of_model(model: &Model) -> Option<Self> {
        let rows = &model.manifest().accuracy.as_ref()?.confusion;
        let of_row = |row: &Vec<u64>| {
            let scale = (MOST_KNOWN / row.iter().sum::<u64>().max(1) as f64).min(1.0);
            row.iter().map(|&count| count as f64 * scale).collect()
        };
        Self::new(model.labels(), &rows.iter().map(of_row).collect::<Vec<Vec<f64>>>())
    }

    /// One row a true stance, in the order of [`Stance::ALL`].
    #[must_use]
    pub fn counts(&self) -> &[Vec<f64>] {
        &self.counts
    }
}

#[cfg(test)]
#[path = "simulations.rs"]
mod simulations;
