//! Which words are the heads of cues: candidates, and the features that decide.

use super::document::{Document, Range};
use super::features::{Emit, feature, pair, step};
use super::lexicon::traits;
use super::vocabulary::{tag, word};

/// Whether the token may be a cue's head at all.
pub(super) fn is_candidate(document: &Document<'_>, i: usize) -> bool {
    let token = &document.tokens[i];
    token.is_word()
        && (token.cue_rate() > 0 || token.has(traits::CUE | word::ACCORDING) || token.tag == tag::VERB)
        && !document.is_quoted(i)
}

/// Whether the word is a cue more often than not.
pub(super) fn is_strong(document: &Document<'_>, i: usize) -> bool {
    let token = &document.tokens[i];
    token.is_word()
        && (token.cue_rate() >= 8 || token.cue_rate() == 0 && token.has(traits::CUE))
        && !document.is_quoted(i)
}

/// What stands around a cue, found once for all decisions about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    /// The sentence.
    pub sentence: Range,
    /// First token of the verb group: auxiliaries, negations and adverbs before the head.
    pub group: usize,
    /// Nearest closing mark to the left in the sentence.
    pub close: Option<usize>,
    /// Nearest opening mark to the right in the sentence.
    pub open: Option<usize>,
    /// Nearest strong cue to the left.
    pub left_cue: Option<usize>,
    /// Nearest strong cue to the right.
    pub right_cue: Option<usize>,
}

/// How far to either side is looked.
const REACH: usize = 30;

impl Around {
    pub fn new(document: &Document<'_>, i: usize, sentence: Range) -> Self {
        let tokens = &document.tokens;
        let mut group = i;
        while group > sentence.start && i - group < 6 {
            let before = &tokens[group - 1];
            if !matches!(before.tag, tag::AUXILIARY | tag::ADVERB | tag::TO) || document.is_quoted(group - 1) {
                break;
            }
            group -= 1;
        }
        let (mut close, mut left_cue) = (None, None);
        for k in (sentence.start.max(i.saturating_sub(REACH))..i).rev() {
            if close.is_none() && tokens[k].tag == tag::CLOSE {
                close = Some(k);
            }
            if left_cue.is_none() && is_strong(document, k) {
                left_cue = Some(k);
            }
        }
        let (mut open, mut right_cue) = (None, None);
        for k in i + 1..sentence.end.min(i + REACH) {
            if open.is_none() && tokens[k].tag == tag::OPEN {
                open = Some(k);
            }
            if right_cue.is_none() && is_strong(document, k) {
                right_cue = Some(k);
            }
        }
        Self { sentence, group, close, open, left_cue, right_cue }
    }
}

/// The rules' view of a cue's head: a speech verb is one, everything else is none.
pub(super) fn rule_score(document: &Document<'_>, i: usize) -> f32 {
    let token = &document.tokens[i];
    let after = document.tokens.get(i + 1);
    if token.has(word::ACCORDING) && after.is_some_and(|token| token.has(word::TO)) {
        return 4.0;
    }
    let after_to = i > 0 && document.tokens[i - 1].tag == tag::TO;
    if token.has(traits::CUE) && !after_to { 2.5 } else { -4.0 }
}

