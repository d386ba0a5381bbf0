//! Cross-validation: what models of a recipe say of rows that they have not seen, and what is fitted to that.
//!
//! In each fold everything (features, classifier, network) is learned anew. What is fitted to out-of-fold scores
//! (calibration, the decision of an article's texts together, biases of the decision, thresholds of sets of labels) is
//! fitted twice: to the scores of all folds, for the model that is kept; and for each fold to those of the others, for
//! what is measured (cross-fitting), so that no figure rests on rows that it was tuned to. `train`, `evaluate` and
//! `compare` measure by this alone, and so come to the same figures. Texts are taken apart once for all folds.

use std::collections::BTreeMap;
use std::sync::Mutex;

use ndarray::{Array2, Axis};
use rayon::prelude::*;

use super::calibrate::Calibration;
use super::collective::{Collective, Place};
use super::manifest::Accuracy;
use super::network::PreparedSequences;
use super::train::{Examples, labels_of};
use super::{Conformal, TrainError, TrainOptions, decide, fit};
use crate::features::PreparedTexts;
use crate::labeled::Row;
use crate::learn::split::Fold;
use crate::measures::ConfusionMatrix;
use crate::units::Division;

/// Predictions for every training row that is measured, by a model that was not trained on its unit.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OutOfFold {
    /// Position of each row among the training rows: all but those that the recipe does not measure, and those of labels
    /// that only one unit has.
    pub rows: Vec<usize>,
    /// The right label of each row.
    pub gold: Vec<usize>,
    /// The label that each row is given.
    pub predicted: Vec<usize>,
    /// Calibrated probabilities, one row a training row, one column a label.
    pub probabilities: Array2<f64>,
    /// The level from which on each label is in the row's set, as in [`crate::evaluate::LabelSets`].
    pub levels: Array2<f64>,
    /// Folds that were made.
    pub n_folds: usize,
}

/// Rows and texts made ready for any number of folds.
pub(crate) struct Prepared<'r> {
    pub(super) data: Examples<'r>,
    pub(super) texts: PreparedTexts<'r>,
    pub(super) sequences: Option<PreparedSequences>,
    pub(super) labels: Vec<String>,
}

/// What was measured, and what was fitted to the scores of all folds.
#[derive(Default)]
pub(crate) struct Validated {
    pub(crate) out_of_fold: Option<OutOfFold>,
    pub(super) calibration: Calibration,
    pub(super) collective: Option<Collective>,
    pub(super) biases: Vec<f64>,
    pub(super) prior: Vec<f64>,
    pub(super) conformal: Conformal,
}

impl<'r> Prepared<'r> {
    pub(crate) fn new(rows: &'r [Row], options: &TrainOptions) -> Result<Self, TrainError> {
        let labels = labels_of(rows, &options.task)?;
        let data = Examples::new(rows, &labels, &options.recipe);
        let texts = options.prepare(&options.recipe.features, &data.inputs)?;
        let sequences = options.recipe.convolution.as_ref();
        let sequences = sequences.map(|recipe| PreparedSequences::new(recipe, &texts)).transpose()?;
        Ok(Self { data, texts, sequences, labels })
    }

    /// The labels, in the order of all classes.
    pub(crate) fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The class of each row.
    pub(crate) fn gold(&self) -> &[usize] {
        &self.data.gold
    }

    /// The folds with the rows alone that the recipe teaches them and measures.
    pub(crate) fn asked(&self, folds: Vec<Fold>) -> Vec<Fold> {
        self.data.asked(folds)
    }

