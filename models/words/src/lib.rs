//! The word vectors built into `onrecord`, as the bytes of their file (safetensors).
//!
//! 44,000 words and phrases of general, news, military and diplomatic English: `words` (one a line, sorted by their
//! bytes), `vectors` (96 signed bytes each), `scales` (what each is multiplied by), `frequencies` in English, and the
//! number of each one's cluster among 1,000 (`clusters`). Where they come from stands in this package's `README.md`.
//! Nothing is computed here.

/// The file of the vectors.
pub static WORDS: &[u8] = include_bytes!("../words.safetensors");
