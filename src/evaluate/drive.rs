//! From models and recipes to [`Predictions`]: a finished model on a labelled file, or a recipe trained anew in each fold
//! and asked about the rows it has not seen.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::Array2;
use rayon::prelude::*;

use super::slices::column_value;
use super::{EvaluateError, LabelSets, Predictions};
use crate::features::Input;
use crate::labeled::Row;
use crate::learn::split::Fold;
use crate::model::{Classification, LEVEL, Model, Prepared, TrainOptions, train};
use crate::progress::{Callback, Progress, silent};
use crate::units::{Joined, Joining};

/// How rows are kept from the models that predict them.
#[derive(Debug, Clone, PartialEq)]
pub struct Scheme {
    /// Number of folds.
    pub n_folds: usize,
    /// How often the folds are drawn anew.
    pub n_repeats: usize,
    /// Where the random numbers start.
    pub seed: u64,
    /// Which rows are never split between training and testing.
    pub joining: Joining,
    /// Column each of whose values is a fold of its own, instead of `n_folds` drawn ones.
    pub leave_out: Option<String>,
    /// Share of the rows, above 0 and below 1, that is held out once a repeat, instead of folds.
    pub hold_out: Option<f64>,
}

impl Default for Scheme {
    fn default() -> Self {
        Self { n_folds: 5, n_repeats: 1, seed: 0, joining: Joining::default(), leave_out: None, hold_out: None }
    }
}

