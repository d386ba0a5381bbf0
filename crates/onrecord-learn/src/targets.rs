//! What every estimator asks of a data set's targets and weights, and targets by class index.

use std::collections::HashMap;

use linfa::dataset::{AsSingleTargets, AsTargets, Labels, Records};
use linfa::{DatasetBase, Label};
use ndarray::{Array1, ArrayView1, Ix1};

use super::LearnError;

/// Targets that are class indices below a number of classes, whether or not each of them is there.
///
/// Of any other targets, linfa's arrays and counted labels, the classes are the labels that occur; with these, a class
/// without rows is still one, and class `i` of every score and weight is index `i`.
///
/// # Examples
/// ```
/// use linfa::DatasetBase;
/// use linfa::traits::Fit;
/// use onrecord_learn::{ClassIndices, NaiveBayes, Records};
///
/// let records = Records::from_rows([vec![(0, 1.0)], vec![(1, 1.0)]], 2)?;
/// let targets = ClassIndices::new(vec![0, 2], 3)?;
/// let model = NaiveBayes::params().fit(&DatasetBase::new(records, targets))?;
/// assert_eq!(model.intercept().len(), 3);
/// # Ok::<(), onrecord_learn::LearnError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassIndices {
    indices: Array1<usize>,
    n_classes: usize,
}

impl ClassIndices {
    /// Takes the index of each row's class.
    ///
    /// # Errors
    /// [`LearnError::Class`] where an index is not below `n_classes`.
    pub fn new(indices: impl Into<Array1<usize>>, n_classes: usize) -> Result<Self, LearnError> {
        let indices = indices.into();
        match indices.iter().enumerate().find(|(_, class)| **class >= n_classes) {
            Some((row, &class)) => Err(LearnError::Class { row, class, n_classes }),
            None => Ok(Self { indices, n_classes }),
        }
    }
}

impl AsTargets for ClassIndices {
    type Elem = usize;
    type Ix = Ix1;

    fn as_targets(&self) -> ArrayView1<'_, usize> {
        self.indices.view()
    }
}

impl Labels for ClassIndices {
    type Elem = usize;

    fn label_count(&self) -> Vec<HashMap<usize, usize>> {
        let mut counts: HashMap<usize, usize> = (0..self.n_classes).map(|class| (class, 0)).collect();
        for class in &self.indices {
            *counts.entry(*class).or_default() += 1;
        }
        vec![counts]
    }
}

/// A data set as the estimators see it: classes by index, weights that may already count the classes'.
pub(crate) struct Examples<'d, R> {
    pub(crate) records: &'d R,
    /// The class of each row.
    pub(crate) classes: Vec<usize>,
    pub(crate) n_classes: usize,
    /// Each row's weight times that of its class.
    pub(crate) weights: Vec<f64>,
}

