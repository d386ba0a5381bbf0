//! The names of an article: where they stand (`find.rs`), what is title and what is name (`title.rs`), and which of them
//! mean one and the same.
//!
//! A name is a run of capitalised words with the particles, initials and suffixes inside it; titles and roles in front
//! are cut off and kept as the bearer's role. Whoever is named in full once is meant by the last name everywhere; two
//! people of one last name are told apart by first name, suffix and title.

mod find;
mod title;

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;

use super::super::Link;
use super::super::document::{Document, Range};
use super::super::lexicon::{key, traits};
use super::super::token::{Class, shape};
use super::super::vocabulary::tag;
use super::knowledge::Knowledge;
use super::profile::{self, Profile};
use find::opens_relative;

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
    /// The posts that the text gives them.
    pub posts: Vec<Profile>,
    /// How the mentions beyond the first were known to be theirs, in the order of `mentions`.
    pub links: Vec<Link>,
}

/// All names of an article and who they mean.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub names: Vec<Name>,
    /// The entity of each name.
    pub of_name: Vec<usize>,
    pub entities: Vec<Entity>,
}

/// A word of a name without case, accents and an Arabic article: "al-Hadid" is "Hadid".
pub(super) fn folded(document: &Document<'_>, i: usize) -> u32 {
    let word = document.word(i);
    let bare = ["al-", "el-", "Al-", "El-", "ad-", "as-", "ar-"]
        .iter()
        .find_map(|article| word.strip_prefix(article))
        .filter(|rest| rest.chars().count() > 2)
        .unwrap_or(word);
    if bare.is_ascii() {
        return if bare.len() == word.len() { document.tokens[i].key } else { key(bare) };
    }
    let plain: String = bare.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).collect();
    key(&plain.replace('ı', "i"))
}

/// How many bearers of one last name are looked through.
const MOST_BEARERS: usize = 24;

impl Names {
    pub fn new(document: &Document<'_>, known: &Knowledge) -> Self {
        let mut found = Self { names: find::find(document, known), of_name: Vec::new(), entities: Vec::new() };
        let mut by_last: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
        let mut by_first: FxHashMap<u32, usize> = FxHashMap::default();
        found.of_name = vec![usize::MAX; found.names.len()];
        // Full names first, so that a last name may stand before the full one, as in headlines.
        for n in 0..found.names.len() {
            let name = found.names[n];
            if is_last_name(document, &name) {
                continue;
            }
            let last = folded(document, name.core_end - 1);
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
            by_first.entry(folded(document, name.range.start)).or_insert(entity);
            let posts = profile::posts_of(document, known, &name);
            found.entities[entity].posts.extend(posts);
            found.assign(document, known, n, entity, Link::Name);
        }
        let mut recent: FxHashMap<u32, usize> = FxHashMap::default();
        for n in 0..found.names.len() {
            let name = found.names[n];
            let last = folded(document, name.core_end - 1);
            if found.of_name[n] != usize::MAX {
                recent.insert(last, found.of_name[n]);
                continue;
            }
            let gender = gender_of_title(document, &name);
            let bearers = by_last.get(&last).map_or(&[][..], Vec::as_slice);
            let bearers = &bearers[bearers.len().saturating_sub(MOST_BEARERS)..];
            let in_title: Vec<Profile> = profile::post_before(document, known, &name).into_iter().collect();
            // Nobody is called "Mr." by the given name.
            let is_bare = name.title == name.range.start;
            let fits = |e: usize| {
                let entity = &found.entities[e];
                let suffix_fits = name.core_end == name.range.end || same_suffix(document, &entity.best, &name);
                suffix_fits && gender * entity.male >= 0 && found.can_hold(document, known, e, &name, &in_title)
            };
            // Whoever of the name was mentioned last, unless another is in the text all the time.
            let near = recent.get(&last).copied().filter(|&e| fits(e));
            let weight = |e: usize| found.entities[e].mentions.len() + if Some(e) == near { 3 } else { 0 };
            let fitting = bearers.iter().copied().chain(near).filter(|&e| fits(e));
            let chosen = fitting.max_by_key(|&e| (weight(e), std::cmp::Reverse(e)));
            let given = by_first.get(&last).copied().filter(|&e| is_bare && fits(e) && !found.entities[e].is_body);
            let link = if chosen.is_some() { Link::FamilyName } else { Link::GivenName };
            let chosen = chosen.or(given);
            let link = if chosen.is_some() { link } else { Link::Name };
            let entity = chosen.unwrap_or_else(|| {
                found.entities.push(Entity::new(name));
                by_last.entry(last).or_default().push(found.entities.len() - 1);
                found.entities.len() - 1
            });
            recent.insert(last, entity);
            found.entities[entity].posts.extend(profile::posts_of(document, known, &name));
            found.assign(document, known, n, entity, link);
        }
        found.find_bodies(document);
        found.join_other_names(document);
        found
    }

