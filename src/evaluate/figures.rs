//! The list of measures, by name, and all of them at once for predictions under any weights.

use serde::{Deserialize, Serialize};

use super::Predictions;
use crate::measures::probability::{bin_of, row_brier, row_log_loss};
use crate::measures::{ConfusionMatrix, MeasureError, RankedScores, top_class};

/// A measure over all classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Measure {
    /// Share of rows predicted right.
    Accuracy,
    /// Mean recall of the classes.
    BalancedAccuracy,
    /// Mean precision of the classes.
    MacroPrecision,
    /// Mean recall of the classes that occur or are predicted.
    MacroRecall,
    /// Mean F1 of the classes.
    MacroF1,
    /// Mean F1, classes weighted by support.
    WeightedF1,
    /// Mean F1 of favor and against.
    FAvg,
    /// Matthews correlation.
    MatthewsCorrelation,
    /// Cohen's kappa with the gold labels.
    CohenKappa,
    /// Mean over the classes of the area under the ROC curve, one against the rest.
    RocAuc,
    /// Mean over the classes of average precision, one against the rest.
    PrAuc,
    /// Mean negative logarithm of the gold class's probability.
    LogLoss,
    /// Brier score, summed over the classes.
    Brier,
    /// Expected calibration error, ten bins. Resampling adds noise to every bin, so its interval lies a little high.
    CalibrationError,
    /// Share of the rows whose set of labels holds the gold label, at the level that was asked for.
    Coverage,
    /// Mean number of labels in a set.
    SetSize,
}

/// A measure of one class against the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClassMeasure {
    /// Right among the predicted.
    Precision,
    /// Found among the gold.
    Recall,
    /// Harmonic mean of both.
    F1,
    /// Area under the ROC curve.
    RocAuc,
    /// Average precision.
    PrAuc,
}

/// Number of bins of the expected calibration error and the reliability diagram.
pub const N_CALIBRATION_BINS: usize = 10;

impl Measure {
    /// All measures, in the order of a report.
    pub const ALL: [Self; 16] = [
        Self::Accuracy,
        Self::BalancedAccuracy,
        Self::MacroPrecision,
        Self::MacroRecall,
        Self::MacroF1,
        Self::WeightedF1,
        Self::FAvg,
        Self::MatthewsCorrelation,
        Self::CohenKappa,
        Self::RocAuc,
        Self::PrAuc,
        Self::LogLoss,
        Self::Brier,
        Self::CalibrationError,
        Self::Coverage,
        Self::SetSize,
    ];

    /// The stable name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::BalancedAccuracy => "balanced_accuracy",
            Self::MacroPrecision => "macro_precision",
            Self::MacroRecall => "macro_recall",
            Self::MacroF1 => "macro_f1",
            Self::WeightedF1 => "weighted_f1",
            Self::FAvg => "f_avg",
            Self::MatthewsCorrelation => "matthews_correlation",
            Self::CohenKappa => "cohen_kappa",
            Self::RocAuc => "roc_auc",
            Self::PrAuc => "pr_auc",
            Self::LogLoss => "log_loss",
            Self::Brier => "brier",
            Self::CalibrationError => "calibration_error",
            Self::Coverage => "coverage",
            Self::SetSize => "set_size",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::BalancedAccuracy => "balanced accuracy",
            Self::MacroPrecision => "macro precision",
            Self::MacroRecall => "macro recall",
            Self::MacroF1 => "macro-F1",
            Self::WeightedF1 => "weighted F1",
            Self::FAvg => "F_avg (favor, against)",
            Self::MatthewsCorrelation => "Matthews correlation",
            Self::CohenKappa => "Cohen's kappa",
            Self::RocAuc => "ROC AUC (macro)",
            Self::PrAuc => "PR AUC (macro)",
            Self::LogLoss => "log-loss",
            Self::Brier => "Brier score",
            Self::CalibrationError => "calibration error",
            Self::Coverage => "coverage of sets",
            Self::SetSize => "labels in a set",
        }
    }

    /// Whether a smaller value is the better one.
    #[must_use]
    pub fn lower_is_better(self) -> bool {
        matches!(self, Self::LogLoss | Self::Brier | Self::CalibrationError | Self::SetSize)
    }

    /// The measure of a name: hyphens and underscores are one, and the usual short forms are known.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase().replace('-', "_");
        let short = match name.as_str() {
            "mcc" => Some(Self::MatthewsCorrelation),
            "kappa" => Some(Self::CohenKappa),
            "ece" => Some(Self::CalibrationError),
            "brier_score" => Some(Self::Brier),
            "average_precision" => Some(Self::PrAuc),
            _ => None,
        };
        short.or_else(|| Self::ALL.into_iter().find(|measure| measure.name() == name))
    }
}

