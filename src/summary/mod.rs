//! Summaries: who speaks, how often, where they stand, how sure that is, on what words it rests, and how it changed.
//!
//! [`Summarizer`] takes scored statements one by one; memory grows with the names, not with the statements (but for
//! four bytes for every article that a speaker is in). [`Summarizer::finish`] then says which names are one speaker's
//! (`identity`), computes shares with intervals (`prevalence` corrects them for the model's errors), says a
//! [`Lean`] only where the interval does, and tests for change over time (`change`).
//!
//! The same figures can be had by type, affiliation, outlet, month or target ([`View`]), and as cross tables
//! ([`Cross`]). Nothing is read or written here.

mod change;
mod cross;
mod estimate;
mod identity;
mod posterior;
mod prevalence;
mod seed;
mod sum;
mod summarizer;
mod tally;
mod view;

use std::collections::BTreeMap;
use sum::Sum;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::article::date;
use crate::attribution::SpeakerType;
use crate::labeled::Stance;
use crate::score::ScoredStatement;

pub use change::Change;
pub use cross::{Cross, CrossTable};
pub use identity::{Alias, AliasError, AliasReason, Overrides};
pub use posterior::{LEANING, Posterior, SURE};
pub use summarizer::{Options, Summarizer};
pub use tally::Keep;
pub use view::{Dimension, Sort, View};

/// What a model makes of each true stance, counted on data that it was not trained on.
#[derive(Debug, Clone, PartialEq)]
pub struct StanceConfusion {
    counts: Vec<Vec<f64>>,
}

/// Where a speaker stands, as far as it can be said: in these texts by the [`Posterior`] of the side, in general
/// ([`Options::generalize`]) by the intervals of the shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lean {
    /// More statements for the target than against it, with a probability of [`LEANING`] or more. In general: at least
    /// three quarters of what takes a side, and the interval of the difference leaves zero out.
    Favor,
    /// The same against it.
    Against,
    /// Surely some of both.
    Mixed,
    /// Surely more than half of what is about the target takes no side.
    Neutral,
    /// None of these can be said.
    TooLittle,
}

impl Lean {
    /// The words for it in every output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Favor => Stance::Favor.name(),
            Self::Against => Stance::Against.name(),
            Self::Mixed => "mixed",
            Self::Neutral => Stance::Neutral.name(),
            Self::TooLittle => "too little to say",
        }
    }
}

/// The share of one stance among the statements that are related to the target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// As counted from the labels that the model gave.
    pub counted: f64,
    /// The estimate, corrected for the model's errors where they are known ([`Summary::is_corrected`]).
    pub estimate: f64,
    /// The estimate's 95 % interval.
    pub interval: [f64; 2],
    /// The estimate drawn toward the corpus, as the best guess for speakers of few words (empirical Bayes).
    pub shrunk: f64,
}

/// The shares of the three stances that are related to the target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Shares {
    /// For the target.
    pub favor: Share,
    /// Against it.
    pub against: Share,
    /// About it without a side.
    pub neutral: Share,
}

/// Share in favor less share against.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// From -1 (all against) to 1 (all in favor).
    pub estimate: f64,
    /// Its 95 % interval.
    pub interval: [f64; 2],
}

/// Statements by how they are reported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kinds {
    /// In quotation marks.
    pub direct: usize,
    /// Partly.
    pub mixed: usize,
    /// Paraphrased.
    pub indirect: usize,
}

/// One month of a speaker.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Month {
    /// `YYYY-MM`.
    #[serde(default)]
    pub month: String,
    /// Statements for the target.
    pub favor: usize,
    /// Against it.
    pub against: usize,
    /// About it without a side.
    pub neutral: usize,
    /// About other things.
    pub unrelated: usize,
    /// For which the scorer abstained.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub uncertain: usize,
    /// Mean score of the related ones; `null` where there are none.
    #[serde(default)]
    pub score: Option<f64>,
    /// Sum of their scores.
    #[serde(skip)]
    scores: Sum,
}

