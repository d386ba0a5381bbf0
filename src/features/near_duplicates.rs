//! Texts that are nearly the same, as groups that must not be split between training and testing.
//!
//! Two texts are near-duplicates when the Jaccard similarity of their sets of word triples is at least 0.6. Pairs
//! to compare are found by MinHash with banding (Broder 1997); groups are what is connected by such pairs.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::keys;

/// Similarity from which texts belong together.
const SIMILAR: f64 = 0.6;
/// Hash functions: bands of rows; a pair at 0.6 is missed once in two hundred thousand.
const BANDS: usize = 48;
const ROWS: usize = 3;
/// More texts of one bucket than this are compared with the bucket's first alone.
const MAX_BUCKET: usize = 64;

/// The group of each text, as the number of its first member: texts of one name, where they have one, and
/// near-duplicates are of one group.
///
/// # Panics
/// Where there are fewer names than texts.
#[must_use]
pub fn groups(texts: &[&str], names: &[Option<&str>]) -> Vec<usize> {
    let shingles: Vec<Vec<u64>> = texts.par_iter().map(|text| shingles(text)).collect();
    let mut group: Vec<usize> = (0..texts.len()).collect();
    let mut first_of: FxHashMap<&str, usize> = FxHashMap::default();
    for (text, name) in names.iter().enumerate() {
        group[text] = name.map_or(text, |name| *first_of.entry(name).or_insert(text));
    }
    let signatures: Vec<[u64; BANDS * ROWS]> = shingles.par_iter().map(|set| signature(set)).collect();
    for band in 0..BANDS {
        let mut buckets: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
        for (text, signature) in signatures.iter().enumerate().filter(|(text, _)| !shingles[*text].is_empty()) {
            let key = signature[band * ROWS..][..ROWS].iter().fold(band as u64, |key, &part| keys::join(key, part));
            let members = buckets.entry(key).or_default();
            let compared = if members.len() > MAX_BUCKET { &members[..1] } else { &members[..] };
            for &other in compared {
                if find(&mut group, other) != find(&mut group, text)
                    && similarity(&shingles[other], &shingles[text]) >= SIMILAR
                {
                    let (a, b) = (find(&mut group, other), find(&mut group, text));
                    group[a.max(b)] = a.min(b);
                }
            }
            members.push(text);
        }
    }
    (0..texts.len()).map(|text| find(&mut group, text)).collect()
}

fn find(group: &mut [usize], text: usize) -> usize {
    let mut root = text;
    while group[root] != root {
        group[root] = group[group[root]];
        root = group[root];
    }
    root
}

/// Sorted keys of the runs of three words; of a shorter text, of the text itself.
fn shingles(text: &str) -> Vec<u64> {
    let words: Vec<u64> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| keys::of_bytes(word.to_lowercase().as_bytes()))
        .collect();
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

fn signature(set: &[u64]) -> [u64; BANDS * ROWS] {
    let mut smallest = [u64::MAX; BANDS * ROWS];
    for &item in set {
        for (n, smallest) in smallest.iter_mut().enumerate() {
            *smallest = (*smallest).min(keys::join(n as u64 + 1, item));
        }
    }
    smallest
}

fn similarity(a: &[u64], b: &[u64]) -> f64 {
    let n_common = a.iter().filter(|item| b.binary_search(item).is_ok()).count();
    n_common as f64 / (a.len() + b.len() - n_common) as f64
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
        ];
        assert_eq!(groups(&texts, &[None; 9]), [0, 1, 0, 0, 4, 4, 6, 7, 0]);
        let names = [Some("a"), Some("a"), None, None, None, Some("b"), Some("b"), None, None];
        assert_eq!(groups(&texts, &names), [0, 0, 0, 0, 4, 4, 4, 7, 0]);
    }
}
