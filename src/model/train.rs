//! Training: rows and a recipe in, a model and an honest estimate of it out.
//!
//! The estimate comes from stratified cross-validation in which everything (features, classifier) is learned anew in
//! each fold, and rows of one group stay together. Its out-of-fold scores also give the calibration that makes the
//! probabilities mean what they say, the thresholds of sets of labels and, where asked for, the biases of the decision.
//! Texts are taken apart once for all folds.

use std::collections::BTreeMap;

use std::sync::Mutex;

use ndarray::{Array2, Axis};
use rayon::prelude::*;

use super::calibrate::Calibration;
use super::collective::{Collective, Place};
use super::manifest::{Accuracy, FORMAT, Manifest, Source, Training};
use super::network::PreparedSequences;
use super::{Conformal, Model, Recipe, Stage, TrainError, decide, fit};
use crate::features::{self, FeatureError, Input, PreparedTexts, Tokenization};
use crate::labeled::{Row, STANCE, Stance};
use crate::learn::duplicates;
use crate::learn::split::{Fold, k_folds};
use crate::measures::ConfusionMatrix;
use crate::progress::{Callback, Progress};

/// What training does beside the recipe.
#[derive(Debug, Clone)]
pub struct TrainOptions {
    /// Features and classifier.
    pub recipe: Recipe,
    /// The task's name; `stance` for stances.
    pub task: String,
    /// Folds of the cross-validation that estimates accuracy and calibrates; 0 for neither.
    pub n_folds: usize,
    /// Seed of the folds.
    pub seed: u64,
    /// Where the rows come from; kept in the model.
    pub sources: Vec<Source>,
    /// What takes texts apart into words, in the place of the project's own words; kept in the model.
    pub tokenization: Option<Tokenization>,
}

impl TrainOptions {
    /// Takes texts apart.
    pub(super) fn prepare<'t>(
        &self,
        recipe: &features::FeatureRecipe,
        inputs: &[Input<'t>],
    ) -> Result<PreparedTexts<'t>, FeatureError> {
        match &self.tokenization {
            Some(own) => PreparedTexts::with_tokenization(recipe, own.clone(), inputs),
            None => PreparedTexts::new(recipe, inputs),
        }
    }
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            recipe: Recipe::default(),
            task: STANCE.into(),
            n_folds: 5,
            seed: 0,
            sources: Vec::new(),
            tokenization: None,
        }
    }
}

/// A model, and what came out on the way to it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Trained {
    /// The model, trained on all rows that teach it.
    pub model: Model,
    /// What models of the same recipe said of rows that they had not seen; none without folds.
    pub out_of_fold: Option<OutOfFold>,
    /// Things that went less well than they should.
    pub warnings: Vec<String>,
}

/// Predictions for every training row that is measured, by a model that was not trained on it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OutOfFold {
    /// Position of each row among the training rows: all but those that the recipe does not measure.
    pub rows: Vec<usize>,
    /// The right label of each row.
    pub gold: Vec<usize>,
    /// Calibrated probabilities, one row a training row, one column a label.
    pub probabilities: Array2<f64>,
    /// Added to the logarithms of a row's probabilities before the largest decides; 0 where nothing was tuned.
    pub biases: Vec<f64>,
    /// Folds that were made.
    pub n_folds: usize,
}

/// The most folds that can be asked for.
const MAX_FOLDS: usize = 100;

/// Names of output fields that a task may not take.
const TAKEN: [&str; 7] = ["id", "text", "label", "target", "speaker", "group", "explanation"];

