//! What a `tokenizer.json` may hold before the crate `tokenizers` sees it.
//!
//! The crate trusts its files: damaged ones make it panic, ask for memory without bound, or run for hours. So a file is
//! read here first, against a list of the parts that are supported and the sizes that they may have, and written anew
//! from what was understood; only that reaches the crate. What plays no part in finding tokens (truncation, padding,
//! post-processor, decoder) is left out. [`contain`] is the one place where a panic of the crate becomes an error.
//!
//! This says nothing of whether a tokenizer is a good one.

mod charsmap;
mod model;
mod parts;
mod pattern;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The largest `tokenizer.json`, in bytes; the largest in common use (a vocabulary of 262,000 tokens) has 33 MB.
pub(crate) const MAX_BYTES: u64 = 64 << 20;

/// The most added tokens, and the bytes that one may have.
const MAX_ADDED: usize = 20_000;
const MAX_ADDED_BYTES: usize = 512;

/// How many times as long a text may become, at worst. A precompiled map of SentencePiece has 11, with blanks that
/// become `▁` behind it 33.
const MAX_GROWTH: f64 = 40.0;

/// A file as it is understood.
#[derive(Deserialize)]
struct File {
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    added_tokens: Vec<AddedToken>,
    #[serde(default)]
    normalizer: Option<parts::Normalizer>,
    #[serde(default)]
    pre_tokenizer: Option<parts::PreTokenizer>,
    model: Value,
}

/// A file as the crate gets it.
#[derive(Serialize)]
struct Checked {
    version: &'static str,
    truncation: (),
    padding: (),
    added_tokens: Vec<AddedToken>,
    normalizer: Option<parts::Normalizer>,
    pre_tokenizer: Option<parts::PreTokenizer>,
    post_processor: (),
    decoder: (),
    model: model::Model,
}

#[derive(Deserialize, Serialize)]
struct AddedToken {
    id: u32,
    content: String,
    single_word: bool,
    lstrip: bool,
    rstrip: bool,
    normalized: bool,
    special: bool,
}

/// The same tokenizer, of supported parts alone.
///
/// # Errors
/// What is not JSON, not supported, or larger than it may be, by name.
pub(super) fn check(json: &str) -> Result<String, String> {
    if json.len() as u64 > MAX_BYTES {
        return Err(format!("larger than {} MiB", MAX_BYTES >> 20));
    }
    let file: File = serde_json::from_str(json).map_err(|error| error.to_string())?;
    if let Some(version) = file.version.filter(|version| version != "1.0") {
        return Err(format!("version \"{version}\" is not supported; 1.0 is"));
    }
    if file.added_tokens.len() > MAX_ADDED {
        return Err(format!("{} added tokens; at most {MAX_ADDED} are supported", file.added_tokens.len()));
    }
    for token in &file.added_tokens {
        if token.content.is_empty() || token.content.len() > MAX_ADDED_BYTES {
            let (id, n_bytes) = (token.id, token.content.len());
            return Err(format!("added token {id} has {n_bytes} bytes; 1 to {MAX_ADDED_BYTES} are supported"));
        }
    }
    let mut growth = 1.0;
    if let Some(normalizer) = &file.normalizer {
        growth *= normalizer.check().map_err(|reason| format!("normalizer: {reason}"))?;
    }
    if let Some(pre_tokenizer) = &file.pre_tokenizer {
        growth *= pre_tokenizer.check().map_err(|reason| format!("pre-tokenizer: {reason}"))?;
    }
    if growth > MAX_GROWTH {
        return Err(format!(
            "normalizer and pre-tokenizer can make a text {growth:.0} times as long; {MAX_GROWTH} times are supported"
        ));
    }
    let model = model::Model::read(file.model).map_err(|reason| format!("model: {reason}"))?;
    let checked = Checked {
        version: "1.0",
        truncation: (),
        padding: (),
        added_tokens: file.added_tokens,
        normalizer: file.normalizer,
        pre_tokenizer: file.pre_tokenizer,
        post_processor: (),
        decoder: (),
        model,
    };
    serde_json::to_string(&checked).map_err(|error| error.to_string())
}

thread_local! {
    static CONTAINING: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic on this thread is one that the library catches and makes an error of, so that a panic hook need not
/// speak of it.
#[must_use]
pub fn is_contained() -> bool {
    CONTAINING.get()
}

/// Calls the crate, and gives nothing where it panics.
pub(super) fn contain<T>(call: impl FnOnce() -> T) -> Option<T> {
    let before = CONTAINING.replace(true);
    // What the crate holds behind a lock is a cache; a call that was broken off leaves nothing half done elsewhere.
    let result = catch_unwind(AssertUnwindSafe(call));
    CONTAINING.set(before);
    result.ok()
}

#[cfg(test)]
mod tests;
