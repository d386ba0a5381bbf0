//! Many made-up corpora whose truth is known: intervals must hold it as often as they say, and the correction must
//! take away the bias that the model's errors bring.

use std::collections::BTreeMap;

use rand_xoshiro::rand_core::RngCore;

use super::*;
use crate::attribution::Kind;
use crate::labeled::Stance;
use crate::score::{ScoredStance, ScoredStatement};
use crate::summary::StanceConfusion;
use crate::summary::tally::Keep;

/// How a model of middling accuracy labels each true stance (rows).
const RATES: [Counts; N_LABELS] =
    [[0.70, 0.08, 0.12, 0.10], [0.06, 0.62, 0.17, 0.15], [0.08, 0.10, 0.70, 0.12], [0.02, 0.03, 0.05, 0.90]];

struct World(Xoshiro256PlusPlus);

impl World {
    fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn choose(&mut self, shares: &Counts) -> usize {
        let mut left = self.uniform() * shares.iter().sum::<f64>();
        shares
            .iter()
            .position(|share| {
                left -= share;
                left < 0.0
            })
            .unwrap_or(N_LABELS - 1)
    }

    fn dirichlet(&mut self, weights: &Counts) -> Counts {
        let drawn = weights.map(|weight| gamma(weight, &mut self.0).max(1e-12));
        let sum: f64 = drawn.iter().sum();
        drawn.map(|value| value / sum)
    }

    /// A held-out confusion matrix of 150 statements a stance.
    fn confusion(&mut self) -> StanceConfusion {
        let mut counts = vec![vec![0.0; N_LABELS]; N_LABELS];
        for (t, row) in counts.iter_mut().enumerate() {
            (0..150).for_each(|_| row[self.choose(&RATES[t])] += 1.0);
        }
        StanceConfusion::new(&Stance::ALL.map(|stance| stance.to_string()), &counts).unwrap()
    }

    /// A speaker's tally: in each article the speaker's shares move a little, so statements of one article are alike.
    fn tally(&mut self, shares: &Counts, n_articles: u32, n_each: usize, likeness: f64) -> Tally {
        let mut tally = Tally::default();
        for article in 0..n_articles {
            let of_article = self.dirichlet(&shares.map(|share| share * likeness));
            for _ in 0..n_each {
                let truth = self.choose(&of_article);
                let given = self.choose(&RATES[truth]);
                tally.add(&statement(given, article), article, u64::from(article), Keep::default());
            }
        }
        tally
    }
}

fn statement(given: usize, article: u32) -> ScoredStatement {
    let p = |label: usize| if label == given { 0.7 } else { 0.1 };
    let probabilities: BTreeMap<String, f64> =
        Stance::ALL.iter().enumerate().map(|(i, name)| (name.to_string(), p(i))).collect();
    ScoredStatement {
        article: article.to_string(),
        id: String::new(),
        title: None,
        outlet: None,
        date: None,
        url: None,
        kind: Kind::Direct,
        text: String::new(),
        content: Vec::new(),
        source: Vec::new(),
        cue: Vec::new(),
        speaker: None,
        setting: None,
        context: None,
        claim: None,
        stance: ScoredStance {
            target: "t".into(),
            label: Stance::ALL[given].to_string(),
            uncertain: false,
            set: Vec::new(),
            score: p(0) - p(1),
            probabilities,
        },
        words: Vec::new(),
    }
}

/// Share of the worlds whose true balance lies in the interval, and the mean error of the estimate.
fn balance_coverage(corrected: bool, n_articles: u32, n_each: usize, likeness: f64) -> (f64, f64) {
    let n_worlds = 500;
    let (mut n_held, mut n_said, mut errors) = (0, 0, 0.0);
    for seed in 0..n_worlds {
        let mut world = World(Xoshiro256PlusPlus::seed_from_u64(seed));
        // Speakers who are mostly against and often about other things.
        let shares = world.dirichlet(&[0.6, 2.0, 0.9, 2.5]);
        let tally = world.tally(&shares, n_articles, n_each, likeness);
        let confusion = world.confusion();
        let estimator = Estimator::new(corrected.then_some(&confusion), &[], [true; N_LABELS]);
        let Some((_, balance, _)) = estimator.shares(&tally, seed) else { continue };
        let truth = (shares[0] - shares[1]) / (shares[0] + shares[1] + shares[2]);
        n_held += i32::from((balance.interval[0]..=balance.interval[1]).contains(&truth));
        errors += balance.estimate - truth;
        n_said += 1;
    }
    (f64::from(n_held) / f64::from(n_said), errors / f64::from(n_said))
}

