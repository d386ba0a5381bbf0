//! The names of an article: where they stand, what is title and what is name, and which of them mean one and the same.
//!
//! A name is a run of capitalised words with the particles, initials and suffixes inside it; titles and roles in front
//! are cut off and kept as the bearer's role. Whoever is named in full once is meant by the last name everywhere; two
//! people of one last name are told apart by first name, suffix and title.

use rustc_hash::FxHashMap;

use super::super::document::{Document, Range};
use super::super::lexicon::traits;
use super::super::token::{Class, Token, shape};
use super::super::vocabulary::tag;

/// A name written somewhere, without title.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    /// The name itself.
    pub range: Range,
    /// Where the words begin that stand before it as its title: "Defence Minister".
    pub title: usize,
    /// Tokens up to here are the name without its suffix.
    pub core_end: usize,
}

/// Somebody or something named.
#[derive(Debug, Clone)]
pub(super) struct Entity {
    /// The mention with the fullest form.
    pub best: Name,
    /// All mentions, as indices into the names.
    pub mentions: Vec<usize>,
    pub is_body: bool,
    pub is_person: bool,
    /// Points for a man less points for a woman.
    pub male: i32,
}

/// All names of an article and who they mean.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub names: Vec<Name>,
    /// The entity of each name.
    pub of_name: Vec<usize>,
    pub entities: Vec<Entity>,
}

/// How many bearers of one last name are looked through.
const MOST_BEARERS: usize = 24;

fn is_name_word(token: &Token) -> bool {
    token.is_word() && token.is(shape::UPPER) && !matches!(token.tag, tag::TIME)
}

/// "d'Orvel", "al-Haddar": a name that begins with a small letter.
fn has_inner_capital(document: &Document<'_>, i: usize) -> bool {
    let token = &document.tokens[i];
    if token.is(shape::UPPER | shape::DIGIT) || !token.is_word() {
        return false;
    }
    let word = document.word(i);
    let mut marks = word.char_indices().take_while(|&(at, _)| at <= 3);
    let Some((at, _)) = marks.find(|&(_, c)| matches!(c, '-' | '\'' | '’')) else { return false };
    word[at..].chars().nth(1).is_some_and(char::is_uppercase)
}

/// Whether the word at a sentence's beginning is capital for that reason alone.
fn only_opens(token: &Token) -> bool {
    token.has(traits::FUNCTION) && !token.is(shape::STOPPED) && !token.is(shape::CAPITALS)
        || matches!(token.tag, tag::ADVERB | tag::VERB | tag::MAYBE_VERB | tag::NOUN | tag::PEOPLE)
}

/// Every name of the document, in order.
pub(super) fn find(document: &Document<'_>) -> Vec<Name> {
    let tokens = &document.tokens;
    let mut names = Vec::new();
    let mut paragraph = 0;
    for &sentence in &document.sentences {
        while document.paragraphs[paragraph].range.end <= sentence.start {
            paragraph += 1;
        }
        let is_heading = is_heading(document, document.paragraphs[paragraph].range);
        let mut i = sentence.start;
        while i < sentence.end {
            let begins = is_name_word(&tokens[i]) && !only_opens(&tokens[i]) || has_inner_capital(document, i);
            if !begins {
                i += 1;
                continue;
            }
            let (end, core_end) = run(document, i, sentence.end);
            // In a headline every word is capital, and a long run of them is no name.
            if !is_heading || end - i <= 2 {
                names.extend(cut_titles(document, i, end, core_end));
            }
            i = end.max(i + 1);
        }
    }
    names
}

/// A line without a closing sign whose words are capital, those of grammar aside.
fn is_heading(document: &Document<'_>, line: Range) -> bool {
    let tokens = &document.tokens[line.start..line.end];
    if line.len() > 24 || tokens.last().is_none_or(|last| matches!(last.tag, tag::STOP | tag::COLON | tag::CLOSE)) {
        return false;
    }
    let content = tokens.iter().filter(|token| token.is_word() && !token.has(traits::FUNCTION));
    let (n_words, n_capital) =
        content.fold((0, 0), |(n, capital), token| (n + 1, capital + usize::from(token.is(shape::UPPER))));
    n_words >= 3 && n_capital * 4 >= n_words * 3
}

