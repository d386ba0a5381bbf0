//! Cross tables: how often two properties of statements come together.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::view::Dimension;
use crate::labeled::Stance;

/// Which cross table is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cross {
    /// What its rows are.
    pub rows: Dimension,
    /// What its columns are.
    pub columns: Dimension,
}

/// Counts of statements by two properties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CrossTable {
    /// What the rows are.
    pub row_dimension: Dimension,
    /// What the columns are.
    pub column_dimension: Dimension,
    /// Their names; most statements first.
    pub rows: Vec<String>,
    /// Their names, in order; stances in the order of [`Stance::ALL`].
    pub columns: Vec<String>,
    /// Statements, row by row.
    pub counts: Vec<Vec<usize>>,
}

/// Counts on the way.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts(BTreeMap<String, BTreeMap<String, usize>>);

impl Counts {
    pub fn add(&mut self, row: &str, column: &str, n: usize) {
        // Two look-ups that allocate nothing, where the cell is there.
        if let Some(cell) = self.0.get_mut(row).and_then(|row| row.get_mut(column)) {
            *cell += n;
        } else {
            *self.0.entry(row.to_owned()).or_default().entry(column.to_owned()).or_default() += n;
        }
    }

    pub fn cells(self) -> impl Iterator<Item = (String, String, usize)> {
        self.0.into_iter().flat_map(|(row, cells)| cells.into_iter().map(move |(column, n)| (row.clone(), column, n)))
    }

    /// The table, with at most `top` rows.
    pub fn table(self, cross: Cross, top: Option<usize>) -> CrossTable {
        let mut columns: Vec<String> = self.0.values().flat_map(|row| row.keys().cloned()).collect();
        columns.sort();
        columns.dedup();
        if cross.columns == Dimension::Stance {
            let rank = |name: &str| Stance::named(name).map_or(Stance::ALL.len(), |stance| stance as usize);
            columns.sort_by_key(|name| (rank(name), name.clone()));
        }
        let mut rows: Vec<(String, BTreeMap<String, usize>)> = self.0.into_iter().collect();
        if cross.rows != Dimension::Month {
            rows.sort_by_key(|(_, cells)| std::cmp::Reverse(cells.values().sum::<usize>()));
        }
        rows.truncate(top.unwrap_or(usize::MAX));
        let count = |cells: &BTreeMap<String, usize>| -> Vec<usize> {
            columns.iter().map(|column| cells.get(column).copied().unwrap_or(0)).collect()
        };
        CrossTable {
            row_dimension: cross.rows,
            column_dimension: cross.columns,
            counts: rows.iter().map(|(_, cells)| count(cells)).collect(),
            rows: rows.into_iter().map(|(row, _)| row).collect(),
            columns,
        }
    }
}
