//! A convolutional network over word vectors, after Kim 2014, "Convolutional neural networks for sentence
//! classification": filters over windows of one to a few words, the largest answer of each filter, one linear layer.
//!
//! A filter is a soft n-gram: it answers to windows whose words mean about the same. The score of a class is a sum over
//! filters, each of which answers to one window, so that a score can be told apart by windows, exactly.
//! The word vectors stay as they are. Training minimizes the weighted cross-entropy with smoothed targets by Adam with
//! decoupled weight decay (Loshchilov and Hutter 2019), with dropout of the vectors' numbers and of filters. The mean
//! of several networks, which err differently, errs less (Hansen and Salamon 1990, "Neural network ensembles"). Fitted
//! filters are kept as signed bytes, and answers are sums of whole numbers: the same on every processor.
//!
//! The same rows, parameters and seed give the same network on one thread or many. There is no early stopping and no
//! search for parameters here.

use linfa::Label;
use linfa::traits::{Predict, PredictInplace};
use ndarray::{Array1, Array2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::linear::largest;
use super::params::{guard, setters};
use super::targets::{self, Examples, fit_examples};
use super::{LearnError, Sequences};
use layers::Layers;
use words::WordAnswers;
pub use words::{KnownWords, Vector};

mod layers;
mod train;
mod words;

/// Hyperparameters, not yet checked; see [`Convolution::params`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConvolutionParams(ConvolutionValidParams);

/// Checked hyperparameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConvolutionValidParams {
    max_width: usize,
    n_filters: usize,
    n_networks: usize,
    n_epochs: usize,
    batch: usize,
    rate: f64,
    decay: f64,
    dropout: f64,
    vector_dropout: f64,
    smoothing: f64,
    class_weight_power: f64,
    seed: u64,
}

setters!(ConvolutionParams {
    /// Windows have 1 to this many words, 1 to 10. Default 5.
    max_width: usize,

    /// Filters of each width, 1 to 10,000. Default 100.
    n_filters: usize,

    /// Networks that are trained alike from different first weights; the scores are their mean, which one network with
    /// the filters of all gives. 1 to 100, default 1.
    n_networks: usize,

    /// Walks over the rows. Default 6.
    n_epochs: usize,

    /// Rows a step. Default 64.
    batch: usize,

    /// The largest step size; it rises over the first hundred steps, and falls to a fiftieth. Default 0.002.
    rate: f64,

    /// Weight decay. Default 0.02.
    decay: f64,

    /// The part of the filters' answers that a row does without, 0 to below 1. Default 0.4.
    dropout: f64,

    /// The part of each word's vector that a step does without, 0 to below 1. Default 0.15.
    vector_dropout: f64,

    /// What of a row's target is spread over all classes, 0 to below 1. Default 0.05.
    smoothing: f64,

    /// Weighs each class by the inverse of its frequency to this power, 0 to 1. Default 0.
    class_weight_power: f64,

    /// Seed of first weights, order and dropout. Default 0.
    seed: u64,
});

guard!(ConvolutionParams => ConvolutionValidParams);

impl ConvolutionValidParams {
    /// Whether every value can be worked with.
    fn validate(&self) -> Result<(), LearnError> {
        let share = |name, value: f64| targets::check(name, value, (0.0..1.0).contains(&value), "0 to below 1");
        let count = |name, value: usize, most: usize, expected| {
            targets::check(name, value as f64, (1..=most).contains(&value), expected)
        };
        count("the largest width", self.max_width, 10, "1 to 10")?;
        count("the number of filters", self.n_filters, 10_000, "1 to 10,000")?;
        count("the number of networks", self.n_networks, 100, "1 to 100")?;
        count("the number of epochs", self.n_epochs, 10_000, "1 to 10,000")?;
        count("the batch", self.batch, 1 << 20, "1 or more")?;
        targets::check("the rate", self.rate, self.rate > 0.0 && self.rate <= 1.0, "a number above 0, at most 1")?;
        share("the weight decay", self.decay)?;
        share("the dropout", self.dropout)?;
        share("the dropout of vectors", self.vector_dropout)?;
        share("the smoothing", self.smoothing)?;
        let power = self.class_weight_power;
        targets::check("the class weight power", power, (0.0..=1.0).contains(&power), "a number from 0 to 1")
    }
}

/// A fitted network.
#[derive(Debug, Clone, PartialEq)]
pub struct Convolution<L = usize> {
    labels: Vec<L>,
    layers: Layers,
}

/// What one window adds to the scores: the filters that answer to it the most.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// The first word.
    pub start: usize,
    /// Words in the window that the text has.
    pub n_words: usize,
    /// What it adds to the score of each class.
    pub scores: Vec<f64>,
}

impl Convolution {
    /// Hyperparameters with their defaults; classes are the labels that the targets have.
    #[must_use]
    pub const fn params() -> ConvolutionParams {
        ConvolutionParams(ConvolutionValidParams {
            max_width: 5,
            n_filters: 100,
            n_networks: 1,
            n_epochs: 6,
            batch: 64,
            rate: 2e-3,
            decay: 0.02,
            dropout: 0.4,
            vector_dropout: 0.15,
            smoothing: 0.05,
            class_weight_power: 0.0,
            seed: 0,
        })
    }

    /// The network of [`Self::tensors`], classes called by their indices; nothing where they do not fit each other.
    #[must_use]
    pub fn from_tensors(tensors: NetworkTensors<'_>, max_width: usize, n_classes: usize) -> Option<Self> {
        let labels = (0..n_classes).collect();
        Layers::from_tensors(tensors, max_width, n_classes).map(|layers| Self { labels, layers })
    }

    /// The same with classes called by these labels.
    fn called<L>(self, labels: Vec<L>) -> Convolution<L> {
        Convolution { labels, layers: self.layers }
    }
}

