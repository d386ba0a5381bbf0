//! Accuracy and speed of extraction on folders in brat's format (`text/NAME.txt`, `attributions/NAME.ann`):
//! `cargo run --release --example attribution_accuracy -- FOLDER...`
#![allow(clippy::print_stdout, reason = "an example prints what it measured")]

use std::path::PathBuf;
use std::time::Instant;

use onrecord_attribution::Extractor;
use onrecord_attribution::accuracy::{Tally, measure};
use onrecord_attribution::corpus::Corpus;

fn main() -> anyhow::Result<()> {
    let folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    anyhow::ensure!(!folders.is_empty(), "no folder given; expected one or more with text/ and attributions/");
    let corpus = Corpus::read(&folders)?;
    let extractor = Extractor::builtin();
    let accuracy = measure(&corpus, &extractor);
    let row = |tally: &Tally| {
        let percent = |part: f64| format!("{:5.1}", 100.0 * part);
        format!("{} {} {}", percent(tally.precision()), percent(tally.recall()), percent(tally.f1()))
    };
    println!("{:<14} {:>6} {:>6}   overlap P R F1      end to end P R F1", "", "gold", "found");
    for (kind, name) in ["direct", "mixed", "indirect", "all"].iter().enumerate() {
        let (overlap, whole) = (&accuracy.overlap[kind], &accuracy.end_to_end[kind]);
        println!("{name:<14} {:>6} {:>6}   {}   {}", overlap.gold, overlap.found, row(overlap), row(whole));
    }
    println!("content words                  {}", row(&accuracy.content_words));
    println!("source words                   {}", row(&accuracy.source_words));
    let n_bytes: usize = corpus.articles.iter().map(|article| article.text.len()).sum();
    let start = Instant::now();
    for article in &corpus.articles {
        std::hint::black_box(extractor.extract(&article.text));
    }
    println!(
        "{} articles, {n_bytes} bytes: {:.1} MB/s",
        corpus.articles.len(),
        n_bytes as f64 / 1e6 / start.elapsed().as_secs_f64()
    );
    Ok(())
}
