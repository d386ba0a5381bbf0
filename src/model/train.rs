//! Training: rows and a recipe in, a model and an honest estimate of it out.
//!
//! The estimate comes from stratified cross-validation in which everything (features, classifier) is learned anew in
//! each fold, and rows of one group stay together. Its out-of-fold scores also give the temperature that makes the
//! probabilities mean what they say.

use std::collections::BTreeMap;

use ndarray::Array2;

use super::manifest::{Accuracy, FORMAT, Manifest, Source, Training};
use super::{Model, Recipe, TrainError, fit, softmax};
use crate::features::FeaturePipeline;
use crate::labeled::{Row, STANCE, STANCE_LABELS};
use crate::learn::split::k_folds;
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
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self { recipe: Recipe::default(), task: STANCE.into(), n_folds: 5, seed: 0, sources: Vec::new() }
    }
}

/// A model, and what came out on the way to it.
#[derive(Debug, Clone)]
pub struct Trained {
    /// The model, trained on all rows.
    pub model: Model,
    /// What models of the same recipe said of rows that they had not seen; none without folds.
    pub out_of_fold: Option<OutOfFold>,
    /// Things that went less well than they should.
    pub warnings: Vec<String>,
}

/// Predictions for every training row by a model that was not trained on it.
#[derive(Debug, Clone, PartialEq)]
pub struct OutOfFold {
    /// The right label of each row.
    pub gold: Vec<usize>,
    /// Calibrated probabilities, one row a training row, one column a label.
    pub probabilities: Array2<f64>,
    /// Folds that were made.
    pub n_folds: usize,
}

/// The most folds that can be asked for.
const MAX_FOLDS: usize = 100;

/// Names of output fields that a task may not take.
const TAKEN: [&str; 7] = ["id", "text", "label", "target", "speaker", "group", "explanation"];

/// Trains a model on all rows.
///
/// # Errors
/// Where there are no rows, all have one label, the recipe makes no sense, or no feature is left.
pub fn train(rows: &[Row], options: &TrainOptions, progress: Callback<'_>) -> Result<Trained, TrainError> {
    options.recipe.check()?;
    let is_name = |task: &str| !task.is_empty() && task.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if !is_name(&options.task) || TAKEN.contains(&options.task.as_str()) {
        return Err(TrainError::TaskName { task: options.task.clone() });
    }
    let labels = labels_of(rows, &options.task);
    match labels.as_slice() {
        [] => return Err(TrainError::NoRows),
        [label] => return Err(TrainError::OneLabel { label: label.clone(), n_rows: rows.len() }),
        _ => {}
    }
    let data = Examples::new(rows, &labels, &options.recipe);
    let mut warnings = Vec::new();
    let n_folds = folds_possible(&data, options.n_folds.min(MAX_FOLDS));
    if n_folds < options.n_folds {
        warnings.push(match n_folds {
            0 => "too few rows of a label to estimate accuracy or calibrate".to_owned(),
            n => format!("only {n} folds: a label has no more rows or groups"),
        });
    }
    let mut temperature = 1.0;
    let mut out_of_fold = None;
    let total = n_folds + 1;
    if n_folds > 1 {
        let scores = cross_validate(&data, labels.len(), options, n_folds, &|done| {
            progress(Progress { stage: "training", done, total });
        })?;
        temperature = fit_temperature(&data.gold, &data.weights, &scores);
        let mut probabilities = scores;
        for mut row in probabilities.rows_mut() {
            let calibrated = softmax(&row.to_vec(), temperature);
            row.iter_mut().zip(calibrated).for_each(|(to, from)| *to = from);
        }
        out_of_fold = Some(OutOfFold { gold: data.gold.clone(), probabilities, n_folds });
    }
    let (pipeline, fitted) = fit_one(&data.texts, &data.gold, &data.weights, labels.len(), &options.recipe)?;
    if !fitted.has_converged {
        warnings.push("the classifier stopped before it reached the optimum".into());
    }
    progress(Progress { stage: "training", done: total, total });
    let manifest = Manifest {
        format: FORMAT,
        task: options.task.clone(),
        target: common_target(rows),
        labels: labels.clone(),
        recipe: options.recipe.clone(),
        block_sizes: pipeline.block_sizes(),
        temperature,
        training: Training {
            sources: options.sources.clone(),
            rows: rows.len(),
            labels: rows.iter().fold(BTreeMap::new(), |mut counts, row| {
                *counts.entry(row.label.clone()).or_insert(0) += 1;
                counts
            }),
            seed: options.seed,
        },
        accuracy: out_of_fold.as_ref().map(|out_of_fold| out_of_fold.accuracy(labels.len())),
        tokenizer: pipeline.tokenization().to_json()?,
    };
    let model = Model::new(manifest, pipeline, &fitted);
    Ok(Trained { model, out_of_fold, warnings })
}

