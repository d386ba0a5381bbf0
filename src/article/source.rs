//! Articles behind paths, whatever their format: files, folders, tables, standard input, one after the other.
//!
//! What cannot be read comes as an error in its place, and the next article after it. A few files are read ahead, on
//! several threads; tables are read row by row. Ids are those that the sources give: [`super::Ids`] tells articles of
//! one id apart.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::vec;

use rayon::prelude::*;

use super::{Article, ArticleColumns, ArticleError, JsonLines, MAX_RECORD, Rows, find, plain};
use crate::bounded;

/// The path that stands for standard input.
pub const STDIN: &str = "-";

/// What standard input is called in messages.
const STDIN_NAME: &str = "standard input";

/// Files that are read ahead.
const AHEAD: usize = 64;

/// Formats of articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArticleFormat {
    /// One article a file, as plain text.
    Plain,
    /// One article a line, as a JSON object.
    JsonLines,
    /// One article a row, comma-separated with a header.
    Csv,
    /// One article a row, tab-separated with a header.
    Tsv,
}

impl ArticleFormat {
    /// The format that a file's name speaks of; plain text where it says nothing else.
    #[must_use]
    pub fn of_path(path: &Path) -> Self {
        match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("jsonl" | "ndjson" | "json") => Self::JsonLines,
            Some("csv") => Self::Csv,
            Some("tsv" | "tab") => Self::Tsv,
            _ => Self::Plain,
        }
    }
}

/// Reads the articles behind paths, in the order of the paths.
///
/// # Examples
/// ```
/// use onrecord::article::{Articles, ArticleColumns};
///
/// let folder = "datasets/articles/text";
/// let articles = Articles::new([folder], None, ArticleColumns::default());
/// let n_articles = articles.total();
/// let read = articles.collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(n_articles, Some(read.len()));
/// # Ok::<(), onrecord::article::ArticleError>(())
/// ```
pub struct Articles {
    /// Of paths that stand for nothing.
    failed: vec::IntoIter<ArticleError>,
    sources: vec::IntoIter<Source>,
    n_sources: usize,
    is_one_a_file: bool,
    ready: vec::IntoIter<Result<Article, ArticleError>>,
    table: Option<Box<dyn Iterator<Item = Result<Article, ArticleError>>>>,
    columns: ArticleColumns,
}

impl std::fmt::Debug for Articles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Articles")
            .field("sources", &self.sources)
            .field("columns", &self.columns)
            .finish_non_exhaustive()
    }
}

/// One file, or standard input.
#[derive(Debug)]
struct Source {
    path: PathBuf,
    /// The id of its article, where that is not the file's stem.
    id: Option<String>,
    format: ArticleFormat,
    /// Whether the format was asked for.
    is_given: bool,
}

impl Articles {
    /// Finds the files behind `paths`: a file for itself, a folder for the text files below it, [`STDIN`] for standard
    /// input. `format` is that of all of them, where their names do not tell; `columns` are those of tables.
    ///
    /// Nothing is read yet, and what was not found is said by the first items.
    #[must_use]
    pub fn new<P: AsRef<Path>>(
        paths: impl IntoIterator<Item = P>,
        format: Option<ArticleFormat>,
        columns: ArticleColumns,
    ) -> Self {
        let (mut files, mut failed) = (Vec::new(), Vec::new());
        for path in paths {
            let path = path.as_ref();
            if path.as_os_str() == STDIN {
                files.push(path.to_path_buf());
                continue;
            }
            match find::articles(path, &mut failed) {
                Ok(found) => files.extend(found),
                Err(error) => failed.push(error),
            }
        }
        let mut seen = HashMap::new();
        for path in &files {
            *seen.entry(path.file_stem().map(ToOwned::to_owned)).or_insert(0_usize) += 1;
        }
        let source = |path: PathBuf| {
            // Two files of one name in different folders would share an id; then the path tells them apart.
            let is_shared = seen.get(&path.file_stem().map(ToOwned::to_owned)).is_some_and(|&n| n > 1);
            let id = is_shared.then(|| path.with_extension("").to_string_lossy().into_owned());
            let is_given = format.is_some();
            Source { format: format.unwrap_or_else(|| ArticleFormat::of_path(&path)), path, id, is_given }
        };
        let sources: Vec<Source> = files.into_iter().map(source).collect();
        Self {
            failed: failed.into_iter(),
            n_sources: sources.len(),
            is_one_a_file: sources.iter().all(|source| source.format == ArticleFormat::Plain),
            sources: sources.into_iter(),
            ready: Vec::new().into_iter(),
            table: None,
            columns,
        }
    }

    /// How many articles there are to read, where each is a file of its own.
    #[must_use]
    pub fn total(&self) -> Option<usize> {
        self.is_one_a_file.then_some(self.n_sources)
    }

