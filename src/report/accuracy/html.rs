//! One self-contained page: figures, charts with text alternatives, a sortable table of mistakes with the words marked.

use maud::{Markup, html};

use super::{sets_title, slice_name, title};
use crate::evaluate::{AccuracyReport, ClassMeasure, Curves, Estimate, Measure, Mistake, Slicing};
use crate::report::figure::{count, figure, interval, percent, with_interval};
use crate::report::page::{
    Cell, Column, HeatMap, LineChart, RangeChart, RangeRow, Series, SeriesStyle, frame, table, text, visible,
};
use crate::report::prose::shortened;

const UNIT: (f64, f64) = (0.0, 1.0);
/// Lines of one chart; beyond them only the commonest classes are drawn.
const MOST_LINES: usize = 6;
/// Characters of a label in a legend.
const LONGEST_LABEL: usize = 30;
/// A heat map of more classes cannot be read.
const MOST_CELLS: usize = 12;
/// More slices are shown as a table alone.
const MOST_RANGES: usize = 40;

/// The report as an HTML page.
pub(super) fn html(report: &AccuracyReport) -> String {
    let body = html! {
        (lead(report))
        section { h2 { "Figures" } (overall(report)) }
        section { h2 { "Classes" } (classes(report)) }
        section { h2 { "What was taken for what" } (confusion(report)) }
        @if !report.curves.is_empty() {
            section { h2 { "Probabilities" } div.charts {
                (reliability(report))
                (curves_chart(report, "ROC curves", ("false positive rate", "true positive rate"), true, |c| &c.roc, ClassMeasure::RocAuc))
                (curves_chart(report, "Precision-recall curves", ("recall", "precision"), false, |c| &c.pr, ClassMeasure::PrAuc))
                (answered(report))
            } (sets(report)) }
        }
        @for slicing in &report.slices { section { h2 { "By " (text(&slicing.by)) } (slices(report, slicing)) } }
        @if !report.learning_curve.is_empty() { section { h2 { "Learning curve" } (learning(report)) } }
        @if !report.mistakes.is_empty() { section { h2 { "Mistakes" } (mistakes(report)) } }
    };
    frame(&title(&report.subject), body)
}

fn lead(report: &AccuracyReport) -> Markup {
    let intervals = &report.intervals;
    html! {
        p {
            (report.rows) " rows; " (text(&report.subject.method)) "."
            @if intervals.resamples > 0 {
                " Intervals hold " (100.0 * intervals.level) " %: " (text(&intervals.method)) ", "
                (intervals.resamples) " resamples, seed " (intervals.seed) "."
            }
            @if let Some(units) = report.units.note() { " Units: " (text(&units)) "." }
        }
        @for warning in &report.warnings { p.warning { (text(warning)) "." } }
    }
}

fn number(estimate: Estimate) -> Cell {
    Cell::Number(figure(estimate.value), estimate.value.unwrap_or(f64::MIN))
}

fn spread(estimate: Estimate) -> Cell {
    Cell::Number(interval(&estimate), estimate.low.unwrap_or(f64::MIN))
}

fn heads<'s>(headings: &[&'s str]) -> Vec<Column<'s>> {
    headings.iter().enumerate().map(|(index, &heading)| Column { heading, number: index > 0 }).collect()
}

fn overall(report: &AccuracyReport) -> Markup {
    let rows: Vec<Vec<Cell>> = report
        .measures
        .iter()
        .map(|(measure, &estimate)| {
            let baseline = |index: usize| {
                let value = report.baselines.get(index).and_then(|baseline| baseline.measures.get(measure).copied());
                Cell::Number(value.map_or_else(String::new, figure), value.flatten().unwrap_or(f64::MIN))
            };
            let note = if measure.lower_is_better() { " (less is better)" } else { "" };
            let name = Cell::Text(format!("{}{note}", measure.title()));
            vec![name, number(estimate), spread(estimate), baseline(0), baseline(1)]
        })
        .collect();
    let columns = heads(&["measure", "value", "interval", "majority", "prior-random"]);
    table("All classes, beside two classifiers that do not read the text", &columns, &rows, false)
}

