//! How far a cue reaches around its head: "has *asked*", "*told* reporters", "*said* in a statement".

use super::content::Layout;
use super::document::{Document, Range};
use super::features::{Emit, feature, pair, step};
use super::frame::Frame;
use super::lexicon::{key, traits};
use super::vocabulary::{tag, word};
use super::weights::{Decision, Weights};

/// Most tokens on either side of the head.
const REACH: usize = 8;

/// The token range in which the cue lies: words around the head that are neither source nor content.
pub(super) fn limits(document: &Document<'_>, frame: &Frame) -> Range {
    let i = frame.head;
    let sentence = frame.around.sentence;
    let is_free = |k: usize| {
        let token = &document.tokens[k];
        token.is_word() && !document.is_quoted(k) && !frame.content.holds(k) && !frame.source.range.holds(k)
    };
    let mut start = i;
    while start > sentence.start && i - start < 5 && is_free(start - 1) {
        start -= 1;
    }
    let mut end = i + 1;
    while end < sentence.end && end - i < REACH && is_free(end) {
        end += 1;
    }
    Range::new(start, end)
}

/// The features of "the cue begins here".
pub(super) fn start_features(document: &Document<'_>, frame: &Frame, start: usize, out: &mut impl Emit) {
    let mut emit = |hash| out.emit(hash);
    let i = frame.head;
    let sentence = frame.around.sentence;
    let limits = limits(document, frame);
    let distance = step(i - start);
    let head = document.tokens[i].key;
    let first = &document.tokens[start];
    let before = u32::from(document.tag(start.wrapping_sub(1), sentence));
    emit(feature(1, distance));
    emit(feature(2, pair(distance, u32::from(first.tag))));
    emit(feature(3, pair(u32::from(first.tag), before)));
    emit(feature(4, first.key));
    emit(feature(5, pair(first.key, document.key(start.wrapping_sub(1), sentence))));
    emit(feature(6, pair(head, distance)));
    emit(feature(7, u32::from(start == limits.start)));
    emit(feature(8, pair(u32::from(start == limits.start), u32::from(frame.around.group == start))));
    emit(feature(9, pair(distance, u32::from(frame.around.group == start))));
    emit(feature(10, pair(document.key(start.wrapping_sub(1), sentence), u32::from(start == limits.start))));
    let at_source = frame.source.range.end == start;
    emit(feature(11, pair(u32::from(at_source), u32::from(first.tag))));
}

/// The features of "the cue ends here".
pub(super) fn end_features(document: &Document<'_>, frame: &Frame, end: usize, out: &mut impl Emit) {
    let mut emit = |hash| out.emit(hash);
    let i = frame.head;
    let sentence = frame.around.sentence;
    let limits = limits(document, frame);
    let distance = step(end - i);
    let head = document.tokens[i].key;
    let last = &document.tokens[end - 1];
    let after = u32::from(document.tag(end, sentence));
    let layout = frame.content.layout as u32;
    let at_content = frame.content.parts().any(|part| part.start == end);
    let at_source = !frame.source.range.is_empty() && frame.source.range.start == end;
    let at_limit = end == limits.end;
    let place = pair(u32::from(at_content), pair(u32::from(at_source), u32::from(at_limit)));
    emit(feature(20, pair(distance, place)));
    emit(feature(21, pair(distance, layout)));
    emit(feature(22, pair(head, pair(distance, layout))));
    emit(feature(23, pair(u32::from(last.tag), after)));
    emit(feature(24, last.key));
    emit(feature(25, pair(last.key, place)));
    emit(feature(26, pair(head, pair(last.key, distance))));
    emit(feature(27, pair(document.key(end, sentence), place)));
    emit(feature(28, pair(head, document.key(end, sentence))));
    emit(feature(29, pair(place, pair(u32::from(last.tag), after))));
    let (mut tags, mut has_time, mut has_preposition) = (0, false, false);
    for k in i + 1..end {
        let token = &document.tokens[k];
        tags = pair(tags, u32::from(token.tag));
        has_time |= token.has(traits::TIME);
        has_preposition |= token.tag == tag::PREPOSITION;
        emit(feature(30, token.key));
        emit(feature(31, pair(head, token.key)));
    }
    emit(feature(32, pair(tags, place)));
    emit(feature(33, pair(u32::from(has_time), pair(u32::from(has_preposition), place))));
    emit(feature(34, pair(layout, pair(tags, after))));
    emit(feature(35, pair(place, pair(head, layout))));
}

/// The cue of a frame.
pub(super) fn extent(document: &Document<'_>, weights: Option<&Weights>, frame: &Frame) -> Range {
    let limits = limits(document, frame);
    let Some(weights) = weights else { return by_rule(document, frame, limits) };
    let table = weights.table(Decision::Extent);
    let best = |candidates: std::ops::RangeInclusive<usize>, score: &dyn Fn(usize) -> f32| {
        let mut best = (f32::NEG_INFINITY, *candidates.start());
        for at in candidates {
            let found = score(at);
            if found > best.0 {
                best = (found, at);
            }
        }
        best.1
    };
    let start = best(limits.start..=frame.head, &|at| table.score(|out| start_features(document, frame, at, out)));
    let end = best(frame.head + 1..=limits.end, &|at| table.score(|out| end_features(document, frame, at, out)));
    idioms(document, frame.head, limits, Range::new(start, end))
}

/// Two set phrases that annotators split now and then: "was quoted *as saying*" and "told *reporters*" are one cue.
fn idioms(document: &Document<'_>, head: usize, limits: Range, cue: Range) -> Range {
    let tokens = &document.tokens;
    let is = |i: usize, form: &str| tokens[i].key == key(form);
    let mut cue = cue;
    if head >= limits.start + 2 && cue.start >= head - 1 && is(head, "saying") && is(head - 1, "as") {
        cue.start = head - 2;
        while cue.start > limits.start && matches!(tokens[cue.start - 1].tag, tag::AUXILIARY | tag::ADVERB) {
            cue.start -= 1;
        }
    }
    let hearer = head + 1;
    if cue.end == hearer
        && hearer < limits.end
        && (is(head, "told") || is(head, "tells"))
        && tokens[hearer].has(traits::GROUP)
    {
        cue.end += 1;
    }
    cue
}

/// The verb group, up to a content or source that follows at once.
fn by_rule(document: &Document<'_>, frame: &Frame, limits: Range) -> Range {
    let i = frame.head;
    let start = frame.around.group.max(limits.start);
    let is_according = document.tokens[i].has(word::ACCORDING);
    let meets = frame.content.layout == Layout::Right && frame.content.first.start == limits.end || is_according;
    let end = if meets && (limits.end - i <= 4 || is_according) { limits.end } else { i + 1 };
    Range::new(start, end)
}
