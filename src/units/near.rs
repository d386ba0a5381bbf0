//! Texts that are nearly the same: the Jaccard similarity of their sets of word triples.
//!
//! Pairs to compare are found by MinHash with banding (Broder 1997; Leskovec, Rajaraman and Ullman, "Mining of massive
//! datasets", chapter 3). What is added where a post is passed on (`RT`, `@names`, links) does not count, nor do case
//! and punctuation.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::features::keys;

/// Similarity from which texts belong together.
pub const SIMILAR: f64 = 0.6;
/// Hash functions: bands of rows; a pair at 0.6 is missed once in a hundred thousand.
const BANDS: usize = 48;
const ROWS: usize = 3;
/// Texts of one bucket that a text is compared with, beside the bucket's first: bounds the work on stock phrases.
const MOST_COMPARED: usize = 24;

/// Texts made ready to be compared.
#[derive(Debug)]
pub(crate) struct Sketches {
    shingles: Vec<Vec<u64>>,
    bands: Vec<[u64; BANDS]>,
}

impl Sketches {
    pub(crate) fn new(texts: &[&str]) -> Self {
        let shingles: Vec<Vec<u64>> = texts.par_iter().map(|text| shingles(text)).collect();
        let bands = shingles.par_iter().map(|set| bands(set)).collect();
        Self { shingles, bands }
    }

    /// Number of texts.
    pub(crate) fn len(&self) -> usize {
        self.shingles.len()
    }

    /// Number of rounds of [`Self::candidates`].
    pub(crate) const N_ROUNDS: usize = BANDS;

    /// Pairs (earlier, later) that may be similar; all rounds together miss next to none.
    pub(crate) fn candidates(&self, round: usize) -> Vec<(usize, usize)> {
        let mut buckets: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
        let mut pairs = Vec::new();
        for text in (0..self.len()).filter(|&text| !self.shingles[text].is_empty()) {
            let members = buckets.entry(self.bands[text][round]).or_default();
            let recent = members.len().saturating_sub(MOST_COMPARED);
            pairs.extend(members.first().filter(|_| recent > 0).map(|&first| (first, text)));
            pairs.extend(members[recent..].iter().map(|&other| (other, text)));
            members.push(text);
        }
        pairs
    }

    /// Size of the intersection by size of the union of two texts' sets of word triples.
    pub(crate) fn similarity(&self, a: usize, b: usize) -> f64 {
        similarity(&self.shingles[a], &self.shingles[b])
    }

    /// The group of each text, as the number of its first member: what is connected by pairs at [`SIMILAR`] or above.
    pub(crate) fn groups(&self) -> Forest {
        let mut forest = Forest::new(self.len());
        for round in 0..Self::N_ROUNDS {
            for (earlier, later) in self.candidates(round) {
                if forest.root(earlier) != forest.root(later) && self.similarity(earlier, later) >= SIMILAR {
                    forest.join(earlier, later);
                }
            }
        }
        forest
    }
}

/// Disjoint sets of numbers, each known by its smallest member.
#[derive(Debug, Clone)]
pub(crate) struct Forest(Vec<usize>);

impl Forest {
    pub(crate) fn new(n: usize) -> Self {
        Self((0..n).collect())
    }

    pub(crate) fn root(&mut self, member: usize) -> usize {
        let mut root = member;
        while self.0[root] != root {
            self.0[root] = self.0[self.0[root]];
            root = self.0[root];
        }
        root
    }

    pub(crate) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }

    /// The smallest member of each number's set.
    pub(crate) fn roots(mut self) -> Vec<usize> {
        (0..self.0.len()).map(|member| self.root(member)).collect()
    }
}

/// The words of a text in lower case, without what is added where it is passed on; all of them where nothing else is
/// left.
fn words(text: &str) -> Vec<u64> {
    let of = |text: &str| -> Vec<u64> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(keys::of_lower).collect()
    };
    let is_own = |piece: &&str| {
        let piece = piece.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '@');
        let is_link = ["http://", "https://", "www.", "pic.twitter.com/", "t.co/"]
            .iter()
            .any(|start| piece.get(..start.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(start)));
        !is_link && !piece.starts_with('@') && piece.trim_end_matches(':') != "RT"
    };
    let own: Vec<u64> = text.split_whitespace().filter(is_own).flat_map(of).collect();
    if own.is_empty() { of(text) } else { own }
}

/// Sorted keys of the runs of three words; of a shorter text, of the text itself.
pub(crate) fn shingles(text: &str) -> Vec<u64> {
    let words = words(text);
    let join = |words: &[u64]| words[1..].iter().fold(words[0], |key, &word| keys::join(key, word));
    let mut found: Vec<u64> = match words.len() {
        0 => Vec::new(),
        1 | 2 => vec![join(&words)],
        _ => words.windows(3).map(join).collect(),
    };
    found.sort_unstable();
    found.dedup();
    found
}

/// The smallest value of the `n`th hash function over a set.
pub(crate) fn smallest(set: &[u64], n: usize) -> u64 {
    set.iter().map(|&item| keys::join(n as u64 + 1, item)).min().unwrap_or(u64::MAX)
}

/// One number a band of the signature.
fn bands(set: &[u64]) -> [u64; BANDS] {
    std::array::from_fn(|band| {
        (band * ROWS..(band + 1) * ROWS).fold(band as u64, |key, n| keys::join(key, smallest(set, n)))
    })
}

fn similarity(a: &[u64], b: &[u64]) -> f64 {
    let (mut i, mut j, mut n_common) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, n_common) = (i + 1, j + 1, n_common + 1),
        }
    }
    n_common as f64 / (a.len() + b.len() - n_common).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_with_small_changes_are_one_group() {
        let long = "the council will vote on the new bridge across the eastern river next month";
        let texts = [
            long,
            "something else entirely about trains",
            &format!("{long}!"),
            &long.to_uppercase(),
            "Yes.",
            "yes",
            "",
            "",
            &long.replace("month", "year"),
            &format!("RT @harbour_watch: {long} https://example.org/a1 @nobody"),
            "@nobody",
            "@somebody",
        ];
        assert_eq!(Sketches::new(&texts).groups().roots(), [0, 1, 0, 0, 4, 4, 6, 7, 0, 0, 10, 11]);
    }
}