    /// Reads the plain files that come next, or opens the table that does; `None` where nothing is left.
    fn advance(&mut self) -> Option<()> {
        let is_file = |source: &Source| source.format == ArticleFormat::Plain && source.path.as_os_str() != STDIN;
        let n_files = self.sources.as_slice().iter().take(AHEAD).take_while(|source| is_file(source)).count();
        if n_files > 0 {
            let files: Vec<Source> = self.sources.by_ref().take(n_files).collect();
            self.ready = files.into_par_iter().map(Source::read).collect::<Vec<_>>().into_iter();
        } else {
            self.table = Some(self.sources.next()?.open(&self.columns));
        }
        Some(())
    }
}

impl Iterator for Articles {
    type Item = Result<Article, ArticleError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.failed.next() {
            return Some(Err(error));
        }
        loop {
            if let Some(read) = self.ready.next() {
                return Some(read);
            }
            if let Some(read) = self.table.as_mut().and_then(Iterator::next) {
                return Some(read);
            }
            self.table = None;
            self.advance()?;
        }
    }
}

impl Source {
    /// A plain file.
    fn read(self) -> Result<Article, ArticleError> {
        let Self { path, id, .. } = self;
        let read = File::open(&path).and_then(|file| bounded::read_until_zero(file, MAX_RECORD as u64));
        let bytes = read.map_err(|source| ArticleError::Io { path: path.clone(), source })?;
        let mut article = plain::read(bytes, &path)?;
        if let Some(id) = id {
            article.id = id;
        }
        Ok(article)
    }

    /// The articles of a table or of standard input.
    fn open(self, columns: &ArticleColumns) -> Box<dyn Iterator<Item = Result<Article, ArticleError>>> {
        let columns = columns.clone();
        let is_stdin = self.path.as_os_str() == STDIN;
        let opened = if is_stdin { self.open_stdin() } else { self.open_file() };
        let path = if is_stdin { PathBuf::from("stdin") } else { self.path };
        match opened {
            Ok((ArticleFormat::Plain, input)) => {
                let read = bounded::read_until_zero(input, MAX_RECORD as u64).map_err(cannot_read_stdin);
                Box::new(std::iter::once(read.and_then(|bytes| plain::read(bytes, &path))))
            }
            Ok((ArticleFormat::Csv, input)) => Box::new(Rows::new(input, b',', path, columns)),
            Ok((ArticleFormat::Tsv, input)) => Box::new(Rows::new(input, b'\t', path, columns)),
            Ok((ArticleFormat::JsonLines, input)) => Box::new(JsonLines::new(input, path, columns)),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    }

    fn open_file(&self) -> Result<(ArticleFormat, Box<dyn BufRead>), ArticleError> {
        let file = File::open(&self.path).map_err(|source| ArticleError::Io { path: self.path.clone(), source })?;
        Ok((self.format, Box::new(BufReader::with_capacity(1 << 18, file))))
    }

    fn open_stdin(&self) -> Result<(ArticleFormat, Box<dyn BufRead>), ArticleError> {
        let mut input = BufReader::with_capacity(1 << 18, io::stdin());
        if self.is_given {
            return Ok((self.format, Box::new(input)));
        }
        // No file name tells the format; an article that opens like a JSON object is one.
        let start = input.fill_buf().map_err(cannot_read_stdin)?.trim_ascii_start();
        let is_json = start.first() == Some(&b'{') && start[1..].trim_ascii_start().first() == Some(&b'"');
        let format = if is_json { ArticleFormat::JsonLines } else { ArticleFormat::Plain };
        let start = Cursor::new(input.buffer().to_vec());
        let n_buffered = input.buffer().len();
        input.consume(n_buffered);
        Ok((format, Box::new(BufReader::new(start.chain(input)))))
    }
}

fn cannot_read_stdin(source: io::Error) -> ArticleError {
    ArticleError::Io { path: STDIN_NAME.into(), source }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn files_and_tables_come_in_order_and_what_is_missing_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("more")).unwrap();
        fs::write(path("more/b.txt"), "Two.").unwrap();
        fs::write(path("more/c.txt"), b"\0").unwrap();
        fs::write(path("b.txt"), "One.").unwrap();
        fs::write(path("a.csv"), "id,body\nx,Three.\ny,Four.\n").unwrap();
        let columns = ArticleColumns { text: "body".into(), ..ArticleColumns::default() };
        let paths = [path("b.txt"), path("none.txt"), path("more"), path("a.csv")];
        let articles = Articles::new(&paths, None, columns.clone());
        assert_eq!(articles.total(), None);
        let said: Vec<String> = articles
            .map(|read| match read {
                Ok(article) => format!("{} {}", article.id.rsplit('/').next().unwrap(), article.text),
                Err(error) => error.to_string().rsplit('/').next().unwrap().to_owned(),
            })
            .collect();
        let binary = "c.txt: a binary file (byte 0 is zero); expected plain text in UTF-8";
        assert_eq!(said, ["none.txt: cannot read", "b One.", "b Two.", binary, "x Three.", "y Four."]);
        let as_table = Articles::new([path("a.csv")], Some(ArticleFormat::Plain), columns);
        assert_eq!((as_table.total(), as_table.count()), (Some(1), 1));
    }
}
