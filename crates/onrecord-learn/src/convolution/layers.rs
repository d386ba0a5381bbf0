//! The layers of a fitted network, and what they answer to a text. How their numbers are found is not known here.
//!
//! A filter of width `w` holds a vector for each of the `w` places in its window, and answers to a window with the sum
//! of the products with its words, so that what a word adds at each place depends on the word alone: it is computed once
//! a word. Windows reach over the text's ends; what is not there, or has no vector, adds nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::words::{Vector, WordAnswers};
use super::{NetworkTensors, Window};

/// How many filters there are, and where their columns are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    /// Windows have 1 to this many words.
    pub(super) max_width: usize,
    /// Filters of each width.
    pub(super) n_filters: usize,
}

impl Shape {
    /// A column for each width, place in the window and filter.
    pub(super) fn n_columns(self) -> usize {
        self.first_column(self.max_width + 1)
    }

    /// The first column of the filters of a width.
    pub(super) fn first_column(self, width: usize) -> usize {
        self.n_filters * width * (width - 1) / 2
    }

    /// Filters of all widths.
    pub(super) fn n_pooled(self) -> usize {
        self.n_filters * self.max_width
    }

    /// The width of a filter, and its number among those of that width.
    pub(super) fn filter(self, pooled: usize) -> (usize, usize) {
        (pooled / self.n_filters + 1, pooled % self.n_filters)
    }

    /// The largest answer of each filter and the first word of the window that it answered to, which may lie before the
    /// text. `answers` gives what a word adds to each column.
    pub(super) fn pool<'a>(self, tokens: &[u32], answers: impl Fn(u32) -> Option<&'a [f32]>) -> Pooled {
        let mut pooled = Pooled { best: vec![f32::NEG_INFINITY; self.n_pooled()], starts: vec![0; self.n_pooled()] };
        self.pool_into(tokens, 0..tokens.len().max(1), answers, &mut pooled);
        pooled
    }

    /// The same for the windows that end at the words `ends`, beside what other windows have answered.
    fn pool_into<'a>(
        self,
        tokens: &[u32],
        ends: std::ops::Range<usize>,
        answers: impl Fn(u32) -> Option<&'a [f32]>,
        pooled: &mut Pooled,
    ) {
        let n = self.n_filters;
        let is_last = ends.end >= tokens.len();
        let mut sums = vec![0.0_f32; n];
        for width in 1..=self.max_width {
            let first = self.first_column(width);
            let best = &mut pooled.best[(width - 1) * n..][..n];
            let starts = &mut pooled.starts[(width - 1) * n..][..n];
            // Windows may end up to width - 1 words behind the text.
            let last = if is_last { ends.end + width - 1 } else { ends.end };
            for end in ends.start..last {
                let start = end as isize + 1 - width as isize;
                sums.fill(0.0);
                for place in 0..width {
                    let word = usize::try_from(start + place as isize).ok().and_then(|at| tokens.get(at));
                    if let Some(answers) = word.and_then(|&token| answers(token)) {
                        let answers = &answers[first + place * n..][..n];
                        sums.iter_mut().zip(answers).for_each(|(sum, answer)| *sum += answer);
                    }
                }
                for ((best, at), &sum) in best.iter_mut().zip(starts.iter_mut()).zip(&sums) {
                    if sum > *best {
                        (*best, *at) = (sum, start);
                    }
                }
            }
        }
    }
}

impl Shape {
    /// The largest answer of each filter to the windows of a run of words, beside what others have answered. `rows` holds
    /// what each word adds to each column, from `max_width - 1` words before the first end of a window on; at the text's
    /// end as many follow.
    fn largest_of(self, rows: &[&[f32]], is_last: bool, best: &mut [f32]) {
        let n = self.n_filters;
        for width in 1..=self.max_width {
            let outside = self.max_width - width;
            let rows = &rows[outside..rows.len() - if is_last { outside } else { 0 }];
            let (first, best) = (self.first_column(width), &mut best[(width - 1) * n..][..n]);
            let (blocks, rest) = best.as_chunks_mut::<BLOCK>();
            let n_blocks = blocks.len();
            for (block, best) in blocks.iter_mut().enumerate() {
                let column = first + block * BLOCK;
                for window in rows.windows(width) {
                    let mut sums = [0.0_f32; BLOCK];
                    for (place, row) in window.iter().enumerate() {
                        let answers = &row[column + place * n..][..BLOCK];
                        sums.iter_mut().zip(answers).for_each(|(sum, answer)| *sum += answer);
                    }
                    best.iter_mut().zip(sums).for_each(|(best, sum)| *best = if sum > *best { sum } else { *best });
                }
            }
            for (filter, best) in (n_blocks * BLOCK..).zip(rest) {
                for window in rows.windows(width) {
                    let answers = window.iter().enumerate().map(|(place, row)| row[first + place * n + filter]);
                    let sum = answers.fold(0.0_f32, |sum, answer| sum + answer);
                    *best = if sum > *best { sum } else { *best };
                }
            }
        }
    }
}

