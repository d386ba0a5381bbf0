//! Where names stand: runs of capitalised words, with the particles, initials and nicknames inside them.
//!
//! At a sentence's start a capital letter says nothing by itself. Whether "North", "Mark" or "Cook" begins a name there is
//! told by what the rest of the text does with the word: [`Census`].

use rustc_hash::FxHashSet;

use super::super::super::document::{Document, Range};
use super::super::super::lexicon::{key, traits};
use super::super::super::token::{Class, Token, shape};
use super::super::super::vocabulary::{tag, word, word_class};
use super::super::knowledge::Knowledge;
use super::Name;
use super::title::{cut_titles, split_behind_post};

/// Most words of a run.
const LONGEST_RUN: usize = 12;

/// How the text writes its capitalised words in the middle of sentences, where a capital letter says something.
#[derive(Debug, Default)]
pub(super) struct Census {
    /// Every capitalised word in mid-sentence with its place, sorted.
    capital: Vec<(u32, u32)>,
    /// Words at a sentence's start that stand in small letters elsewhere.
    small: FxHashSet<u32>,
    /// Names of months and the like that somebody bears: "Theresa May".
    borne: FxHashSet<u32>,
}

impl Census {
    pub fn new(document: &Document<'_>) -> Self {
        let tokens = &document.tokens;
        let mut census = Self::default();
        let mut openers: FxHashSet<u32> = FxHashSet::default();
        for &sentence in &document.sentences {
            let mut opens = true;
            for i in sentence.start..sentence.end {
                let token = &tokens[i];
                match token.class {
                    Class::Open | Class::Single | Class::Mark => opens = true,
                    Class::Word => {
                        if token.is(shape::UPPER) {
                            let bearer =
                                i.checked_sub(1).map(|before| &tokens[before]).filter(|_| token.tag == tag::TIME);
                            let bits = traits::MALE | traits::FEMALE | traits::TITLE | traits::ROLE;
                            if bearer.is_some_and(|before| before.is(shape::UPPER) && before.has(bits)) {
                                census.borne.insert(token.key);
                            }
                            if opens {
                                openers.insert(token.key);
                            } else {
                                census.capital.push((token.key, i as u32));
                            }
                        }
                        opens = false;
                    }
                    _ => opens |= matches!(token.tag, tag::STOP | tag::COLON),
                }
            }
        }
        census.capital.sort_unstable();
        let small = tokens.iter().filter(|token| token.is_word() && !token.is(shape::UPPER));
        census.small = small.map(|token| token.key).filter(|key| openers.contains(key)).collect();
        census
    }

    /// Where the word stands, capital, in mid-sentence.
    fn places(&self, word: u32) -> impl Iterator<Item = usize> + '_ {
        let from = self.capital.partition_point(|&(key, _)| key < word);
        self.capital[from..].iter().take_while(move |&&(key, _)| key == word).map(|&(_, at)| at as usize)
    }

    /// Whether the word is a name in mid-sentence and no ordinary word of the text.
    fn is_name(&self, word: u32) -> bool {
        self.places(word).next().is_some() && !self.small.contains(&word)
    }

    /// Whether the two words stand one after the other in mid-sentence, both capital.
    fn is_pair(&self, document: &Document<'_>, first: u32, second: u32) -> bool {
        self.places(first)
            .any(|i| document.tokens.get(i + 1).is_some_and(|next| next.key == second && next.is(shape::UPPER)))
    }

    /// Whether the word stands somewhere, capital, without `before` in front of it.
    pub fn stands_without(&self, document: &Document<'_>, i: usize, before: usize) -> bool {
        let (word, before) = (document.tokens[i].key, document.tokens[before].key);
        let opens = |at: usize| at == 0 || document.tokens[at - 1].key != before;
        self.places(word).any(|at| at != i && opens(at))
            || document.sentences.iter().any(|sentence| document.tokens[sentence.start].key == word)
    }
}

pub(super) fn is_name_word(token: &Token) -> bool {
    token.is_word() && token.is(shape::UPPER) && !matches!(token.tag, tag::TIME)
}

/// Whether a month's name is somebody's here: "May said", not "in May" or "May 3".
fn is_borne(finder: &Finder<'_, '_>, i: usize) -> bool {
    let tokens = &finder.document.tokens;
    let token = &tokens[i];
    if token.tag != tag::TIME || !token.is(shape::UPPER) || !finder.census.borne.contains(&token.key) {
        return false;
    }
    let dated = i > 0
        && (matches!(tokens[i - 1].tag, tag::PREPOSITION | tag::TIME | tag::NUMBER) || tokens[i - 1].is(shape::DIGIT));
    let before = i > 0 && matches!(finder.document.word(i - 1), "last" | "this" | "next" | "late" | "early" | "of");
    !dated && !before && tokens.get(i + 1).is_none_or(|next| !next.is(shape::DIGIT))
}