/// The labels of a data set, sorted, and its rows with the places of their labels among them. The weight of a class is
/// the inverse of its frequency to `power`, scaled so that with 1 all classes weigh the same and their sum stays.
///
/// # Errors
/// Where there are no rows or fewer than two classes, targets are missing, a label is not among those that the targets
/// say they have, a weight is no number from 0 up, or all are 0.
pub(crate) fn examples<R: Records, T, L: Label>(
    dataset: &DatasetBase<R, T>,
    power: f64,
) -> Result<(Vec<L>, Examples<'_, R>), LearnError>
where
    T: AsSingleTargets<Elem = L> + Labels<Elem = L>,
{
    let mut labels = dataset.targets().labels();
    labels.sort_unstable();
    let place = |(row, label): (usize, &L)| {
        labels.binary_search(label).map_err(|_| LearnError::Label { row, label: format!("{label:?}") })
    };
    let classes: Vec<usize> =
        dataset.targets().as_single_targets().iter().enumerate().map(place).collect::<Result<_, _>>()?;
    let n_classes = labels.len();
    let given = dataset.weights().map(<[f32]>::to_vec);
    let weights = row_weights(dataset.records().nsamples(), &classes, given.as_deref(), n_classes, power)?;
    check("the number of classes", n_classes as f64, n_classes >= 2, "2 or more")?;
    Ok((labels, Examples { records: dataset.records(), classes, n_classes, weights }))
}

/// linfa's `Fit` for targets of any label, by the type's own method `fit_examples`.
macro_rules! fit_examples {
    ($valid:ident => $model:ident) => {
        $crate::targets::fit_examples!($valid => $model of $crate::Records);
    };
    ($valid:ident => $model:ident of $records:ty) => {
        impl<L, T> linfa::traits::Fit<$records, T, $crate::LearnError> for $valid
        where
            L: linfa::Label,
            T: linfa::dataset::AsSingleTargets<Elem = L> + linfa::dataset::Labels<Elem = L>,
        {
            type Object = $model<L>;

            fn fit(
                &self,
                dataset: &linfa::DatasetBase<$records, T>,
            ) -> Result<Self::Object, $crate::LearnError> {
                let (labels, examples) = $crate::targets::examples(dataset, self.class_weight_power)?;
                Ok(self.fit_examples(&examples)?.called(labels))
            }
        }
    };
}

pub(crate) use fit_examples;

fn row_weights(
    n_rows: usize,
    classes: &[usize],
    given: Option<&[f32]>,
    n_classes: usize,
    power: f64,
) -> Result<Vec<f64>, LearnError> {
    if n_rows == 0 || n_rows != classes.len() {
        return Err(LearnError::Shape { n_rows, n_targets: classes.len() });
    }
    let mut weights: Vec<f64> =
        given.map_or_else(|| vec![1.0; n_rows], |given| given.iter().map(|&w| f64::from(w)).collect());
    if weights.len() != n_rows {
        return Err(LearnError::Shape { n_rows, n_targets: weights.len() });
    }
    if let Some(&value) = weights.iter().find(|weight| !(weight.is_finite() && **weight >= 0.0)) {
        return Err(LearnError::Parameter { name: "a row's weight", value, expected: "a number from 0 up" });
    }
    let mut of_class = vec![0.0; n_classes];
    for (&class, weight) in classes.iter().zip(&weights) {
        of_class[class] += weight;
    }
    let sum: f64 = of_class.iter().sum();
    if sum <= 0.0 {
        return Err(LearnError::Parameter { name: "the sum of the rows' weights", value: sum, expected: "above 0" });
    }
    let n_seen = of_class.iter().filter(|weight| **weight > 0.0).count() as f64;
    for (&class, weight) in classes.iter().zip(&mut weights) {
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
pub(super) fn check_common(c: f64, power: f64, tolerance: f64) -> Result<(), LearnError> {
    check("c", c, c > 0.0 && c.is_finite(), "a number above 0")?;
    check("the class weight power", power, (0.0..=1.0).contains(&power), "a number from 0 to 1")?;
    check("the tolerance", tolerance, tolerance > 0.0, "a number above 0")
}

#[cfg(test)]
mod tests {
    use linfa::dataset::CountedTargets;
    use linfa::traits::{Fit, Predict};
    use ndarray::array;

    use super::*;
    use crate::{LogisticRegression, Records};

    fn records() -> Records {
        Records::from_rows([vec![(0, 1.0)], vec![(1, 1.0)], vec![(2, 1.0)], vec![(0, 0.5)]], 3).unwrap()
    }

    /// What a model says of the rows that it was fitted to.
    fn said<L: Label, T>(targets: T) -> (Vec<L>, Vec<L>)
    where
        T: AsSingleTargets<Elem = L> + Labels<Elem = L>,
    {
        let data = DatasetBase::new(records(), targets);
        let model = LogisticRegression::params().c(100.0).fit(&data).unwrap();
        (model.labels().to_vec(), model.predict(&data).to_vec())
    }

    #[test]
    fn any_label_is_a_class_in_the_order_of_the_labels() {
        let (labels, predicted) = said(array!["yes", "no", "maybe", "yes"]);
        assert_eq!((labels, predicted), (vec!["maybe", "no", "yes"], vec!["yes", "no", "maybe", "yes"]));
        let (labels, predicted) = said(array![true, false, false, true]);
        assert_eq!((labels, predicted), (vec![false, true], vec![true, false, false, true]));
        let owned = array!["a", "b", "b", "a"].mapv(str::to_owned);
        assert_eq!(said(owned.clone()).1, owned.to_vec());
        // Counted labels are linfa's own type of targets.
        let counted = CountedTargets::new(array![7_usize, 9, 9, 7]);
        assert_eq!(said(counted), (vec![7, 9], vec![7, 9, 9, 7]));
    }

    #[test]
    fn a_class_without_rows_is_one_where_the_targets_say_so() {
        let (labels, predicted) = said(ClassIndices::new(vec![0, 2, 2, 0], 4).unwrap());
        assert_eq!((labels, predicted), (vec![0, 1, 2, 3], vec![0, 2, 2, 0]));
        let error = ClassIndices::new(vec![0, 3], 3).unwrap_err();
        assert!(matches!(error, LearnError::Class { row: 1, class: 3, n_classes: 3 }), "{error}");
    }

    #[test]
    fn what_no_model_can_be_fitted_to_is_refused() {
        let refused = |targets: Array1<usize>| {
            let params = LogisticRegression::params();
            params.fit(&DatasetBase::new(records(), targets)).unwrap_err().to_string()
        };
        assert_eq!(refused(array![1, 1, 1, 1]), "the number of classes is 1; expected 2 or more");
        assert_eq!(refused(array![0, 1]), "4 rows and 2 targets; expected the same number, and one at least");
    }
}
