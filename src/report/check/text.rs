//! For people at a terminal: the gravest finding first, each with what to do.

use anstyle::AnsiColor;

use super::{agreement_rows, at, files, labels, left_out, verdict};
use crate::evaluate::check::{CheckReport, Severity};
use crate::report::figure::{figure, interval};
use crate::report::prose::{bold, coloured, indented, paragraph, section, shortened};
use crate::report::table::{harmless, rendered, table};

/// The findings as text with `n_places` rows of each; `colour` where the terminal wants it.
#[must_use]
pub fn text(report: &CheckReport, n_places: usize, colour: bool) -> String {
    let mut out = String::new();
    paragraph(&mut out, &harmless(&files(report)));
    paragraph(&mut out, &harmless(&format!("Labels: {}", labels(report))));
    for finding in &report.findings {
        let name = match finding.severity {
            Severity::Error => coloured("Error", AnsiColor::Red, colour),
            Severity::Warning => coloured("Warning", AnsiColor::Yellow, colour),
            Severity::Note => coloured("Note", AnsiColor::Blue, colour),
        };
        out.push('\n');
        paragraph(&mut out, &format!("{name}: {}.", harmless(&finding.message)));
        paragraph(&mut out, &format!("What to do: {}.", harmless(&finding.advice)));
        for place in finding.places.iter().take(n_places) {
            let detail = if place.detail.is_empty() { String::new() } else { format!(": {}", place.detail) };
            let line = harmless(&shortened(&format!("{}{detail}", at(place)), 200));
            indented(&mut out, &line);
        }
        let n_left = left_out(finding, n_places.min(finding.places.len()));
        if n_left > 0 && n_places > 0 {
            out.push_str(&format!("    and {n_left} more\n"));
        }
    }
    if let Some(agreement) = &report.agreement {
        let mut rows = table(&["annotators", ">rows", "measure", ">value", "interval"]);
        for (name, n, measure, estimate) in agreement_rows(agreement) {
            let name = harmless(&shortened(&name, 28));
            rows.add_row([name, n.to_string(), measure.to_owned(), figure(estimate.value), interval(&estimate)]);
        }
        section(&mut out, &bold("Agreement of the annotators", colour), &rendered(&rows));
    }
    out.push('\n');
    paragraph(&mut out, &bold(&verdict(report), colour));
    out
}