/// "d'Orvel", "al-Haddar": a name that begins with a small letter.
fn has_inner_capital(document: &Document<'_>, i: usize) -> bool {
    let token = &document.tokens[i];
    if token.is(shape::UPPER | shape::DIGIT) || !token.is_word() {
        return false;
    }
    let word = document.word(i);
    if !word.bytes().take(6).any(|byte| matches!(byte, b'-' | b'\'' | 0xe2)) {
        return false;
    }
    let mut marks = word.char_indices().take_while(|&(at, _)| at <= 3);
    let Some((at, _)) = marks.find(|&(_, c)| matches!(c, '-' | '\'' | '’')) else { return false };
    word[at..].chars().nth(1).is_some_and(char::is_uppercase)
}

/// Whether the word at a sentence's beginning is capital for that reason alone.
fn only_opens(token: &Token) -> bool {
    token.has(traits::FUNCTION) && !token.is(shape::STOPPED) && !token.is(shape::CAPITALS)
        || matches!(token.tag, tag::ADVERB | tag::VERB | tag::MAYBE_VERB | tag::NOUN | tag::PEOPLE)
}

/// An adverb written like a name.
fn is_capital_adverb(token: &Token) -> bool {
    let others = traits::FUNCTION & !traits::ADVERB;
    token.is_word() && token.is(shape::UPPER) && token.has(traits::ADVERB) && !token.has(others)
}

/// What the run of names is read with.
pub(super) struct Finder<'d, 't> {
    pub document: &'d Document<'t>,
    pub known: &'d Knowledge,
    pub census: Census,
}

/// Every name of the document, in order.
pub(super) fn find(document: &Document<'_>, known: &Knowledge) -> Vec<Name> {
    let finder = Finder { document, known, census: Census::new(document) };
    let tokens = &document.tokens;
    let mut names = Vec::new();
    let mut in_headings = Vec::new();
    let mut paragraph = 0;
    for &sentence in &document.sentences {
        while document.paragraphs[paragraph].range.end <= sentence.start {
            paragraph += 1;
        }
        let is_heading = is_heading(document, document.paragraphs[paragraph].range);
        let mut opens = true;
        let mut i = sentence.start;
        while i < sentence.end {
            let token = &tokens[i];
            if !token.is_word() {
                opens |=
                    matches!(token.tag, tag::OPEN | tag::STOP | tag::COLON) || matches!(token.class, Class::Single);
                i += 1;
                continue;
            }
            if !finder.begins(i, sentence.end, opens, is_heading) {
                opens = false;
                i += 1;
                continue;
            }
            opens = false;
            let (end, core_end) = finder.run(i, sentence.end);
            if is_heading {
                in_headings.push((names.len(), i, end));
            } else if let Some(split) = split_behind_post(&finder, i, core_end) {
                // "of Norvale Brian Hale": the name behind the place.
                names.extend(cut_titles(&finder, i, split.name, split.name));
                names.push(Name { range: Range::new(split.name, end), title: split.title, core_end });
            } else {
                names.extend(cut_titles(&finder, i, end, core_end));
            }
            i = end.max(i + 1);
        }
    }
    add_from_headings(document, &mut names, &in_headings);
    names
}

/// In a headline every word is capital: only what the text below names too, or begins with a given name, is a name.
/// Each run comes with its place among the names.
fn add_from_headings(document: &Document<'_>, names: &mut Vec<Name>, runs: &[(usize, usize, usize)]) {
    let keys = |range: Range| document.tokens[range.start..range.end].iter().map(|token| token.key).collect::<Vec<_>>();
    let mut known: FxHashSet<Vec<u32>> = FxHashSet::default();
    if !runs.is_empty() {
        for name in names.iter() {
            known.insert(keys(name.range));
            known.insert(keys(Range::new(name.core_end - 1, name.core_end)));
        }
    }
    let mut merged = Vec::with_capacity(names.len() + runs.len());
    let mut taken = 0;
    for &(place, start, end) in runs {
        merged.extend_from_slice(&names[taken..place]);
        taken = place;
        let mut from = start;
        while from < end {
            let is_known = |to: &usize| known.contains(&keys(Range::new(from, *to)));
            let is_given = document.tokens[from].has(traits::MALE | traits::FEMALE) && end - from == 2;
            match (from + 1..=end).rev().find(is_known).or_else(|| is_given.then_some(end)) {
                Some(to) => {
                    merged.push(Name { range: Range::new(from, to), title: from, core_end: to });
                    from = to;
                }
                None => from += 1,
            }
        }
    }
    merged.extend_from_slice(&names[taken..]);
    *names = merged;
}

