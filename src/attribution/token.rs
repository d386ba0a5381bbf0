//! Words, sentences, paragraphs and quoted regions of one text, found in one walk over its bytes.
//!
//! Everything later in this folder works on these tokens. What a word means is not asked here; the only word list that
//! matters is that of the abbreviations, whose full stop ends no sentence.

use super::lexicon::Lexicon;
use crate::span::Span;

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
    /// Any other sign.
    Punct,
}

/// One token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub start: usize,
    pub end: usize,
    pub class: Class,
    /// Stands between the marks of a quotation (the marks themselves do not).
    pub quoted: bool,
    /// Begins with a capital letter.
    pub is_upper: bool,
}

/// A half-open range of token indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub start: usize,
    pub end: usize,
}

/// One quotation: from its opening mark up to and with its closing mark or the end of the paragraph.
#[derive(Debug, Clone, Copy)]
pub(super) struct Region {
    /// The opening mark.
    pub open: usize,
    /// First token after the region: after the closing mark, or where the paragraph ends.
    pub end: usize,
    /// Whether a mark closes it.
    pub is_closed: bool,
    /// Words between the marks.
    pub n_words: usize,
}

/// A text cut up.
#[derive(Debug)]
pub(super) struct Document<'t> {
    pub text: &'t str,
    pub tokens: Vec<Token>,
    /// Sentences, as ranges of tokens; they cover all tokens, and none crosses a paragraph.
    pub sentences: Vec<Range>,
    /// Paragraphs (lines), as ranges of tokens.
    pub paragraphs: Vec<Range>,
    /// Quotations in order; they never overlap and never cross a paragraph.
    pub regions: Vec<Region>,
}

impl<'t> Document<'t> {
    pub fn new(text: &'t str, lexicon: &Lexicon) -> Self {
        let mut document = Self {
            text,
            tokens: Vec::with_capacity(text.len() / 5),
            sentences: Vec::new(),
            paragraphs: Vec::new(),
            regions: Vec::new(),
        };
        let mut line_start = 0;
        for line_end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
            let first = document.tokens.len();
            tokenize(text, line_start, line_end, lexicon, &mut document.tokens);
            let end = document.tokens.len();
            if end > first {
                document.paragraphs.push(Range { start: first, end });
                document.mark_regions(first, end);
                document.split_sentences(first, end, lexicon);
            }
            line_start = line_end + 1;
        }
        document
    }

    pub fn word(&self, i: usize) -> &'t str {
        let token = &self.tokens[i];
        &self.text[token.start..token.end]
    }

    /// Whether white space stands before the token.
    pub fn spaced(&self, i: usize) -> bool {
        i == 0 || self.tokens[i - 1].end < self.tokens[i].start
    }

    /// The bytes from the first to the last token of a range.
    pub fn span(&self, range: Range) -> Span {
        if range.start >= range.end {
            return Span::new(0, 0);
        }
        Span::new(self.tokens[range.start].start, self.tokens[range.end - 1].end)
    }

    fn mark_regions(&mut self, first: usize, end: usize) {
        let mut open: Option<usize> = None;
        let mut n_words = 0;
        for i in first..end {
            let class = self.tokens[i].class;
            if !matches!(class, Class::Open | Class::Close | Class::Mark) {
                if open.is_some() {
                    self.tokens[i].quoted = true;
                    n_words += usize::from(class == Class::Word);
                }
                continue;
            }
            let opens = match class {
                Class::Open => true,
                Class::Close => false,
                _ => self.ambiguous_opens(i, open.is_some()),
            };
            match (opens, open) {
                (true, None) => {
                    self.tokens[i].class = Class::Open;
                    open = Some(i);
                    n_words = 0;
                }
                (false, Some(start)) => {
                    self.tokens[i].class = Class::Close;
                    self.regions.push(Region { open: start, end: i + 1, is_closed: true, n_words });
                    open = None;
                }
                (_, open) => {
                    self.tokens[i].class = Class::Mark;
                    self.tokens[i].quoted = open.is_some();
                }
            }
        }
        if let Some(start) = open {
            self.regions.push(Region { open: start, end, is_closed: false, n_words });
        }
    }

    /// Whether a mark that looks the same at both ends opens here: by the white space around it.
    fn ambiguous_opens(&self, i: usize, is_open: bool) -> bool {
        let token = self.tokens[i];
        let before = self.text[..token.start].chars().next_back().unwrap_or(' ');
        let after = self.text[token.end..].chars().next().unwrap_or(' ');
        if after.is_whitespace() {
            return false;
        }
        before.is_whitespace()
            || "([{—–-‘'".contains(before)
            || (!is_open && !before.is_alphanumeric() && !".,!?…".contains(before))
    }

    fn split_sentences(&mut self, first: usize, end: usize, lexicon: &Lexicon) {
        let mut start = first;
        let mut i = first;
        while i < end {
            if !self.ends_sentence(i) {
                i += 1;
                continue;
            }
            let mut next = i + 1;
            while next < end && self.is_trailer(next) {
                next += 1;
            }
            if next < end && self.starts_sentence(next) && !self.goes_on_after_quotation(i, next, end, lexicon) {
                self.sentences.push(Range { start, end: next });
                start = next;
            }
            i = next;
        }
        if start < end {
            self.sentences.push(Range { start, end });
        }
    }

    fn ends_sentence(&self, i: usize) -> bool {
        self.tokens[i].class == Class::Punct && matches!(self.word(i), "." | "!" | "?" | "…" | "...")
    }

    fn is_trailer(&self, i: usize) -> bool {
        match self.tokens[i].class {
            Class::Close => true,
            Class::Punct => matches!(self.word(i), ")" | "]" | "." | "!" | "?" | "’" | "'"),
            _ => false,
        }
    }

    fn starts_sentence(&self, i: usize) -> bool {
        let token = &self.tokens[i];
        match token.class {
            Class::Open => true,
            Class::Word => !self.word(i).chars().next().is_some_and(char::is_lowercase),
            _ => self.spaced(i),
        }
    }

    /// `“Why?” Ann Lee asked`: the question mark ends the quotation, not the sentence.
    fn goes_on_after_quotation(&self, i: usize, next: usize, end: usize, lexicon: &Lexicon) -> bool {
        if self.word(i) == "." || self.tokens[next - 1].class != Class::Close || self.tokens[next].class == Class::Open
        {
            return false;
        }
        (next..end.min(next + 7))
            .take_while(|&k| matches!(self.tokens[k].class, Class::Word | Class::Possessive))
            .any(|k| lexicon.is_cue(&self.word(k).to_lowercase()))
    }
}

