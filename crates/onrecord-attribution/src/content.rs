//! Where the content of a cue begins and ends: candidates inside the sentence, and the features that rank them.
//!
//! A content lies to the right of its cue, to the left, around it, or in the quotation that opens the next or closes
//! the previous sentence. Candidates begin and end only where a clause can: at signs, marks, and words of grammar.

use super::cue::Around;
use super::document::{Document, Range};
use super::features::{Emit, Table, feature, pair, step};
use super::lexicon::traits;
use super::token::{Class, shape};
use super::vocabulary::{tag, word};

/// Where a content lies, seen from its cue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layout {
    Right,
    Left,
    Around,
    Next,
    Previous,
}

/// One candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Content {
    pub layout: Layout,
    pub first: Range,
    /// The part after the cue, where the cue interrupts.
    pub second: Option<Range>,
}

impl Content {
    const fn one(layout: Layout, first: Range) -> Self {
        Self { layout, first, second: None }
    }

    pub fn parts(&self) -> impl Iterator<Item = Range> + use<> {
        [Some(self.first), self.second].into_iter().flatten()
    }

    pub fn holds(&self, i: usize) -> bool {
        self.first.holds(i) || self.second.is_some_and(|second| second.holds(i))
    }
}

/// Most tokens between a cue and the beginning of a content to its right.
const REACH_START: usize = 24;
/// Most tokens to either side of a cue that are searched for ends.
const REACH_END: usize = 70;
/// Most tokens of a content that is no quotation from end to end; sentences without an end would otherwise cost the
/// square of their length.
const LONGEST: usize = 240;
/// Most tokens that are counted over; keeps the work for a cue bounded however long its sentence is.
const LOOK: usize = 80;
/// Most ends to the right.
const MAX_ENDS: usize = 16;

/// The end of a sentence without its closing full stop, which stays out unless a quotation holds it.
pub(super) fn core_end(document: &Document<'_>, sentence: Range) -> usize {
    let mut end = sentence.end;
    while end > sentence.start + 1 && document.tokens[end - 1].tag == tag::STOP && !document.is_quoted(end - 1) {
        end -= 1;
    }
    end
}

/// Whether a content may end before the token.
fn is_boundary(document: &Document<'_>, k: usize) -> bool {
    !document.is_quoted(k)
        && matches!(
            document.tokens[k].tag,
            tag::COMMA | tag::COLON | tag::DASH | tag::CONJUNCTION | tag::PREPOSITION | tag::WHO | tag::TO | tag::STOP
        )
}

/// Fills `found` with the candidates of the cue at `i`.
pub(super) fn candidates(document: &Document<'_>, i: usize, around: &Around, found: &mut Vec<Content>) {
    found.clear();
    let sentence = around.sentence;
    let end = core_end(document, sentence);
    let mut starts = [0; 12];
    let n_starts = right_starts(document, i, end, &mut starts);
    let mut ends = [0; MAX_ENDS + 1];
    let n_ends = right_ends(document, i, end, &mut ends);
    for &start in &starts[..n_starts] {
        for &stop in ends[..n_ends].iter().filter(|&&stop| stop > start) {
            if !splits_quotation(document, start, stop) {
                found.push(Content::one(Layout::Right, Range::new(start, stop)));
            }
        }
    }
    left(document, i, around, end, (&starts[..n_starts], &ends[..n_ends]), found);
    let next = sentence.end;
    if next < document.tokens.len()
        && document.tokens[next].class == Class::Open
        && let Some(region) = region_at(document, next)
    {
        found.push(Content::one(Layout::Next, region));
    }
    if sentence.start > 0
        && document.tokens[sentence.start - 1].class == Class::Close
        && let Some(region) = region_before(document, sentence.start)
    {
        found.push(Content::one(Layout::Previous, region));
    }
    let is_inverted = is_inverted(document, i, around, end);
    let by = super::source::passive_by(document, i, around);
    found.retain(|content| {
        let is_after_agent =
            by.is_none_or(|by| content.layout != Layout::Right || stands_behind(document, by, content.first.start));
        !(is_inverted && content.layout == Layout::Right) && is_after_agent && !holds_led_quotation(document, content)
    });
}

