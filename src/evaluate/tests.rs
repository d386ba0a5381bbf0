//! Resampling: the same bytes on any number of threads, and intervals that hold what they promise.

use ndarray::Array2;
use rand_xoshiro::rand_core::RngCore;

use super::bootstrap::stream;
use super::*;
use crate::labeled::Row;
use crate::progress::silent;
use crate::units::Joining;

/// Rows of a classifier over four labels that is right with probability 0.7, its probabilities a little noisy.
pub(super) fn synthetic(n: usize, seed: u64) -> Predictions {
    let mut random = stream(seed, 0);
    let mut uniform = || (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    let labels = ["favor", "against", "neutral", "unrelated"].map(str::to_owned).to_vec();
    let (mut gold, mut predicted) = (Vec::new(), Vec::new());
    let mut table = Array2::zeros((n, 4));
    for row in 0..n {
        let class = [0, 1, 1, 2, 2, 2, 3, 3, 3, 3][(uniform() * 10.0) as usize];
        let said = if uniform() < 0.7 { class } else { (uniform() * 4.0) as usize };
        let top = 0.4 + 0.6 * uniform();
        for other in 0..4 {
            table[[row, other]] = if other == said { top } else { (1.0 - top) / 3.0 };
        }
        gold.push(class);
        predicted.push(said);
    }
    Predictions::new(labels, gold, predicted, Some(table)).unwrap()
}

#[test]
fn the_meter_agrees_with_the_measures() {
    let predictions = synthetic(500, 1);
    let figures = Meter::new(&predictions).unwrap().figures(|_| 1.0);
    let table = predictions.probabilities.as_ref().unwrap().view();
    let (gold, predicted) = (&predictions.gold, &predictions.predicted);
    let matrix = crate::measures::ConfusionMatrix::new(gold, predicted, 4, None).unwrap();
    let close = |measure, value: f64| {
        let found = figures.get(measure).unwrap();
        assert!((found - value).abs() < 1e-12, "{measure:?}: {found} is not {value}");
    };
    close(Measure::MacroF1, matrix.macro_f1());
    close(Measure::FAvg, matrix.f_avg(0, 1));
    close(Measure::LogLoss, crate::measures::log_loss(gold, table, None).unwrap());
    close(Measure::Brier, crate::measures::brier(gold, table, None).unwrap());
    let error = crate::measures::expected_calibration_error(gold, table, None, 10).unwrap();
    close(Measure::CalibrationError, error);
    let positive: Vec<bool> = gold.iter().map(|&class| class == 2).collect();
    let scores = table.column(2).to_vec();
    let area = crate::measures::roc_auc(&positive, &scores, None).unwrap();
    assert_eq!(figures.of_class(2, ClassMeasure::RocAuc), area);
}

#[test]
fn intervals_are_the_same_on_any_number_of_threads() {
    let mut predictions = synthetic(300, 2);
    let from = predictions.probabilities.as_ref().unwrap().mapv(|p| 1.0 - p);
    predictions.sets = Some(LabelSets { level: 0.9, from });
    let members = predictions.sets.as_ref().unwrap().members(0.9);
    let meter = Meter::new(&predictions).unwrap();
    let units = Units::of_keys(predictions.rows.iter().map(|row| row / 3));
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| intervals(&meter, None, &units, &Resampling { n_resamples: 50, ..Default::default() }, &silent))
    };
    assert_eq!(run(1), run(3));
    let (figures, estimates) = run(2);
    let accuracy = estimates[Measure::Accuracy as usize];
    assert_eq!(accuracy.value, figures.get(Measure::Accuracy));
    let sets = [
        (Measure::Coverage, crate::measures::coverage(&predictions.gold, members.view(), None)),
        (Measure::SetSize, crate::measures::mean_set_size(&predictions.gold, members.view(), None)),
    ];
    for (measure, value) in sets {
        assert!((figures.get(measure).unwrap() - value.unwrap()).abs() < 1e-12, "{measure:?}");
        assert!(estimates[measure as usize].low < estimates[measure as usize].high);
    }
    assert!(accuracy.low < accuracy.value && accuracy.value < accuracy.high);
}

#[test]
fn a_draw_takes_as_many_units_as_there_are() {
    let units = Units::of_keys(0..101);
    let mut counts = Vec::new();
    units.draw(7, 3, &mut counts);
    assert_eq!(counts.iter().map(|&count| usize::from(count)).sum::<usize>(), 101);
}

#[test]
fn rows_of_a_group_widen_the_interval() {
    // Each row ten times over: ten times as many rows, no more knowledge.
    let once = synthetic(100, 3);
    let places: Vec<usize> = (0..1000).map(|place| place / 10).collect();
    let tenfold = once.select(&places);
    let width = |units: Units| {
        let meter = Meter::new(&tenfold).unwrap();
        let (_, estimates) = intervals(&meter, None, &units, &Resampling::default(), &silent);
        let accuracy = estimates[Measure::Accuracy as usize];
        accuracy.high.unwrap() - accuracy.low.unwrap()
    };
    let (by_row, by_group) = (width(Units::of_keys(0..1000)), width(Units::of_keys(places.clone())));
    assert!(by_group > 2.5 * by_row, "{by_group} against {by_row}");
}

