//! Why an estimator could not be built or fitted.

/// What went wrong, with the value that was wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LearnError {
    /// A hyperparameter outside its range.
    #[error("{name} is {value}; expected {expected}")]
    Parameter {
        /// The parameter's name.
        name: &'static str,
        /// What was given.
        value: f64,
        /// What is possible.
        expected: &'static str,
    },
    /// A sparse row that is none.
    #[error("row {row}: {problem}")]
    Records {
        /// Index of the row, from 0.
        row: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A target that is no class.
    #[error("row {row} is of class {class}, but there are {n_classes} classes")]
    Class {
        /// Index of the row, from 0.
        row: usize,
        /// The class index given.
        class: usize,
        /// How many classes there are.
        n_classes: usize,
    },
    /// A target that the data set does not count among its labels.
    #[error("row {row} has the label {label}, which is none of the data set's")]
    Label {
        /// Index of the row, from 0.
        row: usize,
        /// The label, as `Debug` shows it.
        label: String,
    },
    /// Nothing to learn from.
    #[error("{n_rows} rows and {n_targets} targets; expected the same number, and one at least")]
    Shape {
        /// Rows of the records.
        n_rows: usize,
        /// Targets given.
        n_targets: usize,
    },
    /// The optimizer gave up.
    #[error("the optimizer failed: {0}")]
    Optimizer(String),
    /// Whatever linfa itself finds wrong.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}
