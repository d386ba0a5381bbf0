//! Any recipe: read or refused.
//!
//! `cargo +nightly fuzz run recipe -- -max_total_time=60` from the repository's folder.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onrecord::model::Recipe;

fuzz_target!(|text: &str| {
    let _read = Recipe::from_toml(text);
});