fn classes(report: &AccuracyReport) -> Markup {
    let measures: Vec<ClassMeasure> =
        ClassMeasure::ALL.into_iter().filter(|measure| is_known(report, *measure)).collect();
    let row = |class: &crate::evaluate::ClassReport| {
        let mut cells = vec![Cell::Text(class.label.clone())];
        cells.extend(measures.iter().map(|measure| both(class.measures.get(measure))));
        cells.extend([class.support, class.predicted].map(|n| Cell::Number(count(n), n)));
        cells
    };
    let mut names = vec!["class"];
    names.extend(measures.iter().map(|measure| measure.title()));
    names.extend(["rows", "predicted"]);
    let rows: Vec<_> = report.classes.iter().map(row).collect();
    table("Each class against the rest, with intervals", &heads(&names), &rows, true)
}

/// A figure and its interval in one cell that sorts by the figure.
fn both(estimate: Option<&Estimate>) -> Cell {
    let estimate = estimate.copied().unwrap_or_default();
    Cell::Number(with_interval(&estimate), estimate.value.unwrap_or(f64::MIN))
}

/// Whether any class has the measure: areas need probabilities.
fn is_known(report: &AccuracyReport, measure: ClassMeasure) -> bool {
    report.classes.iter().any(|class| class.measures.contains_key(&measure))
}

fn confusion(report: &AccuracyReport) -> Markup {
    let n = report.labels.len();
    let confusion = &report.confusion;
    let map = (n <= MOST_CELLS).then(|| {
        let written = |(gold, row): (usize, &Vec<f64>)| {
            row.iter()
                .zip(&confusion.row_shares[gold])
                .map(|(&cell, share)| format!("{} · {}", count(cell), percent(*share)))
                .collect()
        };
        let kept =
            (0..n).map(|class| format!("{} {}", report.labels[class], percent(confusion.row_shares[class][class])));
        let description = format!("Share of each gold label predicted right: {}", kept.collect::<Vec<_>>().join(", "));
        HeatMap {
            title: "Confusion matrix: rows and share of the gold label",
            description,
            row_name: "gold",
            column_name: "predicted",
            rows: &report.labels,
            columns: &report.labels,
            shares: confusion.row_shares.clone(),
            written: confusion.counts.iter().enumerate().map(written).collect(),
        }
        .render()
    });
    let pairs = (0..n * n).map(|place| (place / n, place % n)).filter(|&(g, p)| g != p && confusion.counts[g][p] > 0.0);
    let mut pairs: Vec<(usize, usize)> = pairs.collect();
    pairs.sort_by(|a, b| confusion.counts[b.0][b.1].total_cmp(&confusion.counts[a.0][a.1]).then(a.cmp(b)));
    let row = |&(g, p): &(usize, usize)| {
        let (cell, share) = (confusion.counts[g][p], confusion.row_shares[g][p]);
        let names = [g, p].map(|class| Cell::Text(report.labels[class].clone()));
        names.into_iter().chain([Cell::Number(count(cell), cell), Cell::Number(percent(share), share)]).collect()
    };
    let rows: Vec<Vec<Cell>> = pairs.iter().take(20).map(row).collect();
    let columns = [("gold", false), ("predicted", false), ("rows", true), ("of the gold label", true)];
    let columns = columns.map(|(heading, number)| Column { heading, number });
    html! { div.charts { @if let Some(map) = map { (map) } (table("The commonest confusions", &columns, &rows, true)) } }
}

fn reliability(report: &AccuracyReport) -> Markup {
    let filled = || report.calibration.iter().filter_map(|bin| Some((bin.confidence, bin.accuracy.value?, bin)));
    let bins: Vec<String> = filled().map(|(said, was, _)| format!("{said:.2} said, {was:.2} right")).collect();
    let points = filled().map(|(said, was, _)| (said, was)).collect();
    let intervals = filled().map(|(.., bin)| ends(&bin.accuracy)).collect();
    let error = figure(report.value(Measure::CalibrationError));
    LineChart {
        title: "Reliability: accuracy against stated probability",
        description: format!("Calibration error {error}. By bin: {}", bins.join("; ")),
        x_name: "probability of the top label",
        y_name: "share right",
        x_range: UNIT,
        y_range: UNIT,
        diagonal: true,
        series: vec![Series { name: "model".into(), points, intervals, style: SeriesStyle::Marked }],
    }
    .render()
}