/// A line whose words are capital, those of grammar aside.
fn is_heading(document: &Document<'_>, line: Range) -> bool {
    let tokens = &document.tokens[line.start..line.end];
    if line.len() > 24 || tokens.last().is_none_or(|last| matches!(last.tag, tag::COLON | tag::CLOSE)) {
        return false;
    }
    let content = tokens.iter().filter(|token| token.is_word() && !token.has(traits::FUNCTION));
    let (n_words, n_capital) =
        content.fold((0, 0), |(n, capital), token| (n + 1, capital + usize::from(token.is(shape::UPPER))));
    // With a full stop it may be a short sentence of names: only where all words are capital, the verb among them.
    let is_closed = tokens.last().is_some_and(|last| last.tag == tag::STOP);
    if is_closed { n_words >= 4 && n_capital == n_words } else { n_words >= 3 && n_capital * 4 >= n_words * 3 }
}

impl Finder<'_, '_> {
    /// Whether a name, or the title before one, begins at the word `i`; `opens` where a sentence or quotation does.
    fn begins(&self, i: usize, limit: usize, opens: bool, is_heading: bool) -> bool {
        let tokens = &self.document.tokens;
        let token = &tokens[i];
        if has_inner_capital(self.document, i) {
            return true;
        }
        if is_borne(self, i) {
            return true;
        }
        if !is_name_word(token) || self.known.describes(self.document.word(i)) {
            return false;
        }
        if !opens {
            return !(token.has(traits::FUNCTION) && !token.is(shape::STOPPED) && !token.is(shape::CAPITALS));
        }
        let next = tokens.get(i + 1).filter(|next| i + 1 < limit && next.is(shape::SPACED));
        // A sentence has no capital adverb in the second place, but a name may: "Open Well".
        let before_adverb = !is_heading && next.is_some_and(is_capital_adverb) && !token.has(traits::FUNCTION);
        if before_adverb || !only_opens(token) && !self.is_adjective(i, next) {
            return true;
        }
        match next.filter(|next| is_name_word(next) && !next.has(traits::FUNCTION)) {
            Some(next) => self.goes_with(i, next),
            None => self.is_lone_name(i, next),
        }
    }

    /// "Foreign ministry", "Senior officials": an ordinary word before another, neither known as a name.
    fn is_adjective(&self, i: usize, next: Option<&Token>) -> bool {
        let token = &self.document.tokens[i];
        let is_known = self.census.is_name(token.key)
            || token.has(traits::MALE | traits::FEMALE | traits::PLACE)
            || token.is(shape::CAPITALS | shape::STOPPED)
            || self.known.side(token.key).is_some();
        let goes_on = next.is_some_and(|next| {
            next.is_word() && !next.is(shape::UPPER) && matches!(next.tag, tag::NOUN | tag::ROLE | tag::PEOPLE)
        });
        !is_known && goes_on && (self.census.small.contains(&token.key) || self.known.is_opener(token.key))
    }

    /// Whether an ordinary word at a sentence's start belongs to the capitalised word behind it: "North Varos", not
    /// "Says Tait".
    fn goes_with(&self, i: usize, next: &Token) -> bool {
        let token = &self.document.tokens[i];
        if self.census.is_pair(self.document, token.key, next.key) {
            return true;
        }
        if token.has(traits::FUNCTION) {
            return false;
        }
        if token.has(traits::MALE | traits::FEMALE) && !next.has(traits::ROLE | traits::TITLE) {
            return true;
        }
        if self.known.is_opener(token.key) || self.census.is_name(token.key) {
            return true;
        }
        // "Senior US", "Visiting Calder": before a place or country only a part of its name stands.
        let is_side = next.has(traits::PLACE) || self.known.side(next.key).is_some();
        let word = self.document.word(i);
        if is_side || self.known.is_plain(token.key) || word.ends_with("ing") || word.ends_with("ed") {
            return false;
        }
        let is_cue = token.has(traits::CUE) || token.cue_rate() >= 4;
        if is_cue || self.census.small.contains(&token.key) || token.tag == tag::ADVERB {
            return false;
        }
        let is_plural = token.tag == tag::PEOPLE || self.document.word(i).ends_with('s');
        matches!(token.class_of_word(), word_class::NOUN | word_class::MIXED) && !is_plural
    }

