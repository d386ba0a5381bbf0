//! Which files a path on the command line stands for: a file for itself, a folder for the text files below it.
//!
//! Finds, never opens: reading is the next step, so that a folder of 100,000 articles needs no memory for its texts.

use std::fs;
use std::path::{Path, PathBuf};

use super::ArticleError;

/// Endings of the files that are taken from a folder; a file named by itself may have any.
const ENDINGS: [&str; 2] = ["txt", "text"];

/// The articles below `path`, in the order of their names. A file stands for itself, whatever its ending.
/// Hidden files and folders are passed over, and symbolic links to folders are not followed. A folder below that cannot
/// be read is one of those that `failed`; the others are read all the same.
///
/// # Errors
/// [`ArticleError::Io`] where `path` cannot be read, [`ArticleError::NoArticles`] where a folder
/// holds none.
pub fn articles(path: &Path, failed: &mut Vec<ArticleError>) -> Result<Vec<PathBuf>, ArticleError> {
    let io = |source| ArticleError::Io { path: path.into(), source };
    if !fs::metadata(path).map_err(io)?.is_dir() {
        return Ok(vec![path.into()]);
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let io = |source| ArticleError::Io { path: folder.clone(), source };
        let entries = match fs::read_dir(&folder).map_err(io) {
            Ok(entries) => entries,
            Err(error) if folder == path => return Err(error),
            Err(error) => {
                failed.push(error);
                continue;
            }
        };
        for entry in entries {
            let entry = match entry.map_err(io) {
                Ok(entry) => entry,
                Err(error) => {
                    failed.push(error);
                    break;
                }
            };
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let below = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(below);
            } else if has_article_ending(&below) && below.is_file() {
                found.push(below);
            }
        }
    }
    if found.is_empty() && failed.is_empty() {
        return Err(ArticleError::NoArticles { path: path.into() });
    }
    found.sort();
    Ok(found)
}

fn has_article_ending(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}
