//! Which marks open and close a quotation, paragraph by paragraph.
//!
//! A quotation left open runs to the end of its paragraph, as is the custom for quotations of several paragraphs.
//! Marks that look the same at both ends are told apart by the white space around them, and so are marks that some
//! languages turn round (`»…«`). Single marks are looked at outside of double ones: where they open at a word's beginning,
//! what closes them is the first mark behind a stop or before a sign, so that apostrophes are hardly ever taken for them.
//! A text that quotes in single marks quotes as directly as any other; where it has double ones, single marks are for
//! words held at arm's length.

use super::document::{Paragraph, Range, Region};
use super::lexicon::traits;
use super::token::{Class, Token, shape};

/// A quotation that is open while marks are read.
#[derive(Debug, Clone, Copy)]
struct Opened {
    at: usize,
    is_single: bool,
    /// Where the single mark stands that closes it.
    single_end: Option<usize>,
    /// Closing marks that belong to marks inside.
    n_inner: usize,
}

/// Sets the classes of the marks in `tokens[range]`, marks what is quoted, and appends the quotations to `regions`.
pub(super) fn mark(text: &str, tokens: &mut [Token], range: Range, regions: &mut Vec<Region>) {
    let mut open: Option<Opened> = None;
    let mut n_words = 0;
    // Once no single mark closes, none further right does; so the line is searched a bounded number of times.
    let mut single_can_close = true;
    for i in range.start..range.end {
        let class = tokens[i].class;
        match class {
            Class::Single | Class::Possessive if open.is_some_and(|open| open.single_end == Some(i)) => {
                tokens[i].class = Class::Close;
                if let Some(opened) = open.take() {
                    regions.push(Region { open: opened.at, end: i + 1, is_closed: true, n_words });
                }
                continue;
            }
            Class::Single if open.is_none() && single_opens(text, tokens, i, range) => {
                let single_end = if single_can_close { single_close(tokens, i, range) } else { None };
                if single_end.is_some() || goes_on_below(tokens, i, range, regions) {
                    open = Some(Opened { at: i, is_single: true, single_end, n_inner: 0 });
                    tokens[i].class = Class::Open;
                    n_words = 0;
                } else {
                    single_can_close = (i + 1..range.end).any(|k| closes_single(tokens, k, range) != Closing::No);
                }
                continue;
            }
            Class::Open | Class::Close | Class::Mark => {}
            _ => {
                if let Some(opened) = open {
                    tokens[i].shape |= shape::QUOTED | if opened.is_single { shape::SINGLE } else { 0 };
                    n_words += usize::from(class == Class::Word);
                }
                continue;
            }
        }
        let is_german = tokens[i].key == '“' as u32 && open.is_some_and(|opened| tokens[opened.at].key == '„' as u32);
        let opens = match class {
            Class::Open if is_german || closes_wrongly(text, &tokens[i], open.is_some()) => false,
            Class::Open => true,
            Class::Close => turned_round(text, &tokens[i], open.is_some()),
            _ => ambiguous_opens(text, tokens, i, range, open.is_some()),
        };
        match (opens, open) {
            (true, None) => {
                tokens[i].class = Class::Open;
                open = Some(Opened { at: i, is_single: false, single_end: None, n_inner: 0 });
                n_words = 0;
            }
            (false, Some(opened)) if !opened.is_single && opened.n_inner == 0 => {
                tokens[i].class = Class::Close;
                regions.push(Region { open: opened.at, end: i + 1, is_closed: true, n_words });
                open = None;
            }
            (opens, _) => {
                tokens[i].class = Class::Mark;
                if let Some(opened) = &mut open {
                    tokens[i].shape |= shape::QUOTED;
                    if !opens {
                        opened.n_inner -= usize::from(opened.n_inner > 0);
                    } else if !opened.is_single && has_pair(text, tokens, i, range) {
                        opened.n_inner += 1;
                    }
                }
            }
        }
    }
    if let Some(opened) = open {
        let end = end_of_open(tokens, opened.at, range);
        for token in &mut tokens[end..range.end] {
            token.shape &= !(shape::QUOTED | shape::SINGLE);
        }
        let n_words = tokens[opened.at..end].iter().filter(|token| token.is_word()).count();
        regions.push(Region { open: opened.at, end, is_closed: end < range.end, n_words });
    }
}

/// Where a quotation without a closing mark ends: at the paragraph's end, or before "he asked." where the mark was
/// forgotten.
fn end_of_open(tokens: &[Token], open: usize, range: Range) -> usize {
    let is_sign = |i: usize, signs: &[char]| {
        tokens[i].class == Class::Punct && char::from_u32(tokens[i].key).is_some_and(|sign| signs.contains(&sign))
    };
    let mut last = range.end;
    while last > open + 1 && is_sign(last - 1, &['.']) {
        last -= 1;
    }
    if last < open + 5 || !tokens[last - 1].has(traits::CUE) || !tokens[last - 2].has(traits::PRONOUN) {
        return range.end;
    }
    if is_sign(last - 3, &['?', '!', ',']) { last - 2 } else { range.end }
}

/// Whether a straight mark that opens inside a quotation has its own closing mark before that of the quotation.
fn has_pair(text: &str, tokens: &[Token], i: usize, range: Range) -> bool {
    let is_mark = |k: &usize| matches!(tokens[*k].class, Class::Mark | Class::Open | Class::Close);
    let mut marks = (i + 1..range.end).filter(is_mark);
    let closes = |k: Option<usize>| {
        k.is_some_and(|k| match tokens[k].class {
            Class::Close => true,
            Class::Open => false,
            _ => !ambiguous_opens(text, tokens, k, range, true),
        })
    };
    closes(marks.next()) && closes(marks.next())
}

