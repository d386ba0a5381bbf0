//! The fit: Newton steps by coordinate descent, and a line search.

use rayon::prelude::*;

use super::{ElasticNet, ElasticNetValidParams};
use crate::design::Design;
use crate::linear::Linear;
use crate::losses::sigmoid;
use crate::targets::{Examples, fit_examples};
use crate::{Convergence, LearnError, Records};

fit_examples!(ElasticNetValidParams => ElasticNet);

impl ElasticNetValidParams {
    fn fit_examples(&self, examples: &Examples<'_, Records>) -> Result<ElasticNet, LearnError> {
        let n_classes = examples.n_classes;
        let mut weights = examples.weights.clone();
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
        let penalty = 1.0 / (self.c * sum);
        // An L1 penalty tells multiples of a column apart.
        let design = Design::plain(examples.records);
        let fits: Vec<(Vec<f64>, Convergence)> = (0..n_classes)
            .into_par_iter()
            .map(|class| {
                let is_in: Vec<bool> = examples.classes.iter().map(|&of_row| of_row == class).collect();
                let (l1, l2) = (penalty * self.l1_ratio, penalty * (1.0 - self.l1_ratio));
                let problem = Problem { design: &design, is_in: &is_in, weights: &weights, l1, l2 };
                problem.minimize(self.tolerance, self.max_iterations)
            })
            .collect();
        let n_features = design.columns.n_original();
        let intercept = fits.iter().map(|(params, _)| params[n_features]).collect();
        let convergence = fits.iter().map(|(_, convergence)| *convergence).collect();
        let linear = Linear::new(n_features, intercept, |class, column| fits[class].0[column]);
        Ok(ElasticNet { labels: (0..n_classes).collect(), linear, convergence })
    }
}

/// Walks over the columns in one step, at most.
const MAX_INNER: usize = 50;
/// Halvings of a step, at most.
const MAX_HALVINGS: usize = 40;

struct Problem<'d> {
    design: &'d Design,
    is_in: &'d [bool],
    weights: &'d [f64],
    l1: f64,
    l2: f64,
}

