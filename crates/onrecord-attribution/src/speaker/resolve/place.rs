//! Where somebody was last named, and how prominently: what pronouns and descriptions lean on.

use super::{N_SOURCES_BACK, Resolver};
use crate::SpeakerType;
use crate::document::Range;
use crate::lexicon::traits;
use crate::speaker::describe::{Described, describe};
use crate::speaker::names::is_possessive;
use crate::speaker::profile::phrase_start;
use crate::token::shape;
use crate::vocabulary::tag;

/// Most names that are looked at to find whom a pronoun or description means.
pub(super) const N_NAMES_BACK: usize = 40;

impl Resolver<'_, '_> {
    pub(super) fn paragraph_of(&self, i: usize) -> usize {
        self.document.paragraphs.partition_point(|paragraph| paragraph.range.end <= i)
    }

    pub(super) fn sentence_of(&self, i: usize) -> usize {
        self.document.sentences.partition_point(|sentence| sentence.end <= i)
    }

    /// Whether an entity is somebody, and no body or place.
    pub(super) fn is_one(&self, entity: usize) -> bool {
        let entity = &self.names.entities[entity];
        entity.is_person && !entity.is_body
    }

    /// Whether the name is the subject of its sentence: no verb stands before it there, and no preposition.
    pub(super) fn is_subject(&self, n: usize) -> bool {
        let name = &self.names.names[n];
        let tokens = &self.document.tokens;
        let Some(sentence) = self.document.sentences.get(self.sentence_of(name.range.start)) else { return false };
        let is_put_there = |paragraph: &crate::document::Paragraph| paragraph.is_boilerplate;
        if self.document.is_quoted(name.range.start)
            || is_possessive(self.document, name.range)
            || self.document.paragraphs.get(self.paragraph_of(name.range.start)).is_some_and(is_put_there)
        {
            return false;
        }
        let mut start = name.title;
        if start > sentence.start && tokens[start - 1].tag == tag::DETERMINER {
            start -= 1;
        }
        if start <= sentence.start + 1 {
            return true;
        }
        let before = &tokens[start - 1];
        let opens = !before.is_word() || matches!(before.tag, tag::TIME | tag::ADVERB | tag::CONJUNCTION);
        // After a closing quotation mark a verb may stand before its subject.
        let is_free = |i: usize| {
            !matches!(tokens[i].tag, tag::VERB | tag::AUXILIARY | tag::PRONOUN | tag::CLOSE)
                && !self.document.is_quoted(i)
        };
        opens && start - sentence.start < 14 && (sentence.start..start).all(is_free)
    }

    /// The one person whom the paragraph before names, where this one names nobody before the source:
    /// "Ada Stark … . 'I was mistaken,' said the former minister."
    pub(super) fn subject_before(&self, source: Range) -> Option<usize> {
        let here = self.paragraph_of(source.start);
        let before = self.document.paragraphs.get(here.checked_sub(1)?)?.range;
        let start = self.document.paragraphs.get(here)?.range.start;
        let is_one = |n: &usize| {
            let name = self.names.names[*n].range;
            self.is_one(self.names.of_name[*n])
                && !self.document.is_quoted(name.start)
                && !is_possessive(self.document, name)
        };
        if self.names.inside(Range::new(start, source.start.max(start))).any(|n| is_one(&n)) {
            return None;
        }
        let mut named = self.names.inside(before).filter(is_one).map(|n| self.names.of_name[n]);
        let first = named.next()?;
        named.all(|other| other == first).then_some(first)
    }

    /// The last subject of a sentence in the source's paragraph, before it.
    pub(super) fn subject_of_paragraph(&self, source: Range, wanted: impl Fn(usize) -> bool) -> Option<usize> {
        let start = self.document.paragraphs.get(self.paragraph_of(source.start))?.range.start;
        let end = self.names.before(source.start);
        let within = (0..end).rev().take(N_NAMES_BACK).take_while(|&n| self.names.names[n].range.start >= start);
        within.filter(|&n| wanted(self.names.of_name[n])).find(|&n| self.is_subject(n)).map(|n| self.names.of_name[n])
    }

    /// Whom "they" means: the people that open the sentence before, or the last group, or the last body that spoke.
    pub(super) fn group_before(&mut self, source: Range) -> Option<usize> {
        let document = self.document;
        let before = self.sentence_of(source.start).checked_sub(1).map(|at| document.sentences[at]);
        let near = before.filter(|before| self.paragraph_of(before.start) == self.paragraph_of(source.start));
        if let Some(phrase) = near.and_then(|before| self.people_at(before)) {
            let known = self.past.iter().rev().take(N_SOURCES_BACK).find(|&&(at, _)| at == phrase.start);
            return Some(match known {
                Some(&(_, found)) => found,
                None => self.new_phrase(phrase, SpeakerType::Group, None),
            });
        }
        let near = self.paragraph_of(source.start).saturating_sub(2);
        let past = || self.past.iter().rev().take(N_SOURCES_BACK).filter(|&&(at, _)| self.paragraph_of(at) >= near);
        let last = |wanted: SpeakerType| past().find(|&&(_, s)| self.speakers[s].speaker.kind == wanted);
        last(SpeakerType::Group).or_else(|| last(SpeakerType::Organization)).map(|&(_, s)| s)
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

    /// The noun phrase that a relative clause belongs to.
    pub(super) fn antecedent_of_who(&mut self, source: Range) -> Option<usize> {
        let tokens = &self.document.tokens;
        let mut end = source.start;
        while end > 0 && tokens[end - 1].tag == tag::COMMA {
            end -= 1;
        }
        let at = self.names.before(end).checked_sub(1)?;
        let name = self.names.names[at];
        let is_same_sentence = self.sentence_of(name.range.start) == self.sentence_of(source.start);
        if is_same_sentence && !is_possessive(self.document, name.range) {
            let entity = self.names.of_name[at];
            // "Ed Royce, a Republican from Calder, who": the name behind the apposition's own names.
            if name.range.end == end || name.range.end + 4 >= end && self.is_one(entity) {
                if name.range.end < end || self.is_one(entity) || at == 0 {
                    return Some(self.of_entity(entity));
                }
                let before = self.names.names[at - 1];
                let is_apposed = self.is_one(self.names.of_name[at - 1])
                    && before.range.end < name.range.start
                    && name.range.start - before.range.end <= 10
                    && tokens[before.range.end].tag == tag::COMMA;
                let found = if is_apposed { self.names.of_name[at - 1] } else { entity };
                return Some(self.of_entity(found));
            }
        }
        // "the coast guard, which": a noun phrase without a name.
        let start = phrase_start(self.document, end);
        let start = start - usize::from(start > 0 && tokens[start - 1].tag == tag::DETERMINER);
        let phrase = Range::new(start, end);
        let is_noun = |i: usize| tokens[i].has(traits::ROLE | traits::GROUP | traits::ORGANIZATION | traits::KIN);
        if phrase.is_empty() || phrase.len() > 9 || !is_noun(end - 1) {
            return None;
        }
        if let Some(&(_, found)) = self.past.iter().rev().take(N_SOURCES_BACK).find(|&&(at, _)| phrase.holds(at)) {
            return Some(found);
        }
        match describe(self.document, self.names, phrase) {
            Described::Named(n) => Some(self.named(n, phrase).0),
            Described::Phrase(head) => Some(self.phrase(head, phrase).0),
            Described::Pronoun(_) => None,
        }
    }
}
