//! The whole way from article to scored statements: attribution, then classification.
//!
//! [`Scorer`] holds what is needed once; [`Scorer::score`] takes an article. The result, [`ScoredStatement`], is the
//! form that leaves the library: its offsets count code points, and it is what `score --format jsonl` writes a line of.

mod scored;
pub mod stance;

use crate::article::Article;
use crate::attribution::Extractor;
use crate::model::{Classification, Model, ModelError};
use crate::span::CodePoints;
use crate::statement::statements;

pub use scored::{ScoredStatement, StatementSpeaker};
pub use stance::Stance;

/// Finds and classifies the statements of articles.
///
/// # Examples
/// ```
/// use onrecord::{Article, Scorer};
///
/// let scorer = Scorer::builtin()?;
/// let article = Article::new("a1", "“We reject any invasion of our country,” President Ilse Marn said on Monday.");
/// let statements = scorer.score(&article);
/// assert_eq!(statements[0].speaker.as_ref().unwrap().name, "Ilse Marn");
/// assert_eq!(statements[0].stance.label, "against");
/// # Ok::<(), onrecord::model::ModelError>(())
/// ```
#[derive(Debug)]
pub struct Scorer {
    extractor: Extractor,
    model: Model,
}

impl Scorer {
    /// The built-in attribution and the built-in stance model.
    ///
    /// # Errors
    /// Never for the model as shipped; the type is that of any model's loading.
    pub fn builtin() -> Result<Self, ModelError> {
        Ok(Self::new(Extractor::builtin(), Model::builtin_stance()?))
    }

    /// An extractor and a model of your own.
    #[must_use]
    pub const fn new(extractor: Extractor, model: Model) -> Self {
        Self { extractor, model }
    }

    /// The statements of an article, in the order of its text, each with its stance.
    #[must_use]
    pub fn score(&self, article: &Article) -> Vec<ScoredStatement> {
        let points = CodePoints::new(&article.text);
        let statements = statements(article, &self.extractor.extract(&article.text));
        let texts: Vec<_> = statements.iter().map(|statement| (statement.text.as_str(), None)).collect();
        let classified = self.model.classify_batch(&texts);
        let target = self.model.manifest().target.as_deref().unwrap_or("the target");
        statements
            .into_iter()
            .zip(classified)
            .map(|(statement, Classification { label, probabilities })| {
                let stance = Stance::new(target, self.model.labels(), label, &probabilities);
                ScoredStatement::new(statement, stance, &points)
            })
            .collect()
    }
}
