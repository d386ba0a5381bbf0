//! On which side somebody stands *in these texts*: the posterior of the side over the statements that there are.
//!
//! For whoever has an article before them its statements are all there is, and the only doubt is the classifier's. Each
//! statement is for the target, against it, or neither, with the probabilities that the model gives; whoever has more
//! statements for it than against it stands on its side. Were the model's errors independent, the difference of the two
//! counts would have the distribution of a Poisson-binomial (one convolution a statement); but a model that misreads an
//! article misreads several of its statements alike. So all statements of a speaker share a random shift between the two
//! sides, normal with standard deviation [`SHARED`] on the scale of log-odds, summed over by Gauss-Hermite quadrature.
//! Beyond [`MOST_EXACT`] statements the normal distribution with the same mean and variance stands in.
//!
//! What the speaker says elsewhere is another question, with an interval over articles: [`super::estimate`].

use serde::{Deserialize, Serialize};

use super::Lean;
use super::sum::Sum;

/// How probable it is that somebody stands on either side.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Posterior {
    /// More statements for the target than against it.
    pub favor: f64,
    /// More against it.
    pub against: f64,
    /// As many of one as of the other: none, mostly.
    pub neither: f64,
}

/// The probability from which on a side is said.
pub const SURE: f64 = 0.9;
/// The probability from which on somebody leans toward a side.
pub const LEANING: f64 = 0.75;

/// The smaller side's share of what takes one from which on a speaker stands on both.
const BOTH_SIDES: f64 = 0.4;
/// The share up to which the other side's statements are taken for errors or asides.
const OTHER_SIDE: f64 = 0.25;
/// The share of what is about the target from which on a speaker takes no side; and how sure those statements must be.
const NO_SIDE: f64 = 0.75;

/// Standard deviation of the shift that a speaker's statements share. On the training articles, with probabilities of
/// models that were not taught them, it is where what is said with 75 to 90 % comes true that often
/// (`models/EXPERIMENTS.md`).
const SHARED: f64 = 0.6;

/// Statements whose counts are convolved.
const MOST_EXACT: usize = 64;

/// Nodes and weights of the Gauss-Hermite quadrature of five points, for a standard normal number.
const NODES: [(f64, f64); 5] = [
    (-2.856_970_013_872_806, 0.011_257_411_327_720_69),
    (-1.355_626_179_974_266, 0.222_075_922_005_612_6),
    (0.0, 0.533_333_333_333_333_3),
    (1.355_626_179_974_266, 0.222_075_922_005_612_6),
    (2.856_970_013_872_806, 0.011_257_411_327_720_69),
];

/// The sides of statements, added up.
#[derive(Debug, Clone, Default)]
pub(super) struct Sides {
    /// Probabilities of favor and against, while there are few.
    few: Vec<[f32; 2]>,
    n: usize,
    /// Mean and variance of the difference, by node.
    moments: [[Sum; 2]; NODES.len()],
    /// The logarithm of the probability that no statement is for it, and that none is against.
    none: [Sum; 2],
    /// The most probable statement for it, and against it.
    surest: [f64; 2],
    /// Statements labelled favor, against, neutral.
    labels: [usize; 3],
    /// Expected statements about it that take no side.
    neutral: Sum,
}

impl Sides {
    /// Adds a statement that is for the target, against it, or about it without a side with these probabilities; `label`
    /// is the one of these three that it was given, if any.
    pub fn add(&mut self, [favor, against, neutral]: [f64; 3], label: Option<usize>) {
        let clean = |p: f64| if p.is_finite() { p.clamp(0.0, 1.0) } else { 0.0 };
        let (favor, against) = (clean(favor), clean(against));
        let sum = (favor + against).max(1.0);
        let pair = [favor / sum, against / sum];
        if let Some(n) = label.and_then(|label| self.labels.get_mut(label)) {
            *n += 1;
        }
        self.neutral.add(clean(neutral));
        if self.n < MOST_EXACT {
            self.few.push(pair.map(|p| p as f32));
        }
        self.n += 1;
        for ((node, _), [mean, variance]) in NODES.iter().zip(&mut self.moments) {
            let [favor, against] = shifted(pair, *node);
            mean.add(favor - against);
            variance.add(favor + against - (favor - against).powi(2));
        }
        for ((none, surest), p) in self.none.iter_mut().zip(&mut self.surest).zip(pair) {
            none.add((1.0 - p).max(1e-12).ln());
            *surest = surest.max(p);
        }
    }

