//! A sparse matrix, one row a text, as linfa's `Records`.
//!
//! Values are `f32` and column numbers `u32`, so that an entry takes eight bytes; sums over rows are made in `f64` by
//! whoever makes them. No knowledge of what the columns mean.

use rayon::prelude::*;
use sprs::CsMatI;

use super::LearnError;

/// A compressed sparse row matrix of shape (rows, features).
#[derive(Debug, Clone, PartialEq)]
pub struct Records(CsMatI<f32, u32, usize>);

/// Values that one task looks at.
const CHUNK: usize = 1 << 14;

/// One row: column numbers in ascending order, and the values that stand there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SparseRow<'r> {
    /// Column numbers, ascending.
    pub columns: &'r [u32],
    /// One value a column.
    pub values: &'r [f32],
}

impl SparseRow<'_> {
    /// Column and value of each entry.
    pub fn iter(&self) -> impl Iterator<Item = (usize, f32)> + '_ {
        self.columns.iter().zip(self.values).map(|(&column, &value)| (column as usize, value))
    }
}

impl Records {
    /// Takes rows of (column, value), columns ascending and below `n_features`.
    ///
    /// # Errors
    /// [`LearnError::Records`] where columns are out of order or range, or a value is not finite.
    pub fn from_rows(rows: impl IntoIterator<Item = Vec<(u32, f32)>>, n_features: usize) -> Result<Self, LearnError> {
        let (mut ends, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
        for row in rows {
            for (column, value) in row {
                columns.push(column);
                values.push(value);
            }
            ends.push(columns.len());
        }
        Self::from_parts(ends, columns, values, n_features)
    }

    /// Takes the three arrays of a compressed sparse row matrix: row `i` is `columns[ends[i]..ends[i + 1]]`.
    ///
    /// # Errors
    /// [`LearnError::Records`] where the arrays do not describe a matrix or a value is not finite.
    pub fn from_parts(
        ends: Vec<usize>,
        columns: Vec<u32>,
        values: Vec<f32>,
        n_features: usize,
    ) -> Result<Self, LearnError> {
        let n_rows = ends.len().saturating_sub(1);
        let matrix = CsMatI::try_new((n_rows, n_features), ends, columns, values);
        Self::from_matrix(matrix.map_err(|_| LearnError::Records {
            row: 0,
            problem: "columns must ascend and lie below the number of features",
        })?)
    }

    /// Takes a matrix, row by row.
    ///
    /// # Errors
    /// [`LearnError::Records`] where it lies by column, or a value is not finite.
    pub fn from_matrix(matrix: CsMatI<f32, u32, usize>) -> Result<Self, LearnError> {
        if !matrix.is_csr() {
            return Err(LearnError::Records { row: 0, problem: "the matrix lies by column" });
        }
        let is_fine = |values: &[f32]| values.iter().all(|value| value.is_finite());
        if !matrix.data().par_chunks(CHUNK).all(is_fine) {
            let place = matrix.data().iter().position(|value| !value.is_finite()).unwrap_or_default();
            let row = matrix.indptr().raw_storage().partition_point(|&end| end <= place).saturating_sub(1);
            return Err(LearnError::Records { row, problem: "a value that is no finite number" });
        }
        Ok(Self(matrix))
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.0.rows()
    }

    /// Number of columns.
    #[must_use]
    pub fn n_features(&self) -> usize {
        self.0.cols()
    }

    /// Number of entries.
    #[must_use]
    pub fn n_entries(&self) -> usize {
        self.0.nnz()
    }

    /// One row.
    ///
    /// # Panics
    /// Where there is no row `index`.
    #[must_use]
    pub fn row(&self, index: usize) -> SparseRow<'_> {
        let range = self.0.indptr().outer_inds_sz(index);
        SparseRow { columns: &self.0.indices()[range.clone()], values: &self.0.data()[range] }
    }

    /// The rows at `indices`, in that order; a row may be taken twice.
    ///
    /// # Panics
    /// Where an index is out of range.
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        let n_entries = indices.iter().map(|&index| self.row(index).columns.len()).sum();
        let mut ends = Vec::with_capacity(indices.len() + 1);
        let (mut columns, mut values) = (Vec::with_capacity(n_entries), Vec::with_capacity(n_entries));
        ends.push(0);
        for &index in indices {
            let row = self.row(index);
            columns.extend_from_slice(row.columns);
            values.extend_from_slice(row.values);
            ends.push(columns.len());
        }
        Self(CsMatI::new((indices.len(), self.n_features()), ends, columns, values))
    }

    /// The matrix itself, for sprs's own operations.
    #[must_use]
    pub const fn matrix(&self) -> &CsMatI<f32, u32, usize> {
        &self.0
    }
}

impl linfa::dataset::Records for Records {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.n_rows()
    }

    fn nfeatures(&self) -> usize {
        self.n_features()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_given() {
        let records = Records::from_rows([vec![(0, 1.0), (2, 0.5)], vec![], vec![(1, 2.0)]], 3).unwrap();
        assert_eq!(records.row(0).iter().collect::<Vec<_>>(), [(0, 1.0), (2, 0.5)]);
        assert_eq!((records.row(1).columns.len(), records.n_entries()), (0, 3));
        assert_eq!(records.select(&[2, 0]).row(1), records.row(0));
    }

    #[test]
    fn what_is_no_matrix_is_refused() {
        assert!(Records::from_rows([vec![(3, 1.0)]], 3).is_err());
        assert!(Records::from_rows([vec![(1, 1.0), (0, 1.0)]], 3).is_err());
        let error = Records::from_rows([vec![], vec![(1, f32::NAN)]], 3).unwrap_err();
        assert!(matches!(error, LearnError::Records { row: 1, .. }), "{error}");
    }
}
