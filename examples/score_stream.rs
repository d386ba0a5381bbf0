//! A stream of articles, scored on all processors, until enough is known: `cargo run --release --example score_stream`
#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use std::sync::atomic::{AtomicUsize, Ordering};

use onrecord::article::{ArticleColumns, Articles};
use onrecord::progress::Progress;
use onrecord::{Scorer, Summarizer};

/// Reads articles until twenty statements are found.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let articles = Articles::new(["datasets/corpus/articles.jsonl"], None, ArticleColumns::default());
    let scorer = Scorer::builtin()?;
    let mut summarizer = Summarizer::default();
    let n_found = AtomicUsize::new(0);
    let report = |progress: Progress<'_>| println!("{} articles scored", progress.done);
    // What cannot be read is left out here; the command names it.
    let mut scored = scorer
        .score_batch(articles.filter_map(Result::ok))
        .batch_size(8)
        .progress("scoring", 0, &report)
        .stop_when(|| n_found.load(Ordering::Relaxed) >= 20);
    for (article, statements) in &mut scored {
        n_found.fetch_add(statements.len(), Ordering::Relaxed);
        println!("{}: {} statements", article.id, statements.len());
        statements.iter().for_each(|statement| summarizer.add(statement));
    }
    println!("stopped early: {}; {} statements", scored.is_stopped(), summarizer.finish().statements);
    Ok(())
}
