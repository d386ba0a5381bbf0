//! What an article is on: which state acts on which, and the words for it.
//!
//! Names of states (`states.tsv`) and, where a text is about places that are in no list, capitalized words are looked
//! at in their company: "Turkish strikes on Syria", "sanctions against Iran", "invaded by Castrel". Whoever does what
//! `actions.txt` names is a candidate for the acting side, whomever it is done to for the side acted on; the pair with
//! the most such mentions, those in the title counted three times, is the article's. Nothing is learnt here, and where
//! no state is named beside an action nothing is said.
//!
//! Whether the speaker of a statement belongs to one of the two is looked up in the words that name the speaker.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::{Deserialize, Serialize};

/// Which state acts on which in an article.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Setting {
    /// The state that acts, or is to act.
    pub acting: Option<Party>,
    /// The state on whose affairs or soil it acts.
    pub acted_on: Option<Party>,
    /// The text's own words for what is done, as "drone strikes against Mexican cartels".
    pub phrase: Option<String>,
}

/// A state, or whatever acts like one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Its name in the list of states; a word of the text where it is in no list.
    pub name: String,
    /// What its mentions have in common.
    key: String,
}

/// Where somebody stands in a [`Setting`] by descent or office; not what they think of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Belongs to the state that acts.
    Acting,
    /// Belongs to the state acted on.
    ActedOn,
    /// Belongs to another state.
    Third,
    /// Nothing is known.
    #[default]
    Unknown,
}

impl Side {
    /// All of them, in the order of their features.
    pub const ALL: [Self; 4] = [Self::Acting, Self::ActedOn, Self::Third, Self::Unknown];

    /// The word for it in every output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Acting => "acting",
            Self::ActedOn => "acted-on",
            Self::Third => "third",
            Self::Unknown => "unknown",
        }
    }
}

/// The table of states: a matcher for all names, and the state of each.
struct States {
    matcher: AhoCorasick,
    /// The state's name by pattern.
    of_pattern: Vec<&'static str>,
}

static STATES: LazyLock<States> = LazyLock::new(|| {
    let mut patterns: Vec<String> = Vec::new();
    let mut of_pattern = Vec::new();
    for line in include_str!("states.tsv").lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let name = columns.next().unwrap_or_default();
        for word in std::iter::once(name).chain(columns.flat_map(|column| column.split(' '))) {
            if !word.is_empty() {
                patterns.push(word.replace('_', " "));
                of_pattern.push(name);
            }
        }
    }
    let matcher = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&patterns);
    States { matcher: matcher.expect("a few hundred short names"), of_pattern }
});

/// Nouns, and beginnings of verbs, for acting on another state.
static ACTIONS: LazyLock<(Vec<&'static str>, Vec<&'static str>)> = LazyLock::new(|| {
    let of = |kind: &'static str| {
        let words = include_str!("actions.txt").lines().filter_map(move |line| line.strip_prefix(kind));
        let mut words: Vec<&str> = words.map(str::trim).collect();
        words.sort_unstable();
        words
    };
    (of("n "), of("v "))
});

/// Words between an action and whom it is done to.
const TOWARD: [&str; 9] = ["against", "at", "in", "inside", "into", "of", "on", "over", "to"];

/// Words that may stand between those and a name.
const BETWEEN: [&str; 6] = ["a", "an", "its", "neighboring", "neighbouring", "the"];

/// Words that may stand between a state's name and what it does.
const HELPING: [&str; 14] =
    ["also", "be", "been", "can", "could", "had", "has", "have", "is", "may", "might", "to", "will", "would"];

/// Code points of a text that are looked at; what an article is on stands near its head.
const MAX_TEXT: usize = 20_000;

/// What a mention in the title, in the first paragraphs and later counts.
const WEIGHTS: [f64; 3] = [3.0, 1.5, 1.0];
/// Where the first paragraphs end, in bytes.
const HEAD: usize = 1200;

/// A word of the text.
struct Word<'t> {
    start: usize,
    end: usize,
    text: &'t str,
    lower: String,
    /// Whether a sentence or line ends between it and the word before.
    opens: bool,
}

/// A name with the words it takes up.
struct Mention {
    /// What all mentions of a state have in common: its name in the list, or the first letters of the word.
    state: String,
    first: usize,
    last: usize,
}

