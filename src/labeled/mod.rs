//! Labelled statements: what a model is trained on and measured against.
//!
//! [`read`] takes JSONL, CSV or plain lines and gives rows; a row that cannot be used is set aside with its line and
//! the reason and the rest goes on. [`Dataset::new`] asks that every row has a label, recognises stance labels in
//! other words (`FAVOR`, `pro`, `oppose`, `discuss`, ...) and says what it replaced.
//!
//! Whether labels are *right* is not judged here.
//!
//! ```
//! use onrecord::labeled::{RowColumns, Dataset, Format, read};
//!
//! let csv = "text,label\nWe must act now.,PRO\nBring the troops home.,con\n";
//! let table = read(csv.as_bytes(), "example.csv", Format::Csv, &RowColumns::default())?;
//! let data = Dataset::new(vec![table], None)?;
//! assert_eq!(data.rows[0].label, "favor");
//! assert_eq!(data.labels, ["favor", "against"]);
//! # Ok::<(), onrecord::labeled::LabeledError>(())
//! ```

mod error;
mod read;
mod stance;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::context::Context;
use crate::features::Input;

pub use error::{LabeledError, RowError, RowProblem};
pub use read::{Format, RowColumns, read};
pub use stance::{STANCE, Stance, UnknownStance};

/// One row of a table: a statement, and a label where the table has one.
#[derive(Debug, Clone, PartialEq)]
pub struct TextRow {
    /// The id column, or the line number where there is none.
    pub id: String,
    /// The statement; never empty.
    pub text: String,
    /// The label as it is written; never empty.
    pub label: Option<String>,
    /// What the stance is toward, where the row says so.
    pub target: Option<String>,
    /// Who made the statement, where the row says so.
    pub speaker: Option<String>,
    /// Rows of one group (a document, an author) are never split between training and testing.
    pub group: Option<String>,
    /// The article that the statement stands in.
    pub article: Option<String>,
    /// What the statement was read with.
    pub context: Option<Box<Context>>,
    /// Line in the file, from 1; for CSV the line on which the row begins.
    pub line: usize,
    /// The whole row as read, in its order.
    pub fields: Map<String, Value>,
}

impl TextRow {
    /// What features are made of.
    #[must_use]
    pub fn input(&self) -> Input<'_> {
        Input {
            target: self.target.as_deref(),
            context: self.context.as_deref(),
            article: self.article.as_deref(),
            speaker: self.speaker.as_deref(),
            ..Input::from(self.text.as_str())
        }
    }
}

/// What [`read`] made of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The file's name as the caller gave it; used in messages.
    pub name: String,
    /// The usable rows, in the file's order.
    pub rows: Vec<TextRow>,
    /// The rows that were set aside, in the file's order.
    pub problems: Vec<RowError>,
}

/// One labelled statement.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// The id column, or the line number where there is none.
    pub id: String,
    /// The statement; never empty.
    pub text: String,
    /// The label; for stance data in the project's own words.
    pub label: String,
    /// What the stance is toward, where the row says so.
    pub target: Option<String>,
    /// Who made the statement, where the row says so.
    pub speaker: Option<String>,
    /// Rows of one group are never split between training and testing.
    pub group: Option<String>,
    /// The article that the statement stands in, where the row says so: its statements are decided together.
    pub article: Option<String>,
    /// What the statement was read with, where the row says so.
    pub context: Option<Box<Context>>,
    /// Line in the file, from 1.
    pub line: usize,
    /// The whole row as read.
    pub fields: Map<String, Value>,
}

impl Row {
    /// What features are made of.
    #[must_use]
    pub fn input(&self) -> Input<'_> {
        Input {
            target: self.target.as_deref(),
            context: self.context.as_deref(),
            article: self.article.as_deref(),
            speaker: self.speaker.as_deref(),
            ..Input::from(self.text.as_str())
        }
    }

    /// The value of a column: the project's own columns by their meaning, others as the file has them.
    #[must_use]
    pub fn value(&self, column: &str) -> String {
        let own = match column {
            "target" => self.target.as_ref(),
            "speaker" => self.speaker.as_ref(),
            "group" => self.group.as_ref(),
            "label" => Some(&self.label),
            _ => None,
        };
        if let Some(value) = own {
            return value.clone();
        }
        match self.fields.get(column) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(value)) => value.clone(),
            Some(other) => other.to_string(),
        }
    }
}

/// Labelled statements of one or more files, ready for training.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// The usable rows, file by file.
    pub rows: Vec<Row>,
    /// The rows that were set aside.
    pub problems: Vec<RowError>,
    /// Label as written -> label used, for every label that was replaced.
    pub relabelled: BTreeMap<String, String>,
    /// The labels: stance labels in their usual order, others sorted.
    pub labels: Vec<String>,
    /// Whether the labels are stances.
    pub is_stance: bool,
}

/// The most labels: the time of training grows with their number.
const MAX_LABELS: usize = 200;