/// The sum of products of signed bytes, which has no more than 31 bits for vectors of up to 100,000 numbers. In runs of a
/// fixed length, which compilers turn into whole registers: half the time of one sum over all.
fn product(a: &[i16], b: &[i16]) -> i32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<32>(), b.as_chunks::<32>());
    let products = |a: &[i16], b: &[i16]| a.iter().zip(b).map(|(&a, &b)| i32::from(a) * i32::from(b)).sum::<i32>();
    a.iter().zip(b).map(|(a, b)| products(a, b)).sum::<i32>() + products(a_rest, b_rest)
}

/// What the filters say of one text.
#[derive(Debug)]
pub(super) struct Pooled {
    /// The largest answer of each filter.
    pub(super) best: Vec<f32>,
    /// The first word of the window that it is of.
    pub(super) starts: Vec<isize>,
}

/// A fitted network's numbers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layers {
    shape: Shape,
    dim: usize,
    /// Signed bytes, kept in two bytes each: products of words and filters are most of the work, and processors multiply
    /// and add pairs of these in one step.
    filters: Vec<i16>,
    scales: Vec<f32>,
    biases: Vec<f32>,
    weights: Vec<f32>,
    intercept: Vec<f32>,
}

/// Words of a text that are looked at together.
const SEGMENT: usize = 512;
/// Filters whose answers are summed together, so that the sums of a window stay in registers.
const BLOCK: usize = 16;

impl Layers {
    /// The network of fitted numbers; `filters` has shape (columns, dim) and is brought to signed bytes.
    pub(super) fn new(
        shape: Shape,
        dim: usize,
        filters: &[f32],
        biases: &[f32],
        weights: &[f32],
        intercept: &[f32],
    ) -> Self {
        let mut bytes = Vec::with_capacity(filters.len());
        let mut scales = Vec::with_capacity(shape.n_columns());
        for column in filters.chunks_exact(dim) {
            let largest = column.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
            let scale = if largest > 0.0 { largest / 127.0 } else { 1.0 };
            bytes.extend(column.iter().map(|value| i16::from((value / scale).round() as i8)));
            scales.push(scale);
        }
        let (biases, weights, intercept) = (biases.to_vec(), weights.to_vec(), intercept.to_vec());
        Self { shape, dim, filters: bytes, scales, biases, weights, intercept }
    }

    /// The network whose scores are the mean of those of networks of one shape: the filters of all, one network's after
    /// the other's within each width, and the output weights divided by how many there are.
    pub(super) fn mean(networks: &[Self]) -> Self {
        let (first, share) = (&networks[0], 1.0 / networks.len() as f32);
        let (n, n_classes) = (first.shape.n_filters, first.n_classes());
        let mut mean = Self {
            shape: Shape { n_filters: n * networks.len(), ..first.shape },
            dim: first.dim,
            filters: Vec::new(),
            scales: Vec::new(),
            biases: Vec::new(),
            weights: Vec::new(),
            intercept: vec![0.0; n_classes],
        };
        // Columns stand in runs of n: one for each place of each width.
        for run in (0..first.shape.n_columns()).step_by(n) {
            for network in networks {
                mean.filters.extend(&network.filters[run * first.dim..][..n * first.dim]);
                mean.scales.extend(&network.scales[run..][..n]);
            }
        }
        for run in (0..first.shape.n_pooled()).step_by(n) {
            for network in networks {
                mean.biases.extend(&network.biases[run..][..n]);
                let weights = &network.weights[run * n_classes..][..n * n_classes];
                mean.weights.extend(weights.iter().map(|weight| weight * share));
            }
        }
        for network in networks {
            mean.intercept.iter_mut().zip(&network.intercept).for_each(|(sum, bias)| *sum += bias * share);
        }
        mean
    }

    pub(super) fn is_finite(&self) -> bool {
        let all = self.scales.iter().chain(&self.biases).chain(&self.weights).chain(&self.intercept);
        all.into_iter().all(|value| value.is_finite())
    }

    pub(super) fn n_classes(&self) -> usize {
        self.intercept.len()
    }

    pub(super) fn dim(&self) -> usize {
        self.dim
    }

    pub(super) fn n_columns(&self) -> usize {
        self.shape.n_columns()
    }

    pub(super) fn intercept(&self) -> &[f32] {
        &self.intercept
    }

