//! `summarize`: the same figures as `score`, speakers across articles, views, formats, bad input.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Scratch, repository};

/// A scored statement as `score --format jsonl` writes it.
pub fn scored(article: &str, speaker: Option<(&str, &str, Option<&str>)>, label: &str) -> Value {
    let p = |name: &str| if name == label { 0.91 } else { 0.03 };
    let probabilities = json!({
        "against": p("against"), "favor": p("favor"), "neutral": p("neutral"), "unrelated": p("unrelated")
    });
    json!({
        "article": article, "id": format!("{article}#1"), "outlet": "The Harbour Post", "date": "2026-03-05",
        "kind": "direct", "text": format!("“A {label} sentence of {article}.”"), "content": [[0, 20]],
        "speaker": speaker.map(|(name, kind, role)| json!({"name": name, "type": kind, "role": role, "affiliation": null})),
        "stance": {"target": "outside intervention", "label": label, "score": p("favor") - p("against"),
                   "probabilities": probabilities},
    })
}

pub fn lines(statements: &[Value]) -> String {
    statements.iter().map(|statement| format!("{statement}\n")).collect()
}

const MARN: Option<(&str, &str, Option<&str>)> = Some(("Ilse Marn", "person", Some("President")));

fn corpus() -> String {
    repository().join("datasets/corpus/articles.jsonl").to_string_lossy().into_owned()
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).expect("one document")
}

#[test]
fn summarize_gives_what_score_ends_with() {
    let scratch = Scratch::new();
    scratch.run(&["score", &corpus(), "--format", "jsonl", "-o", "scored.jsonl"]).done();
    let whole = json_of(&scratch.run(&["score", &corpus(), "--format", "json"]).done());
    let again = json_of(&scratch.run(&["summarize", "scored.jsonl", "--format", "json"]).done());
    assert_eq!(again, whole["summary"]);
    assert!(again["speakers"].as_array().expect("speakers").len() > 20);
    let input = fs::read(scratch.path("scored.jsonl")).expect("written");
    assert_eq!(json_of(&scratch.run_with_input(&["summarize", "-", "--format", "json"], input).done()), again);
}

#[test]
fn two_files_are_one_corpus() {
    let scratch = Scratch::new();
    scratch.write("one.jsonl", lines(&[scored("a", MARN, "against"), scored("b", MARN, "against")]));
    scratch.write("two.jsonl", lines(&[scored("c", Some(("President Marn", "person", None)), "against")]));
    let summary = json_of(&scratch.run(&["summarize", "one.jsonl", "two.jsonl", "--format", "json"]).done());
    assert_eq!(summary["speakers"].as_array().expect("speakers").len(), 1);
    assert_eq!(summary["speakers"][0]["statements"], 3);
    assert_eq!(summary["speakers"][0]["first"], "2026-03-05");
}

#[test]
fn the_text_table_fits_80_columns_and_looks_as_it_did() {
    let scratch = Scratch::new();
    let mut statements: Vec<Value> = ["a", "b", "c", "d", "e"].iter().map(|a| scored(a, MARN, "against")).collect();
    statements.push(scored(
        "a",
        Some(("Ministry of Harbours and Inland Waterways of the Isles", "organization", None)),
        "favor",
    ));
    statements.push(scored("b", Some(("one official", "anonymous", None)), "neutral"));
    statements.push(scored("b", None, "unrelated"));
    scratch.write("scored.jsonl", lines(&statements));
    let report = scratch.run(&["summarize", "scored.jsonl"]).done();
    for line in report.lines() {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "{line}");
    }
    insta::assert_snapshot!("summarize_text", report);
    insta::assert_snapshot!("summarize_markdown", scratch.run(&["summarize", "scored.jsonl", "--format", "md"]).done());
}