/// Whether a content begins behind whoever "by" names: at "as", "for" or a quotation.
fn stands_behind(document: &Document<'_>, by: usize, start: usize) -> bool {
    let tokens = &document.tokens;
    start > by + 1
        && (tokens[start].tag == tag::OPEN
            || matches!(document.word(start), "as" | "for" | "because")
            || matches!(document.word(start - 1), "as" | "for"))
}

/// "The harbour is calm, said Mayor Ann Orr.": behind a comma the verb of saying has its subject after it and nothing
/// else, so what was said stands before.
pub(super) fn is_inverted(document: &Document<'_>, i: usize, around: &Around, end: usize) -> bool {
    let tokens = &document.tokens;
    let sentence = around.sentence;
    if around.group != i || i <= sentence.start + 2 || tokens[i - 1].tag != tag::COMMA || !tokens[i].has(traits::CUE) {
        return false;
    }
    let has_clause = (sentence.start..i - 1).any(|k| is_verb(tokens[k].tag) || tokens[k].tag == tag::MAYBE_VERB);
    let stop = (i + 1..end).find(|&k| tokens[k].tag == tag::WHO || tokens[k].tag == tag::COMMA).unwrap_or(end);
    let is_subject = stop > i + 1
        && stop - i <= 16
        && (i + 1..stop).all(|k| {
            !is_verb(tokens[k].tag) && !matches!(tokens[k].tag, tag::OPEN | tag::THAT | tag::COLON | tag::PRONOUN)
        });
    has_clause && is_subject && (tokens[i + 1].is(shape::UPPER) || tokens[i + 1].tag == tag::DETERMINER)
}

/// `The farmer said: “It came back”, he said`: what leads to a quotation by a colon is no part of what it says.
fn holds_led_quotation(document: &Document<'_>, content: &Content) -> bool {
    let tokens = &document.tokens;
    let first = content.first;
    matches!(content.layout, Layout::Left | Layout::Around)
        && tokens[first.end - 1].tag == tag::CLOSE
        && tokens[first.start].tag != tag::OPEN
        && region_before(document, first.end)
            .is_some_and(|region| region.start > first.start && document.is_sign(region.start - 1, ':'))
}

/// The region that opens with this token.
pub(super) fn region_at(document: &Document<'_>, open: usize) -> Option<Range> {
    let at = document.regions.binary_search_by_key(&open, |region| region.open).ok()?;
    Some(document.regions[at].range())
}

/// The region that ends before this token.
pub(super) fn region_before(document: &Document<'_>, end: usize) -> Option<Range> {
    let at = document.regions.binary_search_by_key(&end, |region| region.end).ok()?;
    Some(document.regions[at].range())
}

/// A range that begins or ends in the midst of a quotation.
fn splits_quotation(document: &Document<'_>, start: usize, stop: usize) -> bool {
    document.is_quoted(start)
        || stop < document.tokens.len() && document.is_quoted(stop) && document.is_quoted(stop - 1)
}

fn right_starts(document: &Document<'_>, i: usize, end: usize, starts: &mut [usize; 12]) -> usize {
    let tokens = &document.tokens;
    let mut n = 0;
    for k in i + 1..end.min(i + REACH_START) {
        if document.is_quoted(k) {
            continue;
        }
        let distance = k - i;
        let is_start = match tokens[k].tag {
            tag::COMMA | tag::COLON | tag::DASH | tag::CLOSE | tag::STOP => false,
            tag::OPEN | tag::THAT => true,
            tag::TO | tag::CONJUNCTION => distance <= 9,
            _ => {
                distance <= 4
                    || matches!(tokens[k - 1].tag, tag::COMMA | tag::COLON | tag::DASH) && distance <= 18
                    || tokens[k - 1].tag == tag::PREPOSITION && distance <= 6
            }
        };
        if is_start && n < starts.len() {
            starts[n] = k;
            n += 1;
        }
    }
    n
}

