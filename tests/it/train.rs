//! Training, explaining, and models that carry more than n-grams.

use std::fmt::Write;
use std::fs;

use crate::support::{Run, Scratch, repository};

/// Made-up rows toward two targets: what favors one sentence's target is said of both.
fn rows(n: usize) -> String {
    let people = ["the mayor", "a farmer", "her brother", "the engineers", "an old sailor", "two nurses"];
    let places = ["by the harbour", "near the mill", "in the north", "at the station", "behind the school"];
    let mut text = String::new();
    for row in 0..n {
        let (person, place) = (people[row % 6], places[row / 6 % 5]);
        let target = ["the bridge", "the wind farm"][row % 2];
        let (said, label) = match row % 3 {
            0 => (format!("{person} {place} welcomed it as a great gift, number {row}"), "favor"),
            1 => (format!("{person} {place} will not accept this ugly waste, number {row}"), "against"),
            _ => (format!("{person} {place} counted the lorries of the day, number {row}"), "neutral"),
        };
        writeln!(text, r#"{{"text":"{said}","label":"{label}","target":"{target}"}}"#).expect("a string takes it");
    }
    text
}

const RECIPE: &str = r#"
[features]
target_copies = 1.7

[[features.block]]
kind = "words"
min = 1
max = 2
negation = true
select = 150

[[features.block]]
kind = "chars"
min = 2
max = 4
hash_bits = 11

[[features.block]]
kind = "vectors"
table = "builtin"

[[features.block]]
kind = "lexicon"
file = "own.tsv"
weight = 0.3

[[features.block]]
kind = "target"

[[features.block]]
kind = "shape"
weight = 0.2

[classifier]
kind = "logistic"
c = 3.0
"#;

fn train(scratch: &Scratch, name: &str, args: &[&str]) -> Run {
    let all: Vec<&str> = ["train", "rows.jsonl", "-o", name].iter().chain(args).copied().collect();
    scratch.run(&all)
}

fn prepared() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("rows.jsonl", rows(120));
    scratch.write("recipe.toml", RECIPE);
    scratch.write("own.tsv", "welcomed\tgood\ngreat\tgood\nugly\tbad\n");
    scratch
}

#[test]
fn a_model_of_every_block_stands_alone_and_is_made_alike() {
    let scratch = prepared();
    let run = train(&scratch, "m.safetensors", &["--recipe", "recipe.toml", "--folds", "3"]);
    run.said(&["3-fold cross-validation", "of 2 targets"]);
    run.done();
    train(&scratch, "again.safetensors", &["--recipe", "recipe.toml", "--folds", "3"]).done();
    let bytes = |name: &str| fs::read(scratch.path(name)).expect("it was written");
    assert_eq!(bytes("m.safetensors"), bytes("again.safetensors"));
    // What the recipe names is inside.
    fs::remove_file(scratch.path("own.tsv")).expect("it is there");
    let predicted = scratch.run(&["predict", "rows.jsonl", "-m", "m.safetensors", "--format", "jsonl"]).done();
    let right = predicted.lines().filter(|line| {
        let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
        row["label"] == row["stance"]["label"]
    });
    assert!(right.count() >= 115, "{predicted}");
    let card = scratch.run(&["model", "show", "m.safetensors"]).done();
    assert!(card.contains("targets    the bridge, the wind farm"), "{card}");
}

#[test]
fn contributions_sum_to_the_scores() {
    let scratch = prepared();
    train(&scratch, "m.safetensors", &["--recipe", "recipe.toml", "--folds", "0"]).done();
    let text = "An old sailor will NOT welcome this great bridge, number 7!";
    let args =
        ["model", "explain", "m.safetensors", text, "--target", "the bridge", "--format", "json", "--top", "9999"];
    let explained: serde_json::Value = serde_json::from_str(&scratch.run(&args).done()).expect("JSON");
    let number = |value: &serde_json::Value| value.as_f64().expect("a number");
    let all = explained["explanation"].as_array().expect("a list");
    assert_eq!(all.len() as u64, explained["features"].as_u64().expect("a number"));
    let kinds: std::collections::BTreeSet<&str> = all.iter().filter_map(|one| one["kind"].as_str()).collect();
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["chars", "lexicon", "shape", "target", "vector", "words"]);
    assert!(all.iter().all(|one| one["feature"] != "?"), "{all:?}");
    for label in ["favor", "against", "neutral"] {
        let sum = number(&explained["intercept"][label])
            + all.iter().map(|one| number(&one["contribution"][label])).sum::<f64>();
        assert!((sum - number(&explained["scores"][label])).abs() < 1e-9);
    }
    // No calibration without folds: the scores' softmax is the probability.
    let exp = |label: &str| number(&explained["scores"][label]).exp();
    let p = exp("favor") / (exp("favor") + exp("against") + exp("neutral"));
    assert!((p - number(&explained["probabilities"]["favor"])).abs() < 1e-6, "{p} {explained}");
}

