//! Which n-grams depend most on the label: the chi-squared statistic of presence against class.

/// Clears `is_kept` for all but the `wanted` columns with the largest statistic; ties go to the first. `columns_of` has
/// the columns of a text.
///
/// With n texts, n_c of class c, and m that have the n-gram, o_c of them of class c, the statistic is that of the
/// 2 x classes table: `sum_c (o_c - m n_c / n)² / (m n_c / n) + the same for the texts without it`.
pub(super) fn by_chi_squared<'c>(
    columns_of: impl Fn(usize) -> &'c [u32],
    docs: &[usize],
    classes: &[usize],
    n_classes: usize,
    wanted: usize,
    is_kept: &mut [bool],
) {
    let mut of_class = vec![0.0; n_classes];
    let mut observed = vec![0_u32; is_kept.len() * n_classes];
    for (&doc, &class) in docs.iter().zip(classes) {
        of_class[class] += 1.0;
        for &column in columns_of(doc) {
            observed[column as usize * n_classes + class] += 1;
        }
    }
    let mut ranked: Vec<(f64, usize)> = is_kept
        .iter()
        .enumerate()
        .filter(|(_, is_kept)| **is_kept)
        .map(|(column, _)| (chi_squared(&observed[column * n_classes..][..n_classes], &of_class), column))
        .collect();
    if ranked.len() <= wanted {
        return;
    }
    ranked.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for &(_, column) in &ranked[wanted..] {
        is_kept[column] = false;
    }
}

fn chi_squared(observed: &[u32], of_class: &[f64]) -> f64 {
    let n: f64 = of_class.iter().sum();
    let m: f64 = observed.iter().map(|&o| f64::from(o)).sum();
    let mut sum = 0.0;
    for (&observed, &n_class) in observed.iter().zip(of_class) {
        for (seen, share) in [(f64::from(observed), m / n), (n_class - f64::from(observed), 1.0 - m / n)] {
            let expected = n_class * share;
            if expected > 0.0 {
                sum += (seen - expected) * (seen - expected) / expected;
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statistic_is_that_of_the_textbook() {
        // 2 x 2: 30 and 10 of 50 each; by hand 100 (30*40 - 20*10)² / (50 50 40 60) = 16.666...
        assert!((chi_squared(&[30, 10], &[50.0, 50.0]) - 100.0 * 1000.0 * 1000.0 / 6e6).abs() < 1e-9);
        assert_eq!(chi_squared(&[5, 5], &[50.0, 50.0]), 0.0);
    }
}
