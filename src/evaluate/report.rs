//! The accuracy report: everything that is known of a set of predictions, with stable names for programs.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::bootstrap::{Estimate, Resampling};
use super::figures::{Measure, class_place};
use super::measured::{IntervalOptions, Measured, measures_of, units_of};
use super::mistakes::{Explain, Mistake, mistakes};
use super::slices::{SMALL, Slicing, slicings};
use super::{
    Answered, Baseline, ClassMeasure, EvaluateError, Gate, GateFigure, GateResult, LearningPoint, PredictionSets,
    Predictions, ReliabilityBin, answered, baselines, prediction_sets, reliability,
};
use crate::labeled::Row;
use crate::measures::{ConfusionMatrix, pr_curve, roc_curve};
use crate::progress::{Callback, silent};
use crate::units::{Joined, Joining, UnitReport};

/// Version of the report's JSON; it grows when a field changes its meaning, not when one is added.
pub const FORMAT: u32 = 1;
/// Resampling fewer groups than this gives intervals that are too narrow (Cameron, Gelbach and Miller 2008).
pub(super) const FEW_GROUPS: usize = 20;
/// Points of a curve beyond this number are thinned out.
const MOST_POINTS: usize = 200;

/// How good predictions are, where they fail, and how sure that is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AccuracyReport {
    /// Version of this format.
    pub format: u32,
    /// What was evaluated and on what.
    pub subject: Subject,
    /// How the intervals were made.
    pub intervals: IntervalMethod,
    /// The units that rows are split and drawn by.
    pub units: UnitReport,
    /// Number of labelled rows.
    pub rows: usize,
    /// The labels, in the order of all lists below.
    pub labels: Vec<String>,
    /// The figures over all classes.
    pub measures: BTreeMap<Measure, Estimate>,
    /// The figures of each class.
    pub classes: Vec<ClassReport>,
    /// What costs nothing, for comparison.
    pub baselines: Vec<Baseline>,
    /// What was taken for what.
    pub confusion: Confusion,
    /// Is the model as sure as it should be? One entry a bin; empty without probabilities.
    pub calibration: Vec<ReliabilityBin>,
    /// ROC and precision-recall curves of each class; empty without probabilities.
    pub curves: Vec<Curves>,
    /// The level of the sets of labels whose coverage and mean size are among the measures, the slices' too; none where
    /// the model gives no sets.
    pub set_level: Option<f64>,
    /// Sets of labels and how often they hold the right one; with a `set_level` those that the model gives, else sets
    /// made of these rows themselves.
    pub prediction_sets: Vec<PredictionSets>,
    /// Accuracy against the share of rows answered.
    pub answered: Vec<Answered>,
    /// The same figures by the values of columns.
    pub slices: Vec<Slicing>,
    /// Number of rows predicted wrong.
    pub n_mistakes: usize,
    /// The mistakes the model was surest of.
    pub mistakes: Vec<Mistake>,
    /// How the figures grow with the training rows; empty where that was not asked for.
    pub learning_curve: Vec<LearningPoint>,
    /// What a reader must know before believing the figures.
    pub warnings: Vec<String>,
}

/// What was evaluated and on what.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Subject {
    /// Name of the data.
    pub data: String,
    /// Name of the model or recipe.
    pub model: String,
    /// How rows were kept from the model that predicts them, in words.
    pub method: String,
    /// Number of folds; 0 for a finished model.
    pub folds: usize,
    /// How often the folds were drawn.
    pub repeats: usize,
    /// The columns whose groups were never split, as the report finds them; none where there are none.
    pub grouped_by: Option<String>,
    /// Seed of the folds.
    pub seed: u64,
}

impl Subject {
    /// The same, with the columns that join rows.
    pub(super) fn grouped(&self, units: &UnitReport) -> Self {
        let columns: Vec<&str> = units.columns.keys().map(String::as_str).collect();
        Self { grouped_by: Some(columns.join(" + ")).filter(|columns| !columns.is_empty()), ..self.clone() }
    }
}

/// How the intervals were made.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct IntervalMethod {
    /// In words.
    pub method: String,
    /// What is drawn: "row", "text" where copies of a text are one unit, or the columns whose groups are.
    pub unit: String,
    /// Number of units.
    pub units: usize,
    /// Number of resamples.
    pub resamples: usize,
    /// Share of the values that an interval holds.
    pub level: f64,
    /// Where the random numbers start.
    pub seed: u64,
}

