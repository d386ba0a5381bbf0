//! From sources to speakers: names by the article's names, pronouns and descriptions by who spoke or was named before.
//!
//! A pronoun means whoever of its gender and number was last named as a source or as the subject of a sentence; that is
//! right for most, and looking farther back than a few paragraphs is not tried.

use rustc_hash::FxHashMap;

use super::super::document::{Document, Range};
use super::super::lexicon::traits;
use super::super::select::Draft;
use super::super::token::{Class, shape};
use super::super::vocabulary::{tag, word};
use super::super::{Speaker, SpeakerType};
use super::describe::{Described, Pronoun, affiliation, apposition, describe, role_before, says_what, type_of_phrase};
use super::names::{Names, is_possessive, post_behind};

/// Most names that are looked at to find whom a pronoun means.
const N_NAMES_BACK: usize = 40;
/// Most earlier sources that are looked at.
const N_SOURCES_BACK: usize = 12;

/// Gives every draft's source a speaker; the result is aligned with `drafts`.
pub(in super::super) fn resolve(document: &Document<'_>, drafts: &[Draft]) -> (Vec<Option<usize>>, Vec<Speaker>) {
    let names = Names::new(document);
    let mut order: Vec<usize> = (0..drafts.len()).filter(|&d| drafts[d].source.is_some()).collect();
    order.sort_by_key(|&d| drafts[d].source.map(|source| source.start));
    let mut resolver = Resolver {
        document,
        names: &names,
        roles: roles(document, &names),
        speakers: Vec::new(),
        of_entity: FxHashMap::default(),
        of_phrase: FxHashMap::default(),
        past: Vec::new(),
    };
    let mut of_draft = vec![None; drafts.len()];
    for d in order {
        let Some(source) = drafts[d].source else { continue };
        of_draft[d] = resolver.speaker_of(source);
    }
    let speakers = resolver.finish();
    // Speakers in the order of their first mention.
    let mut ranks: Vec<usize> = (0..speakers.len()).collect();
    ranks.sort_by_key(|&s| speakers[s].mentions.first().copied());
    let mut place = vec![0; speakers.len()];
    ranks.iter().enumerate().for_each(|(new, &old)| place[old] = new);
    let of_draft = of_draft.into_iter().map(|speaker| speaker.map(|s: usize| place[s])).collect();
    let mut sorted: Vec<(usize, Speaker)> = place.into_iter().zip(speakers).collect();
    sorted.sort_by_key(|(place, _)| *place);
    (of_draft, sorted.into_iter().map(|(_, speaker)| speaker).collect())
}

/// For each noun the last entity that was given it as a title or apposition, with where.
fn roles(document: &Document<'_>, names: &Names) -> FxHashMap<u32, Vec<(usize, usize)>> {
    let tokens = &document.tokens;
    let mut roles: FxHashMap<u32, Vec<(usize, usize)>> = FxHashMap::default();
    for (n, name) in names.names.iter().enumerate() {
        let entity = names.of_name[n];
        if names.entities[entity].is_body && !names.entities[entity].is_person {
            for i in name.range.start..name.range.end {
                if tokens[i].has(traits::ORGANIZATION) {
                    roles.entry(tokens[i].key).or_default().push((name.range.start, entity));
                }
            }
            // "the relief agency Open Hand".
            if name.range.start > 0 && tokens[name.range.start - 1].has(traits::ORGANIZATION) {
                roles.entry(tokens[name.range.start - 1].key).or_default().push((name.range.start, entity));
            }
            continue;
        }
        for i in name.title..name.range.start {
            if tokens[i].has(traits::ROLE) {
                roles.entry(tokens[i].key).or_default().push((name.range.start, entity));
            }
        }
        // ", the mayor of Ostrow," behind the name; "Brannoch's prime minister," before it.
        if let Some(i) = post_behind(document, name) {
            roles.entry(tokens[i].key).or_default().push((name.range.end, entity));
        }
        if name.title > 1 && tokens[name.title - 1].tag == tag::COMMA && tokens[name.title - 2].has(traits::ROLE) {
            roles.entry(tokens[name.title - 2].key).or_default().push((name.range.start, entity));
        }
    }
    roles
}

