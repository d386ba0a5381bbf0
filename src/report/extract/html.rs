//! Articles as one self-contained page: statements in the colour of their speaker, sources bold, cues in italics.

use maud::{Markup, html as markup};

use super::{Piece, Role, pieces};
use crate::article::Article;
use crate::attribution::{Attributions, Speaker};
use crate::report::page::{Cell, Column, frame, table, text, visible};
use crate::span::Span;

/// Colours before they come round again.
const N_COLOURS: usize = 6;

/// One page of all articles, in the given order.
pub(super) fn html(articles: &[(Article, Attributions)]) -> String {
    let title = match articles {
        [(article, _)] => format!("Statements: {}", article.id),
        _ => format!("Statements of {} articles", articles.len()),
    };
    let body = markup! {
        p.faint { "A statement has the colour of its speaker; its source is bold, its cue in italics." }
        @for (article, found) in articles { (section(article, found)) }
    };
    frame(&title, body)
}

fn section(article: &Article, found: &Attributions) -> Markup {
    let mut at = 0;
    let mut stretches: Vec<(Span, Option<Piece>)> = Vec::new();
    for piece in pieces(found) {
        stretches.push((Span::new(at, piece.span.start), None));
        stretches.push((piece.span, Some(piece)));
        at = piece.span.end;
    }
    stretches.push((Span::new(at, article.text.len()), None));
    markup! {
        section {
            h2 { (text(&article.id)) }
            div.article {
                @for (span, piece) in stretches {
                    @match piece {
                        None => (visible(span.of(&article.text))),
                        Some(piece) => (marked(article, found, piece)),
                    }
                }
            }
            (speakers(found))
        }
    }
}

fn marked(article: &Article, found: &Attributions, piece: Piece) -> Markup {
    let attribution = &found.attributions[piece.attribution];
    let surface = text(piece.span.of(&article.text));
    match piece.role {
        Role::Source => markup! { b.source { (surface) } },
        Role::Cue => markup! { i.cue { (surface) } },
        Role::Content => {
            let who = attribution.speaker.map_or("nobody named", |index| &found.speakers[index].name);
            let title = format!("{}: {}, {}", piece.attribution + 1, who, attribution.kind.name());
            markup! { mark class=(colour(attribution.speaker)) title=(visible(&title)) { (surface) } }
        }
    }
}

/// The class of a speaker's colour.
fn colour(speaker: Option<usize>) -> String {
    speaker.map_or_else(|| "nobody".to_owned(), |index| format!("said{}", index % N_COLOURS))
}

fn speakers(found: &Attributions) -> Markup {
    let columns = [("speaker", false), ("type", false), ("role", false), ("affiliation", false), ("statements", true)]
        .map(|(heading, number)| Column { heading, number });
    let row = |(index, speaker): (usize, &Speaker)| {
        let n = found.attributions.iter().filter(|attribution| attribution.speaker == Some(index)).count();
        let name = markup! { mark class=(colour(Some(index))) { (text(&speaker.name)) } };
        vec![
            Cell::Markup(name, speaker.name.clone()),
            Cell::Text(speaker.kind.name().to_owned()),
            Cell::Text(speaker.role.clone().unwrap_or_default()),
            Cell::Text(speaker.affiliation.clone().unwrap_or_default()),
            Cell::Number(n.to_string(), n as f64),
        ]
    };
    let rows: Vec<_> = found.speakers.iter().enumerate().map(row).collect();
    markup! { @if !rows.is_empty() { (table("Speakers", &columns, &rows, true)) } }
}

#[cfg(all(test, feature = "builtin"))]
mod tests {
    use super::*;
    use crate::attribution::Extractor;

    #[test]
    fn hostile_text_stays_text() {
        let text = "“<script>alert(1)</script> is no joke,” said Mayor <b>Ada</b> Stark & Co. \u{202e}\u{0}";
        let found = Extractor::builtin().extract(text);
        let page = html(&[(Article::new("<i>", text), found)]);
        assert!(!page.contains("<script>alert") && !page.contains("<b>Ada") && !page.contains("<i>"));
        assert!(!page.contains(['\u{202e}', '\u{0}']));
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; is no joke"));
    }
}
