//! Rows without usable text, and texts that are far too long.

use super::{Finding, FindingKind, Located, Place, Severity, finding, rows_text};
use crate::labeled::Table;

/// A text this many times as long as the middle one, and longer than [`LONG`] characters, is worth a look.
const TIMES: usize = 10;
const LONG: usize = 1500;

pub(super) fn unusable(tables: &[Table]) -> Option<Finding> {
    let places = tables.iter().flat_map(|table| &table.problems).map(|problem| Place {
        file: problem.file.clone(),
        line: problem.line,
        id: String::new(),
        detail: problem.problem.to_string(),
    });
    finding(
        FindingKind::UnusableRow,
        Severity::Error,
        |n| format!("{} cannot be used", rows_text(n)),
        "correct them or take them out; training and evaluation skip them",
        places.collect(),
    )
}

pub(super) fn all(rows: &[Located<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let wordless = rows.iter().filter(|located| !located.row.text.chars().any(char::is_alphabetic));
    findings.extend(finding(
        FindingKind::NoWords,
        Severity::Warning,
        |n| format!("{} whose text holds no word", rows_text(n)),
        "take them out: there is nothing to classify",
        wordless
            .map(|located| located.place(format!("{:?}", located.row.text.chars().take(40).collect::<String>())))
            .collect(),
    ));
    let lengths: Vec<usize> = rows.iter().map(|located| located.row.text.chars().count()).collect();
    let mut sorted = lengths.clone();
    sorted.sort_unstable();
    let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(0);
    let long = rows.iter().zip(&lengths).filter(|(_, n)| **n > LONG && **n > TIMES * middle);
    findings.extend(finding(
        FindingKind::LongText,
        Severity::Warning,
        |n| {
            format!(
                "{} with a text more than {TIMES} times as long as the middle one ({middle} characters)",
                rows_text(n)
            )
        },
        "cut them to statements, or see whether quotation marks or line ends swallowed several rows",
        long.map(|(located, n)| located.place(format!("{n} characters"))).collect(),
    ));
    findings
}
