//! Which rows to train on and which to test on: hold-out and k-fold, stratified by class, never splitting a group.
//!
//! Rows of one group (a document, an author, near-duplicates) always fall on the same side. Groups are dealt out one by
//! one, the largest first, each to the fold that then departs least from an even share of every class; among groups of
//! one size the order is drawn from the seed. Without groups every row is its own, and the folds are stratified.
//!
//! The same rows and seed give the same folds, on every machine.

use std::collections::BTreeMap;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use super::LearnError;

/// One division of the rows; both lists ascend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// Rows to fit on.
    pub train: Vec<usize>,
    /// Rows to measure on.
    pub test: Vec<usize>,
}

/// Deals the rows into `n_folds` folds; each row is in the test part of exactly one.
///
/// `classes` holds each row's class index; `groups` each row's group, where there are groups.
///
/// # Errors
/// [`LearnError::Parameter`] where there are fewer than two folds, or fewer rows (or groups) than folds;
/// [`LearnError::Shape`] where `groups` has another length than `classes`.
///
/// # Examples
/// ```
/// use onrecord_learn::split::k_folds;
///
/// let folds = k_folds::<u8>(&[0, 0, 1, 1], None, 2, 7)?;
/// assert!(folds.iter().all(|fold| fold.test.len() == 2 && fold.train.len() == 2));
/// # Ok::<(), onrecord_learn::LearnError>(())
/// ```
pub fn k_folds<G: Ord>(
    classes: &[usize],
    groups: Option<&[G]>,
    n_folds: usize,
    seed: u64,
) -> Result<Vec<Fold>, LearnError> {
    let fold_of = assign(classes, groups, &vec![1.0; n_folds], seed)?;
    Ok((0..n_folds).map(|fold| divide(&fold_of, fold)).collect())
}

/// Holds out about `share` of the rows (above 0, below 1) for testing.
///
/// # Errors
/// As [`k_folds`].
pub fn hold_out<G: Ord>(classes: &[usize], groups: Option<&[G]>, share: f64, seed: u64) -> Result<Fold, LearnError> {
    if !(share > 0.0 && share < 1.0) {
        let expected = "a number between 0 and 1";
        return Err(LearnError::Parameter { name: "the share to hold out", value: share, expected });
    }
    Ok(divide(&assign(classes, groups, &[share, 1.0 - share], seed)?, 0))
}

fn divide(fold_of: &[usize], fold: usize) -> Fold {
    let (test, train) = (0..fold_of.len()).partition(|&row| fold_of[row] == fold);
    Fold { train, test }
}

/// The fold of each row; fold `f` is to get a share of the rows in proportion to `sizes[f]`.
fn assign<G: Ord>(classes: &[usize], groups: Option<&[G]>, sizes: &[f64], seed: u64) -> Result<Vec<usize>, LearnError> {
    let (n_rows, n_folds) = (classes.len(), sizes.len());
    if n_folds < 2 {
        let expected = "2 or more";
        return Err(LearnError::Parameter { name: "the number of folds", value: n_folds as f64, expected });
    }
    if let Some(groups) = groups.filter(|groups| groups.len() != n_rows) {
        return Err(LearnError::Shape { n_rows, n_targets: groups.len() });
    }
    let mut members = members(n_rows, groups);
    if members.len() < n_folds {
        let expected = "no more than there are rows, or groups of rows";
        return Err(LearnError::Parameter { name: "the number of folds", value: n_folds as f64, expected });
    }
    shuffle(&mut members, &mut Xoshiro256PlusPlus::seed_from_u64(seed));
    // Rows of one class one after the other, so that dealing them out in turn is even; the sort is stable, so rows
    // of one size and class stay shuffled.
    members.sort_by_key(|rows| (std::cmp::Reverse(rows.len()), classes[rows[0]]));

    let n_classes = classes.iter().max().map_or(0, |largest| largest + 1);
    let mut totals = vec![0.0; n_classes];
    classes.iter().for_each(|&class| totals[class] += 1.0);
    let sum: f64 = sizes.iter().sum();
    let mut filled = vec![vec![0.0; n_classes]; n_folds];
    let mut n_filled = vec![0.0; n_folds];
    let mut fold_of = vec![0; n_rows];
    for rows in members {
        let mut counts = vec![0.0; n_classes];
        rows.iter().for_each(|&row| counts[classes[row]] += 1.0);
        // How full a fold would be of the classes at hand, against its share; then of all rows; then its number.
        let fullness = |fold: usize| {
            let share = sizes[fold] / sum;
            let of_classes = (0..n_classes)
                .filter(|&class| counts[class] > 0.0)
                .map(|class| counts[class] * (filled[fold][class] + counts[class]) / (totals[class] * share))
                .sum::<f64>()
                / rows.len() as f64;
            (of_classes, (n_filled[fold] + rows.len() as f64) / (n_rows as f64 * share))
        };
        let best = (0..n_folds)
            .map(|fold| (fullness(fold), fold))
            .min_by(|(a, _), (b, _)| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)))
            .map_or(0, |(_, fold)| fold);
        filled[best].iter_mut().zip(&counts).for_each(|(sum, count)| *sum += count);
        n_filled[best] += rows.len() as f64;
        rows.into_iter().for_each(|row| fold_of[row] = best);
    }
    Ok(fold_of)
}

