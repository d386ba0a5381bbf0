//! Any model file: read or refused; one that is read gives probabilities. The mutations of `tests/it` mend the checksum.
//!
//! `cargo +nightly fuzz run model -- -max_total_time=60` from the repository's folder.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onrecord::Model;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(model) = Model::from_bytes(bytes) {
        let found = model.classify("We must send troops.", None);
        assert!(found.probabilities.iter().all(|p| p.is_finite()));
    }
});
