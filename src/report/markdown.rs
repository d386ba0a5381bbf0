//! Pieces of Markdown: pipe tables, and text that stays text.

use std::fmt::Write;

/// A row of a pipe table.
pub(super) fn row(out: &mut String, cells: impl IntoIterator<Item = String>) {
    let cells: Vec<String> = cells.into_iter().collect();
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

/// The line below the heading; the first column is flush left, the others right.
pub(super) fn rule(out: &mut String, n_columns: usize) {
    let _ = writeln!(out, "|---|{}", "--:|".repeat(n_columns.saturating_sub(1)));
}

/// Text that no Markdown program takes for markup or a new cell.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in super::table::harmless(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '#' | '~' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}