fn right_ends(document: &Document<'_>, i: usize, end: usize, ends: &mut [usize; MAX_ENDS + 1]) -> usize {
    let mut n = 0;
    for k in i + 2..end.min(i + REACH_END) {
        let is_end = is_boundary(document, k) || document.tokens[k - 1].class == Class::Close;
        if is_end && n < MAX_ENDS {
            ends[n] = k;
            n += 1;
        }
    }
    let is_near = end - i <= LONGEST
        || region_before(document, end).is_some_and(|region| region.start > i && region.start - i < REACH_START);
    if end > i + 1 && is_near {
        ends[n] = end;
        n += 1;
    }
    n
}

fn left(
    document: &Document<'_>,
    i: usize,
    around: &Around,
    end: usize,
    right: (&[usize], &[usize]),
    found: &mut Vec<Content>,
) {
    let tokens = &document.tokens;
    let sentence = around.sentence;
    let from = around.group;
    let (mut n_ends, mut k) = (0, from);
    // The subject of "is said to" is part of its content.
    let is_short = end - sentence.start <= LONGEST;
    if is_short && from > sentence.start && !matches!(tokens[from - 1].tag, tag::COMMA | tag::CLOSE) {
        let range = Range::new(sentence.start, from);
        if !splits_quotation(document, range.start, range.end) {
            found.push(Content::one(Layout::Left, range));
            if i + 1 < end {
                found.push(Content { layout: Layout::Around, first: range, second: Some(Range::new(i + 1, end)) });
            }
        }
    }
    while k > sentence.start && n_ends < 4 && i - k < REACH_END {
        k -= 1;
        if document.is_quoted(k) {
            continue;
        }
        let stop = match tokens[k].tag {
            tag::COMMA | tag::DASH | tag::COLON => k,
            tag::CLOSE => k + 1,
            _ => continue,
        };
        if stop <= sentence.start || tokens[k].tag != tag::CLOSE && tokens[stop - 1].class == Class::Close && n_ends > 0
        {
            continue;
        }
        n_ends += 1;
        let mut starts = [sentence.start; 5];
        let mut n_starts = 1;
        if let Some(region) = region_before(document, stop).filter(|region| region.start > sentence.start) {
            starts[n_starts] = region.start;
            n_starts += 1;
        }
        for j in (sentence.start + 1..stop.saturating_sub(1)).rev().take(REACH_END) {
            if n_starts == starts.len() {
                break;
            }
            let opens = !document.is_quoted(j)
                && (matches!(tokens[j - 1].tag, tag::COMMA | tag::COLON | tag::DASH)
                    || tokens[j - 1].tag == tag::CONJUNCTION && j - 1 == sentence.start);
            if opens && !starts[..n_starts].contains(&j) {
                starts[n_starts] = j;
                n_starts += 1;
            }
        }
        let opens_region = region_before(document, stop).map(|region| region.start);
        for &start in starts[..n_starts].iter().filter(|&&start| start < stop) {
            let is_near = stop - start <= LONGEST || opens_region == Some(start);
            if !is_near || splits_quotation(document, start, stop) {
                continue;
            }
            let first = Range::new(start, stop);
            found.push(Content::one(Layout::Left, first));
            let resumes = |&&k: &&usize| {
                matches!(tokens[k - 1].tag, tag::COMMA | tag::DASH | tag::COLON) || tokens[k].tag == tag::OPEN
            };
            for &resume in right.0.iter().filter(resumes).take(3) {
                let is_near =
                    |&&stop: &&usize| stop > resume && (stop == end || matches!(tokens[stop - 1].tag, tag::CLOSE));
                for &stop in right.1.iter().filter(is_near).take(3) {
                    if !splits_quotation(document, resume, stop) {
                        let second = Some(Range::new(resume, stop));
                        found.push(Content { layout: Layout::Around, first, second });
                    }
                }
            }
        }
    }
}