#[test]
fn explanations_are_shown_and_come_with_predictions() {
    let scratch = prepared();
    train(&scratch, "m.safetensors", &["--folds", "0"]).done();
    let text = "the mayor welcomed it \u{1b}[2J as a great gift";
    let shown = scratch.run(&["model", "explain", "m.safetensors", text, "--top", "5"]).done();
    assert!(shown.contains("[+welcomed]") && shown.contains("any text") && shown.contains("others"), "{shown}");
    assert!(!shown.contains('\u{1b}'), "{shown}");
    scratch.write("one.jsonl", r#"{"text":"the mayor welcomed it","target":"the bridge"}"#);
    let predict = |format: &str| {
        scratch.run(&["predict", "one.jsonl", "-m", "m.safetensors", "--explain", "3", "--format", format]).done()
    };
    let row: serde_json::Value = serde_json::from_str(&predict("jsonl")).expect("JSON");
    let reasons = row["stance"]["explanation"].as_array().expect("a list");
    assert_eq!(reasons.len(), 3);
    assert!(reasons.iter().all(|reason| reason["contribution"].is_number() && reason["feature"].is_string()));
    assert!(predict("csv").lines().next().expect("a header").ends_with("stance_explanation"));
    assert_eq!(predict("text").lines().count(), 4);
}

#[test]
fn every_classifier_learns_the_rows() {
    let scratch = prepared();
    for kind in [
        "logistic",
        "one_vs_rest",
        "svm",
        "svm_hinge",
        "crammer_singer",
        "nb_svm",
        "naive_bayes",
        "complement_naive_bayes",
        "average",
    ] {
        scratch.write("kind.toml", format!("[classifier]\nkind = \"{kind}\"\nc = 2.0\n"));
        let run = train(&scratch, "m.safetensors", &["--recipe", "kind.toml", "--folds", "3"]);
        let accuracy =
            run.stderr.split("accuracy ").nth(1).and_then(|rest| rest.get(..5)).expect("a figure").to_owned();
        assert!(accuracy.parse::<f64>().expect("a number") > 0.9, "{kind}: {run:#?}");
        assert!(!run.stderr.contains("stopped"), "{kind}: {run:#?}");
        run.done();
    }
    scratch.write("kind.toml", "[classifier]\nkind = \"oracle\"\n");
    train(&scratch, "n.safetensors", &["--recipe", "kind.toml"]).refused(&["kind.toml", "oracle", "logistic"]);
}

#[test]
fn a_second_way_to_the_same_optimum_is_no_setting() {
    let scratch = prepared();
    scratch.write("r.toml", "[classifier]\nsolver = \"lbfgs\"\n");
    train(&scratch, "n.safetensors", &["--recipe", "r.toml"]).refused(&[
        "r.toml",
        "solver = \"lbfgs\"",
        "leave it out",
    ]);
    scratch.write("r.toml", "[classifier]\nsolver = \"magic\"\n");
    train(&scratch, "n.safetensors", &["--recipe", "r.toml"]).refused(&["r.toml", "line 2", "magic"]);
}

#[test]
fn a_fit_that_stops_early_says_how_far_it_came() {
    let scratch = prepared();
    // The same rows once more, with the labels of others: nothing fits them, and a huge C never stops trying.
    let wrong = rows(121).lines().skip(1).map(|line| line.replace("favor", "against") + "\n").collect::<String>();
    scratch.write("rows.jsonl", rows(120) + &wrong);
    for kind in ["svm_hinge", "crammer_singer"] {
        scratch.write("r.toml", format!("[classifier]\nkind = \"{kind}\"\nc = 1e9\n"));
        let run = train(&scratch, "m.safetensors", &["--recipe", "r.toml", "--folds", "0"]);
        run.said(&["stopped before it reached the optimum", "after 1000 walks over the rows", "violate it by"]);
        run.done();
    }
}

/// A folder as model2vec saves one; `mapping` and `weights` where the vocabulary was quantized.
fn model2vec(scratch: &Scratch, folder: &str, is_quantized: bool) {
    use safetensors::{Dtype, tensor::TensorView};
    fs::create_dir_all(scratch.path(folder)).expect("a folder");
    let words = ["[PAD]", "[UNK]", "welcomed", "gift", "accept", "ugly", "waste", "counted", "lorries"];
    let vocabulary: serde_json::Map<String, serde_json::Value> =
        words.iter().zip(0..).map(|(word, n)| ((*word).to_owned(), serde_json::Value::from(n))).collect();
    let tokenizer = serde_json::json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": null, "decoder": null,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
    });
    scratch.write(&format!("{folder}/tokenizer.json"), tokenizer.to_string());
    scratch.write(&format!("{folder}/config.json"), r#"{"normalize": true, "embedding_dtype": "float32"}"#);
    // What praises, what blames and what counts point apart; the unknown word points nowhere near.
    let clusters = [[0.0_f32, 0.0, 0.0], [9.0, 9.0, 9.0], [1.0, 0.1, 0.0], [0.0, 1.0, 0.1], [0.1, 0.0, 1.0]];
    let rows = [0_i32, 1, 2, 2, 3, 3, 3, 4, 4];
    let floats = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let expanded: Vec<f32> = rows.iter().flat_map(|&row| clusters[row as usize]).collect();
    let embeddings = floats(if is_quantized { clusters.as_flattened() } else { &expanded });
    let mapping: Vec<u8> = rows.iter().flat_map(|row| row.to_le_bytes()).collect();
    let weights = floats(&[1.0; 9]);
    let n_rows = embeddings.len() / 12;
    let mut views = vec![("embeddings", TensorView::new(Dtype::F32, vec![n_rows, 3], &embeddings).expect("a tensor"))];
    if is_quantized {
        views.push(("mapping", TensorView::new(Dtype::I32, vec![9], &mapping).expect("a tensor")));
        views.push(("weights", TensorView::new(Dtype::F32, vec![9], &weights).expect("a tensor")));
    }
    let bytes = safetensors::serialize(views, None).expect("a file");
    scratch.write(&format!("{folder}/model.safetensors"), bytes);
}

