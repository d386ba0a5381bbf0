//! The extractor: text in, [`Attributions`] out.

use std::sync::Arc;

use super::document::{Document, Range};
use super::lexicon::{Lexicon, traits};
use super::select::{self, Draft, Selection};
use super::speaker::{self, Knowledge};
use super::transcript;
use super::vocabulary::Vocabulary;
use super::weights::Weights;
use super::{Attribution, Attributions, Kind, Mode};
use crate::span::Span;

/// Finds the attributions of texts. Make one and use it for many texts, from many threads.
///
/// # Examples
#[cfg_attr(feature = "builtin", doc = "```")]
#[cfg_attr(not(feature = "builtin"), doc = "```ignore")]
/// use onrecord_attribution::{Extractor, Kind};
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
    knowledge: Arc<Knowledge>,
    weights: Option<Weights>,
    speech_only: bool,
}

/// Least likelihood of a frame where no weights say better.
const RULE_THRESHOLD: f32 = 0.5;

impl Extractor {
    /// The extractor with the word lists and the weights that come with the program.
    #[cfg(feature = "builtin")]
    #[must_use]
    pub fn builtin() -> Self {
        Self::new(&Lexicon::builtin(), Weights::builtin())
    }

    /// An extractor with these word lists; without weights, rules alone decide.
    #[must_use]
    pub fn new(lexicon: &Lexicon, weights: Option<Weights>) -> Self {
        let learnt = weights.as_ref().map_or(&[][..], |weights| &weights.words);
        Self {
            vocabulary: Vocabulary::new(lexicon, learnt),
            knowledge: Arc::new(Knowledge::builtin()),
            weights,
            speech_only: false,
        }
    }

    /// Whether only what was said is given, without attitudes: "wants the troops out" is none then.
    #[must_use]
    pub const fn speech_only(mut self, speech_only: bool) -> Self {
        self.speech_only = speech_only;
        self
    }

    /// The text cut up, as extraction sees it.
    pub(super) fn document<'t>(&self, text: &'t str) -> Document<'t> {
        Document::new(text, &self.vocabulary)
    }

    /// Every attribution of `text` and the speakers behind them; spans are bytes of `text`.
    #[must_use]
    pub fn extract(&self, text: &str) -> Attributions {
        let document = self.document(text);
        let weights = self.weights.as_ref();
        let frames = select::frames(&document, weights);
        let thresholds = weights.map_or([RULE_THRESHOLD; 3], |weights| weights.card.thresholds);
        let mut selection = Selection::new(&document, &frames, transcript::drafts(&document), weights, thresholds);
        selection.leftovers(&mut |_, _| None);
        let mut drafts = selection.drafts;
        drafts.iter_mut().for_each(Draft::keep_apart);
        if self.speech_only {
            drafts.retain(|draft| mode(&document, &self.knowledge, draft) == Mode::Speech);
        }
        drafts.sort_by_key(|draft| draft.content.first().map(|range| range.start));
        let (of_draft, speakers) = speaker::resolve(&document, &self.knowledge, &mut drafts);
        let attributions = drafts
            .iter()
            .zip(of_draft)
            .map(|(draft, found)| Attribution {
                content: draft.content.iter().map(|&range| document.span(range)).collect(),
                source: spans(&document, draft.source),
                cue: spans(&document, draft.cue),
                kind: kind(&document, draft),
                mode: mode(&document, &self.knowledge, draft),
                speaker: found.map(|(speaker, _)| speaker),
                link: found.map(|(_, link)| link),
            })
            .collect();
        Attributions { attributions, speakers }
    }
}

fn spans(document: &Document<'_>, range: Option<Range>) -> Vec<Span> {
    range.into_iter().map(|range| document.span(range)).collect()
}

/// An attitude where a verb of wanting, feeling or thinking has no quoted words for its content; speech otherwise.
fn mode(document: &Document<'_>, known: &Knowledge, draft: &Draft) -> Mode {
    let is_quoted = draft.content.iter().any(|part| (part.start..part.end).any(|i| document.is_quoted(i)));
    let cue = draft.cue.filter(|_| !is_quoted);
    // "Said he hopes": a verb of saying in the cue makes speech of it.
    let heads = || cue.into_iter().flat_map(|cue| cue.start..cue.end).map(|i| &document.tokens[i]);
    let wants = heads().any(|token| known.is_attitude(token.key));
    let says = heads().any(|token| token.has(traits::CUE) && token.cue_rate() >= SAYS && !known.is_attitude(token.key));
    if wants && !says { Mode::Attitude } else { Mode::Speech }
}

/// Least cue rate (of 15) of a verb of saying.
const SAYS: u8 = 8;

/// Direct where at least four words in five are quoted, mixed where a quoted stretch of three words or more is inside.
fn kind(document: &Document<'_>, draft: &Draft) -> Kind {
    match select::quoted_class(document, draft.content.iter().copied()) {
        0 => Kind::Direct,
        1 => Kind::Mixed,
        _ => Kind::Indirect,
    }
}

#[cfg(all(test, feature = "builtin"))]
mod tests {
    use super::*;

    /// Kind, speaker and content of each attribution, joined where a source interrupts.
    fn found_by(extractor: &Extractor, text: &str) -> Vec<(Kind, String, String)> {
        let found = extractor.extract(text);
        let rows = found.attributions.iter().map(|attribution| {
            let speaker = attribution.speaker.map_or("", |index| &found.speakers[index].name);
            let content: Vec<&str> = attribution.content.iter().map(|span| span.of(text)).collect();
            (attribution.kind, speaker.to_owned(), content.join(" | "))
        });
        rows.collect()
    }

