//! A text cut up: tokens, paragraphs, quotations, sentences; everything later works on these.

use super::layout;
use super::quotation;
use super::sentence;
use super::token::{Class, Token, shape, tokenize};
use super::vocabulary::{Vocabulary, tag, tag_of};
use crate::span::Span;

/// A half-open range of token indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Range {
    pub start: usize,
    pub end: usize,
}

impl Range {
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    pub const fn holds(self, i: usize) -> bool {
        self.start <= i && i < self.end
    }

    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
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

impl Region {
    pub const fn range(&self) -> Range {
        Range::new(self.open, self.end)
    }
}

/// One line of the text, or several that are one paragraph broken at a width.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paragraph {
    pub range: Range,
    /// Its sentences, as indices into [`Document::sentences`].
    pub sentences: Range,
    /// Its quotations, as indices into [`Document::regions`].
    pub regions: Range,
    /// White space before its first word.
    pub is_indented: bool,
    /// Put there by the page: nobody says it.
    pub is_boilerplate: bool,
}

/// Most tokens of a line that the page puts between paragraphs.
const LONGEST_BOILERPLATE: usize = 25;

/// A text cut up.
#[derive(Debug)]
pub(super) struct Document<'t> {
    pub text: &'t str,
    pub tokens: Vec<Token>,
    /// Sentences, as ranges of tokens; they cover all tokens, and none crosses a paragraph. What stands inside a
    /// quotation ends no sentence before the quotation ends.
    pub sentences: Vec<Range>,
    /// Lines that are not empty.
    pub paragraphs: Vec<Paragraph>,
    /// Quotations in order; they never overlap and never cross a paragraph.
    pub regions: Vec<Region>,
}

impl<'t> Document<'t> {
    pub fn new(text: &'t str, vocabulary: &Vocabulary) -> Self {
        let mut document = Self {
            text,
            tokens: Vec::with_capacity(text.len() / 5),
            sentences: Vec::new(),
            paragraphs: Vec::new(),
            regions: Vec::new(),
        };
        let lines = layout::lines(text);
        let mut n = 0;
        while n < lines.len() {
            let first = document.tokens.len();
            let line_start = lines[n].start;
            loop {
                tokenize(text, lines[n].start, lines[n].end, vocabulary, &mut document.tokens);
                n += 1;
                if n == lines.len() || !lines[n].continues {
                    break;
                }
            }
            let range = Range::new(first, document.tokens.len());
            if !range.is_empty() {
                document.add_paragraph(range, line_start);
            }
        }
        quotation::raise_single(&mut document.tokens, &document.regions, &document.paragraphs);
        document
    }

    fn add_paragraph(&mut self, range: Range, line_start: usize) {
        let (first_region, first_sentence) = (self.regions.len(), self.sentences.len());
        quotation::mark(self.text, &mut self.tokens, range, &mut self.regions);
        sentence::split(&self.tokens, range, &self.regions[first_region..], &mut self.sentences);
        for sentence in &self.sentences[first_sentence..] {
            let mut opens = true;
            for token in &mut self.tokens[sentence.start..sentence.end] {
                token.tag = match token.class {
                    Class::Word => tag_of(token, opens),
                    Class::Open => tag::OPEN,
                    Class::Close => tag::CLOSE,
                    Class::Possessive => tag::POSSESSIVE,
                    Class::Mark | Class::Single => tag::SIGN,
                    Class::Punct => match char::from_u32(token.key).unwrap_or(' ') {
                        ',' => tag::COMMA,
                        '.' | '!' | '?' | '…' => tag::STOP,
                        ':' | ';' => tag::COLON,
                        '-' | '–' | '—' | '―' | '(' | ')' => tag::DASH,
                        _ => tag::SIGN,
                    },
                };
                opens = match token.class {
                    Class::Word => false,
                    Class::Open => true,
                    _ => opens || token.tag == tag::STOP,
                };
            }
        }
        self.paragraphs.push(Paragraph {
            range,
            sentences: Range::new(first_sentence, self.sentences.len()),
            regions: Range::new(first_region, self.regions.len()),
            is_indented: self.tokens[range.start].start > line_start,
            is_boilerplate: range.len() <= LONGEST_BOILERPLATE
                && super::lexicon::is_boilerplate(&self.text[self.tokens[range.start].start..]),
        });
    }

    pub fn word(&self, i: usize) -> &'t str {
        let token = &self.tokens[i];
        &self.text[token.start..token.end()]
    }

    /// Whether the token is this sign.
    pub fn is_sign(&self, i: usize, sign: char) -> bool {
        let token = &self.tokens[i];
        token.class == Class::Punct && token.key == sign as u32
    }

    /// Whether the token stands between quotation marks.
    pub fn is_quoted(&self, i: usize) -> bool {
        self.tokens[i].is(shape::QUOTED)
    }

    /// The tag of a token; [`tag::NONE`] outside of `within`.
    pub fn tag(&self, i: usize, within: Range) -> u8 {
        if within.holds(i) { self.tokens[i].tag } else { tag::NONE }
    }

    /// The key of a token; 0 outside of `within`.
    pub fn key(&self, i: usize, within: Range) -> u32 {
        if within.holds(i) { self.tokens[i].key } else { 0 }
    }

    /// The bytes from the first to the last token of a range.
    pub fn span(&self, range: Range) -> Span {
        if range.is_empty() {
            return Span::new(0, 0);
        }
        Span::new(self.tokens[range.start].start, self.tokens[range.end - 1].end())
    }

    /// The surface form of a range.
    pub fn surface(&self, range: Range) -> &'t str {
        self.span(range).of(self.text)
    }
}
