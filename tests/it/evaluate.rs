//! `evaluate`: models and recipes measured, in every format, with gates.

use std::fs;

use serde_json::Value;

use crate::labelled::{assert_fits, hostile, jsonl, rows, statements};
use crate::support::{Scratch, repository};

const QUICK: [&str; 4] = ["--folds", "3", "--resamples", "100"];

fn with<'a>(first: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [first, more].concat()
}

#[test]
fn a_cross_validated_report_says_everything_within_80_columns() {
    let scratch = Scratch::new();
    scratch.write("data.jsonl", statements(240));
    let args = with(&["evaluate", "data.jsonl", "--learning-curve"], &QUICK);
    let text = scratch.run(&args).done();
    assert_fits(&text);
    let intervals = text.split_whitespace().filter(|word| word.contains('–') && *word != "–");
    let broken: Vec<&str> = intervals.filter(|interval| interval.chars().count() < 11).collect();
    assert!(broken.is_empty(), "intervals broken over two lines: {broken:?} in\n{text}");
    for part in [
        "Accuracy of recipe default on data.jsonl",
        "240 rows; 3-fold stratified cross-validation, rows of equal group kept together.",
        "percentile bootstrap over",
        "balanced accuracy",
        "macro-F1",
        "weighted F1",
        "F_avg (favor, against)",
        "Matthews correlation",
        "Cohen's kappa",
        "ROC AUC",
        "PR AUC",
        "log-loss",
        "Brier score",
        "calibration error",
        "majority",
        "prior-random",
        "Classes",
        "Gold labels by row, predictions by column",
        "The model's sets of labels: do they hold the right one as often as wanted",
        "Answering only where the model is surest",
        "By target",
        "By register",
        "By speaker",
        "Learning curve",
        "Surest of",
        "because of:",
    ] {
        assert!(text.contains(part), "no {part:?} in\n{text}");
    }
}

#[test]
fn the_json_has_an_interval_for_every_figure_and_the_names_that_programs_rely_on() {
    let scratch = Scratch::new();
    scratch.write("data.jsonl", statements(160));
    let args = with(&["evaluate", "data.jsonl", "--format", "json", "--learning-curve"], &QUICK);
    let report: Value = serde_json::from_str(&scratch.run(&args).done()).expect("JSON");
    let mut keys: Vec<&str> = report.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "answered",
            "baselines",
            "calibration",
            "classes",
            "confusion",
            "curves",
            "format",
            "intervals",
            "labels",
            "learning_curve",
            "measures",
            "mistakes",
            "n_mistakes",
            "prediction_sets",
            "rows",
            "set_level",
            "slices",
            "subject",
            "units",
            "warnings"
        ]
    );
    let has_interval = |estimate: &Value, what: &str| {
        let [value, low, high] = ["value", "low", "high"].map(|end| estimate[end].as_f64());
        let (Some(value), Some(low), Some(high)) = (value, low, high) else { panic!("{what}: {estimate}") };
        assert!(low <= high && (0.0..=1.0).contains(&(value - low).abs()), "{what}: {estimate}");
    };
    let measures = report["measures"].as_object().expect("an object");
    assert_eq!(measures.len(), 16);
    measures.iter().for_each(|(name, estimate)| has_interval(estimate, name));
    for class in report["classes"].as_array().expect("a list") {
        for measure in ["precision", "recall", "f1", "roc_auc", "pr_auc"] {
            has_interval(&class[measure], measure);
        }
    }
    for (list, names) in [("prediction_sets", ["coverage", "mean_size"]), ("answered", ["accuracy", "macro_f1"])] {
        for entry in report[list].as_array().expect("a list") {
            names.iter().for_each(|name| has_interval(&entry[name], name));
        }
    }
    let shares: Vec<f64> = report["learning_curve"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|point| {
            has_interval(&point["measures"]["macro_f1"], "learning curve");
            point["share"].as_f64().expect("a number")
        })
        .collect();
    assert_eq!(shares, [0.1, 0.2, 0.4, 0.7, 1.0]);
    let sizes: Vec<u64> = report["slices"][0]["slices"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|slice| slice["rows"].as_u64().expect("a number"))
        .collect();
    assert_eq!(sizes, [32, 128], "the smallest first");
    let mistake = &report["mistakes"][0];
    let word = &mistake["words"][0];
    let text: Vec<char> = mistake["text"].as_str().expect("text").chars().collect();
    let [start, end] = ["start", "end"].map(|name| word[name].as_u64().expect("an offset") as usize);
    assert!(text[start..end].iter().all(|c| c.is_alphanumeric() || *c == '\''), "{mistake}");
}