/// What some statements come to: a speaker's, an outlet's, a month's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SummaryFigures {
    /// Articles with a statement.
    pub articles: usize,
    /// All statements.
    pub statements: usize,
    /// Statements for the target.
    pub favor: usize,
    /// Statements against it.
    pub against: usize,
    /// Statements about it that take no side.
    pub neutral: usize,
    /// Statements about other things.
    pub unrelated: usize,
    /// Statements for which the scorer abstained; they are among all statements, and take no side.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub uncertain: usize,
    /// Statements by how they are reported.
    pub kinds: Kinds,
    /// Statements by claim type, where that was asked for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub claims: BTreeMap<String, usize>,
    /// Mean score of the related statements, from -1 (against) to 1 (in favor); `null` where there are none.
    pub score: Option<f64>,
    /// Its 95 % interval; `null` where two related statements are missing.
    pub score_interval: Option<[f64; 2]>,
    /// Shares of the stances; `null` where no statement is related.
    pub shares: Option<Shares>,
    /// Share in favor less share against.
    pub balance: Option<Balance>,
    /// Where they stand.
    pub lean: Lean,
    /// How probable either side is in these texts; `null` where the lean is one in general.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posterior: Option<Posterior>,
    /// Day of the first article that has one.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "date::optional")]
    pub first: Option<Date>,
    /// Day of the last.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "date::optional")]
    pub last: Option<Date>,
    /// Month by month, where there are dates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub months: Vec<Month>,
    /// Change over time, where there are dates enough to test it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// The statements that carry the lean, word for word, strongest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carrying: Vec<ScoredStatement>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_zero(n: &usize) -> bool {
    *n == 0
}

impl SummaryFigures {
    /// Whether the side is not quite sure: said with a probability between [`LEANING`] and [`SURE`].
    #[must_use]
    pub fn only_leans(&self) -> bool {
        let Some(posterior) = self.posterior else { return false };
        match self.lean {
            Lean::Favor => posterior.favor < SURE,
            Lean::Against => posterior.against < SURE,
            _ => false,
        }
    }

    /// Statements that are about the target.
    #[must_use]
    pub const fn related(&self) -> usize {
        self.favor + self.against + self.neutral
    }
}

/// What all statements of one speaker come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SpeakerSummary {
    /// The name used most, without titles.
    pub name: String,
    /// What the speaker is.
    #[serde(rename = "type")]
    pub kind: SpeakerType,
    /// The role named most.
    pub role: Option<String>,
    /// The affiliation named most.
    pub affiliation: Option<String>,
    /// Every name and role of the speaker, and why it is taken for theirs.
    pub aliases: Vec<Alias>,
    /// The figures.
    #[serde(flatten)]
    pub figures: SummaryFigures,
}

/// What a group of statements comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupSummary {
    /// What they have in common: an outlet, a month, a type of speaker.
    pub name: String,
    /// The figures.
    #[serde(flatten)]
    pub figures: SummaryFigures,
}

/// The summary of some scored statements.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// What the stances are toward; empty where there are several targets or no statements.
    pub target: String,
    /// What the rows are.
    pub by: View,
    /// Articles with a statement.
    pub articles: usize,
    /// All statements.
    pub statements: usize,
    /// Statements for which the scorer abstained.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub uncertain: usize,
    /// Whether leans are about what speakers say in general, and not about these texts alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_general: bool,
    /// Whether shares are corrected for the model's errors; else they are as counted.
    pub is_corrected: bool,
    /// Named speakers (with [`View::Speaker`]).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub speakers: Vec<SpeakerSummary>,
    /// With [`View::Speaker`] those without a name, summed up by class; else the groups asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupSummary>,
    /// Rows that were left out, because they are too small or beyond the number asked for.
    pub left_out: usize,
    /// All statements, month by month.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub months: Vec<Month>,
    /// The cross table, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cross: Option<CrossTable>,
}

#[cfg(test)]
mod tests;
