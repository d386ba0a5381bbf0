//! From text to a sparse row: the tokenization pipeline and the blocks of features on top of it.
//!
//! A [`FeatureRecipe`] names the blocks; [`FeaturePipeline::fit`] learns their columns from training texts and
//! [`FeaturePipeline::transform`] gives the rows of any texts. The same texts give the same columns, values and bytes
//! on one thread or many.
//!
//! Which features help is not decided here, nor are they looked at together with labels.
//!
//! ```
//! use onrecord::features::{FeaturePipeline, FeatureRecipe};
//!
//! let texts = ["Bring our troops home.", "We must send more troops."];
//! let (pipeline, records) = FeaturePipeline::fit(&FeatureRecipe::default(), &texts)?;
//! assert_eq!(pipeline.transform(&texts[1..]).outer_view(0).map(|row| row.nnz()), records.outer_view(1).map(|row| row.nnz()));
//! # Ok::<(), onrecord::features::FeatureError>(())
//! ```

mod around;
mod block;
mod copies;
mod corpus;
mod explain;
pub(crate) mod keys;
mod n_grams;
mod pieces;
mod prepared;
mod recipe;
mod select;
mod sequences;
mod shape;
mod subwords;
mod tags;
mod tokenizer_file;
mod tokens;
mod vectors;

use std::collections::BTreeMap;

use sprs::CsMatI;
use thiserror::Error;

use crate::context::Context;

use block::{Fitted, Source};
use copies::Copies;
pub(crate) use corpus::{Corpora, Corpus};
pub(crate) use explain::Part;
pub(crate) use prepared::PreparedTexts;
pub use recipe::{Block, FeatureRecipe, Field, Given, LexiconBlock, NGrams, Subwords, Vectors, Weight};
pub(crate) use sequences::{SequenceTable, WordSequences};
pub use tokenizer_file::is_contained;
pub use tokens::{Tokenization, Tokens};
pub(crate) use vectors::{FindTensor, StoredTensor};

use onrecord_learn::sparse;

/// What features are made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Input<'t> {
    /// The text.
    pub text: &'t str,
    /// What the stance in it is toward, for features that tell targets apart.
    pub target: Option<&'t str>,
    /// What stands around it, for features that look there.
    pub context: Option<&'t Context>,
    /// The article that it stands in; texts of one article may be decided together.
    pub article: Option<&'t str>,
    /// Who said it.
    pub speaker: Option<&'t str>,
}

impl<'t> Input<'t> {
    /// The words of a field; empty where the text came without.
    #[must_use]
    pub fn field(&self, field: Field) -> &'t str {
        let Some(context) = self.context else { return if field == Field::Text { self.text } else { "" } };
        match field {
            Field::Text => self.text,
            Field::Title => &context.title,
            Field::Lead => &context.lead,
            Field::Before => &context.before,
            Field::Source => &context.source,
            Field::Cue => &context.cue,
            Field::Who => &context.who,
        }
    }

    /// The same as if it stood in no article.
    #[must_use]
    pub const fn alone(self) -> Self {
        Self { article: None, ..self }
    }

    /// The same with the words of a field in the place of the text.
    fn of(&self, field: Field) -> Self {
        Self { text: self.field(field), ..*self }
    }
}

impl<'t> From<&'t str> for Input<'t> {
    fn from(text: &'t str) -> Self {
        Self { text, target: None, context: None, article: None, speaker: None }
    }
}

impl<'t> From<(&'t str, Option<&'t str>)> for Input<'t> {
    fn from((text, target): (&'t str, Option<&'t str>)) -> Self {
        Self { target, ..Self::from(text) }
    }
}

/// What can go wrong on the way to features.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FeatureError {
    /// A recipe that makes no sense.
    #[error("feature recipe: {message}")]
    FeatureRecipe {
        /// Which parameter, and what is expected.
        message: String,
    },
    /// The `tokenizers` crate refuses a pipeline.
    #[error("tokenizer: {message}")]
    Tokenizer {
        /// The crate's words.
        message: String,
    },
    /// A file that a recipe names.
    #[error("{name}: {message}")]
    Resource {
        /// The file.
        name: String,
        /// What is wrong with it.
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
pub(crate) type FeatureMatrix = CsMatI<f32, u32, usize>;

/// A recipe whose columns are known: text in, sparse row out.
#[derive(Debug, Clone)]
pub struct FeaturePipeline {
    recipe: FeatureRecipe,
    tokenization: Tokenization,
    blocks: Vec<Fitted>,
    copies: Option<Copies>,
}

/// What a model file keeps of a pipeline beside recipe, tokenizer, keys and weights.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    pub(crate) tensors: Vec<StoredTensor>,
    /// Texts by block.
    pub(crate) resources: BTreeMap<String, String>,
    /// Targets with copies, each with the number of its columns.
    pub(crate) copies: Vec<(String, usize)>,
}