/// The rules' view of a candidate: quotations first, then what runs to the end of the sentence.
pub(super) fn rule_score(document: &Document<'_>, i: usize, around: &Around, content: &Content) -> f32 {
    let tokens = &document.tokens;
    let sentence = around.sentence;
    let end = core_end(document, sentence);
    let is_region = |range: Range| region_at(document, range.start) == Some(range);
    let reaches_left = |range: Range| around.group - range.end <= 8;
    match content.layout {
        Layout::Left if is_region(content.first) && reaches_left(content.first) => 5.0,
        Layout::Around
            if is_region(content.first) && content.second.is_some_and(is_region) && reaches_left(content.first) =>
        {
            6.0
        }
        Layout::Around => -3.0,
        Layout::Left => {
            let closes = sentence.end - i <= 12 && content.first.start == sentence.start;
            let comma = content.first.end < i && tokens[content.first.end].tag == tag::COMMA;
            if closes && comma && around.group - content.first.end <= 6 { 2.5 } else { -2.0 }
        }
        Layout::Right if tokens[i].has(word::ACCORDING) => {
            let after_comma = tokens[content.first.start - 1].tag == tag::COMMA;
            if after_comma && content.first.end == end { 4.0 } else { -4.0 }
        }
        Layout::Right => {
            let start = content.first.start;
            let mut score = if content.first.end == end { 2.0 } else { 0.0 };
            if is_region(content.first) && around.open == Some(start) && start - i <= 3 {
                score += 2.0;
            }
            if start == i + 1 || tokens[start].tag == tag::THAT {
                score += 1.0;
            }
            score - 0.1 * (start - i) as f32
        }
        Layout::Next if tokens[sentence.end - 1].tag == tag::COLON => 4.0,
        Layout::Next | Layout::Previous => -4.0,
    }
}

/// Scores the candidates of one cue. A candidate's features fall into parts that many candidates share (where it begins,
/// where it ends), so each part is summed once.
pub(super) struct Judge<'d, 't, 'n> {
    document: &'d Document<'t>,
    i: usize,
    around: &'d Around,
    /// Where the sentence's content can end at most.
    end: usize,
    notes: &'n mut Notes,
}

/// What a [`Judge`] writes down, used again from cue to cue.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Unquoted commas and verbs between the cue and each token after it, up to [`LOOK`] tokens.
    counts: Vec<(u16, u16)>,
    /// Sums of parts already met.
    known: Vec<(PartKey, f32)>,
}

/// Which part, of which layout, and the tokens that it depends on, counted from the sentence's first.
type PartKey = (Part, Layout, u32, u32);

/// A part of a candidate's features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Base,
    Left,
    Start,
    End,
}

impl<'d, 't, 'n> Judge<'d, 't, 'n> {
    pub fn new(document: &'d Document<'t>, i: usize, around: &'d Around, notes: &'n mut Notes) -> Self {
        let end = core_end(document, around.sentence);
        notes.counts.clear();
        notes.known.clear();
        let mut judge = Self { document, i, around, end, notes };
        judge.count();
        judge
    }

    fn count(&mut self) {
        let (mut commas, mut verbs) = (0, 0);
        self.notes.counts.push((0, 0));
        for k in self.i + 1..self.around.sentence.end.min(self.i + LOOK) {
            if !self.document.is_quoted(k) {
                commas += u16::from(self.document.tokens[k].tag == tag::COMMA);
                verbs += u16::from(is_verb(self.document.tokens[k].tag));
            }
            self.notes.counts.push((commas, verbs));
        }
    }

    /// Unquoted commas and verbs in `start..stop`, right of the cue.
    fn between(&self, start: usize, stop: usize) -> (usize, usize) {
        let counts = &self.notes.counts;
        let at = |k: usize| counts[(k - self.i - 1).min(counts.len() - 1)];
        let ((commas, verbs), (commas_before, verbs_before)) = (at(stop), at(start));
        (usize::from(commas - commas_before), usize::from(verbs - verbs_before))
    }

    fn part(&mut self, table: &Table, part: Part, layout: Layout, a: usize, b: usize) -> f32 {
        let from = self.around.sentence.start;
        let key = (part, layout, a.saturating_sub(from) as u32, b.saturating_sub(from) as u32);
        if let Some((_, sum)) = self.notes.known.iter().rev().find(|(known, _)| *known == key) {
            return *sum;
        }
        let sum = table.score(|out| match part {
            Part::Base => self.base(layout, out),
            Part::Left => self.left(layout, Range::new(a, b), out),
            Part::Start => self.start(layout, a, out),
            Part::End => self.end(layout, a, out),
        });
        self.notes.known.push((key, sum));
        sum
    }

