//! An article's statements, decided together: stacked collective classification (Kou and Cohen 2007, "Stacked graphical
//! models for efficient inference in Markov random fields").
//!
//! One speaker's statements agree more often than not, neighbours answer each other, an article has a mix. A second
//! classifier therefore reads, for each statement, what the first said of it, of the speaker's other statements, of the
//! whole article and of the statements before and after it, told apart by whether the speaker is the same. It learns
//! from what models of the folds said of statements that they were not taught, as it will meet them.
//!
//! Its own probabilities are cross-fitted over the same folds, so that whatever is calibrated or measured on them was
//! taught nothing of the rows that measure.

use std::collections::BTreeMap;

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, ArrayView1};
use serde::{Deserialize, Serialize};

use super::TrainError;
use super::file::MAX_NUMBER;
use super::recipe::Collective as Recipe;
use crate::features::Input;
use crate::learn::{ClassIndices, LogisticRegression, Records};

/// The second classifier: one row of weights a label, the last of each the intercept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Collective {
    weights: Vec<Vec<f64>>,
}

/// Where a text stands among others: its article, and its speaker there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place<'t> {
    article: Option<&'t str>,
    speaker: Option<&'t str>,
}

impl<'t> From<Input<'t>> for Place<'t> {
    fn from(input: Input<'t>) -> Self {
        Self { article: input.article, speaker: input.speaker }
    }
}

/// Smallest probability whose logarithm is taken.
const LEAST: f64 = 1e-3;
/// Statements that a mean over the article counts as zero beside those that there are.
const N_ARTICLE: f64 = 3.0;
/// The same for a mean over the speaker's others.
const N_SPEAKER: f64 = 1.0;

/// Blocks of as many columns as labels: own, the speaker's others, the article's others, the one before by the same
/// speaker, by another, the one after by the same, by another.
const N_BLOCKS: usize = 7;

/// Columns for so many labels: the blocks, and whether the speaker has others.
const fn n_columns(n_labels: usize) -> usize {
    N_BLOCKS * n_labels + 1
}

