//! Which lines of a text belong to one paragraph.
//!
//! Most texts have a paragraph a line. Wire archives, e-mail and text taken out of PDF files break lines at a fixed
//! width instead, and would be cut in the middle of every sentence; whether a text is of that kind is told by how often
//! a line goes on with a small letter. Paragraphs of such texts begin after an empty line, at an indent, or behind a
//! line that ends a sentence early. Block tags of HTML end lines, too.
//!
//! Words divided by a hyphen at a line's end are not put together.

use super::document::Range;

/// One line that is not empty, as bytes of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub start: usize,
    pub end: usize,
    /// Whether it goes on with the paragraph of the line before.
    pub continues: bool,
}

/// Longest line, in bytes, of a text that is broken at a fixed width.
const WIDEST: usize = 132;
/// Tags that end a line.
const BLOCK_TAGS: [&str; 10] = ["p", "/p", "br", "br/", "/div", "div", "/li", "li", "/h1", "/h2"];

/// The lines of a text, in order.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut found = Vec::new();
    // Whether an empty line stands before each.
    let mut after_blank = Vec::new();
    let mut blank = true;
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        if text[start..end].trim().is_empty() {
            blank = true;
        } else {
            split_at_tags(text, Range::new(start, end), |start, end| {
                found.push(Line { start, end, continues: false });
                after_blank.push(blank);
                blank = false;
            });
        }
        start = end + 1;
    }
    if is_wrapped(text, &found, &after_blank) {
        join(text, &mut found, &after_blank);
    }
    found
}

fn split_at_tags(text: &str, line: Range, mut push: impl FnMut(usize, usize)) {
    let mut start = line.start;
    for at in memchr::memchr_iter(b'<', &text.as_bytes()[line.start..line.end]) {
        let open = line.start + at;
        let Some(close) = tag_end(text, open, line.end) else { continue };
        let name = text[open + 1..close - 1].split(|c: char| c.is_whitespace()).next().unwrap_or("");
        if BLOCK_TAGS.iter().any(|tag| tag.eq_ignore_ascii_case(name)) && open > start {
            push(start, open);
            start = open;
        }
    }
    if start < line.end {
        push(start, line.end);
    }
}

/// Where the HTML tag that opens at a `<` ends, if it is one.
pub(super) fn tag_end(text: &str, open: usize, end: usize) -> Option<usize> {
    let inside = &text.as_bytes()[open + 1..end];
    let first = *inside.first()?;
    let names = first.is_ascii_alphabetic() || first == b'/' && inside.get(1).is_some_and(u8::is_ascii_alphabetic);
    let close = inside.iter().take(200).position(|&byte| byte == b'>')?;
    (names && !inside[..close].contains(&b'<')).then_some(open + close + 2)
}

fn first_char(text: &str, line: &Line) -> Option<char> {
    text[line.start..line.end].trim_start().chars().next()
}

fn width(text: &str, line: &Line) -> usize {
    text[line.start..line.end].trim().len()
}

/// Whether lines are broken at a width: no line is long, and of those that follow on another many begin in small letters.
fn is_wrapped(text: &str, lines: &[Line], after_blank: &[bool]) -> bool {
    if lines.len() < 2 {
        return false;
    }
    let long = lines.iter().filter(|line| width(text, line) > WIDEST).count();
    if long * 20 > lines.len() {
        return false;
    }
    let following = || (1..lines.len()).filter(|&n| !after_blank[n]);
    let goes_on = |n: &usize| first_char(text, &lines[*n]).is_some_and(char::is_lowercase);
    let (n_pairs, n_small) = (following().count(), following().filter(goes_on).count());
    n_small >= 2 && n_small * 4 >= n_pairs
}

/// How the words of a line end.
enum Ending {
    /// With a full stop, question mark or colon, marks of quotation aside.
    Stop,
    /// With a comma or another sign inside a sentence.
    Inside,
    /// With a word.
    Open,
}

fn ending(text: &str, line: &Line) -> Ending {
    let bare = text[line.start..line.end].trim_end().trim_end_matches(['"', '”', '\'', '’', '»', ')', '`']);
    match bare.chars().next_back() {
        Some('.' | '!' | '?' | ':' | '…') => Ending::Stop,
        Some(c) if c.is_alphanumeric() => Ending::Open,
        _ => Ending::Inside,
    }
}

