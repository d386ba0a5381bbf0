//! Averaged word vectors: a table of words and short phrases with a vector each.
//!
//! A table is a `.safetensors` file, in one of two layouts:
//!
//! | layout | tensors |
//! |---|---|
//! | words | `vectors` I8, F16 or F32 [n, dim]; `words` U8: n entries, one a line (or under the metadata key `words`), a phrase's words parted by one blank; optional `scales` F32 [n] or [1], `frequencies` F32 [n] |
//! | model2vec | `embeddings` I8, F16, F32 or F64 [n, dim], and a `tokenizer.json` in the same folder whose numbers are the rows; optional `weights` [tokens], what each token's vector is multiplied by, and `mapping` [tokens], the row of each token |
//!
//! The second one may be given as the folder that model2vec saved; its `config.json` is not needed. As in model2vec, the
//! unknown token counts nothing and special tokens are not added; unlike there, long texts are not cut.
//!
//! A text's vector is the sum of its entries' vectors, longest phrase first, each times `a / (a + frequency)` with
//! `a = 1e-3` (Arora, Liang and Ma 2017), brought to the block's length. Words are looked up in lower case; what is not
//! in the table counts nothing.

mod file;

use std::borrow::Cow;

use half::f16;

use super::corpus::Corpus;
use super::keys::{self, KeyTable};
use super::n_grams::{CHUNK, Rows};
use super::subwords::Subwords;
use onrecord_learn::sparse::by_chunk;

pub(crate) use file::{FindTensor, StoredTensor};

/// The weight of a word of frequency f is `A / (A + f)`.
const A: f64 = 1e-3;
/// The longest vector and the longest phrase that are taken.
const MAX_DIM: usize = 4096;
const MAX_PHRASE: usize = 8;

/// A table, ready to be looked up in.
#[derive(Debug, Clone)]
pub(crate) struct VectorTable {
    dim: usize,
    values: Values,
    /// One a row, or one for all, or none.
    scales: Vec<f32>,
    /// One a row, or none.
    frequencies: Vec<f32>,
    index: Index,
    /// The row of each entry in the order of the index; empty where the rows are in that order themselves.
    order: Vec<u32>,
    /// What the vector of each entry is multiplied by, in the order of the index; empty where by nothing.
    factors: Vec<f32>,
    /// Where the table is kept.
    origin: Origin,
}

#[derive(Debug, Clone, PartialEq)]
enum Values {
    Int8(Vec<i8>),
    Half(Vec<f16>),
    /// Signed bytes that stay where they are in the program.
    #[cfg_attr(not(feature = "builtin"), allow(dead_code, reason = "only what is in the program is read in place"))]
    InPlace(&'static [u8]),
}

#[derive(Debug, Clone)]
enum Index {
    /// Places in the order of their entries' keys.
    Keys { table: KeyTable, longest: usize },
    /// Rows are the numbers of subwords.
    Subwords(Box<Subwords>),
}

#[derive(Debug, Clone, PartialEq)]
enum Origin {
    /// In the program; the model keeps its checksum.
    Builtin(String),
    /// In the model.
    Model,
}

/// The name under which recipes ask for the table in the program.
pub(crate) const BUILTIN: &str = "builtin";

impl VectorTable {
    fn n_rows(&self) -> usize {
        match &self.values {
            Values::Int8(values) => values.len() / self.dim,
            Values::Half(values) => values.len() / self.dim,
            Values::InPlace(values) => values.len() / self.dim,
        }
    }

    /// Numbers a vector has.
    pub(crate) fn dim(&self) -> usize {
        self.dim
    }

