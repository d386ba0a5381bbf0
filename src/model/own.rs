//! Classifiers of one's own, in the place of a trained model.

use std::fmt;
use std::sync::Arc;

use super::manifest::FORMAT;
use super::{Manifest, Model, ModelError};
use crate::features::{FeaturePipeline, Input};

/// What gives each label of a text a probability: a network of one's own, a service, a rule.
///
/// [`Model::own`] makes a [`Model`] of it, which scores, is measured and is compared like any other.
///
/// # Examples
/// ```
/// use std::sync::Arc;
///
/// use onrecord::features::Input;
/// use onrecord::model::{Classifier, Model};
///
/// /// Rejects whatever it reads "no" in.
/// #[derive(Debug)]
/// struct Keyword([String; 2]);
///
/// impl Classifier for Keyword {
///     fn labels(&self) -> &[String] {
///         &self.0
///     }
///
///     fn probabilities(&self, texts: &[Input<'_>]) -> Vec<Vec<f64>> {
///         let of = |input: &Input<'_>| if input.text.contains("no ") { vec![0.1, 0.9] } else { vec![0.6, 0.4] };
///         texts.iter().map(of).collect()
///     }
/// }
///
/// let keyword = Keyword(["favor", "against"].map(str::to_owned));
/// let model = Model::own(Arc::new(keyword), "stance", Some("the toll"))?;
/// assert_eq!(model.labels()[model.classify("There will be no toll.", None).label], "against");
/// # Ok::<(), onrecord::model::ModelError>(())
/// ```
pub trait Classifier: fmt::Debug + Send + Sync {
    /// The labels, two or more, always the same.
    fn labels(&self) -> &[String];

    /// For each text a probability for each label, in the order of [`Self::labels`]; they sum to 1.
    fn probabilities(&self, texts: &[Input<'_>]) -> Vec<Vec<f64>>;

    /// The share that each label had where the probabilities were calibrated; without, no statement is judged in the
    /// light of its article's others.
    fn prior(&self) -> Vec<f64> {
        Vec::new()
    }
}

impl Model {
    /// A model that asks a classifier of one's own. `task` is `stance` for stances; `target` is what they are toward.
    ///
    /// It has no features to explain, and no file: [`Self::save`] and [`Self::to_bytes`] refuse.
    ///
    /// # Errors
    /// Where there are fewer than two labels, or a prior that does not fit them.
    pub fn own(classifier: Arc<dyn Classifier>, task: &str, target: Option<&str>) -> Result<Self, ModelError> {
        let labels = classifier.labels().to_vec();
        let prior = classifier.prior();
        if labels.len() < 2 || ![0, labels.len()].contains(&prior.len()) {
            return Err(ModelError::OwnLabels { n_labels: labels.len(), n_priors: prior.len() });
        }
        let manifest = Manifest {
            format: FORMAT,
            task: task.to_owned(),
            target: target.map(str::to_owned),
            temperature: 1.0,
            labels,
            prior,
            ..Manifest::default()
        };
        let intercept = vec![0.0; manifest.labels.len()];
        let pipeline = FeaturePipeline::empty().map_err(|error| ModelError::Damaged { reason: error.to_string() })?;
        Ok(Self { manifest, pipeline, weights: Vec::new(), intercept, network: None, own: Some(classifier) })
    }
}

/// What a classifier says of texts.
///
/// # Panics
/// Where it does not give each text a probability for each label.
pub(super) fn probabilities(classifier: &dyn Classifier, texts: &[Input<'_>]) -> Vec<Vec<f64>> {
    let found = classifier.probabilities(texts);
    let n_labels = classifier.labels().len();
    let fits = found.len() == texts.len() && found.iter().all(|of_text| of_text.len() == n_labels);
    assert!(fits, "a classifier gives each text a probability for each label");
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Length(Vec<String>);

    impl Classifier for Length {
        fn labels(&self) -> &[String] {
            &self.0
        }

        fn probabilities(&self, texts: &[Input<'_>]) -> Vec<Vec<f64>> {
            texts.iter().map(|input| if input.text.len() > 5 { vec![0.8, 0.2] } else { vec![0.3, 0.7] }).collect()
        }
    }

    #[test]
    fn an_own_classifier_is_asked_and_explains_nothing_and_has_no_file() {
        let labels = |labels: &[&str]| Arc::new(Length(labels.iter().map(|&label| label.to_owned()).collect()));
        let model = Model::own(labels(&["long", "short"]), "length", None).unwrap();
        let found = model.classify_batch(&[("a long text", None), ("ah", None)]);
        assert_eq!(found.iter().map(|found| found.label).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(found[1].probabilities, [0.3, 0.7]);
        let explained = model.explain("ah", None);
        assert!(explained.contributions.is_empty());
        let scores = explained.scores();
        assert!((scores[1] - scores[0] - (0.7_f64 / 0.3).ln()).abs() < 1e-9);
        assert!(matches!(model.to_bytes(), Err(ModelError::Own)));
        assert!(matches!(Model::own(labels(&["one"]), "length", None), Err(ModelError::OwnLabels { n_labels: 1, .. })));
    }
}
