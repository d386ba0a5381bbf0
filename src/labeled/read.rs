//! JSONL, CSV and plain lines into rows.

use std::path::Path;

use rayon::prelude::*;
use serde_json::{Map, Value};

use super::{LabeledError, RowError, RowProblem, Table, TextRow};
use crate::context::Context;
use crate::fields::{Line, named_twice};
use crate::spreadsheet::{MARK, as_written};

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated, the first row names the columns.
    Csv,
    /// Tab-separated, the first row names the columns.
    Tsv,
    /// One statement a line, no columns.
    Lines,
}

impl Format {
    /// The format that a file's ending stands for.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "jsonl" | "ndjson" | "json" => Some(Self::Jsonl),
            "csv" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            "txt" | "text" => Some(Self::Lines),
            _ => None,
        }
    }

    /// JSONL where the first character that is not blank opens an object; else nothing is known.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
        (bytes.trim_ascii_start().first() == Some(&b'{')).then_some(Self::Jsonl)
    }
}

/// The names of the columns. Those of `target`, `speaker`, `group` and `id` need not be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowColumns {
    /// The statement.
    pub text: String,
    /// Its label.
    pub label: String,
    /// The row's id.
    pub id: String,
    /// What the stance is toward.
    pub target: String,
    /// Who made the statement.
    pub speaker: String,
    /// What ties rows together.
    pub group: String,
}

impl Default for RowColumns {
    fn default() -> Self {
        let [text, label, id, target, speaker, group] =
            ["text", "label", "id", "target", "speaker", "group"].map(str::to_owned);
        Self { text, label, id, target, speaker, group }
    }
}

/// Reads a table; `name` is the file's name for messages. Rows without a label are kept: whether one is needed is for
/// the caller to say.
///
/// # Errors
/// Where the file is empty, no text, or lacks the text column, or no row of it can be used.
pub fn read(bytes: &[u8], name: &str, format: Format, columns: &RowColumns) -> Result<Table, LabeledError> {
    let is_sheet = bytes.starts_with(MARK);
    let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return Err(LabeledError::Empty { file: name.into() });
    }
    if bytes.contains(&0) {
        // UTF-16 or a binary file: a message for every line of it would help no one.
        let offset = bytes.iter().position(|&byte| byte == 0).unwrap_or(0);
        return Err(LabeledError::NotText { file: name.into(), offset });
    }
    let mut table = Table { name: name.into(), rows: Vec::new(), problems: Vec::new() };
    match format {
        Format::Jsonl => read_jsonl(bytes, columns, &mut table),
        Format::Csv => read_csv(bytes, (b',', is_sheet), columns, &mut table)?,
        Format::Tsv => read_csv(bytes, (b'\t', false), columns, &mut table)?,
        Format::Lines => read_lines(bytes, columns, &mut table),
    }
    if table.rows.is_empty() {
        return Err(match table.problems.into_iter().next() {
            Some(first) => LabeledError::NoUsableRow { first: Box::new(first) },
            None => LabeledError::Empty { file: name.into() },
        });
    }
    Ok(table)
}

fn read_jsonl(bytes: &[u8], columns: &RowColumns, table: &mut Table) {
    let to_row = |&(line, bytes): &(usize, &[u8])| match serde_json::from_slice(bytes) {
        Ok(Line::Fields(fields)) => to_row(fields, line, columns),
        Ok(Line::Other) => Err(RowProblem::NotObject),
        Err(_) if std::str::from_utf8(bytes).is_err() => Err(RowProblem::NotUtf8),
        Err(error) => Err(RowProblem::NotJson(without_line(&error))),
    };
    let lines: Vec<(usize, &[u8])> = lines(bytes).collect();
    for lines in lines.chunks(BATCH) {
        let rows: Vec<_> = lines.par_iter().map(to_row).collect();
        lines.iter().zip(rows).for_each(|(&(line, _), row)| table.push(line, row));
    }
}

/// Lines that are parsed at once.
const BATCH: usize = 4096;

/// The parser's words with the column only: it sees one line and would call it line 1.
fn without_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
    format!("{what} at column {}", error.column())
}

