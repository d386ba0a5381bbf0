//! CSV for spreadsheets, in which no text is run as a formula.
//!
//! A cell that starts with `=`, `+`, `-`, `@`, a tab or a carriage return is run by common spreadsheet programs, so a
//! hostile article could carry a formula in. CSV for programs gives every byte as it is; [`Sheet`] turns such CSV into
//! one for spreadsheets: it starts with a byte order mark, by which those programs know UTF-8, and puts an apostrophe in
//! front of such a cell, as OWASP advises (CSV injection). Numbers stay numbers. Readers take the apostrophe away again
//! from files that start with the mark ([`as_written`]), so that the way there and back changes nothing.

use std::io::{self, Write};

/// What a table for spreadsheets starts with.
pub const MARK: &[u8] = b"\xef\xbb\xbf";

/// Whether a cell would be run, with apostrophes in front of it or without.
fn is_formula(cell: &[u8]) -> bool {
    let n_apostrophes = cell.iter().take_while(|&&byte| byte == b'\'').count();
    matches!(cell.get(n_apostrophes), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')) && !is_number(cell)
}

/// Digits with sign, point and exponent.
fn is_number(cell: &[u8]) -> bool {
    let looks_so = cell.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    looks_so && str::from_utf8(cell).is_ok_and(|text| text.parse::<f64>().is_ok())
}

/// A cell of a table for spreadsheets as it was before.
#[must_use]
pub fn as_written(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(cell.as_bytes()) => rest,
        _ => cell,
    }
}

/// Turns the CSV that is written to it into CSV for spreadsheets.
#[derive(Debug)]
pub struct Sheet<W> {
    out: W,
    cell: Vec<u8>,
    is_quoted: bool,
    has_started: bool,
}

impl<W: Write> Sheet<W> {
    /// Writes to `out`.
    pub const fn new(out: W) -> Self {
        Self { out, cell: Vec::new(), is_quoted: false, has_started: false }
    }

    /// The same without the mark, for a list that people read and no program reads back.
    pub const fn unmarked(out: W) -> Self {
        Self { out, cell: Vec::new(), is_quoted: false, has_started: true }
    }

    /// What is behind it, and the last cell written.
    ///
    /// # Errors
    /// Whatever the sink says.
    pub fn into_inner(mut self) -> io::Result<W> {
        self.end_cell()?;
        Ok(self.out)
    }

    fn end_cell(&mut self) -> io::Result<()> {
        let is_in_quotes = self.cell.first() == Some(&b'"');
        let inside = &self.cell[usize::from(is_in_quotes)..];
        let inside = inside.strip_suffix(b"\"").filter(|_| is_in_quotes).unwrap_or(inside);
        if is_formula(inside) {
            // Nothing that an apostrophe needs quotation marks for is in a cell that had none.
            self.out.write_all(if is_in_quotes { b"\"'" } else { b"'" })?;
            self.out.write_all(&self.cell[usize::from(is_in_quotes)..])?;
        } else {
            self.out.write_all(&self.cell)?;
        }
        self.cell.clear();
        Ok(())
    }
}

impl<W: Write> Write for Sheet<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !std::mem::replace(&mut self.has_started, true) {
            self.out.write_all(MARK)?;
        }
        for &byte in bytes {
            match byte {
                b',' | b'\n' | b'\r' if !self.is_quoted => {
                    self.end_cell()?;
                    self.out.write_all(&[byte])?;
                }
                _ => {
                    // Two in a row close and open again.
                    self.is_quoted ^= byte == b'"';
                    self.cell.push(byte);
                }
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sheet(cells: &[Vec<String>]) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Sheet::new(Vec::new()));
        for row in cells {
            writer.write_record(row).unwrap();
        }
        writer.into_inner().unwrap().into_inner().unwrap()
    }

    #[test]
    fn formulas_get_an_apostrophe_and_numbers_none() {
        let row = ["=1+1", "-0.25", "-1+1", "“No,” he said", "@a,b", "\tx", "'=2", "+"].map(str::to_owned).to_vec();
        let text = String::from_utf8(sheet(&[row])).unwrap();
        assert_eq!(text, "\u{feff}'=1+1,-0.25,'-1+1,\"“No,” he said\",\"'@a,b\",'\tx,''=2,'+\n");
    }

    proptest! {
        #[test]
        fn the_way_there_and_back_changes_nothing(
            cells in prop::collection::vec(prop::collection::vec("['=+@,\"\n\r\t0-9.e-]{0,6}|\\PC{0,8}", 1..4), 1..4),
        ) {
            let bytes = sheet(&cells);
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes.as_slice());
            let mut found = Vec::new();
            for record in reader.records() {
                let record = record.unwrap();
                for cell in &record {
                    let starts = cell.chars().next();
                    prop_assert!(!matches!(starts, Some('=' | '@' | '\t' | '\r')), "{}", cell);
                }
                found.push(record.iter().map(|cell| as_written(cell).to_owned()).collect::<Vec<_>>());
            }
            prop_assert_eq!(found, cells);
        }
    }
}