    fn found(text: &str) -> Vec<(Kind, String, String)> {
        found_by(&Extractor::builtin(), text)
    }

    fn row(kind: Kind, speaker: &str, content: &str) -> (Kind, String, String) {
        (kind, speaker.to_owned(), content.to_owned())
    }

    #[test]
    fn the_built_in_weights_can_be_read() {
        assert!(Weights::builtin().is_some());
    }

    #[test]
    fn a_pronoun_means_the_last_person_who_spoke() {
        let text = "Mayor Ada Stark closed the bridge. “It is cracked,” Stark said. She added that work begins soon.";
        let expected = [
            row(Kind::Direct, "Ada Stark", "“It is cracked,”"),
            row(Kind::Indirect, "Ada Stark", "that work begins soon"),
        ];
        assert_eq!(found(text), expected);
    }

    #[test]
    fn a_quoted_name_is_no_statement() {
        assert_eq!(found("The “open harbour plan” of 2011 saw close work between both towns."), []);
    }

    #[test]
    fn a_question_mark_in_quotation_marks_does_not_end_the_sentence() {
        let text = "“Who pays for it?” Ben Okoro asked. “We do.”";
        assert_eq!(found(text), [row(Kind::Direct, "Ben Okoro", "“Who pays for it?” | “We do.”")]);
    }

    #[test]
    fn a_quotation_signed_with_a_dash_has_its_speaker() {
        let text = "\"The bridge will be open by the spring.\" -Commissioner Ada Stark";
        assert_eq!(found(text), [row(Kind::Direct, "Ada Stark", "\"The bridge will be open by the spring.\"")]);
    }

    #[test]
    fn a_heading_inside_an_article_states_nothing() {
        let text = "The ferry was late on Monday.\n\nRivals Urge Patience\n\nThe ferry was late on Tuesday, too.";
        assert_eq!(found(text), []);
    }

    #[test]
    fn rules_alone_find_plain_quotations() {
        let extractor = Extractor::new(&Lexicon::builtin(), None);
        let text = "“It is cracked,” said Ada Stark. According to Ben Okoro, the bridge is safe.";
        let expected = [
            row(Kind::Direct, "Ada Stark", "“It is cracked,”"),
            row(Kind::Indirect, "Ben Okoro", "the bridge is safe"),
        ];
        assert_eq!(found_by(&extractor, text), expected);
    }

    /// Spans lie on character boundaries inside the text, in order, and none of one attribution overlaps another.
    fn check(text: &str) -> Result<(), proptest::test_runner::TestCaseError> {
        for extractor in [Extractor::builtin(), Extractor::new(&Lexicon::builtin(), None)] {
            let found = extractor.extract(text);
            let mut contents: Vec<Span> = Vec::new();
            for attribution in &found.attributions {
                proptest::prop_assert!(!attribution.content.is_empty());
                proptest::prop_assert!(attribution.speaker.is_none_or(|index| index < found.speakers.len()));
                let mut own: Vec<Span> = [&attribution.content, &attribution.source, &attribution.cue]
                    .into_iter()
                    .flatten()
                    .copied()
                    .collect();
                own.sort();
                for span in &own {
                    proptest::prop_assert!(
                        !span.is_empty() && text.get(span.range()).is_some(),
                        "{:?} of {:?}",
                        span,
                        text
                    );
                }
                for two in own.windows(2) {
                    proptest::prop_assert!(!two[0].overlaps(two[1]), "{:?} in {:?}", own, text);
                }
                contents.extend(&attribution.content);
            }
            contents.sort();
            for two in contents.windows(2) {
                proptest::prop_assert!(!two[0].overlaps(two[1]), "{:?} in {:?}", contents, text);
            }
            for span in found.speakers.iter().flat_map(|speaker| &speaker.mentions) {
                proptest::prop_assert!(text.get(span.range()).is_some());
            }
        }
        Ok(())
    }

    #[test]
    fn roles_never_overlap_around_a_control_character() {
        let text =
            "[According to \"and cA\u{0}sedtzo offic\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}p\u{d}ialte; they said it wAccordin";
        check(text).expect("spans are sound");
    }

    proptest::proptest! {
        #[test]
        fn spans_are_sound_in_any_text(text in "\\PC{0,200}") {
            check(&text)?;
        }

        #[test]
        fn spans_are_sound_in_texts_like_articles(parts in proptest::collection::vec(proptest::sample::select(vec![
            "said", "told", "according", "to", "“", "”", "\"", "''", "‘", "’", "'", ",", ".", "?", ":", " - ", "—", "\n",
            "\n\n", "Ada", "Stark", "Jr.", "Mr.", "she", "who", "the", "senator", "that", "HARROW:", "Q.", "A.", "officials",
            "is", "expected", "in", "of", "and", "van", "der", "d'Orvel", "al-Haddar", "«", "»", "„", "é\u{301}", "🦀", "    ",
            "from", "By", "was", "quoted", "as", "saying", "58", "responded", "because", "if", "he's", "(", ")", "U.S.",
        ]), 0..60), spaced in proptest::bool::ANY) {
            check(&parts.join(if spaced { " " } else { "" }))?;
        }
    }
}
