//! The C of a linear SVM by cross-validation over folds that keep groups together: `cargo run --example folds`.
#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Axis};
use onrecord_learn::split::k_folds;
use onrecord_learn::{ClassIndices, LearnError, LinearSvm, Records};

/// Tries three values of C; each fold's model is measured on rows that it was not taught.
pub fn main() -> Result<(), LearnError> {
    let n_rows = 90_u32;
    // Rows of a class share a column with two thirds of the others of their class; the rest is noise.
    let row = |n: u32| vec![(n % 3 + 3 * u32::from(n.is_multiple_of(5)), 1.0), (6 + n * n % 11, 0.5)];
    let records = Records::from_rows((0..n_rows).map(row), 17)?;
    let classes: Array1<usize> = (0..n_rows as usize).map(|n| n % 3).collect();
    let groups: Vec<u32> = (0..n_rows).map(|n| n / 2).collect();
    for c in [0.1, 1.0, 10.0] {
        let mut n_right = 0;
        for fold in k_folds(classes.as_slice().expect("contiguous"), Some(&groups), 5, 1)? {
            let targets = ClassIndices::new(classes.select(Axis(0), &fold.train), 3)?;
            let model = LinearSvm::params().c(c).fit(&DatasetBase::new(records.select(&fold.train), targets))?;
            let predicted = model.predict(&records.select(&fold.test));
            n_right += predicted.iter().zip(&fold.test).filter(|(found, row)| **found == classes[**row]).count();
        }
        println!("C {c}: {n_right} of {n_rows} rows right");
        assert!(n_right > 60);
    }
    Ok(())
}
