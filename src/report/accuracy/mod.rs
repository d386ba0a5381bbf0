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

use crate::evaluate::{Estimate, Subject};

/// A figure with three digits; a dash where it is not defined.
fn figure(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

/// "0.681–0.753", or nothing where there is no interval.
fn interval(estimate: &Estimate) -> String {
    match (estimate.low, estimate.high) {
        (Some(low), Some(high)) => format!("{low:.3}–{high:.3}"),
        _ => String::new(),
    }
}

/// A count: whole where it is whole.
fn count(value: f64) -> String {
    if (value - value.round()).abs() < 1e-9 { format!("{value:.0}") } else { format!("{value:.1}") }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

fn title(subject: &Subject) -> String {
    format!("Accuracy of {} on {}", subject.model, subject.data)
}

/// The value of a slice, said where it is empty.
fn slice_name(value: &str) -> &str {
    if value.is_empty() { "(none)" } else { value }
}
