//! A trained model as one file: what it needs to classify, and what it says of itself.
//!
//! [`train`] makes a model from labelled rows by a [`Recipe`]; [`Model::save`] and [`Model::load`] keep it as one
//! `.safetensors` file; [`Model::classify`] labels a text with calibrated probabilities. A loaded model predicts the
//! same bits as the one that was saved.
//!
//! How good a model is, is measured in [`crate::evaluate`]; training only adds the figure that its own
//! cross-validation gives.
//!
//! ```
//! use onrecord::labeled::{RowColumns, Dataset, Format, read};
//! use onrecord::model::{Model, TrainOptions, train};
//! use onrecord::progress;
//!
//! let csv = "text,label\nSend more troops,favor\nSend the troops now,favor\nBring them home,against\nHome now,against\n";
//! let table = read(csv.as_bytes(), "example.csv", Format::Csv, &RowColumns::default())?;
//! let data = Dataset::new(vec![table], None)?;
//! let trained = train(&data.rows, &TrainOptions { n_folds: 0, ..TrainOptions::default() }, &progress::silent)?;
//! let classified = trained.model.classify("Send them troops", None);
//! assert_eq!(trained.model.labels()[classified.label], "favor");
//!
//! let again = Model::from_bytes(&trained.model.to_bytes()?)?;
//! assert_eq!(again.classify("Send them troops", None), classified);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod calibrate;
mod collective;
pub(crate) mod conformal;
mod decide;
mod error;
mod explain;
mod file;
mod fit;
mod manifest;
mod network;
mod occlusion;
mod own;
mod recipe;
mod search;
mod train;
mod validate;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use half::f16;
use rayon::prelude::*;

use ndarray::Array2;

use crate::features::{Block, FeaturePipeline, Field, Input};
use crate::labeled::Stance;
use crate::learn::linear_scores;
pub use collective::Collective;
use collective::Place;
pub use conformal::{Conformal, LEVEL};
pub use decide::Goal;
pub use error::{ModelError, TrainError};
pub use explain::{Contribution, Explanation};
pub use manifest::{Accuracy, FORMAT, Manifest, Platt, Source, Training};
pub use occlusion::{WordWeight, occlusion};
pub use own::Classifier;
pub use recipe::{ClassifierKind, ClassifierRecipe, Decision, Network, Recipe, RowWeight, Stage};
pub use search::{Search, Tried, search};
pub use train::{TrainOptions, Trained, train};
pub use validate::OutOfFold;
pub(crate) use validate::Prepared;

/// A trained model.
#[derive(Debug, Clone)]
pub struct Model {
    manifest: Manifest,
    pipeline: FeaturePipeline,
    /// One row a feature, one column a label.
    weights: Vec<f32>,
    intercept: Vec<f64>,
    /// What adds to the scores beside the features.
    network: Option<network::Network>,
    /// What is asked instead of all that.
    own: Option<Arc<dyn Classifier>>,
}

/// What a model says of one text.
#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    /// Position of the label in [`Model::labels`]: the most probable one, unless the model's decisions were tuned for
    /// another measure than accuracy.
    pub label: usize,
    /// A probability for each label, in the order of [`Model::labels`]; they sum to 1.
    pub probabilities: Vec<f64>,
}

impl Classification {
    /// p(favor) - p(against), from -1 to 1; none where the labels are no stances.
    #[must_use]
    pub fn score(&self, labels: &[String]) -> Option<f64> {
        let p = |stance: Stance| stance.position(labels).map(|idx| self.probabilities[idx]);
        Some(p(Stance::Favor)? - p(Stance::Against)?)
    }
}

/// Texts that are turned into features at a time; bounds the memory.
const BATCH: usize = 8192;

impl Model {
    /// The stance model inside the program: outside intervention, four labels.
    ///
    /// # Errors
    /// None in a program whose tests pass.
    #[cfg(feature = "builtin")]
    pub fn builtin_stance() -> Result<Self, ModelError> {
        file::from_bytes(onrecord_models::STANCE, file::Trust::Skip)
    }

    /// The stance model inside the program that reads statements in their article; it wants the scores of the one that
    /// reads them alone ([`crate::score::ALONE`]).
    ///
    /// # Errors
    /// None in a program whose tests pass.
    #[cfg(feature = "builtin")]
    pub fn builtin_in_article() -> Result<Self, ModelError> {
        file::from_bytes(onrecord_in_article::FAST, file::Trust::Skip)
    }

    /// The same, which wants the scores of the encoder too ([`crate::score::ENCODER`]).
    ///
    /// # Errors
    /// None in a program whose tests pass.
    #[cfg(all(feature = "builtin", feature = "encoder"))]
    pub fn builtin_careful() -> Result<Self, ModelError> {
        file::from_bytes(onrecord_in_article::CAREFUL, file::Trust::Skip)
    }

    /// The model of claim types inside the program: fact, value, policy, prediction, none.
    ///
    /// # Errors
    /// None in a program whose tests pass.
    #[cfg(feature = "builtin")]
    pub fn builtin_claims() -> Result<Self, ModelError> {
        file::from_bytes(onrecord_models::CLAIM, file::Trust::Skip)
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// Where the file cannot be read, is no model, is damaged, or is of a later format.
    pub fn load(path: &Path) -> Result<Self, ModelError> {
        file::load(path)
    }

    /// A model from the bytes of its file.
    ///
    /// # Errors
    /// Where they are no model, are damaged, or are of a later format.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        file::from_bytes(bytes, file::Trust::Check)
    }

