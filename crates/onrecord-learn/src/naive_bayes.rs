//! Naive Bayes over counts: multinomial, and its complement (Rennie, Shih, Teevan and Karger 2003, "Tackling the poor
//! assumptions of naive Bayes text classifiers").
//!
//! Values may be any numbers from 0 up; TF-IDF values do as well as counts.

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use super::linear::{Linear, linear_model};
use super::params::{guard, setters};
use super::{LearnError, Records, losses, targets};

/// Whose counts a class is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Estimate {
    /// Its own: multinomial naive Bayes.
    #[default]
    Own,
    /// Those of all other classes, turned around: steadier where classes differ in size. The prior is left out.
    Complement,
}

/// Hyperparameters, not yet checked; see [`NaiveBayes::params`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NaiveBayesParams(NaiveBayesValidParams);

/// Checked hyperparameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NaiveBayesValidParams {
    n_classes: usize,
    smoothing: f64,
    class_weight_power: f64,
    estimate: Estimate,
}

setters!(NaiveBayesParams {
    /// Added to every count, above 0. Default 1 (Laplace).
    smoothing: f64,

    /// Weighs each class by the inverse of its frequency to this power, 0 to 1; it acts on the prior. Default 0.
    class_weight_power: f64,

    /// Whose counts a class is judged by. Default its own.
    estimate: Estimate,
});

guard!(NaiveBayesParams => NaiveBayesValidParams);

impl NaiveBayesValidParams {
    /// Whether every value can be worked with.
    fn validate(&self) -> Result<(), LearnError> {
        targets::check_common(self.n_classes, 1.0, self.class_weight_power, 1.0)?;
        let smoothing = self.smoothing;
        targets::check("the smoothing", smoothing, smoothing > 0.0 && smoothing.is_finite(), "a number above 0")
    }
}

/// A fitted classifier: it is a linear one, whose scores are log-probabilities up to a constant a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NaiveBayes {
    linear: Linear,
}

impl NaiveBayes {
    /// Hyperparameters for `n_classes` classes, with defaults for everything else.
    #[must_use]
    pub const fn params(n_classes: usize) -> NaiveBayesParams {
        NaiveBayesParams(NaiveBayesValidParams {
            n_classes,
            smoothing: 1.0,
            class_weight_power: 0.0,
            estimate: Estimate::Own,
        })
    }

    /// The probability of each class, shape (rows, classes); rows sum to 1. Naive Bayes is far too sure of itself.
    #[must_use]
    pub fn predict_probabilities(&self, records: &Records) -> Array2<f64> {
        let mut scores = self.decision_function(records);
        for mut row in scores.outer_iter_mut() {
            losses::softmax(row.as_slice_mut().expect("rows of a new array are contiguous"));
        }
        scores
    }
}

/// For each class and feature the weighted sum of the values; an error where a value is negative.
pub(super) fn class_sums(
    dataset: &DatasetBase<Records, Array1<usize>>,
    weights: &[f64],
    n_classes: usize,
) -> Result<Array2<f64>, LearnError> {
    let records = dataset.records();
    let mut sums = Array2::zeros((n_classes, records.n_features()));
    for (row, (&class, weight)) in dataset.targets().iter().zip(weights).enumerate() {
        for (column, value) in records.row(row).iter() {
            if value < 0.0 {
                return Err(LearnError::Records { row, problem: "a value below 0, which naive Bayes cannot count" });
            }
            sums[[class, column]] += weight * f64::from(value);
        }
    }
    Ok(sums)
}

impl Fit<Records, Array1<usize>, LearnError> for NaiveBayesValidParams {
    type Object = NaiveBayes;

