//! The fit: an SVM on features weighed by log-count ratios, a class.

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array1;
use rayon::prelude::*;

use super::{NbSvm, NbSvmValidParams};
use crate::linear::Linear;
use crate::svm::{LinearSvm, LinearSvmParams};
use crate::targets::{Examples, fit_examples};
use crate::{ClassIndices, LearnError, Records};

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
        LinearSvm::params().c(self.c)
    }
}

fit_examples!(NbSvmValidParams => NbSvm);

impl NbSvmValidParams {
    fn fit_examples(&self, examples: &Examples<'_, Records>) -> Result<NbSvm, LearnError> {
        let Examples { records, classes, n_classes, weights } = examples;
        let n_classes = *n_classes;
        let row_weights: Array1<f32> = weights.iter().map(|&weight| weight as f32).collect();
        let fit_one = |class: usize| {
            let is_in: Vec<bool> = classes.iter().map(|&of_row| of_row == class).collect();
            let ratios = self.ratios(records, &is_in, weights);
            let weighed = (0..records.n_rows()).map(|row| {
                let entry = |(column, value): (usize, f32)| (column as u32, (f64::from(value) * ratios[column]) as f32);
                records.row(row).iter().map(entry).collect()
            });
            let weighed = Records::from_rows(weighed, records.n_features())?;
            let sides = is_in.iter().map(|&is_in| usize::from(is_in)).collect::<Array1<usize>>();
            let sides = ClassIndices::new(sides, 2)?;
            let svm = self.svm().fit(&DatasetBase::new(weighed, sides).with_weights(row_weights.clone()))?;
            let own = svm.weights().row(1).to_owned();
            let mean = own.iter().map(|weight| weight.abs()).sum::<f64>() / own.len() as f64;
            let b = self.interpolation;
            let mixed = own.iter().zip(&ratios).map(|(weight, ratio)| ratio * ((1.0 - b) * mean + b * weight));
            let converged = svm.convergence().iter().all(|convergence| convergence.converged);
            Ok((mixed.collect::<Array1<f64>>(), svm.intercept()[1], converged))
        };
        let fits: Vec<(Array1<f64>, f64, bool)> = if n_classes == 2 {
            let (weights, intercept, converged) = fit_one(1)?;
            vec![(-weights.clone(), -intercept, converged), (weights, intercept, converged)]
        } else {
            (0..n_classes).into_par_iter().map(fit_one).collect::<Result<_, LearnError>>()?
        };
        let intercept = fits.iter().map(|(_, intercept, _)| *intercept).collect();
        let converged = fits.iter().all(|(.., converged)| *converged);
        let linear = Linear::new(records.n_features(), intercept, |class, column| fits[class].0[column]);
        Ok(NbSvm { labels: (0..n_classes).collect(), linear, converged })
    }
}

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
        let params = linfa::ParamGuard::check(NbSvm::params()).unwrap();
        let ratios = params.ratios(&records, &[true, true, false, false], &[1.0; 4]);
        // Smoothed: own 3, 2, 1 of 6; others 1, 3, 2 of 6.
        let by_hand = [3.0_f64.ln(), (2.0_f64 / 3.0).ln(), 0.5_f64.ln()];
        assert!(ratios.iter().zip(by_hand).all(|(a, b)| (a - b).abs() < 1e-12), "{ratios:?}");
        // At 0 every weight has one size, the ratio's sign decides; in between lies in between.
        let at = |b: f64| NbSvm::params().interpolation(b).fit(&data).unwrap();
        let (none, half, whole) = (at(0.0), at(0.5), at(1.0));
        assert!((none.weights()[[1, 0]] / ratios[0] - none.weights()[[1, 2]] / ratios[2]).abs() < 1e-12);
        for column in 0..3 {
            let mean = f64::midpoint(none.weights()[[1, column]], whole.weights()[[1, column]]);
            assert!((half.weights()[[1, column]] - mean).abs() < 1e-12);
        }
        assert_eq!(half.predict(&data), array![1, 1, 0, 0]);
        assert!(NbSvm::params().interpolation(2.0).fit(&data).is_err());
    }
}
