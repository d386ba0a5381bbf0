//! The classifiers of `onrecord` that read statements in their article, as the bytes of their files;
//! `onrecord::Model::from_bytes` reads them.
//!
//! What they were trained on, how good they are and how to make them again stands in `models/README.md` of the
//! repository. They hold weights and no text. Nothing is computed here.

/// Stance toward outside intervention: `favor`, `against`, `neutral`, `unrelated`. Wants the scores of the model that
/// reads statements alone.
pub static FAST: &[u8] = include_bytes!("../fast.safetensors");

/// The same, which wants the scores of the encoder too.
pub static CAREFUL: &[u8] = include_bytes!("../careful.safetensors");
