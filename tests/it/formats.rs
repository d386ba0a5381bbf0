//! Files that earlier versions wrote are read, and mean what they meant.

use std::fs;

use crate::support::{Scratch, repository};

#[test]
fn a_model_of_format_3_predicts_what_it_predicted() {
    let fixtures = repository().join("tests/it/fixtures");
    let path = |name: &str| fixtures.join(name).to_string_lossy().into_owned();
    let scratch = Scratch::new();
    let (statements, model) = (path("statements.jsonl"), path("format3.safetensors"));
    let run = scratch.run(&["predict", &statements, "--model", &model, "--format", "jsonl"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(run.stdout, fs::read_to_string(path("format3.jsonl")).expect("the fixture is there"));
    let shown = scratch.run(&["model", "show", &model]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
}
