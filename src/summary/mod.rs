//! Per-speaker summaries: how often somebody speaks, and where they stand.
//!
//! Counts what the model said, statement by statement; a summary rests on the statements that are related to the
//! target and counts the others apart. Speakers are told apart by name and type; within one article, attribution has
//! already brought a person's names together.

pub mod prevalence;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::attribution::SpeakerType;
use crate::score::ScoredStatement;
use crate::score::stance::{AGAINST, FAVOR, NEUTRAL};

/// What all statements of one speaker come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpeakerSummary {
    /// Fullest name met; a description where there is no name; `null` where the text names nobody.
    pub name: Option<String>,
    /// What the speaker is.
    #[serde(rename = "type")]
    pub kind: SpeakerType,
    /// The first role met.
    pub role: Option<String>,
    /// The first affiliation met.
    pub affiliation: Option<String>,
    /// Articles in which the speaker has a statement.
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
    /// Mean score of the related statements, from -1 (against) to 1 (in favor); `null` where there are none.
    pub score: Option<f64>,
}

impl SpeakerSummary {
    /// Statements that are about the target.
    #[must_use]
    pub const fn related(&self) -> usize {
        self.favor + self.against + self.neutral
    }
}

/// The summaries of all speakers of some articles.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// What the stances are toward.
    pub target: String,
    /// One entry a speaker: most related statements first, then most statements, then by name.
    pub speakers: Vec<SpeakerSummary>,
}

/// Adds statements up; memory grows with the speakers, not with the statements.
///
/// # Examples
/// ```
/// use onrecord::{Article, Scorer, Summarizer};
///
/// let scorer = Scorer::builtin()?;
/// let mut summarizer = Summarizer::default();
/// let article = Article::new("a1", "“We reject any invasion,” President Ilse Marn said. “Troops out!” she added.");
/// for statement in scorer.score(&article) {
///     summarizer.add(&statement);
/// }
/// assert_eq!(summarizer.finish().speakers[0].name.as_deref(), Some("Ilse Marn"));
/// # Ok::<(), onrecord::model::ModelError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Summarizer {
    target: Option<String>,
    speakers: BTreeMap<(Option<String>, SpeakerType, Option<String>), Tally>,
}

#[derive(Debug, Clone, Default)]
struct Tally {
    role: Option<String>,
    affiliation: Option<String>,
    articles: usize,
    last_article: Option<String>,
    statements: usize,
    favor: usize,
    against: usize,
    neutral: usize,
    unrelated: usize,
    scores: f64,
}

impl Summarizer {
    /// Adds one statement. The statements of one article are expected one after the other.
    pub fn add(&mut self, statement: &ScoredStatement) {
        if self.target.is_none() {
            self.target = Some(statement.stance.target.clone());
        }
        let speaker = statement.speaker.as_ref();
        let kind = speaker.map_or(SpeakerType::Unknown, |speaker| speaker.kind);
        // "One official" of this article is not "one official" of the next.
        let is_nameless = matches!(kind, SpeakerType::Anonymous | SpeakerType::Group);
        let article = is_nameless.then(|| statement.article.clone());
        let tally = self.speakers.entry((speaker.map(|speaker| speaker.name.clone()), kind, article)).or_default();
        if let Some(speaker) = speaker {
            tally.role = tally.role.take().or_else(|| speaker.role.clone());
            tally.affiliation = tally.affiliation.take().or_else(|| speaker.affiliation.clone());
        }
        if tally.last_article.as_ref() != Some(&statement.article) {
            tally.articles += 1;
            tally.last_article = Some(statement.article.clone());
        }
        tally.statements += 1;
        let count = match statement.stance.label.as_str() {
            FAVOR => &mut tally.favor,
            AGAINST => &mut tally.against,
            NEUTRAL => &mut tally.neutral,
            _ => {
                tally.unrelated += 1;
                return;
            }
        };
        *count += 1;
        tally.scores += statement.stance.score;
    }

    /// The summaries so far.
    #[must_use]
    pub fn finish(self) -> Summary {
        let mut speakers: Vec<_> = self
            .speakers
            .into_iter()
            .map(|((name, kind, _), tally)| {
                let Tally { role, affiliation, articles, statements, favor, against, neutral, unrelated, .. } = tally;
                let mut speaker = SpeakerSummary {
                    name,
                    kind,
                    role,
                    affiliation,
                    articles,
                    statements,
                    favor,
                    against,
                    neutral,
                    unrelated,
                    score: None,
                };
                if speaker.related() > 0 {
                    speaker.score = Some(tally.scores / speaker.related() as f64);
                }
                speaker
            })
            .collect();
        // Stable: equal counts stay in the order of the names.
        speakers.sort_by_key(|speaker| std::cmp::Reverse((speaker.related(), speaker.statements)));
        Summary { target: self.target.unwrap_or_default(), speakers }
    }
}
