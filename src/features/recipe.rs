//! What features a model uses, as data: read from TOML, kept in the model.

use serde::{Deserialize, Serialize};

use super::FeatureError;

/// Feature blocks and how texts are cut into tokens for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureRecipe {
    /// Tell upper from lower case (default: no).
    #[serde(default, skip_serializing_if = "is_default")]
    pub keep_case: bool,
    /// Count the words of a tag beside the tag: `#NoWarEver` is also "no war ever" (default: no). Subwords and their
    /// vectors are not concerned.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tag_words: bool,
    /// How large each target's own copy of all features is beside the copy that all targets share (Daumé 2007); none
    /// (the default) for no copies. A value of 1.73 lets a target differ from the others by more than it shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_copies: Option<f32>,
    /// The blocks; a row is theirs one after the other.
    #[serde(rename = "block")]
    pub blocks: Vec<Block>,
}

/// One kind of features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Block {
    /// Runs of `min` to `max` tokens.
    Words(NGrams),
    /// Runs of `min` to `max` characters inside a piece between blanks, with a blank added before and after it
    /// (scikit-learn's `char_wb`).
    Chars(NGrams),
    /// Runs of `min` to `max` subwords of a `tokenizer.json`.
    Subwords(Subwords),
    /// The words' vectors, averaged.
    Vectors(Vectors),
    /// How many words a lexicon has of each category, in and outside the scope of a negation.
    Lexicon(LexiconBlock),
    /// Whether the row has a target, and whether its words are named in the text: one of them, all of them. With copies
    /// for each target that one has a weight of its own, whatever the text.
    Target(Weight),
    /// How a text is written: words in capitals, stretched words, marks, tags, numbers, length.
    Shape(Weight),
    /// Which side of the article's conflict the speaker belongs to, with which sides the statement names.
    Side(Weight),
    /// Scores that something else gave the statement.
    Scores(Given),
}

/// What a block looks at: the statement itself, or words around it ([`crate::context::Context`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Field {
    /// The statement.
    #[default]
    Text,
    /// The article's headline.
    Title,
    /// Its first paragraph.
    Lead,
    /// What stands before the statement.
    Before,
    /// The words that name the source.
    Source,
    /// The words that say that it was said.
    Cue,
    /// Who the speaker is said to be.
    Who,
}

impl Field {
    /// The word for it in recipes and output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Title => "title",
            Self::Lead => "lead",
            Self::Before => "before",
            Self::Source => "source",
            Self::Cue => "cue",
            Self::Who => "who",
        }
    }
}

/// Scores that something else gave the statement, as numbers of the row ([`crate::context::Context::scores`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Who gave them.
    pub name: String,
    /// How many there are.
    pub size: usize,
    /// What they are multiplied by.
    #[serde(default = "unit")]
    pub weight: f32,
}

/// The largest weight: larger ones leave no digits for the others.
const MAX_WEIGHT: f32 = 1e6;

/// Lengths and weighting of an n-gram block: sublinear TF-IDF, each row brought to unit length, times `weight`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NGrams {
    /// Shortest run.
    pub min: usize,
    /// Longest run.
    pub max: usize,
    /// An n-gram must be in at least so many training texts.
    #[serde(default = "one")]
    pub min_df: u32,
    /// The length of the block's part of a row.
    #[serde(default = "unit")]
    pub weight: f32,
    /// Keep so many n-grams, those that depend most on the label by the chi-squared statistic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub select: Option<usize>,
    /// Hash into two to the power of so many columns; n-grams then share columns, and the model's size is bounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash_bits: Option<u32>,
    /// Words only: a word in the scope of a negation is counted once more, as negated.
    #[serde(default, skip_serializing_if = "is_default")]
    pub negation: bool,
    /// Where the words stand.
    #[serde(default, skip_serializing_if = "is_default")]
    pub field: Field,
}

