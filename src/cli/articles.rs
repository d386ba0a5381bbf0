//! Articles from the command line: files, folders and standard input, read and worked on in parallel, in order.
//!
//! At most a batch of articles is in memory at a time, however many there are.

use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use onrecord::Article;
use onrecord::article::{ArticleError, find, plain};
use onrecord::progress::Progress;
use rayon::prelude::*;

use super::Outcome;
use super::message::{self, Bar};

/// Articles in memory at a time.
const BATCH: usize = 256;

/// The name of standard input on the command line.
const STDIN: &str = "-";

/// Which articles to read.
#[derive(Debug, clap::Args)]
pub struct Input {
    /// Articles as plain text in UTF-8: files, folders (every .txt and .text below them), or - for standard input.
    #[arg(required = true, value_name = "ARTICLES")]
    pub paths: Vec<PathBuf>,
}

impl Input {
    /// Reads every article, calls `work` on each (on several threads) and `emit` on each result (in the order of the
    /// articles). An article that cannot be read is reported and skipped.
    ///
    /// # Errors
    /// Where no article could be read, or `emit` failed.
    pub fn process<T: Send>(
        &self,
        work: impl Fn(Article) -> T + Sync,
        mut emit: impl FnMut(T) -> anyhow::Result<()>,
    ) -> anyhow::Result<Outcome> {
        let mut skipped = Vec::new();
        let sources = self.sources(&mut skipped);
        for error in skipped.iter().filter(|_| !sources.is_empty()) {
            message::warn(format_args!("skipped: {error:#}"));
        }
        let mut n_read = 0;
        let bar = Bar::new();
        for (n_batch, batch) in sources.chunks(BATCH).enumerate() {
            let results: Vec<_> = batch.par_iter().map(|source| source.read().map(&work)).collect();
            for result in results {
                match result {
                    Ok(result) => {
                        n_read += 1;
                        emit(result)?;
                    }
                    Err(error) => {
                        if sources.len() > 1 {
                            message::warn(format_args!("skipped: {error:#}"));
                        }
                        skipped.push(error);
                    }
                }
            }
            let done = (n_batch * BATCH + batch.len()).min(sources.len());
            bar.report(Progress { stage: "reading articles", done, total: sources.len() });
        }
        match (n_read, skipped.len()) {
            (0, 1) => Err(skipped.remove(0)),
            (0, n) => Err(skipped.swap_remove(n - 1).context(format!("none of {n} inputs could be read; the last"))),
            (_, 0) => Ok(Outcome::Done),
            (n, n_skipped) => {
                message::note(format_args!("{n} articles read, {n_skipped} skipped"));
                Ok(Outcome::Incomplete)
            }
        }
    }

    /// Every file behind the paths with the id its article gets.
    fn sources(&self, skipped: &mut Vec<anyhow::Error>) -> Vec<Source> {
        let mut files = Vec::new();
        for path in &self.paths {
            if path.as_os_str() == STDIN {
                files.push(path.clone());
                continue;
            }
            match find::articles(path) {
                Ok(found) => files.extend(found),
                Err(error) => skipped.push(error.into()),
            }
        }
        let mut seen = HashMap::new();
        for path in &files {
            *seen.entry(path.file_stem().map(ToOwned::to_owned)).or_insert(0_usize) += 1;
        }
        files
            .into_iter()
            .map(|path| {
                // Two files of one name in different folders would share an id; then the path tells them apart.
                let is_shared = seen.get(&path.file_stem().map(ToOwned::to_owned)).is_some_and(|&n| n > 1);
                let id = is_shared.then(|| path.with_extension("").to_string_lossy().into_owned());
                Source { path, id }
            })
            .collect()
    }
}

struct Source {
    path: PathBuf,
    id: Option<String>,
}

impl Source {
    fn read(&self) -> anyhow::Result<Article> {
        let mut article = if self.path.as_os_str() == STDIN {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes).context("standard input: cannot read")?;
            plain::read(bytes, Path::new("stdin"))?
        } else {
            let bytes = fs::read(&self.path).map_err(|source| ArticleError::Io { path: self.path.clone(), source })?;
            plain::read(bytes, &self.path)?
        };
        if let Some(id) = &self.id {
            article.id.clone_from(id);
        }
        Ok(article)
    }
}