    /// Whether an ordinary word alone at a sentence's start is a name of the text: "Cook said".
    fn is_lone_name(&self, i: usize, next: Option<&Token>) -> bool {
        let token = &self.document.tokens[i];
        let acts = next.is_none_or(|next| {
            matches!(next.tag, tag::VERB | tag::MAYBE_VERB | tag::AUXILIARY | tag::ADVERB | tag::NOUN | tag::WHO)
                || !next.is_word()
        });
        acts && !token.has(traits::FUNCTION | traits::GROUP) && self.census.is_name(token.key)
    }

    /// Where the run of name words from `start` ends, with and without a suffix.
    fn run(&self, start: usize, limit: usize) -> (usize, usize) {
        let tokens = &self.document.tokens;
        let is_of_name = |token: &Token| {
            is_name_word(token)
                && !(token.has(traits::FUNCTION)
                    && !token.is(shape::STOPPED | shape::CAPITALS)
                    && !token.has(traits::PARTICLE)
                    && !is_capital_adverb(token))
        };
        let mut end = start + 1;
        while end < limit && end - start < LONGEST_RUN && tokens[end].is(shape::SPACED) {
            if is_of_name(&tokens[end]) && !self.known.describes(self.document.word(end))
                || is_borne(self, end)
                || has_inner_capital(self.document, end)
            {
                end += 1;
                continue;
            }
            if let Some(after) = self.nickname(end, limit) {
                end = after;
                continue;
            }
            let Some(next) = self.link(start, end, limit) else { break };
            end = next + 1;
        }
        let core_end = end;
        let mut after = end;
        if after + 1 < limit && tokens[after].tag == tag::COMMA && tokens[after + 1].has(traits::SUFFIX) {
            after += 1;
        }
        if after < limit && is_suffix(self.document, after) && tokens[after].is(shape::UPPER) {
            return (after + 1, core_end);
        }
        if end - start >= 2 && is_suffix(self.document, end - 1) {
            return (end, end - 1);
        }
        (end, core_end)
    }

    /// Particles inside a person's name, and "of", "for" or a capital preposition inside the name of a body; gives the
    /// capitalised word behind them.
    fn link(&self, start: usize, end: usize, limit: usize) -> Option<usize> {
        let tokens = &self.document.tokens;
        let is_small_particle = |token: &Token| token.has(traits::PARTICLE) && !token.is(shape::UPPER);
        let mut next = end;
        while next < limit && next - end < 3 && is_small_particle(&tokens[next]) {
            next += 1;
        }
        let is_body = (start..end).any(|i| tokens[i].has(traits::ORGANIZATION));
        let is_of = ["of", "for"].iter().any(|form| tokens[end].key == key(form)) && !tokens[end].is(shape::UPPER);
        let of_body = is_of
            && (tokens[end - 1].has(traits::ORGANIZATION) || is_body && tokens[end].key == key("for"))
            && !(start..end).any(|i| tokens[i].has(traits::ROLE));
        // "Doctors Without Borders".
        let is_capital = tokens[end].is(shape::UPPER)
            && tokens[end].has(traits::PREPOSITION)
            && !self.document.is_quoted(end)
            && end - start <= 3;
        if of_body || is_capital {
            next = end + 1;
            if next < limit && self.document.word(next) == "the" {
                next += 1;
            }
        }
        let is_name = next > end && next < limit && is_name_word(&tokens[next]) && !tokens[next].has(traits::FUNCTION);
        is_name.then_some(next)
    }

    /// A nickname in marks between two parts of a name (`Derek “Lofty” Quill`); gives the token behind the part after it.
    fn nickname(&self, open: usize, limit: usize) -> Option<usize> {
        let tokens = &self.document.tokens;
        let is_mark = |i: usize| matches!(tokens[i].class, Class::Open | Class::Close | Class::Mark | Class::Single);
        if !is_mark(open) {
            return None;
        }
        let close = (open + 2..limit.min(open + 4)).find(|&i| is_mark(i))?;
        let inside = (open + 1..close).all(|i| tokens[i].is_word() && tokens[i].is(shape::UPPER));
        let goes_on = close + 1 < limit && is_name_word(&tokens[close + 1]) && tokens[close + 1].is(shape::SPACED);
        (inside
            && goes_on
            && !tokens[close].is(shape::SPACED)
            && !tokens[close + 1].has(traits::FUNCTION | traits::CUE))
        .then_some(close + 2)
    }
}

fn is_suffix(document: &Document<'_>, i: usize) -> bool {
    let bare = key(document.word(i).trim_end_matches('.'));
    document.tokens[i].has(traits::SUFFIX) || bare == key("jr") || bare == key("sr")
}

/// Whether the token opens a relative clause.
pub(super) fn opens_relative(token: &Token) -> bool {
    token.has(word::WHO)
}
