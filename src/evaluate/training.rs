//! The report of what training found out about itself: its out-of-fold predictions, measured like any others.

use super::{AccuracyReport, EvaluateError, LabelSets, Predictions, ReportOptions, Scheme, Subject};
use crate::labeled::Row;
use crate::model::{LEVEL, OutOfFold, Trained};

/// The accuracy report of the cross-validation that [`crate::model::train`] made on the way to the model; `rows` are
/// those it was trained on, in their order. None where there were no folds; rows that the recipe does not measure are
/// left out.
///
/// The same rows, seed, number of folds and joining give the same figures as [`super::cross_validate`].
///
/// # Errors
/// [`EvaluateError`] where the rows are others than those of the training.
pub fn training_report(
    trained: &Trained,
    rows: &[Row],
    options: &ReportOptions<'_>,
) -> Result<Option<AccuracyReport>, EvaluateError> {
    let Some(out_of_fold) = &trained.out_of_fold else { return Ok(None) };
    let predictions = out_of_fold.predictions(trained.model.labels());
    let subject = Subject {
        method: Scheme { n_folds: out_of_fold.n_folds, joining: options.joining.clone(), ..Scheme::default() }
            .describe(rows),
        folds: out_of_fold.n_folds,
        repeats: 1,
        seed: trained.model.manifest().training.seed,
        ..options.subject.clone()
    };
    let options = ReportOptions { subject, ..options.clone() };
    AccuracyReport::new(&predictions, rows, &options).map(Some)
}

impl OutOfFold {
    /// The predictions, by the labels of the training.
    pub(super) fn predictions(&self, labels: &[String]) -> Predictions {
        Predictions {
            labels: labels.to_vec(),
            rows: self.rows.clone(),
            gold: self.gold.clone(),
            predicted: self.predicted.clone(),
            probabilities: Some(self.probabilities.clone()),
            weights: None,
            sets: Some(LabelSets { level: LEVEL, from: self.levels.clone() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{Measure, Resampling};
    use crate::model::{TrainOptions, train};
    use crate::progress::silent;

    #[test]
    fn the_report_agrees_with_the_models_card() {
        let row = |index: usize| {
            let (text, label) = match index % 2 {
                0 => ("send troops", "favor"),
                _ => ("bring them home", "against"),
            };
            // A third of the labels say nothing, so that the figures are not all 1.
            let label = if index.is_multiple_of(3) { ["favor", "against"][index / 3 % 2] } else { label };
            // Words of its own make each row one that is near no other.
            let own: Vec<String> = (1..7).map(|n| format!("w{}", index * 7919 * n % 99_991)).collect();
            Row {
                id: index.to_string(),
                text: format!("{text} {}", own.join(" ")),
                label: label.into(),
                target: None,
                speaker: None,
                group: None,
                article: None,
                context: None,
                line: index + 1,
                fields: serde_json::Map::new(),
            }
        };
        let rows: Vec<Row> = (0..60).map(row).collect();
        let trained = train(&rows, &TrainOptions { n_folds: 3, ..TrainOptions::default() }, &silent).unwrap();
        let resampling = Resampling { n_resamples: 50, ..Resampling::default() };
        let options = ReportOptions { resampling, ..ReportOptions::default() };
        let report = training_report(&trained, &rows, &options).unwrap().unwrap();
        let card = trained.model.manifest().accuracy.as_ref().unwrap();
        assert_eq!((report.rows, report.subject.folds, report.intervals.unit.as_str()), (60, 3, "row"));
        assert!((report.value(Measure::MacroF1).unwrap() - card.macro_f1).abs() < 1e-12);
        assert!((report.value(Measure::LogLoss).unwrap() - card.log_loss).abs() < 1e-9);
        let untested = train(&rows, &TrainOptions { n_folds: 0, ..TrainOptions::default() }, &silent).unwrap();
        assert!(training_report(&untested, &rows, &options).unwrap().is_none());
    }
}
