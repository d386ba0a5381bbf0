//! The accuracy report at the size the project promises: 100,000 rows, 1,000 resamples, every measure.
//! `cargo bench --bench evaluate` prints the seconds and, on Linux, the most memory the process ever held.
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::time::Instant;

use ndarray::Array2;
use onrecord::evaluate::{AccuracyReport, Measure, Meter, Predictions, ReportOptions, Resampling, Units, intervals};
use onrecord::labeled::Row;
use onrecord::progress::silent;

const N_ROWS: usize = 100_000;
const LABELS: [&str; 4] = ["favor", "against", "neutral", "unrelated"];

fn main() {
    let predictions = predictions();
    let resampling = Resampling::default();

    let start = Instant::now();
    let meter = Meter::new(&predictions).expect("made to fit");
    let (figures, estimates) = intervals(&meter, None, &Units::of_keys(0..N_ROWS), &resampling, &silent);
    let seconds = start.elapsed().as_secs_f64();
    let accuracy = figures.get(Measure::Accuracy).expect("always defined");
    assert!((accuracy - 0.775).abs() < 0.005, "the input is not what it should be: {accuracy}");
    assert!(estimates[0].low < figures.get(Measure::Accuracy));
    told(&format!("{} figures", estimates.len()), &resampling, seconds);
    drop((meter, estimates));

    let rows = rows(&predictions);
    let start = Instant::now();
    let options = ReportOptions { resampling, slice_by: vec!["target".into()], ..ReportOptions::default() };
    let report = AccuracyReport::new(&predictions, &rows, &options).expect("made to fit");
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(report.value(Measure::Accuracy), Some(accuracy));
    assert_eq!(report.slices[0].slices.len(), 5);
    told("the whole report with one slicing", &resampling, seconds);
}

fn told(what: &str, resampling: &Resampling, seconds: f64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or(" unknown").trim();
    println!("{N_ROWS} rows x {} resamples, {what}: {seconds:.2} s, peak {peak}", resampling.n_resamples);
}

fn predictions() -> Predictions {
    let mut state = 1_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1_u64 << 24) as f64
    };
    let (mut gold, mut predicted) = (Vec::new(), Vec::new());
    let mut table = Array2::zeros((N_ROWS, LABELS.len()));
    for row in 0..N_ROWS {
        let class = (uniform() * 4.0) as usize;
        let said = if uniform() < 0.7 { class } else { (uniform() * 4.0) as usize };
        let top = 0.4 + 0.6 * uniform();
        (0..4).for_each(|other| table[[row, other]] = if other == said { top } else { (1.0 - top) / 3.0 });
        gold.push(class);
        predicted.push(said);
    }
    Predictions::new(LABELS.map(str::to_owned).to_vec(), gold, predicted, Some(table)).expect("made to fit")
}

fn rows(predictions: &Predictions) -> Vec<Row> {
    let row = |(index, &gold): (usize, &usize)| Row {
        id: index.to_string(),
        text: format!("statement {index}"),
        label: LABELS[gold].to_owned(),
        target: Some(format!("target {}", index % 5)),
        speaker: None,
        group: None,
        article: None,
        context: None,
        line: index + 1,
        fields: serde_json::Map::new(),
    };
    predictions.gold.iter().enumerate().map(row).collect()
}
