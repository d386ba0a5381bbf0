//! The one look of all tables on a terminal: no frame, a line below the header, at most [`WIDTH`] columns.

use anstyle::{AnsiColor, Color, Style};
use comfy_table::{
    Cell, CellAlignment, ContentArrangement, ContentLineStyle, LineStyle, Table as ComfyTable, TableStyle,
};

use super::render::Look;
pub use super::terminal::harmless;
use crate::labeled::Stance;

/// Tables fit a terminal of this many columns, the narrowest that people still use.
pub const WIDTH: u16 = 80;

const LINES: TableStyle = TableStyle::new()
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .header_lines(ContentLineStyle::none())
    .content_lines(ContentLineStyle::none());

/// A table with the given column headings; headings that start with `>` are flush right, cells below them too.
#[must_use]
pub fn table(headings: &[&str]) -> ComfyTable {
    let mut table = ComfyTable::new();
    table.load_style(LINES).set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    // The library never looks at the terminal.
    #[cfg(feature = "cli")]
    table.force_no_tty();
    table.set_header(headings.iter().map(|heading| Cell::new(heading.trim_start_matches('>'))));
    for (heading, column) in headings.iter().zip(table.column_iter_mut()) {
        if heading.starts_with('>') {
            column.set_cell_alignment(CellAlignment::Right);
        }
        column.set_padding((0, 2));
    }
    table
}

/// The table as lines without white space at their ends.
#[must_use]
pub fn rendered(table: &ComfyTable) -> String {
    let mut text = table.trim_fmt();
    text.push('\n');
    text
}

/// A label in its colour: green for, red against, blue for neither; plain where colour is off, and without the
/// feature `cli`, whose tables alone can tell colours from text.
pub(super) fn stance(label: &str, look: Look) -> String {
    let style = match Stance::named(label) {
        Some(Stance::Favor) => AnsiColor::Green,
        Some(Stance::Against) => AnsiColor::Red,
        Some(Stance::Neutral) => AnsiColor::Blue,
        _ => AnsiColor::BrightBlack,
    };
    if !look.colour || !cfg!(feature = "cli") {
        return label.to_owned();
    }
    let style = Style::new().fg_color(Some(Color::Ansi(style)));
    format!("{style}{label}{style:#}")
}

/// A score with sign and two digits, a dash where there is none.
#[must_use]
pub fn score(score: Option<f64>) -> String {
    // Adding zero turns -0.0 into 0.0.
    score.map_or_else(|| "–".to_owned(), |score| format!("{:+.2}", (score * 100.0).round() / 100.0 + 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_have_a_sign_and_no_negative_zero() {
        assert_eq!(score(Some(-0.001)), "+0.00");
        assert_eq!(score(Some(-0.5)), "-0.50");
        assert_eq!(score(None), "–");
    }
}
