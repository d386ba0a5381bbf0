//! From models and recipes to [`Predictions`]: a finished model on a labelled file, or a recipe trained anew in each fold
//! and asked about the rows it has not seen.

use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::Array2;
use rayon::prelude::*;

use super::slices::column_value;
use super::{EvaluateError, LabelSets, Predictions};
use crate::features::Input;
use crate::labeled::Row;
use crate::learn::split::{Fold, hold_out, k_folds};
use crate::model::{Classification, LEVEL, Model, Stage, TrainOptions, train};
use crate::progress::{Callback, Progress, silent};

/// How rows are kept from the models that predict them.
#[derive(Debug, Clone, PartialEq)]
pub struct Scheme {
    /// Number of folds.
    pub n_folds: usize,
    /// How often the folds are drawn anew.
    pub n_repeats: usize,
    /// Where the random numbers start.
    pub seed: u64,
    /// Column whose groups are never split between training and testing.
    pub group_by: Option<String>,
    /// Column each of whose values is a fold of its own, instead of `n_folds` drawn ones.
    pub leave_out: Option<String>,
    /// Share of the rows, above 0 and below 1, that is held out once a repeat, instead of folds.
    pub hold_out: Option<f64>,
}

impl Default for Scheme {
    fn default() -> Self {
        Self { n_folds: 5, n_repeats: 1, seed: 0, group_by: None, leave_out: None, hold_out: None }
    }
}

impl Scheme {
    /// The scheme in words.
    #[must_use]
    pub fn describe(&self) -> String {
        if let Some(column) = &self.leave_out {
            return format!("cross-validation, each {column} predicted by a model trained on the others");
        }
        let grouped = match &self.group_by {
            Some(column) => format!(", rows of equal {column} kept together"),
            None => String::new(),
        };
        let repeated = match self.n_repeats {
            0 | 1 => String::new(),
            n => format!(", {n} times"),
        };
        match self.hold_out {
            Some(share) => format!("{:.0} % of the rows held out, stratified{grouped}{repeated}", 100.0 * share),
            None => format!("{}-fold stratified cross-validation{grouped}{repeated}", self.n_folds),
        }
    }

