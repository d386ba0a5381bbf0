//! Texts taken apart once, for many fits on parts of them: cross-validation, searches.
//!
//! Tokens and n-grams of a text never depend on other texts; which of them become columns, and how they are weighed,
//! does, and is learned anew from the training part of each fold.

use super::block::{Prepared, Source};
use super::copies::Copies;
use super::corpus::Corpora;
use super::sequences::{SequenceTable, WordSequences};
use super::{Block, FeatureError, FeatureMatrix, FeaturePipeline, FeatureRecipe, Input, Tokenization};

/// Texts with every n-gram counted.
#[derive(Debug)]
pub struct PreparedTexts<'t> {
    recipe: FeatureRecipe,
    tokenization: Tokenization,
    inputs: Vec<Input<'t>>,
    blocks: Vec<Prepared>,
}

/// The columns of one fit among all n-grams of [`PreparedTexts`].
#[derive(Debug, Clone)]
pub struct Fold {
    new_columns: Vec<Vec<u32>>,
}

impl<'t> PreparedTexts<'t> {
    /// Takes texts apart.
    ///
    /// # Errors
    /// Where the recipe makes no sense, or a file of it cannot be read.
    pub fn new(recipe: &FeatureRecipe, inputs: &[Input<'t>]) -> Result<Self, FeatureError> {
        Self::with_tokenization(recipe, Tokenization::words(recipe.keep_case)?, inputs)
    }

    /// The same with words of one's own: what any `tokenizer.json` takes for them.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_tokenization(
        recipe: &FeatureRecipe,
        tokenization: Tokenization,
        inputs: &[Input<'t>],
    ) -> Result<Self, FeatureError> {
        recipe.check()?;
        let tokenization = tokenization.tag_words(recipe.tag_words);
        let corpora = Corpora::new(&tokenization, recipe, inputs);
        let prepared = |block: &Block| Prepared::new(block, corpora.of(block.field()));
        let blocks = recipe.blocks.iter().map(prepared).collect::<Result<_, _>>()?;
        Ok(Self { recipe: recipe.clone(), tokenization, inputs: inputs.to_vec(), blocks })
    }

    /// Learns the columns from the texts `docs`, and gives their rows. `classes` holds the class of each of them, and
    /// how many classes there are; without, nothing is selected by label.
    ///
    /// # Errors
    /// Where no feature is left, or there are too many.
    pub fn fit(
        &self,
        docs: &[usize],
        classes: Option<(&[usize], usize)>,
    ) -> Result<(FeaturePipeline, FeatureMatrix, Fold), FeatureError> {
        let (blocks, new_columns) = self.blocks.iter().map(|block| block.fit(docs, classes)).unzip();
        let fold = Fold { new_columns };
        let (recipe, tokenization) = (self.recipe.clone(), self.tokenization.clone());
        let mut pipeline = FeaturePipeline { recipe, tokenization, blocks, copies: None };
        let n_features = pipeline.n_features();
        if n_features == 0 {
            return Err(FeatureError::NoFeatures { n_texts: docs.len() });
        }
        if let Some(scale) = self.recipe.target_copies {
            let shared = self.rows(&pipeline, &fold, docs);
            let inputs: Vec<Input<'_>> = docs.iter().map(|&doc| self.inputs[doc]).collect();
            let (ends, columns) = (shared.indptr(), shared.indices());
            let row = |row: usize| &columns[ends.outer_inds_sz(row)];
            pipeline.copies = Some(Copies::fit(scale, &inputs, n_features, row));
        }
        let n_features = pipeline.n_features();
        if u32::try_from(n_features).is_err() {
            return Err(FeatureError::TooManyFeatures { n_features });
        }
        let records = self.rows(&pipeline, &fold, docs);
        Ok((pipeline, records, fold))
    }

    /// All texts as sequences of a table's vectors.
    pub(crate) fn sequences(&self, table: &SequenceTable) -> WordSequences {
        table.sequences(&self.tokenization, self.recipe.keep_case, &self.inputs)
    }

    /// The rows of the texts `docs` in the columns of a fit.
    #[must_use]
    pub fn rows(&self, pipeline: &FeaturePipeline, fold: &Fold, docs: &[usize]) -> FeatureMatrix {
        let inputs: Vec<Input<'_>> = docs.iter().map(|&doc| self.inputs[doc]).collect();
        let blocks = self.blocks.iter().zip(&pipeline.blocks).zip(&fold.new_columns);
        let sources: Vec<Source<'_>> =
            blocks.map(|((prepared, fitted), new_columns)| prepared.source(fitted, new_columns, docs)).collect();
        pipeline.assemble(&inputs, &sources)
    }
}
