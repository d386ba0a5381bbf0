//! Sparse rows and labels that are words, one classifier, and what it weighs: `cargo run --example labels`.
#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use ndarray::array;
use onrecord_learn::{LearnError, LogisticRegression, Records};

/// Fits, predicts and explains.
pub fn main() -> Result<(), LearnError> {
    // Columns: "peace", "war", "weather".
    let rows = [vec![(0, 1.0)], vec![(0, 0.6), (2, 0.8)], vec![(1, 1.0)], vec![(1, 0.8), (2, 0.6)]];
    let data = DatasetBase::new(Records::from_rows(rows, 3)?, array!["dove", "dove", "hawk", "hawk"]);
    let model = LogisticRegression::params().c(10.0).fit(&data)?;
    assert_eq!(model.predict(&data), *data.targets());
    let probabilities = model.predict_probabilities(&Records::from_rows([vec![(2, 1.0)]], 3)?);
    for (class, label) in model.labels().iter().enumerate() {
        println!(
            "{label}: weights {:.2}, p(weather alone) {:.2}",
            model.weights().row(class),
            probabilities[[0, class]]
        );
    }
    Ok(())
}
