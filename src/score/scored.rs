//! A scored statement as programs read and write it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::stance::ScoredStance;
use crate::article::{Article, date};
use crate::attribution::{Kind, Speaker, SpeakerType};
use crate::context::{Context, Party, Setting, Side};
use crate::span::CodePoints;
use crate::statement::Statement;

/// One statement with its speaker and stance; offsets count code points of the article's text, half open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoredStatement {
    /// The article's id.
    pub article: String,
    /// Article and position, `a1#3`.
    pub id: String,
    /// The article's headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where the article was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outlet: Option<String>,
    /// When the article was published.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "date::optional")]
    pub date: Option<Date>,
    /// The article's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// How it is reported.
    pub kind: Kind,
    /// What was said, on one line; ` … ` joins the parts that "he said" interrupts.
    pub text: String,
    /// Where it stands.
    pub content: Vec<[usize; 2]>,
    /// Where the text says who; may be empty.
    #[serde(default)]
    pub source: Vec<[usize; 2]>,
    /// Where the text says that it was said; may be empty.
    #[serde(default)]
    pub cue: Vec<[usize; 2]>,
    /// Who said it; `None` where the text names nobody.
    #[serde(default)]
    pub speaker: Option<StatementSpeaker>,
    /// What kind of claim it is, where a model of claim types was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// Where the statement stands toward the target.
    pub stance: ScoredStance,
    /// What the article is on, and where the speaker belongs there; left out where nothing of it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setting: Option<StatementSetting>,
    /// What the statement was read with, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Box<Context>>,
    /// The words that speak most for or against the stance's label, where they were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<DecidingWord>,
}

/// Who made a statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StatementSpeaker {
    /// Fullest form of the name in the article; a description where there is no name.
    pub name: String,
    /// What the speaker is.
    #[serde(rename = "type")]
    pub kind: SpeakerType,
    /// "President", as written.
    #[serde(default)]
    pub role: Option<String>,
    /// The body the speaker belongs to, as written.
    #[serde(default)]
    pub affiliation: Option<String>,
}

/// What the article of a statement is on, and where its speaker belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementSetting {
    /// The article's words for what is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// The state that acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acting: Option<String>,
    /// The state that it is done to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acted_on: Option<String>,
    /// To which of them the speaker belongs.
    #[serde(default)]
    pub side: Side,
}

impl StatementSetting {
    /// None where nothing is known.
    #[must_use]
    pub fn new(setting: &Setting, side: Side) -> Option<Self> {
        let name = |party: &Option<Party>| party.as_ref().map(|party| party.name.clone());
        let (acting, acted_on) = (name(&setting.acting), name(&setting.acted_on));
        acting.is_some().then(|| Self { on: setting.phrase.clone(), acting, acted_on, side })
    }
}

/// What kind of claim a statement is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// `fact`, `value`, `policy`, `prediction`, `none`, or whatever the model's data calls them.
    pub label: String,
    /// The probability of every label.
    #[serde(default)]
    pub probabilities: BTreeMap<String, f64>,
}

/// A word and what the stance's label owes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecidingWord {
    /// First code point in the statement's `text`, and the first after it.
    pub span: [usize; 2],
    /// How much the label's log-probability falls without the word; below 0 where it rises.
    pub weight: f64,
}

impl ScoredStatement {
    /// Takes a statement over the border: byte spans become code-point offsets of the article's text.
    #[must_use]
    pub fn new(statement: Statement, article: &Article, stance: ScoredStance, points: &CodePoints<'_>) -> Self {
        Self {
            content: points.spans(&statement.content),
            source: points.spans(&statement.source),
            cue: points.spans(&statement.cue),
            article: statement.article,
            id: statement.id,
            title: article.title.clone(),
            outlet: article.outlet.clone(),
            date: article.date,
            url: article.url.clone(),
            kind: statement.kind,
            text: statement.text,
            speaker: statement.speaker.as_deref().map(StatementSpeaker::from),
            claim: None,
            stance,
            setting: None,
            context: None,
            words: Vec::new(),
        }
    }
}

impl From<&Speaker> for StatementSpeaker {
    fn from(speaker: &Speaker) -> Self {
        let Speaker { name, kind, role, affiliation, .. } = speaker;
        Self { name: name.clone(), kind: *kind, role: role.clone(), affiliation: affiliation.clone() }
    }
}
