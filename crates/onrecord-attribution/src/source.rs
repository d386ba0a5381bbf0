//! Who is the source of a cue: candidates inside the sentence, and the features that rank them.
//!
//! A source is a noun phrase that ends before the cue's verb group, begins after the cue, stands farther left as the
//! subject that the cue shares with another verb, or is not there at all.

use super::content::{Content, is_verb};
use super::cue::Around;
use super::document::{Document, Range};
use super::features::{Emit, feature, pair, step};
use super::lexicon::traits;
use super::token::shape;
use super::vocabulary::{tag, word};

/// Where a source stands, seen from its cue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    None,
    /// Ends where the verb group begins.
    Left,
    /// Begins after the cue.
    Right,
    /// Farther left.
    Far,
}

/// One candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Source {
    pub place: Place,
    /// Empty for [`Place::None`].
    pub range: Range,
}

const REACH: usize = 32;
const MAX_STARTS: usize = 9;

/// Whether a noun phrase may begin at `k`.
fn opens_phrase(document: &Document<'_>, k: usize, sentence: Range) -> bool {
    let token = &document.tokens[k];
    let can_open = match token.tag {
        tag::PRONOUN
        | tag::DETERMINER
        | tag::NAME
        | tag::ROLE
        | tag::PEOPLE
        | tag::NUMBER
        | tag::NOUN
        | tag::OTHER
        | tag::WHO
        | tag::THAT
        | tag::MAYBE_VERB
        | tag::TIME
        | tag::VERB => true,
        tag::ADVERB | tag::PREPOSITION | tag::CONJUNCTION => token.is(shape::UPPER) && k == sentence.start,
        _ => false,
    };
    if !can_open {
        return false;
    }
    if k == sentence.start {
        return true;
    }
    let before = &document.tokens[k - 1];
    is_boundary(before.tag)
        || matches!(token.tag, tag::DETERMINER | tag::PRONOUN | tag::WHO)
        || token.is(shape::UPPER) && !before.is(shape::UPPER)
}

/// Whether a token of this kind is in no noun phrase, or is one by itself, so that one may begin after it and end before.
fn is_boundary(tag: u8) -> bool {
    matches!(
        tag,
        tag::COMMA
            | tag::CONJUNCTION
            | tag::PREPOSITION
            | tag::STOP
            | tag::OPEN
            | tag::CLOSE
            | tag::DASH
            | tag::COLON
            | tag::AUXILIARY
            | tag::ADVERB
            | tag::THAT
            | tag::TO
            | tag::SIGN
            | tag::WHO
            | tag::VERB
            | tag::TIME
            | tag::PRONOUN
    )
}

/// Whether a noun phrase may end before `k`.
fn closes_phrase(document: &Document<'_>, k: usize) -> bool {
    let token = &document.tokens[k];
    is_boundary(token.tag)
        || matches!(token.tag, tag::MAYBE_VERB | tag::DETERMINER)
        || !token.is(shape::UPPER) && document.tokens[k - 1].is(shape::UPPER)
}

