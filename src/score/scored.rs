//! A scored statement as programs read and write it.

use serde::{Deserialize, Serialize};

use super::stance::Stance;
use crate::attribution::{Kind, Speaker, SpeakerType};
use crate::span::CodePoints;
use crate::statement::Statement;

/// One statement with its speaker and stance; offsets count code points of the article's text, half open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoredStatement {
    /// The article's id.
    pub article: String,
    /// Article and position, `a1#3`.
    pub id: String,
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
    pub speaker: Option<StatementSpeaker>,
    /// Where the statement stands toward the target.
    pub stance: Stance,
}

/// Who made a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementSpeaker {
    /// Fullest form of the name in the article; a description where there is no name.
    pub name: String,
    /// What the speaker is.
    #[serde(rename = "type")]
    pub kind: SpeakerType,
    /// "President", as written.
    pub role: Option<String>,
    /// The body the speaker belongs to, as written.
    pub affiliation: Option<String>,
}

impl ScoredStatement {
    /// Takes a statement over the border: byte spans become code-point offsets.
    #[must_use]
    pub fn new(statement: Statement, stance: Stance, points: &CodePoints<'_>) -> Self {
        Self {
            content: points.spans(&statement.content),
            source: points.spans(&statement.source),
            cue: points.spans(&statement.cue),
            article: statement.article,
            id: statement.id,
            kind: statement.kind,
            text: statement.text,
            speaker: statement.speaker.map(StatementSpeaker::from),
            stance,
        }
    }
}

impl From<Speaker> for StatementSpeaker {
    fn from(speaker: Speaker) -> Self {
        let Speaker { name, kind, role, affiliation, .. } = speaker;
        Self { name, kind, role, affiliation }
    }
}
