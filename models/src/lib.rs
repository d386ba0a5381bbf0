//! The classifiers built into `onrecord`, as the bytes of their files; `onrecord::Model::from_bytes` reads them.
//!
//! What they were trained on, how good they are and how to make them again stands in this package's `README.md`. They
//! hold weights and no text. Nothing is computed here.

/// Stance toward outside intervention: `favor`, `against`, `neutral`, `unrelated`.
pub static STANCE: &[u8] = include_bytes!("../stance.safetensors");

/// What is claimed: `fact`, `value`, `policy`, `prediction`, `none`.
pub static CLAIM: &[u8] = include_bytes!("../claim.safetensors");
