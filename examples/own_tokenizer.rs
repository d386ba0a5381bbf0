//! A model that takes texts apart as one's own tokenizer does: `cargo run --example own_tokenizer`
#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use onrecord::features::Tokenization;
use onrecord::labeled::{Dataset, Format, RowColumns, read};
use onrecord::model::{Model, TrainOptions, train};
use onrecord::progress;

/// Splits at blanks and nothing else; any `tokenizer.json` will do.
const TOKENIZER: &str = r#"{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
    "pre_tokenizer":{"type":"WhitespaceSplit"},"post_processor":null,"decoder":null,
    "model":{"type":"WordLevel","vocab":{"[UNK]":0},"unk_token":"[UNK]"}}"#;

/// Trains a model with it, and reads that back.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let csv = "text,label\nBuild it!,favor\nBuild it now!,favor\nBuild it?,against\nNow build it?,against\n";
    let data = Dataset::new(vec![read(csv.as_bytes(), "toll.csv", Format::Csv, &RowColumns::default())?], None)?;
    let tokenization = Some(Tokenization::from_json(TOKENIZER)?);
    let options = TrainOptions { n_folds: 0, tokenization, ..TrainOptions::default() };
    let trained = train(&data.rows, &options, &progress::silent)?;
    let model = Model::from_bytes(&trained.model.to_bytes()?)?;
    println!("{}", model.labels()[model.classify("Build it?", None).label]);
    assert_eq!(model.classify("Build it?", None), trained.model.classify("Build it?", None));
    assert!(model.manifest().tokenizer.contains("WhitespaceSplit"));
    Ok(())
}