struct Resolver<'d, 't> {
    document: &'d Document<'t>,
    names: &'d Names,
    roles: FxHashMap<u32, Vec<(usize, usize)>>,
    speakers: Vec<Told>,
    of_entity: FxHashMap<usize, usize>,
    /// Speakers without a name by the key of their head noun.
    of_phrase: FxHashMap<u32, usize>,
    /// Sources so far: where, and who.
    past: Vec<(usize, usize)>,
}

/// A speaker with what is needed to find it again.
struct Told {
    speaker: Speaker,
    entity: Option<usize>,
    male: i32,
}

impl Resolver<'_, '_> {
    fn speaker_of(&mut self, source: Range) -> Option<usize> {
        let source = self.mended(source);
        let letter = self.letter(source);
        let described = match letter {
            Some(_) => Described::Phrase(source.start),
            None => describe(self.document, self.names, source),
        };
        let found = match described {
            Described::Pronoun(pronoun) => self.pronoun(pronoun, source)?,
            Described::Named(n) => self.named(n, source),
            Described::Phrase(head) => match letter {
                Some(found) => found?,
                None => self.phrase(head, source),
            },
        };
        let span = self.document.span(source);
        // A name's own mentions are added at the end.
        if !matches!(described, Described::Named(_)) {
            self.speakers[found].speaker.mentions.push(span);
        }
        self.past.push((source.start, found));
        Some(found)
    }

    /// A source cut in the middle of a name begins where the name does; an article alone goes on to the noun of a role
    /// or body: "The" of "The governor".
    fn mended(&self, source: Range) -> Range {
        let tokens = &self.document.tokens;
        if let Some(n) = self.names.around(source.start) {
            let name = self.names.names[n].range;
            return Range::new(name.start, source.end.max(name.end));
        }
        let is_article = source.len() == 1 && tokens[source.start].tag == tag::DETERMINER;
        if !is_article {
            return source;
        }
        let next = source.end..tokens.len().min(source.end + 3);
        let stop = next.clone().find(|&i| !tokens[i].is_word()).unwrap_or(next.end);
        let noun = (next.start..stop).find(|&i| tokens[i].has(traits::ROLE | traits::ORGANIZATION | traits::GROUP));
        noun.map_or(source, |noun| Range::new(source.start, noun + 1))
    }

    fn of_entity(&mut self, entity: usize) -> usize {
        if let Some(&found) = self.of_entity.get(&entity) {
            return found;
        }
        let about = &self.names.entities[entity];
        let kind = match (about.is_person && !about.is_body, about.is_body) {
            (true, _) => SpeakerType::Person,
            (_, true) => SpeakerType::Organization,
            _ => SpeakerType::Unknown,
        };
        let name = spaced(self.document.surface(about.best.range));
        let in_capitals = about.is_person && name.contains(' ') && !name.contains(char::is_lowercase);
        let name = if in_capitals { in_small_letters(&name) } else { name };
        let speaker = Speaker { name, kind, role: None, affiliation: None, aliases: Vec::new(), mentions: Vec::new() };
        self.speakers.push(Told { speaker, entity: Some(entity), male: about.male });
        self.of_entity.insert(entity, self.speakers.len() - 1);
        self.speakers.len() - 1
    }

