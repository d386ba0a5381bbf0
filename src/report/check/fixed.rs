//! The mended rows in the format of a table, and the list of what was changed.

use std::io::{self, Write};

use serde_json::Value;

use crate::evaluate::check::RowChange;
use crate::labeled::{Format, TextRow};
use crate::spreadsheet::Sheet;

/// Writes rows as a table that [`crate::labeled::read`] takes back: all fields as they were read, in their order. Nothing
/// is escaped for spreadsheets, as a table of data must stay what it is.
///
/// # Errors
/// Where `out` cannot be written to.
pub fn write_rows(rows: &[TextRow], format: Format, mut out: impl Write) -> io::Result<()> {
    match format {
        Format::Jsonl => {
            for row in rows {
                serde_json::to_writer(&mut out, &row.fields)?;
                out.write_all(b"\n")?;
            }
        }
        Format::Lines => {
            for row in rows {
                writeln!(out, "{}", row.text.split_whitespace().collect::<Vec<_>>().join(" "))?;
            }
        }
        Format::Csv => write_table(rows, b',', &mut out)?,
        Format::Tsv => write_table(rows, b'\t', &mut out)?,
    }
    out.flush()
}

fn write_table(rows: &[TextRow], delimiter: u8, out: impl Write) -> Result<(), csv::Error> {
    let mut header: Vec<&String> = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    for column in rows.iter().flat_map(|row| row.fields.keys()) {
        if known.insert(column) {
            header.push(column);
        }
    }
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
    writer.write_record(&header)?;
    for row in rows {
        writer.write_record(header.iter().map(|column| match row.fields.get(*column) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }))?;
    }
    writer.flush()?;
    Ok(())
}

/// Writes the changes as CSV in which a spreadsheet runs nothing: `line`, `id`, `change`, `reason`, `before`, `after`.
///
/// # Errors
/// Where `out` cannot be written to.
pub fn write_changes(changes: &[RowChange], out: impl Write) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(Sheet::unmarked(out));
    writer.write_record(["line", "id", "change", "reason", "before", "after"])?;
    for change in changes {
        let RowChange { id, reason, before, after, .. } = change;
        writer.write_record([&change.line.to_string(), id, change.change, reason, before, after])?;
    }
    writer.flush()?;
    Ok(())
}