    /// The score of one candidate.
    pub fn score(&mut self, table: &Table, content: &Content) -> f32 {
        let layout = content.layout;
        let mut sum = self.part(table, Part::Base, layout, 0, 0);
        if matches!(layout, Layout::Left | Layout::Around) {
            sum += self.part(table, Part::Left, layout, content.first.start, content.first.end);
        }
        if let Some(range) = right_of(content) {
            sum += self.part(table, Part::Start, layout, range.start, 0);
            sum += self.part(table, Part::End, layout, range.end, 0);
            sum += table.score(|out| self.whole(layout, range, out));
        }
        if matches!(layout, Layout::Next | Layout::Previous) {
            sum += table.score(|out| self.outside(content, out));
        }
        sum
    }

    /// All features of one candidate.
    pub fn features(&self, content: &Content, out: &mut impl Emit) {
        let layout = content.layout;
        self.base(layout, out);
        if matches!(layout, Layout::Left | Layout::Around) {
            self.left(layout, content.first, out);
        }
        if let Some(range) = right_of(content) {
            self.start(layout, range.start, out);
            self.end(layout, range.end, out);
            self.whole(layout, range, out);
        }
        if matches!(layout, Layout::Next | Layout::Previous) {
            self.outside(content, out);
        }
    }

    fn base(&self, layout: Layout, out: &mut impl Emit) {
        let mut emit = |hash| out.emit(hash);
        let (document, around, i) = (self.document, self.around, self.i);
        let sentence = around.sentence;
        let tokens = &document.tokens;
        let head = tokens[i].key;
        let layout = layout as u32;
        let rate = u32::from(tokens[i].cue_rate());
        let tag_at = |k: usize| u32::from(document.tag(k, sentence));
        emit(feature(1, layout));
        emit(feature(2, pair(layout, head)));
        emit(feature(3, pair(layout, rate)));
        emit(feature(4, pair(layout, pair(tag_at(i + 1), tag_at(i.wrapping_sub(1))))));
        emit(feature(5, pair(layout, pair(tag_at(i + 1), u32::from(around.close.is_some_and(|close| i - close < 5))))));
    }

    fn left(&self, layout: Layout, range: Range, out: &mut impl Emit) {
        let mut emit = |hash| out.emit(hash);
        let (document, around, i) = (self.document, self.around, self.i);
        let sentence = around.sentence;
        let tokens = &document.tokens;
        let head = tokens[i].key;
        let layout = layout as u32;
        let rate = u32::from(tokens[i].cue_rate());
        let end = self.end;
        let tag_at = |k: usize| u32::from(document.tag(k, sentence));
        let key_at = |k: usize| document.key(k, sentence);
        let (first, last) = (range.start, range.end - 1);
        let gap = around.group - range.end.min(around.group);
        let whole = range.start == sentence.start;
        let is_region = region_before(document, range.end) == Some(range);
        let shape = pair(u32::from(whole), pair(u32::from(is_region), layout));
        emit(feature(10, shape));
        emit(feature(11, pair(shape, step(gap))));
        emit(feature(12, pair(shape, u32::from(tokens[last].tag))));
        emit(feature(13, pair(layout, pair(tag_at(range.end), tag_at(range.end + 1)))));
        emit(feature(14, pair(shape, step(range.len()))));
        emit(feature(15, pair(shape, pair(head, u32::from(tokens[last].tag == tag::CLOSE)))));
        emit(feature(16, pair(layout, tokens[first].key)));
        emit(feature(17, pair(layout, pair(tag_at(first.wrapping_sub(1)), u32::from(tokens[first].tag)))));
        emit(feature(18, pair(shape, step(end.saturating_sub(i + 1)))));
        emit(feature(19, pair(shape, pair(tag_at(i + 1), rate))));
        let starts_quoted = tokens[first].tag == tag::OPEN;
        emit(feature(20, pair(shape, u32::from(starts_quoted))));
        let n_verbs = (first.max(range.end.saturating_sub(LOOK))..=last).filter(|&k| is_verb(tokens[k].tag)).count();
        emit(feature(21, pair(shape, step(n_verbs).min(3))));
        // "X is said to": the subject belongs to the content only before a passive.
        let first_of_group = if around.group < i { key_at(around.group) } else { 0 };
        emit(feature(25, pair(step(gap).min(2), pair(first_of_group, layout))));
        emit(feature(26, pair(u32::from(gap == 0), pair(head, layout))));
        if gap > 0 {
            let mut all = 0;
            for k in range.end..around.group.min(range.end + 8) {
                all = pair(all, u32::from(tokens[k].tag));
            }
            emit(feature(22, pair(shape, all)));
        }
        emit(feature(23, pair(layout, tokens[last].key)));
        emit(feature(24, pair(shape, key_at(first.wrapping_sub(1)))));
    }