#[test]
fn baselines_know_the_shares() {
    let predictions = Predictions::new(vec!["a".into(), "b".into()], vec![0, 0, 0, 1], vec![1; 4], None).unwrap();
    let [majority, random] = &baselines(&predictions)[..] else { panic!("two baselines") };
    assert_eq!(majority.measures[&Measure::Accuracy], Some(0.75));
    assert_eq!(random.measures[&Measure::Accuracy], Some(0.625));
    assert_eq!(random.measures[&Measure::CohenKappa], Some(0.0));
    assert_eq!(random.measures[&Measure::Brier], Some(0.375));
}

#[test]
fn prediction_sets_cover_what_they_promise() {
    let resampling = Resampling { n_resamples: 50, ..Default::default() };
    for sets in prediction_sets(&synthetic(5000, 4), &Units::of_keys(0..5000), &resampling) {
        let (coverage, size) = (sets.coverage.value.unwrap(), sets.mean_size.value.unwrap());
        assert!((coverage - sets.wanted).abs() < 0.015, "{sets:?}");
        assert!(size >= 1.0 - sets.empty && size <= 4.0);
        assert!(sets.coverage.low < sets.coverage.value && sets.coverage.value < sets.coverage.high, "{sets:?}");
    }
}

#[test]
fn all_rows_answered_is_plain_accuracy() {
    let predictions = synthetic(400, 5);
    let resampling = Resampling { n_resamples: 30, ..Default::default() };
    let units = Units::of_keys(0..400);
    let shares = answered(&predictions, &units, &resampling);
    let meter = Meter::new(&predictions).unwrap();
    let (_, all) = intervals(&meter, None, &units, &resampling, &silent);
    // The same draws: the intervals, too, are those of all rows.
    assert_eq!(shares[9].accuracy, all[Measure::Accuracy as usize]);
    assert_eq!(shares[9].macro_f1, all[Measure::MacroF1 as usize]);
    let bins = reliability(&predictions, &units, &resampling).unwrap();
    assert_eq!(bins.iter().map(|bin| bin.count).sum::<f64>(), 400.0);
    assert_eq!(bins[0].accuracy, Estimate::default(), "an empty bin has no accuracy");
    assert!(bins[7].accuracy.low < bins[7].accuracy.value && bins[7].accuracy.value < bins[7].accuracy.high);
    assert_eq!((shares.len(), shares[9].share, shares[0].share), (10, 1.0, 0.1));
}

/// Rows that fit [`synthetic`] predictions, with hostile text in every field.
pub(crate) fn rows_for(predictions: &Predictions) -> Vec<Row> {
    let hostile = "<script>alert(\"1\")</script> & 'quoted' \u{0}\u{202e}|*_";
    let row = |(index, &gold): (usize, &usize)| Row {
        id: format!("{index}{hostile}"),
        text: format!("{hostile} number {index}"),
        label: predictions.labels[gold].clone(),
        target: Some(format!("target {}", index % 2)),
        speaker: None,
        group: Some(format!("g{}", index / 5)),
        article: None,
        context: None,
        line: index + 1,
        fields: serde_json::json!({"register": if index % 9 == 0 { hostile } else { "news" }})
            .as_object()
            .unwrap()
            .clone(),
    };
    predictions.gold.iter().enumerate().map(row).collect()
}

#[test]
fn a_report_holds_what_the_parts_say() {
    let predictions = synthetic(200, 6);
    let rows = rows_for(&predictions);
    let resampling = Resampling { n_resamples: 40, ..Default::default() };
    let options = ReportOptions {
        resampling,
        joining: Joining { columns: Some(vec!["group".into()]), allow_copies: true },
        slice_by: usual_columns(&rows),
        ..Default::default()
    };
    let report = AccuracyReport::new(&predictions, &rows, &options).unwrap();
    assert_eq!((report.rows, report.intervals.units, report.labels.len()), (200, 40, 4));
    assert_eq!(report.slices.iter().map(|slicing| slicing.by.as_str()).collect::<Vec<_>>(), ["target", "register"]);
    assert_eq!(report.slices[1].slices[0].rows, 23);
    let wrong = 200.0 * (1.0 - report.value(Measure::Accuracy).unwrap());
    assert_eq!(report.n_mistakes, wrong.round() as usize);
    let surest = report.mistakes[0].probability;
    assert!(report.mistakes.iter().all(|mistake| mistake.probability <= surest));
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["measures"]["macro_f1"]["value"], report.value(Measure::MacroF1).unwrap());
    assert_eq!(json["classes"][1]["recall"]["low"], report.classes[1].measures[&ClassMeasure::Recall].low.unwrap());
    assert!(report.judge(&"favor.f1=0.1".parse().unwrap()).unwrap().passed);
    assert!(report.judge(&"nobody.f1=0.1".parse().unwrap()).is_err());
    let bad = ReportOptions { slice_by: vec!["colour".into()], ..Default::default() };
    assert!(matches!(AccuracyReport::new(&predictions, &rows, &bad), Err(EvaluateError::NoColumn { .. })));
}