#[test]
fn folders_of_model2vec_are_tables_of_vectors() {
    let scratch = prepared();
    let recipe = |table: &str| {
        let text = format!("[[features.block]]\nkind = \"vectors\"\ntable = \"{table}\"\n[classifier]\nc = 100.0\n");
        scratch.write("r.toml", text);
        train(&scratch, "m.safetensors", &["--recipe", "r.toml", "--folds", "0"])
    };
    let predict = || scratch.run(&["predict", "rows.jsonl", "-m", "m.safetensors", "--format", "jsonl"]).done();
    model2vec(&scratch, "own", false);
    model2vec(&scratch, "small", true);
    recipe("own").done();
    // The model stands alone.
    fs::rename(scratch.path("own"), scratch.path("kept")).expect("it is there");
    let predicted = predict();
    for line in predicted.lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(row["label"], row["stance"]["label"], "{line}");
    }
    // The file alone, and a quantized vocabulary with the same vectors.
    recipe("kept/model.safetensors").done();
    assert_eq!(predict(), predicted);
    recipe("small").done();
    assert_eq!(predict(), predicted);
    let text = "They WELCOMED it zzz";
    let explained = scratch.run(&["model", "explain", "m.safetensors", text, "--format", "json"]).done();
    assert!(explained.contains("welcomed") && !explained.contains("[UNK]"), "{explained}");

    fs::remove_file(scratch.path("small/tokenizer.json")).expect("it is there");
    recipe("small").refused(&["small/model.safetensors", "tokenizer.json"]);
    fs::remove_file(scratch.path("kept/model.safetensors")).expect("it is there");
    recipe("kept").refused(&["kept/model.safetensors", "No such file"]);
    scratch.write("small/tokenizer.json", "{}");
    recipe("small").refused(&["small/tokenizer.json", "no tokenizer"]);
    recipe("nowhere").refused(&["nowhere", "No such file"]);
}

