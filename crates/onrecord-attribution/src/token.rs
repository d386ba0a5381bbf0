//! Words and signs of one line of text, found in one walk over its bytes.
//!
//! What a word means is not asked here, save for one look into the word lists: a word's traits ride along in its token,
//! so that nothing later has to hash a word again. Marks are classed by their look alone; which of them open and close a
//! quotation is decided in `quotation.rs`.

use super::lexicon::{key, traits};
use super::vocabulary::Vocabulary;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Letters or digits, with inner hyphens, apostrophes and points.
    Word,
    /// The possessive ending `'s` or a lone apostrophe after a word.
    Possessive,
    /// A mark that opens a quotation.
    Open,
    /// A mark that closes one.
    Close,
    /// A quotation mark that does neither, such as one inside a quotation.
    Mark,
    /// A single mark at the beginning of a word.
    Single,
    /// Any other sign.
    Punct,
}

/// Bits of [`Token::shape`].
pub(super) mod shape {
    /// Begins with a capital letter.
    pub const UPPER: u8 = 1;
    /// Two or more letters, all of them capital.
    pub const CAPITALS: u8 = 1 << 1;
    /// Begins with a digit.
    pub const DIGIT: u8 = 1 << 2;
    /// White space stands before it.
    pub const SPACED: u8 = 1 << 3;
    /// Stands between the marks of a quotation (the marks themselves do not).
    pub const QUOTED: u8 = 1 << 4;
    /// Ends in `ly`.
    pub const LY: u8 = 1 << 5;
    /// Ends in a full stop that belongs to it.
    pub const STOPPED: u8 = 1 << 6;
    /// Stands between single marks, which do not make a statement a direct one.
    pub const SINGLE: u8 = 1 << 7;
}

/// One token; 24 bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    /// First byte in the text.
    pub start: usize,
    /// Bytes.
    pub len: u32,
    /// Hash of the lower-case form; of a sign, of its first character.
    pub key: u32,
    /// What the word lists say.
    pub traits: u32,
    pub class: Class,
    pub shape: u8,
    /// What training learnt of the word; see `vocabulary.rs`.
    pub word_class: u8,
    /// The word's kind in a sentence, see [`super::tag`].
    pub tag: u8,
}

impl Token {
    pub const fn end(&self) -> usize {
        self.start + self.len as usize
    }

    pub const fn has(&self, bits: u32) -> bool {
        self.traits & bits != 0
    }

    pub const fn is(&self, bits: u8) -> bool {
        self.shape & bits != 0
    }

    pub fn is_word(&self) -> bool {
        self.class == Class::Word
    }
}

/// Whether the byte is an ASCII letter or digit.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

/// Cuts `text[start..end]`, which holds no line end, into `tokens`.
pub(super) fn tokenize(text: &str, start: usize, end: usize, vocabulary: &Vocabulary, tokens: &mut Vec<Token>) {
    let bytes = text.as_bytes();
    let mut at = start;
    let mut spaced = true;
    while at < end {
        let byte = bytes[at];
        if byte == b' ' || byte.is_ascii_control() {
            at += 1;
            spaced = true;
            continue;
        }
        if byte == b'<'
            && let Some(stop) = super::layout::tag_end(text, at, end)
        {
            at = stop;
            spaced = true;
            continue;
        }
        let c = if byte < 0x80 { char::from(byte) } else { char_at(text, at) };
        if byte >= 0x80 && (c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}') {
            at += c.len_utf8();
            spaced = true;
            continue;
        }
        let token = if is_plain(byte) || (byte >= 0x80 && c.is_alphanumeric()) {
            word(text, at, end, c, vocabulary)
        } else {
            let after_word = !spaced && tokens.last().is_some_and(|token| token.is_word() && token.end() == at);
            sign(text, at, end, c, after_word)
        };
        at = token.end();
        tokens.push(Token { shape: token.shape | if spaced { shape::SPACED } else { 0 }, ..token });
        spaced = false;
    }
}

fn char_at(text: &str, at: usize) -> char {
    text[at..].chars().next().unwrap_or(' ')
}

