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

use crate::evaluate::Subject;

fn title(subject: &Subject) -> String {
    format!("Accuracy of {} on {}", subject.model, subject.data)
}

/// The value of a slice, said where it is empty.
fn slice_name(value: &str) -> &str {
    if value.is_empty() { "(none)" } else { value }
}
