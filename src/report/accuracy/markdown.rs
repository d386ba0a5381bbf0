//! For a paper or a pull request.

use std::fmt::Write;

use super::{sets_title, slice_name, title};
use crate::evaluate::{AccuracyReport, ClassMeasure, Measure};
use crate::report::figure::{count, figure, percent, with_interval};
use crate::report::markdown::{plain, row, rule};

/// The report as Markdown with pipe tables.
pub(super) fn markdown(report: &AccuracyReport) -> String {
    let mut out = String::new();
    let subject = &report.subject;
    let _ = writeln!(out, "## {}\n", plain(&title(subject)));
    let _ = write!(out, "{} rows; {}.", report.rows, plain(&subject.method));
    if report.intervals.resamples > 0 {
        let intervals = &report.intervals;
        let _ = write!(
            out,
            " In brackets the {} % interval ({}, {} resamples).",
            100.0 * intervals.level,
            plain(&intervals.method),
            intervals.resamples
        );
    }
    if let Some(units) = report.units.note() {
        let _ = write!(out, " Units: {}.", plain(&units));
    }
    out.push_str("\n\n");
    for warning in &report.warnings {
        let _ = writeln!(out, "> **Warning:** {}.\n", plain(warning));
    }
    row(&mut out, ["measure", "value", "majority", "prior-random"].map(str::to_owned));
    rule(&mut out, 4);
    for (measure, estimate) in &report.measures {
        let baseline = |index: usize| {
            let value = report.baselines.get(index).and_then(|baseline| baseline.measures.get(measure).copied());
            value.map_or_else(String::new, figure)
        };
        row(&mut out, [measure.title().to_owned(), with_interval(estimate), baseline(0), baseline(1)]);
    }
    out.push('\n');
    row(&mut out, ["class", "precision", "recall", "F1", "ROC AUC", "PR AUC", "rows"].map(str::to_owned));
    rule(&mut out, 7);
    for class in &report.classes {
        let get = |measure| with_interval(&class.measures.get(&measure).copied().unwrap_or_default());
        let mut cells = vec![plain(&class.label)];
        cells.extend(ClassMeasure::ALL.map(get));
        cells.push(count(class.support));
        row(&mut out, cells);
    }
    out.push_str("\nGold labels by row, predictions by column:\n\n");
    row(&mut out, std::iter::once(String::new()).chain(report.labels.iter().map(|label| plain(label))));
    rule(&mut out, report.labels.len() + 1);
    for (gold, label) in report.labels.iter().enumerate() {
        let cells = report.confusion.counts[gold].iter().zip(&report.confusion.row_shares[gold]);
        let cells = cells.map(|(&value, share)| format!("{} ({:.0} %)", count(value), 100.0 * share));
        row(&mut out, std::iter::once(plain(label)).chain(cells));
    }
    for slicing in &report.slices {
        let _ = writeln!(out, "\nBy {}:\n", plain(&slicing.by));
        let mut headings = vec![plain(&slicing.by), "rows".into(), "accuracy".into(), "macro-F1".into()];
        if let Some(level) = report.set_level {
            headings.extend([format!("in {} sets", percent(level)), "labels in a set".into()]);
        }
        let n_columns = headings.len();
        row(&mut out, headings);
        rule(&mut out, n_columns);
        for slice in &slicing.slices {
            let get = |measure| with_interval(&slice.measures.get(&measure).copied().unwrap_or_default());
            let rows = format!("{}{}", slice.rows, if slice.small { " (few)" } else { "" });
            let mut cells = vec![plain(slice_name(&slice.value)), rows, get(Measure::Accuracy), get(Measure::MacroF1)];
            if report.set_level.is_some() {
                cells.extend([get(Measure::Coverage), get(Measure::SetSize)]);
            }
            row(&mut out, cells);
        }
    }
    if !report.prediction_sets.is_empty() {
        let _ = writeln!(out, "\n{}:\n", sets_title(report));
        row(&mut out, ["wanted", "reached", "labels in a set", "one label", "none"].map(str::to_owned));
        rule(&mut out, 5);
        for sets in &report.prediction_sets {
            let (reached, size) = (with_interval(&sets.coverage), with_interval(&sets.mean_size));
            row(&mut out, [percent(sets.wanted), reached, size, percent(sets.single), percent(sets.empty)]);
        }
    }
    if !report.answered.is_empty() {
        out.push_str("\nAnswering only where the model is surest:\n\n");
        row(&mut out, ["answered", "from probability", "accuracy", "macro-F1"].map(str::to_owned));
        rule(&mut out, 4);
        for answered in &report.answered {
            let from = figure(Some(answered.least_confidence));
            let (accuracy, f1) = (with_interval(&answered.accuracy), with_interval(&answered.macro_f1));
            row(&mut out, [percent(answered.share), from, accuracy, f1]);
        }
    }
    if !report.learning_curve.is_empty() {
        out.push_str("\nLearning curve:\n\n");
        row(&mut out, ["training rows", "accuracy", "macro-F1"].map(str::to_owned));
        rule(&mut out, 3);
        for point in &report.learning_curve {
            let get = |measure| with_interval(&point.measures.get(&measure).copied().unwrap_or_default());
            row(&mut out, [format!("{:.0}", point.rows), get(Measure::Accuracy), get(Measure::MacroF1)]);
        }
    }
    out
}
