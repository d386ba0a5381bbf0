//! From sources to speakers, in the order of the text.
//!
//! A name means its entity (`names/`). Whom a pronoun or a description means is decided in one place, `resolve/decide.rs`;
//! what it leans on is looked up in `resolve/place.rs`. Every source keeps the [`Link`] by which its speaker was known.

mod decide;
mod place;

use rustc_hash::FxHashMap;

use super::super::document::{Document, Range};
use super::super::lexicon::traits;
use super::super::select::Draft;
use super::super::token::{Class, shape};
use super::super::vocabulary::{tag, word};
use super::super::{Link, Speaker, SpeakerType};
use super::describe::{Described, Pronoun, affiliation, apposition, describe, role_before, says_what, type_of_phrase};
use super::knowledge::Knowledge;
use super::names::Names;
use super::profile::Profile;
use super::tidy::tidy;
use decide::Description;

/// Most earlier sources that are looked at.
const N_SOURCES_BACK: usize = 12;

/// Who a draft's source means, and why.
pub(in super::super) type Found = Option<(usize, Link)>;

/// Gives every draft's source a speaker; the result is aligned with `drafts`, whose sources are made whole first.
pub(in super::super) fn resolve(
    document: &Document<'_>,
    known: &Knowledge,
    drafts: &mut [Draft],
) -> (Vec<Found>, Vec<Speaker>) {
    let names = Names::new(document, known);
    for draft in drafts.iter_mut() {
        tidy(document, &names, draft);
        draft.keep_apart();
    }
    share_subjects(drafts);
    let mut order: Vec<usize> = (0..drafts.len()).filter(|&d| drafts[d].source.is_some()).collect();
    order.sort_by_key(|&d| drafts[d].source.map(|source| source.start));
    let mut by_noun: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
    for (e, entity) in names.entities.iter().enumerate() {
        for post in entity.posts.iter().filter(|post| post.noun != 0) {
            let bearers = by_noun.entry(post.noun).or_default();
            if bearers.last() != Some(&e) {
                bearers.push(e);
            }
        }
        // A body is called by a noun of its name.
        for i in entity.best.range.start..entity.best.range.end {
            if entity.is_body && document.tokens[i].has(traits::ORGANIZATION) {
                by_noun.entry(known.post(document.tokens[i].key)).or_default().push(e);
            }
        }
    }
    let mut resolver = Resolver {
        document,
        known,
        names: &names,
        by_noun,
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
    for (d, draft) in drafts.iter().enumerate().filter(|(_, draft)| draft.source.is_none() && draft.cue.is_none()) {
        of_draft[d] = resolver.speaker_without_source(draft);
    }
    let speakers = resolver.finish();
    // Speakers in the order of their first mention.
    let mut ranks: Vec<usize> = (0..speakers.len()).collect();
    ranks.sort_by_key(|&s| speakers[s].mentions.first().copied());
    let mut place = vec![0; speakers.len()];
    ranks.iter().enumerate().for_each(|(new, &old)| place[old] = new);
    let of_draft = of_draft.into_iter().map(|found: Found| found.map(|(s, link)| (place[s], link))).collect();
    let mut sorted: Vec<(usize, Speaker)> = place.into_iter().zip(speakers).collect();
    sorted.sort_by_key(|(place, _)| *place);
    (of_draft, sorted.into_iter().map(|(_, speaker)| speaker).collect())
}

/// Two verbs with one subject have all of it: where one source is a part of another, it is that one.
fn share_subjects(drafts: &mut [Draft]) {
    let mut all: Vec<Range> = drafts.iter().filter_map(|draft| draft.source).collect();
    all.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    all.dedup();
    for draft in drafts.iter_mut() {
        let Some(own) = draft.source else { continue };
        let from = all.partition_point(|range| range.start + LONGEST_SUBJECT < own.start);
        let holds = |range: &&Range| {
            range.start <= own.start && own.end <= range.end && **range != own && range.len() <= LONGEST_SUBJECT
        };
        let whole = all[from..].iter().take_while(|range| range.start <= own.start).find(holds);
        let is_free = |range: &&Range| {
            !draft.content.iter().any(|content| content.overlaps(**range))
                && !draft.cue.is_some_and(|cue| cue.overlaps(**range))
        };
        if let Some(&whole) = whole.filter(is_free) {
            draft.source = Some(whole);
        }
    }
}

/// Most tokens of a subject that two verbs share.
const LONGEST_SUBJECT: usize = 16;

struct Resolver<'d, 't> {
    document: &'d Document<'t>,
    known: &'d Knowledge,
    names: &'d Names,
    /// Entities by the nouns of their posts, and bodies by those of their names.
    by_noun: FxHashMap<u32, Vec<usize>>,
    speakers: Vec<Told>,
    of_entity: FxHashMap<usize, usize>,
    /// Speakers without a name by their noun.
    of_phrase: FxHashMap<u32, Vec<usize>>,
    /// Sources so far: where, and who.
    past: Vec<(usize, usize)>,
}

/// A speaker with what is needed to find it again.
struct Told {
    speaker: Speaker,
    entity: Option<usize>,
    male: i32,
    /// What its own words say, where it has no name.
    profile: Vec<Profile>,
}

impl Resolver<'_, '_> {
    fn speaker_of(&mut self, source: Range) -> Found {
        let letter = self.letter(source);
        let described = match letter {
            Some(_) => Described::Phrase(source.start),
            None => describe(self.document, self.names, source),
        };
        let (found, link) = match described {
            Described::Pronoun(pronoun) => (self.pronoun(pronoun, source)?, Link::Pronoun),
            Described::Named(n) => self.named(n, source),
            Described::Phrase(head) => match letter {
                Some(found) => (found?, Link::Letter),
                None => self.phrase(head, source),
            },
        };
        let span = self.document.span(source);
        // A name's own mentions are added at the end.
        if !matches!(described, Described::Named(_)) {
            self.speakers[found].speaker.mentions.push(span);
        }
        self.past.push((source.start, found));
        Some((found, link))
    }

    /// Whose a quotation is that stands behind a sentence about one person, and no one else, in the same paragraph:
    /// "Her advice to young editors shows it. “Bring the crew …”"
    fn speaker_without_source(&mut self, draft: &Draft) -> Found {
        let document = self.document;
        let open = draft.content.first()?.start;
        let paragraph = document.paragraphs.get(self.paragraph_of(open))?.range;
        let is_led = open > paragraph.start
            && document.tokens[open - 1].tag == tag::STOP
            && document.tokens[open].tag == tag::OPEN;
        if !is_led {
            return None;
        }
        let mut named = self
            .names
            .inside(Range::new(paragraph.start, open))
            .filter(|&n| !document.is_quoted(self.names.names[n].range.start));
        let first = self.names.of_name[named.next()?];
        let is_body = self.names.entities[first].is_body;
        if is_body || named.any(|n| self.names.of_name[n] != first) {
            return None;
        }
        Some((self.of_entity(first), Link::Subject))
    }

    fn pronoun(&mut self, pronoun: Pronoun, source: Range) -> Option<usize> {
        match pronoun {
            Pronoun::Other => None,
            Pronoun::Who => self.antecedent_of_who(source),
            Pronoun::He => self.choose_for_pronoun(1, source),
            Pronoun::She => self.choose_for_pronoun(-1, source),
            Pronoun::They => self.group_before(source),
            Pronoun::It => self.choose_for_pronoun(0, source),
        }
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
        self.speakers.push(Told { speaker, entity: Some(entity), male: about.male, profile: Vec::new() });
        self.of_entity.insert(entity, self.speakers.len() - 1);
        self.speakers.len() - 1
    }

    fn named(&mut self, n: usize, source: Range) -> (usize, Link) {
        let document = self.document;
        let name = self.names.names[n];
        let entity = self.names.of_name[n];
        // "Ada Stark and Ben Okoro": two who speak as one.
        let others = self.names.inside(source).filter(|&other| self.names.of_name[other] != entity);
        let is_pair = others.clone().any(|other| {
            let first = self.names.names[other.min(n)].range.end;
            let second = self.names.names[other.max(n)].title;
            let joins = |at: usize| matches!(document.word(at).to_lowercase().as_str(), "and" | "&");
            let has_article = |at: usize| document.tokens[at].tag == tag::DETERMINER;
            second == first + 1 && joins(first)
                || second == first + 2 && (joins(first + 1) || joins(first) && has_article(first + 1))
        });
        if is_pair {
            return self.group(source);
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
        let entity = &self.names.entities[entity];
        let link = entity.mentions.iter().position(|&mention| mention == n).map_or(Link::Name, |at| entity.links[at]);
        (found, link)
    }

    /// The points of the words of a range for a man less those for a woman; what belongs to somebody says nothing.
    fn sex_of(&self, range: Range) -> i32 {
        let tokens = &self.document.tokens;
        let is_own = |i: &usize| {
            !tokens.get(i + 1).is_some_and(|next| next.class == Class::Possessive)
                && !tokens[*i].has(traits::DETERMINER)
        };
        let points = |i: usize| i32::from(tokens[i].has(traits::MALE)) - i32::from(tokens[i].has(traits::FEMALE));
        (range.start..range.end).filter(is_own).map(points).sum()
    }

    /// People without a name, or several named together: the same words are the same people.
    fn group(&mut self, source: Range) -> (usize, Link) {
        let shown = self.shown(source);
        let same = |told: &Told| {
            told.entity.is_none()
                && told.speaker.kind == SpeakerType::Group
                && folded(&told.speaker.name) == folded(&shown)
        };
        if let Some(found) = self.speakers.iter().position(same) {
            return (found, Link::SameWords);
        }
        (self.new_phrase(source, SpeakerType::Group, None), Link::Own)
    }

    /// What a description is called: its noun phrase, without clauses behind it.
    fn shown(&self, source: Range) -> String {
        spaced(self.document.surface(Range::new(source.start, self.phrase_end(source))))
    }

    /// Where the noun phrase of a source ends: what follows a comma or "who" is no part of it.
    fn phrase_end(&self, source: Range) -> usize {
        let tokens = &self.document.tokens;
        (source.start + 1..source.end)
            .find(|&i| {
                matches!(tokens[i].tag, tag::COMMA | tag::COLON | tag::DASH) && !self.goes_on(source, i)
                    || tokens[i].has(word::WHO) && tokens[i - 1].tag == tag::COMMA
            })
            .unwrap_or(source.end)
    }

    /// A comma inside a list of names or adjectives does not end a phrase: "the UK, France and Germany".
    fn goes_on(&self, source: Range, comma: usize) -> bool {
        let tokens = &self.document.tokens;
        let after = comma + 1;
        let and = (after..source.end.min(after + 9)).find(|&i| tokens[i].key == super::super::lexicon::key("and"));
        let no_verb =
            |end: usize| (after..end).all(|i| !matches!(tokens[i].tag, tag::VERB | tag::AUXILIARY | tag::WHO));
        tokens[comma].tag == tag::COMMA
            && and.is_some_and(|and| no_verb(and) && tokens.get(after).is_some_and(|next| next.tag != tag::DETERMINER))
    }

    fn new_phrase(&mut self, source: Range, kind: SpeakerType, profile: Option<Profile>) -> usize {
        let name = self.shown(source);
        let male = self.sex_of(Range::new(source.start, self.phrase_end(source)));
        let speaker = Speaker { name, kind, role: None, affiliation: None, aliases: Vec::new(), mentions: Vec::new() };
        if let Some(profile) = &profile {
            self.of_phrase.entry(profile.noun).or_default().push(self.speakers.len());
        }
        self.speakers.push(Told { speaker, entity: None, male, profile: profile.into_iter().collect() });
        self.speakers.len() - 1
    }

    /// A noun phrase without a name: somebody met before, or somebody new.
    fn phrase(&mut self, head: usize, source: Range) -> (usize, Link) {
        let document = self.document;
        let tokens = &document.tokens;
        let first = document.word(source.start).to_lowercase();
        let end = (source.start + 1..self.phrase_end(source))
            .find(|&i| tokens[i].has(word::WHO))
            .unwrap_or_else(|| self.phrase_end(source));
        let head = head.min(end - 1);
        let is_human = self.known.is_person(tokens[head].key) || tokens[head].has(traits::ROLE | traits::KIN);
        let kind = match type_of_phrase(document, source, head) {
            SpeakerType::Unknown if is_human => SpeakerType::Anonymous,
            kind => kind,
        };
        let profile = Profile::new(document, self.known, Range::new(source.start, end), head);
        let is_theirs = matches!(first.as_str(), "his" | "her" | "their");
        if is_theirs && tokens[head].has(traits::KIN) && end - source.start <= 3 {
            let owner = if first == "her" { -1 } else { 1 };
            let last = self.past.iter().rev().take(N_SOURCES_BACK).find(|&&(_, s)| {
                self.speakers[s].speaker.kind == SpeakerType::Person && self.speakers[s].male * owner <= 0
            });
            if let Some(&(_, found)) = last {
                return (found, Link::LastHeard);
            }
        }
        if kind == SpeakerType::Group {
            let kind = self.settled(kind, source, head);
            return if kind == SpeakerType::Group {
                self.group(source)
            } else {
                (self.new_phrase(source, kind, Some(profile)), Link::Own)
            };
        }
        let has_owner = (source.start..head).any(|i| tokens[i].class == Class::Possessive);
        let is_new = matches!(first.as_str(), "a" | "an" | "one" | "another" | "some");
        let is_body = kind == SpeakerType::Organization || self.known.is_any_body(tokens[head].key);
        let is_definite = matches!(first.as_str(), "the" | "this" | "that") || has_owner;
        let is_somebody = is_human
            || tokens[head].has(traits::MALE | traits::FEMALE)
            || self.by_noun.contains_key(&profile.noun)
            || self.is_member(&profile);
        // "The statement said": whoever made it.
        if is_definite
            && !has_owner
            && self.known.is_medium(tokens[head].key)
            && !profile.says_side()
            && let Some(found) = self.maker_of(head, source)
        {
            return (found, Link::Medium);
        }
        if is_body || is_somebody || self.of_phrase.contains_key(&profile.noun) {
            let male = self.sex_of(Range::new(source.start, end));
            let described = Description { source, profile: &profile, male, is_body };
            // A post with what it is of is somebody's only by the post; nobody is "the judge in that case" for having
            // just spoken.
            if (is_definite || !is_new && is_body)
                && !is_theirs
                && let Some((found, link)) = self.choose(&described)
            {
                let has_complement =
                    (head + 1..end).any(|i| tokens[i].tag == tag::PREPOSITION) && !profile.has_of(document);
                if !(has_complement || has_owner) || !matches!(link, Link::LastHeard | Link::Subject) {
                    return (found, link);
                }
            }
            if is_new
                && !is_body
                && let Some(entity) = self.announced(&described)
            {
                return (self.of_entity(entity), Link::Announced);
            }
        }
        let kind = self.settled(kind, source, head);
        (self.new_phrase(source, kind, Some(profile)), Link::Own)
    }

    /// Whether the description's noun is a party's.
    fn is_member(&self, profile: &Profile) -> bool {
        use super::knowledge::Kind;
        self.known.side(self.document.tokens[profile.head].key).is_some_and(|(kind, _)| kind == Kind::Party)
    }

    /// "A harbour spokesman said …": the one whom the next lines name with the same post and body.
    fn announced(&self, described: &Description<'_>) -> Option<usize> {
        let here = self.paragraph_of(described.source.start);
        let fits = |entity: usize| {
            let about = &self.names.entities[entity];
            let first = about.mentions.first().map(|&n| self.names.names[n].range.start);
            let is_ahead = first.is_some_and(|at| at > described.source.start && self.paragraph_of(at) <= here + 3);
            let is_told = about.posts.iter().any(|post| {
                post.noun == described.profile.noun
                    && !post.clashes(self.known, self.document, described.profile)
                    && described.profile.says_side()
                    && post.n_shared(self.document, described.profile) > 0
            });
            is_ahead && is_told && about.male * described.male >= 0 && self.is_one(entity)
        };
        let mut found = self.by_noun.get(&described.profile.noun)?.iter().copied().filter(|&entity| fits(entity));
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
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
            if self.is_one(entity) && !people.contains(&entity) {
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

/// A description without case and its article.
fn folded(name: &str) -> String {
    let small = name.to_lowercase();
    small.strip_prefix("the ").unwrap_or(&small).to_owned()
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
