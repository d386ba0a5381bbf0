//! The whole way from article to scored statements: attribution, then classification.
//!
//! [`Scorer`] holds what is needed once; [`Scorer::score`] takes an article. The result, [`ScoredStatement`], is the
//! form that leaves the library: its offsets count code points, and it is what `score --format jsonl` writes a line of.

mod adapt;
mod batch;
#[cfg(feature = "encoder")]
mod encode;
mod read;
mod scored;
mod stance;

use crate::article::Article;
use crate::attribution::Extractor;
use crate::context::{self, Context};
use crate::features::Input;
use crate::labeled::Stance;
use crate::model::{Classification, LEVEL, Model, ModelError, WordWeight, occlusion};
use crate::span::CodePoints;
use crate::statement::{Statement, statements};

pub use read::{MAX_LINE, ReadError, read};
pub use scored::{Claim, DecidingWord, ScoredStatement, StatementSetting, StatementSpeaker};
pub use stance::{ScoredStance, UNCERTAIN};

/// Finds and classifies the statements of articles.
///
/// # Examples
#[cfg_attr(feature = "builtin", doc = "```")]
#[cfg_attr(not(feature = "builtin"), doc = "```ignore")]
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
    /// Models whose scores the model wants, or another of these that comes after; by name.
    beside: Vec<(String, Model)>,
    #[cfg(feature = "encoder")]
    encoder: Option<crate::encoder::Encoder>,
    claims: Option<Model>,
    target: Option<String>,
    keeps_context: bool,
    with_words: bool,
    with_context: bool,
    level: f64,
    abstains: bool,
}

impl Scorer {
    /// The built-in attribution and the built-in stance model.
    ///
    /// # Errors
    /// Never for the model as shipped; the type is that of any model's loading.
    #[cfg(feature = "builtin")]
    pub fn builtin() -> Result<Self, ModelError> {
        Ok(Self::new(Extractor::builtin(), Model::builtin_in_article()?).alone(Model::builtin_stance()?))
    }

    /// An extractor and a model of your own.
    #[must_use]
    pub fn new(extractor: Extractor, model: Model) -> Self {
        Self {
            extractor,
            model,
            beside: Vec::new(),
            #[cfg(feature = "encoder")]
            encoder: None,
            claims: None,
            target: None,
            keeps_context: false,
            with_words: false,
            with_context: true,
            level: LEVEL,
            abstains: false,
        }
    }

    /// The model that reads statements alone. One that reads them in their article may want its scores beside
    /// ([`Model::wants`]).
    #[must_use]
    pub fn alone(self, model: Model) -> Self {
        self.beside(ALONE, model)
    }

    /// Another model, whose scores the model wants under this name ([`Model::wants`]); it gets those of the models that
    /// were named before it. Of two with one name the later counts.
    #[must_use]
    pub fn beside(mut self, name: impl Into<String>, model: Model) -> Self {
        let name = name.into();
        self.beside.retain(|(known, _)| *known != name);
        self.beside.push((name, model));
        self
    }

    /// The small transformer that reads articles, for a model that wants its scores.
    #[cfg(feature = "encoder")]
    #[must_use]
    pub fn encoder(self, encoder: crate::encoder::Encoder) -> Self {
        Self { encoder: Some(encoder), ..self }
    }

    /// Keeps what each statement was read with, so that a model can be trained on the same.
    #[must_use]
    pub const fn keep_context(mut self, keeps_context: bool) -> Self {
        self.keeps_context = keeps_context;
        self
    }

    /// Asks a model of claim types too.
    #[must_use]
    pub fn claims(self, model: Model) -> Self {
        Self { claims: Some(model), ..self }
    }

    /// What the stances are toward, for a model that tells targets apart; where nobody says, the target that its training
    /// rows agreed on.
    ///
    /// # Errors
    /// [`ModelError::OneTarget`] where the model was trained on another target, and looks at none.
    pub fn target(self, target: impl Into<String>) -> Result<Self, ModelError> {
        let asked = target.into();
        match &self.model.manifest().target {
            Some(known) if *known != asked && !self.model.tells_targets_apart() => {
                Err(ModelError::OneTarget { known: known.clone(), asked })
            }
            _ => Ok(Self { target: Some(asked), ..self }),
        }
    }

    /// Names the words that decided each stance, by leaving out one word after the other: some thirty times the work.
    #[must_use]
    pub fn words(self, with_words: bool) -> Self {
        Self { with_words, ..self }
    }

    /// Whether each statement is judged in the light of the article's others (the default), or by itself.
    #[must_use]
    pub const fn context(mut self, with_context: bool) -> Self {
        self.with_context = with_context;
        self
    }

    /// The share of the sets of labels that shall hold the right one ([`Conformal::LEVELS`]; 0.9 where nobody says).
    ///
    /// A set is made of the probabilities that the statement is given with, those in the light of its article, against
    /// thresholds that were calibrated on statements by themselves. The thresholds are each label's own, so that the
    /// share of a label in an article does not matter to its coverage; what the context moves from one label to another
    /// raises the coverage of the labels that the article has many of, and lowers that of the others.
    ///
    /// [`Conformal::LEVELS`]: crate::model::Conformal::LEVELS
    #[must_use]
    pub const fn level(mut self, level: f64) -> Self {
        self.level = level;
        self
    }

    /// Makes [`UNCERTAIN`] the label of each statement whose set holds more than one label.
    #[must_use]
    pub const fn abstain(mut self, abstains: bool) -> Self {
        self.abstains = abstains;
        self
    }

