//! Windows: an article in stretches that the transformer can read at once, its statements marked.
//!
//! A window is `[CLS] title, first words of the lead [SEP] stretch [SEP]`; the first one has no need of a title of its own.
//! Every piece has a *role*: content, source or cue of a statement, or none. A statement belongs to the window in which the
//! middle piece of its content stands. Windows without statements are left out. No piece of text is looked at twice to
//! decide where the windows end: their borders follow from the number of pieces alone.

use std::ops::Range;

use crate::Statement;
use crate::pieces::Pieces;

/// The longest window, in pieces: as many positions as the transformer knows.
pub(crate) const LONGEST: usize = 512;
/// How many pieces of the article a window has to itself.
const OWN: usize = 384;
/// How many more it sees on both sides, at least.
const MARGIN: usize = 24;
/// The most pieces of title and lead before a window.
const LEAD: usize = 48;
/// The most pieces of the title.
const TITLE: usize = 24;
/// Windows grow to whole multiples of this: matrices of few shapes, and more context.
const STEP: usize = 64;

/// What a piece is to a statement; the numbers are rows of the table of roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Role {
    None = 0,
    Content = 1,
    Source = 2,
    Cue = 3,
}

/// The numbers of the pieces that are no words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marks {
    pub start: u32,
    pub end: u32,
}

/// One window, and the statements that are read in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    /// The pieces' rows in the embedding table.
    pub ids: Vec<u32>,
    /// Their roles.
    pub roles: Vec<Role>,
    /// The statements: their numbers in the article, and the places of their pieces in the window.
    pub statements: Vec<Placed>,
}

/// A statement in its window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    /// Its number in the article.
    pub index: usize,
    /// The places of its content's pieces.
    pub content: Vec<usize>,
    /// The places of its source's and its cue's pieces.
    pub attribution: Vec<usize>,
}

/// The windows of an article whose title is the text's first line.
pub(crate) fn windows(text: &str, pieces: &Pieces, statements: &[Statement], marks: Marks) -> Vec<Window> {
    let count = pieces.len();
    if count == 0 {
        return Vec::new();
    }
    let places: Vec<(Vec<usize>, Vec<usize>)> = statements.iter().map(|statement| places(pieces, statement)).collect();
    let roles = roles(pieces, statements);
    let title_and_lead = lead(text, pieces);
    let n_windows = count.div_ceil(OWN);
    let own = count.div_ceil(n_windows);
    let mut belonging = vec![Vec::new(); n_windows];
    for (index, (content, _)) in places.iter().enumerate() {
        if let Some(&middle) = content.get(content.len() / 2) {
            belonging[(middle / own).min(n_windows - 1)].push(index);
        }
    }
    let mut windows = Vec::new();
    for (window, indices) in belonging.into_iter().enumerate().filter(|(_, indices)| !indices.is_empty()) {
        let start = (window * own).saturating_sub(MARGIN);
        let end = ((window + 1) * own + MARGIN).min(count);
        let lead = if start > LEAD { title_and_lead.as_slice() } else { &[] };
        let head = 2 + lead.len() + usize::from(!lead.is_empty());
        let stretch = grown(start..end, head, if lead.is_empty() { 0 } else { LEAD + 1 }, count);
        let mut ids = vec![marks.start];
        ids.extend(lead.iter().map(|&piece| pieces.ids[piece]));
        if !lead.is_empty() {
            ids.push(marks.end);
        }
        let base = ids.len();
        let mut window_roles = vec![Role::None; base];
        ids.extend_from_slice(&pieces.ids[stretch.clone()]);
        window_roles.extend_from_slice(&roles[stretch.clone()]);
        ids.push(marks.end);
        window_roles.push(Role::None);
        let place = |places: &[usize]| -> Vec<usize> {
            places.iter().filter(|piece| stretch.contains(piece)).map(|piece| piece - stretch.start + base).collect()
        };
        let statements = indices
            .into_iter()
            .map(|index| Placed { index, content: place(&places[index].0), attribution: place(&places[index].1) })
            .collect();
        windows.push(Window { ids, roles: window_roles, statements });
    }
    windows
}

/// The stretch, grown to fill its window up to a whole multiple of [`STEP`]: to the left first, then to the right.
fn grown(stretch: Range<usize>, head: usize, earliest: usize, count: usize) -> Range<usize> {
    let wanted = (head + stretch.len()).next_multiple_of(STEP).min(LONGEST) - head;
    let (mut start, mut end) = (stretch.start, stretch.end);
    if end - start < wanted {
        start = earliest.max(end.saturating_sub(wanted)).min(start);
    }
    if end - start < wanted {
        end = count.min(start + wanted);
    }
    start..end.min(start + wanted)
}

/// The places of a statement's content, and of its source and cue, in the order of the text.
fn places(pieces: &Pieces, statement: &Statement) -> (Vec<usize>, Vec<usize>) {
    let content = statement.content.iter().flat_map(|span| pieces.within(span)).collect();
    let mut attribution: Vec<usize> =
        statement.source.iter().chain(&statement.cue).flat_map(|span| pieces.within(span)).collect();
    attribution.sort_unstable();
    attribution.dedup();
    (content, attribution)
}

/// What every piece is; where statements share pieces, content outweighs a cue, and a cue a source.
fn roles(pieces: &Pieces, statements: &[Statement]) -> Vec<Role> {
    let mut roles = vec![Role::None; pieces.len()];
    let mut mark = |spans: &[Range<usize>], role: Role| {
        for piece in spans.iter().flat_map(|span| pieces.within(span)) {
            roles[piece] = role;
        }
    };
    for statement in statements {
        mark(&statement.source, Role::Source);
        mark(&statement.cue, Role::Cue);
    }
    for statement in statements {
        mark(&statement.content, Role::Content);
    }
    roles
}

/// The pieces of the title and of the first words after it.
fn lead(text: &str, pieces: &Pieces) -> Vec<usize> {
    let title_end = text.find('\n').unwrap_or(text.len());
    let body = text.len() - text[title_end..].trim_start_matches('\n').len();
    let paragraph_end = text[body..].find('\n').map_or(text.len(), |length| body + length);
    let mut lead: Vec<usize> = (0..pieces.spans.partition_point(|piece| piece.end <= title_end)).take(TITLE).collect();
    let room = LEAD - lead.len();
    let first = pieces.spans.partition_point(|piece| piece.start < body);
    lead.extend((first..pieces.len()).take_while(|&piece| pieces.spans[piece].end <= paragraph_end).take(room));
    lead
}