/// What a model file holds of a pipeline.
pub(crate) struct Parts<'f> {
    pub(crate) recipe: FeatureRecipe,
    pub(crate) tokenization: Tokenization,
    pub(crate) sizes: &'f [usize],
    pub(crate) keys: &'f [u64],
    pub(crate) idf: &'f [f32],
    pub(crate) resources: &'f BTreeMap<String, String>,
    pub(crate) copies: &'f [(String, usize)],
    pub(crate) find: FindTensor<'f>,
}

/// The tensor of the copies' columns.
const COPIES: &str = "copies";

impl FeaturePipeline {
    /// Learns the columns from training texts, and gives their rows.
    ///
    /// A recipe that selects n-grams by their labels wants `PreparedTexts`.
    ///
    /// # Errors
    /// Where the recipe makes no sense, a file of it cannot be read, or it leaves no feature.
    pub fn fit<'t, I: Into<Input<'t>> + Copy>(
        recipe: &FeatureRecipe,
        inputs: &[I],
    ) -> Result<(Self, FeatureMatrix), FeatureError> {
        let inputs: Vec<Input<'t>> = inputs.iter().map(|&input| input.into()).collect();
        let all: Vec<usize> = (0..inputs.len()).collect();
        let (pipeline, records, _) = PreparedTexts::new(recipe, &inputs)?.fit(&all, None)?;
        Ok((pipeline, records))
    }

    /// A pipeline without features.
    pub(crate) fn empty() -> Result<Self, FeatureError> {
        let tokenization = Tokenization::words(false)?;
        Ok(Self { recipe: FeatureRecipe::default(), tokenization, blocks: Vec::new(), copies: None })
    }

    /// The rows of texts. What was not in the training texts has no column.
    #[must_use]
    pub fn transform<'t, I: Into<Input<'t>> + Copy>(&self, inputs: &[I]) -> FeatureMatrix {
        self.rows(&self.corpora(inputs))
    }

    /// The rows of texts that were taken apart by [`Self::corpora`].
    pub(crate) fn rows(&self, corpora: &Corpora<'_>) -> FeatureMatrix {
        let rows = |(fitted, block): (&Fitted, &Block)| {
            let chunks = fitted.rows(corpora.of(block.field())).into();
            Source::Rows { chunks, docs: None }
        };
        let sources: Vec<Source<'_>> = self.blocks.iter().zip(&self.recipe.blocks).map(rows).collect();
        self.assemble(corpora.of(Field::Text).inputs(), &sources)
    }

    /// Texts as sequences of a table's vectors.
    pub(crate) fn sequences<'t, I: Into<Input<'t>> + Copy>(
        &self,
        table: &SequenceTable,
        inputs: &[I],
    ) -> WordSequences {
        let inputs: Vec<Input<'t>> = inputs.iter().map(|&input| input.into()).collect();
        table.sequences(&self.tokenization, self.recipe.keep_case, &inputs)
    }