    /// The row's vector times its weight and `by`, added to `sum`.
    fn add(&self, row: usize, by: f64, sum: &mut [f64]) {
        let frequency = self.frequencies.get(row).map_or(0.0, |&f| f64::from(f));
        let scale = match self.scales.as_slice() {
            [] => 1.0,
            [one] => f64::from(*one),
            scales => f64::from(scales[row]),
        };
        let factor = by * scale * A / (A + frequency);
        match &self.values {
            Values::Int8(values) => {
                let values = &values[row * self.dim..][..self.dim];
                sum.iter_mut().zip(values).for_each(|(sum, &value)| *sum += factor * f64::from(value));
            }
            Values::InPlace(values) => {
                let values = &values[row * self.dim..][..self.dim];
                sum.iter_mut().zip(values).for_each(|(sum, &v)| *sum += factor * f64::from(v.cast_signed()));
            }
            Values::Half(values) => {
                let values = &values[row * self.dim..][..self.dim];
                sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += factor * value.to_f64());
            }
        }
    }

    /// One row a text: the words' sum at the length `weight`; nothing where no word is known.
    pub(crate) fn rows(&self, corpus: &Corpus<'_>, weight: f32) -> Vec<Rows> {
        by_chunk(corpus.n_docs(), CHUNK, |docs| {
            let mut rows = Rows::new();
            let mut sum = vec![0.0; self.dim];
            for doc in docs {
                sum.fill(0.0);
                self.entries(corpus, doc, |row, factor, _| self.add(row, factor, &mut sum));
                let length = sum.iter().map(|value| value * value).sum::<f64>().sqrt();
                if length > 0.0 {
                    let factor = f64::from(weight) / length;
                    for (column, value) in sum.iter().enumerate().filter(|(_, value)| **value != 0.0) {
                        rows.columns.push(column as u32);
                        rows.values.push((factor * value) as f32);
                    }
                }
                rows.starts.push(rows.columns.len());
            }
            rows
        })
    }

    /// The table's rows that a text's tokens stand for: what each is multiplied by, its first token, how many they are.
    pub(crate) fn entries(&self, corpus: &Corpus<'_>, doc: usize, found: impl FnMut(usize, f64, (usize, usize))) {
        self.walk(corpus, doc, MAX_PHRASE, found);
    }

    /// The row of each token that has one of its own, phrases aside, and how many tokens the text has.
    pub(crate) fn words(&self, corpus: &Corpus<'_>, doc: usize, mut found: impl FnMut(usize, usize)) -> usize {
        self.walk(corpus, doc, 1, |row, _, (start, _)| found(row, start))
    }

    /// Entries of at most `most` tokens; gives how many tokens the text has.
    fn walk(
        &self,
        corpus: &Corpus<'_>,
        doc: usize,
        most: usize,
        mut found: impl FnMut(usize, f64, (usize, usize)),
    ) -> usize {
        match &self.index {
            Index::Subwords(subwords) => {
                let ids = subwords.ids(corpus.inputs()[doc].text);
                for (place, &id) in ids.iter().enumerate() {
                    let row = if self.order.is_empty() { Some(&id) } else { self.order.get(id as usize) };
                    if let Some(&row) = row.filter(|row| (**row as usize) < self.n_rows())
                        && subwords.unknown() != Some(id)
                    {
                        let factor = self.factors.get(id as usize).map_or(1.0, |&factor| f64::from(factor));
                        found(row as usize, factor, (place, 1));
                    }
                }
                ids.len()
            }
            Index::Keys { table, longest } => {
                let tokens: Vec<u64> = corpus.lower_tokens(doc).collect();
                let mut start = 0;
                while start < tokens.len() {
                    let mut best = None;
                    let mut key = tokens[start];
                    for n in 1..=(*longest).min(most).min(tokens.len() - start) {
                        if n > 1 {
                            key = keys::join(key, tokens[start + n - 1]);
                        }
                        best = table.get(key).map(|place| (place, n)).or(best);
                    }
                    if let Some((place, n)) = best {
                        let row = self.order.get(place as usize).copied().unwrap_or(place);
                        found(row as usize, 1.0, (start, n));
                    }
                    start += best.map_or(1, |(_, n)| n);
                }
                tokens.len()
            }
        }
    }