    fn fit(&self, dataset: &DatasetBase<Records, Array1<usize>>) -> Result<Self::Object, LearnError> {
        let weights = targets::row_weights(dataset, self.n_classes, self.class_weight_power)?;
        let mut sums = class_sums(dataset, &weights, self.n_classes)?;
        let mut prior = Array1::zeros(self.n_classes);
        dataset.targets().iter().zip(&weights).for_each(|(&class, weight)| prior[class] += weight);
        let total: f64 = prior.sum();
        if self.estimate == Estimate::Complement {
            let of_all = sums.sum_axis(ndarray::Axis(0));
            sums.outer_iter_mut().for_each(|mut own| own.zip_mut_with(&of_all, |own, all| *own = all - *own));
        }
        let sign = if self.estimate == Estimate::Complement { -1.0 } else { 1.0 };
        for mut of_class in sums.outer_iter_mut() {
            let sum = of_class.sum() + self.smoothing * of_class.len() as f64;
            of_class.mapv_inplace(|value| sign * ((value.max(0.0) + self.smoothing) / sum).ln());
        }
        let intercept = match self.estimate {
            // A class without rows is as rare as one with a part of a row, not impossible.
            Estimate::Own => prior.mapv(|of_class: f64| (of_class.max(1e-3) / total).ln()),
            Estimate::Complement => Array1::zeros(self.n_classes),
        };
        Ok(NaiveBayes { linear: Linear::new(sums, intercept) })
    }
}

linear_model!(NaiveBayes {
    /// Weights of shape (classes, features): logarithms of smoothed shares.
    weights,
    /// One a class: the prior's logarithm.
    intercept,
});

#[cfg(test)]
mod tests {
    use linfa::traits::Predict;
    use ndarray::array;

    use super::*;

    /// The example of Manning, Raghavan and Schütze 2008, "Introduction to information retrieval", table 13.1: Chinese,
    /// Beijing, Shanghai, Macao, Tokyo, Japan.
    fn example() -> (DatasetBase<Records, Array1<usize>>, Records) {
        let rows = [
            vec![(0, 2.0), (1, 1.0)],
            vec![(0, 2.0), (2, 1.0)],
            vec![(0, 1.0), (3, 1.0)],
            vec![(0, 1.0), (4, 1.0), (5, 1.0)],
        ];
        let test = Records::from_rows([vec![(0, 3.0), (4, 1.0), (5, 1.0)]], 6).unwrap();
        (DatasetBase::new(Records::from_rows(rows, 6).unwrap(), array![1, 1, 1, 0]), test)
    }

    #[test]
    fn the_textbook_example_gives_the_textbook_figures() {
        let (data, test) = example();
        let model = NaiveBayes::params(2).fit(&data).unwrap();
        // P(Chinese|c) = 3/7, P(Tokyo|c) = 1/14, P(Chinese|not c) = 2/9, priors 3/4 and 1/4.
        let shares = [(1, 0, 3.0 / 7.0), (1, 4, 1.0 / 14.0), (0, 0, 2.0 / 9.0), (0, 5, 2.0 / 9.0)];
        for (class, column, share) in shares {
            assert!((model.weights()[[class, column]].exp() - share).abs() < 1e-12);
        }
        let yes: f64 = 0.75 * (3.0_f64 / 7.0).powi(3) / 14.0 / 14.0;
        let no = 0.25 * (2.0_f64 / 9.0).powi(5);
        let p = model.predict_probabilities(&test);
        assert!((p[[0, 1]] - yes / (yes + no)).abs() < 1e-12, "{p}");
        assert_eq!(model.predict(&DatasetBase::new(test, array![0_usize])), array![1]);
    }

    #[test]
    fn the_complement_counts_the_others() {
        let (data, test) = example();
        let model = NaiveBayes::params(2).estimate(Estimate::Complement).fit(&data).unwrap();
        // Class 1 is judged by class 0: -ln(2/9) for Chinese; class 0 by class 1: -ln(6/14).
        assert!((model.weights()[[1, 0]] + (2.0_f64 / 9.0).ln()).abs() < 1e-12);
        assert!((model.weights()[[0, 0]] + (6.0_f64 / 14.0).ln()).abs() < 1e-12);
        // Of two classes the complement of one is the other: only the prior is missing.
        let by_hand = 5.0 * -(2.0_f64 / 9.0).ln() - (3.0 * -(6.0_f64 / 14.0).ln() + 2.0 * -(1.0_f64 / 14.0).ln());
        let scores = model.decision_function(&test);
        assert!((scores[[0, 1]] - scores[[0, 0]] - by_hand).abs() < 1e-12);
    }

    #[test]
    fn negative_values_are_refused() {
        let records = Records::from_rows([vec![(0, -1.0)], vec![(0, 1.0)]], 1).unwrap();
        let error = NaiveBayes::params(2).fit(&DatasetBase::new(records, array![0, 1])).unwrap_err();
        assert_eq!(error.to_string(), "row 0: a value below 0, which naive Bayes cannot count");
    }
}
