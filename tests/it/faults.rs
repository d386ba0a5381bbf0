//! Faults around the program: runs that are killed, pipes that close, disks that are full, files that are not one's own,
//! sources without end. What was there stays whole, nothing is left behind, the next run works.

#![allow(clippy::print_stdout, reason = "the counts are worth seeing")]
#![allow(clippy::unwrap_used, reason = "whatever fails here fails the test")]

use std::fs;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use serde_json::json;

use crate::labelled::{HOSTILE, rows};
use crate::support::Scratch;

fn labelled(scratch: &Scratch, name: &str, n: usize) {
    let lines: String = rows(n).iter().map(|row| format!("{row}\n")).collect();
    scratch.write(name, lines);
}

const RECIPE: &str = "[[features.block]]\nkind = \"words\"\nmin = 1\nmax = 1\n[classifier]\nkind = \"naive_bayes\"\n";

fn program(scratch: &Scratch) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("onrecord"));
    command.current_dir(scratch.path("")).env("NO_COLOR", "1");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Ends, or is ended by us and fails the test.
#[track_caller]
fn wait(mut child: Child, seconds: u64) -> std::process::ExitStatus {
    let until = Instant::now() + Duration::from_secs(seconds);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if Instant::now() > until {
            child.kill().unwrap();
            panic!("still running after {seconds} s");
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn unfinished(scratch: &Scratch) -> Vec<String> {
    scratch.names().into_iter().filter(|name| name.starts_with(".onrecord-")).collect()
}

/// Runs with an output file each, and what a whole output ends with.
const RUNS: [&[&str]; 5] = [
    &["score", "a.txt", "--format", "jsonl", "-o", "out"],
    &["train", "rows.jsonl", "--recipe", "r.toml", "-o", "out"],
    &["summarize", "scored.jsonl", "--format", "csv", "-o", "out"],
    &["check", "rows.jsonl", "--no-noise", "--fix", "out.csv", "-o", "out"],
    &["extract", "a.txt", "--format", "json", "-o", "out"],
];

fn inputs(scratch: &Scratch) {
    let article =
        "“We reject any invasion,” President Ilse Marn said on Monday. “Troops out!” she added.\n\n".repeat(40);
    scratch.write("a.txt", article);
    labelled(scratch, "rows.jsonl", 160);
    scratch.write("r.toml", RECIPE);
    let statement = |n: usize| {
        json!({"article": format!("a{}", n / 5), "id": format!("a{}#{n}", n / 5), "kind": "direct", "text": "No.",
            "content": [[0, 3]], "speaker": {"name": format!("Ada Stark{n}"), "type": "person"},
            "stance": {"target": "t", "label": "against", "score": -0.9,
                "probabilities": {"favor": 0.02, "against": 0.92, "neutral": 0.06}}})
    };
    let lines: String = (0..2000).map(|n| format!("{}\n", statement(n))).collect();
    scratch.write("scored.jsonl", lines);
}

/// How many runs are killed; `ONRECORD_KILLS` gives another number.
fn n_kills() -> usize {
    std::env::var("ONRECORD_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(100)
}

#[cfg(unix)]
#[test]
fn killed_runs_leave_old_files_whole_and_the_next_run_clean() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(18);
    let scratches: Vec<Scratch> = RUNS.iter().map(|_| Scratch::new()).collect();
    // What each run writes, and how long it takes, undisturbed.
    let mut whole = Vec::new();
    let mut lasts = Vec::new();
    for (scratch, args) in scratches.iter().zip(RUNS) {
        inputs(scratch);
        let started = Instant::now();
        let status = wait(program(scratch).args(args).spawn().unwrap(), 120);
        assert!(matches!(status.code(), Some(0 | 1)), "{args:?}: {status}");
        lasts.push(started.elapsed());
        whole.push(fs::read(scratch.path("out")).unwrap());
    }
    let signals = ["KILL", "TERM", "INT", "HUP", "QUIT"];
    let (mut n_ended_by_signal, mut n_old) = (0, 0);
    for n in 0..n_kills() {
        let (scratch, args) = (&scratches[n % RUNS.len()], RUNS[n % RUNS.len()]);
        scratch.write("out", "old");
        // What a killed run left stays until a run opens its output.
        let before = unfinished(scratch);
        let mut child = program(scratch).args(args).spawn().unwrap();
        let most = lasts[n % RUNS.len()].as_micros() as u64 + 1;
        thread::sleep(Duration::from_micros(random.next_u64() % most));
        let signal = signals[n % signals.len().min(1 + n % 5)];
        if child.try_wait().unwrap().is_none() {
            Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status().unwrap();
        }
        let status = wait(child, 60);
        n_ended_by_signal += usize::from(status.code().is_none());
        let found = fs::read(scratch.path("out")).unwrap();
        n_old += usize::from(found == b"old");
        assert!(found == b"old" || found == whole[n % RUNS.len()], "run {n} {args:?} {signal}: neither old nor whole");
        if signal != "KILL" {
            let new: Vec<String> = unfinished(scratch).into_iter().filter(|name| !before.contains(name)).collect();
            assert_eq!(new, Vec::<String>::new(), "run {n} {args:?} {signal}");
        }
        // Rows that were changed are never there without the list of what was changed.
        if scratch.path("out.csv").exists() {
            assert!(scratch.path("out.changes.csv").exists(), "run {n}");
            fs::remove_file(scratch.path("out.csv")).unwrap();
            fs::remove_file(scratch.path("out.changes.csv")).unwrap();
        }
    }
    println!("{} runs, {n_ended_by_signal} ended by the signal, {n_old} left the old file", n_kills());
    assert!(n_ended_by_signal > 0);
    for ((scratch, args), whole) in scratches.iter().zip(RUNS).zip(whole) {
        wait(program(scratch).args(args).spawn().unwrap(), 120);
        assert!(fs::read(scratch.path("out")).unwrap() == whole, "{args:?}");
        assert_eq!(unfinished(scratch), Vec::<String>::new(), "{args:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_signal_that_is_ignored_stays_so_and_others_end_the_run_as_they_would() {
    use std::os::unix::process::ExitStatusExt;
    let scratch = Scratch::new();
    let start = |trap: &str| {
        let mut command = Command::new("sh");
        let run = format!("{trap} exec '{}' score - -o out", assert_cmd::cargo::cargo_bin!("onrecord").display());
        command.current_dir(scratch.path("")).args(["-c", &run]).stdin(Stdio::piped()).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        let until = Instant::now() + Duration::from_secs(60);
        while unfinished(&scratch).is_empty() {
            assert!(Instant::now() < until, "no output was opened");
            thread::sleep(Duration::from_millis(5));
        }
        child
    };
    let signal = |child: &Child, name: &str| {
        Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status().unwrap();
    };
    let child = start("");
    signal(&child, "TERM");
    assert_eq!(wait(child, 60).signal(), Some(15));
    assert_eq!(scratch.names(), Vec::<String>::new());
    let mut child = start("trap '' HUP;");
    signal(&child, "HUP");
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), "“No,” said Ada Stark.".as_bytes()).unwrap();
    assert_eq!(wait(child, 60).code(), Some(0));
    assert_eq!(scratch.names(), ["out"]);
}

#[cfg(unix)]
#[test]
fn mode_links_and_read_only_files_are_kept() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    let scratch = Scratch::new();
    scratch.write("a.txt", "“No,” said Ada Stark.");
    fs::create_dir(scratch.path("far")).unwrap();
    scratch.write("far/real", "old");
    fs::set_permissions(scratch.path("far/real"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("far/real", scratch.path("link")).unwrap();
    symlink("far/new", scratch.path("open")).unwrap();
    for name in ["link", "open"] {
        scratch.run(&["extract", "a.txt", "-o", name]).done();
        assert!(fs::symlink_metadata(scratch.path(name)).unwrap().is_symlink());
    }
    assert!(fs::read_to_string(scratch.path("far/new")).unwrap().contains("Ada Stark"));
    let meta = fs::metadata(scratch.path("far/real")).unwrap();
    assert_eq!((meta.mode() & 0o7777, meta.len() > 3), (0o640, true));
    // Another owner can only be given by a superuser; then it is kept.
    if std::os::unix::fs::chown(scratch.path("far/real"), Some(65534), Some(65534)).is_ok() {
        scratch.run(&["extract", "a.txt", "-o", "link"]).done();
        let meta = fs::metadata(scratch.path("far/real")).unwrap();
        assert_eq!((meta.uid(), meta.gid(), meta.mode() & 0o7777), (65534, 65534, 0o640));
    }
    fs::set_permissions(scratch.path("far/real"), fs::Permissions::from_mode(0o440)).unwrap();
    scratch.run(&["extract", "a.txt", "-o", "far/real"]).refused(&["far/real: cannot write"]);
}

#[cfg(unix)]
#[test]
fn what_runs_that_are_over_left_is_removed_and_what_is_not_theirs_stays() {
    let scratch = Scratch::new();
    scratch.write("a.txt", "“No,” said Ada Stark.");
    for name in [".onrecord-a1B2c3", ".onrecord-notes", ".onrecord-a1B2c3d", "onrecord-a1B2c3"] {
        scratch.write(name, "x");
    }
    scratch.run(&["extract", "a.txt", "-o", "out"]).done();
    assert_eq!(scratch.names(), [".onrecord-a1B2c3d", ".onrecord-notes", "a.txt", "onrecord-a1B2c3", "out"]);
}

#[cfg(target_os = "linux")]
#[test]
fn full_disks_are_said_of_the_users_file() {
    let scratch = Scratch::new();
    inputs(&scratch);
    for args in RUNS {
        let mut args = args.to_vec();
        if let Some(place) = args.iter().position(|arg| *arg == "out") {
            args[place] = "/dev/full";
        }
        let run = scratch.run(&args);
        assert_eq!(run.code, 2, "{args:?}: {run:#?}");
        run.said(&["/dev/full: cannot write: no space is left"]);
    }
    // A limit on the size of files, as `ulimit -f` sets it, in blocks of 512 or 1024 bytes.
    scratch.write("small", "old");
    let program = assert_cmd::cargo::cargo_bin!("onrecord").display().to_string();
    let run = format!("ulimit -f 8; exec '{program}' extract a.txt --format json -o small");
    let output = Command::new("sh").current_dir(scratch.path("")).args(["-c", &run]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("small: cannot write: it grew beyond the limit for files"), "{said}");
    assert_eq!(fs::read(scratch.path("small")).unwrap(), b"old");
    assert_eq!(unfinished(&scratch), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn closed_pipes_end_a_run_in_peace() {
    let scratch = Scratch::new();
    inputs(&scratch);
    for args in RUNS {
        let args: Vec<&str> = args.iter().map(|&arg| if arg == "out" { "-" } else { arg }).collect();
        let mut command = program(&scratch);
        let mut child = command.args(&args).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        let status = wait(child, 60);
        assert!(matches!(status.code(), Some(0 | 1)), "{args:?}: {status} {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
    // Nobody reads the messages either.
    let mut command = program(&scratch);
    let mut child = command.args(["extract", "nowhere.txt"]).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(wait(child, 60).code(), Some(2));
}

#[cfg(target_os = "linux")]
#[test]
fn sources_without_end_are_read_no_further_than_a_limit() {
    let scratch = Scratch::new();
    inputs(&scratch);
    let cases: [&[&str]; 11] = [
        &["predict", "rows.jsonl", "--model", "/dev/zero"],
        &["extract", "a.txt", "--weights", "/dev/zero"],
        &["train", "rows.jsonl", "--recipe", "/dev/zero", "-o", "m"],
        &["predict", "/dev/zero"],
        &["predict", "/dev/zero", "--input-format", "csv"],
        &["score", "/dev/zero"],
        &["score", "/dev/zero", "--input-format", "jsonl"],
        &["score", "/dev/zero", "--input-format", "csv"],
        &["summarize", "scored.jsonl", "--aliases", "/dev/zero"],
        &["summarize", "scored.jsonl", "--confusion", "/dev/zero"],
        &["summarize", "/dev/zero"],
    ];
    let program = assert_cmd::cargo::cargo_bin!("onrecord").display().to_string();
    for args in cases {
        // 2 GB of addresses, models and stacks of threads among them.
        let run = format!("ulimit -v 2000000; exec '{program}' {}", args.join(" "));
        let output = Command::new("sh").current_dir(scratch.path("")).args(["-c", &run]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains("/dev/zero"), "{args:?}: {said}");
    }
}

/// What a terminal would act on, as it can stand in files.
const ACTING: [char; 8] = ['\u{1b}', '\u{9b}', '\u{7}', '\u{8}', '\r', '\u{7f}', '\u{202e}', '\u{2066}'];

#[test]
fn no_byte_of_the_input_acts_on_a_terminal() {
    let hostile: String = ACTING.iter().map(|c| format!("x{c}")).collect::<String>() + "[2J\u{1b}]0;t\u{7}\u{1b}[5mz";
    let scratch = Scratch::new();
    let named = |n: usize, text: &str| {
        json!({"id": format!("{n}{hostile}"), "text": format!("{text} {n} {hostile}"), "target": hostile,
            "label": if n.is_multiple_of(2) { format!("yes{hostile}") } else { format!("no{hostile}") }, "group": n,
            "speaker": hostile, "register": format!("{}{hostile}", n % 3)})
    };
    let lines: String = (0..60)
        .map(|n| format!("{}\n", named(n, if n % 2 == 0 { "We must go there" } else { "They shall come home" })))
        .collect();
    scratch.write("rows.jsonl", &lines);
    scratch.write("r.toml", RECIPE);
    scratch.write(
        "bad.toml",
        format!("# x\nkind = \"{}\"\n", hostile.replace(['\u{1b}', '\u{7}', '\u{8}', '\r', '\u{7f}'], "\u{9b}")),
    );
    let article = json!({"id": hostile, "title": hostile, "outlet": hostile, "date": "2026-03-01", "url": hostile,
        "text": format!("“We reject {hostile} any invasion,” President Ilse {hostile} Marn said on Monday.")});
    scratch.write("articles.jsonl", format!("{article}\n{article}\n{{\"{hostile}\":1\n"));
    let file = "f\u{1b}[2J\u{9b}\u{202e}.txt";
    scratch.write(file, format!("“No,” said Ada Stark. {hostile}\n\n{hostile} said: “Yes.”"));
    scratch.write("empty\u{1b}[2J.txt", "");
    scratch.write("aliases.csv", format!("alias,name\n{hostile}\n"));
    scratch.write("odd.csv", format!("text,{hostile},{hostile}\na,b,c\n"));
    let mut runs: Vec<Vec<&str>> = vec![
        vec!["train", "rows.jsonl", "--recipe", "r.toml", "-o", "m", "--task", "yes\u{1b}[2J\u{202e}no"],
        vec!["score", "articles.jsonl", "--format", "jsonl", "-o", "s.jsonl"],
    ];
    for format in ["text", "json", "md"] {
        runs.push(vec!["score", "articles.jsonl", "--format", format]);
        runs.push(vec!["summarize", "s.jsonl", "--format", format]);
        runs.push(vec!["check", "rows.jsonl", "--format", format]);
        runs.push(vec!["evaluate", "rows.jsonl", "--recipe", "r.toml", "--format", format]);
        runs.push(vec!["compare", "r.toml", "r.toml", "--data", "rows.jsonl", "--format", format]);
    }
    for format in ["text", "json", "jsonl"] {
        runs.push(vec!["extract", file, "--format", format]);
        runs.push(vec!["predict", "rows.jsonl", "--model", "m", "--format", format, "--explain", "3"]);
    }
    runs.extend([
        vec!["extract", "articles.jsonl", "--why"],
        vec!["model", "show", "m"],
        vec!["model", "show", "m", "--format", "json"],
        vec!["model", "explain", &hostile, "--model", "m"],
        vec!["summarize", "s.jsonl", "--aliases", "aliases.csv"],
        vec!["summarize", "s.jsonl", "--by", "outlet"],
        vec!["summarize", "s.jsonl", "--cross", "speaker,target"],
        vec!["summarize", "s.jsonl", "--why", &hostile],
        vec!["summarize", "rows.jsonl"],
        vec!["train", "rows.jsonl", "--recipe", "bad.toml", "-o", "x"],
        vec!["train", "odd.csv", "-o", "x"],
        vec!["predict", "odd.csv"],
        vec!["predict", "rows.jsonl", "--text-column", &hostile],
        vec!["score", "empty\u{1b}[2J.txt", "no\u{1b}[2J\u{202e}such.txt"],
        vec!["score", "--no\u{1b}[2J\u{202e}flag"],
        vec![&hostile],
    ]);
    for args in runs {
        // With colours, so that a colour of the input's own would be seen.
        let mut command = scratch.command();
        command.env_remove("NO_COLOR").env("CLICOLOR_FORCE", "1").args(&args);
        let output = command.output().expect("the program starts");
        for bytes in [&output.stdout, &output.stderr] {
            let text = String::from_utf8(bytes.clone()).expect("output is UTF-8");
            let mut rest = text.as_str();
            while let Some(at) = rest.find(|c: char| c.is_control() && !matches!(c, '\n' | '\t') || ACTING.contains(&c))
            {
                let style = rest[at..].strip_prefix("\u{1b}[").and_then(|rest| rest.split_once('m'));
                let is_own = style.is_some_and(|(n, _)| {
                    n.split(';')
                        .all(|n| n.parse::<u8>().is_ok_and(|n| matches!(n, 0..=4 | 22 | 30..=37 | 39 | 90..=97)))
                });
                assert!(is_own, "{args:?}: {:?}", &rest[at..].chars().take(20).collect::<String>());
                rest = &rest[at + 1..];
            }
        }
        assert!(output.status.code().is_some(), "{args:?}");
    }
    assert!(HOSTILE.contains('\u{1b}'));
}

#[test]
fn csv_is_for_programs_and_sheets_for_spreadsheets() {
    let scratch = Scratch::new();
    let text = "=1+1, he said";
    scratch.write("rows.csv", "id,text,=note\n=a,\"=1+1, he said\",'=b\n-0.5,+x,@y\n");
    let raw = scratch.run(&["predict", "rows.csv", "--format", "csv"]).done();
    assert!(raw.starts_with("id,text,=note,") && raw.contains("\n=a,\"=1+1, he said\",'=b,"), "{raw}");
    let sheet = scratch.run(&["predict", "rows.csv", "--format", "sheet"]).done();
    assert!(sheet.starts_with("\u{feff}id,text,'=note,"), "{sheet}");
    assert!(sheet.contains("\n'=a,\"'=1+1, he said\",''=b,") && sheet.contains("\n-0.5,'+x,'@y,"), "{sheet}");
    // What a sheet holds is read as it was.
    scratch.write("sheet.csv", &sheet);
    let back = scratch.run(&["predict", "sheet.csv", "--format", "jsonl"]).done();
    let first: serde_json::Value = serde_json::from_str(back.lines().next().unwrap()).unwrap();
    assert_eq!(
        (first["id"].as_str(), first["text"].as_str(), first["=note"].as_str()),
        (Some("=a"), Some(text), Some("'=b"))
    );
    scratch.write("a.jsonl", json!({"id": "=1+1", "text": "“No,” said Ada Stark."}).to_string());
    for command in ["extract", "score"] {
        let raw = scratch.run(&[command, "a.jsonl", "--format", "csv"]).done();
        let sheet = scratch.run(&[command, "a.jsonl", "--format", "sheet"]).done();
        assert!(raw.contains("\n=1+1,") && sheet.contains("\n'=1+1,"), "{raw} {sheet}");
    }
}

#[test]
fn twice_named_columns_and_ids_as_labels_are_refused() {
    let scratch = Scratch::new();
    scratch.write("two.csv", "text,text\none said Ada,two said Bo\n");
    scratch.run(&["predict", "two.csv"]).refused(&["two.csv:1", "two columns are called \"text\""]);
    scratch.run(&["score", "two.csv"]).refused(&["two.csv:1", "two columns are called \"text\""]);
    scratch.write("two.jsonl", "{\"text\":\"one\",\"text\":\"two\"}\n");
    scratch.run(&["predict", "two.jsonl"]).refused(&["two.jsonl:1", "the field \"text\" twice"]);
    labelled(&scratch, "rows.jsonl", 400);
    let run = scratch.run(&["train", "rows.jsonl", "--label-column", "id", "-o", "m"]);
    run.refused(&["400 different labels in 400 rows", "--label-column"]);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_read_is_one_skipped_input() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new();
    scratch.write("in/a.txt", "“No,” said Ada Stark.");
    scratch.write("in/closed/b.txt", "“Yes,” said Bo Lund.");
    fs::set_permissions(scratch.path("in/closed"), fs::Permissions::from_mode(0o0)).unwrap();
    let run = scratch.run(&["extract", "in", "--format", "jsonl"]);
    // A superuser reads everything.
    if fs::read_dir(scratch.path("in/closed")).is_err() {
        assert_eq!(run.code, 1, "{run:#?}");
        run.said(&["closed: cannot read", "1 articles read, 1 skipped"]);
    }
    assert!(run.stdout.contains("Ada Stark"));
    fs::set_permissions(scratch.path("in/closed"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn no_order_of_articles_or_statements_changes_a_summary() {
    let scratch = Scratch::new();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
    let labels = ["favor", "against", "neutral", "unrelated"];
    let mut lines: Vec<String> = (0..1500)
        .map(|n| {
            let mut number = |most: u64| random.next_u64() % most;
            let (speaker, article) = (number(25), number(60));
            let [a, b, c] = [number(1000), number(1000), number(1000)].map(|p| (p + 1) as f64);
            let sum = a + b + c;
            let (favor, against, neutral) = (a / sum, b / sum, c / sum);
            let role = [None, Some("minister"), Some("spokeswoman")][number(3) as usize];
            let name = if speaker < 20 { format!("Ada Stark{}", speaker) } else { "a senior official".to_owned() };
            json!({"article": format!("a{article}"), "id": format!("a{article}#{n}"), "kind": "direct",
                "date": format!("2026-{:02}-{:02}", 1 + article % 12, 1 + article % 28), "outlet": format!("o{}", article % 4),
                "text": format!("No {}.", number(400)), "content": [[0, 3]],
                "speaker": {"name": name, "type": "person", "role": role},
                "stance": {"target": "t", "label": labels[number(4) as usize], "score": favor - against,
                    "probabilities": {"favor": favor, "against": against, "neutral": neutral}}})
            .to_string()
        })
        .collect();
    let mut summaries = Vec::new();
    for _ in 0..4 {
        scratch.write("s.jsonl", lines.join("\n"));
        let mut of_order = String::new();
        for view in [&["--by", "speaker"][..], &["--generalize"], &["--by", "outlet"], &["--cross", "speaker,month"]] {
            let args = [&["summarize", "s.jsonl", "--format", "json"], view].concat();
            of_order += &scratch.run(&args).done();
        }
        summaries.push(of_order);
        for n in (1..lines.len()).rev() {
            lines.swap(n, (random.next_u64() % (n as u64 + 1)) as usize);
        }
    }
    assert!(summaries.iter().all(|summary| *summary == summaries[0]));
}
