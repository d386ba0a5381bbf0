//! Text for people: a table of statements for each article, then the summary of their speakers.

use std::io::{self, Write};

use comfy_table::{ColumnConstraint, Width};

use super::ScoreWriter;
use crate::article::Article;
use crate::report::summary;
use crate::report::table::{harmless, rendered, score, stance, table};
use crate::score::ScoredStatement;
use crate::summary::Summary;

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
    fn article(&mut self, of: &Article, statements: &[ScoredStatement], out: &mut dyn Write) -> io::Result<()> {
        self.n_articles += 1;
        self.n_statements += statements.len();
        if statements.is_empty() {
            return writeln!(out, "{}: no statements\n", harmless(&of.id));
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
        writeln!(out, "{}\n\n{}", harmless(&of.id), rendered(&table))
    }

    fn finish(&mut self, of: &Summary, out: &mut dyn Write) -> io::Result<()> {
        if self.n_statements == 0 { Ok(()) } else { summary::text(of, self.colour, out) }
    }
}