#[test]
fn csv_and_markdown_have_the_same_figures() {
    let scratch = Scratch::new();
    scratch.write("data.jsonl", statements(120));
    let csv = scratch.run(&with(&["evaluate", "data.jsonl", "--format", "csv"], &QUICK)).done();
    assert!(csv.starts_with("part,name,measure,value,low,high,rows\n"), "{csv}");
    let value = csv.lines().find_map(|line| line.strip_prefix("all,,macro_f1,")).expect("a line for macro-F1");
    let value: f64 = value.split(',').next().expect("a value").parse().expect("a number");
    let markdown = scratch.run(&with(&["evaluate", "data.jsonl", "--format", "md"], &QUICK)).done();
    assert!(markdown.contains(&format!("| macro-F1 | {value:.3} (")), "{value} in\n{markdown}");
    for line in markdown.lines().filter(|line| line.starts_with('|')) {
        assert!(line.ends_with('|'), "{line}");
    }
}

#[test]
fn the_report_is_the_same_on_any_number_of_threads_and_with_the_same_seed() {
    let scratch = Scratch::new();
    scratch.write("data.jsonl", statements(120));
    let run =
        |more: &[&str]| scratch.run(&with(&with(&["evaluate", "data.jsonl", "--format", "json"], &QUICK), more)).done();
    let one = run(&["--threads", "1"]);
    assert_eq!(one, run(&["--threads", "3"]));
    assert_ne!(one, run(&["--seed", "1"]));
}

#[test]
fn gates_say_by_how_much_they_are_missed() {
    let scratch = Scratch::new();
    scratch.write("data.jsonl", statements(160));
    let run = |gates: &[&str]| {
        let mut args = with(&["evaluate", "data.jsonl"], &QUICK);
        gates.iter().for_each(|gate| args.extend(["--fail-under", gate]));
        scratch.run(&args)
    };
    let met = run(&["macro-f1=0.2", "favor.recall=0.1", "macro-f1.low=0.1", "log-loss=5"]);
    assert_eq!(met.code, 0, "{met:#?}");
    met.said(&["macro-f1 is 0.", "at least 0.2 was asked for: met", "log-loss is 0.", "at most 5"]);
    let missed = run(&["macro-f1=0.2", "macro-f1.low=0.999"]);
    assert_eq!(missed.code, 1, "{missed:#?}");
    missed.said(&["macro-f1.low is 0.", "at least 0.999 was asked for: missed by 0."]);
    assert!(missed.stdout.contains("macro-F1"), "the report is printed all the same");
    run(&["f7=0.5"]).refused(&["f7", "known are accuracy"]);
    run(&["nobody.f1=0.5"]).refused(&["nobody", "favor, against, neutral, unrelated"]);
}

#[test]
fn rows_can_be_held_back_by_group_by_target_and_again_and_again() {
    let scratch = Scratch::new();
    scratch.write("data.jsonl", statements(120));
    let method = |more: &[&str]| {
        let base = ["evaluate", "data.jsonl", "--format", "json", "--resamples", "50"];
        let report: Value = serde_json::from_str(&scratch.run(&with(&base, more)).done()).expect("JSON");
        let unit = report["intervals"]["unit"].as_str().expect("text").to_owned();
        (report["subject"]["method"].as_str().expect("text").to_owned(), unit, report["rows"].clone())
    };
    // The speakers say nearly the same now and then: one unit, and no folds of it.
    let run = scratch.run(&["evaluate", "data.jsonl", "--folds", "3", "--group", "speaker"]);
    run.refused(&["120 rows make 1 unit", "the column \"speaker\" puts them in 5 groups", "--allow-copies"]);
    let (words, unit, _) = method(&["--folds", "3", "--group", "speaker", "--allow-copies"]);
    assert_eq!(words, "3-fold stratified cross-validation, rows of equal speaker kept together");
    assert_eq!(unit, "speaker");
    let (words, unit, _) = method(&["--leave-out", "target", "--group", "none", "--allow-copies"]);
    assert_eq!(words, "cross-validation, each target predicted by a model trained on the others");
    assert_eq!(unit, "row");
    let (words, unit, rows) = method(&["--folds", "2", "--repeats", "2", "--group", "none"]);
    assert_eq!((words.as_str(), unit.as_str()), ("2-fold stratified cross-validation, 2 times", "text"));
    assert_eq!(rows, 120);
    let run = scratch.run(&["evaluate", "data.jsonl", "--folds", "3", "--group", "colour"]);
    run.refused(&["colour", "no row has a value"]);
}

