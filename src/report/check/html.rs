//! One self-contained page: each finding with what to do and a sortable table of its rows.

use maud::{Markup, html};

use super::{agreement_rows, files, labels, left_out, severity_name, verdict};
use crate::evaluate::check::{CheckReport, Finding, Severity};
use crate::report::figure::{figure, interval};
use crate::report::page::{Cell, Column, frame, table, text};

/// The findings as an HTML page, with all rows that the report holds.
pub(super) fn html(report: &CheckReport) -> String {
    let names: Vec<&str> = report.files.iter().map(|file| file.file.as_str()).collect();
    let body = html! {
        p { (text(&files(report))) }
        p { "Labels: " (text(&labels(report))) "." }
        p { strong { (verdict(report)) } }
        @for finding in &report.findings { (section(finding)) }
        @if let Some(agreement) = &report.agreement {
            section { h2 { "Agreement of the annotators" }
                (table("With intervals", &[
                    Column { heading: "annotators", number: false }, Column { heading: "rows", number: true },
                    Column { heading: "measure", number: false }, Column { heading: "value", number: true },
                    Column { heading: "interval", number: true },
                ], &agreement_rows(agreement).into_iter().map(|(name, n, measure, estimate)| vec![
                    Cell::Text(name),
                    Cell::Number(n.to_string(), n as f64),
                    Cell::Text(measure.into()),
                    Cell::Number(figure(estimate.value), estimate.value.unwrap_or(f64::MIN)),
                    Cell::Number(interval(&estimate), estimate.low.unwrap_or(f64::MIN)),
                ]).collect::<Vec<_>>(), true))
            }
        }
    };
    frame(&format!("Check of {}", names.join(", ")), body)
}

fn section(finding: &Finding) -> Markup {
    let columns = [("file", false), ("line", true), ("id", false), ("detail", false)];
    let columns = columns.map(|(heading, number)| Column { heading, number });
    let row = |place: &crate::evaluate::check::Place| {
        vec![
            Cell::Text(place.file.clone()),
            Cell::Number(place.line.to_string(), place.line as f64),
            Cell::Text(place.id.clone()),
            Cell::Markup(text(&place.detail), place.detail.clone()),
        ]
    };
    let rows: Vec<Vec<Cell>> = finding.places.iter().map(row).collect();
    let n_left = left_out(finding, rows.len());
    let more = if n_left > 0 { format!(", the first {} of {}", rows.len(), finding.count) } else { String::new() };
    let name = severity_name(finding.severity);
    html! {
        section {
            h2 { span.bad[finding.severity == Severity::Error] { (name) } ": " (text(&finding.message)) }
            p { "What to do: " (text(&finding.advice)) "." }
            @if !rows.is_empty() { (table(&format!("Rows{more}"), &columns, &rows, true)) }
        }
    }
}
