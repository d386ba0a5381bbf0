//! Statements that a text's layout marks and no cue does.
//!
//! Lines of a transcript (`WALLACE: ...`), questions and answers (`Q.`, `A.`), a speaker after a dash behind a quotation,
//! a line that announces a speaker ("And from Chairwoman Stark:"), and a press release printed as an indented block.

use super::document::{Document, Paragraph, Range};
use super::lexicon::traits;
use super::select::Draft;
use super::token::{Class, Token, shape};
use super::vocabulary::{tag, word};

/// Most words of a label before its colon.
const LONGEST_LABEL: usize = 5;
/// Most words of a speaker after a dash.
const LONGEST_SIGNATURE: usize = 16;
/// Most lines that a transcript's speaker goes on without a new label.
const LONGEST_TURN: usize = 12;

/// What opens a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    /// A name in capitals and a colon.
    Name(Range),
    /// `Q.` or `A:`.
    Letter(Range),
}

impl Label {
    const fn source(self) -> Range {
        match self {
            Self::Name(source) | Self::Letter(source) => source,
        }
    }
}

/// All such statements, in the order of the text.
pub(super) fn drafts(document: &Document<'_>) -> Vec<Draft> {
    let paragraphs = &document.paragraphs;
    let labels: Vec<Option<Label>> = paragraphs.iter().map(|paragraph| label(document, paragraph.range)).collect();
    let (mut n_names, mut n_letters) = (0, 0);
    for label in labels.iter().flatten() {
        match label {
            Label::Name(_) => n_names += 1,
            Label::Letter(_) => n_letters += 1,
        }
    }
    let mut found = Vec::new();
    let mut p = 0;
    while p < paragraphs.len() {
        let range = paragraphs[p].range;
        match labels[p] {
            Some(label @ Label::Name(_)) if n_names > 1 => {
                p = turn(document, &labels, p, label, &mut found);
                continue;
            }
            Some(label @ Label::Letter(source)) if n_letters > 1 => {
                let start = after_label(document, label);
                if start < range.end {
                    let content = vec![Range::new(start, range.end)];
                    found.push(Draft { content, source: Some(source), cue: None });
                }
            }
            _ => {
                found.extend(signed(document, &paragraphs[p]).or_else(|| signed_below(document, p)));
                if p == 0 {
                    found.extend(headline(document, range));
                }
                found.extend(announced(document, p));
                found.extend(block(document, p));
            }
        }
        p += 1;
    }
    found
}

fn after_label(document: &Document<'_>, label: Label) -> usize {
    let end = label.source().end;
    end + usize::from(end < document.tokens.len() && document.tokens[end].tag == tag::COLON)
}

/// The label that opens a line, if one does.
fn label(document: &Document<'_>, range: Range) -> Option<Label> {
    let tokens = &document.tokens;
    let first = &tokens[range.start];
    if !first.is_word() {
        return None;
    }
    let is_letter = matches!(document.word(range.start), "Q." | "A." | "Q" | "A");
    if is_letter {
        let has_colon = range.len() > 1 && document.is_sign(range.start + 1, ':');
        let ends = first.is(shape::STOPPED) || has_colon;
        return (ends && range.len() > 2).then_some(Label::Letter(Range::new(range.start, range.start + 1)));
    }
    let mut end = range.start;
    while end < range.end.min(range.start + LONGEST_LABEL) && tokens[end].is_word() {
        let is_capital = tokens[end].is(shape::CAPITALS) || tokens[end].is(shape::STOPPED);
        if !is_capital {
            return None;
        }
        end += 1;
    }
    let has_name = (range.start..end).any(|i| tokens[i].is(shape::CAPITALS) && tokens[i].len > 2);
    let closes = end < range.end && document.is_sign(end, ':') && end + 1 < range.end;
    (has_name && closes).then_some(Label::Name(Range::new(range.start, end)))
}

