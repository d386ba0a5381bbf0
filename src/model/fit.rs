//! The seam to the estimators: feature rows and classes in, weights out.

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2};

use super::{Classifier, Kind, TrainError, scores};
use crate::features::FeatureMatrix;
use crate::learn::{LearnError, LogisticRegression, Records};

/// A fitted classifier.
pub(super) struct Fitted {
    /// One row a feature, one column a class.
    pub(super) weights: Vec<f32>,
    pub(super) intercept: Vec<f64>,
    pub(super) has_converged: bool,
}

pub(super) fn fit(
    records: FeatureMatrix,
    gold: &[usize],
    weights: &[f64],
    n_labels: usize,
    classifier: &Classifier,
) -> Result<Fitted, LearnError> {
    let n_features = records.cols();
    let (ends, columns, values) = records.into_raw_storage();
    let records = Records::from_parts(ends, columns, values, n_features)?;
    let dataset = DatasetBase::new(records, Array1::from_vec(gold.to_vec()))
        .with_weights(weights.iter().map(|&weight| weight as f32).collect());
    match classifier.kind {
        Kind::Logistic => {
            let model = LogisticRegression::params(n_labels)
                .c(classifier.c)
                .class_weight_power(classifier.balance)
                .tolerance(TOLERANCE)
                .fit(&dataset)?;
            let weights = model.weights();
            Ok(Fitted {
                weights: weights.t().iter().map(|&weight| weight as f32).collect(),
                intercept: model.intercept().to_vec(),
                has_converged: model.convergence().converged,
            })
        }
    }
}

/// Norm of the gradient at which a fit ends. Smaller changes no prediction that has been looked at.
const TOLERANCE: f64 = 1e-3;

impl Fitted {
    /// The score of each row and class.
    pub(super) fn scores(&self, records: &FeatureMatrix) -> Array2<f64> {
        scores(&self.weights, &self.intercept, records)
    }
}

impl From<LearnError> for TrainError {
    fn from(error: LearnError) -> Self {
        Self::Classifier { message: error.to_string() }
    }
}