fn word(text: &str, start: usize, end: usize, first: char, vocabulary: &Vocabulary) -> Token {
    let mut stop = word_end(text, start, end);
    let surface = &text[start..stop];
    // The country is no pronoun.
    let mut key = key(if surface == "US" { "U.S" } else { surface });
    let (mut traits, mut word_class) = vocabulary.look_up(key);
    let mut bits = 0;
    if first.is_uppercase() {
        bits |= shape::UPPER;
        let mut letters = surface.chars().filter(|c| c.is_alphabetic());
        if letters.next().is_some() && letters.clone().next().is_some() && letters.all(char::is_uppercase) {
            bits |= shape::CAPITALS;
        }
    }
    if first.is_ascii_digit() {
        bits |= shape::DIGIT;
    }
    if surface.ends_with("ly") && surface.len() > 4 {
        bits |= shape::LY;
    }
    if text[stop..end].starts_with('.') && has_own_stop(surface, first, &text[stop + 1..end], traits) {
        stop += 1;
        bits |= shape::STOPPED;
        // A lone initial is no pronoun and no determiner.
        if surface.len() == first.len_utf8() {
            (traits, word_class) = (0, 0);
            key = super::lexicon::key("initial.");
        }
    }
    Token { start, len: (stop - start) as u32, key, traits, class: Class::Word, shape: bits, word_class, tag: 0 }
}

/// Whether a full stop after the word belongs to it: initials and abbreviations.
fn has_own_stop(surface: &str, first: char, after: &str, traits: u32) -> bool {
    if surface.chars().nth(1).is_none() {
        // "So do I." at a line's end is the pronoun.
        let goes_on = after.starts_with(|c: char| c == ' ' || c.is_alphanumeric());
        return first.is_uppercase() && (first != 'I' || goes_on);
    }
    if traits & traits::ABBREVIATION == 0 {
        // "U.S." and the like: single letters with points between.
        return surface.len() >= 3 && surface.chars().enumerate().all(|(n, c)| (n % 2 == 1) == (c == '.'));
    }
    match surface {
        "No" => after.trim_start().starts_with(|c: char| c.is_ascii_digit()),
        "vs" | "etc" => true,
        _ => first.is_uppercase() || surface.contains('.'),
    }
}

/// Where the word that begins at `start` ends.
fn word_end(text: &str, start: usize, end: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = start;
    while at < end {
        let byte = bytes[at];
        if is_plain(byte) {
            at += 1;
            continue;
        }
        let c = if byte < 0x80 { char::from(byte) } else { char_at(text, at) };
        if byte >= 0x80 && (c.is_alphanumeric() || is_combining(c)) {
            at += c.len_utf8();
            continue;
        }
        if !matches!(c, '.' | ',' | '\'' | '’' | '-' | '&' | '‑') {
            break;
        }
        let next_at = at + c.len_utf8();
        if next_at >= end {
            break;
        }
        let next = char_at(text, next_at);
        let glued = match c {
            ',' => next.is_ascii_digit() && bytes[at - 1].is_ascii_digit(),
            '\'' | '’' => next.is_alphanumeric() && !is_possessive(&text[next_at..end]),
            // "today.The": a full stop without its space ends a word all the same.
            '.' => next.is_alphanumeric() && !(next.is_uppercase() && bytes[at - 1].is_ascii_lowercase()),
            _ => next.is_alphanumeric(),
        };
        if !glued {
            break;
        }
        at = next_at;
    }
    at
}

fn is_combining(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Whether the text after an apostrophe is just the ending `s`.
fn is_possessive(rest: &str) -> bool {
    let mut chars = rest.chars();
    matches!(chars.next(), Some('s' | 'S')) && !chars.next().is_some_and(char::is_alphanumeric)
}

fn sign(text: &str, at: usize, end: usize, c: char, after_word: bool) -> Token {
    let rest = &text[at..end];
    let one = at + c.len_utf8();
    let (stop, class) = match c {
        '“' | '«' | '„' => (one, Class::Open),
        '”' | '»' => (one, Class::Close),
        '"' | '＂' => (one, Class::Mark),
        '&' if rest.starts_with("&quot;") => (at + 6, Class::Mark),
        '`' if rest.starts_with("``") => (at + 2, Class::Open),
        '‘' if rest.starts_with("‘‘") => (at + 6, Class::Open),
        '’' if rest.starts_with("’’") => (at + 6, Class::Close),
        '\'' if rest.starts_with("''") => (at + 2, Class::Mark),
        '\'' | '’' if after_word => (if is_possessive(&text[one..end]) { one + 1 } else { one }, Class::Possessive),
        '\'' | '‘' | '’' => (one, Class::Single),
        '.' => (at + rest.bytes().take_while(|&byte| byte == b'.').count(), Class::Punct),
        '-' if rest.starts_with("--") => (at + 2, Class::Punct),
        _ => (one, Class::Punct),
    };
    let key = match (c, stop - at) {
        ('&', 6) => '"' as u32,
        ('‘', 6) => '“' as u32,
        ('’', 6) => '”' as u32,
        _ => c as u32,
    };
    Token { start: at, len: (stop - at) as u32, key, traits: 0, class, shape: 0, word_class: 0, tag: 0 }
}