/// Where the run of name words from `start` ends, with and without a suffix.
fn run(document: &Document<'_>, start: usize, limit: usize) -> (usize, usize) {
    let tokens = &document.tokens;
    let mut end = start + 1;
    while end < limit && end - start < 12 && tokens[end].is(shape::SPACED) {
        let token = &tokens[end];
        if is_name_word(token)
            && !(token.has(traits::FUNCTION)
                && !token.is(shape::STOPPED | shape::CAPITALS)
                && !token.has(traits::PARTICLE))
        {
            end += 1;
            continue;
        }
        if has_inner_capital(document, end) {
            end += 1;
            continue;
        }
        // Particles, and "of" inside the name of a body.
        let mut next = end;
        while next < limit && next - end < 3 && tokens[next].has(traits::PARTICLE) && !tokens[next].is(shape::UPPER) {
            next += 1;
        }
        let of_body = tokens[end].key == super::super::lexicon::key("of") && tokens[end - 1].has(traits::ORGANIZATION);
        if of_body {
            next = end + 1;
            if next < limit && document.word(next) == "the" {
                next += 1;
            }
        }
        if next > end && next < limit && is_name_word(&tokens[next]) && !tokens[next].has(traits::FUNCTION) {
            end = next + 1;
            continue;
        }
        break;
    }
    let core_end = end;
    let mut after = end;
    if after + 1 < limit && tokens[after].tag == tag::COMMA && tokens[after + 1].has(traits::SUFFIX) {
        after += 1;
    }
    if after < limit && is_suffix(document, after) && tokens[after].is(shape::UPPER) {
        return (after + 1, core_end);
    }
    if end - start >= 2 && is_suffix(document, end - 1) {
        return (end, end - 1);
    }
    (end, core_end)
}

fn is_suffix(document: &Document<'_>, i: usize) -> bool {
    document.tokens[i].has(traits::SUFFIX)
        || super::super::lexicon::key(document.word(i).trim_end_matches('.')) == super::super::lexicon::key("jr")
        || super::super::lexicon::key(document.word(i).trim_end_matches('.')) == super::super::lexicon::key("sr")
}

/// The run without the titles and places before the name.
fn cut_titles(document: &Document<'_>, start: usize, end: usize, core_end: usize) -> Option<Name> {
    let tokens = &document.tokens;
    let mut from = start;
    // Up to and with the last title or role: "Prime Minister", "White House Press Secretary".
    if let Some(last) = (start..core_end - 1).rev().find(|&i| tokens[i].has(traits::ROLE | traits::TITLE)) {
        from = last + 1;
    }
    // "Secretary of State Ada Stark", "Republican Ada Stark".
    while core_end - from > 2
        && (tokens[from].has(traits::PLACE)
            || tokens[from].has(traits::ORGANIZATION) && start >= 2 && tokens[start - 1].has(traits::PREPOSITION))
    {
        from += 1;
    }
    let is_lone_title = core_end - from == 1 && tokens[from].has(traits::ROLE | traits::TITLE | traits::GROUP);
    if is_lone_title || from >= core_end {
        return None;
    }
    let title = title_start(document, start);
    Some(Name { range: Range::new(from, end), title, core_end })
}

/// Titles in small letters before a capitalised run: "former mayor Ada Stark".
fn title_start(document: &Document<'_>, start: usize) -> usize {
    let tokens = &document.tokens;
    let mut from = start;
    while from > 0
        && start - from < 5
        && tokens[from].is(shape::SPACED)
        && tokens[from - 1].is_word()
        && !tokens[from - 1].is(shape::UPPER)
        && (tokens[from - 1].has(traits::ROLE | traits::TITLE)
            || from < start && !tokens[from - 1].has(traits::FUNCTION) && tokens[from - 1].tag != tag::VERB)
    {
        from -= 1;
    }
    // Only where a role stands directly before the name.
    if from < start && !tokens[start - 1].has(traits::ROLE | traits::TITLE) { start } else { from }
}

impl Names {
    pub fn new(document: &Document<'_>) -> Self {
        let mut found = Self { names: find(document), of_name: Vec::new(), entities: Vec::new() };
        let mut by_last: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
        let mut by_first: FxHashMap<u32, usize> = FxHashMap::default();
        found.of_name = vec![usize::MAX; found.names.len()];
        // Full names first, so that a last name may stand before the full one, as in headlines.
        for n in 0..found.names.len() {
            let name = found.names[n];
            if is_last_name(document, &name) {
                continue;
            }
            let last = document.tokens[name.core_end - 1].key;
            let bearers = by_last.entry(last).or_default();
            let same = bearers
                .iter()
                .rev()
                .take(MOST_BEARERS)
                .copied()
                .find(|&e| agree(document, &found.entities[e].best, &name));
            let entity = same.unwrap_or_else(|| {
                found.entities.push(Entity::new(name));
                bearers.push(found.entities.len() - 1);
                found.entities.len() - 1
            });
            by_first.entry(document.tokens[name.range.start].key).or_insert(entity);
            found.assign(document, n, entity);
        }
        let mut recent: FxHashMap<u32, usize> = FxHashMap::default();
        for n in 0..found.names.len() {
            let name = found.names[n];
            let last = document.tokens[name.core_end - 1].key;
            if found.of_name[n] != usize::MAX {
                recent.insert(last, found.of_name[n]);
                continue;
            }
            let gender = gender_of_title(document, &name);
            let bearers = by_last.get(&last).map_or(&[][..], Vec::as_slice);
            let bearers = &bearers[bearers.len().saturating_sub(MOST_BEARERS)..];
            let fits = |e: usize| {
                let entity = &found.entities[e];
                let suffix_fits = name.core_end == name.range.end || same_suffix(document, &entity.best, &name);
                suffix_fits && gender * entity.male >= 0
            };
            let chosen = match recent.get(&last).copied().filter(|&e| fits(e)) {
                Some(entity) => Some(entity),
                None => bearers.iter().copied().find(|&e| fits(e)),
            };
            let chosen =
                chosen.or_else(|| by_first.get(&last).copied().filter(|&e| fits(e) && !found.entities[e].is_body));
            let entity = chosen.unwrap_or_else(|| {
                found.entities.push(Entity::new(name));
                by_last.entry(last).or_default().push(found.entities.len() - 1);
                found.entities.len() - 1
            });
            recent.insert(last, entity);
            found.assign(document, n, entity);
        }
        found
    }

