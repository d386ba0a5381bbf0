//! What is wrong with labelled data, and what to do about it: labels, texts, duplicates, leakage between files,
//! conflicts, likely label noise, encoding damage, mixed-up columns, and how well annotators agree.
//!
//! [`check`] judges tables as they were read; [`fix`] writes down what a careful person would change without thinking.
//! Whether a label is right no program can say: the rows it doubts are for a person to look at.

mod agreement;
mod duplicates;
mod encoding;
mod fix;
mod labels;
mod noise;
mod texts;

use serde::Serialize;

use crate::labeled::{Table, TextRow};

pub use agreement::{Agreement, annotator_columns};
pub use fix::{Fixed, RowChange, fix};

/// Version of the findings' JSON.
pub const CHECK_FORMAT: u32 = 1;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Figures from such data are wrong until it is mended.
    Error,
    /// Something to look at.
    Warning,
    /// Good to know; nothing is wrong.
    Note,
}

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingKind {
    /// A row that cannot be read or has no text.
    UnusableRow,
    /// A row without a label, in a file that has labels.
    MissingLabel,
    /// The same id on several rows.
    RepeatedId,
    /// Columns that seem to be exchanged.
    ColumnMixUp,
    /// A label that is no stance among labels that are.
    UnknownLabel,
    /// Labels that differ only in case or white space.
    LabelVariants,
    /// A label with too few rows to learn or to measure.
    RareLabel,
    /// Labels of very different frequency.
    Imbalance,
    /// Only one label.
    OneLabel,
    /// The same text with different labels.
    Conflict,
    /// Nearly the same text with different labels.
    NearConflict,
    /// A text that is in another file as well.
    Leakage,
    /// A text that is nearly in another file as well.
    NearLeakage,
    /// A text that is in the file twice.
    Duplicate,
    /// A text that is nearly in the file twice.
    NearDuplicate,
    /// A text without a word.
    NoWords,
    /// A text much longer than the others.
    LongText,
    /// Characters that show a wrong encoding.
    EncodingDamage,
    /// A label that cross-validation contradicts with confidence.
    LabelNoise,
    /// Annotators who hardly agree.
    LowAgreement,
}

impl FindingKind {
    /// The stable name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::UnusableRow => "unusable_row",
            Self::MissingLabel => "missing_label",
            Self::RepeatedId => "repeated_id",
            Self::ColumnMixUp => "column_mix_up",
            Self::UnknownLabel => "unknown_label",
            Self::LabelVariants => "label_variants",
            Self::RareLabel => "rare_label",
            Self::Imbalance => "imbalance",
            Self::OneLabel => "one_label",
            Self::Conflict => "conflict",
            Self::NearConflict => "near_conflict",
            Self::Leakage => "leakage",
            Self::NearLeakage => "near_leakage",
            Self::Duplicate => "duplicate",
            Self::NearDuplicate => "near_duplicate",
            Self::NoWords => "no_words",
            Self::LongText => "long_text",
            Self::EncodingDamage => "encoding_damage",
            Self::LabelNoise => "label_noise",
            Self::LowAgreement => "low_agreement",
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// What kind.
    pub kind: FindingKind,
    /// How much it matters.
    pub severity: Severity,
    /// What it is, in a sentence.
    pub message: String,
    /// What to do about it.
    pub advice: String,
    /// Number of rows it concerns.
    pub count: usize,
    /// Where, as many as were asked for.
    pub places: Vec<Place>,
}

/// A row, and why it is listed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Place {
    /// The file.
    pub file: String,
    /// The line in it.
    pub line: usize,
    /// The row's id; empty where it could not be read.
    pub id: String,
    /// What is special about the row.
    pub detail: String,
}

/// Everything that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CheckReport {
    /// Version of this format.
    pub format: u32,
    /// The files and their numbers of usable rows.
    pub files: Vec<FileSummary>,
    /// The labels and their numbers of rows over all files, the commonest first.
    pub labels: Vec<LabelCount>,
    /// What was found, the gravest first.
    pub findings: Vec<Finding>,
    /// Agreement of annotators; none where there is one label column.
    pub agreement: Option<Agreement>,
}

