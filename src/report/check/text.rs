//! For people at a terminal: the gravest finding first, each with what to do.

use anstyle::AnsiColor;

use super::{agreement_rows, at, files, labels, left_out, verdict};
use crate::evaluate::check::{CheckReport, Severity};
use crate::report::figure::{figure, interval};
use crate::report::prose::{bold, coloured, indented, paragraph, section, shortened};
use crate::report::render::Look;
use crate::report::table::{harmless, rendered, table};

/// The findings as text.
pub(super) fn text(report: &CheckReport, look: Look) -> String {
    let mut out = String::new();
    paragraph(&mut out, &harmless(&files(report)));
    paragraph(&mut out, &harmless(&format!("Labels: {}", labels(report))));
    for finding in &report.findings {
        let name = match finding.severity {
            Severity::Error => coloured("Error", AnsiColor::Red, look),
            Severity::Warning => coloured("Warning", AnsiColor::Yellow, look),
            Severity::Note => coloured("Note", AnsiColor::Blue, look),
        };
        out.push('\n');
        paragraph(&mut out, &format!("{name}: {}.", harmless(&finding.message)));
        paragraph(&mut out, &format!("What to do: {}.", harmless(&finding.advice)));
        for place in finding.places.iter().take(look.examples) {
            let detail = if place.detail.is_empty() { String::new() } else { format!(": {}", place.detail) };
            let line = harmless(&shortened(&format!("{}{detail}", at(place)), 200));
            indented(&mut out, &line);
        }
        let n_left = left_out(finding, look.examples.min(finding.places.len()));
        if n_left > 0 && look.examples > 0 {
            out.push_str(&format!("    and {n_left} more\n"));
        }
    }
    if let Some(agreement) = &report.agreement {
        let mut rows = table(&["annotators", ">rows", "measure", ">value", "interval"]);
        for (name, n, measure, estimate) in agreement_rows(agreement) {
            let name = harmless(&shortened(&name, 28));
            rows.add_row([name, n.to_string(), measure.to_owned(), figure(estimate.value), interval(&estimate)]);
        }
        section(&mut out, &bold("Agreement of the annotators", look), &rendered(&rows));
    }
    out.push('\n');
    paragraph(&mut out, &bold(&verdict(report), look));
    out
}