#[test]
fn every_merge_can_be_asked_for_its_reason_and_overruled() {
    let scratch = Scratch::new();
    scratch.write(
        "scored.jsonl",
        lines(&[
            scored("a", MARN, "against"),
            scored("b", Some(("Marn", "person", None)), "against"),
            scored("c", Some(("Pavel Orr", "person", Some("Senator"))), "favor"),
            scored("d", Some(("Pavel Orr", "person", Some("fisherman"))), "against"),
            scored("d", Some(("The Harbour Lion", "person", None)), "against"),
        ]),
    );
    let why = scratch.run(&["summarize", "scored.jsonl", "--why", "marn"]).done();
    assert!(why.contains("Marn (1 statement): a family name that only one full name has"), "{why}");
    let why = scratch.run(&["summarize", "scored.jsonl", "--why", "Pavel"]).done();
    assert!(why.contains("Kept apart") && why.contains("fisherman"), "{why}");
    let n_speakers = |args: &[&str]| {
        let all = [&["summarize", "scored.jsonl", "--format", "json"], args].concat();
        json_of(&scratch.run(&all).done())["speakers"].as_array().expect("speakers").len()
    };
    assert_eq!(n_speakers(&[]), 4);
    assert_eq!(n_speakers(&["--split", "Marn"]), 5);
    assert_eq!(n_speakers(&["--merge", "Pavel Orr=Pavel Orr"]), 3);
    scratch.write("aliases.csv", "alias,name\nthe harbour lion,Ilse Marn\n");
    assert_eq!(n_speakers(&["--aliases", "aliases.csv"]), 3, "the short name joins whom the alias names");
    scratch.run(&["summarize", "scored.jsonl", "--why", "Nobody Here"]).refused(&["Nobody Here"]);
    scratch.run(&["summarize", "scored.jsonl", "--merge", "Marn"]).refused(&["--merge", "ALIAS=NAME"]);
    scratch.write("bad.csv", "alias,name\nA,B\nA,C\n");
    scratch.run(&["summarize", "scored.jsonl", "--aliases", "bad.csv"]).refused(&["bad.csv:3", "cannot be both"]);
}

#[test]
fn views_and_cross_tables() {
    let scratch = Scratch::new();
    scratch.run(&["score", &corpus(), "--format", "jsonl", "-o", "scored.jsonl"]).done();
    let n_statements = fs::read_to_string(scratch.path("scored.jsonl")).expect("written").lines().count() as u64;
    for view in ["type", "affiliation", "outlet", "month", "target"] {
        let summary = json_of(&scratch.run(&["summarize", "scored.jsonl", "--by", view, "--format", "json"]).done());
        let groups = summary["groups"].as_array().expect("groups");
        let n: u64 = groups.iter().map(|group| group["statements"].as_u64().expect("a count")).sum();
        assert_eq!(n, n_statements, "{view}");
    }
    let outlets = json_of(&scratch.run(&["summarize", "scored.jsonl", "--by", "outlet", "--format", "json"]).done());
    assert_eq!(outlets["groups"].as_array().expect("groups").len(), 5);
    let table = scratch.run(&["summarize", "scored.jsonl", "--cross", "outlet,stance", "--format", "csv"]).done();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    assert_eq!(reader.headers().expect("a header"), vec!["outlet", "favor", "against", "neutral", "unrelated"]);
    let n: u64 = reader
        .records()
        .flat_map(|record| {
            let record = record.expect("a row");
            record.iter().skip(1).map(|cell| cell.parse::<u64>().expect("a count")).collect::<Vec<_>>()
        })
        .sum();
    assert_eq!(n, n_statements);
    let top = scratch.run(&["summarize", "scored.jsonl", "--top", "3", "--sort", "statements", "--format", "jsonl"]);
    let top = top.done();
    assert_eq!(top.lines().filter(|line| line.contains("\"aliases\"")).count(), 3);
    scratch.run(&["summarize", "scored.jsonl", "--cross", "outlet,colour"]).refused(&["colour", "affiliation"]);
}