fn around(text: &str, token: &Token) -> (char, char) {
    let before = text[..token.start].chars().next_back().unwrap_or(' ');
    (before, text[token.end()..].chars().next().unwrap_or(' '))
}

/// Whether a mark that looks the same at both ends opens here: by the white space around it.
fn ambiguous_opens(text: &str, tokens: &[Token], i: usize, range: Range, is_open: bool) -> bool {
    let (before, after) = around(text, &tokens[i]);
    if after.is_whitespace() {
        // Text cut into words has blanks on both sides of every mark.
        let is_apart = before.is_whitespace() || i == range.start;
        return is_apart && !is_open && i + 1 < range.end;
    }
    before.is_whitespace()
        || i == range.start
        || "([{―—–-‘'>".contains(before)
        || (!is_open && !before.is_alphanumeric() && !".,!?…".contains(before))
}

/// `»The talks have failed«`: a closing mark that opens, by the white space around it.
fn turned_round(text: &str, token: &Token, is_open: bool) -> bool {
    let (before, after) = around(text, token);
    token.key == '»' as u32 && !is_open && (before.is_whitespace() || "(—–".contains(before)) && after.is_alphanumeric()
}

/// `“It is unusual,“ she said`, `…failed«`: an opening mark where only a closing one makes sense.
fn closes_wrongly(text: &str, token: &Token, is_open: bool) -> bool {
    let (before, after) = around(text, token);
    let is_turned = token.key == '«' as u32 && !before.is_whitespace() && !after.is_alphanumeric();
    is_open && (is_turned || token.key == '“' as u32 && ".,!?…".contains(before) && after.is_whitespace())
}

/// Words that begin with an apostrophe.
const CLIPPED: [&str; 9] = ["tis", "twas", "em", "til", "till", "cause", "round", "bout", "n"];

fn single_opens(text: &str, tokens: &[Token], i: usize, range: Range) -> bool {
    let is_free = i == range.start || tokens[i].is(shape::SPACED) || around(text, &tokens[i]).0 == '—';
    let Some(next) = tokens.get(i + 1).filter(|_| i + 1 < range.end) else { return false };
    let word = &text[next.start..next.end()];
    let is_word = next.is_word() || next.class == Class::Mark || next.class == Class::Open;
    is_free
        && is_word
        && !next.is(shape::SPACED | shape::DIGIT)
        && !CLIPPED.iter().any(|clipped| word.eq_ignore_ascii_case(clipped))
}

/// Whether a single mark can close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closing {
    No,
    /// Behind a word and before a blank, where an apostrophe may stand, too.
    Maybe,
    /// Behind a stop, or before a sign.
    Surely,
}

fn closes_single(tokens: &[Token], i: usize, range: Range) -> Closing {
    let token = &tokens[i];
    let is_lone = token.class == Class::Possessive && matches!(token.len, 1 | 3);
    if !(is_lone || token.class == Class::Single) || token.is(shape::SPACED) || i == range.start {
        return Closing::No;
    }
    let next = tokens.get(i + 1).filter(|_| i + 1 < range.end);
    let is_stop = |token: &Token, signs: &str| {
        token.class == Class::Punct && char::from_u32(token.key).is_some_and(|sign| signs.contains(sign))
    };
    if next.is_some_and(|next| next.is_word() && !next.is(shape::SPACED)) {
        return Closing::No;
    }
    if is_stop(&tokens[i - 1], ",.!?…")
        || tokens[i - 1].class == Class::Mark
        || next.is_none_or(|next| is_stop(next, ",.;:!?"))
    {
        return Closing::Surely;
    }
    Closing::Maybe
}

/// The single mark that closes the quotation which opens at `i`.
fn single_close(tokens: &[Token], i: usize, range: Range) -> Option<usize> {
    let n_words = |end: usize| tokens[i..end].iter().filter(|token| token.is_word()).count();
    let surely = (i + 1..range.end).find(|&k| closes_single(tokens, k, range) == Closing::Surely)?;
    // A dependent clause may have two words: 'I doubt', he went on, 'that anyone does.'
    let is_stopped = tokens[surely - 1].class == Class::Punct;
    let goes_on = tokens.get(surely + 1).is_some_and(|next| next.key == ',' as u32 && next.class == Class::Punct);
    let least = if !is_stopped && goes_on { 2 } else { 3 };
    (n_words(surely) >= least).then_some(surely)
}

/// Whether a single mark opens a paragraph of a quotation that has several: one before was quoted so, too.
fn goes_on_below(tokens: &[Token], i: usize, range: Range, regions: &[Region]) -> bool {
    let is_single = |region: &Region| tokens[region.open].key == tokens[i].key;
    i == range.start && tokens[i + 1].is(shape::UPPER) && range.len() > 5 && regions.last().is_some_and(is_single)
}

/// In a text that quotes in single marks, these are no lesser marks: fewer double than single quotations, and single
/// ones that open a paragraph or follow a verb of saying.
pub(super) fn raise_single(tokens: &mut [Token], regions: &[Region], paragraphs: &[Paragraph]) {
    let is_single = |region: &&Region| matches!(char::from_u32(tokens[region.open].key), Some('\'' | '‘' | '’'));
    let n_single = regions.iter().filter(is_single).count();
    if n_single * 2 <= regions.len() {
        return;
    }
    let is_main = |region: &Region| {
        let opens = paragraphs.iter().any(|paragraph| paragraph.range.start == region.open);
        let before = region.open.checked_sub(1).map(|before| &tokens[before]);
        let led = before.is_some_and(|before| before.class == Class::Punct || before.has(traits::CUE));
        region.n_words >= 3 && (opens || led)
    };
    if regions.iter().filter(is_single).any(is_main) {
        tokens.iter_mut().for_each(|token| token.shape &= !shape::SINGLE);
    }
}
