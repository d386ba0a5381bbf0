//! Every command that README.md shows works as shown.
//!
//! Fenced blocks marked `sh` are run line by line from a copy of the repository's files; where a block marked `text`
//! follows at once, it is what the block's last command prints. `cargo run --release --` stands for the program, and a
//! line that starts with `cargo` otherwise (build, test, bench) is left to `.ci/run`, which calls them by themselves.

use std::fs;

use crate::support::{Scratch, repository};

struct Block {
    commands: Vec<String>,
    expected: Option<String>,
}

fn blocks(readme: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut lines = readme.lines().peekable();
    let mut is_right_after_commands = false;
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            is_right_after_commands &= line.is_empty();
            continue;
        };
        let body: Vec<_> = lines.by_ref().take_while(|line| *line != "```").map(str::to_owned).collect();
        match language {
            "sh" => {
                let commands = body.join("\n").replace("\\\n", " ").lines().map(str::to_owned).collect();
                blocks.push(Block { commands, expected: None });
                is_right_after_commands = true;
            }
            "text" if is_right_after_commands => {
                let block = blocks.last_mut().expect("a block of commands stands before");
                block.expected = Some(body.join("\n") + "\n");
                is_right_after_commands = false;
            }
            _ => is_right_after_commands = false,
        }
    }
    blocks
}

/// Copies what README's commands read.
fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("readable");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("the file can be copied");
        }
    }
}

#[test]
fn every_command_in_the_readme_works_and_prints_what_it_shows() {
    let scratch = Scratch::new();
    for folder in ["datasets", "models", "examples"] {
        copy_folder(&repository().join(folder), &scratch.path(folder));
    }
    let readme = fs::read_to_string(repository().join("README.md")).expect("README.md is there");
    let mut n_run = 0;
    for block in blocks(&readme) {
        let mut printed = None;
        for line in &block.commands {
            let line = line.split(" # ").next().expect("split gives one part at least").trim();
            let program = line.strip_prefix("cargo run --release -- ").or_else(|| line.strip_prefix("onrecord "));
            let Some(rest) = program else {
                let is_known = ["cargo ", "git clone ", "cd "].iter().any(|known| line.starts_with(known));
                assert!(is_known || line.is_empty(), "a command this test cannot run: {line}");
                continue;
            };
            let script = format!("\"$ONRECORD\" {rest}");
            let output = std::process::Command::new("sh")
                .args(["-c", &script])
                .env("ONRECORD", assert_cmd::cargo::cargo_bin!("onrecord"))
                .env("NO_COLOR", "1")
                .current_dir(scratch.path(""))
                .output()
                .expect("a shell is there");
            assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
            printed = Some(String::from_utf8(output.stdout).expect("output is UTF-8"));
            n_run += 1;
        }
        if let Some(expected) = block.expected {
            assert_eq!(printed.expect("a command stands before its output"), expected, "{:?}", block.commands);
        }
    }
    assert!(n_run >= 5, "only {n_run} commands found in README.md");
}
