//! From frames to attributions: the likelier frame first, then the quotations that no frame claimed.

use super::content::Layout;
use super::cue;
use super::document::{Document, Range};
use super::extent::extent;
use super::features::sigmoid;
use super::frame::{Company, Frame, Leftover, Previous, Scratch, features as frame_features, frame, join_features};
use super::lexicon::{key, traits};
use super::nothing;
use super::source::Place;
use super::vocabulary::{tag, word};
use super::weights::{Decision, Weights};

/// An attribution as ranges of tokens, before spans and speakers.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    /// In order; never empty, never overlapping.
    pub content: Vec<Range>,
    pub source: Option<Range>,
    pub cue: Option<Range>,
}

impl Draft {
    /// Whether a range lies in one of the parts.
    fn holds(&self, range: Range) -> bool {
        self.content.iter().any(|part| part.start <= range.start && range.end <= part.end)
    }

    /// Takes a range out of the content.
    fn without(&mut self, range: Range) {
        let cut = |part: Range| {
            if !part.overlaps(range) {
                return [part, Range::new(part.end, part.end)];
            }
            [Range::new(part.start, range.start.max(part.start)), Range::new(range.end.min(part.end), part.end)]
        };
        self.content = self.content.iter().flat_map(|&part| cut(part)).filter(|part| !part.is_empty()).collect();
    }

    /// Gives up a source or cue that a content swallowed when it was joined with a quotation, and a cue inside its source.
    pub(super) fn keep_apart(&mut self) {
        let is_free = |range: &Range| !self.content.iter().any(|content| content.overlaps(*range));
        self.source = self.source.filter(is_free);
        self.cue = self.cue.filter(|cue| is_free(cue) && !self.source.is_some_and(|source| source.overlaps(*cue)));
    }
}

/// All frames of a document, cue by cue.
pub(super) fn frames(document: &Document<'_>, weights: Option<&Weights>) -> Vec<Frame> {
    let mut scratch = Scratch::default();
    let mut found = Vec::new();
    let mut paragraph = 0;
    for &sentence in &document.sentences {
        while document.paragraphs[paragraph].range.end <= sentence.start {
            paragraph += 1;
        }
        let line = &document.paragraphs[paragraph];
        if line.is_boilerplate || paragraph > 0 && is_heading(document, line.range) {
            continue;
        }
        let first = found.len();
        for i in sentence.start..sentence.end {
            if cue::is_candidate(document, i) {
                found.extend(frame(document, weights, i, sentence, &mut scratch));
            }
        }
        if let Some(weights) = weights {
            let here = &mut found[first..];
            for at in 0..here.len() {
                let company = Company::of(here, at);
                let table = weights.table(Decision::Frame);
                let learnt = sigmoid(table.score(|out| frame_features(document, &here[at], &company, out)));
                here[at].likelihood = if is_sure(document, &here[at]) { learnt.max(SURE) } else { learnt };
            }
        }
        settle_nested(document, &mut found[first..]);
    }
    found
}

/// What a speaker of a transcript says that somebody else said: quoted, with a name or a noun phrase for its source.
fn is_reported(document: &Document<'_>, frame: &Frame) -> bool {
    let tokens = &document.tokens;
    let range = frame.source.range;
    let is_somebody =
        frame.source.place != Place::None && !matches!(tokens[range.start].tag, tag::PRONOUN | tag::WHO | tag::THAT);
    let is_quoted =
        tokens[frame.content.first.start].tag == tag::OPEN || tokens[frame.content.first.end - 1].tag == tag::CLOSE;
    is_somebody && is_quoted && frame.likelihood >= LEAST_REPORTED && cue::is_strong(document, frame.head)
}

/// Least likelihood of what a speaker of a transcript reports.
const LEAST_REPORTED: f32 = 0.5;

/// Likelihood of a frame whose form leaves no doubt.
const SURE: f32 = 0.7;

/// "…, said another witness in the probe.", "described by aid groups as “a lifeline”".
fn is_sure(document: &Document<'_>, frame: &Frame) -> bool {
    let end = super::content::core_end(document, frame.around.sentence);
    let opens = |range: Range| document.tokens[range.start].tag == tag::OPEN;
    match frame.content.layout {
        Layout::Left => {
            frame.source.place == Place::Right && super::content::is_inverted(document, frame.head, &frame.around, end)
        }
        Layout::Right => {
            opens(frame.content.first)
                && frame.source.place == Place::Right
                && document.tokens[frame.head].has(traits::CUE)
                && super::source::passive_by(document, frame.head, &frame.around).is_some()
        }
        _ => false,
    }
}

