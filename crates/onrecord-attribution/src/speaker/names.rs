//! The names of an article: where they stand, what is title and what is name, and which of them mean one and the same.
//!
//! A name is a run of capitalised words with the particles, initials and suffixes inside it; titles and roles in front
//! are cut off and kept as the bearer's role. Whoever is named in full once is meant by the last name everywhere; two
//! people of one last name are told apart by first name, suffix and title.

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::document::{Document, Range};
use super::super::lexicon::{key, traits};
use super::super::token::{Class, Token, shape};
use super::super::vocabulary::{tag, word};

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
    /// Nouns of the posts that the text gives them, as keys.
    pub posts: Vec<u32>,
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

/// An adverb written like a name.
fn is_capital_adverb(token: &Token) -> bool {
    let others = traits::FUNCTION & !traits::ADVERB;
    token.is_word() && token.is(shape::UPPER) && token.has(traits::ADVERB) && !token.has(others)
}

/// Every name of the document, in order.
pub(super) fn find(document: &Document<'_>) -> Vec<Name> {
    let tokens = &document.tokens;
    let mut names = Vec::new();
    let mut in_headings = Vec::new();
    let mut paragraph = 0;
    for &sentence in &document.sentences {
        while document.paragraphs[paragraph].range.end <= sentence.start {
            paragraph += 1;
        }
        let is_heading = is_heading(document, document.paragraphs[paragraph].range);
        let mut i = sentence.start;
        while i < sentence.end {
            // A sentence has no capital adverb in the second place, but a name may: "Open Well".
            let before_adverb = !is_heading && i + 1 < sentence.end && is_capital_adverb(&tokens[i + 1]);
            let begins = is_name_word(&tokens[i]) && (!only_opens(&tokens[i]) || before_adverb)
                || has_inner_capital(document, i);
            if !begins {
                i += 1;
                continue;
            }
            let (end, core_end) = run(document, i, sentence.end);
            if is_heading {
                in_headings.push((names.len(), i, end));
            } else {
                names.extend(cut_titles(document, i, end, core_end));
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
    for name in names.iter() {
        known.insert(keys(name.range));
        known.insert(keys(Range::new(name.core_end - 1, name.core_end)));
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

/// Where the run of name words from `start` ends, with and without a suffix.
fn run(document: &Document<'_>, start: usize, limit: usize) -> (usize, usize) {
    let tokens = &document.tokens;
    let mut end = start + 1;
    while end < limit && end - start < 12 && tokens[end].is(shape::SPACED) {
        let token = &tokens[end];
        if is_name_word(token)
            && !(token.has(traits::FUNCTION)
                && !token.is(shape::STOPPED | shape::CAPITALS)
                && !token.has(traits::PARTICLE)
                && !is_capital_adverb(token))
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
        let of_body = tokens[end].key == key("of") && tokens[end - 1].has(traits::ORGANIZATION);
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
        || key(document.word(i).trim_end_matches('.')) == key("jr")
        || key(document.word(i).trim_end_matches('.')) == key("sr")
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
    // "Homeland Security Secretary", "New Jersey Gov.": a first word that could be capital for opening the sentence.
    let opens_title = |i: usize| {
        let token = &tokens[i];
        token.is_word()
            && token.is(shape::UPPER)
            && !token.has(traits::FUNCTION)
            && !matches!(token.tag, tag::VERB | tag::MAYBE_VERB | tag::TIME)
    };
    if from > start && start > 0 && tokens[start].is(shape::SPACED) && opens_title(start - 1) {
        return Some(Name { range: Range::new(from, end), title: start - 1, core_end });
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
            let posts = posts_before(document, &name).into_iter().chain(post_after(document, &name));
            found.entities[entity].posts.extend(posts);
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
            let posts = posts_before(document, &name);
            // Nobody is called "Mr." by the given name.
            let is_bare = name.title == name.range.start;
            let fits = |e: usize| {
                let entity = &found.entities[e];
                let suffix_fits = name.core_end == name.range.end || same_suffix(document, &entity.best, &name);
                suffix_fits && gender * entity.male >= 0 && found.can_hold(document, e, &name, &posts)
            };
            // Whoever of the name was mentioned last, unless another is in the text all the time.
            let near = recent.get(&last).copied().filter(|&e| fits(e));
            let weight = |e: usize| found.entities[e].mentions.len() + if Some(e) == near { 3 } else { 0 };
            let fitting = bearers.iter().copied().chain(near).filter(|&e| fits(e));
            let chosen = fitting.max_by_key(|&e| (weight(e), std::cmp::Reverse(e)));
            let chosen = chosen
                .or_else(|| by_first.get(&last).copied().filter(|&e| is_bare && fits(e) && !found.entities[e].is_body));
            let entity = chosen.unwrap_or_else(|| {
                found.entities.push(Entity::new(name));
                by_last.entry(last).or_default().push(found.entities.len() - 1);
                found.entities.len() - 1
            });
            recent.insert(last, entity);
            found.entities[entity].posts.extend(posts);
            found.assign(document, n, entity);
        }
        found.find_bodies(document);
        found
    }

    /// Whether a last name behind the title of a post can mean somebody named in full. Who is the president is so
    /// wherever the text names them with a post; where it names no post of theirs, the post may be another's who is
    /// introduced first or is taken to be known.
    fn can_hold(&self, document: &Document<'_>, e: usize, name: &Name, posts: &[u32]) -> bool {
        let entity = &self.entities[e];
        if posts.is_empty() || posts.iter().any(|post| entity.posts.contains(post)) {
            return true;
        }
        let Some(first) = entity.mentions.first().map(|&n| &self.names[n]) else { return true };
        let is_introduced = document.tokens.get(first.range.end).is_some_and(|token| token.tag == tag::COMMA)
            && document.tokens.get(first.range.end + 1).is_some_and(|token| token.has(word::WHO));
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
        // "Melanie": a given name alone, unless it is a place's too.
        let is_given = tokens[name.core_end - 1].has(traits::MALE | traits::FEMALE)
            && !tokens[name.core_end - 1].has(traits::PLACE | traits::ORGANIZATION);
        entity.is_person |= has_title || length > 1 && !has_body || is_given && !has_body;
        // The fullest form, in small letters where there is one.
        let capitals = |name: &Name| (name.range.start..name.core_end).all(|i| tokens[i].is(shape::CAPITALS));
        let longer = name.range.len() > entity.best.range.len();
        if (longer && !capitals(&name))
            || (capitals(&entity.best) && !capitals(&name) && length >= entity.best.core_end - entity.best.range.start)
        {
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
        Self { best, mentions: Vec::new(), is_body: false, is_person: false, male: 0, posts: Vec::new() }
    }
}

/// The nouns of the posts in front of a name: "Prime Minister Rehne".
fn posts_before(document: &Document<'_>, name: &Name) -> Vec<u32> {
    let says_more = |&i: &usize| document.tokens[i].has(traits::ROLE) && !document.tokens[i].has(traits::TITLE);
    let is_loose = |word: &str| matches!(word, "former" | "acting" | "deputy" | "vice" | "rival" | "opponent" | "ms");
    let nouns = (name.title..name.range.start).filter(says_more).map(|i| document.word(i).to_lowercase());
    nouns.filter(|word| !is_loose(word.trim_end_matches('.'))).map(|word| post(&word)).collect()
}

/// The noun of the post behind a name: ", the mayor of Ostrow".
pub(super) fn post_after(document: &Document<'_>, name: &Name) -> Option<u32> {
    let i = post_behind(document, name)?;
    Some(post(&document.word(i).to_lowercase()))
}

/// Where the noun of the post behind a name stands.
pub(super) fn post_behind(document: &Document<'_>, name: &Name) -> Option<usize> {
    let tokens = &document.tokens;
    let after = name.range.end;
    if tokens.get(after)?.tag != tag::COMMA {
        return None;
    }
    let part = after + 1..tokens.len().min(after + 8);
    let end = part.clone().find(|&i| matches!(tokens[i].tag, tag::COMMA | tag::STOP)).unwrap_or(part.end);
    let stop = (part.start..end).find(|&i| tokens[i].tag == tag::PREPOSITION || tokens[i].has(word::WHO));
    let stop = stop.unwrap_or(end);
    (stop > part.start && tokens[stop - 1].has(traits::ROLE)).then(|| stop - 1)
}

/// One key for a post and its abbreviation.
fn post(word: &str) -> u32 {
    key(match word.trim_end_matches('.') {
        "sen" => "senator",
        "gov" => "governor",
        "rep" | "congressman" | "congresswoman" => "representative",
        "gen" => "general",
        "prof" => "professor",
        "atty" => "attorney",
        word => word,
    })
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
