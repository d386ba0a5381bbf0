//! Why a model labels a text so: the text with its words coloured, and the features that weigh most.

use std::io::Write;

use anstyle::{AnsiColor, Color, Style};
use serde_json::{Map, Value};

use super::table;
use crate::model::{Explanation, Model};

/// How to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExplainFormat {
    /// For people, with colour or without.
    Text {
        /// Whether words are coloured; else they are marked with signs.
        colour: bool,
    },
    /// One object.
    Json,
}

/// Writes why the model labels a text so, with the `top` features that weigh most.
///
/// # Errors
/// Where the output cannot be written.
pub fn write(
    model: &Model,
    text: &str,
    target: Option<&str>,
    top: usize,
    format: ExplainFormat,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let explanation = model.explain(text, target);
    match format {
        ExplainFormat::Text { colour } => write_text(model, text, &explanation, top, colour, out),
        ExplainFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &json(model, text, &explanation, top))?;
            writeln!(out)
        }
    }
}

/// A piece is marked from this part of the strongest piece's contribution on.
const WEAK: f64 = 0.15;

fn write_text(
    model: &Model,
    text: &str,
    explanation: &Explanation,
    top: usize,
    colour: bool,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let label = explanation.classification.label;
    let labels = model.labels();
    writeln!(out, "{}\n", marked(text, explanation, colour))?;
    let legend = if colour { "green for, red against" } else { "[+ for], [- against]" };
    writeln!(out, "{}: {legend}\n", table::stance(&labels[label], colour))?;
    let mut headings = vec!["feature".to_owned(), "kind".to_owned()];
    headings.extend(labels.iter().map(|label| format!(">{label}")));
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let mut rows = table::table(&headings);
    let row = |name: String, kind: &str, scores: &[f64]| {
        let cells = scores.iter().map(|&score| table::score(Some(score)));
        [name, kind.to_owned()].into_iter().chain(cells).collect::<Vec<_>>()
    };
    let n_shown = top.min(explanation.contributions.len());
    let (shown, others) = explanation.contributions.split_at(n_shown);
    for contribution in shown {
        let name = table::harmless(&contribution.feature).replace(' ', "␣");
        rows.add_row(row(name, contribution.kind, &contribution.scores));
    }
    if !others.is_empty() {
        let mut sum = vec![0.0; labels.len()];
        for contribution in others {
            sum.iter_mut().zip(&contribution.scores).for_each(|(sum, score)| *sum += score);
        }
        rows.add_row(row(format!("{} others", others.len()), "", &sum));
    }
    rows.add_row(row("any text".into(), "", &explanation.intercept));
    rows.add_row(row("score".into(), "", &explanation.scores()));
    let probabilities = explanation.classification.probabilities.iter().map(|p| format!("{:.0} %", 100.0 * p));
    rows.add_row(["probability".to_owned(), String::new()].into_iter().chain(probabilities).collect::<Vec<_>>());
    write!(out, "{}", table::rendered(&rows))
}

/// The text with the pieces marked that speak for the label or against it.
fn marked(text: &str, explanation: &Explanation, colour: bool) -> String {
    let pieces: Vec<&str> = text.split_whitespace().collect();
    let sums = explanation.by_piece(explanation.classification.label, pieces.len());
    let strongest = sums.iter().fold(0.0_f64, |largest, sum| largest.max(sum.abs()));
    let mark = |(piece, &sum): (&&str, &f64)| {
        let piece = table::harmless(piece);
        if strongest == 0.0 || sum.abs() < WEAK * strongest {
            return piece;
        }
        let (ansi, sign) = if sum > 0.0 { (AnsiColor::Green, '+') } else { (AnsiColor::Red, '-') };
        if colour {
            let style = Style::new().fg_color(Some(Color::Ansi(ansi)));
            let style = if sum.abs() > 0.5 * strongest { style.bold() } else { style };
            format!("{style}{piece}{style:#}")
        } else {
            format!("[{sign}{piece}]")
        }
    };
    pieces.iter().zip(&sums).map(mark).collect::<Vec<_>>().join(" ")
}

fn json(model: &Model, text: &str, explanation: &Explanation, top: usize) -> Value {
    let by_label = |scores: &[f64]| {
        let pair = |(label, &score): (&String, &f64)| (label.clone(), Value::from(score));
        Value::Object(model.labels().iter().zip(scores).map(pair).collect())
    };
    let contributions = explanation.contributions.iter().take(top).map(|contribution| {
        Value::Object(Map::from_iter([
            ("feature".to_owned(), contribution.feature.as_str().into()),
            ("kind".to_owned(), contribution.kind.into()),
            ("contribution".to_owned(), by_label(&contribution.scores)),
        ]))
    });
    Value::Object(Map::from_iter([
        ("text".to_owned(), text.into()),
        ("label".to_owned(), model.labels()[explanation.classification.label].as_str().into()),
        ("probabilities".to_owned(), by_label(&explanation.classification.probabilities)),
        ("scores".to_owned(), by_label(&explanation.scores())),
        ("intercept".to_owned(), by_label(&explanation.intercept)),
        ("features".to_owned(), explanation.contributions.len().into()),
        ("explanation".to_owned(), contributions.collect()),
    ]))
}
