//! How a model is made, as data: features, classifier and its regularisation. Read from TOML, kept in the model.

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Goal, TrainError};
use crate::features;
use crate::labeled::Row;
use crate::learn::{Convolution, ConvolutionParams};

/// Everything that training decides by, except the data.
///
/// ```
/// use onrecord::model::Recipe;
///
/// let recipe = Recipe::from_toml(
///     r#"
///     [[features.block]]
///     kind = "words"
///     min = 1
///     max = 2
///
///     [classifier]
///     kind = "logistic"
///     c = 10.0
///     "#,
/// )?;
/// assert_eq!(recipe.classifier.c, 10.0);
/// # Ok::<(), onrecord::model::TrainError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// What the classifier sees of a text.
    #[serde(default)]
    pub features: features::FeatureRecipe,
    /// The classifier.
    #[serde(default)]
    pub classifier: ClassifierRecipe,
    /// A network over the order of words, whose scores are added to the classifier's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub convolution: Option<Network>,
    /// A second classifier that decides the texts of one article together; none for each by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collective: Option<Collective>,
    /// How the label is decided from the probabilities.
    #[serde(default, skip_serializing_if = "is_default")]
    pub decision: Decision,
    /// How much rows count in training; a row that no entry names counts 1. The first entry that names it says how
    /// much; it is measured, and teaches, where none says otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<RowWeight>,
}

/// Rows that count more or less than others in training: those whose `column` holds `value`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowWeight {
    /// A column of the labelled data.
    pub column: String,
    /// What stands in it, as text.
    pub value: String,
    /// What such a row counts, above 0.
    pub weight: f64,
    /// Whether such rows are measured and calibrated on, too; false for rows that only help to train, such as those
    /// that another model labelled.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub measured: bool,
    /// The only models that such rows teach; none (the default): all. For labels that know of the rows that the
    /// cross-validation measures on, which its folds must not learn from, and for others that stand in for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Stage>,
}

/// Models of one training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Those of the cross-validation, which are measured and calibrated on.
    Folds,
    /// The one that is kept.
    Final,
}

fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_yes(value: &bool) -> bool {
    *value
}

impl RowWeight {
    fn applies_to(&self, row: &Row) -> bool {
        match row.fields.get(&self.column) {
            Some(Value::String(text)) => *text == self.value,
            Some(Value::Null) | None => false,
            Some(other) => self.value == format!("{other}"),
        }
    }
}

/// How the texts of one article are decided together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collective {
    /// How much the training rows count against small weights.
    #[serde(default = "unit")]
    pub c: f64,
}

fn unit() -> f64 {
    1.0
}

/// How the label is decided from the probabilities.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Tune a bias for each label so that this measure is largest on out-of-fold predictions; none (the default): the
    /// most probable label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub optimize: Option<Goal>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A classifier and its settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassifierRecipe {
    /// Which one.
    #[serde(default)]
    pub kind: ClassifierKind,
    /// How much the training rows count against small weights: the C of LIBLINEAR and scikit-learn.
    #[serde(default = "default_c")]
    pub c: f64,
    /// Rows of a class weigh (rows / (classes x rows of the class)) to this power: 0 all alike, 1 all classes alike.
    #[serde(default = "default_balance")]
    pub balance: f64,
    /// Elastic net only: the L1 part of the penalty, 0 to 1 (default 0.5).
    #[serde(default, alias = "l1_share", skip_serializing_if = "Option::is_none")]
    pub l1_ratio: Option<f64>,
    /// How an earlier version found the optimum; there is one way today.
    #[serde(default, skip_serializing_if = "is_default")]
    pub solver: Solver,
}

/// How the optimum of logistic regression was found. Model files may name the second; it made no other model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Solver {
    /// Newton steps.
    #[default]
    Newton,
    /// L-BFGS, of earlier versions.
    Lbfgs,
}

/// The classifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClassifierKind {
    /// Multinomial logistic regression with an L2 penalty.
    #[default]
    Logistic,
    /// Logistic regression of each label against the rest.
    OneVsRest,
    /// Linear support vector machines with the squared hinge loss, each label against the rest.
    Svm,
    /// The same with the plain hinge loss.
    SvmHinge,
    /// Crammer and Singer's support vector machine over all labels at once.
    CrammerSinger,
    /// A linear SVM on features weighed by naive Bayes.
    NbSvm,
    /// Multinomial naive Bayes; `c` is the inverse of the smoothing.
    NaiveBayes,
    /// Complement naive Bayes; `c` is the inverse of the smoothing.
    ComplementNaiveBayes,
    /// Logistic regression of each label against the rest, with an L1 part in the penalty: few weights.
    ElasticNet,
    /// The mean of the scores of logistic regression and SVM, each brought to unit spread.
    Average,
}

