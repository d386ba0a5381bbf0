//! Any weights of attribution, whatever their checksum: read or refused.
//!
//! `cargo +nightly fuzz run weights -- -max_total_time=60` from the repository's folder.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onrecord::attribution::{Extractor, Lexicon, Weights};

fuzz_target!(|bytes: &[u8]| {
    let _refused = Weights::from_bytes(bytes);
    if let Ok(weights) = Weights::from_unsealed_bytes(bytes) {
        let _found = Extractor::new(&Lexicon::builtin(), Some(weights)).extract("“No,” Ada Stark said.");
    }
});
