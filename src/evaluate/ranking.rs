//! How well one label's probability finds rows that carry another, under labels that the model was never taught: does
//! p(fact) rank check-worthy sentences before the others?
//!
//! Only the order of the probabilities counts here; what they are is of no interest, so there is no accuracy.

use ndarray::Array2;
use serde::Serialize;

use super::bootstrap::Estimate;
use super::figures::class_place;
use super::measured::{IntervalOptions, measures_of};
use super::slices::{SMALL, parts_by};
use super::{
    ClassMeasure, EvaluateError, Gate, GateFigure, GateResult, IntervalMethod, Measure, Predictions, ReportOptions,
    Subject,
};
use crate::features::Input;
use crate::labeled::Row;
use crate::model::Model;
use crate::units::{Joined, UnitReport};

/// How well a score ranks.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RankingReport {
    /// Version of this format.
    pub format: u32,
    /// What was evaluated and on what.
    pub subject: Subject,
    /// How the intervals were made.
    pub intervals: IntervalMethod,
    /// The units that rows are drawn by.
    pub units: UnitReport,
    /// The label whose probability is the score.
    pub score: String,
    /// The label of the rows that the score shall find.
    pub positive: String,
    /// The figures over all rows.
    pub all: RankingSlice,
    /// The same by the values of columns: each with the column's name and its parts, the smallest first.
    pub slices: Vec<(String, Vec<RankingSlice>)>,
    /// What a reader must know before believing the figures.
    pub warnings: Vec<String>,
}

/// The figures over some rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RankingSlice {
    /// What the rows have in common; empty for all rows, and for those without a value.
    pub value: String,
    /// Number of rows.
    pub rows: usize,
    /// Those to be found.
    pub positive_rows: usize,
    /// The figures.
    #[serde(flatten)]
    pub measures: RankingMeasures,
}

/// How well a score ranks some rows; not defined where all or none are to be found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RankingMeasures {
    /// The probability that a row to be found has the higher score of two.
    pub roc_auc: Estimate,
    /// Average precision; the share of the rows to be found is what chance reaches.
    pub pr_auc: Estimate,
}

impl RankingReport {
    /// Scores the rows by the model's probability of the label `score`, and measures how it finds those labelled
    /// `positive`.
    ///
    /// # Errors
    /// [`EvaluateError`] where the model has no such label, no row or every row is positive, or a column does not exist.
    pub fn new(
        model: &Model,
        rows: &[Row],
        score: &str,
        positive: &str,
        options: &ReportOptions<'_>,
    ) -> Result<Self, EvaluateError> {
        let label = model.labels().iter().position(|label| label == score);
        let label =
            label.ok_or_else(|| EvaluateError::Score { label: score.to_owned(), known: model.labels().join(", ") })?;
        // The first of two classes is the one to be found.
        let gold: Vec<usize> = rows.iter().map(|row| usize::from(row.label != positive)).collect();
        let n_positive = gold.iter().filter(|class| **class == 0).count();
        if n_positive == 0 || n_positive == rows.len() {
            return Err(EvaluateError::Positive { label: positive.to_owned(), n_positive, n_rows: rows.len() });
        }
        let texts: Vec<Input<'_>> = rows.iter().map(Row::input).collect();
        let scores: Vec<f64> = model.classify_batch(&texts).into_iter().map(|said| said.probabilities[label]).collect();
        let table = Array2::from_shape_fn((rows.len(), 2), |(row, class)| match class {
            0 => scores[row],
            _ => 1.0 - scores[row],
        });
        let labels = vec![positive.to_owned(), format!("not {positive}")];
        let predictions = Predictions::new(labels, gold, vec![0; rows.len()], Some(table))?;
        let joined = Joined::new(rows, &options.joining)?;
        let interval_options =
            IntervalOptions { resampling: options.resampling, joined: &joined, progress: options.progress };
        let slice = |value: String, part: &Predictions| {
            let measured = measures_of(part, &interval_options)?;
            let figure = |measure| measured.all[class_place(0, measure)];
            let measures =
                RankingMeasures { roc_auc: figure(ClassMeasure::RocAuc), pr_auc: figure(ClassMeasure::PrAuc) };
            let positive_rows = part.gold.iter().filter(|class| **class == 0).count();
            Ok::<_, EvaluateError>((
                RankingSlice { value, rows: part.len(), positive_rows, measures },
                measured.n_units,
            ))
        };
        let (all, n_units) = slice(String::new(), &predictions)?;
        let mut slices = Vec::new();
        for column in &options.slice_by {
            let parts = parts_by(&predictions, rows, column)?.into_iter();
            let parts = parts.map(|(value, places)| Ok(slice(value, &predictions.select(&places))?.0));
            slices.push((column.clone(), parts.collect::<Result<Vec<_>, EvaluateError>>()?));
        }
        let mut warnings = if rows.len() < SMALL {
            vec![format!("only {} rows: the intervals are wide and themselves unsure", rows.len())]
        } else {
            Vec::new()
        };
        warnings.extend(joined.report().warnings());
        Ok(Self {
            format: super::FORMAT,
            subject: options.subject.grouped(joined.report()),
            intervals: IntervalMethod::new(options.resampling, joined.report(), n_units),
            units: joined.report().clone(),
            score: score.to_owned(),
            positive: positive.to_owned(),
            all,
            slices,
            warnings,
        })
    }

    /// Judges a gate.
    ///
    /// # Errors
    /// [`EvaluateError::Gate`] where it asks for another figure than the two that there are.
    pub fn judge(&self, gate: &Gate) -> Result<GateResult, EvaluateError> {
        let estimate = match gate.figure() {
            GateFigure::Overall(Measure::RocAuc) => &self.all.measures.roc_auc,
            GateFigure::Overall(Measure::PrAuc) => &self.all.measures.pr_auc,
            _ => {
                let problem = "a ranking has roc-auc and pr-auc alone".to_owned();
                return Err(EvaluateError::Gate { gate: gate.to_string(), problem });
            }
        };
        Ok(gate.judge(Some(estimate)))
    }
}
