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
/// Most tokens of a label with what the speaker is.
const LONGEST_CAPTION: usize = 24;
/// Most words of a speaker after a dash.
const LONGEST_SIGNATURE: usize = 16;
/// Most lines that a transcript's speaker goes on without a new label.
const LONGEST_TURN: usize = 12;

/// What opens a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Label {
    kind: LabelKind,
    /// Who speaks.
    source: Range,
    /// First token of what is said.
    start: usize,
}

/// How a line is labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LabelKind {
    /// A name in capitals: `WALLACE:`, `LENA VOSS, HOST:`, `Mr. TALBOT (reading).`
    Capitals,
    /// A name in small letters: `Lena Voss:`.
    Name,
    /// `Q.` or `A:`.
    Letter,
}

/// All such statements, in the order of the text.
pub(super) fn drafts(document: &Document<'_>) -> Vec<Draft> {
    let paragraphs = &document.paragraphs;
    let mut labels: Vec<Option<Label>> = paragraphs.iter().map(|paragraph| label(document, paragraph.range)).collect();
    let count = |labels: &[Option<Label>], kind| labels.iter().flatten().filter(|label| label.kind == kind).count();
    // "Date:" and "Place:" label lines of other texts, too: a conversation has many turns, or the same names again.
    if !is_conversation(document, &labels) {
        labels.iter_mut().for_each(|label| *label = label.filter(|label| label.kind != LabelKind::Name));
    }
    let n_names = count(&labels, LabelKind::Capitals) + count(&labels, LabelKind::Name);
    let n_letters = count(&labels, LabelKind::Letter);
    let mut found = Vec::new();
    let mut p = 0;
    while p < paragraphs.len() {
        let range = paragraphs[p].range;
        match labels[p] {
            Some(label) if label.kind == LabelKind::Letter => {
                if n_letters > 1 && label.start < range.end {
                    let content = vec![Range::new(label.start, range.end)];
                    found.push(Draft { content, source: Some(label.source), cue: None });
                }
            }
            Some(label) if n_names > 1 => {
                p = turn(document, &labels, p, label, &mut found);
                continue;
            }
            _ => {
                found.extend(signed(document, &paragraphs[p]).or_else(|| signed_below(document, p)));
                if p == 0 {
                    found.extend(headline(document, range));
                }
                found.extend(announced(document, p));
                found.extend(block(document, p).or_else(|| led(document, p)).or_else(|| posted(document, p)));
            }
        }
        p += 1;
    }
    found
}

/// Whether lines that open with names and colons are the turns of a conversation.
fn is_conversation(document: &Document<'_>, labels: &[Option<Label>]) -> bool {
    let named: Vec<&Label> = labels.iter().flatten().filter(|label| label.kind == LabelKind::Name).collect();
    let words = |label: &Label| document.surface(label.source);
    let n_again = named
        .iter()
        .enumerate()
        .filter(|(n, label)| named[..*n].iter().any(|other| words(other) == words(label)))
        .count();
    let n_full = named.iter().filter(|label| label.source.len() > 1).count();
    named.len() >= 3 && (n_again >= 2 || n_again >= 1 && n_full >= 2)
        || named.len() >= 2 && n_full * 2 >= labels.len() && n_full >= 2
}

/// The label that opens a line, if one does.
fn label(document: &Document<'_>, range: Range) -> Option<Label> {
    letter(document, range)
        .or_else(|| bracketed(document, range))
        .or_else(|| in_capitals(document, range))
        .or_else(|| in_small_letters(document, range))
}

/// `Q.`, `A:`, or `Q` with blanks behind it.
fn letter(document: &Document<'_>, range: Range) -> Option<Label> {
    let first = &document.tokens[range.start];
    if !matches!(document.word(range.start), "Q." | "A." | "Q" | "A") || range.len() <= 2 {
        return None;
    }
    let has_colon = document.is_sign(range.start + 1, ':');
    let next = &document.tokens[range.start + 1];
    let is_apart = next.start - first.end() >= 2;
    let ends = first.is(shape::STOPPED) || has_colon || is_apart;
    let source = Range::new(range.start, range.start + 1);
    ends.then_some(Label { kind: LabelKind::Letter, source, start: source.end + usize::from(has_colon) })
}

