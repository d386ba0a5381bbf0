//! For people at a terminal: tables of at most 80 columns, the most important first.

use std::fmt::Write;

use super::{sets_title, slice_name, title};
use crate::evaluate::{AccuracyReport, ClassMeasure, Estimate, Measure};
use crate::report::figure::{count, figure, interval, percent};
use crate::report::prose::{bold, indented, paragraph, quotation, section, shortened, warning};
use crate::report::render::Look;
use crate::report::table::{harmless, rendered, table};

/// A matrix of more classes does not fit; the commonest confusions are listed instead.
const MOST_CLASSES: usize = 6;
/// Mistakes shown; the other formats have all that the report holds.
const N_MISTAKES: usize = 5;
const LONGEST_QUOTE: usize = 300;

/// The report as text.
pub(super) fn text(report: &AccuracyReport, look: Look) -> String {
    let mut out = String::new();
    let subject = &report.subject;
    let intervals = &report.intervals;
    let heading = |text: &str| bold(text, look);
    paragraph(&mut out, &heading(&harmless(&title(subject))));
    let mut how = format!("{} rows; {}.", report.rows, harmless(&subject.method));
    if intervals.resamples > 0 {
        let _ = write!(
            how,
            " Intervals: {} %, {}, {} resamples.",
            100.0 * intervals.level,
            harmless(&intervals.method),
            intervals.resamples
        );
    }
    if let Some(units) = report.units.note() {
        let _ = write!(how, " Units: {}.", harmless(&units));
    }
    paragraph(&mut out, &how);
    report.warnings.iter().for_each(|text| warning(&mut out, text, look));
    out.push('\n');
    out.push_str(&overall(report));
    section(&mut out, &heading("Classes"), &classes(report));
    section(&mut out, &heading("Gold labels by row, predictions by column"), &confusion(report));
    if !report.prediction_sets.is_empty() {
        section(&mut out, &heading(sets_title(report)), &sets(report));
    }
    if !report.answered.is_empty() {
        section(&mut out, &heading("Answering only where the model is surest"), &answered(report));
    }
    for slicing in &report.slices {
        let mut rows = table(&[&slicing.by, ">rows", ">accuracy", "interval", ">macro-F1", "interval"]);
        for slice in &slicing.slices {
            let mark = if slice.small { "*" } else { "" };
            let [accuracy, f1] = [Measure::Accuracy, Measure::MacroF1].map(|m| slice.measures.get(&m).copied());
            let (accuracy, f1) = (accuracy.unwrap_or_default(), f1.unwrap_or_default());
            rows.add_row([
                harmless(&shortened(slice_name(&slice.value), 30)),
                format!("{}{mark}", slice.rows),
                figure(accuracy.value),
                interval(&accuracy),
                figure(f1.value),
                interval(&f1),
            ]);
        }
        let mut body = rendered(&rows);
        if let Some(level) = report.set_level {
            let coverage = format!(">in {} sets", percent(level));
            let mut rows = table(&[&slicing.by, ">rows", &coverage, "interval", ">labels", "interval"]);
            for slice in &slicing.slices {
                let [held, size] = [Measure::Coverage, Measure::SetSize].map(|m| slice.measures.get(&m).copied());
                let (held, size) = (held.unwrap_or_default(), size.unwrap_or_default());
                rows.add_row([
                    harmless(&shortened(slice_name(&slice.value), 30)),
                    format!("{}{}", slice.rows, if slice.small { "*" } else { "" }),
                    figure(held.value),
                    interval(&held),
                    figure(size.value),
                    interval(&size),
                ]);
            }
            body.push('\n');
            body.push_str(&rendered(&rows));
        }
        if slicing.slices.iter().any(|slice| slice.small) {
            body.push_str("* few rows: differences between such slices are mostly chance\n");
        }
        section(&mut out, &heading(&format!("By {}", harmless(&slicing.by))), &body);
    }
    if !report.learning_curve.is_empty() {
        section(&mut out, &heading("Learning curve"), &learning(report));
    }
    if !report.mistakes.is_empty() {
        let name = format!("Surest of {} mistakes", report.n_mistakes);
        section(&mut out, &heading(&name), &mistakes(report));
    }
    out
}

fn overall(report: &AccuracyReport) -> String {
    let mut rows = table(&["measure", ">value", "interval", ">majority", ">prior-random"]);
    for (measure, estimate) in &report.measures {
        let baseline = |index: usize| {
            let value = report.baselines.get(index).and_then(|baseline| baseline.measures.get(measure).copied());
            value.map_or_else(String::new, figure)
        };
        let name = format!("{}{}", measure.title(), if measure.lower_is_better() { " ↓" } else { "" });
        rows.add_row([name, figure(estimate.value), interval(estimate), baseline(0), baseline(1)]);
    }
    let mut out = rendered(&rows);
    if report.measures.keys().any(|measure| measure.lower_is_better()) {
        out.push_str("↓ less is better\n");
    }
    if let Some(level) = report.set_level {
        let _ = writeln!(out, "sets: those that the model gives at {}", percent(level));
    }
    out
}

/// The table with narrower gaps: three figures with intervals beside a name need nearly all of 80 columns.
fn tight(table: &mut comfy_table::Table) -> &comfy_table::Table {
    table.column_iter_mut().for_each(|column| {
        column.set_padding((0, 1));
    });
    table
}