fn read_lines(bytes: &[u8], columns: &RowColumns, table: &mut Table) {
    for (line, bytes) in lines(bytes) {
        let row = match std::str::from_utf8(bytes) {
            Ok(text) => {
                let mut fields = Map::new();
                fields.insert(columns.text.clone(), text.trim().into());
                to_row(fields, line, columns)
            }
            Err(_) => Err(RowProblem::NotUtf8),
        };
        table.push(line, row);
    }
}

/// Lines that are not blank, numbered from 1.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    bytes
        .split(|&byte| byte == b'\n')
        .enumerate()
        .map(|(idx, line)| (idx + 1, line.strip_suffix(b"\r").unwrap_or(line)))
        .filter(|(_, line)| !line.trim_ascii().is_empty())
}

/// `is_sheet`: the table is one for spreadsheets, in which apostrophes keep formulas from running.
fn read_csv(
    bytes: &[u8],
    (delimiter, is_sheet): (u8, bool),
    columns: &RowColumns,
    table: &mut Table,
) -> Result<(), LabeledError> {
    fn as_was(cell: &str, is_sheet: bool) -> &str {
        if is_sheet { as_written(cell) } else { cell }
    }
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(bytes);
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(|name| as_was(name.trim(), is_sheet).to_owned()).collect(),
        Err(error) => {
            let problem = RowProblem::NotCsv(error.to_string());
            let first = Box::new(RowError { file: table.name.clone(), line: 1, problem });
            return Err(LabeledError::NoUsableRow { first });
        }
    };
    if let Some(name) = named_twice(&header) {
        let problem = RowProblem::Twice(name.to_owned());
        let first = Box::new(RowError { file: table.name.clone(), line: 1, problem });
        return Err(LabeledError::NoUsableRow { first });
    }
    if !header.contains(&columns.text) {
        let column = columns.text.clone();
        return Err(LabeledError::NoColumn { file: table.name.clone(), column, flag: "text", found: header });
    }
    let mut record = csv::StringRecord::new();
    loop {
        let before = reader.position().line() as usize;
        let row = match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) if record.len() != header.len() => Err(RowProblem::FieldCount(record.len(), header.len())),
            Ok(true) => {
                let line = record.position().map_or(before, |position| position.line() as usize);
                let fields =
                    header.iter().cloned().zip(record.iter().map(|cell| Value::from(as_was(cell, is_sheet)))).collect();
                to_row(fields, line, columns)
            }
            Err(error) => Err(match error.kind() {
                csv::ErrorKind::Utf8 { .. } => RowProblem::NotUtf8,
                _ => RowProblem::NotCsv(error.to_string()),
            }),
        };
        let line = match &row {
            Ok(row) => row.line,
            Err(_) => record.position().map_or(before, |position| position.line() as usize),
        };
        table.push(line, row);
    }
}

fn to_row(fields: Map<String, Value>, line: usize, columns: &RowColumns) -> Result<TextRow, RowProblem> {
    let take = |column: &String| match fields.get(column) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(Value::Bool(is_true)) => Ok(Some(is_true.to_string())),
        Some(Value::Array(_) | Value::Object(_)) => Err(RowProblem::NotPlain(column.clone())),
    };
    let Some(text) = take(&columns.text)? else {
        let is_there = fields.get(&columns.text).is_some_and(Value::is_string);
        return Err(if is_there { RowProblem::EmptyText } else { RowProblem::NoText(columns.text.clone()) });
    };
    if text.len() > MAX_TEXT {
        return Err(RowProblem::TooLong(text.len()));
    }
    let article = take(&ARTICLE.to_owned())?;
    Ok(TextRow {
        id: take(&columns.id)?.unwrap_or_else(|| line.to_string()),
        text,
        label: take(&columns.label)?,
        target: take(&columns.target)?,
        speaker: speaker(&fields, &columns.speaker)?,
        // Statements of one article know of each other.
        group: take(&columns.group)?.or_else(|| article.clone()),
        article,
        context: context(&fields)?.map(Box::new),
        line,
        fields,
    })
}

/// The longest statement, in bytes.
pub(super) const MAX_TEXT: usize = 1 << 20;

/// The column of the article's name.
const ARTICLE: &str = "article";
/// The column of an object with all of the context, as `score --context` writes it.
const CONTEXT: &str = "context";