/// Fills `found` with the candidates for the cue at `i` whose content is `content`.
pub(super) fn candidates(
    document: &Document<'_>,
    i: usize,
    around: &Around,
    content: &Content,
    found: &mut Vec<Source>,
) {
    found.clear();
    found.push(Source { place: Place::None, range: Range::new(i, i) });
    let tokens = &document.tokens;
    let sentence = around.sentence;
    if let Some(range) =
        quoted_person(document, i, sentence).filter(|&range| content.parts().all(|part| !part.overlaps(range)))
    {
        found.clear();
        found.push(Source { place: Place::Far, range });
        return;
    }
    let by = passive_by(document, i, around);
    let mut end = around.group;
    while end > sentence.start && matches!(tokens[end - 1].tag, tag::COMMA | tag::DASH) && around.group - end < 2 {
        end -= 1;
    }
    let mut push = |place, start: usize, stop: usize| {
        let range = Range::new(start, stop);
        let is_free = content.parts().all(|part| !part.overlaps(range));
        if start < stop && is_free {
            found.push(Source { place, range });
        }
    };
    let (mut n_left, mut n_far) = (0, 0);
    let mut is_adjacent = true;
    // The subject of a passive is talked about; who speaks stands behind "by".
    let end = if by.is_some() { sentence.start } else { end };
    for k in (sentence.start.max(end.saturating_sub(REACH))..end).rev() {
        if document.is_quoted(k) || tokens[k].tag == tag::CLOSE {
            is_adjacent = false;
            continue;
        }
        if !opens_phrase(document, k, sentence) {
            continue;
        }
        if is_adjacent && n_left < MAX_STARTS {
            n_left += 1;
            push(Place::Left, k, end);
        }
        if n_far < MAX_STARTS {
            let stop = (k + 1..end).find(|&stop| closes_phrase(document, stop)).unwrap_or(end);
            if stop < end && tokens[k].tag != tag::VERB {
                n_far += 1;
                push(Place::Far, k, stop);
                if tokens[stop].tag == tag::PREPOSITION || tokens[stop].tag == tag::DETERMINER {
                    let longer = (stop + 1..end)
                        .find(|&stop| closes_phrase(document, stop) && tokens[stop].tag != tag::DETERMINER);
                    if let Some(longer) = longer {
                        push(Place::Far, k, longer);
                    }
                }
            }
        }
    }
    let mut start = by.map_or(i + 1, |by| by + 1);
    while start < sentence.end && start < i + 3 && matches!(tokens[start].tag, tag::PREPOSITION | tag::TO) {
        start += 1;
    }
    if start >= sentence.end || document.is_quoted(start) {
        return;
    }
    let mut n_right = 0;
    let last = super::content::core_end(document, sentence);
    for stop in start + 1..=last.min(start + REACH) {
        if tokens[stop - 1].tag == tag::COMMA {
            continue;
        }
        // ", predicting results": another clause of the same subject.
        let opens_clause = stop + 1 < last && tokens[stop].tag == tag::COMMA && is_participle(document, stop + 1);
        if opens_clause || stop < last && (document.is_quoted(stop) || tokens[stop].tag == tag::OPEN) {
            push(Place::Right, start, stop);
            break;
        }
        if (stop == last || closes_phrase(document, stop)) && n_right < MAX_STARTS {
            n_right += 1;
            push(Place::Right, start, stop);
        }
    }
}

/// "Was criticised by the regulator", "described by aid groups as": where "by" stands.
pub(super) fn passive_by(document: &Document<'_>, i: usize, around: &Around) -> Option<usize> {
    let is_be =
        |k: usize| matches!(document.word(k), "is" | "are" | "was" | "were" | "be" | "been" | "being" | "gets" | "got");
    let by = i + 1;
    let is_passive = (around.group..i).any(is_be) || document.word(i).ends_with("ed");
    let has_by = by + 1 < around.sentence.end && document.word(by) == "by" && !document.is_quoted(by);
    // "Ended by saying" has no passive.
    let names_somebody = has_by
        && (document.tokens[by + 1].tag == tag::DETERMINER
            || document.tokens[by + 1].is(shape::UPPER)
            || matches!(document.tokens[by + 1].tag, tag::PEOPLE | tag::ROLE | tag::NOUN | tag::OTHER))
        && !document.word(by + 1).ends_with("ing");
    (is_passive && names_somebody).then_some(by)
}

/// "Reuters quoted Ida Moy, who runs the port, as saying": who is quoted is the source.
fn quoted_person(document: &Document<'_>, i: usize, sentence: Range) -> Option<Range> {
    let tokens = &document.tokens;
    if i < sentence.start + 3 || document.word(i - 1) != "as" {
        return None;
    }
    let is_quote = |&k: &usize| {
        matches!(document.word(k), "quotes" | "quoted" | "quoting" | "cites" | "cited" | "citing")
            && !document.is_quoted(k)
    };
    let verb = (sentence.start..i - 1).rev().take(REACH).find(is_quote)?;
    if verb > sentence.start
        && tokens[verb - 1].tag == tag::AUXILIARY
        && !matches!(document.word(verb - 1), "has" | "have" | "had")
    {
        return None;
    }
    let start = verb + 1;
    let end = (start..i - 1).find(|&k| tokens[k].tag == tag::COMMA || tokens[k].tag == tag::WHO).unwrap_or(i - 1);
    (end > start).then_some(Range::new(start, end))
}

/// Whether the word is a verb in -ing.
fn is_participle(document: &Document<'_>, k: usize) -> bool {
    let token = &document.tokens[k];
    token.is_word()
        && !token.is(shape::UPPER)
        && document.word(k).ends_with("ing")
        && (token.cue_rate() > 0 || token.tag == tag::VERB)
}

