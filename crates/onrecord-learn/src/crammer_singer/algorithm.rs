//! The fit: the sequential dual method.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use super::{CrammerSinger, CrammerSingerValidParams};
use crate::design::Design;
use crate::linear::Linear;
use crate::split::shuffle;
use crate::targets::{Examples, fit_examples};
use crate::{DualConvergence, LearnError, Records};

fit_examples!(CrammerSingerValidParams => CrammerSinger);

impl CrammerSingerValidParams {
    fn fit_examples(&self, examples: &Examples<'_, Records>) -> Result<CrammerSinger, LearnError> {
        let Examples { records, classes, n_classes, weights } = examples;
        let n_classes = *n_classes;
        let costs: Vec<f64> = weights.iter().map(|weight| weight * self.c).collect();
        let design = Design::frequent_first(records);
        let problem = Dual { design: &design, classes, costs: &costs, n_classes };
        let (solved, convergence) = problem.solve(self.tolerance, self.max_iterations, self.seed);
        let at = |class: usize, place: usize| solved[place * n_classes + class];
        let labels = (0..n_classes).collect();
        Ok(CrammerSinger { labels, linear: Linear::of_columns(&design.columns, n_classes, at), convergence })
    }
}

/// The problem over all classes. Its dual has a variable for each row and class, at most `costs` for the row's own
/// class and at most 0 for the others, with a sum of 0 over the classes; weights are the rows' sum, each times its
/// variables.
struct Dual<'d> {
    design: &'d Design,
    classes: &'d [usize],
    /// C times the row's weight.
    costs: &'d [f64],
    n_classes: usize,
}

/// The dual variables of every row, and which of them are still worked on.
struct Variables {
    alphas: Vec<f64>,
    /// For each row its classes, those that are still worked on first.
    order: Vec<u32>,
    n_active: Vec<u32>,
}

/// Room that the visits of rows share.
struct Room {
    /// By class.
    gradients: Vec<f64>,
    changes: Vec<f64>,
    sorted: Vec<f64>,
}

/// What a visit of a row came to.
enum Visit {
    /// Nothing of the row is left to work on.
    Shrunk,
    /// How far its gradients were from those of an optimum.
    Violated(f64),
}

/// At first rows are left alone when they violate by less than this many times the tolerance, or 1.
const FIRST_LEAVE: f64 = 10.0;

/// Changes and violations below are rounding.
const NOTHING: f64 = 1e-12;