/// One speaker's turn: the labelled line and the lines after it up to the next label; gives the line after.
fn turn(document: &Document<'_>, labels: &[Option<Label>], p: usize, label: Label, found: &mut Vec<Draft>) -> usize {
    let paragraphs = &document.paragraphs;
    let start = after_label(document, label);
    let mut content = vec![Range::new(start, paragraphs[p].range.end)];
    let next = (p + 1..labels.len().min(p + LONGEST_TURN)).find(|&k| labels[k].is_some());
    // Only where the transcript goes on does a line without a label belong to the speaker before.
    let mut k = p + 1;
    if let Some(next) = next.filter(|&next| matches!(labels[next], Some(Label::Name(_)))) {
        while k < next && document.tokens[paragraphs[k].range.start].tag != tag::DASH {
            content.push(paragraphs[k].range);
            k += 1;
        }
    }
    found.push(Draft { content, source: Some(label.source()), cue: None });
    k
}

/// `"..." -Commissioner Ada Stark`: a quotation and who signs it.
fn signed(document: &Document<'_>, paragraph: &Paragraph) -> Option<Draft> {
    let range = paragraph.range;
    let tokens = &document.tokens;
    let region = document.regions.get(paragraph.regions.start).filter(|_| !paragraph.regions.is_empty())?;
    let dash = region.end;
    // A bullet or a number may stand before it.
    let opens = (range.start..region.open).all(|i| !tokens[i].is_word() || tokens[i].is(shape::DIGIT));
    if !opens || !region.is_closed || dash + 1 >= range.end || tokens[dash].tag != tag::DASH {
        return None;
    }
    let start = dash + 1;
    let mut end = start;
    while end < range.end.min(start + LONGEST_SIGNATURE) {
        let token = &tokens[end];
        let is_part = match token.tag {
            tag::COMMA => !tokens.get(end + 1).is_none_or(|next| next.is(shape::DIGIT) || next.has(traits::TIME)),
            tag::POSSESSIVE => true,
            tag::AUXILIARY | tag::PRONOUN | tag::TIME | tag::NUMBER | tag::WHO | tag::THAT => false,
            _ => token.is_word(),
        };
        if !is_part {
            break;
        }
        end += 1;
    }
    let source = Range::new(start, end);
    let goes_on = end < range.end && (tokens[end].is_word() || tokens[end].class == Class::Open);
    let has_cue = (start..end).any(|i| tokens[i].has(traits::CUE) && !tokens[i].is(shape::UPPER));
    if source.is_empty() || !tokens[start].is(shape::UPPER) || tokens[start].has(traits::FUNCTION) || goes_on || has_cue
    {
        return None;
    }
    Some(Draft { content: vec![region.range()], source: Some(source), cue: None })
}

/// A line that is a quotation, or ends one, with the name of who said it on a line of its own below.
fn signed_below(document: &Document<'_>, p: usize) -> Option<Draft> {
    let tokens = &document.tokens;
    let (paragraph, next) = (&document.paragraphs[p], document.paragraphs.get(p + 1)?);
    let region = document.regions.get(paragraph.regions.start).filter(|_| !paragraph.regions.is_empty())?;
    if region.open != paragraph.range.start || region.end + 1 < paragraph.range.end || region.n_words < 3 {
        return None;
    }
    let has_dash = tokens[next.range.start].tag == tag::DASH;
    // Without a dash the name must follow on the very next line.
    let between = &document.text[tokens[paragraph.range.end - 1].end()..tokens[next.range.start].start];
    if !has_dash && between.matches('\n').count() > 1 {
        return None;
    }
    let mut end = next.range.end;
    if has_dash {
        while end > next.range.start + 1 && tokens[end - 1].tag == tag::STOP {
            end -= 1;
        }
    }
    let source = Range::new(next.range.start + usize::from(has_dash), end);
    if source.is_empty() || source.len() > LONGEST_SIGNATURE || !tokens[source.start].is(shape::UPPER) {
        return None;
    }
    let is_plain = |token: &Token| {
        (token.is_word() && !matches!(token.tag, tag::AUXILIARY | tag::PRONOUN | tag::VERB))
            || matches!(token.tag, tag::COMMA | tag::POSSESSIVE)
    };
    let n_names = tokens[source.start..source.end].iter().filter(|token| token.is(shape::UPPER)).count();
    let is_name = tokens[source.start..source.end].iter().all(is_plain) && n_names >= 1;
    is_name.then(|| Draft { content: vec![region.range()], source: Some(source), cue: None })
}