/// Who speaks where one says that another said: "…, Moy testified" is Moy's whatever it holds, but what an outlet reports
/// that somebody said is somebody's, and so is what they said "according to a statement".
fn settle_nested(document: &Document<'_>, frames: &mut [Frame]) {
    let tokens = &document.tokens;
    for at in 0..frames.len() {
        let outer = frames[at];
        let range = outer.source.range;
        if outer.source.place == Place::None || outer.likelihood < LEAST_OUTER {
            continue;
        }
        let is_inner = |other: &Frame| {
            cue::is_strong(document, other.head)
                && outer.content.holds(other.head)
                && other.source.place != Place::None
                && other.source.range != range
                && other.likelihood > LEAST_INNER
                && other.cue_score > 0.5
        };
        let words = || (range.start..range.end).map(|i| &tokens[i]);
        let is_outlet = words().any(|token| token.has(traits::OUTLET));
        let is_medium = tokens[outer.head].has(word::ACCORDING)
            && words().any(|token| MEDIA.iter().any(|noun| token.key == key(noun)));
        let closes = outer.content.layout == Layout::Left
            && outer.content.first.start == outer.around.sentence.start
            && outer.head + 3 >= outer.around.sentence.end
            && outer.cue_score > 0.0;
        if (is_outlet || is_medium) && frames.iter().any(is_inner) {
            frames[at].likelihood = 0.0;
        } else if closes && !is_outlet && cue::is_strong(document, outer.head) {
            // Said in the writer's words, so that a quotation's own cue is no rival.
            for other in frames.iter_mut().filter(|other| other.head != outer.head) {
                let is_plain = other.content.parts().all(|part| tokens[part.start].tag != tag::OPEN);
                if is_plain && outer.content.holds(other.head) && other.content.first.start > outer.content.first.start
                {
                    other.likelihood = other.likelihood.min(outer.likelihood * 0.9);
                }
            }
        }
    }
}

/// Least likelihood of a frame that others are compared with.
const LEAST_OUTER: f32 = 0.1;
/// Least likelihood of a frame that speaks inside another.
const LEAST_INNER: f32 = 0.2;
/// What "according to" may name beside whoever said so.
const MEDIA: [&str; 9] =
    ["statement", "report", "reports", "transcript", "release", "summary", "letter", "document", "readout"];

/// A line that divides an article: a few words, most of them capital, without a stop. It states nothing.
fn is_heading(document: &Document<'_>, line: Range) -> bool {
    if line.len() > LONGEST_HEADING {
        return false;
    }
    let (mut n_words, mut n_capital) = (0, 0);
    for token in &document.tokens[line.start..line.end] {
        if matches!(token.tag, tag::STOP | tag::OPEN | tag::CLOSE | tag::COLON) {
            return false;
        }
        let counts = token.is_word() && !token.has(super::lexicon::traits::FUNCTION);
        n_words += usize::from(counts);
        n_capital += usize::from(counts && token.is(super::token::shape::UPPER));
    }
    n_words > 0 && n_capital == n_words
}

/// Most tokens of a heading.
const LONGEST_HEADING: usize = 8;

/// Which of three thresholds a content falls under: all quotation, partly, not at all.
pub(super) fn quoted_class(document: &Document<'_>, content: impl IntoIterator<Item = Range>) -> usize {
    let (mut n_words, mut n_quoted, mut run, mut longest) = (0_usize, 0_usize, 0_usize, 0_usize);
    for range in content {
        for i in range.start..range.end {
            let token = &document.tokens[i];
            if token.is_word() {
                n_words += 1;
                let quoted = document.is_quoted(i) && !token.is(super::token::shape::SINGLE);
                n_quoted += usize::from(quoted);
                run = if quoted { run + 1 } else { 0 };
                longest = longest.max(run);
            } else if token.tag == tag::OPEN {
                run = 0;
            }
        }
    }
    if n_quoted * 5 >= n_words * 4 {
        0
    } else if longest >= 3 {
        1
    } else {
        2
    }
}

/// Who owns a token: content or cue of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Nobody,
    Content(u32),
    Cue,
    Source,
}

/// The frames that stay, likelier ones first where two get in each other's way; then leftovers.
pub(super) struct Selection<'d, 't> {
    document: &'d Document<'t>,
    frames: &'d [Frame],
    weights: Option<&'d Weights>,
    owner: Vec<Owner>,
    pub drafts: Vec<Draft>,
    /// The frame of each draft.
    pub of_frame: Vec<usize>,
}

