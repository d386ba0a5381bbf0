//! Which marks open and close a quotation, paragraph by paragraph.
//!
//! A quotation left open runs to the end of its paragraph, as is the custom for quotations of several paragraphs.
//! Marks that look the same at both ends are told apart by the white space around them. Single marks count only where
//! they stand outside of double ones, enclose three words or more, and close after a comma or a full stop, so that
//! apostrophes are never taken for them.

use super::document::{Range, Region};
use super::token::{Class, Token, shape};

/// Sets the classes of the marks in `tokens[range]`, marks what is quoted, and appends the quotations to `regions`.
pub(super) fn mark(text: &str, tokens: &mut [Token], range: Range, regions: &mut Vec<Region>) {
    let mut open: Option<(usize, bool)> = None;
    let mut n_words = 0;
    // Once no single mark closes, none further right does; so the line is searched a bounded number of times.
    let mut single_can_close = true;
    let mut single_end = None;
    for i in range.start..range.end {
        let class = tokens[i].class;
        match class {
            Class::Single if open.is_none() && single_can_close && single_opens(tokens, i, range) => {
                match single_close(tokens, i, range) {
                    Some(close) => {
                        open = Some((i, true));
                        single_end = Some(close);
                        tokens[i].class = Class::Open;
                        n_words = 0;
                    }
                    None => single_can_close = (i + 1..range.end).any(|k| closes_single(tokens, k, range)),
                }
                continue;
            }
            Class::Single if single_end == Some(i) => {
                tokens[i].class = Class::Close;
                if let Some((start, _)) = open {
                    regions.push(Region { open: start, end: i + 1, is_closed: true, n_words });
                }
                (open, single_end) = (None, None);
                continue;
            }
            Class::Open | Class::Close | Class::Mark => {}
            _ => {
                if let Some((_, is_single)) = open {
                    tokens[i].shape |= shape::QUOTED | if is_single { shape::SINGLE } else { 0 };
                    n_words += usize::from(class == Class::Word);
                }
                continue;
            }
        }
        let is_german = tokens[i].key == '“' as u32 && open.is_some_and(|(start, _)| tokens[start].key == '„' as u32);
        let opens = match class {
            Class::Open if is_german || closes_wrongly(text, &tokens[i], open.is_some()) => false,
            Class::Open => true,
            Class::Close => false,
            _ => ambiguous_opens(text, &tokens[i], open.is_some()),
        };
        match (opens, open) {
            (true, None) => {
                tokens[i].class = Class::Open;
                open = Some((i, false));
                n_words = 0;
            }
            (false, Some((start, false))) => {
                tokens[i].class = Class::Close;
                regions.push(Region { open: start, end: i + 1, is_closed: true, n_words });
                open = None;
            }
            (_, open) => {
                tokens[i].class = Class::Mark;
                if open.is_some() {
                    tokens[i].shape |= shape::QUOTED;
                }
            }
        }
    }
    if let Some((start, _)) = open {
        regions.push(Region { open: start, end: range.end, is_closed: false, n_words });
    }
}

/// Whether a mark that looks the same at both ends opens here: by the white space around it.
fn ambiguous_opens(text: &str, token: &Token, is_open: bool) -> bool {
    let before = text[..token.start].chars().next_back().unwrap_or(' ');
    let after = text[token.end()..].chars().next().unwrap_or(' ');
    if after.is_whitespace() {
        return false;
    }
    before.is_whitespace()
        || "([{―—–-‘'".contains(before)
        || (!is_open && !before.is_alphanumeric() && !".,!?…".contains(before))
}

/// `“It is unusual,“ she said`: an opening mark where only a closing one makes sense.
fn closes_wrongly(text: &str, token: &Token, is_open: bool) -> bool {
    let before = text[..token.start].chars().next_back().unwrap_or(' ');
    let after = text[token.end()..].chars().next().unwrap_or(' ');
    token.key == '“' as u32 && is_open && ".,!?…".contains(before) && after.is_whitespace()
}

fn single_opens(tokens: &[Token], i: usize, range: Range) -> bool {
    let is_free = i == range.start || tokens[i].is(shape::SPACED);
    is_free && i + 1 < range.end && tokens[i + 1].is_word() && !tokens[i + 1].is(shape::SPACED | shape::DIGIT)
}

fn closes_single(tokens: &[Token], i: usize, range: Range) -> bool {
    let ends_word = i + 1 >= range.end || tokens[i + 1].is(shape::SPACED) || tokens[i + 1].class == Class::Punct;
    let after_stop = i > range.start
        && tokens[i - 1].class == Class::Punct
        && matches!(char::from_u32(tokens[i - 1].key), Some(',' | '.' | '!' | '?' | '…'));
    tokens[i].class == Class::Single && !tokens[i].is(shape::SPACED) && after_stop && ends_word
}

/// The single mark that closes the quotation which opens at `i`.
fn single_close(tokens: &[Token], i: usize, range: Range) -> Option<usize> {
    let close = (i + 1..range.end).find(|&k| closes_single(tokens, k, range))?;
    let n_words = tokens[i..close].iter().filter(|token| token.is_word()).count();
    (n_words >= 3).then_some(close)
}
