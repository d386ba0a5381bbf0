//! Bad input: a clear message, the right exit code, no panic, nothing half written.

use std::fs;
use std::io::Read;
use std::process::Stdio;

use crate::support::{Scratch, repository};

const GOOD_ROWS: &str = "\
{\"text\":\"We must send troops at once.\",\"label\":\"favor\"}
{\"text\":\"We must strike them now.\",\"label\":\"favor\"}
{\"text\":\"Troops must leave our country.\",\"label\":\"against\"}
{\"text\":\"We reject the strikes.\",\"label\":\"against\"}
";

fn builtin_model() -> Vec<u8> {
    fs::read(repository().join("models/stance.safetensors")).expect("the built-in model is in the repository")
}

#[test]
fn no_arguments_teach() {
    let run = Scratch::new().run(&[]);
    assert_eq!(run.code, 2);
    run.said(&["Usage: onrecord", "score", "train", "evaluate"]);
}

#[test]
fn a_missing_article_is_named() {
    Scratch::new().run(&["score", "nowhere.txt"]).refused(&["nowhere.txt"]);
}

#[test]
fn an_empty_article_is_refused() {
    let scratch = Scratch::new();
    scratch.write("empty.txt", "");
    scratch.run(&["score", "empty.txt"]).refused(&["empty.txt", "empty"]);
}

#[test]
fn a_binary_file_is_refused() {
    let scratch = Scratch::new();
    scratch.write("picture.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    scratch.run(&["extract", "picture.txt"]).refused(&["picture.txt", "binary file"]);
}

#[test]
fn another_encoding_is_named_by_line() {
    let scratch = Scratch::new();
    scratch.write("latin.txt", b"First line.\n\x93No,\x94 she said.\n");
    scratch.run(&["score", "latin.txt"]).refused(&["latin.txt:2", "not UTF-8", "iconv"]);
}

#[test]
fn a_folder_without_articles_is_refused() {
    let scratch = Scratch::new();
    scratch.write("folder/notes.pdf", "x");
    scratch.run(&["score", "folder"]).refused(&["folder", "no articles"]);
}

#[test]
fn good_articles_go_on_beside_bad_ones() {
    let scratch = Scratch::new();
    scratch.write("in/bad.txt", b"\xff\xfe");
    scratch.write("in/good.txt", "“We reject any invasion,” President Ilse Marn said on Monday.");
    let run = scratch.run(&["score", "in", "--format", "jsonl"]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert_eq!(run.stdout.lines().count(), 1, "{run:#?}");
    run.said(&["skipped", "bad.txt", "1 articles read, 1 skipped"]);
}

#[test]
fn a_missing_file_beside_good_ones_is_named() {
    let scratch = Scratch::new();
    scratch.write("good.jsonl", r#"{"id":"a","text":"“It is closed,” said Ada Stark."}"#);
    scratch.write("good.txt", "“It is open,” said Ada Stark.");
    for given in [&["extract", "good.jsonl", "lost.txt"][..], &["extract", "lost.txt", "good.txt", "good.jsonl"]] {
        let run = scratch.run(given);
        assert_eq!(run.code, 1, "{given:?}: {run:#?}");
        run.said(&["skipped: lost.txt: cannot read", "read, 1 skipped"]);
    }
}

#[test]
fn nothing_is_written_where_nothing_was_read() {
    let scratch = Scratch::new();
    scratch.write("out.json", "as it was");
    scratch.run(&["score", "nowhere.txt", "-o", "out.json"]).refused(&["nowhere.txt"]);
    assert_eq!(fs::read_to_string(scratch.path("out.json")).unwrap(), "as it was");
    assert_eq!(scratch.names(), ["out.json"]);
}

#[test]
fn an_output_folder_that_is_missing_is_named() {
    let scratch = Scratch::new();
    scratch.write("a.txt", "“No,” she said.");
    scratch.run(&["score", "a.txt", "-o", "missing/out.json"]).refused(&["missing/out.json"]);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let scratch = Scratch::new();
    let article = "“We reject any invasion,” President Ilse Marn said on Monday.\n".repeat(5_000);
    scratch.write("long.txt", article);
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("onrecord"))
        .args(["score", "long.txt", "--format", "jsonl"])
        .current_dir(scratch.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut first = [0; 16];
    let mut stdout = child.stdout.take().expect("piped");
    stdout.read_exact(&mut first).expect("some output comes");
    drop(stdout);
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_truncated_model_is_refused() {
    let scratch = Scratch::new();
    let model = builtin_model();
    scratch.write("a.txt", "“No,” she said.");
    for length in [0, 7, 8, 100, model.len() / 2, model.len() - 1] {
        scratch.write("cut.safetensors", &model[..length]);
        scratch.run(&["score", "a.txt", "--model", "cut.safetensors"]).refused(&["cut.safetensors"]);
    }
}

#[test]
fn a_model_with_one_flipped_bit_is_refused() {
    let scratch = Scratch::new();
    let model = builtin_model();
    scratch.write("a.txt", "“No,” she said.");
    for place in [3, 60, model.len() / 3, model.len() - 5] {
        let mut flipped = model.clone();
        flipped[place] ^= 4;
        scratch.write("flipped.safetensors", &flipped);
        scratch.run(&["score", "a.txt", "--model", "flipped.safetensors"]).refused(&["flipped.safetensors"]);
    }
}

#[test]
fn a_foreign_model_is_refused() {
    let scratch = Scratch::new();
    scratch.write("a.txt", "“No,” she said.");
    let header = r#"{"weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let mut foreign = (header.len() as u64).to_le_bytes().to_vec();
    foreign.extend_from_slice(header.as_bytes());
    foreign.extend_from_slice(&1.0_f32.to_le_bytes());
    scratch.write("foreign.safetensors", &foreign);
    scratch.write("words.safetensors", "just some text, and no model at all");
    for name in ["foreign.safetensors", "words.safetensors"] {
        scratch.run(&["score", "a.txt", "--model", name]).refused(&[name]);
        scratch.run(&["model", "show", name]).refused(&[name]);
    }
}

#[test]
fn a_table_without_the_text_column_is_refused() {
    let scratch = Scratch::new();
    scratch.write("rows.csv", "body,label\nWe must act,favor\n");
    scratch.run(&["train", "rows.csv", "-o", "m.safetensors"]).refused(&["rows.csv", "text", "body"]);
    scratch.run(&["predict", "rows.csv"]).refused(&["rows.csv", "text"]);
    assert_eq!(scratch.names(), ["rows.csv"]);
}

#[test]
fn an_unknown_label_is_named_by_line() {
    let scratch = Scratch::new();
    scratch.write("rows.jsonl", format!("{GOOD_ROWS}{{\"text\":\"Perhaps.\",\"label\":\"purple\"}}\n"));
    scratch.run(&["train", "rows.jsonl", "-o", "m.safetensors"]).refused(&["rows.jsonl:5", "purple"]);
    assert_eq!(scratch.names(), ["rows.jsonl"]);
}

#[test]
fn a_broken_json_line_is_named_by_line() {
    let scratch = Scratch::new();
    scratch.write("rows.jsonl", "{\"text\":\"Send troops\",\n");
    scratch.run(&["predict", "rows.jsonl"]).refused(&["rows.jsonl:1"]);
    scratch.write("rows.jsonl", format!("{GOOD_ROWS}{{\"text\": oops\n"));
    let run = scratch.run(&["predict", "rows.jsonl", "--format", "jsonl"]);
    assert_eq!((run.code, run.stdout.lines().count()), (1, 4), "{run:#?}");
    run.said(&["rows.jsonl:5"]);
}

#[test]
fn an_empty_data_file_is_refused() {
    let scratch = Scratch::new();
    scratch.write("rows.jsonl", "");
    for args in
        [&["train", "rows.jsonl", "-o", "m.safetensors"][..], &["predict", "rows.jsonl"], &["evaluate", "rows.jsonl"]]
    {
        scratch.run(args).refused(&["rows.jsonl"]);
    }
}
