//! Agreement between annotators, and the exact test of whether two classifiers differ.

use super::{ConfusionMatrix, MeasureError};

/// Cohen's kappa (1960) of two annotators over the items that both labelled; none where there is no such item or chance
/// alone agrees fully.
///
/// # Errors
/// [`MeasureError`] where the lists do not run in parallel or hold a class out of range.
pub fn cohen_kappa(
    first: &[Option<usize>],
    second: &[Option<usize>],
    n_classes: usize,
) -> Result<Option<f64>, MeasureError> {
    super::check_length("the second annotator's list", second.len(), first.len())?;
    let (a, b): (Vec<usize>, Vec<usize>) = first.iter().zip(second).filter_map(|(a, b)| a.zip(*b)).unzip();
    if a.is_empty() {
        return Ok(None);
    }
    Ok(ConfusionMatrix::new(&a, &b, n_classes, None)?.cohen_kappa())
}

/// How often each class was given to each item: one row an item, one column a class, `weight` times each.
fn chance_of(counts: &[Vec<f64>], weight: impl Fn(usize) -> f64) -> (f64, Vec<f64>) {
    let n_classes = counts.first().map_or(0, Vec::len);
    let mut totals = vec![0.0; n_classes];
    for (item, row) in counts.iter().enumerate() {
        row.iter().zip(&mut totals).for_each(|(count, total)| *total += weight(item) * count);
    }
    (totals.iter().sum(), totals)
}

/// Fleiss' kappa (1971) over the items that all of `n_annotators` labelled: `counts[item][class]` of them gave the class
/// to the item. None without such items, for fewer than two annotators, or where chance alone agrees fully. `weight` is
/// that of each item.
pub fn fleiss_kappa(counts: &[Vec<f64>], n_annotators: usize, weight: impl Fn(usize) -> f64) -> Option<f64> {
    let size = n_annotators as f64;
    let own = |item: usize| if counts[item].iter().sum::<f64>() == size { weight(item) } else { 0.0 };
    let (annotations, totals) = chance_of(counts, own);
    let n_items: f64 = (0..counts.len()).map(own).sum();
    if n_items <= 0.0 || n_annotators < 2 {
        return None;
    }
    let item = |row: &Vec<f64>| (row.iter().map(|count| count * count).sum::<f64>() - size) / (size * (size - 1.0));
    let observed = counts.iter().enumerate().map(|(index, row)| own(index) * item(row)).sum::<f64>() / n_items;
    let chance: f64 = totals.iter().map(|total| (total / annotations).powi(2)).sum();
    (chance < 1.0).then(|| (observed - chance) / (1.0 - chance))
}

/// Krippendorff's alpha for nominal data (2011): `counts[item][class]` annotators gave the class to the item; items with
/// fewer than two annotations do not count, missing ones do no harm. None where nothing can be compared or only one
/// class was ever given. `weight` is that of each item.
pub fn krippendorff_alpha(counts: &[Vec<f64>], weight: impl Fn(usize) -> f64) -> Option<f64> {
    let size = |item: usize| counts[item].iter().sum::<f64>();
    let own = |item: usize| if size(item) >= 2.0 { weight(item) } else { 0.0 };
    let (n, totals) = chance_of(counts, own);
    // Agreeing ordered pairs within an item, each item's pairs weighing as many as it has annotations.
    let agreeing = |item: usize| {
        let pairs: f64 = counts[item].iter().map(|count| count * (count - 1.0)).sum();
        own(item) * pairs / (size(item) - 1.0)
    };
    let observed = n - (0..counts.len()).filter(|&item| own(item) > 0.0).map(agreeing).sum::<f64>();
    let expected = (n * n - totals.iter().map(|total| total * total).sum::<f64>()) / (n - 1.0);
    (n > 1.0 && expected > 0.0).then(|| 1.0 - observed / expected)
}

/// McNemar's exact test (1947; binomial form): the chance, if neither classifier is better, that rows which only one gets
/// right are shared out at least as unevenly as `first_only` to `second_only`. Two-sided.
#[must_use]
pub fn mcnemar_exact(first_only: u64, second_only: u64) -> f64 {
    let n = first_only + second_only;
    let smaller = first_only.min(second_only);
    // Terms C(n, i) / 2^n by their logarithm: factorials leave f64 at n = 171.
    let mut log_term = -(n as f64) * std::f64::consts::LN_2;
    let mut sum = log_term.exp();
    for i in 1..=smaller {
        log_term += ((n - i + 1) as f64).ln() - (i as f64).ln();
        sum += log_term.exp();
    }
    (2.0 * sum).min(1.0)
}

/// Holm's correction (1979) for several tests, in the order given: each is at most 1 and never below a smaller one.
#[must_use]
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]).then(a.cmp(&b)));
    let mut corrected = vec![0.0; p_values.len()];
    let mut least = 0.0_f64;
    for (rank, &test) in order.iter().enumerate() {
        least = least.max((p_values.len() - rank) as f64 * p_values[test]).min(1.0);
        corrected[test] = least;
    }
    corrected
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Option<f64>, value: f64) {
        assert!((found.unwrap() - value).abs() < 1e-12, "{found:?} is not {value}");
    }

    #[test]
    fn kappa_looks_only_at_items_that_both_labelled() {
        let first = [Some(0), Some(0), Some(1), None];
        let second = [Some(0), Some(1), Some(1), Some(1)];
        // Agreement 2/3, chance (2*1 + 1*2) / 9.
        close(cohen_kappa(&first, &second, 2).unwrap(), (2.0 / 3.0 - 4.0 / 9.0) / (5.0 / 9.0));
        assert_eq!(cohen_kappa(&[None], &[Some(0)], 1).unwrap(), None);
    }

    #[test]
    fn fleiss_by_hand() {
        // Three annotators, two items: all agree, two of three agree. Observed (1 + 1/3) / 2, shares 5/6 and 1/6.
        let counts = [vec![3.0, 0.0], vec![2.0, 1.0]];
        close(fleiss_kappa(&counts, 3, |_| 1.0), (2.0 / 3.0 - 26.0 / 36.0) / (10.0 / 36.0));
    }

    #[test]
    fn alpha_by_hand() {
        // Two annotators, items 00, 01, 11, and one that only one labelled. Disagreeing pairs 2, expected 2*3*3/5.
        let counts = [vec![2.0, 0.0], vec![1.0, 1.0], vec![0.0, 2.0], vec![1.0, 0.0]];
        close(krippendorff_alpha(&counts, |_| 1.0), 1.0 - 2.0 / (18.0 / 5.0));
        assert_eq!(krippendorff_alpha(&[vec![2.0, 0.0]], |_| 1.0), None);
        assert_eq!(krippendorff_alpha(&[], |_| 1.0), None);
    }

    #[test]
    fn mcnemar_by_hand() {
        assert_eq!(mcnemar_exact(0, 0), 1.0);
        assert!((mcnemar_exact(1, 4) - 2.0 * 6.0 / 32.0).abs() < 1e-12);
        assert!((mcnemar_exact(5, 5) - 1.0).abs() < 1e-12);
        assert!(mcnemar_exact(20_000, 21_000) < 1e-5);
    }

    #[test]
    fn holm_keeps_the_order() {
        let corrected = holm(&[0.04, 0.01, 0.03]);
        let expected = [0.06, 0.03, 0.06];
        assert!(corrected.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{corrected:?}");
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
    }
}
