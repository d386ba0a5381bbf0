//! NB-SVM (Wang and Manning 2012, "Baselines and bigrams"): a linear SVM on features weighed by naive Bayes.
//!
//! For a class, feature `j` gets the log-count ratio `r_j = ln((p_j / |p|) / (q_j / |q|))`, where `p_j` counts the rows of
//! the class that have the feature and `q_j` the others, both smoothed. An SVM on `r_j x_j` gives weights `w`; the
//! result interpolates between them and their mean size, `w' = (1 - b) mean|w| + b w`, which keeps it near naive Bayes
//! where there is little data. The classifier is linear in `x` with weights `r_j w'_j`.

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Axis};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::linear::{Linear, linear_model};
use super::params::{guard, setters};
use super::svm::{LinearSvm, LinearSvmParams};
use super::{LearnError, Records, targets};

/// Hyperparameters, not yet checked; see [`NbSvm::params`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NbSvmParams(NbSvmValidParams);

/// Checked hyperparameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NbSvmValidParams {
    n_classes: usize,
    c: f64,
    class_weight_power: f64,
    smoothing: f64,
    interpolation: f64,
}

setters!(NbSvmParams {
    /// Inverse regularization strength of the SVM, above 0. Default 1.
    c: f64,

    /// Weighs each class by the inverse of its frequency to this power, 0 to 1. Default 0.
    class_weight_power: f64,

    /// Added to every count, above 0. Default 1.
    smoothing: f64,

    /// From 0, naive Bayes alone, to 1, the SVM alone. Default 0.25, as in the paper.
    interpolation: f64,
});

guard!(NbSvmParams => NbSvmValidParams);

impl NbSvmValidParams {
    /// Whether every value can be worked with.
    fn validate(&self) -> Result<(), LearnError> {
        targets::check_common(self.n_classes, self.c, self.class_weight_power, 1.0)?;
        let (smoothing, interpolation) = (self.smoothing, self.interpolation);
        targets::check("the smoothing", smoothing, smoothing > 0.0 && smoothing.is_finite(), "a number above 0")?;
        let is_share = (0.0..=1.0).contains(&interpolation);
        targets::check("the interpolation", interpolation, is_share, "a number from 0 to 1")
    }
}

/// A fitted classifier: one score a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NbSvm {
    linear: Linear,
    converged: bool,
}

impl NbSvm {
    /// Hyperparameters for `n_classes` classes, with defaults for everything else.
    #[must_use]
    pub const fn params(n_classes: usize) -> NbSvmParams {
        NbSvmParams(NbSvmValidParams {
            n_classes,
            c: 1.0,
            class_weight_power: 0.0,
            smoothing: 1.0,
            interpolation: 0.25,
        })
    }

    /// Whether every SVM reached its optimum.
    #[must_use]
    pub const fn converged(&self) -> bool {
        self.converged
    }
}

impl NbSvmValidParams {
    /// The log-count ratio of each feature.
    fn ratios(&self, records: &Records, is_in: &[bool], weights: &[f64]) -> Vec<f64> {
        let mut counts = vec![[self.smoothing; 2]; records.n_features()];
        for (row, (&is_in, &weight)) in is_in.iter().zip(weights).enumerate() {
            for (column, _) in records.row(row).iter() {
                counts[column][usize::from(is_in)] += weight;
            }
        }
        let sums = counts.iter().fold([0.0; 2], |sum, count| [sum[0] + count[0], sum[1] + count[1]]);
        counts.iter().map(|[others, own]| ((own / sums[1]) / (others / sums[0])).ln()).collect()
    }

    fn svm(&self) -> LinearSvmParams {
        LinearSvm::params(2).c(self.c)
    }
}

impl Fit<Records, Array1<usize>, LearnError> for NbSvmValidParams {
    type Object = NbSvm;

