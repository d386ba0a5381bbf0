//! How a network's numbers are found: steps of Adam along the gradient of the smoothed cross-entropy.
//!
//! A step's rows are divided into parts, whose gradients are computed in parallel and added in their order. A text
//! moves only the filters that answered to it, and those only along the words of their windows.

use ndarray::{Array2, ArrayView2};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::layers::{Layers, Shape};
use super::{ConvolutionValidParams, Sequences};
use crate::split::shuffle;
use crate::targets::Examples;

/// Parts of a step's rows.
const PARTS: usize = 4;
/// Steps over which the step size rises, and what of it is left at the end.
const WARM_UP: f64 = 100.0;
const LEAST_RATE: f64 = 0.02;
/// Adam's decay of the means of gradients and of their squares, and what keeps its divisor from 0.
const BETA: (f32, f32) = (0.9, 0.999);
const EPSILON: f32 = 1e-8;

/// Where each layer's numbers are among all.
#[derive(Debug, Clone, Copy)]
struct Layout {
    shape: Shape,
    dim: usize,
    n_classes: usize,
    biases: usize,
    weights: usize,
    intercept: usize,
    n_all: usize,
}

impl Layout {
    fn new(shape: Shape, dim: usize, n_classes: usize) -> Self {
        let biases = shape.n_columns() * dim;
        let weights = biases + shape.n_pooled();
        let intercept = weights + shape.n_pooled() * n_classes;
        Self { shape, dim, n_classes, biases, weights, intercept, n_all: intercept + n_classes }
    }

    /// First numbers: each between plus and minus the inverse root of how many are summed.
    fn first(&self, rng: &mut impl RngCore) -> Vec<f32> {
        let mut numbers = vec![0.0; self.n_all];
        let mut fill = |numbers: &mut [f32], n_summed: usize| {
            let bound = 1.0 / (n_summed as f32).sqrt();
            numbers.iter_mut().for_each(|number| *number = bound * (2.0 * chance(rng) - 1.0));
        };
        for width in 1..=self.shape.max_width {
            let columns = self.shape.first_column(width)..self.shape.first_column(width + 1);
            fill(&mut numbers[columns.start * self.dim..columns.end * self.dim], width * self.dim);
            let first = self.biases + (width - 1) * self.shape.n_filters;
            fill(&mut numbers[first..first + self.shape.n_filters], width * self.dim);
        }
        fill(&mut numbers[self.weights..], self.shape.n_pooled());
        numbers
    }

    fn layers(&self, numbers: &[f32]) -> Layers {
        let (filters, biases) = (&numbers[..self.biases], &numbers[self.biases..self.weights]);
        let (weights, intercept) = (&numbers[self.weights..self.intercept], &numbers[self.intercept..]);
        Layers::new(self.shape, self.dim, filters, biases, weights, intercept)
    }
}

/// A number from 0 to below 1.
fn chance(rng: &mut impl RngCore) -> f32 {
    (rng.next_u32() >> 8) as f32 / (1 << 24) as f32
}

/// Rows with their classes and weights.
struct Rows<'r> {
    params: &'r ConvolutionValidParams,
    layout: Layout,
    texts: &'r Sequences,
    classes: &'r [usize],
    weights: &'r [f64],
}

pub(super) fn train(params: &ConvolutionValidParams, examples: &Examples<'_, Sequences>, seed: u64) -> Layers {
    let Examples { records: texts, classes, n_classes, weights } = examples;
    let shape = Shape { max_width: params.max_width, n_filters: params.n_filters };
    let layout = Layout::new(shape, texts.dim(), *n_classes);
    let rows = Rows { params, layout, texts, classes, weights };
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut numbers = layout.first(&mut rng);
    let mut adam = Adam::new(layout.n_all, params.decay);
    let n_steps = params.n_epochs * texts.n_rows().div_ceil(params.batch);
    let mut order: Vec<usize> = (0..texts.n_rows()).collect();
    for _ in 0..params.n_epochs {
        shuffle(&mut order, &mut rng);
        for batch in order.chunks(params.batch) {
            // Each part draws numbers of its own, whoever works on it.
            let parts: Vec<(&[usize], u64)> =
                batch.chunks(params.batch.div_ceil(PARTS)).map(|part| (part, rng.next_u64())).collect();
            let gradients: Vec<Vec<f32>> =
                parts.into_par_iter().map(|(part, seed)| rows.gradient(&numbers, part, seed)).collect();
            let step = adam.n_steps as f64;
            let rate = ((step + 1.0) / WARM_UP).min(1.0) * (1.0 - step / n_steps as f64).max(LEAST_RATE);
            adam.step(&mut numbers, gradients, (params.rate * rate) as f32, batch.len() as f32);
        }
    }
    layout.layers(&numbers)
}

