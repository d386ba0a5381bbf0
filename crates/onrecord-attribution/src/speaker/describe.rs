//! What a source says of itself: a pronoun, somebody's name, or a noun phrase; the role and affiliation beside a name;
//! and the type of a speaker.

use super::super::SpeakerType;
use super::super::document::{Document, Range};
use super::super::lexicon::{key, traits};
use super::super::token::{Class, Token, shape};
use super::super::vocabulary::{tag, word};
use super::names::{Name, Names, is_possessive};

/// A source, as far as its own words go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Described {
    /// "he", "who", "they".
    Pronoun(Pronoun),
    /// A name: index into the names.
    Named(usize),
    /// A noun phrase; its head.
    Phrase(usize),
}

/// The pronouns that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pronoun {
    He,
    She,
    They,
    It,
    Who,
    /// "I", "we", "you", "this": nobody that the text names.
    Other,
}

/// A source in its own words.
pub(super) fn describe(document: &Document<'_>, names: &Names, source: Range) -> Described {
    let tokens = &document.tokens;
    let first = document.word(source.start).to_lowercase();
    let is_bare = source.len() == 1 || source.len() == 2 && tokens[source.end - 1].class == Class::Possessive;
    if is_bare || matches!(first.as_str(), "he" | "she" | "who" | "they" | "it") {
        let stem = first.split(['\'', '’']).next().unwrap_or("");
        let pronoun = match stem {
            "he" | "him" | "his" | "himself" => Some(Pronoun::He),
            "she" | "her" | "hers" | "herself" => Some(Pronoun::She),
            "they" | "them" | "their" | "both" | "those" | "themselves" => Some(Pronoun::They),
            "it" | "its" | "itself" => Some(Pronoun::It),
            "who" | "whom" | "which" | "that" | "whose" => Some(Pronoun::Who),
            "i" | "we" | "you" | "us" | "me" | "my" | "our" | "your" | "one" | "this" => Some(Pronoun::Other),
            _ => None,
        };
        if let Some(pronoun) = pronoun {
            return Described::Pronoun(pronoun);
        }
    }
    // Without relative clauses, comma by comma: the first part whose core ends in a name.
    // Nor what "including" adds.
    let adds = |i: usize| matches!(document.word(i), "including" | "such" | "like" | "among" | "led");
    let stop = (source.start + 1..source.end)
        .find(|&i| tokens[i].has(word::WHO) || tokens[i - 1].tag == tag::COMMA && adds(i))
        .unwrap_or(source.end);
    let mut head = None;
    let mut body = None;
    let mut start = source.start;
    let mut part = 0;
    while start < stop && part < 8 {
        let mut end = (start..stop).find(|&i| tokens[i].tag == tag::COMMA).unwrap_or(stop);
        // "Stark, Jr."
        if end + 1 < stop && tokens[end + 1].has(traits::SUFFIX) {
            end = (end + 1..stop).find(|&i| tokens[i].tag == tag::COMMA).unwrap_or(stop);
        }
        let core = core_of(document, names, Range::new(start, end));
        // "UN envoy for Norvale Geir Orne": the name behind what the post is of.
        let holder = names.inside(Range::new(start, end)).find(|&n| {
            let name = &names.names[n];
            name.title < core.end && name.range.start > core.end && name.title + 1 >= start
        });
        if let Some(n) = holder {
            return Described::Named(n);
        }
        if let Some(n) = name_at_end(document, names, core) {
            let entity = &names.entities[names.of_name[n]];
            if !entity.is_body && (entity.is_person || part == 0) {
                return Described::Named(n);
            }
            body = body.or(Some(n));
        }
        if head.is_none() && !core.is_empty() {
            head = Some(core.end - 1);
        }
        start = end + 1;
        part += 1;
    }
    match (body, head) {
        (Some(n), _) => Described::Named(n),
        (None, head) => Described::Phrase(head.unwrap_or(source.start)),
    }
}

/// A phrase up to its first preposition or sign; those inside a name do not count.
fn core_of(document: &Document<'_>, names: &Names, range: Range) -> Range {
    let tokens = &document.tokens;
    let end = (range.start + 1..range.end)
        .find(|&i| {
            let token = &tokens[i];
            let in_name = !token.is(shape::UPPER) && names.around(i).is_some();
            // "Kelmar Matos speaking to the council".
            let opens_clause = token.is_word()
                && !token.is(shape::UPPER)
                && tokens[i - 1].is(shape::UPPER)
                && !tokens[i - 1].has(traits::FUNCTION)
                && (document.word(i).ends_with("ing") || matches!(token.tag, tag::AUXILIARY));
            opens_clause
                || (matches!(
                    token.tag,
                    tag::PREPOSITION | tag::DASH | tag::COLON | tag::STOP | tag::OPEN | tag::TO | tag::THAT
                ) && !in_name)
                || token.tag == tag::CONJUNCTION && !token.is(shape::UPPER)
        })
        .unwrap_or(range.end);
    Range::new(range.start, end)
}

/// The name with which the phrase ends, unless it is somebody's possession.
fn name_at_end(document: &Document<'_>, names: &Names, core: Range) -> Option<usize> {
    let last = names.inside(core).next_back()?;
    let name = &names.names[last];
    let is_lone_place =
        names.inside(core).len() == 1 && name.range.len() == 1 && document.tokens[name.range.start].has(traits::GROUP);
    (name.range.end == core.end && !is_possessive(document, name.range) && !is_lone_place).then_some(last)
}