/// Subwords of a tokenizer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subwords {
    /// A `tokenizer.json`, kept in the model.
    pub tokenizer: String,
    /// Shortest run.
    pub min: usize,
    /// Longest run.
    pub max: usize,
    /// A run must be in at least so many training texts.
    #[serde(default = "one")]
    pub min_df: u32,
    /// The length of the block's part of a row.
    #[serde(default = "unit")]
    pub weight: f32,
}

/// Averaged word vectors: each word's vector counts `1e-3 / (1e-3 + frequency)` (Arora, Liang and Ma 2017), and the sum
/// is brought to the length `weight`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vectors {
    /// `builtin`, or a `.safetensors` file, or a folder that model2vec saved; kept in the model.
    pub table: String,
    /// The length of the block's part of a row.
    #[serde(default = "unit")]
    pub weight: f32,
    /// Where the words stand.
    #[serde(default, skip_serializing_if = "is_default")]
    pub field: Field,
}

/// Counts of a lexicon's categories.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LexiconBlock {
    /// `builtin` (words that praise, words that blame), or a file with a word, a tab and a category a line; kept in the
    /// model.
    pub file: String,
    /// What a count of e - 1 is worth: values are `weight * ln(1 + count)`.
    #[serde(default = "unit")]
    pub weight: f32,
}

/// A block without further settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// What its values are multiplied by.
    #[serde(default = "unit")]
    pub weight: f32,
}

/// Scores of one name that a recipe may ask for.
const MOST_SCORES: usize = 1024;
/// Longest n-gram that a recipe may ask for.
const MAX_N: usize = 10;
/// Bits of a hash that a recipe may ask for.
const BITS: std::ops::RangeInclusive<u32> = 4..=28;

fn one() -> u32 {
    1
}