impl Dual<'_> {
    /// The upper bound of a row's variable for a class.
    fn bound(&self, row: usize, class: usize) -> f64 {
        if self.classes[row] == class { self.costs[row] } else { 0.0 }
    }

    /// The weights, `n_classes` a column, the intercepts last, and how the descent ended.
    fn solve(&self, tolerance: f64, max_iterations: u64, seed: u64) -> (Vec<f64>, DualConvergence) {
        let (k, rows) = (self.n_classes, &self.design.by_row);
        let mut weights = vec![0.0; (self.design.n_columns() + 1) * k];
        let mut variables = Variables {
            alphas: vec![0.0; rows.len() * k],
            order: (0..rows.len()).flat_map(|_| 0..k as u32).collect(),
            n_active: vec![k as u32; rows.len()],
        };
        // The last term is the column of ones.
        let squares: Vec<f64> = (0..rows.len())
            .map(|row| rows.get(row).1.iter().map(|&value| f64::from(value) * f64::from(value)).sum::<f64>() + 1.0)
            .collect();
        let mut room = Room { gradients: vec![0.0; k], changes: vec![0.0; k], sorted: Vec::with_capacity(k) };
        // Rows that cost nothing have no say.
        let costly = || (0..rows.len() as u32).filter(|&row| self.costs[row as usize] > 0.0).collect();
        let mut active: Vec<u32> = costly();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut leave = (FIRST_LEAVE * tolerance).max(1.0);
        let mut is_whole = true;
        let (mut iterations, mut violation, mut has_converged) = (0, 0.0, false);
        while iterations < max_iterations && !has_converged {
            violation = 0.0;
            shuffle(&mut active, &mut rng);
            let mut place = 0;
            while place < active.len() {
                let row = active[place] as usize;
                match self.visit(row, squares[row], &mut variables, &mut room, &mut weights) {
                    Visit::Shrunk => {
                        active.swap_remove(place);
                    }
                    Visit::Violated(by) => {
                        violation = by.max(violation);
                        place += 1;
                    }
                }
            }
            iterations += 1;
            if violation < leave {
                has_converged = is_whole && violation < tolerance;
                if !has_converged {
                    // Look at everything again, and more closely.
                    active = costly();
                    variables.n_active.fill(k as u32);
                    leave = (0.5 * leave).max(tolerance);
                    is_whole = true;
                }
            } else {
                is_whole = false;
            }
        }
        let (objective, duality_gap) = self.objective(&weights, &variables.alphas);
        (weights, DualConvergence { iterations, objective, duality_gap, violation, converged: has_converged })
    }

    /// Brings the variables of one row to their optimum, the others as they are.
    fn visit(&self, row: usize, square: f64, all: &mut Variables, room: &mut Room, weights: &mut [f64]) -> Visit {
        let k = self.n_classes;
        let own = self.classes[row];
        let entries = self.design.by_row.get(row);
        let Room { gradients, changes, sorted } = room;
        score(entries, weights, gradients);
        (0..k).filter(|&class| class != own).for_each(|class| gradients[class] += 1.0);
        let alphas = &mut all.alphas[row * k..][..k];
        let order = &mut all.order[row * k..][..k];
        let n_active = &mut all.n_active[row];
        let (mut smallest, mut largest) = (f64::INFINITY, f64::NEG_INFINITY);
        for class in order[..*n_active as usize].iter().map(|&class| class as usize) {
            largest = largest.max(gradients[class]);
            if alphas[class] < self.bound(row, class) {
                smallest = smallest.min(gradients[class]);
            }
        }
        // At its bound with a gradient that keeps it there.
        let mut place = 0;
        while place < *n_active as usize {
            let class = order[place] as usize;
            if alphas[class] == self.bound(row, class) && gradients[class] < smallest {
                *n_active -= 1;
                order.swap(place, *n_active as usize);
            } else {
                place += 1;
            }
        }
        if *n_active <= 1 {
            return Visit::Shrunk;
        }
        let violation = largest - smallest;
        if violation <= NOTHING {
            return Visit::Violated(0.0);
        }
        // Minimize 1/2 square |a|² + (gradients - square alphas) a: all a = min(bound, (level - linear) / square), with
        // the level at which their sum is right.
        let active = &order[..*n_active as usize];
        sorted.clear();
        sorted.extend(active.iter().map(|&class| {
            let class = class as usize;
            gradients[class] - square * alphas[class] + square * self.bound(row, class)
        }));
        sorted.sort_unstable_by(|a, b| b.total_cmp(a));
        let mut level = sorted[0] - square * self.costs[row];
        let mut n_below = 1;
        while n_below < sorted.len() && level < n_below as f64 * sorted[n_below] {
            level += sorted[n_below];
            n_below += 1;
        }
        level /= n_below as f64;
        changes.fill(0.0);
        for class in active.iter().map(|&class| class as usize) {
            let linear = gradients[class] - square * alphas[class];
            let best = self.bound(row, class).min((level - linear) / square);
            changes[class] = best - alphas[class];
            alphas[class] = best;
        }
        if changes.iter().any(|change| change.abs() > NOTHING) {
            add(entries, changes, weights);
        }
        Visit::Violated(violation)
    }

    /// The primal objective, and how far it is above the dual.
    fn objective(&self, weights: &[f64], alphas: &[f64]) -> (f64, f64) {
        let k = self.n_classes;
        let squares = 0.5 * weights.iter().map(|weight| weight * weight).sum::<f64>();
        let (mut losses, mut dual) = (0.0, -squares);
        let mut scores = vec![0.0; k];
        for (row, alphas) in alphas.chunks_exact(k).enumerate() {
            let own = self.classes[row];
            score(self.design.by_row.get(row), weights, &mut scores);
            let others = (0..k).filter(|&class| class != own);
            let ahead = others.clone().map(|class| scores[class]).fold(f64::NEG_INFINITY, f64::max);
            losses += self.costs[row] * (1.0 + ahead - scores[own]).max(0.0);
            dual -= others.map(|class| alphas[class]).sum::<f64>();
        }
        (squares + losses, squares + losses - dual)
    }
}

