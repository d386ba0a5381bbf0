//! The confusion matrix and every figure that needs nothing else.

use serde::Serialize;

use super::{MeasureError, check, check_classes, check_length, weight_of};

/// How often each class was taken for each other, by weight: rows are gold, columns predicted.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfusionMatrix {
    n_classes: usize,
    cells: Vec<f64>,
}

/// The figures of one class against the rest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ClassFigures {
    /// Right among those predicted to be of the class; 0 where none was.
    pub precision: f64,
    /// Found among those of the class; 0 where there is none.
    pub recall: f64,
    /// Harmonic mean of both; 0 where both are.
    pub f1: f64,
    /// Rows of the class in the gold labels, by weight.
    pub support: f64,
    /// Rows predicted to be of the class, by weight.
    pub predicted: f64,
}

impl ConfusionMatrix {
    /// Counts the pairs.
    ///
    /// # Errors
    /// [`MeasureError`] where the inputs do not run in parallel, are empty, or hold a class or weight out of range.
    pub fn new(
        gold: &[usize],
        predicted: &[usize],
        n_classes: usize,
        weights: Option<&[f64]>,
    ) -> Result<Self, MeasureError> {
        check_length("the predicted classes", predicted.len(), gold.len())?;
        check(gold, n_classes, weights)?;
        check_classes(predicted, n_classes)?;
        let mut cells = vec![0.0; n_classes * n_classes];
        for (row, (&g, &p)) in gold.iter().zip(predicted).enumerate() {
            cells[g * n_classes + p] += weight_of(weights, row);
        }
        Ok(Self { n_classes, cells })
    }

    /// A matrix from its cells, row by row: `cells[gold * n_classes + predicted]`.
    ///
    /// # Errors
    /// [`MeasureError::Length`] where there are not `n_classes` squared cells, [`MeasureError::Weight`] for a bad one.
    pub fn from_cells(n_classes: usize, cells: Vec<f64>) -> Result<Self, MeasureError> {
        check_length("the list of cells", cells.len(), n_classes.saturating_mul(n_classes))?;
        match cells.iter().position(|cell| !cell.is_finite() || *cell < 0.0) {
            Some(row) => Err(MeasureError::Weight { row, weight: cells[row] }),
            None => Ok(Self { n_classes, cells }),
        }
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        self.n_classes
    }

    /// Weight of the rows that are of class `gold` and were taken for `predicted`.
    pub fn cell(&self, gold: usize, predicted: usize) -> f64 {
        self.cells[gold * self.n_classes + predicted]
    }

    /// Share of the rows of class `gold` that were taken for `predicted`; 0 where there are none.
    pub fn row_share(&self, gold: usize, predicted: usize) -> f64 {
        ratio(self.cell(gold, predicted), self.support(gold))
    }

    /// Weight of all rows.
    pub fn total(&self) -> f64 {
        self.cells.iter().sum()
    }

    /// Weight of the rows of a class in the gold labels.
    pub fn support(&self, class: usize) -> f64 {
        self.cells[class * self.n_classes..(class + 1) * self.n_classes].iter().sum()
    }

    /// Weight of the rows predicted to be of a class.
    pub fn predicted(&self, class: usize) -> f64 {
        (0..self.n_classes).map(|gold| self.cell(gold, class)).sum()
    }

    /// Precision, recall, F1 and support of a class.
    pub fn class(&self, class: usize) -> ClassFigures {
        let hits = self.cell(class, class);
        let (support, predicted) = (self.support(class), self.predicted(class));
        ClassFigures {
            precision: ratio(hits, predicted),
            recall: ratio(hits, support),
            f1: ratio(2.0 * hits, support + predicted),
            support,
            predicted,
        }
    }

    /// Share of rows predicted right.
    pub fn accuracy(&self) -> f64 {
        ratio((0..self.n_classes).map(|class| self.cell(class, class)).sum(), self.total())
    }

    /// Mean recall over the classes that occur in the gold labels.
    pub fn balanced_accuracy(&self) -> f64 {
        let recalls = (0..self.n_classes).map(|c| self.class(c)).filter(|figures| figures.support > 0.0);
        mean(recalls.map(|figures| figures.recall))
    }

    /// Mean precision over the classes that occur in the gold labels or the predictions.
    pub fn macro_precision(&self) -> f64 {
        mean(self.occurring().map(|figures| figures.precision))
    }

    /// Mean recall over the classes that occur in the gold labels or the predictions.
    pub fn macro_recall(&self) -> f64 {
        mean(self.occurring().map(|figures| figures.recall))
    }

    /// Mean F1 over the classes that occur in the gold labels or the predictions (scikit-learn's choice too: a class
    /// that occurs in neither does not count, one that is only ever predicted counts as 0).
    pub fn macro_f1(&self) -> f64 {
        mean(self.occurring().map(|figures| figures.f1))
    }

    /// Mean F1, each class weighted by its support.
    pub fn weighted_f1(&self) -> f64 {
        let sum = self.occurring().map(|figures| figures.f1 * figures.support).sum();
        ratio(sum, self.total())
    }

    /// Mean F1 of two classes, the official measure of SemEval-2016 task 6 for favor and against (Mohammad et al.
    /// 2016), over all rows pooled.
    pub fn f_avg(&self, favor: usize, against: usize) -> f64 {
        (self.class(favor).f1 + self.class(against).f1) / 2.0
    }

    /// Matthews correlation for any number of classes (Gorodkin 2004); 0 where gold or predictions are all one class.
    pub fn matthews_correlation(&self) -> f64 {
        let (n, hits, chance, gold_squares, predicted_squares) = self.agreement_sums();
        let product = (n * n - predicted_squares) * (n * n - gold_squares);
        if product > 0.0 { (hits * n - chance) / product.sqrt() } else { 0.0 }
    }

    /// Cohen's kappa (1960), unweighted; none where chance alone agrees fully (both all the same class).
    pub fn cohen_kappa(&self) -> Option<f64> {
        let (n, hits, chance, ..) = self.agreement_sums();
        let room = n * n - chance;
        (room > 0.0).then(|| (hits * n - chance) / room)
    }

    /// Total, weight on the diagonal, and the sums over classes of support times predicted, support squared,
    /// predicted squared.
    fn agreement_sums(&self) -> (f64, f64, f64, f64, f64) {
        let mut sums = (self.total(), 0.0, 0.0, 0.0, 0.0);
        for class in 0..self.n_classes {
            let (support, predicted) = (self.support(class), self.predicted(class));
            sums.1 += self.cell(class, class);
            sums.2 += support * predicted;
            sums.3 += support * support;
            sums.4 += predicted * predicted;
        }
        sums
    }

    fn occurring(&self) -> impl Iterator<Item = ClassFigures> + '_ {
        (0..self.n_classes).map(|class| self.class(class)).filter(|figures| figures.support + figures.predicted > 0.0)
    }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
    ratio(sum, n)
}