    fn named(&mut self, n: usize, source: Range) -> usize {
        let document = self.document;
        let name = self.names.names[n];
        let entity = self.names.of_name[n];
        // "Ada Stark and Ben Okoro": two who speak as one.
        let others = self.names.inside(source).filter(|&other| self.names.of_name[other] != entity);
        let is_pair = others.clone().any(|other| {
            let first = self.names.names[other.min(n)].range.end;
            let second = self.names.names[other.max(n)].title;
            second == first + 1 && document.word(first).eq_ignore_ascii_case("and")
                || second == first + 2 && document.word(first + 1).eq_ignore_ascii_case("and")
        });
        if is_pair {
            return self.new_phrase(source, SpeakerType::Group, None);
        }
        let found = self.of_entity(entity);
        let apposition = apposition(document, source, &name).filter(|range| says_what(document, *range));
        let role = role_before(document, &name).or_else(|| {
            let range = apposition.filter(|range| {
                !self.names.inside(*range).any(|other| {
                    self.names.names[other].range.end == range.end && range.len() == self.names.names[other].range.len()
                })
            })?;
            Some(spaced(document.surface(range)))
        });
        let mut belongs = apposition.and_then(|range| affiliation(document, self.names, range));
        if belongs.is_none() {
            let end = (name.range.end..source.end)
                .find(|&i| document.tokens[i].tag == tag::COMMA || document.tokens[i].has(word::WHO))
                .unwrap_or(source.end);
            belongs = affiliation(document, self.names, Range::new(name.range.end, end));
        }
        let is_body = apposition.is_some_and(|range| {
            (range.start..range.end)
                .take_while(|&i| document.tokens[i].tag != tag::PREPOSITION)
                .any(|i| document.tokens[i].has(traits::ORGANIZATION))
                && !(range.start..range.end).any(|i| document.tokens[i].has(traits::ROLE))
        });
        let led_by_body = name.range.start > source.start
            && document.tokens[name.range.start - 1].has(traits::ORGANIZATION)
            && !document.tokens[name.range.start - 1].is(shape::UPPER);
        let told = &mut self.speakers[found];
        told.speaker.role = told.speaker.role.take().or(role);
        told.speaker.affiliation = told.speaker.affiliation.take().or(belongs);
        if is_body || led_by_body {
            told.speaker.kind = SpeakerType::Organization;
        } else if told.speaker.role.is_some() && told.speaker.kind == SpeakerType::Unknown {
            told.speaker.kind = SpeakerType::Person;
        }
        for i in source.start..name.range.start {
            let token = &document.tokens[i];
            let is_own = !document.tokens.get(i + 1).is_some_and(|next| next.class == Class::Possessive)
                && !token.has(traits::DETERMINER);
            told.male +=
                if is_own { i32::from(token.has(traits::MALE)) - i32::from(token.has(traits::FEMALE)) } else { 0 };
        }
        found
    }

    fn new_phrase(&mut self, source: Range, kind: SpeakerType, head: Option<usize>) -> usize {
        let name = spaced(self.document.surface(source));
        let male = (source.start..source.end)
            .map(|i| {
                i32::from(self.document.tokens[i].has(traits::MALE))
                    - i32::from(self.document.tokens[i].has(traits::FEMALE))
            })
            .sum();
        let speaker = Speaker { name, kind, role: None, affiliation: None, aliases: Vec::new(), mentions: Vec::new() };
        self.speakers.push(Told { speaker, entity: None, male });
        if let Some(head) = head {
            self.of_phrase.insert(self.document.tokens[head].key, self.speakers.len() - 1);
        }
        self.speakers.len() - 1
    }

    /// A noun phrase without a name: somebody met before, or somebody new.
    fn phrase(&mut self, head: usize, source: Range) -> usize {
        let document = self.document;
        let tokens = &document.tokens;
        let noun = tokens[head].key;
        let first = document.word(source.start).to_lowercase();
        // "the director, who had counted": what follows the noun phrase is no part of it.
        let end = (source.start..source.end)
            .find(|&i| matches!(tokens[i].tag, tag::COMMA | tag::COLON | tag::DASH) || tokens[i].has(word::WHO))
            .unwrap_or(source.end);
        let is_short = head < end && (source.start..end).all(|i| tokens[i].class != Class::Possessive);
        let kind = type_of_phrase(document, source, head);
        let has_of = (head + 1..end).any(|i| tokens[i].tag == tag::PREPOSITION);
        if first == "the" && is_short && kind != SpeakerType::Group {
            if let Some(&found) = self.of_phrase.get(&noun).filter(|_| !has_of) {
                return found;
            }
            // "The opposition leader", "the senator": there are several, and who just spoke comes before who was called
            // so elsewhere.
            let is_one_of_many = is_loose(document, head) && head > source.start + 1 || is_common(document, head);
            if is_one_of_many
                && !self.roles.get(&noun).is_some_and(|all| all.iter().any(|&(at, _)| self.is_beside(at, source)))
                && let Some(found) = self.just_heard(head, source).or_else(|| self.subject_of_paragraph(source))
            {
                return found;
            }
            let bearer = self.roles.get(&noun).filter(|_| !has_of).and_then(|bearers| {
                let at = bearers.partition_point(|&(place, _)| place < source.start);
                at.checked_sub(1).map(|at| bearers[at].1)
            });
            if let Some(entity) = bearer {
                return self.of_entity(entity);
            }
            if kind == SpeakerType::Organization && !has_of {
                if let Some(found) = self.body_just_heard(head, source) {
                    return found;
                }
            } else if tokens[head].has(traits::ROLE) {
                // "The former teacher": whoever the paragraph is about.
                if let Some(found) = self
                    .just_heard(head, source)
                    .or_else(|| self.subject_of_paragraph(source))
                    .or_else(|| self.subject_before(source))
                {
                    return found;
                }
            }
        }
        let is_theirs = matches!(first.as_str(), "his" | "her" | "their");
        if is_theirs && tokens[head].has(traits::KIN) && is_short {
            let owner = if first == "her" { -1 } else { 1 };
            let last = self.past.iter().rev().take(N_SOURCES_BACK).find(|&&(_, s)| {
                self.speakers[s].speaker.kind == SpeakerType::Person && self.speakers[s].male * owner <= 0
            });
            if let Some(&(_, found)) = last {
                return found;
            }
        }
        let kind = self.settled(kind, source, head);
        self.new_phrase(source, kind, Some(head))
    }