impl<L> Convolution<L> {
    /// What the classes are called, sorted; classes are counted in this order.
    #[must_use]
    pub fn labels(&self) -> &[L] {
        &self.labels
    }

    /// Number of classes.
    #[must_use]
    pub fn n_classes(&self) -> usize {
        self.layers.n_classes()
    }

    /// The scores, shape (rows, classes): logarithms of probabilities, but for a constant a row.
    ///
    /// # Panics
    /// Where the vectors have another length than those that it was fitted to.
    #[must_use]
    pub fn decision_function(&self, texts: &Sequences) -> Array2<f64> {
        assert_eq!(texts.dim(), self.layers.dim(), "vectors of the length that the network was fitted to");
        let (n_classes, layers) = (self.n_classes(), &self.layers);
        let mut scores = vec![0.0; texts.n_rows() * n_classes];
        scores.par_chunks_mut(CHUNK * n_classes).enumerate().for_each(|(chunk, scores)| {
            let mut known = WordAnswers::default();
            for (row, scores) in (chunk * CHUNK..).zip(scores.chunks_exact_mut(n_classes)) {
                let best = layers.largest(&mut known, texts.row(row), |word| texts.vector(word));
                layers.score(&best, scores);
            }
        });
        Array2::from_shape_vec((texts.n_rows(), n_classes), scores).expect("a score for each row and class")
    }

    /// The scores of one text after the other, for texts whose words are numbers of one vocabulary, or
    /// [`Sequences::UNKNOWN`]: what [`Self::decision_function`] gives, without the work for words that are in `known`.
    /// `texts` is called with the number of a text and a list to put its words in, `vector` with a word.
    ///
    /// # Panics
    /// Where a vector has another length than those that the network was fitted to.
    #[must_use]
    pub fn scores_of_words<'v>(
        &self,
        n_texts: usize,
        texts: impl Fn(usize, &mut Vec<u32>),
        vector: impl Fn(u32) -> Vector<'v>,
        known: &KnownWords,
    ) -> Array2<f64> {
        let mut scores = Array2::zeros((n_texts, self.n_classes()));
        let mut answers = WordAnswers::of(known);
        let mut words = Vec::new();
        for (text, mut scores) in scores.outer_iter_mut().enumerate() {
            words.clear();
            texts(text, &mut words);
            let best = self.layers.largest(&mut answers, &words, &vector);
            self.layers.score(&best, scores.as_slice_mut().expect("rows of a matrix in standard order"));
        }
        scores
    }

    /// What each window of a text adds to the scores, in the order of the text. With [`Self::intercept`] they sum to
    /// the scores.
    ///
    /// # Panics
    /// Where there is no text `row`, or its vectors have another length than those that the network was fitted to.
    #[must_use]
    pub fn windows(&self, texts: &Sequences, row: usize) -> Vec<Window> {
        assert_eq!(texts.dim(), self.layers.dim(), "vectors of the length that the network was fitted to");
        let pooled = self.layers.pooled(&mut WordAnswers::default(), texts.row(row), |word| texts.vector(word));
        self.layers.windows(&pooled, texts.row(row).len())
    }

    /// What each class has without any window.
    #[must_use]
    pub fn intercept(&self) -> &[f32] {
        self.layers.intercept()
    }

    /// The fitted numbers, for a file.
    pub fn tensors(&self) -> NetworkTensors<'_> {
        self.layers.tensors()
    }
}

/// Texts whose words are looked at together.
const CHUNK: usize = 256;

/// The numbers of a network, as they are.
#[derive(Debug)]
pub struct NetworkTensors<'t> {
    /// Numbers in a word's vector.
    pub dim: usize,
    /// Shape (columns, dim): a column for each width, place in the window and filter.
    pub filters: std::borrow::Cow<'t, [i8]>,
    /// One a column.
    pub scales: std::borrow::Cow<'t, [f32]>,
    /// One a filter.
    pub biases: std::borrow::Cow<'t, [f32]>,
    /// Shape (filters, classes).
    pub weights: std::borrow::Cow<'t, [f32]>,
    /// One a class.
    pub intercept: std::borrow::Cow<'t, [f32]>,
}

fit_examples!(ConvolutionValidParams => Convolution of Sequences);

impl ConvolutionValidParams {
    fn fit_examples(&self, examples: &Examples<'_, Sequences>) -> Result<Convolution, LearnError> {
        let networks: Vec<Layers> = (0..self.n_networks as u64)
            .into_par_iter()
            .map(|number| train::train(self, examples, self.seed.wrapping_add(number)))
            .collect();
        let layers = Layers::mean(&networks);
        if layers.is_finite() {
            Ok(Convolution { labels: (0..examples.n_classes).collect(), layers })
        } else {
            Err(LearnError::Optimizer(format!("the network diverged at a rate of {}; lower it", self.rate)))
        }
    }
}

impl<L: Label> PredictInplace<Sequences, Array1<L>> for Convolution<L> {
    fn predict_inplace(&self, texts: &Sequences, targets: &mut Array1<L>) {
        let scores = self.decision_function(texts);
        for (target, scores) in targets.iter_mut().zip(scores.outer_iter()) {
            *target = self.labels[largest(scores.iter().copied())].clone();
        }
    }

    fn default_target(&self, texts: &Sequences) -> Array1<L> {
        Array1::from_elem(texts.n_rows(), L::default())
    }
}

impl<L: Label> Predict<&Sequences, Array1<L>> for Convolution<L> {
    fn predict(&self, texts: &Sequences) -> Array1<L> {
        let mut targets = self.default_target(texts);
        self.predict_inplace(texts, &mut targets);
        targets
    }
}

#[cfg(test)]
mod tests;