/// A row's score for each class; the last weights are the intercepts.
fn score((columns, values): (&[u32], &[f32]), weights: &[f64], into: &mut [f64]) {
    let k = into.len();
    into.copy_from_slice(&weights[weights.len() - k..]);
    for (&column, &value) in columns.iter().zip(values) {
        let of_column = &weights[column as usize * k..][..k];
        into.iter_mut().zip(of_column).for_each(|(sum, weight)| *sum += f64::from(value) * weight);
    }
}

fn add((columns, values): (&[u32], &[f32]), by: &[f64], weights: &mut [f64]) {
    let k = by.len();
    let at_intercepts = weights.len() - k;
    weights[at_intercepts..].iter_mut().zip(by).for_each(|(weight, by)| *weight += by);
    for (&column, &value) in columns.iter().zip(values) {
        let of_column = &mut weights[column as usize * k..][..k];
        of_column.iter_mut().zip(by).for_each(|(weight, by)| *weight += f64::from(value) * by);
    }
}

#[cfg(test)]
mod tests {
    use crate::CrammerSingerParams;
    use crate::targets::examples;
    use linfa::DatasetBase;
    use linfa::traits::Fit;
    use linfa::traits::Predict;
    use ndarray::Array1;
    use ndarray::Axis;

    use super::*;
    use crate::{Hinge, LinearSvm};

    fn dataset(n_classes: usize) -> DatasetBase<Records, Array1<usize>> {
        let rows = (0..120_u32).map(|row| {
            let value = |column: u32| ((row * 13 + column * 29 + row * row % 7) % 9) as f32 / 4.0 - 1.0;
            (0..6).map(|column| (column, value(column))).filter(|(_, value)| *value != 0.0).collect()
        });
        let records = Records::from_rows(rows, 6).unwrap();
        let targets = Array1::from_iter((0..120_usize).map(|row| (row * row + row / 3) % 11 % n_classes));
        DatasetBase::new(records, targets)
    }

    fn exact() -> CrammerSingerParams {
        CrammerSinger::params().tolerance(1e-9).max_iterations(1_000_000)
    }

    /// The objective as the module says it, from the model's own scores.
    fn objective(model: &CrammerSinger, data: &DatasetBase<Records, Array1<usize>>, costs: &[f64]) -> f64 {
        let squares = model.weights().iter().chain(model.intercept()).map(|weight| weight * weight).sum::<f64>();
        let scores = model.decision_function(data.records());
        let losses = scores.outer_iter().zip(data.targets()).zip(costs).map(|((scores, &own), cost)| {
            let lacking = |(class, score): (usize, &f64)| if class == own { 0.0 } else { 1.0 + score - scores[own] };
            cost * scores.iter().enumerate().map(lacking).fold(0.0, f64::max)
        });
        0.5 * squares + losses.sum::<f64>()
    }