impl<'d, 't> Selection<'d, 't> {
    /// `given` are the attributions that stand already; frames make way for them.
    pub fn new(
        document: &'d Document<'t>,
        frames: &'d [Frame],
        given: Vec<Draft>,
        weights: Option<&'d Weights>,
        thresholds: [f32; 3],
    ) -> Self {
        let mut selection = Self {
            document,
            frames,
            weights,
            owner: vec![Owner::Nobody; document.tokens.len()],
            drafts: Vec::new(),
            of_frame: Vec::new(),
        };
        let mut given = given;
        let mut reported: Vec<usize> = Vec::new();
        for (at, frame) in frames.iter().enumerate().filter(|(_, frame)| is_reported(document, frame)) {
            let turn = given.iter_mut().find(|draft| draft.cue.is_none() && draft.holds(frame.content.first));
            let is_apart = reported.last().is_none_or(|&last| frames[last].around.sentence != frame.around.sentence);
            if let Some(turn) = turn.filter(|_| is_apart) {
                frame.content.parts().for_each(|part| turn.without(part));
                reported.push(at);
            }
        }
        given.retain(|draft| !draft.content.is_empty());
        for draft in &given {
            for range in &draft.content {
                selection.owner[range.start..range.end].fill(Owner::Content(0));
            }
            for range in draft.source.iter().chain(&draft.cue) {
                selection.owner[range.start..range.end].fill(Owner::Cue);
            }
        }
        let mut order: Vec<usize> = (0..frames.len()).collect();
        order.sort_by(|&a, &b| frames[b].likelihood.total_cmp(&frames[a].likelihood).then(a.cmp(&b)));
        let mut chosen = Vec::new();
        for &at in &reported {
            selection.claim(&frames[at], at);
            chosen.push(at);
        }
        for at in order.into_iter().filter(|at| !reported.contains(at)) {
            let frame = &frames[at];
            if frame.likelihood < thresholds[quoted_class(document, frame.content.parts())] {
                continue;
            }
            if nothing::says_nothing(document, frame) {
                continue;
            }
            if selection.is_free(frame) {
                selection.claim(frame, at);
                chosen.push(at);
            }
        }
        chosen.sort_by_key(|&at| frames[at].content.first.start);
        for at in chosen {
            let frame = &frames[at];
            selection.of_frame.push(at);
            selection.drafts.push(Draft {
                content: frame.content.parts().collect(),
                source: (frame.source.place != Place::None).then_some(frame.source.range),
                cue: Some(extent(document, weights, frame)),
            });
        }
        selection.drafts.extend(given);
        for (n, draft) in selection.drafts.iter().enumerate() {
            for range in &draft.content {
                selection.owner[range.start..range.end].fill(Owner::Content(n as u32));
            }
        }
        selection
    }

    fn is_free(&self, frame: &Frame) -> bool {
        let is_content = |i: usize| matches!(self.owner[i], Owner::Content(_));
        if self.owner[frame.head] == Owner::Cue || is_content(frame.head) {
            return false;
        }
        if (frame.source.range.start..frame.source.range.end).any(is_content) {
            return false;
        }
        frame.content.parts().all(|part| self.owner[part.start..part.end].iter().all(|owner| *owner == Owner::Nobody))
    }

    fn claim(&mut self, frame: &Frame, at: usize) {
        for part in frame.content.parts() {
            self.owner[part.start..part.end].fill(Owner::Content(at as u32));
        }
        self.owner[frame.head] = Owner::Cue;
        for i in frame.source.range.start..frame.source.range.end {
            if self.owner[i] == Owner::Nobody {
                self.owner[i] = Owner::Source;
            }
        }
    }

    fn draft_of(&self, range: Range) -> Option<usize> {
        self.owner[range.start..range.end].iter().find_map(|owner| match owner {
            Owner::Content(n) => Some(*n as usize),
            _ => None,
        })
    }

