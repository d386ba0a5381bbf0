//! The matrix as the solvers want it: columns that say the same are one, and entries lie by row and by column.
//!
//! Half of all n-grams are in one text alone, and the characters inside a rare word always come together. Columns that
//! are multiples of one another, `x_j = r_j * x`, act on every score as the one column `x * sqrt(sum r_j²)`: with an L2
//! penalty the optimum has `w_j = w * r_j / sqrt(sum r_j²)`, where `w` is the optimum for the merged column. The
//! solution is the same, and the problem two to three times smaller.
//!
//! An intercept is no column here; the solvers add it.

use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::multiples::{Multiples, multiples};
use super::{Records, SparseRow};
use crate::sparse;

/// A merged matrix, by row and by column, and the way back.
#[derive(Debug, Clone)]
pub(super) struct Design {
    pub(super) by_row: Compressed,
    /// Made when first asked for: coordinate descent over rows never does.
    by_column: OnceLock<Compressed>,
    pub(super) columns: Columns,
}

/// The way from merged columns back to the original ones.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    n_merged: usize,
    /// The merged column of each original one.
    merged: Vec<u32>,
    /// What part of the merged column's weight is its own.
    share: Vec<f32>,
}

/// One direction of a sparse matrix: list `i` is `starts[i]..starts[i + 1]`.
#[derive(Debug, Clone, Default)]
pub(super) struct Compressed {
    starts: Vec<usize>,
    indices: Vec<u32>,
    values: Vec<f32>,
}

/// The number of a column that has become part of another.
const NONE: u32 = u32::MAX;

/// Lists that one task works on.
const CHUNK: usize = 512;

impl Compressed {
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    pub(super) fn n_entries(&self) -> usize {
        self.indices.len()
    }

    pub(super) fn get(&self, list: usize) -> (&[u32], &[f32]) {
        let range = self.starts[list]..self.starts[list + 1];
        (&self.indices[range.clone()], &self.values[range])
    }

    fn transposed(&self, n_lists: usize) -> Self {
        let mut starts = vec![0; n_lists + 1];
        for &index in &self.indices {
            starts[index as usize + 1] += 1;
        }
        for list in 0..n_lists {
            starts[list + 1] += starts[list];
        }
        let mut next = starts.clone();
        let (mut indices, mut values) = (vec![0; self.indices.len()], vec![0.0; self.values.len()]);
        for list in 0..self.len() {
            let (own, of_own) = self.get(list);
            for (&index, &value) in own.iter().zip(of_own) {
                let place = &mut next[index as usize];
                indices[*place] = list as u32;
                values[*place] = value;
                *place += 1;
            }
        }
        Self { starts, indices, values }
    }

    /// `into[i] = offset + sum over entries j of list i of value * from[j]`, for `k` numbers an item. Lists are worked on
    /// in parallel, each in its own order: the bits do not depend on the number of threads.
    pub(super) fn multiply(&self, k: usize, from: &[f64], offset: &[f64], into: &mut [f64]) {
        match k {
            1 => self.multiply_by::<1>(k, from, offset, into),
            2 => self.multiply_by::<2>(k, from, offset, into),
            3 => self.multiply_by::<3>(k, from, offset, into),
            4 => self.multiply_by::<4>(k, from, offset, into),
            5 => self.multiply_by::<5>(k, from, offset, into),
            _ => self.multiply_by::<0>(k, from, offset, into),
        }
    }

    /// `K` is `k` where it is known when compiling, or 0.
    fn multiply_by<const K: usize>(&self, k: usize, from: &[f64], offset: &[f64], into: &mut [f64]) {
        let k = if K == 0 { k } else { K };
        into.par_chunks_mut(CHUNK * k).enumerate().for_each(|(chunk, into)| {
            for (n, into) in into.chunks_exact_mut(k).enumerate() {
                let (indices, values) = self.get(chunk * CHUNK + n);
                if K == 0 {
                    into.copy_from_slice(offset);
                    for (&index, &value) in indices.iter().zip(values) {
                        let from = &from[index as usize * k..][..k];
                        into.iter_mut().zip(from).for_each(|(sum, from)| *sum += f64::from(value) * from);
                    }
                } else {
                    let mut sums = [0.0; K];
                    sums.copy_from_slice(offset);
                    for (&index, &value) in indices.iter().zip(values) {
                        let from = &from[index as usize * K..][..K];
                        sums.iter_mut().zip(from).for_each(|(sum, from)| *sum += f64::from(value) * from);
                    }
                    into.copy_from_slice(&sums);
                }
            }
        });
    }

