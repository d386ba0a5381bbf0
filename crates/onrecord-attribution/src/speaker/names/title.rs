//! What stands before a name: titles, posts, and the bodies and places that belong to them.
//!
//! "Secretary of State Dan Moss" is Dan Moss, and "UN envoy for Norvale Geir Orne" is Geir Orne: behind the noun of a post
//! and its "of", "for" or "to" the last words of a run may be the name of whoever holds the post.

use super::super::super::document::{Document, Range};
use super::super::super::lexicon::traits;
use super::super::super::token::{Class, shape};
use super::super::super::vocabulary::{tag, word_class};
use super::Name;
use super::find::Finder;

/// The run without the titles and places before the name.
pub(super) fn cut_titles(finder: &Finder<'_, '_>, start: usize, end: usize, core_end: usize) -> Option<Name> {
    let document = finder.document;
    let tokens = &document.tokens;
    let core_end = core_end.min(end);
    let mut from = start;
    // Up to and with the last title or role: "Prime Minister", "White House Press Secretary".
    if let Some(last) = (start..core_end - 1).rev().find(|&i| tokens[i].has(traits::ROLE | traits::TITLE)) {
        from = last + 1;
    } else if is_occupation(finder, start, core_end) {
        from = start + 1;
    }
    // "Republican Ada Stark", but "Israel Defense Forces".
    let is_person =
        |from: usize| tokens[from + 1].has(traits::MALE | traits::FEMALE) || tokens[from + 1].is(shape::STOPPED);
    while core_end - from > 2
        && (tokens[from].has(traits::PLACE) && is_person(from)
            || tokens[from].has(traits::ORGANIZATION) && start >= 2 && tokens[start - 1].has(traits::PREPOSITION))
    {
        from += 1;
    }
    let is_lone_title = core_end - from == 1 && tokens[from].has(traits::ROLE | traits::TITLE | traits::GROUP);
    if is_lone_title || from >= core_end || is_membership(finder, from, core_end) || is_post(finder, from, core_end) {
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
    Some(Name { range: Range::new(from, end), title: title_start(document, start), core_end })
}

/// "Golfer Bram Kessel": a noun for whoever does something, capital only because it opens a sentence.
fn is_occupation(finder: &Finder<'_, '_>, start: usize, core_end: usize) -> bool {
    let tokens = &finder.document.tokens;
    let opens = start == 0 || !tokens[start - 1].is_word();
    let word = finder.document.word(start);
    let ending = ["er", "or", "ist", "ian", "man", "ess", "eer"].iter().any(|ending| word.ends_with(ending));
    opens
        && ending
        && core_end - start >= 3
        && word.len() > 4
        && !tokens[start].has(traits::MALE | traits::FEMALE | traits::PLACE)
        && !finder.known.is_opener(tokens[start].key)
        && (tokens[start].class_of_word() == word_class::NOUN || tokens[start + 1].has(traits::MALE | traits::FEMALE))
}

/// "U.S. Secretary", "White House Chief": a post with what it belongs to, before "of" or its field.
fn is_post(finder: &Finder<'_, '_>, from: usize, core_end: usize) -> bool {
    let tokens = &finder.document.tokens;
    let belongs = |i: usize| {
        tokens[i].has(traits::PLACE | traits::ORGANIZATION)
            || finder.known.side(tokens[i].key).is_some()
            || finder.known.field(tokens[i].key).is_some()
            || finder.known.is_opener(tokens[i].key)
    };
    core_end - from >= 2
        && tokens[core_end - 1].has(traits::ROLE)
        && (from..core_end - 1).all(|i| belongs(i) && !tokens[i].has(traits::MALE | traits::FEMALE))
}

/// "The Calder Republican": a place and a party say what somebody is, and are no name.
fn is_membership(finder: &Finder<'_, '_>, from: usize, core_end: usize) -> bool {
    let tokens = &finder.document.tokens;
    let last = &tokens[core_end - 1];
    let is_party = finder.known.side(last.key).is_some_and(|(kind, _)| kind == super::super::knowledge::Kind::Party);
    let has_article = from > 0 && tokens[from - 1].tag == tag::DETERMINER;
    is_party && has_article && core_end - from > 1
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
    if from < start && !tokens[start - 1].has(traits::ROLE | traits::TITLE) {
        return start;
    }
    // "Chief executive Nils Cook": the title's first word opens the sentence.
    let opens = from > 0
        && from < start
        && tokens[from].is(shape::SPACED)
        && tokens[from - 1].is_word()
        && tokens[from - 1].is(shape::UPPER)
        && !tokens[from - 1].has(traits::FUNCTION)
        && (from == 1 || !tokens[from - 2].is_word());
    if opens { from - 1 } else { from }
}

/// A run in which the holder of a post is named behind what the post is of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    /// First word of the holder's name.
    pub name: usize,
    /// First word of the title.
    pub title: usize,
}