impl IntervalMethod {
    pub(super) fn new(resampling: Resampling, by: &UnitReport, units: usize) -> Self {
        let Resampling { n_resamples, level, seed } = resampling;
        let method = format!("percentile bootstrap over {}", by.drawn());
        Self { method, unit: by.unit(), units, resamples: n_resamples, level, seed }
    }
}

/// The figures of one class.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ClassReport {
    /// Its label.
    pub label: String,
    /// Rows with the label.
    pub support: f64,
    /// Rows predicted to have it.
    pub predicted: f64,
    /// Its figures.
    #[serde(flatten)]
    pub measures: BTreeMap<ClassMeasure, Estimate>,
}

/// The confusion matrix; rows are gold labels, columns predicted ones.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Confusion {
    /// Rows (or, for repeated cross-validation, mean rows a repeat).
    pub counts: Vec<Vec<f64>>,
    /// Their share of the row's total.
    pub row_shares: Vec<Vec<f64>>,
}

/// The curves of one class against the rest.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Curves {
    /// Its label.
    pub label: String,
    /// Points (false positive rate, true positive rate).
    pub roc: Vec<(f64, f64)>,
    /// Points (recall, precision).
    pub pr: Vec<(f64, f64)>,
}

/// What a report is to hold.
#[derive(Clone)]
pub struct ReportOptions<'o> {
    /// What was evaluated and on what.
    pub subject: Subject,
    /// How resampling is done.
    pub resampling: Resampling,
    /// Which rows are drawn together.
    pub joining: Joining,
    /// Columns to slice by.
    pub slice_by: Vec<String>,
    /// How many mistakes are listed.
    pub n_mistakes: usize,
    /// Says why a row gets a label.
    pub explain: Option<Explain<'o>>,
    /// Hears of the progress.
    pub progress: Callback<'o>,
}

impl Default for ReportOptions<'_> {
    fn default() -> Self {
        Self {
            subject: Subject::default(),
            resampling: Resampling::default(),
            joining: Joining::default(),
            slice_by: Vec::new(),
            n_mistakes: 20,
            explain: None,
            progress: &silent,
        }
    }
}

impl AccuracyReport {
    /// Computes the whole report; `predictions.rows` are indices into `rows`.
    ///
    /// # Errors
    /// [`EvaluateError`] where predictions and rows do not fit together or a column does not exist.
    pub fn new(predictions: &Predictions, rows: &[Row], options: &ReportOptions<'_>) -> Result<Self, EvaluateError> {
        predictions.check()?;
        if let Some(&row) = predictions.rows.iter().find(|&&row| row >= rows.len()) {
            return Err(EvaluateError::NoRow { row, n_rows: rows.len() });
        }
        let joined = Joined::new(rows, &options.joining)?;
        let interval_options =
            IntervalOptions { resampling: options.resampling, joined: &joined, progress: options.progress };
        let Measured { named: measures, all: estimates, n_units } = measures_of(predictions, &interval_options)?;
        let weights = predictions.weights.as_deref();
        let n_classes = predictions.labels.len();
        let matrix = ConfusionMatrix::new(&predictions.gold, &predictions.predicted, n_classes, weights)?;
        let mut seen: Vec<usize> = predictions.rows.clone();
        seen.sort_unstable();
        seen.dedup();
        let is_wrong = |place: &usize| predictions.gold[*place] != predictions.predicted[*place];
        let wrong: BTreeSet<usize> = (0..predictions.len()).filter(is_wrong).map(|p| predictions.rows[p]).collect();
        let units = units_of(predictions, &joined);
        let resampling = &options.resampling;
        let mut report = Self {
            format: FORMAT,
            subject: options.subject.grouped(joined.report()),
            intervals: IntervalMethod::new(options.resampling, joined.report(), n_units),
            units: joined.report().clone(),
            rows: seen.len(),
            labels: predictions.labels.clone(),
            measures,
            classes: class_reports(predictions, &matrix, &estimates),
            baselines: baselines(predictions),
            confusion: Confusion::of(&matrix),
            calibration: reliability(predictions, &units, resampling)?,
            curves: curves(predictions)?,
            set_level: predictions.sets.as_ref().map(|sets| sets.level),
            prediction_sets: prediction_sets(predictions, &units, resampling),
            answered: answered(predictions, &units, resampling),
            slices: slicings(predictions, rows, &options.slice_by, &interval_options)?,
            n_mistakes: wrong.len(),
            mistakes: mistakes(predictions, rows, options.n_mistakes, options.explain),
            learning_curve: Vec::new(),
            warnings: Vec::new(),
        };
        report.warnings = report.own_warnings();
        report.warnings.extend(joined.report().warnings());
        Ok(report)
    }

