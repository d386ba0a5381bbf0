//! Running text on a terminal: lines of at most [`WIDTH`] columns, headings, warnings, quotations.

use std::fmt::Write;

use anstyle::{AnsiColor, Color, Style};

use super::render::Look;
use super::table::{WIDTH, harmless};

/// The text in bold where the terminal wants it.
pub(super) fn bold(text: &str, look: Look) -> String {
    let bold = Style::new().bold();
    if look.colour { format!("{bold}{text}{bold:#}") } else { text.to_owned() }
}

/// The text in a colour where the terminal wants it.
pub(super) fn coloured(text: &str, colour: AnsiColor, look: Look) -> String {
    let style = Style::new().fg_color(Some(Color::Ansi(colour)));
    if look.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

/// A warning as a sentence of its own.
pub(super) fn warning(out: &mut String, text: &str, look: Look) {
    let warning = format!("Warning: {}.", harmless(text));
    for line in wrapped(&warning, WIDTH.into()) {
        let _ = writeln!(out, "{}", coloured(&line, AnsiColor::Yellow, look));
    }
}

/// At most `limit` characters of a text from outside, in quotation marks, set in.
pub(super) fn quotation(out: &mut String, text: &str, limit: usize) {
    indented(out, &harmless(&format!("“{}”", shortened(text, limit))));
}

/// Like [`paragraph`], four columns in.
pub(super) fn indented(out: &mut String, text: &str) {
    for line in wrapped(text, usize::from(WIDTH) - 4) {
        let _ = writeln!(out, "    {line}");
    }
}

/// A heading with what stands below it.
pub(super) fn section(out: &mut String, heading: &str, body: &str) {
    let _ = write!(out, "\n{heading}\n{body}");
}

/// The text as lines of at most [`WIDTH`] columns.
pub(super) fn paragraph(out: &mut String, text: &str) {
    for line in wrapped(text, WIDTH.into()) {
        let _ = writeln!(out, "{line}");
    }
}

/// The text in lines of at most `width` columns, broken at blanks; a longer word is cut.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut columns = 0;
    for word in text.split(' ') {
        let wide = anstream::adapter::strip_str(word).to_string();
        let n = unicode_width::UnicodeWidthStr::width(wide.as_str());
        if columns > 0 && columns + 1 + n > width {
            lines.push(std::mem::take(&mut line));
            columns = 0;
        }
        if columns > 0 {
            line.push(' ');
            columns += 1;
        }
        if n <= width {
            line.push_str(word);
            columns += n;
            continue;
        }
        for c in word.chars() {
            let n = unicode_width::UnicodeWidthChar::width(c).unwrap_or(0);
            if columns + n > width {
                lines.push(std::mem::take(&mut line));
                columns = 0;
            }
            line.push(c);
            columns += n;
        }
    }
    lines.push(line);
    lines
}

/// At most `limit` characters, an ellipsis where some are missing.
pub(super) fn shortened(text: &str, limit: usize) -> String {
    let mut rest = text.chars();
    let head: String = rest.by_ref().take(limit - 1).collect();
    match (rest.next(), rest.next()) {
        (None, _) => head,
        (Some(last), None) => format!("{head}{last}"),
        _ => format!("{head}…"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks_and_long_words_are_cut() {
        assert_eq!(wrapped("ab cd ef", 5), ["ab cd", "ef"]);
        assert_eq!(wrapped("abcdefgh ij", 5), ["abcde", "fgh", "ij"]);
        assert_eq!(wrapped("日本語", 4), ["日本", "語"]);
    }

    #[test]
    fn short_texts_stay_whole() {
        assert_eq!(shortened("abcd", 4), "abcd");
        assert_eq!(shortened("abcde", 4), "abc…");
    }
}
