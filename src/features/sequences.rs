//! Texts as sequences of word vectors, for what looks at the order of words.
//!
//! The vectors are those of a table of [`super::vectors`], each brought to the same length and to signed bytes; phrases
//! of the table are not looked for. What is done with the sequences is not known here.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::block;
use super::corpus::Corpus;
use super::vectors::{FindTensor, StoredTensor, VectorTable};
use super::{FeatureError, Input, Tokenization};

/// A table of vectors that texts are turned into sequences by.
#[derive(Debug, Clone)]
pub(crate) struct SequenceTable(Arc<VectorTable>);

/// Texts as numbers of distinct words, and the words' vectors.
#[derive(Debug)]
pub(crate) struct WordSequences {
    /// Numbers in a vector.
    pub(crate) dim: usize,
    /// A vector for each distinct word.
    pub(crate) vectors: Vec<i8>,
    /// What each vector is multiplied by.
    pub(crate) scales: Vec<f32>,
    /// The words of all texts; [`UNKNOWN`] where the table has none.
    pub(crate) tokens: Vec<u32>,
    /// Text `i` is `tokens[starts[i]..starts[i + 1]]`.
    pub(crate) starts: Vec<usize>,
}

/// A word that the table does not have.
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// What the table is called in a model file.
const NAME: &str = "sequences";

impl SequenceTable {
    /// The table of a file, or the one in the program.
    ///
    /// # Errors
    /// Where the file cannot be read, or is no table of vectors of words.
    pub(crate) fn new(table: &str) -> Result<Self, FeatureError> {
        block::table(table).map(Self)
    }

    /// Numbers in a vector.
    pub(crate) fn dim(&self) -> usize {
        self.0.dim()
    }

    /// The rows of the table that stand for the tokens of a text, appended; [`UNKNOWN`] where there is none.
    pub(crate) fn rows_of(&self, corpus: &Corpus<'_>, doc: usize, rows: &mut Vec<u32>) {
        let first = rows.len();
        let n_tokens = self.0.words(corpus, doc, |row, start| {
            rows.resize(first + start, UNKNOWN);
            rows.push(row as u32);
        });
        rows.resize(first + n_tokens, UNKNOWN);
    }

    /// The vector of a row as signed bytes, and what they are multiplied by.
    pub(crate) fn vector(&self, row: u32) -> (Cow<'_, [i8]>, f32) {
        self.0.bytes_of(row as usize)
    }

    /// Texts as sequences, their tokens those of the tokenization; `keep_case` where it keeps the case.
    pub(crate) fn sequences(
        &self,
        tokenization: &Tokenization,
        keep_case: bool,
        inputs: &[Input<'_>],
    ) -> WordSequences {
        let corpus = Corpus::new(tokenization, keep_case, inputs);
        let mut numbers: FxHashMap<usize, u32> = FxHashMap::default();
        let mut found = WordSequences {
            dim: self.dim(),
            vectors: Vec::new(),
            scales: Vec::new(),
            tokens: Vec::new(),
            starts: vec![0],
        };
        for doc in 0..corpus.n_docs() {
            let first = found.tokens.len();
            let n_tokens = self.0.words(&corpus, doc, |row, start| {
                let number = *numbers.entry(row).or_insert_with(|| {
                    let (values, scale) = self.0.bytes_of(row);
                    found.vectors.extend_from_slice(&values);
                    found.scales.push(scale);
                    found.scales.len() as u32 - 1
                });
                // Words before it that the table does not have.
                found.tokens.resize(first + start, UNKNOWN);
                found.tokens.push(number);
            });
            found.tokens.resize(first + n_tokens, UNKNOWN);
            found.starts.push(found.tokens.len());
        }
        found
    }

    /// What a model keeps of the table.
    pub(crate) fn store(&self, tensors: &mut Vec<StoredTensor>, resources: &mut BTreeMap<String, String>) {
        if let Some(resource) = self.0.store(NAME, tensors) {
            resources.insert(NAME.into(), resource);
        }
    }

    /// The table of a model file; the message is for people.
    pub(crate) fn restore(resources: &BTreeMap<String, String>, find: FindTensor<'_>) -> Result<Self, String> {
        let resource = resources.get(NAME).ok_or("nothing is kept of the network's word vectors")?;
        VectorTable::restore(NAME, resource, find).map(Self)
    }
}

#[cfg(all(test, feature = "builtin"))]
mod tests {
    use super::*;

    #[test]
    fn every_token_has_a_place_and_known_ones_a_vector_of_one_length() {
        let table = SequenceTable::new("builtin").unwrap();
        let inputs: Vec<Input<'_>> = ["No war, zzqx war", "", "boots on the ground"].map(Input::from).to_vec();
        let found = table.sequences(&Tokenization::words(false).unwrap(), false, &inputs);
        assert_eq!(found.starts.len(), 4);
        let of_text = |text: usize| &found.tokens[found.starts[text]..found.starts[text + 1]];
        // no war , zzqx war
        assert_eq!((of_text(0)[1], of_text(0)[3]), (of_text(0)[4], UNKNOWN));
        assert_eq!((of_text(0).len(), of_text(1).len(), of_text(2).len()), (5, 0, 4));
        for (vector, scale) in found.vectors.chunks(found.dim).zip(&found.scales) {
            let length: f32 = vector.iter().map(|&value| (f32::from(value) * scale).powi(2)).sum();
            assert!((length - found.dim as f32 / 16.0).abs() < 1e-3);
        }
    }
}
