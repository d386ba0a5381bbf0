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

const N_BANDS: usize = 16;
const BAND_ROWS: usize = 4;
/// Texts of one bucket that a text is compared with; bounds the work on stock phrases.
const MOST_CANDIDATES: usize = 24;
const SHINGLE_WORDS: usize = 3;
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
    let shingles: Vec<Vec<u64>> = order.par_iter().map(|&row| shingles(&rows[row])).collect();
    let signatures: Vec<[u64; N_BANDS]> = shingles.par_iter().map(|set| bands(set)).collect();
    let mut best: BTreeMap<usize, (usize, f64)> = BTreeMap::new();
    for band in 0..N_BANDS {
        let mut buckets: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (place, signature) in signatures.iter().enumerate().filter(|(place, _)| !shingles[*place].is_empty()) {
            buckets.entry(signature[band]).or_default().push(place);
        }
        let buckets: Vec<Vec<usize>> = buckets.into_values().filter(|bucket| bucket.len() > 1).collect();
        let pairs: Vec<(usize, usize, f64)> = buckets
            .par_iter()
            .flat_map_iter(|bucket| {
                let pairs = (1..bucket.len()).flat_map(move |later| {
                    (later.saturating_sub(MOST_CANDIDATES)..later).map(move |early| (early, later))
                });
                pairs.map(|(early, later)| (bucket[early], bucket[later]))
            })
            .filter(|&(early, later)| rows[order[early]].row.target == rows[order[later]].row.target)
            .map(|(early, later)| (early, later, jaccard(&shingles[early], &shingles[later])))
            .filter(|(.., similarity)| *similarity >= least)
            .collect();
        for (early, later, similarity) in pairs {
            let known = best.entry(later).or_insert((early, similarity));
            if similarity > known.1 || (similarity == known.1 && early < known.0) {
                *known = (early, similarity);
            }
        }
        progress(Progress { stage: "near duplicates", done: band + 1, total: N_BANDS });
    }
    best.into_iter().map(|(later, (early, similarity))| (order[early], order[later], similarity)).collect()
}

/// The sorted hashes of a text's word triples; empty for short texts.
fn shingles(located: &Located<'_>) -> Vec<u64> {
    let lower = located.row.text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.len() < LEAST_WORDS {
        return Vec::new();
    }
    let hash_word = |hash: u64, word: &&str| {
        let bytes = word.bytes().chain([0xff]);
        bytes.fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    };
    let triple = |triple: &[&str]| mixed(triple.iter().fold(0xcbf2_9ce4_8422_2325, hash_word));
    let mut set: Vec<u64> = words.windows(SHINGLE_WORDS).map(triple).collect();
    set.sort_unstable();
    set.dedup();
    set
}

/// Spreads neighbouring numbers over all bits (the finalizer of SplitMix64).
fn mixed(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// One number a band of the MinHash signature.
fn bands(set: &[u64]) -> [u64; N_BANDS] {
    std::array::from_fn(|band| {
        (0..BAND_ROWS).fold(0, |hash, row| {
            let salt = mixed((band * BAND_ROWS + row) as u64 + 1);
            let least = set.iter().map(|shingle| mixed(shingle ^ salt)).min().unwrap_or(0);
            mixed(hash ^ least).wrapping_add(row as u64)
        })
    })
}

/// Size of the intersection by size of the union of two sorted sets.
fn jaccard(a: &[u64], b: &[u64]) -> f64 {
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, shared) = (i + 1, j + 1, shared + 1),
        }
    }
    shared as f64 / (a.len() + b.len() - shared).max(1) as f64
}
