//! `check`: what is wrong with labelled data, and the mended file.

use std::fs;

use serde_json::{Value, json};

use crate::labelled::{assert_fits, hostile, jsonl, rows};
use crate::support::{Run, Scratch};

/// Different statements of different words, so that nothing is wrong with them.
fn clean(n: usize) -> Vec<Value> {
    let mut rows = rows(n);
    for (index, row) in rows.iter_mut().enumerate() {
        let label = ["favor", "against", "neutral", "unrelated"][index % 4];
        let text = format!(
            "{} number{index} {} item{}",
            ["we support the mission", "bring the troops home", "the council met about troops", "bread is dear"]
                [index % 4],
            ["north", "south", "east", "west", "inland"][index % 5],
            index * 31 % 97,
        );
        *row = json!({"id": format!("r{index}"), "text": text, "label": label});
    }
    rows
}

/// Clean rows and one of everything that can be wrong.
fn spoilt() -> Vec<Value> {
    let mut rows = clean(120);
    let mut add =
        |text: &str, label: &str| rows.push(json!({"id": format!("x{}", rows.len()), "text": text, "label": label}));
    add("The same words stand here more than once", "favor");
    add("the same words  stand here more than ONCE", "favor");
    add("These words were labelled both ways", "favor");
    add("These words were labelled both ways", "against");
    add(
        "the minister said on monday that no troops would cross the border before the talks had come to an end",
        "neutral",
    );
    add(
        "the minister said on monday that no troops would cross the border before the talks had come to an end, he added",
        "neutral",
    );
    add("Donâ€™t leave the harbour to them", "Favor");
    add("12 - 34", "neutral");
    add("", "neutral");
    add("They may or may not come to the island", "perhaps");
    rows
}

fn check(scratch: &Scratch, args: &[&str]) -> Run {
    scratch.run(&[&["check"], args].concat())
}

fn kinds(scratch: &Scratch, args: &[&str]) -> Vec<String> {
    let run = check(scratch, &[args, &["--format", "json", "--no-noise"]].concat());
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let findings = report["findings"].as_array().expect("a list");
    findings.iter().map(|finding| finding["kind"].as_str().expect("text").to_owned()).collect()
}

#[test]
fn clean_data_is_left_in_peace() {
    let scratch = Scratch::new();
    scratch.write("data.jsonl", jsonl(&clean(120)));
    let text = check(&scratch, &["data.jsonl"]).done();
    assert!(text.contains("data.jsonl (120 rows)") && text.contains("Nothing wrong was found."), "{text}");
}

#[test]
fn everything_that_is_wrong_is_found_with_its_line_and_what_to_do() {
    let scratch = Scratch::new();
    scratch.write("data.jsonl", jsonl(&spoilt()));
    let mut found = kinds(&scratch, &["data.jsonl"]);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "conflict",
            "duplicate",
            "encoding_damage",
            "imbalance",
            "label_variants",
            "near_duplicate",
            "no_words",
            "rare_label",
            "rare_label",
            "unknown_label",
            "unusable_row"
        ]
    );
    let run = check(&scratch, &["data.jsonl"]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert_fits(&run.stdout);
    let whole = run.stdout.replace('\n', " ");
    for part in [
        "data.jsonl (129 rows, 1 unusable)",
        "Error: 1 row cannot be used.",
        "data.jsonl:129: the text is empty",
        "data.jsonl:124 (x123): \"against\", but \"favor\" at data.jsonl:123",
        "What to do: decide on one label",
        "data.jsonl:130 (x129): label \"perhaps\"",
        "should hold \"’\"",
        "Found: ",
    ] {
        assert!(whole.contains(part), "no {part:?} in\n{}", run.stdout);
    }
}

