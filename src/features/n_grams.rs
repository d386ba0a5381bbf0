//! One n-gram block: from a corpus to counted columns, and from counts to sublinear TF-IDF rows of unit length.

use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use super::corpus::{Corpus, Lists};
use super::keys::KeyTable;
use super::recipe::{Block, NGrams};

/// Texts that one task handles.
const CHUNK: usize = 256;

/// An n-gram block that knows its columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FittedNGrams {
    pub(crate) is_chars: bool,
    pub(crate) n_grams: NGrams,
    pub(crate) table: KeyTable,
    /// For each column ln((1 + texts) / (1 + texts that have it)) + 1.
    pub(crate) idf: Vec<f32>,
}

/// Rows in compressed form, before they are put beside those of other blocks.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) starts: Vec<usize>,
    pub(crate) columns: Vec<u32>,
    pub(crate) values: Vec<f32>,
}

/// A column that is not in the table.
const NONE: u32 = u32::MAX;

impl FittedNGrams {
    /// Learns the columns from a corpus and gives its rows.
    pub(crate) fn fit(block: &Block, corpus: &Corpus) -> (Self, Vec<Rows>) {
        let (Block::Words(n_grams) | Block::Chars(n_grams)) = block;
        let is_chars = matches!(block, Block::Chars(_));
        let range = (n_grams.min, n_grams.max);
        let piece_keys = is_chars.then(|| corpus.char_n_grams(range));
        let mut all = match &piece_keys {
            Some(lists) => lists.items().to_vec(),
            None => chunks(corpus)
                .flat_map_iter(|docs| {
                    let mut keys = Vec::new();
                    docs.for_each(|doc| corpus.word_n_grams(doc, range, &mut keys));
                    keys.sort_unstable();
                    keys.dedup();
                    keys
                })
                .collect(),
        };
        all.par_sort_unstable();
        all.dedup();
        let table = KeyTable::from_sorted(all).expect("the keys were sorted and made distinct");
        let piece_columns = piece_keys.map(|keys| keys.map(|&key| table.get(key).unwrap_or(NONE)));
        let mut counted: Vec<Rows> =
            chunks(corpus).map(|docs| count(corpus, docs, range, &table, piece_columns.as_ref())).collect();
        let n_with: Vec<AtomicU32> = (0..table.len()).map(|_| AtomicU32::new(0)).collect();
        counted.par_iter().for_each(|rows| {
            for &column in &rows.columns {
                n_with[column as usize].fetch_add(1, Ordering::Relaxed);
            }
        });
        let n_with: Vec<u32> = n_with.into_iter().map(AtomicU32::into_inner).collect();
        let mut fitted = Self { is_chars, n_grams: n_grams.clone(), table, idf: Vec::new() };
        let n_texts = corpus.n_docs();
        if n_grams.min_df > 1 {
            let new_columns = fitted.keep(|column| n_with[column] >= n_grams.min_df);
            counted.par_iter_mut().for_each(|rows| rows.renumber(&new_columns));
        }
        let idf = |&n: &u32| (((1 + n_texts) as f64 / (1.0 + f64::from(n))).ln() + 1.0) as f32;
        fitted.idf = n_with.iter().filter(|&&n| n >= n_grams.min_df).map(idf).collect();
        counted.par_iter_mut().for_each(|rows| rows.weigh(&fitted.idf, fitted.n_grams.weight));
        (fitted, counted)
    }

    /// The rows of another corpus.
    pub(crate) fn transform(&self, corpus: &Corpus) -> Vec<Rows> {
        let range = (self.n_grams.min, self.n_grams.max);
        let piece_columns =
            self.is_chars.then(|| corpus.char_n_grams(range).map(|&key| self.table.get(key).unwrap_or(NONE)));
        chunks(corpus)
            .map(|docs| {
                let mut rows = count(corpus, docs, range, &self.table, piece_columns.as_ref());
                rows.weigh(&self.idf, self.n_grams.weight);
                rows
            })
            .collect()
    }

    /// Drops the columns that `is_kept` does not want; gives every old column its new number.
    fn keep(&mut self, is_kept: impl Fn(usize) -> bool) -> Vec<u32> {
        let mut keys = Vec::new();
        let mut new_columns = vec![NONE; self.table.len()];
        for (column, &key) in self.table.keys().iter().enumerate() {
            if is_kept(column) {
                new_columns[column] = keys.len() as u32;
                keys.push(key);
            }
        }
        self.table = KeyTable::from_sorted(keys).expect("a part of sorted keys is sorted");
        new_columns
    }
}

fn chunks(corpus: &Corpus) -> impl IndexedParallelIterator<Item = std::ops::Range<usize>> {
    let n_docs = corpus.n_docs();
    (0..n_docs.div_ceil(CHUNK)).into_par_iter().map(move |n| n * CHUNK..((n + 1) * CHUNK).min(n_docs))
}

/// The columns of some texts with their counts.
fn count(
    corpus: &Corpus,
    docs: std::ops::Range<usize>,
    range: (usize, usize),
    table: &KeyTable,
    piece_columns: Option<&Lists<u32>>,
) -> Rows {
    let mut rows = Rows { starts: vec![0], ..Rows::default() };
    let (mut keys, mut columns) = (Vec::new(), Vec::new());
    for doc in docs {
        columns.clear();
        if let Some(piece_columns) = piece_columns {
            for &piece in corpus.pieces(doc) {
                columns.extend_from_slice(piece_columns.get(piece as usize));
            }
        } else {
            keys.clear();
            corpus.word_n_grams(doc, range, &mut keys);
            columns.extend(keys.iter().map(|&key| table.get(key).unwrap_or(NONE)));
        }
        columns.sort_unstable();
        for run in columns.chunk_by(|a, b| a == b).filter(|run| run[0] != NONE) {
            rows.columns.push(run[0]);
            rows.values.push(run.len() as f32);
        }
        rows.starts.push(rows.columns.len());
    }
    rows
}

impl Rows {
    fn renumber(&mut self, new_columns: &[u32]) {
        let mut n_kept = 0;
        let mut start = 0;
        for row in 1..self.starts.len() {
            let end = self.starts[row];
            for position in start..end {
                let column = new_columns[self.columns[position] as usize];
                if column != NONE {
                    self.columns[n_kept] = column;
                    self.values[n_kept] = self.values[position];
                    n_kept += 1;
                }
            }
            start = end;
            self.starts[row] = n_kept;
        }
        self.columns.truncate(n_kept);
        self.values.truncate(n_kept);
    }

    /// Counts become (1 + ln count) idf, each row brought to the length `weight`.
    fn weigh(&mut self, idf: &[f32], weight: f32) {
        for bounds in self.starts.windows(2) {
            let columns = &self.columns[bounds[0]..bounds[1]];
            let values = &mut self.values[bounds[0]..bounds[1]];
            let mut squares = 0.0_f64;
            for (value, &column) in values.iter_mut().zip(columns) {
                // Most counts are 1, and a logarithm is slow.
                let tf = if *value == 1.0 { 1.0 } else { 1.0 + value.ln() };
                *value = tf * idf[column as usize];
                squares += f64::from(*value) * f64::from(*value);
            }
            if squares > 0.0 {
                let factor = (f64::from(weight) / squares.sqrt()) as f32;
                values.iter_mut().for_each(|value| *value *= factor);
            }
        }
    }
}
