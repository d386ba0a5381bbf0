//! The extractor: text in, [`Attributions`] out.

use super::lexicon::Lexicon;
use super::rules::{self, Draft};
use super::speaker;
use super::token::{Class, Document, Range};
use super::{Attribution, Attributions, Kind};
use crate::span::Span;

/// Finds the attributions of texts. Make one and use it for many texts, from many threads.
///
/// # Examples
/// ```
/// use onrecord::attribution::{Extractor, Kind};
///
/// let text = "“The bridge stays open,” said Mayor Ada Stark. “Nobody has to worry.”";
/// let found = Extractor::builtin().extract(text);
/// let attribution = &found.attributions[0];
/// assert_eq!(attribution.kind, Kind::Direct);
/// assert_eq!(attribution.content.len(), 2);
/// assert_eq!(found.speakers[attribution.speaker.unwrap()].name, "Ada Stark");
/// ```
#[derive(Debug, Clone)]
pub struct Extractor {
    lexicon: Lexicon,
}

impl Extractor {
    /// The extractor with the word lists that come with the program.
    #[must_use]
    pub fn builtin() -> Self {
        Self { lexicon: Lexicon::builtin() }
    }

    /// Every attribution of `text` and the speakers behind them; spans are bytes of `text`.
    #[must_use]
    pub fn extract(&self, text: &str) -> Attributions {
        let document = Document::new(text, &self.lexicon);
        let mut drafts = rules::extract(&document, &self.lexicon);
        drafts.sort_by_key(|draft| draft.content.first().map(|range| range.start));
        let (of_draft, speakers) = speaker::resolve(&document, &self.lexicon, &drafts);
        let attributions = drafts
            .iter()
            .zip(of_draft)
            .map(|(draft, speaker)| Attribution {
                content: draft.content.iter().map(|&range| document.span(range)).collect(),
                source: spans(&document, draft.source),
                cue: spans(&document, draft.cue),
                kind: kind(&document, draft),
                speaker,
            })
            .collect();
        Attributions { attributions, speakers }
    }
}

fn spans(document: &Document<'_>, range: Option<Range>) -> Vec<Span> {
    range.into_iter().map(|range| document.span(range)).collect()
}

/// Direct where at least four words in five are quoted, mixed where a quoted stretch of three words or more is inside.
fn kind(document: &Document<'_>, draft: &Draft) -> Kind {
    let (mut n_words, mut n_quoted, mut run, mut longest) = (0_usize, 0_usize, 0_usize, 0_usize);
    for range in &draft.content {
        for token in &document.tokens[range.start..range.end] {
            match token.class {
                Class::Word => {
                    n_words += 1;
                    n_quoted += usize::from(token.quoted);
                    run = if token.quoted { run + 1 } else { 0 };
                    longest = longest.max(run);
                }
                Class::Open => run = 0,
                _ => {}
            }
        }
    }
    if n_quoted * 5 >= n_words * 4 {
        Kind::Direct
    } else if longest >= 3 {
        Kind::Mixed
    } else {
        Kind::Indirect
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kind, speaker and content of each attribution, joined where a source interrupts.
    fn found(text: &str) -> Vec<(Kind, String, String)> {
        let found = Extractor::builtin().extract(text);
        let rows = found.attributions.iter().map(|attribution| {
            let speaker = attribution.speaker.map_or("", |index| &found.speakers[index].name);
            let content: Vec<&str> = attribution.content.iter().map(|span| span.of(text)).collect();
            (attribution.kind, speaker.to_owned(), content.join(" | "))
        });
        rows.collect()
    }

    #[test]
    fn a_pronoun_means_the_last_person_who_spoke() {
        let text = "Mayor Ada Stark closed the bridge. “It is cracked,” Stark said. She added that work begins soon.";
        assert_eq!(
            found(text),
            [
                (Kind::Direct, "Ada Stark".into(), "“It is cracked,”".into()),
                (Kind::Indirect, "Ada Stark".into(), "that work begins soon".into()),
            ]
        );
    }

    #[test]
    fn a_quoted_name_is_no_statement() {
        assert_eq!(found("The “open harbour plan” of 2011 saw close work between both towns."), []);
    }

    #[test]
    fn a_question_mark_in_quotation_marks_does_not_end_the_sentence() {
        let text = "“Who pays for it?” Ben Okoro asked. “We do.”";
        assert_eq!(found(text), [(Kind::Direct, "Ben Okoro".into(), "“Who pays for it?” | “We do.”".into())]);
    }
}
