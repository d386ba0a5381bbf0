//! What a row of a table or an object of JSON Lines must hold to be an article, whichever of the two it came from.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;

use super::{Article, ArticleError, date};

/// The longest line or row that is read, in bytes. Longer ones are reported, so that a file without line ends or with
/// one lost quotation mark cannot fill the memory.
pub const MAX_RECORD: usize = 64 << 20;

/// The names of the columns or fields. Only that of the text must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleColumns {
    /// The article's id.
    pub id: String,
    /// Its text.
    pub text: String,
    /// The headline.
    pub title: String,
    /// Newspaper, agency or site.
    pub outlet: String,
    /// Day of publication.
    pub date: String,
    /// Where it was published.
    pub url: String,
}

impl Default for ArticleColumns {
    fn default() -> Self {
        let [id, text, title, outlet, date, url] = ["id", "text", "title", "outlet", "date", "url"].map(str::to_owned);
        Self { id, text, title, outlet, date, url }
    }
}

impl ArticleColumns {
    /// The name that the column `field` goes by, to be changed; `None` where there is no such field.
    pub fn name_mut(&mut self, field: &str) -> Option<&mut String> {
        Some(match field {
            "id" => &mut self.id,
            "text" => &mut self.text,
            "title" => &mut self.title,
            "outlet" => &mut self.outlet,
            "date" => &mut self.date,
            "url" => &mut self.url,
            _ => return None,
        })
    }
}

/// What is wrong with one line or row.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordProblem {
    /// The line is no JSON; the parser's words.
    NotJson(String),
    /// The line is JSON, but no object.
    NotObject,
    /// The text field of this name is missing.
    NoText(String),
    /// The text is there, but blank.
    EmptyText,
    /// The field of this name is no plain value.
    NotPlain(String),
    /// The field of this name holds something that is no date.
    BadDate(String, String),
    /// The row has this many fields, the header that many.
    FieldCount(usize, usize),
    /// The bytes are no UTF-8.
    NotUtf8,
    /// Two columns have this name.
    Twice(String),
    /// Longer than [`MAX_RECORD`].
    TooLong,
    /// Anything else the CSV parser said.
    NotCsv(String),
}

impl fmt::Display for RecordProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson(what) => write!(f, "broken JSON: {what}; expected one article a line"),
            Self::NotObject => f.write_str("not a JSON object; expected one article a line"),
            Self::NoText(name) => write!(f, "no \"{name}\"; name the right field with --column text=NAME"),
            Self::EmptyText => f.write_str("the text is empty"),
            Self::NotPlain(name) => write!(f, "\"{name}\" is not a string or number"),
            Self::BadDate(name, value) => {
                write!(f, "\"{name}\" holds \"{value}\"; expected a date as YYYY-MM-DD")
            }
            Self::FieldCount(n_found, n_expected) => {
                write!(f, "{n_found} fields where the header has {n_expected}; is a quotation mark missing?")
            }
            Self::NotUtf8 => f.write_str("not text in UTF-8"),
            Self::Twice(name) => write!(f, "two columns are called \"{name}\"; rename one"),
            Self::TooLong => write!(f, "longer than {} MB; is a line end or quotation mark missing?", MAX_RECORD >> 20),
            Self::NotCsv(what) => f.write_str(what),
        }
    }
}

/// An article from its fields, each looked up by name; `line` names it where it has no id.
pub(super) fn article(
    mut field: impl FnMut(&str) -> Result<Option<String>, RecordProblem>,
    columns: &ArticleColumns,
    path: &Path,
    line: usize,
) -> Result<Article, RecordProblem> {
    let text = field(&columns.text)?.ok_or_else(|| RecordProblem::NoText(columns.text.clone()))?;
    if text.trim().is_empty() {
        return Err(RecordProblem::EmptyText);
    }
    let mut given = |name: &str| -> Result<Option<String>, RecordProblem> {
        Ok(field(name)?.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()))
    };
    let stem = path.file_stem().map_or_else(|| "article".into(), |stem| stem.to_string_lossy());
    let id = given(&columns.id)?.unwrap_or_else(|| format!("{stem}:{line}"));
    let date = match given(&columns.date)? {
        None => None,
        Some(value) => Some(
            date::parse(&value)
                .ok_or_else(|| RecordProblem::BadDate(columns.date.clone(), value.chars().take(40).collect()))?,
        ),
    };
    Ok(Article {
        id,
        text,
        title: given(&columns.title)?,
        outlet: given(&columns.outlet)?,
        date,
        url: given(&columns.url)?,
    })
}

/// Tells articles of one id apart from the second on: two articles under one id could not be told apart in any output.
#[derive(Debug, Clone, Default)]
pub struct Ids(HashMap<String, usize>);

impl Ids {
    /// Makes the article's id its own: the second `a1` becomes `a1~2`. Gives the id that was taken, where one was.
    pub fn make_unique(&mut self, article: &mut Article) -> Option<String> {
        let n_before = self.0.entry(article.id.clone()).or_insert(0);
        *n_before += 1;
        if *n_before == 1 {
            return None;
        }
        let n = *n_before;
        let taken = std::mem::take(&mut article.id);
        article.id = (n..).map(|n| format!("{taken}~{n}")).find(|id| !self.0.contains_key(id)).unwrap_or_default();
        self.0.insert(article.id.clone(), 1);
        Some(taken)
    }
}

pub(super) fn problem(path: &Path, line: usize, problem: RecordProblem) -> ArticleError {
    ArticleError::Record { path: path.into(), line, problem }
}
