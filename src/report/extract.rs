//! What `extract` prints: attributions alone, as text, JSON lines, JSON or CSV.

use std::io::Write;

use serde_json::{Value, json};

use crate::article::Article;
use crate::attribution::{Attributions, Speaker};
use crate::span::{CodePoints, Span};

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
                "speaker": attribution.speaker.map(|index| &found.speakers[index].name),
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
        "mentions": points.spans(&speaker.mentions),
    })
}

/// The columns of [`csv_rows`].
pub const CSV_HEADER: [&str; 8] = ["article", "n", "kind", "speaker", "type", "source", "cue", "text"];

/// One row an attribution, in the columns of [`CSV_HEADER`].
#[must_use]
pub fn csv_rows(article: &Article, found: &Attributions) -> Vec<[String; 8]> {
    let joined = |spans: &[Span]| joined(&article.text, spans);
    let rows = found.attributions.iter().enumerate().map(|(n, attribution)| {
        let speaker = attribution.speaker.map(|index| &found.speakers[index]);
        [
            article.id.clone(),
            (n + 1).to_string(),
            attribution.kind.name().to_owned(),
            speaker.map_or_else(String::new, |speaker| speaker.name.clone()),
            speaker.map_or("", |speaker| speaker.kind.name()).to_owned(),
            joined(&attribution.source),
            joined(&attribution.cue),
            joined(&attribution.content),
        ]
    });
    rows.collect()
}

/// The statements of one article, one a block, then its speakers.
///
/// # Errors
/// Where `out` cannot be written to.
pub fn text(out: &mut impl Write, article: &Article, found: &Attributions) -> std::io::Result<()> {
    writeln!(out, "{}: {} statements, {} speakers", article.id, found.attributions.len(), found.speakers.len())?;
    for (n, attribution) in found.attributions.iter().enumerate() {
        let speaker = attribution.speaker.map_or("(nobody named)", |index| &found.speakers[index].name);
        let content = joined(&article.text, &attribution.content);
        writeln!(out, "\n{:>3}. {} [{}]\n     {}", n + 1, speaker, attribution.kind.name(), content)?;
    }
    if !found.speakers.is_empty() {
        writeln!(out, "\nspeakers")?;
    }
    for (index, speaker) in found.speakers.iter().enumerate() {
        let n = found.attributions.iter().filter(|attribution| attribution.speaker == Some(index)).count();
        writeln!(out, "  {:>3}  {} ({})", n, speaker.name, speaker.kind.name())?;
    }
    Ok(())
}

fn joined(text: &str, spans: &[Span]) -> String {
    spans.iter().map(|span| span.of(text)).collect::<Vec<_>>().join(" … ")
}
