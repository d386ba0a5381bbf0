//! The words that a tag is written of: `#NoWarEver` is "no war ever".
//!
//! Words are told apart by case, digits and underscores; a tag in small letters alone stays one word.

use std::borrow::Cow;

/// The text with the words of each tag of several words after it.
pub(super) fn with_words(text: &str) -> Cow<'_, str> {
    let mut with_words = String::new();
    let mut done = 0;
    for (start, _) in text.match_indices('#') {
        let tag = &text[start + 1..];
        let tag = &tag[..tag.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(tag.len())];
        let words = words(tag);
        if words.len() > 1 {
            let end = start + 1 + tag.len();
            with_words.push_str(&text[done..end]);
            for word in words {
                with_words.push(' ');
                with_words.push_str(word);
            }
            done = end;
        }
    }
    if done == 0 {
        return text.into();
    }
    with_words.push_str(&text[done..]);
    with_words.into()
}

/// What a letter is for the borders between words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Upper,
    Lower,
    Digit,
}

impl Kind {
    fn of(letter: char) -> Self {
        if letter.is_numeric() {
            Self::Digit
        } else if letter.is_uppercase() {
            Self::Upper
        } else {
            Self::Lower
        }
    }
}

fn words(tag: &str) -> Vec<&str> {
    tag.split('_').flat_map(words_by_case).collect()
}

/// A word starts with a capital after a small letter, with the last capital of several before a small letter, and
/// where letters and digits meet.
fn words_by_case(tag: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut before = None;
    let mut letters = tag.char_indices().map(|(place, letter)| (place, Kind::of(letter))).peekable();
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
    fn words_start_at_capitals_digits_and_underscores() {
        assert_eq!(words("NoWarEver"), ["No", "War", "Ever"]);
        assert_eq!(words("USAFirst"), ["USA", "First"]);
        assert_eq!(words("peace_Now2016"), ["peace", "Now", "2016"]);
        assert_eq!(words("ÉtatÉlu"), ["État", "Élu"]);
        assert_eq!(words("peacenow"), ["peacenow"]);
        assert_eq!(words("__"), [""; 0]);
    }

    #[test]
    fn only_tags_of_several_words_are_followed_by_them() {
        assert_eq!(with_words("a #NoWar, #peace"), "a #NoWar No War, #peace");
        assert_eq!(with_words("# NoWar ##OneTwo #"), "# NoWar ##OneTwo One Two #");
        assert!(matches!(with_words("iPhone #x"), Cow::Borrowed(_)));
    }
}
