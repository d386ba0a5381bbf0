//! Articles from the command line: files, folders and standard input, read and worked on in parallel, in order.
//!
//! At most a batch of articles is in memory at a time, however many there are and however many a file holds.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;
use onrecord::Article;
use onrecord::article::{ArticleError, Columns, Ids, JsonLines, Rows, find, plain};
use onrecord::progress::Progress;
use rayon::prelude::*;

use super::Outcome;
use super::message::{self, Bar};

/// Articles in memory at a time.
const BATCH: usize = 256;

/// Skipped articles that are named one by one; more are counted.
const MAX_LISTED: usize = 20;

/// The name of standard input on the command line.
const STDIN: &str = "-";

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

impl InputFormat {
    fn of_path(path: &Path) -> Self {
        match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("jsonl" | "ndjson" | "json") => Self::Jsonl,
            Some("csv") => Self::Csv,
            Some("tsv" | "tab") => Self::Tsv,
            _ => Self::Plain,
        }
    }
}

fn column(argument: &str) -> Result<(String, String), String> {
    let (field, name) = argument.split_once('=').ok_or("expected FIELD=NAME, as in text=body")?;
    if Columns::default().name_mut(field).is_none() {
        return Err(format!("no field \"{field}\"; the fields are id, text, title, outlet, date, url"));
    }
    Ok((field.to_owned(), name.to_owned()))
}

impl Reading {
    fn columns(&self) -> Columns {
        let mut columns = Columns::default();
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
        let mut skipped = Skipped::default();
        let sources = self.sources(&mut skipped);
        let is_one_a_file = sources.iter().all(|source| source.format == InputFormat::Plain);
        let total = if is_one_a_file { sources.len() } else { 0 };
        if sources.len() > 1 || !is_one_a_file {
            skipped.be_loud();
        }
        let mut articles = sources.iter().flat_map(|source| source.articles(&self.reading.columns()));
        let mut ids = Ids::default();
        let (mut n_read, mut n_seen) = (0, 0);
        let bar = Bar::new();
        loop {
            let batch: Vec<Unread<'_>> = articles.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                break;
            }
            n_seen += batch.len();
            let mut read: Vec<_> = batch.into_par_iter().map(Unread::read).collect();
            for article in read.iter_mut().flatten() {
                if let Some(taken) = ids.make_unique(article) {
                    let id = &article.id;
                    message::warn(format_args!("a second article with the id \"{taken}\"; it goes by \"{id}\""));
                }
            }
            let results: Vec<_> = read.into_par_iter().map(|article| article.map(&work)).collect();
            for result in results {
                match result {
                    Ok(result) => {
                        n_read += 1;
                        emit(result)?;
                    }
                    Err(error) => skipped.push(error),
                }
            }
            bar.report(Progress { stage: "reading articles", done: n_seen, total });
        }
        drop(bar);
        skipped.outcome(n_read)
    }

    /// Every file behind the paths with the id its article gets.
    fn sources(&self, skipped: &mut Skipped) -> Vec<Source> {
        let mut files = Vec::new();
        for path in &self.paths {
            if path.as_os_str() == STDIN {
                files.push(path.clone());
                continue;
            }
            match find::articles(path) {
                Ok(found) => files.extend(found),
                Err(error) => skipped.push(error.into()),
            }
        }
        let mut seen = std::collections::HashMap::new();
        for path in &files {
            *seen.entry(path.file_stem().map(ToOwned::to_owned)).or_insert(0_usize) += 1;
        }
        let source = |path: PathBuf| {
            // Two files of one name in different folders would share an id; then the path tells them apart.
            let is_shared = seen.get(&path.file_stem().map(ToOwned::to_owned)).is_some_and(|&n| n > 1);
            let id = is_shared.then(|| path.with_extension("").to_string_lossy().into_owned());
            let format = self.reading.input_format.unwrap_or_else(|| InputFormat::of_path(&path));
            let is_given = self.reading.input_format.is_some();
            Source { path, id, format, is_given }
        };
        files.into_iter().map(source).collect()
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
    /// From now on each error is said at once; so is the one that waits.
    fn be_loud(&mut self) {
        self.is_loud = true;
        if let Some(waiting) = &self.last {
            message::warn(format_args!("skipped: {waiting:#}"));
        }
    }

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

struct Source {
    path: PathBuf,
    id: Option<String>,
    format: InputFormat,
    is_given: bool,
}

/// An article on its way: plain files are read in parallel, the articles of a table one after the other.
enum Unread<'s> {
    File(&'s Source),
    Text(Vec<u8>),
    Read(Result<Article, ArticleError>),
    Failed(anyhow::Error),
}

impl Unread<'_> {
    fn read(self) -> anyhow::Result<Article> {
        match self {
            Self::Read(article) => Ok(article?),
            Self::Failed(error) => Err(error),
            Self::Text(bytes) => Ok(plain::read(bytes, Path::new("stdin"))?),
            Self::File(Source { path, id, .. }) => {
                let bytes = fs::read(path).map_err(|source| ArticleError::Io { path: path.clone(), source })?;
                let mut article = plain::read(bytes, path)?;
                if let Some(id) = id {
                    article.id.clone_from(id);
                }
                Ok(article)
            }
        }
    }
}

impl Source {
    fn articles(&self, columns: &Columns) -> Box<dyn Iterator<Item = Unread<'_>> + '_> {
        let is_stdin = self.path.as_os_str() == STDIN;
        if self.format == InputFormat::Plain && !is_stdin {
            return Box::new(std::iter::once(Unread::File(self)));
        }
        match self.open(is_stdin) {
            Ok((InputFormat::Plain, mut input)) => {
                let mut bytes = Vec::new();
                let read = input.read_to_end(&mut bytes).context("standard input: cannot read");
                Box::new(std::iter::once(read.map_or_else(Unread::Failed, |_| Unread::Text(bytes))))
            }
            Ok((format, input)) => {
                let path = if is_stdin { PathBuf::from("stdin") } else { self.path.clone() };
                let columns = columns.clone();
                match format {
                    InputFormat::Csv => Box::new(Rows::new(input, b',', path, columns).map(Unread::Read)),
                    InputFormat::Tsv => Box::new(Rows::new(input, b'\t', path, columns).map(Unread::Read)),
                    _ => Box::new(JsonLines::new(input, path, columns).map(Unread::Read)),
                }
            }
            Err(error) => Box::new(std::iter::once(Unread::Failed(error))),
        }
    }

    fn open(&self, is_stdin: bool) -> anyhow::Result<(InputFormat, Box<dyn BufRead>)> {
        if !is_stdin {
            let file = File::open(&self.path).map_err(|source| ArticleError::Io { path: self.path.clone(), source })?;
            return Ok((self.format, Box::new(BufReader::with_capacity(1 << 18, file))));
        }
        let mut input = BufReader::with_capacity(1 << 18, io::stdin());
        if self.is_given {
            return Ok((self.format, Box::new(input)));
        }
        // No file name tells the format; an article that opens like a JSON object is one.
        let start = input.fill_buf().context("standard input: cannot read")?.trim_ascii_start();
        let is_json = start.first() == Some(&b'{') && start[1..].trim_ascii_start().first() == Some(&b'"');
        let format = if is_json { InputFormat::Jsonl } else { InputFormat::Plain };
        let start = Cursor::new(input.buffer().to_vec());
        let n_buffered = input.buffer().len();
        input.consume(n_buffered);
        Ok((format, Box::new(BufReader::new(start.chain(input)))))
    }
}
