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
//! use onrecord::labeled::{Columns, Dataset, Format, read};
//! use onrecord::model::{Model, TrainOptions, train};
//! use onrecord::progress;
//!
//! let csv = "text,label\nSend more troops,favor\nSend the troops now,favor\nBring them home,against\nHome now,against\n";
//! let table = read(csv.as_bytes(), "example.csv", Format::Csv, &Columns::default())?;
//! let data = Dataset::new(vec![table], None)?;
//! let trained = train(&data.rows, &TrainOptions { n_folds: 0, ..TrainOptions::default() }, &progress::silent)?;
//! let classified = trained.model.classify("Send them troops", None);
//! assert_eq!(trained.model.labels()[classified.label], "favor");
//!
//! let again = Model::from_bytes(&trained.model.to_bytes())?;
//! assert_eq!(again.classify("Send them troops", None), classified);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod file;
mod fit;
mod manifest;
mod recipe;
mod train;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

use half::f16;
use ndarray::Array2;

use crate::features::{FeatureMatrix, FeaturePipeline};
pub use error::{ModelError, TrainError};
pub use manifest::{Accuracy, FORMAT, Manifest, Source, Training};
pub use recipe::{Classifier, Kind, Recipe, RowWeight};
pub use train::{OutOfFold, TrainOptions, Trained, train};

/// A trained model.
#[derive(Debug, Clone)]
pub struct Model {
    manifest: Manifest,
    pipeline: FeaturePipeline,
    /// One row a feature, one column a label.
    weights: Vec<f32>,
    intercept: Vec<f64>,
}

/// What a model says of one text.
#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    /// Position of the label in [`Model::labels`].
    pub label: usize,
    /// A probability for each label, in the order of [`Model::labels`]; they sum to 1.
    pub probabilities: Vec<f64>,
}

impl Classification {
    /// p(favor) - p(against), from -1 to 1; none where the labels are no stances.
    #[must_use]
    pub fn score(&self, labels: &[String]) -> Option<f64> {
        let p = |name: &str| labels.iter().position(|label| label == name).map(|idx| self.probabilities[idx]);
        Some(p("favor")? - p("against")?)
    }
}

/// Texts that are turned into features at a time; bounds the memory.
const BATCH: usize = 8192;

impl Model {
    /// The stance model inside the program: outside intervention, four labels.
    ///
    /// # Errors
    /// None in a program whose tests pass.
    pub fn builtin_stance() -> Result<Self, ModelError> {
        file::from_bytes(include_bytes!("../../models/stance.safetensors"), file::Trust::Skip)
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
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        file::to_bytes(self)
    }

    /// Writes the model file.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), ModelError> {
        fs::write(path, self.to_bytes()).map_err(|source| ModelError::Io { path: path.into(), source })
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

    /// Classifies one text. `target` is what the stance is toward, for models that tell targets apart.
    #[must_use]
    pub fn classify(&self, text: &str, target: Option<&str>) -> Classification {
        self.classify_batch(&[(text, target)]).swap_remove(0)
    }

    /// Classifies many texts, in parallel; much faster than one by one.
    #[must_use]
    pub fn classify_batch(&self, texts: &[(&str, Option<&str>)]) -> Vec<Classification> {
        let mut all = Vec::with_capacity(texts.len());
        for batch in texts.chunks(BATCH) {
            let texts: Vec<&str> = batch.iter().map(|&(text, _)| text).collect();
            let scores = scores(&self.weights, &self.intercept, &self.pipeline.transform(&texts));
            all.extend(scores.rows().into_iter().map(|scores| {
                let scores = scores.as_slice().expect("rows of a matrix in standard order");
                Classification { label: largest(scores), probabilities: softmax(scores, self.manifest.temperature) }
            }));
        }
        all
    }

    /// A model of a fitted classifier; its weights are rounded as the file will hold them.
    fn new(manifest: Manifest, pipeline: FeaturePipeline, fitted: &fit::Fitted) -> Self {
        let weights = fitted.weights.iter().map(|&weight| f16::from_f32(weight).to_f32()).collect();
        Self { manifest, pipeline, weights, intercept: fitted.intercept.clone() }
    }
}

/// The score of each row and label, before calibration; `weights` has one row a feature.
fn scores(weights: &[f32], intercept: &[f64], records: &FeatureMatrix) -> Array2<f64> {
    let n_labels = intercept.len();
    let mut all = Array2::zeros((records.rows(), n_labels));
    for (features, mut scores) in records.outer_iterator().zip(all.rows_mut()) {
        let scores = scores.as_slice_mut().expect("rows of a matrix in standard order");
        scores.copy_from_slice(intercept);
        for (feature, &value) in features.iter() {
            let weights = &weights[feature * n_labels..(feature + 1) * n_labels];
            for (score, &weight) in scores.iter_mut().zip(weights) {
                *score += f64::from(value) * f64::from(weight);
            }
        }
    }
    all
}

/// The first of the largest.
fn largest(scores: &[f64]) -> usize {
    let mut best = 0;
    for (idx, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = idx;
        }
    }
    best
}

/// Probabilities in proportion to exp(score / temperature).
fn softmax(scores: &[f64], temperature: f64) -> Vec<f64> {
    let top = scores[largest(scores)];
    let mut probabilities: Vec<f64> = scores.iter().map(|score| ((score - top) / temperature).exp()).collect();
    let sum: f64 = probabilities.iter().sum();
    probabilities.iter_mut().for_each(|p| *p /= sum);
    probabilities
}
