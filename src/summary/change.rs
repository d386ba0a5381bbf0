//! Whether a speaker changed over time, with a test before the word is used.
//!
//! Each article in which a speaker talks about the target is one point: its day, and the mean score. A straight line
//! through the points is tested against none (the t test of a regression slope). Where many speakers are tested, five
//! in a hundred who never changed would look as if they had; so the p-values are adjusted for all that were tested
//! (Benjamini and Hochberg 1995), and a change is called one where the adjusted value is below [`ALPHA`].
//!
//! The parts of an article make one point, in whatever order they come.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::sum::Sum;

/// At most this share of the changes that are called so are none.
pub const ALPHA: f64 = 0.05;

/// Points below which no line is drawn.
const MIN_ARTICLES: usize = 6;

/// A change of a speaker's score over time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Change {
    /// Score at the first day, on the line through all articles.
    pub from: f64,
    /// Score at the last day.
    pub to: f64,
    /// Articles that the line rests on.
    pub articles: usize,
    /// How often a speaker who never changes would give a line as steep.
    pub p: f64,
    /// The same, adjusted for all speakers that were tested.
    pub p_adjusted: f64,
    /// Whether it can be called a change.
    pub is_significant: bool,
}

/// The points of a line, in any order: as many as there are articles.
#[derive(Debug, Clone, Default)]
pub(super) struct Trend {
    points: Vec<Point>,
    n_compacted: usize,
}

/// An article.
#[derive(Debug, Clone, Copy)]
struct Point {
    article: u32,
    day: f64,
    n: u32,
    scores: Sum,
}

/// Days since 2000: small numbers, whose squares keep their digits.
fn days(date: Date) -> f64 {
    // Counted from March, so that a leap day ends its year (Hinnant, "chrono-compatible low-level date algorithms").
    let (month, day) = (i64::from(date.month()), i64::from(date.day()));
    let year = i64::from(date.year()) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era - 730_425) as f64
}

impl Trend {
    pub fn add(&mut self, article: u32, date: Date, score: f64) {
        let day = days(date);
        // Statements of an article mostly come one after the other.
        match self.points.last_mut() {
            Some(last) if last.article == article && last.day == day => {
                last.n += 1;
                last.scores.add(score);
            }
            _ => {
                let mut scores = Sum::default();
                scores.add(score);
                self.points.push(Point { article, day, n: 1, scores });
            }
        }
        if self.points.len() > 2 * self.n_compacted + 64 {
            self.compact();
        }
    }

    /// Brings the parts of each article together.
    fn compact(&mut self) {
        self.points
            .sort_unstable_by(|one, other| one.article.cmp(&other.article).then_with(|| one.day.total_cmp(&other.day)));
        self.points.dedup_by(|next, kept| {
            let is_same = next.article == kept.article && next.day == kept.day;
            if is_same {
                kept.n += next.n;
                kept.scores.absorb(next.scores);
            }
            is_same
        });
        self.n_compacted = self.points.len();
    }

    pub fn absorb(&mut self, other: Self) {
        self.points.extend(other.points);
        self.compact();
    }

