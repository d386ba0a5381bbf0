//! Text for people: a table of statements for each article, then the summary of their speakers.

use std::io::{self, Write};

use comfy_table::{ColumnConstraint, Width};

use super::ScoreWriter;
use crate::article::Article;
use crate::report::summary;
use crate::report::table::{harmless, rendered, score, stance, table};
use crate::score::ScoredStatement;
use crate::score::stance::{Stance, UNCERTAIN};
use crate::summary::Summary;

/// Tables that fit 80 columns.
#[derive(Debug, Clone, Copy, Default)]
pub struct TextWriter {
    colour: bool,
    n_articles: usize,
    n_statements: usize,
    n_uncertain: usize,
}

impl TextWriter {
    /// With or without colour.
    #[must_use]
    pub const fn new(colour: bool) -> Self {
        Self { colour, n_articles: 0, n_statements: 0, n_uncertain: 0 }
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
            self.n_uncertain += usize::from(statement.stance.uncertain);
            table.add_row([
                stances(&statement.stance, self.colour),
                score(Some(statement.stance.score)),
                speaker.map_or_else(|| "–".to_owned(), |speaker| harmless(&speaker.name)),
                harmless(&statement.text),
            ]);
        }
        writeln!(out, "{}\n\n{}", harmless(&of.id), rendered(&table))
    }

    fn finish(&mut self, of: &Summary, out: &mut dyn Write) -> io::Result<()> {
        if self.n_statements == 0 {
            return Ok(());
        }
        if self.n_uncertain > 0 {
            writeln!(out, "{NOTE}\n")?;
        }
        summary::text(of, self.colour, out)
    }
}

const NOTE: &str = "A stance is uncertain where others stand below it: those are possible, too.";

/// The stance; where it is uncertain with a question mark, and the other possible ones below it.
fn stances(of: &Stance, colour: bool) -> String {
    let mut lines = if of.uncertain && of.label != UNCERTAIN {
        stance(&of.label, colour) + "?"
    } else {
        stance(&harmless(&of.label), colour)
    };
    for other in of.others() {
        lines.push_str("\n or ");
        lines.push_str(&stance(other, colour));
    }
    lines
}