    /// Whether a last name behind the title of a post can mean somebody named in full. Who is the president is so
    /// wherever the text names them with a post; where it names no post of theirs, the post may be another's who is
    /// introduced first or is taken to be known.
    fn can_hold(&self, document: &Document<'_>, known: &Knowledge, e: usize, name: &Name, posts: &[Profile]) -> bool {
        let entity = &self.entities[e];
        if posts.is_empty() {
            return true;
        }
        if posts.iter().any(|post| entity.posts.iter().any(|own| own.clashes(known, document, post))) {
            return false;
        }
        if posts.iter().any(|post| entity.posts.iter().any(|own| own.noun == post.noun)) {
            return true;
        }
        let Some(first) = entity.mentions.first().map(|&n| &self.names[n]) else { return true };
        let is_introduced = document.tokens.get(first.range.end).is_some_and(|token| token.tag == tag::COMMA)
            && document.tokens.get(first.range.end + 1).is_some_and(opens_relative);
        entity.posts.is_empty() && first.range.start < name.range.start && !is_introduced
    }

    /// Names behind a common noun for a body ("the aid agency Open Well") are a body's, unless something says that they
    /// are a person's.
    fn find_bodies(&mut self, document: &Document<'_>) {
        let tokens = &document.tokens;
        for entity in &mut self.entities {
            let is_named_so = entity.mentions.iter().any(|&n| {
                let start = self.names[n].range.start;
                let before = start.checked_sub(1).map(|i| &tokens[i]);
                self.names[n].range.len() > 1
                    && before.is_some_and(|noun| noun.has(traits::ORGANIZATION) && !noun.is(shape::UPPER))
            });
            let is_plain = entity.male == 0
                && entity.posts.is_empty()
                && entity.mentions.iter().all(|&n| {
                    let name = &self.names[n];
                    name.title == name.range.start && name.range.len() > 1
                });
            if is_named_so && is_plain {
                (entity.is_body, entity.is_person) = (true, false);
            }
        }
    }

    /// Brings together what the text itself says is one: an abbreviation in brackets or of the first letters of a body's
    /// name, and "known as".
    fn join_other_names(&mut self, document: &Document<'_>) {
        let mut pairs: Vec<(usize, usize, Link)> = Vec::new();
        // Short forms, each with the one full name of which it has the first letters.
        let is_short_form = |entity: &Entity| {
            let range = entity.best.range;
            range.len() == 1 && document.tokens[range.start].is(shape::CAPITALS) && document.tokens[range.start].len > 2
        };
        let letters_of = |entity: &Entity| -> String {
            document.word(entity.best.range.start).chars().filter(|c| *c != '.').collect()
        };
        let shorts = self.entities.iter().filter(|entity| is_short_form(entity)).map(letters_of);
        let mut initials: BTreeMap<String, Option<usize>> = shorts.map(|letters| (letters, None)).collect();
        let mut several: Vec<String> = Vec::new();
        for (letters, full) in &mut initials {
            for (e, entity) in self.entities.iter().enumerate() {
                let range = Range::new(entity.best.range.start, entity.best.core_end);
                if range.len() >= 3 && entity.male == 0 && abbreviates(document, range, letters) {
                    if full.is_some() {
                        several.push(letters.clone());
                    }
                    *full = Some(e);
                }
            }
        }
        several.iter().for_each(|letters| {
            initials.remove(letters);
        });
        for (e, entity) in self.entities.iter().enumerate() {
            let name = entity.best;
            if name.range.len() != 1 {
                continue;
            }
            let word = document.word(name.range.start);
            let letters: String = word.chars().filter(|c| *c != '.').collect();
            let is_short = document.tokens[name.range.start].is(shape::CAPITALS) && letters.len() >= 2;
            let in_brackets = |n: &usize| {
                let range = self.names[*n].range;
                let is_bracketed = range.start > 0
                    && document.is_sign(range.start - 1, '(')
                    && range.end < document.tokens.len()
                    && document.is_sign(range.end, ')');
                let before = self.before(range.start.saturating_sub(1)).checked_sub(1).filter(|_| is_bracketed)?;
                let full = self.names[before].range;
                let capital = document.word(full.start).chars().next()?;
                (full.end + 1 == range.start && full.len() > 1 && letters.starts_with(capital))
                    .then_some(self.of_name[before])
            };
            if is_short && let Some(full) = entity.mentions.iter().find_map(in_brackets) {
                pairs.push((full, e, Link::Initials));
            } else if is_short
                && letters.len() >= 3
                && let Some(Some(full)) = initials.get(&letters).copied()
            {
                pairs.push((full, e, Link::Initials));
            } else if let Some(full) = entity.mentions.iter().find_map(|&n| self.known_as(document, n)) {
                pairs.push((full, e, Link::OtherName));
            }
        }
        let mut now: Vec<usize> = (0..self.entities.len()).collect();
        for (full, short, link) in pairs {
            let (full, short) = (now[full], now[short]);
            if full != short {
                self.join(full, short, link);
                now.iter_mut().filter(|e| **e == short).for_each(|e| *e = full);
            }
        }
    }

