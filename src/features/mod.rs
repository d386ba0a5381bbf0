//! From text to a sparse row: the tokenization pipeline and the blocks of features on top of it.
//!
//! A [`Recipe`] names the blocks; [`FeaturePipeline::fit`] learns their columns from training texts and
//! [`FeaturePipeline::transform`] gives the rows of any texts. The same texts give the same columns, values and bytes
//! on one thread or many.
//!
//! Which features help is not decided here, nor are they looked at together with labels.
//!
//! ```
//! use onrecord::features::{FeaturePipeline, Recipe};
//!
//! let texts = ["Bring our troops home.", "We must send more troops."];
//! let (pipeline, records) = FeaturePipeline::fit(&Recipe::default(), &texts)?;
//! assert_eq!(pipeline.transform(&texts[1..]).outer_view(0).map(|row| row.nnz()), records.outer_view(1).map(|row| row.nnz()));
//! # Ok::<(), onrecord::features::FeatureError>(())
//! ```

mod corpus;
mod keys;
mod n_grams;
mod recipe;
mod tokens;

use sprs::CsMatI;
use thiserror::Error;

use corpus::Corpus;
use n_grams::{FittedNGrams, Rows};
pub use recipe::{Block, NGrams, Recipe};
pub use tokens::{Tokenization, Tokens};

/// What can go wrong on the way to features.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FeatureError {
    /// A recipe that makes no sense.
    #[error("feature recipe: {message}")]
    Recipe {
        /// Which parameter, and what is expected.
        message: String,
    },
    /// The `tokenizers` crate refuses a pipeline.
    #[error("tokenizer: {message}")]
    Tokenizer {
        /// The crate's words.
        message: String,
    },
    /// No feature is left.
    #[error("no feature is in enough texts; lower min_df, or train on more than {n_texts} texts")]
    NoFeatures {
        /// How many texts there were.
        n_texts: usize,
    },
    /// More columns than a 32-bit number can count.
    #[error("too many features ({n_features}); raise min_df")]
    TooManyFeatures {
        /// How many there were.
        n_features: usize,
    },
}

/// Feature rows: one text a row, columns sorted.
pub type FeatureMatrix = CsMatI<f32, u32, usize>;

/// A recipe whose columns are known: text in, sparse row out.
#[derive(Debug, Clone)]
pub struct FeaturePipeline {
    recipe: Recipe,
    tokenization: Tokenization,
    blocks: Vec<FittedNGrams>,
}

impl FeaturePipeline {
    /// Learns the columns from training texts, and gives their rows.
    ///
    /// # Errors
    /// Where the recipe makes no sense or leaves no feature.
    pub fn fit(recipe: &Recipe, texts: &[&str]) -> Result<(Self, FeatureMatrix), FeatureError> {
        recipe.check()?;
        let tokenization = Tokenization::words(recipe.keep_case)?;
        let corpus = Corpus::new(&tokenization, texts);
        let (blocks, rows): (Vec<_>, Vec<_>) =
            recipe.blocks.iter().map(|block| FittedNGrams::fit(block, &corpus)).unzip();
        let pipeline = Self { recipe: recipe.clone(), tokenization, blocks };
        match pipeline.n_features() {
            0 => Err(FeatureError::NoFeatures { n_texts: texts.len() }),
            n_features if u32::try_from(n_features).is_err() => Err(FeatureError::TooManyFeatures { n_features }),
            _ => {
                let records = pipeline.assemble(texts.len(), rows);
                Ok((pipeline, records))
            }
        }
    }

    /// The rows of texts. What was not in the training texts has no column.
    #[must_use]
    pub fn transform(&self, texts: &[&str]) -> FeatureMatrix {
        let corpus = Corpus::new(&self.tokenization, texts);
        let rows = self.blocks.iter().map(|block| block.transform(&corpus)).collect();
        self.assemble(texts.len(), rows)
    }

    /// The recipe.
    #[must_use]
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// The tokenization pipeline.
    #[must_use]
    pub fn tokenization(&self) -> &Tokenization {
        &self.tokenization
    }

    /// Columns in all.
    #[must_use]
    pub fn n_features(&self) -> usize {
        self.blocks.iter().map(|block| block.table.len()).sum()
    }

    /// Columns a block, in the recipe's order.
    #[must_use]
    pub fn block_sizes(&self) -> Vec<usize> {
        self.blocks.iter().map(|block| block.table.len()).collect()
    }

    /// The key of every column, block after block, ascending in each.
    pub(crate) fn keys(&self) -> impl Iterator<Item = u64> {
        self.blocks.iter().flat_map(|block| block.table.keys().iter().copied())
    }

    /// The inverse document frequency weight of every column.
    pub(crate) fn idf(&self) -> impl Iterator<Item = f32> {
        self.blocks.iter().flat_map(|block| block.idf.iter().copied())
    }

