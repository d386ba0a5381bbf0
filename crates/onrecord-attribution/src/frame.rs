//! One cue with its source and content, and how likely the three belong together.
//!
//! Each candidate cue that is not hopeless gets its best content, then its best source beside that content; a last
//! decision looks at the whole and says how likely it is right. Frames that get in each other's way are settled in
//! `select.rs`, the likelier first.

use super::content::{self, Content, Judge, Notes};
use super::cue::{self, Around};
use super::document::{Document, Range};
use super::features::{Emit, feature, level, pair, sigmoid, step};
use super::source::{self, Place, Source};
use super::vocabulary::tag;
use super::weights::{Decision, Weights};

/// A cue with what belongs to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// The cue's head.
    pub head: usize,
    pub around: Around,
    pub content: Content,
    pub source: Source,
    /// Log-odds of the head being a cue.
    pub cue_score: f32,
    /// Probability of the content among its candidates.
    pub content_share: f32,
    /// Probability of the source among its candidates.
    pub source_share: f32,
    /// Probability that all of it is right.
    pub likelihood: f32,
}

impl Frame {
    /// A frame whose parts are known to be right.
    pub const fn of_gold(head: usize, around: Around, content: Content, source: Source) -> Self {
        Self { head, around, content, source, cue_score: 0.0, content_share: 1.0, source_share: 1.0, likelihood: 1.0 }
    }
}

/// Cues below these log-odds are not looked at further.
pub(super) const LEAST_CUE_SCORE: f32 = -2.6;

/// Room for candidates, used again from cue to cue.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub contents: Vec<Content>,
    pub sources: Vec<Source>,
    scores: Vec<f32>,
    notes: Notes,
}

/// Index of the best score and its share of the softmax over all.
fn best(scores: &[f32]) -> Option<(usize, f32)> {
    let (mut at, mut highest) = (None, f32::NEG_INFINITY);
    for (n, &score) in scores.iter().enumerate() {
        if score > highest {
            (at, highest) = (Some(n), score);
        }
    }
    let sum: f32 = scores.iter().map(|score| (score - highest).exp()).sum();
    at.map(|at| (at, 1.0 / sum))
}

/// The frame of the cue at `i`, where it may be one.
pub(super) fn frame(
    document: &Document<'_>,
    weights: Option<&Weights>,
    i: usize,
    sentence: Range,
    scratch: &mut Scratch,
) -> Option<Frame> {
    let around = Around::new(document, i, sentence);
    let cue_score = match weights {
        Some(weights) => weights.table(Decision::Cue).score(|out| cue::features(document, i, &around, out)),
        None => cue::rule_score(document, i),
    };
    if cue_score < LEAST_CUE_SCORE {
        return None;
    }
    content::candidates(document, i, &around, &mut scratch.contents);
    scratch.scores.clear();
    let mut judge = Judge::new(document, i, &around, &mut scratch.notes);
    for content in &scratch.contents {
        scratch.scores.push(match weights {
            Some(weights) => judge.score(weights.table(Decision::Content), content),
            None => content::rule_score(document, i, &around, content),
        });
    }
    let (at, content_share) = best(&scratch.scores)?;
    let content = scratch.contents[at];
    source::candidates(document, i, &around, &content, &mut scratch.sources);
    scratch.scores.clear();
    for source in &scratch.sources {
        scratch.scores.push(match weights {
            Some(weights) => {
                let table = weights.table(Decision::Source);
                table.score(|out| source::features(document, i, &around, &content, source, out))
                    + source::bonus(document, source)
            }
            None => source::rule_score(document, i, &around, source),
        });
    }
    let (at, source_share) = best(&scratch.scores)?;
    let source = scratch.sources[at];
    let mut frame = Frame { head: i, around, content, source, cue_score, content_share, source_share, likelihood: 0.0 };
    frame.likelihood = match weights {
        // Judged together with its neighbours, once they are there.
        Some(_) => 0.0,
        None => sigmoid(cue_score) * (0.5 + 0.5 * content_share),
    };
    Some(frame)
}

/// Keeps the features of one decision apart from those of another in the same table.
struct Shifted<'o, E>(&'o mut E);

impl<E: Emit> Emit for Shifted<'_, E> {
    #[inline]
    fn emit(&mut self, hash: u32) {
        self.0.emit(hash ^ 0x5bd1_e995);
    }
}