/// A convolutional network over word vectors; see [`Convolution`](crate::learn::Convolution).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// The word vectors: a file as of [`features::Vectors`], or `builtin`.
    pub table: String,
    /// What its scores are multiplied by before they are added to the classifier's.
    #[serde(default = "default_share")]
    pub weight: f64,
    /// Windows have 1 to this many words.
    #[serde(default = "default_max_width")]
    pub max_width: usize,
    /// Filters of each width.
    #[serde(default = "default_filters")]
    pub filters: usize,
    /// Networks of which the mean counts.
    #[serde(default = "default_networks")]
    pub networks: usize,
    /// Walks over the rows.
    #[serde(default = "default_epochs")]
    pub epochs: usize,
    /// What of a row's target is spread over all labels, 0 to below 1.
    #[serde(default = "default_smoothing")]
    pub smoothing: f64,
    /// Rows of a class weigh (rows / (classes x rows of the class)) to this power.
    #[serde(default = "default_balance")]
    pub balance: f64,
}

fn default_smoothing() -> f64 {
    0.05
}

fn default_share() -> f64 {
    0.3
}

fn default_max_width() -> usize {
    5
}

fn default_filters() -> usize {
    100
}

fn default_networks() -> usize {
    1
}

fn default_epochs() -> usize {
    6
}

impl Network {
    /// The network's hyperparameters.
    pub(super) fn params(&self) -> ConvolutionParams {
        Convolution::params()
            .max_width(self.max_width)
            .n_filters(self.filters)
            .n_networks(self.networks)
            .n_epochs(self.epochs)
            .smoothing(self.smoothing)
            .class_weight_power(self.balance)
    }

    fn check(&self) -> Result<(), TrainError> {
        if !(self.weight.is_finite() && self.weight > 0.0) {
            let message = format!("convolution: weight = {}; expected a number above 0", self.weight);
            return Err(TrainError::Recipe { message });
        }
        let params = self.params();
        params.check_ref().map(|_| ()).map_err(|error| TrainError::Recipe { message: format!("convolution: {error}") })
    }
}

fn default_c() -> f64 {
    10.0
}

fn default_balance() -> f64 {
    0.5
}

impl Default for ClassifierRecipe {
    fn default() -> Self {
        Self {
            kind: ClassifierKind::default(),
            c: default_c(),
            balance: default_balance(),
            l1_ratio: None,
            solver: Solver::default(),
        }
    }
}

impl Recipe {
    /// Reads a recipe and checks it.
    ///
    /// # Errors
    /// Names the line or the parameter that is wrong.
    pub fn from_toml(text: &str) -> Result<Self, TrainError> {
        let recipe: Self = toml::from_str(text).map_err(|error| {
            let message = wrong_block(text).unwrap_or_else(|| error.to_string());
            TrainError::Recipe { message }
        })?;
        recipe.check()?;
        Ok(recipe)
    }

    /// Refuses settings that make no sense.
    ///
    /// # Errors
    /// Names the parameter, its value and what is expected.
    pub fn check(&self) -> Result<(), TrainError> {
        self.features.check()?;
        self.convolution.as_ref().map_or(Ok(()), Network::check)?;
        if let Some(Collective { c }) =
            self.collective.as_ref().filter(|recipe| !(recipe.c.is_finite() && recipe.c > 0.0))
        {
            return Err(TrainError::Recipe { message: format!("collective: c = {c}; expected a number above 0") });
        }
        let ClassifierRecipe { c, balance, l1_ratio, solver, .. } = self.classifier;
        if solver != Solver::Newton {
            let message = "solver = \"lbfgs\" found the optimum that is found without it; leave it out".into();
            return Err(TrainError::Recipe { message });
        }
        if let Some(ratio) = l1_ratio.filter(|ratio| !(0.0..=1.0).contains(ratio)) {
            return Err(TrainError::Recipe { message: format!("l1_ratio = {ratio}; expected a number from 0 to 1") });
        }
        if !(c.is_finite() && c > 0.0) {
            return Err(TrainError::Recipe { message: format!("c = {c}; expected a number above 0") });
        }
        if !(0.0..=1.0).contains(&balance) {
            return Err(TrainError::Recipe { message: format!("balance = {balance}; expected a number from 0 to 1") });
        }
        if let Some(RowWeight { weight, .. }) =
            self.weights.iter().find(|row| !(row.weight.is_finite() && row.weight > 0.0))
        {
            return Err(TrainError::Recipe { message: format!("weight = {weight}; expected a number above 0") });
        }
        Ok(())
    }

    /// What a row counts in training.
    #[must_use]
    pub fn weight_of(&self, row: &Row) -> f64 {
        self.entries(row).next().map_or(1.0, |weight| weight.weight)
    }

