//! What is wrong with labelled data, in each format, and the mended data.

mod csv;
mod fixed;
mod html;
mod markdown;
mod text;

use std::io::{self, Write};

use csv::write_csv;
pub use fixed::{write_changes, write_rows};
use html::html;
use markdown::markdown;
use text::text;

use crate::evaluate::check::{Agreement, CheckReport, Finding, Place, Severity};
use crate::report::render::io_error;
use crate::report::render::{Look, Render, ReportFormat, json, unsupported};

impl Render for CheckReport {
    /// Text, JSON, CSV, Markdown and HTML.
    fn render(&self, format: ReportFormat, look: Look, out: &mut dyn Write) -> io::Result<()> {
        match format {
            ReportFormat::Text => out.write_all(text(self, look).as_bytes()),
            ReportFormat::Json => json(self, out),
            ReportFormat::Csv => write_csv(self, out).map_err(io_error),
            ReportFormat::Markdown => out.write_all(markdown(self, look).as_bytes()),
            ReportFormat::Html => out.write_all(html(self).as_bytes()),
            ReportFormat::JsonLines => Err(unsupported("a check", format)),
        }
    }
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// "a.csv (600 rows), b.csv (77 rows, 2 unusable)".
fn files(report: &CheckReport) -> String {
    let one = |file: &crate::evaluate::check::FileSummary| {
        let unusable = if file.unusable > 0 { format!(", {} unusable", file.unusable) } else { String::new() };
        format!("{} ({} rows{unusable})", file.file, file.rows)
    };
    report.files.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn labels(report: &CheckReport) -> String {
    let counts = report.labels.iter().take(20).map(|count| format!("{} {}", count.label, count.rows));
    let more = report.labels.len().saturating_sub(20);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    format!("{}{more}", counts.collect::<Vec<_>>().join(", "))
}

/// "2 errors, 1 warning, no notes" without those that are none.
fn verdict(report: &CheckReport) -> String {
    let counts = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| {
        let n = report.findings.iter().filter(|finding| finding.severity == severity).count();
        (n, severity_name(severity))
    });
    let said = counts.iter().filter(|(n, _)| *n > 0);
    let said: Vec<String> = said.map(|(n, name)| format!("{n} {name}{}", if *n == 1 { "" } else { "s" })).collect();
    if said.is_empty() { "Nothing wrong was found.".into() } else { format!("Found: {}.", said.join(", ")) }
}

/// "train.jsonl:12 (r12)"; the id only where it says more than the line.
fn at(place: &Place) -> String {
    let line = format!("{}:{}", place.file, place.line);
    if place.id.is_empty() || place.id == place.line.to_string() { line } else { format!("{line} ({})", place.id) }
}

/// How many rows a finding has beyond those listed.
fn left_out(finding: &Finding, n_shown: usize) -> usize {
    if finding.places.is_empty() { 0 } else { finding.count.saturating_sub(n_shown) }
}

/// Name, rows and both figures with intervals of each pair of annotators, then of all.
fn agreement_rows(agreement: &Agreement) -> Vec<(String, usize, &'static str, crate::evaluate::Estimate)> {
    let mut rows = Vec::new();
    for pair in &agreement.pairs {
        let name = format!("{} / {}", pair.first, pair.second);
        rows.push((name.clone(), pair.rows, "share of equal labels", pair.agreement));
        rows.push((name, pair.rows, "Cohen's kappa", pair.cohen_kappa));
    }
    rows.push(("all".into(), agreement.rows, "Fleiss' kappa", agreement.fleiss_kappa));
    rows.push(("all".into(), agreement.rows, "Krippendorff's alpha", agreement.krippendorff_alpha));
    rows
}
