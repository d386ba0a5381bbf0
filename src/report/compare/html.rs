//! One self-contained page: the verdicts, differences with intervals as a chart, and sortable tables of the rows that
//! flipped.

use maud::{Markup, html};

use super::{letter, mcnemar, method, title};
use crate::evaluate::{Comparison, Contender, Estimate, Flip, Pair};
use crate::report::figure::{figure, p_value, signed, signed_interval, with_interval};
use crate::report::page::{Cell, Column, RangeChart, RangeRow, frame, table, text};

/// Rows that flipped, each way and pair; more make a page that no one scrolls through. JSON has all.
const MOST_FLIPS: usize = 200;

/// The comparison as an HTML page.
pub(super) fn html(comparison: &Comparison) -> String {
    let body = html! {
        p { (text(&method(comparison))) }
        @for warning in &comparison.warnings { p.warning { (text(warning)) "." } }
        section { h2 { "Verdict" }
            @for pair in &comparison.pairs {
                p { strong { (text(&pair.verdict)) } " " (text(&mcnemar(comparison, pair))) }
            }
        }
        section { h2 { "Models" } (models(comparison)) }
        @for pair in &comparison.pairs { (differences(comparison, pair)) }
    };
    frame(&title(comparison), body)
}

fn models(comparison: &Comparison) -> Markup {
    let letters: Vec<String> = (0..comparison.models.len()).map(letter).collect();
    let heads = std::iter::once(("measure", false)).chain(letters.iter().map(|letter| (letter.as_str(), true)));
    let columns: Vec<Column<'_>> = heads.map(|(heading, number)| Column { heading, number }).collect();
    let measures = comparison.models.first().into_iter().flat_map(|model| model.measures.keys());
    let rows = measures.map(|measure| {
        let note = if measure.lower_is_better() { " (less is better)" } else { "" };
        let value = |model: &Contender| {
            let estimate = model.measures.get(measure).copied().unwrap_or_default();
            Cell::Number(with_interval(&estimate), estimate.value.unwrap_or(f64::MIN))
        };
        let name = Cell::Text(format!("{}{note}", measure.title()));
        std::iter::once(name).chain(comparison.models.iter().map(value)).collect()
    });
    let rows: Vec<Vec<Cell>> = rows.collect();
    html! {
        dl.names { @for (letter, model) in letters.iter().zip(&comparison.models) {
            div { dt { (letter) } dd { (text(&model.name)) } }
        } }
        (table("Each model, with the interval of each figure", &columns, &rows, false))
    }
}

fn differences(comparison: &Comparison, pair: &Pair) -> Markup {
    let (a, b) = (letter(pair.first), letter(pair.second));
    let names = [("measure", false), (&a, true), (&b, true), ("difference", true), ("interval", true), ("p", true)];
    let columns = names.map(|(heading, number)| Column { heading, number });
    let number = |shown: String, value: Option<f64>| Cell::Number(shown, value.unwrap_or(f64::MIN));
    let rows = pair.differences.iter().map(|(measure, difference)| {
        let value = |model: usize| comparison.models[model].measures.get(measure).and_then(|estimate| estimate.value);
        let note = if measure.lower_is_better() { " (less is better)" } else { "" };
        let p = pair.randomization.get(measure).copied();
        vec![
            Cell::Text(format!("{}{note}", measure.title())),
            number(figure(value(pair.first)), value(pair.first)),
            number(figure(value(pair.second)), value(pair.second)),
            number(signed(difference.value), difference.value),
            number(signed_interval(difference), difference.low),
            number(p.map_or_else(String::new, |p| p_value(Some(p))), p),
        ]
    });
    let rows: Vec<Vec<Cell>> = rows.collect();
    let drawn = pair.differences.iter().filter(|(measure, _)| !measure.lower_is_better());
    let ranges: Vec<RangeRow> = drawn.map(|(measure, estimate)| range(measure.title(), estimate)).collect();
    let most = ranges.iter().flat_map(|row| [row.low.abs(), row.high.abs()]).fold(0.02, f64::max);
    let said = ranges.iter().map(|row| format!("{} {:+.3} ({:+.3} to {:+.3})", row.name, row.value, row.low, row.high));
    let chart = RangeChart {
        title: "Differences with intervals; right of the line the second model is better",
        description: said.collect::<Vec<_>>().join("; "),
        x_name: "difference",
        x_range: (-rounded_up(most), rounded_up(most)),
        guide: Some(0.0),
        rows: ranges,
    };
    html! {
        section {
            h2 { (b) " less " (a) }
            @if let Some(corrected) = pair.corrected.filter(|_| comparison.pairs.len() > 1) {
                p { "p of " (comparison.measure.title()) " after Holm's correction for " (comparison.pairs.len())
                    " pairs: " (p_value(Some(corrected))) }
            }
            div.charts {
                (table("Paired differences", &columns, &rows, true))
                (chart.render())
            }
            (flips(&pair.gained, &format!("Right by {b}, wrong by {a}"), (&a, &b)))
            (flips(&pair.lost, &format!("Right by {a}, wrong by {b}"), (&a, &b)))
        }
    }
}

fn range(name: &str, estimate: &Estimate) -> RangeRow {
    let value = estimate.value.unwrap_or(0.0);
    RangeRow { name: name.to_owned(), value, low: estimate.low.unwrap_or(value), high: estimate.high.unwrap_or(value) }
}

/// The next of 0.05, 0.1, 0.2, 0.5, 1, 2: ends of an axis whose ticks are short numbers.
fn rounded_up(most: f64) -> f64 {
    [0.05, 0.1, 0.2, 0.5, 1.0].into_iter().find(|end| *end >= most).unwrap_or(2.0)
}

fn flips(flips: &[Flip], name: &str, (a, b): (&str, &str)) -> Markup {
    let names = [("text", false), ("gold", false), (a, false), (b, false), ("id", false)];
    let columns = names.map(|(heading, number)| Column { heading, number });
    let row = |flip: &Flip| {
        let mut cells = vec![Cell::Markup(text(&flip.text), flip.text.clone())];
        cells.extend([&flip.gold, &flip.first, &flip.second, &flip.id].map(|text| Cell::Text(text.clone())));
        cells
    };
    let rows: Vec<Vec<Cell>> = flips.iter().take(MOST_FLIPS).map(row).collect();
    let shown = if flips.len() > MOST_FLIPS { format!(" (the first {MOST_FLIPS})") } else { String::new() };
    html! { @if !rows.is_empty() {
        (table(&format!("{name}: {} rows{shown}", flips.len()), &columns, &rows, true))
    } }
}
