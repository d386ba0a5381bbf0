//! Where sentences end.
//!
//! A full stop inside a quotation ends the sentence only where the quotation ends with it, so that a quotation of
//! several sentences stays in one piece with the words around it.

use super::document::{Range, Region};
use super::lexicon::traits;
use super::token::{Class, Token, shape};

/// Appends the sentences of `tokens[range]` to `sentences`.
pub(super) fn split(tokens: &[Token], range: Range, regions: &[Region], sentences: &mut Vec<Range>) {
    let mut start = range.start;
    if let Some(end) = dateline(tokens, range) {
        sentences.push(Range::new(start, end));
        start = end;
    }
    let mut i = start;
    let mut region = 0;
    while i < range.end {
        while region < regions.len() && regions[region].end <= i {
            region += 1;
        }
        if !ends_sentence(tokens, i, range) {
            i += 1;
            continue;
        }
        let mut next = i + 1;
        while next < range.end && is_trailer(&tokens[next]) {
            next += 1;
        }
        let inside = regions.get(region).is_some_and(|region| region.open < i && next < region.end);
        if !inside && next < range.end && starts_sentence(tokens, next) && !goes_on(tokens, i, next, range) {
            sentences.push(Range::new(start, next));
            start = next;
        }
        i = next;
    }
    if start < range.end {
        sentences.push(Range::new(start, range.end));
    }
}

/// Where a dateline ends: `BRAEMOUTH, Corvia (AP) — `.
fn dateline(tokens: &[Token], range: Range) -> Option<usize> {
    let first = &tokens[range.start];
    if !first.is(shape::CAPITALS) || first.len < 3 {
        return None;
    }
    let dash = (range.start + 1..range.end.min(range.start + 10)).find(|&i| {
        let token = &tokens[i];
        token.class == Class::Punct && matches!(char::from_u32(token.key), Some('-' | '–' | '—' | '―'))
    })?;
    let is_plain = |token: &Token| {
        token.is_word() && token.is(shape::UPPER | shape::DIGIT)
            || token.class == Class::Punct && matches!(char::from_u32(token.key), Some(',' | '(' | ')' | '.'))
    };
    (tokens[range.start..dash].iter().all(is_plain) && dash + 1 < range.end).then_some(dash + 1)
}

fn ends_sentence(tokens: &[Token], i: usize, range: Range) -> bool {
    let token = &tokens[i];
    if token.class == Class::Punct {
        return matches!(char::from_u32(token.key), Some('.' | '!' | '?' | '…'));
    }
    // "in the U.S. The": an abbreviation ends the sentence where a word of grammar goes on with a capital letter.
    if token.is(shape::STOPPED) && !token.has(traits::TITLE | traits::ROLE) && i + 1 < range.end {
        let mut next = i + 1;
        while next < range.end && matches!(tokens[next].class, Class::Open | Class::Close) {
            next += 1;
        }
        let opens = next < range.end && tokens[next].is(shape::UPPER) && tokens[next].has(traits::FUNCTION);
        return opens && !tokens[next].is(shape::STOPPED | shape::CAPITALS);
    }
    false
}

fn is_trailer(token: &Token) -> bool {
    match token.class {
        Class::Close => true,
        Class::Single | Class::Mark => !token.is(shape::SPACED),
        Class::Punct => {
            !token.is(shape::SPACED) && matches!(char::from_u32(token.key), Some(')' | ']' | '.' | '!' | '?'))
        }
        _ => false,
    }
}

fn starts_sentence(tokens: &[Token], i: usize) -> bool {
    let token = &tokens[i];
    match token.class {
        Class::Open => true,
        Class::Word => !is_lower(token),
        _ => token.is(shape::SPACED),
    }
}

fn is_lower(token: &Token) -> bool {
    !token.is(shape::UPPER | shape::DIGIT)
}

/// `“Why?” Ann Lee asked`: the question mark ends the quotation, not the sentence.
fn goes_on(tokens: &[Token], i: usize, next: usize, range: Range) -> bool {
    let stop = &tokens[i];
    let is_plain_stop = stop.key == '.' as u32 && stop.class == Class::Punct;
    if is_plain_stop || tokens[next - 1].class != Class::Close || tokens[next].class == Class::Open {
        return false;
    }
    tokens[next..range.end.min(next + 8)]
        .iter()
        .take_while(|token| matches!(token.class, Class::Word | Class::Possessive))
        .any(|token| token.has(traits::CUE) || token.cue_rate() >= 12)
}
