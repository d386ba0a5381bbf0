//! Pieces of words: their numbers and where each stands in the text.
//!
//! The tokenizer is the `tokenizers` crate's; this module only keeps what the windows need of its answer.

use std::ops::Range;

use tokenizers::Tokenizer;

use crate::Error;

/// The pieces of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pieces {
    /// A row of the embedding table for each piece.
    pub ids: Vec<u32>,
    /// Where each piece stands, in bytes; they never overlap and never go back.
    pub spans: Vec<Range<usize>>,
}

impl Pieces {
    /// Cuts `text` into pieces.
    pub fn of(tokenizer: &Tokenizer, text: &str) -> Result<Self, Error> {
        let encoding = tokenizer.encode(text, false).map_err(|cause| Error::Tokenizer(cause.to_string()))?;
        let spans = encoding.get_offsets().iter().map(|&(start, end)| start..end).collect();
        Ok(Self { ids: encoding.get_ids().to_vec(), spans })
    }

    /// The number of pieces.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// The pieces that overlap `span`.
    pub fn within(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.spans.partition_point(|piece| piece.end <= span.start);
        let end = self.spans.partition_point(|piece| piece.start < span.end);
        start..end.max(start)
    }
}