/// Rows as training takes them.
struct Examples<'r> {
    texts: Vec<&'r str>,
    gold: Vec<usize>,
    groups: Vec<usize>,
    weights: Vec<f64>,
}

impl<'r> Examples<'r> {
    fn new(rows: &'r [Row], labels: &[String], recipe: &Recipe) -> Self {
        let position: BTreeMap<&str, usize> =
            labels.iter().enumerate().map(|(idx, label)| (label.as_str(), idx)).collect();
        // Rows of the same words stay together, group or no group: else a model is asked what it has seen.
        let mut groups = BTreeMap::new();
        let group_of = rows
            .iter()
            .map(|row| {
                let key = match &row.group {
                    Some(group) => (true, group.clone()),
                    None => (false, row.text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()),
                };
                let next = groups.len();
                *groups.entry(key).or_insert(next)
            })
            .collect();
        Self {
            texts: rows.iter().map(|row| row.text.as_str()).collect(),
            gold: rows.iter().map(|row| position[row.label.as_str()]).collect(),
            groups: group_of,
            weights: rows.iter().map(|row| recipe.weight_of(row)).collect(),
        }
    }
}

/// The labels there are: stances in their usual order, others sorted.
fn labels_of(rows: &[Row], task: &str) -> Vec<String> {
    let mut labels: Vec<String> = rows.iter().map(|row| row.label.clone()).collect();
    labels.sort_unstable();
    labels.dedup();
    if task == STANCE {
        let rank =
            |label: &String| STANCE_LABELS.iter().position(|stance| stance == label).unwrap_or(STANCE_LABELS.len());
        labels.sort_by_key(rank);
    }
    labels
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

fn fit_one(
    texts: &[&str],
    gold: &[usize],
    weights: &[f64],
    n_labels: usize,
    recipe: &Recipe,
) -> Result<(FeaturePipeline, fit::Fitted), TrainError> {
    let (pipeline, records) = FeaturePipeline::fit(&recipe.features, texts)?;
    let fitted = fit::fit(records, gold, weights, n_labels, &recipe.classifier)?;
    Ok((pipeline, fitted))
}

/// Scores of every row by a model that was trained on the other folds.
fn cross_validate(
    data: &Examples<'_>,
    n_labels: usize,
    options: &TrainOptions,
    n_folds: usize,
    done: &dyn Fn(usize),
) -> Result<Array2<f64>, TrainError> {
    let mut scores = Array2::zeros((data.gold.len(), n_labels));
    for (n_done, fold) in k_folds(&data.gold, Some(&data.groups), n_folds, options.seed)?.into_iter().enumerate() {
        done(n_done);
        let pick = |places: &[usize]| places.iter().map(|&place| data.texts[place]).collect::<Vec<_>>();
        let gold: Vec<usize> = fold.train.iter().map(|&place| data.gold[place]).collect();
        let weights: Vec<f64> = fold.train.iter().map(|&place| data.weights[place]).collect();
        let (pipeline, fitted) = fit_one(&pick(&fold.train), &gold, &weights, n_labels, &options.recipe)?;
        let found = fitted.scores(&pipeline.transform(&pick(&fold.test)));
        for (&place, row) in fold.test.iter().zip(found.rows()) {
            scores.row_mut(place).assign(&row);
        }
    }
    Ok(scores)
}

/// The temperature at which the scores' probabilities have the smallest log-loss, by golden section over its
/// logarithm.
fn fit_temperature(gold: &[usize], weights: &[f64], scores: &Array2<f64>) -> f64 {
    let loss = |log_temperature: f64| {
        let temperature = log_temperature.exp();
        let of_row = |(row, (&label, &weight)): (ndarray::ArrayView1<'_, f64>, (&usize, &f64))| {
            -weight * softmax(&row.to_vec(), temperature)[label].max(f64::MIN_POSITIVE).ln()
        };
        scores.rows().into_iter().zip(gold.iter().zip(weights)).map(of_row).sum::<f64>()
    };
    let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (-4.0_f64, 4.0_f64);
    let (mut left, mut right) = (high - ratio * (high - low), low + ratio * (high - low));
    let (mut at_left, mut at_right) = (loss(left), loss(right));
    while high - low > 1e-4 {
        if at_left <= at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - ratio * (high - low);
            at_left = loss(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + ratio * (high - low);
            at_right = loss(right);
        }
    }
    f64::midpoint(low, high).exp()
}

impl OutOfFold {
    /// The label with the highest probability, for each row.
    #[must_use]
    pub fn predicted(&self) -> Vec<usize> {
        self.probabilities.rows().into_iter().map(|row| super::largest(&row.to_vec())).collect()
    }

    /// The figures of the predictions.
    fn accuracy(&self, n_labels: usize) -> Accuracy {
        let n_rows = self.gold.len();
        let mut cells = vec![0.0; n_labels * n_labels];
        for (&gold, predicted) in self.gold.iter().zip(self.predicted()) {
            cells[gold * n_labels + predicted] += 1.0;
        }
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
        }
    }
}
