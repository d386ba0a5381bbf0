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

/// Where a dateline ends: `BRAEMOUTH, Corvia (AP) — `, `Braemouth (NWA) `.
fn dateline(tokens: &[Token], range: Range) -> Option<usize> {
    let first = &tokens[range.start];
    if !first.is_word() || !first.is(shape::UPPER) || first.len < 3 {
        return None;
    }
    let sign = |i: usize| char::from_u32(tokens[i].key).filter(|_| tokens[i].class == Class::Punct);
    let is_dash = |i: usize| matches!(sign(i), Some('-' | '–' | '—' | '―' | '_'));
    let is_plain = |i: usize| {
        tokens[i].is_word() && tokens[i].is(shape::UPPER | shape::DIGIT)
            || matches!(sign(i), Some(',' | '(' | ')' | '.' | '/'))
    };
    let limit = range.end.min(range.start + 12);
    let dash = (range.start + 1..limit).find(|&i| is_dash(i) && tokens[i].is(shape::SPACED));
    if let Some(dash) = dash.filter(|_| first.is(shape::CAPITALS)) {
        return ((range.start..dash).all(is_plain) && dash + 1 < range.end).then_some(dash + 1);
    }
    // An agency in brackets: two capital letters or more.
    let open = (range.start + 1..limit).find(|&i| sign(i) == Some('('))?;
    let close = (open + 2..range.end.min(open + 5)).find(|&i| sign(i) == Some(')'))?;
    let is_agency = (open + 1..close).any(|i| tokens[i].is(shape::CAPITALS))
        || tokens[open + 1].is_word() && dash.is_some_and(|dash| dash == close + 1);
    let end = close + 1 + usize::from(close + 1 < range.end && is_dash(close + 1));
    let goes_on =
        end < range.end && tokens[end].is_word() && tokens[end].is(shape::UPPER) && tokens[end].is(shape::SPACED);
    (is_agency && (range.start..open).all(is_plain) && goes_on && open - range.start <= 6).then_some(end)
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
