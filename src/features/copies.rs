//! A copy of every feature for each target beside the one that all targets share (Daumé 2007, "Frustratingly easy
//! domain adaptation").
//!
//! What a feature says toward every target goes into the shared weight, what it says toward one into the copy's. A copy
//! has only the columns that the target's training texts have. A text whose target the model does not know, or that has
//! none, gets the shared columns alone.

use super::Input;
use super::corpus::Lists;

/// The copies' columns.
#[derive(Debug, Clone)]
pub(super) struct Copies {
    pub(super) scale: f32,
    /// In ascending order.
    pub(super) targets: Vec<String>,
    /// For each target the shared columns that it has a copy of, ascending.
    pub(super) columns: Lists<u32>,
    /// For each target the number of its first copied column.
    starts: Vec<usize>,
}

/// A target's name as it is compared: case and outer blanks do not count.
fn name(target: &str) -> String {
    target.trim().to_lowercase()
}

impl Copies {
    /// The copies that training rows need: `row` gives a row's shared columns.
    pub(super) fn fit<'r>(scale: f32, inputs: &[Input<'_>], n_shared: usize, row: impl Fn(usize) -> &'r [u32]) -> Self {
        let of_row: Vec<Option<String>> = inputs.iter().map(|input| input.target.map(name)).collect();
        let mut targets: Vec<String> = of_row.iter().flatten().cloned().collect();
        targets.sort_unstable();
        targets.dedup();
        let mut columns = Lists::default();
        for target in &targets {
            let mut is_seen = vec![false; n_shared];
            for (index, _) in of_row.iter().enumerate().filter(|(_, of_row)| of_row.as_ref() == Some(target)) {
                row(index).iter().for_each(|&column| is_seen[column as usize] = true);
            }
            for column in (0..n_shared).filter(|&column| is_seen[column]) {
                columns.push(column as u32);
            }
            columns.end_list();
        }
        Self::new(scale, targets, columns, n_shared)
    }

    fn new(scale: f32, targets: Vec<String>, columns: Lists<u32>, n_shared: usize) -> Self {
        let mut starts = Vec::with_capacity(targets.len());
        let mut next = n_shared;
        for target in 0..targets.len() {
            starts.push(next);
            next += columns.get(target).len();
        }
        Self { scale, targets, columns, starts }
    }

    /// What a model file holds; none where the parts do not fit.
    pub(super) fn from_parts(scale: f32, sizes: &[(String, usize)], columns: &[u32], n_shared: usize) -> Option<Self> {
        let mut lists = Lists::default();
        let mut rest = columns;
        for (_, size) in sizes {
            let (own, others) = rest.split_at_checked(*size)?;
            if own.windows(2).any(|pair| pair[0] >= pair[1])
                || own.last().is_some_and(|&last| last as usize >= n_shared)
            {
                return None;
            }
            lists.extend(own);
            lists.end_list();
            rest = others;
        }
        let targets: Vec<String> = sizes.iter().map(|(target, _)| target.clone()).collect();
        (rest.is_empty() && targets.is_sorted()).then(|| Self::new(scale, targets, lists, n_shared))
    }

    /// Each target with the number of its columns.
    pub(super) fn sizes(&self) -> Vec<(String, usize)> {
        self.targets.iter().enumerate().map(|(n, target)| (target.clone(), self.columns.get(n).len())).collect()
    }

    pub(super) fn n_columns(&self) -> usize {
        self.columns.items().len()
    }

    /// The target's number.
    pub(super) fn find(&self, target: Option<&str>) -> Option<usize> {
        let target = name(target?);
        self.targets.binary_search(&target).ok()
    }

    /// The copies of a row's shared entries: the place of the entry in the row, and the copy's column.
    pub(super) fn of_row(&self, target: usize, shared: &[u32]) -> impl Iterator<Item = (usize, u32)> {
        let (own, start) = (self.columns.get(target), self.starts[target]);
        let mut at = 0;
        shared.iter().enumerate().filter_map(move |(entry, &column)| {
            // Both ascend: look only at what is left.
            at += own[at..].partition_point(|&other| other < column);
            (own.get(at) == Some(&column)).then_some((entry, (start + at) as u32))
        })
    }

    /// The target's copy of a shared column.
    pub(super) fn copy_of(&self, target: usize, shared: usize) -> Option<usize> {
        let place = self.columns.get(target).binary_search(&(u32::try_from(shared).ok()?)).ok()?;
        Some(self.starts[target] + place)
    }
}