impl Setting {
    /// What an article of this title and text is on.
    #[must_use]
    pub fn of(title: Option<&str>, text: &str) -> Self {
        let mut scores: BTreeMap<String, Score> = BTreeMap::new();
        let mut phrases: Vec<(f64, String, String)> = Vec::new();
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        let end = text.char_indices().nth(MAX_TEXT).map_or(text.len(), |(end, _)| end);
        for (part, is_title) in [(title.unwrap_or_default(), true), (&text[..end], false)] {
            let words = words(part);
            for mention in mentions(part, &words) {
                let weight = match (is_title, words[mention.first].start < HEAD) {
                    (true, _) => WEIGHTS[0],
                    (_, true) => WEIGHTS[1],
                    _ => WEIGHTS[2],
                };
                names.entry(mention.state.clone()).or_insert_with(|| words[mention.first].text.to_owned());
                let acts = acts(&words, &mention);
                let suffers = suffered(&words, &mention);
                let score = scores.entry(mention.state.clone()).or_default();
                score.named += weight;
                score.acts += weight * acts;
                if let Some(action) = suffers {
                    score.suffers += weight;
                    phrases.push((weight, mention.state.clone(), phrase(part, &words, action, &mention)));
                }
            }
        }
        let Some((acting, acted_on)) = pair(&scores) else { return Self::default() };
        // The first of the heaviest: `max_by` would take the last.
        let of_state = phrases.into_iter().filter(|(_, state, _)| *state == acted_on);
        let phrase = of_state.fold(None, |best: Option<(f64, String)>, (weight, _, phrase)| match best {
            Some(best) if best.0 >= weight => Some(best),
            _ => Some((weight, phrase)),
        });
        let party = |key: String| {
            let name = if is_listed(&key) { key.replace('_', " ") } else { names.remove(&key).unwrap_or_default() };
            Some(Party { name, key })
        };
        let [acting, acted_on] = [acting, acted_on].map(party);
        Self { acting, acted_on, phrase: phrase.map(|(_, phrase)| phrase) }
    }

    /// Where somebody stands whom these words describe; the first that names a state decides.
    #[must_use]
    pub fn side<'w>(&self, descriptions: impl IntoIterator<Item = &'w str>) -> Side {
        let state = descriptions.into_iter().find_map(|words| self.state_in(words));
        let is = |state: &str, other: &Option<Party>| other.as_ref().is_some_and(|other| other.key == state);
        match state {
            None => Side::Unknown,
            Some(state) if is(&state, &self.acting) => Side::Acting,
            Some(state) if is(&state, &self.acted_on) => Side::ActedOn,
            Some(_) => Side::Third,
        }
    }

    /// Whether a text names the acting state, and the one acted on.
    #[must_use]
    pub fn named_in(&self, text: &str) -> (bool, bool) {
        let words = words(text);
        let found: Vec<String> = mentions(text, &words).into_iter().map(|mention| mention.state).collect();
        let has = |party: &Option<Party>| party.as_ref().is_some_and(|party| found.contains(&party.key));
        (has(&self.acting), has(&self.acted_on))
    }

    /// The state that words name: one of the list, or one of the article's own.
    fn state_in(&self, text: &str) -> Option<String> {
        let words = words(text);
        let own = [&self.acting, &self.acted_on];
        let is_own = |state: &str| own.iter().any(|own| own.as_ref().is_some_and(|own| own.key == state));
        let mut found = mentions(text, &words).into_iter();
        found.find(|mention| is_listed(&mention.state) || is_own(&mention.state)).map(|mention| mention.state)
    }
}

#[derive(Default)]
struct Score {
    named: f64,
    acts: f64,
    suffers: f64,
}

/// How much the mere naming of a state counts beside what it does or suffers.
const NAMED: f64 = 0.15;
/// What a state does speaks half as strongly against its being acted on, and the other way round.
const OTHER: f64 = 0.5;

