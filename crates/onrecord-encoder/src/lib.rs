//! Reads statements in their article with a small transformer, and says how much speaks for each stance.
//!
//! An article goes in as text, with the places of its statements: content, source and cue, and which of them share a
//! speaker. Out come four scores for each statement, in the order of [`CLASSES`]: logits, whose differences count.
//!
//! The article is cut into a few windows of up to 512 pieces of words, each with the title before it; the pieces of
//! contents, sources and cues are marked. A transformer of six layers (a fine-tuned MiniLM, see `models/ENCODER.md`)
//! reads every window once, however many statements it holds; a statement is the mean of its content's states, the mean
//! of its source's and cue's, and the window's first state. One layer of attention over the statements of the whole
//! article, which knows who shares a speaker and who stands next to whom, comes before the scores. This is sequential
//! sentence classification in the manner of Cohan et al. (2019).
//!
//! What this crate does not do: it finds no statements, it decides nothing, and its scores are not calibrated.
//!
#![cfg_attr(feature = "builtin", doc = "```")]
#![cfg_attr(not(feature = "builtin"), doc = "```ignore")]
//! use onrecord_encoder::{Encoder, Statement};
//!
//! let text = "Marn rejects air strikes\n\nAir strikes on Norvale would be a crime, President Ilse Marn said.";
//! let statement = Statement {
//!     content: vec![26..64],
//!     source: vec![66..85],
//!     cue: vec![86..90],
//!     speaker: Some(0),
//! };
//! let encoder = Encoder::builtin()?;
//! let scores = encoder.score_article(text, &[statement])?;
//! assert_eq!(scores.len(), 1);
//! # Ok::<(), onrecord_encoder::Error>(())
//! ```

mod encoder;
mod error;
mod pieces;
mod table;
mod windows;

use std::ops::Range;

pub use encoder::{Encoder, Files};
pub use error::Error;

/// What the four scores are for, in order.
pub const CLASSES: [&str; 4] = ["favor", "against", "neutral", "unrelated"];

/// The parts of a statement, in bytes of its article's text; they may be empty or several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statement {
    /// What is said.
    pub content: Vec<Range<usize>>,
    /// The words that name the source.
    pub source: Vec<Range<usize>>,
    /// The words that tell of the saying.
    pub cue: Vec<Range<usize>>,
    /// Any number that the statements of one speaker share; `None` if nobody knows who speaks.
    pub speaker: Option<usize>,
}
