//! `score` on the example articles: what people read and what programs read.

use std::fs;

use serde_json::Value;

use crate::support::{Scratch, repository};

fn example(name: &str) -> String {
    repository().join("datasets/articles/text").join(name).to_string_lossy().into_owned()
}

fn example_names() -> Vec<String> {
    let folder = repository().join("datasets/articles/text");
    let entries = fs::read_dir(folder).expect("the examples are there");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn every_span_slices_to_what_is_reported() {
    let scratch = Scratch::new();
    for name in example_names() {
        let path = example(&name);
        let points: Vec<char> = fs::read_to_string(&path).expect("an example").chars().collect();
        let lines = scratch.run(&["score", &path, "--format", "jsonl"]).done();
        assert!(lines.lines().count() >= 3, "{name} has statements");
        for line in lines.lines() {
            let statement: Value = serde_json::from_str(line).expect("a line is JSON");
            let parts: Vec<String> = statement["content"]
                .as_array()
                .expect("spans")
                .iter()
                .map(|span| {
                    let ends = [0, 1].map(|end| span[end].as_u64().expect("an offset") as usize);
                    let surface: String = points[ends[0]..ends[1]].iter().collect();
                    surface.split_whitespace().collect::<Vec<_>>().join(" ")
                })
                .collect();
            assert_eq!(statement["text"], parts.join(" … "), "{name}");
        }
    }
}

#[test]
fn probabilities_are_probabilities_and_the_score_is_their_difference() {
    let scratch = Scratch::new();
    for line in scratch.run(&["score", &example(&example_names()[0]), "--format", "jsonl"]).done().lines() {
        let statement: Value = serde_json::from_str(line).expect("a line is JSON");
        let stance = &statement["stance"];
        let p = |label: &str| stance["probabilities"][label].as_f64().expect("a probability");
        let sum = p("favor") + p("against") + p("neutral") + p("unrelated");
        assert!((sum - 1.0).abs() < 1e-3, "{stance}");
        assert!((stance["score"].as_f64().expect("a score") - (p("favor") - p("against"))).abs() < 2e-4, "{stance}");
        let label = stance["label"].as_str().expect("a label");
        assert!(["favor", "against", "neutral", "unrelated"].iter().all(|other| p(label) >= p(other)), "{stance}");
    }
}

#[test]
fn formats_agree_on_the_statements() {
    let scratch = Scratch::new();
    let path = example(&example_names()[0]);
    let n_lines = scratch.run(&["score", &path, "--format", "jsonl"]).done().lines().count();
    let document: Value =
        serde_json::from_str(&scratch.run(&["score", &path, "--format", "json"]).done()).expect("one document");
    assert_eq!(document["statements"].as_array().expect("statements").len(), n_lines);
    let summary = &document["summary"];
    let rows = ["speakers", "groups"].map(|rows| summary[rows].as_array().cloned().unwrap_or_default()).concat();
    let n_said: u64 = rows.iter().map(|row| row["statements"].as_u64().expect("a count")).sum();
    assert_eq!(n_said as usize, n_lines);
    let table = scratch.run(&["score", &path, "--format", "csv"]).done();
    assert_eq!(csv::Reader::from_reader(table.as_bytes()).records().count(), n_lines);
}

#[test]
fn one_thread_and_two_print_the_same_bytes() {
    let scratch = Scratch::new();
    let folder = repository().join("datasets/articles/text").to_string_lossy().into_owned();
    let one = scratch.run(&["score", &folder, "--format", "json", "--threads", "1"]).done();
    let two = scratch.run(&["score", &folder, "--format", "json", "--threads", "2"]).done();
    assert_eq!(one, two);
}

#[test]
fn standard_input_and_files_give_the_same_statements() {
    let scratch = Scratch::new();
    let path = example(&example_names()[0]);
    let from_file = scratch.run(&["score", &path, "--format", "csv"]).done();
    let text = fs::read_to_string(&path).expect("an example");
    let from_stdin = scratch.run_with_input(&["score", "-", "--format", "csv"], text).done();
    let id = example_names()[0].replace(".txt", "");
    assert_eq!(from_stdin, from_file.replace(&id, "stdin"));
}

#[test]
fn an_output_file_holds_what_standard_output_would() {
    let scratch = Scratch::new();
    let path = example(&example_names()[0]);
    let printed = scratch.run(&["score", &path]).done();
    assert_eq!(scratch.run(&["score", &path, "-o", "out.txt"]).done(), "");
    assert_eq!(fs::read_to_string(scratch.path("out.txt")).expect("written"), printed);
    assert_eq!(scratch.names(), ["out.txt"]);
}

#[test]
fn the_text_report_fits_80_columns() {
    let scratch = Scratch::new();
    let folder = repository().join("datasets/articles/text").to_string_lossy().into_owned();
    let report = scratch.run(&["score", &folder]).done();
    for line in report.lines() {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "{line}");
    }
}

#[test]
fn the_text_report_looks_as_it_did() {
    let scratch = Scratch::new();
    for name in example_names().iter().take(3) {
        let report = scratch.run(&["score", &example(name)]).done();
        insta::assert_snapshot!(format!("score_{}", name.replace(".txt", "")), report);
    }
}