/// The words before a name that say what its bearer is, as written.
pub(super) fn role_before(document: &Document<'_>, name: &Name) -> Option<String> {
    let range = Range::new(name.title, name.range.start);
    let tokens = &document.tokens;
    let says_more = (range.start..range.end).any(|i| tokens[i].has(traits::ROLE) && !tokens[i].has(traits::TITLE));
    says_more.then(|| document.surface(range).to_owned())
}

/// The apposition after or before a name inside a source: ", the governor of the district".
pub(super) fn apposition(document: &Document<'_>, source: Range, name: &Name) -> Option<Range> {
    let tokens = &document.tokens;
    let mut start = name.range.end;
    if start < source.end && tokens[start].tag == tag::COMMA {
        start += 1;
        // An age: "Nils Barrow, 58, a farmer".
        if start + 1 < source.end && tokens[start].is(shape::DIGIT) && tokens[start + 1].tag == tag::COMMA {
            start += 2;
        }
        let is_clause = start < source.end && tokens[start].has(word::WHO);
        if start < source.end && !is_clause {
            let end = (start..source.end)
                .find(|&i| tokens[i].has(word::WHO) || tokens[i].tag == tag::COMMA)
                .unwrap_or(source.end);
            return Some(Range::new(start, end)).filter(|range| !range.is_empty());
        }
    }
    // "The president of the islands, Ada Stark".
    if name.title > source.start + 1 && tokens[name.title - 1].tag == tag::COMMA {
        return Some(Range::new(source.start, name.title - 1));
    }
    None
}

/// Whether an apposition says what somebody is: it opens as a noun phrase, or holds the noun of a role and does not open
/// as a clause ("speaking to a veterans group").
pub(super) fn says_what(document: &Document<'_>, range: Range) -> bool {
    let first = &document.tokens[range.start];
    if first.has(traits::DETERMINER) || first.has(traits::PRONOUN) || first.has(traits::ROLE) {
        return true;
    }
    let is_clause = document.word(range.start).ends_with("ing") && !first.is(shape::UPPER)
        || matches!(first.tag, tag::VERB | tag::AUXILIARY | tag::PREPOSITION | tag::CONJUNCTION | tag::TO);
    !is_clause
        && (range.start..range.end).any(|i| document.tokens[i].has(traits::ROLE | traits::KIN | traits::ORGANIZATION))
}

/// The body behind "of", "at", "for" or "from" inside a range.
pub(super) fn affiliation(document: &Document<'_>, names: &Names, range: Range) -> Option<String> {
    let tokens = &document.tokens;
    let links = ["of", "at", "for", "from", "with"].map(key);
    let link = (range.start..range.end).find(|&i| links.contains(&tokens[i].key))?;
    let mut start = link + 1;
    if start < range.end && document.word(start).eq_ignore_ascii_case("the") {
        start += 1;
    }
    let n = names.inside(Range::new(start, range.end)).next()?;
    let name = &names.names[n];
    let before = &tokens[start..name.range.start];
    let is_direct = before.len() <= 4 && before.iter().all(is_plain_word);
    // "The secretary of State" belongs to no body of that name.
    let is_common = name.range.len() == 1
        && tokens[name.range.start].has(traits::ORGANIZATION | traits::ROLE)
        && !tokens[name.range.start].is(shape::CAPITALS);
    // Nor does a senator's strategist belong to the senator.
    let entity = &names.entities[names.of_name[n]];
    let is_somebody = entity.is_person && !entity.is_body && (entity.male != 0 || !entity.posts.is_empty());
    (is_direct && !is_common && !is_somebody).then(|| document.surface(name.range).to_owned())
}

/// Whether the word may stand between a link and the name of a body: "of the relief agency Lantern".
fn is_plain_word(token: &Token) -> bool {
    token.is_word() && !token.has(traits::FUNCTION)
}

/// What a noun phrase without a name stands for.
pub(super) fn type_of_phrase(document: &Document<'_>, source: Range, head: usize) -> SpeakerType {
    let tokens = &document.tokens;
    let head = &tokens[head];
    let first = document.word(source.start).to_lowercase();
    if head.has(traits::ORGANIZATION) {
        return SpeakerType::Organization;
    }
    let is_plural = matches!(
        first.as_str(),
        "two"
            | "three"
            | "four"
            | "five"
            | "six"
            | "several"
            | "some"
            | "many"
            | "most"
            | "few"
            | "these"
            | "those"
            | "both"
            | "dozens"
            | "hundreds"
            | "thousands"
            | "other"
            | "others"
    );
    if head.has(traits::GROUP) || is_plural {
        return SpeakerType::Group;
    }
    if head.has(traits::ROLE | traits::KIN) {
        return SpeakerType::Anonymous;
    }
    let is_plain = head.is_word() && !head.is(shape::UPPER);
    if is_plain && plural_ending(&document.text[head.start..head.end()]) {
        SpeakerType::Group
    } else {
        SpeakerType::Unknown
    }
}

fn plural_ending(word: &str) -> bool {
    word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us")
}
