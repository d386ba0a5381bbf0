//! The accuracy report in each format: text for a terminal, JSON with everything, CSV with one figure a line, Markdown to
//! paste, one HTML page.

mod csv;
mod html;
mod markdown;
mod text;

pub use csv::write_csv;
pub use html::html;
pub use markdown::markdown;
pub use text::text;

use crate::evaluate::{AccuracyReport, Subject};

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