/// The most likely pair; none where nobody acts or nobody is acted on.
fn pair(scores: &BTreeMap<String, Score>) -> Option<(String, String)> {
    let mut best: Option<(f64, &String, &String)> = None;
    for (one, acting) in scores {
        for (other, acted_on) in scores {
            // Of a word in no list nothing is known but what the text does with it.
            let is_known = (is_listed(one) || acting.acts > 0.0) && (is_listed(other) || acted_on.suffers > 0.0);
            if one == other || acting.acts + acted_on.suffers == 0.0 || !is_known {
                continue;
            }
            let score = acting.acts - OTHER * acting.suffers + acted_on.suffers - OTHER * acted_on.acts
                + NAMED * (acting.named + acted_on.named);
            if best.as_ref().is_none_or(|best| score > best.0) {
                best = Some((score, one, other));
            }
        }
    }
    best.map(|(_, acting, acted_on)| (acting.clone(), acted_on.clone()))
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut start = None;
    let is_inner = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '.');
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, is_inner(c)) {
            (None, true) if c.is_alphanumeric() => start = Some(at),
            (Some(from), false) => {
                let raw = &text[from..at];
                let kept = raw.trim_end_matches(['\'', '’', '-', '.']);
                let kept = if is_abbreviation(raw) { raw } else { kept };
                let gap = words.last().map_or("\n", |last: &Word<'_>| &text[last.end..from]);
                let opens = gap.contains(['\n', '!', '?', ':', ';', '“', '"']) || gap.contains('.');
                words.push(Word { start: from, end: from + kept.len(), text: kept, lower: kept.to_lowercase(), opens });
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// "U.S." keeps its last point.
fn is_abbreviation(word: &str) -> bool {
    word.ends_with('.') && word.matches('.').count() > 1
}

fn is_listed(state: &str) -> bool {
    STATES.of_pattern.contains(&state)
}

/// The states that a text names, and what may be one.
fn mentions(text: &str, words: &[Word<'_>]) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut at = 0;
    for hit in STATES.matcher.find_iter(text) {
        let is_inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        if is_inside(text[..hit.start()].chars().next_back()) || is_inside(text[hit.end()..].chars().next()) {
            continue;
        }
        let first = words.partition_point(|word| word.end <= hit.start());
        let last = words.partition_point(|word| word.start < hit.end());
        if first >= last {
            continue;
        }
        unlisted(words, at..first, &mut found);
        at = last;
        let state = STATES.of_pattern[hit.pattern().as_usize()].to_owned();
        found.push(Mention { state, first, last: last - 1 });
    }
    unlisted(words, at..words.len(), &mut found);
    found
}

/// Letters that "Castrel" and "Castrelian" have in common.
const STEM: usize = 5;

/// Capitalized words inside sentences that are in no list, by their first letters: places of which nothing is known.
fn unlisted(words: &[Word<'_>], range: std::ops::Range<usize>, found: &mut Vec<Mention>) {
    for place in range {
        let word = &words[place];
        let is_name = !word.opens && word.text.chars().next().is_some_and(char::is_uppercase);
        let stem: String = word.lower.chars().take_while(|c| c.is_alphabetic()).take(STEM).collect();
        if is_name && stem.chars().count() == STEM {
            found.push(Mention { state: stem, first: place, last: place });
        }
    }
}

fn is_noun(word: &str) -> bool {
    ACTIONS.0.binary_search(&word).is_ok()
}

fn is_verb(word: &str) -> bool {
    ACTIONS.1.iter().any(|stem| word.starts_with(stem))
}

/// How surely a mention is of somebody who acts: 1 before a verb or after "by", less before a noun.
fn acts(words: &[Word<'_>], mention: &Mention) -> f64 {
    let before = |n: usize| mention.first.checked_sub(n).map(|place| words[place].lower.as_str());
    if before(1) == Some("by") && (2..=4).any(|n| before(n).is_some_and(|word| is_noun(word) || is_verb(word))) {
        return 1.0;
    }
    // "Turkish-led offensive": the word itself holds the name.
    let mut n_others = 0;
    for word in words.iter().skip(mention.last + 1).take(4) {
        if word.opens {
            break;
        }
        if is_verb(&word.lower) && !is_noun(&word.lower) {
            return 1.0;
        }
        if is_noun(&word.lower) {
            return 0.7;
        }
        if TOWARD.contains(&word.lower.as_str()) && word.lower != "to" {
            break;
        }
        if !HELPING.contains(&word.lower.as_str()) {
            n_others += 1;
        }
        if n_others > 2 {
            break;
        }
    }
    0.0
}

/// The place of the noun for what is done to the mentioned, as in "strikes on the Syrian".
fn suffered(words: &[Word<'_>], mention: &Mention) -> Option<usize> {
    let mut place = mention.first;
    let mut n_between = 0;
    let toward = loop {
        if words[place].opens || place == 0 {
            return None;
        }
        place -= 1;
        let word = words[place].lower.as_str();
        if TOWARD.contains(&word) {
            // "a mission to keep Sorrel open" is no mission to Sorrel.
            if word == "to" && n_between > 0 {
                return None;
            }
            break place;
        }
        if !BETWEEN.contains(&word) {
            n_between += 1;
        }
        if n_between > 1 {
            return None;
        }
    };
    (toward.saturating_sub(2)..toward).rev().find(|&place| is_noun(&words[place].lower))
}

/// Words that are no part of a name's noun.
const NO_NOUNS: [&str; 24] = [
    "a", "after", "and", "as", "at", "before", "but", "by", "for", "from", "had", "has", "have", "in", "is", "of",
    "on", "or", "that", "the", "to", "was", "were", "with",
];

/// Words of a phrase before its noun ("drone", "air").
const N_BEFORE: usize = 2;
/// Words of a phrase after the name ("cartels").
const N_AFTER: usize = 2;

/// The text's words from the noun and what stands before it to the name and what follows it.
fn phrase(text: &str, words: &[Word<'_>], action: usize, mention: &Mention) -> String {
    let mut first = action;
    for place in (action.saturating_sub(N_BEFORE)..action).rev() {
        let is_plain = words[place].text.chars().all(|c| c.is_lowercase() || c == '-');
        let is_short = BETWEEN.contains(&words[place].lower.as_str()) || TOWARD.contains(&words[place].lower.as_str());
        if words[place + 1].opens || !is_plain || is_short || words[place].lower.len() < 3 {
            break;
        }
        first = place;
    }
    let mut last = mention.last;
    for place in mention.last + 1..(mention.last + 1 + N_AFTER).min(words.len()) {
        let is_plain = words[place].text.chars().all(char::is_lowercase);
        // A noun follows the adjective of a state; after the state's own name the phrase is over.
        let is_adjective = STATES.of_pattern.iter().all(|name| *name != words[mention.last].text);
        if words[place].opens || !is_plain || !is_adjective || NO_NOUNS.contains(&words[place].lower.as_str()) {
            break;
        }
        last = place;
    }
    text[words[first].start..words[last].end].split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (Option<String>, Option<String>) {
        let setting = Setting::of(None, text);
        (setting.acting.map(|party| party.name), setting.acted_on.map(|party| party.name))
    }

    fn pair(acting: &str, acted_on: &str) -> (Option<String>, Option<String>) {
        (Some(acting.to_owned()), Some(acted_on.to_owned()))
    }

    #[test]
    fn who_acts_on_whom_is_read_from_the_words_beside_the_names() {
        assert_eq!(of("Officials spoke of Danish strikes on the Swiss army."), pair("Denmark", "Switzerland"));
        assert_eq!(of("Portugal has invaded Norway, and sanctions on Norway went on."), pair("Portugal", "Norway"));
        assert_eq!(of("A raid by Chile in Malta and another operation inside Peru by Chile."), pair("Chile", "Peru"));
    }

    #[test]
    fn places_in_no_list_are_told_by_their_first_letters() {
        let text = "On Monday the Castrelian troops waited. Officials said Castrel would invade Norvale, and strikes on \
                    Norvale had begun.";
        assert_eq!(of(text), pair("Castrelian", "Norvale"));
        let setting = Setting::of(None, text);
        assert_eq!(setting.side(["the Norvalian minister"]), Side::ActedOn);
        assert_eq!(setting.side(["Norvalian"]), Side::Unknown, "any first word is capitalized");
        assert_eq!(setting.side(["the minister of Norvale"]), Side::ActedOn);
        assert_eq!(setting.side(["a resident", "an officer of the Castrelian army"]), Side::Acting);
    }

    #[test]
    fn nothing_is_said_where_nobody_acts() {
        assert_eq!(of("The ministers of Chile and Peru had dinner."), (None, None));
        assert_eq!(of(""), (None, None));
    }

    #[test]
    fn the_phrase_is_the_texts_own() {
        let setting = Setting::of(
            None,
            "The cabinet weighs launching drone strikes against Peruvian smugglers, Chile said. Chile attacks.",
        );
        assert_eq!(setting.phrase.as_deref(), Some("launching drone strikes against Peruvian smugglers"));
        assert_eq!(setting.named_in("Peru is near"), (false, true));
    }
}
