//! Names taken apart for comparison: what is a name at all, what of it is title, and how it reads without case,
//! accents and dots.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::attribution::SpeakerType;

/// A name without its titles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// As written, titles and possessive endings cut off.
    pub shown: String,
    /// The same, word by word, folded; a double family name is two words, however it is joined.
    pub words: Vec<String>,
    /// The titles that were cut off, and a body's country ("Velmora’s"): they say who is meant.
    pub lead: String,
}

/// Word lists; see the comments in each.
struct Lists {
    titles: BTreeSet<&'static str>,
    openers: BTreeSet<&'static str>,
    particles: BTreeSet<&'static str>,
    outlets: BTreeSet<&'static str>,
    stations: BTreeSet<&'static str>,
    bodies: BTreeSet<&'static str>,
    states: BTreeSet<&'static str>,
    /// Given names by the lines they stand on.
    nicknames: BTreeMap<&'static str, Vec<usize>>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let mut nicknames: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (line, names) in lines(include_str!("../lexicon/nicknames.txt")).enumerate() {
        names.split(' ').for_each(|name| nicknames.entry(name).or_default().push(line));
    }
    Lists {
        titles: lines(include_str!("../lexicon/titles.txt")).collect(),
        openers: lines(include_str!("../lexicon/openers.txt")).collect(),
        particles: lines(include_str!("../lexicon/particles.txt")).collect(),
        outlets: lines(include_str!("../lexicon/outlets.txt")).collect(),
        stations: lines(include_str!("../lexicon/stations.txt")).collect(),
        bodies: lines(include_str!("../lexicon/bodies.txt")).collect(),
        states: lines(include_str!("../lexicon/states.txt")).collect(),
        nicknames,
    }
});

/// Lines of a list that are neither blank nor comment.
pub(super) fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// A word without case, accents, dots and a possessive ending.
pub(super) fn fold(word: &str) -> String {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let word = ["'s", "’s", "'S", "’S"].iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word);
    let plain = word.nfd().filter(|c| !is_combining_mark(*c) && !matches!(c, '.' | '\'' | '’'));
    plain.flat_map(char::to_lowercase).collect()
}

/// All words of a text, folded.
pub(super) fn folded(text: &str) -> Vec<String> {
    text.split_whitespace().map(fold).filter(|word| !word.is_empty()).collect()
}

/// The name in what the attribution calls the speaker; `None` where that is a description ("the officials", "he").
pub(super) fn name(written: &str, kind: SpeakerType) -> Option<Name> {
    // Names have a handful of words; what has many is a clause, and a hostile one is not worth more time.
    let mut words: Vec<&str> = written.split_whitespace().take(13).collect();
    if words.is_empty() || words.len() > 12 {
        return None;
    }
    if ["the", "a", "an"].contains(&words[0].to_lowercase().as_str()) && words.len() > 1 {
        words.remove(0);
    }
    // "Authorities" are no name; nor is an article left alone.
    if words.len() == 1 && (kind == SpeakerType::Group || matches!(fold(words[0]).as_str(), "the" | "an")) {
        return None;
    }
    // "What Mr. Marn": a slip of the attribution, title or not.
    if LISTS.openers.contains(fold(words[0]).as_str()) {
        return None;
    }
    let is_body = kind == SpeakerType::Organization;
    let mut lead = String::new();
    if is_body && words.len() > 2 && (words[0].ends_with("'s") || words[0].ends_with('’') || words[0].ends_with("’s"))
    {
        lead = words.remove(0).to_owned();
    }
    let starts_low = |word: &str| word.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_lowercase);
    let has_title = |word: &str| LISTS.titles.contains(fold(word).as_str());
    if !is_body {
        let n_titles = words.iter().take(words.len() - 1).rposition(|word| has_title(word)).map_or(0, |last| last + 1);
        if kind == SpeakerType::Anonymous && n_titles == 0 {
            return None;
        }
        // "Advisers to Mr. Marn" are not he.
        if words[..n_titles].iter().any(|word| matches!(*word, "to" | "for" | "and" | "by" | "from" | "with" | "at")) {
            return None;
        }
        // Nor "supporters of Senator Marn"; "Secretary of State" is a title.
        if words[..n_titles].windows(2).any(|pair| pair[1] == "of" && !has_title(pair[0])) {
            return None;
        }
        lead = words.drain(..n_titles).collect::<Vec<_>>().join(" ");
        // A title alone ("the President") names nobody.
        if words.len() == 1 && has_title(words[0]) {
            return None;
        }
    }
    let first = fold(words[0]);
    let is_particle = LISTS.particles.contains(first.as_str()) && words.len() > 1;
    let is_low_body = is_body
        && (2..=4).contains(&words.len())
        && words.iter().any(|word| LISTS.bodies.contains(fold(word).as_str()));
    if LISTS.openers.contains(first.as_str()) || (starts_low(words[0]) && !is_particle && !is_low_body) {
        return None;
    }
    if !is_body && words.iter().any(|word| starts_low(word) && !LISTS.particles.contains(fold(word).as_str())) {
        return None;
    }
    let mut shown = words.join(" ").trim_matches(|c: char| c == ',' || c == ';' || c == ':').to_owned();
    for ending in ["'s", "’s"] {
        if let Some(rest) = shown.strip_suffix(ending) {
            shown = rest.to_owned();
        }
    }
    let words: Vec<String> = words.iter().map(|word| fold(word)).filter(|word| !word.is_empty()).collect();
    // "Joseph R. Marn Jr." is formal style, and others leave the suffix out; "Joseph Marn Jr." tells him from his father.
    let is_formal = words.iter().any(|word| word.chars().count() == 1);
    let has_rest = words.len() > 2 && (is_formal || words.len() > 3);
    let mut words = if has_rest { words.into_iter().filter(|word| !is_suffix(word)).collect() } else { words };
    if !is_body && let Some((one, other)) = words.last().and_then(|last| last.split_once('-')) {
        let double = [one.to_owned(), other.to_owned()];
        words.pop();
        words.extend(double.into_iter().filter(|word| !word.is_empty()));
    }
    // Numbers and abbreviations ("9", "Md.") are slips; acronyms and short names behind a title are not.
    let letters: Vec<char> = words.iter().flat_map(|word| word.chars()).filter(|c| c.is_alphabetic()).collect();
    let is_acronym = || shown.chars().filter(|c| c.is_alphabetic()).all(|c| !c.is_lowercase());
    if letters.is_empty() || (letters.len() < 3 && words.len() == 1 && lead.is_empty() && !is_acronym()) {
        return None;
    }
    (!words.is_empty() && !shown.is_empty()).then_some(Name { shown, words, lead })
}