/// What the other frames of a sentence say of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Company {
    /// Best log-odds of a cue whose content holds this frame's head.
    holder: f32,
    /// Best log-odds of a cue inside this frame's content.
    held: f32,
    /// Best log-odds of a cue whose content shares tokens with this one's and that is neither holder nor held.
    rival: f32,
    /// Whether another frame has the same source.
    shares_source: bool,
}

/// How many frames to either side a frame is compared with.
const N_NEIGHBOURS: usize = 8;

impl Company {
    /// The company of `frames[at]`, all of one sentence.
    pub fn of(frames: &[Frame], at: usize) -> Self {
        let own = &frames[at];
        let mut company = Self { holder: -9.0, held: -9.0, rival: -9.0, shares_source: false };
        for (n, other) in frames.iter().enumerate().take(at + N_NEIGHBOURS).skip(at.saturating_sub(N_NEIGHBOURS)) {
            if n == at {
                continue;
            }
            let score = other.cue_score;
            if other.content.holds(own.head) {
                company.holder = company.holder.max(score);
            } else if own.content.holds(other.head) {
                company.held = company.held.max(score);
            } else if own.content.parts().any(|part| other.content.parts().any(|theirs| part.overlaps(theirs))) {
                company.rival = company.rival.max(score);
            }
            company.shares_source |= own.source.place != Place::None && own.source.range == other.source.range;
        }
        company
    }
}

/// The features of "all of it is right".
pub(super) fn features(document: &Document<'_>, frame: &Frame, company: &Company, out: &mut impl Emit) {
    cue::features(document, frame.head, &frame.around, &mut Shifted(out));
    let mut emit = |hash| out.emit(hash);
    let tokens = &document.tokens;
    let i = frame.head;
    let sentence = frame.around.sentence;
    let head = tokens[i].key;
    let layout = frame.content.layout as u32;
    let place = frame.source.place as u32;
    let odds = |share: f32| level(2.0 * (share.clamp(0.001, 0.999) / (1.0 - share.clamp(0.001, 0.999))).ln());
    let cue_level = level(frame.cue_score * 1.5);
    let (content_level, source_level) = (odds(frame.content_share), odds(frame.source_share));
    emit(feature(1, 0));
    emit(feature(2, cue_level));
    emit(feature(3, content_level));
    emit(feature(4, source_level));
    emit(feature(5, pair(cue_level / 2, pair(content_level / 3, source_level / 3))));
    emit(feature(6, pair(layout, place)));
    emit(feature(7, pair(layout, cue_level)));
    emit(feature(8, head));
    emit(feature(9, pair(head, layout)));
    emit(feature(10, pair(place, source_level)));
    emit(feature(11, pair(layout, content_level)));
    let first = frame.content.first;
    let opener = u32::from(tokens[first.start].tag);
    let length = step(frame.content.parts().map(Range::len).sum());
    emit(feature(12, pair(layout, length)));
    emit(feature(13, pair(layout, opener)));
    emit(feature(14, pair(opener, pair(length, cue_level / 3))));
    let closes = tokens[first.end - 1].tag == tag::CLOSE;
    emit(feature(15, pair(u32::from(closes), pair(layout, u32::from(opener == u32::from(tag::OPEN))))));
    emit(feature(16, pair(u32::from(document.tag(first.end, sentence)), layout)));
    if frame.source.place != Place::None {
        let range = frame.source.range;
        let last = &tokens[range.end - 1];
        emit(feature(17, pair(place, u32::from(last.tag))));
        emit(feature(18, pair(place, u32::from(tokens[range.start].tag))));
        emit(feature(19, last.key));
        emit(feature(20, tokens[range.start].key));
        emit(feature(21, pair(place, step(range.len()))));
        emit(feature(22, pair(u32::from(last.tag), pair(u32::from(tokens[i].cue_rate()), opener))));
    }
    emit(feature(23, tokens[first.start].key));
    emit(feature(24, tokens[first.end - 1].key));
    emit(feature(25, pair(u32::from(tokens[i].cue_rate()), length)));
    if let Some(left) = frame.around.left_cue {
        emit(feature(26, pair(u32::from(frame.source.range.start > left), cue_level / 2)));
    }
    emit(feature(27, pair(u32::from(frame.around.right_cue.is_some_and(|right| frame.content.holds(right))), layout)));
    emit(feature(
        28,
        pair(u32::from(document.tag(i + 1, sentence)), u32::from(document.tag(i.wrapping_sub(1), sentence))),
    ));
    emit(feature(30, level(company.holder)));
    emit(feature(31, pair(level(company.holder), cue_level)));
    emit(feature(32, pair(level(company.held), layout)));
    emit(feature(33, pair(level(company.held), cue_level)));
    emit(feature(34, pair(level(company.rival), cue_level)));
    emit(feature(35, pair(u32::from(company.shares_source), place)));
    emit(feature(36, pair(level(company.holder) / 2, pair(level(company.held) / 2, level(company.rival) / 2))));
}