    fn assign(&mut self, document: &Document<'_>, n: usize, at: usize) {
        let name = self.names[n];
        self.of_name[n] = at;
        let entity = &mut self.entities[at];
        entity.mentions.push(n);
        entity.male += 2 * gender_of_title(document, &name);
        let tokens = &document.tokens;
        let first = &tokens[name.range.start];
        let length = if is_last_name(document, &name) { 1 } else { name.core_end - name.range.start };
        if length > 1 {
            entity.male += i32::from(first.has(traits::MALE)) - i32::from(first.has(traits::FEMALE));
        }
        let has_body = (name.range.start..name.range.end).any(|i| tokens[i].has(traits::ORGANIZATION));
        let has_title = name.title < name.range.start;
        entity.is_body |= has_body && !has_title;
        entity.is_person |= has_title || length > 1 && !has_body;
        // The fullest form, in small letters where there is one.
        let capitals = |name: &Name| (name.range.start..name.core_end).all(|i| tokens[i].is(shape::CAPITALS));
        let longer = name.range.len() > entity.best.range.len();
        if (longer && !capitals(&name))
            || (capitals(&entity.best) && !capitals(&name) && length >= entity.best.core_end - entity.best.range.start)
        {
            entity.best = name;
        }
    }

    /// Index of the last name that ends at or before a token.
    pub fn before(&self, end: usize) -> usize {
        self.names.partition_point(|name| name.range.end <= end)
    }

    /// The names inside a range.
    pub fn inside(&self, range: Range) -> std::ops::Range<usize> {
        let from = self.names.partition_point(|name| name.range.start < range.start);
        let to = self.names.partition_point(|name| name.range.end <= range.end);
        from..to.max(from)
    }
}

impl Entity {
    const fn new(best: Name) -> Self {
        Self { best, mentions: Vec::new(), is_body: false, is_person: false, male: 0 }
    }
}

/// +1 where the words around the name speak for a man, -1 for a woman.
fn gender_of_title(document: &Document<'_>, name: &Name) -> i32 {
    let mut sum = 0;
    for i in name.title..name.range.start {
        let token = &document.tokens[i];
        let named = super::super::lexicon::key(document.word(i).trim_end_matches('.'));
        let title = |forms: [&str; 3]| forms.iter().any(|form| super::super::lexicon::key(form) == named);
        sum += i32::from(token.has(traits::MALE) || title(["mr", "sir", "lord"]));
        sum -= i32::from(token.has(traits::FEMALE) || title(["mrs", "ms", "miss"]));
    }
    sum.signum()
}

fn same_suffix(document: &Document<'_>, a: &Name, b: &Name) -> bool {
    let suffix = |name: &Name| {
        (name.core_end..name.range.end)
            .find(|&i| document.tokens[i].is_word())
            .map(|i| super::super::lexicon::key(document.word(i).trim_end_matches('.')))
    };
    suffix(a) == suffix(b)
}

/// Whether two full names of one last name can be one person's.
fn agree(document: &Document<'_>, a: &Name, b: &Name) -> bool {
    let both_have = a.core_end < a.range.end && b.core_end < b.range.end;
    if both_have && !same_suffix(document, a, b) || (a.core_end < a.range.end) != (b.core_end < b.range.end) {
        return false;
    }
    let first = |name: &Name| {
        let word = document.word(name.range.start);
        (document.tokens[name.range.start].key, word.trim_end_matches('.').to_lowercase())
    };
    let ((key_a, a), (key_b, b)) = (first(a), first(b));
    let is_initial = |word: &str| word.chars().nth(1).is_none();
    if key_a == key_b && a == b {
        return true;
    }
    (is_initial(&a) || is_initial(&b)) && a.chars().next() == b.chars().next() || a.starts_with(&b) || b.starts_with(&a)
}

/// Whether the name is a last name alone, with its particles: "Van der Velde".
fn is_last_name(document: &Document<'_>, name: &Name) -> bool {
    (name.range.start..name.core_end - 1).all(|i| document.tokens[i].has(traits::PARTICLE))
}

/// Whether the token after the range makes a possessive of it.
pub(super) fn is_possessive(document: &Document<'_>, range: Range) -> bool {
    document.tokens.get(range.end).is_some_and(|token| token.class == Class::Possessive)
}