fn classes(report: &AccuracyReport) -> String {
    let mut out = String::new();
    let [precision, recall, f1, roc, pr] = ClassMeasure::ALL;
    for part in [&[precision, recall, f1][..], &[roc, pr]] {
        let is_last = part[0] == roc;
        let is_known = |measure: &ClassMeasure| report.classes.iter().any(|class| class.measures.contains_key(measure));
        let part: Vec<ClassMeasure> = part.iter().copied().filter(is_known).collect();
        let mut headings = vec!["class".to_owned()];
        headings.extend(part.iter().flat_map(|measure| [format!(">{}", measure.title()), "interval".to_owned()]));
        if is_last {
            headings.extend([">rows", ">predicted"].map(str::to_owned));
        }
        let mut rows = table(&headings.iter().map(String::as_str).collect::<Vec<_>>());
        for class in &report.classes {
            let mut cells = vec![harmless(&shortened(&class.label, 14))];
            for measure in &part {
                let estimate = class.measures.get(measure).copied().unwrap_or_default();
                cells.extend([figure(estimate.value), interval(&estimate)]);
            }
            if is_last {
                cells.extend([count(class.support), count(class.predicted)]);
            }
            rows.add_row(cells);
        }
        if is_last {
            out.push('\n');
        }
        out.push_str(&rendered(tight(&mut rows)));
    }
    out
}

fn confusion(report: &AccuracyReport) -> String {
    let cell = |g: usize, p: usize| {
        let confusion = &report.confusion;
        format!("{} {:>3.0}%", count(confusion.counts[g][p]), 100.0 * confusion.row_shares[g][p])
    };
    let n = report.labels.len();
    if n <= MOST_CLASSES {
        let names: Vec<String> = report.labels.iter().map(|label| harmless(&shortened(label, 10))).collect();
        let headings: Vec<String> =
            std::iter::once(String::new()).chain(names.iter().map(|name| format!(">{name}"))).collect();
        let mut rows = table(&headings.iter().map(String::as_str).collect::<Vec<_>>());
        for (g, name) in names.iter().enumerate() {
            rows.add_row(std::iter::once(name.clone()).chain((0..n).map(|p| cell(g, p))));
        }
        return rendered(&rows);
    }
    let mut pairs: Vec<(usize, usize)> =
        (0..n * n).map(|place| (place / n, place % n)).filter(|(g, p)| g != p).collect();
    pairs
        .sort_by(|a, b| report.confusion.counts[b.0][b.1].total_cmp(&report.confusion.counts[a.0][a.1]).then(a.cmp(b)));
    let mut rows = table(&["gold", "taken for", ">rows"]);
    for (g, p) in pairs.into_iter().take(12).filter(|&(g, p)| report.confusion.counts[g][p] > 0.0) {
        rows.add_row([
            harmless(&shortened(&report.labels[g], 26)),
            harmless(&shortened(&report.labels[p], 26)),
            cell(g, p),
        ]);
    }
    rendered(&rows)
}

fn sets(report: &AccuracyReport) -> String {
    let mut rows = table(&[">wanted", ">reached", "interval", ">labels", "interval", ">one label", ">none"]);
    for sets in &report.prediction_sets {
        rows.add_row([
            percent(sets.wanted),
            figure(sets.coverage.value),
            interval(&sets.coverage),
            figure(sets.mean_size.value),
            interval(&sets.mean_size),
            percent(sets.single),
            percent(sets.empty),
        ]);
    }
    rendered(&rows)
}

fn answered(report: &AccuracyReport) -> String {
    let mut rows = table(&[">answered", ">from probability", ">accuracy", "interval", ">macro-F1", "interval"]);
    for answered in &report.answered {
        rows.add_row([
            percent(answered.share),
            format!("{:.3}", answered.least_confidence),
            figure(answered.accuracy.value),
            interval(&answered.accuracy),
            figure(answered.macro_f1.value),
            interval(&answered.macro_f1),
        ]);
    }
    rendered(&rows)
}

fn learning(report: &AccuracyReport) -> String {
    let mut rows = table(&[">training rows", ">accuracy", "interval", ">macro-F1", "interval"]);
    for point in &report.learning_curve {
        let get = |measure| point.measures.get(&measure).copied().unwrap_or_default();
        let (accuracy, f1): (Estimate, Estimate) = (get(Measure::Accuracy), get(Measure::MacroF1));
        rows.add_row([
            format!("{:.0}", point.rows),
            figure(accuracy.value),
            interval(&accuracy),
            figure(f1.value),
            interval(&f1),
        ]);
    }
    rendered(&rows)
}

fn mistakes(report: &AccuracyReport) -> String {
    let mut out = String::new();
    for mistake in report.mistakes.iter().take(N_MISTAKES) {
        let sure = mistake.probability.map_or_else(String::new, |p| format!(" ({p:.2})"));
        let head = format!("{} is {}, predicted {}{sure}", mistake.id, mistake.gold, mistake.predicted);
        paragraph(&mut out, &harmless(&head));
        quotation(&mut out, &mistake.text, LONGEST_QUOTE);
        let words: Vec<String> = mistake
            .words
            .iter()
            .filter(|word| word.weight > 0.0)
            .map(|word| {
                let part: String = mistake.text.chars().skip(word.start).take(word.end - word.start).collect();
                format!("{} {:+.2}", harmless(&part), word.weight)
            })
            .collect();
        if !words.is_empty() {
            indented(&mut out, &format!("because of: {}", words.join(", ")));
        }
    }
    out
}
