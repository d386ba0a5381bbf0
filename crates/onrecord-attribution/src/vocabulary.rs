//! What is known of a word: its traits from the word lists, and what training learnt of it.
//!
//! Parts of speech are missing on purpose: a word's *class* is learnt from what stands before it in the training texts
//! (a subject pronoun, a modal or "to" speak for a verb; an article or a preposition for a noun), without any labels.
//! Its *cue rate* is how often the word was the head of a cue, of its occurrences outside quotation marks.

use rustc_hash::FxHashMap;

use super::lexicon::{Lexicon, key, traits};
use super::token::{Token, shape};

/// A word's class, in the low half of [`Token::word_class`].
pub(super) mod word_class {
    pub const UNKNOWN: u8 = 0;
    pub const NOUN: u8 = 1;
    pub const MIXED: u8 = 2;
    pub const VERB: u8 = 3;
    pub const SURE_VERB: u8 = 4;
}

/// What a token is in its sentence, roughly a part of speech; see [`tag_of`].
pub(super) mod tag {
    pub const NONE: u8 = 0;
    pub const PRONOUN: u8 = 1;
    pub const DETERMINER: u8 = 2;
    pub const PREPOSITION: u8 = 3;
    pub const CONJUNCTION: u8 = 4;
    pub const AUXILIARY: u8 = 5;
    pub const ADVERB: u8 = 6;
    pub const NAME: u8 = 7;
    pub const NUMBER: u8 = 8;
    pub const VERB: u8 = 9;
    pub const NOUN: u8 = 10;
    pub const OTHER: u8 = 11;
    pub const TO: u8 = 12;
    pub const THAT: u8 = 13;
    pub const WHO: u8 = 14;
    pub const COMMA: u8 = 15;
    pub const STOP: u8 = 16;
    pub const OPEN: u8 = 17;
    pub const CLOSE: u8 = 18;
    pub const COLON: u8 = 19;
    pub const DASH: u8 = 20;
    pub const POSSESSIVE: u8 = 21;
    pub const SIGN: u8 = 22;
    pub const ROLE: u8 = 23;
    pub const TIME: u8 = 24;
    pub const MAYBE_VERB: u8 = 25;
    pub const PEOPLE: u8 = 26;
}

/// Bits that only the vocabulary sets, above those of the word lists.
pub(super) mod word {
    pub const TO: u32 = 1 << 24;
    pub const THAT: u32 = 1 << 25;
    pub const WHO: u32 = 1 << 26;
    pub const ACCORDING: u32 = 1 << 27;
}

/// Traits, class and cue rate of every known word.
#[derive(Debug, Clone)]
pub(super) struct Vocabulary {
    words: FxHashMap<u32, (u32, u8)>,
}

impl Vocabulary {
    /// The word lists, and for each learnt word its key, and in one number its class, cue rate (times 16)
    /// and habits (times 256).
    pub fn new(lexicon: &Lexicon, learnt: &[(u32, u16)]) -> Self {
        let mut words: FxHashMap<u32, (u32, u8)> = lexicon.iter().map(|(key, bits)| (key, (bits, 0))).collect();
        for &(key, class) in learnt {
            let entry = words.entry(key).or_insert((0, 0));
            entry.1 = (class & 0xff) as u8;
            entry.0 |= (u32::from(class >> 8) << HABITS) & HABIT_BITS;
        }
        for (form, bit) in [
            ("to", word::TO),
            ("that", word::THAT),
            ("who", word::WHO),
            ("which", word::WHO),
            ("according", word::ACCORDING),
        ] {
            words.entry(key(form)).or_insert((0, 0)).0 |= bit;
        }
        Self { words }
    }

    pub fn look_up(&self, key: u32) -> (u32, u8) {
        self.words.get(&key).copied().unwrap_or((0, 0))
    }
}

/// Where a word's habits stand among its traits: how often "that", "to" and a quotation mark follow or touch it, two bits
/// each.
const HABITS: u32 = 18;
const HABIT_BITS: u32 = 0b11_1111 << HABITS;

impl Token {
    /// How often "that", "to" and a quotation mark stand beside the word, in four steps each.
    pub const fn habits(&self) -> u32 {
        (self.traits & HABIT_BITS) >> HABITS
    }

    /// How often the word is a cue's head, from 0 (never) to 15 (always).
    pub const fn cue_rate(&self) -> u8 {
        self.word_class >> 4
    }

    pub const fn class_of_word(&self) -> u8 {
        self.word_class & 15
    }
}

/// The tag of a word; `opens` where it is the first of its sentence, so that a capital letter says nothing.
pub(super) fn tag_of(token: &Token, opens: bool) -> u8 {
    let has = |bits| token.has(bits);
    let is_name = token.is(shape::UPPER) && !(opens && (has(traits::FUNCTION) || token.class_of_word() != 0));
    if has(word::TO) {
        tag::TO
    } else if has(word::THAT) {
        tag::THAT
    } else if has(word::WHO) {
        tag::WHO
    } else if has(traits::AUXILIARY) && (opens || !token.is(shape::UPPER)) {
        tag::AUXILIARY
    } else if has(traits::PRONOUN) && !has(traits::DETERMINER) {
        tag::PRONOUN
    } else if has(traits::DETERMINER) {
        tag::DETERMINER
    } else if has(traits::CONJUNCTION) {
        tag::CONJUNCTION
    } else if has(traits::PREPOSITION) {
        tag::PREPOSITION
    } else if has(traits::TIME) {
        tag::TIME
    } else if has(traits::ROLE | traits::TITLE) {
        tag::ROLE
    } else if has(traits::GROUP) {
        tag::PEOPLE
    } else if is_name {
        tag::NAME
    } else if has(traits::ADVERB) || token.is(shape::LY) {
        tag::ADVERB
    } else if token.is(shape::DIGIT) {
        tag::NUMBER
    } else {
        match token.class_of_word() {
            word_class::NOUN => tag::NOUN,
            word_class::MIXED => tag::MAYBE_VERB,
            word_class::VERB | word_class::SURE_VERB => tag::VERB,
            _ if has(traits::CUE) => tag::VERB,
            _ => tag::OTHER,
        }
    }
}