/// Whether a name is that of a newspaper, agency or station, or of a state.
pub(super) fn is_known_body(words: &[String]) -> bool {
    let is_outlet = words.last().is_some_and(|last| LISTS.outlets.contains(last.as_str()));
    let is_station = words.first().is_some_and(|first| LISTS.stations.contains(first.as_str()));
    is_outlet || is_station || LISTS.states.contains(words.join(" ").as_str())
}

/// Whether a word is a title.
pub(super) fn is_title(word: &str) -> bool {
    LISTS.titles.contains(word)
}

fn is_suffix(word: &str) -> bool {
    matches!(word, "jr" | "sr" | "ii" | "iii" | "iv")
}

/// A full name without its suffix, and the suffix.
fn without_suffix(words: &[String]) -> (&[String], Option<&String>) {
    match words.split_last() {
        Some((last, rest)) if rest.len() >= 2 && is_suffix(last) => (rest, Some(last)),
        _ => (words, None),
    }
}

/// The words by which a full name can be called alone: the last, and the one before it where there are two family names
/// ("Ana Ruiz Ferrer" is Ruiz to some and Ferrer to others).
pub(super) fn family_names(words: &[String]) -> &[String] {
    let is_initial = |word: &String| word.chars().count() == 1;
    let (words, _) = without_suffix(words);
    match words.len() {
        0 | 1 => &[],
        n if n >= 3 && !is_initial(&words[n - 2]) => &words[n - 2..],
        n => &words[n - 1..],
    }
}

/// Whether all words but the last are particles: "van den Berg".
pub(super) fn is_particled(words: &[String]) -> bool {
    words.split_last().is_some_and(|(_, rest)| rest.iter().all(|word| LISTS.particles.contains(word.as_str())))
}

/// How a shorter form of a full name relates to the longer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// The longer one has more names in the middle or at the end.
    Fuller,
    /// One has an initial where the other has the name.
    Initial,
    /// One has a short form of the given name.
    Nickname,
}

