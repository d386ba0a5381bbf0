//! What costs nothing: the figures of always naming the commonest class, and of guessing by the classes' shares.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Measure, Predictions};
use crate::measures::ConfusionMatrix;

/// A classifier that does not read the text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Baseline {
    /// `majority` or `prior-random`.
    pub name: &'static str,
    /// What it does.
    pub description: String,
    /// Its figures; those that are not defined are none.
    pub measures: BTreeMap<Measure, Option<f64>>,
}

/// Both baselines on the gold labels of the predictions. The figures of guessing are those of the expected confusion
/// matrix, not of one random draw.
#[must_use]
pub fn baselines(predictions: &Predictions) -> Vec<Baseline> {
    let n_classes = predictions.labels.len();
    let mut support = vec![0.0; n_classes];
    for (place, &gold) in predictions.gold.iter().enumerate() {
        support[gold] += predictions.weight(place);
    }
    let total: f64 = support.iter().sum();
    // The first of several largest, as everywhere.
    let commonest = (0..n_classes).fold(0, |top, class| if support[class] > support[top] { class } else { top });
    let share = |class: usize| if total > 0.0 { support[class] / total } else { 0.0 };
    let certain = |class: usize| f64::from(u8::from(class == commonest));

    let majority = figures(predictions, &support, certain);
    let mut random = figures(predictions, &support, share);
    // Guessing can state its shares as probabilities; its scores rank nothing.
    let entropy: f64 = (0..n_classes).map(share).filter(|p| *p > 0.0).map(|p| -p * p.ln()).sum();
    let squares: f64 = (0..n_classes).map(|class| share(class).powi(2)).sum();
    random.insert(Measure::LogLoss, Some(entropy));
    random.insert(Measure::Brier, Some(1.0 - squares));
    random.insert(Measure::RocAuc, Some(0.5));
    let label = predictions.labels.get(commonest).map_or("", String::as_str);
    vec![
        Baseline { name: "majority", description: format!("always says {label}"), measures: majority },
        Baseline {
            name: "prior-random",
            description: "guesses each class as often as it occurs".into(),
            measures: random,
        },
    ]
}

fn figures(predictions: &Predictions, support: &[f64], says: impl Fn(usize) -> f64) -> BTreeMap<Measure, Option<f64>> {
    let n = support.len();
    let cells = (0..n * n).map(|cell| support[cell / n] * says(cell % n)).collect();
    let Ok(matrix) = ConfusionMatrix::from_cells(n, cells) else { return BTreeMap::new() };
    let f_avg = predictions.sides().map(|(f, a)| matrix.f_avg(f, a));
    BTreeMap::from([
        (Measure::Accuracy, Some(matrix.accuracy())),
        (Measure::BalancedAccuracy, Some(matrix.balanced_accuracy())),
        (Measure::MacroPrecision, Some(matrix.macro_precision())),
        (Measure::MacroRecall, Some(matrix.macro_recall())),
        (Measure::MacroF1, Some(matrix.macro_f1())),
        (Measure::WeightedF1, Some(matrix.weighted_f1())),
        (Measure::FAvg, f_avg),
        (Measure::MatthewsCorrelation, Some(matrix.matthews_correlation())),
        (Measure::CohenKappa, matrix.cohen_kappa()),
    ])
}