/// What is known of a candidate by its form alone, in log-odds on top of what was learnt: "Ivo Miller, who heads the army,
/// said" has the whole phrase for its subject.
pub(super) fn bonus(document: &Document<'_>, source: &Source) -> f32 {
    let tokens = &document.tokens;
    let range = source.range;
    if source.place != Place::Left || range.len() < 4 || tokens.get(range.end).is_none_or(|next| next.tag != tag::COMMA)
    {
        return 0.0;
    }
    let comma = (range.start + 1..range.end).find(|&k| tokens[k].tag == tag::COMMA);
    let is_clause = comma.is_some_and(|comma| comma + 1 < range.end && tokens[comma + 1].has(word::WHO));
    let is_name = comma.is_some_and(|comma| {
        (range.start..comma).all(|k| tokens[k].is_word() && !matches!(tokens[k].tag, tag::VERB | tag::AUXILIARY))
            && tokens[comma - 1].is(shape::UPPER)
    });
    if is_clause && is_name { 4.0 } else { 0.0 }
}

/// The rules' view of a candidate: the nearest noun phrase.
pub(super) fn rule_score(document: &Document<'_>, i: usize, around: &Around, source: &Source) -> f32 {
    let tokens = &document.tokens;
    let range = source.range;
    let is_according = tokens[i].has(word::ACCORDING);
    let follows = around.group > around.sentence.start
        && !matches!(tokens[around.group - 1].tag, tag::COMMA | tag::CLOSE | tag::CONJUNCTION | tag::TO);
    match source.place {
        Place::None => 0.0,
        Place::Far => -2.0,
        Place::Right => {
            let stop = range.end;
            let ends_well = stop >= around.sentence.end
                || matches!(tokens[stop].tag, tag::COMMA | tag::STOP | tag::OPEN | tag::TIME | tag::PREPOSITION);
            let commas = (range.start..stop).filter(|&k| tokens[k].tag == tag::COMMA).count() as f32;
            let base = if is_according {
                4.0
            } else if follows {
                -2.0
            } else {
                2.0
            };
            base + if ends_well { 0.5 } else { 0.0 } - commas + 0.01 * range.len() as f32
        }
        Place::Left => {
            let verbs = (range.start..range.end).filter(|&k| is_verb(tokens[k].tag)).count() as f32;
            let commas = (range.start..range.end).filter(|&k| tokens[k].tag == tag::COMMA).count() as f32;
            let base = if is_according {
                -3.0
            } else if follows {
                2.0
            } else {
                0.5
            };
            base - verbs - 0.3 * commas + 0.02 * range.len() as f32
        }
    }
}