/// Whether two names of two or more words can be of one person, and why; `None` where they cannot or are the same.
pub(super) fn likeness(short: &[String], long: &[String]) -> Option<Likeness> {
    let ((short, suffix), (long, other_suffix)) = (without_suffix(short), without_suffix(long));
    if short.len() < 2 || long.len() < short.len() || short == long || suffix != other_suffix {
        return None;
    }
    let given = given_likeness(&short[0], &long[0])?;
    let last = short.last()?;
    if !family_names(long).contains(last) {
        return None;
    }
    // Every name in the middle of the shorter one must be in the longer one, as it is or as an initial.
    let middle = &short[1..short.len() - 1];
    let is_there = |name: &String| long[1..].iter().any(|other| given_likeness(name, other).is_some());
    let has_all = middle.iter().all(is_there);
    // Middle initials that disagree are two people.
    has_all.then_some(match given {
        Given::Same => Likeness::Fuller,
        Given::Initial => Likeness::Initial,
        Given::Nickname => Likeness::Nickname,
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    Same,
    Initial,
    Nickname,
}

fn given_likeness(a: &str, b: &str) -> Option<Given> {
    if a == b {
        return Some(Given::Same);
    }
    let is_initial_of = |a: &str, b: &str| a.chars().count() == 1 && b.chars().next() == a.chars().next();
    if is_initial_of(a, b) || is_initial_of(b, a) {
        return Some(Given::Initial);
    }
    let (a, b) = (LISTS.nicknames.get(a)?, LISTS.nicknames.get(b)?);
    a.iter().any(|line| b.contains(line)).then_some(Given::Nickname)
}

/// The words of a body's name that count, in one order: "Ministry of Defence" and "Defence Ministry" agree.
pub(super) fn body_key(words: &[String]) -> Vec<String> {
    let mut key: Vec<String> = words.iter().filter(|word| !is_small(word)).cloned().collect();
    key.sort();
    key
}

/// First letters of the words that count.
pub(super) fn initials(words: &[String]) -> String {
    words.iter().filter(|word| !is_small(word)).filter_map(|word| word.chars().next()).collect()
}

fn is_small(word: &str) -> bool {
    matches!(word, "the" | "of" | "for" | "and" | "on" | "in" | "to" | "de" | "la")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(written: &str) -> Option<String> {
        name(written, SpeakerType::Person).map(|name| name.shown)
    }

    #[test]
    fn titles_in_front_are_no_part_of_a_name() {
        assert_eq!(shown("Vermont Sen. Ada Crane").as_deref(), Some("Ada Crane"));
        assert_eq!(shown("President Marn").as_deref(), Some("Marn"));
        assert_eq!(shown("Retired Lt. Gen. Otto Brandt’s").as_deref(), Some("Otto Brandt"));
        assert_eq!(shown("Ludo van den Berg").as_deref(), Some("Ludo van den Berg"));
        assert_eq!(shown("von Hagen").as_deref(), Some("von Hagen"));
    }

    #[test]
    fn descriptions_are_no_names() {
        for written in [
            "the president",
            "the President",
            "he",
            "What Mr. Marn",
            "advisers to Mr. Marn",
            "supporters of Senator Marn",
            "The",
            "many islanders",
            "",
            "…",
            "cut emissions across much of the United",
            "One official",
        ] {
            assert_eq!(shown(written), None, "{written}");
        }
        assert!(name("One official", SpeakerType::Anonymous).is_none());
        assert!(name("the company", SpeakerType::Organization).is_none());
        assert!(name("the ministry", SpeakerType::Organization).is_none());
        assert_eq!(name("the defence ministry", SpeakerType::Organization).unwrap().shown, "defence ministry");
        assert_eq!(name("Mr. King", SpeakerType::Anonymous).unwrap().shown, "King");
    }

    #[test]
    fn accents_case_and_dots_do_not_count() {
        assert_eq!(folded("José  O’NEILL, U.N."), ["jose", "oneill", "un"]);
    }

    #[test]
    fn likeness_of_full_names() {
        let like = |a: &str, b: &str| likeness(&folded(a), &folded(b));
        assert_eq!(like("Ana Ruiz", "Ana Ruiz Ferrer"), Some(Likeness::Fuller));
        assert_eq!(like("Ana Ferrer", "Ana Ruiz Ferrer"), Some(Likeness::Fuller));
        assert_eq!(like("John Smith", "John A. Smith"), Some(Likeness::Fuller));
        assert_eq!(like("J. Smith", "John Smith"), Some(Likeness::Initial));
        assert_eq!(like("Tom Reed", "Thomas Reed"), Some(Likeness::Nickname));
        assert_eq!(like("John B. Smith", "John A. Smith"), None);
        assert_eq!(like("Ana Ruiz", "Eva Ruiz"), None);
        assert_eq!(like("Otto Marn", "Otto Marn Jr."), None);
        assert_eq!(like("Otto Marn Jr.", "Otto Karl Marn Jr."), Some(Likeness::Fuller));
        assert_eq!(like("Ana Ruiz", "Ana Ruiz"), None);
    }

    #[test]
    fn bodies_agree_in_any_order() {
        assert_eq!(body_key(&folded("the Ministry of Defence")), body_key(&folded("Defence Ministry")));
        assert_eq!(initials(&folded("Union of Island Fishers")), "uif");
    }
}
