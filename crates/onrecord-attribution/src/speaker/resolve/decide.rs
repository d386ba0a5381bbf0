//! The one place that decides whom a pronoun or a description means.
//!
//! First what can never be: another sex or number, another country, party, number or field at the same noun, another post
//! of which there is one. Then evidence is weighed for everybody who is left: the post that the text gives them, what the
//! description says besides, whether they were just heard, whether the paragraph is about them, and how far back they were
//! named. Whoever has too little of it, or no more than somebody else, is not taken: the description then stands for
//! itself, because nobody is better than the opponent.

use super::place::N_NAMES_BACK;
use super::{N_SOURCES_BACK, Resolver};
use crate::document::Range;
use crate::lexicon::{key, traits};
use crate::speaker::knowledge::Kind;
use crate::speaker::names::is_possessive;
use crate::speaker::profile::Profile;
use crate::{Link, SpeakerType};

/// Somebody who could be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    /// Somebody named: index into the entities.
    Entity(usize),
    /// Somebody without a name who spoke before: index into the speakers.
    Speaker(usize),
}

/// A description, as the decision sees it.
pub(super) struct Description<'p> {
    pub source: Range,
    pub profile: &'p Profile,
    /// +1 where it is a man's, -1 a woman's.
    pub male: i32,
    pub is_body: bool,
}

/// Points of evidence; chosen by hand, checked against articles with known speakers.
mod points {
    /// The text gives them this very post.
    pub const POST: f32 = 4.0;
    /// The text gives them a post that the noun may stand for: "lawmaker" for a senator.
    pub const WIDER_POST: f32 = 3.0;
    /// Each thing that the description says and the text says of them.
    pub const SHARED: f32 = 1.5;
    /// They spoke last, in this paragraph, or in the one before.
    pub const HEARD: f32 = 3.0;
    pub const HEARD_BEFORE: f32 = 2.0;
    /// The paragraph's last subject, or the only person of the one before.
    pub const SUBJECT: f32 = 2.0;
    pub const SUBJECT_BEFORE: f32 = 1.5;
    /// A party's member, where the text gives them a post that parties fill.
    pub const SEAT: f32 = 1.5;
    /// Nobody else is named in the paragraph before the source.
    pub const ALONE_IN_PARAGRAPH: f32 = 0.8;
    /// They are named only later.
    pub const AHEAD: f32 = -1.2;
    /// The description says what the post is for, and the text gives them another post.
    pub const UNKNOWN_FIELD: f32 = -2.0;
    /// Nobody else has the post.
    pub const ALONE: f32 = 1.0;
    /// The text gives them posts, and this is none of them.
    pub const OTHER_POST: f32 = -2.0;
    /// The description names a place or party that the text does not give them.
    pub const UNKNOWN_SIDE: f32 = -2.5;
    /// Each paragraph since they were last named, up to eight.
    pub const PARAGRAPH: f32 = -0.25;
    /// Least sum, for a description that sets somebody apart and for one that does not, and least lead over the next.
    pub const LEAST: f32 = 3.4;
    pub const LEAST_PLAIN: f32 = 2.7;
    pub const LEAD: f32 = 0.75;
}