    /// Whether a row is measured and calibrated on.
    #[must_use]
    pub fn measures(&self, row: &Row) -> bool {
        self.entries(row).all(|weight| weight.measured)
    }

    /// Whether a row teaches the models of a stage.
    #[must_use]
    pub fn teaches(&self, row: &Row, stage: Stage) -> bool {
        self.entries(row).all(|weight| weight.only.is_none_or(|only| only == stage))
    }

    /// The same recipe where all rows teach all models: for rows that were picked by stage already.
    pub(crate) fn for_any_stage(&self) -> Self {
        let mut recipe = self.clone();
        recipe.weights.iter_mut().for_each(|weight| weight.only = None);
        recipe
    }

    /// The entries that name a row.
    fn entries(&self, row: &Row) -> impl Iterator<Item = &RowWeight> {
        self.weights.iter().filter(|weight| weight.applies_to(row))
    }
}

/// Which feature block cannot be read, and why. TOML's own error would stand at the first one, whichever it is.
fn wrong_block(text: &str) -> Option<String> {
    let recipe: toml::Table = text.parse().ok()?;
    let blocks = recipe.get("features")?.get("block")?.as_array()?;
    let error = |block: &toml::Value| block.clone().try_into::<features::Block>().err();
    let (number, error) = blocks.iter().enumerate().find_map(|(number, block)| Some((number, error(block)?)))?;
    let kind =
        blocks[number].get("kind").and_then(toml::Value::as_str).map(|kind| format!(" \"{kind}\"")).unwrap_or_default();
    let mut headers = text.lines().zip(1..).filter(|(line, _)| line.trim_start().starts_with("[[features.block]]"));
    let line = headers.nth(number).map(|(_, line)| format!("line {line}: ")).unwrap_or_default();
    Some(format!("{line}feature block {}{kind}: {}", number + 1, error.message()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_settings_are_named() {
        let error = Recipe::from_toml("[classifier]\nc = -1.0").unwrap_err();
        assert_eq!(error.to_string(), "recipe: c = -1; expected a number above 0");
        assert!(Recipe::from_toml("[classifier]\ncc = 1.0").unwrap_err().to_string().contains("line 2"));
        assert_eq!(Recipe::from_toml("").unwrap(), Recipe::default());
    }

    /// The example can be read with and without what it leaves off.
    #[test]
    fn every_entry_of_the_example_is_one() {
        let example = include_str!("../../examples/recipe.toml");
        Recipe::from_toml(example).unwrap();
        let is_entry = |line: &str| line.starts_with('[') || line.split(' ').nth(1) == Some("=");
        let whole: Vec<&str> = example
            .lines()
            .map(|line| line.strip_prefix("# ").filter(|rest| is_entry(rest)).unwrap_or(line))
            // Of two that exclude each other, one.
            .filter(|line| !line.starts_with("hash_bits"))
            .collect();
        let recipe = Recipe::from_toml(&whole.join("\n")).unwrap();
        assert_eq!((recipe.features.blocks.len(), recipe.weights.len()), (7, 1));
        assert_eq!(recipe.convolution.unwrap().networks, 3);
    }

    #[test]
    fn the_recipes_of_the_benchmarks_can_be_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/recipes");
        let recipes: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(recipes.len() > 1);
        for recipe in recipes {
            let read = Recipe::from_toml(&std::fs::read_to_string(&recipe).unwrap());
            assert!(read.is_ok(), "{}: {read:?}", recipe.display());
        }
    }

    #[test]
    fn the_first_entry_weighs_a_row_and_all_of_them_say_what_it_is_for() {
        let recipe = "[[weights]]\ncolumn = \"a\"\nvalue = \"1\"\nweight = 0.5\n\n[[weights]]\ncolumn = \"b\"\nvalue = \"x\"\n\
                      weight = 2.0\nmeasured = false\nonly = \"folds\"\n";
        let recipe = Recipe::from_toml(recipe).unwrap();
        let row = |fields: serde_json::Value| Row {
            id: "1".into(),
            text: "t".into(),
            label: "l".into(),
            target: None,
            speaker: None,
            group: None,
            article: None,
            context: None,
            line: 1,
            fields: fields.as_object().cloned().unwrap_or_default(),
        };
        let (both, none) = (row(serde_json::json!({"a": 1, "b": "x"})), row(serde_json::json!({})));
        assert_eq!((recipe.weight_of(&both), recipe.weight_of(&none)), (0.5, 1.0));
        assert!(!recipe.measures(&both) && recipe.measures(&none));
        assert!(recipe.teaches(&both, Stage::Folds) && !recipe.teaches(&both, Stage::Final));
        assert!(recipe.for_any_stage().teaches(&both, Stage::Final) && recipe.teaches(&none, Stage::Final));
    }
}