impl ClassMeasure {
    /// All, in the order of a report.
    pub const ALL: [Self; 5] = [Self::Precision, Self::Recall, Self::F1, Self::RocAuc, Self::PrAuc];

    /// The stable name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Precision => "precision",
            Self::Recall => "recall",
            Self::F1 => "f1",
            Self::RocAuc => "roc_auc",
            Self::PrAuc => "pr_auc",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Precision => "precision",
            Self::Recall => "recall",
            Self::F1 => "F1",
            Self::RocAuc => "ROC AUC",
            Self::PrAuc => "PR AUC",
        }
    }
}

/// All figures of one set of predictions; one that is not defined is not a number.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureValues {
    values: Vec<f64>,
}

impl FigureValues {
    /// A measure over all classes, none where it is not defined.
    #[must_use]
    pub fn get(&self, measure: Measure) -> Option<f64> {
        defined(self.values[measure as usize])
    }

    /// A measure of one class, none where it is not defined.
    #[must_use]
    pub fn of_class(&self, class: usize, measure: ClassMeasure) -> Option<f64> {
        defined(self.values[class_place(class, measure)])
    }

    /// All values in a fixed order: [`Measure::ALL`], then [`ClassMeasure::ALL`] of each class.
    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }
}

/// Place of a class's figure among [`FigureValues::values`].
pub(crate) fn class_place(class: usize, measure: ClassMeasure) -> usize {
    Measure::ALL.len() + class * ClassMeasure::ALL.len() + measure as usize
}

