//! Summaries at the size the project promises: 1,000,000 scored statements of 20,000 speakers in 100,000 articles, read
//! from a file as `score --format jsonl` writes it. `cargo bench --bench summary` prints the seconds and, on Linux, the
//! most memory the process ever held; with `ONRECORD_BENCH_FILE=PATH` the file is kept, to time the command with.
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use onrecord::Summarizer;
use onrecord::score::{ReadError, read};

const N_STATEMENTS: usize = 1_000_000;
const N_SPEAKERS: usize = 20_000;
const N_ARTICLES: usize = 100_000;

fn write(path: &Path) -> std::io::Result<()> {
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let syllables = ["ka", "ro", "min", "tel", "sav", "un", "dor", "el", "bri", "osh"];
    let name = |n: usize| {
        let part = |n: usize| {
            let word: String = [n / 100 % 10, n / 10 % 10, n % 10].iter().map(|&place| syllables[place]).collect();
            word[..1].to_uppercase() + &word[1..]
        };
        format!("{} {}", part(n / 1000), part(n))
    };
    let words = "we will send the ships and the soldiers home because nobody asked the people of the islands about it";
    let labels = ["favor", "against", "neutral", "unrelated"];
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    for n in 0..N_STATEMENTS {
        let article = n / (N_STATEMENTS / N_ARTICLES);
        // A few speak often and many seldom.
        let speaker = random(N_SPEAKERS) * random(N_SPEAKERS) / N_SPEAKERS;
        let label = labels[(speaker + random(3)) % 4];
        let p: Vec<f64> = labels.iter().map(|other| if *other == label { 0.76 } else { 0.08 }).collect();
        let (month, day, start) = (1 + article % 12, 1 + article % 28, random(4000));
        writeln!(
            out,
            r#"{{"article":"a{article}","id":"a{article}#{n}","outlet":"Outlet {}","date":"2026-{month:02}-{day:02}","kind":"direct","text":"“{n}: {}.”","content":[[{start},{}]],"source":[[{start},{start}]],"cue":[[{start},{start}]],"speaker":{{"name":"{}","type":"person","role":null,"affiliation":null}},"stance":{{"target":"outside intervention","label":"{label}","score":{:.4},"probabilities":{{"against":{},"favor":{},"neutral":{},"unrelated":{}}}}}}}"#,
            article % 40,
            &words[..40 + random(words.len() - 40)],
            start + 80,
            name(speaker),
            p[0] - p[1],
            p[1],
            p[0],
            p[2],
            p[3],
        )?;
    }
    out.flush()
}

fn main() {
    let folder = tempfile::tempdir().expect("the system has a temporary folder");
    let path = std::env::var_os("ONRECORD_BENCH_FILE").map_or_else(|| folder.path().join("scored.jsonl"), Into::into);
    write(&path).expect("the temporary folder has room");
    let size = std::fs::metadata(&path).expect("just written").len();
    let start = Instant::now();
    let mut summarizer = Summarizer::default();
    let input = BufReader::with_capacity(1 << 18, File::open(&path).expect("just written"));
    read(input, &path, |statement| {
        summarizer.add(&statement?);
        Ok::<(), ReadError>(())
    })
    .expect("every line is a statement");
    let reading = start.elapsed().as_secs_f64();
    let summary = summarizer.finish();
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(summary.statements, N_STATEMENTS);
    let n_said: usize = summary.speakers.iter().map(|speaker| speaker.figures.statements).sum();
    assert_eq!(n_said, N_STATEMENTS, "every statement is somebody's");
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or(" unknown").trim();
    println!(
        "{N_STATEMENTS} statements of {} speakers ({} MB): read in {reading:.2} s, summed up in {seconds:.2} s in all, peak {peak}",
        summary.speakers.len(),
        size >> 20,
    );
}
