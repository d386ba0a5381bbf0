//! Intervals by the bootstrap (Efron and Tibshirani 1993, percentile method): units are drawn with replacement, as many
//! as there are, again and again, and the middle 95 % of a figure's values make its interval.
//!
//! A unit is a row, or a whole group where rows of a group resemble each other (Field and Welsh 2007, "randomized
//! cluster bootstrap"). A draw is a count for each unit, so a resample costs one pass and no copies; every resample has
//! a random stream of its own, so the result does not depend on the number of threads.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{FigureValues, Meter};
use crate::progress::{Callback, Progress};

/// A figure with its interval; a part is none where it is not defined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The figure over all rows.
    pub value: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// How resampling is done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resampling {
    /// Number of resamples; 0 for no intervals.
    pub n_resamples: usize,
    /// Share of the values that an interval holds.
    pub level: f64,
    /// Where the random numbers start.
    pub seed: u64,
}

impl Default for Resampling {
    fn default() -> Self {
        Self { n_resamples: 1000, level: 0.95, seed: 0 }
    }
}

/// What is drawn: `of[i]` is the unit of prediction `i`, below `n`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Units {
    of: Vec<u32>,
    n: usize,
}

impl Units {
    /// Numbers the distinct keys of the predictions in the order of their first appearance.
    #[must_use]
    pub fn of_keys<K: Ord>(keys: impl IntoIterator<Item = K>) -> Self {
        let mut numbers = std::collections::BTreeMap::new();
        let of = keys.into_iter().map(|key| {
            let next = numbers.len() as u32;
            *numbers.entry(key).or_insert(next)
        });
        Self { of: of.collect(), n: numbers.len() }
    }

    /// Number of units.
    #[must_use]
    pub fn len(&self) -> usize {
        self.n
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// Draws: how often each unit is taken in resample `index`.
    pub(crate) fn draw(&self, seed: u64, index: usize, counts: &mut Vec<u16>) {
        counts.clear();
        counts.resize(self.n, 0);
        let mut random = stream(seed, index as u64);
        let n = self.n as u64;
        // The upper bits of a 32-bit number times n: biased by less than n / 2^32.
        let mut take = |half: u64| {
            let count = &mut counts[((half * n) >> 32) as usize];
            *count = count.saturating_add(1);
        };
        for pair in 0..self.n.div_ceil(2) {
            let bits = random.next_u64();
            take(bits >> 32);
            if 2 * pair + 1 < self.n {
                take(bits & 0xffff_ffff);
            }
        }
    }

    /// Applies `measure` to each resample's counts, in parallel; the results are in the order of the resamples.
    pub(crate) fn resample<T: Send>(
        &self,
        resampling: &Resampling,
        progress: Callback<'_>,
        measure: impl Fn(&dyn Fn(usize) -> f64, &[u16]) -> T + Sync,
    ) -> Vec<T> {
        let done = std::sync::atomic::AtomicUsize::new(0);
        let total = resampling.n_resamples;
        let one = |counts: &mut Vec<u16>, index: usize| {
            self.draw(resampling.seed, index, counts);
            let counts: &[u16] = counts;
            let result = measure(&|place| f64::from(counts[self.of[place] as usize]), counts);
            let done = 1 + done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            progress(Progress { stage: "resampling", done, total });
            result
        };
        (0..total).into_par_iter().map_init(Vec::new, one).collect()
    }

    pub(crate) fn unit(&self, place: usize) -> usize {
        self.of[place] as usize
    }
}

/// All figures of `meter` with `weights`, and for each the interval, measures over all classes first, then those of each class.
pub fn intervals(
    meter: &Meter,
    weights: Option<&[f64]>,
    units: &Units,
    resampling: &Resampling,
    progress: Callback<'_>,
) -> (FigureValues, Vec<Estimate>) {
    let own = |place: usize| weights.map_or(1.0, |weights| weights[place]);
    let figures = meter.figures(own);
    let one_each = units.n == units.of.len();
    let samples = units.resample(resampling, progress, |_, counts| {
        // Three closures and not one with branches: this is the innermost loop of a report.
        match (weights, one_each) {
            (None, true) => meter.figures(|place| f64::from(counts[place])),
            (None, false) => meter.figures(|place| f64::from(counts[units.unit(place)])),
            (Some(weights), _) => meter.figures(|place| weights[place] * f64::from(counts[units.unit(place)])),
        }
    });
    let mut column = Vec::with_capacity(samples.len());
    let estimates = figures.values().iter().enumerate().map(|(place, &value)| {
        column.clear();
        column.extend(samples.iter().map(|sample| sample.values()[place]));
        estimate(value, &mut column, resampling.level)
    });
    let estimates = estimates.collect();
    (figures, estimates)
}

/// The estimate of a figure from its values over resamples, of which those that are not defined are left out.
pub(crate) fn estimate(value: f64, samples: &mut Vec<f64>, level: f64) -> Estimate {
    samples.retain(|sample| sample.is_finite());
    samples.sort_by(f64::total_cmp);
    let tail = (1.0 - level) / 2.0;
    let defined = super::figures::defined(value);
    let quantile = |share| defined.and_then(|_| quantile(samples, share));
    Estimate { value: defined, low: quantile(tail), high: quantile(1.0 - tail) }
}

/// The value below which a share of the sorted samples lies, by straight lines between them; none without samples.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    Some(sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor()))
}

/// Random numbers of their own for each index.
pub(crate) fn stream(seed: u64, index: u64) -> Xoshiro256PlusPlus {
    // seed_from_u64 spreads neighbouring numbers over the whole state; the odd factor keeps (seed, index) pairs apart.
    Xoshiro256PlusPlus::seed_from_u64(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(index))
}
