//! An article for the terminal: its text with the statements marked, then who made them.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::{Role, pieces};
use crate::article::Article;
use crate::attribution::{Attributions, Speaker};
use crate::report::page::visible;
use crate::report::render::Look;

/// Columns of the text.
const WIDTH: usize = 80;

/// The article with each statement as `[1: ...]`, then the speakers with the numbers of their statements; where
/// reasons are wanted, below each speaker the sources that were taken for them, and the reason.
pub(super) fn text(article: &Article, found: &Attributions, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let count = |n: usize, noun: &str| format!("{n} {noun}{}", if n == 1 { "" } else { "s" });
    let (n_statements, n_speakers) = (found.attributions.len(), found.speakers.len());
    writeln!(out, "{}: {}, {}\n", article.id, count(n_statements, "statement"), count(n_speakers, "speaker"))?;
    for paragraph in marked(article, found).lines().filter(|line| !line.trim().is_empty()) {
        wrapped(out, paragraph, "", "")?;
        writeln!(out)?;
    }
    if n_statements > 0 {
        writeln!(out, "Statements")?;
    }
    for (index, speaker) in found.speakers.iter().enumerate() {
        said(out, found, Some(index), &described(speaker))?;
        if look.reasons {
            reasons(out, article, found, index)?;
        }
    }
    said(out, found, None, "nobody named")
}

/// The article's text with a bracket around each part of a statement.
fn marked(article: &Article, found: &Attributions) -> String {
    let mut marked = String::with_capacity(article.text.len() + 8 * found.attributions.len());
    let mut at = 0;
    for piece in pieces(found).into_iter().filter(|piece| piece.role == Role::Content) {
        marked.push_str(&article.text[at..piece.span.start]);
        marked.push_str(&format!("[{}: {}]", piece.attribution + 1, piece.span.of(&article.text)));
        at = piece.span.end;
    }
    marked.push_str(&article.text[at..]);
    visible(&marked).into_owned()
}

/// Name, type, role, affiliation and other names, as far as they are known.
fn described(speaker: &Speaker) -> String {
    let mut what = vec![speaker.kind.name().to_owned()];
    what.extend(speaker.role.clone());
    what.extend(speaker.affiliation.clone());
    let also =
        if speaker.aliases.is_empty() { String::new() } else { format!("; also {}", speaker.aliases.join(", ")) };
    visible(&format!("{} ({}{also})", speaker.name, what.join(", "))).into_owned()
}

fn said(out: &mut dyn Write, found: &Attributions, speaker: Option<usize>, who: &str) -> io::Result<()> {
    let numbers: Vec<String> = found
        .attributions
        .iter()
        .enumerate()
        .filter(|(_, attribution)| attribution.speaker == speaker)
        .map(|(n, attribution)| format!("{} {}", n + 1, attribution.kind.name()))
        .collect();
    if numbers.is_empty() {
        return Ok(());
    }
    wrapped(out, &format!("{who}: {}", numbers.join(", ")), "  ", "      ")
}

/// One line a source that was taken for the speaker: its words, and why.
fn reasons(out: &mut dyn Write, article: &Article, found: &Attributions, speaker: usize) -> io::Result<()> {
    let theirs = found.attributions.iter().enumerate().filter(|(_, attribution)| attribution.speaker == Some(speaker));
    for (n, attribution) in theirs {
        let Some(link) = attribution.link else { continue };
        let words = match attribution.source.first() {
            Some(source) => {
                format!("\u{201c}{}\u{201d}", source.of(&article.text).split_whitespace().collect::<Vec<_>>().join(" "))
            }
            None => "no source".to_owned(),
        };
        wrapped(out, &visible(&format!("{} {words}: {link}", n + 1)), "      ", "        ")?;
    }
    Ok(())
}

/// The words of `line` in lines of at most [`WIDTH`] columns; a longer word has a line for itself.
fn wrapped(out: &mut dyn Write, line: &str, first: &str, further: &str) -> io::Result<()> {
    let (mut lead, mut column) = (first, 0);
    for word in line.split_whitespace() {
        let width = word.width();
        if column > 0 && column + 1 + width > WIDTH {
            writeln!(out)?;
            (lead, column) = (further, 0);
        }
        let gap = if column == 0 { lead } else { " " };
        write!(out, "{gap}{word}")?;
        column += gap.width() + width;
    }
    writeln!(out)
}

#[cfg(all(test, feature = "builtin"))]
mod tests {
    use super::*;
    use crate::attribution::Extractor;

    #[test]
    fn statements_are_numbered_in_the_text_and_under_their_speaker() {
        let article = Article::new("a1", "“The bridge stays open,” said Mayor Ada Stark. “Nobody has to worry.”");
        let mut out = Vec::new();
        text(&article, &Extractor::builtin().extract(&article.text), Look::default(), &mut out).unwrap();
        let expected = "a1: 1 statement, 1 speaker\n\n[1: “The bridge stays open,”] said Mayor Ada Stark. [1: “Nobody has to worry.”]\n\n\
                        Statements\n  Ada Stark (person, Mayor): 1 direct\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn every_source_may_say_why_it_is_the_speaker_s() {
        let article = Article::new("a1", "Mayor Ada Stark said the bridge was safe. “It holds,” the mayor added.");
        let mut out = Vec::new();
        text(&article, &Extractor::builtin().extract(&article.text), Look::default().reasons(true), &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(out.contains("      1 “Mayor Ada Stark”: named by the source\n"), "{out}");
        assert!(out.contains("      2 “the mayor”: a post that the text gives them\n"), "{out}");
    }
}