/// `Marsh: The Bridge Will Open`: a headline that names its speaker, whom the article names again.
fn headline(document: &Document<'_>, range: Range) -> Option<Draft> {
    let tokens = &document.tokens;
    let colon =
        (range.start + 1..range.end.min(range.start + LONGEST_LABEL + 2)).find(|&i| document.is_sign(i, ':'))?;
    let source = Range::new(range.start, colon);
    let mut end = range.end;
    while end > colon && tokens[end - 1].tag == tag::STOP {
        end -= 1;
    }
    let content = Range::new(colon + 1, end);
    let is_name = tokens[source.start..source.end].iter().all(|token| token.is_word() && token.is(shape::UPPER))
        && !tokens[source.start].has(traits::FUNCTION);
    if !is_name || content.len() < 3 {
        return None;
    }
    let last = tokens[colon - 1].key;
    let again = tokens[range.end..].iter().filter(|token| token.key == last && token.is(shape::UPPER)).count();
    (again >= 2).then(|| Draft { content: vec![content], source: Some(source), cue: None })
}

/// `And from Chairwoman Stark:` before a line that is a quotation.
fn announced(document: &Document<'_>, p: usize) -> Option<Draft> {
    let tokens = &document.tokens;
    let range = document.paragraphs[p].range;
    let next = document.paragraphs.get(p + 1)?;
    if range.len() > 14 || !document.is_sign(range.end - 1, ':') || tokens[next.range.start].class != Class::Open {
        return None;
    }
    let from = (range.start..range.end.min(range.start + 3))
        .find(|&i| matches!(document.word(i), "from" | "From" | "by" | "By"))?;
    let source = Range::new(from + 1, range.end - 1);
    let is_phrase =
        !source.is_empty() && (source.start..source.end).all(|i| tokens[i].is_word() || tokens[i].tag == tag::COMMA);
    let region = document.regions.get(next.regions.start).filter(|_| !next.regions.is_empty())?;
    is_phrase.then(|| Draft { content: vec![region.range()], source: Some(source), cue: None })
}

/// "... said in a press release:" before indented lines without quotation marks.
fn block(document: &Document<'_>, p: usize) -> Option<Draft> {
    let tokens = &document.tokens;
    let paragraph = &document.paragraphs[p];
    let range = paragraph.range;
    if paragraph.is_indented || !document.is_sign(range.end - 1, ':') {
        return None;
    }
    let content: Vec<Range> = document.paragraphs[p + 1..]
        .iter()
        .take_while(|next| next.is_indented && tokens[next.range.start].class != Class::Open)
        .map(|next| next.range)
        .collect();
    if content.is_empty() {
        return None;
    }
    let sentence = document.sentences[paragraph.sentences.end - 1];
    let head = (sentence.start..sentence.end).rev().find(|&i| tokens[i].has(traits::CUE) && !document.is_quoted(i))?;
    let cue = Range::new(head, range.end - 1);
    let mut start = head;
    while start > sentence.start && !matches!(tokens[start - 1].tag, tag::COMMA | tag::DASH | tag::COLON) {
        start -= 1;
    }
    let source = Range::new(start, head);
    let is_source = !source.is_empty() && !tokens[source.start].has(word::TO);
    Some(Draft { content, source: is_source.then_some(source), cue: Some(cue) })
}
