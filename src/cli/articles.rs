//! Articles from the command line: files, folders and standard input, read and worked on in parallel, in order.
//!
//! At most a batch of articles is in memory at a time, however many there are and however many a file holds.

use std::path::PathBuf;

use onrecord::Article;
use onrecord::article::{ArticleColumns, ArticleError, ArticleFormat, Articles, Ids};
use onrecord::batch::in_order;
use onrecord::progress::Progress;

use super::Outcome;
use super::message::{self, Bar};

/// Skipped articles that are named one by one; more are counted.
const MAX_LISTED: usize = 20;

/// Which articles to read.
#[derive(Debug, clap::Args)]
pub struct Input {
    /// Articles: plain text in UTF-8, folders (every .txt and .text below them), .jsonl or .csv files with many
    /// articles (text, and if known id, title, outlet, date, url), or - for standard input.
    #[arg(required = true, value_name = "ARTICLES")]
    pub paths: Vec<PathBuf>,

    #[command(flatten)]
    pub reading: Reading,
}

/// How articles are written.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Input")]
pub struct Reading {
    /// The format of the articles, where the file's name does not tell (.jsonl, .csv, .tsv; anything else is plain).
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub input_format: Option<InputFormat>,

    /// The name of a column or field, where it is another: FIELD is id, text, title, outlet, date or url.
    #[arg(long = "column", value_name = "FIELD=NAME", value_parser = column)]
    pub columns: Vec<(String, String)>,
}

/// Formats of articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum InputFormat {
    /// One article a file, as plain text.
    Plain,
    /// One article a line, as a JSON object.
    Jsonl,
    /// One article a row, comma-separated with a header.
    Csv,
    /// One article a row, tab-separated with a header.
    Tsv,
}

impl From<InputFormat> for ArticleFormat {
    fn from(format: InputFormat) -> Self {
        match format {
            InputFormat::Plain => Self::Plain,
            InputFormat::Jsonl => Self::JsonLines,
            InputFormat::Csv => Self::Csv,
            InputFormat::Tsv => Self::Tsv,
        }
    }
}

fn column(argument: &str) -> Result<(String, String), String> {
    let (field, name) = argument.split_once('=').ok_or("expected FIELD=NAME, as in text=body")?;
    if ArticleColumns::default().name_mut(field).is_none() {
        return Err(format!("no field \"{field}\"; the fields are id, text, title, outlet, date, url"));
    }
    Ok((field.to_owned(), name.to_owned()))
}

impl Reading {
    fn columns(&self) -> ArticleColumns {
        let mut columns = ArticleColumns::default();
        for (field, name) in &self.columns {
            if let Some(place) = columns.name_mut(field) {
                place.clone_from(name);
            }
        }
        columns
    }
}

impl Input {
    /// Reads every article, calls `work` on each (on several threads) and `emit` on each result (in the order of the
    /// articles). An article that cannot be read is reported and skipped.
    ///
    /// # Errors
    /// Where no article could be read, or `emit` failed.
    pub fn process<T: Send>(
        &self,
        work: impl Fn(Article) -> T + Sync,
        mut emit: impl FnMut(T) -> anyhow::Result<()>,
    ) -> anyhow::Result<Outcome> {
        let articles = Articles::new(&self.paths, self.reading.input_format.map(Into::into), self.reading.columns());
        let total = articles.total();
        let mut skipped = Skipped { is_loud: total.is_none_or(|n_articles| n_articles > 1), ..Skipped::default() };
        let mut ids = Ids::default();
        let mut n_renamed = 0;
        let articles = articles.map(|mut read| {
            if let Ok(article) = &mut read
                && let Some(taken) = ids.make_unique(article)
            {
                let id = &article.id;
                n_renamed += 1;
                if n_renamed <= MAX_LISTED {
                    message::warn(format_args!("a second article with the id \"{taken}\"; it goes by \"{id}\""));
                } else if n_renamed == MAX_LISTED + 1 {
                    message::warn("more articles with ids that were there before; they go by others, too");
                }
            }
            read
        });
        let mut n_read = 0;
        let bar = Bar::new();
        let report = |progress: Progress<'_>| bar.report(progress);
        let results = in_order(articles, |read: Result<Article, ArticleError>| read.map(&work));
        for result in results.progress("reading articles", total.unwrap_or(0), &report) {
            match result {
                Ok(result) => {
                    n_read += 1;
                    emit(result)?;
                }
                Err(error) => skipped.push(error.into()),
            }
        }
        drop(bar);
        skipped.outcome(n_read)
    }
}

/// What could not be read.
#[derive(Debug, Default)]
struct Skipped {
    n: usize,
    last: Option<anyhow::Error>,
    is_loud: bool,
}

impl Skipped {
    fn push(&mut self, error: anyhow::Error) {
        self.n += 1;
        // With one input in all, the error ends the run and is said then.
        if let Some(earlier) = self.last.take().filter(|_| !self.is_loud) {
            message::warn(format_args!("skipped: {earlier:#}"));
        }
        if self.is_loud && self.n <= MAX_LISTED {
            message::warn(format_args!("skipped: {error:#}"));
        }
        self.last = Some(error);
    }

    fn outcome(self, n_read: usize) -> anyhow::Result<Outcome> {
        match (n_read, self.n, self.last) {
            (_, 0, _) | (_, _, None) if n_read > 0 => Ok(Outcome::Done),
            (0, 1, Some(error)) => Err(error),
            (0, n, Some(error)) => Err(error.context(format!("none of {n} inputs could be read; the last"))),
            (0, _, None) => anyhow::bail!("no articles in the input"),
            (n_read, n, Some(error)) => {
                if !self.is_loud {
                    message::warn(format_args!("skipped: {error:#}"));
                }
                message::note(format_args!("{n_read} articles read, {n} skipped"));
                Ok(Outcome::Incomplete)
            }
            _ => Ok(Outcome::Done),
        }
    }
}
