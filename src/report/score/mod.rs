//! What `score` writes: statements, article by article, and at the end the summary of their speakers.
//!
//! Every writer streams: an article is written when it is scored, and only the summary waits for the end.

mod csv;
mod json;
mod page;
mod text;

use std::io::{self, Write};

use crate::article::Article;
use crate::score::ScoredStatement;
use crate::summary::Summary;

pub use csv::CsvWriter;
pub use json::{JsonLinesWriter, JsonWriter};
pub use page::{HtmlWriter, MarkdownWriter};
pub use text::TextWriter;

/// One output format of scored statements.
pub trait ScoreWriter {
    /// Writes the statements of one article.
    ///
    /// # Errors
    /// Whatever the sink says.
    fn article(&mut self, of: &Article, statements: &[ScoredStatement], out: &mut dyn Write) -> io::Result<()>;

    /// Writes what comes after the last article.
    ///
    /// # Errors
    /// Whatever the sink says.
    fn finish(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()>;
}
