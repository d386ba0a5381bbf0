//! Sources made whole: what was cut in the middle of a name or noun phrase, and what does not belong to it.

use super::super::document::{Document, Range};
use super::super::lexicon::traits;
use super::super::select::Draft;
use super::super::token::{Class, shape};
use super::super::vocabulary::{tag, word};
use super::names::Names;

/// Most words by which a source is made longer.
const REACH: usize = 8;

/// Corrects the source of a draft.
pub(super) fn tidy(document: &Document<'_>, names: &Names, draft: &mut Draft) {
    let Some(source) = draft.source else { return };
    let mut range = begun_whole(document, names, source);
    range = ended_whole(document, draft, range);
    range = without_opening(document, range);
    range = without_ending(document, names, range);
    range = before_other_cue(document, range);
    if !range.is_empty() && !draft.content.iter().any(|content| content.overlaps(range)) {
        draft.source = Some(range);
    }
}

/// A source that begins or ends inside a name takes all of it.
fn begun_whole(document: &Document<'_>, names: &Names, source: Range) -> Range {
    let mut range = source;
    if let Some(n) = names.around(source.start) {
        let name = names.names[n].range;
        range = Range::new(name.start, source.end.max(name.end));
    }
    if let Some(n) = names.around(range.end).filter(|&n| names.names[n].range.end > range.end) {
        let name = names.names[n].range;
        let is_inside = name.start < range.end && name.start >= range.start;
        if is_inside && !document.is_quoted(name.end - 1) {
            range.end = name.end;
        }
    }
    range
}

/// A source that stops short of its noun goes on to it: "The" of "The governor said", "Norvale" of "Norvale's foreign
/// minister said".
fn ended_whole(document: &Document<'_>, draft: &Draft, source: Range) -> Range {
    let tokens = &document.tokens;
    let is_nominal = |i: usize| {
        tokens[i].class == Class::Possessive
            || tokens[i].is_word()
                && matches!(tokens[i].tag, tag::NAME | tag::NOUN | tag::ROLE | tag::PEOPLE | tag::OTHER | tag::NUMBER)
    };
    let is_article = source.len() == 1 && tokens[source.start].tag == tag::DETERMINER;
    if let Some(cue) = draft.cue.filter(|cue| cue.start > source.end && cue.start - source.end <= REACH) {
        let mut stop = cue.start;
        while stop > source.end && matches!(tokens[stop - 1].tag, tag::ADVERB | tag::AUXILIARY) {
            stop -= 1;
        }
        let between = source.end..stop;
        let goes_on = is_nominal(source.end) || is_article;
        let is_plain = |i: usize| {
            is_nominal(i)
                || tokens[i].is_word()
                    && matches!(tokens[i].tag, tag::PREPOSITION | tag::DETERMINER | tag::MAYBE_VERB | tag::TO)
        };
        let is_free = |i: usize| !document.is_quoted(i) && !draft.content.iter().any(|content| content.holds(i));
        if goes_on && stop > source.end && is_nominal(stop - 1) && between.clone().all(|i| is_plain(i) && is_free(i)) {
            return Range::new(source.start, stop);
        }
    }
    // "Norvale" of "Norvale's foreign minister", farther from its verb.
    if tokens.get(source.end).is_some_and(|token| token.class == Class::Possessive) && !document.is_quoted(source.end) {
        let end = (source.end + 1..tokens.len().min(source.end + 1 + REACH))
            .take_while(|&i| is_nominal(i) && !draft.content.iter().any(|content| content.holds(i)))
            .last();
        return end.map_or(source, |last| Range::new(source.start, last + 1));
    }
    if is_article {
        let next = source.end..tokens.len().min(source.end + 3);
        let stop = next.clone().find(|&i| !tokens[i].is_word()).unwrap_or(next.end);
        let noun = (next.start..stop).find(|&i| tokens[i].has(traits::ROLE | traits::ORGANIZATION | traits::GROUP));
        return noun.map_or(source, |noun| Range::new(source.start, noun + 1));
    }
    source
}

/// "Last autumn the party": a time before the noun phrase is no part of it.
fn without_opening(document: &Document<'_>, source: Range) -> Range {
    let tokens = &document.tokens;
    let has_time = |i: usize| tokens[i].has(traits::TIME);
    let opener = &tokens[source.start];
    // "Meanwhile Una Tait", "Likewise, Sen. Una Tait".
    let is_adverb =
        opener.has(traits::ADVERB | traits::CONJUNCTION) && !opener.has(traits::DETERMINER | traits::PRONOUN);
    if is_adverb && source.len() > 1 {
        let start = source.start + 1 + usize::from(tokens[source.start + 1].tag == tag::COMMA);
        let goes_on = start < source.end && (tokens[start].is(shape::UPPER) || tokens[start].tag == tag::DETERMINER);
        return if goes_on { Range::new(start, source.end) } else { source };
    }
    let opens = matches!(
        document.word(source.start).to_lowercase().as_str(),
        "last" | "this" | "next" | "earlier" | "late" | "early"
    );
    // "Last autumn the party": the noun phrase begins at its article.
    let has_article = || {
        (source.start + 1..source.end.min(source.start + 4))
            .any(|i| tokens[i].has(traits::DETERMINER) && tokens[i].tag == tag::DETERMINER)
    };
    if !(has_time(source.start) || opens && source.len() > 2 && (has_time(source.start + 1) || has_article())) {
        return source;
    }
    let start = (source.start + 1..source.end)
        .find(|&i| !has_time(i) && (tokens[i].has(traits::DETERMINER | traits::PRONOUN) || tokens[i].is(shape::UPPER)));
    start.map_or(source, |start| Range::new(start, source.end))
}

/// Without adverbs and times behind the noun phrase: "the courts, however", "the minister on Sunday".
fn without_ending(document: &Document<'_>, names: &Names, source: Range) -> Range {
    let tokens = &document.tokens;
    if (source.start..source.end).any(|i| tokens[i].has(word::WHO)) {
        return source;
    }
    let mut end = source.end;
    while end > source.start + 1 {
        let last = &tokens[end - 1];
        let is_time = last.has(traits::TIME)
            && names.inside(Range::new(source.start, end)).all(|n| names.names[n].range.end < end);
        let is_loose = last.tag == tag::COMMA
            || last.has(traits::ADVERB) && !last.is(shape::UPPER) && last.tag == tag::ADVERB
            || is_time
            || end < source.end
                && tokens[end].has(traits::TIME)
                && matches!(document.word(end - 1), "on" | "last" | "late" | "early" | "in");
        if !is_loose {
            break;
        }
        end -= 1;
    }
    Range::new(source.start, end)
}

/// A source that runs on over a verb of saying ends before it: "Dan Moss said in the release this case".
fn before_other_cue(document: &Document<'_>, source: Range) -> Range {
    let tokens = &document.tokens;
    for i in source.start + 1..source.end {
        if tokens[i].has(word::WHO | word::THAT) || tokens[i].tag == tag::OPEN {
            break;
        }
        let is_cue = tokens[i].has(traits::CUE)
            && tokens[i].cue_rate() >= 11
            && !tokens[i].is(shape::UPPER)
            && tokens[i - 1].is(shape::UPPER);
        if is_cue {
            return Range::new(source.start, i);
        }
    }
    source
}
