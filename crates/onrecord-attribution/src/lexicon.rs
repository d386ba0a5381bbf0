//! The word lists behind the rules and the features: data files, built into the program, replaceable one by one.
//!
//! A file holds one entry a line; lines that open with `#` explain it. All lists are merged into one table from the
//! hash of a lower-case form to a set of traits, so that a word is looked up once however many lists there
//! are.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

/// What a list says of a word; a word's traits are a sum of these.
pub(super) mod traits {
    pub const CUE: u32 = 1;
    pub const GROUP: u32 = 1 << 1;
    pub const ORGANIZATION: u32 = 1 << 2;
    pub const ROLE: u32 = 1 << 3;
    pub const TITLE: u32 = 1 << 4;
    pub const PRONOUN: u32 = 1 << 5;
    pub const DETERMINER: u32 = 1 << 6;
    pub const PREPOSITION: u32 = 1 << 7;
    pub const CONJUNCTION: u32 = 1 << 8;
    pub const AUXILIARY: u32 = 1 << 9;
    pub const ADVERB: u32 = 1 << 10;
    pub const TIME: u32 = 1 << 11;
    pub const PARTICLE: u32 = 1 << 12;
    pub const SUFFIX: u32 = 1 << 13;
    pub const ABBREVIATION: u32 = 1 << 14;
    pub const MALE: u32 = 1 << 15;
    pub const FEMALE: u32 = 1 << 16;
    pub const PLACE: u32 = 1 << 17;
    /// Bits 18 to 23 are habits that training learnt, 24 to 27 single words; see `vocabulary.rs`.
    pub const KIN: u32 = 1 << 28;
    pub const ANSWER: u32 = 1 << 29;
    pub const OUTLET: u32 = 1 << 30;
    pub const IMPERSONAL: u32 = 1 << 31;
    /// Words that are never more than grammar.
    pub const FUNCTION: u32 = PRONOUN | DETERMINER | PREPOSITION | CONJUNCTION | AUXILIARY | ADVERB;
}

/// Name of each list's file, its trait, and the list that comes with the program.
const LISTS: [(&str, u32, &str); 24] = [
    ("cues.txt", traits::CUE, include_str!("lexicon/cues.txt")),
    ("groups.txt", traits::GROUP, include_str!("lexicon/groups.txt")),
    ("organizations.txt", traits::ORGANIZATION, include_str!("lexicon/organizations.txt")),
    ("roles.txt", traits::ROLE, include_str!("lexicon/roles.txt")),
    ("titles.txt", traits::TITLE, include_str!("lexicon/titles.txt")),
    ("pronouns.txt", traits::PRONOUN, include_str!("lexicon/pronouns.txt")),
    ("determiners.txt", traits::DETERMINER, include_str!("lexicon/determiners.txt")),
    ("prepositions.txt", traits::PREPOSITION, include_str!("lexicon/prepositions.txt")),
    ("conjunctions.txt", traits::CONJUNCTION, include_str!("lexicon/conjunctions.txt")),
    ("auxiliaries.txt", traits::AUXILIARY, include_str!("lexicon/auxiliaries.txt")),
    ("adverbs.txt", traits::ADVERB, include_str!("lexicon/adverbs.txt")),
    ("times.txt", traits::TIME, include_str!("lexicon/times.txt")),
    ("particles.txt", traits::PARTICLE, include_str!("lexicon/particles.txt")),
    ("suffixes.txt", traits::SUFFIX, include_str!("lexicon/suffixes.txt")),
    ("abbreviations.txt", traits::ABBREVIATION, include_str!("lexicon/abbreviations.txt")),
    ("male_names.txt", traits::MALE, include_str!("lexicon/male_names.txt")),
    ("female_names.txt", traits::FEMALE, include_str!("lexicon/female_names.txt")),
    ("men.txt", traits::MALE, include_str!("lexicon/men.txt")),
    ("women.txt", traits::FEMALE, include_str!("lexicon/women.txt")),
    ("kin.txt", traits::KIN, include_str!("lexicon/kin.txt")),
    ("answers.txt", traits::ANSWER, include_str!("lexicon/answers.txt")),
    ("outlets.txt", traits::OUTLET, include_str!("lexicon/outlets.txt")),
    ("impersonal.txt", traits::IMPERSONAL, include_str!("lexicon/impersonal.txt")),
    ("places.txt", traits::PLACE, include_str!("lexicon/places.txt")),
];

/// What went wrong with a folder of word lists.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LexiconError {
    /// A file or the folder cannot be read.
    #[error("{path}: cannot read the word list", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The folder holds none of the known lists.
    #[error("{path}: no word list here; expected one or more of {known}", path = path.display(), known = known_names())]
    Empty {
        /// The folder.
        path: PathBuf,
    },
    /// An entry has white space inside.
    #[error("{path}:{line}: {entry:?} is more than one word; expected one word a line", path = path.display())]
    Entry {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What stands there.
        entry: String,
    },
}

