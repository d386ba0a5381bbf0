//! One n-gram block: from a corpus to counted columns, and from counts to sublinear TF-IDF rows of unit length.
//!
//! [`Counts`] holds every n-gram of a corpus; [`FittedNGrams::fit`] picks columns by what a part of the texts has (all,
//! or the training part of a fold) and weighs them. Texts are counted once, however many folds there are.

use rayon::prelude::*;

use super::corpus::{Corpus, Lists};
use super::keys::KeyTable;
use super::recipe::{Block, NGrams};
use super::select;
use super::subwords::Subwords;
use onrecord_learn::sparse::by_chunk;

/// Texts that one task handles; all rows lie in chunks of so many texts.
pub(crate) const CHUNK: usize = 256;

/// Where a block's n-grams come from.
#[derive(Debug, Clone)]
pub(crate) enum Units {
    Words,
    Chars,
    Subwords(Box<Subwords>),
}

/// An n-gram block that knows its columns.
#[derive(Debug, Clone)]
pub(crate) struct FittedNGrams {
    pub(crate) units: Units,
    pub(crate) n_grams: NGrams,
    pub(crate) table: KeyTable,
    /// For each column ln((1 + texts) / (1 + texts that have it)) + 1.
    pub(crate) idf: Vec<f32>,
}

/// Rows in compressed form, before they are put beside those of other blocks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    pub(crate) starts: Vec<usize>,
    pub(crate) columns: Vec<u32>,
    pub(crate) values: Vec<f32>,
}

/// Every n-gram of every text, with its count.
#[derive(Debug)]
pub(crate) struct Counts {
    table: KeyTable,
    /// By chunk of texts.
    chunks: Vec<Counted>,
}

/// The n-grams of some texts; counts stop at 65,535.
#[derive(Debug)]
struct Counted {
    starts: Vec<usize>,
    columns: Vec<u32>,
    counts: Vec<u16>,
}

/// A column that is not in the table.
pub(crate) const NONE: u32 = u32::MAX;

/// The n-grams of a block in any text: those of a piece are made once a piece where they depend on it alone.
struct Source<'c, 't> {
    corpus: &'c Corpus<'t>,
    units: &'c Units,
    n_grams: &'c NGrams,
    /// For characters: the n-grams of each piece.
    of_pieces: Option<Lists<u64>>,
}

impl<'c, 't> Source<'c, 't> {
    fn new(corpus: &'c Corpus<'t>, units: &'c Units, n_grams: &'c NGrams) -> Self {
        let range = (n_grams.min, n_grams.max);
        let of_pieces = matches!(units, Units::Chars).then(|| match n_grams.hash_bits {
            None => corpus.char_n_grams(range),
            Some(bits) => corpus.char_n_grams(range).map(|key| key >> (64 - bits)),
        });
        Self { corpus, units, n_grams, of_pieces }
    }

    /// The keys of a text that are not those of its pieces.
    fn keys(&self, doc: usize, keys: &mut Vec<u64>) {
        let range = (self.n_grams.min, self.n_grams.max);
        keys.clear();
        match self.units {
            Units::Words => {
                self.corpus.word_n_grams(doc, range, keys);
                if self.n_grams.negation {
                    self.corpus.negated_words(doc, keys);
                }
            }
            Units::Chars => {}
            Units::Subwords(subwords) => subwords.n_grams(self.corpus.inputs()[doc].text, range, keys),
        }
        if let Some(bits) = self.n_grams.hash_bits {
            keys.iter_mut().for_each(|key| *key >>= 64 - bits);
        }
    }

    /// Every key there is, once.
    fn distinct(&self) -> Vec<u64> {
        let mut all = match &self.of_pieces {
            Some(lists) => lists.items().to_vec(),
            None => by_chunk(self.corpus.n_docs(), CHUNK, |docs| {
                let (mut all, mut keys) = (Vec::new(), Vec::new());
                for doc in docs {
                    self.keys(doc, &mut keys);
                    all.extend_from_slice(&keys);
                }
                all.sort_unstable();
                all.dedup();
                all
            })
            .concat(),
        };
        all.par_sort_unstable();
        all.dedup();
        all
    }