    /// What each filter says of a text, and where.
    pub(super) fn pooled<'v>(
        &self,
        known: &mut WordAnswers<'_>,
        tokens: &[u32],
        vector: impl Fn(u32) -> Vector<'v>,
    ) -> Pooled {
        let n = self.shape.n_pooled();
        let mut pooled = Pooled { best: vec![f32::NEG_INFINITY; n], starts: vec![0; n] };
        self.by_segment(tokens, |before, ends| {
            known.learn(self, &tokens[before..ends.end.min(tokens.len())], &vector);
            self.shape.pool_into(tokens, ends, |token| known.get(token), &mut pooled);
        });
        pooled
    }

    /// The largest answer of each filter to a text, as [`Self::pooled`] has it.
    pub(super) fn largest<'v>(
        &self,
        known: &mut WordAnswers<'_>,
        tokens: &[u32],
        vector: impl Fn(u32) -> Vector<'v>,
    ) -> Vec<f32> {
        let mut best = vec![f32::NEG_INFINITY; self.shape.n_pooled()];
        let nothing = known.nothing(self);
        let over_the_end = self.shape.max_width - 1;
        self.by_segment(tokens, |before, ends| {
            let tokens_here = &tokens[before..ends.end.min(tokens.len())];
            known.learn(self, tokens_here, &vector);
            // What is not there adds zeros; a sum that starts from zero is no other with them.
            let mut rows: Vec<&[f32]> = vec![&*nothing; over_the_end.saturating_sub(ends.start)];
            rows.extend(tokens_here.iter().map(|&token| known.get(token).unwrap_or(&nothing)));
            if tokens.is_empty() {
                rows.push(&nothing);
            }
            let is_last = ends.end >= tokens.len();
            if is_last {
                rows.extend(std::iter::repeat_n(&*nothing, over_the_end));
            }
            self.shape.largest_of(&rows, is_last, &mut best);
        });
        best
    }

    /// Calls `pool` with the first word and the ends of the windows of one segment after the other.
    fn by_segment(&self, tokens: &[u32], mut pool: impl FnMut(usize, std::ops::Range<usize>)) {
        let n_words = tokens.len().max(1);
        for start in (0..n_words).step_by(SEGMENT) {
            let before = (start + 1).saturating_sub(self.shape.max_width);
            pool(before, start..(start + SEGMENT).min(n_words));
        }
    }

    /// What a word adds to each column.
    pub(super) fn answers(&self, (vector, scale): &Vector<'_>) -> Arc<[f32]> {
        let vector: Vec<i16> = vector.iter().map(|&value| i16::from(value)).collect();
        let columns = self.filters.chunks_exact(self.dim).zip(&self.scales);
        columns.map(|(filter, of_filter)| product(&vector, filter) as f32 * scale * of_filter).collect()
    }

    /// What a filter contributes: its largest answer above zero.
    fn value(&self, best: &[f32], filter: usize) -> f64 {
        f64::from((best[filter] + self.biases[filter]).max(0.0))
    }

    /// The score of each class, of the largest answer of each filter.
    pub(super) fn score(&self, best: &[f32], scores: &mut [f64]) {
        scores.iter_mut().zip(&self.intercept).for_each(|(score, &bias)| *score = f64::from(bias));
        for (filter, weights) in self.weights.chunks_exact(self.n_classes()).enumerate() {
            let value = self.value(best, filter);
            scores.iter_mut().zip(weights).for_each(|(score, &weight)| *score += value * f64::from(weight));
        }
    }

    /// What each window of a text of `n_words` words adds to the scores.
    pub(super) fn windows(&self, pooled: &Pooled, n_words: usize) -> Vec<Window> {
        let mut windows: BTreeMap<(usize, usize), Vec<f64>> = BTreeMap::new();
        for (filter, weights) in self.weights.chunks_exact(self.n_classes()).enumerate() {
            let value = self.value(&pooled.best, filter);
            if value > 0.0 {
                let (width, _) = self.shape.filter(filter);
                let start = pooled.starts[filter];
                let end = usize::try_from(start + width as isize).unwrap_or(0).min(n_words);
                let start = usize::try_from(start).unwrap_or(0).min(end);
                let scores = windows.entry((start, end - start)).or_insert_with(|| vec![0.0; weights.len()]);
                scores.iter_mut().zip(weights).for_each(|(score, &weight)| *score += value * f64::from(weight));
            }
        }
        windows.into_iter().map(|((start, n_words), scores)| Window { start, n_words, scores }).collect()
    }

    pub(super) fn tensors(&self) -> NetworkTensors<'_> {
        NetworkTensors {
            dim: self.dim,
            filters: self.filters.iter().map(|&value| value as i8).collect(),
            scales: Cow::from(&self.scales),
            biases: Cow::from(&self.biases),
            weights: Cow::from(&self.weights),
            intercept: Cow::from(&self.intercept),
        }
    }

    pub(super) fn from_tensors(tensors: NetworkTensors<'_>, max_width: usize, n_classes: usize) -> Option<Self> {
        let NetworkTensors { dim, filters, scales, biases, weights, intercept } = tensors;
        let n_filters = biases.len().checked_div(max_width)?;
        let shape = Shape { max_width, n_filters };
        let fits = dim > 0
            && n_filters > 0
            && biases.len() == shape.n_pooled()
            && scales.len() == shape.n_columns()
            && filters.len() == shape.n_columns() * dim
            && intercept.len() == n_classes
            && weights.len() == shape.n_pooled() * n_classes;
        let layers = Self {
            shape,
            dim,
            filters: filters.iter().map(|&value| i16::from(value)).collect(),
            scales: scales.into_owned(),
            biases: biases.into_owned(),
            weights: weights.into_owned(),
            intercept: intercept.into_owned(),
        };
        (fits && layers.is_finite()).then_some(layers)
    }
}