impl Resolver<'_, '_> {
    /// Whom a description means, and why; nobody where two could be meant.
    pub(super) fn choose(&mut self, described: &Description<'_>) -> Option<(usize, Link)> {
        let source = described.source;
        let mut candidates: Vec<Who> = Vec::new();
        if let Some(entities) = self.by_noun.get(&described.profile.noun) {
            candidates.extend(entities.iter().map(|&entity| Who::Entity(entity)));
        }
        let end = self.names.before(source.start);
        candidates.extend((0..end).rev().take(N_NAMES_BACK).map(|n| Who::Entity(self.names.of_name[n])));
        for &(_, s) in self.past.iter().rev().take(N_SOURCES_BACK) {
            candidates.push(self.speakers[s].entity.map_or(Who::Speaker(s), Who::Entity));
        }
        if let Some(&s) = self.of_phrase.get(&described.profile.noun).and_then(|all| all.last()) {
            candidates.push(Who::Speaker(s));
        }
        // A wider noun means whoever has one of many posts, named anywhere before.
        if self.known.is_loose(described.profile.noun) {
            let wider = self.by_noun.iter().filter(|(noun, _)| self.known.is_wider(described.profile.noun, **noun));
            candidates.extend(wider.flat_map(|(_, entities)| entities.iter().map(|&entity| Who::Entity(entity))));
        }
        candidates.sort_unstable();
        candidates.dedup();
        let bearers = candidates.iter().filter(|&&who| self.bears(described, who)).count();
        let mut best: Option<(f32, Who, Link)> = None;
        let mut second = f32::NEG_INFINITY;
        for who in candidates {
            let Some((mut sum, link)) = self.evidence(described, who) else { continue };
            if bearers == 1 && matches!(link, Link::Post | Link::WiderPost) {
                sum += points::ALONE;
            }
            match best {
                Some((highest, ..)) if sum <= highest => second = second.max(sum),
                _ => {
                    second = best.map_or(second, |(highest, ..)| second.max(highest));
                    best = Some((sum, who, link));
                }
            }
        }
        let (sum, who, link) = best?;
        let is_plain = !described.profile.says_side() || link == Link::Subject;
        let least = if is_plain { points::LEAST_PLAIN } else { points::LEAST };
        if sum < least || sum < second + points::LEAD {
            return None;
        }
        // "A harbour official gave no reason. The official said": the text has spoken of another since.
        let is_loosely = matches!(link, Link::LastHeard | Link::Subject);
        if is_loosely && self.is_introduced(described, who) {
            return None;
        }
        let found = match who {
            Who::Entity(entity) => self.of_entity(entity),
            Who::Speaker(s) => s,
        };
        Some((found, link))
    }

    /// Whether the text speaks of "a" bearer of the described noun after somebody was named or heard last, and near.
    fn is_introduced(&self, described: &Description<'_>, who: Who) -> bool {
        let document = self.document;
        let source = described.source;
        let noun = document.tokens[described.profile.head].key;
        let here = self.paragraph_of(source.start);
        let near = document.paragraphs[here.saturating_sub(2)].range.start;
        let since = self.last_met(who, source).and_then(|at| document.sentences.get(self.sentence_of(at)));
        let from = near.max(since.map_or(0, |sentence| sentence.end));
        (from..source.start)
            .any(|i| document.tokens[i].key == noun && !document.is_quoted(i) && self.is_indefinite(from, i))
    }

    /// Whether the noun at `i` stands behind "a", "one" or "another", with nothing but adjectives between.
    fn is_indefinite(&self, from: usize, i: usize) -> bool {
        use crate::vocabulary::tag;
        let is_part = |k: &usize| {
            let token = &self.document.tokens[*k];
            token.is_word()
                && !matches!(token.tag, tag::PREPOSITION | tag::TO | tag::VERB | tag::AUXILIARY | tag::CONJUNCTION)
        };
        (from.max(i.saturating_sub(5))..i)
            .rev()
            .take_while(is_part)
            .any(|k| matches!(self.document.word(k), "a" | "an" | "A" | "An" | "one" | "One" | "another" | "Another"))
    }

    /// Where somebody was last named or heard before the source.
    fn last_met(&self, who: Who, source: Range) -> Option<usize> {
        let heard = self.past.iter().rev().take(N_SOURCES_BACK).find(|&&(_, s)| self.is_who(s, who)).map(|&(at, _)| at);
        let Who::Entity(entity) = who else { return heard };
        let mentions = &self.names.entities[entity].mentions;
        let before = mentions.partition_point(|&n| self.names.names[n].range.start < source.start);
        heard.max(before.checked_sub(1).map(|at| self.names.names[mentions[at]].range.start))
    }

