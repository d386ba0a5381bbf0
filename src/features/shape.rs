//! Small dense blocks: how a text is written, whether it names the target, what a lexicon has of it.
//!
//! A value is `weight * ln(1 + count)`; a count of nothing leaves no entry.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::FeatureError;
use super::corpus::Corpus;
use super::keys;
use super::n_grams::{CHUNK, Rows};
use onrecord_learn::sparse::by_chunk;

/// Counts by kind: words in capitals, stretched words, `!`, `?`, tags and addresses, numbers, words.
pub(crate) type Shape = [u16; N_SHAPES];

/// What the kinds are called.
pub(crate) const SHAPE_NAMES: [&str; N_SHAPES] =
    ["words in capitals", "stretched words", "!", "?", "tags", "numbers", "words"];

/// What the columns of the target block are called.
pub(crate) const TARGET_NAMES: [&str; N_TARGET] = ["target named", "target named in full", "target"];

/// Kinds of shape.
pub(crate) const N_SHAPES: usize = 7;

/// Columns of the target block.
pub(crate) const N_TARGET: usize = 3;

/// How one piece between blanks is written.
pub(crate) fn of_piece(piece: &str) -> Shape {
    let letters = piece.chars().filter(|c| c.is_alphabetic()).count();
    let is_upper = letters > 1 && !piece.chars().any(char::is_lowercase);
    let mut run = (' ', 0);
    let is_stretched = piece.chars().any(|c| {
        run = if run.0 == c { (c, run.1 + 1) } else { (c, 1) };
        run.1 == 3 && c.is_alphabetic()
    });
    let count = |wanted: char| piece.chars().filter(|&c| c == wanted).count().min(99) as u16;
    [
        is_upper.into(),
        is_stretched.into(),
        count('!'),
        count('?'),
        piece.starts_with(['#', '@']).into(),
        piece.contains(|c: char| c.is_numeric()).into(),
        (letters > 0).into(),
    ]
}

/// Rows of `width` counts, one a text.
fn dense_rows(corpus: &Corpus<'_>, weight: f32, width: usize, counts: impl Fn(usize, &mut [f64]) + Sync) -> Vec<Rows> {
    by_chunk(corpus.n_docs(), CHUNK, |docs| {
        let mut rows = Rows::new();
        let mut of_doc = vec![0.0; width];
        for doc in docs {
            of_doc.fill(0.0);
            counts(doc, &mut of_doc);
            for (column, &count) in of_doc.iter().enumerate().filter(|(_, count)| **count > 0.0) {
                rows.columns.push(column as u32);
                rows.values.push((f64::from(weight) * (1.0 + count).ln()) as f32);
            }
            rows.starts.push(rows.columns.len());
        }
        rows
    })
}

pub(crate) fn shape_rows(corpus: &Corpus<'_>, weight: f32) -> Vec<Rows> {
    let of_pieces = corpus.map_pieces(of_piece);
    dense_rows(corpus, weight, N_SHAPES, |doc, counts| {
        let mut sum = Shape::default();
        for &piece in corpus.pieces(doc) {
            sum.iter_mut().zip(of_pieces[piece as usize]).for_each(|(sum, n)| *sum += n);
        }
        counts.iter_mut().zip(sum).for_each(|(count, n)| *count = f64::from(n));
    })
}

/// First letters of a word that stand for it: "feminist" and "feminism", "atheist" and "atheism" name one thing.
const STEM: usize = 5;
/// Shorter words of a target say nothing.
const SHORTEST: usize = 4;

pub(crate) fn target_rows(corpus: &Corpus<'_>, weight: f32) -> Vec<Rows> {
    let mut targets: Vec<&str> = corpus.inputs().iter().filter_map(|input| input.target).collect();
    targets.sort_unstable();
    targets.dedup();
    let stems: BTreeMap<&str, Vec<String>> = targets.into_iter().map(|target| (target, stems_of(target))).collect();
    dense_rows(corpus, weight, N_TARGET, |doc, counts| {
        let Some(stems) = corpus.inputs()[doc].target.and_then(|target| stems.get(target)) else { return };
        let is_named = |stem: &&String| {
            corpus.normalized_pieces(doc).any(|piece| memchr::memmem::find(piece, stem.as_bytes()).is_some())
        };
        let n_named = stems.iter().filter(is_named).count();
        counts[0] = f64::from(u8::from(n_named > 0));
        counts[1] = f64::from(u8::from(n_named > 0 && n_named == stems.len()));
        // Its copy is what a target has by itself: to some, most texts are opposed.
        counts[2] = 1.0;
    })
}