    /// "Ignatov, known as Geser": who is called by the name `n`, too.
    fn known_as(&self, document: &Document<'_>, n: usize) -> Option<usize> {
        let start = self.names[n].range.start;
        let mut at = start.checked_sub(1)?;
        if document.word(at) != "as" {
            return None;
        }
        at = at.checked_sub(1)?;
        if !matches!(document.word(at), "known" | "called") {
            return None;
        }
        let before = self.before(at).checked_sub(1)?;
        let full = self.names[before].range;
        let between = full.end..at;
        let is_direct = between.len() <= 4
            && between.clone().all(|i| {
                !document.tokens[i].is_word()
                    || matches!(document.tokens[i].tag, tag::ADVERB | tag::WHO | tag::AUXILIARY)
                    || document.word(i).ends_with("ly")
            });
        is_direct.then(|| self.of_name[before])
    }

    /// Gives the mentions of one entity to another.
    fn join(&mut self, to: usize, from: usize, link: Link) {
        let moved = std::mem::take(&mut self.entities[from].mentions);
        self.entities[from].links.clear();
        for &n in &moved {
            self.of_name[n] = to;
        }
        let posts = std::mem::take(&mut self.entities[from].posts);
        let (is_body, male) = (self.entities[from].is_body, self.entities[from].male);
        let entity = &mut self.entities[to];
        entity.posts.extend(posts);
        entity.is_body |= is_body;
        entity.male += male;
        for n in moved {
            let at = entity.mentions.partition_point(|&other| other < n);
            entity.mentions.insert(at, n);
            entity.links.insert(at, link);
        }
    }

    fn assign(&mut self, document: &Document<'_>, known: &Knowledge, n: usize, at: usize, link: Link) {
        let name = self.names[n];
        self.of_name[n] = at;
        let entity = &mut self.entities[at];
        entity.mentions.push(n);
        entity.links.push(link);
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
        // "Melanie": a given name alone, unless it is a place's too.
        let is_given = tokens[name.core_end - 1].has(traits::MALE | traits::FEMALE)
            && !tokens[name.core_end - 1].has(traits::PLACE | traits::ORGANIZATION);
        // "Foreign Contact Unit" may be anything; "Calder Light" is nobody.
        let is_of_place = (name.range.start..name.core_end).any(|i| {
            tokens[i].has(traits::PLACE)
                || known.side(tokens[i].key).is_some() && !tokens[i].has(traits::MALE | traits::FEMALE)
                || i > name.range.start
                    && tokens[i].is(shape::CAPITALS)
                    && tokens[i].len > 2
                    && !tokens[name.range.start].is(shape::CAPITALS)
        });
        let is_named = first.has(traits::MALE | traits::FEMALE);
        let is_of_place = is_of_place
            || length > 1 && known.is_thing(tokens[name.core_end - 1].key)
            || known.is_opener(first.key) && !is_named;
        entity.is_person |= has_title || length > 1 && !has_body && !is_of_place || is_given && !has_body;
        // The fullest form, in small letters where there is one.
        let capitals = |name: &Name| {
            let mut letters = (name.range.start..name.core_end).map(|i| &tokens[i]);
            letters.clone().any(|token| token.is(shape::CAPITALS) && !token.is(shape::STOPPED))
                && letters.all(|token| token.is(shape::CAPITALS | shape::STOPPED) || !token.is(shape::UPPER))
        };
        let words = |name: &Name| name.core_end - name.range.start;
        let is_initial = |name: &Name| tokens[name.range.start].is(shape::STOPPED) && tokens[name.range.start].len <= 2;
        let best = entity.best;
        let is_fuller = name.range.len() > best.range.len()
            || words(&name) == words(&best) && is_initial(&best) && !is_initial(&name);
        let is_better = match (capitals(&name), capitals(&best)) {
            (true, false) => false,
            (false, true) => words(&name) >= words(&best),
            _ => is_fuller,
        };
        if is_better {
            entity.best = name;
        }
    }