fn known_names() -> String {
    LISTS.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(", ")
}

/// All word lists as one table.
#[derive(Debug, Clone)]
pub struct Lexicon {
    words: FxHashMap<u32, u32>,
}

impl Lexicon {
    /// The lists that come with the program.
    #[must_use]
    pub fn builtin() -> Self {
        let mut lexicon = Self { words: FxHashMap::default() };
        for (_, bit, list) in LISTS {
            entries(list).for_each(|(_, entry)| lexicon.add(entry, bit));
        }
        lexicon
    }

    /// The lists of `folder`, each in place of the built-in one of the same name; lists that are not there stay.
    ///
    /// # Errors
    /// Where the folder holds none of the lists, a file cannot be read, or an entry is more than one word.
    pub fn from_folder(folder: &Path) -> Result<Self, LexiconError> {
        let mut lexicon = Self { words: FxHashMap::default() };
        let mut n_found = 0;
        fs::read_dir(folder).map_err(|source| LexiconError::Io { path: folder.into(), source })?;
        for (name, bit, list) in LISTS {
            let path = folder.join(name);
            let own = match fs::read_to_string(&path) {
                Ok(own) => own,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    entries(list).for_each(|(_, entry)| lexicon.add(entry, bit));
                    continue;
                }
                Err(source) => return Err(LexiconError::Io { path, source }),
            };
            n_found += 1;
            for (line, entry) in entries(&own) {
                if entry.contains(char::is_whitespace) {
                    return Err(LexiconError::Entry { path, line, entry: entry.to_owned() });
                }
                lexicon.add(entry, bit);
            }
        }
        if n_found == 0 {
            return Err(LexiconError::Empty { path: folder.into() });
        }
        Ok(lexicon)
    }

    fn add(&mut self, entry: &str, bit: u32) {
        *self.words.entry(key(entry)).or_insert(0) |= bit;
    }

    /// The traits of a word as written, a final full stop aside.
    #[cfg(test)]
    fn of(&self, word: &str) -> u32 {
        self.words.get(&key(word.trim_end_matches('.'))).copied().unwrap_or(0)
    }

    /// Every key with its traits.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.words.iter().map(|(&key, &bits)| (key, bits))
    }
}

/// How lines begin that stand between the paragraphs of an article.
const BOILERPLATE: &str = include_str!("lexicon/boilerplate.txt");

/// Whether a line of text is put there by the page: "READ MORE: …".
pub(super) fn is_boilerplate(line: &str) -> bool {
    let starts_with = |opening: &str| {
        line.get(..opening.len()).is_some_and(|start| start.eq_ignore_ascii_case(opening))
            && !line[opening.len()..].starts_with(|c: char| c.is_alphanumeric())
    };
    entries(BOILERPLATE).any(|(_, opening)| starts_with(opening))
}

/// Line number and text of each entry.
fn entries(file: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = file.lines().enumerate().map(|(n, line)| (n + 1, line.trim()));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// A word's number: a hash of its lower-case form, in which a curly apostrophe is a straight one.
pub(super) fn key(word: &str) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut step = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    if word.is_ascii() {
        word.bytes().for_each(|byte| step(byte.to_ascii_lowercase()));
    } else {
        for c in word.chars() {
            if c == '’' {
                step(b'\'');
                continue;
            }
            for lower in c.to_lowercase() {
                lower.encode_utf8(&mut [0; 4]).bytes().for_each(&mut step);
            }
        }
    }
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_apostrophes_do_not_matter() {
        assert_eq!(key("Don’t"), key("don't"));
        assert_eq!(key("ÉTAT"), key("état"));
        assert_ne!(key("said"), key("says"));
    }

    #[test]
    fn a_word_has_the_traits_of_all_its_lists() {
        let lexicon = Lexicon::builtin();
        assert_eq!(lexicon.of("Said"), traits::CUE);
        assert_ne!(lexicon.of("Sen.") & traits::ROLE, 0);
        assert_ne!(lexicon.of("her") & traits::DETERMINER & !traits::PRONOUN, 0);
    }

    #[test]
    fn a_folder_replaces_the_lists_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Lexicon::from_folder(folder.path()), Err(LexiconError::Empty { .. })));
        fs::write(folder.path().join("cues.txt"), "# mine\nquoth\n").unwrap();
        let lexicon = Lexicon::from_folder(folder.path()).unwrap();
        assert_eq!(lexicon.of("quoth"), traits::CUE);
        assert_eq!(lexicon.of("said"), 0);
        assert_ne!(lexicon.of("the"), 0);
        fs::write(folder.path().join("cues.txt"), "quoth he\n").unwrap();
        let error = Lexicon::from_folder(folder.path()).unwrap_err();
        assert!(
            error.to_string().ends_with("cues.txt:1: \"quoth he\" is more than one word; expected one word a line")
        );
    }
}
