//! The formats of `extract`, written article by article.

use std::io::{self, Write};

use super::{CSV_HEADER, csv_rows, html, json, text};
use crate::article::Article;
use crate::attribution::Attributions;
use crate::report::render::io_error;
use crate::report::render::{ArticleWriter, Look, ReportFormat, unsupported};

/// A writer of attributions.
pub type ExtractWriter = Box<dyn ArticleWriter<Attributions>>;

/// The writer of a format: the article with its statements marked, one array of articles, one article a line, one
/// attribution a row, or a page with all articles, which wait for the end.
///
/// # Errors
/// [`io::ErrorKind::Unsupported`] for Markdown.
pub fn writer(format: ReportFormat, look: Look) -> io::Result<ExtractWriter> {
    Ok(match format {
        ReportFormat::Text => Box::new(TextWriter { look, n_articles: 0 }),
        ReportFormat::Json => Box::new(JsonWriter { n_articles: 0 }),
        ReportFormat::JsonLines => Box::new(JsonLinesWriter),
        ReportFormat::Csv => Box::new(CsvWriter { has_header: false }),
        ReportFormat::Html => Box::new(HtmlWriter { articles: Vec::new() }),
        ReportFormat::Markdown => return Err(unsupported("attribution", format)),
    })
}

struct TextWriter {
    look: Look,
    n_articles: usize,
}

impl ArticleWriter<Attributions> for TextWriter {
    fn article(&mut self, of: &Article, found: &Attributions, out: &mut dyn Write) -> io::Result<()> {
        if self.n_articles > 0 {
            writeln!(out)?;
        }
        self.n_articles += 1;
        text(of, found, self.look, out)
    }

    fn finish(&mut self, (): &(), _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

struct JsonWriter {
    n_articles: usize,
}

impl ArticleWriter<Attributions> for JsonWriter {
    fn article(&mut self, of: &Article, found: &Attributions, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if self.n_articles == 0 { b"[\n" } else { b",\n" })?;
        self.n_articles += 1;
        Ok(serde_json::to_writer(out, &json(of, found))?)
    }

    fn finish(&mut self, (): &(), out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"\n]\n")
    }
}

struct JsonLinesWriter;

impl ArticleWriter<Attributions> for JsonLinesWriter {
    fn article(&mut self, of: &Article, found: &Attributions, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, &json(of, found))?;
        out.write_all(b"\n")
    }

    fn finish(&mut self, (): &(), _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

struct CsvWriter {
    has_header: bool,
}

impl CsvWriter {
    fn rows(&mut self, rows: &[[String; 10]], out: &mut dyn Write) -> io::Result<()> {
        let mut table = csv::Writer::from_writer(out);
        if !self.has_header {
            table.write_record(CSV_HEADER).map_err(io_error)?;
            self.has_header = true;
        }
        for row in rows {
            table.write_record(row).map_err(io_error)?;
        }
        table.flush()
    }
}

impl ArticleWriter<Attributions> for CsvWriter {
    fn article(&mut self, of: &Article, found: &Attributions, out: &mut dyn Write) -> io::Result<()> {
        self.rows(&csv_rows(of, found), out)
    }

    fn finish(&mut self, (): &(), out: &mut dyn Write) -> io::Result<()> {
        self.rows(&[], out)
    }
}

struct HtmlWriter {
    articles: Vec<(Article, Attributions)>,
}

impl ArticleWriter<Attributions> for HtmlWriter {
    fn article(&mut self, of: &Article, found: &Attributions, _: &mut dyn Write) -> io::Result<()> {
        self.articles.push((of.clone(), found.clone()));
        Ok(())
    }

    fn finish(&mut self, (): &(), out: &mut dyn Write) -> io::Result<()> {
        out.write_all(html(&self.articles).as_bytes())
    }
}