pub(crate) fn defined(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// Predictions made ready so that all figures under any weights cost one pass and no sorting.
#[derive(Debug, Clone)]
pub struct Meter {
    n_classes: usize,
    cells: Vec<u32>,
    favor_against: Option<(usize, usize)>,
    scores: Option<Scores>,
    /// Labels in each set, twice, plus one where the gold one is among them.
    sets: Option<Vec<u32>>,
}

#[derive(Debug, Clone)]
struct Scores {
    losses: Vec<f64>,
    briers: Vec<f64>,
    /// Calibration bin, twice, plus one where the top class is right.
    bins: Vec<u8>,
    confidences: Vec<f64>,
    ranked: Vec<RankedScores>,
}

impl Meter {
    /// Makes predictions ready.
    ///
    /// # Errors
    /// [`MeasureError`] where the parts of the predictions do not fit together.
    pub fn new(predictions: &Predictions) -> Result<Self, MeasureError> {
        predictions.check()?;
        let n_classes = predictions.labels.len();
        let cells = predictions.gold.iter().zip(&predictions.predicted).map(|(&g, &p)| (g * n_classes + p) as u32);
        let favor_against = predictions.sides();
        let scores = match &predictions.probabilities {
            None => None,
            Some(table) => {
                let mut ranked = Vec::with_capacity(n_classes);
                for class in 0..n_classes {
                    let positive: Vec<bool> = predictions.gold.iter().map(|&gold| gold == class).collect();
                    ranked.push(RankedScores::new(&positive, &table.column(class).to_vec())?);
                }
                let rows = || predictions.gold.iter().zip(table.rows());
                let top = |row: ndarray::ArrayView1<'_, f64>| (top_class(row), row[top_class(row)]);
                let bin = |(&gold, row)| {
                    let (class, confidence) = top(row);
                    2 * bin_of(confidence, N_CALIBRATION_BINS) as u8 + u8::from(class == gold)
                };
                Some(Scores {
                    losses: rows().map(|(&gold, row)| row_log_loss(row[gold])).collect(),
                    briers: rows().map(|(&gold, row)| row_brier(gold, row)).collect(),
                    bins: rows().map(bin).collect(),
                    confidences: rows().map(|(_, row)| top(row).1).collect(),
                    ranked,
                })
            }
        };
        let sets = predictions.sets.as_ref().map(|sets| {
            let members = sets.members(sets.level);
            let code = |(&gold, row): (&usize, ndarray::ArrayView1<'_, bool>)| {
                2 * row.iter().filter(|member| **member).count() as u32 + u32::from(row[gold])
            };
            predictions.gold.iter().zip(members.rows()).map(code).collect()
        });
        Ok(Self { n_classes, cells: cells.collect(), favor_against, scores, sets })
    }

    /// Number of predictions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there are none; [`Meter::new`] refuses that.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// All figures when prediction `i` weighs `weight(i)`, which must be finite and not negative.
    #[must_use]
    pub fn figures(&self, weight: impl Fn(usize) -> f64) -> FigureValues {
        let n = self.n_classes;
        let mut cells = vec![0.0; n * n];
        for (place, &cell) in self.cells.iter().enumerate() {
            cells[cell as usize] += weight(place);
        }
        let mut values = vec![f64::NAN; Measure::ALL.len() + ClassMeasure::ALL.len() * n];
        // The number of cells is right and weights are checked by the callers.
        if let Ok(matrix) = ConfusionMatrix::from_cells(n, cells) {
            self.of_matrix(&matrix, &mut values);
        }
        if let Some(scores) = &self.scores {
            scores.figures(&weight, &mut values);
        }
        if let Some(sets) = &self.sets {
            let (mut total, mut covered, mut size) = (0.0, 0.0, 0.0);
            for (place, &code) in sets.iter().enumerate() {
                let weight = weight(place);
                total += weight;
                covered += weight * f64::from(code & 1);
                size += weight * f64::from(code / 2);
            }
            // Without any weight both are no number, which is what is meant.
            values[Measure::Coverage as usize] = covered / total;
            values[Measure::SetSize as usize] = size / total;
        }
        FigureValues { values }
    }

    fn of_matrix(&self, matrix: &ConfusionMatrix, values: &mut [f64]) {
        if matrix.total() <= 0.0 {
            return;
        }
        let mut set = |measure: Measure, value: f64| values[measure as usize] = value;
        set(Measure::Accuracy, matrix.accuracy());
        set(Measure::BalancedAccuracy, matrix.balanced_accuracy());
        set(Measure::MacroPrecision, matrix.macro_precision());
        set(Measure::MacroRecall, matrix.macro_recall());
        set(Measure::MacroF1, matrix.macro_f1());
        set(Measure::WeightedF1, matrix.weighted_f1());
        set(Measure::MatthewsCorrelation, matrix.matthews_correlation());
        set(Measure::CohenKappa, matrix.cohen_kappa().unwrap_or(f64::NAN));
        if let Some((favor, against)) = self.favor_against {
            set(Measure::FAvg, matrix.f_avg(favor, against));
        }
        for class in 0..self.n_classes {
            let figures = matrix.class(class);
            values[class_place(class, ClassMeasure::Precision)] = figures.precision;
            values[class_place(class, ClassMeasure::Recall)] = figures.recall;
            values[class_place(class, ClassMeasure::F1)] = figures.f1;
        }
    }
}

impl Scores {
    fn figures(&self, weight: impl Fn(usize) -> f64, values: &mut [f64]) {
        let (mut total, mut loss, mut brier) = (0.0, 0.0, 0.0);
        let mut bins = [(0.0, 0.0); N_CALIBRATION_BINS];
        for (place, (row_loss, row_brier)) in self.losses.iter().zip(&self.briers).enumerate() {
            let weight = weight(place);
            total += weight;
            loss += weight * row_loss;
            brier += weight * row_brier;
            let bin = &mut bins[usize::from(self.bins[place] / 2)];
            bin.0 += weight * self.confidences[place];
            bin.1 += weight * f64::from(self.bins[place] & 1);
        }
        if total <= 0.0 {
            return;
        }
        values[Measure::LogLoss as usize] = loss / total;
        values[Measure::Brier as usize] = brier / total;
        // Weight times |mean confidence - accuracy| is the difference of the sums.
        values[Measure::CalibrationError as usize] = bins.iter().map(|(c, hits)| (c - hits).abs()).sum::<f64>() / total;
        let (mut roc_sum, mut pr_sum, mut n) = (0.0, 0.0, 0.0);
        for (class, ranked) in self.ranked.iter().enumerate() {
            if let Some((roc, pr)) = ranked.areas(&weight) {
                values[class_place(class, ClassMeasure::RocAuc)] = roc;
                values[class_place(class, ClassMeasure::PrAuc)] = pr;
                (roc_sum, pr_sum, n) = (roc_sum + roc, pr_sum + pr, n + 1.0);
            }
        }
        if n > 0.0 {
            values[Measure::RocAuc as usize] = roc_sum / n;
            values[Measure::PrAuc as usize] = pr_sum / n;
        }
    }
}