/// `((Lena Voss)) It was dark.`
fn bracketed(document: &Document<'_>, range: Range) -> Option<Label> {
    let is_pair =
        |i: usize, sign: char| i + 1 < range.end && document.is_sign(i, sign) && document.is_sign(i + 1, sign);
    if !is_pair(range.start, '(') {
        return None;
    }
    let start = range.start + 2;
    let close = (start + 1..range.end.min(start + LONGEST_LABEL + 1)).find(|&i| is_pair(i, ')'))?;
    let is_name = (start..close).all(|i| document.tokens[i].is_word() && document.tokens[i].is(shape::UPPER));
    (is_name && close + 2 < range.end).then_some(Label {
        kind: LabelKind::Capitals,
        source: Range::new(start, close),
        start: close + 2,
    })
}

/// Where brackets that open at `i` end.
fn after_brackets(document: &Document<'_>, mut i: usize, end: usize) -> usize {
    while i < end && (document.is_sign(i, '(') || document.is_sign(i, '[')) {
        let closes = |k: &usize| document.is_sign(*k, ')') || document.is_sign(*k, ']');
        let Some(close) = (i + 1..end.min(i + 12)).find(closes) else { return i };
        i = close + 1;
    }
    i
}

/// `VOSS:`, `LENA VOSS, HOST:`, `SY (voice-over):`, `Mr. TALBOT of Calder.`, `The DEPUTY SPEAKER (Hon. RC Stone):`.
fn in_capitals(document: &Document<'_>, range: Range) -> Option<Label> {
    let tokens = &document.tokens;
    let is_capital = |i: usize| tokens[i].is_word() && (tokens[i].is(shape::CAPITALS) || tokens[i].is(shape::STOPPED));
    let opens_formally =
        tokens[range.start].has(traits::TITLE) || matches!(document.word(range.start), "The" | "Hon." | "Hon");
    let formal = opens_formally && range.len() > 2 && tokens[range.start + 1].is(shape::CAPITALS);
    let from = range.start + usize::from(formal);
    let mut end = from;
    while end < range.end.min(from + LONGEST_LABEL) && is_capital(end) {
        end += 1;
    }
    let has_name = (from..end).any(|i| tokens[i].is(shape::CAPITALS) && tokens[i].len >= 2);
    if !has_name || !tokens[from].is_word() || end - from == 1 && tokens[from].len < 2 {
        return None;
    }
    let source = Range::new(range.start, end);
    let mut close = after_brackets(document, end, range.end);
    // What the speaker is, up to the colon: ", HOST", ", HARBOUR CHAIRMAN (ph)".
    while close < range.end.min(range.start + LONGEST_CAPTION) && tokens[close].tag == tag::COMMA {
        let mut next = close + 1;
        while next < range.end && is_capital(next) {
            next += 1;
        }
        if next == close + 1 {
            break;
        }
        close = after_brackets(document, next, range.end);
    }
    // "Ms. ORTEGA of Calder."
    if formal && close < range.end && document.word(close) == "of" {
        close += 1;
        while close < range.end && tokens[close].is_word() && tokens[close].is(shape::UPPER) {
            close += 1;
        }
    }
    let is_short = tokens[from].len < 3 && end - from == 1;
    let ends = close < range.end
        && (document.is_sign(close, ':') || formal && document.is_sign(close, '.') && close + 1 < range.end);
    let ends =
        ends && !(is_short && close == end && !formal && document.word(from) != document.word(from).to_uppercase());
    (ends && close + 1 < range.end).then_some(Label { kind: LabelKind::Capitals, source, start: close + 1 })
}

/// `Lena Voss:`, `Dr. Ivo Marsh:`.
fn in_small_letters(document: &Document<'_>, range: Range) -> Option<Label> {
    let tokens = &document.tokens;
    let mut end = range.start;
    while end < range.end.min(range.start + LONGEST_LABEL) && tokens[end].is_word() {
        let is_part = tokens[end].is(shape::UPPER)
            && !tokens[end].has(traits::DETERMINER | traits::PRONOUN | traits::AUXILIARY)
            || end > range.start && tokens[end].has(traits::PARTICLE);
        if !is_part || document.is_quoted(end) {
            return None;
        }
        end += 1;
    }
    let close = after_brackets(document, end, range.end);
    let ends = end > range.start && close + 1 < range.end && document.is_sign(close, ':');
    let is_cue = end > range.start && tokens[end - 1].has(traits::CUE);
    let source = Range::new(range.start, end);
    (ends && !is_cue).then_some(Label { kind: LabelKind::Name, source, start: close + 1 })
}