    /// `into[i] = sum over entries j of list i of value² * from[j]`, for `k` numbers an item.
    pub(super) fn multiply_squares(&self, k: usize, from: &[f64], into: &mut [f64]) {
        into.par_chunks_mut(CHUNK * k).enumerate().for_each(|(chunk, into)| {
            for (n, into) in into.chunks_exact_mut(k).enumerate() {
                let (indices, values) = self.get(chunk * CHUNK + n);
                into.fill(0.0);
                for (&index, &value) in indices.iter().zip(values) {
                    let square = f64::from(value) * f64::from(value);
                    let from = &from[index as usize * k..][..k];
                    into.iter_mut().zip(from).for_each(|(sum, from)| *sum += square * from);
                }
            }
        });
    }
}

impl Design {
    /// The matrix with columns that are multiples of one another merged.
    pub(super) fn merged(records: &Records) -> Self {
        let merging = Merging::of(records, |of| {
            // Numbered in the order of their first ones, so that rows stay sorted.
            let mut next = 0;
            for column in 0..of.first_of.len() {
                if of.is_first(column) {
                    of.numbers[column] = next;
                    next += 1;
                }
            }
        });
        merging.into_design(records)
    }

    /// The same with the merged columns of the most rows first: see [`Halves::frequent_first`].
    pub(super) fn frequent_first(records: &Records) -> Self {
        Merging::of(records, |of| of.number_frequent_first()).into_design(records)
    }

    /// The matrix as it is, for penalties that tell multiples apart.
    pub(super) fn plain(records: &Records) -> Self {
        let matrix = records.matrix();
        let n_features = records.n_features();
        let by_row = Compressed {
            starts: matrix.indptr().raw_storage().to_vec(),
            indices: matrix.indices().to_vec(),
            values: matrix.data().to_vec(),
        };
        let merged = (0..n_features as u32).collect();
        let columns = Columns { n_merged: n_features, merged, share: vec![1.0; n_features] };
        Self { by_row, by_column: OnceLock::new(), columns }
    }

    pub(super) fn n_rows(&self) -> usize {
        self.by_row.len()
    }

    pub(super) fn n_columns(&self) -> usize {
        self.columns.n_merged
    }

    /// The columns, as lists of rows.
    pub(super) fn by_column(&self) -> &Compressed {
        self.by_column.get_or_init(|| self.by_row.transposed(self.n_columns()))
    }
}

/// A merged matrix in two halves of its columns, by row, and the way back.
#[derive(Debug, Clone)]
pub(super) struct Halves {
    /// Column `c` is number `c / 2` of half `c % 2`.
    pub(super) by_row: [Compressed; 2],
    pub(super) columns: Columns,
}

impl Halves {
    /// The merged columns of the most rows first, and equally frequent ones (by powers of two) in the order in which the
    /// rows have them: whoever walks over the rows finds the weights that a row needs side by side.
    pub(super) fn frequent_first(records: &Records) -> Self {
        let merging = Merging::of(records, |of| of.number_frequent_first());
        Self { by_row: merging.halves(records), columns: merging.columns }
    }
}

impl Columns {
    /// The number of merged columns.
    pub(super) fn n_merged(&self) -> usize {
        self.n_merged
    }

    /// The number of original columns.
    pub(super) fn n_original(&self) -> usize {
        self.merged.len()
    }

    /// The weight of an original column, from those of the merged ones; `at` gives a merged column's.
    pub(super) fn original(&self, column: usize, at: impl Fn(usize) -> f64) -> f64 {
        at(self.merged[column] as usize) * f64::from(self.share[column])
    }
}

/// How columns become one.
struct Merging {
    /// By original column, of those that are the first of a merged one; `NONE` for others.
    numbers: Vec<u32>,
    /// By original column, for the first ones: what their values become times.
    norms: Vec<f64>,
    columns: Columns,
}

