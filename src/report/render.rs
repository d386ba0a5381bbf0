//! What all reports have in common: a format, how they look, and [`Render`].

use std::io::{self, Write};

use serde::Serialize;

use crate::article::Article;

/// The formats of results. Not every result has each; one that it has not is an error of the kind
/// [`io::ErrorKind::Unsupported`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReportFormat {
    /// For people at a terminal, 80 columns.
    Text,
    /// One JSON document with everything.
    Json,
    /// JSON Lines: one object a line.
    JsonLines,
    /// A table for programs and data frames; [`Sheet`](crate::spreadsheet::Sheet) makes one for spreadsheets of it.
    Csv,
    /// For a paper or a pull request.
    Markdown,
    /// One page that needs no network.
    Html,
}

/// How a result looks, beside its format.
///
/// ```
/// use onrecord::report::Look;
/// let look = Look::default().colour(true);
/// assert!(look.colour && look.examples == 5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Look {
    /// Whether text has colours and bold type: where it goes to a terminal.
    pub colour: bool,
    /// How many examples text and Markdown give of what has many: rows of a finding, rows that flipped, features.
    pub examples: usize,
    /// Whether text says why each source was taken for its speaker's.
    pub reasons: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self { colour: false, examples: 5, reasons: false }
    }
}

impl Look {
    /// With colours or without.
    #[must_use]
    pub const fn colour(mut self, colour: bool) -> Self {
        self.colour = colour;
        self
    }

    /// With so many examples.
    #[must_use]
    pub const fn examples(mut self, examples: usize) -> Self {
        self.examples = examples;
        self
    }

    /// With reasons or without.
    #[must_use]
    pub const fn reasons(mut self, reasons: bool) -> Self {
        self.reasons = reasons;
        self
    }
}

/// A whole result that can be written.
pub trait Render {
    /// Writes it in a format.
    ///
    /// # Errors
    /// Whatever the sink says, and [`io::ErrorKind::Unsupported`] for a format that it does not have.
    fn render(&self, format: ReportFormat, look: Look, out: &mut dyn Write) -> io::Result<()>;
}

/// A result that is written article by article; `Found` is what there is of each article, `End` what comes after the last.
pub trait ArticleWriter<Found: ?Sized, End: ?Sized = ()> {
    /// Writes one article.
    ///
    /// # Errors
    /// Whatever the sink says.
    fn article(&mut self, of: &Article, found: &Found, out: &mut dyn Write) -> io::Result<()>;

    /// Writes what comes after the last article.
    ///
    /// # Errors
    /// Whatever the sink says.
    fn finish(&mut self, end: &End, out: &mut dyn Write) -> io::Result<()>;
}

/// What went wrong with the sink, where that is what went wrong.
pub(super) fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

pub(super) fn unsupported(what: &str, format: ReportFormat) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, format!("{what} has no format {format:?}"))
}

/// One document, indented, with a line end.
pub(super) fn json(value: &(impl Serialize + ?Sized), out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    out.write_all(b"\n")
}
