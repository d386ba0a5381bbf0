//! What each column of a text's row stands for: names for people, and the pieces of the text that it comes from.
//!
//! The values are those of the row itself, so that contributions made of them sum to the score.

use rustc_hash::FxHashMap;

use super::block::Fitted;
use super::corpus::{Corpora, Corpus};
use super::n_grams::{FittedNGrams, Units};
use super::{FeaturePipeline, Field, Input, around, keys, shape};

/// One feature of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What it is called: an n-gram, a word, a count.
    pub name: String,
    /// The kind of block that it is of.
    pub kind: &'static str,
    /// The pieces between blanks that it comes from, by their number; none where it is of the text as a whole.
    pub pieces: Vec<usize>,
    /// Its columns with their values: one for an n-gram, all of a word's vector, the target's copies too.
    pub(crate) entries: Vec<(usize, f64)>,
}

/// An n-gram's name and the pieces it is in.
type Named = FxHashMap<u64, (String, Vec<usize>)>;

impl FeaturePipeline {
    /// The features of one text, block after block.
    pub(crate) fn describe(&self, input: Input<'_>) -> Vec<Part> {
        let corpora = Corpora::new(&self.tokenization, &self.recipe, &[input]);
        let mut parts = Vec::new();
        let mut offset = 0;
        for (block, of) in self.blocks.iter().zip(&self.recipe.blocks) {
            let from = parts.len();
            let corpus = corpora.of(of.field());
            let text = input.field(of.field());
            match block {
                Fitted::NGrams(fitted) => self.describe_n_grams(fitted, corpus, &mut parts),
                Fitted::Vectors { table, weight } => {
                    let words = self.words(text);
                    let subwords = table.subwords(text);
                    let called =
                        |place: usize| subwords.get(place).cloned().unwrap_or_else(|| format!("subword {}", place + 1));
                    let (of_words, factor) = table.parts(corpus, 0, *weight);
                    for (start, n, values) in of_words {
                        // A subword has a place among subwords, not words.
                        let range = if table.is_of_words() { start..start + n } else { 0..0 };
                        let own = words.get(range).unwrap_or_default();
                        let name = own.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>().join(" ");
                        parts.push(Part {
                            name: if name.is_empty() { called(start) } else { name },
                            kind: "vector",
                            pieces: own.iter().map(|&(_, piece)| piece).collect(),
                            entries: values.iter().enumerate().map(|(column, v)| (column, factor * v)).collect(),
                        });
                    }
                }
                Fitted::Lexicon { .. }
                | Fitted::Target { .. }
                | Fitted::Shape { .. }
                | Fitted::Side { .. }
                | Fitted::Scores { .. } => {
                    for rows in block.rows(corpus) {
                        for (&column, &value) in rows.columns.iter().zip(&rows.values) {
                            let column = column as usize;
                            let (kind, name) = match block {
                                Fitted::Lexicon { categories, .. } => ("lexicon", categories.column_name(column)),
                                Fitted::Target { .. } => ("target", shape::TARGET_NAMES[column].to_owned()),
                                Fitted::Side { .. } => ("side", around::side_name(column)),
                                Fitted::Scores { given } => ("scores", format!("{} {}", given.name, column + 1)),
                                _ => ("shape", shape::SHAPE_NAMES[column].to_owned()),
                            };
                            let entries = vec![(column, f64::from(value))];
                            parts.push(Part { name, kind, pieces: Vec::new(), entries });
                        }
                    }
                }
            }
            for part in &mut parts[from..] {
                if of.field() != Field::Text {
                    // Words of another field have no place in the text.
                    part.pieces.clear();
                    part.name = format!("{}: {}", of.field().name(), part.name);
                }
                part.entries.iter_mut().for_each(|(column, _)| *column += offset);
                self.add_copies(input.target, &mut part.entries);
            }
            offset += block.n_columns();
        }
        parts
    }

