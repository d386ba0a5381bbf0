//! The accuracy report in each format: text for a terminal, JSON with everything, CSV with one figure a line, Markdown to
//! paste, one HTML page.

mod csv;
mod html;
mod markdown;
mod text;

use std::io::{self, Write};

use csv::write_csv;
use html::html;
use markdown::markdown;
use text::text;

use crate::evaluate::{AccuracyReport, Subject};
use crate::report::render::io_error;
use crate::report::render::{Look, Render, ReportFormat, json, unsupported};

impl Render for AccuracyReport {
    /// Text, JSON, CSV, Markdown and HTML.
    fn render(&self, format: ReportFormat, look: Look, out: &mut dyn Write) -> io::Result<()> {
        match format {
            ReportFormat::Text => out.write_all(text(self, look).as_bytes()),
            ReportFormat::Json => json(self, out),
            ReportFormat::Csv => write_csv(self, out).map_err(io_error),
            ReportFormat::Markdown => out.write_all(markdown(self).as_bytes()),
            ReportFormat::Html => out.write_all(html(self).as_bytes()),
            ReportFormat::JsonLines => Err(unsupported("an accuracy report", format)),
        }
    }
}

fn title(subject: &Subject) -> String {
    format!("Accuracy of {} on {}", subject.model, subject.data)
}

/// What the table of sets is of.
const fn sets_title(report: &AccuracyReport) -> &'static str {
    match report.set_level {
        Some(_) => "The model's sets of labels: do they hold the right one as often as wanted",
        None => "Sets of labels that hold the right one as often as wanted, fitted to these rows",
    }
}

/// The value of a slice, said where it is empty.
pub(super) fn slice_name(value: &str) -> &str {
    if value.is_empty() { "(none)" } else { value }
}