impl Merging {
    /// Merges columns; `number` gives the first ones of those that become one the numbers from 0 on.
    fn of(records: &Records, number: impl Fn(&mut Numbering<'_>)) -> Self {
        let Multiples { first_of, ratios, first_rows, n_rows } = multiples(records);
        let n_features = records.n_features();
        let mut squares = vec![0.0_f64; n_features];
        for (column, &first) in first_of.iter().enumerate() {
            squares[first as usize] += f64::from(ratios[column]) * f64::from(ratios[column]);
        }
        squares.par_iter_mut().for_each(|squares| *squares = squares.sqrt());
        let norms = squares;
        let numbers = vec![NONE; n_features];
        let mut numbering = Numbering { first_of: &first_of, first_rows: &first_rows, n_rows: &n_rows, numbers };
        number(&mut numbering);
        let numbers = numbering.numbers;
        let merged = first_of.par_iter().map(|&first| numbers[first as usize]).collect();
        let share = first_of
            .par_iter()
            .zip(&ratios)
            .map(|(&first, &ratio)| (f64::from(ratio) / norms[first as usize]) as f32)
            .collect();
        let n_merged = numbers.iter().filter(|&&number| number != NONE).count();
        Self { numbers, norms, columns: Columns { n_merged, merged, share } }
    }

    /// A row's merged columns, by number, with their values.
    fn row<'r>(&'r self, records: &'r Records, row: usize) -> impl Iterator<Item = (u32, f32)> + 'r {
        let merged = |(column, value): (usize, f32)| {
            let number = self.numbers[column];
            (number != NONE).then(|| (number, (f64::from(value) * self.norms[column]) as f32))
        };
        let SparseRow { columns, values } = records.row(row);
        columns.iter().map(|&column| column as usize).zip(values.iter().copied()).filter_map(merged)
    }

    fn into_design(self, records: &Records) -> Design {
        let starts = sparse::starts(records.n_rows(), |row| self.row(records, row).count());
        let (indices, values) = sparse::fill(&starts, |row, indices, values| {
            let places = indices.iter_mut().zip(values);
            places.zip(self.row(records, row)).for_each(|((index, value), merged)| (*index, *value) = merged);
        });
        let by_row = Compressed { starts, indices, values };
        Design { by_row, by_column: OnceLock::new(), columns: self.columns }
    }

    fn halves(&self, records: &Records) -> [Compressed; 2] {
        let counts = |row: usize| {
            let numbers = records.row(row).columns.iter().map(|&column| self.numbers[column as usize]);
            numbers.filter(|&number| number != NONE).fold([0, 0], |mut counts, number| {
                counts[number as usize % 2] += 1;
                counts
            })
        };
        let counts: Vec<[usize; 2]> = (0..records.n_rows()).into_par_iter().map(counts).collect();
        let [even, odd] = [0, 1].map(|half| sparse::starts(counts.len(), |row| counts[row][half]));
        let filled = sparse::fill_both([&even, &odd], |row, even, odd| {
            let mut halves = [even, odd].map(|(indices, values)| indices.iter_mut().zip(values));
            for (number, value) in self.row(records, row) {
                if let Some((index, place)) = halves[number as usize % 2].next() {
                    (*index, *place) = (number / 2, value);
                }
            }
        });
        let [(even_indices, even_values), (odd_indices, odd_values)] = filled;
        [
            Compressed { starts: even, indices: even_indices, values: even_values },
            Compressed { starts: odd, indices: odd_indices, values: odd_values },
        ]
    }
}

/// Numbers for the merged columns.
struct Numbering<'m> {
    first_of: &'m [u32],
    first_rows: &'m [u32],
    n_rows: &'m [u32],
    /// By original column; stays `NONE` for those that have become part of another.
    numbers: Vec<u32>,
}

impl Numbering<'_> {
    fn is_first(&self, column: usize) -> bool {
        self.first_of[column] as usize == column
    }

    /// By rank, the first row that has it, and column.
    fn number_frequent_first(&mut self) {
        let rank = |n_rows: u32| n_rows.leading_zeros() as usize;
        let columns = || (0..self.first_of.len()).filter(|&column| self.is_first(column));
        let in_order_of_rows = counting_sort(columns(), |column| self.first_rows[column] as usize);
        let in_order = counting_sort(in_order_of_rows.into_iter(), |column| rank(self.n_rows[column]));
        for (number, column) in (0..).zip(in_order) {
            self.numbers[column] = number;
        }
    }
}

/// The items by key, those of one key in the order in which they came.
fn counting_sort(items: impl Iterator<Item = usize> + Clone, key: impl Fn(usize) -> usize) -> Vec<usize> {
    let mut starts: Vec<usize> = Vec::new();
    let mut n_items = 0;
    for item in items.clone() {
        let key = key(item);
        if starts.len() < key + 2 {
            starts.resize(key + 2, 0);
        }
        starts[key + 1] += 1;
        n_items += 1;
    }
    (1..starts.len()).for_each(|key| starts[key] += starts[key - 1]);
    let mut sorted = vec![0; n_items];
    for item in items {
        let next = &mut starts[key(item)];
        sorted[*next] = item;
        *next += 1;
    }
    sorted
}

