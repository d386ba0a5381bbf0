//! Attribution alone, as JSON: `cargo run --release --example extract`
#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use onrecord::attribution::{Attributions, Extractor};

/// Finds who said what, and takes it over a border as JSON.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = "“The bridge is closed,” said Tarek Ostrani, a spokesman for the port. It will open, he added.";
    let found = Extractor::builtin().extract(text);
    let json = serde_json::to_string(&found)?;
    let again: Attributions = serde_json::from_str(&json)?;
    assert_eq!(again, found);
    for attribution in &found.attributions {
        let speaker = attribution.speaker.map_or("somebody", |speaker| found.speakers[speaker].name.as_str());
        println!("{speaker}: {}", attribution.content[0].of(text));
    }
    Ok(())
}