/// One label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LabelCount {
    /// As it is written.
    pub label: String,
    /// Rows that have it.
    pub rows: usize,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FileSummary {
    /// Its name.
    pub file: String,
    /// Rows that can be used.
    pub rows: usize,
    /// Rows that cannot.
    pub unusable: usize,
}

/// What a check does.
#[derive(Clone)]
pub struct CheckOptions<'o> {
    /// Columns with the labels of one annotator each.
    pub annotators: Vec<String>,
    /// Jaccard similarity of word triples from which texts count as near duplicates.
    pub similarity: f64,
    /// Whether labels are cross-validated.
    pub noise: bool,
    /// Name of the task; any but `stance` may have labels that are no stance beside such that are.
    pub task: Option<String>,
    /// Places listed for one finding.
    pub n_places: usize,
    /// How intervals of agreement are made, and where random numbers start.
    pub resampling: super::Resampling,
    /// Hears of the progress.
    pub progress: crate::progress::Callback<'o>,
}

impl Default for CheckOptions<'_> {
    fn default() -> Self {
        Self {
            annotators: Vec::new(),
            similarity: 0.8,
            noise: true,
            task: None,
            n_places: N_PLACES,
            resampling: super::Resampling::default(),
            progress: &crate::progress::silent,
        }
    }
}

/// Places listed for one finding unless another number is asked for.
pub const N_PLACES: usize = 50;

impl CheckReport {
    /// Whether anything but notes was found.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity != Severity::Note)
    }
}

/// Checks tables; rows are compared within each and across all.
///
/// # Errors
/// [`super::EvaluateError::NoColumn`] where an annotator's column does not exist.
pub fn check(tables: &[Table], options: &CheckOptions<'_>) -> Result<CheckReport, super::EvaluateError> {
    let rows: Vec<Located<'_>> =
        tables.iter().flat_map(|table| table.rows.iter().map(|row| Located { file: &table.name, row })).collect();
    let mut findings = Vec::new();
    findings.extend(texts::unusable(tables));
    let mixed_up = labels::mix_up(&rows);
    let is_mixed_up = mixed_up.is_some();
    findings.extend(mixed_up);
    findings.extend(labels::all(tables, &rows, is_mixed_up, options.task.as_deref()));
    findings.extend(duplicates::all(&rows, options.similarity, options.progress));
    findings.extend(texts::all(&rows));
    findings.extend(encoding::damage(&rows));
    if options.noise && !is_mixed_up {
        findings.extend(noise::suspicious(&rows, options));
    }
    let agreement = agreement::agreement(&rows, options)?;
    findings.extend(agreement.as_ref().and_then(agreement::finding));
    // Stable: findings of equal severity stay in the order of the checks.
    findings.sort_by_key(|finding| finding.severity);
    findings.iter_mut().for_each(|finding| finding.places.truncate(options.n_places));
    Ok(CheckReport {
        format: CHECK_FORMAT,
        files: tables
            .iter()
            .map(|table| FileSummary {
                file: table.name.clone(),
                rows: table.rows.len(),
                unusable: table.problems.len(),
            })
            .collect(),
        labels: labels::counts(&rows).into_iter().map(|(label, rows)| LabelCount { label, rows }).collect(),
        findings,
        agreement,
    })
}

/// A row with the name of its file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Located<'t> {
    pub file: &'t str,
    pub row: &'t TextRow,
}

impl Located<'_> {
    fn place(&self, detail: impl Into<String>) -> Place {
        Place { file: self.file.to_owned(), line: self.row.line, id: self.row.id.clone(), detail: detail.into() }
    }

    fn label(&self) -> Option<&str> {
        self.row.label.as_deref()
    }
}

/// A finding about the given rows; none without rows.
fn finding(
    kind: FindingKind,
    severity: Severity,
    message: impl FnOnce(usize) -> String,
    advice: &str,
    places: Vec<Place>,
) -> Option<Finding> {
    let count = places.len();
    (count > 0).then(|| Finding { kind, severity, message: message(count), advice: advice.to_owned(), count, places })
}

/// "1 row", "2 rows".
fn rows_text(n: usize) -> String {
    if n == 1 { "1 row".to_owned() } else { format!("{n} rows") }
}

#[cfg(test)]
mod tests;
