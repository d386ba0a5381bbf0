//! Texts in CSV that a spreadsheet program would take for a formula.
//!
//! A cell that starts with `=`, `+`, `-`, `@`, a tab or a carriage return is run as a formula by common spreadsheet
//! programs, so a hostile article could carry one in. Such a cell gets an apostrophe in front, as OWASP advises
//! (CSV injection). JSON output is never changed.

use std::borrow::Cow;

/// The text as a cell that no spreadsheet runs.
#[must_use]
pub fn cell(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// What went wrong with the sink, where that is what went wrong.
pub(super) fn io_error(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_formulas_are_changed() {
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("“No,” he said"), "“No,” he said");
    }
}
