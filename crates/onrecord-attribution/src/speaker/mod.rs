//! Whom the sources mean: the names of an article, what descriptions say, and the decision who is who.
//!
//! `names/` finds names and brings together what names alone make one; `describe.rs` reads a source, `profile.rs` what
//! its words say of whoever it means, `tidy.rs` makes sources whole; `resolve.rs` walks through the sources and
//! `resolve/decide.rs` decides. `knowledge.rs` holds the word lists.

mod describe;
mod knowledge;
mod names;
mod profile;
mod resolve;
mod tidy;

#[cfg(test)]
mod tests;

pub(super) use knowledge::Knowledge;
pub(super) use resolve::resolve;