impl Dataset {
    /// Puts tables together. With `task` `None` or `"stance"` labels that all mean stances are put in the project's
    /// words; any other task keeps its labels as they are.
    ///
    /// Rows without a label become problems.
    ///
    /// # Errors
    /// Where no row is left, or the labels are stances but for some ([`LabeledError::UnknownLabel`], with the first
    /// such row's line).
    pub fn new(tables: Vec<Table>, task: Option<&str>) -> Result<Self, LabeledError> {
        let mut labelled = Vec::new();
        let mut problems = Vec::new();
        let name = tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>().join(", ");
        for table in tables {
            problems.extend(table.problems);
            for row in table.rows {
                match row.label {
                    Some(_) => labelled.push((table.name.clone(), row)),
                    None => problems.push(RowError {
                        file: table.name.clone(),
                        line: row.line,
                        problem: RowProblem::NoLabel,
                    }),
                }
            }
        }
        let written: BTreeSet<&str> = labelled.iter().filter_map(|(_, row)| row.label.as_deref()).collect();
        if written.is_empty() {
            return Err(match problems.into_iter().next() {
                Some(first) => LabeledError::NoUsableRow { first: Box::new(first) },
                None => LabeledError::Empty { file: name },
            });
        }
        if written.len() > MAX_LABELS {
            let first = written.first().copied().unwrap_or_default().chars().take(40).collect();
            let (n, rows) = (written.len(), labelled.len());
            return Err(LabeledError::ManyLabels { file: name, n, rows, first, max: MAX_LABELS });
        }
        let known: BTreeMap<&str, Stance> =
            written.iter().filter_map(|&label| Stance::meant_by(label).map(|stance| (label, stance))).collect();
        let is_stance = match task {
            Some(task) => task == STANCE,
            // Both sides are needed: `neutral` and `mixed` alone are words of many label sets.
            None => Stance::SIDES.iter().all(|side| known.values().any(|stance| stance == side)),
        };
        if is_stance && known.len() < written.len() {
            let unknown = |row: &TextRow| row.label.as_deref().is_some_and(|label| !known.contains_key(label));
            if let Some((file, row)) = labelled.iter().find(|(_, row)| unknown(row)) {
                return Err(LabeledError::UnknownLabel {
                    file: file.clone(),
                    line: row.line,
                    label: row.label.clone().unwrap_or_default(),
                });
            }
        }
        let relabelled: BTreeMap<String, String> = if is_stance {
            let other_words = known.iter().filter(|(from, to)| **from != to.name());
            other_words.map(|(&from, to)| (from.into(), to.name().into())).collect()
        } else {
            BTreeMap::new()
        };
        let mut labels: Vec<String> = if is_stance {
            let has = |stance: &Stance| known.values().any(|known| known == stance);
            Stance::ALL.into_iter().filter(has).map(|stance| stance.name().into()).collect()
        } else {
            written.iter().map(|&label| label.to_owned()).collect()
        };
        labels.shrink_to_fit();
        let rows = labelled
            .into_iter()
            .map(|(_, row)| {
                let label = row.label.unwrap_or_default();
                let label = relabelled.get(&label).cloned().unwrap_or(label);
                let TextRow { id, text, target, speaker, group, article, context, line, fields, .. } = row;
                Row { id, text, label, target, speaker, group, article, context, line, fields }
            })
            .collect();
        Ok(Self { rows, problems, relabelled, labels, is_stance })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(csv: &str) -> Table {
        read(csv.as_bytes(), "t.csv", Format::Csv, &RowColumns::default()).unwrap()
    }

    #[test]
    fn stance_in_other_words_is_understood_and_reported() {
        let data = Dataset::new(vec![table("text,label\na,Support\nb,oppose\nc,NONE\n")], None).unwrap();
        assert_eq!(data.labels, ["favor", "against", "neutral"]);
        assert_eq!(data.relabelled["Support"], "favor");
        assert_eq!(data.rows[2].label, "neutral");
    }

    #[test]
    fn an_unknown_label_among_stances_names_its_line() {
        let error = Dataset::new(vec![table("text,label\na,pro\nb,con\nc,maybe\n")], None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "t.csv:4: label \"maybe\" is no stance, but other labels are (favor, against, neutral, unrelated, or the \
             like); correct it, or give --task NAME to train another task"
        );
    }

    #[test]
    fn other_labels_are_kept_as_they_are() {
        let data = Dataset::new(vec![table("text,label\na,yes\nb,neutral\nc,yes\n")], None).unwrap();
        assert_eq!((data.labels, data.is_stance), (vec!["neutral".to_owned(), "yes".to_owned()], false));
        let data = Dataset::new(vec![table("text,label\na,pro\nb,con\n")], Some("side")).unwrap();
        assert_eq!(data.labels, ["con", "pro"]);
    }

    #[test]
    fn rows_without_label_are_set_aside() {
        let data = Dataset::new(vec![table("text,label\na,x\nb,\n")], None).unwrap();
        assert_eq!((data.rows.len(), data.problems[0].line), (1, 3));
        let error = Dataset::new(vec![table("text,label\na,\n")], None).unwrap_err();
        assert!(error.to_string().starts_with("no usable row; the first problem: t.csv:2: no label"), "{error}");
    }
}