#[test]
fn articles_come_from_json_lines_and_tables_too() {
    let scratch = Scratch::new();
    let text = "“We reject any invasion of our country,” President Ilse Marn said on Monday.";
    let article = json!({"id": "a1", "outlet": "The Harbour Post", "date": "2026-03-05", "url": "https://post.example/1", "text": text});
    scratch.write("a.jsonl", format!("{article}\n{{\"text\":\"\"}}\n"));
    let run = scratch.run(&["score", "a.jsonl", "--format", "jsonl"]);
    assert_eq!(run.code, 1, "{run:#?}");
    run.said(&["a.jsonl:2", "the text is empty", "1 articles read, 1 skipped"]);
    let statement = json_of(&run.stdout);
    assert_eq!((&statement["outlet"], &statement["date"]), (&json!("The Harbour Post"), &json!("2026-03-05")));
    scratch.write("a.csv", format!("id,outlet,date,body\na1,The Harbour Post,2026-03-05,\"{text}\"\n"));
    let from_table = scratch.run(&["score", "a.csv", "--column", "text=body", "--format", "jsonl"]).done();
    assert_eq!(json_of(&from_table)["content"], statement["content"]);
    let piped = scratch.run_with_input(&["score", "-", "--format", "jsonl"], format!("{article}\n")).done();
    assert_eq!(json_of(&piped), statement);
    scratch.run(&["score", "a.csv"]).refused(&["a.csv", "no column \"text\"", "--column text=NAME"]);
    scratch.run(&["score", "a.csv", "--column", "body=text"]).refused(&["no field \"body\""]);
    scratch.write("b.jsonl", article.to_string().replace("2026-03-05", "5 March"));
    scratch.run(&["score", "b.jsonl"]).refused(&["b.jsonl:1", "5 March", "YYYY-MM-DD"]);
}

#[test]
fn articles_of_one_id_are_told_apart() {
    let scratch = Scratch::new();
    let article = json!({"id": "a1", "text": "“We reject any invasion,” President Ilse Marn said."});
    scratch.write("a.jsonl", format!("{article}\n{article}\n"));
    let run = scratch.run(&["score", "a.jsonl", "--format", "csv"]);
    run.said(&["a second article with the id \"a1\"", "a1~2"]);
    assert!(run.done().contains("a1~2#1"));
}

#[test]
fn bad_lines_are_named_and_the_rest_is_summed_up() {
    let scratch = Scratch::new();
    scratch.write("scored.jsonl", format!("{}{{\"article\":1}}\nnot json\n", lines(&[scored("a", MARN, "favor")])));
    let run = scratch.run(&["summarize", "scored.jsonl", "--format", "csv"]);
    assert_eq!(run.code, 1, "{run:#?}");
    run.said(&["scored.jsonl:2", "scored.jsonl:3", "2 lines skipped"]);
    scratch.write("bad.jsonl", "{}\n");
    scratch.run(&["summarize", "bad.jsonl"]).refused(&[
        "no statement could be read",
        "bad.jsonl:1",
        "score --format jsonl",
    ]);
    scratch.write("empty.jsonl", "\n");
    scratch.run(&["summarize", "empty.jsonl"]).refused(&["no statements"]);
    scratch.run(&["summarize", "nowhere.jsonl"]).refused(&["nowhere.jsonl"]);
}

#[test]
fn stances_toward_several_targets_are_not_added_up() {
    let scratch = Scratch::new();
    let mut other = scored("b", MARN, "favor");
    other["stance"]["target"] = json!("a toll bridge");
    scratch.write("scored.jsonl", lines(&[scored("a", MARN, "against"), other]));
    scratch.run(&["summarize", "scored.jsonl"]).refused(&["2 targets", "a toll bridge", "--target"]);
    let one = scratch.run(&["summarize", "scored.jsonl", "--target", "a toll bridge", "--format", "json"]).done();
    assert_eq!(json_of(&one)["speakers"][0]["favor"], 1);
    let both = scratch.run(&["summarize", "scored.jsonl", "--by", "target", "--format", "json"]).done();
    assert_eq!(json_of(&both)["groups"].as_array().expect("groups").len(), 2);
    scratch.run(&["summarize", "scored.jsonl", "--target", "x"]).refused(&["no statement is toward \"x\""]);
}

