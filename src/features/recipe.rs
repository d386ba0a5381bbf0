//! What features a model uses, as data: read from TOML, kept in the model.

use serde::{Deserialize, Serialize};

use super::FeatureError;

/// Feature blocks and how texts are cut into tokens for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Tell upper from lower case (default: no).
    #[serde(default, skip_serializing_if = "is_default")]
    pub keep_case: bool,
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
}

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
}

/// Longest n-gram that a recipe may ask for.
const MAX_N: usize = 10;

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
        Self { min, max, min_df: one(), weight: unit() }
    }

    /// Only what is in at least `min_df` training texts.
    #[must_use]
    pub fn min_df(mut self, min_df: u32) -> Self {
        self.min_df = min_df;
        self
    }
}

impl Default for Recipe {
    /// Words 1-2 and characters 2-5.
    fn default() -> Self {
        Self { keep_case: false, blocks: vec![Block::Words(NGrams::new(1, 2)), Block::Chars(NGrams::new(2, 5))] }
    }
}

impl Recipe {
    /// Refuses a recipe that makes no sense.
    ///
    /// # Errors
    /// Names the block and the parameter.
    pub fn check(&self) -> Result<(), FeatureError> {
        let bad = |message: String| Err(FeatureError::Recipe { message });
        if self.blocks.is_empty() {
            return bad("no feature block; give at least one [[features.block]]".into());
        }
        for (idx, block) in self.blocks.iter().enumerate() {
            let (Block::Words(n_grams) | Block::Chars(n_grams)) = block;
            let NGrams { min, max, weight, .. } = n_grams;
            if *min == 0 || min > max || *max > MAX_N {
                return bad(format!("block {}: lengths {min} to {max}; expected 1 <= min <= max <= {MAX_N}", idx + 1));
            }
            if !(weight.is_finite() && *weight > 0.0) {
                return bad(format!("block {}: weight {weight}; expected a number above 0", idx + 1));
            }
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
        assert_eq!(toml::from_str::<Recipe>(toml).unwrap(), Recipe::default());
        assert!(toml::from_str::<Recipe>("[[block]]\nkind = \"words\"\nmin = 1\nmax = 2\nmindf = 3\n").is_err());
    }

    #[test]
    fn senseless_recipes_are_refused() {
        let recipe = Recipe { blocks: vec![Block::Words(NGrams::new(3, 2))], ..Recipe::default() };
        assert_eq!(
            recipe.check().unwrap_err().to_string(),
            "feature recipe: block 1: lengths 3 to 2; expected 1 <= min <= max <= 10"
        );
        assert!(Recipe { blocks: Vec::new(), ..Recipe::default() }.check().is_err());
    }
}
