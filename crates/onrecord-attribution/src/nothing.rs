//! What looks like a statement and is none.
//!
//! The learnt decisions come from a corpus that marks every attitude and expectation, whoever has it. Readers take less
//! for a statement: nobody says anything in "Police are looking into a shooting", "It seems a joke", "Let us see if",
//! "What did the prosecutors say?", or in a motto and the name of a plan.

use super::content::{Content, Layout};
use super::document::{Document, Range};
use super::frame::Frame;
use super::lexicon::traits;
use super::source::Place;
use super::vocabulary::tag;

/// Least cue rate (of 15) of a word whose content is a bare noun phrase.
const LEAST_RATE: u8 = 5;
/// Most tokens of a content that are looked at.
const LOOK: usize = 40;

/// Whether a frame states nothing, whatever its likelihood.
pub(super) fn says_nothing(document: &Document<'_>, frame: &Frame) -> bool {
    let tokens = &document.tokens;
    let head = &tokens[frame.head];
    let is_bare = is_bare(document, &frame.content);
    // "Responded to the reports": a verb of answering whose content is a bare noun phrase.
    if head.has(traits::ANSWER) && is_bare {
        return true;
    }
    if is_bare && head.cue_rate() < LEAST_RATE && !head.has(traits::CUE) {
        return true;
    }
    is_nobody(document, frame.source.range)
        || is_impersonal(document, frame)
        || is_question(document, frame)
        || is_invitation(document, frame)
}

/// No verb, no infinitive, no quotation: "a shooting", "the verge because it is his".
fn is_bare(document: &Document<'_>, content: &Content) -> bool {
    let tokens = &document.tokens;
    let main = content.parts().flat_map(|part| {
        let end = part.end.min(part.start + LOOK);
        let stop = (part.start + 1..end).find(|&i| tokens[i].key == super::lexicon::key("because"));
        part.start..stop.unwrap_or(end)
    });
    let mut main = main.map(|i| &tokens[i]);
    !main.any(|token| {
        matches!(token.tag, tag::OPEN | tag::AUXILIARY | tag::THAT | tag::TO | tag::VERB)
            || token.tag == tag::PRONOUN && !token.has(traits::DETERMINER)
    })
}

fn is_quoted(document: &Document<'_>, content: &Content) -> bool {
    content
        .parts()
        .any(|part| document.tokens[part.start].tag == tag::OPEN || document.tokens[part.end - 1].tag == tag::CLOSE)
}

/// Nouns that are said to show or teach something, and are no source.
const NOBODY: [&str; 8] = ["experience", "history", "reality", "tradition", "nature", "logic", "instinct", "fate"];

/// "Experience shows that": an abstract noun alone.
fn is_nobody(document: &Document<'_>, source: Range) -> bool {
    !source.is_empty()
        && source.len() <= 2
        && NOBODY.iter().any(|noun| document.word(source.end - 1).eq_ignore_ascii_case(noun))
}

/// "It seems", "is expected to", "it is unclear": nobody says so.
fn is_impersonal(document: &Document<'_>, frame: &Frame) -> bool {
    let tokens = &document.tokens;
    if !tokens[frame.head].has(traits::IMPERSONAL) || is_quoted(document, &frame.content) {
        return false;
    }
    let sentence = frame.around.sentence;
    let range = frame.source.range;
    let is_it = |range: Range| range.len() == 1 && document.word(range.start).eq_ignore_ascii_case("it");
    let passive = frame.around.group > sentence.start
        && (frame.around.group..frame.head)
            .any(|i| matches!(document.word(i), "is" | "are" | "was" | "were" | "be" | "been" | "'s" | "being"));
    frame.source.place == Place::None || is_it(range) || passive && frame.source.place != Place::Right
}

/// "What did the prosecutors say?"
fn is_question(document: &Document<'_>, frame: &Frame) -> bool {
    let sentence = frame.around.sentence;
    let closes = (sentence.start..sentence.end).next_back().is_some_and(|last| document.is_sign(last, '?'));
    closes
        && frame.content.layout == Layout::Left
        && frame.content.first.start == sentence.start
        && !is_quoted(document, &frame.content)
        && frame.content.first.end < frame.head + 1
        && document.tokens[frame.around.group.saturating_sub(1)].tag != tag::COMMA
}

/// "Let's see if": the writer's own words to the reader.
fn is_invitation(document: &Document<'_>, frame: &Frame) -> bool {
    let first = document.word(frame.around.sentence.start).to_lowercase();
    matches!(first.as_str(), "let" | "let’s" | "let's" | "lets")
        && !is_quoted(document, &frame.content)
        && frame.head - frame.around.sentence.start <= 3
}

/// Nouns for words that name something and state nothing.
const NAMING: [&str; 12] = [
    "motto", "slogan", "title", "name", "nickname", "headline", "phrase", "term", "label", "hashtag", "caption",
    "theme",
];

/// Whether a quotation without a cue is the name or motto of something: "The motto was “hold fast”".
pub(super) fn is_naming(document: &Document<'_>, region: Range) -> bool {
    let is_naming = |i: usize| NAMING.iter().any(|noun| document.word(i).eq_ignore_ascii_case(noun));
    let is_copula = |i: usize| matches!(document.word(i), "is" | "was" | "are" | "were" | "became" | "reads" | "read");
    let at = document.sentences.partition_point(|sentence| sentence.end <= region.start);
    let Some(sentence) = document.sentences.get(at) else { return false };
    let before = sentence.start.max(region.start.saturating_sub(5))..region.start;
    let after = region.end..sentence.end.min(region.end + 6).max(region.end);
    is_title(document, region)
        || before.clone().any(is_naming) && before.clone().any(is_copula)
        || after.clone().next().is_some_and(is_copula) && after.clone().any(is_naming)
}

/// "The Last Harvest": a few words, all of them capital but those of grammar.
fn is_title(document: &Document<'_>, region: Range) -> bool {
    let words = (region.start..region.end).map(|i| &document.tokens[i]).filter(|token| token.is_word());
    let content = words.clone().filter(|token| !token.has(traits::FUNCTION));
    let stops = (region.start..region.end).any(|i| document.tokens[i].tag == tag::STOP);
    !stops
        && (2..=6).contains(&words.count())
        && content.clone().count() >= 2
        && content.clone().all(|token| token.is(super::token::shape::UPPER))
}

/// Whether a paragraph is a bare quotation without a stop, like a headline or a caption: it goes on with nobody's words.
pub(super) fn is_pulled(document: &Document<'_>, paragraph: Range, region: Range) -> bool {
    let tokens = &document.tokens;
    let fills = region.start == paragraph.start && region.end == paragraph.end && region.len() > 3;
    fills
        && tokens[region.end - 1].tag == tag::CLOSE
        && !matches!(tokens[region.end - 2].tag, tag::STOP | tag::COMMA | tag::DASH | tag::COLON)
}