    /// Takes texts and what stands around them apart, once for all that looks at them.
    pub(crate) fn corpora<'t, I: Into<Input<'t>> + Copy>(&self, inputs: &[I]) -> Corpora<'t> {
        let inputs: Vec<Input<'t>> = inputs.iter().map(|&input| input.into()).collect();
        Corpora::new(&self.tokenization, &self.recipe, &inputs)
    }

    /// The recipe.
    #[must_use]
    pub fn recipe(&self) -> &FeatureRecipe {
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
        self.n_shared() + self.copies.as_ref().map_or(0, Copies::n_columns)
    }

    /// Columns without the targets' copies.
    fn n_shared(&self) -> usize {
        self.blocks.iter().map(Fitted::n_columns).sum()
    }

    /// Columns a block, in the recipe's order, without the targets' copies.
    #[must_use]
    pub fn block_sizes(&self) -> Vec<usize> {
        self.blocks.iter().map(Fitted::n_columns).collect()
    }

    /// The key of every n-gram, block after block, ascending in each.
    pub(crate) fn keys(&self) -> impl Iterator<Item = u64> {
        self.blocks.iter().flat_map(|block| block.keys().iter().copied())
    }

    /// The inverse document frequency weight of every n-gram.
    pub(crate) fn idf(&self) -> impl Iterator<Item = f32> {
        self.blocks.iter().flat_map(|block| block.idf().iter().copied())
    }

    /// What a model file keeps beside the above.
    pub(crate) fn store(&self) -> Stored {
        let mut stored = Stored::default();
        for (idx, block) in self.blocks.iter().enumerate() {
            let name = block_name(idx);
            if let Some(resource) = block.store(&name, &mut stored.tensors) {
                stored.resources.insert(name, resource);
            }
        }
        if let Some(copies) = &self.copies {
            stored.copies = copies.sizes();
            let bytes: Vec<u8> = copies.columns.items().iter().flat_map(|column| column.to_le_bytes()).collect();
            let shape = vec![copies.n_columns()];
            stored.tensors.push(StoredTensor { name: COPIES.into(), dtype: safetensors::Dtype::U32, shape, bytes });
        }
        stored
    }

    /// Puts a pipeline together from what a model file holds; says what does not fit.
    pub(crate) fn from_parts(parts: Parts<'_>) -> Result<Self, String> {
        let Parts { recipe, tokenization, sizes, keys, idf, resources, copies, find } = parts;
        let misfit = || "the features do not fit the recipe".to_owned();
        recipe.check().map_err(|error| error.to_string())?;
        if sizes.len() != recipe.blocks.len() || keys.len() != idf.len() {
            return Err(misfit());
        }
        let mut start = 0_usize;
        let mut blocks = Vec::new();
        for (idx, (block, &size)) in recipe.blocks.iter().zip(sizes).enumerate() {
            let end = if block.n_grams().is_some() { start.checked_add(size).ok_or_else(misfit)? } else { start };
            let keys = keys.get(start..end).ok_or_else(misfit)?;
            let fitted = Fitted::restore(block, &block_name(idx), keys, &idf[start..end], resources, find)?;
            if fitted.n_columns() != size {
                return Err(misfit());
            }
            blocks.push(fitted);
            start = end;
        }
        if start != keys.len() {
            return Err(misfit());
        }
        let tokenization = tokenization.tag_words(recipe.tag_words);
        let mut pipeline = Self { recipe, tokenization, blocks, copies: None };
        if let Some(scale) = pipeline.recipe.target_copies {
            let (dtype, _, bytes) = find(COPIES).ok_or("the targets' features are missing")?;
            if dtype != safetensors::Dtype::U32 {
                return Err(misfit());
            }
            let columns: Vec<u32> = bytes.as_chunks().0.iter().map(|&bytes| u32::from_le_bytes(bytes)).collect();
            let copies = Copies::from_parts(scale, copies, &columns, pipeline.n_shared()).ok_or_else(misfit)?;
            pipeline.copies = Some(copies);
        }
        Ok(pipeline)
    }

    /// Puts the blocks' rows side by side, and the targets' copies after them.
    fn assemble(&self, inputs: &[Input<'_>], blocks: &[Source<'_>]) -> FeatureMatrix {
        let sizes = self.block_sizes();
        let copies = |row: usize| {
            let copies = self.copies.as_ref()?;
            Some((copies, copies.find(inputs[row].target)?))
        };
        let n_shared = |row: usize| blocks.iter().map(|block| block.length(row)).sum::<usize>();
        let fill_shared = |row: usize, columns: &mut [u32], values: &mut [f32]| {
            let (mut start, mut offset) = (0, 0);
            for (block, size) in blocks.iter().zip(&sizes) {
                let range = start..start + block.length(row);
                block.fill(row, &mut columns[range.clone()], &mut values[range.clone()]);
                columns[range.clone()].iter_mut().for_each(|column| *column += offset);
                (start, offset) = (range.end, offset + *size as u32);
            }
        };
        let starts = sparse::starts(inputs.len(), |row| {
            let n_shared = n_shared(row);
            let Some((copies, target)) = copies(row) else { return n_shared };
            let (mut columns, mut values) = (vec![0; n_shared], vec![0.0; n_shared]);
            fill_shared(row, &mut columns, &mut values);
            n_shared + copies.of_row(target, &columns).count()
        });
        let (columns, values) = sparse::fill(&starts, |row, columns, values| {
            let n_shared = n_shared(row);
            let (columns, own_columns) = columns.split_at_mut(n_shared);
            let (values, own_values) = values.split_at_mut(n_shared);
            fill_shared(row, columns, values);
            if let Some((copies, target)) = copies(row) {
                for (own, (entry, column)) in copies.of_row(target, columns).enumerate() {
                    own_columns[own] = column;
                    own_values[own] = values[entry] * copies.scale;
                }
            }
        });
        CsMatI::try_new((inputs.len(), self.n_features()), starts, columns, values)
            .map_err(|(.., error)| error)
            .expect("columns ascend within a block, and blocks are side by side")
    }
}

