//! Why names were taken for one speaker's, or were not: the answer to `summarize --why NAME`.

use std::io::{self, Write};

use crate::report::table::harmless;
use crate::summary::{SpeakerSummary, Summary};

/// Writes every speaker who goes by `name` or part of it, with each alias and its reason; gives how many there are.
///
/// # Errors
/// Whatever the sink says.
pub fn why(summary: &Summary, name: &str, out: &mut dyn Write) -> io::Result<usize> {
    let wanted = name.to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&wanted);
    let is_meant = |speaker: &&SpeakerSummary| has(&speaker.name) || speaker.aliases.iter().any(|a| has(&a.name));
    let mut n_found = 0;
    for speaker in summary.speakers.iter().filter(is_meant) {
        if n_found > 0 {
            writeln!(out)?;
        }
        n_found += 1;
        writeln!(out, "{} ({})", harmless(&speaker.name), speaker.kind.name())?;
        for alias in &speaker.aliases {
            let role = alias.role.as_deref().map_or_else(String::new, |role| format!(", {}", harmless(role)));
            let n = super::counted(alias.statements, "statement");
            writeln!(out, "  {}{role} ({n}): {}", harmless(&alias.name), alias.reason)?;
        }
    }
    if n_found > 1 {
        writeln!(out, "\nKept apart: nothing says which is meant, or their roles are of different fields.")?;
    }
    Ok(n_found)
}
