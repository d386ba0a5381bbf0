//! The extractor: text in, [`Attributions`] out.

use super::document::{Document, Range};
use super::lexicon::Lexicon;
use super::select::{self, Draft, Selection};
use super::speaker;
use super::transcript;
use super::vocabulary::Vocabulary;
use super::weights::Weights;
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
    vocabulary: Vocabulary,
    weights: Option<Weights>,
}

/// Least likelihood of a frame where no weights say better.
const RULE_THRESHOLD: f32 = 0.5;

impl Extractor {
    /// The extractor with the word lists and the weights that come with the program.
    #[must_use]
    pub fn builtin() -> Self {
        Self::new(&Lexicon::builtin(), Weights::builtin())
    }

    /// An extractor with these word lists; without weights, rules alone decide.
    #[must_use]
    pub fn new(lexicon: &Lexicon, weights: Option<Weights>) -> Self {
        let learnt = weights.as_ref().map_or(&[][..], |weights| &weights.words);
        Self { vocabulary: Vocabulary::new(lexicon, learnt), weights }
    }

    /// Every attribution of `text` and the speakers behind them; spans are bytes of `text`.
    #[must_use]
    pub fn extract(&self, text: &str) -> Attributions {
        let document = Document::new(text, &self.vocabulary);
        let weights = self.weights.as_ref();
        let frames = select::frames(&document, weights);
        let thresholds = weights.map_or([RULE_THRESHOLD; 3], |weights| weights.card.thresholds);
        let mut selection = Selection::new(&document, &frames, transcript::drafts(&document), weights, thresholds);
        selection.leftovers(&mut |_, _| None);
        let mut drafts = selection.drafts;
        drafts.sort_by_key(|draft| draft.content.first().map(|range| range.start));
        let (of_draft, speakers) = speaker::resolve(&document, &drafts);
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
    match select::quoted_class(document, &draft.content) {
        0 => Kind::Direct,
        1 => Kind::Mixed,
        _ => Kind::Indirect,
    }
}