    /// Whether the text gives somebody the described post, and nothing that speaks against them.
    fn bears(&self, described: &Description<'_>, who: Who) -> bool {
        let Who::Entity(entity) = who else { return false };
        let posts = &self.names.entities[entity].posts;
        posts.iter().any(|post| {
            (post.noun == described.profile.noun || self.known.is_wider(described.profile.noun, post.noun))
                && !post.clashes(self.known, self.document, described.profile)
        })
    }

    /// The points for somebody, and what they mostly rest on; nothing where it cannot be them.
    fn evidence(&self, described: &Description<'_>, who: Who) -> Option<(f32, Link)> {
        let (profile, source) = (described.profile, described.source);
        let (posts, male, is_body) = match who {
            Who::Entity(entity) => {
                let entity = &self.names.entities[entity];
                (entity.posts.as_slice(), entity.male, !entity.is_person || entity.is_body)
            }
            Who::Speaker(s) => {
                let told = &self.speakers[s];
                let is_body = match told.speaker.kind {
                    SpeakerType::Organization => true,
                    SpeakerType::Person | SpeakerType::Anonymous => false,
                    _ => return None,
                };
                (told.profile.as_slice(), told.male, is_body)
            }
        };
        if is_body != described.is_body || male * described.male < 0 {
            return None;
        }
        let mut sum = 0.0;
        let mut link = Link::LastHeard;
        if described.is_body {
            let (points, reason) = self.body_evidence(described, who)?;
            sum += points;
            link = reason;
        } else {
            let fits = |post: &&Profile| !post.clashes(self.known, self.document, profile);
            let named_so = |post: &&Profile| post.noun == profile.noun && post.noun != 0;
            let may_be_called = |post: &&Profile| self.known.is_wider(profile.noun, post.noun);
            let has_same = posts.iter().any(|post| named_so(&post));
            if has_same && !posts.iter().filter(named_so).any(|post| fits(&post)) {
                return None;
            }
            // Another country, party, or post of which there is one.
            if !has_same && posts.iter().any(|post| !fits(&post)) {
                return None;
            }
            let shared = |post: &Profile| points::SHARED * post.n_shared(self.document, profile) as f32;
            let most = posts.iter().map(shared).fold(0.0, f32::max);
            // "Norvale's president" need not be the only president of the text.
            let unknown_side =
                if profile.says_side() && !posts.iter().any(|post| post.n_shared_sides(self.document, profile) > 0) {
                    points::UNKNOWN_SIDE
                } else {
                    0.0
                };
            if has_same {
                (sum, link) = (points::POST + most + unknown_side, Link::Post);
            } else if posts.iter().any(|post| may_be_called(&post) && fits(&post)) {
                // "The Tessel official" is no minister of Orvan; where the text gives a minister no country, the wide word
                // alone does not make them Tessel's.
                let says_where = |one: &Profile| one.says(Kind::Country) || one.says(Kind::Name);
                let is_elsewhere = |post: &Profile| may_be_called(&post) && says_where(post);
                if unknown_side < 0.0 && says_where(profile) && posts.iter().any(is_elsewhere) {
                    return None;
                }
                let says_field = profile.marks.iter().any(|mark| mark.kind == Kind::Field) && most == 0.0;
                let unknown_field = if says_field { points::UNKNOWN_FIELD } else { 0.0 };
                (sum, link) = if unknown_side < 0.0 {
                    (unknown_side + most + unknown_field, Link::LastHeard)
                } else {
                    (points::WIDER_POST + most + unknown_field, Link::WiderPost)
                };
            } else if profile.noun == 0 || self.is_party(profile) {
                let sits = posts.iter().any(|post| self.known.is_wider(key("lawmaker"), post.noun));
                let seat = if sits { points::SEAT } else { 0.0 };
                (sum, link) = (2.0 * most + seat, if most > 0.0 { Link::Post } else { Link::LastHeard });
            } else {
                sum += most;
                // Of whom the text tells a post, it does not say another of which there is one.
                if !posts.is_empty() && self.known.is_sole(profile.noun) {
                    return None;
                }
                // A senator may be "the former teacher".
                let is_past = profile.is_ordered() && !profile.is_ordered_beyond_former();
                let is_other = !posts.is_empty() && !self.known.is_loose(profile.noun) && !is_past;
                sum += if is_other { points::OTHER_POST } else { 0.0 };
                // "The Chirper boss": nothing in the text says so of them. Whom the paragraph is about may be told more of:
                // "the leader of the Harbour Party".
                let is_told_of = posts.is_empty()
                    && profile.has_of(self.document)
                    && matches!(who, Who::Entity(entity) if self.subject_of_paragraph(source, |e| self.is_one(e)) == Some(entity));
                sum += if is_told_of { 0.0 } else { unknown_side };
                if profile.is_ordered_beyond_former() {
                    return None;
                }
            }
        }
        self.nearness(who, source, &mut link).map(|near| (sum + near, link))
    }