    /// The type of a noun phrase: one of a kind ("Tolvaria's president") is a person, any of many stays anonymous.
    fn settled(&self, kind: SpeakerType, source: Range, head: usize) -> SpeakerType {
        let tokens = &self.document.tokens;
        let first = self.document.word(source.start).to_lowercase();
        if matches!(first.as_str(), "one" | "a" | "an" | "another") && kind == SpeakerType::Group {
            return SpeakerType::Anonymous;
        }
        let has_owner = (source.start..head).any(|i| tokens[i].class == Class::Possessive);
        let of_group = matches!(first.as_str(), "one" | "another")
            && (source.start..source.end).any(|i| tokens[i].has(traits::GROUP));
        match kind {
            SpeakerType::Anonymous if has_owner || matches!(first.as_str(), "the" | "his" | "her" | "their") => {
                SpeakerType::Person
            }
            _ if of_group => SpeakerType::Anonymous,
            _ => kind,
        }
    }

    /// Whoever spoke last in the source's paragraph and is called by a noun now: "…, said Ada Stark. The senator added".
    /// Somebody whose post is told is somebody else than who is called by another.
    fn just_heard(&self, head: usize, source: Range) -> Option<usize> {
        let &(at, found) = self.past.last()?;
        let told = &self.speakers[found];
        let entity = &self.names.entities[told.entity?];
        let is_near = self.paragraph_of(at) == self.paragraph_of(source.start);
        (is_near
            && told.speaker.kind == SpeakerType::Person
            && (is_loose(self.document, head) || entity.posts.is_empty()))
        .then_some(found)
    }

    /// Whether a place is in the source's paragraph or the one before.
    fn is_beside(&self, at: usize, source: Range) -> bool {
        self.paragraph_of(at) + 1 >= self.paragraph_of(source.start)
    }

    /// The one person whom the paragraph before names, where this one names nobody before the source:
    /// "Ada Stark … . 'I was mistaken,' said the former minister."
    fn subject_before(&mut self, source: Range) -> Option<usize> {
        let here = self.paragraph_of(source.start);
        let before = self.document.paragraphs.get(here.checked_sub(1)?)?.range;
        let start = self.document.paragraphs.get(here)?.range.start;
        let is_one = |n: &usize| {
            let entity = &self.names.entities[self.names.of_name[*n]];
            let name = self.names.names[*n].range;
            entity.is_person
                && !entity.is_body
                && !self.document.is_quoted(name.start)
                && !is_possessive(self.document, name)
        };
        if self.names.inside(Range::new(start, source.start)).any(|n| is_one(&n)) {
            return None;
        }
        let mut named = self.names.inside(before).filter(is_one).map(|n| self.names.of_name[n]);
        let first = named.next()?;
        named.all(|other| other == first).then(|| self.of_entity(first))
    }

