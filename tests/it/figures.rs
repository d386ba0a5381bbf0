//! Figures that hold: one way to split for every command, on data that would flatter if rows were split freely.

use serde_json::Value;

use crate::support::Scratch;

/// Words of no meaning, so that labels can only be guessed.
const WORDS: [&str; 40] = [
    "harbour", "lamp", "river", "stone", "glass", "market", "ferry", "garden", "ladder", "pencil", "winter", "copper",
    "orchard", "window", "bridge", "basket", "candle", "meadow", "paper", "saddle", "thunder", "valley", "wagon",
    "anchor", "barrel", "cellar", "dragon", "engine", "feather", "gravel", "hammer", "island", "jacket", "kettle",
    "linen", "mirror", "needle", "oven", "pillow", "quarry",
];

/// Numbers that look random and are the same everywhere.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }
}

/// 120 texts, each `n_copies` times with one random label; `change` is what a copy is changed by.
fn copies(seed: u64, n_copies: usize, change: impl Fn(&str, usize) -> String) -> String {
    let mut draw = Draw(seed);
    let mut csv = String::from("text,label\n");
    for _ in 0..120 {
        let text: Vec<&str> = (0..14).map(|_| WORDS[draw.below(WORDS.len())]).collect();
        let label = ["yes", "no"][draw.below(2)];
        for copy in 0..n_copies {
            csv += &format!("{},{label}\n", change(&text.join(" "), copy));
        }
    }
    csv
}

fn passed_on(text: &str, copy: usize) -> String {
    match copy {
        0 => text.to_owned(),
        1 => format!("RT @quay_news: {text}"),
        2 => format!("{text} https://example.org/{copy}a"),
        _ => format!("@a{copy} {text}!"),
    }
}

fn report(scratch: &Scratch, args: &[&str]) -> Value {
    let base = ["--format", "json", "--resamples", "200"];
    serde_json::from_str(&scratch.run(&[args, &base].concat()).done()).expect("JSON")
}

fn accuracy(report: &Value) -> (f64, f64, f64) {
    let figure = &report["measures"]["accuracy"];
    let part = |name: &str| figure[name].as_f64().expect("a number");
    (part("value"), part("low"), part("high"))
}

#[test]
fn random_labels_of_copies_are_guessed_by_chance_and_every_command_says_so() {
    let scratch = Scratch::new();
    scratch.write("copies.csv", copies(7, 5, |text, _| text.to_owned()));
    scratch.write("near.csv", copies(7, 5, passed_on));
    scratch.write("a.toml", "");
    scratch.write("b.toml", "[classifier]\nkind = \"svm\"\nc = 0.3\n");
    for file in ["copies.csv", "near.csv"] {
        let folds = report(&scratch, &["evaluate", file, "--folds", "5"]);
        let (value, low, high) = accuracy(&folds);
        assert!((0.36..=0.64).contains(&value), "{file}: {value}");
        assert!(low <= 0.5 && 0.5 <= high && high - low > 0.12, "{file}: {low} to {high}");
        assert_eq!((&folds["intervals"]["unit"], &folds["intervals"]["units"]), (&"text".into(), &120.into()));
        assert_eq!((&folds["units"]["units"], &folds["units"]["copies"]), (&120.into(), &480.into()));
        let (value, low, high) = accuracy(&report(&scratch, &["evaluate", file, "--hold-out", "0.3"]));
        assert!(low <= 0.5 && 0.5 <= high, "{file}, held out: {value}, {low} to {high}");
        let compared = report(&scratch, &["compare", "a.toml", "b.toml", "--data", file, "--swaps", "199"]);
        assert_eq!(compared["units"]["units"], 120);
        let verdict = compared["pairs"][0]["verdict"].as_str().expect("a sentence");
        assert!(verdict.starts_with("These rows do not tell"), "{verdict}");
        for (model, figures) in [("a", &compared["models"][0]), ("b", &compared["models"][1])] {
            let value = figures["measures"]["accuracy"]["value"].as_f64().expect("a number");
            assert!((0.36..=0.64).contains(&value), "{file}, {model}: {value}");
        }
        // The same data, seed and folds: the same figures.
        assert_eq!(compared["models"][0]["measures"]["macro_f1"], folds["measures"]["macro_f1"]);
        let run = scratch.run(&["train", file, "-o", "m.safetensors"]);
        let words: Vec<&str> = run.stdout.split_whitespace().collect();
        let printed = words.windows(2).find(|pair| pair[0] == "accuracy").map(|pair| pair[1]);
        assert_eq!(printed, Some(format!("{:.3}", accuracy(&folds).0).as_str()));
        assert!(words.join(" ").contains("600 rows in 120 units that are kept together"), "{}", run.stdout);
        let card = scratch.run(&["model", "show", "m.safetensors", "--format", "json"]).done();
        let card: Value = serde_json::from_str(&card).expect("JSON");
        let figure = |report: &Value, name: &str| report["measures"][name]["value"].as_f64().expect("a number");
        let known = |name: &str| card["accuracy"][name].as_f64().expect("a number");
        for (of_card, of_report) in [("accuracy", "accuracy"), ("macro_f1", "macro_f1"), ("log_loss", "log_loss")] {
            assert!((known(of_card) - figure(&folds, of_report)).abs() < 1e-8, "{of_card}");
        }
    }
    let freely = report(&scratch, &["evaluate", "copies.csv", "--folds", "5", "--allow-copies"]);
    assert!(accuracy(&freely).0 > 0.9);
    let warnings = freely["warnings"].to_string();
    assert!(warnings.contains("rows with the same text may stand on both sides"), "{warnings}");
    assert_eq!(freely["units"]["copies_allowed"], true);
}

#[test]
fn a_row_of_a_rare_label_costs_that_label_alone() {
    let scratch = Scratch::new();
    let rows = copies(3, 1, |text, _| text.to_owned()) + "a text about nothing that is known,solo\n";
    scratch.write("rare.csv", &rows);
    let run = scratch.run(&["train", "rare.csv", "-o", "m.safetensors"]);
    run.said(&["only 1 row is labelled solo: it is learned from and not measured", "5-fold cross-validation"]);
    let report = report(&scratch, &["evaluate", "rare.csv", "--folds", "5"]);
    assert_eq!(report["rows"], 120);
    assert!(report["warnings"].to_string().contains("only 1 row is labelled solo"), "{}", report["warnings"]);
}

#[test]
fn what_ties_all_rows_together_is_named() {
    let scratch = Scratch::new();
    let mut csv = String::from("text,label,outlet,headline\n");
    let mut draw = Draw(1);
    for row in 0..90 {
        let text: Vec<&str> = (0..14).map(|_| WORDS[draw.below(WORDS.len())]).collect();
        let headline = if row % 9 == 0 { "Live updates".to_owned() } else { format!("Headline {}", row / 3) };
        csv += &format!("{},{},outlet {},{headline}\n", text.join(" "), ["yes", "no"][row % 2], row / 9);
    }
    scratch.write("data.csv", csv);
    let run = scratch.run(&["evaluate", "data.csv", "--folds", "3", "--group", "outlet", "--group", "headline"]);
    run.refused(&["90 rows make 1 unit", "10 rows have the headline \"Live updates\"", "--group COLUMN"]);
    let report = report(&scratch, &["evaluate", "data.csv", "--folds", "3", "--group", "outlet"]);
    assert_eq!(report["units"]["units"], 10);
    assert_eq!(report["subject"]["grouped_by"], "outlet");
}
