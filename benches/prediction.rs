//! Ready statements classified by the built-in model: `cargo bench --bench prediction` prints texts a second.
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::time::Instant;

use onrecord::Model;
use onrecord::labeled::{Format, RowColumns, read};

const REPEATS: usize = 20;

fn main() {
    let bytes = include_bytes!("../datasets/intervention/statements.jsonl");
    let table =
        read(bytes, "statements.jsonl", Format::Jsonl, &RowColumns::default()).expect("the committed file is sound");
    let texts: Vec<(&str, Option<&str>)> =
        (0..REPEATS).flat_map(|_| table.rows.iter().map(|row| (row.text.as_str(), None))).collect();
    let start = Instant::now();
    let model = Model::builtin_stance().expect("the built-in model is sound");
    println!("loading: {:.3} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let found = model.classify_batch(&texts);
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(found.len(), texts.len());
    assert_eq!(found[0], model.classify(texts[0].0, None));
    println!("{} texts in {seconds:.3} s: {:.0} a second", texts.len(), texts.len() as f64 / seconds);
}
