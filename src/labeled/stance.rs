//! The four stances, and the words that data sets have for them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// The name of the stance task.
pub const STANCE: &str = "stance";

/// Where a statement stands toward a target. A model's labels are those of its data, so a label is text; this is what it
/// means.
///
/// ```
/// use onrecord::Stance;
/// assert_eq!("against".parse(), Ok(Stance::Against));
/// assert_eq!(Stance::Against.to_string(), "against");
/// assert_eq!(Stance::meant_by("In_Favour"), Some(Stance::Favor));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum Stance {
    /// Supports the target.
    Favor,
    /// Rejects it.
    Against,
    /// Is about it and takes no side.
    Neutral,
    /// Is about something else.
    Unrelated,
}

/// A label that is no stance.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{label:?} is no stance: favor, against, neutral or unrelated")]
pub struct UnknownStance {
    /// The label.
    pub label: String,
}

impl Stance {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Favor, Self::Against, Self::Neutral, Self::Unrelated];

    /// Those that take a side.
    pub const SIDES: [Self; 2] = [Self::Favor, Self::Against];

    /// Those that are about the target.
    pub const RELATED: [Self; 3] = [Self::Favor, Self::Against, Self::Neutral];

    /// The label for it, in every file and every output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Favor => "favor",
            Self::Against => "against",
            Self::Neutral => "neutral",
            Self::Unrelated => "unrelated",
        }
    }

    /// The stance of this name; none for any other label.
    #[must_use]
    pub fn named(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stance| stance.name() == label)
    }

    /// The stance that a label means in many data sets, whatever its case and whether its words are joined by spaces, `_`
    /// or `-`.
    #[must_use]
    pub fn meant_by(label: &str) -> Option<Self> {
        static FORMS: OnceLock<BTreeMap<&'static str, Stance>> = OnceLock::new();
        let forms = FORMS.get_or_init(|| {
            include_str!("stance_labels.tsv")
                .lines()
                .filter(|line| !line.starts_with('#'))
                .filter_map(|line| line.split_once('\t'))
                .filter_map(|(form, name)| Some((form, Self::named(name)?)))
                .collect()
        });
        let folded = label.to_lowercase();
        let words: Vec<&str> = folded.split([' ', '_', '-']).filter(|word| !word.is_empty()).collect();
        forms.get(words.join(" ").as_str()).copied()
    }

    /// Its place among a model's labels.
    #[must_use]
    pub fn position(self, labels: &[String]) -> Option<usize> {
        labels.iter().position(|label| label == self.name())
    }
}

impl fmt::Display for Stance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Stance {
    type Err = UnknownStance;

    fn from_str(label: &str) -> Result<Self, UnknownStance> {
        Self::named(label).ok_or_else(|| UnknownStance { label: label.to_owned() })
    }
}

impl From<Stance> for &'static str {
    fn from(stance: Stance) -> Self {
        stance.name()
    }
}

impl TryFrom<String> for Stance {
    type Error = UnknownStance;

    fn try_from(label: String) -> Result<Self, UnknownStance> {
        label.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_only_known_stances() {
        let table = include_str!("stance_labels.tsv");
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let (form, stance) = line.split_once('\t').unwrap();
            let stance: Stance = stance.parse().unwrap();
            assert_eq!(Stance::meant_by(&form.to_uppercase()), Some(stance));
        }
        assert_eq!(Stance::meant_by("sideways"), None);
    }

    #[test]
    fn files_have_the_names() {
        for stance in Stance::ALL {
            let json = serde_json::to_string(&stance).unwrap();
            assert_eq!(json, format!("{:?}", stance.name()));
            assert_eq!(serde_json::from_str::<Stance>(&json).unwrap(), stance);
        }
        assert!(serde_json::from_str::<Stance>("\"Favor\"").is_err());
    }
}
