//! Which rows are one unit: those that no figure may treat as if they knew nothing of each other.
//!
//! Rows with the same text or nearly the same, and rows that are equal in a group column (a document, an author), are
//! one unit; what is connected by such pairs is one, too. Every measurement splits units between training and testing,
//! never rows, and resamples units for its intervals and tests; [`Joined`] says how many there are, and why.
//!
//! ```
//! use onrecord::labeled::Row;
//! use onrecord::units::{Joined, Joining};
//!
//! let row = |text: &str| Row { text: text.into(), ..Row::default() };
//! let rows = [row("Send the troops home now."), row("RT @ana: Send the troops home now"), row("Stay out of it.")];
//! let joined = Joined::new(&rows, &Joining::default())?;
//! assert_eq!(joined.units(), [0, 0, 2]);
//! assert_eq!((joined.report().units, joined.report().copies), (2, 1));
//! # Ok::<(), onrecord::units::UnitError>(())
//! ```
//!
//! No text is changed and no row left out here.

mod division;
pub(crate) mod near;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::labeled::Row;
use near::{Forest, Sketches};

pub use division::{Division, LeftOut};
pub use near::SIMILAR;

/// What makes rows one unit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Joining {
    /// Columns in which rows of one unit are equal; none: `group` and `article`, as far as rows have them. An empty list:
    /// no column.
    pub columns: Option<Vec<String>>,
    /// Whether copies and near-copies may stand on both sides of a split, each counted for itself. Figures are then too
    /// good, and their intervals too narrow.
    pub allow_copies: bool,
}

impl Joining {
    /// The same for these rows, and rows of equal `column` joined, too.
    #[must_use]
    pub fn and(&self, rows: &[Row], column: &str) -> Self {
        let mut columns = self.columns_of(rows);
        if !columns.iter().any(|other| other == column) {
            columns.push(column.to_owned());
        }
        Self { columns: Some(columns), ..self.clone() }
    }

    /// The columns named, or the usual ones that rows have.
    #[must_use]
    pub fn columns_of(&self, rows: &[Row]) -> Vec<String> {
        match &self.columns {
            Some(columns) => columns.clone(),
            None => USUAL.into_iter().filter(|column| has_values(rows, column)).map(str::to_owned).collect(),
        }
    }
}

/// Columns that join rows where none are named.
const USUAL: [&str; 2] = ["group", "article"];
/// A unit with more than this share of all rows is worth a word.
const LARGE: f64 = 0.2;
/// Ties of the largest unit that are tried to find what holds it together.
const MOST_TIES: usize = 24;
/// Characters of a text that are shown.
const SHOWN: usize = 60;

/// Rows that cannot be joined or divided as was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnitError {
    /// A column that no row has.
    #[error("no row has a value in the column {column:?}; columns are named as in the file")]
    NoColumn {
        /// As given.
        column: String,
    },
    /// Fewer units than folds.
    #[error("{n_rows} rows make {} where {n_folds} folds need as many: {why}", units_text(*n_units))]
    TooFew {
        /// Rows.
        n_rows: usize,
        /// Units that they are.
        n_units: usize,
        /// Folds that were asked for.
        n_folds: usize,
        /// What joins them.
        why: String,
    },
    /// Labels that keep to one unit each.
    #[error("{n_rows} rows make {}, and no two labels have rows in more than one: {why}", units_text(*n_units))]
    NothingToMeasure {
        /// Rows.
        n_rows: usize,
        /// Units that they are.
        n_units: usize,
        /// What joins them.
        why: String,
    },
    /// Folds that cannot be made for another reason.
    #[error(transparent)]
    Learn(#[from] crate::learn::LearnError),
}

/// The unit of each row.
#[derive(Debug, Clone, PartialEq)]
pub struct Joined {
    units: Vec<usize>,
    report: UnitReport,
}

