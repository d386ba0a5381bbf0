//! The word lists behind the rules: data files, built into the program and replaceable by a folder of one's own.
//!
//! A file holds one entry a line; lines that open with `#` explain it.

use std::collections::HashSet;

/// All word lists.
#[derive(Debug, Clone)]
pub(super) struct Lexicon {
    cues: HashSet<String>,
    abbreviations: HashSet<String>,
    groups: HashSet<String>,
    organizations: HashSet<String>,
    roles: HashSet<String>,
}

impl Lexicon {
    /// The lists that come with the program.
    pub fn builtin() -> Self {
        Self {
            cues: entries(include_str!("lexicon/cues.txt")),
            abbreviations: entries(include_str!("lexicon/abbreviations.txt")),
            groups: entries(include_str!("lexicon/groups.txt")),
            organizations: entries(include_str!("lexicon/organizations.txt")),
            roles: entries(include_str!("lexicon/roles.txt")),
        }
    }

    /// Whether a lower-case word form is a speech verb.
    pub fn is_cue(&self, word: &str) -> bool {
        self.cues.contains(word)
    }

    /// Whether the word, written without its final full stop, is an abbreviation; in any case.
    pub fn is_abbreviation(&self, word: &str) -> bool {
        word.len() <= 6 && self.abbreviations.contains(&word.to_lowercase())
    }

    /// Whether a lower-case plural noun stands for unnamed people.
    pub fn is_group(&self, word: &str) -> bool {
        self.groups.contains(word)
    }

    /// Whether a lower-case word marks a name as that of a body.
    pub fn is_organization(&self, word: &str) -> bool {
        self.organizations.contains(word)
    }

    /// Whether a lower-case word is a title or role; a final full stop does not matter.
    pub fn is_role(&self, word: &str) -> bool {
        self.roles.contains(word.trim_end_matches('.'))
    }
}

fn entries(file: &str) -> HashSet<String> {
    file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}
