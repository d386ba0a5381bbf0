//! Which recipe: several are cross-validated, the worse ones are dropped early, and of the good ones the simplest wins.
//!
//! Every candidate is tried on one fold; the better third goes on to half of the folds, the better third of those to
//! all (successive halving, Jamieson and Talwalkar 2016, with folds as the budget). Of those that ran on all folds the
//! simplest whose mean is within one standard error of the best is taken (Breiman et al. 1984): differences below that
//! are noise. Rows of one unit are always on one side of a fold.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::recipe::{ClassifierKind, ClassifierRecipe, Recipe};
use super::train::{Examples, TrainOptions, labels_of};
use super::{Goal, TrainError, decide, fit};
use crate::features::{self, Block, Field, LexiconBlock, NGrams, PreparedTexts, Vectors, Weight};
use crate::labeled::Row;
use crate::learn::split::Fold;
use crate::progress::{Callback, Progress};
use crate::units::Joined;

/// One recipe that was tried.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Tried {
    /// The recipe.
    pub recipe: Recipe,
    /// It in a few words: features, classifier, c, balance.
    pub name: String,
    /// The measure on each fold that it ran on.
    pub figures: Vec<f64>,
}

impl Tried {
    /// The mean over the folds.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.figures.iter().sum::<f64>() / self.figures.len().max(1) as f64
    }

    /// The standard error of the mean; none for a single fold.
    #[must_use]
    pub fn standard_error(&self) -> Option<f64> {
        let n = self.figures.len() as f64;
        let mean = self.mean();
        let squares: f64 = self.figures.iter().map(|figure| (figure - mean) * (figure - mean)).sum();
        (n > 1.0).then(|| (squares / (n - 1.0) / n).sqrt())
    }
}

/// What was tried, and what was chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// All candidates, from the simplest on.
    pub tried: Vec<Tried>,
    /// The place of the chosen one.
    pub chosen: usize,
    /// Folds in all.
    pub n_folds: usize,
    /// The measure.
    pub goal: Goal,
}

/// The part of the candidates that goes on to the next round.
const KEPT: usize = 3;

/// Cross-validates the usual recipes on the rows, and chooses one. `options` gives folds, seed, row weights and, in its
/// recipe, the measure to optimize (macro-F1, where it names none).
///
/// # Errors
/// Where the rows cannot be trained on, a label has too few rows to validate, or the recipe measures none of them.
pub fn search(rows: &[Row], options: &TrainOptions, progress: Callback<'_>) -> Result<Search, TrainError> {
    let goal = options.recipe.decision.optimize.unwrap_or(Goal::MacroF1);
    let labels = labels_of(rows, &options.task)?;
    let data = Examples::new(rows, &labels, &options.recipe);
    let joined = Joined::new(rows, &options.joining)?;
    let folds = data.asked(joined.k_folds(&data.gold, options.n_folds.max(2), options.seed)?.folds);
    if folds.is_empty() {
        return Err(TrainError::NothingMeasured);
    }
    let mut distinct: Vec<&str> = rows.iter().filter_map(|row| row.target.as_deref()).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let features = feature_sets(distinct.len() > 1, rows.iter().any(|row| features::has_words_in_tags(&row.text)));
    let mut tried: Vec<Tried> = features
        .iter()
        .flat_map(|(name, features)| classifiers().map(move |classifier| (name, features, classifier)))
        .map(|(name, features, classifier)| Tried {
            name: format!("{name}; {}", in_words(&classifier)),
            recipe: Recipe { features: features.clone(), classifier, ..options.recipe.clone() },
            figures: Vec::new(),
        })
        .collect();
    let rounds = [1, folds.len().div_ceil(2), folds.len()];
    let n_classifiers = classifiers().count();
    let n_all = tried.len();
    let sizes = [n_all, n_all.div_ceil(KEPT), n_all.div_ceil(KEPT * KEPT)];
    let total = sizes[0] + sizes[1] * (rounds[1] - rounds[0]) + sizes[2] * (rounds[2] - rounds[1]);
    let n_done = AtomicUsize::new(0);
    let mut alive: Vec<usize> = (0..n_all).collect();
    let mut from = 0;
    for (round, (&to, &size)) in rounds.iter().zip(&sizes).enumerate() {
        if round > 0 {
            // The better ones; of equals the simpler.
            alive.sort_by(|&a, &b| tried[b].mean().total_cmp(&tried[a].mean()).then(a.cmp(&b)));
            alive.truncate(size);
            alive.sort_unstable();
        }
        for (idx, (_, recipe)) in features.iter().enumerate() {
            let own: Vec<usize> = alive.iter().copied().filter(|&place| place / n_classifiers == idx).collect();
            if own.is_empty() || from == to {
                continue;
            }
            // One set of features is in memory at a time.
            let prepared = options.prepare(recipe, &data.inputs)?;
            for fold in &folds[from..to] {
                let found = on_fold(&data, &prepared, fold, &own, &tried, goal, &labels, &|| {
                    let done = 1 + n_done.fetch_add(1, Ordering::Relaxed);
                    progress(Progress { stage: "searching", done, total });
                })?;
                own.iter().zip(found).for_each(|(&place, figure)| tried[place].figures.push(figure));
            }
        }
        from = to;
    }
    let best = alive.iter().copied().reduce(|a, b| if tried[b].mean() > tried[a].mean() { b } else { a }).unwrap_or(0);
    let enough = tried[best].mean() - tried[best].standard_error().unwrap_or(0.0);
    let chosen = alive.iter().copied().find(|&place| tried[place].mean() >= enough).unwrap_or(best);
    Ok(Search { tried, chosen, n_folds: folds.len(), goal })
}

