//! Why a source was taken for a speaker's.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a statement's speaker was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Link {
    /// The source gives the name.
    Name,
    /// It gives the family name of somebody named in full.
    FamilyName,
    /// It gives the given name of somebody named in full.
    GivenName,
    /// It gives the first letters of a body's name, or the short form that stands in brackets behind it.
    Initials,
    /// It gives another name that the text says is theirs.
    OtherName,
    /// It names a post or noun that the text gives to them.
    Post,
    /// It is a wider word for a post that the text gives to them: "lawmaker" for a senator.
    WiderPost,
    /// It describes whoever was heard last.
    LastHeard,
    /// It describes whom the paragraph is about.
    Subject,
    /// It describes somebody whom the next lines name with the same post.
    Announced,
    /// It names a statement, letter or report that they made.
    Medium,
    /// The same words stood for them before.
    SameWords,
    /// A pronoun for whoever was heard last or was the subject.
    Pronoun,
    /// "Q" or "A" of an interview whose two people are named before it.
    Letter,
    /// Nobody else could be told: the description stands for itself.
    Own,
}

impl Link {
    /// The word for it in every output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::FamilyName => "family-name",
            Self::GivenName => "given-name",
            Self::Initials => "initials",
            Self::OtherName => "other-name",
            Self::Post => "post",
            Self::WiderPost => "wider-post",
            Self::LastHeard => "last-heard",
            Self::Subject => "subject",
            Self::Announced => "announced",
            Self::Medium => "medium",
            Self::SameWords => "same-words",
            Self::Pronoun => "pronoun",
            Self::Letter => "letter",
            Self::Own => "own",
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "named by the source",
            Self::FamilyName => "a family name of somebody named in full",
            Self::GivenName => "a given name of somebody named in full",
            Self::Initials => "a short form of the name",
            Self::OtherName => "another name that the text says is theirs",
            Self::Post => "a post that the text gives them",
            Self::WiderPost => "a wider word for a post that the text gives them",
            Self::LastHeard => "a description of whoever was heard last",
            Self::Subject => "a description of whom the paragraph is about",
            Self::Announced => "a description of somebody whom the next lines name with the same post",
            Self::Medium => "a statement, letter or report of theirs",
            Self::SameWords => "the same words as before",
            Self::Pronoun => "a pronoun for whoever was heard last or was the subject",
            Self::Letter => "a letter for one of two people named before",
            Self::Own => "a description that could not be tied to a name",
        })
    }
}