    fn add_copies(&self, target: Option<&str>, entries: &mut Vec<(usize, f64)>) {
        let Some(copies) = &self.copies else { return };
        let Some(target) = copies.find(target) else { return };
        for place in 0..entries.len() {
            let (column, value) = entries[place];
            if let Some(copy) = copies.copy_of(target, column) {
                entries.push((copy, value * f64::from(copies.scale)));
            }
        }
    }

    /// The words of a text with the number of the piece that each is in.
    pub(crate) fn words(&self, text: &str) -> Vec<(String, usize)> {
        let pieces = text.split_whitespace().enumerate();
        pieces
            .flat_map(|(piece, text)| {
                self.tokenization.tokenize(text).iter().map(|word| (word.to_owned(), piece)).collect::<Vec<_>>()
            })
            .collect()
    }

    fn describe_n_grams(&self, fitted: &FittedNGrams, corpus: &Corpus<'_>, parts: &mut Vec<Part>) {
        let text = corpus.inputs()[0].text;
        let (min, max) = (fitted.n_grams.min, fitted.n_grams.max);
        let mut named = Named::default();
        let mut name = |key: u64, name: String, pieces: &[usize]| {
            let key = fitted.n_grams.hash_bits.map_or(key, |bits| key >> (64 - bits));
            let (_, all) = named.entry(key).or_insert_with(|| (name, Vec::new()));
            all.extend(pieces);
        };
        let kind = match &fitted.units {
            Units::Words => {
                let words = self.words(text);
                for start in 0..words.len() {
                    let mut key = keys::of_bytes(words[start].0.as_bytes());
                    for n in 1..=max.min(words.len() - start) {
                        let run = &words[start..start + n];
                        if n > 1 {
                            key = keys::join(key, keys::of_bytes(run[n - 1].0.as_bytes()));
                        }
                        if n >= min {
                            let text = run.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>().join(" ");
                            name(key, text, &run.iter().map(|&(_, piece)| piece).collect::<Vec<_>>());
                        }
                    }
                }
                if fitted.n_grams.negation {
                    for ((word, piece), _) in words.iter().zip(corpus.negated(0)).filter(|(_, negated)| *negated) {
                        name(super::corpus::negated_key(word), format!("not … {word}"), &[*piece]);
                    }
                }
                "words"
            }
            Units::Chars => {
                for (piece, text) in text.split_whitespace().enumerate() {
                    let normalized = self.tokenization.tokenize(text).normalized;
                    for word in normalized.split_ascii_whitespace() {
                        let padded: Vec<char> = format!(" {word} ").chars().collect();
                        if padded.len() < min {
                            let text: String = padded.iter().collect();
                            name(keys::of_bytes(text.as_bytes()), text, &[piece]);
                        }
                        for n in min..=max.min(padded.len()) {
                            for window in padded.windows(n) {
                                let text: String = window.iter().collect();
                                name(keys::of_bytes(text.as_bytes()), text, &[piece]);
                            }
                        }
                    }
                }
                "chars"
            }
            Units::Subwords(subwords) => {
                let tokens = subwords.tokens(text);
                for start in 0..tokens.len() {
                    let mut found = Vec::new();
                    for n in min..=max.min(tokens.len() - start) {
                        found.clear();
                        let run = &tokens[start..start + n];
                        let ids: Vec<u32> = run.iter().map(|&(id, _)| id).collect();
                        super::subwords::push_n_grams(&ids, (n, n), &mut found);
                        let text = run.iter().map(|(_, token)| token.as_str()).collect::<Vec<_>>().join(" ");
                        found.iter().for_each(|&key| name(key, text.clone(), &[]));
                    }
                }
                "subwords"
            }
        };
        for rows in fitted.transform(corpus) {
            for (&column, &value) in rows.columns.iter().zip(&rows.values) {
                let key = fitted.table.keys()[column as usize];
                let (name, mut pieces) = named.get(&key).cloned().unwrap_or_else(|| ("?".into(), Vec::new()));
                pieces.sort_unstable();
                parts.push(Part { name, kind, pieces, entries: vec![(column as usize, f64::from(value))] });
            }
        }
    }
}