    /// Puts a pipeline together from what a model file holds; `None` where the parts do not fit.
    pub(crate) fn from_parts(
        recipe: Recipe,
        tokenization: Tokenization,
        sizes: &[usize],
        keys: &[u64],
        idf: &[f32],
    ) -> Option<Self> {
        let n_features = sizes.iter().try_fold(0_usize, |sum, &size| sum.checked_add(size))?;
        if recipe.check().is_err()
            || sizes.len() != recipe.blocks.len()
            || keys.len() != n_features
            || idf.len() != n_features
        {
            return None;
        }
        let mut start = 0;
        let mut blocks = Vec::new();
        for (block, &size) in recipe.blocks.iter().zip(sizes) {
            let (Block::Words(n_grams) | Block::Chars(n_grams)) = block;
            let table = keys::KeyTable::from_sorted(keys[start..start + size].to_vec())?;
            let is_chars = matches!(block, Block::Chars(_));
            blocks.push(FittedNGrams {
                is_chars,
                n_grams: n_grams.clone(),
                table,
                idf: idf[start..start + size].to_vec(),
            });
            start += size;
        }
        Some(Self { recipe, tokenization, blocks })
    }

    /// Puts the blocks' rows side by side.
    fn assemble(&self, n_texts: usize, blocks: Vec<Vec<Rows>>) -> FeatureMatrix {
        let n_values = blocks.iter().flatten().map(|rows| rows.columns.len()).sum();
        let mut starts = Vec::with_capacity(n_texts + 1);
        let mut columns = Vec::with_capacity(n_values);
        let mut values = Vec::with_capacity(n_values);
        starts.push(0);
        let n_chunks = blocks.first().map_or(0, Vec::len);
        for chunk in 0..n_chunks {
            let n_rows = blocks[0][chunk].starts.len() - 1;
            for row in 0..n_rows {
                let mut offset = 0;
                for (rows, fitted) in blocks.iter().zip(&self.blocks) {
                    let rows = &rows[chunk];
                    let range = rows.starts[row]..rows.starts[row + 1];
                    columns.extend(rows.columns[range.clone()].iter().map(|column| column + offset));
                    values.extend_from_slice(&rows.values[range]);
                    offset += fitted.table.len() as u32;
                }
                starts.push(columns.len());
            }
        }
        CsMatI::try_new((n_texts, self.n_features()), starts, columns, values)
            .map_err(|(.., error)| error)
            .expect("columns ascend within a block, and blocks are side by side")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 3] = ["No war, no war!", "Bring them home now", "They want war"];

    #[test]
    fn rows_are_sublinear_tf_idf_of_unit_length() {
        let recipe = Recipe { blocks: vec![Block::Words(NGrams::new(1, 1))], ..Recipe::default() };
        let (pipeline, records) = FeaturePipeline::fit(&recipe, &TEXTS).unwrap();
        // no war , ! bring them home now they want
        assert_eq!(pipeline.n_features(), 10);
        let mut row: Vec<f32> = records.outer_view(0).unwrap().data().to_vec();
        row.sort_by(f32::total_cmp);
        // By hand: idf(war) = ln(4/3) + 1, of the other three ln(4/2) + 1; "no" and "war" are there twice.
        let (war, rare, twice) = ((4.0_f64 / 3.0).ln() + 1.0, 2.0_f64.ln() + 1.0, 2.0_f64.ln() + 1.0);
        let raw = [rare, rare, twice * war, twice * rare];
        let length = raw.iter().map(|x| x * x).sum::<f64>().sqrt();
        for (value, expected) in row.iter().zip(raw) {
            assert!((f64::from(*value) - expected / length).abs() < 1e-6, "{row:?}");
        }
    }

    #[test]
    fn transform_gives_what_fit_gave() {
        let recipe = Recipe {
            blocks: vec![Block::Words(NGrams::new(1, 2)), Block::Chars(NGrams::new(2, 4).min_df(2))],
            ..Recipe::default()
        };
        let (pipeline, records) = FeaturePipeline::fit(&recipe, &TEXTS).unwrap();
        assert_eq!(pipeline.transform(&TEXTS), records);
        let unseen = pipeline.transform(&["", "zzz qqq"]);
        assert_eq!(unseen.nnz(), 0);
        let keys: Vec<u64> = pipeline.keys().collect();
        let idf: Vec<f32> = pipeline.idf().collect();
        let tokenization = pipeline.tokenization().clone();
        let again = FeaturePipeline::from_parts(recipe, tokenization, &pipeline.block_sizes(), &keys, &idf).unwrap();
        assert_eq!(again.transform(&TEXTS), records);
    }

    #[test]
    fn min_df_drops_rare_features() {
        let recipe = Recipe { blocks: vec![Block::Words(NGrams::new(1, 1).min_df(2))], ..Recipe::default() };
        let (pipeline, records) = FeaturePipeline::fit(&recipe, &TEXTS).unwrap();
        assert_eq!((pipeline.n_features(), records.nnz()), (1, 2));
        let recipe = Recipe { blocks: vec![Block::Words(NGrams::new(1, 1).min_df(9))], ..Recipe::default() };
        assert!(matches!(FeaturePipeline::fit(&recipe, &TEXTS), Err(FeatureError::NoFeatures { n_texts: 3 })));
    }
}