    /// The body that spoke last, called by what it is: "Open Well wants nurses. …, the aid agency said". What is no
    /// person's name by any sign is then a body's.
    fn body_just_heard(&mut self, head: usize, source: Range) -> Option<usize> {
        let document = self.document;
        let is_any = matches!(
            document.word(head).to_lowercase().as_str(),
            "agency"
                | "group"
                | "organization"
                | "organisation"
                | "firm"
                | "company"
                | "union"
                | "nonprofit"
                | "network"
                | "newspaper"
                | "paper"
                | "outlet"
                | "association"
                | "charity"
        );
        let &(at, found) = self.past.last().filter(|_| is_any)?;
        let is_near = self.paragraph_of(at) == self.paragraph_of(source.start);
        let told = &mut self.speakers[found];
        let entity = &self.names.entities[told.entity.filter(|_| is_near)?];
        let is_plain = entity.male == 0
            && told.male == 0
            && entity.posts.is_empty()
            && entity.mentions.iter().all(|&n| {
                let name = &self.names.names[n];
                name.title == name.range.start && name.range.len() > 1
            });
        if told.speaker.kind != SpeakerType::Organization && !is_plain {
            return None;
        }
        told.speaker.kind = SpeakerType::Organization;
        Some(found)
    }

    /// The last person named as the subject of a sentence in the source's paragraph.
    fn subject_of_paragraph(&mut self, source: Range) -> Option<usize> {
        let document = self.document;
        let p = document.paragraphs.partition_point(|paragraph| paragraph.range.end <= source.start);
        let paragraph = document.paragraphs.get(p)?;
        let end = self.names.before(source.start);
        let n = (0..end).rev().take(N_NAMES_BACK).find(|&n| {
            let name = &self.names.names[n];
            name.range.start < paragraph.range.start || self.is_subject(n)
        })?;
        if self.names.names[n].range.start < paragraph.range.start {
            return None;
        }
        Some(self.of_entity(self.names.of_name[n]))
    }

    /// Whether the name opens a sentence of the article's own words and is no possessive.
    fn is_subject(&self, n: usize) -> bool {
        let name = &self.names.names[n];
        let entity = &self.names.entities[self.names.of_name[n]];
        let sentences = &self.document.sentences;
        let at = sentences.partition_point(|sentence| sentence.end <= name.range.start);
        let Some(sentence) = sentences.get(at) else { return false };
        entity.is_person
            && name.title <= sentence.start + 1
            && !self.document.is_quoted(name.range.start)
            && !is_possessive(self.document, name.range)
    }

    fn pronoun(&mut self, pronoun: Pronoun, source: Range) -> Option<usize> {
        match pronoun {
            Pronoun::Other => None,
            Pronoun::Who => self.antecedent_of_who(source),
            Pronoun::He | Pronoun::She => self.person_before(if pronoun == Pronoun::He { 1 } else { -1 }, source),
            Pronoun::They => self.group_before(source),
            Pronoun::It => {
                self.last_of(source, |kind| kind == SpeakerType::Organization).or_else(|| self.body_before(source))
            }
        }
    }

    fn last_of(&self, source: Range, wanted: impl Fn(SpeakerType) -> bool) -> Option<usize> {
        let past = self.past.iter().rev().take(N_SOURCES_BACK);
        let near = self.paragraph_of(source.start).saturating_sub(2);
        past.filter(|&&(at, _)| self.paragraph_of(at) >= near)
            .find(|&&(_, s)| wanted(self.speakers[s].speaker.kind))
            .map(|&(_, s)| s)
    }

    /// Whom "they" means: the people that open the sentence before, or the last group, or the last body that spoke.
    fn group_before(&mut self, source: Range) -> Option<usize> {
        let document = self.document;
        let at = document.sentences.partition_point(|sentence| sentence.end <= source.start);
        let before = at.checked_sub(1).map(|at| document.sentences[at]);
        let near = before.filter(|before| self.paragraph_of(before.start) == self.paragraph_of(source.start));
        if let Some(phrase) = near.and_then(|before| self.people_at(before)) {
            let known = self.past.iter().rev().take(N_SOURCES_BACK).find(|&&(at, _)| at == phrase.start);
            return Some(match known {
                Some(&(_, found)) => found,
                None => self.new_phrase(phrase, SpeakerType::Group, None),
            });
        }
        self.last_of(source, |kind| kind == SpeakerType::Group)
            .or_else(|| self.last_of(source, |kind| kind == SpeakerType::Organization))
    }