#[test]
fn a_model_is_measured_on_rows_it_has_not_seen_and_warned_of_on_those_it_has() {
    let scratch = Scratch::new();
    scratch.write("train.jsonl", statements(160));
    scratch.write("test.jsonl", jsonl(&rows(260)[160..]));
    scratch.run(&["train", "train.jsonl", "-o", "m.safetensors"]).done();
    let text = scratch.run(&["evaluate", "test.jsonl", "--model", "m.safetensors", "--resamples", "100"]).done();
    assert_fits(&text);
    assert!(
        text.starts_with("Accuracy of m.safetensors on test.jsonl\n100 rows; labelled by a finished model."),
        "{text}"
    );
    assert!(!text.contains("was trained on"), "{text}");
    let text = scratch.run(&["evaluate", "train.jsonl", "--model", "m.safetensors", "--resamples", "0"]).done();
    assert!(text.contains("Warning: the model was trained on train.jsonl: these figures say nothing"), "{text}");
    // A label that the model does not know counts against it and is said.
    let strange = statements(40).replace("\"neutral\"", "\"mixed\"");
    scratch.write("strange.jsonl", strange);
    let args = ["evaluate", "strange.jsonl", "--model", "m.safetensors", "--task", "t", "--resamples", "20"];
    let text = scratch.run(&args).done();
    assert!(text.contains("the model does not know the label mixed"), "{text}");
}

#[test]
fn hostile_text_reaches_neither_terminal_nor_spreadsheet_nor_markdown() {
    let scratch = Scratch::new();
    scratch.write("bad.jsonl", hostile(120));
    let base = with(&["evaluate", "bad.jsonl", "--task", "own", "--slice", "speaker", "--allow-copies"], &QUICK);
    assert_fits(&scratch.run(&base).done());
    let csv = scratch.run(&with(&base, &["--format", "sheet"])).done();
    for record in csv::Reader::from_reader(csv.as_bytes()).records() {
        let record = record.expect("whole records");
        assert!(record.iter().all(|cell| !cell.starts_with(['=', '+', '@'])), "{record:?}");
    }
    let markdown = scratch.run(&with(&base, &["--format", "md"])).done();
    assert!(!markdown.contains("<script") && !markdown.contains("<img") && !markdown.contains('\u{1b}'), "{markdown}");
    let html = scratch.run(&with(&base, &["--format", "html"])).done();
    assert_eq!((html.matches("<script").count(), html.matches("<img").count()), (1, 0));
    assert!(!html.contains(['\u{1b}', '\u{0}', '\u{202e}']));
}

#[test]
fn many_long_labels_still_fit() {
    let scratch = Scratch::new();
    let mut rows = rows(400);
    for (index, row) in rows.iter_mut().enumerate() {
        row["label"] = format!("a label with quite a long name, number {}", index % 12).into();
        row["text"] = format!("{} kind{}", row["text"].as_str().expect("text"), index % 12).into();
    }
    scratch.write("data.jsonl", jsonl(&rows));
    assert_fits(&scratch.run(&with(&["evaluate", "data.jsonl"], &QUICK)).done());
}

#[test]
fn a_part_can_be_held_out() {
    let scratch = Scratch::new();
    let statements = repository().join("datasets/intervention/statements.jsonl").to_string_lossy().into_owned();
    let n_rows = fs::read_to_string(&statements).expect("the statements are there").lines().count();
    let args = ["evaluate", &statements, "--hold-out", "0.25", "--resamples", "0", "--format", "json"];
    let report: Value = serde_json::from_str(&scratch.run(&args).done()).expect("the report is JSON");
    let n_measured = report["rows"].as_u64().expect("a count") as f64;
    assert!((n_measured / n_rows as f64 - 0.25).abs() < 0.02, "{n_measured} of {n_rows}");
    for share in ["0", "1", "-3", "x"] {
        scratch.run(&["evaluate", &statements, &format!("--hold-out={share}")]).refused(&["hold"]);
    }
}

#[test]
fn rows_that_only_help_to_train_are_not_measured() {
    let scratch = Scratch::new();
    let mut rows = rows(200);
    for row in rows.iter_mut().skip(150) {
        row["source"] = "model".into();
    }
    scratch.write("data.jsonl", jsonl(&rows));
    let weights = "[[weights]]\ncolumn = \"source\"\nvalue = \"model\"\nweight = 0.5\nmeasured = false\n";
    scratch.write("recipe.toml", weights);
    let args = ["evaluate", "data.jsonl", "--recipe", "recipe.toml", "--resamples", "0", "--format", "json"];
    let report: Value = serde_json::from_str(&scratch.run(&args).done()).expect("the report is JSON");
    assert_eq!(report["rows"], 150);
    scratch.write("recipe.toml", weights.replace("source", "nothing"));
    let report: Value = serde_json::from_str(&scratch.run(&args).done()).expect("the report is JSON");
    assert_eq!(report["rows"], 200);
}
