//! Texts that occur more than once, exactly or nearly, within a file and across files, with equal or other labels.
//!
//! Exact means equal after case and white space are folded. Near means a Jaccard similarity of the sets of word triples
//! above a threshold; candidates come from MinHash signatures in bands (Broder 1997; Leskovec, Rajaraman and Ullman,
//! *Mining of Massive Datasets*, chapter 3) and each is then compared exactly. A text with another target is another
//! text: the same sentence may favor one thing and oppose another.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Finding, FindingKind, Located, Place, Severity, finding, rows_text};
use crate::progress::{Callback, Progress};
use crate::units::near::Sketches;

/// Shorter texts are near duplicates of too much.
const LEAST_WORDS: usize = 5;

/// What makes two rows the same.
pub(super) fn key(located: &Located<'_>) -> (String, String) {
    let folded = located.row.text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    (folded, located.row.target.clone().unwrap_or_default())
}

pub(super) fn all(rows: &[Located<'_>], similarity: f64, progress: Callback<'_>) -> Vec<Finding> {
    let mut groups: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for (index, located) in rows.iter().enumerate() {
        groups.entry(key(located)).or_default().push(index);
    }
    let mut found = Found::default();
    for group in groups.values().filter(|group| group.len() > 1) {
        let first = group[0];
        for &other in &group[1..] {
            found.add(&rows[first], &rows[other], None);
        }
    }
    // One of each exact group: near duplicates of the others are the same finding again.
    let representatives: Vec<usize> = groups.values().map(|group| group[0]).collect();
    for (first, other, similarity) in near(rows, &representatives, similarity, progress) {
        found.add(&rows[first], &rows[other], Some(similarity));
    }
    found.findings()
}

#[derive(Default)]
struct Found {
    conflicts: Vec<Place>,
    near_conflicts: Vec<Place>,
    leaks: Vec<Place>,
    near_leaks: Vec<Place>,
    duplicates: Vec<Place>,
    near_duplicates: Vec<Place>,
}

impl Found {
    fn add(&mut self, first: &Located<'_>, other: &Located<'_>, similarity: Option<f64>) {
        let near = similarity.map_or_else(String::new, |similarity| format!(", similarity {similarity:.2}"));
        let at = format!("{}:{}", first.file, first.row.line);
        let labels = first.label().zip(other.label());
        let is_conflict = labels.is_some_and(|(a, b)| super::labels::folded(a) != super::labels::folded(b));
        let detail = match labels.filter(|_| is_conflict) {
            Some((a, b)) => format!("{b:?}, but {a:?} at {at}{near}"),
            None => format!("as {at}{near}"),
        };
        let place = other.place(detail);
        if first.file != other.file {
            if similarity.is_some() { &mut self.near_leaks } else { &mut self.leaks }.push(place.clone());
        } else if !is_conflict {
            if similarity.is_some() { &mut self.near_duplicates } else { &mut self.duplicates }.push(place.clone());
        }
        if is_conflict {
            if similarity.is_some() { &mut self.near_conflicts } else { &mut self.conflicts }.push(place);
        }
    }

    fn findings(mut self) -> Vec<Finding> {
        for places in [
            &mut self.conflicts,
            &mut self.near_conflicts,
            &mut self.leaks,
            &mut self.near_leaks,
            &mut self.duplicates,
            &mut self.near_duplicates,
        ] {
            places.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        }
        let text = |what: &'static str| move |n: usize| format!("{} {what}", rows_text(n));
        let all = [
            finding(
                FindingKind::Conflict,
                Severity::Error,
                text("with the text of an earlier one but another label"),
                "decide on one label; --fix takes out all rows of such a text",
                self.conflicts,
            ),
            finding(
                FindingKind::Leakage,
                Severity::Error,
                text("whose text is in an earlier file, too"),
                "take it out of one of them: a model tested on what it was trained on looks better than it is; --fix takes \
                 it out of the first file",
                self.leaks,
            ),
            finding(
                FindingKind::NearLeakage,
                Severity::Warning,
                text("whose text is nearly in an earlier file, too"),
                "take it out of one of them, or split by document with a group column",
                self.near_leaks,
            ),
            finding(
                FindingKind::Duplicate,
                Severity::Warning,
                text("with the text and label of an earlier one"),
                "keep one: copies count double in training and leak between folds; --fix keeps the first",
                self.duplicates,
            ),
            finding(
                FindingKind::NearConflict,
                Severity::Warning,
                text("with nearly the text of an earlier one but another label"),
                "look at both: one label is likely wrong",
                self.near_conflicts,
            ),
            finding(
                FindingKind::NearDuplicate,
                Severity::Warning,
                text("with nearly the text of an earlier one"),
                "keep one, or give both the same value in a group column so that folds keep them together",
                self.near_duplicates,
            ),
        ];
        all.into_iter().flatten().collect()
    }
}

/// Pairs (earlier, later, similarity), each later row once with the most similar earlier one.
fn near(
    rows: &[Located<'_>],
    representatives: &[usize],
    least: f64,
    progress: Callback<'_>,
) -> Vec<(usize, usize, f64)> {
    let mut order: Vec<usize> = representatives.to_vec();
    order.sort_unstable();
    let texts: Vec<&str> = order.iter().map(|&row| rows[row].row.text.as_str()).collect();
    let sketches = Sketches::new(&texts);
    let is_long = |place: usize| n_words(texts[place]) >= LEAST_WORDS;
    let mut best: BTreeMap<usize, (usize, f64)> = BTreeMap::new();
    for round in 0..Sketches::N_ROUNDS {
        let pairs: Vec<(usize, usize, f64)> = sketches
            .candidates(round)
            .into_par_iter()
            .filter(|&(early, later)| rows[order[early]].row.target == rows[order[later]].row.target)
            .filter(|&(early, later)| is_long(early) && is_long(later))
            .map(|(early, later)| (early, later, sketches.similarity(early, later)))
            .filter(|(.., similarity)| *similarity >= least)
            .collect();
        for (early, later, similarity) in pairs {
            let known = best.entry(later).or_insert((early, similarity));
            if similarity > known.1 || (similarity == known.1 && early < known.0) {
                *known = (early, similarity);
            }
        }
        progress(Progress { stage: "near duplicates", done: round + 1, total: Sketches::N_ROUNDS });
    }
    best.into_iter().map(|(later, (early, similarity))| (order[early], order[later], similarity)).collect()
}

fn n_words(text: &str) -> usize {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count()
}
