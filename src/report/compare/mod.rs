//! The comparison of models in each format: text for a terminal, JSON with everything, CSV with one figure a line,
//! Markdown to paste, one HTML page.

mod csv;
mod html;
mod markdown;
mod text;

use std::io::{self, Write};

use csv::write_csv;
use html::html;
use markdown::markdown;
use text::text;

use crate::evaluate::{Comparison, Pair};
use crate::report::render::io_error;
use crate::report::render::{Look, Render, ReportFormat, json, unsupported};

impl Render for Comparison {
    /// Text, JSON, CSV, Markdown and HTML.
    fn render(&self, format: ReportFormat, look: Look, out: &mut dyn Write) -> io::Result<()> {
        match format {
            ReportFormat::Text => out.write_all(text(self, look).as_bytes()),
            ReportFormat::Json => json(self, out),
            ReportFormat::Csv => write_csv(self, out).map_err(io_error),
            ReportFormat::Markdown => out.write_all(markdown(self, look).as_bytes()),
            ReportFormat::Html => out.write_all(html(self).as_bytes()),
            ReportFormat::JsonLines => Err(unsupported("a comparison", format)),
        }
    }
}

/// "A", "B", ..., "Z", "M27": short names for columns; the real ones stand once above.
fn letter(model: usize) -> String {
    match u8::try_from(model) {
        Ok(index @ 0..=25) => char::from(b'A' + index).to_string(),
        _ => format!("M{}", model + 1),
    }
}

fn title(comparison: &Comparison) -> String {
    format!("{} models on {}", comparison.models.len(), comparison.data)
}

/// How the figures were made, as sentences.
fn method(comparison: &Comparison) -> String {
    let intervals = &comparison.intervals;
    let mut out = format!("{} rows.", comparison.rows);
    if intervals.resamples > 0 {
        let level = 100.0 * intervals.level;
        out += &format!(" Intervals: {level} %, {}, {} resamples.", intervals.method, intervals.resamples);
    }
    if let Some(units) = comparison.units.note() {
        out += &format!(" Units: {units}.");
    }
    out += &format!(
        " p: approximate randomization, {} random swaps. Differences are those of the second model less the first.",
        comparison.permutations
    );
    out
}

/// McNemar's test as a sentence.
fn mcnemar(comparison: &Comparison, pair: &Pair) -> String {
    let (a, b) = (&comparison.models[pair.first].name, &comparison.models[pair.second].name);
    let test = &pair.mcnemar;
    let p = super::figure::p_value(Some(test.p));
    let sign = if p.starts_with('<') { "" } else { "= " };
    format!(
        "Only {b} is right on {}, only {a} on {} rows (McNemar's exact test: p {sign}{p}).",
        test.second_only, test.first_only
    )
}
