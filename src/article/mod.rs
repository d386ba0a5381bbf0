//! The first stage: an [`Article`] is one document, its text untouched, with what is known about it.
//!
//! Readers turn bytes into articles: `plain` takes UTF-8 text, [`JsonLines`] and [`Rows`] take many articles from one
//! file with their titles, outlets, dates and addresses, one at a time; `find` lists the files that a path stands
//! for, and [`Articles`] reads whatever paths stand for. Nothing here looks for sentences or quotations.

pub(crate) mod date;
mod find;
mod jsonl;
mod plain;
mod record;
mod source;
mod table;

use std::path::PathBuf;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use jsonl::JsonLines;
pub use record::{ArticleColumns, Ids, MAX_RECORD, RecordProblem};
pub use source::{ArticleFormat, Articles, STDIN};
pub use table::Rows;

/// One document, as later stages read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// Names the article in every output: the file's stem, or a given id.
    pub id: String,
    /// The text, exactly as read; every span of later stages is a span of this.
    pub text: String,
    /// Headline, where the source has one apart from the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Newspaper, agency or site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outlet: Option<String>,
    /// Day of publication, `YYYY-MM-DD` where it is written.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "date::optional")]
    pub date: Option<Date>,
    /// Where it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Article {
    /// An article of which nothing but id and text is known.
    #[must_use]
    pub fn new(id: impl Into<String>, text: impl Into<String>) -> Self {
        Self { id: id.into(), text: text.into(), title: None, outlet: None, date: None, url: None }
    }
}

/// Why an article could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArticleError {
    /// The file system said no.
    #[error("{}: cannot read", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The bytes are no text.
    #[error("{}: a binary file (byte {offset} is zero); expected plain text in UTF-8", path.display())]
    Binary {
        /// The file.
        path: PathBuf,
        /// Where the first zero byte stands.
        offset: usize,
    },
    /// The bytes are text in some other encoding.
    #[error(
        "{}:{line}: not UTF-8 (byte {offset}); convert it first, for example with `iconv -f WINDOWS-1252 -t UTF-8`",
        path.display()
    )]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// Line of the first bad byte, from 1.
        line: usize,
        /// Offset of the first bad byte, from 0.
        offset: usize,
    },
    /// Nothing to read.
    #[error("{}: empty; expected an article as plain text", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A folder holds nothing that a reader takes.
    #[error(
        "{}: no articles in this folder; expected files that end in .txt or .text (name a .jsonl or .csv file itself)",
        path.display()
    )]
    NoArticles {
        /// The folder.
        path: PathBuf,
    },
    /// A table has no column with the text.
    #[error(
        "{}: no column \"{column}\"; the columns are {}. Name the right one with --column text=NAME",
        path.display(), found.join(", ")
    )]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The column that was looked for.
        column: String,
        /// The columns that are there.
        found: Vec<String>,
    },
    /// One line or row is no article; those after it may be.
    #[error("{}:{line}: {problem}", path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: RecordProblem,
    },
}

/// The parser's words with the column only: it sees one line and would call it line 1.
pub(crate) fn without_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
    format!("{what} at column {}", error.column())
}
