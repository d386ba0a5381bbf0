//! From texts to feature rows: `cargo bench --bench features` prints texts and megabytes a second.
//!
//! The texts are the statements in `datasets/intervention`, repeated.
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::time::Instant;

use onrecord::features::{Block, FeaturePipeline, FeatureRecipe, NGrams, Vectors};
use onrecord::labeled::{Format, RowColumns, read};

const REPEATS: usize = 20;

fn main() {
    let bytes = include_bytes!("../datasets/intervention/statements.jsonl");
    let table =
        read(bytes, "statements.jsonl", Format::Jsonl, &RowColumns::default()).expect("the committed file is sound");
    let texts: Vec<&str> = (0..REPEATS).flat_map(|_| table.rows.iter().map(|row| row.text.as_str())).collect();
    let n_bytes: usize = texts.iter().map(|text| text.len()).sum();
    println!("{} texts, {:.1} MB", texts.len(), n_bytes as f64 / 1e6);
    let words = || Block::Words(NGrams::new(1, 2));
    let chars = || Block::Chars(NGrams::new(2, 5));
    let vectors =
        || Block::Vectors(Vectors { table: "builtin".into(), weight: 1.0, field: onrecord::features::Field::Text });
    for (name, blocks) in [
        ("words 1-2", vec![words()]),
        ("words 1-2, chars 2-5", vec![words(), chars()]),
        ("words 1-2, chars 2-5, vectors", vec![words(), chars(), vectors()]),
    ] {
        let recipe = FeatureRecipe { blocks, ..FeatureRecipe::default() };
        let start = Instant::now();
        let (pipeline, records) = FeaturePipeline::fit(&recipe, &texts).expect("there are features");
        let fit = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let again = pipeline.transform(&texts);
        let transform = start.elapsed().as_secs_f64();
        assert_eq!(again.nnz(), records.nnz());
        let rate = |seconds: f64| {
            format!("{:.0} texts/s, {:.1} MB/s", texts.len() as f64 / seconds, n_bytes as f64 / 1e6 / seconds)
        };
        println!("{name}: fit {}; transform {}", rate(fit), rate(transform));
    }
}