    fn fit(&self, dataset: &DatasetBase<Records, Array1<usize>>) -> Result<Self::Object, LearnError> {
        let weights = targets::row_weights(dataset, self.n_classes, self.class_weight_power)?;
        let records = dataset.records();
        let row_weights: Array1<f32> = weights.iter().map(|&weight| weight as f32).collect();
        let fit_one = |class: usize| {
            let is_in: Vec<bool> = dataset.targets().iter().map(|&of_row| of_row == class).collect();
            let ratios = self.ratios(records, &is_in, &weights);
            let weighed = (0..records.n_rows()).map(|row| {
                let entry = |(column, value): (usize, f32)| (column as u32, (f64::from(value) * ratios[column]) as f32);
                records.row(row).iter().map(entry).collect()
            });
            let weighed = Records::from_rows(weighed, records.n_features())?;
            let classes = is_in.iter().map(|&is_in| usize::from(is_in)).collect();
            let svm = self.svm().fit(&DatasetBase::new(weighed, classes).with_weights(row_weights.clone()))?;
            let own = svm.weights().row(1).to_owned();
            let mean = own.iter().map(|weight| weight.abs()).sum::<f64>() / own.len() as f64;
            let b = self.interpolation;
            let mixed = own.iter().zip(&ratios).map(|(weight, ratio)| ratio * ((1.0 - b) * mean + b * weight));
            let converged = svm.convergence().iter().all(|convergence| convergence.converged);
            Ok((mixed.collect::<Array1<f64>>(), svm.intercept()[1], converged))
        };
        let fits: Vec<(Array1<f64>, f64, bool)> = if self.n_classes == 2 {
            let (weights, intercept, converged) = fit_one(1)?;
            vec![(-weights.clone(), -intercept, converged), (weights, intercept, converged)]
        } else {
            (0..self.n_classes).into_par_iter().map(fit_one).collect::<Result<_, LearnError>>()?
        };
        let rows: Vec<_> = fits.iter().map(|(weights, ..)| weights.view()).collect();
        let weights = ndarray::stack(Axis(0), &rows).map_err(|error| LearnError::Optimizer(error.to_string()))?;
        let intercept = fits.iter().map(|(_, intercept, _)| *intercept).collect();
        let converged = fits.iter().all(|(.., converged)| *converged);
        Ok(NbSvm { linear: Linear::new(weights, intercept), converged })
    }
}

linear_model!(NbSvm {
    /// Weights of shape (classes, features), ratios and all.
    weights,
    /// One intercept a class.
    intercept,
});

#[cfg(test)]
mod tests {
    use linfa::traits::Predict;
    use ndarray::array;

    use super::*;

    #[test]
    fn ratios_and_interpolation_are_those_of_the_paper() {
        let rows = [vec![(0, 1.0)], vec![(0, 1.0), (1, 1.0)], vec![(1, 1.0)], vec![(1, 1.0), (2, 1.0)]];
        let records = Records::from_rows(rows, 3).unwrap();
        let data = DatasetBase::new(records.clone(), array![1_usize, 1, 0, 0]);
        let params = linfa::ParamGuard::check(NbSvm::params(2)).unwrap();
        let ratios = params.ratios(&records, &[true, true, false, false], &[1.0; 4]);
        // Smoothed: own 3, 2, 1 of 6; others 1, 3, 2 of 6.
        let by_hand = [3.0_f64.ln(), (2.0_f64 / 3.0).ln(), 0.5_f64.ln()];
        assert!(ratios.iter().zip(by_hand).all(|(a, b)| (a - b).abs() < 1e-12), "{ratios:?}");
        // At 0 every weight has one size, the ratio's sign decides; in between lies in between.
        let at = |b: f64| NbSvm::params(2).interpolation(b).fit(&data).unwrap();
        let (none, half, whole) = (at(0.0), at(0.5), at(1.0));
        assert!((none.weights()[[1, 0]] / ratios[0] - none.weights()[[1, 2]] / ratios[2]).abs() < 1e-12);
        for column in 0..3 {
            let mean = f64::midpoint(none.weights()[[1, column]], whole.weights()[[1, column]]);
            assert!((half.weights()[[1, column]] - mean).abs() < 1e-12);
        }
        assert_eq!(half.predict(&data), array![1, 1, 0, 0]);
        assert!(NbSvm::params(2).interpolation(2.0).fit(&data).is_err());
    }
}