impl Rows<'_> {
    /// The gradient of the summed loss of the rows `part`.
    fn gradient(&self, numbers: &[f32], part: &[usize], seed: u64) -> Vec<f32> {
        let Layout { shape, dim, n_classes, biases, weights, intercept, n_all } = self.layout;
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut gradient = vec![0.0; n_all];
        let dropped = self.params.vector_dropout as f32;
        let mut places: FxHashMap<u32, usize> = FxHashMap::default();
        let mut vectors = Vec::new();
        for &token in part.iter().flat_map(|&row| self.texts.row(row)).filter(|token| **token != Sequences::UNKNOWN) {
            let place = places.len();
            places.entry(token).or_insert_with(|| {
                let (values, scale) = self.texts.vector(token);
                // Of each word in the part some numbers are left out, and the others make up for them.
                let scale = scale / (1.0 - dropped);
                let mut number = |value: i8| if chance(&mut rng) < dropped { 0.0 } else { f32::from(value) * scale };
                vectors.extend(values.iter().map(|&value| number(value)));
                place
            });
        }
        let vectors = Array2::from_shape_vec((places.len(), dim), vectors).expect("a vector for each word");
        let filters = ArrayView2::from_shape((shape.n_columns(), dim), &numbers[..biases]).expect("columns of filters");
        let answers = vectors.dot(&filters.t());
        let answers = answers.as_standard_layout();
        let answers_of = |token: u32| places.get(&token).map(|&place| answers.row(place).to_slice().expect("a row"));

        let mut values = vec![0.0_f32; shape.n_pooled()];
        let mut wanted = vec![0.0_f32; n_classes];
        for &row in part {
            let tokens = self.texts.row(row);
            let pooled = shape.pool(tokens, answers_of);
            let kept = 1.0 - self.params.dropout as f32;
            for (value, (&best, bias)) in values.iter_mut().zip(pooled.best.iter().zip(&numbers[biases..weights])) {
                let is_kept = chance(&mut rng) < kept;
                *value = if is_kept { (best + bias).max(0.0) / kept } else { 0.0 };
            }
            self.slopes(numbers, &values, row, &mut wanted);
            for (total, slope) in gradient[intercept..].iter_mut().zip(&wanted) {
                *total += slope;
            }
            for (filter, &value) in values.iter().enumerate().filter(|(_, value)| **value > 0.0) {
                let own = weights + filter * n_classes;
                let mut slope = 0.0;
                for (class, of_class) in wanted.iter().enumerate() {
                    gradient[own + class] += value * of_class;
                    slope += numbers[own + class] * of_class;
                }
                slope /= kept;
                gradient[biases + filter] += slope;
                let (width, number) = shape.filter(filter);
                for place in 0..width {
                    let word = usize::try_from(pooled.starts[filter] + place as isize).ok();
                    let word = word.and_then(|at| tokens.get(at)).and_then(|token| places.get(token));
                    if let Some(&word) = word {
                        let column = shape.first_column(width) + place * shape.n_filters + number;
                        let vector = vectors.row(word).to_slice().expect("a row");
                        let of_column = &mut gradient[column * dim..][..dim];
                        of_column.iter_mut().zip(vector).for_each(|(total, value)| *total += slope * value);
                    }
                }
            }
        }
        gradient
    }

    /// The derivative of a row's weighted loss by each class's score.
    fn slopes(&self, numbers: &[f32], values: &[f32], row: usize, slopes: &mut [f32]) {
        let Layout { n_classes, weights, intercept, .. } = self.layout;
        slopes.copy_from_slice(&numbers[intercept..]);
        for (filter, &value) in values.iter().enumerate().filter(|(_, value)| **value > 0.0) {
            let weights = &numbers[weights + filter * n_classes..][..n_classes];
            slopes.iter_mut().zip(weights).for_each(|(score, weight)| *score += value * weight);
        }
        let most = slopes.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        slopes.iter_mut().for_each(|score| *score = (*score - most).exp());
        let sum: f32 = slopes.iter().sum();
        let spread = self.params.smoothing as f32;
        for (class, slope) in slopes.iter_mut().enumerate() {
            let own = if class == self.classes[row] { 1.0 - spread } else { 0.0 };
            *slope = self.weights[row] as f32 * (*slope / sum - own - spread / n_classes as f32);
        }
    }
}

