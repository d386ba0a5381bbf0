//! By what statements are summed up, and in which order the rows stand.

use serde::{Deserialize, Serialize};

use super::SummaryFigures;
use crate::score::ScoredStatement;

/// What a row of a summary is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum View {
    /// A speaker; those without a name by class.
    #[default]
    Speaker,
    /// A type of speaker.
    Type,
    /// The body that speakers belong to.
    Affiliation,
    /// Where articles were published.
    Outlet,
    /// When they were published.
    Month,
    /// What stances are toward.
    Target,
}

/// A side of a cross table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Dimension {
    /// The speaker.
    Speaker,
    /// The type of speaker.
    Type,
    /// The speaker's affiliation.
    Affiliation,
    /// The article's outlet.
    Outlet,
    /// The article's month.
    Month,
    /// The stance's target.
    Target,
    /// The stance.
    Stance,
    /// The type of claim.
    Claim,
    /// How the statement is reported.
    Kind,
}

/// The order of the rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Sort {
    /// Most statements about the target first, then most statements.
    #[default]
    Related,
    /// Most statements first.
    Statements,
    /// Most articles first.
    Articles,
    /// From in favor to against; rows without a score last.
    Score,
    /// By name.
    Name,
    /// Latest first.
    Last,
}

/// Stands for what a statement does not say.
pub(super) const NOT_GIVEN: &str = "(not given)";

impl View {
    /// The word for it in every output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.dimension().name()
    }

    pub(super) const fn dimension(self) -> Dimension {
        match self {
            Self::Speaker => Dimension::Speaker,
            Self::Type => Dimension::Type,
            Self::Affiliation => Dimension::Affiliation,
            Self::Outlet => Dimension::Outlet,
            Self::Month => Dimension::Month,
            Self::Target => Dimension::Target,
        }
    }
}

impl Dimension {
    /// The word for it in every output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Speaker => "speaker",
            Self::Type => "type",
            Self::Affiliation => "affiliation",
            Self::Outlet => "outlet",
            Self::Month => "month",
            Self::Target => "target",
            Self::Stance => "stance",
            Self::Claim => "claim",
            Self::Kind => "kind",
        }
    }

    /// Where a statement belongs on this side. Speakers are told apart elsewhere; here they go by name.
    pub(super) fn key(self, statement: &ScoredStatement) -> String {
        let speaker = statement.speaker.as_ref();
        let or_not = |text: Option<&str>| text.unwrap_or(NOT_GIVEN).to_owned();
        match self {
            Self::Speaker => or_not(speaker.map(|speaker| speaker.name.as_str())),
            Self::Type => speaker.map_or("unknown", |speaker| speaker.kind.name()).to_owned(),
            Self::Affiliation => or_not(speaker.and_then(|speaker| speaker.affiliation.as_deref())),
            Self::Outlet => or_not(statement.outlet.as_deref()),
            Self::Month => statement.date.map_or_else(|| NOT_GIVEN.to_owned(), |date| month(date.year(), date.month())),
            Self::Target => statement.stance.target.clone(),
            Self::Stance => statement.stance.label.clone(),
            Self::Claim => or_not(statement.claim.as_ref().map(|claim| claim.label.as_str())),
            Self::Kind => statement.kind.name().to_owned(),
        }
    }
}

/// `YYYY-MM`.
pub(super) fn month(year: i16, month: i8) -> String {
    format!("{year:04}-{month:02}")
}

impl Sort {
    /// Puts rows in order; equal ones stay in the order of their names.
    pub(super) fn sort<R>(self, rows: &mut [R], of: impl Fn(&R) -> (&str, &SummaryFigures)) {
        rows.sort_by(|a, b| {
            let ((a_name, a), (b_name, b)) = (of(a), of(b));
            let order = match self {
                Self::Related => (b.related(), b.statements).cmp(&(a.related(), a.statements)),
                Self::Statements => b.statements.cmp(&a.statements),
                Self::Articles => (b.articles, b.statements).cmp(&(a.articles, a.statements)),
                Self::Score => {
                    let rank = |figures: &SummaryFigures| figures.score.unwrap_or(f64::NEG_INFINITY);
                    rank(b).total_cmp(&rank(a))
                }
                Self::Name => std::cmp::Ordering::Equal,
                Self::Last => b.last.cmp(&a.last),
            };
            order.then_with(|| a_name.cmp(b_name))
        });
    }
}
