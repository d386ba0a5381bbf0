//! `train --task attribution`: the weights of `extract`, from articles with gold attributions.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use onrecord::attribution::Lexicon;
use onrecord::attribution::corpus::Corpus;
use onrecord::attribution::train::train;

use super::Outcome;
use super::message::{self, Bar};
use super::output::Output;

/// The value of `--task` that asks for it.
pub const TASK: &str = "attribution";

/// Trains on folders in brat's format (`text/NAME.txt`, `attributions/NAME.ann`) and writes the weights.
///
/// # Errors
/// Where a folder cannot be read or understood, or the output cannot be written.
pub fn run(folders: &[PathBuf], output: &Path) -> anyhow::Result<Outcome> {
    let mut out = Output::open(Some(output))?;
    let corpus = Corpus::read(folders)?;
    let n_attributions: usize = corpus.articles.iter().map(|article| article.attributions.len()).sum();
    message::note(format_args!("task {TASK}: {} articles, {n_attributions} attributions", corpus.articles.len()));
    let bar = Bar::new();
    let weights = train(&corpus, &Lexicon::builtin(), &|progress| bar.report(progress))?;
    drop(bar);
    out.write_all(&weights.to_bytes()).with_context(|| format!("{}: cannot write", output.display()))?;
    out.finish()?;
    Ok(Outcome::Done)
}
