//! Sets of labels: they hold the right one as often as asked, and what is uncertain looks so in every format.

use std::fmt::Write;
use std::fs;

use serde_json::Value;

use crate::support::{Scratch, repository};

/// Rows whose label is drawn: each has four words that tell of a label, of which less than a third are bound to tell of
/// the row's own. The labels are of different frequency; the other words are the row's own, so that no row is near
/// another.
fn drawn(n: usize, seed: u64) -> String {
    let mut state = seed;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let labels = ["common", "usual", "scarce"];
    let mut text = String::new();
    for row in 0..n {
        let label = [0, 0, 0, 0, 0, 1, 1, 1, 2, 2][(uniform() * 10.0) as usize];
        let mut words: Vec<String> = (0..5).map(|_| format!("x{:07}", (uniform() * 1e7) as usize)).collect();
        for _ in 0..4 {
            let tells = if uniform() < 0.3 { label } else { (uniform() * 3.0) as usize };
            words.push(format!("{}{}", ["apple", "boat", "cloud"][tells], (uniform() * 8.0) as usize));
        }
        let words = words.join(" ");
        writeln!(text, r#"{{"id":"{row}","text":"{words}","label":"{}"}}"#, labels[label]).expect("a string takes it");
    }
    text
}

const RECIPE: &str = "[[features.block]]\nkind = \"words\"\nmin = 1\nmax = 1\nmin_df = 2\n\n[classifier]\nc = 1.0\n";

/// A model of drawn rows, and 2,000 rows it has not seen.
fn prepared(folds: &str) -> Scratch {
    let scratch = Scratch::new();
    scratch.write("train.jsonl", drawn(1500, 1));
    scratch.write("test.jsonl", drawn(2000, 2));
    scratch.write("recipe.toml", RECIPE);
    let args = ["train", "train.jsonl", "--recipe", "recipe.toml", "--folds", folds, "-o", "m.safetensors"];
    scratch.run(&args).done();
    scratch
}

fn report(scratch: &Scratch, more: &[&str]) -> Value {
    let mut args = vec!["evaluate", "test.jsonl", "--model", "m.safetensors", "--resamples", "200", "--format", "json"];
    args.extend(more);
    serde_json::from_str(&scratch.run(&args).done()).expect("the report is JSON")
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn sets_hold_the_right_label_as_often_as_asked_and_of_each_label_too() {
    let scratch = prepared("5");
    let report = report(&scratch, &["--by", "label"]);
    // Three standard deviations of 2,000 rows, and of 1,500 that the thresholds are from, to either side.
    for sets in report["prediction_sets"].as_array().expect("a list") {
        let wanted = number(&sets["wanted"]);
        let slack = 3.0 * (wanted * (1.0 - wanted) * (1.0 / 2000.0 + 1.0 / 1500.0)).sqrt();
        let reached = number(&sets["coverage"]["value"]);
        assert!((reached - wanted).abs() < slack, "{sets}");
    }
    let [coverage, size] = ["coverage", "set_size"].map(|measure| &report["measures"][measure]);
    assert!(number(&coverage["low"]) < number(&coverage["value"]) && number(&size["high"]) < 2.9, "{coverage} {size}");
    assert!(number(&size["value"]) > 1.1, "rows like these leave a doubt: {size}");
    for slice in report["slices"][0]["slices"].as_array().expect("a list") {
        let rows = number(&slice["rows"]);
        let slack = 3.0 * (0.09 * (1.0 / rows + 4.0 / (3.0 * rows))).sqrt();
        assert!((number(&slice["measures"]["coverage"]["value"]) - 0.9).abs() < slack, "{slice}");
    }
}

#[test]
fn a_recipe_is_measured_with_the_thresholds_of_each_fold() {
    let scratch = prepared("0");
    let args = ["evaluate", "test.jsonl", "--recipe", "recipe.toml", "--folds", "4", "--level", "0.8", "--resamples"];
    let args: Vec<&str> = args.into_iter().chain(["0", "--format", "json"]).collect();
    let report: Value = serde_json::from_str(&scratch.run(&args).done()).expect("JSON");
    assert_eq!(report["set_level"], 0.8);
    let reached = number(&report["measures"]["coverage"]["value"]);
    assert!((reached - 0.8).abs() < 0.04, "{reached}");
}

#[test]
fn coverage_is_in_every_format_and_has_gates() {
    let scratch = prepared("5");
    let run = |more: &[&str]| {
        let mut args = vec!["evaluate", "test.jsonl", "--model", "m.safetensors", "--resamples", "20"];
        args.extend(["--by", "label"]);
        args.extend(more);
        scratch.run(&args)
    };
    let text = run(&[]).done();
    assert!(text.contains("coverage of sets") && text.contains("labels in a set ↓"), "{text}");
    assert!(text.contains("in 90 % sets") && text.contains("sets: those that the model gives at 90 %"), "{text}");
    assert!(text.lines().all(|line| unicode_width::UnicodeWidthStr::width(line) <= 80), "{text}");
    assert!(run(&["--level", "0.75"]).done().contains("in 75 % sets"));
    let csv = run(&["--format", "csv"]).done();
    for start in ["all,,coverage,0.", "all,,set_size,1.", "slice,label=scarce,coverage,0."] {
        assert!(csv.lines().any(|line| line.starts_with(start)), "no {start} in {csv}");
    }
    assert!(run(&["--format", "md"]).done().contains("| in 90 % sets | labels in a set |"));
    assert!(run(&["--format", "html"]).done().contains("in 90 % sets"));
    let met = run(&["--fail-under", "coverage=0.8", "--fail-under", "set-size=2.9"]);
    assert_eq!(met.code, 0, "{met:#?}");
    let missed = run(&["--fail-under", "coverage.low=0.99"]);
    assert_eq!(missed.code, 1);
    missed.said(&["coverage.low is 0.", "missed by"]);
    run(&["--level", "0.3"]).refused(&["--level", "from 0.5 to 0.99"]);
}

#[test]
fn what_is_uncertain_is_so_in_every_format_of_predict() {
    let scratch = prepared("5");
    // No telling word at all, and three of one kind.
    scratch.write("own.txt", "nothing to go by\napple0 apple1 apple2 apple0\n");
    let run = |more: &[&str]| {
        let mut args = vec!["predict", "own.txt", "--model", "m.safetensors"];
        args.extend(more);
        scratch.run(&args).done()
    };
    let rows = |more: &[&str]| -> Vec<Value> {
        let lines = run(&[&["--format", "jsonl"], more].concat());
        lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")["class"].clone()).collect()
    };
    let [open, sure] = &rows(&[])[..] else { panic!("two rows") };
    assert_eq!((&open["uncertain"], &open["label"]), (&Value::Bool(true), &Value::from("common")));
    assert!(open["set"].as_array().expect("a set").len() > 1 && open["set"][0] == "common", "{open}");
    assert_eq!((sure.get("uncertain"), &sure["set"]), (None, &serde_json::json!(["common"])));
    let [open, sure] = &rows(&["--abstain"])[..] else { panic!("two rows") };
    assert_eq!((&open["label"], &sure["label"]), (&Value::from("uncertain"), &Value::from("common")));
    // A lower level leaves less open.
    assert!(rows(&["--level", "0.99"])[0]["set"].as_array().expect("a set").len() == 3);
    let text = run(&[]);
    let first = text.lines().next().expect("a line");
    assert!(first.starts_with("common?") && first.contains("[or "), "{text}");
    assert!(!text.lines().nth(1).expect("another").contains(['?', '[']), "{text}");
    assert!(run(&["--abstain"]).starts_with("uncertain "));
    let table = run(&["--format", "csv", "--abstain"]);
    assert!(table.lines().next().expect("a header").ends_with("class_uncertain,class_set"), "{table}");
    assert!(table.lines().nth(1).expect("a row").contains(",uncertain,"), "{table}");
    assert!(table.lines().nth(2).expect("a row").ends_with(",,common"), "{table}");
}

#[test]
fn a_model_without_thresholds_works_and_says_that_it_has_none() {
    let scratch = prepared("0");
    scratch.write("own.txt", "apple0 apple1\n");
    let run = scratch.run(&["predict", "own.txt", "--model", "m.safetensors", "--format", "jsonl"]);
    run.said(&["no thresholds for sets of labels", "train it again"]);
    let row: Value = serde_json::from_str(&run.done()).expect("JSON");
    assert_eq!((row["class"].get("set"), &row["class"]["label"]), (None, &Value::from("common")));
    for asked in [&["--abstain"][..], &["--level", "0.9"]] {
        let args = [&["predict", "own.txt", "--model", "m.safetensors"], asked].concat();
        scratch.run(&args).refused(&["no thresholds", "--folds 0"]);
    }
    let card = scratch.run(&["model", "show", "m.safetensors"]).done();
    assert!(card.contains("label sets none"), "{card}");
    let run = scratch.run(&["evaluate", "test.jsonl", "--model", "m.safetensors", "--resamples", "0"]);
    assert!(run.done().contains("fitted to these rows"));
}

/// One article with sure and open statements.
const ARTICLE: &str = "“Foreign warships in our waters are a violation of our sovereignty,” Minister Ottilie Sandoz said \
    on Monday. “We condemn this invasion,” she added. Joris Quandt said that only a show of force would bring the \
    militias to the table. “The ships are ready,” Quandt said. Lene Aastrup said that the price of bread had risen.";

fn statements(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

#[test]
fn what_is_uncertain_is_so_in_every_format_of_score() {
    let scratch = Scratch::new();
    scratch.write("a.txt", ARTICLE);
    let run = |more: &[&str]| scratch.run(&[&["score", "a.txt"], more].concat()).done();
    let found = statements(&run(&["--format", "jsonl"]));
    let is_open = |statement: &&Value| statement["stance"]["uncertain"] == true;
    let n_open = found.iter().filter(is_open).count();
    assert!(n_open > 0 && n_open < found.len(), "{found:?}");
    for statement in &found {
        let stance = &statement["stance"];
        let set: Vec<&str> = stance["set"].as_array().expect("a set").iter().filter_map(Value::as_str).collect();
        assert!(set.contains(&stance["label"].as_str().expect("a label")), "{stance}");
        assert_eq!(set.len() > 1, stance["uncertain"] == true, "{stance}");
        let p: Vec<f64> = set.iter().map(|label| number(&stance["probabilities"][*label])).collect();
        assert!(p.is_sorted_by(|a, b| a >= b), "{stance}");
    }
    let text = run(&[]);
    assert!(text.contains("perhaps ") && text.contains(" or ") && text.contains("stand below it"), "{text}");
    assert!(text.lines().all(|line| unicode_width::UnicodeWidthStr::width(line) <= 80), "{text}");
    let table = run(&["--format", "csv"]);
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let at = |name: &str| header.iter().position(|other| other == name).expect("a column");
    let records: Vec<csv::StringRecord> = reader.records().map(|record| record.expect("a row")).collect();
    assert_eq!(records.iter().filter(|record| &record[at("uncertain")] == "true").count(), n_open);
    assert!(records.iter().all(|record| record[at("set")].contains('|') == (&record[at("uncertain")] == "true")));
    let page = run(&["--format", "html"]);
    assert!(page.contains(" unsure\"") && page.contains("? or "), "an uncertain statement is marked by words");
    // Nothing is certain at 99 %, and no label is missing there.
    let open = |level: &str| {
        let found = statements(&run(&["--format", "jsonl", "--level", level]));
        found.iter().map(|statement| statement["stance"]["set"].as_array().expect("a set").len()).sum::<usize>()
    };
    assert!(open("0.6") < open("0.9") && open("0.9") < open("0.99"));
}

#[test]
fn who_abstains_takes_no_side() {
    let scratch = Scratch::new();
    scratch.write("a.txt", ARTICLE);
    let document = |more: &[&str]| -> Value {
        let args = [&["score", "a.txt", "--format", "json"], more].concat();
        serde_json::from_str(&scratch.run(&args).done()).expect("JSON")
    };
    let (plain, silent) = (document(&[]), document(&["--abstain"]));
    let list = |document: &Value| document["statements"].as_array().expect("a list").clone();
    let mut n_open = 0;
    for (one, other) in list(&plain).iter().zip(list(&silent)) {
        let is_open = one["stance"]["uncertain"] == true;
        n_open += usize::from(is_open);
        let label = if is_open { Value::from("uncertain") } else { one["stance"]["label"].clone() };
        assert_eq!(other["stance"]["label"], label);
        assert_eq!(other["stance"]["probabilities"], one["stance"]["probabilities"]);
    }
    let of = |summary: &Value, name: &str| summary[name].as_u64().unwrap_or(0) as usize;
    let (plain, silent) = (&plain["summary"], &silent["summary"]);
    assert_eq!((of(silent, "uncertain"), of(plain, "uncertain")), (n_open, 0));
    assert_eq!(of(silent, "statements"), of(plain, "statements"));
    assert_eq!((&plain["is_corrected"], &silent["is_corrected"]), (&Value::Bool(true), &Value::Bool(false)));
    for speaker in silent["speakers"].as_array().expect("a list") {
        let parts = ["favor", "against", "neutral", "unrelated", "uncertain"].map(|label| of(speaker, label));
        assert_eq!(parts.iter().sum::<usize>(), of(speaker, "statements"), "{speaker}");
    }
    let note = format!("{n_open} statements are uncertain");
    let text = scratch.run(&["score", "a.txt", "--abstain"]).done();
    assert!(text.contains(&note) && text.contains("uncertain "), "{text}");
    // The same from a file, in every form of summary.
    let scored = scratch.run(&["score", "a.txt", "--abstain", "--format", "jsonl"]).done();
    scratch.write("scored.jsonl", scored);
    let summarize = |more: &[&str]| scratch.run(&[&["summarize", "scored.jsonl"], more].concat()).done();
    for format in ["text", "md", "html"] {
        assert!(summarize(&["--format", format]).contains(&note), "{format}");
    }
    let again: Value = serde_json::from_str(&summarize(&["--format", "json"])).expect("JSON");
    assert_eq!(&again, silent);
    assert!(summarize(&["--format", "csv"]).lines().next().expect("a header").ends_with(",uncertain"));
    assert!(summarize(&["--cross", "speaker,stance"]).contains("uncertain"));
}

#[test]
fn score_takes_word_lists_and_weights() {
    let scratch = Scratch::new();
    scratch.write("a.txt", "“We condemn this invasion,” quothed Ilse Marn on Monday.\n\nNobody else spoke of it.");
    scratch.write("lists/cues.txt", "quothed\n");
    let run = |more: &[&str]| {
        scratch.run(&[&["score", "a.txt", "--format", "jsonl", "--claim-model", "none"], more].concat()).done()
    };
    let speaker = |lines: String| statements(&lines).first().map(|first| first["speaker"]["name"].clone());
    assert_eq!(speaker(run(&["--lexicon", "lists", "--weights", "none"])), Some("Ilse Marn".into()));
    let weights =
        repository().join("crates/onrecord-attribution/attribution.safetensors").to_string_lossy().into_owned();
    assert_eq!(run(&["--weights", &weights]), run(&[]));
    assert_ne!(run(&["--weights", "none"]), run(&["--lexicon", "lists", "--weights", "none"]));
    scratch.run(&["score", "a.txt", "--weights", "nowhere"]).refused(&["nowhere", "cannot read"]);
    scratch.run(&["score", "a.txt", "--lexicon", "nowhere"]).refused(&["nowhere"]);
}

#[test]
fn a_probability_is_measured_as_a_score_for_another_label() {
    let scratch = prepared("5");
    let test = fs::read_to_string(scratch.path("test.jsonl")).expect("it is there");
    let other =
        test.replace("\"common\"", "\"wanted\"").replace("\"usual\"", "\"other\"").replace("\"scarce\"", "\"other\"");
    scratch.write("other.jsonl", other.replace("{\"id\":\"1", "{\"part\":\"one\",\"id\":\"1"));
    let run = |more: &[&str]| {
        let args = ["evaluate", "other.jsonl", "--model", "m.safetensors", "--score", "common", "--positive", "wanted"];
        scratch.run(&[&args[..], &["--resamples", "100"], more].concat())
    };
    let ranked: Value = serde_json::from_str(&run(&["--format", "json", "--by", "part"]).done()).expect("JSON");
    // The same as the area of the label's own class, where the label is known by its own name.
    let class = &report(&scratch, &[])["classes"];
    let class = class.as_array().expect("a list").iter().find(|class| class["label"] == "common").expect("the class");
    for measure in ["roc_auc", "pr_auc"] {
        assert!((number(&ranked["all"][measure]["value"]) - number(&class[measure]["value"])).abs() < 1e-12);
        assert!(number(&ranked["all"][measure]["low"]) < number(&ranked["all"][measure]["high"]));
    }
    assert_eq!(ranked["slices"][0][1].as_array().expect("parts").len(), 2);
    assert!(run(&[]).done().contains("p(common) of m.safetensors as a score for wanted on other.jsonl"));
    assert!(run(&["--format", "csv"]).done().starts_with("part,name,measure,value,low,high,rows\nall,,roc_auc,0."));
    assert!(run(&["--format", "md"]).done().contains("| all rows | 2000 |"));
    assert!(run(&["--format", "html"]).done().contains("How well the score ranks"));
    assert_eq!(run(&["--fail-under", "roc-auc=0.99"]).code, 1);
    run(&["--fail-under", "accuracy=0.5"]).refused(&["roc-auc and pr-auc"]);
    let ask = |score: &str, positive: &str| {
        let args = ["evaluate", "other.jsonl", "-m", "m.safetensors", "--score", score, "--positive", positive];
        scratch.run(&args)
    };
    ask("rare", "wanted").refused(&["no label \"rare\"", "common"]);
    ask("common", "unwanted").refused(&["0 are labelled \"unwanted\""]);
}
