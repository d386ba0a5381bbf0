//! Is one model better than another on the same rows? Differences with paired intervals, two tests, the rows that
//! flipped, and a sentence that says no more than the interval does.

use std::collections::BTreeMap;

use ndarray::Array2;
use rand_xoshiro::rand_core::RngCore;
use rayon::prelude::*;
use serde::Serialize;

use super::bootstrap::{Estimate, Units, estimate, stream};
use super::measured::units_of;
use super::report::{FEW_GROUPS, few_units};
use super::{EvaluateError, IntervalMethod, LabelSets, Measure, Meter, Predictions, Resampling, SMALL};
use crate::labeled::Row;
use crate::measures::{ConfusionMatrix, holm, mcnemar_exact};
use crate::progress::Callback;
use crate::units::{Joined, Joining, UnitReport};

/// Version of the comparison's JSON.
pub const COMPARISON_FORMAT: u32 = 1;
/// Measures with a randomization test: those that a confusion matrix gives.
const TESTED: [Measure; 7] = [
    Measure::Accuracy,
    Measure::BalancedAccuracy,
    Measure::MacroF1,
    Measure::WeightedF1,
    Measure::FAvg,
    Measure::MatthewsCorrelation,
    Measure::CohenKappa,
];
/// Keeps the random numbers of the tests apart from those of the intervals.
const TEST_STREAM: u64 = 0x7e57;

/// Two or more models on the same rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// Version of this format.
    pub format: u32,
    /// Name of the data.
    pub data: String,
    /// Number of rows.
    pub rows: usize,
    /// How the intervals were made.
    pub intervals: IntervalMethod,
    /// The units that rows are split, drawn and swapped by.
    pub units: UnitReport,
    /// Number of random swaps of the randomization tests.
    pub permutations: usize,
    /// The measure that the verdicts speak of.
    pub measure: Measure,
    /// The models, in the order given.
    pub models: Vec<Contender>,
    /// Each two of them.
    pub pairs: Vec<Pair>,
    /// What a reader must know before believing the figures.
    pub warnings: Vec<String>,
}

/// One of the models.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Contender {
    /// Its name.
    pub name: String,
    /// Its figures.
    pub measures: BTreeMap<Measure, Estimate>,
}

/// Two models beside each other; differences are those of the second less the first.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Pair {
    /// Index of the first model.
    pub first: usize,
    /// Index of the second.
    pub second: usize,
    /// Differences with paired intervals.
    pub differences: BTreeMap<Measure, Estimate>,
    /// McNemar's exact test on the rows that only one gets right.
    pub mcnemar: McNemar,
    /// Chance of a difference at least as large if the models were interchangeable (approximate randomization).
    pub randomization: BTreeMap<Measure, f64>,
    /// The same for the measure of the verdicts, after Holm's correction for the number of pairs.
    pub corrected: Option<f64>,
    /// What can be said.
    pub verdict: String,
    /// Rows that the first gets wrong and the second right.
    pub gained: Vec<Flip>,
    /// Rows that the first gets right and the second wrong.
    pub lost: Vec<Flip>,
}

/// McNemar's exact test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct McNemar {
    /// Rows that only the first model gets right.
    pub first_only: u64,
    /// Rows that only the second gets right.
    pub second_only: u64,
    /// The two-sided chance of so uneven a share, or one more uneven.
    pub p: f64,
}

/// A row on which the models differ and one is right.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Flip {
    /// The row's id.
    pub id: String,
    /// Its line in the file.
    pub line: usize,
    /// Its text.
    pub text: String,
    /// Its gold label.
    pub gold: String,
    /// What the first model said.
    pub first: String,
    /// What the second said.
    pub second: String,
}

/// What a comparison is to do.
#[derive(Clone)]
pub struct CompareOptions<'o> {
    /// Name of the data.
    pub data: String,
    /// How resampling is done.
    pub resampling: Resampling,
    /// Random swaps of each randomization test.
    pub n_permutations: usize,
    /// The measure that the verdicts speak of.
    pub measure: Measure,
    /// Which rows are drawn, and swapped, together.
    pub joining: Joining,
    /// Hears of the progress.
    pub progress: Callback<'o>,
}