/// Trains a model on all rows that teach it.
///
/// # Errors
/// Where there are no rows, all have one label, the recipe makes no sense, or no feature is left.
pub fn train(rows: &[Row], options: &TrainOptions, progress: Callback<'_>) -> Result<Trained, TrainError> {
    options.recipe.check()?;
    let is_name = |task: &str| !task.is_empty() && task.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if !is_name(&options.task) || TAKEN.contains(&options.task.as_str()) {
        return Err(TrainError::TaskName { task: options.task.clone() });
    }
    let labels = labels_of(rows, &options.task)?;
    let mut data = Examples::new(rows, &labels, &options.recipe);
    if options.n_folds > 1 {
        data.group(rows);
    }
    let mut warnings = Vec::new();
    let asked = options.n_folds.min(MAX_FOLDS);
    let n_folds = if data.measured.is_empty() { 0 } else { folds_possible(&data, asked) };
    if data.measured.is_empty() && asked > 1 {
        warnings
            .push("the recipe measures none of the rows: accuracy was not estimated, nor anything calibrated".into());
    } else if n_folds < options.n_folds {
        warnings.push(match n_folds {
            0 => "too few rows of a label to estimate accuracy or calibrate".to_owned(),
            n => format!("only {n} folds: a label has no more rows or groups"),
        });
    }
    let total = n_folds + 1;
    let report = |done| progress(Progress { stage: "training", done, total });
    report(0);
    let prepared = options.prepare(&options.recipe.features, &data.inputs)?;
    let sequences = options.recipe.convolution.as_ref();
    let sequences = sequences.map(|recipe| PreparedSequences::new(recipe, &prepared)).transpose()?;
    let mut calibration = Calibration::default();
    let mut collective = None;
    let mut biases = Vec::new();
    let mut prior = Vec::new();
    let mut conformal = Conformal::default();
    let mut out_of_fold = None;
    if n_folds > 1 {
        let folds = data.folds(n_folds, options.seed)?;
        let scores = cross_validate(&data, &prepared, sequences.as_ref(), labels.len(), options, &folds, &report)?;
        let measured = data.measured.clone();
        let gold: Vec<usize> = measured.iter().map(|&row| data.gold[row]).collect();
        let weights: Vec<f64> = measured.iter().map(|&row| data.weights[row]).collect();
        let mut probabilities = scores.select(Axis(0), &measured);
        calibration = Calibration::fit(&gold, &weights, &probabilities);
        for mut row in probabilities.rows_mut() {
            let calibrated = calibration.probabilities(&row.to_vec());
            row.iter_mut().zip(calibrated).for_each(|(to, from)| *to = from);
        }
        if let Some(recipe) = &options.recipe.collective {
            let places: Vec<Place<'_>> = measured.iter().map(|&row| data.inputs[row].into()).collect();
            let fold_of: BTreeMap<usize, usize> =
                (0..).zip(&folds).flat_map(|(n, fold)| fold.test.iter().map(move |&row| (row, n))).collect();
            let fold_of: Vec<usize> = measured.iter().map(|row| fold_of[row]).collect();
            let (fitted, crossed) = Collective::fit(recipe, &places, &probabilities, &gold, &weights, &fold_of)?;
            (collective, probabilities) = (Some(fitted), crossed);
        }
        if let Some(goal) = options.recipe.decision.optimize {
            biases = decide::tune(goal, &gold, &weights, &probabilities, &labels)?;
        }
        prior = shares(&probabilities, &weights);
        conformal = Conformal::fit(&gold, &weights, &probabilities);
        let biases = if biases.is_empty() { vec![0.0; labels.len()] } else { biases.clone() };
        out_of_fold = Some(OutOfFold { rows: measured, gold, probabilities, biases, n_folds });
    } else if options.recipe.collective.is_some() {
        warnings.push("statements of one article are not decided together: that takes cross-validation".into());
    } else if options.recipe.decision.optimize.is_some() {
        warnings.push("decisions were not tuned: that takes cross-validation".into());
    }
    let teaching = data.teaching(0..rows.len(), Stage::Final);
    let (gold, weights) = data.targets(&teaching);
    let (pipeline, records, _) = prepared.fit(&teaching, Some((&gold, labels.len())))?;
    drop(prepared);
    let network = sequences.as_ref().map(|texts| texts.fit(&teaching, &gold, &weights, labels.len(), options.seed));
    let network = network.transpose()?;
    drop(sequences);
    let fitted = fit::fit(records, &gold, &weights, labels.len(), &options.recipe.classifier)?;
    if let Some(shortfall) = &fitted.shortfall {
        warnings.push(format!("the classifier stopped before it reached the optimum: {shortfall}"));
    }
    report(total);
    let mut stored = pipeline.store();
    if let Some(network) = &network {
        network.store(&mut stored.tensors, &mut stored.resources);
    }
    let manifest = Manifest {
        format: FORMAT,
        task: options.task.clone(),
        target: common_target(rows),
        labels: labels.clone(),
        recipe: options.recipe.clone(),
        block_sizes: pipeline.block_sizes(),
        temperature: calibration.temperature,
        platt: calibration.platt,
        collective,
        biases,
        prior,
        conformal,
        resources: stored.resources,
        target_copies: stored.copies,
        training: Training {
            sources: options.sources.clone(),
            rows: teaching.len(),
            labels: gold.iter().fold(BTreeMap::new(), |mut counts, &label| {
                *counts.entry(labels[label].clone()).or_insert(0) += 1;
                counts
            }),
            seed: options.seed,
        },
        accuracy: out_of_fold.as_ref().map(|out_of_fold| out_of_fold.accuracy(labels.len())),
        tokenizer: pipeline.tokenization().to_json()?,
    };
    let model = Model::new(manifest, pipeline, &fitted, network);
    Ok(Trained { model, out_of_fold, warnings })
}

