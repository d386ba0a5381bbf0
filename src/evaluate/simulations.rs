//! Do intervals and tests keep their promises? Simulations with a fixed seed and a known truth.

use rand_xoshiro::rand_core::RngCore;
use rayon::prelude::*;

use super::bootstrap::stream;
use super::tests::rows_for;
use super::*;
use crate::measures::ConfusionMatrix;
use crate::progress::silent;
use crate::units::Joining;

const N_CLASSES: usize = 3;
const SHARES: [f64; N_CLASSES] = [0.5, 0.3, 0.2];
/// Chance that a row of class g is taken for p.
const CHANCES: [[f64; N_CLASSES]; N_CLASSES] = [[0.8, 0.15, 0.05], [0.2, 0.7, 0.1], [0.2, 0.2, 0.6]];

fn uniform(random: &mut impl RngCore) -> f64 {
    (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

fn pick(random: &mut impl RngCore, chances: &[f64]) -> usize {
    let mut left = uniform(random);
    chances
        .iter()
        .position(|chance| {
            left -= chance;
            left < 0.0
        })
        .unwrap_or(chances.len() - 1)
}

fn labels() -> Vec<String> {
    ["favor", "against", "neutral"].map(str::to_owned).to_vec()
}

/// Two classifiers of the same quality, wrong independently of each other.
fn equals(n: usize, seed: u64) -> (Predictions, Predictions) {
    let mut random = stream(seed, 99);
    let gold: Vec<usize> = (0..n).map(|_| pick(&mut random, &SHARES)).collect();
    let mut one = || {
        let predicted = gold.iter().map(|&class| pick(&mut random, &CHANCES[class])).collect();
        Predictions::new(labels(), gold.clone(), predicted, None).unwrap()
    };
    (one(), one())
}

fn truth() -> ConfusionMatrix {
    let cells = (0..N_CLASSES).flat_map(|g| (0..N_CLASSES).map(move |p| SHARES[g] * CHANCES[g][p])).collect();
    ConfusionMatrix::from_cells(N_CLASSES, cells).unwrap()
}

#[test]
fn intervals_hold_the_truth_in_93_to_97_of_100_samples() {
    const N_SIMULATIONS: u64 = 1500;
    let truth = truth();
    let true_values = [
        (Measure::Accuracy, truth.accuracy()),
        (Measure::MacroF1, truth.macro_f1()),
        (Measure::FAvg, truth.f_avg(0, 1)),
        (Measure::MatthewsCorrelation, truth.matthews_correlation()),
    ];
    let holds = |seed: u64| {
        let (predictions, _) = equals(300, seed);
        let resampling = Resampling { n_resamples: 400, seed, ..Default::default() };
        let meter = Meter::new(&predictions).unwrap();
        let units = Units::of_keys(0..predictions.len());
        let (_, estimates) = intervals(&meter, None, &units, &resampling, &silent);
        true_values.map(|(measure, value)| {
            let estimate = estimates[measure as usize];
            usize::from(estimate.low.unwrap() <= value && value <= estimate.high.unwrap())
        })
    };
    let held: Vec<_> = (0..N_SIMULATIONS).into_par_iter().map(holds).collect();
    for (index, (measure, _)) in true_values.iter().enumerate() {
        let coverage = held.iter().map(|one| one[index]).sum::<usize>() as f64 / N_SIMULATIONS as f64;
        assert!((0.93..=0.97).contains(&coverage), "{measure:?}: {coverage}");
    }
}

#[test]
fn intervals_over_groups_hold_the_truth_where_rows_of_a_group_are_alike() {
    // Groups of five rows that are all right or all wrong together: rows alone would promise far too much.
    const N_SIMULATIONS: u64 = 1000;
    let holds = |seed: u64| {
        let mut random = stream(seed, 98);
        let right: Vec<bool> = (0..80).map(|_| uniform(&mut random) < 0.7).collect();
        let predicted = (0..400).map(|row| usize::from(!right[row / 5])).collect();
        let predictions = Predictions::new(labels(), vec![0; 400], predicted, None).unwrap();
        let meter = Meter::new(&predictions).unwrap();
        let resampling = Resampling { n_resamples: 400, seed, ..Default::default() };
        [Units::of_keys((0..400).map(|row| row / 5)), Units::of_keys(0..400)].map(|units| {
            let (_, estimates) = intervals(&meter, None, &units, &resampling, &silent);
            let accuracy = estimates[Measure::Accuracy as usize];
            usize::from(accuracy.low.unwrap() <= 0.7 && 0.7 <= accuracy.high.unwrap())
        })
    };
    let held: Vec<_> = (0..N_SIMULATIONS).into_par_iter().map(holds).collect();
    let coverage = |index: usize| held.iter().map(|one| one[index]).sum::<usize>() as f64 / N_SIMULATIONS as f64;
    assert!((0.93..=0.97).contains(&coverage(0)), "groups: {}", coverage(0));
    assert!(coverage(1) < 0.75, "rows: {}", coverage(1));
}

#[test]
fn equal_models_are_told_apart_in_3_to_7_of_100_samples() {
    const N_SIMULATIONS: u64 = 1000;
    let alarms = |seed: u64| {
        let (first, second) = equals(250, seed + 1_000_000);
        let rows = rows_for(&first);
        let options = CompareOptions {
            data: String::new(),
            resampling: Resampling { n_resamples: 300, seed, ..Default::default() },
            n_permutations: 399,
            measure: Measure::MacroF1,
            joining: Joining { columns: Some(Vec::new()), allow_copies: true },
            progress: &silent,
        };
        let models = [("A".to_owned(), first), ("B".to_owned(), second)];
        let comparison = Comparison::new(&models, &rows, &options).unwrap();
        let pair = &comparison.pairs[0];
        let told = pair.verdict.contains("is better than");
        [
            pair.randomization[&Measure::MacroF1] <= 0.05,
            pair.randomization[&Measure::Accuracy] <= 0.05,
            told,
            pair.mcnemar.p <= 0.05,
        ]
    };
    let found: Vec<_> = (0..N_SIMULATIONS).into_par_iter().map(alarms).collect();
    let rate = |index: usize| found.iter().filter(|one| one[index]).count() as f64 / N_SIMULATIONS as f64;
    assert!((0.03..=0.07).contains(&rate(0)), "randomization, macro-F1: {}", rate(0));
    assert!((0.03..=0.07).contains(&rate(1)), "randomization, accuracy: {}", rate(1));
    assert!((0.03..=0.07).contains(&rate(2)), "verdict: {}", rate(2));
    // An exact test on counts may alarm less often than it is allowed to, never more.
    assert!(rate(3) <= 0.055, "McNemar: {}", rate(3));
}

#[test]
fn a_better_model_is_found_and_named() {
    let (first, mut second) = equals(400, 5);
    for (place, gold) in first.gold.iter().enumerate() {
        if place % 3 == 0 {
            second.predicted[place] = *gold;
        }
    }
    let rows = rows_for(&first);
    let options = CompareOptions {
        data: "d".into(),
        resampling: Resampling { n_resamples: 200, ..Default::default() },
        n_permutations: 999,
        measure: Measure::MacroF1,
        joining: Joining { columns: Some(Vec::new()), allow_copies: true },
        progress: &silent,
    };
    let models = [("A".to_owned(), first.clone()), ("B".to_owned(), second.clone()), ("C".to_owned(), second)];
    let comparison = Comparison::new(&models, &rows, &options).unwrap();
    let [ab, ac, bc] = &comparison.pairs[..] else { panic!("three pairs") };
    assert!(ab.verdict.starts_with("B is better than A in macro-F1 on rows like these: by 0."), "{}", ab.verdict);
    let p = ab.randomization[&Measure::MacroF1];
    assert!(p < 0.01 && ab.corrected == Some(3.0 * p), "{p} {:?}", ab.corrected);
    assert_eq!(ab.differences, ac.differences);
    assert!(bc.verdict.starts_with("These rows do not tell C from B"), "{}", bc.verdict);
    assert_eq!((bc.mcnemar.p, bc.gained.len(), bc.randomization[&Measure::Accuracy]), (1.0, 0, 1.0));
    assert_eq!(ab.mcnemar.second_only as usize, ab.gained.len());
}