#[test]
fn a_search_says_what_it_tried() {
    let scratch = prepared();
    let run = train(&scratch, "m.safetensors", &["--search", "--folds", "3", "--optimize", "f-avg"]);
    run.said(&["70 recipes tried on up to 3 folds", "F-avg", "taken", "words 1-2; logistic"]);
    run.done();
    let card = scratch.run(&["model", "show", "m.safetensors"]).done();
    assert!(card.contains("target_copies") && card.contains("f-avg"), "{card}");
}

#[test]
fn bad_recipes_and_tables_are_named() {
    let scratch = prepared();
    let refused = |recipe: &str, parts: &[&str]| {
        scratch.write("bad.toml", recipe);
        train(&scratch, "m.safetensors", &["--recipe", "bad.toml"]).refused(parts);
    };
    let block = |kind: &str| format!("[[features.block]]\n{kind}\n");
    refused(&block("kind = \"lexicon\"\nfile = \"nowhere.tsv\""), &["nowhere.tsv"]);
    let words = block("kind = \"words\"\nmin = 1\nmax = 2");
    let chars = words.clone() + &block("kind = \"chars\"\nmin = 2");
    refused(&chars, &["line 5: feature block 2 \"chars\": missing field `max`"]);
    refused(&block("kind = \"wrds\""), &["line 1: feature block 1 \"wrds\": unknown variant", "`words`"]);
    refused("[classifier]\nkindd = \"svm\"\n", &["line 2, column 1", "unknown field `kindd`"]);
    refused(&block("kind = \"lexicon\"\nfile = \"rows.jsonl\""), &["rows.jsonl", "line 1", "tab"]);
    refused(&block("kind = \"vectors\"\ntable = \"rows.jsonl\""), &["rows.jsonl", "no table of vectors"]);
    refused(
        &block("kind = \"subwords\"\ntokenizer = \"rows.jsonl\"\nmin = 1\nmax = 2"),
        &["rows.jsonl", "no tokenizer"],
    );
    refused(&block("kind = \"chars\"\nmin = 2\nmax = 5\nhash_bits = 99"), &["hash_bits = 99"]);
    refused("[decision]\noptimize = \"luck\"\n", &["bad.toml", "luck", "macro-f1"]);
    assert!(!scratch.path("m.safetensors").exists());
}

#[test]
fn a_damaged_part_of_a_larger_model_is_refused() {
    let scratch = prepared();
    train(&scratch, "m.safetensors", &["--recipe", "recipe.toml", "--folds", "0"]).done();
    let bytes = fs::read(scratch.path("m.safetensors")).expect("it was written");
    for place in (9..bytes.len()).step_by(bytes.len() / 23) {
        let mut broken = bytes.clone();
        broken[place] ^= 0x10;
        scratch.write("broken.safetensors", &broken);
        scratch.run(&["model", "show", "broken.safetensors"]).refused(&["broken.safetensors"]);
    }
}