    /// Adds all of another.
    pub fn absorb(&mut self, other: Self) {
        let room = MOST_EXACT - self.few.len();
        self.few.extend(other.few.into_iter().take(room));
        self.n += other.n;
        for (own, more) in self.moments.iter_mut().zip(other.moments) {
            own.iter_mut().zip(more).for_each(|(own, more)| own.absorb(more));
        }
        self.none.iter_mut().zip(other.none).for_each(|(own, more)| own.absorb(more));
        self.surest = [self.surest[0].max(other.surest[0]), self.surest[1].max(other.surest[1])];
        self.labels.iter_mut().zip(other.labels).for_each(|(own, more)| *own += more);
        self.neutral.absorb(other.neutral);
    }

    /// The posterior; none where there is no statement.
    pub fn posterior(&self) -> Option<Posterior> {
        if self.n == 0 {
            return None;
        }
        let (mut favor, mut against) = (0.0, 0.0);
        let mut few = self.few.clone();
        few.sort_unstable_by(|one, other| one[0].total_cmp(&other[0]).then(one[1].total_cmp(&other[1])));
        for ((node, weight), moments) in NODES.iter().zip(self.moments) {
            let [of_node_favor, of_node_against] =
                if self.n <= MOST_EXACT { self.convolved(&few, *node) } else { normal(moments.map(Sum::get)) };
            favor += weight * of_node_favor;
            against += weight * of_node_against;
        }
        Some(Posterior { favor, against, neither: (1.0 - favor - against).max(0.0) })
    }

    /// The side, as far as it can be said.
    pub fn lean(&self) -> Lean {
        let Some(posterior) = self.posterior() else { return Lean::TooLittle };
        let [favor, against, neutral] = self.labels.map(|n| n as f64);
        let smaller = favor.min(against) / (favor + against).max(1.0);
        let both = self.none.iter().map(|none| 1.0 - none.get().exp()).product::<f64>();
        // Many doubtful statements make one of each side probable; whoever is said to stand on both has a plain one of each.
        let is_plain = self.surest.iter().all(|&p| p >= LEANING);
        if both >= SURE && is_plain && smaller >= BOTH_SIDES {
            Lean::Mixed
        } else if posterior.favor >= LEANING && smaller <= OTHER_SIDE {
            Lean::Favor
        } else if posterior.against >= LEANING && smaller <= OTHER_SIDE {
            Lean::Against
        } else if neutral > 0.0
            && neutral >= NO_SIDE * (favor + against + neutral)
            && posterior.neither >= 0.5
            && self.neutral.get() >= NO_SIDE * neutral
        {
            Lean::Neutral
        } else {
            Lean::TooLittle
        }
    }

    /// The probabilities of a difference above and below zero, at a shift.
    fn convolved(&self, few: &[[f32; 2]], node: f64) -> [f64; 2] {
        // The difference lies from -n to n; place n is zero.
        let mut shares = vec![0.0; 2 * self.n + 1];
        shares[self.n] = 1.0;
        let mut reach = 0;
        for pair in few {
            let [favor, against] = shifted(pair.map(f64::from), node);
            let neither = 1.0 - favor - against;
            reach += 1;
            let mut left = 0.0;
            for place in self.n - reach..=self.n + reach {
                let here = shares[place];
                let right = shares.get(place + 1).copied().unwrap_or(0.0);
                shares[place] = here * neither + left * favor + right * against;
                left = here;
            }
        }
        [shares[self.n + 1..].iter().sum(), shares[..self.n].iter().sum()]
    }
}

/// The probabilities where the odds of the two sides are moved apart by a shift.
fn shifted([favor, against]: [f64; 2], node: f64) -> [f64; 2] {
    let shift = node * SHARED;
    let (for_it, opposed) = (favor * (shift / 2.0).exp(), against * (-shift / 2.0).exp());
    let sum = for_it + opposed + (1.0 - favor - against);
    [for_it / sum, opposed / sum]
}

/// The probabilities of a normal number above one half and below minus one half.
fn normal([mean, variance]: [f64; 2]) -> [f64; 2] {
    use statrs::distribution::{ContinuousCDF, Normal};
    let Ok(normal) = Normal::new(mean, variance.max(1e-9).sqrt()) else { return [0.0; 2] };
    [1.0 - normal.cdf(0.5), normal.cdf(-0.5)]
}

