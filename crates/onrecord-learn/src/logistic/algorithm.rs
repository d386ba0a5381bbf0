//! The fit: newton steps on the matrix with multiples merged.

use ndarray::Array1;
use rayon::prelude::*;

use super::{Convergence, LogisticRegression, LogisticRegressionValidParams};
use crate::design::Design;
use crate::linear::Linear;
use crate::losses::{self, Softmax};
use crate::newton::{Minimum, Problem, Stop};
use crate::targets::{Examples, fit_examples};
use crate::{LearnError, Records};

fit_examples!(LogisticRegressionValidParams => LogisticRegression);

impl LogisticRegressionValidParams {
    fn fit_examples(&self, examples: &Examples<'_, Records>) -> Result<LogisticRegression, LearnError> {
        let Examples { records, classes, n_classes: k, .. } = examples;
        let k = *k;
        let mut weights = examples.weights.clone();
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
        let penalty = 1.0 / (self.c * sum);
        let design = Design::merged(records);
        let n_features = design.columns.n_original();
        if self.one_vs_rest {
            let minima: Vec<Minimum> =
                (0..k).into_par_iter().map(|class| self.fit_one(&design, classes, class, &weights, penalty)).collect();
            let total = Minimum {
                params: Vec::new(),
                objective: minima.iter().map(|minimum| minimum.objective).sum(),
                gradient_norm: minima.iter().map(|minimum| minimum.gradient_norm).fold(0.0, f64::max),
                iterations: minima.iter().map(|minimum| minimum.iterations).sum(),
                has_converged: minima.iter().all(|minimum| minimum.has_converged),
            };
            let weight = |class: usize, column| design.columns.original(column, |merged| minima[class].params[merged]);
            return Ok(self.model(k, n_features, weight, |class| minima[class].params[design.n_columns()], &total));
        }
        if k == 2 {
            let minimum = self.fit_one(&design, classes, 1, &weights, 0.5 * penalty);
            let half = |class: usize, param: f64| if class == 1 { 0.5 * param } else { -0.5 * param };
            let weight = |class, column| half(class, design.columns.original(column, |merged| minimum.params[merged]));
            return Ok(self.model(k, n_features, weight, |c| half(c, minimum.params[design.n_columns()]), &minimum));
        }
        let loss = Softmax { n_classes: k, classes, weights: &weights };
        let problem = Problem { design: &design, loss, penalty, has_intercept: self.with_intercept };
        let minimum = problem.minimize(self.stop());
        let weight = |class, column| design.columns.original(column, |merged| minimum.params[merged * k + class]);
        Ok(self.model(k, n_features, weight, |class| minimum.params[design.n_columns() * k + class], &minimum))
    }
}

impl LogisticRegressionValidParams {
    fn stop(&self) -> Stop {
        let Self { tolerance, relative_decrease, max_iterations, .. } = *self;
        Stop { tolerance, relative_decrease, max_iterations }
    }

    /// One class against the rest.
    fn fit_one(&self, design: &Design, classes: &[usize], class: usize, weights: &[f64], penalty: f64) -> Minimum {
        let is_in: Vec<bool> = classes.iter().map(|&of_row| of_row == class).collect();
        let loss = losses::Logistic { is_in: &is_in, weights };
        let problem = Problem { design, loss, penalty, has_intercept: self.with_intercept };
        problem.minimize(self.stop())
    }

