//! Filling a compressed sparse row matrix on several threads: first how long each row is, then every row in its place.
//!
//! Nothing is put together from parts afterwards, so there is one copy of the matrix at any time, and the bytes do not
//! depend on the number of threads.

use std::ops::Range;

use rayon::prelude::*;

/// Rows that one task works on.
const CHUNK: usize = 256;

/// What `work` makes of runs of `size` out of `n`, one after the other. A single run is worked on where the caller is: to
/// wake another thread costs as much as to read a sentence.
pub fn by_chunk<T: Send>(n: usize, size: usize, work: impl Fn(Range<usize>) -> T + Sync + Send) -> Vec<T> {
    match n {
        0 => Vec::new(),
        _ if n <= size => vec![work(0..n)],
        _ => (0..n.div_ceil(size)).into_par_iter().map(|k| work(k * size..((k + 1) * size).min(n))).collect(),
    }
}

/// Where each row starts, and at last where the last one ends.
pub fn starts(n_rows: usize, length: impl Fn(usize) -> usize + Sync) -> Vec<usize> {
    let mut starts = vec![0; n_rows + 1];
    if n_rows <= CHUNK {
        starts[1..].iter_mut().enumerate().for_each(|(row, start)| *start = length(row));
    } else {
        starts[1..].par_iter_mut().enumerate().with_min_len(CHUNK).for_each(|(row, start)| *start = length(row));
    }
    let mut end = 0;
    for start in &mut starts {
        end += *start;
        *start = end;
    }
    starts
}

/// A matrix's columns and values.
pub type Filled = (Vec<u32>, Vec<f32>);

/// Columns and values of a row, to be written.
pub type RowMut<'m> = (&'m mut [u32], &'m mut [f32]);

/// The columns and values of all rows; `fill` writes those of one.
pub fn fill(starts: &[usize], fill: impl Fn(usize, &mut [u32], &mut [f32]) + Sync) -> Filled {
    let mut filled = empty(starts);
    let fill_chunk = |mut chunk: Chunk<'_>| {
        for row in chunk.rows.clone() {
            let (columns, values) = chunk.row(starts, row);
            fill(row, columns, values);
        }
    };
    let mut chunks = chunks_mut(starts, &mut filled);
    if chunks.len() > 1 {
        chunks.into_par_iter().for_each(fill_chunk);
    } else {
        chunks.drain(..).for_each(fill_chunk);
    }
    filled
}

/// The same for two matrices of as many rows; `fill` writes one row of each.
pub fn fill_both(starts: [&[usize]; 2], fill: impl Fn(usize, RowMut<'_>, RowMut<'_>) + Sync) -> [Filled; 2] {
    let mut filled = starts.map(empty);
    let [one, other] = &mut filled;
    let chunks = chunks_mut(starts[0], one).into_par_iter().zip(chunks_mut(starts[1], other));
    chunks.for_each(|(mut one, mut other)| {
        for row in one.rows.clone() {
            fill(row, one.row(starts[0], row), other.row(starts[1], row));
        }
    });
    filled
}

fn empty(starts: &[usize]) -> Filled {
    let n_entries = starts.last().copied().unwrap_or(0);
    (vec![0; n_entries], vec![0.0; n_entries])
}

/// The rows that one task writes.
struct Chunk<'m> {
    rows: Range<usize>,
    columns: &'m mut [u32],
    values: &'m mut [f32],
}

impl Chunk<'_> {
    fn row(&mut self, starts: &[usize], row: usize) -> RowMut<'_> {
        let before = starts[self.rows.start];
        let own = starts[row] - before..starts[row + 1] - before;
        (&mut self.columns[own.clone()], &mut self.values[own])
    }
}

fn chunks_mut<'m>(starts: &[usize], (columns, values): &'m mut Filled) -> Vec<Chunk<'m>> {
    let n_rows = starts.len().saturating_sub(1);
    let mut chunks = Vec::with_capacity(n_rows.div_ceil(CHUNK));
    let (mut columns_left, mut values_left) = (columns.as_mut_slice(), values.as_mut_slice());
    for first in (0..n_rows).step_by(CHUNK) {
        let last = (first + CHUNK).min(n_rows);
        let n = starts[last] - starts[first];
        let (columns, rest) = columns_left.split_at_mut(n);
        columns_left = rest;
        let (values, rest) = values_left.split_at_mut(n);
        values_left = rest;
        chunks.push(Chunk { rows: first..last, columns, values });
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_in_its_place() {
        let starts = starts(1000, |row| row % 4);
        assert_eq!((starts[0], starts[5], starts[1000]), (0, 6, 1500));
        let (columns, values) = fill(&starts, |row, columns, values| {
            columns.fill(row as u32);
            values.fill(row as f32);
        });
        assert!((0..1000).all(|row| columns[starts[row]..starts[row + 1]].iter().all(|&own| own as usize == row)));
        assert!(columns.iter().zip(values).all(|(&column, value)| column as f32 == value));
        let half: Vec<usize> = starts.iter().map(|start| start / 2).collect();
        let both = fill_both([&starts, &half], |row, (one, _), (other, _)| {
            one.fill(row as u32);
            other.fill(row as u32);
        });
        assert_eq!(both[0].0, columns);
        assert!((0..1000).all(|row| both[1].0[half[row]..half[row + 1]].iter().all(|&own| own as usize == row)));
        assert_eq!(fill(&super::starts(0, |_| 1), |_, _, _| {}), (vec![], vec![]));
    }
}
