//! Roles: whether two can be one person's, and which of several to show.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::name::{fold, lines};

struct Fields {
    of: BTreeMap<&'static str, (&'static str, bool)>,
    joined: BTreeSet<(&'static str, &'static str)>,
}

static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let mut fields = Fields { of: BTreeMap::new(), joined: BTreeSet::new() };
    for line in lines(include_str!("../lexicon/fields.tsv")) {
        let mut cells = line.split('\t');
        let (Some(word), Some(field)) = (cells.next(), cells.next()) else { continue };
        if let Some(other) = word.strip_prefix('=') {
            fields.joined.insert((other, field));
            fields.joined.insert((field, other));
        } else {
            fields.of.insert(word, (field, cells.next() == Some("bound")));
        }
    }
    fields
});

/// Role words that belong to no field of their own.
static OTHER_ROLES: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| lines(include_str!("../lexicon/roles.txt")).collect());

/// Words of a post that are no names, though titles write them with a capital.
static PORTFOLIOS: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| lines(include_str!("../lexicon/portfolios.txt")).collect());

/// What is known of a speaker's role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Role {
    fields: BTreeSet<&'static str>,
    /// Role words that bind to one place.
    bound: BTreeSet<String>,
    /// Names in the role: where, or of what.
    names: BTreeSet<String>,
    /// The role words themselves.
    heads: BTreeSet<String>,
    /// Whose body it is: "Velmora’s".
    owners: BTreeSet<String>,
    /// "Former" roles say nothing about what somebody is now.
    is_former: bool,
}

impl Role {
    /// From role and affiliation as written, and what stood in front of the name.
    pub(super) fn new(role: Option<&str>, affiliation: Option<&str>, lead: &str) -> Self {
        let mut found = Self::default();
        if lead.ends_with("'s") || lead.ends_with(['’', '\'']) || lead.ends_with("’s") {
            found.owners.insert(fold(lead.trim_end_matches(['’', '\''])));
        }
        for word in role.into_iter().chain(affiliation).chain([lead]).flat_map(str::split_whitespace).take(40) {
            let folded = fold(word);
            found.is_former |= matches!(folded.as_str(), "former" | "ex" | "retired" | "then");
            // "The governor's brother" is no governor.
            let is_owner = word.ends_with("'s") || word.ends_with("’s");
            match FIELDS.of.get(folded.as_str()).filter(|_| !is_owner) {
                Some((field, is_bound)) => {
                    found.fields.insert(field);
                    found.heads.insert(folded.clone());
                    if *is_bound {
                        found.bound.insert(folded);
                    }
                }
                None if is_owner && FIELDS.of.contains_key(folded.as_str()) => {}
                None if word.chars().next().is_some_and(char::is_uppercase)
                    && folded.len() > 2
                    && !PORTFOLIOS.contains(folded.as_str()) =>
                {
                    found.names.insert(folded);
                }
                None => {}
            }
        }
        found
    }

    /// The role words.
    pub(super) fn heads(&self) -> impl Iterator<Item = &String> {
        self.heads.iter()
    }

    /// Whether nothing is known.
    pub(super) fn is_blank(&self) -> bool {
        self.fields.is_empty()
    }

    /// Whether one person can hardly have both roles.
    pub(super) fn conflicts(&self, other: &Self) -> bool {
        let is_apart = |a: &BTreeSet<String>, b: &BTreeSet<String>| !a.is_empty() && !b.is_empty() && a.is_disjoint(b);
        if is_apart(&self.owners, &other.owners) {
            return true;
        }
        if self.is_former || other.is_former || self.is_blank() || other.is_blank() {
            return false;
        }
        let goes_with = |a: &&'static str| other.fields.iter().any(|b| a == b || FIELDS.joined.contains(&(*a, *b)));
        if !self.fields.iter().any(goes_with) {
            return true;
        }
        // The mayor of one town is not the mayor of another.
        !self.bound.is_disjoint(&other.bound) && is_apart(&self.names, &other.names)
    }

