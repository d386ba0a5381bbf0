//! The reader for CSV and TSV: one article a row below a header, read as it is asked for.

use std::cell::Cell;
use std::io::{self, Read};
use std::path::PathBuf;
use std::rc::Rc;

use super::record::{self, ArticleColumns, MAX_RECORD, RecordProblem};
use super::{Article, ArticleError};
use crate::fields::named_twice;
use crate::spreadsheet::{MARK, as_written};

/// Reads articles from a table with a header.
///
/// # Examples
/// ```
/// use onrecord::article::{ArticleColumns, Rows};
///
/// let table = "id,date,text\na1,2026-03-05,\"“No,” she said.\"\n";
/// let article = Rows::new(table.as_bytes(), b',', "a.csv".into(), ArticleColumns::default()).next().unwrap()?;
/// assert_eq!(article.id, "a1");
/// # Ok::<(), onrecord::article::ArticleError>(())
/// ```
pub struct Rows<R> {
    reader: csv::Reader<Metered<R>>,
    read_since: Rc<Cell<usize>>,
    /// Whether the table is one for spreadsheets, in which apostrophes keep formulas from running.
    is_sheet: Rc<Cell<bool>>,
    path: PathBuf,
    columns: ArticleColumns,
    header: Option<Vec<String>>,
    record: csv::StringRecord,
    is_over: bool,
}

/// Counts what is read, and stops a row that does not end.
struct Metered<R> {
    input: R,
    read_since: Rc<Cell<usize>>,
    /// The first bytes, until there are as many as the mark of a table for spreadsheets has.
    start: Vec<u8>,
    is_sheet: Rc<Cell<bool>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read_since.get() > MAX_RECORD {
            return Err(io::Error::other(RecordProblem::TooLong.to_string()));
        }
        let n_read = self.input.read(buffer)?;
        self.read_since.set(self.read_since.get() + n_read);
        if self.start.len() < MARK.len() {
            let n_more = (MARK.len() - self.start.len()).min(n_read);
            self.start.extend_from_slice(&buffer[..n_more]);
            self.is_sheet.set(self.start == MARK);
        }
        Ok(n_read)
    }
}

impl<R: Read> Rows<R> {
    /// `path` names the input in messages.
    pub fn new(input: R, delimiter: u8, path: PathBuf, columns: ArticleColumns) -> Self {
        let read_since = Rc::new(Cell::new(0));
        let is_sheet = Rc::new(Cell::new(false));
        let metered =
            Metered { input, read_since: Rc::clone(&read_since), start: Vec::new(), is_sheet: Rc::clone(&is_sheet) };
        let reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(metered);
        Self {
            reader,
            read_since,
            is_sheet,
            path,
            columns,
            header: None,
            record: csv::StringRecord::new(),
            is_over: false,
        }
    }

    /// Reads the header, the first time.
    fn header(&mut self) -> Result<&[String], ArticleError> {
        if self.header.is_none() {
            let header = self.reader.headers().map_err(|error| match error.kind() {
                csv::ErrorKind::Utf8 { .. } => record::problem(&self.path, 1, RecordProblem::NotUtf8),
                _ => record::problem(&self.path, 1, RecordProblem::NotCsv(error.to_string())),
            })?;
            let header: Vec<String> = header
                .iter()
                .map(|name| name.trim_start_matches('\u{feff}').trim())
                .map(|name| if self.is_sheet.get() { as_written(name) } else { name }.to_owned())
                .collect();
            if let Some(name) = named_twice(&header) {
                return Err(record::problem(&self.path, 1, RecordProblem::Twice(name.to_owned())));
            }
            if header.iter().all(String::is_empty) {
                return Err(ArticleError::Empty { path: self.path.clone() });
            }
            if !header.contains(&self.columns.text) {
                let column = self.columns.text.clone();
                return Err(ArticleError::NoColumn { path: self.path.clone(), column, found: header });
            }
            self.header = Some(header);
        }
        Ok(self.header.as_deref().unwrap_or_default())
    }

    fn row(&mut self) -> Option<Result<Article, ArticleError>> {
        if let Err(error) = self.header() {
            self.is_over = true;
            return Some(Err(error));
        }
        let header = self.header.as_deref().unwrap_or_default();
        let is_sheet = &self.is_sheet;
        self.read_since.set(0);
        let before = self.reader.position().line() as usize;
        let read = self.reader.read_record(&mut self.record);
        let line = self.record.position().map_or(before, |position| position.line() as usize);
        let row = match read {
            Ok(false) => return None,
            Ok(true) if self.record.len() != header.len() => {
                Err(RecordProblem::FieldCount(self.record.len(), header.len()))
            }
            Ok(true) => {
                let field = |name: &str| {
                    let place = header.iter().position(|other| other == name);
                    let cell = place.and_then(|place| self.record.get(place));
                    Ok(cell.map(|cell| if is_sheet.get() { as_written(cell) } else { cell }.to_owned()))
                };
                record::article(field, &self.columns, &self.path, line)
            }
            Err(error) => Err(match error.into_kind() {
                csv::ErrorKind::Utf8 { .. } => RecordProblem::NotUtf8,
                csv::ErrorKind::Io(error) => {
                    self.is_over = true;
                    RecordProblem::NotCsv(error.to_string())
                }
                _ => RecordProblem::NotCsv("broken CSV".to_owned()),
            }),
        };
        Some(row.map_err(|what| record::problem(&self.path, line, what)))
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<Article, ArticleError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let row = self.row();
        self.is_over |= row.is_none();
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<Result<Article, String>> {
        let rows = Rows::new(text, b',', "in/a.csv".into(), ArticleColumns::default());
        rows.map(|article| article.map_err(|error| error.to_string())).collect()
    }

    #[test]
    fn rows_may_hold_line_breaks_and_bad_ones_are_named_by_line() {
        let found = read(b"\xef\xbb\xbfid,outlet,text,date\nx,Post,\"one\ntwo\",2026-03-05\ny,Post,\nz,Post,text,March\nw,,text,\nv,\xff,t,\n");
        let first = found[0].as_ref().unwrap();
        assert_eq!((first.id.as_str(), first.text.as_str()), ("x", "one\ntwo"));
        assert_eq!(
            found[1].as_ref().unwrap_err(),
            "in/a.csv:4: 3 fields where the header has 4; is a quotation mark missing?"
        );
        assert_eq!(
            found[2].as_ref().unwrap_err(),
            "in/a.csv:5: \"date\" holds \"March\"; expected a date as YYYY-MM-DD"
        );
        assert_eq!(found[3].as_ref().unwrap().outlet, None);
        assert_eq!(found[4].as_ref().unwrap_err(), "in/a.csv:7: not text in UTF-8");
        assert_eq!(found.len(), 5);
    }

    #[test]
    fn a_table_without_text_names_what_it_has() {
        let found = read(b"id,body\n1,x\n");
        assert_eq!(
            found[0].as_ref().unwrap_err(),
            "in/a.csv: no column \"text\"; the columns are id, body. Name the right one with --column text=NAME"
        );
        assert_eq!(found.len(), 1);
        assert!(read(b"")[0].as_ref().unwrap_err().contains("empty"));
    }

    #[test]
    fn a_row_that_never_ends_is_stopped() {
        let endless = std::io::Read::chain(&b"id,text\na,\""[..], std::io::repeat(b'x'));
        let found: Vec<_> = Rows::new(endless, b',', "a.csv".into(), ArticleColumns::default()).collect();
        assert_eq!(found.len(), 1);
        assert!(found[0].as_ref().unwrap_err().to_string().contains("longer than 64 MB"));
    }
}
