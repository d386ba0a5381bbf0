//! Text for people: a table with bars that fits 80 columns, then the statements that carry each lean, then changes.

use std::io::{self, Write};

use comfy_table::{ColumnConstraint, Width};

use super::{Row, basis, heading, notes, rows, title};
use crate::report::render::Look;
use crate::report::table::{harmless, rendered, score, stance, table};
use crate::summary::{CrossTable, Lean, Summary, SummaryFigures, View};

/// Columns of a bar from -1 to 1.
const BAR: usize = 19;

/// Speakers whose statements are shown below the table.
const N_CARRIED: usize = 10;

/// Code points of a statement below the table.
const MAX_STATEMENT: usize = 300;

/// Code points of a name in the table; longer ones lose their end.
const MAX_NAME: usize = 60;

/// Writes the summary as text.
pub(super) fn text(summary: &Summary, look: Look, out: &mut dyn Write) -> io::Result<()> {
    if let Some(cross) = &summary.cross {
        return cross_table(cross, out);
    }
    writeln!(out, "{}: {}\n", harmless(&title(summary)), basis(summary))?;
    let mut table = table(&[&heading(summary), ">Said", ">About it", "against 0  favor", ">Score", "Lean"]);
    table.set_constraints([
        ColumnConstraint::UpperBoundary(Width::Fixed(27)),
        ColumnConstraint::ContentWidth,
        ColumnConstraint::ContentWidth,
        ColumnConstraint::Absolute(Width::Fixed(BAR as u16 + 2)),
        ColumnConstraint::ContentWidth,
        ColumnConstraint::UpperBoundary(Width::Fixed(12)),
    ]);
    let rows = rows(summary);
    for Row { name, figures, .. } in &rows {
        table.add_row([
            shortened(&harmless(name), MAX_NAME),
            figures.statements.to_string(),
            figures.related().to_string(),
            bar(figures),
            score(figures.score),
            lean(figures, look),
        ]);
    }
    writeln!(out, "{}", rendered(&table))?;
    // Statements of nobody in particular carry nobody's lean.
    let is_told = |row: &&Row<'_>| summary.by != View::Speaker || row.speaker.is_some();
    carried(rows.iter().filter(is_told), look, out)?;
    changes(&rows, out)?;
    for note in notes(summary) {
        for line in wrapped(&note, 80) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// The interval of the score between -1 and 1 as a line, the score as a dot on it, zero as a mark.
fn bar(figures: &SummaryFigures) -> String {
    let middle = BAR / 2;
    let place = |value: f64| ((value.clamp(-1.0, 1.0) + 1.0) / 2.0 * (BAR - 1) as f64).round() as usize;
    let mut cells = vec![' '; BAR];
    cells[middle] = '┊';
    if let Some([low, high]) = figures.score_interval {
        cells[place(low)..=place(high)].fill('─');
    }
    match figures.score {
        Some(score) => cells[place(score)] = '●',
        None => cells[middle] = ' ',
    }
    cells.into_iter().collect::<String>().trim_end().to_owned()
}

fn lean(figures: &SummaryFigures, look: Look) -> String {
    match figures.lean {
        Lean::TooLittle if figures.related() == 0 => "–".to_owned(),
        Lean::TooLittle => "too little".to_owned(),
        lean if figures.only_leans() => format!("leans {}", stance(lean.name(), look)),
        lean => stance(lean.name(), look),
    }
}

fn carried<'r>(rows: impl Iterator<Item = &'r Row<'r>>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let is_leaning = |row: &&Row<'_>| row.figures.lean != Lean::TooLittle && !row.figures.carrying.is_empty();
    let mut leaning = rows.filter(is_leaning).take(N_CARRIED).peekable();
    if leaning.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "What the leans rest on\n")?;
    for Row { name, figures, .. } in leaning {
        let name = shortened(&harmless(name), MAX_NAME);
        writeln!(out, "{name}: {}", stance(figures.lean.name(), look))?;
        for statement in &figures.carrying {
            let [start, end] = [
                statement.content.first().map_or(0, |span| span[0]),
                statement.content.last().map_or(0, |span| span[1]),
            ];
            let date = statement.date.map_or_else(String::new, |date| format!(", {date}"));
            let label = harmless(&statement.stance.label);
            let said = shortened(&harmless(&statement.text), MAX_STATEMENT);
            let line = format!(
                "{label} {}: {said} [{}{date}, {start}-{end}]",
                score(Some(statement.stance.score)),
                shortened(&harmless(&statement.article), MAX_NAME),
            );
            for (n_before, line) in wrapped(&line, 76).iter().enumerate() {
                writeln!(out, "{}{line}", if n_before == 0 { "  " } else { "    " })?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

fn changes(rows: &[Row<'_>], out: &mut dyn Write) -> io::Result<()> {
    let mut changed =
        rows.iter().filter_map(|row| Some((row, row.figures.change.filter(|c| c.is_significant)?))).peekable();
    if changed.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "Changes over time\n")?;
    for (Row { name, figures, .. }, change) in changed {
        let day = |day: Option<jiff::civil::Date>| day.map_or_else(String::new, |day| day.to_string());
        let line = format!(
            "{}: from {} ({}) to {} ({}), {} articles, adjusted p {:.3}",
            shortened(&harmless(name), MAX_NAME),
            score(Some(change.from)),
            day(figures.first),
            score(Some(change.to)),
            day(figures.last),
            change.articles,
            change.p_adjusted,
        );
        for line in wrapped(&line, 80) {
            writeln!(out, "{line}")?;
        }
    }
    writeln!(out)
}

fn cross_table(cross: &CrossTable, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Statements by {} and {}\n", cross.row_dimension.name(), cross.column_dimension.name())?;
    // What does not fit 80 columns is for a spreadsheet; here the rest is added up.
    let n_shown = if cross.columns.len() > 6 { 5 } else { cross.columns.len() };
    let mut headings = vec![cross.row_dimension.name().to_owned()];
    headings.extend(cross.columns[..n_shown].iter().map(|name| format!(">{}", shortened(&harmless(name), 12))));
    if n_shown < cross.columns.len() {
        headings.push(">others".to_owned());
    }
    headings.push(">all".to_owned());
    let mut table = table(&headings.iter().map(String::as_str).collect::<Vec<_>>());
    for (row, counts) in cross.rows.iter().zip(&cross.counts) {
        let mut cells = vec![shortened(&harmless(row), MAX_NAME)];
        cells.extend(counts[..n_shown].iter().map(usize::to_string));
        if n_shown < counts.len() {
            cells.push(counts[n_shown..].iter().sum::<usize>().to_string());
        }
        cells.push(counts.iter().sum::<usize>().to_string());
        table.add_row(cells);
    }
    write!(out, "{}", rendered(&table))
}

/// At most `limit` code points, with an ellipsis where some are missing.
pub(super) fn shortened(text: &str, limit: usize) -> String {
    if text.chars().nth(limit).is_none() {
        text.to_owned()
    } else {
        text.chars().take(limit - 1).chain(['…']).collect()
    }
}

/// The text in lines of at most `width` columns, broken between words where it can be.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
    let mut lines: Vec<String> = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let long = word.width();
        if used > 0 && used + 1 + long > width {
            lines.push(String::new());
            used = 0;
        } else if used > 0 {
            lines.last_mut().into_iter().for_each(|line| line.push(' '));
            used += 1;
        }
        for c in word.chars() {
            let wide = c.width().unwrap_or(0);
            if used + wide > width {
                lines.push(String::new());
                used = 0;
            }
            lines.last_mut().into_iter().for_each(|line| line.push(c));
            used += wide;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_inside_endless_ones() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped(&"x".repeat(10), 4), ["xxxx", "xxxx", "xx"]);
        assert_eq!(wrapped("本本本", 4), ["本本", "本"]);
    }
}
