//! The seam to the estimators: feature rows and classes in, weights out.

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, ArrayView2};

use super::{Classifier, Kind, TrainError, scores};
use crate::features::FeatureMatrix;
use crate::learn::{
    ElasticNet, Estimate, Hinge, LearnError, LinearSvm, LogisticRegression, NaiveBayes, NbSvm, Records,
};

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
    let (c, power) = (classifier.c, classifier.balance);
    let svm = |hinge| {
        let model = LinearSvm::params(n_labels).c(c).class_weight_power(power).hinge(hinge).tolerance(DUAL_TOLERANCE);
        let model = model.fit(&dataset)?;
        let has_converged = model.convergence().iter().all(|convergence| convergence.converged);
        Ok::<_, LearnError>(Fitted::new(&model.weights(), model.intercept(), has_converged))
    };
    let logistic = |one_vs_rest| {
        let model = LogisticRegression::params(n_labels)
            .c(c)
            .class_weight_power(power)
            .one_vs_rest(one_vs_rest)
            .tolerance(TOLERANCE)
            .relative_decrease(RELATIVE_DECREASE)
            .fit(&dataset)?;
        Ok::<_, LearnError>(Fitted::new(&model.weights(), model.intercept(), model.convergence().converged))
    };
    let naive_bayes = |estimate| {
        let model = NaiveBayes::params(n_labels).smoothing(1.0 / c).class_weight_power(power).estimate(estimate);
        let model = model.fit(&dataset)?;
        Ok(Fitted::new(&model.weights(), model.intercept(), true))
    };
    match classifier.kind {
        Kind::Logistic => logistic(false),
        Kind::OneVsRest => logistic(true),
        Kind::Svm => svm(Hinge::Squared),
        Kind::SvmHinge => svm(Hinge::Plain),
        Kind::NaiveBayes => naive_bayes(Estimate::Own),
        Kind::ComplementNaiveBayes => naive_bayes(Estimate::Complement),
        Kind::ElasticNet => {
            let model = ElasticNet::params(n_labels)
                .c(c)
                .class_weight_power(power)
                .l1_share(classifier.l1_share.unwrap_or(0.5))
                .fit(&dataset)?;
            let has_converged = model.convergence().iter().all(|class| class.converged);
            Ok(Fitted::new(&model.weights(), model.intercept(), has_converged))
        }
        Kind::NbSvm => {
            let model = NbSvm::params(n_labels).c(c).class_weight_power(power).fit(&dataset)?;
            Ok(Fitted::new(&model.weights(), model.intercept(), model.converged()))
        }
        Kind::Average => {
            let (one, other) = (logistic(false)?, svm(Hinge::Squared)?);
            let records = dataset.records();
            Ok(one.averaged_with(&other, [one.spread(records), other.spread(records)]))
        }
    }
}

/// Difference of projected gradients at which a support vector machine's fit ends.
const DUAL_TOLERANCE: f64 = 1e-3;

/// Norm of the gradient at which a fit ends.
const TOLERANCE: f64 = 1e-6;

/// A step that promises less than this part of the objective is the last. The objective is then within a millionth of
/// its minimum on the data that has been looked at.
const RELATIVE_DECREASE: f64 = 1e-6;

impl Fitted {
    fn new(weights: &ArrayView2<'_, f64>, intercept: &Array1<f64>, has_converged: bool) -> Self {
        let weights = weights.t().iter().map(|&weight| weight as f32).collect();
        Self { weights, intercept: intercept.to_vec(), has_converged }
    }

    /// The standard deviation of the scores on the rows that it was fitted to.
    fn spread(&self, records: &Records) -> f64 {
        let scores = scores(&self.weights, &self.intercept, records.matrix());
        scores.std(0.0).max(f64::MIN_POSITIVE)
    }

    fn averaged_with(&self, other: &Self, spreads: [f64; 2]) -> Self {
        let mean = |one: f64, other: f64| f64::midpoint(one / spreads[0], other / spreads[1]);
        let weights = self.weights.iter().zip(&other.weights);
        Self {
            weights: weights.map(|(&a, &b)| mean(f64::from(a), f64::from(b)) as f32).collect(),
            intercept: self.intercept.iter().zip(&other.intercept).map(|(&a, &b)| mean(a, b)).collect(),
            has_converged: self.has_converged && other.has_converged,
        }
    }

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