    fn start(&self, layout: Layout, start: usize, out: &mut impl Emit) {
        let mut emit = |hash| out.emit(hash);
        let (document, around, i) = (self.document, self.around, self.i);
        let sentence = around.sentence;
        let tokens = &document.tokens;
        let head = tokens[i].key;
        let layout = layout as u32;
        let (before, first) = (&tokens[start - 1], &tokens[start]);
        let gap = start - i - 1;
        emit(feature(30, pair(layout, step(gap))));
        emit(feature(31, pair(layout, pair(step(gap), head))));
        emit(feature(32, pair(layout, pair(u32::from(before.tag), u32::from(first.tag)))));
        emit(feature(33, pair(layout, pair(step(gap), pair(u32::from(before.tag), u32::from(first.tag))))));
        emit(feature(34, pair(layout, first.key)));
        emit(feature(35, pair(head, pair(first.key, step(gap)))));
        emit(feature(36, pair(head, pair(u32::from(first.tag), step(gap).min(4)))));
        emit(feature(37, pair(layout, pair(before.key, first.key))));
        if gap > 0 {
            let mut all = 0;
            for k in i + 1..start.min(i + 7) {
                all = pair(all, u32::from(tokens[k].tag));
            }
            emit(feature(38, pair(layout, pair(all, u32::from(first.tag)))));
            emit(feature(39, pair(head, pair(tokens[i + 1].key, step(gap)))));
            emit(feature(40, pair(tokens[i + 1].key, pair(step(gap), u32::from(first.tag)))));
            emit(feature(41, pair(before.key, layout)));
            // Something better to begin with was passed over.
            let passed = (i + 1..start).any(|k| matches!(tokens[k].tag, tag::THAT | tag::OPEN | tag::COLON));
            emit(feature(42, pair(layout, u32::from(passed))));
        }
        let later_that = (start + 1..sentence.end.min(start + 8)).any(|k| tokens[k].tag == tag::THAT);
        emit(feature(43, pair(step(gap), u32::from(later_that))));
        let subject = u32::from(document.tag(around.group.wrapping_sub(1), sentence));
        emit(feature(44, pair(subject, pair(step(gap), u32::from(first.tag)))));
    }

    fn end(&self, layout: Layout, stop: usize, out: &mut impl Emit) {
        let mut emit = |hash| out.emit(hash);
        let (document, around, i) = (self.document, self.around, self.i);
        let sentence = around.sentence;
        let tokens = &document.tokens;
        let head = tokens[i].key;
        let layout = layout as u32;
        let end = self.end;
        let last = &tokens[stop - 1];
        let is_all = u32::from(stop == end);
        let after = u32::from(document.tag(stop, sentence));
        let after_next = u32::from(document.tag(stop + 1, sentence));
        let after_key = document.key(stop, sentence);
        emit(feature(50, pair(layout, pair(is_all, after))));
        emit(feature(52, pair(after_key, is_all)));
        emit(feature(53, pair(u32::from(last.tag), after)));
        emit(feature(54, pair(is_all, pair(head, after))));
        emit(feature(56, pair(after, after_next)));
        emit(feature(57, pair(after_key, document.key(stop + 1, sentence))));
        emit(feature(59, pair(last.key, after)));
        let (_, verbs_after) = self.between(stop, end.max(stop));
        emit(feature(62, pair(after, pair(step(verbs_after).min(2), after_next))));
        emit(feature(63, pair(step(end - stop.min(end)), pair(after, is_all))));
        emit(feature(69, pair(last.key, after_key)));
    }

