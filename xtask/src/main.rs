//! Checks of the repository itself, for those who change or release it; `cargo xtask` says which there are.
//!
//! `cargo deny` and `cargo semver-checks` know more, and `deny.toml` is theirs; these need nothing but a toolchain.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool for people")]

mod dependencies;
mod sizes;
mod surface;

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};

const USAGE: &str = "usage: cargo xtask COMMAND

  dependencies      licences, versions that are there twice, and the Rust version of every dependency
  sizes             packages every crate and says how large it is; none may pass 10 MiB
  surface           compares the public items with the lists in xtask/surface
  surface --write   writes these lists";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let result = match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["dependencies"] => dependencies::check(),
        ["sizes"] => sizes::check(),
        ["surface"] => surface::check(),
        ["surface", "--write"] => surface::write(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The top of the repository.
fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package is in a folder of the repository")
}

/// Runs cargo at the top of the repository; gives what it prints to standard output.
fn cargo(args: &[&str]) -> Result<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).args(args).current_dir(top()).stderr(std::process::Stdio::inherit()).output();
    let output = output.with_context(|| format!("cargo {}: does not start", args.join(" ")))?;
    ensure!(output.status.success(), "cargo {}: {}", args.join(" "), output.status);
    String::from_utf8(output.stdout).context("cargo prints UTF-8")
}

/// What cargo knows of the workspace and, with `deps`, of all it depends on.
fn metadata(deps: bool) -> Result<serde_json::Value> {
    let mut args = vec!["metadata", "--format-version", "1", "--locked"];
    args.extend(if deps { ["--filter-platform", "x86_64-unknown-linux-gnu"].as_slice() } else { &["--no-deps"] });
    serde_json::from_str(&cargo(&args)?).context("cargo metadata prints JSON")
}

/// The names of the packages that are published, in the order of their names.
fn published() -> Result<Vec<String>> {
    let metadata = metadata(false)?;
    let packages = metadata["packages"].as_array().context("packages")?.iter();
    let packages = packages.filter(|package| package["publish"].as_array().is_none_or(|to| !to.is_empty()));
    let mut names: Vec<String> = packages.filter_map(|package| Some(package["name"].as_str()?.to_owned())).collect();
    names.sort();
    Ok(names)
}