    /// Gives the quotations that no frame claimed to the attribution before, or makes attributions of them.
    /// `see` is shown every decision's circumstances; it may decide itself.
    pub fn leftovers(&mut self, see: &mut impl FnMut(&Self, &Leftover) -> Option<Fate>) {
        let document = self.document;
        let weights = self.weights;
        self.join_forward();
        // Draft and end of the last content part, as seen from where the walk is.
        let mut last: Option<(usize, Range)> = None;
        let mut starts: Vec<(usize, usize, Range)> = Vec::new();
        for (n, draft) in self.drafts.iter().enumerate() {
            starts.extend(draft.content.iter().map(|&range| (range.start, n, range)));
        }
        starts.sort_unstable();
        let mut next_start = 0;
        for (p, paragraph) in document.paragraphs.iter().enumerate() {
            for r in paragraph.regions.start..paragraph.regions.end {
                let region = document.regions[r];
                while next_start < starts.len() && starts[next_start].0 <= region.open {
                    let (_, n, range) = starts[next_start];
                    if last.is_none_or(|(_, before)| before.end <= range.end) {
                        last = Some((n, range));
                    }
                    next_start += 1;
                }
                if self.draft_of(region.range()).is_some() || region.n_words == 0 {
                    continue;
                }
                let leftover = Leftover {
                    region: r,
                    opens_paragraph: region.open == paragraph.range.start,
                    fills_paragraph: region.open == paragraph.range.start && region.end + 1 >= paragraph.range.end,
                    is_indented: paragraph.is_indented,
                    previous: last.map(|(draft, range)| self.previous(draft, range, region.open, p)),
                };
                let fate = see(self, &leftover).unwrap_or_else(|| {
                    let is_open =
                        leftover.previous.is_some_and(|previous| previous.is_quotation && !previous.is_closed);
                    let is_none = nothing::is_naming(document, region.range())
                        || !is_open && nothing::is_pulled(document, paragraph.range, region.range());
                    if is_none { Fate::Nothing } else { fate(document, weights, &leftover) }
                });
                match (fate, leftover.previous) {
                    (Fate::Joins, Some(previous)) => {
                        self.give(region.range(), previous.draft);
                        last = Some((previous.draft, region.range()));
                    }
                    (Fate::Alone, _) => {
                        let draft = self.drafts.len();
                        let lead = self.lead(&leftover);
                        self.drafts.push(lead);
                        self.give(region.range(), draft);
                        last = Some((draft, region.range()));
                    }
                    _ => {}
                }
            }
        }
        for draft in &mut self.drafts {
            draft.content.sort_unstable();
        }
    }

    fn give(&mut self, range: Range, draft: usize) {
        self.owner[range.start..range.end].fill(Owner::Content(draft as u32));
        self.drafts[draft].content.push(range);
    }

    /// A quotation left open goes on with the one that opens the next line.
    fn join_forward(&mut self) {
        let document = self.document;
        for p in (1..document.paragraphs.len()).rev() {
            let (before, here) = (&document.paragraphs[p - 1], &document.paragraphs[p]);
            if before.regions.is_empty() || here.regions.is_empty() {
                continue;
            }
            let (open, next) = (document.regions[before.regions.end - 1], document.regions[here.regions.start]);
            if open.is_closed || next.open != here.range.start || self.draft_of(open.range()).is_some() {
                continue;
            }
            if let Some(draft) = self.draft_of(next.range()) {
                let cue_between = self.drafts[draft].cue.is_some_and(|cue| cue.start < open.open);
                if !cue_between {
                    self.give(open.range(), draft);
                }
            }
        }
    }

    fn previous(&self, draft: usize, range: Range, open: usize, p: usize) -> Previous {
        let document = self.document;
        let end_tag = document.tokens[range.end - 1].tag;
        let ends_region = super::content::region_before(document, range.end).is_some();
        let at = document.paragraphs.partition_point(|paragraph| paragraph.range.end < range.end);
        let sentences_before = document.sentences.partition_point(|sentence| sentence.start < range.end);
        let sentences_here = document.sentences.partition_point(|sentence| sentence.start <= open);
        let own = &self.drafts[draft];
        let within =
            |i: usize| own.cue.is_some_and(|cue| cue.holds(i)) || own.source.is_some_and(|source| source.holds(i));
        let between = range.end..open.max(range.end).min(range.end + 40);
        Previous {
            draft,
            end: range.end,
            is_quotation: ends_region,
            is_closed: end_tag == tag::CLOSE,
            cue_between: own.cue.is_some_and(|cue| cue.start >= range.end && cue.end <= open),
            running_text: between.clone().filter(|&i| document.tokens[i].is_word() && !within(i)).count() > 4,
            paragraphs: p.saturating_sub(at),
            sentences: sentences_here.saturating_sub(sentences_before),
        }
    }

