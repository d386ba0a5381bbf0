//! For people at a terminal: tables of at most 80 columns, the most important first.

use std::fmt::Write;

use anstyle::{AnsiColor, Color, Style};

use super::{count, figure, interval, percent, slice_name, title};
use crate::evaluate::{AccuracyReport, ClassMeasure, Estimate, Measure};
use crate::report::table::{WIDTH, harmless, rendered, table};

/// A matrix of more classes does not fit; the commonest confusions are listed instead.
const MOST_CLASSES: usize = 6;
/// Mistakes shown; the other formats have all that the report holds.
const N_MISTAKES: usize = 5;
const LONGEST_QUOTE: usize = 300;

/// The report as text; `colour` where the terminal wants it.
#[must_use]
pub fn text(report: &AccuracyReport, colour: bool) -> String {
    let mut out = String::new();
    let subject = &report.subject;
    let intervals = &report.intervals;
    let heading = |text: &str| {
        let bold = Style::new().bold();
        if colour { format!("{bold}{text}{bold:#}") } else { text.to_owned() }
    };
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
    paragraph(&mut out, &how);
    for warning in &report.warnings {
        let style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Yellow)));
        let warning = format!("Warning: {}.", harmless(warning));
        paragraph(&mut out, &if colour { format!("{style}{warning}{style:#}") } else { warning });
    }
    out.push('\n');
    out.push_str(&overall(report));
    section(&mut out, &heading("Classes"), &classes(report));
    section(&mut out, &heading("Gold labels by row, predictions by column"), &confusion(report));
    if !report.prediction_sets.is_empty() {
        section(&mut out, &heading("Sets of labels that hold the right one as often as wanted"), &sets(report));
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

fn section(out: &mut String, heading: &str, body: &str) {
    let _ = write!(out, "\n{heading}\n{body}");
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
    out
}

fn classes(report: &AccuracyReport) -> String {
    let mut rows = table(&["class", ">precision", ">recall", ">F1", "interval", ">ROC", ">PR", ">rows"]);
    for class in &report.classes {
        let get = |measure| class.measures.get(&measure).copied().unwrap_or_default();
        let value = |measure| figure(get(measure).value);
        rows.add_row([
            harmless(&shortened(&class.label, 16)),
            value(ClassMeasure::Precision),
            value(ClassMeasure::Recall),
            value(ClassMeasure::F1),
            interval(&get(ClassMeasure::F1)),
            value(ClassMeasure::RocAuc),
            value(ClassMeasure::PrAuc),
            count(class.support),
        ]);
    }
    rendered(&rows)
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
    let mut rows = table(&[">wanted", ">reached", ">labels in a set", ">one label", ">none"]);
    for sets in &report.prediction_sets {
        rows.add_row([
            percent(sets.wanted),
            format!("{:.1} %", 100.0 * sets.coverage),
            format!("{:.2}", sets.mean_size),
            percent(sets.single),
            percent(sets.empty),
        ]);
    }
    rendered(&rows)
}

fn answered(report: &AccuracyReport) -> String {
    let mut rows = table(&[">answered", ">from probability", ">accuracy", ">macro-F1"]);
    for answered in report.answered.iter().rev().step_by(2) {
        rows.add_row([
            percent(answered.share),
            figure(Some(answered.least_confidence)),
            figure(Some(answered.accuracy)),
            figure(answered.macro_f1),
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
        let text = format!("“{}”", shortened(&mistake.text, LONGEST_QUOTE));
        for line in wrapped(&harmless(&text), usize::from(WIDTH) - 4) {
            let _ = writeln!(out, "    {line}");
        }
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
            for line in wrapped(&format!("because of: {}", words.join(", ")), usize::from(WIDTH) - 4) {
                let _ = writeln!(out, "    {line}");
            }
        }
    }
    out
}

fn paragraph(out: &mut String, text: &str) {
    for line in wrapped(text, WIDTH.into()) {
        let _ = writeln!(out, "{line}");
    }
}

/// The text in lines of at most `width` columns, broken at blanks; a longer word is cut.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut columns = 0;
    for word in text.split(' ') {
        let wide = anstream::adapter::strip_str(word).to_string();
        let n = unicode_width::UnicodeWidthStr::width(wide.as_str());
        if columns > 0 && columns + 1 + n > width {
            lines.push(std::mem::take(&mut line));
            columns = 0;
        }
        if columns > 0 {
            line.push(' ');
            columns += 1;
        }
        if n <= width {
            line.push_str(word);
            columns += n;
            continue;
        }
        for c in word.chars() {
            let n = unicode_width::UnicodeWidthChar::width(c).unwrap_or(0);
            if columns + n > width {
                lines.push(std::mem::take(&mut line));
                columns = 0;
            }
            line.push(c);
            columns += n;
        }
    }
    lines.push(line);
    lines
}

/// At most `limit` characters, an ellipsis where some are missing.
fn shortened(text: &str, limit: usize) -> String {
    let mut rest = text.chars();
    let head: String = rest.by_ref().take(limit - 1).collect();
    match (rest.next(), rest.next()) {
        (None, _) => head,
        (Some(last), None) => format!("{head}{last}"),
        _ => format!("{head}…"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks_and_long_words_are_cut() {
        assert_eq!(wrapped("ab cd ef", 5), ["ab cd", "ef"]);
        assert_eq!(wrapped("abcdefgh ij", 5), ["abcde", "fgh", "ij"]);
        assert_eq!(wrapped("日本語", 4), ["日本", "語"]);
    }

    #[test]
    fn short_texts_stay_whole() {
        assert_eq!(shortened("abcd", 4), "abcd");
        assert_eq!(shortened("abcde", 4), "abc…");
    }
}