/// The sum of the products of two vectors, added up in an order that the number of threads does not change.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let of_chunk = |(a, b): (&[f64], &[f64])| {
        let mut sums = [0.0; 4];
        let (a_fours, a_rest) = a.as_chunks::<4>();
        let (b_fours, b_rest) = b.as_chunks::<4>();
        for (a, b) in a_fours.iter().zip(b_fours) {
            for lane in 0..4 {
                sums[lane] += a[lane] * b[lane];
            }
        }
        sums.iter().sum::<f64>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f64>()
    };
    a.chunks(1 << 14).zip(b.chunks(1 << 14)).map(of_chunk).sum()
}

/// A fixed division of `n` items for sums that are made apart.
pub(super) fn chunks(n: usize, size: usize) -> impl IndexedParallelIterator<Item = Range<usize>> {
    (0..n.div_ceil(size)).into_par_iter().map(move |chunk| chunk * size..((chunk + 1) * size).min(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiples_become_one_column_and_scores_stay() {
        // Column 2 is twice column 0, column 4 half of it; 1 has the same rows but other values; 3 is in one row.
        let rows = [
            vec![(0, 1.0), (1, 1.0), (2, 2.0), (3, 3.0), (4, 0.5), (5, 1.0)],
            vec![(1, 5.0)],
            vec![(0, 2.0), (1, 3.0), (2, 4.0), (4, 1.0)],
        ];
        let records = Records::from_rows(rows, 7).unwrap();
        let design = Design::merged(&records);
        assert_eq!((design.n_columns(), design.by_row.n_entries()), (4, 6));
        let norm = (1.0_f64 + 4.0 + 0.25).sqrt();
        let weights = [0.7, -0.2, 0.4, 9.0];
        let mut scores = vec![0.0; 3];
        design.by_row.multiply(1, &weights, &[0.5], &mut scores);
        let original: Vec<f64> =
            (0..7).map(|column| design.columns.original(column, |merged| weights[merged])).collect();
        assert!((original[2] - 0.7 * 2.0 / norm).abs() < 1e-6, "{original:?}");
        for (row, score) in scores.iter().enumerate() {
            let own: f64 = records.row(row).iter().map(|(column, value)| f64::from(value) * original[column]).sum();
            assert!((own + 0.5 - score).abs() < 1e-6, "{row}");
        }
    }

    #[test]
    fn the_columns_of_most_rows_come_first_and_others_as_the_rows_have_them() {
        // Column 3 is in every row, 2 in the first, 0 and 1 in the second, 4 in none.
        let rows = [vec![(2, 1.0), (3, 1.0)], vec![(0, 1.0), (1, 3.0), (3, 2.0)], vec![(3, 5.0)], vec![(3, 4.0)]];
        let design = Design::frequent_first(&Records::from_rows(rows, 5).unwrap());
        assert_eq!(design.n_columns(), 4);
        let columns: Vec<&[u32]> = (0..4).map(|row| design.by_row.get(row).0).collect();
        assert_eq!(columns, [&[1, 0][..], &[2, 0], &[0], &[0]]);
        let weights = [1.0, 10.0, 100.0, 1000.0];
        let original: Vec<f64> =
            (0..5).map(|column| design.columns.original(column, |merged| weights[merged])).collect();
        assert_eq!((original[3], original[2], original[4]), (1.0, 10.0, 1000.0));
        assert!((original[1] - 3.0 * original[0]).abs() < 1e-4, "{original:?}");
    }

    #[test]
    fn both_directions_and_any_number_of_classes_agree() {
        let rows = (0..40_u32).map(|row| {
            (0..30)
                .filter(|column| (row * 7 + column * 3) % 5 == 0)
                .map(|column| (column, (row + column + 1) as f32))
                .collect()
        });
        let records = Records::from_rows(rows, 30).unwrap();
        let design = Design::plain(&records);
        for k in 1..8 {
            let from: Vec<f64> = (0..30 * k).map(|n| n as f64 / 10.0 - 3.0).collect();
            let back: Vec<f64> = (0..40 * k).map(|n| (n % 11) as f64 - 5.0).collect();
            let (mut rows, mut columns) = (vec![0.0; 40 * k], vec![0.0; 30 * k]);
            design.by_row.multiply(k, &from, &vec![0.0; k], &mut rows);
            design.by_column().multiply(k, &back, &vec![0.0; k], &mut columns);
            assert!((dot(&rows, &back) - dot(&columns, &from)).abs() < 1e-6, "{k}");
        }
    }
}
