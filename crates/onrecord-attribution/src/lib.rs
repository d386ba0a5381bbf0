//! The second stage: who said what. Finds every attribution of a text and the speakers behind them.
//!
//! An attribution is *source* + *cue* + *content*: who, the word that says so ("said", "according to"), and what.
//!
//! Rules offer candidates, and the project's own linear learner decides between them, in this order:
//!
//! | file | does |
//! |---|---|
//! | `layout.rs`, `token.rs`, `quotation.rs`, `sentence.rs`, `document.rs` | paragraphs, words, quotation marks, sentences |
//! | `lexicon.rs`, `vocabulary.rs` | what is known of a word: word lists, and what training learnt |
//! | `transcript.rs` | statements that the layout marks and no cue does |
//! | `cue.rs`, `content.rs`, `source.rs` | is this word a cue? what is its content, who its source? |
//! | `frame.rs`, `select.rs`, `nothing.rs` | is the whole likely? which stay? quotations without a cue; what is no statement |
//! | `extent.rs` | how far a cue reaches |
//! | `speaker/` | whom the sources mean |
//! | `features.rs`, `weights.rs` | hashed features, the weights as a file |
//! | `corpus.rs`, `learner.rs`, `train.rs`, `accuracy.rs` | learning from annotated articles, and measuring |
//!
//! Time and memory grow in proportion to the text: every candidate lies within a bounded reach of its cue. Meaning beyond
//! the sentence is not tried: no parsing, no knowledge of the world. Statements inside statements are not taken apart.

#![allow(clippy::needless_range_loop, reason = "places in a document are token indices, and loops run over them")]

pub mod accuracy;
mod content;
pub mod corpus;
mod cue;
mod document;
mod extent;
mod extractor;
mod features;
mod frame;
mod layout;
mod learner;
mod lexicon;
mod link;
mod nothing;
pub mod progress;
mod quotation;
mod select;
mod sentence;
mod source;
pub mod span;
mod speaker;
mod token;
pub mod train;
mod transcript;
mod vocabulary;
mod weights;

use serde::{Deserialize, Serialize};

pub use extractor::Extractor;
pub use lexicon::{Lexicon, LexiconError};
pub use link::Link;
pub use weights::{AttributionCard, Weights, WeightsError};

use crate::span::Span;

/// How a statement is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// In quotation marks, word for word.
    Direct,
    /// A paraphrase with a quoted part.
    Mixed,
    /// A paraphrase.
    Indirect,
}

impl Kind {
    /// The word for it in every output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Mixed => "mixed",
            Self::Indirect => "indirect",
        }
    }
}

/// Whether somebody said something, or is said to want, feel or think it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Words: spoken, written, or told in the writer's words.
    Speech,
    /// A wish, a belief, support or the like, without words of the one who has it: "wants the troops out".
    Attitude,
}

impl Mode {
    /// The word for it in every output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Speech => "speech",
            Self::Attitude => "attitude",
        }
    }
}

/// What a speaker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpeakerType {
    /// One named or described human being.
    Person,
    /// A body that speaks as one: a ministry, a company, a newspaper.
    Organization,
    /// Several unnamed people: "officials", "critics".
    Group,
    /// One unnamed person: "one official".
    Anonymous,
    /// The text does not say.
    Unknown,
}

impl SpeakerType {
    /// The word for it in every output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Organization => "organization",
            Self::Group => "group",
            Self::Anonymous => "anonymous",
            Self::Unknown => "unknown",
        }
    }
}

/// One statement of an article with who made it; all spans are in the article's text, in order, and never overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribution {
    /// What was said; several spans where "he said" interrupts. Never empty.
    pub content: Vec<Span>,
    /// Who said it, as written; empty where the text names nobody.
    pub source: Vec<Span>,
    /// The words that say so; may be empty.
    pub cue: Vec<Span>,
    /// How it is reported.
    pub kind: Kind,
    /// Whether it is said, or an attitude that the text tells of.
    pub mode: Mode,
    /// Index into [`Attributions::speakers`] of whoever the source refers to.
    pub speaker: Option<usize>,
    /// How the speaker was known; absent where there is none.
    pub link: Option<Link>,
}

/// Who a source refers to, across an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Speaker {
    /// Fullest form of the name in the article, without title; a description where there is no name.
    pub name: String,
    /// What the speaker is.
    pub kind: SpeakerType,
    /// "President", "former Mexican ambassador", as written.
    pub role: Option<String>,
    /// The body the speaker belongs to, as written.
    pub affiliation: Option<String>,
    /// Other forms of the name in the article, in the order of their first mention.
    pub aliases: Vec<String>,
    /// Every place where the article names or means the speaker, in order.
    pub mentions: Vec<Span>,
}

/// All attributions of one article, in the order of their first content span, and all their speakers, in the order of
/// their first mention.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributions {
    /// Who said what.
    pub attributions: Vec<Attribution>,
    /// The people and bodies that the attributions point to.
    pub speakers: Vec<Speaker>,
}

// The examples of the front page run as tests.
#[cfg(all(doctest, feature = "builtin"))]
#[doc = include_str!("../README.md")]
struct Readme;