/// Objectives of LIBLINEAR on the rows of `tests/reference/objectives.json`, which `objectives.py` beside it made.
#[test]
fn estimators_reach_the_objectives_of_liblinear() {
    use linfa::DatasetBase;
    use linfa::traits::Fit;
    use ndarray::Array1;
    use onrecord::learn::{CrammerSinger, Hinge, LinearSvm, LogisticRegression, Records};

    let text =
        fs::read_to_string(repository().join("tests/reference/objectives.json")).expect("it is in the repository");
    let reference: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let list = |name: &str| reference[name].as_array().expect("a list").clone();
    let number = |value: &serde_json::Value| value.as_f64().expect("a number");
    let rows = list("rows").into_iter().map(|row| {
        let entries = row.as_array().expect("a list").iter();
        entries.map(|entry| (number(&entry[0]) as u32, number(&entry[1]) as f32)).collect()
    });
    let records = Records::from_rows(rows, 12).expect("a matrix");
    let classes: Array1<usize> = list("labels").iter().map(|label| number(label) as usize).collect();
    let dataset = DatasetBase::new(records.clone(), classes);
    for result in list("results") {
        let (c, expected) = (number(&result["c"]), number(&result["objective"]));
        let reached = match result["solver"].as_u64() {
            Some(0) => {
                let params = LogisticRegression::params().one_vs_rest(true).with_intercept(false).c(c).tolerance(1e-10);
                let model = params.fit(&dataset).expect("it fits");
                // Two classes with the same objective, divided by C times the rows.
                0.5 * model.convergence().objective * c * 150.0
            }
            solver => {
                let hinge = if solver == Some(1) { Hinge::Squared } else { Hinge::Plain };
                let params = LinearSvm::params().hinge(hinge).c(c).tolerance(1e-9).max_iterations(10_000_000);
                params.fit(&dataset).expect("it fits").convergence()[0].objective
            }
        };
        assert!((reached - expected).abs() < 1e-6 * expected, "{result}: {reached}");
    }
    let three = &reference["crammer_singer"];
    let classes: Array1<usize> =
        three["labels"].as_array().expect("a list").iter().map(|label| number(label) as usize).collect();
    let dataset = DatasetBase::new(records, classes);
    for result in three["results"].as_array().expect("a list") {
        let params = CrammerSinger::params().c(number(&result["c"])).tolerance(1e-9).max_iterations(10_000_000);
        let (reached, expected) =
            (params.fit(&dataset).expect("it fits").convergence().objective, number(&result["objective"]));
        assert!((reached - expected).abs() < 1e-6 * expected, "{result}: {reached}");
    }
}

#[test]
fn the_projects_own_statements_train_the_same_bytes_on_one_thread_and_two() {
    let scratch = Scratch::new();
    let path = |name: &str| repository().join(name).to_string_lossy().into_owned();
    let (statements, recipe) = (path("datasets/intervention/statements.jsonl"), path("models/stance.toml"));
    let bytes = ["1", "2"].map(|n_threads| {
        let name = format!("of-{n_threads}.safetensors");
        let args = ["train", &statements, "--recipe", &recipe, "--folds", "2", "--threads", n_threads, "-o", &name];
        scratch.run(&args).done();
        fs::read(scratch.path(&name)).expect("the model is written")
    });
    assert!(bytes[0].len() > 100_000);
    assert!(bytes[0] == bytes[1], "the models differ");
}