    /// Whether the noun itself is a party's: "the Calder Republican".
    fn is_party(&self, profile: &Profile) -> bool {
        self.known.side(self.document.tokens[profile.head].key).is_some_and(|(kind, _)| kind == Kind::Party)
    }

    /// A body called by a noun of its name ("the Observatory"), by what it is ("the aid agency"), or by a word for any.
    fn body_evidence(&self, described: &Description<'_>, who: Who) -> Option<(f32, Link)> {
        let (document, profile) = (self.document, described.profile);
        let noun = document.tokens[profile.head].key;
        let is_any = self.known.is_any_body(noun);
        match who {
            Who::Speaker(s) => {
                let own = self.speakers[s].profile.first()?;
                if own.noun == profile.noun {
                    let fits = !own.clashes(self.known, document, profile);
                    return fits.then(|| {
                        (points::POST + points::SHARED * own.n_shared(document, profile) as f32, Link::SameWords)
                    });
                }
                (is_any && !profile.says_side()).then_some((0.0, Link::LastHeard))
            }
            Who::Entity(entity) => {
                let entity = &self.names.entities[entity];
                let range = entity.best.range;
                let in_name = (range.start..range.end).any(|i| document.tokens[i].key == noun);
                let said_so = entity.posts.iter().any(|post| post.noun == profile.noun)
                    || entity.mentions.iter().any(|&n| {
                        let start = self.names.names[n].range.start;
                        start > 0 && document.tokens[start - 1].key == noun
                    });
                // What sets the described body apart must be in the name.
                let others = profile.marks.iter().filter(|mark| mark.at != profile.head);
                let mut others = others.filter(|mark| mark.is_side());
                let is_known =
                    |at: usize| (range.start..range.end).any(|i| document.tokens[i].key == document.tokens[at].key);
                if others.any(|mark| !is_known(mark.at)) {
                    return None;
                }
                if in_name || said_so {
                    Some((points::POST, Link::Post))
                } else if !entity.is_body
                    && !self.past.iter().rev().take(N_SOURCES_BACK).any(|&(_, s)| self.is_who(s, who))
                {
                    // A place that was only named.
                    None
                } else {
                    is_any.then_some((0.0, Link::LastHeard))
                }
            }
        }
    }

    /// Whose a statement, letter or report is: whoever made it where the text first speaks of it ("said in a statement",
    /// "issued a report").
    pub(super) fn maker_of(&self, head: usize, source: Range) -> Option<usize> {
        let document = self.document;
        let noun = document.tokens[head].key;
        let here = self.paragraph_of(source.start);
        let from = document.paragraphs[here.saturating_sub(3)].range.start;
        let is_first = |&i: &usize| {
            document.tokens[i].key == noun
                && !document.is_quoted(i)
                && (from.max(i.saturating_sub(5))..i)
                    .rev()
                    .take_while(|&k| document.tokens[k].is_word())
                    .any(|k| matches!(document.word(k), "a" | "an" | "its" | "his" | "her" | "their"))
        };
        let at = (from..source.start).rev().find(is_first)?;
        let sentence = document.sentences[self.sentence_of(at)];
        let within = |&&(place, _): &&(usize, usize)| sentence.holds(place);
        self.past.iter().rev().take(N_SOURCES_BACK).filter(within).find(|&&(place, _)| place < at).map(|&(_, s)| s)
    }

