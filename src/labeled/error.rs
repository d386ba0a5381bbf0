//! What can be wrong with a table of statements.

use std::fmt;

use thiserror::Error;

/// A table that cannot be used at all.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LabeledError {
    /// Nothing is in the file.
    #[error("{file}: empty; expected one statement a row")]
    Empty {
        /// The file's name.
        file: String,
    },
    /// The file is in no format that can be read.
    #[error("{file}: not text in UTF-8 (byte {offset}); convert the file to UTF-8")]
    NotText {
        /// The file's name.
        file: String,
        /// The first byte that is not UTF-8.
        offset: usize,
    },
    /// The name's ending says nothing about the format.
    #[error("{file}: cannot tell the format from the name; give --input-format jsonl, csv, tsv or lines")]
    UnknownFormat {
        /// The file's name.
        file: String,
    },
    /// A column that is needed is not there.
    #[error("{file}: no column \"{column}\"; the columns are {}. Name the right one with --{flag}-column", list(.found))]
    NoColumn {
        /// The file's name.
        file: String,
        /// The column that was asked for.
        column: String,
        /// The flag that names it.
        flag: &'static str,
        /// The columns that are there.
        found: Vec<String>,
    },
    /// Every row was set aside.
    #[error("no usable row; the first problem: {first}")]
    NoUsableRow {
        /// What was wrong with the first.
        first: Box<RowError>,
    },
    /// More labels than classes make sense: numbers, ids or texts are in the column.
    #[error(
        "{file}: {n} different labels in {rows} rows, \"{first}\" among them; at most {max} are supported. Is this the \
         column of the labels? Name the right one with --label-column"
    )]
    ManyLabels {
        /// The file's name.
        file: String,
        /// How many there are.
        n: usize,
        /// In so many rows.
        rows: usize,
        /// The first of them.
        first: String,
        /// How many there may be.
        max: usize,
    },
    /// A label that is no stance among labels that are.
    #[error(
        "{file}:{line}: label \"{label}\" is no stance, but other labels are (favor, against, neutral, unrelated, or \
         the like); correct it, or give --task NAME to train another task"
    )]
    UnknownLabel {
        /// The file's name.
        file: String,
        /// The first line that has the label.
        line: usize,
        /// The label as written.
        label: String,
    },
}

/// A row that was set aside, and why. Prints as `file:line: reason`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}:{line}: {problem}")]
pub struct RowError {
    /// The file's name.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: RowProblem,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RowProblem {
    /// The line is no JSON; the parser's words and column.
    NotJson(String),
    /// The line is JSON, but no object.
    NotObject,
    /// The object lacks the text field of this name.
    NoText(String),
    /// The text is there, but blank.
    EmptyText,
    /// The statement has more bytes than one may have.
    TooLong(usize),
    /// Two columns have this name.
    Twice(String),
    /// There is no label.
    NoLabel,
    /// The field of this name holds a list or an object.
    NotPlain(String),
    /// The row has this many fields, the header that many.
    FieldCount(usize, usize),
    /// The row is not UTF-8.
    NotUtf8,
    /// Anything else the CSV parser said.
    NotCsv(String),
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson(what) => write!(f, "broken JSON: {what}; expected one object a line"),
            Self::NotObject => f.write_str("not a JSON object; expected one object a line"),
            Self::NoText(column) => write!(f, "no \"{column}\" in the object; name the right field with --text-column"),
            Self::EmptyText => f.write_str("the text is empty"),
            Self::TooLong(n_bytes) => {
                write!(f, "a statement of {n_bytes} bytes; at most {} are read", super::read::MAX_TEXT)
            }
            Self::Twice(name) => write!(f, "two columns are called \"{name}\"; rename one"),
            Self::NoLabel => f.write_str("no label; name the right column with --label-column"),
            Self::NotPlain(column) => write!(f, "\"{column}\" is not a string or number"),
            Self::FieldCount(n_found, n_expected) => {
                write!(f, "{n_found} fields where the header has {n_expected}; is a quotation mark missing?")
            }
            Self::NotUtf8 => f.write_str("not text in UTF-8"),
            Self::NotCsv(what) => f.write_str(what),
        }
    }
}

fn list(names: &[String]) -> String {
    names.join(", ")
}
