//! The words that a tag is written of: `#NoWarEver` is "no war ever".
//!
//! Words are told apart by case, digits, underscores, hyphens and points; a tag in small letters alone stays one word.
//! A `#` inside a word, an address or an entity (`a.org/#top`, `&#39;`) opens no tag.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;

/// The text with the words of each tag of several words after it.
pub(super) fn with_words(text: &str) -> Cow<'_, str> {
    let mut with_words = String::new();
    // Up to where the text is copied, and where the last tag ended.
    let (mut copied, mut last_end) = (0, 0);
    for (start, _) in text.match_indices('#') {
        let before = text[..start].chars().next_back();
        if start != last_end && before.is_some_and(|c| is_of_word(c) || c == '/' || c == '&') {
            continue;
        }
        let end = start + 1 + length(&text[start + 1..]);
        last_end = end;
        let words = words(&text[start + 1..end]);
        if words.len() > 1 {
            with_words.push_str(&text[copied..end]);
            for word in words {
                with_words.push(' ');
                with_words.push_str(word);
            }
            // The next tag may follow at once.
            if text[end..].starts_with('#') {
                with_words.push(' ');
            }
            copied = end;
        }
    }
    if copied == 0 {
        return text.into();
    }
    with_words.push_str(&text[copied..]);
    with_words.into()
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || is_combining_mark(c)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}')
}

/// How long the tag is that a text starts with: as the tokenization has it, letters, marks and digits, with single
/// apostrophes, hyphens and points between them.
fn length(text: &str) -> usize {
    let mut end = 0;
    let mut is_joined = false;
    for (place, c) in text.char_indices() {
        if is_of_word(c) {
            end = place + c.len_utf8();
            is_joined = false;
        } else if end > 0 && !is_joined && (is_apostrophe(c) || c == '-' || c == '.') {
            is_joined = true;
        } else {
            break;
        }
    }
    end
}

fn words(tag: &str) -> Vec<&str> {
    tag.split(['_', '-', '.']).flat_map(words_by_case).collect()
}

/// What a letter is for the borders between words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Upper,
    Lower,
    Digit,
    /// Of a script without case.
    Other,
}

impl Kind {
    /// None for what goes with the letter before it.
    fn of(c: char) -> Option<Self> {
        if is_combining_mark(c) || is_apostrophe(c) {
            None
        } else if c.is_numeric() {
            Some(Self::Digit)
        } else if c.is_uppercase() {
            Some(Self::Upper)
        } else if c.is_lowercase() {
            Some(Self::Lower)
        } else {
            Some(Self::Other)
        }
    }
}

/// A word starts with a capital after a small letter, with the last capital of several before a small letter, and
/// where letters meet digits or those of a script without case.
fn words_by_case(tag: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut before = None;
    let mut letters = tag.char_indices().filter_map(|(place, c)| Some((place, Kind::of(c)?))).peekable();
    while let Some((place, kind)) = letters.next() {
        let next = letters.peek().map(|&(_, kind)| kind);
        let is_border = match (before, kind) {
            (None, _) | (Some(Kind::Upper), Kind::Lower) => false,
            (Some(Kind::Upper), Kind::Upper) => next == Some(Kind::Lower),
            (Some(before), kind) => before != kind,
        };
        if is_border {
            words.push(&tag[start..place]);
            start = place;
        }
        before = Some(kind);
    }
    if start < tag.len() {
        words.push(&tag[start..]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_start_at_capitals_digits_and_joints() {
        assert_eq!(words("NoWarEver"), ["No", "War", "Ever"]);
        assert_eq!(words("USAFirst"), ["USA", "First"]);
        assert_eq!(words("peace_Now2016-later"), ["peace", "Now", "2016", "later"]);
        assert_eq!(words("ÉtatÉlu"), ["État", "Élu"]);
        assert_eq!(words("CafeE\u{301}toile"), ["Cafe", "E\u{301}toile"]);
        assert_eq!(words("USA日本"), ["USA", "日本"]);
        assert_eq!(words("StopWard's"), ["Stop", "Ward's"]);
        assert_eq!(words("peacenow"), ["peacenow"]);
        assert_eq!(words("__"), [""; 0]);
    }

    #[test]
    fn only_tags_of_several_words_are_followed_by_them() {
        assert_eq!(with_words("a #NoWar, #peace"), "a #NoWar No War, #peace");
        assert_eq!(with_words("#NoWar#PeaceNow."), "#NoWar No War #PeaceNow Peace Now.");
        assert_eq!(with_words("#StopWard’s end"), "#StopWard’s Stop Ward’s end");
        assert_eq!(with_words("#NoWar-EverAgain"), "#NoWar-EverAgain No War Ever Again");
        for none in ["iPhone #x", "a.org/#readMore", "it&#x27;s", "C#NoWar", "# NoWar", "#", "#__"] {
            assert!(matches!(with_words(none), Cow::Borrowed(_)), "{none}");
        }
    }
}
