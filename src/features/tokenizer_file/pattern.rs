//! Regular expressions in a `tokenizer.json`: those that run in time proportional to the text.
//!
//! The crate `tokenizers` takes expressions with look-around and back references, which can take exponential time. What
//! the crate `regex` compiles cannot; of look-ahead, the one that tokenizers in use have, `\s+(?!\S)` as an alternative
//! of its own, is let through.

use regex::RegexBuilder;
use regex_syntax::Parser;

/// The longest expression, in bytes, and the largest compiled.
const MAX_BYTES: usize = 4096;
const MAX_COMPILED: usize = 4 << 20;

/// The look-ahead that is supported: blanks but the last before a word.
const BLANKS: &str = r"\s+(?!\S)";

/// The fewest bytes that the expression matches.
pub(super) fn check(pattern: &str) -> Result<usize, String> {
    if pattern.len() > MAX_BYTES {
        return Err(format!("an expression of {} bytes; {MAX_BYTES} are supported", pattern.len()));
    }
    let linear = without_look_ahead(pattern);
    let cannot = |error: String| {
        let reason = error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        format!("the expression \"{pattern}\" is not supported: {reason}")
    };
    RegexBuilder::new(&linear)
        .size_limit(MAX_COMPILED)
        .nest_limit(50)
        .build()
        .map_err(|error| cannot(error.to_string()))?;
    let parsed = Parser::new().parse(&linear).map_err(|error| cannot(error.to_string()))?;
    Ok(parsed.properties().minimum_len().unwrap_or(0))
}

/// The expression with [`BLANKS`] without its look-ahead, wherever that is a whole alternative outside all groups.
fn without_look_ahead(pattern: &str) -> String {
    let Some(at) = pattern.find(BLANKS) else { return pattern.to_owned() };
    let (before, after) = (&pattern[..at], &pattern[at + BLANKS.len()..]);
    let is_alternative = (before.is_empty() || before.ends_with('|')) && (after.is_empty() || after.starts_with('|'));
    let is_outside = before.matches('(').count() == before.matches(')').count();
    if is_alternative && is_outside { format!("{before}\\s+{after}") } else { pattern.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_linear_expressions_are_let_through() {
        let gpt = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
        assert_eq!(check(gpt), Ok(1));
        assert_eq!(check("x*"), Ok(0));
        assert_eq!(check("“"), Ok(3));
        for bad in [r"(a+)+\1", r"(?=a)b", r"(?:\s+(?!\S)|\s)*b", "(", r"(?:x{1000}){1000}"] {
            assert!(check(bad).unwrap_err().contains("not supported"), "{bad}");
        }
        assert!(check(&"a".repeat(5000)).is_err());
    }
}