/// Whether the text has a tag of several words.
pub(crate) fn has_words_in_tags(text: &str) -> bool {
    matches!(tags::with_words(text), std::borrow::Cow::Owned(_))
}

/// What a block is called in a model file.
fn block_name(idx: usize) -> String {
    format!("block{idx}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: [&str; 3] = ["No war, no war!", "Bring them home now", "They want war"];

    #[test]
    fn rows_are_sublinear_tf_idf_of_unit_length() {
        let recipe = FeatureRecipe { blocks: vec![Block::Words(NGrams::new(1, 1))], ..FeatureRecipe::default() };
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
        let recipe = FeatureRecipe {
            blocks: vec![Block::Words(NGrams::new(1, 2)), Block::Chars(NGrams::new(2, 4).min_df(2))],
            ..FeatureRecipe::default()
        };
        let (pipeline, records) = FeaturePipeline::fit(&recipe, &TEXTS).unwrap();
        assert_eq!(pipeline.transform(&TEXTS), records);
        let unseen = pipeline.transform(&["", "zzz qqq"]);
        assert_eq!(unseen.nnz(), 0);
        let keys: Vec<u64> = pipeline.keys().collect();
        let idf: Vec<f32> = pipeline.idf().collect();
        let tokenization = pipeline.tokenization().clone();
        let again = FeaturePipeline::from_parts(Parts {
            recipe,
            tokenization,
            sizes: &pipeline.block_sizes(),
            keys: &keys,
            idf: &idf,
            resources: &BTreeMap::new(),
            copies: &[],
            find: &|_| None,
        })
        .unwrap();
        assert_eq!(again.transform(&TEXTS), records);
    }

    #[test]
    fn folds_of_prepared_texts_are_what_their_texts_alone_give() {
        let words = NGrams { negation: true, select: Some(7), ..NGrams::new(1, 2) };
        let chars = NGrams { hash_bits: Some(10), ..NGrams::new(2, 3) };
        let recipe = FeatureRecipe {
            target_copies: Some(1.5),
            blocks: vec![
                Block::Words(words),
                Block::Shape(Weight { weight: 0.3 }),
                Block::Chars(chars),
                Block::Target(Weight { weight: 1.0 }),
            ],
            ..FeatureRecipe::default()
        };
        let inputs: Vec<Input<'_>> =
            (0..700).map(|n| Input::from((TEXTS[n % 3], [None, Some("War"), Some("home")][n % 7 % 3]))).collect();
        let classes: Vec<usize> = (0..700).map(|n| n % 3 % 2).collect();
        let (train, test): (Vec<usize>, Vec<usize>) = (0..700).partition(|n| n % 5 != 2);
        let prepared = PreparedTexts::new(&recipe, &inputs).unwrap();
        let of_train: Vec<usize> = train.iter().map(|&row| classes[row]).collect();
        let (pipeline, records, fold) = prepared.fit(&train, Some((&of_train, 2))).unwrap();

        let pick = |rows: &[usize]| rows.iter().map(|&row| inputs[row]).collect::<Vec<_>>();
        let alone = PreparedTexts::new(&recipe, &pick(&train)).unwrap();
        let all: Vec<usize> = (0..train.len()).collect();
        let (other, other_records, _) = alone.fit(&all, Some((&of_train, 2))).unwrap();
        assert_eq!(records, other_records);
        assert_eq!(pipeline.block_sizes()[0], 7);
        assert_eq!(prepared.rows(&pipeline, &fold, &test), other.transform(&pick(&test)));
        assert_eq!(pipeline.transform(&pick(&test)), other.transform(&pick(&test)));
        assert!(
            pipeline
                .transform(&[TEXTS[0]])
                .outer_view(0)
                .unwrap()
                .indices()
                .iter()
                .all(|&c| (c as usize) < pipeline.n_shared())
        );
    }

    #[test]
    fn min_df_drops_rare_features() {
        let recipe =
            FeatureRecipe { blocks: vec![Block::Words(NGrams::new(1, 1).min_df(2))], ..FeatureRecipe::default() };
        let (pipeline, records) = FeaturePipeline::fit(&recipe, &TEXTS).unwrap();
        assert_eq!((pipeline.n_features(), records.nnz()), (1, 2));
        let recipe =
            FeatureRecipe { blocks: vec![Block::Words(NGrams::new(1, 1).min_df(9))], ..FeatureRecipe::default() };
        assert!(matches!(FeaturePipeline::fit(&recipe, &TEXTS), Err(FeatureError::NoFeatures { n_texts: 3 })));
    }
}