    /// Whether both are known and have nothing in common: too little to take a bare family name for a full one.
    pub(super) fn is_elsewhere(&self, other: &Self) -> bool {
        !self.is_former && !other.is_former && !self.is_blank() && !other.is_blank() && self.agreement(other) == 0
    }

    /// How well two roles that do not conflict agree: 2 where they share a role word, 1 where they share a field.
    pub(super) fn agreement(&self, other: &Self) -> u8 {
        match (self.heads.is_disjoint(&other.heads), self.fields.is_disjoint(&other.fields)) {
            (false, _) => 2,
            (true, false) => 1,
            (true, true) => 0,
        }
    }

    /// What is known of both together.
    pub(super) fn join(&mut self, other: &Self) {
        self.fields.extend(&other.fields);
        self.bound.extend(other.bound.iter().cloned());
        self.heads.extend(other.heads.iter().cloned());
        self.owners.extend(other.owners.iter().cloned());
        self.names.extend(other.names.iter().cloned());
        self.is_former &= other.is_former;
    }
}

/// What somebody is only in relation to another whom the words leave out.
const RELATIVE: [&str; 7] = ["rival", "opponent", "challenger", "predecessor", "successor", "counterpart", "guest"];

/// Whether a role as written is one, and not a form of address or a stretch of the sentence before the name.
pub(super) fn is_telling(role: &str) -> bool {
    let words: Vec<String> = role.split_whitespace().map(fold).collect();
    let is_address = |word: &String| matches!(word.as_str(), "mr" | "mrs" | "ms" | "dr" | "miss" | "the" | "sir" | "");
    let is_known = |word: &String| {
        FIELDS.of.contains_key(word.as_str())
            || (super::name::is_title(word) && !matches!(word.as_str(), "former" | "retired" | "acting"))
            || OTHER_ROLES.contains(word.as_str())
    };
    let is_loose = |word: &String| matches!(word.as_str(), "of" | "in" | "for" | "what" | "to" | "that" | "including");
    // "speaking to a veterans group", "11 widow", "her opponent".
    let opens_clause = words.first().is_some_and(|first| {
        first.len() > 4 && first.ends_with("ing") && !is_known(first) && !matches!(first.as_str(), "acting" | "leading")
    });
    let is_cut = role.starts_with(|c: char| c.is_ascii_digit());
    let is_relative = words.last().is_some_and(|last| RELATIVE.contains(&last.as_str()));
    words.iter().any(|word| is_known(word) && !is_address(word))
        && !(opens_clause || is_cut || is_relative)
        && words.len() <= 10
        && !words.last().is_some_and(is_loose)
        && !words.first().is_some_and(is_loose)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conflict(a: &str, b: &str) -> bool {
        Role::new(Some(a), None, "").conflicts(&Role::new(Some(b), None, ""))
    }

    #[test]
    fn fields_of_life_tell_people_apart() {
        assert!(conflict("Senator", "fisherman"));
        assert!(conflict("a professor of history", "Mayor"));
        assert!(!conflict("Senator", "presidential candidate"));
        assert!(!conflict("Foreign Minister", "the island's harbour master"));
        assert!(!conflict("retired general", "baker"));
    }

    #[test]
    fn one_post_in_two_places_is_two_people() {
        assert!(conflict("mayor of Port Ash", "mayor of Kell"));
        assert!(!conflict("mayor of Port Ash", "mayor"));
        assert!(!conflict("Port Ash mayor", "mayor of Port Ash"));
        assert!(!conflict("Foreign Minister", "the foreign minister of Velmora"));
        assert!(conflict("foreign minister of Ishkar", "the foreign minister of Velmora"));
    }

    #[test]
    fn stretches_of_a_sentence_are_no_roles() {
        assert!(is_telling("Foreign Minister"));
        assert!(!is_telling("Mr."));
        assert!(!is_telling("the push for"));
        assert!(!is_telling("speaking to a minister of the islands"));
        assert!(!is_telling("her opponent"));
        assert!(is_telling("acting governor"));
    }
}