    /// The noun phrase for people that opens a sentence: "Police on the islands".
    fn people_at(&self, sentence: Range) -> Option<Range> {
        let tokens = &self.document.tokens;
        let head = (sentence.start..sentence.end.min(sentence.start + 5))
            .take_while(|&i| tokens[i].is_word() && tokens[i].tag != tag::PREPOSITION)
            .find(|&i| tokens[i].has(traits::GROUP))?;
        let mut end = head + 1;
        if tokens.get(end).is_some_and(|token| token.tag == tag::PREPOSITION) && end + 2 < sentence.end {
            end += 1 + usize::from(tokens[end + 1].tag == tag::DETERMINER);
            while end + 1 < sentence.end && tokens[end].is(shape::UPPER) && tokens[end + 1].is(shape::UPPER) {
                end += 1;
            }
            end += 1;
        }
        Some(Range::new(sentence.start, end.min(sentence.end)))
    }

    fn paragraph_of(&self, i: usize) -> usize {
        self.document.paragraphs.partition_point(|paragraph| paragraph.range.end <= i)
    }

    /// The last body named as the subject of a sentence, for "it".
    fn body_before(&mut self, source: Range) -> Option<usize> {
        let end = self.names.before(source.start);
        let n = (0..end).rev().take(N_NAMES_BACK).find(|&n| {
            let entity = &self.names.entities[self.names.of_name[n]];
            entity.is_body && !self.document.is_quoted(self.names.names[n].range.start)
        })?;
        Some(self.of_entity(self.names.of_name[n]))
    }

    /// The noun phrase that a relative clause belongs to.
    fn antecedent_of_who(&mut self, source: Range) -> Option<usize> {
        let tokens = &self.document.tokens;
        let mut end = source.start;
        while end > 0 && tokens[end - 1].tag == tag::COMMA {
            end -= 1;
        }
        let at = self.names.before(end).checked_sub(1)?;
        let name = self.names.names[at];
        if name.range.end + 4 >= end && !is_possessive(self.document, name.range) {
            let entity = self.names.of_name[at];
            if self.names.entities[entity].is_person || name.range.end == end {
                return Some(self.of_entity(entity));
            }
        }
        None
    }

    /// The person whom "he" (1) or "she" (-1) means.
    fn person_before(&mut self, gender: i32, source: Range) -> Option<usize> {
        let here = self.paragraph_of(source.start);
        let sentences = &self.document.sentences;
        let sentence = sentences.partition_point(|sentence| sentence.end <= source.start);
        let mut best: Option<(i32, usize, Option<usize>)> = None;
        let mut offer = |score: i32, place: usize, speaker: Option<usize>| {
            if best.is_none_or(|(highest, at, _)| (score, place) > (highest, at)) {
                best = Some((score, place, speaker));
            }
        };
        // Paragraphs apart weigh most, then whether somebody spoke, then whether the gender is known to fit.
        let recency = |at: usize| -4 * (here - self.paragraph_of(at).min(here)).min(6) as i32;
        let fit = |male: i32| -> Option<i32> {
            match male * gender {
                ..0 => None,
                0 => Some(0),
                _ => Some(3),
            }
        };
        for &(at, s) in self.past.iter().rev().take(N_SOURCES_BACK) {
            let told = &self.speakers[s];
            let is_one =
                matches!(told.speaker.kind, SpeakerType::Person | SpeakerType::Anonymous | SpeakerType::Unknown);
            let Some(fits) = fit(told.male).filter(|_| is_one && at < source.start) else { continue };
            let unknown = i32::from(told.speaker.kind == SpeakerType::Unknown);
            offer(recency(at) + 3 + fits - 3 * unknown, at, Some(s));
        }
        let end = self.names.before(source.start);
        let mut named = Vec::new();
        for n in (0..end).rev().take(N_NAMES_BACK) {
            let name = &self.names.names[n];
            let entity = &self.names.entities[self.names.of_name[n]];
            let is_person = entity.is_person && !entity.is_body;
            if !is_person || self.document.is_quoted(name.range.start) || is_possessive(self.document, name.range) {
                continue;
            }
            let Some(fits) = fit(entity.male) else { continue };
            let subject = if self.is_subject(n) { 3 } else { 0 };
            let same = sentences.get(sentence).is_some_and(|sentence| sentence.holds(name.range.start));
            named.push((recency(name.range.start) + subject + fits - 2 + i32::from(same), name.range.start, n));
        }
        for &(score, place, _) in &named {
            offer(score, place, None);
        }
        let (_, place, speaker) = best?;
        if speaker.is_some() {
            return speaker;
        }
        let n = named.iter().find(|&&(_, at, _)| at == place).map(|&(.., n)| n)?;
        let found = self.of_entity(self.names.of_name[n]);
        self.speakers[found].male += gender;
        Some(found)
    }