    /// The stance model.
    #[must_use]
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// The statements of an article, in the order of its text, each with its stance.
    #[must_use]
    pub fn score(&self, article: &Article) -> Vec<ScoredStatement> {
        let points = CodePoints::new(&article.text);
        let statements = statements(article, &self.extractor.extract(&article.text));
        let target = self.target.as_deref();
        let texts: Vec<_> = statements.iter().map(|statement| (statement.text.as_str(), target)).collect();
        let (setting, mut contexts) = context::contexts(article, &statements);
        #[cfg(feature = "encoder")]
        if let Some(encoder) = &self.encoder {
            encode::add(encoder, article, &statements, &mut contexts);
        }
        let classified = self.classified(&statements, &texts, &mut contexts);
        let claims = self.claims.as_ref().map(|model| claims(model, &texts));
        let mut claims = claims.into_iter().flatten();
        let target = target.or(self.model.manifest().target.as_deref()).unwrap_or("the target");
        statements
            .into_iter()
            .zip(classified)
            .zip(contexts)
            .map(|((statement, Classification { label, probabilities }), context)| {
                let labels = self.model.labels();
                let mut stance = ScoredStance::new(target, labels, label, &probabilities);
                if let Some(conformal) = self.model.conformal() {
                    stance = stance.with_set(labels, &conformal.set(&probabilities, label, self.level), self.abstains);
                }
                let mut scored = ScoredStatement::new(statement, article, stance, &points);
                scored.setting = StatementSetting::new(&setting, context.side);
                scored.context = Some(Box::new(context));
                if self.with_words {
                    scored.words = self.deciding_words(&scored, &labels[label]);
                }
                if !self.keeps_context {
                    scored.context = None;
                }
                scored.claim = claims.next();
                scored
            })
            .collect()
    }

    /// The classification of each statement: by a model that reads it in its article, or by one that reads it alone and
    /// an adaptation to the article's share of related ones.
    fn classified(
        &self,
        statements: &[Statement],
        texts: &[(&str, Option<&str>)],
        contexts: &mut [Context],
    ) -> Vec<Classification> {
        for (name, model) in &self.beside {
            let said = if model.reads_context() {
                model.classify_batch(&self.inputs(statements, contexts))
            } else {
                model.classify_batch(texts)
            };
            for (context, said) in contexts.iter_mut().zip(said) {
                let scores = said.probabilities.iter().map(|p| (p + LEAST).ln() as f32).collect();
                context.scores.insert(name.clone(), scores);
            }
        }
        if !self.model.reads_context() {
            return self.in_context(self.model.classify_batch(texts));
        }
        self.model.classify_batch(&self.inputs(statements, contexts))
    }

    /// Statements as a model that reads them in their article takes them.
    fn inputs<'t>(&'t self, statements: &'t [Statement], contexts: &'t [Context]) -> Vec<Input<'t>> {
        let of = |(statement, context)| Input {
            target: self.target.as_deref(),
            ..input(statement, context, self.with_context)
        };
        statements.iter().zip(contexts).map(of).collect()
    }

    /// Brings the classifications of an article's statements in line with each other, where the model can tell what is
    /// unrelated and knows how often that is so.
    fn in_context(&self, classified: Vec<Classification>) -> Vec<Classification> {
        let unrelated = Stance::Unrelated.position(self.model.labels());
        let prior = unrelated.and_then(|label| Some((label, *self.model.manifest().prior.get(label)?)));
        let Some((unrelated, prior)) = prior.filter(|_| self.with_context) else { return classified };
        let mut probabilities: Vec<_> = classified.into_iter().map(|found| found.probabilities).collect();
        adapt::adapt(&mut probabilities, unrelated, prior);
        probabilities
            .into_iter()
            .map(|probabilities| Classification { label: self.model.label_of(&probabilities), probabilities })
            .collect()
    }

    fn deciding_words(&self, statement: &ScoredStatement, label: &str) -> Vec<DecidingWord> {
        let input = Input {
            target: self.target.as_deref(),
            context: statement.context.as_deref(),
            ..Input::from(statement.text.as_str())
        };
        let reasons = occlusion(&self.model, input, label);
        let word = |reason: WordWeight| DecidingWord {
            span: [reason.start, reason.end],
            weight: stance::rounded(reason.weight),
        };
        reasons.into_iter().map(word).collect()
    }
}

/// A statement as a model that reads it in its article takes it.
fn input<'t>(statement: &'t Statement, context: &'t Context, is_in_article: bool) -> Input<'t> {
    Input {
        context: Some(context),
        article: Some(statement.article.as_str()).filter(|_| is_in_article),
        speaker: statement.speaker.as_ref().map(|speaker| speaker.name.as_str()),
        ..Input::from(statement.text.as_str())
    }
}

/// The name of the scores of the model that reads statements alone.
pub const ALONE: &str = "alone";

/// The name of the scores of the linear model that reads statements in their article.
pub const FAST: &str = "fast";

/// The name of the scores of the encoder.
pub const ENCODER: &str = "encoder";

/// Added to a probability before its logarithm is taken.
const LEAST: f64 = 1e-3;

fn claims(model: &Model, texts: &[(&str, Option<&str>)]) -> Vec<Claim> {
    let claim = |Classification { label, probabilities }: Classification| Claim {
        label: model.labels()[label].clone(),
        probabilities: model.labels().iter().cloned().zip(probabilities.into_iter().map(stance::rounded)).collect(),
    };
    let alone: Vec<_> = texts.iter().map(|&(text, _)| (text, None)).collect();
    model.classify_batch(&alone).into_iter().map(claim).collect()
}