    fn model(
        &self,
        n_classes: usize,
        n_features: usize,
        weight: impl Fn(usize, usize) -> f64 + Sync,
        intercept: impl Fn(usize) -> f64,
        minimum: &Minimum,
    ) -> LogisticRegression {
        LogisticRegression {
            labels: (0..n_classes).collect(),
            linear: Linear::new(n_features, Array1::from_shape_fn(n_classes, intercept), weight),
            one_vs_rest: self.one_vs_rest,
            convergence: Convergence {
                iterations: minimum.iterations,
                objective: minimum.objective,
                gradient_norm: minimum.gradient_norm,
                converged: minimum.has_converged,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use linfa::Dataset;
    use linfa::DatasetBase;
    use linfa::traits::Fit;
    use linfa::traits::Predict;
    use ndarray::Array2;
    use ndarray::Axis;

    use super::*;

    /// A small dense problem that no plane separates, the same at every run.
    fn problem() -> (Array2<f64>, Array1<usize>) {
        let mut state = 7_u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / f64::from(1 << 24)
        };
        // Quarters are exact in f32, so that both solvers see the same numbers.
        let dense = Array2::from_shape_fn((90, 5), |_| (draw() * 8.0).floor() / 4.0 - 1.0);
        let targets = dense
            .outer_iter()
            .map(|row| usize::from(row[0] + draw() > 0.3) + usize::from(row[1] - row[2] + 2.0 * draw() > 1.0))
            .collect();
        (dense, targets)
    }

    fn sparse(dense: &Array2<f64>) -> Records {
        let rows = dense.outer_iter().map(|row| {
            let entries = row.iter().enumerate().filter(|(_, value)| **value != 0.0);
            entries.map(|(column, &value)| (column as u32, value as f32)).collect()
        });
        Records::from_rows(rows, dense.ncols()).unwrap()
    }

    #[test]
    fn one_against_the_rest_is_a_fit_for_each_class() {
        let (dense, targets) = problem();
        let params = LogisticRegression::params().one_vs_rest(true);
        let all = params.fit(&DatasetBase::new(sparse(&dense), targets.clone())).unwrap();
        // Two classes share their score between two weights of half its size, which halves the penalty.
        let second = targets.mapv(|class| usize::from(class == 1));
        let alone = LogisticRegression::params().c(0.5).fit(&DatasetBase::new(sparse(&dense), second)).unwrap();
        for column in 0..5 {
            let (one, halves) = (all.weights()[[1, column]], alone.weights()[[1, column]]);
            assert!((one - 2.0 * halves).abs() < 1e-4, "{one} {halves}");
        }
        let probabilities = all.predict_probabilities(&sparse(&dense));
        assert!(probabilities.outer_iter().all(|row| (row.sum() - 1.0).abs() < 1e-12));
    }

    #[test]
    fn the_optimum_is_that_of_linfas_dense_regression() {
        let (dense, targets) = problem();
        let c = 0.7;
        let ours = LogisticRegression::params()
            .c(c)
            .tolerance(1e-9)
            .fit(&DatasetBase::new(sparse(&dense), targets.clone()))
            .unwrap();
        assert!(ours.convergence().converged, "{:?}", ours.convergence());
        // linfa minimizes the summed loss + alpha / 2 * ||W||^2.
        let theirs = linfa_logistic::MultiLogisticRegression::default()
            .alpha(1.0 / c)
            .gradient_tolerance(1e-9)
            .max_iterations(1000)
            .fit(&Dataset::new(dense.clone(), targets.clone()))
            .unwrap();
        let probabilities = theirs.predict_probabilities(&dense);
        for (own, other) in ours.predict_probabilities(&sparse(&dense)).iter().zip(&probabilities) {
            assert!((own - other).abs() < 1e-6, "{own} {other}");
        }
    }

    #[test]
    fn one_thread_and_four_give_the_same_bits() {
        let (dense, targets) = problem();
        let dataset = DatasetBase::new(sparse(&dense), targets);
        let fit_on = |n_threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
            pool.install(|| LogisticRegression::params().fit(&dataset)).unwrap()
        };
        assert_eq!(fit_on(1), fit_on(4));
    }

    #[test]
    fn a_row_of_weight_two_counts_as_two_rows() {
        let (dense, targets) = problem();
        let records = sparse(&dense);
        let weights = Array1::from_iter((0..90).map(|row| if row < 30 { 2.0 } else { 1.0 }));
        let weighted = DatasetBase::new(records.clone(), targets.clone()).with_weights(weights);
        let twice: Vec<usize> = (0..90).chain(0..30).collect();
        let repeated = DatasetBase::new(records.select(&twice), targets.select(Axis(0), &twice));
        let params = LogisticRegression::params().tolerance(1e-9).class_weight_power(0.5);
        let (one, other) = (params.fit(&weighted).unwrap(), params.fit(&repeated).unwrap());
        assert!(one.weights().iter().zip(&other.weights()).all(|(a, b)| (a - b).abs() < 1e-6));
        assert_eq!(one.predict(&weighted), other.predict(&weighted));
    }

    #[test]
    fn bad_parameters_are_named() {
        let (dense, targets) = problem();
        let dataset = DatasetBase::new(sparse(&dense), targets);
        let error = LogisticRegression::params().c(-1.0).fit(&dataset).unwrap_err();
        assert_eq!(error.to_string(), "c is -1; expected a number above 0");
    }
}