fn curves_chart(
    report: &AccuracyReport,
    title: &str,
    (x_name, y_name): (&str, &str),
    diagonal: bool,
    points: impl Fn(&Curves) -> &Vec<(f64, f64)>,
    area: ClassMeasure,
) -> Markup {
    let mut order: Vec<usize> = (0..report.curves.len()).collect();
    order.sort_by(|&a, &b| report.classes[b].support.total_cmp(&report.classes[a].support).then(a.cmp(&b)));
    order.truncate(MOST_LINES);
    order.sort_unstable();
    let name = |&class: &usize| {
        let value = report.classes[class].measures.get(&area).and_then(|estimate| estimate.value);
        format!("{} (area {})", shortened(&report.labels[class], LONGEST_LABEL), figure(value))
    };
    let names: Vec<String> = order.iter().map(name).collect();
    let series = order.iter().zip(&names).map(|(&class, name)| Series {
        name: name.clone(),
        points: points(&report.curves[class]).clone(),
        intervals: vec![],
        style: SeriesStyle::Line,
    });
    let description = names.join("; ");
    LineChart { title, description, x_name, y_name, x_range: UNIT, y_range: UNIT, diagonal, series: series.collect() }
        .render()
}

fn answered(report: &AccuracyReport) -> Markup {
    let series = |name: &str, of: fn(&crate::evaluate::Answered) -> &Estimate| {
        let found = || report.answered.iter().filter(move |answered| of(answered).value.is_some());
        Series {
            name: name.into(),
            points: found().map(|answered| (answered.share, of(answered).value.unwrap_or(0.0))).collect(),
            intervals: found().map(|answered| ends(of(answered))).collect(),
            style: SeriesStyle::Marked,
        }
    };
    let said =
        report.answered.iter().map(|a| format!("{} answered, {} right", percent(a.share), figure(a.accuracy.value)));
    LineChart {
        title: "Answering only where the model is surest",
        description: said.collect::<Vec<_>>().join("; "),
        x_name: "share of rows answered",
        y_name: "among them",
        x_range: UNIT,
        y_range: UNIT,
        diagonal: false,
        series: vec![series("accuracy", |a| &a.accuracy), series("macro-F1", |a| &a.macro_f1)],
    }
    .render()
}

/// Both ends of an interval, the value itself where there is none.
fn ends(estimate: &Estimate) -> (f64, f64) {
    let value = estimate.value.unwrap_or(0.0);
    (estimate.low.unwrap_or(value), estimate.high.unwrap_or(value))
}

fn sets(report: &AccuracyReport) -> Markup {
    let row = |sets: &crate::evaluate::PredictionSets| {
        let share = |value: f64| Cell::Number(format!("{:.1} %", 100.0 * value), value);
        let mut cells = vec![share(sets.wanted)];
        for estimate in [sets.coverage, sets.mean_size] {
            cells.extend([number(estimate), spread(estimate)]);
        }
        cells.extend([share(sets.single), share(sets.empty)]);
        cells
    };
    let rows: Vec<_> = report.prediction_sets.iter().map(row).collect();
    let columns = ["wanted", "reached", "interval", "labels in a set", "interval", "one label", "none"];
    let columns = columns.map(|heading| Column { heading, number: true });
    html! { @if !rows.is_empty() {
        (table(sets_title(report), &columns, &rows, false))
    } }
}

fn slices(report: &AccuracyReport, slicing: &Slicing) -> Markup {
    let row = |slice: &crate::evaluate::Slice| {
        let mark = if slice.small { " (few)" } else { "" };
        let mut cells = vec![Cell::Text(slice_name(&slice.value).to_owned())];
        cells.push(Cell::Number(format!("{}{mark}", slice.rows), slice.rows as f64));
        cells.extend([Measure::Accuracy, Measure::MacroF1].map(|measure| both(slice.measures.get(&measure))));
        if report.set_level.is_some() {
            cells.extend([Measure::Coverage, Measure::SetSize].map(|measure| both(slice.measures.get(&measure))));
        }
        cells
    };
    let rows: Vec<_> = slicing.slices.iter().map(row).collect();
    let set_heading = report.set_level.map(|level| format!("in {} sets", percent(level)));
    let mut names = vec!["value", "rows", "accuracy", "macro-F1"];
    names.extend(set_heading.iter().flat_map(|heading| [heading.as_str(), "labels in a set"]));
    let columns = heads(&names);
    let n = slicing.slices.len();
    let ranges = slicing.slices.iter().filter_map(|slice| {
        let estimate = slice.measures.get(&Measure::MacroF1)?;
        let (low, high) = ends(estimate);
        Some(RangeRow { name: slice_name(&slice.value).to_owned(), value: estimate.value?, low, high })
    });
    let ranges: Vec<RangeRow> = ranges.collect();
    let said = ranges.iter().map(|row| format!("{} {:.3} ({:.3} to {:.3})", row.name, row.value, row.low, row.high));
    let chart = RangeChart {
        title: "Macro-F1 with interval; the dashed line is that of all rows",
        description: said.take(30).collect::<Vec<_>>().join(", "),
        x_name: "macro-F1",
        x_range: UNIT,
        guide: report.value(Measure::MacroF1),
        rows: ranges,
    };
    html! {
        div.charts {
            (table("Smallest first; differences between slices of few rows are mostly chance", &columns, &rows, true))
            @if n > 1 && n <= MOST_RANGES { (chart.render()) }
        }
    }
}

