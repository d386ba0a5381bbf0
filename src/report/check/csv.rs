//! One row that was found a line: to sort and to work through in a spreadsheet.

use std::io::Write;

use super::severity_name;
use crate::evaluate::check::CheckReport;

/// Writes the columns `severity`, `kind`, `file`, `line`, `id`, `detail`, `message`, `advice`. A finding about no row in
/// particular has one line without a place; the agreement of annotators is left to the other formats.
///
/// # Errors
/// Where `out` cannot be written to.
pub(super) fn write_csv(report: &CheckReport, out: impl Write) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["severity", "kind", "file", "line", "id", "detail", "message", "advice"])?;
    for finding in &report.findings {
        let (severity, kind) = (severity_name(finding.severity), finding.kind.name());
        let mut line = |file: &str, line: &str, id: &str, detail: &str| {
            writer.write_record([severity, kind, file, line, id, detail, &finding.message, &finding.advice])
        };
        if finding.places.is_empty() {
            line("", "", "", "")?;
        }
        for place in &finding.places {
            line(&place.file, &place.line.to_string(), &place.id, &place.detail)?;
        }
    }
    writer.flush()?;
    Ok(())
}