/// Whether the character may stand inside a word, between two letters or digits.
fn joins(c: char) -> bool {
    matches!(c, '.' | ',' | '\'' | '’' | '-' | '&' | '/' | '‑')
}

fn tokenize(text: &str, start: usize, end: usize, lexicon: &Lexicon, tokens: &mut Vec<Token>) {
    let mut at = start;
    while at < end {
        let c = text[at..].chars().next().unwrap_or(' ');
        if c.is_whitespace() || c == '\u{feff}' {
            at += c.len_utf8();
            continue;
        }
        let (stop, class) = if c.is_alphanumeric() {
            (word_end(text, at, end, lexicon), Class::Word)
        } else {
            sign(text, at, end, c, tokens.last().is_some_and(|token| token.end == at && token.class == Class::Word))
        };
        let is_upper = c.is_uppercase();
        tokens.push(Token { start: at, end: stop, class, quoted: false, is_upper });
        at = stop;
    }
}

/// Where the word that begins at `start` ends.
fn word_end(text: &str, start: usize, end: usize, lexicon: &Lexicon) -> usize {
    let mut at = start;
    let mut is_number = true;
    loop {
        let rest = &text[at..end];
        let run = rest.find(|c: char| {
            is_number &= c.is_ascii_digit();
            !(c.is_alphanumeric() || is_combining(c))
        });
        let Some(run) = run else { return end };
        at += run;
        let mut after = text[at..end].chars();
        let (Some(joint), Some(next)) = (after.next(), after.next()) else { break };
        let glued = match joint {
            ',' => next.is_ascii_digit() && text[..at].ends_with(|c: char| c.is_ascii_digit()),
            '\'' | '’' => next.is_alphanumeric() && !is_possessive(&text[at + joint.len_utf8()..end]),
            '/' => false,
            _ => joins(joint) && next.is_alphanumeric(),
        };
        if !glued {
            break;
        }
        at += joint.len_utf8();
    }
    if text[at..end].starts_with('.') {
        let word = &text[start..at];
        let is_initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
        if is_initial || lexicon.is_abbreviation(word) {
            return at + 1;
        }
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

/// The sign at `at`: where it ends and what it is.
fn sign(text: &str, at: usize, end: usize, c: char, after_word: bool) -> (usize, Class) {
    let rest = &text[at..end];
    let one = at + c.len_utf8();
    match c {
        '“' | '«' | '„' => (one, Class::Open),
        '”' | '»' => (one, Class::Close),
        '"' => (one, Class::Mark),
        '`' if rest.starts_with("``") => (at + 2, Class::Open),
        '\'' if rest.starts_with("''") => (at + 2, Class::Mark),
        '\'' | '’' if after_word => {
            if is_possessive(&text[one..end]) {
                (one + 1, Class::Possessive)
            } else {
                (one, Class::Possessive)
            }
        }
        '.' if rest.starts_with("...") => (at + 3, Class::Punct),
        '-' if rest.starts_with("--") => (at + 2, Class::Punct),
        _ => (one, Class::Punct),
    }
}
