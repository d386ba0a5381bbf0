//! How units are divided between training and testing.

use std::collections::{BTreeMap, BTreeSet};

use super::{Joined, UnitError, UnitReport};
use crate::learn::split::{Fold, hold_out, k_folds};

/// Divisions of rows into those to train on and those to measure on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Division {
    /// The folds.
    pub folds: Vec<Fold>,
    /// Classes with rows that are in the training part of every fold, since no model without them would know the class.
    pub left_out: Vec<LeftOut>,
}

/// A class that is not measured on some of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// The class.
    pub class: usize,
    /// Its rows that no fold measures.
    pub rows: usize,
    /// Its rows in all.
    pub of: usize,
}

impl Joined {
    /// Folds of whole units, stratified by class. Rows of a class that only one unit has are trained on in every fold and
    /// measured in none, with their whole unit.
    ///
    /// # Errors
    /// [`UnitError::TooFew`] where there are fewer units than folds, [`UnitError::NothingToMeasure`] where fewer than two
    /// classes are left.
    pub fn k_folds(&self, classes: &[usize], n_folds: usize, seed: u64) -> Result<Division, UnitError> {
        self.divide(classes, n_folds, |classes, units| k_folds(classes, Some(units), n_folds, seed))
    }

    /// About `share` of the rows held out, in whole units; as [`Self::k_folds`].
    ///
    /// # Errors
    /// As [`Self::k_folds`], with two folds.
    pub fn hold_out(&self, classes: &[usize], share: f64, seed: u64) -> Result<Division, UnitError> {
        self.divide(classes, 2, |classes, units| hold_out(classes, Some(units), share, seed).map(|fold| vec![fold]))
    }

    /// The rows that are not of the units of `test`.
    #[must_use]
    pub fn apart_from(&self, test: &[usize]) -> Vec<usize> {
        let units = self.units();
        let tested: BTreeSet<usize> = test.iter().map(|&row| units[row]).collect();
        (0..units.len()).filter(|row| !tested.contains(&units[*row])).collect()
    }

    fn divide(
        &self,
        classes: &[usize],
        n_folds: usize,
        folds: impl Fn(&[usize], &[usize]) -> Result<Vec<Fold>, crate::learn::LearnError>,
    ) -> Result<Division, UnitError> {
        let units = self.units();
        let mut of_class: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        classes.iter().zip(units).for_each(|(&class, &unit)| {
            of_class.entry(class).or_default().insert(unit);
        });
        let mut kept: BTreeSet<usize> = of_class.values().filter(|units| units.len() < 2).flatten().copied().collect();
        loop {
            let dealt: Vec<usize> = (0..units.len()).filter(|&row| !kept.contains(&units[row])).collect();
            let own_classes: Vec<usize> = dealt.iter().map(|&row| classes[row]).collect();
            let own_units: Vec<usize> = dealt.iter().map(|&row| units[row]).collect();
            let n_classes = own_classes.iter().collect::<BTreeSet<_>>().len();
            let n_units = own_units.iter().collect::<BTreeSet<_>>().len();
            if !kept.is_empty() && n_classes < 2 {
                return Err(self.nothing_to_measure());
            }
            if n_units < n_folds {
                let (n_rows, why) = (dealt.len(), self.report().why());
                return Err(UnitError::TooFew { n_rows, n_units, n_folds, why });
            }
            let always: Vec<usize> = (0..units.len()).filter(|&row| kept.contains(&units[row])).collect();
            let back = |fold: Fold| {
                let mut train: Vec<usize> = fold.train.into_iter().map(|at| dealt[at]).chain(always.clone()).collect();
                train.sort_unstable();
                Fold { train, test: fold.test.into_iter().map(|at| dealt[at]).collect() }
            };
            let folds: Vec<Fold> = folds(&own_classes, &own_units)?.into_iter().map(back).collect();
            // A class whose units all fell into one fold has nothing there to be learned from: its smallest stays.
            let missing = folds.iter().find_map(|fold| {
                let known: BTreeSet<usize> = fold.train.iter().map(|&row| classes[row]).collect();
                of_class.keys().find(|class| !known.contains(class))
            });
            let Some(class) = missing else {
                return Ok(Division { folds, left_out: self.left_out(classes, &always) });
            };
            let size = |unit: &usize| (units.iter().filter(|other| *other == unit).count(), *unit);
            match of_class[class].iter().filter(|unit| !kept.contains(unit)).min_by_key(|unit| size(unit)) {
                Some(&unit) => kept.insert(unit),
                None => return Err(self.nothing_to_measure()),
            };
        }
    }

    fn nothing_to_measure(&self) -> UnitError {
        let UnitReport { rows: n_rows, units: n_units, .. } = *self.report();
        UnitError::NothingToMeasure { n_rows, n_units, why: self.report().why() }
    }

    fn left_out(&self, classes: &[usize], always: &[usize]) -> Vec<LeftOut> {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        always.iter().for_each(|&row| *counts.entry(classes[row]).or_default() += 1);
        let of = |class: usize| classes.iter().filter(|&&other| other == class).count();
        counts.into_iter().map(|(class, rows)| LeftOut { class, rows, of: of(class) }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Joining;
    use super::*;
    use crate::labeled::Row;

    fn joined(groups: &[&str]) -> Joined {
        let row = |(n, group): (usize, &&str)| Row {
            text: format!("a{n} b{n} c{n} d{n}"),
            group: Some((*group).to_owned()).filter(|group| !group.is_empty()),
            ..Row::default()
        };
        let rows: Vec<Row> = groups.iter().enumerate().map(row).collect();
        Joined::new(&rows, &Joining::default()).unwrap()
    }

    #[test]
    fn a_row_of_a_rare_label_costs_that_label_alone() {
        let classes: Vec<usize> = (0..41).map(|row| if row == 40 { 2 } else { row % 2 }).collect();
        let division = joined(&[""; 41]).k_folds(&classes, 5, 0).unwrap();
        assert_eq!(division.left_out, [LeftOut { class: 2, rows: 1, of: 1 }]);
        assert!(division.folds.iter().all(|fold| fold.train.contains(&40) && fold.test.len() == 8));
    }

    #[test]
    fn too_few_groups_are_named() {
        let groups: Vec<&str> = (0..40).map(|row| ["a", "b", "c"][row % 3]).collect();
        let classes: Vec<usize> = (0..40).map(|row| row % 2).collect();
        let error = joined(&groups).k_folds(&classes, 5, 0).unwrap_err().to_string();
        assert!(error.starts_with("40 rows make 3 units where 5 folds need as many: "), "{error}");
        assert!(error.contains("the column \"group\" puts them in 3 groups"), "{error}");
        let error = joined(&groups).k_folds(&(0..40).map(|row| row % 3).collect::<Vec<_>>(), 2, 0).unwrap_err();
        assert!(error.to_string().contains("no two labels have rows in more than one: "), "{error}");
    }

    #[test]
    fn who_shares_a_unit_with_what_is_tested_does_not_teach() {
        assert_eq!(joined(&["a", "b", "a", "", ""]).apart_from(&[0, 3]), [1, 4]);
    }
}