#[cfg(test)]
mod tests {
    use rand_xoshiro::Xoshiro256PlusPlus;
    use rand_xoshiro::rand_core::{RngCore, SeedableRng};

    use super::*;

    fn of(statements: &[(f64, f64)]) -> Posterior {
        let mut sides = Sides::default();
        statements.iter().for_each(|&(favor, against)| sides.add([favor, against, 0.0], None));
        sides.posterior().unwrap()
    }

    #[test]
    fn sure_statements_make_a_sure_side() {
        assert!(of(&[(0.0, 1.0)]).against > 1.0 - 1e-9);
        assert!(of(&[(0.0, 1.0), (1.0, 0.0)]).neither > 1.0 - 1e-9);
        assert!(of(&[(0.0, 0.0); 3]).neither > 1.0 - 1e-9);
        assert!(Sides::default().posterior().is_none());
    }

    #[test]
    fn one_statement_is_as_sure_as_the_model_and_three_alike_are_surer() {
        let (one, three) = (of(&[(0.7, 0.1)]), of(&[(0.7, 0.1); 3]));
        assert!((one.favor - 0.7).abs() < 0.03 && (one.against - 0.1).abs() < 0.03, "{one:?}");
        assert!(three.favor > 0.8 && three.favor < 0.9, "{three:?}");
        assert!((three.favor + three.against + three.neither - 1.0).abs() < 1e-12);
    }

    #[test]
    fn whoever_stands_on_both_sides_has_a_plain_statement_of_each() {
        let lean = |statements: &[(f64, f64)]| {
            let mut sides = Sides::default();
            for &(favor, against) in statements {
                sides.add([favor, against, 0.0], Some(usize::from(against > favor)));
            }
            sides.lean()
        };
        assert_eq!(lean(&[(0.95, 0.02), (0.02, 0.96)]), Lean::Mixed);
        assert_eq!(lean(&[(0.5, 0.4), (0.4, 0.5)].repeat(5)), Lean::TooLittle);
    }

    #[test]
    fn many_statements_go_on_where_few_end() {
        let few = of(&vec![(0.3, 0.2); MOST_EXACT]);
        let many = of(&vec![(0.3, 0.2); MOST_EXACT + 1]);
        assert!((few.favor - many.favor).abs() < 0.02, "{few:?} {many:?}");
        let mut halves = [Sides::default(), Sides::default()];
        (0..80).for_each(|n| halves[n % 2].add([0.3, 0.2, 0.0], None));
        let [mut one, other] = halves;
        one.absorb(other);
        assert!((one.posterior().unwrap().favor - of(&vec![(0.3, 0.2); 80]).favor).abs() < 1e-9);
        one.add([f64::NAN, 7.0, 0.0], None);
        assert!(one.posterior().unwrap().favor.is_finite());
    }

    /// Speakers drawn from a model whose errors a speaker's statements share: what is said with a probability comes true
    /// that often.
    #[test]
    fn what_is_said_comes_true_as_often_as_it_says() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
        let mut uniform = || (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        let mut bins = [[0.0; 3]; 2];
        for _ in 0..20_000 {
            let n = 1 + (uniform() * 6.0) as usize;
            let shift = SHARED * (-2.0 * uniform().max(1e-12).ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos();
            let (mut sides, mut difference) = (Sides::default(), 0);
            let bias = 4.0 * uniform() - 2.0;
            for _ in 0..n {
                let (favor, against, neither) =
                    ((bias + uniform()).exp(), (-bias + uniform()).exp(), (2.0 * uniform()).exp());
                let sum = favor + against + neither;
                sides.add([favor / sum, against / sum, neither / sum], None);
                let [favor, against] = shifted([favor / sum, against / sum], shift / SHARED);
                let place = uniform();
                difference += if place < favor { 1 } else { -i32::from(place < favor + against) };
            }
            let posterior = sides.posterior().unwrap();
            for (p, is_true) in [(posterior.favor, difference > 0), (posterior.against, difference < 0)] {
                if p >= LEANING {
                    let bin = &mut bins[usize::from(p >= SURE)];
                    *bin = [bin[0] + 1.0, bin[1] + p, bin[2] + f64::from(u8::from(is_true))];
                }
            }
        }
        for [n, said, came] in bins {
            assert!(n > 500.0 && (said / n - came / n).abs() < 0.02, "{n}: {} {}", said / n, came / n);
        }
    }
}