#[test]
fn a_known_confusion_corrects_the_shares() {
    let scratch = Scratch::new();
    let statements: Vec<Value> =
        (0..40).map(|n| scored(&format!("a{n}"), MARN, if n < 20 { "neutral" } else { "against" })).collect();
    scratch.write("scored.jsonl", lines(&statements));
    scratch.write(
        "confusion.csv",
        "true,favor,against,neutral,unrelated\nfavor,90,2,4,4\nagainst,1,60,35,4\nneutral,2,2,92,4\nunrelated,1,1,2,96\n",
    );
    let share = |args: &[&str]| {
        let all = [&["summarize", "scored.jsonl", "--format", "json"], args].concat();
        let summary = json_of(&scratch.run(&all).done());
        (
            summary["is_corrected"] == true,
            summary["speakers"][0]["shares"]["against"]["estimate"].as_f64().expect("a share"),
        )
    };
    let (is_corrected, against) = share(&["--confusion", "confusion.csv"]);
    assert!(is_corrected && against > 0.7, "{against}");
    // Without a file, the errors are those that the built-in model's card tells.
    let (is_corrected, by_the_card) = share(&[]);
    assert!(is_corrected && (by_the_card - against).abs() > 1e-3, "{by_the_card}");
    let (is_corrected, as_counted) = share(&["--model", "none"]);
    assert!(!is_corrected && (by_the_card - as_counted).abs() > 1e-3, "{as_counted}");
    scratch.write("bad.csv", "true,favor,purple\nfavor,1,2\npurple,1,2\n");
    scratch.run(&["summarize", "scored.jsonl", "--confusion", "bad.csv"]).refused(&["bad.csv", "square of counts"]);
}

#[test]
fn hostile_names_and_texts_are_harmless_in_every_format() {
    let scratch = Scratch::new();
    let long = "Long ".repeat(2_000);
    let names = [
        "</script><script>alert(1)</script> Marn",
        "=HYPERLINK(\"http://x.example\") Orr",
        "\u{202e}Reversed Name",
        "Ada \u{1b}[2J Crane",
        "🙂 Smile",
        "| [x](javascript:y) |",
        "+1 Plus",
        &long,
    ];
    let mut statements = Vec::new();
    for (n, name) in names.iter().enumerate() {
        for kind in ["person", "organization", "unknown", "anonymous"] {
            let mut statement = scored(&format!("a{n}"), Some((name, kind, Some(name))), "against");
            for field in ["text", "article", "outlet", "title"] {
                statement[field] = json!(name);
            }
            statement["url"] = json!("javascript:alert(1)");
            statement["stance"]["target"] = json!("</title><script>");
            statement["content"] = json!([[5, 3], [4_000_000_000_u32, 7]]);
            statements.push(statement);
        }
    }
    scratch.write("scored.jsonl", lines(&statements));
    for format in ["text", "json", "jsonl", "sheet", "md", "html"] {
        let out = scratch.run(&["summarize", "scored.jsonl", "--format", format]).done();
        match format {
            "json" | "jsonl" => {
                for value in serde_json::Deserializer::from_str(&out).into_iter::<Value>() {
                    value.expect("JSON, whatever is in it");
                }
                continue;
            }
            "sheet" => {
                for record in csv::Reader::from_reader(out.as_bytes()).records() {
                    for cell in record.expect("a row").iter() {
                        let is_number = cell.parse::<f64>().is_ok();
                        assert!(is_number || !cell.starts_with(['=', '+', '-', '@']), "{cell:.40}");
                    }
                }
                continue;
            }
            _ => {}
        }
        assert!(!out.contains(['\u{1b}', '\u{202e}']), "{format}");
        if format == "text" {
            for line in out.lines() {
                assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "{line}");
            }
        } else {
            let hostile = if format == "md" { "](javascript:" } else { "href=\"javascript" };
            assert!(!out.contains("<script>alert") && !out.contains(hostile), "{format}");
        }
        if format == "html" {
            assert_eq!(out.matches("</script>").count(), 3, "two scripts and the data");
        }
    }
}