    /// `Q.` is whoever asks, `A.` whoever answers: the two people named last before the first of them. The outer option
    /// says whether the source is such a letter at all.
    fn letter(&mut self, source: Range) -> Option<Option<usize>> {
        if source.len() != 1 {
            return None;
        }
        let letter = match self.document.word(source.start) {
            "Q." | "Q" => 'Q',
            "A." | "A" => 'A',
            _ => return None,
        };
        let p = self.paragraph_of(source.start);
        // Back to the line that is no part of the interview.
        let is_part = |p: usize| {
            let start = self.document.paragraphs[p].range.start;
            matches!(self.document.word(start), "Q." | "Q" | "A." | "A")
        };
        let opener = (0..p).rev().take(400).find(|&p| !is_part(p))?;
        let range = self.document.paragraphs[opener].range;
        let mut people = Vec::new();
        for n in self.names.inside(range) {
            let entity = self.names.of_name[n];
            let is_one = self.names.entities[entity].is_person && !self.names.entities[entity].is_body;
            if is_one && !people.contains(&entity) {
                people.push(entity);
            }
        }
        let entity = match (letter, people.as_slice()) {
            ('A', [answers, ..]) => Some(*answers),
            ('Q', [_, asks, ..]) => Some(*asks),
            _ => None,
        };
        Some(entity.map(|entity| self.of_entity(entity)))
    }

    fn finish(self) -> Vec<Speaker> {
        let document = self.document;
        let finished = self.speakers.into_iter().map(|told| {
            let mut speaker = told.speaker;
            if let Some(entity) = told.entity {
                let about = &self.names.entities[entity];
                for &n in &about.mentions {
                    let name = &self.names.names[n];
                    speaker.mentions.push(document.span(name.range));
                    if speaker.role.is_none() && speaker.kind == SpeakerType::Person {
                        speaker.role = role_before(document, name);
                    }
                    let form = spaced(document.surface(name.range));
                    if form != speaker.name && !speaker.aliases.contains(&form) && speaker.aliases.len() < 8 {
                        speaker.aliases.push(form);
                    }
                }
            }
            speaker.mentions.sort();
            speaker.mentions.dedup();
            speaker
        });
        finished.collect()
    }
}

/// Nouns for people of many posts.
fn is_loose(document: &Document<'_>, head: usize) -> bool {
    let word = document.word(head).to_lowercase();
    matches!(word.as_str(), "leader" | "chief" | "head" | "boss" | "politician" | "official")
}

/// Posts that many hold at a time, so that an article may have two of them.
fn is_common(document: &Document<'_>, head: usize) -> bool {
    let word = document.word(head).to_lowercase();
    matches!(
        word.as_str(),
        "senator" | "congressman" | "congresswoman" | "lawmaker" | "lawyer" | "professor" | "candidate" | "nominee"
    )
}

/// A name that the article prints in capitals only, as it is written elsewhere.
fn in_small_letters(name: &str) -> String {
    let mut small = String::with_capacity(name.len());
    let mut opens = true;
    for c in name.chars() {
        if opens {
            small.push(c);
        } else {
            small.extend(c.to_lowercase());
        }
        opens = !c.is_alphanumeric();
    }
    small
}

/// White space folded.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
