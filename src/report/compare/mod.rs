//! The comparison of models in each format: text for a terminal, JSON with everything, CSV with one figure a line,
//! Markdown to paste, one HTML page.

mod csv;
mod html;
mod markdown;
mod text;

pub use csv::write_csv;
pub use html::html;
pub use markdown::markdown;
pub use text::text;

use crate::evaluate::{Comparison, Pair};

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
