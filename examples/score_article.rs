//! One article: who said what, and where they stand. `cargo run --release --example score_article`
#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use onrecord::{Article, Scorer};

/// Scores an article that is in memory.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = "President Ilse Marn said on Monday that foreign troops must leave the island. “We reject any form of \
                military intervention,” Marn told reporters.";
    let scorer = Scorer::builtin()?.claims(onrecord::Model::builtin_claims()?);
    for statement in scorer.score(&Article::new("a1", text)) {
        let speaker = statement.speaker.map_or_else(|| "somebody".to_owned(), |speaker| speaker.name);
        println!("{speaker} is {}: {}", statement.stance.label, statement.text);
    }
    Ok(())
}
