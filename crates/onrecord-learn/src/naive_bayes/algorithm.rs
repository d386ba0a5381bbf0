//! The fit: counting.

use ndarray::{Array1, Array2};

use super::{NaiveBayes, NaiveBayesValidParams, NaiveBayesVariant};
use crate::linear::Linear;
use crate::targets::{Examples, fit_examples};
use crate::{LearnError, Records};

/// For each class and feature the weighted sum of the values; an error where a value is negative.
fn class_sums(examples: &Examples<'_, Records>) -> Result<Array2<f64>, LearnError> {
    let Examples { records, classes, n_classes, weights } = examples;
    let mut sums = Array2::zeros((*n_classes, records.n_features()));
    for (row, (&class, weight)) in classes.iter().zip(weights).enumerate() {
        for (column, value) in records.row(row).iter() {
            if value < 0.0 {
                return Err(LearnError::Records { row, problem: "a value below 0, which naive Bayes cannot count" });
            }
            sums[[class, column]] += weight * f64::from(value);
        }
    }
    Ok(sums)
}

fit_examples!(NaiveBayesValidParams => NaiveBayes);

impl NaiveBayesValidParams {
    fn fit_examples(&self, examples: &Examples<'_, Records>) -> Result<NaiveBayes, LearnError> {
        let mut sums = class_sums(examples)?;
        let mut prior = Array1::zeros(examples.n_classes);
        examples.classes.iter().zip(&examples.weights).for_each(|(&class, weight)| prior[class] += weight);
        let total: f64 = prior.sum();
        if self.variant == NaiveBayesVariant::Complement {
            let of_all = sums.sum_axis(ndarray::Axis(0));
            sums.outer_iter_mut().for_each(|mut own| own.zip_mut_with(&of_all, |own, all| *own = all - *own));
        }
        let sign = if self.variant == NaiveBayesVariant::Complement { -1.0 } else { 1.0 };
        for mut of_class in sums.outer_iter_mut() {
            let sum = of_class.sum() + self.smoothing * of_class.len() as f64;
            of_class.mapv_inplace(|value| sign * ((value.max(0.0) + self.smoothing) / sum).ln());
        }
        let intercept = match self.variant {
            // A class without rows is as rare as one with a part of a row, not impossible.
            NaiveBayesVariant::Multinomial => prior.mapv(|of_class: f64| (of_class.max(1e-3) / total).ln()),
            NaiveBayesVariant::Complement => Array1::zeros(examples.n_classes),
        };
        let linear = Linear::new(sums.ncols(), intercept, |class, column| sums[[class, column]]);
        Ok(NaiveBayes { labels: (0..examples.n_classes).collect(), linear })
    }
}

#[cfg(test)]
mod tests {
    use linfa::DatasetBase;
    use linfa::traits::Fit;
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
        let model = NaiveBayes::params().fit(&data).unwrap();
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
        let model = NaiveBayes::params().variant(NaiveBayesVariant::Complement).fit(&data).unwrap();
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
        let error = NaiveBayes::params().fit(&DatasetBase::new(records, array![0, 1])).unwrap_err();
        assert_eq!(error.to_string(), "row 0: a value below 0, which naive Bayes cannot count");
    }
}