    /// Counts the columns of every text, chunk by chunk.
    fn count(&self, table: &KeyTable) -> Vec<Counted> {
        let find = |&key: &u64| table.get(key).unwrap_or(NONE);
        let piece_columns = self.of_pieces.as_ref().map(|lists| lists.map(find));
        by_chunk(self.corpus.n_docs(), CHUNK, |docs| {
            let mut counted = Counted { starts: vec![0], columns: Vec::new(), counts: Vec::new() };
            let (mut keys, mut columns) = (Vec::new(), Vec::new());
            for doc in docs {
                columns.clear();
                if let Some(piece_columns) = &piece_columns {
                    for &piece in self.corpus.pieces(doc) {
                        columns.extend_from_slice(piece_columns.get(piece as usize));
                    }
                } else {
                    self.keys(doc, &mut keys);
                    columns.extend(keys.iter().map(find));
                }
                columns.sort_unstable();
                for run in columns.chunk_by(|a, b| a == b).filter(|run| run[0] != NONE) {
                    counted.columns.push(run[0]);
                    counted.counts.push(run.len().min(usize::from(u16::MAX)) as u16);
                }
                counted.starts.push(counted.columns.len());
            }
            counted
        })
    }
}

impl Counts {
    /// Counts every n-gram of a corpus.
    pub(crate) fn new(corpus: &Corpus<'_>, units: &Units, n_grams: &NGrams) -> Self {
        let source = Source::new(corpus, units, n_grams);
        let table = KeyTable::from_sorted(source.distinct()).expect("the keys were sorted and made distinct");
        let chunks = source.count(&table);
        Self { table, chunks }
    }

    /// The columns of a text and their counts.
    pub(crate) fn doc(&self, doc: usize) -> (&[u32], &[u16]) {
        let (chunk, row) = (&self.chunks[doc / CHUNK], doc % CHUNK);
        let range = chunk.starts[row]..chunk.starts[row + 1];
        (&chunk.columns[range.clone()], &chunk.counts[range])
    }

    pub(crate) fn n_columns(&self) -> usize {
        self.table.len()
    }
}

/// The counts of some texts in the columns of a fitted block.
pub(crate) struct Selected<'s> {
    counts: &'s Counts,
    fitted: &'s FittedNGrams,
    new_columns: &'s [u32],
    docs: &'s [usize],
    /// Whether every column was kept, and so has its number still.
    has_all: bool,
}

impl<'s> Selected<'s> {
    pub(crate) fn new(counts: &'s Counts, fitted: &'s FittedNGrams, new_columns: &'s [u32], docs: &'s [usize]) -> Self {
        let has_all = fitted.table.len() == counts.n_columns();
        Self { counts, fitted, new_columns, docs, has_all }
    }

    /// The entries of a row: new column and count.
    fn entries(&self, row: usize) -> impl Iterator<Item = (u32, u16)> {
        let (columns, counts) = self.counts.doc(self.docs[row]);
        let entry = |(&column, &count): (&u32, &u16)| {
            (if self.has_all { column } else { self.new_columns[column as usize] }, count)
        };
        columns.iter().zip(counts).map(entry).filter(|&(column, _)| column != NONE)
    }

    /// Entries of a row.
    pub(crate) fn length(&self, row: usize) -> usize {
        if self.has_all { self.counts.doc(self.docs[row]).0.len() } else { self.entries(row).count() }
    }

    /// Writes a row, which is as long as the slices.
    pub(crate) fn fill(&self, row: usize, columns: &mut [u32], values: &mut [f32]) {
        for ((column, count), (to_column, to_value)) in self.entries(row).zip(columns.iter_mut().zip(&mut *values)) {
            *to_column = column;
            *to_value = f32::from(count);
        }
        weigh(columns, values, &self.fitted.idf, self.fitted.n_grams.weight);
    }
}