impl Problem<'_> {
    fn minimize(&self, tolerance: f64, max_iterations: u64) -> (Vec<f64>, Convergence) {
        let n_columns = self.design.n_columns();
        // The intercept is the last parameter.
        let mut params = vec![0.0; n_columns + 1];
        let mut scores = vec![0.0; self.design.n_rows()];
        let mut iterations = 0;
        loop {
            let objective = self.objective(&params, &scores);
            let slopes: Vec<f64> = self.rows().map(|(row, y, s)| s * (sigmoid(scores[row]) - y)).collect();
            let curves: Vec<f64> =
                self.rows().map(|(row, _, s)| s * sigmoid(scores[row]) * sigmoid(-scores[row])).collect();
            let gradient: Vec<f64> = (0..n_columns).map(|column| self.product(column, &slopes)).collect();
            let of_intercept: f64 = slopes.iter().sum();
            let violations: Vec<f64> =
                (0..n_columns).map(|column| self.violation(params[column], gradient[column])).collect();
            let violation = violations.iter().fold(of_intercept.abs(), |largest, &one| largest.max(one));
            let end = |converged| Convergence { iterations, objective, gradient_norm: violation, converged };
            if violation < tolerance {
                return (params, end(true));
            }
            if iterations == max_iterations {
                return (params, end(false));
            }
            let active: Vec<usize> =
                (0..n_columns).filter(|&column| params[column] != 0.0 || violations[column] > 0.0).collect();
            let (step, change) =
                self.step(&params, &active, &gradient, of_intercept, &curves, (0.1 * violation).max(0.1 * tolerance));
            let mut length = 1.0;
            let reached = (0..MAX_HALVINGS).find_map(|_| {
                let moved: Vec<f64> = params.iter().zip(&step).map(|(param, step)| param + length * step).collect();
                let at: Vec<f64> = scores.iter().zip(&change).map(|(score, change)| score + length * change).collect();
                if self.objective(&moved, &at) < objective {
                    return Some((moved, at));
                }
                length *= 0.5;
                None
            });
            // Where no step helps, rounding has the last word.
            let Some((moved, at)) = reached else { return (params, end(violation < 10.0 * tolerance)) };
            (params, scores) = (moved, at);
            iterations += 1;
        }
    }

    fn rows(&self) -> impl Iterator<Item = (usize, f64, f64)> {
        let targets = self.is_in.iter().map(|&is_in| f64::from(u8::from(is_in)));
        targets.zip(self.weights).enumerate().map(|(row, (y, &s))| (row, y, s))
    }

    fn objective(&self, params: &[f64], scores: &[f64]) -> f64 {
        let loss: f64 = self
            .rows()
            .map(|(row, y, s)| {
                let margin = if y > 0.0 { scores[row] } else { -scores[row] };
                s * ((-margin.abs()).exp().ln_1p() + (-margin).max(0.0))
            })
            .sum();
        let weights = &params[..params.len() - 1];
        let penalty: f64 = weights.iter().map(|w| self.l1 * w.abs() + 0.5 * self.l2 * w * w).sum();
        loss + penalty
    }

    /// The column's entries times numbers of the rows.
    fn product(&self, column: usize, of_rows: &[f64]) -> f64 {
        let (rows, values) = self.design.by_column().get(column);
        rows.iter().zip(values).map(|(&row, &value)| f64::from(value) * of_rows[row as usize]).sum()
    }

    /// How far the smallest subgradient is from 0.
    fn violation(&self, weight: f64, slope: f64) -> f64 {
        let smooth = slope + self.l2 * weight;
        if weight == 0.0 { (smooth.abs() - self.l1).max(0.0) } else { (smooth + self.l1 * weight.signum()).abs() }
    }

    /// Minimizes the quadratic model by coordinate descent; also gives the change of the scores.
    fn step(
        &self,
        params: &[f64],
        active: &[usize],
        gradient: &[f64],
        of_intercept: f64,
        curves: &[f64],
        goal: f64,
    ) -> (Vec<f64>, Vec<f64>) {
        let mut step = vec![0.0; params.len()];
        let mut change = vec![0.0; curves.len()];
        let total_curve = curves.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let diagonal: Vec<f64> = active
            .iter()
            .map(|&column| {
                let (rows, values) = self.design.by_column().get(column);
                let square = |(&row, &value): (&u32, &f32)| f64::from(value) * f64::from(value) * curves[row as usize];
                rows.iter().zip(values).map(square).sum::<f64>() + self.l2 + 1e-12
            })
            .collect();
        for _ in 0..MAX_INNER {
            let mut largest = 0.0_f64;
            for (&column, &curve) in active.iter().zip(&diagonal) {
                let (rows, values) = self.design.by_column().get(column);
                let mut slope = gradient[column];
                for (&row, &value) in rows.iter().zip(values) {
                    slope += f64::from(value) * curves[row as usize] * change[row as usize];
                }
                let weight = params[column] + step[column];
                largest = largest.max(self.violation(weight, slope));
                let target = weight - (slope + self.l2 * weight) / curve;
                let shrunk = target.signum() * (target.abs() - self.l1 / curve).max(0.0);
                let by = shrunk - weight;
                if by != 0.0 {
                    step[column] += by;
                    for (&row, &value) in rows.iter().zip(values) {
                        change[row as usize] += by * f64::from(value);
                    }
                }
            }
            let slope = of_intercept + curves.iter().zip(&change).map(|(curve, change)| curve * change).sum::<f64>();
            largest = largest.max(slope.abs());
            let by = -slope / total_curve;
            let last = step.len() - 1;
            step[last] += by;
            change.iter_mut().for_each(|change| *change += by);
            if largest < goal {
                break;
            }
        }
        (step, change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LogisticRegression;
    use crate::targets::examples;
    use linfa::DatasetBase;
    use linfa::traits::Fit;
    use ndarray::Array1;

    fn dataset() -> DatasetBase<Records, Array1<usize>> {
        let rows = (0..150_u32).map(|row| {
            let value = |column: u32| ((row * 17 + column * 31 + row * row % 11) % 9) as f32 / 4.0 - 1.0;
            (0..8).map(|column| (column, value(column))).filter(|(_, value)| *value != 0.0).collect()
        });
        let targets = Array1::from_iter((0..150_usize).map(|row| (row * row + row / 3) % 7 % 3));
        DatasetBase::new(Records::from_rows(rows, 8).unwrap(), targets)
    }

    #[test]
    fn without_an_l1_part_it_is_ridge() {
        let data = dataset();
        let ours = ElasticNet::params().l1_ratio(0.0).c(0.4).tolerance(1e-8).fit(&data).unwrap();
        let ridge = LogisticRegression::params().one_vs_rest(true).c(0.4).tolerance(1e-10).fit(&data).unwrap();
        assert!(ours.convergence().iter().all(|class| class.converged), "{:?}", ours.convergence());
        let objective: f64 = ours.convergence().iter().map(|class| class.objective).sum();
        assert!((objective - ridge.convergence().objective).abs() < 1e-9);
        assert!(ours.weights().iter().zip(ridge.weights()).all(|(a, b)| (a - b).abs() < 1e-5));
    }

    #[test]
    fn the_l1_part_makes_zeros_where_the_subgradient_allows() {
        let data = dataset();
        let model = ElasticNet::params().l1_ratio(0.9).c(0.4).fit(&data).unwrap();
        let n_zeros = model.weights().iter().filter(|weight| **weight == 0.0).count();
        assert!((1..24).contains(&n_zeros), "{n_zeros}");
        assert!(model.convergence().iter().all(|class| class.converged && class.gradient_norm < 1e-6));
        // No weight alone can be moved to a smaller objective.
        let weights = examples(&data, 0.0).unwrap().1.weights.iter().map(|w| w / 150.0).collect::<Vec<_>>();
        let design = Design::plain(data.records());
        let is_in: Vec<bool> = data.targets().iter().map(|&class| class == 1).collect();
        let penalty = 1.0 / (0.4 * 150.0);
        let problem =
            Problem { design: &design, is_in: &is_in, weights: &weights, l1: 0.9 * penalty, l2: 0.1 * penalty };
        let mut params: Vec<f64> = model.weights().row(1).to_vec();
        params.push(model.intercept()[1]);
        let at = |params: &[f64]| {
            let mut scores = vec![0.0; 150];
            design.by_row.multiply(1, &params[..8], &params[8..], &mut scores);
            problem.objective(params, &scores)
        };
        let best = at(&params);
        assert!((best - model.convergence()[1].objective).abs() < 1e-12);
        for place in 0..9 {
            for by in [-1e-3, 1e-3] {
                let mut moved = params.clone();
                moved[place] += by;
                assert!(at(&moved) > best - 1e-12, "{place} {by}");
            }
        }
    }
}
