//! Why a model labels a text so: the text with its words coloured, and the features that weigh most.

use std::io::{self, Write};

use anstyle::{AnsiColor, Color, Style};
use serde_json::{Map, Value};

use super::render::{self, Look, Render, ReportFormat, unsupported};
use super::table;
use crate::model::{Explanation, Model};

/// Why a model labels a text so.
#[derive(Debug, Clone)]
pub struct Explained<'m> {
    model: &'m Model,
    text: &'m str,
    explanation: Explanation,
}

impl<'m> Explained<'m> {
    /// Asks the model about a text and what its stance is toward, where the model tells targets apart.
    #[must_use]
    pub fn new(model: &'m Model, text: &'m str, target: Option<&str>) -> Self {
        Self { model, text, explanation: model.explain(text, target) }
    }
}

impl Render for Explained<'_> {
    /// Text and JSON, with the features that weigh most as examples.
    fn render(&self, format: ReportFormat, look: Look, out: &mut dyn Write) -> io::Result<()> {
        match format {
            ReportFormat::Text => write_text(self, look, out),
            ReportFormat::Json => render::json(&json(self, look.examples), out),
            _ => Err(unsupported("an explanation", format)),
        }
    }
}

/// A piece is marked from this part of the strongest piece's contribution on.
const WEAK: f64 = 0.15;

fn write_text(of: &Explained<'_>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let Explained { model, text, explanation } = of;
    let label = explanation.classification.label;
    let labels = model.labels();
    writeln!(out, "{}\n", marked(text, explanation, look))?;
    let legend = if look.colour { "green for, red against" } else { "[+ for], [- against]" };
    writeln!(out, "{}: {legend}\n", table::stance(&labels[label], look))?;
    let mut headings = vec!["feature".to_owned(), "kind".to_owned()];
    headings.extend(labels.iter().map(|label| format!(">{label}")));
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let mut rows = table::table(&headings);
    let row = |name: String, kind: &str, scores: &[f64]| {
        let cells = scores.iter().map(|&score| table::score(Some(score)));
        [name, kind.to_owned()].into_iter().chain(cells).collect::<Vec<_>>()
    };
    let n_shown = look.examples.min(explanation.contributions.len());
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
fn marked(text: &str, explanation: &Explanation, look: Look) -> String {
    let pieces: Vec<&str> = text.split_whitespace().collect();
    let sums = explanation.by_piece(explanation.classification.label, pieces.len());
    let strongest = sums.iter().fold(0.0_f64, |largest, sum| largest.max(sum.abs()));
    let mark = |(piece, &sum): (&&str, &f64)| {
        let piece = table::harmless(piece);
        if strongest == 0.0 || sum.abs() < WEAK * strongest {
            return piece;
        }
        let (ansi, sign) = if sum > 0.0 { (AnsiColor::Green, '+') } else { (AnsiColor::Red, '-') };
        if look.colour {
            let style = Style::new().fg_color(Some(Color::Ansi(ansi)));
            let style = if sum.abs() > 0.5 * strongest { style.bold() } else { style };
            format!("{style}{piece}{style:#}")
        } else {
            format!("[{sign}{piece}]")
        }
    };
    pieces.iter().zip(&sums).map(mark).collect::<Vec<_>>().join(" ")
}

fn json(of: &Explained<'_>, top: usize) -> Value {
    let Explained { model, text, explanation } = of;
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
        ("text".to_owned(), (*text).into()),
        ("label".to_owned(), model.labels()[explanation.classification.label].as_str().into()),
        ("probabilities".to_owned(), by_label(&explanation.classification.probabilities)),
        ("scores".to_owned(), by_label(&explanation.scores())),
        ("intercept".to_owned(), by_label(&explanation.intercept)),
        ("features".to_owned(), explanation.contributions.len().into()),
        ("explanation".to_owned(), contributions.collect()),
    ]))
}
