//! *Who said what, and where they stand.*
//!
//! `onrecord` reads news articles, finds every quoted or paraphrased statement, says who made it, and classifies its
//! stance toward a target (by default: outside intervention). It trains such classifiers from labelled data, says how
//! accurate they are, and sums up each speaker. It works offline, on a CPU, with a model built in.
//!
#![cfg_attr(feature = "builtin", doc = "```")]
#![cfg_attr(not(feature = "builtin"), doc = "```ignore")]
//! use onrecord::{Article, Scorer};
//!
//! let scorer = Scorer::builtin()?;
//! let article = Article::new(
//!     "a1",
//!     "President Ilse Marn said on Monday that foreign troops must leave the island. “We reject any form of \
//!      military intervention,” Marn told reporters.",
//! );
//! let statements = scorer.score(&article);
//! assert_eq!(statements.len(), 2);
//! assert_eq!(statements[1].text, "“We reject any form of military intervention,”");
//! assert_eq!(statements[1].speaker.as_ref().unwrap().name, "Ilse Marn");
//! assert_eq!(statements[1].stance.label, "against");
//! # Ok::<(), onrecord::model::ModelError>(())
//! ```
//!
//! # The way of the data
//!
//! Each module is one stage. It takes the type of the stage before it and gives the next; none looks back.
//!
//! | module | gives |
//! |---|---|
//! | [`article`] | [`Article`]: id and untouched text |
//! | [`attribution`] | source, cue and content of every statement, and the speakers |
//! | [`statement`] | [`Statement`]: one text with its speaker |
//! | [`labeled`] | rows with text and label, to train on and to measure with |
//! | [`units`] | which of them belong together, and how they are divided |
//! | [`features`] | one sparse row a text |
//! | [`measures`] | accuracy, F1 and the like, from labels alone |
//! | [`learn`] | estimators behind linfa's traits |
//! | [`model`] | [`Model`]: all that is needed to classify a text, as one file |
//! | [`score`] | [`ScoredStatement`]: a statement with its stance |
//! | [`evaluate`] | the accuracy report |
//! | [`summary`] | [`Summary`]: one entry a speaker |
//! | [`report`] | all of it as text, JSON, CSV, Markdown or HTML |
//!
//! Many articles, streams that can be stopped, progress: [`Scorer::score_batch`] and [`batch`].
//!
//! Places in a text are byte [`Span`]s, so that slicing gives the surface form; output counts code points
//! ([`CodePoints`]). The library prints nothing and has no global state; long work takes a [`progress::Callback`].

pub mod article;
pub mod batch;
pub mod bounded;
pub mod context;
pub mod evaluate;
pub mod features;
mod fields;
pub mod labeled;
pub mod model;
pub mod report;
pub mod score;
pub mod spreadsheet;
pub mod statement;
pub mod summary;
pub mod units;

pub use onrecord_attribution as attribution;
pub use onrecord_attribution::{progress, span};
#[cfg(feature = "encoder")]
pub use onrecord_encoder as encoder;
pub use onrecord_measures as measures;

/// Sparse records and estimators behind linfa's traits: the crate `onrecord-learn`.
pub mod learn {
    #[doc(no_inline)]
    pub use onrecord_learn::*;
}

pub use article::Article;
pub use labeled::Stance;
pub use model::Model;
pub use score::{ScoredStatement, Scorer};
pub use span::{CodePoints, Span};
pub use statement::Statement;
pub use summary::{Summarizer, Summary};

/// What a service shares between threads can be shared.
const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<Article>();
    is_shared::<attribution::Extractor>();
    is_shared::<attribution::Attributions>();
    is_shared::<Model>();
    is_shared::<Scorer>();
    is_shared::<ScoredStatement>();
    is_shared::<Statement>();
    is_shared::<Summarizer>();
    is_shared::<Summary>();
};