/// What the statement was read with: an object, or a column for each field; none where there is nothing of it.
fn context(fields: &Map<String, Value>) -> Result<Option<Context>, RowProblem> {
    let not_plain = |column: &str| RowProblem::NotPlain(column.to_owned());
    if let Some(whole @ Value::Object(_)) = fields.get(CONTEXT) {
        return serde_json::from_value(whole.clone()).map(Some).map_err(|_| not_plain(CONTEXT));
    }
    let mut found = Context::default();
    let columns: [(&str, &mut String); 6] = [
        ("title", &mut found.title),
        ("lead", &mut found.lead),
        ("before", &mut found.before),
        ("source", &mut found.source),
        ("cue", &mut found.cue),
        ("who", &mut found.who),
    ];
    for (column, to) in columns {
        // `score` has spans under some of these names.
        if let Some(Value::String(words)) = fields.get(column) {
            words.trim().clone_into(to);
        }
    }
    if let Some(side @ Value::String(word)) = fields.get("side")
        && !word.is_empty()
    {
        found.side = serde_json::from_value(side.clone()).unwrap_or_default();
    }
    Ok(Some(found).filter(|found| *found != Context::default()))
}

/// A speaker is a name, or an object with one, as `score` writes it.
fn speaker(fields: &Map<String, Value>, column: &str) -> Result<Option<String>, RowProblem> {
    match fields.get(column) {
        Some(Value::String(name)) => Ok(Some(name.trim().to_owned()).filter(|name| !name.is_empty())),
        Some(Value::Object(speaker)) => Ok(speaker.get("name").and_then(Value::as_str).map(str::to_owned)),
        None | Some(Value::Null) => Ok(None),
        Some(_) => Err(RowProblem::NotPlain(column.to_owned())),
    }
}

impl Table {
    fn push(&mut self, line: usize, row: Result<TextRow, RowProblem>) {
        match row {
            Ok(row) => self.rows.push(row),
            Err(problem) => self.problems.push(RowError { file: self.name.clone(), line, problem }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn try_read(text: &str, format: Format) -> Result<Table, LabeledError> {
        read(text.as_bytes(), "t", format, &RowColumns::default())
    }

    #[test]
    fn a_broken_line_is_set_aside_with_its_number() {
        let table =
            try_read("{\"text\":\"a\",\"label\":1}\n\n{\"text\":\n[1]\n{\"x\":1}\n{\"text\":\" \"}", Format::Jsonl);
        let table = table.unwrap();
        assert_eq!(table.rows[0].label.as_deref(), Some("1"));
        let problems: Vec<String> = table.problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            problems,
            [
                "t:3: broken JSON: EOF while parsing a value at column 8; expected one object a line",
                "t:4: not a JSON object; expected one object a line",
                "t:5: no \"text\" in the object; name the right field with --text-column",
                "t:6: the text is empty",
            ]
        );
    }

    #[test]
    fn csv_rows_know_their_lines_even_over_line_breaks() {
        let table = try_read("id,text,label\na,\"two\nlines\",x\nb,one,y\nc,short\n", Format::Csv).unwrap();
        assert_eq!(table.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(table.problems[0].to_string(), "t:5: 2 fields where the header has 3; is a quotation mark missing?");
    }

    #[test]
    fn a_missing_text_column_names_those_there_are() {
        let error = try_read("sentence,label\na,b\n", Format::Csv).unwrap_err();
        assert_eq!(
            error.to_string(),
            "t: no column \"text\"; the columns are sentence, label. Name the right one with --text-column"
        );
    }

    #[test]
    fn empty_binary_and_hopeless_files_are_errors() {
        assert!(matches!(try_read(" \n", Format::Jsonl), Err(LabeledError::Empty { .. })));
        assert!(matches!(try_read("a\0b", Format::Lines), Err(LabeledError::NotText { .. })));
        assert!(matches!(try_read("{", Format::Jsonl), Err(LabeledError::NoUsableRow { .. })));
        let table = read(b"ok\n\xff\n", "t", Format::Lines, &RowColumns::default()).unwrap();
        assert_eq!(table.problems[0].problem, RowProblem::NotUtf8);
    }

    #[test]
    fn lines_and_byte_order_marks() {
        let table = read(b"\xef\xbb\xbfone\r\n\r\ntwo\r\n", "t", Format::Lines, &RowColumns::default()).unwrap();
        assert_eq!(table.rows.iter().map(|row| row.text.as_str()).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(table.rows[1].id, "3");
    }
}
