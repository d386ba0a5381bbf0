//! Markdown: the table, then the statements that carry the leans as quotations.

use std::io::{self, Write};

use super::{Row, basis, heading, notes, rows, title};
use crate::report::table::{harmless, score};
use crate::summary::{Lean, Summary, SummaryFigures};

/// Speakers whose statements are quoted.
const N_CARRIED: usize = 20;

/// Writes the summary as Markdown.
pub(super) fn markdown(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    if let Some(cross) = &summary.cross {
        writeln!(out, "# Statements by {} and {}\n", cross.row_dimension.name(), cross.column_dimension.name())?;
        let columns: Vec<String> = cross.columns.iter().map(|name| escaped(name)).collect();
        writeln!(out, "| {} | {} |", cross.row_dimension.name(), columns.join(" | "))?;
        writeln!(out, "|---|{}", "---:|".repeat(columns.len()))?;
        for (row, counts) in cross.rows.iter().zip(&cross.counts) {
            let counts: Vec<String> = counts.iter().map(usize::to_string).collect();
            writeln!(out, "| {} | {} |", escaped(row), counts.join(" | "))?;
        }
        return Ok(());
    }
    writeln!(out, "# {}\n\n{}.\n", escaped(&title(summary)), basis(summary))?;
    writeln!(out, "| {} | said | favor | against | neutral | score | 95 % | lean |", heading(summary))?;
    writeln!(out, "|---|---:|---:|---:|---:|---:|---|---|")?;
    let rows = rows(summary);
    for Row { name, figures, .. } in &rows {
        let SummaryFigures { statements, favor, against, neutral, lean, .. } = figures;
        let interval = figures
            .score_interval
            .map_or_else(|| "–".to_owned(), |[low, high]| format!("{} to {}", score(Some(low)), score(Some(high))));
        writeln!(
            out,
            "| {} | {statements} | {favor} | {against} | {neutral} | {} | {interval} | {} |",
            escaped(name),
            score(figures.score),
            lean.name(),
        )?;
    }
    writeln!(out)?;
    for Row { name, figures, .. } in rows.iter().filter(|row| row.figures.lean != Lean::TooLittle).take(N_CARRIED) {
        if figures.carrying.is_empty() {
            continue;
        }
        writeln!(out, "## {}: {}\n", escaped(name), figures.lean.name())?;
        for statement in &figures.carrying {
            let date = statement.date.map_or_else(String::new, |date| format!(", {date}"));
            let start = statement.content.first().map_or(0, |span| span[0]);
            let end = statement.content.last().map_or(0, |span| span[1]);
            writeln!(
                out,
                "> {}\n>\n> {}, {} ({}{date}, {start}-{end})\n",
                escaped(&statement.text),
                escaped(&statement.stance.label),
                score(Some(statement.stance.score)),
                escaped(&statement.article),
            )?;
        }
    }
    for note in notes(summary) {
        writeln!(out, "- {note}")?;
    }
    Ok(())
}

/// Text from outside as text: nothing in it is markup, a link, a table's border or HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in harmless(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            // A colon between word characters may make a link of its own ("http://"), "@" and "www." a mention.
            ':' => safe.push_str("&#58;"),
            '@' => safe.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '-' | '.' | '!' | '|' | '~'
            | '=' => {
                safe.push('\\');
                safe.push(c);
            }
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_is_markup() {
        assert_eq!(
            escaped("<script>|[x](javascript:y)\n# http://z"),
            "&lt;script&gt;\\|\\[x\\]\\(javascript&#58;y\\) \\# http&#58;//z"
        );
    }
}