    /// Points for having been heard or named near the source.
    fn nearness(&self, who: Who, source: Range, link: &mut Link) -> Option<f32> {
        let here = self.paragraph_of(source.start);
        let last_heard = self.past.last().filter(|&&(_, s)| self.is_who(s, who));
        let mut sum = 0.0;
        match last_heard.map(|&(at, _)| here - self.paragraph_of(at).min(here)) {
            Some(0) => sum += points::HEARD,
            Some(1) => sum += points::HEARD_BEFORE,
            _ => {}
        }
        let last = self.last_met(who, source);
        if let Who::Entity(entity) = who {
            let is_person = self.is_one(entity);
            if self.subject_of_paragraph(source, |e| self.is_one(e) == is_person) == Some(entity) {
                sum += points::SUBJECT;
                sum += if self.is_alone(entity, source) { points::ALONE_IN_PARAGRAPH } else { 0.0 };
                if *link == Link::LastHeard && last_heard.is_none() {
                    *link = Link::Subject;
                }
            } else if is_person && self.subject_before(source) == Some(entity) {
                sum += points::SUBJECT_BEFORE;
                if *link == Link::LastHeard && last_heard.is_none() {
                    *link = Link::Subject;
                }
            }
            let mentions = &self.names.entities[entity].mentions;
            if last.is_none() {
                // Named only later: the text must say that the post is theirs.
                let ahead = self.names.names[*mentions.first()?].range.start;
                let far = (self.paragraph_of(ahead) - here).min(8) as f32;
                return matches!(link, Link::Post).then_some(sum + points::AHEAD + points::PARAGRAPH * far);
            }
        }
        let far = (here - self.paragraph_of(last?).min(here)).min(8) as f32;
        Some(sum + points::PARAGRAPH * far)
    }

    /// Whether nobody else is named in the source's paragraph before it.
    fn is_alone(&self, entity: usize, source: Range) -> bool {
        let start = self.document.paragraphs[self.paragraph_of(source.start)].range.start;
        let mut named = self.names.inside(Range::new(start, source.start.max(start)));
        named.all(|n| self.names.of_name[n] == entity || !self.is_one(self.names.of_name[n]))
    }

    fn is_who(&self, s: usize, who: Who) -> bool {
        match who {
            Who::Entity(entity) => self.speakers[s].entity == Some(entity),
            Who::Speaker(other) => s == other,
        }
    }