    /// The bytes of the model's file; the same for the same model, always.
    ///
    /// # Errors
    /// [`ModelError::Own`] where it asks a classifier of one's own.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ModelError> {
        if self.own.is_some() { Err(ModelError::Own) } else { Ok(file::to_bytes(self)) }
    }

    /// Writes the model file.
    ///
    /// # Errors
    /// Where it cannot be written, or [`ModelError::Own`].
    pub fn save(&self, path: &Path) -> Result<(), ModelError> {
        fs::write(path, self.to_bytes()?).map_err(|source| ModelError::Io { path: path.into(), source })
    }

    /// The labels, in the order of all probabilities.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.manifest.labels
    }

    /// The task's name: `stance` or its maker's.
    #[must_use]
    pub fn task(&self) -> &str {
        &self.manifest.task
    }

    /// What the model says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The thresholds of sets of labels; none in a model that was not cross-validated, or is older than they are.
    #[must_use]
    pub fn conformal(&self) -> Option<&Conformal> {
        Some(&self.manifest.conformal).filter(|conformal| !conformal.is_empty())
    }

    /// Whether what it says of a text depends on the target.
    #[must_use]
    pub fn tells_targets_apart(&self) -> bool {
        let features = &self.manifest.recipe.features;
        self.own.is_some()
            || features.target_copies.is_some()
            || features.blocks.iter().any(|block| matches!(block, Block::Target(_)))
    }

    /// Classifies one text. `target` is what the stance is toward, for models that tell targets apart.
    #[must_use]
    pub fn classify(&self, text: &str, target: Option<&str>) -> Classification {
        self.classify_batch(&[(text, target)]).swap_remove(0)
    }

    /// Classifies many texts, in parallel; much faster than one by one. Texts of one article are decided together where
    /// the model was taught to ([`Self::is_collective`]).
    #[must_use]
    pub fn classify_batch<'t, I: Into<Input<'t>> + Copy>(&self, texts: &[I]) -> Vec<Classification> {
        let inputs: Vec<Input<'t>> = texts.iter().map(|&input| input.into()).collect();
        if let Some(own) = &self.own {
            let of_text =
                |probabilities: Vec<f64>| Classification { label: self.label_of(&probabilities), probabilities };
            return own::probabilities(&**own, &inputs).into_iter().map(of_text).collect();
        }
        let mut all: Vec<f64> = Vec::with_capacity(inputs.len() * self.labels().len());
        for batch in inputs.chunks(BATCH) {
            let corpora = self.pipeline.corpora(batch);
            let mut scores = linear_scores(&self.pipeline.rows(&corpora), &self.weights, &self.intercept);
            if let Some(network) = &self.network {
                scores += &network.scores(corpora.of(Field::Text));
            }
            for scores in scores.rows() {
                let scores = scores.as_slice().expect("rows of a matrix in standard order");
                all.extend(calibrate::probabilities(scores, self.manifest.temperature, &self.manifest.platt));
            }
        }
        let mut all = Array2::from_shape_vec((inputs.len(), self.labels().len()), all);
        let all = all.as_mut().expect("a probability for each text and label");
        if let Some(collective) = &self.manifest.collective {
            let places: Vec<Place<'_>> = inputs.iter().map(|&input| input.into()).collect();
            collective.decide(&places, all);
        }
        let classification = |probabilities: ndarray::ArrayView1<'_, f64>| {
            let probabilities = probabilities.to_vec();
            Classification { label: decide::label(&probabilities, &self.manifest.biases), probabilities }
        };
        all.rows().into_iter().map(classification).collect()
    }

    /// Whether it looks at more of a text than its words.
    #[must_use]
    pub fn reads_context(&self) -> bool {
        let looks_around =
            |block: &Block| block.field() != Field::Text || matches!(block, Block::Side(_) | Block::Scores(_));
        self.is_collective() || self.manifest.recipe.features.blocks.iter().any(looks_around)
    }

    /// Whether it wants the scores that somebody of this name gave.
    #[must_use]
    pub fn wants(&self, name: &str) -> bool {
        let is_wanted = |block: &Block| matches!(block, Block::Scores(given) if given.name == name);
        self.manifest.recipe.features.blocks.iter().any(is_wanted)
    }

    /// Whether texts of one article are decided together.
    #[must_use]
    pub const fn is_collective(&self) -> bool {
        self.manifest.collective.is_some()
    }

    /// The label for probabilities that were changed after classification, in the order of [`Model::labels`].
    pub(crate) fn label_of(&self, probabilities: &[f64]) -> usize {
        decide::label(probabilities, &self.manifest.biases)
    }

    /// A model of a fitted classifier; its weights are rounded as the file will hold them.
    fn new(
        manifest: Manifest,
        pipeline: FeaturePipeline,
        fitted: &fit::Fitted,
        network: Option<network::Network>,
    ) -> Self {
        let weights = fitted.weights.par_iter().map(|&weight| f16::from_f32(weight).to_f32()).collect();
        Self { manifest, pipeline, weights, intercept: fitted.intercept.clone(), network, own: None }
    }
}