/// One speaker's turn: the labelled line and the lines after it up to the next label; gives the line after.
fn turn(document: &Document<'_>, labels: &[Option<Label>], p: usize, label: Label, found: &mut Vec<Draft>) -> usize {
    let paragraphs = &document.paragraphs;
    let mut content = vec![Range::new(label.start, paragraphs[p].range.end)];
    let next = (p + 1..labels.len().min(p + LONGEST_TURN)).find(|&k| labels[k].is_some());
    // Only where the transcript goes on does a line without a label belong to the speaker before.
    let mut k = p + 1;
    if let Some(next) = next.filter(|&next| labels[next].is_some_and(|label| label.kind != LabelKind::Letter)) {
        while k < next && document.tokens[paragraphs[k].range.start].tag != tag::DASH {
            if !is_direction(document, paragraphs[k].range) {
                content.push(paragraphs[k].range);
            }
            k += 1;
        }
    }
    content.retain(|range| !range.is_empty());
    if !content.is_empty() {
        found.push(Draft { content, source: Some(label.source), cue: None });
    }
    k
}

/// "Opposition members interjecting—", "(Applause)": what happens, between two turns.
fn is_direction(document: &Document<'_>, line: Range) -> bool {
    let tokens = &document.tokens;
    let last = &tokens[line.end - 1];
    let opens = document.is_sign(line.start, '(') || document.is_sign(line.start, '[');
    opens && line.len() <= 12 || line.len() <= 7 && last.tag == tag::DASH
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

/// "She says:" before a paragraph without quotation marks, as in live reports.
fn led(document: &Document<'_>, p: usize) -> Option<Draft> {
    let tokens = &document.tokens;
    let paragraph = &document.paragraphs[p];
    let range = paragraph.range;
    let next = document.paragraphs.get(p + 1)?;
    let opens = tokens[next.range.start].is_word() && tokens[next.range.start].is(shape::UPPER);
    if range.len() < 3 || !document.is_sign(range.end - 1, ':') || !opens || next.range.len() < 3 {
        return None;
    }
    let head = range.end - 2;
    let says = ["says", "said", "writes", "wrote", "tweeted", "tweets", "added", "adds", "posted"];
    let is_cue = says.iter().any(|form| document.word(head) == *form) && !document.is_quoted(head);
    let sentence = document.sentences[paragraph.sentences.end - 1];
    let mut start = head;
    while start > sentence.start
        && head - start < 9
        && (tokens[start - 1].is_word()
            && !matches!(tokens[start - 1].tag, tag::VERB | tag::AUXILIARY | tag::CONJUNCTION))
    {
        start -= 1;
    }
    (is_cue && start < head).then(|| Draft {
        content: vec![next.range],
        source: Some(Range::new(start, head)),
        cue: Some(Range::new(head, head + 1)),
    })
}

/// A post of a social network: a paragraph, and below it a dash, the name and, in brackets, the handle of who wrote it.
fn posted(document: &Document<'_>, p: usize) -> Option<Draft> {
    let tokens = &document.tokens;
    let next = document.paragraphs.get(p + 1)?.range;
    if tokens[next.start].tag != tag::DASH {
        return None;
    }
    let open = (next.start + 2..next.end.min(next.start + 8)).find(|&i| document.is_sign(i, '('))?;
    let is_handle = open + 1 < next.end && document.is_sign(open + 1, '@');
    let is_name = (next.start + 1..open).all(|i| tokens[i].is_word());
    let own = document.paragraphs[p].range;
    (is_handle && is_name && tokens[own.start].class != Class::Open).then(|| Draft {
        content: vec![own],
        source: Some(Range::new(next.start + 1, open)),
        cue: None,
    })
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
