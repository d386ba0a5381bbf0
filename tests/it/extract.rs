//! `extract` and `train --task attribution`, on the example articles and their gold.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::support::{Scratch, repository};

fn folder() -> String {
    repository().join("datasets/articles").to_string_lossy().into_owned()
}

fn text_of(name: &str) -> String {
    repository().join("datasets/articles/text").join(name).to_string_lossy().into_owned()
}

/// One gold attribution as `extract --format jsonl` would print it.
#[derive(Debug, Default, Clone, PartialEq)]
struct Gold {
    content: Vec<(u64, u64)>,
    source: Vec<(u64, u64)>,
    cue: Vec<(u64, u64)>,
    kind: String,
    speaker: Option<String>,
    speaker_type: String,
}

fn gold(annotations: &str) -> Vec<Gold> {
    let mut spans: BTreeMap<&str, Vec<(u64, u64)>> = BTreeMap::new();
    let mut found: BTreeMap<String, Gold> = BTreeMap::new();
    for line in annotations.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let words: Vec<&str> = fields[1].split(' ').collect();
        match &fields[0][..1] {
            "T" => {
                let places = fields[1].split_once(' ').expect("a role and a span").1;
                let parts = places.split(';').map(|part| {
                    let (start, end) = part.split_once(' ').expect("two ends");
                    (start.parse().expect("a number"), end.parse().expect("a number"))
                });
                spans.insert(fields[0], parts.collect());
            }
            "E" => {
                let mut one = Gold::default();
                for role in words {
                    let (role, name) = role.split_once(':').expect("a role and its span");
                    let of_role = match role {
                        "Content" => &mut one.content,
                        "Source" => &mut one.source,
                        "Cue" => &mut one.cue,
                        _ => continue,
                    };
                    of_role.clone_from(&spans[name]);
                }
                found.insert(fields[0].to_owned(), one);
            }
            "A" => {
                let one = found.get_mut(words[1]).expect("the attribution stands before");
                match words[0] {
                    "Kind" => one.kind = words[2].to_owned(),
                    "SpeakerType" => one.speaker_type = words[2].to_owned(),
                    _ => {}
                }
            }
            _ => {
                found.get_mut(words[1]).expect("the attribution stands before").speaker = Some(fields[2].to_owned());
            }
        }
    }
    let mut found: Vec<Gold> = found.into_values().collect();
    found.sort_by(|a, b| a.content.cmp(&b.content));
    found
}

fn pairs(spans: &Value) -> Vec<(u64, u64)> {
    let end = |span: &Value, n: usize| span[n].as_u64().expect("an offset");
    spans.as_array().expect("spans").iter().map(|span| (end(span, 0), end(span, 1))).collect()
}

#[test]
fn the_example_articles_are_read_as_their_gold_says() {
    let scratch = Scratch::new();
    let lines = scratch.run(&["extract", &format!("{}/text", folder()), "--format", "jsonl"]).done();
    let mut n_gold = 0;
    for line in lines.lines() {
        let article: Value = serde_json::from_str(line).expect("a line is JSON");
        let id = article["id"].as_str().expect("an id");
        let path = repository().join("datasets/articles/attributions").join(format!("{id}.ann"));
        let gold = gold(&fs::read_to_string(path).expect("gold"));
        let types: BTreeMap<&str, &str> = article["speakers"]
            .as_array()
            .expect("speakers")
            .iter()
            .map(|speaker| (speaker["name"].as_str().expect("a name"), speaker["type"].as_str().expect("a type")))
            .collect();
        let mut found: Vec<Gold> = article["quotes"]
            .as_array()
            .expect("quotes")
            .iter()
            .map(|quote| {
                let speaker = quote["speaker"].as_str();
                Gold {
                    content: pairs(&quote["content"]),
                    source: pairs(&quote["source"]),
                    cue: pairs(&quote["cue"]),
                    kind: quote["kind"].as_str().expect("a kind").to_owned(),
                    speaker: speaker.map(str::to_owned),
                    speaker_type: speaker.map_or("unknown", |name| types[name]).to_owned(),
                }
            })
            .collect();
        found.sort_by(|a, b| a.content.cmp(&b.content));
        n_gold += gold.len();
        assert_eq!(found.len(), gold.len(), "{id}");
        for (found, gold) in found.iter().zip(&gold) {
            assert_eq!(found, gold, "{id}");
        }
    }
    assert!(n_gold > 180, "{n_gold}");
}