#[test]
fn corrected_intervals_hold_the_truth_and_the_bias_is_gone() {
    let (coverage, bias) = balance_coverage(true, 120, 1, 1e6);
    assert!((0.92..=0.98).contains(&coverage), "coverage {coverage}");
    assert!(bias.abs() < 0.03, "bias {bias}");
    let (raw_coverage, raw_bias) = balance_coverage(false, 120, 1, 1e6);
    assert!(raw_coverage < 0.75, "without correction {raw_coverage}: the model's errors must show");
    assert!(raw_bias > 2.0 * bias.abs() && raw_bias > 0.07, "without correction {raw_bias}");
}

#[test]
fn intervals_of_few_statements_hold_the_truth() {
    for n_articles in [6, 15, 40] {
        let (coverage, _) = balance_coverage(true, n_articles, 1, 1e6);
        assert!((0.92..=0.995).contains(&coverage), "{n_articles} articles: {coverage}");
    }
}

#[test]
fn statements_of_one_article_are_not_taken_for_independent() {
    let (coverage, _) = balance_coverage(true, 20, 6, 3.0);
    assert!((0.90..=0.985).contains(&coverage), "{coverage}");
}

#[test]
fn score_intervals_hold_the_mean() {
    // The expected score of a statement is known: what the labels' scores average to.
    let score = [0.6, -0.6, 0.0];
    for (n_articles, n_each, likeness) in [(12, 1, 1e6), (40, 1, 1e6), (25, 5, 3.0)] {
        let (mut n_held, n_worlds) = (0, 500);
        for seed in 0..n_worlds {
            let mut world = World(Xoshiro256PlusPlus::seed_from_u64(seed));
            let shares = world.dirichlet(&[1.0, 2.0, 1.0, 1.0]);
            let tally = world.tally(&shares, n_articles, n_each, likeness);
            let given: Counts = std::array::from_fn(|p| (0..N_LABELS).map(|t| shares[t] * RATES[t][p]).sum());
            let truth = (0..3).map(|p| given[p] * score[p]).sum::<f64>() / given[..3].iter().sum::<f64>();
            let estimator = Estimator::new(None, &[], [true; N_LABELS]);
            let Some([low, high]) = estimator.score_interval(&tally) else { continue };
            n_held += usize::from((low..=high).contains(&truth));
        }
        let coverage = n_held as f64 / n_worlds as f64;
        // Wider than needed for the model's mean, because it speaks of the true stances behind.
        assert!((0.94..=1.0).contains(&coverage), "{n_articles} x {n_each}: {coverage}");
    }
}

#[test]
fn leans_of_speakers_without_any_are_rarely_said() {
    let (mut n_said, n_worlds) = (0, 400);
    for seed in 0..n_worlds {
        let mut world = World(Xoshiro256PlusPlus::seed_from_u64(seed));
        let tally = world.tally(&[0.2, 0.2, 0.2, 0.4], 20, 1, 1e6);
        let confusion = world.confusion();
        let estimator = Estimator::new(Some(&confusion), &[], [true; N_LABELS]);
        let lean = estimator.shares(&tally, seed).map(|(_, _, lean)| lean);
        n_said += usize::from(matches!(lean, Some(Lean::Favor | Lean::Against)));
    }
    assert!(n_said <= n_worlds as usize * 7 / 100, "{n_said} of {n_worlds}");
}

#[test]
fn small_speakers_are_drawn_toward_the_corpus_and_that_helps() {
    let mut world = World(Xoshiro256PlusPlus::seed_from_u64(3));
    let truths: Vec<Counts> = (0..300).map(|_| world.dirichlet(&[1.0, 4.0, 1.5, 3.0])).collect();
    let tallies: Vec<Tally> = truths.iter().map(|shares| world.tally(shares, 5, 1, 1e6)).collect();
    let estimator = Estimator::new(Some(&world.confusion()), &tallies, [true; N_LABELS]);
    let (mut own, mut shrunk, mut n) = (0.0, 0.0, 0);
    for (tally, truth) in tallies.iter().zip(&truths) {
        let Some((shares, ..)) = estimator.shares(tally, 1) else { continue };
        let truth = truth[1] / truth[..3].iter().sum::<f64>();
        own += (shares.against.counted - truth).powi(2);
        shrunk += (shares.against.shrunk - truth).powi(2);
        n += 1;
    }
    assert!(n > 250 && shrunk < 0.6 * own, "squared error {shrunk} against {own} of {n}");
}
