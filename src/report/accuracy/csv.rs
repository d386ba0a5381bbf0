//! One figure a line: for spreadsheets and plotting programs.

use std::io::Write;

use super::slice_name;
use crate::evaluate::{AccuracyReport, Estimate};

/// Writes the columns `part`, `name`, `measure`, `value`, `low`, `high`, `rows`: the figures over all classes, of each
/// class, of the baselines, of each slice, of each cell of the confusion matrix, of the calibration, of sets of labels, of
/// the rows answered and of the learning curve.
///
/// # Errors
/// Where `out` cannot be written to.
pub(super) fn write_csv(report: &AccuracyReport, out: impl Write) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["part", "name", "measure", "value", "low", "high", "rows"])?;
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let mut line = |part: &str, name: &str, measure: &str, estimate: Estimate, rows: f64| {
        let [value, low, high] = [estimate.value, estimate.low, estimate.high].map(number);
        writer.write_record([part, name, measure, &value, &low, &high, &rows.to_string()])
    };
    let n_rows = report.rows as f64;
    for (measure, estimate) in &report.measures {
        line("all", "", measure.name(), *estimate, n_rows)?;
    }
    for class in &report.classes {
        for (measure, estimate) in &class.measures {
            line("class", &class.label, measure.name(), *estimate, class.support)?;
        }
    }
    for baseline in &report.baselines {
        for (measure, &value) in &baseline.measures {
            line("baseline", baseline.name, measure.name(), Estimate { value, low: None, high: None }, n_rows)?;
        }
    }
    for slicing in &report.slices {
        for slice in &slicing.slices {
            let name = format!("{}={}", slicing.by, slice_name(&slice.value));
            for (measure, estimate) in &slice.measures {
                line("slice", &name, measure.name(), *estimate, slice.rows as f64)?;
            }
        }
    }
    for (gold, counts) in report.labels.iter().zip(&report.confusion.counts) {
        for (predicted, &value) in report.labels.iter().zip(counts) {
            let name = format!("{gold} -> {predicted}");
            line("confusion", &name, "count", Estimate { value: Some(value), low: None, high: None }, n_rows)?;
        }
    }
    for bin in &report.calibration {
        line("calibration", &format!("{}-{}", bin.from, bin.to), "accuracy", bin.accuracy, bin.count)?;
    }
    for sets in &report.prediction_sets {
        for (measure, estimate) in [("coverage", sets.coverage), ("mean_size", sets.mean_size)] {
            line("prediction_sets", &sets.wanted.to_string(), measure, estimate, n_rows)?;
        }
    }
    for answered in &report.answered {
        for (measure, estimate) in [("accuracy", answered.accuracy), ("macro_f1", answered.macro_f1)] {
            line("answered", &answered.share.to_string(), measure, estimate, answered.share * n_rows)?;
        }
    }
    for point in &report.learning_curve {
        for (measure, estimate) in &point.measures {
            line("learning_curve", "", measure.name(), *estimate, point.rows)?;
        }
    }
    writer.flush()?;
    Ok(())
}