fn learning(report: &AccuracyReport) -> Markup {
    let curve = &report.learning_curve;
    let most = curve.iter().map(|point| point.rows).fold(1.0, f64::max);
    let series = |name: &str, measure: Measure| {
        let found: Vec<(f64, Estimate)> =
            curve.iter().filter_map(|point| Some((point.rows, *point.measures.get(&measure)?))).collect();
        Series {
            name: name.into(),
            points: found.iter().map(|(rows, estimate)| (*rows, estimate.value.unwrap_or(0.0))).collect(),
            intervals: found.iter().map(|(_, estimate)| ends(estimate)).collect(),
            style: SeriesStyle::Marked,
        }
    };
    let said = curve.iter().map(|point| {
        let value = point.measures.get(&Measure::MacroF1).and_then(|estimate| estimate.value);
        format!("{:.0} rows: macro-F1 {}", point.rows, figure(value))
    });
    LineChart {
        title: "Figures on held-out rows by number of training rows",
        description: said.collect::<Vec<_>>().join("; "),
        x_name: "training rows",
        y_name: "on held-out rows",
        x_range: (0.0, most),
        y_range: UNIT,
        diagonal: false,
        series: vec![series("accuracy", Measure::Accuracy), series("macro-F1", Measure::MacroF1)],
    }
    .render()
}

fn mistakes(report: &AccuracyReport) -> Markup {
    let row = |mistake: &Mistake| {
        let probability =
            |p: Option<f64>| Cell::Number(p.map_or_else(String::new, |p| format!("{p:.3}")), p.unwrap_or(-1.0));
        vec![
            Cell::Markup(marked(mistake), mistake.text.clone()),
            Cell::Text(mistake.gold.clone()),
            Cell::Text(mistake.predicted.clone()),
            probability(mistake.probability),
            probability(mistake.gold_probability),
            Cell::Text(mistake.id.clone()),
        ]
    };
    let columns = [
        ("text", false),
        ("gold", false),
        ("predicted", false),
        ("its probability", true),
        ("that of gold", true),
        ("id", false),
    ]
    .map(|(heading, number)| Column { heading, number });
    let rows: Vec<_> = report.mistakes.iter().map(row).collect();
    let caption = format!("The {} of {} mistakes that the model was surest of", rows.len(), report.n_mistakes);
    html! {
        p.faint {
            "Marked: words that speak " mark { "for" } " and " mark.against { "against" } " the predicted label."
        }
        (table(&caption, &columns, &rows, true))
    }
}

/// The text with its reasons marked; stretches that overlap or lie outside are left unmarked.
fn marked(mistake: &Mistake) -> Markup {
    let places: Vec<usize> = mistake.text.char_indices().map(|(place, _)| place).chain([mistake.text.len()]).collect();
    let mut parts: Vec<(&str, Option<f64>)> = Vec::new();
    let mut end = 0;
    for reason in &mistake.words {
        let (Some(&from), Some(&to)) = (places.get(reason.start), places.get(reason.end)) else { continue };
        if from < end || to <= from {
            continue;
        }
        parts.push((&mistake.text[end..from], None));
        parts.push((&mistake.text[from..to], Some(reason.weight)));
        end = to;
    }
    parts.push((&mistake.text[end..], None));
    html! {
        bdi { @for (part, weight) in parts { @match weight {
            None => (visible(part)),
            Some(weight) => mark.against[weight < 0.0] title=(format!("{weight:+.2}")) { (visible(part)) },
        } } }
    }
}