/// The features of one candidate.
pub(super) fn features(
    document: &Document<'_>,
    i: usize,
    around: &Around,
    content: &Content,
    source: &Source,
    out: &mut impl Emit,
) {
    let mut emit = |hash| out.emit(hash);
    let tokens = &document.tokens;
    let sentence = around.sentence;
    let head = tokens[i].key;
    let place = source.place as u32;
    let layout = content.layout as u32;
    let before_cue = u32::from(document.tag(around.group.wrapping_sub(1), sentence));
    let after_cue = u32::from(document.tag(i + 1, sentence));
    emit(feature(1, pair(place, layout)));
    emit(feature(2, pair(place, head)));
    emit(feature(3, pair(place, pair(before_cue, layout))));
    emit(feature(4, pair(place, pair(after_cue, layout))));
    emit(feature(5, pair(place, pair(before_cue, after_cue))));
    emit(feature(6, pair(place, document.key(around.group.wrapping_sub(1), sentence))));
    if around.group < i {
        emit(feature(7, pair(place, tokens[i - 1].key)));
        emit(feature(8, pair(place, pair(tokens[around.group].key, before_cue))));
    }
    emit(feature(9, pair(place, pair(head, layout))));
    if source.place == Place::None {
        return;
    }
    let range = source.range;
    let (first, last) = (&tokens[range.start], &tokens[range.end - 1]);
    let before = u32::from(document.tag(range.start.wrapping_sub(1), sentence));
    let after = u32::from(document.tag(range.end, sentence));
    let distance = match source.place {
        Place::Right => range.start - i - 1,
        _ => around.group - range.end,
    };
    let length = step(range.len());
    emit(feature(10, pair(place, pair(u32::from(first.tag), u32::from(last.tag)))));
    emit(feature(11, pair(place, pair(before, u32::from(first.tag)))));
    emit(feature(12, pair(place, pair(after, u32::from(last.tag)))));
    emit(feature(13, pair(place, first.key)));
    emit(feature(14, pair(place, last.key)));
    emit(feature(15, pair(place, pair(length, u32::from(first.tag)))));
    emit(feature(16, pair(place, step(distance))));
    emit(feature(17, pair(place, pair(document.key(range.start.wrapping_sub(1), sentence), u32::from(first.tag)))));
    emit(feature(18, pair(place, document.key(range.end, sentence))));
    emit(feature(19, pair(place, u32::from(range.start == sentence.start))));
    // The head: the last word before a comma, preposition or relative clause.
    let stop = (range.start + 1..range.end)
        .find(|&k| {
            matches!(tokens[k].tag, tag::COMMA | tag::PREPOSITION | tag::WHO | tag::CONJUNCTION | tag::DASH | tag::THAT)
        })
        .unwrap_or(range.end);
    let core = &tokens[stop - 1];
    emit(feature(20, pair(place, core.key)));
    emit(feature(21, pair(place, pair(u32::from(core.tag), before))));
    emit(feature(22, pair(place, pair(u32::from(core.tag), length))));
    let (mut n_verbs, mut n_commas, mut n_names, mut n_people, mut all) = (0, 0, 0, 0, 0);
    for (n, token) in tokens[range.start..range.end].iter().enumerate() {
        n_verbs += usize::from(is_verb(token.tag));
        n_commas += usize::from(token.tag == tag::COMMA);
        n_names += usize::from(token.tag == tag::NAME);
        n_people += usize::from(token.has(traits::ROLE | traits::GROUP | traits::ORGANIZATION));
        if n < 6 {
            all = pair(all, u32::from(token.tag));
        }
    }
    emit(feature(23, pair(place, all)));
    emit(feature(24, pair(place, pair(step(n_verbs).min(3), step(n_commas).min(3)))));
    emit(feature(25, pair(place, pair(step(n_names).min(3), step(n_people).min(2)))));
    emit(feature(26, pair(place, pair(step(n_commas).min(3), after))));
    emit(feature(27, pair(place, pair(step(n_names).min(3), pair(before, after)))));
    emit(feature(28, pair(head, pair(place, u32::from(core.tag)))));
    emit(feature(29, pair(place, pair(layout, step(distance)))));
    emit(feature(30, pair(place, pair(length, pair(before, after)))));
    let whole_left = source.place == Place::Left && opens_more(document, range.start, sentence);
    emit(feature(31, pair(place, pair(u32::from(whole_left), u32::from(first.tag)))));
    if source.place == Place::Far {
        // What stands between: another verb that the subject shares.
        let between = range.end..around.group;
        let verbs = between.clone().filter(|&k| is_verb(tokens[k].tag)).count();
        let cues = between.clone().filter(|&k| tokens[k].cue_rate() >= 6).count();
        let commas = between.clone().filter(|&k| tokens[k].tag == tag::COMMA).count();
        let phrases = between.filter(|&k| matches!(tokens[k].tag, tag::NAME | tag::PRONOUN)).count();
        emit(feature(32, pair(step(verbs).min(3), pair(step(commas).min(3), step(phrases).min(4)))));
        emit(feature(33, pair(step(cues).min(2), pair(before_cue, u32::from(core.tag)))));
        emit(feature(34, pair(before, pair(after, before_cue))));
        emit(feature(35, pair(u32::from(range.start == sentence.start), pair(before_cue, after))));
    }
    let at_content = content.parts().any(|part| part.end == range.start || range.end == part.start);
    emit(feature(36, pair(place, pair(layout, u32::from(at_content)))));
    let comma_at_content = content.first.end + 1 == range.start;
    emit(feature(37, pair(place, pair(layout, u32::from(comma_at_content)))));
}

/// Whether the words before could belong to the same phrase.
fn opens_more(document: &Document<'_>, start: usize, sentence: Range) -> bool {
    start > sentence.start
        && matches!(
            document.tokens[start - 1].tag,
            tag::NAME
                | tag::NOUN
                | tag::DETERMINER
                | tag::OTHER
                | tag::ROLE
                | tag::PEOPLE
                | tag::POSSESSIVE
                | tag::NUMBER
        )
}