fn join(text: &str, lines: &mut [Line], after_blank: &[bool]) {
    let mut widths: Vec<usize> = lines.iter().map(|line| width(text, line)).collect();
    widths.sort_unstable();
    let full = widths[widths.len() * 9 / 10];
    let indent = |line: &Line| text[line.start..line.end].len() - text[line.start..line.end].trim_start().len();
    let has_blocks = after_blank.iter().skip(1).any(|&blank| blank);
    for n in 1..lines.len() {
        let (before, line) = (lines[n - 1], lines[n]);
        if after_blank[n] || indent(&line) >= indent(&before) + 2 || opens_turn(&text[line.start..line.end]) {
            continue;
        }
        let opens_block = n == 1 || after_blank[n - 1];
        let words = text[line.start..line.end].trim_start();
        let next_word = words.find(char::is_whitespace).unwrap_or(words.len());
        let had_room = width(text, &before) + 1 + next_word <= full;
        let is_small = words.chars().next().is_some_and(char::is_lowercase);
        lines[n].continues = match ending(text, &before) {
            _ if is_small => true,
            Ending::Inside => true,
            // A title of one line.
            Ending::Open => !(opens_block && had_room),
            Ending::Stop => has_blocks || !had_room,
        };
    }
}

/// Whether a line begins like somebody's turn in a conversation or an entry of a list.
fn opens_turn(line: &str) -> bool {
    let line = line.trim_start();
    if line.starts_with(['-', '–', '—', '*', '•', '>', '·']) || line.starts_with("Q ") || line.starts_with("A ")
    {
        return true;
    }
    let Some(label) = line.split([':', '.']).next().filter(|label| label.len() < line.len() && label.len() <= 40)
    else {
        return false;
    };
    let is_colon = line.as_bytes()[label.len()] == b':';
    let mut words = label.split_whitespace();
    let all_capital = words.clone().count() <= 5 && words.all(|word| word.starts_with(char::is_uppercase));
    all_capital && (is_colon || matches!(label, "Q" | "A"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paragraphs, with a bar where a line was broken.
    fn paragraphs(text: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for line in lines(text) {
            let words = text[line.start..line.end].trim();
            match found.last_mut().filter(|_| line.continues) {
                Some(last) => *last = format!("{last}|{words}"),
                None => found.push(words.to_owned()),
            }
        }
        found
    }

    #[test]
    fn a_paragraph_a_line_stays_so() {
        let text = "Marsh resigns\nThe mayor left on Monday.\n\nNobody was surprised.\nby our correspondent";
        assert_eq!(paragraphs(text).len(), 4);
    }

    #[test]
    fn lines_broken_at_a_width_are_joined_up_to_the_empty_line() {
        let text = "The mayor said on Monday\nthat the bridge would be\nclosed. Nobody was\nsurprised.\n\nShe left.";
        let expected = ["The mayor said on Monday|that the bridge would be|closed. Nobody was|surprised.", "She left."];
        assert_eq!(paragraphs(text), expected);
    }

    #[test]
    fn an_indent_begins_a_paragraph_of_wire_copy() {
        let text = "    Prices of salt rose again in\nthe northern ports, traders\nsaid.\n    One of them said that it was\nthe frost.";
        let expected = [
            "Prices of salt rose again in|the northern ports, traders|said.",
            "One of them said that it was|the frost.",
        ];
        assert_eq!(paragraphs(text), expected);
    }

    #[test]
    fn a_title_above_broken_lines_stands_alone() {
        let text = "Bridge shut\nThe mayor said on Monday that\nthe bridge would be closed until\nthe spring.";
        assert_eq!(paragraphs(text)[0], "Bridge shut");
        assert_eq!(paragraphs(text).len(), 2);
    }

    #[test]
    fn turns_of_a_conversation_are_not_joined() {
        let text = "VOSS: It was dark and nobody\nsaw the boat until it\nstruck.\nMARSH: We saw it\nfrom here.";
        assert_eq!(paragraphs(text).len(), 2);
    }

    #[test]
    fn block_tags_end_lines() {
        assert_eq!(
            paragraphs("<p>One.</p><p>Two <b>and</b> a half.</p>"),
            ["<p>One.", "</p>", "<p>Two <b>and</b> a half.", "</p>"]
        );
    }
}