impl Predictions {
    /// The same predictions with the classes in the order of `labels`, which must hold all of this one's that occur.
    ///
    /// # Errors
    /// [`EvaluateError::Label`] where a label that occurs is missing.
    pub fn with_labels(&self, labels: &[String]) -> Result<Self, EvaluateError> {
        let place = |class: usize| {
            let label = &self.labels[class];
            let found = labels.iter().position(|other| other == label);
            found.ok_or_else(|| EvaluateError::Label { label: label.clone() })
        };
        let moved = |classes: &[usize]| classes.iter().map(|&class| place(class)).collect::<Result<Vec<_>, _>>();
        let probabilities = match &self.probabilities {
            None => None,
            Some(table) => {
                let mut moved = Array2::zeros((table.nrows(), labels.len()));
                for class in 0..self.labels.len() {
                    if let Ok(to) = place(class) {
                        moved.column_mut(to).assign(&table.column(class));
                    }
                }
                Some(moved)
            }
        };
        let sets = match &self.sets {
            None => None,
            Some(LabelSets { level, from }) => {
                let mut moved = Array2::ones((from.nrows(), labels.len()));
                for class in 0..self.labels.len() {
                    if let Ok(to) = place(class) {
                        moved.column_mut(to).assign(&from.column(class));
                    }
                }
                Some(LabelSets { level: *level, from: moved })
            }
        };
        Ok(Self {
            labels: labels.to_vec(),
            gold: moved(&self.gold)?,
            predicted: moved(&self.predicted)?,
            probabilities,
            sets,
            ..self.clone()
        })
    }
}

impl Comparison {
    /// Compares models by their predictions of the same rows, in the same order.
    ///
    /// # Errors
    /// [`EvaluateError`] where there are fewer than two models, they did not see the same rows, or a column or label is
    /// missing.
    pub fn new(
        models: &[(String, Predictions)],
        rows: &[Row],
        options: &CompareOptions<'_>,
    ) -> Result<Self, EvaluateError> {
        let Some(((_, reference), others)) = models.split_first().filter(|(_, others)| !others.is_empty()) else {
            return Err(EvaluateError::TooFewModels);
        };
        let mut labels = reference.labels.clone();
        for (_, other) in others {
            if other.rows != reference.rows {
                return Err(EvaluateError::OtherRows);
            }
            let new: Vec<String> = other.labels.iter().filter(|label| !labels.contains(label)).cloned().collect();
            labels.extend(new);
        }
        if let Some(&row) = reference.rows.iter().find(|&&row| row >= rows.len()) {
            return Err(EvaluateError::NoRow { row, n_rows: rows.len() });
        }
        let aligned: Vec<Predictions> =
            models.iter().map(|(_, predictions)| predictions.with_labels(&labels)).collect::<Result<_, _>>()?;
        if aligned.iter().any(|other| other.gold != aligned[0].gold) {
            return Err(EvaluateError::OtherRows);
        }
        let joined = Joined::new(rows, &options.joining)?;
        let units = units_of(&aligned[0], &joined);
        let meters: Vec<Meter> = aligned.iter().map(Meter::new).collect::<Result<_, _>>()?;
        // One draw serves all models: that is what makes the intervals paired.
        let samples: Vec<Vec<Vec<f64>>> = units.resample(&options.resampling, options.progress, |_, counts| {
            let values = meters.iter().zip(&aligned).map(|(meter, own)| {
                let figures = meter.figures(|place| own.weight(place) * f64::from(counts[units.unit(place)]));
                figures.values()[..Measure::ALL.len()].to_vec()
            });
            values.collect()
        });
        let figures: Vec<Vec<f64>> = meters
            .iter()
            .zip(&aligned)
            .map(|(meter, own)| meter.figures(|place| own.weight(place)).values()[..Measure::ALL.len()].to_vec())
            .collect();
        let level = options.resampling.level;
        let contender = |(model, (name, _)): (usize, &(String, Predictions))| {
            let one = |measure: Measure| {
                let at = measure as usize;
                let mut column: Vec<f64> = samples.iter().map(|sample| sample[model][at]).collect();
                estimate(figures[model][at], &mut column, level)
            };
            Contender { name: name.clone(), measures: named(one) }
        };
        let contenders: Vec<Contender> = models.iter().enumerate().map(contender).collect();
        let mut pairs = Vec::new();
        for first in 0..models.len() {
            for second in first + 1..models.len() {
                let difference = |measure: Measure| {
                    let at = measure as usize;
                    let mut column: Vec<f64> =
                        samples.iter().map(|sample| sample[second][at] - sample[first][at]).collect();
                    estimate(figures[second][at] - figures[first][at], &mut column, level)
                };
                let (a, b) = (&aligned[first], &aligned[second]);
                let (gained, lost) = flips(a, b, rows);
                let (first_only, second_only) = (lost.len() as u64, gained.len() as u64);
                let randomization = randomization(a, b, &units, options)?;
                pairs.push(Pair {
                    first,
                    second,
                    differences: named(difference),
                    mcnemar: McNemar { first_only, second_only, p: mcnemar_exact(first_only, second_only) },
                    randomization,
                    corrected: None,
                    verdict: String::new(),
                    gained,
                    lost,
                });
            }
        }
        let mut comparison = Self {
            format: COMPARISON_FORMAT,
            data: options.data.clone(),
            rows: reference.rows.iter().collect::<std::collections::BTreeSet<_>>().len(),
            intervals: IntervalMethod {
                method: format!("paired percentile bootstrap over {}", joined.report().drawn()),
                ..IntervalMethod::new(options.resampling, joined.report(), units.len())
            },
            units: joined.report().clone(),
            permutations: options.n_permutations,
            measure: options.measure,
            models: contenders,
            pairs,
            warnings: Vec::new(),
        };
        comparison.warnings.extend(joined.report().warnings());
        let IntervalMethod { units, unit, .. } = &comparison.intervals;
        if comparison.rows < SMALL {
            let n = comparison.rows;
            comparison.warnings.push(format!("only {n} rows: the intervals are wide and themselves unsure"));
        } else if unit != "row" && *units < FEW_GROUPS {
            let warning = few_units(*units, unit);
            comparison.warnings.push(warning);
        }
        comparison.conclude();
        Ok(comparison)
    }

