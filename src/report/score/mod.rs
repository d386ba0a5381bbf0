//! What `score` writes: statements, article by article, and at the end the summary of their speakers.
//!
//! Every writer streams: an article is written when it is scored, and only the summary waits for the end.

mod csv;
mod json;
mod page;
mod text;

use crate::report::render::{ArticleWriter, Look, ReportFormat};
use crate::score::ScoredStatement;
use crate::summary::Summary;

use csv::CsvWriter;
use json::{JsonLinesWriter, JsonWriter};
use page::{HtmlWriter, MarkdownWriter};
use text::TextWriter;

/// A writer of scored statements; the summary of their speakers comes at the end.
pub type ScoreWriter = Box<dyn ArticleWriter<[ScoredStatement], Summary>>;

/// The writer of a format: tables for people, one document with statements and summary, one statement a line, one a row,
/// the summary in Markdown, or a page with the speakers and all articles, which wait for the end.
#[must_use]
pub fn writer(format: ReportFormat, look: Look) -> ScoreWriter {
    match format {
        ReportFormat::Text => Box::new(TextWriter::new(look)),
        ReportFormat::Json => Box::new(JsonWriter::default()),
        ReportFormat::JsonLines => Box::new(JsonLinesWriter),
        ReportFormat::Csv => Box::new(CsvWriter::default()),
        ReportFormat::Markdown => Box::new(MarkdownWriter),
        ReportFormat::Html => Box::new(HtmlWriter::default()),
    }
}