    /// Source and cue of a quotation that no frame claimed: those of an unlikely frame that would have, or of the words
    /// before a colon, or the source of the attribution before in the same line.
    fn lead(&self, leftover: &Leftover) -> Draft {
        let document = self.document;
        let open = document.regions[leftover.region].open;
        let region = document.regions[leftover.region].range();
        let near = self.frames.partition_point(|frame| frame.head + REACH < open);
        let beside = self.frames[near..].iter().take_while(|frame| frame.head < region.end + REACH);
        let unlikely = beside
            .filter(|frame| frame.content.parts().any(|part| part == region) && frame.likelihood > LEAST_LIKELIHOOD)
            .max_by(|a, b| a.likelihood.total_cmp(&b.likelihood));
        let is_led = open > 0 && document.tokens[open - 1].tag == tag::COLON;
        let leading = || {
            let sentence = document.sentences.partition_point(|sentence| sentence.end < open);
            let sentence = document.sentences.get(sentence).filter(|_| is_led)?;
            let from = self.frames.partition_point(|frame| frame.head < sentence.start);
            let inside = self.frames[from..].iter().take_while(|frame| frame.head < open);
            inside.filter(|frame| frame.cue_score > 0.0).max_by(|a, b| a.cue_score.total_cmp(&b.cue_score))
        };
        let named = || {
            // `Pollster Ada Stark: “...”`
            let sentence = document.sentences.partition_point(|sentence| sentence.end < open);
            let sentence = document.sentences.get(sentence).filter(|_| is_led)?;
            let mut start = open - 1;
            while start > sentence.start && open - start < 10 && is_name_part(document, start - 1) {
                start -= 1;
            }
            let range = Range::new(start, open - 1);
            let n_upper =
                (range.start..range.end).filter(|&i| document.tokens[i].is(super::token::shape::UPPER)).count();
            (n_upper > 0 && !document.tokens[range.end - 1].has(super::lexicon::traits::CUE)).then_some(range)
        };
        let is_free =
            |range: Range| self.owner[range.start..range.end].iter().all(|owner| !matches!(owner, Owner::Content(_)));
        if let Some(frame) = unlikely.or_else(leading) {
            let source =
                (frame.source.place != Place::None).then_some(frame.source.range).filter(|&range| is_free(range));
            let cue = extent(document, self.weights, frame);
            let cue = (is_free(cue) && self.owner[frame.head] != Owner::Cue).then_some(cue);
            return Draft { content: Vec::new(), source, cue };
        }
        if let Some(source) = named().filter(|&range| is_free(range)) {
            return Draft { content: Vec::new(), source: Some(source), cue: None };
        }
        let previous = leftover.previous.filter(|previous| previous.paragraphs == 0);
        let source = previous.and_then(|previous| self.drafts[previous.draft].source);
        Draft { content: Vec::new(), source, cue: None }
    }
}

/// Whether a word can stand in "Pollster Ada Stark" before a colon.
fn is_name_part(document: &Document<'_>, i: usize) -> bool {
    let token = &document.tokens[i];
    token.is_word() && matches!(token.tag, tag::NAME | tag::ROLE | tag::PEOPLE | tag::NOUN | tag::OTHER)
}

/// How far from a quotation its source and cue are looked for.
const REACH: usize = 60;
/// A frame less likely than this says nothing even of a quotation that stands alone.
const LEAST_LIKELIHOOD: f32 = 0.02;

/// What becomes of a quotation without a cue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It goes on with the attribution before.
    Joins,
    /// It is an attribution of its own.
    Alone,
    /// It is none: a name, a title, a word held at arm's length.
    Nothing,
}

fn fate(document: &Document<'_>, weights: Option<&Weights>, leftover: &Leftover) -> Fate {
    let Some(weights) = weights else { return rule_fate(document, leftover) };
    let score = |decision| {
        let sum = weights.table(decision).score(|out| join_features(document, leftover, out));
        sigmoid(sum)
    };
    let joins = if leftover.previous.is_some() { score(Decision::Join) } else { 0.0 };
    let alone = score(Decision::Alone);
    if joins >= 0.5 && joins >= alone {
        Fate::Joins
    } else if alone >= 0.5 {
        Fate::Alone
    } else {
        Fate::Nothing
    }
}

/// By rule: a quotation that is a sentence of its own is a statement, and goes on with a quotation in the same line.
fn rule_fate(document: &Document<'_>, leftover: &Leftover) -> Fate {
    let region = &document.regions[leftover.region];
    let last = region.end.saturating_sub(2);
    let stops = last > region.open && matches!(document.tokens[last].tag, tag::STOP | tag::COMMA);
    let opens = leftover.opens_paragraph || !document.tokens[region.open - 1].is_word();
    if !(region.n_words >= 9 || opens && (stops || !region.is_closed)) {
        return Fate::Nothing;
    }
    match leftover.previous {
        Some(previous) if previous.is_quotation && (previous.paragraphs == 0 || !previous.is_closed) => Fate::Joins,
        _ => Fate::Alone,
    }
}
