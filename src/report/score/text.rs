//! Text for people: a table of statements for each article, then the table of speakers.

use std::io::{self, Write};

use comfy_table::{ColumnConstraint, Width};

use super::ScoreWriter;
use crate::attribution::SpeakerType;
use crate::report::table::{harmless, rendered, score, stance, table};
use crate::score::ScoredStatement;
use crate::summary::{SpeakerSummary, Summary};

/// Tables that fit 80 columns.
#[derive(Debug, Clone, Copy, Default)]
pub struct TextWriter {
    colour: bool,
    n_articles: usize,
    n_statements: usize,
}

impl TextWriter {
    /// With or without colour.
    #[must_use]
    pub const fn new(colour: bool) -> Self {
        Self { colour, n_articles: 0, n_statements: 0 }
    }
}

impl ScoreWriter for TextWriter {
    fn article(&mut self, id: &str, statements: &[ScoredStatement], out: &mut dyn Write) -> io::Result<()> {
        self.n_articles += 1;
        self.n_statements += statements.len();
        if statements.is_empty() {
            return writeln!(out, "{}: no statements\n", harmless(id));
        }
        let mut table = table(&["Stance", ">Score", "Speaker", "Statement"]);
        table.set_constraints([
            ColumnConstraint::ContentWidth,
            ColumnConstraint::ContentWidth,
            ColumnConstraint::UpperBoundary(Width::Fixed(24)),
        ]);
        for statement in statements {
            let speaker = statement.speaker.as_ref();
            table.add_row([
                stance(&statement.stance.label, self.colour),
                score(Some(statement.stance.score)),
                speaker.map_or_else(|| "–".to_owned(), |speaker| harmless(&speaker.name)),
                harmless(&statement.text),
            ]);
        }
        writeln!(out, "{}\n\n{}", harmless(id), rendered(&table))
    }

    fn finish(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        if self.n_statements == 0 {
            return Ok(());
        }
        let articles = if self.n_articles == 1 { "article" } else { "articles" };
        writeln!(
            out,
            "Speakers: stance toward {} in {} statements of {} {articles}\n",
            harmless(&summary.target),
            self.n_statements,
            self.n_articles,
        )?;
        let mut table = table(&["Speaker", "Type", ">Said", ">Favor", ">Against", ">Neutral", ">Unrelated", ">Score"]);
        for speaker in &summary.speakers {
            table.add_row([
                speaker_name(speaker),
                speaker.kind.name().to_owned(),
                speaker.statements.to_string(),
                speaker.favor.to_string(),
                speaker.against.to_string(),
                speaker.neutral.to_string(),
                speaker.unrelated.to_string(),
                score(speaker.score),
            ]);
        }
        writeln!(out, "{}", rendered(&table))?;
        writeln!(out, "Score: p(favor) - p(against), the mean of the statements that are not unrelated.")
    }
}

fn speaker_name(speaker: &SpeakerSummary) -> String {
    let name = speaker.name.as_deref().unwrap_or("(not named)");
    match &speaker.role {
        Some(role) if speaker.kind == SpeakerType::Person => format!("{}, {}", harmless(name), harmless(role)),
        _ => harmless(name),
    }
}
