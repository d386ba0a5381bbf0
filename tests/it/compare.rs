//! `compare`: models beside each other on the same rows.

use serde_json::Value;

use crate::labelled::{assert_fits, hostile, jsonl, rows, statements};
use crate::support::Scratch;

/// A folder with `good.safetensors`, `bad.safetensors` (half its labels were shuffled) and rows neither has seen.
fn models() -> Scratch {
    let scratch = Scratch::new();
    let all = rows(560);
    scratch.write("test.jsonl", jsonl(&all[240..]));
    scratch.write("train.jsonl", jsonl(&all[..240]));
    let mut wrong = all[..240].to_vec();
    for index in (0..240).step_by(2) {
        wrong[index]["label"] = all[(index + 2) % 240]["label"].clone();
    }
    scratch.write("wrong.jsonl", jsonl(&wrong));
    scratch.run(&["train", "train.jsonl", "--folds", "0", "-o", "good.safetensors"]).done();
    scratch.run(&["train", "wrong.jsonl", "--folds", "0", "-o", "bad.safetensors"]).done();
    scratch
}

const QUICK: [&str; 4] = ["--resamples", "200", "--swaps", "499"];

fn compare(scratch: &Scratch, names: &[&str], more: &[&str]) -> crate::support::Run {
    scratch.run(&[&["compare"], names, &["--data", "test.jsonl"], &QUICK, more].concat())
}

#[test]
fn the_better_model_is_named_with_interval_tests_and_the_rows_that_flipped() {
    let scratch = models();
    let text = compare(&scratch, &["bad.safetensors", "good.safetensors"], &[]).done();
    assert_fits(&text);
    let whole = text.replace('\n', " ");
    for part in [
        "2 models on test.jsonl",
        "A  bad.safetensors",
        "paired percentile bootstrap over groups of equal group, 200 resamples",
        "approximate randomization, 499 random swaps",
        "good.safetensors is better than bad.safetensors in macro-F1 on rows like these: by 0.",
        "95 % interval 0.",
        "McNemar's exact test: p <0.001",
        "Right by B, wrong by A: ",
        "A says ",
        "↓ less is better",
    ] {
        assert!(whole.contains(part), "no {part:?} in\n{text}");
    }
    let json: Value = serde_json::from_str(
        &compare(&scratch, &["bad.safetensors", "good.safetensors"], &["--format", "json"]).done(),
    )
    .expect("JSON");
    let pair = &json["pairs"][0];
    let difference = &pair["differences"]["macro_f1"];
    let of = |model: usize| json["models"][model]["measures"]["macro_f1"]["value"].as_f64().expect("a number");
    assert!((difference["value"].as_f64().expect("a number") - (of(1) - of(0))).abs() < 1e-12);
    assert!(difference["low"].as_f64() > Some(0.0), "{difference}");
    let [gained, lost] = ["gained", "lost"].map(|list| pair[list].as_array().expect("a list"));
    assert_eq!(pair["mcnemar"]["second_only"], gained.len());
    assert_eq!(pair["mcnemar"]["first_only"], lost.len());
    assert!(gained.iter().all(|flip| flip["second"] == flip["gold"] && flip["first"] != flip["gold"]));
    assert!(lost.iter().all(|flip| flip["first"] == flip["gold"]));
    assert_eq!(pair["randomization"]["macro_f1"], 1.0 / 500.0);
}

#[test]
fn a_model_is_not_told_from_itself() {
    let scratch = models();
    let text = compare(&scratch, &["good.safetensors", "good.safetensors"], &["--measure", "accuracy"]).done();
    let whole = text.replace('\n', " ");
    assert!(whole.contains("do not tell good.safetensors from good.safetensors in accuracy"), "{text}");
    assert!(whole.contains("p = 1.000") && !whole.contains(" is better than "), "{text}");
}

#[test]
fn more_than_two_are_corrected_for_their_number_in_every_format() {
    let scratch = models();
    let names = ["bad.safetensors", "good.safetensors", "builtin"];
    let text = compare(&scratch, &names, &[]).done();
    assert_fits(&text);
    assert!(text.contains("p (Holm)") && text.contains("A → C") && text.contains("B → C"), "{text}");
    let json: Value = serde_json::from_str(&compare(&scratch, &names, &["--format", "json"]).done()).expect("JSON");
    let pairs = json["pairs"].as_array().expect("a list");
    assert_eq!(pairs.len(), 3);
    for pair in pairs {
        let [plain, corrected] = [&pair["randomization"]["macro_f1"], &pair["corrected"]];
        assert!(corrected.as_f64() >= plain.as_f64(), "{pair}");
    }
    let csv = compare(&scratch, &names, &["--format", "csv"]).done();
    assert!(csv.starts_with("part,first,second,measure,value,low,high,p,p_corrected\n"), "{csv}");
    assert!(csv.contains("difference,bad.safetensors,builtin,macro_f1,"), "{csv}");
    let markdown = compare(&scratch, &names, &["--format", "md"]).done();
    assert!(
        markdown.contains("| macro-F1 |") && markdown.contains("after Holm's correction for 3 pairs"),
        "{markdown}"
    );
    assert!(compare(&scratch, &names, &["--format", "html"]).done().contains("C less A"));
}

#[test]
fn recipes_are_compared_on_the_same_folds() {
    let scratch = Scratch::new();
    scratch.write("data.jsonl", statements(120));
    scratch.write("a.toml", "");
    scratch.write("b.toml", "");
    let args = ["compare", "a.toml", "b.toml", "--data", "data.jsonl", "--folds", "3", "--swaps", "99"];
    let text = scratch.run(&args).done();
    assert!(text.replace('\n', " ").contains("do not tell b.toml from a.toml"), "{text}");
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let scratch = Scratch::new();
    scratch.write("data.jsonl", statements(40));
    scratch.run(&["compare", "builtin", "--data", "data.jsonl"]).refused(&["MODEL"]);
    scratch.run(&["compare", "builtin", "none.safetensors", "--data", "data.jsonl"]).refused(&["none.safetensors"]);
    let args = ["compare", "builtin", "builtin", "--data", "data.jsonl", "--measure", "f7"];
    scratch.run(&args).refused(&["f7", "macro-f1"]);
}

#[test]
fn hostile_rows_stay_text() {
    let scratch = Scratch::new();
    scratch.write("bad.jsonl", hostile(80));
    scratch.write("a.toml", "");
    let base =
        ["compare", "a.toml", "builtin", "--data", "bad.jsonl", "--task", "own", "--folds", "2", "--swaps", "99"];
    // What the texts have in common is most of them: they are one unit, which is said.
    scratch.run(&base).refused(&["80 rows make 1 unit", "different texts"]);
    let base = [&base[..], &["--allow-copies"]].concat();
    assert_fits(&scratch.run(&base).done());
    for format in ["md", "html"] {
        let out = scratch.run(&[&base[..], &["--format", format]].concat()).done();
        assert!(!out.contains("<script>alert") && !out.contains("<img") && !out.contains('\u{1b}'), "{out}");
    }
}
