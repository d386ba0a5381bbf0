//! What every estimator asks of a data set's targets and weights.

use linfa::DatasetBase;
use linfa::dataset::Records;
use ndarray::Array1;

use super::LearnError;

/// Each row's weight times that of its class: the inverse of the class's frequency to `power`, scaled so that with 1
/// all classes weigh the same and their sum stays.
///
/// # Errors
/// Where there are no rows, targets are missing or no class, a weight is no number from 0 up, or all are 0.
pub(super) fn row_weights<R: Records>(
    dataset: &DatasetBase<R, Array1<usize>>,
    n_classes: usize,
    power: f64,
) -> Result<Vec<f64>, LearnError> {
    let (n_rows, targets) = (dataset.records().nsamples(), dataset.targets());
    if n_rows == 0 || n_rows != targets.len() {
        return Err(LearnError::Shape { n_rows, n_targets: targets.len() });
    }
    if let Some((row, &class)) = targets.iter().enumerate().find(|(_, class)| **class >= n_classes) {
        return Err(LearnError::Class { row, class, n_classes });
    }
    let mut weights: Vec<f64> =
        dataset.weights().map_or_else(|| vec![1.0; n_rows], |given| given.iter().map(|&w| f64::from(w)).collect());
    if weights.len() != n_rows {
        return Err(LearnError::Shape { n_rows, n_targets: weights.len() });
    }
    if let Some(&value) = weights.iter().find(|weight| !(weight.is_finite() && **weight >= 0.0)) {
        return Err(LearnError::Parameter { name: "a row's weight", value, expected: "a number from 0 up" });
    }
    let mut of_class = vec![0.0; n_classes];
    for (&class, weight) in targets.iter().zip(&weights) {
        of_class[class] += weight;
    }
    let sum: f64 = of_class.iter().sum();
    if sum <= 0.0 {
        return Err(LearnError::Parameter { name: "the sum of the rows' weights", value: sum, expected: "above 0" });
    }
    let n_seen = of_class.iter().filter(|weight| **weight > 0.0).count() as f64;
    for (&class, weight) in targets.iter().zip(&mut weights) {
        if of_class[class] > 0.0 {
            *weight *= (sum / (n_seen * of_class[class])).powf(power);
        }
    }
    Ok(weights)
}

/// Refuses a parameter, by its name, its value and what is expected.
pub(super) fn check(name: &'static str, value: f64, is_fine: bool, expected: &'static str) -> Result<(), LearnError> {
    if is_fine { Ok(()) } else { Err(LearnError::Parameter { name, value, expected }) }
}

/// Checks the parameters that all linear classifiers have.
pub(super) fn check_common(n_classes: usize, c: f64, power: f64, tolerance: f64) -> Result<(), LearnError> {
    check("the number of classes", n_classes as f64, n_classes >= 2, "2 or more")?;
    check("c", c, c > 0.0 && c.is_finite(), "a number above 0")?;
    check("the class weight power", power, (0.0..=1.0).contains(&power), "a number from 0 to 1")?;
    check("the tolerance", tolerance, tolerance > 0.0, "a number above 0")
}