/// The features of "this continues the quotation before".
pub(super) fn join_features(document: &Document<'_>, context: &Leftover, out: &mut impl Emit) {
    let mut emit = |hash| out.emit(hash);
    let tokens = &document.tokens;
    let region = &document.regions[context.region];
    let whole = Range::new(0, tokens.len());
    let before = u32::from(document.tag(region.open.wrapping_sub(1), whole));
    let opens_paragraph = context.opens_paragraph;
    let last = &tokens[region.end - 1 - usize::from(region.is_closed && region.end > region.open + 1)];
    let ending = pair(u32::from(last.tag), u32::from(region.is_closed));
    let first_upper = tokens.get(region.open + 1).is_some_and(|token| token.is(super::token::shape::UPPER));
    let after = u32::from(document.tag(region.end, whole));
    let words = step(region.n_words);
    emit(feature(1, 0));
    emit(feature(2, words));
    emit(feature(3, pair(before, u32::from(opens_paragraph))));
    emit(feature(4, ending));
    emit(feature(5, pair(u32::from(first_upper), pair(before, ending))));
    emit(feature(6, pair(before, words)));
    emit(feature(7, pair(after, pair(words, before))));
    emit(feature(8, pair(u32::from(opens_paragraph), pair(words, u32::from(first_upper)))));
    emit(feature(9, document.key(region.open.wrapping_sub(1), whole)));
    emit(feature(10, pair(u32::from(context.fills_paragraph), u32::from(opens_paragraph))));
    emit(feature(11, pair(u32::from(context.is_indented), u32::from(opens_paragraph))));
    match context.previous {
        None => emit(feature(20, u32::from(opens_paragraph))),
        Some(previous) => {
            let distance = step(region.open.saturating_sub(previous.end));
            let paragraphs = previous.paragraphs.min(3) as u32;
            let kind = pair(u32::from(previous.is_quotation), pair(u32::from(previous.cue_between), paragraphs));
            emit(feature(21, pair(distance, paragraphs)));
            emit(feature(22, pair(kind, distance)));
            emit(feature(23, pair(kind, words)));
            emit(feature(24, pair(kind, pair(before, u32::from(first_upper)))));
            emit(feature(25, pair(kind, u32::from(previous.is_closed))));
            emit(feature(26, pair(kind, u32::from(context.fills_paragraph))));
            emit(feature(27, pair(kind, pair(step(previous.sentences).min(4), before))));
            emit(feature(28, pair(kind, pair(u32::from(previous.running_text), distance))));
            emit(feature(29, pair(paragraphs, pair(u32::from(previous.is_closed), u32::from(opens_paragraph)))));
            emit(feature(30, pair(kind, pair(step(previous.sentences).min(4), ending))));
        }
    }
}

/// A quotation that no cue claimed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leftover {
    pub region: usize,
    pub opens_paragraph: bool,
    pub fills_paragraph: bool,
    pub is_indented: bool,
    pub previous: Option<Previous>,
}

/// The attribution before a quotation without a cue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Previous {
    /// Index into the drafts.
    pub draft: usize,
    /// Where its last part before the quotation ends.
    pub end: usize,
    /// Whether that part ends with a quotation.
    pub is_quotation: bool,
    /// Whether that quotation was closed.
    pub is_closed: bool,
    /// Whether its source and cue stand between.
    pub cue_between: bool,
    /// Whether a word stands between that belongs to neither.
    pub running_text: bool,
    /// Lines from there to here.
    pub paragraphs: usize,
    /// Sentences begun between.
    pub sentences: usize,
}
