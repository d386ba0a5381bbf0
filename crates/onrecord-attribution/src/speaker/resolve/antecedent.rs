//! Whom a pronoun or a description means: who was named or spoke before it, and how far back that is looked for.
//!
//! What the description itself says of its bearer is read elsewhere (`describe.rs`).

use super::{N_SOURCES_BACK, Resolver};
use crate::SpeakerType;
use crate::document::Range;
use crate::lexicon::traits;
use crate::speaker::describe::Pronoun;
use crate::speaker::names::is_possessive;
use crate::token::shape;
use crate::vocabulary::tag;

/// Most names that are looked at to find whom a pronoun means.
const N_NAMES_BACK: usize = 40;

impl Resolver<'_, '_> {
    /// Whether a place is in the source's paragraph or the one before.
    pub(super) fn is_beside(&self, at: usize, source: Range) -> bool {
        self.paragraph_of(at) + 1 >= self.paragraph_of(source.start)
    }

    /// The one person whom the paragraph before names, where this one names nobody before the source:
    /// "Ada Stark … . 'I was mistaken,' said the former minister."
    pub(super) fn subject_before(&mut self, source: Range) -> Option<usize> {
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
    pub(super) fn body_just_heard(&mut self, head: usize, source: Range) -> Option<usize> {
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
    pub(super) fn subject_of_paragraph(&mut self, source: Range) -> Option<usize> {
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
    pub(super) fn is_subject(&self, n: usize) -> bool {
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

    pub(super) fn pronoun(&mut self, pronoun: Pronoun, source: Range) -> Option<usize> {
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

    pub(super) fn last_of(&self, source: Range, wanted: impl Fn(SpeakerType) -> bool) -> Option<usize> {
        let past = self.past.iter().rev().take(N_SOURCES_BACK);
        let near = self.paragraph_of(source.start).saturating_sub(2);
        past.filter(|&&(at, _)| self.paragraph_of(at) >= near)
            .find(|&&(_, s)| wanted(self.speakers[s].speaker.kind))
            .map(|&(_, s)| s)
    }

    /// Whom "they" means: the people that open the sentence before, or the last group, or the last body that spoke.
    pub(super) fn group_before(&mut self, source: Range) -> Option<usize> {
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
    pub(super) fn people_at(&self, sentence: Range) -> Option<Range> {
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

    pub(super) fn paragraph_of(&self, i: usize) -> usize {
        self.document.paragraphs.partition_point(|paragraph| paragraph.range.end <= i)
    }

    /// The last body named as the subject of a sentence, for "it".
    pub(super) fn body_before(&mut self, source: Range) -> Option<usize> {
        let end = self.names.before(source.start);
        let n = (0..end).rev().take(N_NAMES_BACK).find(|&n| {
            let entity = &self.names.entities[self.names.of_name[n]];
            entity.is_body && !self.document.is_quoted(self.names.names[n].range.start)
        })?;
        Some(self.of_entity(self.names.of_name[n]))
    }

    /// The noun phrase that a relative clause belongs to.
    pub(super) fn antecedent_of_who(&mut self, source: Range) -> Option<usize> {
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
    pub(super) fn person_before(&mut self, gender: i32, source: Range) -> Option<usize> {
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
}