    fn conclude(&mut self) {
        let tested: Vec<usize> =
            (0..self.pairs.len()).filter(|&pair| self.pairs[pair].randomization.contains_key(&self.measure)).collect();
        let p_values: Vec<f64> = tested.iter().map(|&pair| self.pairs[pair].randomization[&self.measure]).collect();
        for (&pair, corrected) in tested.iter().zip(holm(&p_values)) {
            self.pairs[pair].corrected = Some(corrected);
        }
        for index in 0..self.pairs.len() {
            self.pairs[index].verdict = self.verdict(&self.pairs[index]);
        }
    }

    /// The sentence of a pair. With several pairs a difference counts only where the corrected test agrees.
    fn verdict(&self, pair: &Pair) -> String {
        let (a, b) = (&self.models[pair.first].name, &self.models[pair.second].name);
        let title = self.measure.title();
        let level = 100.0 * self.intervals.level;
        let Some(Estimate { value: Some(value), low: Some(low), high: Some(high) }) =
            pair.differences.get(&self.measure).copied()
        else {
            return format!("Nothing can be said of {title}: it is not defined on these rows.");
        };
        let interval = format!("{level} % interval {low:+.3} to {high:+.3}");
        if low <= 0.0 && high >= 0.0 {
            return format!(
                "These rows do not tell {b} from {a} in {title}: the difference of {value:+.3} has the {interval}, which \
                 holds 0."
            );
        }
        let alpha = 1.0 - self.intervals.level;
        if self.pairs.len() > 1 && pair.corrected.is_some_and(|p| p > alpha) {
            return format!(
                "Looked at alone {b} and {a} would differ in {title} by {value:+.3} ({interval}), but not after \
                 correction for {} comparisons.",
                self.pairs.len()
            );
        }
        let better = (value > 0.0) != self.measure.lower_is_better();
        let (winner, loser) = if better { (b, a) } else { (a, b) };
        let size = value.abs();
        let (near, far) = if low > 0.0 { (low, high) } else { (-high, -low) };
        format!(
            "{winner} is better than {loser} in {title} on rows like these: by {size:.3}, {level} % interval {near:.3} to \
             {far:.3}."
        )
    }
}

fn named(value: impl Fn(Measure) -> Estimate) -> BTreeMap<Measure, Estimate> {
    let all = Measure::ALL.into_iter().map(|measure| (measure, value(measure)));
    all.filter(|(_, estimate)| estimate.value.is_some()).collect()
}