/// The measure of each candidate of `own`, all of one set of features, on one fold.
#[allow(clippy::too_many_arguments, reason = "all of it is the state of one search")]
fn on_fold(
    data: &Examples<'_>,
    prepared: &PreparedTexts<'_>,
    fold: &Fold,
    own: &[usize],
    tried: &[Tried],
    goal: Goal,
    labels: &[String],
    done: &(dyn Fn() + Sync),
) -> Result<Vec<f64>, TrainError> {
    let (gold, weights) = data.targets(&fold.train);
    let (pipeline, records, columns) = prepared.fit(&fold.train, Some((&gold, labels.len())))?;
    let test = prepared.rows(&pipeline, &columns, &fold.test);
    let test_gold: Vec<usize> = fold.test.iter().map(|&place| data.gold[place]).collect();
    own.par_iter()
        .map(|&place| {
            let fitted = fit::fit(records.clone(), &gold, &weights, labels.len(), &tried[place].recipe.classifier)?;
            let scores = fitted.scores(&test);
            let said: Vec<usize> = scores.rows().into_iter().map(|row| decide::largest(&row.to_vec())).collect();
            done();
            Ok(decide::measure(goal, &test_gold, &said, &vec![1.0; said.len()], labels))
        })
        .collect()
}

/// Sets of features with their names, the simplest first.
fn feature_sets(has_targets: bool, tag_words: bool) -> Vec<(String, features::FeatureRecipe)> {
    let words = |max| Block::Words(NGrams::new(1, max));
    let chars = || Block::Chars(NGrams::new(2, 5));
    let vectors = || Block::Vectors(Vectors { table: "builtin".into(), weight: 1.0, field: Field::Text });
    let lexicon = || Block::Lexicon(LexiconBlock { file: "builtin".into(), weight: 0.3 });
    let mut sets = vec![
        ("words 1-2", vec![words(2)]),
        ("words 1-2, chars 2-5", vec![words(2), chars()]),
        ("words 1-3, chars 2-5", vec![words(3), chars()]),
        ("words 1-2, chars 2-5, vectors", vec![words(2), chars(), vectors()]),
        ("words 1-2, chars 2-5, vectors, lexicon", vec![words(2), chars(), vectors(), lexicon()]),
    ];
    if has_targets {
        sets.iter_mut().for_each(|(_, blocks)| blocks.push(Block::Target(Weight { weight: 0.3 })));
    }
    let target_copies = has_targets.then_some(3.0_f32.sqrt());
    let recipe = |blocks| features::FeatureRecipe { keep_case: false, tag_words, target_copies, blocks };
    sets.into_iter().map(|(name, blocks)| (name.to_owned(), recipe(blocks))).collect()
}

/// Classifiers, the simplest first: the more regularized, the simpler.
fn classifiers() -> impl Iterator<Item = ClassifierRecipe> + Clone {
    let of_kind = |kind: ClassifierKind, cs: &'static [f64]| {
        cs.iter().flat_map(move |&c| {
            [0.0, 0.7].map(|balance| ClassifierRecipe { kind, c, balance, ..ClassifierRecipe::default() })
        })
    };
    of_kind(ClassifierKind::Logistic, &[1.0, 3.0, 10.0, 30.0]).chain(of_kind(ClassifierKind::Svm, &[0.1, 0.3, 1.0]))
}

fn in_words(classifier: &ClassifierRecipe) -> String {
    let kind = match classifier.kind {
        ClassifierKind::Svm => "SVM",
        _ => "logistic",
    };
    format!("{kind}, c {}, balance {}", classifier.c, classifier.balance)
}
