//! Any file of aliases: read or refused.
//!
//! `cargo +nightly fuzz run aliases -- -max_total_time=60` from the repository's folder.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onrecord::summary::Overrides;

fuzz_target!(|bytes: &[u8]| {
    let _read = Overrides::default().read_aliases(bytes, "aliases.csv");
});
