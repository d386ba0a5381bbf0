//! The tokenizer and the embeddings of the encoder built into `onrecord`, as the bytes of their files.
//!
//! Where they come from stands in this package's `README.md`. Nothing is computed here.

/// The tokenizer, as the `tokenizers` crate writes it: lower case, pieces of words.
pub static TOKENIZER: &[u8] = include_bytes!("../tokenizer.json");

/// The embeddings (safetensors): `words` (384 signed bytes for each piece), `scales` (what each is multiplied by),
/// `positions`, `roles`, and what the last layer adds for statements of one speaker (`same`) and by distance (`near`).
pub static TABLE: &[u8] = include_bytes!("../table.safetensors");
