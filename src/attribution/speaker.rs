//! Who a source refers to: names across an article, pronouns, roles, and what kind of speaker it is.

use std::collections::BTreeMap;

use super::lexicon::traits;
use super::document::{Document, Range};
use super::select::Draft;
use super::token::{Class, shape};
use super::{Speaker, SpeakerType};

/// A name written somewhere in the article.
#[derive(Debug, Clone)]
struct Name {
    range: Range,
    words: Vec<String>,
}

/// Gives every draft's source a speaker; the result is aligned with `drafts`.
pub(super) fn resolve(
    document: &Document<'_>,
    
    drafts: &[Draft],
) -> (Vec<Option<usize>>, Vec<Speaker>) {
    let names = names(document);
    let mut fullest: BTreeMap<&str, &Name> = BTreeMap::new();
    for name in names.iter().filter(|name| name.words.len() > 1) {
        let Some(last) = name.words.last() else { continue };
        fullest.entry(last.as_str()).or_insert(name);
    }
    let mut order: Vec<usize> = (0..drafts.len()).filter(|&d| drafts[d].source.is_some()).collect();
    order.sort_by_key(|&d| drafts[d].source.map(|source| source.start));
    let mut speakers: Vec<Speaker> = Vec::new();
    let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
    let mut of_draft = vec![None; drafts.len()];
    let mut last_person = None;
    for d in order {
        let Some(source) = drafts[d].source else { continue };
        let found = describe(document, source, &fullest, &names);
        let index = match found {
            Found::Pronoun => {
                let Some(index) = last_person else { continue };
                index
            }
            Found::Speaker { name, kind, role } => {
                let index = *by_name.entry(name.clone()).or_insert_with(|| {
                    speakers.push(Speaker { name, kind, role: None, affiliation: None, mentions: Vec::new() });
                    speakers.len() - 1
                });
                if speakers[index].role.is_none() {
                    speakers[index].role = role;
                }
                last_person = Some(index);
                index
            }
        };
        let span = document.span(source);
        if !speakers[index].mentions.contains(&span) {
            speakers[index].mentions.push(span);
        }
        of_draft[d] = Some(index);
    }
    (of_draft, speakers)
}

enum Found {
    Pronoun,
    Speaker { name: String, kind: SpeakerType, role: Option<String> },
}

fn describe(
    document: &Document<'_>,
    
    source: Range,
    fullest: &BTreeMap<&str, &Name>,
    names: &[Name],
) -> Found {
    let first = document.word(source.start).to_lowercase();
    if source.end == source.start + 1
        && matches!(first.as_str(), "he" | "she" | "it" | "who" | "they" | "i" | "we" | "him" | "her" | "them")
    {
        return Found::Pronoun;
    }
    let from = names.partition_point(|name| name.range.start < source.start);
    let name = names[from..]
        .iter()
        .take_while(|name| name.range.end <= source.end)
        .find(|name| document.tokens.get(name.range.end).is_none_or(|token| token.class != Class::Possessive));
    let text = document.span(source).of(document.text);
    if let Some(name) = name {
        let is_body = (name.range.start..name.range.end).any(|i| document.tokens[i].has(traits::ORGANIZATION));
        let lead = Range { start: source.start, end: name.range.start };
        let role = (lead.start < lead.end).then(|| document.span(lead).of(document.text).to_owned());
        let before = role.as_deref().and_then(|role| role.split_whitespace().next_back()).map(str::to_lowercase);
        let is_group = (source.start..source.end).any(|i| document.tokens[i].has(traits::GROUP));
        if !is_group {
            let full = match (name.words.len(), name.words.last()) {
                (1, Some(last)) => fullest.get(last.as_str()).copied().unwrap_or(name),
                _ => name,
            };
            let has_role = before.is_some() && document.tokens[name.range.start - 1].has(traits::ROLE | traits::TITLE);
            let is_person = full.words.len() > 1 || has_role;
            let kind = match (is_body, is_person) {
                (true, _) => SpeakerType::Organization,
                (false, true) => SpeakerType::Person,
                (false, false) => SpeakerType::Unknown,
            };
            return Found::Speaker { name: full.words.join(" "), kind, role };
        }
    }
    let kind = kind_of_noun(document, source);
    Found::Speaker { name: text.to_owned(), kind, role: None }
}

fn kind_of_noun(document: &Document<'_>,  source: Range) -> SpeakerType {
    for i in source.start..source.end {
        let token = &document.tokens[i];
        if token.has(traits::GROUP) {
            return SpeakerType::Group;
        }
        if token.has(traits::ORGANIZATION) {
            return SpeakerType::Organization;
        }
        if token.has(traits::ROLE) {
            return SpeakerType::Anonymous;
        }
    }
    SpeakerType::Unknown
}

/// Runs of capitalised words that are no sentence openers, titles cut off in front.
fn names(document: &Document<'_>) -> Vec<Name> {
    let mut names = Vec::new();
    let mut i = 0;
    while i < document.tokens.len() {
        let token = &document.tokens[i];
        if token.class != Class::Word || !token.is(shape::UPPER) {
            i += 1;
            continue;
        }
        let mut end = i;
        while document.tokens.get(end).is_some_and(|token| token.class == Class::Word && token.is(shape::UPPER))
            && (end == i || document.tokens[end].is(shape::SPACED))
        {
            end += 1;
        }
        let mut start = i;
        while start + 1 < end && (is_lead(document, start) || is_acronym(document.word(start))) {
            start += 1;
        }
        let words: Vec<String> = (start..end).map(|k| document.word(k).to_owned()).collect();
        let is_lone_opener = words.len() == 1 && is_lead(document, start);
        if !is_lone_opener {
            names.push(Name { range: Range::new(start, end), words });
        }
        i = end;
    }
    names
}

/// Words that stand in front of a name without being part of it.
fn is_lead(document: &Document<'_>,  i: usize) -> bool {
    let word = document.word(i).to_lowercase();
    document.tokens[i].has(traits::ROLE | traits::TITLE)
        || matches!(
            word.as_str(),
            "the"
                | "a"
                | "an"
                | "in"
                | "but"
                | "and"
                | "former"
                | "acting"
                | "special"
                | "deputy"
                | "as"
                | "on"
                | "for"
                | "one"
                | "some"
                | "after"
                | "at"
                | "when"
                | "while"
                | "yet"
                | "also"
                | "he"
                | "she"
                | "they"
                | "it"
                | "this"
                | "that"
                | "these"
                | "those"
                | "if"
                | "no"
        )
}

fn is_acronym(word: &str) -> bool {
    word.len() >= 2 && word.chars().all(|c| c.is_uppercase() || c == '.')
}
