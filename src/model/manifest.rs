//! What a model file says of itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::collective::Collective;
use super::{Conformal, Recipe};

/// The newest format that this program reads, and the one that it writes.
pub const FORMAT: u64 = 3;

/// The description inside a model file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Manifest {
    /// Version of the file format.
    pub format: u64,
    /// Name of the task: `stance`, or what its maker called it.
    pub task: String,
    /// What the stance is toward, where all training rows agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The labels, in the order of all probabilities.
    pub labels: Vec<String>,
    /// How it was made.
    pub recipe: Recipe,
    /// Columns of each feature block.
    pub block_sizes: Vec<usize>,
    /// Scores are divided by this before they become probabilities.
    pub temperature: f64,
    /// How each label's score becomes its probability, where that is better than one temperature for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub platt: Vec<Platt>,
    /// What decides the texts of one article together, from the probabilities above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collective: Option<Collective>,
    /// What is added to the logarithm of each label's probability before the largest decides; none for nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub biases: Vec<f64>,
    /// The mean probability of each label on the rows that the probabilities were calibrated on; none where there was
    /// no cross-validation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prior: Vec<f64>,
    /// What puts a label into a set: for each label a threshold at each whole percent from 50 to 99; none where there
    /// was no cross-validation.
    #[serde(default, skip_serializing_if = "Conformal::is_empty")]
    pub conformal: Conformal,
    /// What the blocks need beside their weights: tokenizers, lexicons, what word vectors there are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub resources: BTreeMap<String, String>,
    /// Targets with features of their own, and how many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub target_copies: Vec<(String, usize)>,
    /// What it was trained on.
    pub training: Training,
    /// What it reached, measured while training.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<Accuracy>,
    /// The tokenization pipeline, as a `tokenizer.json`.
    pub tokenizer: String,
}

/// A label's probability before it is brought to sum 1 with the others: `1 / (1 + exp(-(slope * score + offset)))`
/// (Platt 1999).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Platt {
    /// What the score is multiplied by.
    pub slope: f64,
    /// What is added.
    pub offset: f64,
}

/// Where a model comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Training {
    /// The files, in the order in which they were read.
    pub sources: Vec<Source>,
    /// Rows that taught it.
    pub rows: usize,
    /// Those of each label.
    pub labels: BTreeMap<String, usize>,
    /// The seed of everything random.
    pub seed: u64,
}

/// One file that a model was trained on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The file's name without its folder.
    pub file: String,
    /// Usable rows in it.
    pub rows: usize,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// Figures from rows that the measured model was not trained on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    /// How it was measured.
    pub method: String,
    /// Rows measured on.
    pub rows: usize,
    /// Share of rows with the right label.
    pub accuracy: f64,
    /// Mean of the labels' F1.
    pub macro_f1: f64,
    /// F1 of each label, in the order of the labels.
    pub f1: Vec<f64>,
    /// Mean negative logarithm of the probability of the right label.
    pub log_loss: f64,
    /// How many rows of each label (outer) were given each label (inner).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub confusion: Vec<Vec<u64>>,
}
