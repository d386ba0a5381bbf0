//! What `extract` prints: attributions alone, as text, JSON Lines, JSON, CSV or HTML.

mod html;
mod text;
mod writers;

use serde_json::{Value, json};

use crate::article::Article;
use crate::attribution::{Attributions, Link, Speaker};
use crate::span::{CodePoints, Span};

use html::html;
use text::text;
pub use writers::{ExtractWriter, writer};

/// One article as the object that `extract --format jsonl` prints on a line; offsets count code points.
#[must_use]
pub fn json(article: &Article, found: &Attributions) -> Value {
    let points = CodePoints::new(&article.text);
    let quotes: Vec<Value> = found
        .attributions
        .iter()
        .map(|attribution| {
            json!({
                "content": points.spans(&attribution.content),
                "source": points.spans(&attribution.source),
                "cue": points.spans(&attribution.cue),
                "kind": attribution.kind,
                "mode": attribution.mode,
                "speaker": attribution.speaker.map(|index| &found.speakers[index].name),
                "link": attribution.link,
            })
        })
        .collect();
    let speakers: Vec<Value> = found.speakers.iter().map(|speaker| speaker_json(speaker, &points)).collect();
    json!({ "id": article.id, "quotes": quotes, "speakers": speakers })
}

fn speaker_json(speaker: &Speaker, points: &CodePoints<'_>) -> Value {
    json!({
        "name": speaker.name,
        "type": speaker.kind,
        "role": speaker.role,
        "affiliation": speaker.affiliation,
        "aliases": speaker.aliases,
        "mentions": points.spans(&speaker.mentions),
    })
}

/// The columns of [`csv_rows`].
const CSV_HEADER: [&str; 10] = ["article", "n", "kind", "mode", "speaker", "type", "link", "source", "cue", "text"];

/// One row an attribution, in the columns of [`CSV_HEADER`].
fn csv_rows(article: &Article, found: &Attributions) -> Vec<[String; 10]> {
    let joined = |spans: &[Span]| joined(&article.text, spans);
    let rows = found.attributions.iter().enumerate().map(|(n, attribution)| {
        let speaker = attribution.speaker.map(|index| &found.speakers[index]);
        [
            article.id.clone(),
            (n + 1).to_string(),
            attribution.kind.name().to_owned(),
            attribution.mode.name().to_owned(),
            speaker.map_or_else(String::new, |speaker| speaker.name.clone()),
            speaker.map_or("", |speaker| speaker.kind.name()).to_owned(),
            attribution.link.map_or("", Link::name).to_owned(),
            joined(&attribution.source),
            joined(&attribution.cue),
            joined(&attribution.content),
        ]
    });
    rows.collect()
}

/// A stretch of an article: what it is, and of which attribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    span: Span,
    role: Role,
    attribution: usize,
}

/// What a stretch is to its attribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Content,
    Source,
    Cue,
}

/// Contents, sources and cues in the order of the text, no two of them overlapping: two attributions may share a source.
fn pieces(found: &Attributions) -> Vec<Piece> {
    let mut all = Vec::new();
    for (attribution, each) in found.attributions.iter().enumerate() {
        for (role, spans) in [(Role::Content, &each.content), (Role::Source, &each.source), (Role::Cue, &each.cue)] {
            all.extend(spans.iter().map(|&span| Piece { span, role, attribution }));
        }
    }
    all.sort_by_key(|piece| (piece.span.start, piece.role, piece.attribution));
    let mut end = 0;
    all.retain(|piece| {
        let is_free = piece.span.start >= end && !piece.span.is_empty();
        if is_free {
            end = piece.span.end;
        }
        is_free
    });
    all
}

fn joined(text: &str, spans: &[Span]) -> String {
    spans.iter().map(|span| span.of(text)).collect::<Vec<_>>().join(" … ")
}
