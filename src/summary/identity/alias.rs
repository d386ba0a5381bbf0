//! What the user knows better: an alias file, merges and splits.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use thiserror::Error;

use super::AliasReason;
use super::name::folded;

/// Names that are one person's, or are not, because the user says so. Case, accents and dots do not count.
///
/// # Examples
/// ```
/// use onrecord::summary::Overrides;
///
/// let mut overrides = Overrides::default();
/// overrides.read_aliases("alias,name\nthe Iron Lady,Ilse Marn\n".as_bytes(), "aliases.csv")?;
/// overrides.merge("I. M.", "Ilse Marn")?;
/// overrides.split("Marn")?;
/// # Ok::<(), onrecord::summary::AliasError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Folded alias to the folded and the shown name, and who says so.
    names: BTreeMap<Vec<String>, (Vec<String>, String, AliasReason)>,
    split: BTreeSet<Vec<String>>,
}

/// Why aliases cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum AliasError {
    /// The file is no table with the two columns.
    #[error("{file}: expected a CSV file with the columns alias, name; found {found}")]
    Columns {
        /// The file's name.
        file: String,
        /// What the first row holds.
        found: String,
    },
    /// A row cannot be used.
    #[error("{file}:{line}: {problem}")]
    Row {
        /// The file's name.
        file: String,
        /// Line, from 1.
        line: u64,
        /// What is wrong.
        problem: String,
    },
    /// A name without a letter or digit.
    #[error("\"{0}\" holds no name")]
    NoName(String),
    /// One alias for two people.
    #[error("\"{alias}\" cannot be both \"{one}\" and \"{other}\"")]
    TwoNames {
        /// The alias.
        alias: String,
        /// One name it was given.
        one: String,
        /// The other.
        other: String,
    },
    /// Both merged and split.
    #[error("\"{0}\" is both merged and split")]
    MergedAndSplit(String),
}

impl Overrides {
    /// Reads an alias file: CSV with the columns `alias` and `name`.
    ///
    /// # Errors
    /// Where a row is no pair of names or contradicts another.
    pub fn read_aliases(&mut self, input: impl Read, file: &str) -> Result<(), AliasError> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(input);
        let row_error = |line, problem: String| AliasError::Row { file: file.into(), line, problem };
        let header = reader.headers().map_err(|error| row_error(1, error.to_string()))?.clone();
        let header: Vec<String> =
            header.iter().map(|name| name.trim_start_matches('\u{feff}').to_lowercase()).collect();
        let place = |name: &str| header.iter().position(|other| other == name);
        let (Some(alias), Some(name)) = (place("alias"), place("name")) else {
            let found = if header.iter().all(String::is_empty) { "nothing".into() } else { header.join(", ") };
            return Err(AliasError::Columns { file: file.into(), found });
        };
        for record in reader.records() {
            let record = record.map_err(|error| {
                row_error(error.position().map_or(0, csv::Position::line), "not two fields of text in UTF-8".into())
            })?;
            let line = record.position().map_or(0, csv::Position::line);
            let cell = |place| record.get(place).unwrap_or_default();
            self.add(cell(alias), cell(name), AliasReason::AliasFile)
                .map_err(|error| row_error(line, error.to_string()))?;
        }
        Ok(())
    }

    /// Counts everything under `alias` as `name`.
    ///
    /// # Errors
    /// Where one is no name or the alias is already another's.
    pub fn merge(&mut self, alias: &str, name: &str) -> Result<(), AliasError> {
        self.add(alias, name, AliasReason::Merged)
    }

    /// Keeps `name` as it is: no other name is merged with it, and with different roles it is different people.
    ///
    /// # Errors
    /// Where it is no name or is merged too.
    pub fn split(&mut self, name: &str) -> Result<(), AliasError> {
        let key = key(name)?;
        if self.names.contains_key(&key) {
            return Err(AliasError::MergedAndSplit(name.into()));
        }
        self.split.insert(key);
        Ok(())
    }

    fn add(&mut self, alias: &str, name: &str, reason: AliasReason) -> Result<(), AliasError> {
        let (alias_key, name_key) = (key(alias)?, key(name)?);
        if self.split.contains(&alias_key) {
            return Err(AliasError::MergedAndSplit(alias.into()));
        }
        let two = |one: &str| AliasError::TwoNames { alias: alias.into(), one: one.into(), other: name.into() };
        match self.names.get(&alias_key) {
            Some((other, shown, _)) if *other != name_key => Err(two(shown)),
            _ => {
                self.names.insert(alias_key, (name_key, name.trim().to_owned(), reason));
                Ok(())
            }
        }
    }

    /// The name that an alias stands for, to the end of the chain.
    pub(super) fn target(&self, alias: &[String]) -> Option<(&[String], &str, AliasReason)> {
        let (mut name, mut shown, reason) = self.names.get(alias).map(|(name, shown, r)| (name, shown, *r))?;
        // A chain is at most as long as the list; a circle ends there.
        for _ in 0..self.names.len() {
            match self.names.get(name) {
                Some((next, next_shown, _)) if next != name => (name, shown) = (next, next_shown),
                _ => break,
            }
        }
        Some((name, shown, reason))
    }

    pub(super) fn is_split(&self, name: &[String]) -> bool {
        self.split.contains(name)
    }

    /// Whether the words stand in any alias, so that a description with an alias becomes a name.
    pub(crate) fn knows(&self, written: &str) -> bool {
        !self.names.is_empty() && self.names.contains_key(&folded(written))
    }
}

fn key(name: &str) -> Result<Vec<String>, AliasError> {
    let key = folded(name);
    if key.is_empty() { Err(AliasError::NoName(name.trim().into())) } else { Ok(key) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Overrides, String> {
        let mut overrides = Overrides::default();
        overrides.read_aliases(text.as_bytes(), "a.csv").map_err(|error| error.to_string())?;
        Ok(overrides)
    }

    #[test]
    fn a_file_of_aliases_and_its_errors() {
        let overrides = read("name,alias\nIlse Marn, the Iron Lady\nIlse Marn,Marn\nAda Crane,Ilse Marn\n").unwrap();
        let target = overrides.target(&folded("Marn")).unwrap();
        assert_eq!((target.1, target.2), ("Ada Crane", AliasReason::AliasFile), "chains are followed");
        assert_eq!(
            read("x,y\n1,2\n").unwrap_err(),
            "a.csv: expected a CSV file with the columns alias, name; found x, y"
        );
        assert_eq!(read("").unwrap_err(), "a.csv: expected a CSV file with the columns alias, name; found nothing");
        assert_eq!(read("alias,name\nA,B\nA,C\n").unwrap_err(), "a.csv:3: \"A\" cannot be both \"B\" and \"C\"");
        assert_eq!(read("alias,name\nA,–\n").unwrap_err(), "a.csv:2: \"–\" holds no name");
        assert_eq!(read("alias,name\nA\n").unwrap_err(), "a.csv:2: not two fields of text in UTF-8");
    }

    #[test]
    fn circles_end_and_contradictions_are_errors() {
        let mut overrides = Overrides::default();
        overrides.merge("A", "B").unwrap();
        overrides.merge("B", "A").unwrap();
        assert!(overrides.target(&folded("A")).is_some());
        assert_eq!(overrides.split("a").unwrap_err(), AliasError::MergedAndSplit("a".into()));
    }
}
