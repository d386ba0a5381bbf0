//! Training: rows and a recipe in, a model and an honest estimate of it out.
//!
//! The estimate comes from stratified cross-validation over units of rows ([`crate::units`], `validate.rs`). Its
//! out-of-fold scores also give the calibration that makes the probabilities mean what they say, the thresholds of sets
//! of labels and, where asked for, the biases of the decision.

use std::collections::BTreeMap;

use super::manifest::{FORMAT, Manifest, Source, Training};
use super::validate::{Prepared, Validated};
use super::{Model, OutOfFold, Recipe, Stage, TrainError, fit};
use crate::features::{self, FeatureError, Input, PreparedTexts, Tokenization};
use crate::labeled::{Row, STANCE, Stance};
use crate::learn::split::Fold;
use crate::progress::{Callback, Progress};
use crate::units::{Division, Joined, Joining, UnitError};

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
    /// Which rows are never split between the folds.
    pub joining: Joining,
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
            joining: Joining::default(),
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
    /// The units of the rows; none without folds.
    pub joined: Option<Joined>,
    /// Things that went less well than they should.
    pub warnings: Vec<String>,
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
    let prepared = Prepared::new(rows, options)?;
    let (data, labels) = (&prepared.data, &prepared.labels);
    let mut warnings = Vec::new();
    let asked = options.n_folds.min(MAX_FOLDS);
    let (mut joined, mut folds) = (None, Vec::new());
    if asked > 1 && !data.measures_any() {
        warnings
            .push("the recipe measures none of the rows: accuracy was not estimated, nor anything calibrated".into());
    } else if asked > 1 {
        let units = Joined::new(rows, &options.joining)?;
        match possible_folds(&units, &data.gold, asked, options.seed)? {
            Ok((division, warning)) => {
                warnings.extend(warning);
                warnings.extend(division.warnings(labels));
                folds = data.asked(division.folds);
            }
            Err(reason) => {
                warnings.push(format!("too few rows of a label to estimate accuracy or calibrate: {reason}"));
            }
        }
        joined = Some(units);
    }
    let total = folds.len() + 1;
    let report = |done| progress(Progress { stage: "training", done, total });
    report(0);
    let mut validated = Validated::default();
    if let Some(joined) = joined.as_ref().filter(|_| !folds.is_empty()) {
        validated = prepared.validate(options, joined.units(), &folds, &report)?;
    } else if options.recipe.collective.is_some() {
        warnings.push("statements of one article are not decided together: that takes cross-validation".into());
    } else if options.recipe.decision.optimize.is_some() {
        warnings.push("decisions were not tuned: that takes cross-validation".into());
    }
    let Prepared { data, texts, sequences, labels } = prepared;
    let Validated { out_of_fold, calibration, collective, biases, prior, conformal } = validated;
    let teaching = data.teaching(0..rows.len(), Stage::Final);
    let (gold, weights) = data.targets(&teaching);
    let (pipeline, records, _) = texts.fit(&teaching, Some((&gold, labels.len())))?;
    drop(texts);
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
    Ok(Trained { model, out_of_fold, joined, warnings })
}

/// As many folds as were asked for, or as there are units, with a word on it; a reason where there are fewer than two.
fn possible_folds(
    joined: &Joined,
    classes: &[usize],
    n_folds: usize,
    seed: u64,
) -> Result<Result<(Division, Option<String>), UnitError>, TrainError> {
    match joined.k_folds(classes, n_folds, seed) {
        Ok(division) => Ok(Ok((division, None))),
        Err(error @ UnitError::TooFew { n_units: 2.., .. }) => {
            let UnitError::TooFew { n_units, .. } = &error else { return Ok(Err(error)) };
            let division = joined.k_folds(classes, *n_units, seed)?;
            Ok(Ok((division, Some(format!("only {n_units} folds: {error}")))))
        }
        Err(error @ (UnitError::TooFew { .. } | UnitError::NothingToMeasure { .. })) => Ok(Err(error)),
        Err(error) => Err(error.into()),
    }
}

/// Rows as training takes them.
pub(super) struct Examples<'r> {
    pub(super) inputs: Vec<Input<'r>>,
    pub(super) gold: Vec<usize>,
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

    /// Whether any row is measured.
    pub(super) fn measures_any(&self) -> bool {
        !self.measured.is_empty()
    }

    /// The folds that train on the rows that teach them, and ask about those that are measured; none without such.
    pub(super) fn asked(&self, folds: Vec<Fold>) -> Vec<Fold> {
        let asked = |fold: Fold| Fold {
            train: self.teaching(fold.train, Stage::Folds),
            test: fold.test.into_iter().filter(|row| self.measured.binary_search(row).is_ok()).collect(),
        };
        folds.into_iter().map(asked).filter(|fold| !fold.test.is_empty()).collect()
    }

    /// The labels and weights of some rows.
    pub(super) fn targets(&self, rows: &[usize]) -> (Vec<usize>, Vec<f64>) {
        (rows.iter().map(|&row| self.gold[row]).collect(), rows.iter().map(|&row| self.weights[row]).collect())
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

fn common_target(rows: &[Row]) -> Option<String> {
    let first = rows.first()?.target.as_ref()?;
    rows.iter().all(|row| row.target.as_ref() == Some(first)).then(|| first.clone())
}
