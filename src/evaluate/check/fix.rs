//! The changes that need no judgement, made and listed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::{Located, duplicates, encoding, labels};
use crate::labeled::{RowColumns, Table, TextRow};

/// A table without what is plainly wrong.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Fixed {
    /// The rows that stay, in their order.
    pub rows: Vec<TextRow>,
    /// What was changed, by line.
    pub changes: Vec<RowChange>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RowChange {
    /// Line in the file.
    pub line: usize,
    /// The row's id; empty where it could not be read.
    pub id: String,
    /// What was done: `removed`, `text` or `label`.
    pub change: &'static str,
    /// Why.
    pub reason: String,
    /// As it was.
    pub before: String,
    /// As it is; empty for a removed row.
    pub after: String,
}

/// Mends damaged characters, writes labels one way, and takes out rows that cannot be used, have no label or word, repeat
/// an earlier row, contradict another, or are in one of the `others` (the files that stay as they are).
#[must_use]
pub fn fix(table: &Table, others: &[Table], columns: &RowColumns) -> Fixed {
    let mut changes: Vec<RowChange> = Vec::new();
    for problem in &table.problems {
        changes.push(RowChange {
            line: problem.line,
            id: String::new(),
            change: "removed",
            reason: problem.problem.to_string(),
            before: String::new(),
            after: String::new(),
        });
    }
    let key_of = |row: &TextRow| duplicates::key(&Located { file: &table.name, row });
    let located: Vec<Located<'_>> = table.rows.iter().map(|row| Located { file: &table.name, row }).collect();
    let counts = labels::counts(&located);
    let spellings = labels::spellings(&counts);
    let mut rows = table.rows.clone();
    for row in &mut rows {
        let mended = encoding::repaired(&row.text).trim().to_owned();
        if mended != row.text && !mended.is_empty() {
            changes.push(changed(row, "text", "damaged characters or outer white space", &row.text, &mended));
            set(row, &columns.text, &mended);
            row.text = mended;
        }
        if let Some(common) = row.label.as_ref().and_then(|label| spellings.get(label)).cloned() {
            let before = row.label.clone().unwrap_or_default();
            changes.push(changed(row, "label", "another spelling of the same label", &before, &common));
            set(row, &columns.label, &common);
            row.label = Some(common);
        }
    }
    let elsewhere: BTreeSet<(String, String)> = others
        .iter()
        .flat_map(|other| other.rows.iter().map(|row| duplicates::key(&Located { file: &other.name, row })))
        .collect();
    let mut labels_of: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for row in &rows {
        labels_of.entry(key_of(row)).or_default().extend(row.label.clone());
    }
    let mut first: BTreeMap<(String, String), usize> = BTreeMap::new();
    rows.retain(|row| {
        let key = key_of(row);
        let reason = if row.label.is_none() {
            "no label".to_owned()
        } else if !row.text.chars().any(char::is_alphabetic) {
            "no word in the text".to_owned()
        } else if labels_of.get(&key).is_some_and(|labels| labels.len() > 1) {
            "the same text with different labels".to_owned()
        } else if elsewhere.contains(&key) {
            "the text is in another file".to_owned()
        } else if let Some(line) = first.get(&key) {
            format!("the text of line {line}")
        } else {
            first.insert(key, row.line);
            return true;
        };
        changes.push(changed(row, "removed", &reason, &row.text, ""));
        false
    });
    changes.sort_by_key(|change| change.line);
    Fixed { rows, changes }
}

fn changed(row: &TextRow, change: &'static str, reason: &str, before: &str, after: &str) -> RowChange {
    let (reason, before, after) = (reason.to_owned(), before.to_owned(), after.to_owned());
    RowChange { line: row.line, id: row.id.clone(), change, reason, before, after }
}

/// Changes a field that the row has; a plain line has none.
fn set(row: &mut TextRow, column: &str, value: &str) {
    if let Some(field) = row.fields.get_mut(column) {
        *field = Value::String(value.to_owned());
    }
}