/// How many units there are, and what makes them.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[non_exhaustive]
pub struct UnitReport {
    /// Rows.
    pub rows: usize,
    /// Units that they are.
    pub units: usize,
    /// Rows with the same text as an earlier one, or nearly the same.
    pub copies: usize,
    /// Whether such rows were left apart on purpose.
    pub copies_allowed: bool,
    /// Columns that join rows: how many rows have the value of an earlier one.
    pub columns: BTreeMap<String, usize>,
    /// The largest unit, where it holds a large part of the rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub largest: Option<LargeUnit>,
}

/// A unit with a large part of the rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LargeUnit {
    /// Its rows.
    pub rows: usize,
    /// What ties most of it together: a column, or `text` for copies of a text.
    pub column: String,
    /// The value in it, or the text.
    pub value: String,
    /// Rows with that value.
    pub rows_of_value: usize,
    /// Rows of the largest unit that would be left of it without that value.
    pub rows_without: usize,
}

impl Joined {
    /// Joins rows.
    ///
    /// # Errors
    /// [`UnitError::NoColumn`] for a column that was named and that no row has.
    pub fn new(rows: &[Row], joining: &Joining) -> Result<Self, UnitError> {
        let columns = joining.columns_of(rows);
        if let Some(column) = columns.iter().find(|column| !has_values(rows, column)) {
            return Err(UnitError::NoColumn { column: column.clone() });
        }
        let copies: Vec<usize> = if joining.allow_copies {
            (0..rows.len()).collect()
        } else {
            let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
            Sketches::new(&texts).groups().roots()
        };
        // All that ties rows together: sets of rows, each with what they share.
        let mut ties: Vec<Tie> = Vec::new();
        let sets = |of: &dyn Fn(usize) -> Option<String>| {
            let mut sets: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for row in 0..rows.len() {
                if let Some(value) = of(row) {
                    sets.entry(value).or_default().push(row);
                }
            }
            sets.into_iter().filter(|(_, rows)| rows.len() > 1)
        };
        let mut by_column = BTreeMap::new();
        for column in &columns {
            let mut n_joined = 0;
            for (value, rows) in sets(&|row| Some(rows[row].value(column)).filter(|value| !value.is_empty())) {
                n_joined += rows.len() - 1;
                ties.push(Tie { column: Some(column.clone()), value, rows });
            }
            by_column.insert(column.clone(), n_joined);
        }
        let mut texts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        copies.iter().enumerate().for_each(|(row, &first)| texts.entry(first).or_default().push(row));
        let n_texts = texts.len();
        for (first, members) in texts.into_iter().filter(|(_, members)| members.len() > 1) {
            ties.push(Tie { column: None, value: beginning(&rows[first].text), rows: members });
        }
        let units = connected(rows.len(), &ties, None);
        let mut distinct = units.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let report = UnitReport {
            rows: rows.len(),
            units: distinct.len(),
            copies: rows.len() - n_texts,
            copies_allowed: joining.allow_copies,
            columns: by_column,
            largest: largest(&units, &ties),
        };
        Ok(Self { units, report })
    }

    /// The unit of each row, as the number of its first row.
    #[must_use]
    pub fn units(&self) -> &[usize] {
        &self.units
    }

    /// How many there are, and why.
    #[must_use]
    pub const fn report(&self) -> &UnitReport {
        &self.report
    }
}

impl UnitReport {
    /// What is drawn for intervals, in a word or a few: `row`, or what joins rows.
    #[must_use]
    pub fn unit(&self) -> String {
        let columns: Vec<&str> = self.columns.keys().map(String::as_str).collect();
        match columns.as_slice() {
            [] if self.units == self.rows => "row".into(),
            [] => "text".into(),
            columns => columns.join(" + "),
        }
    }

    /// What is resampled, in words.
    #[must_use]
    pub fn drawn(&self) -> String {
        match self.unit().as_str() {
            "row" => "rows".into(),
            "text" => "units of rows with nearly the same text".into(),
            columns => format!("groups of equal {columns}"),
        }
    }