#[test]
fn formats_agree_on_the_number_of_statements() {
    let scratch = Scratch::new();
    let path = text_of("two-leaders.txt");
    let run = |format: &str| scratch.run(&["extract", &path, "--format", format]).done();
    let document: Value = serde_json::from_str(&run("json")).expect("one document");
    let n = document[0]["quotes"].as_array().expect("quotes").len();
    assert_eq!(csv::Reader::from_reader(run("csv").as_bytes()).records().count(), n);
    assert!(run("text").starts_with(&format!("two-leaders: {n} statements")));
    let page = run("html");
    assert_eq!(page.matches("<!DOCTYPE html>").count(), 1);
    assert!(page.contains("Livia Braune") && page.matches("<mark").count() >= n);
}

#[test]
fn the_text_marks_statements_and_lists_speakers() {
    let scratch = Scratch::new();
    let printed = scratch.run(&["extract", &text_of("two-leaders.txt")]).done();
    assert!(printed.lines().all(|line| unicode_width::UnicodeWidthStr::width(line) <= 80), "{printed}");
    insta::assert_snapshot!("extract_two-leaders", printed);
}

#[test]
fn word_lists_can_be_replaced_and_wrong_ones_are_named() {
    let scratch = Scratch::new();
    let article = scratch.write("a.txt", "“It is cracked,” quoth Ada Stark.\n").to_string_lossy().into_owned();
    let none = ["extract", &article, "--format", "csv", "--weights", "none"];
    assert!(!scratch.run(&none).done().contains("quoth"));
    scratch.write("lists/cues.txt", "# one\nquoth\n");
    let own = [&none[..], &["--lexicon", "lists"]].concat();
    assert!(scratch.run(&own).done().contains("Ada Stark,quoth"), "{:?}", scratch.run(&own));
    scratch.write("empty/readme.txt", "");
    scratch.run(&["extract", &article, "--lexicon", "empty"]).refused(&["empty", "no word list"]);
    scratch.write("bad/cues.txt", "quoth he\n");
    scratch.run(&["extract", &article, "--lexicon", "bad"]).refused(&["cues.txt:1", "more than one word"]);
    scratch.run(&["extract", &article, "--weights", &article]).refused(&["a.txt", "not a file of attribution weights"]);
}

#[test]
fn weights_are_the_same_bytes_on_any_number_of_threads_and_can_be_used() {
    let scratch = Scratch::new();
    let train = |threads: &str, output: &str| {
        scratch.run(&["train", "--task", "attribution", &folder(), "-o", output, "--threads", threads]).done();
        fs::read(scratch.path(output)).expect("written")
    };
    let one = train("1", "one.safetensors");
    assert_eq!(one, train("2", "two.safetensors"));
    assert!(one.len() < 3_000_000, "{}", one.len());
    let path = text_of("harbour-mission.txt");
    let with = scratch.run(&["extract", &path, "--weights", "one.safetensors", "--format", "csv"]).done();
    assert!(with.contains("Halvard Brekke"));
    fs::write(scratch.path("cut.safetensors"), &one[..one.len() / 2]).expect("written");
    scratch.run(&["extract", &path, "--weights", "cut.safetensors"]).refused(&["cut.safetensors"]);
    scratch.run(&["train", "--task", "attribution", "nowhere", "-o", "x"]).refused(&["nowhere"]);
}
