//! The third stage: a [`Statement`] is the content of one attribution, as one text, with who made it.
//!
//! This is the unit that is classified and counted. Nothing is judged here.

use std::sync::Arc;

use crate::article::Article;
use crate::attribution::{Attribution, Attributions, Kind, Speaker};
use crate::span::Span;

/// Stands between the parts of a statement that "he said" or the like interrupts.
pub const GAP: &str = " … ";

/// One statement of an article; all spans are bytes of the article's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The article's id.
    pub article: String,
    /// Article and position: `a1#3` is the third statement of `a1`.
    pub id: String,
    /// How it is reported.
    pub kind: Kind,
    /// The parts of the content, white space folded, joined by [`GAP`]; quotation marks stay.
    pub text: String,
    /// What was said.
    pub content: Vec<Span>,
    /// Who said it, as written; may be empty.
    pub source: Vec<Span>,
    /// The words that say so; may be empty.
    pub cue: Vec<Span>,
    /// Whom the source means: one for all statements of an article that are the speaker's.
    pub speaker: Option<Arc<Speaker>>,
}

/// The statements of an article, in the order of its text.
#[must_use]
pub fn statements(article: &Article, found: &Attributions) -> Vec<Statement> {
    let speakers: Vec<Arc<Speaker>> = found.speakers.iter().cloned().map(Arc::new).collect();
    found
        .attributions
        .iter()
        .enumerate()
        .map(|(n_before, attribution)| {
            let Attribution { content, source, cue, kind, speaker, .. } = attribution.clone();
            Statement {
                article: article.id.clone(),
                id: format!("{}#{}", article.id, n_before + 1),
                kind,
                text: joined(&content, &article.text),
                speaker: speaker.and_then(|index| speakers.get(index)).cloned(),
                content,
                source,
                cue,
            }
        })
        .collect()
}

/// What the spans cover, as one line.
fn joined(spans: &[Span], text: &str) -> String {
    let parts = spans.iter().map(|span| span.of(text).split_whitespace().collect::<Vec<_>>().join(" "));
    parts.collect::<Vec<_>>().join(GAP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_folded_and_joined() {
        let text = "“We will\n go,” she said, “soon.”";
        let end_of_first = text.find(" she").unwrap();
        let start_of_second = text.find("“soon").unwrap();
        let spans = [Span::new(0, end_of_first), Span::new(start_of_second, text.len())];
        assert_eq!(joined(&spans, text), "“We will go,” … “soon.”");
    }
}
