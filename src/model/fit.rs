//! The seam to the estimators: feature rows and classes in, weights out.

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, ArrayView2};
use rayon::prelude::*;

use super::{ClassifierKind, ClassifierRecipe, TrainError};
use crate::features::FeatureMatrix;
use crate::learn::{
    ClassIndices, Convergence, CrammerSinger, DualConvergence, ElasticNet, Hinge, LearnError, LinearSvm,
    LogisticRegression, NaiveBayes, NaiveBayesVariant, NbSvm, Records, linear_scores,
};

/// A fitted classifier.
pub(super) struct Fitted {
    /// One row a feature, one column a class.
    pub(super) weights: Vec<f32>,
    pub(super) intercept: Vec<f64>,
    /// What was missing where the fit ended before its optimum.
    pub(super) shortfall: Option<String>,
}

pub(super) fn fit(
    records: FeatureMatrix,
    gold: &[usize],
    weights: &[f64],
    n_labels: usize,
    classifier: &ClassifierRecipe,
) -> Result<Fitted, LearnError> {
    let dataset = DatasetBase::new(Records::from_matrix(records)?, ClassIndices::new(gold.to_vec(), n_labels)?)
        .with_weights(weights.iter().map(|&weight| weight as f32).collect());
    let (c, power) = (classifier.c, classifier.balance);
    let svm = |hinge| {
        let model = LinearSvm::params().c(c).class_weight_power(power).hinge(hinge).tolerance(DUAL_TOLERANCE);
        let model = model.fit(&dataset)?;
        let shortfall = model.convergence().iter().find_map(of_dual);
        Ok::<_, LearnError>(Fitted::new(&model.weights(), model.intercept(), shortfall))
    };
    let logistic = |one_vs_rest| {
        let model = LogisticRegression::params()
            .c(c)
            .class_weight_power(power)
            .one_vs_rest(one_vs_rest)
            .tolerance(TOLERANCE)
            .relative_decrease(RELATIVE_DECREASE)
            .fit(&dataset)?;
        Ok::<_, LearnError>(Fitted::new(&model.weights(), model.intercept(), of_gradient(&model.convergence())))
    };
    let naive_bayes = |variant| {
        let model = NaiveBayes::params().smoothing(1.0 / c).class_weight_power(power).variant(variant);
        let model = model.fit(&dataset)?;
        Ok(Fitted::new(&model.weights(), model.intercept(), None))
    };
    match classifier.kind {
        ClassifierKind::Logistic => logistic(false),
        ClassifierKind::OneVsRest => logistic(true),
        ClassifierKind::Svm => svm(Hinge::Squared),
        ClassifierKind::SvmHinge => svm(Hinge::Plain),
        ClassifierKind::CrammerSinger => {
            let model = CrammerSinger::params().c(c).class_weight_power(power).tolerance(DUAL_TOLERANCE);
            let model = model.fit(&dataset)?;
            Ok(Fitted::new(&model.weights(), model.intercept(), of_dual(&model.convergence())))
        }
        ClassifierKind::NaiveBayes => naive_bayes(NaiveBayesVariant::Multinomial),
        ClassifierKind::ComplementNaiveBayes => naive_bayes(NaiveBayesVariant::Complement),
        ClassifierKind::ElasticNet => {
            let model = ElasticNet::params()
                .c(c)
                .class_weight_power(power)
                .l1_ratio(classifier.l1_ratio.unwrap_or(0.5))
                .fit(&dataset)?;
            let shortfall = model.convergence().iter().find_map(of_gradient);
            Ok(Fitted::new(&model.weights(), model.intercept(), shortfall))
        }
        ClassifierKind::NbSvm => {
            let model = NbSvm::params().c(c).class_weight_power(power).fit(&dataset)?;
            let shortfall = (!model.converged()).then(|| "the walks over the rows ran out".to_owned());
            Ok(Fitted::new(&model.weights(), model.intercept(), shortfall))
        }
        ClassifierKind::Average => {
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

/// What a fit by dual coordinate descent fell short of.
fn of_dual(end: &DualConvergence) -> Option<String> {
    let DualConvergence { iterations, violation, duality_gap, objective, converged } = *end;
    (!converged).then(|| {
        format!(
            "after {iterations} walks over the rows gradients violate it by {violation:.1e}; the objective is at most \
             {:.1e} of itself too large",
            duality_gap / objective
        )
    })
}

/// What a fit by steps along gradients fell short of.
fn of_gradient(end: &Convergence) -> Option<String> {
    let Convergence { iterations, gradient_norm, converged, .. } = *end;
    (!converged).then(|| format!("after {iterations} steps the gradient's length is {gradient_norm:.1e}"))
}

impl Fitted {
    fn new(weights: &ArrayView2<'_, f64>, intercept: &Array1<f64>, shortfall: Option<String>) -> Self {
        let n_classes = weights.nrows();
        let weight = |place: usize| weights[[place % n_classes, place / n_classes]] as f32;
        let weights = (0..weights.len()).into_par_iter().map(weight).collect();
        Self { weights, intercept: intercept.to_vec(), shortfall }
    }

    /// The standard deviation of the scores on the rows that it was fitted to.
    fn spread(&self, records: &Records) -> f64 {
        let scores = linear_scores(records.matrix(), &self.weights, &self.intercept);
        scores.std(0.0).max(f64::MIN_POSITIVE)
    }

    fn averaged_with(&self, other: &Self, spreads: [f64; 2]) -> Self {
        let mean = |one: f64, other: f64| f64::midpoint(one / spreads[0], other / spreads[1]);
        let weights = self.weights.iter().zip(&other.weights);
        Self {
            weights: weights.map(|(&a, &b)| mean(f64::from(a), f64::from(b)) as f32).collect(),
            intercept: self.intercept.iter().zip(&other.intercept).map(|(&a, &b)| mean(a, b)).collect(),
            shortfall: self.shortfall.clone().or_else(|| other.shortfall.clone()),
        }
    }

    /// The score of each row and class.
    pub(super) fn scores(&self, records: &FeatureMatrix) -> Array2<f64> {
        linear_scores(records, &self.weights, &self.intercept)
    }
}

impl From<LearnError> for TrainError {
    fn from(error: LearnError) -> Self {
        Self::Classifier { message: error.to_string() }
    }
}
