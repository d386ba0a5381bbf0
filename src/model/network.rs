//! The seam to the convolutional network: texts in, scores beside the classifier's out; how a model file keeps it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array2;
use safetensors::Dtype;

use super::file::MAX_NUMBER;
use super::{TrainError, recipe};
use crate::features::{
    Corpus, FeaturePipeline, FindTensor, Input, PreparedTexts, SequenceTable, StoredTensor, WordSequences,
};
use crate::learn::{ClassIndices, Convolution, KnownWords, LearnError, NetworkTensors, Sequences, Window};
use onrecord_learn::sparse::by_chunk;

/// Texts that one task scores.
const CHUNK: usize = 256;

/// A fitted network with its word vectors, and what its scores count.
#[derive(Debug, Clone)]
pub(super) struct Network {
    table: SequenceTable,
    convolution: Convolution,
    weight: f64,
    /// Filled as texts are scored; copies of a model share it.
    known: Arc<KnownWords>,
}

/// Texts taken apart once, for many fits on parts of them.
pub(super) struct PreparedSequences {
    table: SequenceTable,
    texts: Sequences,
    recipe: recipe::Network,
}

impl PreparedSequences {
    pub(super) fn new(recipe: &recipe::Network, prepared: &PreparedTexts<'_>) -> Result<Self, TrainError> {
        let table = SequenceTable::new(&recipe.table)?;
        let texts = learnable(prepared.sequences(&table))?;
        Ok(Self { table, texts, recipe: recipe.clone() })
    }

    /// The network that the texts `docs` teach; `classes` and `weights` have an entry for each of them.
    pub(super) fn fit(
        &self,
        docs: &[usize],
        classes: &[usize],
        weights: &[f64],
        n_labels: usize,
        seed: u64,
    ) -> Result<Network, LearnError> {
        let dataset = DatasetBase::new(self.texts.select(docs), ClassIndices::new(classes.to_vec(), n_labels)?)
            .with_weights(weights.iter().map(|&weight| weight as f32).collect());
        let convolution = self.recipe.params().seed(seed).fit(&dataset)?;
        Ok(Network::new(self.table.clone(), convolution, self.recipe.weight))
    }

    /// What a network adds to the scores of the texts `docs`.
    pub(super) fn scores(&self, network: &Network, docs: &[usize]) -> Array2<f64> {
        network.convolution.decision_function(&self.texts.select(docs)) * network.weight
    }
}

fn learnable(found: WordSequences) -> Result<Sequences, LearnError> {
    Sequences::from_parts(found.dim, found.vectors, found.scales, found.tokens, found.starts)
}

impl Network {
    fn new(table: SequenceTable, convolution: Convolution, weight: f64) -> Self {
        Self { table, convolution, weight, known: Arc::default() }
    }

    /// What it adds to the scores of each text and label.
    pub(super) fn scores(&self, corpus: &Corpus<'_>) -> Array2<f64> {
        let n_labels = self.convolution.n_classes();
        let of_chunk = |docs: Range<usize>| {
            let texts = |text, words: &mut Vec<u32>| self.table.rows_of(corpus, docs.start + text, words);
            let vector = |row| self.table.vector(row);
            self.convolution.scores_of_words(docs.len(), texts, vector, &self.known).into_raw_vec_and_offset().0
        };
        let scores = by_chunk(corpus.n_docs(), CHUNK, of_chunk).concat();
        let scores = Array2::from_shape_vec((corpus.n_docs(), n_labels), scores);
        scores.expect("a score for each text and label") * self.weight
    }

    fn sequences<'t, I: Into<Input<'t>> + Copy>(&self, pipeline: &FeaturePipeline, inputs: &[I]) -> Sequences {
        learnable(pipeline.sequences(&self.table, inputs)).expect("every word of a text has a vector or none")
    }

    /// What each window of a text adds to the scores, and what each label has without any.
    pub(super) fn windows(&self, pipeline: &FeaturePipeline, input: Input<'_>) -> (Vec<Window>, Vec<f64>) {
        let mut windows = self.convolution.windows(&self.sequences(pipeline, &[input]), 0);
        windows.iter_mut().flat_map(|window| &mut window.scores).for_each(|score| *score *= self.weight);
        let intercept = self.convolution.intercept().iter().map(|&bias| f64::from(bias) * self.weight).collect();
        (windows, intercept)
    }

    /// What a model keeps of it.
    pub(super) fn store(&self, tensors: &mut Vec<StoredTensor>, resources: &mut BTreeMap<String, String>) {
        self.table.store(tensors, resources);
        let NetworkTensors { dim, filters, scales, biases, weights, intercept } = self.convolution.tensors();
        let n_columns = scales.len();
        let bytes = filters.iter().map(|value| value.cast_unsigned()).collect();
        tensors.push(StoredTensor { name: FILTERS.into(), dtype: Dtype::I8, shape: vec![n_columns, dim], bytes });
        let shapes = [vec![n_columns], vec![biases.len()], vec![biases.len(), intercept.len()], vec![intercept.len()]];
        for ((name, numbers), shape) in NUMBERS.into_iter().zip([scales, biases, weights, intercept]).zip(shapes) {
            let bytes = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
            tensors.push(StoredTensor { name: name.into(), dtype: Dtype::F32, shape, bytes });
        }
    }

    /// The network that a model file holds; the message is for people.
    pub(super) fn restore(
        recipe: &recipe::Network,
        n_labels: usize,
        resources: &BTreeMap<String, String>,
        find: FindTensor<'_>,
    ) -> Result<Self, String> {
        let table = SequenceTable::restore(resources, find)?;
        let Some((Dtype::I8, _, filters)) = find(FILTERS) else {
            return Err("the network's filters are missing".into());
        };
        let filters: Vec<i8> = filters.iter().map(|byte| byte.cast_signed()).collect();
        let mut numbers = Vec::new();
        for name in NUMBERS {
            let Some((Dtype::F32, _, bytes)) = find(name) else { return Err(format!("no tensor \"{name}\"")) };
            numbers.push(bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect::<Vec<f32>>());
        }
        if numbers.iter().flatten().any(|number| number.is_nan() || f64::from(number.abs()) > MAX_NUMBER) {
            return Err("a number of the network is none, or too large".into());
        }
        let [scales, biases, weights, intercept] =
            <[Vec<f32>; 4]>::try_from(numbers).map_err(|_| "tensors are missing")?.map(Cow::from);
        let tensors =
            NetworkTensors { dim: table.dim(), filters: Cow::from(filters), scales, biases, weights, intercept };
        let convolution = Convolution::from_tensors(tensors, recipe.max_width, n_labels);
        let convolution = convolution.ok_or("the network does not fit its recipe and word vectors")?;
        if recipe.weight.is_nan() || recipe.weight.abs() > MAX_NUMBER {
            return Err("the network's weight is none, or too large".into());
        }
        Ok(Self::new(table, convolution, recipe.weight))
    }
}

/// The tensor of the filters.
const FILTERS: &str = "network.filters";
/// The other tensors of the network.
const NUMBERS: [&str; 4] = ["network.scales", "network.biases", "network.weights", "network.intercept"];