    /// Whom "he" (1), "she" (-1) or "it" (0) means: whoever was last heard or was the subject of a sentence.
    pub(super) fn choose_for_pronoun(&mut self, male: i32, source: Range) -> Option<usize> {
        let sentence = self.sentence_of(source.start);
        let here = self.paragraph_of(source.start);
        let distance = |at: usize| {
            let sentences = (sentence - self.sentence_of(at).min(sentence)).min(6) as f32;
            let paragraphs = (here - self.paragraph_of(at).min(here)).min(4) as f32;
            -sentences - 1.3 * paragraphs
        };
        let mut best: Option<(f32, usize, Who)> = None;
        let mut offer = |score: f32, at: usize, who: Who| {
            if best.is_none_or(|(highest, place, _)| score > highest || score == highest && at > place) {
                best = Some((score, at, who));
            }
        };
        let fit = |theirs: i32| match theirs * male {
            ..0 => None,
            0 => Some(0.0),
            _ => Some(1.5),
        };
        for &(at, s) in self.past.iter().rev().take(N_SOURCES_BACK) {
            let told = &self.speakers[s];
            let kind = match (told.speaker.kind, male) {
                (SpeakerType::Person, 1 | -1) => 0.0,
                (SpeakerType::Anonymous, 1 | -1) => -0.5,
                (SpeakerType::Unknown, 1 | -1) if told.entity.is_none_or(|entity| !self.is_place(entity)) => -2.0,
                (SpeakerType::Organization | SpeakerType::Unknown, 0) => 0.0,
                _ => continue,
            };
            let Some(fits) = fit(told.male).filter(|_| at < source.start) else { continue };
            let who = told.entity.map_or(Who::Speaker(s), Who::Entity);
            offer(4.0 + kind + fits + distance(at), at, who);
        }
        let end = self.names.before(source.start);
        for n in (0..end).rev().take(N_NAMES_BACK) {
            let name = &self.names.names[n];
            let entity = self.names.of_name[n];
            if self.is_one(entity) == (male == 0)
                || self.document.is_quoted(name.range.start)
                || is_possessive(self.document, name.range)
            {
                continue;
            }
            let Some(fits) = fit(self.names.entities[entity].male) else { continue };
            let is_subject = self.is_subject(n);
            let base = match (is_subject, male) {
                (true, _) => 4.0,
                (false, 0) => continue,
                (false, _) => 1.0,
            };
            let same = if self.sentence_of(name.range.start) == sentence { 0.7 } else { 0.0 };
            offer(base + fits + same + distance(name.range.start), name.range.start, Who::Entity(entity));
        }
        // "The farmer lost patience … he said": people without a name that a sentence opens with.
        let mut phrase: Option<(f32, usize, Range)> = None;
        if male != 0 {
            for at in (sentence.saturating_sub(2)..=sentence).rev() {
                let Some((head, range)) = self.somebody_at(at, source) else { continue };
                let male_of = self.sex_of(range);
                if male_of * male < 0 {
                    continue;
                }
                let score = 3.9 + distance(range.start) + if male_of == 0 { 0.0 } else { 1.5 };
                if phrase.is_none_or(|(highest, ..)| score > highest) {
                    phrase = Some((score, head, range));
                }
            }
        }
        if let Some((score, head, range)) = phrase
            && best.is_none_or(|(highest, ..)| score > highest + 0.3)
        {
            let found = self.phrase(head, range).0;
            self.speakers[found].male += male;
            return Some(found);
        }
        let (score, _, who) = best?;
        if score < if male == 0 { 0.5 } else { -4.5 } {
            return None;
        }
        let found = match who {
            Who::Entity(entity) => self.of_entity(entity),
            Who::Speaker(s) => s,
        };
        self.speakers[found].male += male;
        Some(found)
    }

    /// The noun phrase for one human being without a name with which a sentence opens, before the source.
    fn somebody_at(&self, sentence: usize, source: Range) -> Option<(usize, Range)> {
        use crate::vocabulary::tag;
        let document = self.document;
        let tokens = &document.tokens;
        let range = *document.sentences.get(sentence)?;
        let opens = matches!(document.word(range.start), "The" | "A" | "An" | "One" | "Another" | "This");
        if !opens || document.is_quoted(range.start) {
            return None;
        }
        let end = range.end.min(range.start + 6).min(source.start);
        let head = (range.start + 1..end)
            .take_while(|&i| {
                tokens[i].is_word() && !matches!(tokens[i].tag, tag::VERB | tag::AUXILIARY | tag::PREPOSITION)
            })
            .filter(|&i| self.known.is_person(tokens[i].key) || tokens[i].has(traits::ROLE))
            .last()?;
        let ends = tokens.get(head + 1).is_some_and(|next| {
            !next.is_word() && next.tag != tag::POSSESSIVE
                || matches!(
                    next.tag,
                    tag::VERB | tag::AUXILIARY | tag::WHO | tag::PREPOSITION | tag::MAYBE_VERB | tag::ADVERB
                )
        });
        (ends && head < source.start).then_some((head, Range::new(range.start, head + 1)))
    }

    /// Whether a name is a place's or a building's, which no "he" can mean.
    fn is_place(&self, entity: usize) -> bool {
        let range = self.names.entities[entity].best.range;
        (range.start..range.end).any(|i| {
            self.document.tokens[i].has(traits::PLACE | traits::ORGANIZATION)
                || self.known.side(self.document.tokens[i].key).is_some()
        })
    }
}