/// Adam with decoupled weight decay.
struct Adam {
    means: Vec<f32>,
    squares: Vec<f32>,
    n_steps: u32,
    decay: f32,
}

impl Adam {
    fn new(n: usize, decay: f64) -> Self {
        Self { means: vec![0.0; n], squares: vec![0.0; n], n_steps: 0, decay: decay as f32 }
    }

    /// One step along the mean gradient of `n_rows` rows, given in parts.
    fn step(&mut self, numbers: &mut [f32], gradients: Vec<Vec<f32>>, rate: f32, n_rows: f32) {
        self.n_steps += 1;
        let mut parts = gradients.into_iter();
        let mut sum = parts.next().unwrap_or_default();
        for part in parts {
            sum.iter_mut().zip(&part).for_each(|(sum, value)| *sum += value);
        }
        let steps = self.n_steps as f32;
        let (of_mean, of_square) = (1.0 - BETA.0.powf(steps), 1.0 - BETA.1.powf(steps));
        let moments = self.means.iter_mut().zip(&mut self.squares);
        for ((number, sum), (mean, square)) in numbers.iter_mut().zip(sum).zip(moments) {
            let slope = sum / n_rows;
            *mean = BETA.0 * *mean + (1.0 - BETA.0) * slope;
            *square = BETA.1 * *square + (1.0 - BETA.1) * slope * slope;
            *number -= rate * (self.decay * *number + *mean / of_mean / ((*square / of_square).sqrt() + EPSILON));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Convolution;
    use linfa::ParamGuard;

    /// Words 0 and 1 have vectors, word 2 has another; nothing is dropped.
    fn rows() -> (ConvolutionValidParams, Sequences) {
        let params = Convolution::params().max_width(2).n_filters(4).dropout(0.0).vector_dropout(0.0).seed(3);
        let values: Vec<i8> = vec![90, -20, 10, 5, 60, -70, -30, 40, 80];
        let texts = Sequences::from_parts(3, values, vec![0.01; 3], vec![0, 1, 2, 2, 0], vec![0, 3, 5]).unwrap();
        (params.check().unwrap(), texts)
    }

    #[test]
    fn gradients_are_those_of_small_steps() {
        let (params, texts) = rows();
        let layout = Layout::new(Shape { max_width: 2, n_filters: 4 }, 3, 3);
        let rows = Rows { params: &params, layout, texts: &texts, classes: &[0, 2], weights: &[1.0, 0.5] };
        // With this seed no filter is so near to 0 that a step turns it on or off.
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(2);
        let numbers = layout.first(&mut rng);
        let loss = |numbers: &[f32]| {
            let mut sum = 0.0;
            for row in 0..2 {
                let mut scores = [0.0; 3];
                let filters = ArrayView2::from_shape((layout.shape.n_columns(), 3), &numbers[..layout.biases]).unwrap();
                let answers: Vec<Vec<f32>> = (0..3)
                    .map(|token| {
                        let (values, scale) = texts.vector(token);
                        let vector: Vec<f32> = values.iter().map(|&value| f32::from(value) * scale).collect();
                        filters
                            .outer_iter()
                            .map(|filter| filter.iter().zip(&vector).map(|(a, b)| a * b).sum())
                            .collect()
                    })
                    .collect();
                let pooled = layout.shape.pool(texts.row(row), |token| Some(answers[token as usize].as_slice()));
                for (class, score) in scores.iter_mut().enumerate() {
                    *score = f64::from(numbers[layout.intercept + class]);
                    for filter in 0..8 {
                        let value = (pooled.best[filter] + numbers[layout.biases + filter]).max(0.0);
                        *score += f64::from(value) * f64::from(numbers[layout.weights + filter * 3 + class]);
                    }
                }
                let log_sum = scores.iter().map(|score| score.exp()).sum::<f64>().ln();
                for (class, score) in scores.iter().enumerate() {
                    let target = if class == [0, 2][row] { 0.95 } else { 0.0 } + 0.05 / 3.0;
                    sum -= [1.0, 0.5][row] * target * (score - log_sum);
                }
            }
            sum
        };
        let gradient = rows.gradient(&numbers, &[0, 1], 0);
        let step = 2e-4;
        for place in 0..layout.n_all {
            let moved = |by: f32| {
                let mut numbers = numbers.clone();
                numbers[place] += by;
                loss(&numbers)
            };
            let numeric = (moved(step) - moved(-step)) / (2.0 * f64::from(step));
            assert!((numeric - f64::from(gradient[place])).abs() < 2e-3, "{place}: {numeric} {}", gradient[place]);
        }
    }
}
