//! Resampling at the size the project promises: 100,000 rows, 1,000 resamples, every measure.
//! `cargo bench --bench evaluate` prints the seconds and, on Linux, the most memory the process ever held.
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::time::Instant;

use ndarray::Array2;
use onrecord::evaluate::{Measure, Meter, Predictions, Resampling, Units, intervals};
use onrecord::progress::silent;

const N_ROWS: usize = 100_000;

fn main() {
    let mut state = 1_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1_u64 << 24) as f64
    };
    let labels = ["favor", "against", "neutral", "unrelated"].map(str::to_owned).to_vec();
    let (mut gold, mut predicted) = (Vec::new(), Vec::new());
    let mut table = Array2::zeros((N_ROWS, labels.len()));
    for row in 0..N_ROWS {
        let class = (uniform() * 4.0) as usize;
        let said = if uniform() < 0.7 { class } else { (uniform() * 4.0) as usize };
        let top = 0.4 + 0.6 * uniform();
        (0..4).for_each(|other| table[[row, other]] = if other == said { top } else { (1.0 - top) / 3.0 });
        gold.push(class);
        predicted.push(said);
    }
    let predictions = Predictions::new(labels, gold, predicted, Some(table)).expect("made to fit");
    let start = Instant::now();
    let meter = Meter::new(&predictions).expect("made to fit");
    let resampling = Resampling::default();
    let (figures, estimates) = intervals(&meter, None, &Units::of_keys(0..N_ROWS), &resampling, &silent);
    let seconds = start.elapsed().as_secs_f64();
    let accuracy = figures.get(Measure::Accuracy).expect("always defined");
    assert!((accuracy - 0.775).abs() < 0.005, "the input is not what it should be: {accuracy}");
    assert!(estimates[0].low < figures.get(Measure::Accuracy));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or(" unknown").trim();
    println!(
        "{N_ROWS} rows x {} resamples, {} figures: {seconds:.2} s, peak {peak}",
        resampling.n_resamples,
        estimates.len()
    );
}