/// The rows of each group, in the order of the groups; without groups, every row by itself.
fn members<G: Ord>(n_rows: usize, groups: Option<&[G]>) -> Vec<Vec<usize>> {
    let Some(groups) = groups else {
        return (0..n_rows).map(|row| vec![row]).collect();
    };
    let mut members: BTreeMap<&G, Vec<usize>> = BTreeMap::new();
    for (row, group) in groups.iter().enumerate() {
        members.entry(group).or_default().push(row);
    }
    members.into_values().collect()
}

/// Fisher and Yates's shuffle (Durstenfeld 1964); written out so that the order never changes with a dependency.
pub fn shuffle<T>(items: &mut [T], rng: &mut impl RngCore) {
    for last in (1..items.len()).rev() {
        // The high half of a product is even enough: the bias is below 2^-32 for any list that fits into memory.
        let other = ((u128::from(rng.next_u64()) * (last as u128 + 1)) >> 64) as usize;
        items.swap(last, other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_GROUPS: Option<&[u8]> = None;

    fn classes() -> Vec<usize> {
        (0..103).map(|row| if row % 10 < 6 { 0 } else { row % 10 - 5 }).collect()
    }

    #[test]
    fn every_row_is_tested_once_and_classes_are_even() {
        let classes = classes();
        let folds = k_folds(&classes, NO_GROUPS, 5, 1).unwrap();
        let mut tested: Vec<usize> = folds.iter().flat_map(|fold| fold.test.clone()).collect();
        tested.sort_unstable();
        assert_eq!(tested, (0..103).collect::<Vec<_>>());
        for class in 0..5 {
            let n_in_all = classes.iter().filter(|&&of_row| of_row == class).count();
            for fold in &folds {
                let n = fold.test.iter().filter(|&&row| classes[row] == class).count();
                assert!(n >= n_in_all / 5 && n <= n_in_all.div_ceil(5), "{n} of {n_in_all}");
                assert_eq!(fold.train.len() + fold.test.len(), 103);
            }
        }
    }

    #[test]
    fn groups_are_never_split() {
        let classes = classes();
        let groups: Vec<usize> = (0..103).map(|row| row / 4).collect();
        for fold in k_folds(&classes, Some(&groups), 5, 3).unwrap() {
            assert!(fold.test.iter().all(|&row| fold.train.iter().all(|&other| groups[row] != groups[other])));
            assert!((12..=28).contains(&fold.test.len()), "{}", fold.test.len());
        }
    }

    #[test]
    fn the_seed_decides() {
        let classes = classes();
        assert_eq!(k_folds(&classes, NO_GROUPS, 5, 1).unwrap(), k_folds(&classes, NO_GROUPS, 5, 1).unwrap());
        assert_ne!(k_folds(&classes, NO_GROUPS, 5, 1).unwrap(), k_folds(&classes, NO_GROUPS, 5, 2).unwrap());
    }

    #[test]
    fn a_hold_out_has_its_share_of_every_class() {
        let fold = hold_out(&classes(), NO_GROUPS, 0.2, 9).unwrap();
        assert!((20..=23).contains(&fold.test.len()), "{}", fold.test.len());
        let n_of_first = fold.test.iter().filter(|&&row| classes()[row] == 0).count();
        assert!((12..=14).contains(&n_of_first), "{n_of_first}");
    }

    #[test]
    fn impossible_divisions_are_refused() {
        assert!(k_folds(&[0, 1], NO_GROUPS, 3, 0).is_err());
        assert!(k_folds(&[0, 1, 1], NO_GROUPS, 1, 0).is_err());
        assert!(k_folds(&[0, 1, 1], Some(&["a", "a", "a"]), 2, 0).is_err());
        assert!(hold_out(&[0, 1, 1], NO_GROUPS, 1.0, 0).is_err());
    }
}
