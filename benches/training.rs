//! The solvers on one matrix: `cargo bench --bench training` prints seconds and how each fit ended.
//!
//! The rows are the statements in `datasets/intervention`; words 1-2 and characters 2-5.
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::time::Instant;

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array1;
use onrecord::features::{FeaturePipeline, FeatureRecipe};
use onrecord::labeled::{Dataset, Format, RowColumns, read};
use onrecord::learn::{Hinge, LinearSvm, LogisticRegression, Records};

fn main() {
    let bytes = include_bytes!("../datasets/intervention/statements.jsonl");
    let table =
        read(bytes, "statements.jsonl", Format::Jsonl, &RowColumns::default()).expect("the committed file is sound");
    let data = Dataset::new(vec![table], None).expect("every row has a label");
    let texts: Vec<&str> = data.rows.iter().map(|row| row.text.as_str()).collect();
    let place = |label: &String| data.labels.iter().position(|other| other == label).expect("a label of the data");
    let classes: Array1<usize> = data.rows.iter().map(|row| place(&row.label)).collect();
    let (_, matrix) = FeaturePipeline::fit(&FeatureRecipe::default(), &texts).expect("there are features");
    println!("{} rows, {} features, {} entries", matrix.rows(), matrix.cols(), matrix.nnz());
    let n_features = matrix.cols();
    let (ends, columns, values) = matrix.into_raw_storage();
    let records = Records::from_parts(ends, columns, values, n_features).expect("a matrix");
    let dataset = DatasetBase::new(records, classes);
    let start = Instant::now();
    let model = LogisticRegression::params().c(10.0).tolerance(1e-6).fit(&dataset).expect("it fits");
    println!("logistic: {:.3} s, {:?}", start.elapsed().as_secs_f64(), model.convergence());
    assert!(model.convergence().converged);
    for hinge in [Hinge::Squared, Hinge::Plain] {
        let start = Instant::now();
        let model = LinearSvm::params().hinge(hinge).tolerance(1e-3).fit(&dataset).expect("it fits");
        println!("SVM, {hinge:?}: {:.3} s, {:?}", start.elapsed().as_secs_f64(), model.convergence()[0]);
        assert!(model.convergence().iter().all(|class| class.converged));
    }
}
