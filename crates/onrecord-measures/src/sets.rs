//! Measures of sets of labels: how often they hold the right one, and how much they leave open.

use ndarray::ArrayView2;

use super::{MeasureError, check, check_length, weight_of};

/// The share of rows whose set holds the gold class; `members` has a row a row and a column a class.
///
/// # Errors
/// [`MeasureError`] for inputs that do not fit together or hold no rows.
///
/// # Examples
/// ```
/// use ndarray::array;
/// use onrecord_measures::{coverage, mean_set_size};
///
/// let members = array![[true, true, false], [false, true, false]];
/// assert_eq!(coverage(&[0, 2], members.view(), None)?, 0.5);
/// assert_eq!(mean_set_size(&[0, 2], members.view(), None)?, 1.5);
/// # Ok::<(), onrecord_measures::MeasureError>(())
/// ```
pub fn coverage(gold: &[usize], members: ArrayView2<'_, bool>, weights: Option<&[f64]>) -> Result<f64, MeasureError> {
    mean(gold, members, weights, |row| f64::from(u8::from(members[[row, gold[row]]])))
}

/// The mean number of classes in a set.
///
/// # Errors
/// [`MeasureError`] for inputs that do not fit together or hold no rows.
pub fn mean_set_size(
    gold: &[usize],
    members: ArrayView2<'_, bool>,
    weights: Option<&[f64]>,
) -> Result<f64, MeasureError> {
    mean(gold, members, weights, |row| members.row(row).iter().filter(|member| **member).count() as f64)
}

fn mean(
    gold: &[usize],
    members: ArrayView2<'_, bool>,
    weights: Option<&[f64]>,
    value: impl Fn(usize) -> f64,
) -> Result<f64, MeasureError> {
    check_length("the table of sets", members.nrows(), gold.len())?;
    let total = check(gold, members.ncols(), weights)?;
    Ok((0..gold.len()).map(|row| weight_of(weights, row) * value(row)).sum::<f64>() / total)
}
