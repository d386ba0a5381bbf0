//! The report on how well one label's probability ranks rows, in each format; JSON is the report itself.

use std::io::{self, Write};

use super::accuracy::slice_name;
use super::figure::{figure, interval, with_interval};
use super::markdown::{plain, row, rule};
use super::page::{self, Cell, Column};
use super::prose::{bold, paragraph, section, shortened, warning};
use super::render::io_error;
use super::render::{Look, Render, ReportFormat, json, unsupported};
use super::table::{harmless, rendered, table};
use crate::evaluate::{Estimate, RankingReport, RankingSlice};

fn title(report: &RankingReport) -> String {
    let subject = &report.subject;
    format!("p({}) of {} as a score for {} on {}", report.score, subject.model, report.positive, subject.data)
}

fn how(report: &RankingReport) -> String {
    let RankingReport { all, intervals, subject, positive, .. } = report;
    let mut how = format!("{} rows, {} of them {positive}; {}.", all.rows, all.positive_rows, subject.method);
    if intervals.resamples > 0 {
        let level = 100.0 * intervals.level;
        how += &format!(" Intervals: {level} %, {}, {} resamples.", intervals.method, intervals.resamples);
    }
    if let Some(units) = report.units.note() {
        how += &format!(" Units: {units}.");
    }
    how
}

const NOTE: &str = "ROC AUC: of one row that is and one that is not, how often the first scores higher; chance is 0.5. \
    PR AUC: average precision; chance is the share of the rows to be found.";

/// All rows, then the parts of each column, each under a name.
fn lines(report: &RankingReport) -> impl Iterator<Item = (&str, &RankingSlice)> {
    let parts = report.slices.iter().flat_map(|(by, parts)| parts.iter().map(move |part| (by.as_str(), part)));
    std::iter::once(("", &report.all)).chain(parts)
}

fn name(by: &str, slice: &RankingSlice) -> String {
    if by.is_empty() { "all rows".to_owned() } else { format!("{by}={}", slice_name(&slice.value)) }
}

impl Render for RankingReport {
    /// Text, JSON, CSV, Markdown and HTML.
    fn render(&self, format: ReportFormat, look: Look, out: &mut dyn Write) -> io::Result<()> {
        match format {
            ReportFormat::Text => out.write_all(text(self, look).as_bytes()),
            ReportFormat::Json => json(self, out),
            ReportFormat::Csv => write_csv(self, out).map_err(io_error),
            ReportFormat::Markdown => out.write_all(markdown(self).as_bytes()),
            ReportFormat::Html => out.write_all(html(self).as_bytes()),
            ReportFormat::JsonLines => Err(unsupported("a ranking", format)),
        }
    }
}

/// For people at a terminal.
fn text(report: &RankingReport, look: Look) -> String {
    let mut out = String::new();
    paragraph(&mut out, &bold(&harmless(&title(report)), look));
    paragraph(&mut out, &harmless(&how(report)));
    report.warnings.iter().for_each(|text| warning(&mut out, text, look));
    let mut rows = table(&["", ">rows", ">to find", ">ROC AUC", "interval", ">PR AUC", "interval"]);
    for (by, slice) in lines(report) {
        let [roc, pr] = [slice.measures.roc_auc, slice.measures.pr_auc];
        rows.add_row([
            harmless(&shortened(&name(by, slice), 24)),
            slice.rows.to_string(),
            slice.positive_rows.to_string(),
            figure(roc.value),
            interval(&roc),
            figure(pr.value),
            interval(&pr),
        ]);
    }
    section(&mut out, &bold("Ranking", look), &rendered(&rows));
    out.push('\n');
    paragraph(&mut out, NOTE);
    out
}

/// One figure a line, in the columns of the accuracy report.
///
/// # Errors
/// Where `out` cannot be written to.
fn write_csv(report: &RankingReport, out: impl Write) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["part", "name", "measure", "value", "low", "high", "rows"])?;
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    for (by, slice) in lines(report) {
        let (part, name) = if by.is_empty() { ("all", String::new()) } else { ("slice", name(by, slice)) };
        for (measure, estimate) in [("roc_auc", slice.measures.roc_auc), ("pr_auc", slice.measures.pr_auc)] {
            let [value, low, high] = [estimate.value, estimate.low, estimate.high].map(number);
            writer.write_record([part, &name, measure, &value, &low, &high, &slice.rows.to_string()])?;
        }
    }
    writer.flush()?;
    Ok(())
}

/// For a paper or a pull request.
fn markdown(report: &RankingReport) -> String {
    let mut out = format!("## {}\n\n{}\n\n", plain(&title(report)), plain(&how(report)));
    report.warnings.iter().for_each(|text| out.push_str(&format!("> **Warning:** {}.\n\n", plain(text))));
    row(&mut out, ["", "rows", "to find", "ROC AUC", "PR AUC"].map(str::to_owned));
    rule(&mut out, 5);
    for (by, slice) in lines(report) {
        let (roc, pr) = (with_interval(&slice.measures.roc_auc), with_interval(&slice.measures.pr_auc));
        let (n, n_found) = (slice.rows.to_string(), slice.positive_rows.to_string());
        row(&mut out, [plain(&name(by, slice)), n, n_found, roc, pr]);
    }
    out
}

/// A page that needs no network.
fn html(report: &RankingReport) -> String {
    let both = |estimate: Estimate| Cell::Number(with_interval(&estimate), estimate.value.unwrap_or(f64::MIN));
    let count = |n: usize| Cell::Number(n.to_string(), n as f64);
    let cells = |(by, slice): (&str, &RankingSlice)| {
        vec![
            Cell::Text(name(by, slice)),
            count(slice.rows),
            count(slice.positive_rows),
            both(slice.measures.roc_auc),
            both(slice.measures.pr_auc),
        ]
    };
    let rows: Vec<_> = lines(report).map(cells).collect();
    let headings = ["rows of", "rows", "to find", "ROC AUC", "PR AUC"];
    let columns: Vec<Column<'_>> =
        headings.iter().enumerate().map(|(place, &heading)| Column { heading, number: place > 0 }).collect();
    let body = maud::html! {
        p { (page::text(&how(report))) }
        @for warning in &report.warnings { p.warning { (page::text(warning)) "." } }
        (page::table("How well the score ranks, with intervals", &columns, &rows, true))
        p { (NOTE) }
    };
    page::frame(&title(report), body)
}