    /// A figure over all classes.
    #[must_use]
    pub fn value(&self, measure: Measure) -> Option<f64> {
        self.measures.get(&measure).and_then(|estimate| estimate.value)
    }

    /// Judges a gate.
    ///
    /// # Errors
    /// [`EvaluateError::Gate`] where it names a label the report does not have.
    pub fn judge(&self, gate: &Gate) -> Result<GateResult, EvaluateError> {
        let estimate = match gate.figure() {
            GateFigure::Overall(measure) => self.measures.get(measure),
            GateFigure::Class(label, measure) => {
                let class = self.classes.iter().find(|class| &class.label == label).ok_or_else(|| {
                    let problem = format!("no label {label:?}; there are {}", self.labels.join(", "));
                    EvaluateError::Gate { gate: gate.to_string(), problem }
                })?;
                class.measures.get(measure)
            }
        };
        Ok(gate.judge(estimate))
    }

    fn own_warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.rows < SMALL {
            warnings.push(format!("only {} rows: the intervals are wide and themselves unsure", self.rows));
        }
        if self.intervals.unit != "row" && self.intervals.units < FEW_GROUPS {
            let IntervalMethod { units, unit, .. } = &self.intervals;
            warnings.push(few_units(*units, unit));
        }
        for class in &self.classes {
            let label = &class.label;
            match class.support {
                0.0 if class.predicted > 0.0 => {
                    warnings.push(format!("no row is labelled {label}, yet it is predicted: its F1 counts as 0"));
                }
                support if support > 0.0 && support < 20.0 => {
                    warnings.push(format!("only {support:.0} rows are labelled {label}"));
                }
                support if support > 0.0 && class.predicted == 0.0 => {
                    warnings.push(format!("{label} is never predicted: its F1 counts as 0"));
                }
                _ => {}
            }
        }
        warnings
    }
}

/// A warning of too few units.
pub(super) fn few_units(n_units: usize, unit: &str) -> String {
    let ending = if n_units == 1 { "" } else { "s" };
    let what = if unit == "text" { format!("unit{ending}") } else { format!("group{ending} of equal {unit}") };
    format!("only {n_units} {what}: intervals from so few are too narrow")
}

fn class_reports(predictions: &Predictions, matrix: &ConfusionMatrix, estimates: &[Estimate]) -> Vec<ClassReport> {
    let labels = predictions.labels.iter().enumerate();
    labels
        .map(|(class, label)| {
            let measures = ClassMeasure::ALL.into_iter().filter_map(|measure| {
                let estimate = estimates[class_place(class, measure)];
                estimate.value.map(|_| (measure, estimate))
            });
            ClassReport {
                label: label.clone(),
                support: matrix.support(class),
                predicted: matrix.predicted(class),
                measures: measures.collect(),
            }
        })
        .collect()
}

impl Confusion {
    fn of(matrix: &ConfusionMatrix) -> Self {
        let n = matrix.n_classes();
        let table = |cell: &dyn Fn(usize, usize) -> f64| {
            (0..n).map(|gold| (0..n).map(|predicted| cell(gold, predicted)).collect()).collect()
        };
        Self { counts: table(&|g, p| matrix.cell(g, p)), row_shares: table(&|g, p| matrix.row_share(g, p)) }
    }
}

fn curves(predictions: &Predictions) -> Result<Vec<Curves>, EvaluateError> {
    let Some(table) = &predictions.probabilities else { return Ok(Vec::new()) };
    let weights = predictions.weights.as_deref();
    let mut curves = Vec::new();
    for (class, label) in predictions.labels.iter().enumerate() {
        let positive: Vec<bool> = predictions.gold.iter().map(|&gold| gold == class).collect();
        let scores = table.column(class).to_vec();
        let roc = roc_curve(&positive, &scores, weights)?;
        let pr = pr_curve(&positive, &scores, weights)?;
        curves.push(Curves {
            label: label.clone(),
            roc: thinned(roc.iter().map(|point| (point.false_positive_rate, point.true_positive_rate)).collect()),
            pr: thinned(pr.iter().map(|point| (point.recall, point.precision)).collect()),
        });
    }
    Ok(curves)
}

/// At most [`MOST_POINTS`] of the points, evenly chosen, the first and the last among them.
fn thinned(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    if points.len() <= MOST_POINTS {
        return points;
    }
    (0..MOST_POINTS).map(|step| points[step * (points.len() - 1) / (MOST_POINTS - 1)]).collect()
}
