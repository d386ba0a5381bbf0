//! One person across articles: which of the names that articles use are the same speaker's, and why.
//!
//! Within an article attribution has brought a speaker's names together; here the names of different articles are.
//! The rules, in this order, each leaving its [`AliasReason`]:
//!
//! 1. what the user says: an alias file, `merge`, `split` ([`Overrides`]);
//! 2. the same full name, unless the roles are of different fields of life ("senator", "fisherman"): then two people;
//! 3. a full name in a fuller form: middle names, a second family name, initials, short given names;
//! 4. a family name alone, where one full name has it, or the role tells which, or nearly all statements are one's;
//! 5. bodies whose names have the same words in another order, or are another's initials.
//!
//! Where several people could be meant, names stay apart: two rows too many can be put right by an alias, one row that
//! mixes two people misleads. Descriptions ("one official") are no names and are never brought together.

mod alias;
mod name;
mod resolve;
mod role;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use alias::{AliasError, Overrides};
pub(super) use resolve::{Form, Person, resolve};

use crate::attribution::SpeakerType;

/// Whether the words with which an article names a speaker are a name, and no description.
pub(super) fn is_name(written: &str, kind: SpeakerType) -> bool {
    name::name(written, kind).is_some()
}

/// Why a name was taken for a speaker's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AliasReason {
    /// It is the name by which the speaker goes here.
    Itself,
    /// The same name but for titles, case and accents, and no role that speaks against it.
    SameName,
    /// The same person's name with more or fewer parts.
    FullerName,
    /// An initial for a given name, and only one full name that fits.
    Initial,
    /// A short form of the given name, and only one full name that fits.
    ShortGivenName,
    /// A family name, and only one full name has it.
    OnlyBearer,
    /// A family name that several have, and a role that only one of them has.
    FamilyNameAndRole,
    /// A family name that several have, one of whom makes nearly all statements.
    FamilyNameOfTheMostQuoted,
    /// A body's name with its words in another order.
    SameBody,
    /// The initials of a body's name.
    Acronym,
    /// The alias file says so.
    AliasFile,
    /// A merge that was asked for.
    Merged,
}

impl fmt::Display for AliasReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Itself => "the name used here",
            Self::SameName => "the same name, and no role that speaks against it",
            Self::FullerName => "the same name with more or fewer parts",
            Self::Initial => "an initial for the given name; only one full name fits",
            Self::ShortGivenName => "a short form of the given name; only one full name fits",
            Self::OnlyBearer => "a family name that only one full name has",
            Self::FamilyNameAndRole => "a family name that several have, and a role that one of them has",
            Self::FamilyNameOfTheMostQuoted => "a family name that several have, one of them quoted far more often",
            Self::SameBody => "a body's name in another order of words",
            Self::Acronym => "the initials of the name",
            Self::AliasFile => "the alias file says so",
            Self::Merged => "merged by --merge",
        })
    }
}

/// A name under which a speaker appears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Alias {
    /// The name as an article gives it, fullest form in that article.
    pub name: String,
    /// With what role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// With what affiliation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affiliation: Option<String>,
    /// Statements under this name and role.
    pub statements: usize,
    /// Why it is taken for this speaker.
    pub reason: AliasReason,
}