#[test]
fn rows_of_one_file_in_another_are_leaks() {
    let scratch = Scratch::new();
    let rows = clean(160);
    scratch.write("train.jsonl", jsonl(&rows[..120]));
    scratch.write("test.jsonl", jsonl(&rows[110..]));
    assert_eq!(kinds(&scratch, &["train.jsonl", "test.jsonl"]), ["leakage"]);
    let run = check(&scratch, &["train.jsonl", "test.jsonl", "--places", "2", "--no-noise"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains("10 rows whose text is in an earlier file") && run.stdout.contains("and 8 more"),
        "{run:#?}"
    );
    let run = check(&scratch, &["train.jsonl", "test.jsonl", "--no-noise", "--fix", "clean.jsonl"]);
    run.said(&["clean.jsonl: 110 rows kept, 10 removed"]);
    assert!(kinds(&scratch, &["clean.jsonl", "test.jsonl"]).is_empty());
}

#[test]
fn what_can_be_mended_is_mended_and_listed() {
    let scratch = Scratch::new();
    scratch.write("data.jsonl", jsonl(&spoilt()));
    let run = check(&scratch, &["data.jsonl", "--no-noise", "--fix", "clean.csv"]);
    assert_eq!(run.code, 1, "{run:#?}");
    run.said(&["clean.csv: 125 rows kept, 5 removed, 2 fields mended; what was changed is in clean.changes.csv"]);
    let clean = fs::read_to_string(scratch.path("clean.csv")).expect("the mended file is there");
    assert!(
        clean.starts_with("id,text,label\n") && clean.contains("x126,Don’t leave the harbour to them,favor\n"),
        "{clean}"
    );
    let changes = fs::read_to_string(scratch.path("clean.changes.csv")).expect("the list is there");
    let expected = "line,id,change,reason,before,after\n";
    assert!(changes.starts_with(expected) && changes.contains("122,x121,removed,the text of line 121,"), "{changes}");
    assert_eq!(changes.lines().count(), 8);
    // What is left needs a person: a label that is none, too few rows of it, a near copy.
    let left = kinds(&scratch, &["clean.csv"]);
    assert_eq!(left, ["unknown_label", "rare_label", "near_duplicate", "imbalance"]);
    assert_eq!(scratch.names(), ["clean.changes.csv", "clean.csv", "data.jsonl"]);
}

#[test]
fn doubtful_labels_are_found_by_cross_validation() {
    let scratch = Scratch::new();
    let mut rows = clean(160);
    rows[40]["label"] = json!("against");
    scratch.write("data.jsonl", jsonl(&rows));
    let run = check(&scratch, &["data.jsonl"]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stdout.replace('\n', " ").contains("data.jsonl:41 (r40): labelled \"against\""), "{run:#?}");
}

#[test]
fn annotators_are_compared_with_intervals() {
    let scratch = Scratch::new();
    let mut rows = clean(120);
    for (index, row) in rows.iter_mut().enumerate() {
        let label = row["label"].clone();
        let other = if index % 6 == 0 { json!("neutral") } else { label.clone() };
        row["label_anna"] = label;
        row["label_ben"] = other;
    }
    scratch.write("data.jsonl", jsonl(&rows));
    let text = check(&scratch, &["data.jsonl", "--no-noise"]).done();
    assert_fits(&text);
    for part in ["label_anna / label_ben", "Cohen's kappa", "Fleiss' kappa", "Krippendorff's alpha", "–0."] {
        assert!(text.contains(part), "no {part:?} in\n{text}");
    }
    let run = check(&scratch, &["data.jsonl", "--annotators", "label_anna,label_nobody"]);
    run.refused(&["label_nobody"]);
}

#[test]
fn exchanged_columns_are_seen_and_named_by_flags() {
    let scratch = Scratch::new();
    let csv =
        jsonl(&clean(60)).replace("\"text\"", "\"t\"").replace("\"label\"", "\"text\"").replace("\"t\"", "\"label\"");
    scratch.write("data.jsonl", csv);
    assert_eq!(kinds(&scratch, &["data.jsonl"])[0], "column_mix_up");
    let right = ["data.jsonl", "--text-column", "label", "--label-column", "text"];
    assert!(kinds(&scratch, &right).is_empty());
}

#[test]
fn hostile_rows_stay_text_in_every_format() {
    let scratch = Scratch::new();
    scratch.write("bad.jsonl", hostile(90));
    let run = check(&scratch, &["bad.jsonl"]);
    assert_fits(&run.stdout);
    for format in ["csv", "md", "html"] {
        let run = check(&scratch, &["bad.jsonl", "--format", format]);
        assert!(!run.stderr.contains("panicked"), "{run:#?}");
        if format == "csv" {
            assert!(run.stdout.starts_with("severity,kind,file,line,id,detail,message,advice\n"), "{run:#?}");
        } else {
            assert!(!run.stdout.contains("<script>alert") && !run.stdout.contains("<img"), "{run:#?}");
        }
    }
}
