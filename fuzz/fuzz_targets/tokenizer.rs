//! Any `tokenizer.json`: read or refused; one that is read takes texts apart.
//!
//! `cargo +nightly fuzz run tokenizer -- -max_total_time=60` from the repository's folder.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onrecord::features::Tokenization;

fuzz_target!(|json: &str| {
    if let Ok(tokenization) = Tokenization::from_json(json) {
        let _ids = tokenization.ids("We must send troops, ﷺ İ 12\u{300} now.");
    }
});
