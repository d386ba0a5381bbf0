//! Any UTF-8 text: extraction ends, and every span lies in the text and overlaps no other of its attribution.
//!
//! `cargo +nightly fuzz run extract -- -max_total_time=600` from the repository's folder.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use onrecord::attribution::{Extractor, Lexicon};

static EXTRACTORS: LazyLock<[Extractor; 2]> =
    LazyLock::new(|| [Extractor::builtin(), Extractor::new(&Lexicon::builtin(), None)]);

fuzz_target!(|text: &str| {
    for extractor in EXTRACTORS.iter() {
        let found = extractor.extract(text);
        for attribution in &found.attributions {
            let parts = [&attribution.content, &attribution.source, &attribution.cue];
            let mut own: Vec<_> = parts.into_iter().flatten().copied().collect();
            own.sort();
            assert!(own.iter().all(|span| !span.is_empty() && text.get(span.range()).is_some()));
            assert!(own.windows(2).all(|two| !two[0].overlaps(two[1])));
            assert!(attribution.speaker.is_none_or(|index| index < found.speakers.len()));
        }
    }
});