/// Who is helped decides, which no sum over words can tell: sentences of both labels have the same words.
fn ordered(rows: std::ops::Range<usize>) -> String {
    let people = ["the mayor", "a farmer", "her brother", "the engineers", "an old sailor", "two nurses", "a judge"];
    let places = ["by the harbour", "near the mill", "in the north", "at the station", "behind the school"];
    let mut text = String::new();
    for row in rows {
        let (person, place) = (people[row / 2 % 7], places[row / 14 % 5]);
        let (said, label) = match row % 2 {
            0 => ("help the soldiers and stop the pilots", "first"),
            _ => ("stop the soldiers and help the pilots", "second"),
        };
        writeln!(text, r#"{{"text":"{person} {place}: {said}, {row}","label":"{label}"}}"#).expect("a string takes it");
    }
    text
}

#[test]
fn a_network_sees_the_order_of_words_and_explains_itself() {
    let scratch = Scratch::new();
    scratch.write("rows.jsonl", ordered(0..210));
    scratch.write("new.jsonl", ordered(300..400));
    let linear = "[[features.block]]\nkind = \"words\"\nmin = 1\nmax = 1\n[classifier]\nkind = \"logistic\"\n";
    let network =
        "[convolution]\ntable = \"builtin\"\nfilters = 10\nnetworks = 2\nepochs = 30\nmax_width = 3\nweight = 2.0\n";
    scratch.write("linear.toml", linear);
    scratch.write("recipe.toml", format!("{network}{linear}"));
    let args = ["--recipe", "recipe.toml", "--folds", "3", "--task", "side"];
    train(&scratch, "m.safetensors", &args).done();
    let one: Vec<&str> = args.iter().copied().chain(["--threads", "1"]).collect();
    train(&scratch, "one.safetensors", &one).done();
    let read = |name: &str| fs::read(scratch.path(name)).expect("the model");
    assert_eq!(read("m.safetensors"), read("one.safetensors"), "the same on one thread");

    train(&scratch, "linear.safetensors", &["--recipe", "linear.toml", "--folds", "0", "--task", "side"]).done();
    let right = |model: &str| {
        let predicted = scratch.run(&["predict", "new.jsonl", "-m", model, "--format", "jsonl"]).done();
        let rows = predicted.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
        rows.filter(|row| row["label"] == row["side"]["label"]).count()
    };
    assert_eq!(right("m.safetensors"), 100);
    assert!(right("linear.safetensors") < 70, "the words alone cannot tell");

    let text = "a pilot near the mill: stop the soldiers and help the pilots, 7";
    let args = ["model", "explain", "m.safetensors", text, "--format", "json", "--top", "9999"];
    let explained: serde_json::Value = serde_json::from_str(&scratch.run(&args).done()).expect("JSON");
    let all = explained["explanation"].as_array().expect("a list");
    assert!(all.iter().any(|part| part["kind"] == "window"), "{explained}");
    let number = |value: &serde_json::Value| value.as_f64().expect("a number");
    for label in ["first", "second"] {
        let sum = number(&explained["intercept"][label])
            + all.iter().map(|part| number(&part["contribution"][label])).sum::<f64>();
        assert!((sum - number(&explained["scores"][label])).abs() < 1e-9);
    }

    for (wrong, hint) in [
        ("max_width = 11", "convolution: the largest width is 11; expected 1 to 10"),
        ("weight = -1.0", "convolution: weight = -1; expected a number above 0"),
    ] {
        let name = wrong.split(' ').next().expect("a name");
        let kept: Vec<&str> = network.lines().filter(|line| !line.starts_with(name)).collect();
        scratch.write("wrong.toml", format!("{}\n{wrong}\n{linear}", kept.join("\n")));
        let run = train(&scratch, "w.safetensors", &["--recipe", "wrong.toml"]);
        assert!(run.stderr.contains(hint), "{}", run.stderr);
    }
}

/// Rows whose labels know of what is measured teach the final model alone; others stand in for them in the folds.
#[test]
fn rows_may_teach_only_the_folds_or_only_the_final_model() {
    let scratch = Scratch::new();
    let side = |number: usize| ["warm", "cold"][number % 2];
    let mut text = String::new();
    for number in 0..40 {
        // What is measured has one word of its own and says nothing by others.
        writeln!(text, r#"{{"text":"word{number} here","label":"{}"}}"#, side(number)).expect("a string takes it");
        // The same word elsewhere gives the label away; to the folds it says both.
        for (fit, label) in [("final", side(number)), ("folds", side(number)), ("folds", side(number + 1))] {
            let row = format!(r#"{{"text":"there is word{number}","label":"{label}","fit":"{fit}"}}"#);
            writeln!(text, "{row}").expect("a string takes it");
        }
    }
    scratch.write("rows.jsonl", &text);
    let entry = |stage: &str| {
        let only = format!("only = \"{stage}\"\nmeasured = false\n");
        format!("[[weights]]\ncolumn = \"fit\"\nvalue = \"{stage}\"\nweight = 1.0\n{only}\n")
    };
    scratch.write(
        "recipe.toml",
        entry("final") + &entry("folds") + "[[features.block]]\nkind = \"words\"\nmin = 1\nmax = 1\n",
    );
    train(&scratch, "m.safetensors", &["--recipe", "recipe.toml", "--task", "side", "--folds", "4"]).done();
    let predicted = scratch.run(&["predict", "rows.jsonl", "-m", "m.safetensors", "--format", "jsonl"]).done();
    let rows = predicted.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
    let right = rows.step_by(4).filter(|row| row["label"] == row["side"]["label"]).count();
    assert_eq!(right, 40, "the final model learns what is given away");

    let card = scratch.run(&["model", "show", "m.safetensors", "--format", "json"]).done();
    let card: serde_json::Value = serde_json::from_str(&card).expect("JSON");
    assert_eq!(card["accuracy"]["rows"], 40, "{card}");
    assert_eq!(card["training"]["rows"], 80, "what teaches only the folds did not teach it: {card}");
    let accuracy = |value: &serde_json::Value| value.as_f64().expect("a number");
    assert!(accuracy(&card["accuracy"]["accuracy"]) < 0.7, "the folds do not: {card}");
    let args = ["evaluate", "rows.jsonl", "--recipe", "recipe.toml", "--resamples", "0", "--format", "json"];
    let report: serde_json::Value = serde_json::from_str(&scratch.run(&args).done()).expect("JSON");
    assert!(accuracy(&report["measures"]["accuracy"]["value"]) < 0.7, "nor do those of an evaluation: {report}");

    let options = ["--recipe", "recipe.toml", "--task", "side", "--folds", "4", "--search"];
    let run = train(&scratch, "s.safetensors", &options);
    let taken = run.stderr.lines().find(|line| line.contains("taken")).expect("a recipe is taken");
    let columns: Vec<&str> = taken.split_whitespace().collect();
    let figure: f64 = columns[columns.len() - 3].parse().expect("figure, error, taken");
    // The best of seventy on forty rows is lucky, but knows nothing.
    assert!(figure > 0.2 && figure < 0.9, "nor those of a search: {taken}");

    // Where nothing is measured there is a model, but no search.
    scratch.write("rest.jsonl", text.lines().filter(|line| line.contains("fit")).collect::<Vec<_>>().join("\n"));
    let run = scratch.run(&["train", "rest.jsonl", "--recipe", "recipe.toml", "--task", "side", "-o", "b.safetensors"]);
    run.said(&["measures none of the rows"]);
    run.done();
    let run = scratch.run(&["train", "rest.jsonl", "--recipe", "recipe.toml", "-o", "b.safetensors", "--search"]);
    run.refused(&["measures none of the rows"]);

    scratch.write("wrong.toml", entry("final").replace("only = \"final\"", "only = \"last\""));
    let run = train(&scratch, "w.safetensors", &["--recipe", "wrong.toml"]);
    assert!(run.stderr.contains("expected `folds` or `final`"), "{}", run.stderr);
}

/// A tag of several words is known by its words, in the model file too.
#[test]
fn words_of_tags_count() {
    let scratch = Scratch::new();
    let mut text = String::new();
    for number in 0..40 {
        let (side, word) = [("warm", "Sunny"), ("cold", "Frosty")][number % 2];
        writeln!(text, r##"{{"text":"{number} #Day{word}{number}","label":"{side}"}}"##).expect("a string takes it");
    }
    scratch.write("rows.jsonl", &text);
    scratch
        .write("new.jsonl", "{\"id\":\"1\",\"text\":\"#MoreFrostyNights\"}\n{\"id\":\"2\",\"text\":\"#SunnySunny\"}\n");
    let words = "[[features.block]]\nkind = \"words\"\nmin = 1\nmax = 1\n";
    let labels = |recipe: &str| {
        scratch.write("recipe.toml", recipe);
        train(&scratch, "m.safetensors", &["--recipe", "recipe.toml", "--task", "side", "--folds", "0"]).done();
        let predicted = scratch.run(&["predict", "new.jsonl", "-m", "m.safetensors", "--format", "jsonl"]).done();
        let rows = predicted.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
        rows.map(|row| row["side"]["label"].as_str().expect("a label").to_owned()).collect::<Vec<_>>()
    };
    let without = labels(words);
    assert_eq!(without[0], without[1], "unknown tags say nothing");
    assert_eq!(labels(&format!("[features]\ntag_words = true\n\n{words}")), ["cold", "warm"]);
    let explained = scratch.run(&["model", "explain", "m.safetensors", "#MoreFrostyNights"]).done();
    assert!(explained.contains("frosty"), "{explained}");
}
