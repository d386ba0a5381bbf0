//! Texts as sequences of word vectors, as linfa's `Records`.
//!
//! Each distinct word has one vector of signed bytes and a scale; a text is a list of their numbers. Where the vectors
//! come from is the caller's business.

use std::borrow::Cow;
use std::sync::Arc;

use super::LearnError;
use super::convolution::Vector;

/// Sequences of rows of a table of vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct Sequences {
    vectors: Arc<Vectors>,
    tokens: Vec<u32>,
    starts: Vec<usize>,
}

#[derive(Debug, PartialEq)]
struct Vectors {
    dim: usize,
    values: Vec<i8>,
    scales: Vec<f32>,
}

impl Sequences {
    /// What stands for a word without a vector: it counts as a vector of zeros.
    pub const UNKNOWN: u32 = u32::MAX;

    /// Takes a table of shape (words, `dim`), each row times its scale, and texts: text `i` is
    /// `tokens[starts[i]..starts[i + 1]]`, numbers of rows or [`Self::UNKNOWN`].
    ///
    /// # Errors
    /// [`LearnError::Records`] where the table has no whole rows, a scale is no finite number, or a token has no row.
    pub fn from_parts(
        dim: usize,
        values: Vec<i8>,
        scales: Vec<f32>,
        tokens: Vec<u32>,
        starts: Vec<usize>,
    ) -> Result<Self, LearnError> {
        let bad = |row, problem| Err(LearnError::Records { row, problem });
        if dim == 0 || values.len() != dim * scales.len() || scales.iter().any(|scale| !scale.is_finite()) {
            return bad(0, "a table of vectors with a row cut short, or a scale that is no number");
        }
        if starts.first() != Some(&0) || starts.last() != Some(&tokens.len()) || !starts.is_sorted() {
            return bad(0, "texts must follow each other");
        }
        let n_words = scales.len();
        if let Some(place) = tokens.iter().position(|&t| t != Self::UNKNOWN && t as usize >= n_words) {
            return bad(starts.partition_point(|&start| start <= place) - 1, "a word without a vector");
        }
        Ok(Self { vectors: Arc::new(Vectors { dim, values, scales }), tokens, starts })
    }

    /// Number of texts.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// Numbers in a vector.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.vectors.dim
    }

    /// The words of a text, as rows of the table.
    ///
    /// # Panics
    /// Where there is no text `index`.
    #[must_use]
    pub fn row(&self, index: usize) -> &[u32] {
        &self.tokens[self.starts[index]..self.starts[index + 1]]
    }

    /// A word's vector and the scale that it is multiplied by.
    pub(super) fn vector(&self, token: u32) -> Vector<'_> {
        let row = token as usize;
        (Cow::from(&self.vectors.values[row * self.vectors.dim..][..self.vectors.dim]), self.vectors.scales[row])
    }

    /// The texts at `indices`, in that order; a text may be taken twice. The vectors are shared.
    ///
    /// # Panics
    /// Where an index is out of range.
    #[must_use]
    pub fn select(&self, indices: &[usize]) -> Self {
        let mut starts = Vec::with_capacity(indices.len() + 1);
        starts.push(0);
        let mut tokens = Vec::new();
        for &index in indices {
            tokens.extend_from_slice(self.row(index));
            starts.push(tokens.len());
        }
        Self { vectors: Arc::clone(&self.vectors), tokens, starts }
    }
}

impl linfa::dataset::Records for Sequences {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.n_rows()
    }

    fn nfeatures(&self) -> usize {
        self.dim()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_as_given_and_misfits_are_refused() {
        let make = |tokens, starts| Sequences::from_parts(2, vec![1, 2, 3, 4], vec![0.5, 1.0], tokens, starts);
        let texts = make(vec![0, Sequences::UNKNOWN, 1], vec![0, 2, 2, 3]).unwrap();
        assert_eq!((texts.n_rows(), texts.row(0), texts.row(1)), (3, &[0, Sequences::UNKNOWN][..], &[][..]));
        assert_eq!(texts.vector(1), (Cow::from(&[3, 4][..]), 1.0));
        assert_eq!(texts.select(&[2, 0]).row(1), texts.row(0));
        assert!(matches!(make(vec![0, 2], vec![0, 1, 2]), Err(LearnError::Records { row: 1, .. })));
        assert!(make(vec![0], vec![0]).is_err());
        assert!(Sequences::from_parts(3, vec![1, 2], vec![1.0], vec![], vec![0]).is_err());
    }
}
