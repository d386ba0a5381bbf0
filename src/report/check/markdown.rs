//! For a pull request or a data sheet.

use std::fmt::Write;

use super::{agreement_rows, at, files, labels, left_out, severity_name, verdict};
use crate::evaluate::check::CheckReport;
use crate::report::figure::with_interval;
use crate::report::markdown::{plain, row, rule};
use crate::report::render::Look;

/// The findings as Markdown with `look.examples` rows of each.
pub(super) fn markdown(report: &CheckReport, look: Look) -> String {
    let mut out = format!("## Check of {}\n\nLabels: {}.\n\n", plain(&files(report)), plain(&labels(report)));
    let _ = writeln!(out, "**{}**", verdict(report));
    for finding in &report.findings {
        let name = severity_name(finding.severity);
        let _ = writeln!(out, "\n- **{name}**: {}. *{}.*", plain(&finding.message), plain(&finding.advice));
        for place in finding.places.iter().take(look.examples) {
            let detail = if place.detail.is_empty() { String::new() } else { format!(": {}", plain(&place.detail)) };
            let _ = writeln!(out, "  - {}{detail}", plain(&at(place)));
        }
        let n_left = left_out(finding, look.examples.min(finding.places.len()));
        if n_left > 0 && look.examples > 0 {
            let _ = writeln!(out, "  - and {n_left} more");
        }
    }
    if let Some(agreement) = &report.agreement {
        out.push_str("\nAgreement of the annotators:\n\n");
        row(&mut out, ["annotators", "rows", "measure", "value"].map(str::to_owned));
        rule(&mut out, 4);
        for (name, n, measure, estimate) in agreement_rows(agreement) {
            row(&mut out, [plain(&name), n.to_string(), measure.to_owned(), with_interval(&estimate)]);
        }
    }
    out
}