fn stems_of(target: &str) -> Vec<String> {
    let words = target.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= SHORTEST);
    words.map(|word| word.to_lowercase().chars().take(STEM).collect()).collect()
}

/// Which words have which category.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Categories {
    /// The file's text, as the model keeps it.
    pub(crate) source: String,
    names: Vec<String>,
    of_word: FxHashMap<u64, Vec<u32>>,
}

impl Categories {
    /// Reads lines of a word, a tab and a category; `#` begins a comment line.
    pub(crate) fn parse(source: &str, name: &str) -> Result<Self, FeatureError> {
        let mut pairs = Vec::new();
        for (idx, line) in source.lines().enumerate() {
            let line = line.trim_end();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((word, category)) = line.split_once('\t').filter(|(word, category)| {
                !word.trim().is_empty() && !category.trim().is_empty() && !category.contains('\t')
            }) else {
                return Err(FeatureError::Resource {
                    name: name.into(),
                    message: format!("line {}: expected a word, a tab and a category", idx + 1),
                });
            };
            pairs.push((word.trim().to_lowercase(), category.trim().to_owned()));
        }
        let mut names: Vec<String> = pairs.iter().map(|(_, category)| category.clone()).collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() || names.len() > 1000 {
            let message = format!("{} categories; expected 1 to 1000", names.len());
            return Err(FeatureError::Resource { name: name.into(), message });
        }
        let mut of_word: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
        for (word, category) in pairs {
            let number = names.binary_search(&category).expect("every category was collected") as u32;
            of_word.entry(keys::of_bytes(word.as_bytes())).or_default().push(number);
        }
        Ok(Self { source: source.to_owned(), names, of_word })
    }

    /// One column a category, and one for its negated words.
    pub(crate) fn n_columns(&self) -> usize {
        2 * self.names.len()
    }

    pub(crate) fn rows(&self, corpus: &Corpus<'_>, weight: f32) -> Vec<Rows> {
        dense_rows(corpus, weight, self.n_columns(), |doc, counts| {
            for (token, is_negated) in corpus.lower_tokens(doc).zip(corpus.negated(doc)) {
                for &category in self.of_word.get(&token).into_iter().flatten() {
                    counts[category as usize * 2 + usize::from(is_negated)] += 1.0;
                }
            }
        })
    }

    /// The name of a column.
    pub(crate) fn column_name(&self, column: usize) -> String {
        let negated = if column % 2 == 1 { "not " } else { "" };
        format!("{negated}{}", self.names[column / 2])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{Input, Tokenization};

    #[test]
    fn pieces_are_looked_at_as_written() {
        assert_eq!(of_piece("NO!!"), [1, 0, 2, 0, 0, 0, 1]);
        assert_eq!(of_piece("soooo?"), [0, 1, 0, 1, 0, 0, 1]);
        assert_eq!(of_piece("#2016"), [0, 0, 0, 0, 1, 1, 0]);
    }

    #[test]
    fn targets_and_categories_are_found() {
        let inputs = [
            Input { text: "The feminists, not the movements", target: Some("feminist movement") },
            Input { text: "a good and not good thing", target: Some("feminist movement") },
        ];
        let corpus = Corpus::new(&Tokenization::words(false).unwrap(), false, &inputs);
        let rows = &target_rows(&corpus, 1.0)[0];
        assert_eq!((rows.starts.clone(), rows.columns.clone()), (vec![0, 3, 4], vec![0, 1, 2, 2]));
        let categories = Categories::parse("# own\nGood\tup\nbad\tdown\n", "own.tsv").unwrap();
        let rows = &categories.rows(&corpus, 2.0)[0];
        assert_eq!(rows.columns, [2, 3]);
        assert!((f64::from(rows.values[0]) - 2.0 * 2.0_f64.ln()).abs() < 1e-6);
        assert_eq!(categories.column_name(3), "not up");
        let error = Categories::parse("good\n", "own.tsv").unwrap_err();
        assert_eq!(error.to_string(), "own.tsv: line 1: expected a word, a tab and a category");
    }
}