    /// The folds of all repeats, one repeat after the other.
    ///
    /// # Errors
    /// [`EvaluateError::NoColumn`] for a column without values, [`EvaluateError::Learn`] where there are too few rows or
    /// groups, [`EvaluateError::OneValue`] where there is nothing to leave out.
    pub fn folds(&self, rows: &[Row], labels: &[String]) -> Result<Vec<Vec<Fold>>, EvaluateError> {
        if let Some(column) = &self.leave_out {
            return Ok(vec![leave_out(rows, column)?]);
        }
        let classes = classes_of(rows, labels)?;
        let groups = self.group_by.as_deref().map(|column| group_keys(rows, column)).transpose()?;
        let repeat = |index: usize| {
            let seed = self.seed.wrapping_add((index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let folds = match self.hold_out {
                Some(share) => hold_out(&classes, groups.as_deref(), share, seed).map(|fold| vec![fold]),
                None => k_folds(&classes, groups.as_deref(), self.n_folds, seed),
            };
            folds.map_err(EvaluateError::from)
        };
        (0..self.n_repeats.max(1)).map(repeat).collect()
    }
}

fn leave_out(rows: &[Row], column: &str) -> Result<Vec<Fold>, EvaluateError> {
    let values: Vec<String> = rows.iter().map(|row| column_value(row, column)).collect();
    if values.iter().all(String::is_empty) {
        return Err(EvaluateError::NoColumn { column: column.to_owned() });
    }
    let distinct: std::collections::BTreeSet<&String> = values.iter().collect();
    if distinct.len() < 2 {
        return Err(EvaluateError::OneValue { column: column.to_owned() });
    }
    let fold = |value: &String| {
        let (test, train) = (0..rows.len()).partition(|&row| &values[row] == value);
        Fold { train, test }
    };
    Ok(distinct.into_iter().map(fold).collect())
}

/// Each row's group; a row without a value is a group of its own.
fn group_keys(rows: &[Row], column: &str) -> Result<Vec<(String, usize)>, EvaluateError> {
    let key = |(index, row): (usize, &Row)| match column_value(row, column) {
        value if value.is_empty() => (value, index),
        value => (value, usize::MAX),
    };
    let keys: Vec<_> = rows.iter().enumerate().map(key).collect();
    if keys.iter().all(|(value, _)| value.is_empty()) {
        return Err(EvaluateError::NoColumn { column: column.to_owned() });
    }
    Ok(keys)
}

fn classes_of(rows: &[Row], labels: &[String]) -> Result<Vec<usize>, EvaluateError> {
    let class = |row: &Row| {
        let found = labels.iter().position(|label| *label == row.label);
        found.ok_or_else(|| EvaluateError::Label { label: row.label.clone() })
    };
    rows.iter().map(class).collect()
}

/// What a finished model says of labelled rows. The labels are the model's, then those of the rows that it lacks: it can
/// never be right on those, and a warning says so.
///
/// # Errors
/// [`EvaluateError::Measure`] without rows.
pub fn predict(model: &Model, rows: &[Row]) -> Result<(Predictions, Vec<String>), EvaluateError> {
    let mut labels = model.labels().to_vec();
    let mut unknown: Vec<String> =
        rows.iter().map(|row| row.label.clone()).filter(|label| !labels.contains(label)).collect();
    unknown.sort_unstable();
    unknown.dedup();
    labels.extend(unknown.iter().cloned());
    let warnings = unknown.iter().map(|label| {
        let n = rows.iter().filter(|row| row.label == *label).count();
        format!("the model does not know the label {label}: its {n} rows all count as wrong")
    });
    let texts: Vec<Input<'_>> = rows.iter().map(Row::input).collect();
    let said = model.classify_batch(&texts);
    let gold = classes_of(rows, &labels)?;
    let mut table = Array2::zeros((rows.len(), labels.len()));
    for (row, said) in said.iter().enumerate() {
        said.probabilities.iter().enumerate().for_each(|(class, &p)| table[[row, class]] = p);
    }
    let predicted = said.iter().map(|said| said.label).collect();
    let sets = model.conformal().map(|_| {
        let mut from = Array2::from_elem((rows.len(), labels.len()), 1.0);
        for (row, said) in said.iter().enumerate() {
            levels(model, said).into_iter().enumerate().for_each(|(class, level)| from[[row, class]] = level);
        }
        LabelSets { level: LEVEL, from }
    });
    let predictions = Predictions { sets, ..Predictions::new(labels, gold, predicted, Some(table))? };
    Ok((predictions, warnings.collect()))
}

/// The level from which on each of the model's labels is in a text's set; the label given always is.
fn levels(model: &Model, said: &Classification) -> Vec<f64> {
    let Some(conformal) = model.conformal() else { return vec![1.0; said.probabilities.len()] };
    let of_label = |(label, &p): (usize, &f64)| if label == said.label { 0.0 } else { conformal.level_of(label, p) };
    said.probabilities.iter().enumerate().map(of_label).collect()
}

/// What a fold's model said of a row, by the caller's labels.
#[derive(Debug, Clone)]
struct Said {
    label: usize,
    probabilities: Vec<f64>,
    /// The level from which on each label is in the set; empty where the model has no sets.
    levels: Vec<f64>,
}

/// Trains a recipe in each fold and asks it about the fold's other rows. Every row is predicted once a repeat; each
/// prediction then weighs 1 / repeats.
///
/// Everything is learned anew in each fold, also the temperature of the probabilities, from as many inner folds as
/// `options` says.
///
/// # Errors
/// [`EvaluateError::Train`] where a fold cannot be trained; see also [`Scheme::folds`].
pub fn cross_validate(
    rows: &[Row],
    labels: &[String],
    scheme: &Scheme,
    options: &TrainOptions,
    progress: Callback<'_>,
) -> Result<Predictions, EvaluateError> {
    let repeats: Vec<Vec<Fold>> =
        scheme.folds(rows, labels)?.into_iter().map(|folds| measured(folds, rows, options)).collect();
    let jobs: Vec<&Fold> = repeats.iter().flatten().collect();
    let job = |fold: &&Fold| {
        Ok((fold.test.clone(), fold_predictions(rows, labels, scheme, &fold.train, &fold.test, options)?))
    };
    let done = run("training", &jobs, progress, job)?;
    gather(rows, labels, done, repeats.len())
}

/// The folds without the rows that the recipe only trains on: those are neither asked about nor, where their group is
/// held out, trained on. Nor do rows teach that are for the kept model alone.
fn measured(folds: Vec<Fold>, rows: &[Row], options: &TrainOptions) -> Vec<Fold> {
    let only_measured = |mut fold: Fold| {
        fold.train.retain(|&row| options.recipe.teaches(&rows[row], Stage::Folds));
        fold.test.retain(|&row| options.recipe.measures(&rows[row]));
        fold
    };
    folds.into_iter().map(only_measured).filter(|fold| !fold.test.is_empty()).collect()
}

/// One fold: what is said of each test row.
fn fold_predictions(
    rows: &[Row],
    labels: &[String],
    scheme: &Scheme,
    train_on: &[usize],
    test_on: &[usize],
    options: &TrainOptions,
) -> Result<Vec<Said>, EvaluateError> {
    let grouping = scheme.leave_out.as_ref().or(scheme.group_by.as_ref());
    let training: Vec<Row> = train_on
        .iter()
        .map(|&row| {
            let mut row = rows[row].clone();
            // The inner folds, too, must not split what the outer ones keep together.
            if let Some(column) = grouping {
                row.group = Some(column_value(&row, column)).filter(|value| !value.is_empty());
            }
            row
        })
        .collect();
    // What is trained here is a fold's model, its last fit and its inner folds alike.
    let options = TrainOptions { recipe: options.recipe.for_any_stage(), ..options.clone() };
    let trained = train(&training, &options, &silent).map_err(Box::new)?;
    let texts: Vec<Input<'_>> = test_on.iter().map(|&row| rows[row].input()).collect();
    let place: Vec<Option<usize>> =
        trained.model.labels().iter().map(|label| labels.iter().position(|other| other == label)).collect();
    let spread = |said: Classification| {
        let placed = |values: &[f64], or_else: f64| {
            let mut all = vec![or_else; labels.len()];
            for (place, value) in place.iter().zip(values) {
                if let Some(place) = place {
                    all[*place] = *value;
                }
            }
            all
        };
        let levels = match trained.model.conformal() {
            Some(_) => placed(&levels(&trained.model, &said), 1.0),
            None => Vec::new(),
        };
        Said { label: place[said.label].unwrap_or(0), probabilities: placed(&said.probabilities, 0.0), levels }
    };
    Ok(trained.model.classify_batch(&texts).into_iter().map(spread).collect())
}

/// Runs the jobs in parallel; the results are in their order.
fn run<J: Sync, T: Send>(
    stage: &str,
    jobs: &[J],
    progress: Callback<'_>,
    work: impl Fn(&J) -> Result<T, EvaluateError> + Sync,
) -> Result<Vec<T>, EvaluateError> {
    let done = AtomicUsize::new(0);
    let total = jobs.len();
    progress(Progress { stage, done: 0, total });
    let one = |job: &J| {
        let result = work(job)?;
        progress(Progress { stage, done: 1 + done.fetch_add(1, Ordering::Relaxed), total });
        Ok(result)
    };
    jobs.par_iter().map(one).collect()
}

type FoldResult = (Vec<usize>, Vec<Said>);

fn gather(
    rows: &[Row],
    labels: &[String],
    folds: Vec<FoldResult>,
    n_repeats: usize,
) -> Result<Predictions, EvaluateError> {
    let gold_of = classes_of(rows, labels)?;
    let mut all: Vec<(usize, Said)> = folds.into_iter().flat_map(|(test, said)| test.into_iter().zip(said)).collect();
    // By row; the repeats of a row stay in their order.
    all.sort_by_key(|(row, ..)| *row);
    let shape = (all.len(), labels.len());
    let table = Array2::from_shape_fn(shape, |(place, class)| all[place].1.probabilities[class]);
    let has_sets = all.iter().all(|(_, said)| said.levels.len() == labels.len());
    let sets = has_sets.then(|| LabelSets {
        level: LEVEL,
        from: Array2::from_shape_fn(shape, |(place, class)| all[place].1.levels[class]),
    });
    let predictions = Predictions {
        labels: labels.to_vec(),
        rows: all.iter().map(|(row, ..)| *row).collect(),
        gold: all.iter().map(|(row, ..)| gold_of[*row]).collect(),
        predicted: all.iter().map(|(_, said)| said.label).collect(),
        probabilities: Some(table),
        weights: (n_repeats > 1).then(|| vec![1.0 / n_repeats as f64; all.len()]),
        sets,
    };
    predictions.check()?;
    Ok(predictions)
}

/// For each share of the training rows, what models trained on so many say of the held-out rows, and the mean number of
/// training rows. The rows of a smaller share are among those of a larger one, and classes keep their shares.
///
/// # Errors
/// As [`cross_validate`].
pub fn learning_predictions(
    rows: &[Row],
    labels: &[String],
    scheme: &Scheme,
    options: &TrainOptions,
    shares: &[f64],
    progress: Callback<'_>,
) -> Result<Vec<(f64, f64, Predictions)>, EvaluateError> {
    let folds = measured(scheme.folds(rows, labels)?.into_iter().next().unwrap_or_default(), rows, options);
    let classes = classes_of(rows, labels)?;
    // The labels alone are judged: no inner folds to calibrate probabilities.
    let options = TrainOptions { n_folds: 0, ..options.clone() };
    let jobs: Vec<(usize, usize)> =
        (0..shares.len()).flat_map(|share| (0..folds.len()).map(move |fold| (share, fold))).collect();
    let job = |&(share, fold): &(usize, usize)| {
        let fold = &folds[fold];
        let training = part_of(&fold.train, &classes, shares[share], scheme.seed);
        let said = fold_predictions(rows, labels, scheme, &training, &fold.test, &options)?;
        Ok((share, training.len(), (fold.test.clone(), said)))
    };
    let done = run("learning curve", &jobs, progress, job)?;
    let mut by_share: Vec<(usize, Vec<FoldResult>)> = vec![(0, Vec::new()); shares.len()];
    for (share, n_rows, result) in done {
        by_share[share].0 += n_rows;
        by_share[share].1.push(result);
    }
    let point = |(&share, (n_rows, results)): (&f64, (usize, Vec<FoldResult>))| {
        let mean_rows = n_rows as f64 / folds.len().max(1) as f64;
        let predictions = gather(rows, labels, results, 1)?;
        Ok((share, mean_rows, Predictions { probabilities: None, sets: None, ..predictions }))
    };
    shares.iter().zip(by_share).map(point).collect()
}

/// About `share` of the rows, of each class alike, at least two of a class where it has them; ascending.
fn part_of(train: &[usize], classes: &[usize], share: f64, seed: u64) -> Vec<usize> {
    use rand_xoshiro::rand_core::RngCore;
    let mut random = super::bootstrap::stream(seed, 0x1ea2);
    let mut order: Vec<(u64, usize)> = train.iter().map(|&row| (random.next_u64(), row)).collect();
    order.sort_unstable();
    let mut wanted: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
    train.iter().for_each(|&row| *wanted.entry(classes[row]).or_default() += 1);
    wanted.values_mut().for_each(|n| *n = ((*n as f64 * share).round() as usize).max(2.min(*n)));
    let take = |&(_, row): &(u64, usize)| {
        let left = wanted.get_mut(&classes[row])?;
        *left = left.checked_sub(1)?;
        Some(row)
    };
    let mut part: Vec<usize> = order.iter().filter_map(take).collect();
    part.sort_unstable();
    part
}