/// The features of "this word is the head of a cue".
pub(super) fn features(document: &Document<'_>, i: usize, around: &Around, out: &mut impl Emit) {
    let mut emit = |hash| out.emit(hash);
    let sentence = around.sentence;
    let tokens = &document.tokens;
    let token = &tokens[i];
    let head = token.key;
    let key = |k: isize| document.key(i.wrapping_add_signed(k), sentence);
    let tag = |k: isize| u32::from(document.tag(i.wrapping_add_signed(k), sentence));
    let rate = u32::from(token.cue_rate());
    emit(feature(1, 0));
    emit(feature(2, head));
    emit(feature(3, rate));
    emit(feature(4, pair(head, key(1))));
    emit(feature(5, pair(head, key(-1))));
    emit(feature(6, key(1)));
    emit(feature(7, key(-1)));
    emit(feature(8, key(2)));
    emit(feature(9, key(-2)));
    emit(feature(10, pair(head, tag(1))));
    emit(feature(11, pair(head, tag(-1))));
    emit(feature(12, pair(pair(tag(-1), tag(1)), rate)));
    emit(feature(13, pair(pair(tag(-2), tag(-1)), rate)));
    emit(feature(14, pair(pair(tag(1), tag(2)), rate)));
    emit(feature(15, pair(pair(tag(-2), tag(-1)), pair(tag(1), tag(2)))));
    emit(feature(16, pair(head, pair(tag(1), tag(2)))));
    emit(feature(17, pair(head, pair(tag(-2), tag(-1)))));
    emit(feature(18, pair(key(1), key(2))));
    let surface = document.word(i);
    let suffix = surface.char_indices().rev().nth(2).map_or(surface, |(at, _)| &surface[at..]);
    let ending = super::lexicon::key(suffix);
    emit(feature(19, ending));
    emit(feature(20, pair(ending, pair(tag(-1), tag(1)))));
    // The subject, across the verb group.
    let group = around.group;
    let subject = group.wrapping_sub(1);
    let subject_tag = u32::from(document.tag(subject, sentence));
    emit(feature(21, pair(subject_tag, rate)));
    emit(feature(22, document.key(subject, sentence)));
    emit(feature(23, pair(head, subject_tag)));
    emit(feature(24, pair(document.key(subject, sentence), pair(rate, tag(1)))));
    if group < i {
        let mut all = 0;
        for k in group..i {
            emit(feature(25, tokens[k].key));
            emit(feature(26, pair(head, tokens[k].key)));
            all = pair(all, u32::from(tokens[k].tag));
        }
        emit(feature(27, pair(all, rate)));
        emit(feature(28, pair(tokens[group].key, subject_tag)));
    }
    // Quotations on either side.
    let close = around.close.map_or(99, |close| step(i - close));
    let open = around.open.map_or(99, |open| step(open - i));
    emit(feature(29, pair(close, rate)));
    emit(feature(30, pair(open, rate)));
    emit(feature(31, pair(close, open)));
    if close < 4 || open < 4 {
        emit(feature(32, pair(head, pair(u32::from(close < 4), u32::from(open < 4)))));
        emit(feature(33, pair(close, pair(tag(-1), tag(1)))));
        emit(feature(34, pair(open, pair(tag(-1), tag(1)))));
    }
    // Other cues: statements do not nest.
    if let Some(left) = around.left_cue {
        let has_comma = (left..i).any(|k| tokens[k].tag == super::vocabulary::tag::COMMA);
        let distance = pair(step(i - left), u32::from(has_comma));
        emit(feature(35, pair(rate, distance)));
        emit(feature(36, pair(tokens[left].key, u32::from(has_comma))));
        emit(feature(37, pair(distance, pair(u32::from(document.tag(left + 1, sentence)), subject_tag))));
        emit(feature(38, pair(head, u32::from(has_comma))));
    } else {
        emit(feature(39, rate));
    }
    match around.right_cue {
        Some(right) => {
            emit(feature(40, pair(rate, step(right - i))));
            emit(feature(41, pair(tokens[right].key, pair(step(right - i), tag(1)))));
            let ends = sentence.end - right <= 3;
            emit(feature(42, pair(rate, u32::from(ends))));
        }
        None => emit(feature(43, rate)),
    }
    emit(feature(44, pair(step(i - sentence.start), rate)));
    emit(feature(45, pair(step(sentence.end - i), rate)));
    emit(feature(46, pair(step(sentence.end - i), head)));
    let opener = document.key(sentence.start, sentence);
    emit(feature(47, pair(opener, step(i - sentence.start).min(6))));
    emit(feature(48, key(3)));
    emit(feature(49, pair(u32::from(token.class_of_word()), pair(tag(-1), tag(1)))));
    let habits = token.habits();
    emit(feature(50, pair(habits, tag(1))));
    emit(feature(51, pair(habits, subject_tag)));
    emit(feature(52, pair(habits, rate)));
    emit(feature(53, pair(habits, pair(subject_tag, tag(1)))));
    emit(feature(54, pair(habits, pair(close, open))));
}
