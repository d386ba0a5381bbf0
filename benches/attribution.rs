//! Speed of extraction with all learnt parts, one core: `cargo bench --bench attribution`.
//!
//! The text is the example articles, repeated. Besides the bytes a second it shows that time grows in proportion: for
//! texts of 1, 10 and 50 MB, each one article, and for one of ever more quotation marks that nothing closes.
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::fs;
use std::path::Path;
use std::time::Instant;

use onrecord::attribution::Extractor;

/// Best of a few runs, in seconds.
fn seconds(n_runs: usize, mut run: impl FnMut()) -> f64 {
    let times = (0..n_runs).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    });
    times.fold(f64::INFINITY, f64::min)
}

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/articles/text");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the examples are there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .collect();
    paths.sort();
    let articles: Vec<String> = paths.iter().map(|path| fs::read_to_string(path).expect("an example")).collect();
    let extractor = Extractor::builtin();
    let n_found: usize = articles.iter().map(|text| extractor.extract(text).attributions.len()).sum();
    assert!(n_found > 150, "the examples hold more statements than {n_found}");
    let n_bytes: usize = articles.iter().map(String::len).sum();
    let n_rounds = 100;
    let time = seconds(5, || {
        for _ in 0..n_rounds {
            for text in &articles {
                std::hint::black_box(extractor.extract(text));
            }
        }
    });
    let megabytes = (n_bytes * n_rounds) as f64 / 1e6;
    println!("{} articles, {n_found} statements, {megabytes:.1} MB: {:.1} MB/s", articles.len(), megabytes / time);
    let whole = articles.join("\n\n");
    for size in [1_000_000, 10_000_000, 50_000_000] {
        let text = whole.repeat(size / whole.len() + 1);
        let time = seconds(1, || assert!(!extractor.extract(&text).attributions.is_empty()));
        println!("one text of {:.0} MB: {:.1} MB/s", text.len() as f64 / 1e6, text.len() as f64 / 1e6 / time);
    }
    for n_marks in [10_000, 100_000, 1_000_000] {
        for unit in ["“ so ", "\"so said she ", "'we said ", "“We go, he said.\n\n"] {
            let text = unit.repeat(n_marks);
            let time = seconds(1, || {
                std::hint::black_box(extractor.extract(&text));
            });
            println!("{n_marks} times {unit:?}: {:.1} MB/s", text.len() as f64 / 1e6 / time);
        }
    }
}