impl FittedNGrams {
    /// Learns the columns from the texts `docs`; also gives the new number of each column of `counts`.
    ///
    /// `classes` holds the class of each text of `docs` and their number, for the selection.
    pub(crate) fn fit(
        units: Units,
        n_grams: &NGrams,
        counts: &Counts,
        docs: &[usize],
        classes: Option<(&[usize], usize)>,
    ) -> (Self, Vec<u32>) {
        let mut n_with = vec![0_u32; counts.n_columns()];
        for &doc in docs {
            counts.doc(doc).0.iter().for_each(|&column| n_with[column as usize] += 1);
        }
        let mut is_kept: Vec<bool> = n_with.iter().map(|&n| n >= n_grams.min_df.max(1)).collect();
        if let (Some(wanted), Some((classes, n_classes))) = (n_grams.select, classes) {
            select::by_chi_squared(|doc| counts.doc(doc).0, docs, classes, n_classes, wanted, &mut is_kept);
        }
        let n_kept = is_kept.iter().filter(|is_kept| **is_kept).count();
        let (mut keys, mut n_with_kept) = (Vec::with_capacity(n_kept), Vec::with_capacity(n_kept));
        let mut new_columns = vec![NONE; counts.n_columns()];
        for (column, &key) in counts.table.keys().iter().enumerate().filter(|(column, _)| is_kept[*column]) {
            new_columns[column] = keys.len() as u32;
            keys.push(key);
            n_with_kept.push(n_with[column]);
        }
        let idf_of = |n: u32| (((1 + docs.len()) as f64 / (1.0 + f64::from(n))).ln() + 1.0) as f32;
        let idf = n_with_kept.into_par_iter().map(idf_of).collect();
        let table = KeyTable::from_sorted(keys).expect("a part of sorted keys is sorted");
        (Self { units, n_grams: n_grams.clone(), table, idf }, new_columns)
    }

    /// The rows of another corpus.
    pub(crate) fn transform(&self, corpus: &Corpus<'_>) -> Vec<Rows> {
        let counted = Source::new(corpus, &self.units, &self.n_grams).count(&self.table);
        let to_rows = |counted: Counted| {
            let values = counted.counts.into_iter().map(f32::from).collect();
            let mut rows = Rows { starts: counted.starts, columns: counted.columns, values };
            rows.weigh(&self.idf, self.n_grams.weight);
            rows
        };
        counted.into_iter().map(to_rows).collect()
    }

    /// Puts a block together from what a model file holds.
    pub(crate) fn from_parts(block: &Block, subwords: Option<Subwords>, keys: &[u64], idf: &[f32]) -> Option<Self> {
        let units = match (block, subwords) {
            (Block::Words(_), _) => Units::Words,
            (Block::Chars(_), _) => Units::Chars,
            (Block::Subwords(_), Some(subwords)) => Units::Subwords(Box::new(subwords)),
            _ => return None,
        };
        Some(Self { units, n_grams: block.n_grams()?, table: KeyTable::from_sorted(keys.to_vec())?, idf: idf.to_vec() })
    }
}

impl Rows {
    /// No rows yet.
    pub(crate) fn new() -> Self {
        Self { starts: vec![0], ..Self::default() }
    }

    /// Columns and values of a row.
    pub(crate) fn row(&self, row: usize) -> (&[u32], &[f32]) {
        let range = self.starts[row]..self.starts[row + 1];
        (&self.columns[range.clone()], &self.values[range])
    }

    /// Counts become sublinear TF-IDF, row by row.
    fn weigh(&mut self, idf: &[f32], weight: f32) {
        for bounds in self.starts.windows(2) {
            let range = bounds[0]..bounds[1];
            weigh(&self.columns[range.clone()], &mut self.values[range], idf, weight);
        }
    }
}

/// The counts of a row become (1 + ln count) idf, brought to the length `weight`.
fn weigh(columns: &[u32], values: &mut [f32], idf: &[f32], weight: f32) {
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