    /// The line and its p-value, not yet adjusted; `None` where there are too few articles or all are of one day.
    pub fn change(mut self) -> Option<Change> {
        self.compact();
        let mut sums = [Sum::default(); 5];
        let (mut first, mut last) = (f64::INFINITY, f64::NEG_INFINITY);
        for point in &self.points {
            let (t, y) = (point.day, point.scores.get() / f64::from(point.n));
            sums.iter_mut().zip([t, y, t * t, t * y, y * y]).for_each(|(sum, number)| sum.add(number));
            (first, last) = (first.min(t), last.max(t));
        }
        let [t, y, tt, ty, yy] = sums.map(Sum::get);
        let n = self.points.len() as f64;
        if n < MIN_ARTICLES as f64 || last - first < 1.0 {
            return None;
        }
        let (mean_t, mean_y) = (t / n, y / n);
        let (stt, sty) = (tt - n * mean_t * mean_t, ty - n * mean_t * mean_y);
        let syy = (yy - n * mean_y * mean_y).max(0.0);
        if stt <= 0.0 {
            return None;
        }
        let slope = sty / stt;
        let rest = (syy - slope * sty).max(0.0) / (n - 2.0);
        let error = (rest / stt).sqrt();
        let p = if syy < 1e-9 {
            1.0
        } else if error > 0.0 {
            let t = StudentsT::new(0.0, 1.0, n - 2.0).ok()?;
            (2.0 * t.sf((slope / error).abs())).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let at = |t: f64| (mean_y + slope * (t - mean_t)).clamp(-1.0, 1.0);
        let change =
            Change { from: at(first), to: at(last), articles: n as usize, p, p_adjusted: p, is_significant: false };
        Some(change)
    }
}

/// Adjusts the p-values for each other and says which changes are called so.
pub(super) fn adjust<'c>(changes: impl Iterator<Item = &'c mut Change>) {
    let mut changes: Vec<&mut Change> = changes.collect();
    changes.sort_by(|a, b| b.p.total_cmp(&a.p));
    let n = changes.len() as f64;
    let mut least = 1.0_f64;
    for (n_before, change) in changes.iter_mut().enumerate() {
        let rank = n - n_before as f64;
        least = least.min(change.p * n / rank);
        change.p_adjusted = least;
        change.is_significant = least < ALPHA;
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rand_xoshiro::Xoshiro256PlusPlus;
    use rand_xoshiro::rand_core::{RngCore, SeedableRng};

    use super::*;

    fn trend(points: impl Iterator<Item = (i8, f64)>) -> Option<Change> {
        let mut trend = Trend::default();
        for (article, (month, score)) in points.enumerate() {
            trend.add(article as u32, date(2026, month, 1), score);
        }
        trend.change()
    }

    #[test]
    fn the_slope_test_agrees_with_figures_worked_out_apart() {
        // The days 0, 31, 59, 90, 120, 151 on these scores: t = 5.42475 with 4 degrees of freedom, for which the
        // distribution has a closed form: p = 0.0055993; the line runs from -0.84325 to 0.24807.
        let change = trend((1..=6).zip([-0.9, -0.5, -0.6, -0.1, 0.2, 0.1])).unwrap();
        assert!((change.p - 0.005_599_3).abs() < 1e-6, "{change:?}");
        assert!((change.from + 0.843_25).abs() < 1e-4 && (change.to - 0.248_07).abs() < 1e-4, "{change:?}");
    }

    #[test]
    fn few_articles_or_one_day_or_one_score_are_no_change() {
        assert_eq!(trend((1..=5).map(|month| (month, f64::from(month) / 5.0))), None);
        assert_eq!(trend((0..9).map(|n| (1, f64::from(n) / 9.0))), None);
        assert_eq!(trend((1..=9).map(|month| (month, 0.5))).unwrap().p, 1.0);
    }

    #[test]
    fn parts_of_a_tally_add_up() {
        let points = [-0.9, -0.5, -0.6, -0.1, 0.2, 0.1, 0.4, 0.2];
        let whole = trend((1..=8).zip(points)).unwrap();
        let (mut one, mut two) = (Trend::default(), Trend::default());
        for (article, score) in points.into_iter().enumerate() {
            let half = if article % 2 == 0 { &mut one } else { &mut two };
            half.add(article as u32, date(2026, article as i8 + 1, 1), score);
        }
        one.absorb(two);
        assert!((one.change().unwrap().p - whole.p).abs() < 1e-9);
    }

    #[test]
    fn speakers_who_never_change_are_rarely_said_to_have() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
        let mut uniform = || (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        let n_corpora = 200;
        let mut n_false = 0;
        for _ in 0..n_corpora {
            let mut changes: Vec<Change> =
                (0..40).filter_map(|_| trend((1..=12).map(|month| (month, 2.0 * uniform() - 1.0)))).collect();
            adjust(changes.iter_mut());
            n_false += usize::from(changes.iter().any(|change| change.is_significant));
        }
        // With nobody changing, a corpus with any false change comes once in twenty: 10 of 200, give or take 6.
        assert!((2..=19).contains(&n_false), "{n_false} of {n_corpora}");
    }
}
