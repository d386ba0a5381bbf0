//! Text for people. Of one article: what it is on, its speakers with their sides, then its statements. Of several: a table
//! of statements for each, as they come, then the summary of all speakers.

use std::io::{self, Write};

use comfy_table::{ColumnConstraint, Width};

use crate::article::Article;
use crate::report::render::{ArticleWriter, Look, Render, ReportFormat};
use crate::report::table::{harmless, rendered, score, stance, table};
use crate::score::{ScoredStance, UNCERTAIN};
use crate::score::{ScoredStatement, StatementSetting};
use crate::summary::Summary;

/// Tables that fit 80 columns.
#[derive(Debug)]
pub(super) struct TextWriter {
    /// The statements of the first article, which come last where it is the only one.
    first: Option<String>,
    /// What the first article is on.
    on: Option<String>,
    look: Look,
    n_articles: usize,
    n_statements: usize,
    n_uncertain: usize,
}

impl TextWriter {
    pub(super) const fn new(look: Look) -> Self {
        Self { first: None, on: None, look, n_articles: 0, n_statements: 0, n_uncertain: 0 }
    }
}

impl ArticleWriter<[ScoredStatement], Summary> for TextWriter {
    fn article(&mut self, of: &Article, statements: &[ScoredStatement], out: &mut dyn Write) -> io::Result<()> {
        self.n_articles += 1;
        self.n_statements += statements.len();
        if let Some(first) = self.first.take() {
            writeln!(out, "{first}")?;
        }
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
                stances(&statement.stance, self.look),
                score(Some(statement.stance.score)),
                speaker.map_or_else(|| "–".to_owned(), |speaker| harmless(&speaker.name)),
                harmless(&statement.text),
            ]);
        }
        let text = format!("{}\n\n{}", harmless(&of.id), rendered(&table));
        if self.n_articles == 1 {
            self.on = statements.iter().find_map(|statement| statement.setting.as_ref()).map(on);
            self.first = Some(text);
            return Ok(());
        }
        writeln!(out, "{text}")
    }

    fn finish(&mut self, of: &Summary, out: &mut dyn Write) -> io::Result<()> {
        if self.n_statements == 0 {
            return Ok(());
        }
        if let Some(first) = self.first.take() {
            if let Some(on) = self.on.take() {
                writeln!(out, "On: {on}")?;
            }
            of.render(ReportFormat::Text, self.look, out)?;
            write!(out, "\n{first}")?;
            if self.n_uncertain > 0 {
                writeln!(out, "\n{NOTE}")?;
            }
            return Ok(());
        }
        if self.n_uncertain > 0 {
            writeln!(out, "{NOTE}\n")?;
        }
        of.render(ReportFormat::Text, self.look, out)
    }
}

const NOTE: &str = "A stance is uncertain where others stand below it: those are possible, too.";

/// What an article is on: its own words, and who acts on whom.
fn on(setting: &StatementSetting) -> String {
    let name = |party: &Option<String>| harmless(party.as_deref().unwrap_or("–"));
    let parties = format!("{} acting on {}", name(&setting.acting), name(&setting.acted_on));
    setting.on.as_ref().map_or_else(|| parties.clone(), |words| format!("{} ({parties})", harmless(words)))
}

/// The stance; where it is uncertain after a "perhaps", and the other possible ones below it.
fn stances(of: &ScoredStance, look: Look) -> String {
    let mut lines = if of.uncertain && of.label != UNCERTAIN {
        format!("perhaps {}", stance(&of.label, look))
    } else {
        stance(&harmless(&of.label), look)
    };
    for other in of.others() {
        lines.push_str("\n or ");
        lines.push_str(&stance(other, look));
    }
    lines
}