fn unit() -> f32 {
    1.0
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl NGrams {
    /// Runs of `min` to `max` units, all of them, at weight 1.
    #[must_use]
    pub fn new(min: usize, max: usize) -> Self {
        Self {
            min,
            max,
            min_df: one(),
            weight: unit(),
            select: None,
            hash_bits: None,
            negation: false,
            field: Field::Text,
        }
    }

    /// Only what is in at least `min_df` training texts.
    #[must_use]
    pub fn min_df(mut self, min_df: u32) -> Self {
        self.min_df = min_df;
        self
    }
}

impl Block {
    /// The settings of a block that counts n-grams.
    pub(super) fn n_grams(&self) -> Option<NGrams> {
        match self {
            Self::Words(n_grams) | Self::Chars(n_grams) => Some(n_grams.clone()),
            Self::Subwords(Subwords { min, max, min_df, weight, .. }) => {
                Some(NGrams { min_df: *min_df, weight: *weight, ..NGrams::new(*min, *max) })
            }
            Self::Vectors(_)
            | Self::Lexicon(_)
            | Self::Target(_)
            | Self::Shape(_)
            | Self::Side(_)
            | Self::Scores(_) => None,
        }
    }

    /// What the block looks at.
    #[must_use]
    pub const fn field(&self) -> Field {
        match self {
            Self::Words(NGrams { field, .. })
            | Self::Chars(NGrams { field, .. })
            | Self::Vectors(Vectors { field, .. }) => *field,
            _ => Field::Text,
        }
    }

    fn weight(&self) -> f32 {
        match self {
            Self::Words(NGrams { weight, .. })
            | Self::Chars(NGrams { weight, .. })
            | Self::Subwords(Subwords { weight, .. })
            | Self::Vectors(Vectors { weight, .. })
            | Self::Lexicon(LexiconBlock { weight, .. })
            | Self::Target(Weight { weight })
            | Self::Shape(Weight { weight })
            | Self::Side(Weight { weight })
            | Self::Scores(Given { weight, .. }) => *weight,
        }
    }

    fn check(&self) -> Result<(), String> {
        let weight = self.weight();
        if !(weight > 0.0 && weight <= MAX_WEIGHT) {
            return Err(format!("weight {weight}; expected a number above 0, {MAX_WEIGHT} at most"));
        }
        if let Self::Scores(Given { name, size, .. }) = self
            && (name.is_empty() || *size == 0 || *size > MOST_SCORES)
        {
            return Err(format!("scores of \"{name}\", size {size}; expected a name and a size of 1 to {MOST_SCORES}"));
        }
        let Some(NGrams { min, max, select, hash_bits, negation, .. }) = self.n_grams() else { return Ok(()) };
        if min == 0 || min > max || max > MAX_N {
            return Err(format!("lengths {min} to {max}; expected 1 <= min <= max <= {MAX_N}"));
        }
        if let Some(bits) = hash_bits.filter(|bits| !BITS.contains(bits)) {
            return Err(format!("hash_bits = {bits}; expected {} to {}", BITS.start(), BITS.end()));
        }
        if select == Some(0) {
            return Err("select = 0; expected 1 or more".into());
        }
        if negation && !matches!(self, Self::Words(_)) {
            return Err("negation is for words only".into());
        }
        Ok(())
    }
}

impl Default for FeatureRecipe {
    /// Words 1-2 and characters 2-5.
    fn default() -> Self {
        let blocks = vec![Block::Words(NGrams::new(1, 2)), Block::Chars(NGrams::new(2, 5))];
        Self { keep_case: false, tag_words: false, target_copies: None, blocks }
    }
}

impl FeatureRecipe {
    /// Refuses a recipe that makes no sense.
    ///
    /// # Errors
    /// Names the block and the parameter.
    pub fn check(&self) -> Result<(), FeatureError> {
        let bad = |message: String| Err(FeatureError::FeatureRecipe { message });
        if self.blocks.is_empty() {
            return bad("no feature block; give at least one [[features.block]]".into());
        }
        for (idx, block) in self.blocks.iter().enumerate() {
            if let Err(problem) = block.check() {
                return bad(format!("block {}: {problem}", idx + 1));
            }
        }
        if let Some(scale) = self.target_copies.filter(|scale| !(*scale > 0.0 && *scale <= MAX_WEIGHT)) {
            return bad(format!("target_copies = {scale}; expected a number above 0"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipes_are_toml() {
        let toml = "[[block]]\nkind = \"words\"\nmin = 1\nmax = 2\n[[block]]\nkind = \"chars\"\nmin = 2\nmax = 5\n";
        assert_eq!(toml::from_str::<FeatureRecipe>(toml).unwrap(), FeatureRecipe::default());
        assert!(toml::from_str::<FeatureRecipe>("[[block]]\nkind = \"words\"\nmin = 1\nmax = 2\nmindf = 3\n").is_err());
        let toml =
            "target_copies = 1.7\n[[block]]\nkind = \"vectors\"\ntable = \"builtin\"\n[[block]]\nkind = \"shape\"\n";
        let recipe = toml::from_str::<FeatureRecipe>(toml).unwrap();
        assert_eq!(
            recipe.blocks[0],
            Block::Vectors(Vectors { table: "builtin".into(), weight: 1.0, field: Field::Text })
        );
        assert_eq!(toml::from_str::<FeatureRecipe>(&toml::to_string(&recipe).unwrap()).unwrap(), recipe);
    }

    #[test]
    fn senseless_recipes_are_refused() {
        let refused = |block: Block| {
            FeatureRecipe { blocks: vec![block], ..FeatureRecipe::default() }.check().unwrap_err().to_string()
        };
        assert_eq!(
            refused(Block::Words(NGrams::new(3, 2))),
            "feature recipe: block 1: lengths 3 to 2; expected 1 <= min <= max <= 10"
        );
        assert!(refused(Block::Chars(NGrams { hash_bits: Some(60), ..NGrams::new(1, 2) })).contains("hash_bits = 60"));
        assert!(refused(Block::Chars(NGrams { negation: true, ..NGrams::new(1, 2) })).contains("words only"));
        assert!(refused(Block::Shape(Weight { weight: -1.0 })).contains("weight -1"));
        assert!(FeatureRecipe { blocks: Vec::new(), ..FeatureRecipe::default() }.check().is_err());
    }
}