    /// How many units there are and why, in one sentence; none where every row is one and nothing was switched off.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        (self.units < self.rows || self.copies_allowed).then(|| self.in_words())
    }

    /// How many units there are and why, in a sentence without its full stop.
    #[must_use]
    pub fn in_words(&self) -> String {
        let mut reasons = Vec::new();
        if self.copies > 0 {
            reasons.push(format!("{} with the text of another or nearly that text", rows_text(self.copies)));
        }
        for (column, n) in self.columns.iter().filter(|(_, n)| **n > 0) {
            reasons.push(format!("{} with the {column} of another", rows_text(*n)));
        }
        let allowed = if self.copies_allowed { "; copies of a text were allowed on both sides" } else { "" };
        let (rows, units) = (rows_text(self.rows), units_text(self.units));
        if reasons.is_empty() {
            return format!("{rows}, each a unit of its own{allowed}");
        }
        format!("{rows} in {units} that are kept together and drawn whole: {}{allowed}", reasons.join(", "))
    }

    /// What a reader must know before believing figures made with these units.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.copies_allowed {
            warnings.push(
                "rows with the same text may stand on both sides of a split: figures can be far too good, and intervals \
                 too narrow"
                    .into(),
            );
        }
        if let Some(large) = &self.largest {
            warnings.push(format!("{}: {}", self.share_in_words(large), large.in_words()));
        }
        warnings
    }

    fn share_in_words(&self, large: &LargeUnit) -> String {
        let share = 100.0 * large.rows as f64 / self.rows as f64;
        format!("{} of {} rows ({share:.0} %) are one unit, on one side of every split", large.rows, self.rows)
    }

    /// Why there are so few units.
    fn why(&self) -> String {
        let column =
            |(column, n): (&String, &usize)| format!("the column {column:?} puts them in {} groups", self.rows - n);
        let mut reasons: Vec<String> = self.columns.iter().map(column).collect();
        if self.copies > 0 || reasons.is_empty() {
            reasons.push(format!("there are {} different texts", self.rows - self.copies));
        }
        reasons.extend(self.largest.as_ref().map(LargeUnit::in_words));
        reasons.join("; ")
    }
}

impl LargeUnit {
    /// What holds it together, and what would help.
    #[must_use]
    pub fn in_words(&self) -> String {
        let Self { column, value, rows_of_value, rows_without, .. } = self;
        let tie = match column.as_str() {
            TEXT => format!("{rows_of_value} rows have nearly the text {value:?}"),
            column => format!("{rows_of_value} rows have the {column} {value:?}"),
        };
        let remedy = match column.as_str() {
            TEXT => "take that text out, or shorten it to what differs".to_owned(),
            column => {
                format!("if that value names no one thing, leave it empty, or join by another column than {column}")
            }
        };
        format!("{tie}; without it the largest unit would have {rows_without} rows; {remedy}")
    }
}

/// Named as the column of a tie by text.
const TEXT: &str = "text";

/// Rows that have something in common.
struct Tie {
    /// None for a text.
    column: Option<String>,
    value: String,
    rows: Vec<usize>,
}

fn has_values(rows: &[Row], column: &str) -> bool {
    rows.iter().any(|row| !row.value(column).is_empty())
}

fn rows_text(n: usize) -> String {
    if n == 1 { "1 row".to_owned() } else { format!("{n} rows") }
}

fn units_text(n: usize) -> String {
    if n == 1 { "1 unit".to_owned() } else { format!("{n} units") }
}

fn beginning(text: &str) -> String {
    let short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() { format!("{short}...") } else { short }
}

/// The unit of each row, where the tie at the place `without` does not count.
fn connected(n_rows: usize, ties: &[Tie], without: Option<usize>) -> Vec<usize> {
    let mut forest = Forest::new(n_rows);
    for (_, tie) in ties.iter().enumerate().filter(|(place, _)| Some(*place) != without) {
        tie.rows[1..].iter().for_each(|&row| forest.join(tie.rows[0], row));
    }
    forest.roots()
}