impl Scheme {
    /// The scheme in words, for these rows.
    #[must_use]
    pub fn describe(&self, rows: &[Row]) -> String {
        if let Some(column) = &self.leave_out {
            return format!("cross-validation, each {column} predicted by a model trained on the others");
        }
        let grouped = match self.joining.columns_of(rows) {
            columns if columns.is_empty() => String::new(),
            columns => format!(", rows of equal {} kept together", columns.join(" or ")),
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
}

/// The rows of each value of a column against those of the others that share no unit with them.
fn leave_out(rows: &[Row], column: &str, joined: &Joined) -> Result<Vec<Fold>, EvaluateError> {
    let values: Vec<String> = rows.iter().map(|row| column_value(row, column)).collect();
    if values.iter().all(String::is_empty) {
        return Err(EvaluateError::NoColumn { column: column.to_owned() });
    }
    let distinct: BTreeSet<&String> = values.iter().collect();
    if distinct.len() < 2 {
        return Err(EvaluateError::OneValue { column: column.to_owned() });
    }
    let fold = |value: &String| {
        let test: Vec<usize> = (0..rows.len()).filter(|&row| values[row] == *value).collect();
        Fold { train: joined.apart_from(&test), test }
    };
    let folds: Vec<Fold> = distinct.iter().map(|value| fold(value)).collect();
    match folds.iter().zip(distinct).find(|(fold, _)| fold.train.is_empty()) {
        Some((_, value)) => Err(EvaluateError::NothingLeft { column: column.to_owned(), value: value.clone() }),
        None => Ok(folds),
    }
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
/// prediction then weighs 1 / repeats. Also gives warnings: of labels that are too rare to be measured, of rows left out.
///
/// Folds are those of [`crate::model::train`], and so are the figures. What is held out or left out by value is labelled
/// by a model as `train` would make it of the other rows, from as many inner folds as `options` says.
///
/// # Errors
/// [`EvaluateError::Train`] where a fold cannot be trained; [`EvaluateError::NoColumn`] for a column without values,
/// [`EvaluateError::Units`] where there are too few units, [`EvaluateError::OneValue`] where there is nothing to leave
/// out, [`EvaluateError::NothingLeft`] where nothing is left without it.
pub fn cross_validate(
    rows: &[Row],
    labels: &[String],
    scheme: &Scheme,
    options: &TrainOptions,
    progress: Callback<'_>,
) -> Result<(Predictions, Vec<String>), EvaluateError> {
    let joined = Joined::new(rows, &scheme.joining)?;
    let mut found = driven(rows, labels, scheme, &joined, options, &[1.0], progress)?;
    let (_, folds, warnings) = found.swap_remove(0);
    let n_repeats = if scheme.leave_out.is_some() { 1 } else { scheme.n_repeats.max(1) };
    Ok((gather(rows, labels, folds, n_repeats)?, warnings))
}

/// For each share of the training rows: the mean number of rows trained on, what each fold said, and warnings.
fn driven(
    rows: &[Row],
    labels: &[String],
    scheme: &Scheme,
    joined: &Joined,
    options: &TrainOptions,
    shares: &[f64],
    progress: Callback<'_>,
) -> Result<Vec<OfShare>, EvaluateError> {
    let train = |error| EvaluateError::Train(Box::new(error));
    options.recipe.check().map_err(train)?;
    let prepared = Prepared::new(rows, options).map_err(train)?;
    let classes = prepared.gold();
    let mut warnings = Vec::new();
    let mut repeats: Vec<Vec<Fold>> = Vec::new();
    if let Some(column) = &scheme.leave_out {
        let folds = leave_out(rows, column, joined)?;
        let n_apart: usize = folds.iter().map(|fold| rows.len() - fold.train.len() - fold.test.len()).sum();
        if n_apart > 0 {
            warnings.push(format!(
                "rows of the unit of a row that is predicted do not teach: {n_apart} in all over {} values of {column}",
                folds.len()
            ));
        }
        repeats.push(folds);
    } else {
        for index in 0..scheme.n_repeats.max(1) {
            let seed = scheme.seed.wrapping_add((index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let division = match scheme.hold_out {
                Some(share) => joined.hold_out(classes, share, seed)?,
                None => joined.k_folds(classes, scheme.n_folds, seed)?,
            };
            if index == 0 {
                warnings.extend(division.warnings(prepared.labels()));
            }
            repeats.push(division.folds);
        }
    }
    let repeats: Vec<Vec<Fold>> = repeats.into_iter().map(|folds| prepared.asked(folds)).collect();
    let cut = |share: f64| -> Vec<Vec<Fold>> {
        let part =
            |fold: &Fold| Fold { train: part_of(&fold.train, classes, share, scheme.seed), test: fold.test.clone() };
        repeats.iter().map(|folds| folds.iter().map(part).collect()).collect()
    };
    let jobs: Vec<(usize, Vec<Fold>)> = shares
        .iter()
        .enumerate()
        .flat_map(|(at, &share)| cut(share).into_iter().map(move |folds| (at, folds)))
        .collect();
    let done = AtomicUsize::new(0);
    let total = jobs.iter().map(|(_, folds)| folds.len()).sum();
    let stage = if shares.len() > 1 { "learning curve" } else { "training" };
    progress(Progress { stage, done: 0, total });
    let one_more = |_| progress(Progress { stage, done: 1 + done.fetch_add(1, Ordering::Relaxed), total });
    let is_nested = scheme.leave_out.is_some() || scheme.hold_out.is_some();
    let said = |(_, folds): &(usize, Vec<Fold>)| -> Result<Vec<FoldResult>, EvaluateError> {
        if is_nested {
            let of_fold = |fold: &Fold| {
                let said = fold_predictions(rows, labels, scheme, &fold.train, &fold.test, options)?;
                one_more(1);
                Ok((fold.test.clone(), said))
            };
            return folds.par_iter().map(of_fold).collect();
        }
        let validated = prepared.validate(options, joined.units(), folds, &one_more).map_err(train)?;
        let Some(found) = validated.out_of_fold else { return Ok(Vec::new()) };
        let place = places(prepared.labels(), labels);
        let said = (0..found.rows.len())
            .map(|row| Said {
                label: place[found.predicted[row]].unwrap_or(0),
                probabilities: spread(&place, labels.len(), found.probabilities.row(row).iter().copied(), 0.0),
                levels: spread(&place, labels.len(), found.levels.row(row).iter().copied(), 1.0),
            })
            .collect();
        Ok(vec![(found.rows, said)])
    };
    let results: Vec<Vec<FoldResult>> = jobs.par_iter().map(said).collect::<Result<_, _>>()?;
    let mut by_share: Vec<OfShare> = shares.iter().map(|_| (0.0, Vec::new(), warnings.clone())).collect();
    let n_folds = (repeats.iter().map(Vec::len).sum::<usize>() as f64).max(1.0);
    for ((share, folds), results) in jobs.iter().zip(results) {
        by_share[*share].0 += folds.iter().map(|fold| fold.train.len()).sum::<usize>() as f64 / n_folds;
        by_share[*share].1.extend(results);
    }
    Ok(by_share)
}

/// Where each of a model's labels stands among the caller's.
fn places(own: &[String], labels: &[String]) -> Vec<Option<usize>> {
    own.iter().map(|label| labels.iter().position(|other| other == label)).collect()
}

/// Values of a model's labels as values of the caller's.
fn spread(place: &[Option<usize>], n_labels: usize, values: impl Iterator<Item = f64>, or_else: f64) -> Vec<f64> {
    let mut all = vec![or_else; n_labels];
    for (place, value) in place.iter().zip(values) {
        if let Some(place) = place {
            all[*place] = value;
        }
    }
    all
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
    let training: Vec<Row> = train_on.iter().map(|&row| rows[row].clone()).collect();
    // The inner folds, too, must not split what the outer ones keep together.
    let joining = match &scheme.leave_out {
        Some(column) => scheme.joining.and(&training, column),
        None => scheme.joining.clone(),
    };
    // What is trained here is a fold's model, its last fit and its inner folds alike.
    let options = TrainOptions { recipe: options.recipe.for_any_stage(), joining, ..options.clone() };
    let trained = train(&training, &options, &silent).map_err(Box::new)?;
    let texts: Vec<Input<'_>> = test_on.iter().map(|&row| rows[row].input()).collect();
    let place = places(trained.model.labels(), labels);
    let said = |said: Classification| {
        let levels = match trained.model.conformal() {
            Some(_) => spread(&place, labels.len(), levels(&trained.model, &said).into_iter(), 1.0),
            None => Vec::new(),
        };
        let probabilities = spread(&place, labels.len(), said.probabilities.iter().copied(), 0.0);
        Said { label: place[said.label].unwrap_or(0), probabilities, levels }
    };
    Ok(trained.model.classify_batch(&texts).into_iter().map(said).collect())
}

type FoldResult = (Vec<usize>, Vec<Said>);

/// A share of the training rows, what each fold said, and what there is to warn of.
type OfShare = (f64, Vec<FoldResult>, Vec<String>);

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
    // The first repeat alone.
    let scheme = Scheme { n_repeats: 1, ..scheme.clone() };
    let joined = Joined::new(rows, &scheme.joining)?;
    let found = driven(rows, labels, &scheme, &joined, options, shares, progress)?;
    let point = |(&share, (n_rows, folds, _)): (&f64, (f64, Vec<FoldResult>, Vec<String>))| {
        let predictions = gather(rows, labels, folds, 1)?;
        Ok((share, n_rows, Predictions { probabilities: None, sets: None, ..predictions }))
    };
    shares.iter().zip(found).map(point).collect()
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
