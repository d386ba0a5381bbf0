//! The seam to the estimators: feature rows and classes in, weights out.

use ndarray::Array2;

use super::{Classifier, TrainError};
use crate::features::FeatureMatrix;

/// One part for testing and the rest for training, as row numbers.
pub(super) struct Fold {
    pub(super) train: Vec<usize>,
    pub(super) test: Vec<usize>,
}

/// A fitted classifier.
pub(super) struct Fitted {
    /// One row a feature, one column a class.
    pub(super) weights: Vec<f32>,
    pub(super) intercept: Vec<f64>,
    pub(super) has_converged: bool,
}

pub(super) fn folds(gold: &[usize], groups: &[usize], n_folds: usize, seed: u64) -> Result<Vec<Fold>, TrainError> {
    let n_groups = groups.iter().max().map_or(0, |max| max + 1);
    let mut label_of = vec![0; n_groups];
    for (&group, &label) in groups.iter().zip(gold) {
        label_of[group] = label;
    }
    let mut order: Vec<usize> = (0..n_groups).collect();
    let key = |group: usize| {
        let mut x = seed.wrapping_add(group as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x ^ (x >> 27)
    };
    order.sort_by_key(|&group| (label_of[group], key(group)));
    let mut fold_of = vec![0; n_groups];
    for (rank, &group) in order.iter().enumerate() {
        fold_of[group] = rank % n_folds;
    }
    let in_fold = |fold: usize, is_test: bool| {
        (0..gold.len()).filter(|&row| (fold_of[groups[row]] == fold) == is_test).collect::<Vec<_>>()
    };
    Ok((0..n_folds).map(|fold| Fold { train: in_fold(fold, false), test: in_fold(fold, true) }).collect())
}

pub(super) fn fit(
    records: FeatureMatrix,
    gold: &[usize],
    n_labels: usize,
    classifier: &Classifier,
) -> Result<Fitted, TrainError> {
    let mut counts = vec![0.0_f64; n_labels];
    gold.iter().for_each(|&label| counts[label] += 1.0);
    let row_weight: Vec<f64> = gold
        .iter()
        .map(|&label| (gold.len() as f64 / (n_labels as f64 * counts[label].max(1.0))).powf(classifier.balance))
        .collect();
    let k = n_labels;
    let n = records.cols();
    let c = classifier.c;
    let objective = |x: &[f64], g: &mut [f64]| -> f64 {
        let mut f = 0.0;
        for i in 0..n * k {
            f += 0.5 * x[i] * x[i];
            g[i] = x[i];
        }
        g[n * k..].fill(0.0);
        let mut scores = vec![0.0; k];
        for (row, features) in records.outer_iterator().enumerate() {
            scores.copy_from_slice(&x[n * k..]);
            for (j, &v) in features.iter() {
                for l in 0..k {
                    scores[l] += f64::from(v) * x[j * k + l];
                }
            }
            let top = scores.iter().copied().fold(f64::MIN, f64::max);
            let z: f64 = scores.iter().map(|s| (s - top).exp()).sum();
            let w = c * row_weight[row];
            f += w * (z.ln() + top - scores[gold[row]]);
            for l in 0..k {
                scores[l] = w * ((scores[l] - top).exp() / z - f64::from(u8::from(l == gold[row])));
                g[n * k + l] += scores[l];
            }
            for (j, &v) in features.iter() {
                for l in 0..k {
                    g[j * k + l] += f64::from(v) * scores[l];
                }
            }
        }
        f
    };
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let mut x = vec![0.0; n * k + k];
    let mut g = vec![0.0; x.len()];
    let mut f = objective(&x, &mut g);
    let g0 = dot(&g, &g).sqrt();
    let mut pairs: std::collections::VecDeque<(Vec<f64>, Vec<f64>, f64)> = std::collections::VecDeque::new();
    let mut has_converged = false;
    for _ in 0..200 {
        if dot(&g, &g).sqrt() < 1e-3 * g0 {
            has_converged = true;
            break;
        }
        let mut d: Vec<f64> = g.iter().map(|g| -g).collect();
        let mut alphas = Vec::new();
        for (s, y, rho) in pairs.iter().rev() {
            let a = rho * dot(s, &d);
            d.iter_mut().zip(y).for_each(|(d, y)| *d -= a * y);
            alphas.push(a);
        }
        if let Some((s, y, _)) = pairs.back() {
            let scale = dot(s, y) / dot(y, y);
            d.iter_mut().for_each(|d| *d *= scale);
        } else {
            let scale = 1.0 / g0;
            d.iter_mut().for_each(|d| *d *= scale);
        }
        for ((s, y, rho), a) in pairs.iter().zip(alphas.iter().rev()) {
            let b = rho * dot(y, &d);
            d.iter_mut().zip(s).for_each(|(d, s)| *d += (a - b) * s);
        }
        let slope = dot(&g, &d);
        let mut step = 1.0;
        let mut gn = vec![0.0; g.len()];
        loop {
            let xn: Vec<f64> = x.iter().zip(&d).map(|(x, d)| x + step * d).collect();
            let fnew = objective(&xn, &mut gn);
            if fnew <= f + 1e-4 * step * slope || step < 1e-10 {
                let s: Vec<f64> = d.iter().map(|d| step * d).collect();
                let y: Vec<f64> = gn.iter().zip(&g).map(|(a, b)| a - b).collect();
                let sy = dot(&s, &y);
                if sy > 1e-12 {
                    pairs.push_back((s, y, 1.0 / sy));
                    if pairs.len() > 10 {
                        pairs.pop_front();
                    }
                }
                x = xn;
                f = fnew;
                g = gn;
                break;
            }
            step *= 0.5;
        }
    }
    let intercept = x[n * k..].to_vec();
    let weights = x[..n * k].iter().map(|&w| w as f32).collect();
    Ok(Fitted { weights, intercept, has_converged })
}

impl Fitted {
    /// The score of each row and class.
    pub(super) fn scores(&self, records: FeatureMatrix) -> Array2<f64> {
        super::scores(&self.weights, &self.intercept, &records)
    }
}