/// Rows that the second gains and loses, each once.
fn flips(first: &Predictions, second: &Predictions, rows: &[Row]) -> (Vec<Flip>, Vec<Flip>) {
    let (mut gained, mut lost) = (Vec::new(), Vec::new());
    let mut seen = std::collections::BTreeSet::new();
    for place in 0..first.len() {
        let (gold, a, b) = (first.gold[place], first.predicted[place], second.predicted[place]);
        if a == b || (a != gold && b != gold) || !seen.insert(first.rows[place]) {
            continue;
        }
        let row = &rows[first.rows[place]];
        let name = |class: usize| first.labels[class].clone();
        let flip = Flip {
            id: row.id.clone(),
            line: row.line,
            text: row.text.clone(),
            gold: name(gold),
            first: name(a),
            second: name(b),
        };
        if b == gold { gained.push(flip) } else { lost.push(flip) }
    }
    (gained, lost)
}

/// Approximate randomization (Noreen 1989; Yeh 2000): were the models interchangeable, swapping their predictions of
/// any unit would change nothing but chance; the share of random swaps with a difference at least as large is the p.
fn randomization(
    first: &Predictions,
    second: &Predictions,
    units: &Units,
    options: &CompareOptions<'_>,
) -> Result<BTreeMap<Measure, f64>, EvaluateError> {
    let n = first.labels.len();
    let cell = |own: &Predictions, place: usize| own.gold[place] * n + own.predicted[place];
    let mut same = vec![0.0; n * n];
    // Places where the predictions differ, by unit, so that a swap is one random bit.
    let mut differing: BTreeMap<usize, Vec<(usize, usize, f64)>> = BTreeMap::new();
    for place in 0..first.len() {
        let (a, b, weight) = (cell(first, place), cell(second, place), first.weight(place));
        if a == b {
            same[a] += weight;
        } else {
            differing.entry(units.unit(place)).or_default().push((a, b, weight));
        }
    }
    let differing: Vec<_> = differing.into_values().collect();
    let roles = first.sides();
    let differences = |swap: &mut dyn FnMut(usize) -> bool| -> Result<Vec<f64>, EvaluateError> {
        let (mut a_cells, mut b_cells) = (same.clone(), same.clone());
        for (unit, places) in differing.iter().enumerate() {
            let swapped = swap(unit);
            for &(a, b, weight) in places {
                let (a, b) = if swapped { (b, a) } else { (a, b) };
                a_cells[a] += weight;
                b_cells[b] += weight;
            }
        }
        let (a, b) = (ConfusionMatrix::from_cells(n, a_cells)?, ConfusionMatrix::from_cells(n, b_cells)?);
        Ok(TESTED.iter().map(|&measure| figure(&b, measure, roles) - figure(&a, measure, roles)).collect())
    };
    let observed = differences(&mut |_| false)?;
    let beats = |index: usize| -> Result<Vec<bool>, EvaluateError> {
        let mut random = stream(options.resampling.seed ^ TEST_STREAM, index as u64);
        let mut bits = 0;
        let mut swap = |unit: usize| {
            if unit.is_multiple_of(64) {
                bits = random.next_u64();
            }
            bits >> (unit % 64) & 1 == 1
        };
        // Sums in another order may differ in the last digit and must count as equal.
        let at_least = |(found, seen): (&f64, &f64)| found.abs() >= seen.abs() - 1e-12;
        Ok(differences(&mut swap)?.iter().zip(&observed).map(at_least).collect())
    };
    let beaten: Vec<Vec<bool>> = (0..options.n_permutations).into_par_iter().map(beats).collect::<Result<_, _>>()?;
    let p = |at: usize| {
        let n_beaten = beaten.iter().filter(|sample| sample[at]).count();
        (1 + n_beaten) as f64 / (1 + options.n_permutations) as f64
    };
    let tested = TESTED.iter().enumerate().filter(|(at, _)| observed[*at].is_finite());
    Ok(tested.map(|(at, &measure)| (measure, p(at))).collect())
}

fn figure(matrix: &ConfusionMatrix, measure: Measure, roles: Option<(usize, usize)>) -> f64 {
    match measure {
        Measure::Accuracy => matrix.accuracy(),
        Measure::BalancedAccuracy => matrix.balanced_accuracy(),
        Measure::MacroF1 => matrix.macro_f1(),
        Measure::WeightedF1 => matrix.weighted_f1(),
        Measure::FAvg => roles.map_or(f64::NAN, |(favor, against)| matrix.f_avg(favor, against)),
        Measure::MatthewsCorrelation => matrix.matthews_correlation(),
        Measure::CohenKappa => matrix.cohen_kappa().unwrap_or(f64::NAN),
        _ => f64::NAN,
    }
}
