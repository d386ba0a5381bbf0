//! Who a source refers to: names across an article, pronouns, roles, and what kind of speaker it is.
//!
//! Every source gets a description first: a pronoun, a name, or a noun phrase without one. Names are followed across the
//! article (`names.rs`); pronouns and noun phrases such as "the senator" are looked up among those who spoke or were
//! named before (`resolve.rs`, `resolve/antecedent.rs`). What stands beside a name says what its bearer is (`describe.rs`).

mod describe;
mod names;
mod resolve;

pub(super) use resolve::resolve;