    /// The name that holds a token, where the token does not begin it.
    pub fn around(&self, i: usize) -> Option<usize> {
        let n = self.names.partition_point(|name| name.range.end <= i);
        self.names.get(n).is_some_and(|name| name.range.start < i).then_some(n)
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
        Self {
            best,
            mentions: Vec::new(),
            is_body: false,
            is_person: false,
            male: 0,
            posts: Vec::new(),
            links: Vec::new(),
        }
    }
}

/// +1 where the words around the name speak for a man, -1 for a woman.
fn gender_of_title(document: &Document<'_>, name: &Name) -> i32 {
    let mut sum = 0;
    for i in name.title..name.range.start {
        let token = &document.tokens[i];
        let named = key(document.word(i).trim_end_matches('.'));
        let title = |forms: [&str; 3]| forms.iter().any(|form| key(form) == named);
        sum += i32::from(token.has(traits::MALE) || title(["mr", "sir", "lord"]));
        sum -= i32::from(token.has(traits::FEMALE) || title(["mrs", "ms", "miss"]));
    }
    sum.signum()
}

fn same_suffix(document: &Document<'_>, a: &Name, b: &Name) -> bool {
    let suffix = |name: &Name| {
        (name.core_end..name.range.end)
            .find(|&i| document.tokens[i].is_word())
            .map(|i| key(document.word(i).trim_end_matches('.')))
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
        (folded(document, name.range.start), word.trim_end_matches('.').to_lowercase())
    };
    let sex = |name: &Name| {
        let first = &document.tokens[name.range.start];
        i32::from(first.has(traits::MALE)) - i32::from(first.has(traits::FEMALE))
    };
    if sex(a) * sex(b) < 0 {
        return false;
    }
    let ((key_a, a), (key_b, b)) = (first(a), first(b));
    let is_initial = |word: &str| word.chars().nth(1).is_none();
    if key_a == key_b && !is_initial(&a) {
        return true;
    }
    (is_initial(&a) || is_initial(&b)) && a.chars().next() == b.chars().next() || a.starts_with(&b) || b.starts_with(&a)
}

/// Whether the letters are the first ones of the words of a name, with or without its small words.
fn abbreviates(document: &Document<'_>, name: Range, letters: &str) -> bool {
    let words = || (name.start..name.end).filter(|&i| document.tokens[i].is_word());
    let first = |i: usize| document.word(i).chars().next().into_iter().flat_map(char::to_uppercase);
    words().filter(|&i| document.tokens[i].is(shape::UPPER)).flat_map(first).eq(letters.chars())
        || words().flat_map(first).eq(letters.chars())
}

/// Whether the name is a last name alone, with its particles: "Van der Velde".
fn is_last_name(document: &Document<'_>, name: &Name) -> bool {
    (name.range.start..name.core_end - 1).all(|i| document.tokens[i].has(traits::PARTICLE))
}

/// Whether the token after the range makes a possessive of it.
pub(super) fn is_possessive(document: &Document<'_>, range: Range) -> bool {
    document.tokens.get(range.end).is_some_and(|token| token.class == Class::Possessive)
}
