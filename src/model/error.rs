//! What can go wrong with model files and in training.

use std::path::PathBuf;

use thiserror::Error;

use crate::features::FeatureError;

/// A model file that cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The file cannot be read or written.
    #[error("{}: cannot read the model", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no model, or one of another program.
    #[error("not a model of onrecord ({reason}); expected a .safetensors file that `onrecord train` wrote")]
    Foreign {
        /// What gave it away.
        reason: String,
    },
    /// The file was a model once.
    #[error("the model is damaged ({reason}); copy or train it again")]
    Damaged {
        /// What does not fit.
        reason: String,
    },
    /// A later program wrote it.
    #[error("the model has format {found}, this program reads formats up to {known}; use a newer onrecord")]
    Newer {
        /// The file's format.
        found: u64,
        /// The newest that can be read.
        known: u64,
    },
    /// Asked for a target that the model cannot know of.
    #[error("the model knows the target \"{known}\" alone; it says nothing of \"{asked}\"")]
    OneTarget {
        /// The target of its training rows.
        known: String,
        /// The target that was asked for.
        asked: String,
    },
    /// A classifier of one's own is no file.
    #[error("the model asks a classifier of its own, which no file can keep")]
    Own,
    /// A classifier of one's own without labels to choose from, or with a prior for others.
    #[error("an own classifier with {n_labels} labels and {n_priors} priors; expected at least 2, and as many or none")]
    OwnLabels {
        /// Its labels.
        n_labels: usize,
        /// Its priors.
        n_priors: usize,
    },
    /// One of the above, with the file's name.
    #[error("{}", path.display())]
    InFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<ModelError>,
    },
}

/// Training data or settings from which no model can be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A recipe that makes no sense.
    #[error("recipe: {message}")]
    Recipe {
        /// Which parameter, and what is expected.
        message: String,
    },
    /// Rows that cannot be joined or divided.
    #[error(transparent)]
    Units(#[from] crate::units::UnitError),
    /// The feature recipe, or what it leaves of the texts.
    #[error(transparent)]
    Features(#[from] FeatureError),
    /// Nothing to tell apart.
    #[error("all {n_rows} rows have the label \"{label}\"; expected rows of at least two labels")]
    OneLabel {
        /// The label.
        label: String,
        /// Rows that were given.
        n_rows: usize,
    },
    /// No rows at all.
    #[error("no rows to train on")]
    NoRows,
    /// Recipes cannot be told apart.
    #[error("the recipe measures none of the rows, and so no recipe can be chosen; leave out a `measured = false`")]
    NothingMeasured,
    /// A name that would clash with a field of the output.
    #[error(
        "task \"{task}\": expected a name of letters, digits, - and _ that is no column's name (text, id, label, ...)"
    )]
    TaskName {
        /// The name.
        task: String,
    },
    /// The classifier's own complaint.
    #[error("classifier: {message}")]
    Classifier {
        /// Its words.
        message: String,
    },
}
