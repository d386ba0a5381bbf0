//! The examples, run as they are.

#[path = "../examples/folds.rs"]
mod folds;
#[path = "../examples/labels.rs"]
mod labels;

#[test]
fn folds_runs() {
    folds::main().expect("the example works");
}

#[test]
fn labels_runs() {
    labels::main().expect("the example works");
}
