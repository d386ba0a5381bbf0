//! What a statement is read with: the words around it, and what its article is on.
//!
//! "They'll find another way" says nothing by itself; after "who opposes the strikes" it takes a side. [`Context`] holds
//! the fields that a model may read beside the statement: title, lead, what stands before it, its source and cue, who
//! the speaker is said to be, and where the speaker belongs in the article's [`Setting`]. [`contexts`] makes them for an
//! article's statements; labelled rows may bring them as columns. Which of them a model reads, its recipe says.
//!
//! Nothing is classified here.

mod setting;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::article::Article;
use crate::span::Span;
use crate::statement::Statement;

pub use setting::{Party, Setting, Side};

/// The words around a statement; all on one line, empty where there are none.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Context {
    /// The headline.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The first paragraph.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lead: String,
    /// The end of what stands before the statement, its source and its cue.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub before: String,
    /// The words that name the source.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The words that say that it was said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cue: String,
    /// Who the speaker is said to be: name, role, affiliation, and the words around the first mention.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub who: String,
    /// Where the speaker belongs.
    #[serde(default)]
    pub side: Side,
    /// Which side the statement itself names.
    #[serde(default)]
    pub names: Named,
    /// Scores that others gave the statement, by who they are: the model that reads it alone, an encoder.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub scores: BTreeMap<String, Vec<f32>>,
}

/// The sides of a [`Setting`] that a text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Named {
    /// Neither.
    #[default]
    Neither,
    /// The acting state.
    Acting,
    /// The state acted on.
    ActedOn,
    /// Both.
    Both,
}

impl Named {
    /// All of them, in the order of their features.
    pub const ALL: [Self; 4] = [Self::Neither, Self::Acting, Self::ActedOn, Self::Both];
}

/// Code points of the text before a statement.
const N_BEFORE: usize = 220;
/// Code points of the first paragraph.
const N_LEAD: usize = 400;
/// Code points on each side of a speaker's first mention.
const N_AROUND: usize = 60;

/// What an article is on, and the context of each of its statements.
#[must_use]
pub fn contexts(article: &Article, statements: &[Statement]) -> (Setting, Vec<Context>) {
    let text = article.text.as_str();
    let mut paragraphs = text.lines().map(str::trim).filter(|line| !line.is_empty());
    // A plain text has its headline in the first line.
    let title = article.title.as_deref().or_else(|| paragraphs.next()).unwrap_or_default();
    let title = one_line(start_of(title, N_LEAD));
    let lead = one_line(start_of(paragraphs.next().unwrap_or_default(), N_LEAD));
    let setting = Setting::of(article.title.as_deref(), text);
    let of = |statement: &Statement| {
        let spans = |spans: &[Span]| spans.iter().map(|span| span.of(text)).collect::<Vec<_>>().join(" ");
        let (source, cue) = (one_line(&spans(&statement.source)), one_line(&spans(&statement.cue)));
        let parts = statement.content.iter().chain(&statement.source).chain(&statement.cue);
        let start = parts.map(|span| span.start).min().unwrap_or_default();
        let speaker = statement.speaker.as_ref();
        let first = speaker.and_then(|speaker| speaker.mentions.first()).map_or("", |mention| around(text, *mention));
        let known = speaker.map(|speaker| {
            let parts = [Some(speaker.name.as_str()), speaker.role.as_deref(), speaker.affiliation.as_deref()];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        });
        let known = known.unwrap_or_default();
        let side = setting.side([source.as_str(), known.as_str(), first]);
        let names = match setting.named_in(&statement.text) {
            (false, false) => Named::Neither,
            (true, false) => Named::Acting,
            (false, true) => Named::ActedOn,
            (true, true) => Named::Both,
        };
        let who = one_line(&format!("{known} {first}"));
        let before = one_line(end_of(&text[..start], N_BEFORE));
        Context {
            title: title.clone(),
            lead: lead.clone(),
            before,
            source,
            cue,
            who,
            side,
            names,
            scores: BTreeMap::new(),
        }
    };
    let contexts = statements.iter().map(of).collect();
    (setting, contexts)
}

/// White space folded.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The last `n` code points, from the beginning of a word.
fn end_of(text: &str, n: usize) -> &str {
    let Some((start, _)) = text.char_indices().rev().nth(n) else { return text };
    let rest = &text[start..];
    rest.find(char::is_whitespace).map_or("", |blank| &rest[blank..])
}

/// The first `n` code points, to the end of a word.
fn start_of(text: &str, n: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(n) else { return text };
    let part = &text[..end];
    part.rfind(char::is_whitespace).map_or(part, |blank| &part[..blank])
}

/// A mention with some words on each side, in its paragraph.
fn around(text: &str, mention: Span) -> &str {
    let before = end_of(&text[..mention.start], N_AROUND);
    let before = before.rsplit('\n').next().unwrap_or_default();
    let after = start_of(&text[mention.end..], N_AROUND);
    let after = after.split('\n').next().unwrap_or_default();
    &text[mention.start - before.len()..mention.end + after.len()]
}

#[cfg(all(test, feature = "builtin"))]
mod tests {
    use super::*;
    use crate::attribution::Extractor;
    use crate::statement::statements;

    fn of(text: &str) -> (Setting, Vec<Context>) {
        let article = Article::new("a", text);
        contexts(&article, &statements(&article, &Extractor::builtin().extract(text)))
    }

    #[test]
    fn a_statement_comes_with_the_words_around_it() {
        let (setting, found) =
            of("Chile strikes Peru\n\nThe attack on Peru began at dawn, officials said.\n\nPeruvian Foreign \
                                   Minister Ana Sole called it an outrage. “They will answer for it,” Sole said.\n");
        let name = |party: Option<Party>| party.map(|party| party.name);
        assert_eq!((name(setting.acting), name(setting.acted_on)), (Some("Chile".into()), Some("Peru".into())));
        let last = found.last().unwrap();
        assert_eq!(
            (last.title.as_str(), last.source.as_str(), last.cue.as_str()),
            ("Chile strikes Peru", "Sole", "said")
        );
        assert!(last.lead.starts_with("The attack on Peru"), "{last:?}");
        assert!(last.before.ends_with("called it an outrage."), "{last:?}");
        assert_eq!(last.side, Side::ActedOn, "{last:?}");
    }

    #[test]
    fn ends_and_starts_break_between_words() {
        assert_eq!(end_of("one two three", 7), " three");
        assert_eq!(end_of("one", 7), "one");
        assert_eq!(start_of("one two three", 9), "one two");
        assert_eq!(start_of("é", 0), "");
        assert_eq!(around("no\nAt noon Ana Sole, 40, said\nmore", Span::new(11, 19)), "At noon Ana Sole, 40, said");
    }
}
