//! Filling a compressed sparse row matrix on several threads: first how long each row is, then every row in its place.
//!
//! Nothing is put together from parts afterwards, so there is one copy of the matrix at any time, and the bytes do not
//! depend on the number of threads.

use rayon::prelude::*;

/// Rows that one task works on.
const CHUNK: usize = 256;

/// Where each row starts, and at last where the last one ends.
pub(crate) fn starts(n_rows: usize, length: impl Fn(usize) -> usize + Sync) -> Vec<usize> {
    let mut starts = vec![0; n_rows + 1];
    starts[1..].par_iter_mut().enumerate().with_min_len(CHUNK).for_each(|(row, start)| *start = length(row));
    let mut end = 0;
    for start in &mut starts {
        end += *start;
        *start = end;
    }
    starts
}

/// The columns and values of all rows; `fill` writes those of one.
pub(crate) fn fill(starts: &[usize], fill: impl Fn(usize, &mut [u32], &mut [f32]) + Sync) -> (Vec<u32>, Vec<f32>) {
    let n_rows = starts.len().saturating_sub(1);
    let n_entries = starts.last().copied().unwrap_or(0);
    let (mut columns, mut values) = (vec![0; n_entries], vec![0.0; n_entries]);
    let mut parts = Vec::with_capacity(n_rows.div_ceil(CHUNK));
    let (mut columns_left, mut values_left) = (columns.as_mut_slice(), values.as_mut_slice());
    for first in (0..n_rows).step_by(CHUNK) {
        let last = (first + CHUNK).min(n_rows);
        let n = starts[last] - starts[first];
        let (own_columns, rest) = columns_left.split_at_mut(n);
        columns_left = rest;
        let (own_values, rest) = values_left.split_at_mut(n);
        values_left = rest;
        parts.push((first..last, own_columns, own_values));
    }
    parts.into_par_iter().for_each(|(rows, columns, values)| {
        let before = starts[rows.start];
        for row in rows {
            let own = starts[row] - before..starts[row + 1] - before;
            fill(row, &mut columns[own.clone()], &mut values[own]);
        }
    });
    (columns, values)
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
        assert_eq!(fill(&super::starts(0, |_| 1), |_, _, _| {}), (vec![], vec![]));
    }
}
