//! Byte spans into an article's untouched text, and the one place where they become code-point offsets.
//!
//! Inside the library a place in a text is a [`Span`] of bytes, so that `&text[span.range()]` is always the surface
//! form. Output counts Unicode code points, as annotation tools do; [`CodePoints`] converts at the border.
//! Nothing here knows about words, quotation marks or lines.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A half-open range of bytes in a text: `start` is the first byte, `end` the first byte after it.
///
/// # Examples
/// ```
/// use onrecord_attribution::span::Span;
///
/// let text = "“No,” she said.";
/// let source = Span::new(10, 13);
/// assert_eq!(source.of(text), "she");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// First byte after the span.
    pub end: usize,
}

impl Span {
    /// A span from `start` up to, not including, `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Number of bytes.
    #[must_use]
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether the span covers nothing.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// The same as a standard range, to slice with.
    #[must_use]
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// The surface form: what the span covers in `text`.
    ///
    /// # Panics
    /// Where the span does not lie on character boundaries of `text`; a span is only meaningful for the text it was
    /// made from.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        &text[self.range()]
    }

    /// Whether the two spans share at least one byte.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies wholly inside this span.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The span without white space at its ends; an all-white span becomes empty at its start.
    #[must_use]
    pub fn trimmed(self, text: &str) -> Self {
        let inside = self.of(text);
        let start = self.start + (inside.len() - inside.trim_start().len());
        let end = start + inside.trim().len();
        if start > end || inside.trim().is_empty() { Self::new(self.start, self.start) } else { Self::new(start, end) }
    }
}

/// How many bytes lie between two entries of the table in [`CodePoints`].
const STRIDE: usize = 256;

/// Converts byte offsets of one text to code-point offsets, in constant time each.
///
/// # Examples
/// ```
/// use onrecord_attribution::span::{CodePoints, Span};
///
/// let text = "“No,” she said.";
/// let points = CodePoints::new(text);
/// assert_eq!(points.span(Span::new(0, text.len())), [0, 15]);
/// ```
#[derive(Debug, Clone)]
pub struct CodePoints<'t> {
    text: &'t str,
    /// Number of code points that start before byte `i * STRIDE`.
    before: Vec<usize>,
}

impl<'t> CodePoints<'t> {
    /// Reads `text` once; afterwards each conversion looks at no more than a few hundred bytes.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        let mut before = Vec::with_capacity(text.len() / STRIDE + 1);
        let mut n_points = 0;
        for chunk in text.as_bytes().chunks(STRIDE) {
            before.push(n_points);
            n_points += count_points(chunk);
        }
        before.push(n_points);
        Self { text, before }
    }

    /// The number of code points before byte `offset`; an offset past the end counts as the end.
    #[must_use]
    pub fn offset(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let block = offset / STRIDE;
        self.before[block] + count_points(&self.text.as_bytes()[block * STRIDE..offset])
    }

    /// A span's two ends, as output shows them.
    #[must_use]
    pub fn span(&self, span: Span) -> [usize; 2] {
        [self.offset(span.start), self.offset(span.end)]
    }

    /// Several spans at once.
    #[must_use]
    pub fn spans(&self, spans: &[Span]) -> Vec<[usize; 2]> {
        spans.iter().map(|&span| self.span(span)).collect()
    }
}

/// A code point starts at every byte that is no UTF-8 continuation byte.
fn count_points(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trimmed_drops_white_space_on_both_sides() {
        let text = "  a b\n";
        assert_eq!(Span::new(0, text.len()).trimmed(text), Span::new(2, 5));
        assert!(Span::new(0, 2).trimmed(text).is_empty());
    }

    #[test]
    fn touching_spans_do_not_overlap() {
        assert!(!Span::new(0, 3).overlaps(Span::new(3, 5)));
        assert!(Span::new(0, 4).overlaps(Span::new(3, 5)));
    }

    proptest::proptest! {
        #[test]
        fn code_points_agree_with_chars(text in "\\PC{0,700}") {
            let points = CodePoints::new(&text);
            for (n_before, (byte, _)) in text.char_indices().enumerate() {
                proptest::prop_assert_eq!(points.offset(byte), n_before);
            }
            proptest::prop_assert_eq!(points.offset(text.len()), text.chars().count());
        }
    }
}