    /// Trains on each fold and asks about its other rows; `units` are those of all rows, `report` hears of finished folds.
    pub(crate) fn validate(
        &self,
        options: &TrainOptions,
        units: &[usize],
        folds: &[Fold],
        report: &(dyn Fn(usize) + Sync),
    ) -> Result<Validated, TrainError> {
        let (data, labels) = (&self.data, &self.labels);
        let scores = self.scores(options, folds, report)?;
        let fold_of: BTreeMap<usize, usize> =
            (0..).zip(folds).flat_map(|(n, fold)| fold.test.iter().map(move |&row| (row, n))).collect();
        let rows: Vec<usize> = fold_of.keys().copied().collect();
        let fold_of: Vec<usize> = fold_of.into_values().collect();
        let (gold, weights) = data.targets(&rows);
        let halves = halves(rows.iter().map(|&row| units[row]));
        let scores = scores.select(Axis(0), &rows);
        let crossing = Crossing { fold_of: &fold_of, n_folds: folds.len() };
        let calibration = Calibration::fit(&gold, &weights, &scores, &halves);
        let mut probabilities = Array2::zeros(scores.raw_dim());
        crossing.each(|own, others| {
            let crossed = match others {
                [] => Calibration::default(),
                _ => Calibration::fit(
                    &pick(&gold, others),
                    &pick(&weights, others),
                    &scores.select(Axis(0), others),
                    &pick(&halves, others),
                ),
            };
            for &row in own {
                let calibrated = crossed.probabilities(&scores.row(row).to_vec());
                probabilities.row_mut(row).iter_mut().zip(calibrated).for_each(|(to, from)| *to = from);
            }
            Ok(())
        })?;
        let mut collective = None;
        if let Some(recipe) = &options.recipe.collective {
            let places: Vec<Place<'_>> = rows.iter().map(|&row| data.inputs[row].into()).collect();
            let (fitted, crossed) = Collective::fit(recipe, &places, &probabilities, &gold, &weights, &fold_of)?;
            (collective, probabilities) = (Some(fitted), crossed);
        }
        let tune = |of: &[usize]| match options.recipe.decision.optimize.filter(|_| !of.is_empty()) {
            Some(goal) => {
                let probabilities = probabilities.select(Axis(0), of);
                decide::tune(goal, &pick(&gold, of), &pick(&weights, of), &probabilities, labels)
            }
            None => Ok(Vec::new()),
        };
        let all: Vec<usize> = (0..rows.len()).collect();
        let biases = tune(&all)?;
        let mut predicted = vec![0; rows.len()];
        let mut levels = Array2::zeros(probabilities.raw_dim());
        crossing.each(|own, others| {
            let biases = tune(others)?;
            let (gold, weights) = (pick(&gold, others), pick(&weights, others));
            let sets = Conformal::fit(&gold, &weights, &probabilities.select(Axis(0), others));
            for &row in own {
                let of_row = probabilities.row(row).to_vec();
                predicted[row] = decide::label(&of_row, &biases);
                for (label, &p) in of_row.iter().enumerate() {
                    // The label given is always in its set.
                    levels[[row, label]] = if label == predicted[row] { 0.0 } else { sets.level_of(label, p) };
                }
            }
            Ok(())
        })?;
        let prior = shares(&probabilities, &weights);
        let conformal = Conformal::fit(&gold, &weights, &probabilities);
        let out_of_fold = OutOfFold { rows, gold, predicted, probabilities, levels, n_folds: folds.len() };
        Ok(Validated { out_of_fold: Some(out_of_fold), calibration, collective, biases, prior, conformal })
    }

    /// Scores of every row by a model that was trained on the other folds; the folds are worked on in parallel.
    fn scores(
        &self,
        options: &TrainOptions,
        folds: &[Fold],
        report: &(dyn Fn(usize) + Sync),
    ) -> Result<Array2<f64>, TrainError> {
        let (data, n_labels) = (&self.data, self.labels.len());
        let n_done = Mutex::new(0);
        let of_fold = |fold: &Fold| {
            let (gold, weights) = data.targets(&fold.train);
            let (pipeline, records, columns) = self.texts.fit(&fold.train, Some((&gold, n_labels)))?;
            let fitted = fit::fit(records, &gold, &weights, n_labels, &options.recipe.classifier)?;
            let mut found = fitted.scores(&self.texts.rows(&pipeline, &columns, &fold.test));
            if let Some(texts) = &self.sequences {
                let network = texts.fit(&fold.train, &gold, &weights, n_labels, options.seed)?;
                found += &texts.scores(&network, &fold.test);
            }
            if let Ok(mut n_done) = n_done.lock() {
                *n_done += 1;
                report(*n_done);
            }
            Ok::<_, TrainError>(found)
        };
        let found: Vec<Array2<f64>> = folds.par_iter().map(of_fold).collect::<Result<_, _>>()?;
        let mut scores = Array2::zeros((data.gold.len(), n_labels));
        for (fold, found) in folds.iter().zip(&found) {
            for (&place, row) in fold.test.iter().zip(found.rows()) {
                scores.row_mut(place).assign(&row);
            }
        }
        Ok(scores)
    }
}