    fn whole(&self, layout: Layout, range: Range, out: &mut impl Emit) {
        let mut emit = |hash| out.emit(hash);
        let (document, around) = (self.document, self.around);
        let sentence = around.sentence;
        let tokens = &document.tokens;
        let stop = range.end;
        let (first, last) = (&tokens[range.start], &tokens[stop - 1]);
        let is_all = u32::from(stop == self.end);
        let after = u32::from(document.tag(stop, sentence));
        let length = step(range.len());
        let opener = match first.tag {
            tag::THAT | tag::TO | tag::OPEN | tag::CONJUNCTION => u32::from(first.tag),
            _ => 0,
        };
        let (n_commas, n_verbs) = self.between(range.start, stop);
        emit(feature(51, pair(after, pair(length, is_all))));
        emit(feature(55, pair(is_all, pair(opener, pair(after, length)))));
        emit(feature(58, pair(document.key(stop, sentence), length)));
        emit(feature(60, pair(is_all, pair(step(n_commas).min(3), step(n_verbs).min(3)))));
        emit(feature(61, pair(after, pair(step(n_verbs).min(2), opener))));
        let cue_after = u32::from(around.right_cue.is_some_and(|right| right >= stop));
        let cue_inside = u32::from(around.right_cue.is_some_and(|right| range.holds(right)));
        emit(feature(64, pair(after, pair(cue_after, cue_inside))));
        emit(feature(65, pair(is_all, pair(cue_after, cue_inside))));
        let (opens, closes) = (u32::from(first.tag == tag::OPEN), u32::from(last.tag == tag::CLOSE));
        emit(feature(66, pair(closes, pair(is_all, opens))));
        // An opening comma of a pair inside: "that the plan, if passed, would".
        emit(feature(67, pair(after, pair(u32::from(n_commas % 2 == 1), length))));
        // A quotation that ends inside.
        let inner = around.open.and_then(|open| region_at(document, open)).filter(|inner| inner.start >= range.start);
        let closes_before = u32::from(inner.is_some_and(|inner| inner.end < stop));
        emit(feature(68, pair(closes_before, pair(opens, is_all))));
        let opens_later = u32::from(around.open.is_some_and(|open| open > range.start && range.holds(open)));
        emit(feature(45, pair(step(range.start - self.i - 1), pair(opens_later, opens))));
        emit(feature(46, pair(layout as u32, pair(opens_later, is_all))));
    }

    fn outside(&self, content: &Content, out: &mut impl Emit) {
        let layout = content.layout;
        let mut emit = |hash| out.emit(hash);
        let (document, around, i) = (self.document, self.around, self.i);
        let sentence = around.sentence;
        let tokens = &document.tokens;
        let head = tokens[i].key;
        let layout = layout as u32;
        let before = tokens[sentence.end - 1].tag;
        let same_line = content.layout == Layout::Previous
            || !document.text[tokens[sentence.end - 1].end()..tokens[content.first.start].start].contains('\n');
        emit(feature(70, pair(layout, pair(u32::from(before), u32::from(same_line)))));
        emit(feature(71, pair(layout, pair(u32::from(before), step(sentence.end - i)))));
        emit(feature(72, pair(layout, pair(head, u32::from(before)))));
        emit(feature(73, pair(layout, step(sentence.len()))));
        emit(feature(74, pair(layout, step(content.first.len()))));
        emit(feature(75, pair(layout, pair(u32::from(around.open.is_some()), u32::from(around.close.is_some())))));
    }
}

/// The part of a content that lies to the right of its cue.
const fn right_of(content: &Content) -> Option<Range> {
    match content.layout {
        Layout::Right => Some(content.first),
        Layout::Around => content.second,
        _ => None,
    }
}

pub(super) fn is_verb(tag: u8) -> bool {
    matches!(tag, tag::VERB | tag::AUXILIARY)
}
