//! Reads back what `score --format jsonl` wrote, a batch of lines at a time, on several threads.
//!
//! A line that is no scored statement is an error of its own with file and line; those after it are read all the same.

use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use thiserror::Error;

use super::ScoredStatement;

/// The longest line that is read, in bytes.
pub const MAX_LINE: usize = 64 << 20;

/// A batch ends after so many lines or bytes, whichever is first.
const BATCH_LINES: usize = 4096;
const BATCH_BYTES: usize = 4 << 20;

/// With so few threads, memory that one takes and another gives back costs more than reading beside saves.
const FEW_THREADS: usize = 2;

/// Why a scored file or a line of it could not be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file system said no.
    #[error("{}: cannot read", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line is no scored statement.
    #[error("{}:{line}: {problem}; expected a statement as `score --format jsonl` writes it", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What the parser said.
        problem: String,
    },
}

/// Calls `emit` with every line of `input` that is not blank, in order: a statement, or why it is none.
///
/// # Errors
/// [`ReadError::Io`], or whatever `emit` gives back.
///
/// # Examples
/// ```
/// let line = r#"{"article":"a1","id":"a1#1","kind":"direct","text":"“No.”","content":[[0,5]],"speaker":null,
///     "stance":{"target":"t","label":"against","score":-1.0,"probabilities":{"against":1.0}}}"#.replace('\n', "");
/// let mut n = 0;
/// onrecord::score::read(line.as_bytes(), "a.jsonl".as_ref(), |statement| {
///     assert_eq!(statement?.stance.label, "against");
///     n += 1;
///     Ok::<(), onrecord::score::ReadError>(())
/// })?;
/// assert_eq!(n, 1);
/// # Ok::<(), onrecord::score::ReadError>(())
/// ```
pub fn read<E: From<ReadError>>(
    mut input: impl BufRead,
    path: &Path,
    mut emit: impl FnMut(Result<ScoredStatement, ReadError>) -> Result<(), E>,
) -> Result<(), E> {
    let io = |source| ReadError::Io { path: path.into(), source };
    let mut line = 0;
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let mut lines: Vec<(usize, std::ops::Range<usize>)> = Vec::new();
        let mut is_over = false;
        let mut too_long = None;
        while lines.len() < BATCH_LINES && bytes.len() < BATCH_BYTES && too_long.is_none() {
            let start = bytes.len();
            let n_read = (&mut input).take(MAX_LINE as u64).read_until(b'\n', &mut bytes).map_err(io)?;
            if n_read == 0 {
                is_over = true;
                break;
            }
            line += 1;
            if n_read == MAX_LINE && bytes.last() != Some(&b'\n') {
                // What has bytes that are zero is no text, and need not have lines, or an end.
                is_over = bytes[start..].contains(&0);
                if !is_over {
                    input.skip_until(b'\n').map_err(io)?;
                }
                bytes.truncate(start);
                too_long = Some(line);
            } else if !bytes[start..].trim_ascii().is_empty() {
                let mark = if line == 1 && bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
                lines.push((line, start + mark..start + bytes[start..].trim_ascii_end().len()));
            }
        }
        let problem = |line, problem| ReadError::Line { path: path.into(), line, problem };
        let parse = |(line, range): (usize, std::ops::Range<usize>)| {
            serde_json::from_slice::<ScoredStatement>(&bytes[range])
                .map_err(|error| problem(line, crate::article::without_line(&error)))
        };
        if rayon::current_num_threads() <= FEW_THREADS {
            for line in lines {
                emit(parse(line))?;
            }
        } else {
            let parsed: Vec<_> = lines.into_par_iter().with_min_len(256).map(parse).collect();
            for statement in parsed {
                emit(statement)?;
            }
        }
        if let Some(line) = too_long {
            emit(Err(problem(line, format!("longer than {} MB", MAX_LINE >> 20))))?;
        }
        if is_over {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_no_statements_are_named() {
        let text = "\n{\"article\":\"a\"}\n[]\n\u{feff}\n";
        let mut problems = Vec::new();
        read(text.as_bytes(), Path::new("s.jsonl"), |statement| {
            problems.push(statement.unwrap_err().to_string());
            Ok::<(), ReadError>(())
        })
        .unwrap();
        assert_eq!(problems.len(), 3);
        assert!(problems[0].starts_with("s.jsonl:2: missing field `id` at column 15"), "{}", problems[0]);
        assert!(problems[1].starts_with("s.jsonl:3: "), "{}", problems[1]);
    }
}