/// Size and name of the largest unit.
fn largest_of(units: &[usize]) -> (usize, usize) {
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    units.iter().for_each(|&unit| *sizes.entry(unit).or_default() += 1);
    sizes
        .into_iter()
        .map(|(unit, size)| (size, unit))
        .max_by_key(|&(size, unit)| (size, std::cmp::Reverse(unit)))
        .unwrap_or_default()
}

/// The largest unit, where it is too large, and of its ties the one without which it would be smallest.
fn largest(units: &[usize], ties: &[Tie]) -> Option<LargeUnit> {
    let (size, unit) = largest_of(units);
    if size < 2 || size as f64 <= LARGE * units.len() as f64 {
        return None;
    }
    let mut own: Vec<usize> = (0..ties.len()).filter(|&tie| units[ties[tie].rows[0]] == unit).collect();
    own.sort_by_key(|&tie| (std::cmp::Reverse(ties[tie].rows.len()), tie));
    own.truncate(MOST_TIES);
    let left = |&tie: &usize| {
        let parts = connected(units.len(), ties, Some(tie));
        let own: Vec<usize> = (0..units.len()).filter(|&row| units[row] == unit).map(|row| parts[row]).collect();
        (largest_of(&own).0, tie)
    };
    let (rows_without, tie) = own.iter().map(left).min()?;
    let Tie { column, value, rows } = &ties[tie];
    Some(LargeUnit {
        rows: size,
        column: column.clone().unwrap_or_else(|| TEXT.into()),
        value: beginning(value),
        rows_of_value: rows.len(),
        rows_without,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str, group: &str, author: &str) -> Row {
        let fields = serde_json::json!({"author": author}).as_object().cloned().unwrap_or_default();
        let group = Some(group.to_owned()).filter(|group| !group.is_empty());
        Row { text: text.into(), group, fields, ..Row::default() }
    }

    #[test]
    fn any_column_and_any_copy_joins() {
        let rows = [
            row("alpha beta gamma delta", "a", "x"),
            row("one two three four", "b", "y"),
            row("one two three four", "", "z"),
            row("red green blue black", "", "x"),
            row("up down left right", "", ""),
        ];
        let columns = |names: &[&str]| Joining {
            columns: Some(names.iter().map(|&name| name.into()).collect()),
            allow_copies: false,
        };
        assert_eq!(Joined::new(&rows, &Joining::default()).unwrap().units(), [0, 1, 1, 3, 4]);
        assert_eq!(Joined::new(&rows, &columns(&["group", "author"])).unwrap().units(), [0, 1, 1, 0, 4]);
        let allowed = Joining { allow_copies: true, ..columns(&[]) };
        let joined = Joined::new(&rows, &allowed).unwrap();
        assert_eq!(joined.units(), [0, 1, 2, 3, 4]);
        assert!(joined.report().in_words().ends_with("copies of a text were allowed on both sides"));
        assert_eq!(
            Joined::new(&rows, &columns(&["colour"])).unwrap_err().to_string(),
            "no row has a value in the column \"colour\"; columns are named as in the file"
        );
    }

    #[test]
    fn what_eats_the_data_is_named_with_its_column_and_value() {
        // Every outlet has its own articles, but for a headline that all have.
        let rows: Vec<Row> = (0..60)
            .map(|n| {
                let headline = if n % 6 == 0 { "Live blog".to_owned() } else { format!("headline {}", n / 2) };
                let text = format!("w{n} x{} y{} z{}", n * 3, n * 5, n * 7);
                row(&text, &format!("outlet {}", n / 6), &headline)
            })
            .collect();
        let joining = Joining { columns: Some(vec!["group".into(), "author".into()]), allow_copies: false };
        let joined = Joined::new(&rows, &joining).unwrap();
        let large = joined.report().largest.as_ref().unwrap();
        assert_eq!((joined.report().units, large.rows), (1, 60));
        assert_eq!((large.column.as_str(), large.value.as_str(), large.rows_of_value), ("author", "Live blog", 10));
        assert_eq!(large.rows_without, 6);
        assert!(joined.report().warnings()[0].contains("have the author \"Live blog\""), "{:?}", joined.report());
    }
}
