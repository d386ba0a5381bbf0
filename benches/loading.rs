//! Loading of what is in the program: `cargo bench --bench loading` prints milliseconds, one thread, each part in the
//! order in which `score` needs them, the first time and the best of many.
//!
//! The first time is what a user waits for: word vectors are read once and shared by all models that ask for them.
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::hint::black_box;
use std::time::Instant;

use onrecord::Model;
use onrecord::attribution::Extractor;

const N_RUNS: usize = 20;

/// Runs once, then again and again; milliseconds of the first run and of the best.
fn time(name: &str, run: impl Fn()) -> f64 {
    let once = || {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64() * 1e3
    };
    let first = once();
    let best = (0..N_RUNS).map(|_| once()).fold(first, f64::min);
    println!("{name}: first {first:.1} ms, best {best:.1} ms");
    first
}

fn main() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread can be had");
    pool.install(|| {
        let parts = [
            time("stance model and word vectors", || drop(black_box(Model::builtin_stance()))),
            time("claim model", || drop(black_box(Model::builtin_claims()))),
            time("attribution", || drop(black_box(Extractor::builtin()))),
        ];
        println!("all, the first time: {:.1} ms", parts.iter().sum::<f64>());
    });
}