    #[test]
    fn the_gap_closes_and_the_objective_is_that_of_the_scores() {
        for n_classes in [2, 3, 5] {
            let data = dataset(n_classes);
            for (c, power) in [(0.05, 0.0), (0.5, 1.0), (5.0, 0.5)] {
                let model = exact().c(c).class_weight_power(power).fit(&data).unwrap();
                let convergence = model.convergence();
                assert!(convergence.converged && convergence.violation < 1e-9, "{convergence:?}");
                assert!(convergence.duality_gap.abs() < 1e-6 * convergence.objective, "{convergence:?}");
                let costs: Vec<f64> =
                    examples(&data, power).unwrap().1.weights.iter().map(|weight| c * weight).collect();
                let own = objective(&model, &data, &costs);
                assert!((own - convergence.objective).abs() < 1e-6 * own, "{own} {convergence:?}");
                // No better place in any direction that a few shifts of weights and intercepts try.
                for place in 0..n_classes * 6 {
                    for by in [-1e-3, 1e-3] {
                        let mut weights = model.weights().to_owned();
                        weights[[place / 6, place % 6]] += by;
                        let weight = |class, column| weights[[class, column]];
                        let linear = Linear::new(6, model.intercept().clone(), weight);
                        let shifted = CrammerSinger { labels: (0..n_classes).collect(), linear, convergence };
                        assert!(objective(&shifted, &data, &costs) > own - 1e-9 * own);
                    }
                }
            }
        }
    }

    #[test]
    fn two_classes_share_the_score_of_the_plain_hinge_at_twice_the_c() {
        let data = dataset(2);
        let model = exact().c(0.4).fit(&data).unwrap();
        let binary = LinearSvm::params().hinge(Hinge::Plain).c(0.8).tolerance(1e-9).max_iterations(1_000_000);
        let binary = binary.fit(&data).unwrap();
        let objectives = (2.0 * model.convergence().objective, binary.convergence()[0].objective);
        assert!((objectives.0 - objectives.1).abs() < 1e-6 * objectives.1, "{objectives:?}");
        for (own, other) in model.weights().iter().zip(binary.weights()) {
            assert!((own - 0.5 * other).abs() < 1e-4, "{own} {other}");
        }
        assert_eq!(model.predict(&data), binary.predict(&data));
    }

    #[test]
    fn a_row_of_weight_two_counts_as_two_rows_and_one_of_weight_zero_as_none() {
        let data = dataset(3);
        let weights = Array1::from_iter((0..120).map(|row| [2.0, 0.0, 1.0][row / 40]));
        let weighted = DatasetBase::new(data.records().clone(), data.targets().clone()).with_weights(weights);
        let rows: Vec<usize> = (0..40).chain(0..40).chain(80..120).collect();
        let repeated = DatasetBase::new(data.records().select(&rows), data.targets().select(Axis(0), &rows));
        let (one, other) = (exact().fit(&weighted).unwrap(), exact().fit(&repeated).unwrap());
        assert!(one.weights().iter().zip(other.weights()).all(|(a, b)| (a - b).abs() < 1e-4));
    }

    #[test]
    fn the_same_seed_gives_the_same_bits_and_another_the_same_optimum() {
        let data = dataset(4);
        let fit_on = |n_threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            pool.install(|| exact().fit(&data)).unwrap()
        };
        let model = fit_on(1);
        assert_eq!(model, fit_on(4));
        let other = exact().seed(7).fit(&data).unwrap();
        let (one, other) = (model.convergence().objective, other.convergence().objective);
        assert!((one - other).abs() < 1e-6 * one, "{one} {other}");
    }

    #[test]
    fn a_fit_that_ran_out_of_walks_says_so() {
        let convergence = CrammerSinger::params().c(100.0).max_iterations(3).fit(&dataset(3)).unwrap().convergence();
        assert!(!convergence.converged && convergence.violation > 0.01, "{convergence:?}");
        assert_eq!(convergence.iterations, 3);
        let error = CrammerSinger::params().c(0.0).fit(&dataset(3)).unwrap_err();
        assert_eq!(error.to_string(), "c is 0; expected a number above 0");
    }
}
