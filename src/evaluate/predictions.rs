//! What a model said of labelled rows: the one input of every report.

use ndarray::{Array2, Axis};

use crate::labeled::Stance;
use crate::measures::MeasureError;
use crate::model::conformal::holds;

/// Gold and predicted classes of labelled rows, with probabilities where the model gives them.
///
/// A row may occur more than once (repeated cross-validation); `weights` then shares its one vote out, and resampling
/// takes or leaves all its predictions together.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    /// Names of the classes.
    pub labels: Vec<String>,
    /// Index of the labelled row behind each prediction.
    pub rows: Vec<usize>,
    /// Gold class of each prediction.
    pub gold: Vec<usize>,
    /// Predicted class of each prediction.
    pub predicted: Vec<usize>,
    /// One row a prediction, one column a class; each row adds up to 1.
    pub probabilities: Option<Array2<f64>>,
    /// Weight of each prediction; none where all weigh 1.
    pub weights: Option<Vec<f64>>,
    /// The sets of labels that the model gives; none where it has no thresholds for them.
    pub sets: Option<LabelSets>,
}

/// Sets of labels, one a prediction, at any level.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelSets {
    /// The share of sets that shall hold the right label.
    pub level: f64,
    /// The level from which on a label is in the set: one row a prediction, one column a class; 1 for never.
    pub from: Array2<f64>,
}

impl LabelSets {
    /// Which labels are in the sets of a level.
    #[must_use]
    pub fn members(&self, level: f64) -> Array2<bool> {
        self.from.mapv(|from| holds(from, level))
    }
}

impl Predictions {
    /// Predictions of weight 1, one for each of `gold.len()` rows in order.
    ///
    /// # Errors
    /// [`MeasureError`] where the parts do not run in parallel, are empty or name a class that is not in `labels`.
    pub fn new(
        labels: Vec<String>,
        gold: Vec<usize>,
        predicted: Vec<usize>,
        probabilities: Option<Array2<f64>>,
    ) -> Result<Self, MeasureError> {
        let rows = (0..gold.len()).collect();
        let predictions = Self { labels, rows, gold, predicted, probabilities, weights: None, sets: None };
        predictions.check()?;
        Ok(predictions)
    }

    /// Number of predictions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.gold.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.gold.is_empty()
    }

    /// The predictions at the given places, in that order.
    #[must_use]
    pub fn select(&self, places: &[usize]) -> Self {
        let pick = |from: &[usize]| places.iter().map(|&place| from[place]).collect();
        Self {
            labels: self.labels.clone(),
            rows: pick(&self.rows),
            gold: pick(&self.gold),
            predicted: pick(&self.predicted),
            probabilities: self.probabilities.as_ref().map(|table| table.select(Axis(0), places)),
            weights: self.weights.as_ref().map(|weights| places.iter().map(|&place| weights[place]).collect()),
            sets: self
                .sets
                .as_ref()
                .map(|sets| LabelSets { level: sets.level, from: sets.from.select(Axis(0), places) }),
        }
    }

    /// Index of a label.
    #[must_use]
    pub fn class(&self, label: &str) -> Option<usize> {
        self.labels.iter().position(|other| other == label)
    }

    /// The classes in favor and against, where the labels are stances.
    pub(crate) fn sides(&self) -> Option<(usize, usize)> {
        Stance::Favor.position(&self.labels).zip(Stance::Against.position(&self.labels))
    }

    /// Weight of a prediction.
    pub(crate) fn weight(&self, place: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights[place])
    }

    /// Probability of the predicted class.
    pub(crate) fn confidence(&self, place: usize) -> Option<f64> {
        self.probabilities.as_ref().map(|table| table[[place, self.predicted[place]]])
    }

    /// Checks that everything fits together, so that measures cannot fail later.
    pub(crate) fn check(&self) -> Result<(), MeasureError> {
        let n_classes = self.labels.len();
        let weights = self.weights.as_deref();
        crate::measures::ConfusionMatrix::new(&self.gold, &self.predicted, n_classes, weights)?;
        if let Some(table) = &self.probabilities {
            if table.ncols() != n_classes {
                let what = "the table of probabilities, by columns,";
                return Err(MeasureError::Length { what, found: table.ncols(), expected: n_classes });
            }
            crate::measures::log_loss(&self.gold, table.view(), weights)?;
        }
        if let Some(sets) = &self.sets {
            if sets.from.ncols() != n_classes {
                let what = "the table of sets, by columns,";
                return Err(MeasureError::Length { what, found: sets.from.ncols(), expected: n_classes });
            }
            crate::measures::coverage(&self.gold, sets.members(sets.level).view(), weights)?;
        }
        let found = self.rows.len();
        if found == self.gold.len() {
            Ok(())
        } else {
            Err(MeasureError::Length { what: "the list of rows", found, expected: self.gold.len() })
        }
    }
}