/// Rows as training takes them; each is a group of its own until they are grouped.
pub(super) struct Examples<'r> {
    pub(super) inputs: Vec<Input<'r>>,
    pub(super) gold: Vec<usize>,
    pub(super) groups: Vec<usize>,
    pub(super) weights: Vec<f64>,
    /// Positions of the rows that are measured and calibrated on.
    measured: Vec<usize>,
    /// Whether each row teaches the models of the folds, and the final one.
    stages: Vec<[bool; 2]>,
}

impl<'r> Examples<'r> {
    pub(super) fn new(rows: &'r [Row], labels: &[String], recipe: &Recipe) -> Self {
        let position: BTreeMap<&str, usize> =
            labels.iter().enumerate().map(|(idx, label)| (label.as_str(), idx)).collect();
        Self {
            inputs: rows.iter().map(|row| row.input()).collect(),
            gold: rows.iter().map(|row| position[row.label.as_str()]).collect(),
            groups: (0..rows.len()).collect(),
            weights: rows.iter().map(|row| recipe.weight_of(row)).collect(),
            measured: (0..rows.len()).filter(|&row| recipe.measures(&rows[row])).collect(),
            stages: rows
                .iter()
                .map(|row| [Stage::Folds, Stage::Final].map(|stage| recipe.teaches(row, stage)))
                .collect(),
        }
    }

    /// Those of the rows that teach the models of a stage.
    fn teaching(&self, rows: impl IntoIterator<Item = usize>, stage: Stage) -> Vec<usize> {
        rows.into_iter().filter(|&row| self.stages[row][usize::from(stage == Stage::Final)]).collect()
    }

    /// Folds that train on the rows that teach them, and ask about those that are measured; none without such.
    pub(super) fn folds(&self, n_folds: usize, seed: u64) -> Result<Vec<Fold>, TrainError> {
        let asked = |fold: Fold| Fold {
            train: self.teaching(fold.train, Stage::Folds),
            test: fold.test.into_iter().filter(|row| self.measured.binary_search(row).is_ok()).collect(),
        };
        let folds = k_folds(&self.gold, Some(&self.groups), n_folds, seed)?;
        Ok(folds.into_iter().map(asked).filter(|fold| !fold.test.is_empty()).collect())
    }

