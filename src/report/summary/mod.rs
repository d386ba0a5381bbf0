//! What `summarize` writes, and `score` at its end: one file a format, all from the same [`Summary`].
//!
//! Names and texts come from articles that anybody may have written, so every writer makes them harmless in its own way.

mod csv;
mod html;
mod markdown;
mod text;
mod why;

use std::io::{self, Write};

use self::csv::csv;
use markdown::markdown;
use text::text;

use crate::attribution::SpeakerType;
use crate::report::render::{Look, Render, ReportFormat, json};
use crate::summary::{SpeakerSummary, Summary, SummaryFigures};

pub use html::{ArticlePage, page};
pub use why::why;

impl Render for Summary {
    /// Every format; the page without articles ([`page`] shows them).
    fn render(&self, format: ReportFormat, look: Look, out: &mut dyn Write) -> io::Result<()> {
        match format {
            ReportFormat::Text => text(self, look, out),
            ReportFormat::Json => json(self, out),
            ReportFormat::JsonLines => json_lines(self, out),
            ReportFormat::Csv => csv(self, out),
            ReportFormat::Markdown => markdown(self, out),
            ReportFormat::Html => page(self, &[], out),
        }
    }
}

/// One speaker or group a line; a cross table one row a line.
fn json_lines(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    if let Some(cross) = &summary.cross {
        for (row, counts) in cross.rows.iter().zip(&cross.counts) {
            let cells: serde_json::Map<String, serde_json::Value> =
                cross.columns.iter().cloned().zip(counts.iter().map(|&n| n.into())).collect();
            let line = serde_json::json!({ cross.row_dimension.name(): row, cross.column_dimension.name(): cells });
            serde_json::to_writer(&mut *out, &line)?;
            out.write_all(b"\n")?;
        }
        return Ok(());
    }
    for speaker in &summary.speakers {
        serde_json::to_writer(&mut *out, speaker)?;
        out.write_all(b"\n")?;
    }
    for group in &summary.groups {
        serde_json::to_writer(&mut *out, group)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// A row of any table: a speaker or a group.
struct Row<'s> {
    name: String,
    speaker: Option<&'s SpeakerSummary>,
    figures: &'s SummaryFigures,
}

/// All rows in the order of the summary, speakers before groups.
fn rows(summary: &Summary) -> Vec<Row<'_>> {
    let speaker = |speaker: &'_ SpeakerSummary| match &speaker.role {
        Some(role) if speaker.kind == SpeakerType::Person => format!("{}, {role}", speaker.name),
        _ => speaker.name.clone(),
    };
    let speakers = summary.speakers.iter().map(|s| Row { name: speaker(s), speaker: Some(s), figures: &s.figures });
    let groups = summary.groups.iter().map(|g| Row { name: g.name.clone(), speaker: None, figures: &g.figures });
    speakers.chain(groups).collect()
}

/// What the rows are, as a heading.
fn heading(summary: &Summary) -> String {
    let name = summary.by.name();
    name[..1].to_uppercase() + &name[1..]
}

/// What the page is about, in one line.
fn title(summary: &Summary) -> String {
    let target = if summary.target.is_empty() { "several targets" } else { &summary.target };
    format!("Stance toward {target}")
}

/// What the figures rest on, in one line.
fn basis(summary: &Summary) -> String {
    let Summary { statements, articles, .. } = summary;
    format!("{} in {}", counted(*statements, "statement"), counted(*articles, "article"))
}

/// "1 statement", "1,200 statements".
fn counted(n: usize, noun: &str) -> String {
    let digits = n.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped} {noun}{}", if n == 1 { "" } else { "s" })
}

/// How the figures were made and what they do not say; one sentence a line.
fn notes(summary: &Summary) -> Vec<String> {
    let mut notes = vec![
        "Score: p(favor) - p(against), the mean of the statements about the target, with its 95 % interval.".to_owned(),
        if summary.is_general {
            "Lean: in general; said only where the 95 % interval of the shares says it.".to_owned()
        } else {
            "Lean: on which side the statements in these texts are; said where that is 90 % sure, \"leans\" from 75 %."
                .to_owned()
        },
    ];
    if summary.uncertain > 0 {
        notes.push(format!(
            "{} uncertain: counted as said, but as taking no side, and in no score, share or lean.",
            counted(summary.uncertain, "statement") + if summary.uncertain == 1 { " is" } else { " are" }
        ));
    }
    notes.push(if summary.is_corrected {
        "Shares are corrected for the errors that the model made on data held out from its training.".to_owned()
    } else if summary.uncertain > 0 {
        "Shares are those of the model's labels: its known errors are those on all statements, not on the sure ones."
            .to_owned()
    } else {
        "Shares are those of the model's labels; its errors are not corrected, because its confusion is not known."
            .to_owned()
    });
    if summary.left_out > 0 {
        notes.push(format!("{} left out.", counted(summary.left_out, "row")));
    }
    notes
}