impl Collective {
    /// Learns from probabilities of rows that their models were not taught. `fold_of` is each row's fold. Gives the
    /// classifier of all rows, and the probabilities of classifiers that were not taught the row's fold.
    pub(super) fn fit(
        recipe: &Recipe,
        places: &[Place<'_>],
        probabilities: &Array2<f64>,
        gold: &[usize],
        weights: &[f64],
        fold_of: &[usize],
    ) -> Result<(Self, Array2<f64>), TrainError> {
        let n_labels = probabilities.ncols();
        let rows = columns(places, probabilities);
        let learn = |of: &dyn Fn(usize) -> bool| {
            let picked: Vec<usize> = (0..gold.len()).filter(|&row| of(row)).collect();
            let records = picked.iter().map(|&row| sparse(rows.row(row)));
            let records = Records::from_rows(records, n_columns(n_labels))?;
            let dataset = DatasetBase::new(
                records,
                ClassIndices::new(picked.iter().map(|&row| gold[row]).collect::<Vec<usize>>(), n_labels)?,
            )
            .with_weights(picked.iter().map(|&row| weights[row] as f32).collect());
            let model = LogisticRegression::params().c(recipe.c).fit(&dataset)?;
            let of_label = |label: usize| {
                model.weights().row(label).iter().copied().chain([model.intercept()[label]]).map(rounded).collect()
            };
            Ok::<_, TrainError>(Self { weights: (0..n_labels).map(of_label).collect() })
        };
        let mut crossed = Array2::zeros(probabilities.raw_dim());
        let mut folds = fold_of.to_vec();
        folds.sort_unstable();
        folds.dedup();
        for fold in folds {
            let fitted = learn(&|row| fold_of[row] != fold)?;
            for row in (0..gold.len()).filter(|&row| fold_of[row] == fold) {
                crossed.row_mut(row).assign(&fitted.probabilities(rows.row(row)));
            }
        }
        Ok((learn(&|_| true)?, crossed))
    }

    /// Whether a table read from a file can be one for so many labels.
    pub(super) fn fits(&self, n_labels: usize) -> bool {
        let is_row = |row: &Vec<f64>| {
            row.len() == n_columns(n_labels) + 1 && row.iter().all(|weight| weight.abs() <= MAX_NUMBER)
        };
        self.weights.len() == n_labels && self.weights.iter().all(is_row)
    }

    /// Brings the probabilities of texts in line with those of the same article, in place.
    pub(super) fn decide(&self, places: &[Place<'_>], probabilities: &mut Array2<f64>) {
        let rows = columns(places, probabilities);
        for (row, mut decided) in rows.rows().into_iter().zip(probabilities.rows_mut()) {
            decided.assign(&self.probabilities(row));
        }
    }

    fn probabilities(&self, row: ArrayView1<'_, f64>) -> Array1<f64> {
        let score = |weights: &Vec<f64>| {
            let (intercept, weights) = weights.split_last().expect("the intercept is there");
            intercept + row.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f64>()
        };
        let scores: Array1<f64> = self.weights.iter().map(score).collect();
        let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let shares = scores.mapv(|score| (score - top).exp());
        let sum = shares.sum();
        shares / sum
    }
}

/// Weights as the file holds them, the same on every machine.
fn rounded(weight: f64) -> f64 {
    (weight * 1e5).round() / 1e5
}

fn sparse(row: ArrayView1<'_, f64>) -> Vec<(u32, f32)> {
    let entries = row.iter().enumerate().filter(|(_, value)| **value != 0.0);
    entries.map(|(column, &value)| (column as u32, value as f32)).collect()
}

/// What the second classifier reads of each text, one row a text.
fn columns(places: &[Place<'_>], probabilities: &Array2<f64>) -> Array2<f64> {
    let n_labels = probabilities.ncols();
    // Log-odds to the mean over the labels: 0 where nothing is known.
    let mut logs = probabilities.mapv(|p| (p + LEAST).ln());
    for mut row in logs.rows_mut() {
        let mean = row.sum() / n_labels as f64;
        row.mapv_inplace(|log| log - mean);
    }
    let mut articles: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, place) in places.iter().enumerate() {
        if let Some(article) = place.article {
            articles.entry(article).or_default().push(row);
        }
    }
    let mut all = Array2::zeros((places.len(), n_columns(n_labels)));
    let mut put = |row: usize, block: usize, values: ArrayView1<'_, f64>| {
        (0..n_labels).for_each(|label| all[[row, block * n_labels + label]] = values[label]);
    };
    for row in 0..places.len() {
        put(row, 0, logs.row(row));
    }
    let mut has_others = Vec::new();
    for rows in articles.values() {
        let mut whole = Array1::<f64>::zeros(n_labels);
        let mut speakers: BTreeMap<&str, (f64, Array1<f64>)> = BTreeMap::new();
        for &row in rows {
            whole += &logs.row(row);
            if let Some(speaker) = places[row].speaker {
                let (n, sum) = speakers.entry(speaker).or_insert_with(|| (0.0, Array1::zeros(n_labels)));
                *n += 1.0;
                *sum += &logs.row(row);
            }
        }
        for (at, &row) in rows.iter().enumerate() {
            if let Some((n, sum)) = places[row].speaker.and_then(|speaker| speakers.get(speaker))
                && *n > 1.0
            {
                put(row, 1, ((sum - &logs.row(row)) / (n - 1.0 + N_SPEAKER)).view());
                has_others.push(row);
            }
            put(row, 2, ((&whole - &logs.row(row)) / ((rows.len() - 1) as f64 + N_ARTICLE)).view());
            let neighbours = [at.checked_sub(1), Some(at + 1).filter(|&next| next < rows.len())];
            for (neighbour, first) in neighbours.into_iter().zip([3, 5]) {
                let Some(neighbour) = neighbour.map(|place| rows[place]) else { continue };
                let is_same = places[row].speaker.is_some() && places[row].speaker == places[neighbour].speaker;
                put(row, first + usize::from(!is_same), logs.row(neighbour));
            }
        }
    }
    for row in has_others {
        all[[row, N_BLOCKS * n_labels]] = 1.0;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place<'t>(article: &'t str, speaker: &'t str) -> Place<'t> {
        Place { article: Some(article), speaker: Some(speaker) }
    }

    #[test]
    fn a_text_is_read_with_those_of_its_article_alone() {
        let places = [place("a", "x"), place("b", "x"), place("a", "x"), place("a", "y"), Place::default()];
        let p = ndarray::arr2(&[[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.5, 0.5], [0.3, 0.7]]);
        let rows = columns(&places, &p);
        let half_odds = |p: f64| ((p + LEAST) / (1.0 - p + LEAST)).ln() / 2.0;
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        // Own; the speaker's other one, drawn to zero; the article's other two; none before; the same speaker after.
        close(rows[[0, 0]], half_odds(0.9));
        close(rows[[0, 2]], half_odds(0.6) / 2.0);
        close(rows[[0, 4]], half_odds(0.6) / 5.0);
        assert_eq!((rows[[0, 6]], rows[[0, 8]], rows[[0, 12]], rows[[0, 14]]), (0.0, 0.0, 0.0, 1.0));
        close(rows[[0, 10]], half_odds(0.6));
        // Another speaker after it.
        close(rows[[2, 12]], half_odds(0.5));
        // A text without article has itself alone.
        assert!(rows.row(4).iter().skip(2).all(|value| *value == 0.0));
    }

    #[test]
    fn an_uncertain_statement_of_a_sure_speaker_takes_the_side() {
        // Speakers hold one side; of every third statement the first classifier says nothing.
        let mut places = Vec::new();
        let (mut gold, mut shares) = (Vec::new(), Vec::new());
        let names: Vec<(String, String)> = (0..60).map(|n| (format!("a{}", n / 6), format!("s{}", n / 3))).collect();
        for (n, (article, speaker)) in names.iter().enumerate() {
            let side = n / 3 % 2;
            places.push(place(article, speaker));
            gold.push(side);
            shares.push(if n % 3 == 2 { [0.5, 0.5] } else { [[0.9, 0.1], [0.1, 0.9]][side] });
        }
        let p = Array2::from_shape_fn((60, 2), |(row, label)| shares[row][label]);
        let fold_of: Vec<usize> = (0..60).map(|n| n / 6 % 5).collect();
        let recipe = Recipe { c: 10.0 };
        let (fitted, crossed) = Collective::fit(&recipe, &places, &p, &gold, &[1.0; 60], &fold_of).unwrap();
        assert!((0..60).all(|row| crossed[[row, gold[row]]] > 0.8), "{crossed:?}");
        let mut decided = p.clone();
        fitted.decide(&places, &mut decided);
        assert!(decided[[2, 0]] > 0.8 && decided[[5, 1]] > 0.8);
        assert!(fitted.fits(2) && !fitted.fits(3));
        let mut alone = ndarray::arr2(&[[0.5, 0.5]]);
        fitted.decide(&[Place::default()], &mut alone);
        assert!((alone[[0, 0]] - 0.5).abs() < 0.1, "{alone:?}");
    }
}