    /// A row as signed bytes, and the scale that gives their vector the length `(dim / 16)^½`, that is, numbers of a
    /// quarter on average.
    pub(crate) fn bytes_of(&self, row: usize) -> (Cow<'_, [i8]>, f32) {
        let range = row * self.dim..(row + 1) * self.dim;
        let bytes: Cow<'_, [i8]> = match &self.values {
            Values::Int8(values) => Cow::from(&values[range]),
            Values::InPlace(values) => values[range].iter().map(|value| value.cast_signed()).collect(),
            Values::Half(values) => {
                let values = &values[range];
                let largest = values.iter().fold(0.0_f32, |most, value| most.max(value.to_f32().abs()));
                let factor = if largest > 0.0 { 127.0 / largest } else { 0.0 };
                values.iter().map(|value| (value.to_f32() * factor).round() as i8).collect()
            }
        };
        let squares: f64 = bytes.iter().map(|&value| f64::from(value).powi(2)).sum();
        let scale = if squares > 0.0 { (self.dim as f64 / 16.0 / squares).sqrt() } else { 0.0 };
        (bytes, scale as f32)
    }

    /// What each entry of a text adds to its row, unscaled, and the factor that scales the sum: for explanations.
    pub(crate) fn parts(&self, corpus: &Corpus<'_>, doc: usize, weight: f32) -> (Vec<(usize, usize, Vec<f64>)>, f64) {
        let mut parts = Vec::new();
        let mut sum = vec![0.0; self.dim];
        self.entries(corpus, doc, |row, factor, (start, n)| {
            let mut part = vec![0.0; self.dim];
            self.add(row, factor, &mut part);
            sum.iter_mut().zip(&part).for_each(|(sum, value)| *sum += value);
            parts.push((start, n, part));
        });
        let length = sum.iter().map(|value| value * value).sum::<f64>().sqrt();
        (parts, if length > 0.0 { f64::from(weight) / length } else { 0.0 })
    }

    /// The subwords of a text as they are called; none where the entries are words.
    pub(crate) fn subwords(&self, text: &str) -> Vec<String> {
        match &self.index {
            Index::Subwords(subwords) => subwords.tokens(text).into_iter().map(|(_, token)| token).collect(),
            Index::Keys { .. } => Vec::new(),
        }
    }

    /// Whether the entries are the tokens of the features' own words, not subwords.
    pub(crate) fn is_of_words(&self) -> bool {
        matches!(self.index, Index::Keys { .. })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use safetensors::Dtype;
    use safetensors::tensor::TensorView;

    use super::*;
    use crate::features::{Input, Tokenization};

    /// A table as a file holds it.
    pub(super) fn file(words: &str, vectors: &[i8], dim: usize) -> Vec<u8> {
        let n = vectors.len() / dim;
        let vectors: Vec<u8> = vectors.iter().map(|value| value.cast_unsigned()).collect();
        let frequencies: Vec<u8> = (0..n).flat_map(|row| (row as f32 * 1e-3).to_le_bytes()).collect();
        let views = [
            ("vectors", TensorView::new(Dtype::I8, vec![n, dim], &vectors).unwrap()),
            ("frequencies", TensorView::new(Dtype::F32, vec![n], &frequencies).unwrap()),
            ("words", TensorView::new(Dtype::U8, vec![words.len()], words.as_bytes()).unwrap()),
        ];
        safetensors::serialize(views, None::<HashMap<String, String>>).unwrap()
    }

    #[test]
    fn words_are_averaged_by_their_rarity_and_phrases_come_first() {
        let table = VectorTable::parse(&file("war\nno\nno war", &[3, 0, 0, 4, -1, -1], 2), None, "own").unwrap();
        let inputs: Vec<Input<'_>> = ["War! Zzz no", "no war", "?"].into_iter().map(Input::from).collect();
        let corpus = Corpus::new(&Tokenization::words(false).unwrap(), false, &inputs);
        let rows = &table.rows(&corpus, 2.0)[0];
        assert_eq!(rows.starts, [0, 2, 4, 4]);
        // By hand: 3 * 1 and 4 * 1/2, at length 2.
        let length = 13.0_f32.sqrt();
        let expected = [2.0 * 3.0 / length, 2.0 * 2.0 / length, -2.0 / 2.0_f32.sqrt(), -2.0 / 2.0_f32.sqrt()];
        assert!(rows.values.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{:?}", rows.values);

        let mut stored = Vec::new();
        let resource = table.store("b", &mut stored).unwrap();
        let find = |name: &str| {
            let tensor = stored.iter().find(|tensor| tensor.name == name)?;
            Some((tensor.dtype, tensor.shape.clone(), tensor.bytes.as_slice()))
        };
        let again = VectorTable::restore("b", &resource, &find).unwrap();
        assert_eq!(again.rows(&corpus, 2.0)[0].values, rows.values);
        assert!(VectorTable::restore("c", &resource, &find).is_err());
        let expected = if cfg!(feature = "builtin") { "train it again" } else { "built without" };
        assert!(VectorTable::restore("b", "builtin:00", &find).unwrap_err().contains(expected));
    }

    #[test]
    fn tokens_have_the_rows_and_weights_of_model2vec_and_the_unknown_one_has_none() {
        let json = r#"{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],
            "normalizer":{"type":"Lowercase"},"pre_tokenizer":{"type":"Whitespace"},"post_processor":null,"decoder":null,
            "model":{"type":"WordLevel","vocab":{"[UNK]":0,"war":1,"no":2},"unk_token":"[UNK]"}}"#;
        let embeddings: Vec<u8> = [3.0_f64, 0.0, 0.0, 4.0].iter().flat_map(|value| value.to_le_bytes()).collect();
        let file = |mapping: &[i64], weights: &[f32]| {
            let mapping: Vec<u8> = mapping.iter().flat_map(|row| row.to_le_bytes()).collect();
            let bytes: Vec<u8> = weights.iter().flat_map(|weight| weight.to_le_bytes()).collect();
            let views = [
                ("embeddings", TensorView::new(Dtype::F64, vec![2, 2], &embeddings).unwrap()),
                ("mapping", TensorView::new(Dtype::I64, vec![mapping.len() / 8], &mapping).unwrap()),
                ("weights", TensorView::new(Dtype::F32, vec![weights.len()], &bytes).unwrap()),
            ];
            safetensors::serialize(views, None::<HashMap<String, String>>).unwrap()
        };
        let table = VectorTable::parse(&file(&[0, 1, 0], &[9.0, 0.5, 2.0]), Some(json), "own").unwrap();
        let inputs: Vec<Input<'_>> = ["No war zzz", "zzz"].into_iter().map(Input::from).collect();
        let corpus = Corpus::new(&Tokenization::words(false).unwrap(), false, &inputs);
        let rows = &table.rows(&corpus, 1.0)[0];
        // By hand: "no" is row 0 times 2, "war" row 1 times 1/2: (6, 2).
        let length = 40.0_f32.sqrt();
        assert_eq!(rows.starts, [0, 2, 2]);
        assert!(rows.values.iter().zip([6.0 / length, 2.0 / length]).all(|(a, b)| (a - b).abs() < 1e-6), "{rows:?}");

        let mut stored = Vec::new();
        let resource = table.store("b", &mut stored).unwrap();
        let find = |name: &str| {
            let tensor = stored.iter().find(|tensor| tensor.name == name)?;
            Some((tensor.dtype, tensor.shape.clone(), tensor.bytes.as_slice()))
        };
        assert_eq!(VectorTable::restore("b", &resource, &find).unwrap().rows(&corpus, 1.0)[0].values, rows.values);

        let said = |bytes: &[u8]| VectorTable::parse(bytes, Some(json), "own").unwrap_err().to_string();
        assert_eq!(said(&file(&[0, 2, 0], &[1.0; 3])), "own: mapping: expected whole numbers from 0 to 1");
        assert_eq!(said(&file(&[0, 1, 0], &[1.0; 2])), "own: weights: expected 3 numbers, one a token");
    }
}