/// Each fold's rows, and those of all others.
struct Crossing<'f> {
    fold_of: &'f [usize],
    n_folds: usize,
}

impl Crossing<'_> {
    fn each(&self, mut work: impl FnMut(&[usize], &[usize]) -> Result<(), TrainError>) -> Result<(), TrainError> {
        for fold in 0..self.n_folds {
            let (own, others): (Vec<usize>, Vec<usize>) =
                (0..self.fold_of.len()).partition(|&row| self.fold_of[row] == fold);
            work(&own, &others)?;
        }
        Ok(())
    }
}

fn pick<T: Copy>(from: &[T], places: &[usize]) -> Vec<T> {
    places.iter().map(|&place| from[place]).collect()
}

/// Every second unit is in the other half; without joined rows, every second row.
fn halves(units: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut numbers = BTreeMap::new();
    units
        .map(|unit| {
            let next = numbers.len();
            *numbers.entry(unit).or_insert(next) % 2
        })
        .collect()
}

/// The mean probability of each label.
fn shares(probabilities: &Array2<f64>, weights: &[f64]) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    let of_label = |column: ndarray::ArrayView1<'_, f64>| {
        column.iter().zip(weights).map(|(p, weight)| p * weight).sum::<f64>() / sum
    };
    probabilities.columns().into_iter().map(of_label).map(|share| (share * 1e6).round() / 1e6).collect()
}

impl Division {
    /// What labels pay for being rare.
    pub(crate) fn warnings(&self, labels: &[String]) -> Vec<String> {
        let warning = |left: &crate::units::LeftOut| {
            let label = &labels[left.class];
            match (left.rows, left.of) {
                (1, 1) => format!("only 1 row is labelled {label}: it is learned from and not measured"),
                (rows, of) if rows == of => {
                    format!("the {rows} rows labelled {label} are one unit: they are learned from and not measured")
                }
                (rows, of) => format!(
                    "{rows} of the {of} rows labelled {label} are of a unit that holds another label whole: they are \
                     learned from and not measured"
                ),
            }
        };
        self.left_out.iter().map(warning).collect()
    }
}

impl OutOfFold {
    /// The figures of the predictions.
    pub(super) fn accuracy(&self, n_labels: usize) -> Accuracy {
        let n_rows = self.gold.len();
        let mut cells = vec![0.0; n_labels * n_labels];
        for (&gold, &predicted) in self.gold.iter().zip(&self.predicted) {
            cells[gold * n_labels + predicted] += 1.0;
        }
        let rows = cells.chunks(n_labels).map(|row| row.iter().map(|&n| n as u64).collect()).collect();
        let confusion = ConfusionMatrix::from_cells(n_labels, cells).expect("a square of counts");
        let log_loss = self
            .gold
            .iter()
            .zip(self.probabilities.rows())
            .map(|(&gold, row)| -row[gold].max(f64::MIN_POSITIVE).ln())
            .sum::<f64>()
            / n_rows.max(1) as f64;
        // So many digits that a figure rounded again for people is rounded right.
        let round = |figure: f64| (figure * 1e9).round() / 1e9;
        Accuracy {
            method: format!("{}-fold cross-validation", self.n_folds),
            rows: n_rows,
            accuracy: round(confusion.accuracy()),
            macro_f1: round(confusion.macro_f1()),
            f1: (0..n_labels).map(|label| round(confusion.class(label).f1)).collect(),
            log_loss: round(log_loss),
            confusion: rows,
        }
    }
}
