//! The reader for plain text: UTF-8 bytes become an [`Article`] or a clear error.
//!
//! A byte order mark at the start is dropped; nothing else is changed. Other encodings are not guessed.

use std::path::Path;

use super::{Article, ArticleError};

/// Turns the bytes of the file `path` into an article with the file's stem as id.
///
/// # Errors
/// [`ArticleError::Binary`], [`ArticleError::NotUtf8`] or [`ArticleError::Empty`], each with the file's name.
pub fn read(bytes: Vec<u8>, path: &Path) -> Result<Article, ArticleError> {
    if let Some(offset) = memchr::memchr(0, &bytes) {
        return Err(ArticleError::Binary { path: path.into(), offset });
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let line = 1 + memchr::memchr_iter(b'\n', &error.as_bytes()[..offset]).count();
        ArticleError::NotUtf8 { path: path.into(), line, offset }
    })?;
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    if text.trim().is_empty() {
        return Err(ArticleError::Empty { path: path.into() });
    }
    let id = path.file_stem().map_or_else(|| "article".to_owned(), |stem| stem.to_string_lossy().into_owned());
    Ok(Article::new(id, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        let article = read("\u{feff}Text".into(), Path::new("a.txt")).unwrap();
        assert_eq!((article.text.as_str(), article.id.as_str()), ("Text", "a"));
    }

    #[test]
    fn bad_bytes_are_named_by_line_and_offset() {
        let error = read(b"one\ntw\xe9".to_vec(), Path::new("a.txt")).unwrap_err();
        assert!(matches!(error, ArticleError::NotUtf8 { line: 2, offset: 6, .. }), "{error}");
    }

    #[test]
    fn binary_and_empty_files_are_told_apart() {
        assert!(matches!(read(b"PK\0".to_vec(), Path::new("a")), Err(ArticleError::Binary { offset: 2, .. })));
        assert!(matches!(read(b" \n".to_vec(), Path::new("a")), Err(ArticleError::Empty { .. })));
    }
}