/// Links between a post and what it is of.
const LINKS: [&str; 8] = ["of", "for", "to", "at", "on", "in", "from", "with"];

/// The noun of a post to which the run at `start` belongs by "of", "for" or "to".
fn post_before(document: &Document<'_>, start: usize) -> Option<usize> {
    let tokens = &document.tokens;
    let is_link = |i: usize| LINKS.contains(&document.word(i));
    let mut at = start.checked_sub(1)?;
    if document.word(at) == "the" {
        at = at.checked_sub(1)?;
    }
    if !is_link(at) {
        return None;
    }
    // "Secretary of State for Foreign Affairs".
    for _ in 0..10 {
        at = at.checked_sub(1)?;
        let token = &tokens[at];
        if token.has(traits::ROLE) {
            return Some(at);
        }
        let goes_on =
            token.is_word() && (token.is(shape::UPPER) || is_link(at) || matches!(document.word(at), "the" | "and"));
        if !goes_on || document.is_quoted(at) {
            return None;
        }
    }
    None
}

/// Where the name of a post's holder begins in the run `start..end`, behind what the post is of.
pub(super) fn split_behind_post(finder: &Finder<'_, '_>, start: usize, end: usize) -> Option<Split> {
    let document = finder.document;
    let tokens = &document.tokens;
    if end - start < 2 {
        return None;
    }
    let post = post_before(document, start)?;
    let mut title = post;
    let is_modifier = |i: usize| {
        let token = &tokens[i];
        token.is_word() && !token.has(traits::FUNCTION) && !matches!(token.tag, tag::VERB | tag::TIME | tag::AUXILIARY)
            || token.class == Class::Possessive
    };
    while title > 0 && post - title < 6 && is_modifier(title - 1) && !document.is_quoted(title - 1) {
        title -= 1;
    }
    let has_article = title > 0 && tokens[title - 1].has(traits::DETERMINER);
    let length = end - start;
    let score = |name: usize| -> i32 {
        let (first, last) = (&tokens[name], &tokens[end - 1]);
        let is_given = first.has(traits::MALE | traits::FEMALE) && end - name >= 2;
        let is_initial = first.is(shape::STOPPED) && first.len <= 3 && end - name >= 2;
        let place = |i: usize| {
            tokens[i].has(traits::PLACE | traits::ORGANIZATION)
                || finder.known.side(tokens[i].key).is_some()
                || finder.known.field(tokens[i].key).is_some()
        };
        let mut points = 0;
        points += if is_given { 3 } else { 0 };
        points += if is_initial { 3 } else { 0 };
        points += match end - name {
            1 => -2,
            2 => 1,
            _ => 0,
        };
        points += if length == 3 && end - name == 2 && !has_article { 1 } else { 0 };
        points += if (start..name).all(place) { 1 } else { 0 };
        points -= if (name..end).any(place) { 2 } else { 0 };
        points -= if last.has(traits::ORGANIZATION) { 3 } else { 0 };
        points -= if finder.known.is_opener(first.key) && !is_given { 2 } else { 0 };
        // What the rest of the text calls by the last word, or by the first, is somebody named here.
        let alone = end - name >= 2
            && (finder.census.stands_without(document, end - 1, end - 2)
                || finder.census.stands_without(document, name, name - 1) && !place(name));
        points += if alone { 2 } else { 0 };
        points -= if has_article { 1 } else { 0 };
        // The name began before.
        points -= if name > start + 1 && tokens[name - 1].has(traits::MALE | traits::FEMALE) { 4 } else { 0 };
        points
    };
    let (best, points) = (start + 1..end)
        .filter(|&name| end - name <= 4)
        .map(|name| (name, score(name)))
        .max_by_key(|&(name, points)| (points, std::cmp::Reverse(name)))?;
    (points >= 2).then_some(Split { name: best, title })
}
