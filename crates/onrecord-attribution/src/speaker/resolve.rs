//! From sources to speakers: names by the article's names, pronouns and descriptions by who spoke or was named before.
//!
//! A pronoun means whoever of its gender and number was last named as a source or as the subject of a sentence; that is
//! right for most, and looking farther back than a few paragraphs is not tried.

mod antecedent;

use rustc_hash::FxHashMap;

use super::super::document::{Document, Range};
use super::super::lexicon::traits;
use super::super::select::Draft;
use super::super::token::{Class, shape};
use super::super::vocabulary::{tag, word};
use super::super::{Speaker, SpeakerType};
use super::describe::{Described, affiliation, apposition, describe, role_before, says_what, type_of_phrase};
use super::names::{Names, post_behind};

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