    /// The labels and weights of some rows.
    pub(super) fn targets(&self, rows: &[usize]) -> (Vec<usize>, Vec<f64>) {
        (rows.iter().map(|&row| self.gold[row]).collect(), rows.iter().map(|&row| self.weights[row]).collect())
    }

    /// Keeps rows of nearly the same words together, group or no group: else a model is asked what it has seen.
    pub(super) fn group(&mut self, rows: &[Row]) {
        let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
        let names: Vec<Option<&str>> = rows.iter().map(|row| row.group.as_deref()).collect();
        self.groups = duplicates::groups(&texts, &names);
    }
}

/// The labels there are, two or more: stances in their usual order, others sorted.
pub(super) fn labels_of(rows: &[Row], task: &str) -> Result<Vec<String>, TrainError> {
    let mut labels: Vec<String> = rows.iter().map(|row| row.label.clone()).collect();
    labels.sort_unstable();
    labels.dedup();
    match labels.as_slice() {
        [] => return Err(TrainError::NoRows),
        [label] => return Err(TrainError::OneLabel { label: label.clone(), n_rows: rows.len() }),
        _ => {}
    }
    if task == STANCE {
        labels.sort_by_key(|label| Stance::named(label).map_or(Stance::ALL.len(), |stance| stance as usize));
    }
    Ok(labels)
}

/// The mean probability of each label.
fn shares(probabilities: &Array2<f64>, weights: &[f64]) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    let of_label = |column: ndarray::ArrayView1<'_, f64>| {
        column.iter().zip(weights).map(|(p, weight)| p * weight).sum::<f64>() / sum
    };
    probabilities.columns().into_iter().map(of_label).map(|share| (share * 1e6).round() / 1e6).collect()
}

fn common_target(rows: &[Row]) -> Option<String> {
    let first = rows.first()?.target.as_ref()?;
    rows.iter().all(|row| row.target.as_ref() == Some(first)).then(|| first.clone())
}

/// As many folds as were asked for and every label has groups for; below two there is nothing to validate.
fn folds_possible(data: &Examples<'_>, n_folds: usize) -> usize {
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (&label, &group) in data.gold.iter().zip(&data.groups) {
        groups.entry(label).or_default().push(group);
    }
    let fewest = groups
        .values_mut()
        .map(|groups| {
            groups.sort_unstable();
            groups.dedup();
            groups.len()
        })
        .min()
        .unwrap_or(0);
    match n_folds.min(fewest) {
        0 | 1 => 0,
        n => n,
    }
}

/// Scores of every row by a model that was trained on the other folds; the folds are worked on in parallel.
fn cross_validate(
    data: &Examples<'_>,
    prepared: &PreparedTexts<'_>,
    sequences: Option<&PreparedSequences>,
    n_labels: usize,
    options: &TrainOptions,
    folds: &[Fold],
    report: &(dyn Fn(usize) + Sync),
) -> Result<Array2<f64>, TrainError> {
    let n_done = Mutex::new(0);
    let of_fold = |fold: &Fold| {
        let (gold, weights) = data.targets(&fold.train);
        let (pipeline, records, columns) = prepared.fit(&fold.train, Some((&gold, n_labels)))?;
        let fitted = fit::fit(records, &gold, &weights, n_labels, &options.recipe.classifier)?;
        let mut found = fitted.scores(&prepared.rows(&pipeline, &columns, &fold.test));
        if let Some(texts) = sequences {
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

impl OutOfFold {
    /// The label that the model would give each row.
    #[must_use]
    pub fn predicted(&self) -> Vec<usize> {
        self.probabilities.rows().into_iter().map(|row| decide::label(&row.to_vec(), &self.biases)).collect()
    }

    /// The figures of the predictions.
    fn accuracy(&self, n_labels: usize) -> Accuracy {
        let n_rows = self.gold.len();
        let mut cells = vec![0.0; n_labels * n_labels];
        for (&gold, predicted) in self.gold.iter().zip(self.predicted()) {
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
        let round = |figure: f64| (figure * 1e4).round() / 1e4;
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
