//! The reader for JSON Lines: one article a line, read as it is asked for.
//!
//! A line that is no article is an error of its own, and the next line is read all the same. Fields that articles do
//! not have are passed over.

use std::io::{BufRead, Read};
use std::path::PathBuf;

use serde_json::Value;

use super::record::{self, ArticleColumns, MAX_RECORD, RecordProblem};
use super::{Article, ArticleError};
use crate::fields::Line;

/// Reads articles from JSON Lines; blank lines are passed over.
///
/// # Examples
/// ```
/// use onrecord::article::{ArticleColumns, JsonLines};
///
/// let lines = r#"{"id":"a1","outlet":"The Harbour Post","date":"2026-03-05","text":"“No,” she said."}"#;
/// let article = JsonLines::new(lines.as_bytes(), "a.jsonl".into(), ArticleColumns::default()).next().unwrap()?;
/// assert_eq!(article.outlet.as_deref(), Some("The Harbour Post"));
/// # Ok::<(), onrecord::article::ArticleError>(())
/// ```
#[derive(Debug)]
pub struct JsonLines<R> {
    input: R,
    path: PathBuf,
    columns: ArticleColumns,
    line: usize,
    is_over: bool,
    bytes: Vec<u8>,
}

impl<R: BufRead> JsonLines<R> {
    /// `path` names the input in messages.
    pub const fn new(input: R, path: PathBuf, columns: ArticleColumns) -> Self {
        Self { input, path, columns, line: 0, is_over: false, bytes: Vec::new() }
    }

    /// One line into `bytes`, its end included; whether it was too long to keep.
    fn read_line(&mut self) -> std::io::Result<bool> {
        self.bytes.clear();
        (&mut self.input).take(MAX_RECORD as u64).read_until(b'\n', &mut self.bytes)?;
        let is_cut = self.bytes.len() == MAX_RECORD && self.bytes.last() != Some(&b'\n');
        if is_cut {
            // What has bytes that are zero is no text, and need not have lines, or an end.
            self.is_over = self.bytes.contains(&0);
            self.bytes = Vec::new();
            if !self.is_over {
                self.input.skip_until(b'\n')?;
            }
        }
        Ok(is_cut)
    }

    fn parse(&self) -> Result<Article, RecordProblem> {
        let mut bytes: &[u8] = self.bytes.trim_ascii_end();
        if self.line == 1 {
            bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        }
        let line = serde_json::from_slice(bytes).map_err(|error| match std::str::from_utf8(bytes) {
            Ok(_) => RecordProblem::NotJson(super::without_line(&error)),
            Err(_) => RecordProblem::NotUtf8,
        })?;
        let Line::Fields(mut fields) = line else { return Err(RecordProblem::NotObject) };
        let field = |name: &str| match fields.get_mut(name).map(Value::take) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(RecordProblem::NotPlain(name.to_owned())),
        };
        record::article(field, &self.columns, &self.path, self.line)
    }
}

impl<R: BufRead> Iterator for JsonLines<R> {
    type Item = Result<Article, ArticleError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_over {
            self.line += 1;
            let is_cut = match self.read_line() {
                Ok(is_cut) => is_cut,
                Err(source) => {
                    self.is_over = true;
                    return Some(Err(ArticleError::Io { path: self.path.clone(), source }));
                }
            };
            if is_cut {
                return Some(Err(record::problem(&self.path, self.line, RecordProblem::TooLong)));
            }
            if self.bytes.is_empty() {
                self.is_over = true;
                return None;
            }
            if self.bytes.trim_ascii().is_empty() {
                continue;
            }
            return Some(self.parse().map_err(|what| record::problem(&self.path, self.line, what)));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Result<Article, String>> {
        let lines = JsonLines::new(text.as_bytes(), "in/a.jsonl".into(), ArticleColumns::default());
        lines.map(|article| article.map_err(|error| error.to_string())).collect()
    }

    #[test]
    fn a_bad_line_is_named_and_the_next_is_read() {
        let found = read(
            "{\"text\":\"One.\"}\n\n{\"text\":\n[1]\n{\"id\":7,\"text\":\"Two.\",\"date\":\"2026-01-02\"}\n{}\n{\"text\":\" \"}\n{\"text\":\"x\",\"date\":\"1/2/2026\"}\n{\"text\":[]}",
        );
        assert_eq!(found[0].as_ref().unwrap().id, "a:1");
        assert_eq!(found[3].as_ref().unwrap().id, "7");
        assert_eq!(found[3].as_ref().unwrap().date.unwrap().to_string(), "2026-01-02");
        let errors: Vec<_> = found.iter().filter_map(|article| article.as_ref().err()).map(String::as_str).collect();
        assert_eq!(
            errors,
            [
                "in/a.jsonl:3: broken JSON: EOF while parsing a value at column 8; expected one article a line",
                "in/a.jsonl:4: not a JSON object; expected one article a line",
                "in/a.jsonl:6: no \"text\"; name the right field with --column text=NAME",
                "in/a.jsonl:7: the text is empty",
                "in/a.jsonl:8: \"date\" holds \"1/2/2026\"; expected a date as YYYY-MM-DD",
                "in/a.jsonl:9: \"text\" is not a string or number",
            ]
        );
    }
}
