//! Agreement of annotators where a file has several label columns.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{CheckOptions, Finding, FindingKind, Located, Severity};
use crate::evaluate::bootstrap::{Estimate, Units, estimate};
use crate::evaluate::{EvaluateError, slices};
use crate::labeled::Row;
use crate::measures::{ConfusionMatrix, fleiss_kappa, krippendorff_alpha};
use crate::progress::silent;

/// How well annotators agree.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Agreement {
    /// The columns.
    pub annotators: Vec<String>,
    /// The labels they use.
    pub labels: Vec<String>,
    /// Rows that at least two of them labelled.
    pub rows: usize,
    /// Krippendorff's alpha, nominal.
    pub krippendorff_alpha: Estimate,
    /// Fleiss' kappa over the rows that all of them labelled.
    pub fleiss_kappa: Estimate,
    /// Each two of them.
    pub pairs: Vec<AnnotatorPair>,
}

/// Two annotators.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnnotatorPair {
    /// Column of the first.
    pub first: String,
    /// Column of the second.
    pub second: String,
    /// Rows that both labelled.
    pub rows: usize,
    /// Share of them with equal labels.
    pub agreement: Estimate,
    /// Cohen's kappa.
    pub cohen_kappa: Estimate,
}

/// Below this alpha Krippendorff (2004) advises against drawing conclusions.
const LEAST_ALPHA: f64 = 0.667;

/// Columns whose names say that they hold one annotator's labels (`label_1`, `annotator2`, `rater_anna`, ...).
#[must_use]
pub fn annotator_columns(columns: &[String]) -> Vec<String> {
    let is_one = |name: &&String| {
        let lower = name.to_lowercase();
        let rest = ["annotator", "coder", "rater", "label"].iter().find_map(|start| lower.strip_prefix(start));
        rest.is_some_and(|rest| {
            let own = rest.trim_start_matches(['_', '-', ' ']);
            !own.is_empty() && (own.len() < rest.len() || own.chars().all(|c| c.is_ascii_digit()))
        })
    };
    let found: Vec<String> = columns.iter().filter(is_one).cloned().collect();
    if found.len() > 1 { found } else { Vec::new() }
}

/// The weight of a row in a resample.
type Weight<'w> = &'w dyn Fn(usize) -> f64;

pub(super) fn agreement(rows: &[Located<'_>], options: &CheckOptions<'_>) -> Result<Option<Agreement>, EvaluateError> {
    let columns = &options.annotators;
    if columns.len() < 2 {
        return Ok(None);
    }
    let table: Vec<Vec<String>> = rows.iter().map(|located| values(located, columns)).collect();
    for (annotator, column) in columns.iter().enumerate() {
        if table.iter().all(|row| row[annotator].is_empty()) {
            return Err(EvaluateError::NoColumn { column: column.clone() });
        }
    }
    let labels: Vec<String> = table
        .iter()
        .flatten()
        .filter(|label| !label.is_empty())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .cloned()
        .collect();
    let number: BTreeMap<&str, usize> =
        labels.iter().enumerate().map(|(class, label)| (label.as_str(), class)).collect();
    let classes: Vec<Vec<Option<usize>>> =
        table.iter().map(|row| row.iter().map(|label| number.get(label.as_str()).copied()).collect()).collect();
    let count = |row: &Vec<Option<usize>>| {
        let mut counts = vec![0.0; labels.len()];
        row.iter().flatten().for_each(|&class| counts[class] += 1.0);
        counts
    };
    let counts: Vec<Vec<f64>> = classes.iter().map(count).collect();
    let units = Units::of_keys(0..rows.len());
    let with_interval = |value: &(dyn Fn(Weight<'_>) -> Option<f64> + Sync)| {
        let whole = value(&|_| 1.0).unwrap_or(f64::NAN);
        let resampled = |weight: Weight<'_>, _: &[u16]| value(weight).unwrap_or(f64::NAN);
        let mut samples = units.resample(&options.resampling, &silent, resampled);
        estimate(whole, &mut samples, options.resampling.level)
    };
    let mut pairs = Vec::new();
    for a in 0..columns.len() {
        for b in a + 1..columns.len() {
            let both: Vec<(usize, usize, usize)> =
                classes.iter().enumerate().filter_map(|(row, labels)| Some((row, labels[a]?, labels[b]?))).collect();
            let matrix = |weight: Weight<'_>| {
                let mut cells = vec![0.0; labels.len() * labels.len()];
                both.iter().for_each(|&(row, a, b)| cells[a * labels.len() + b] += weight(row));
                ConfusionMatrix::from_cells(labels.len(), cells).ok().filter(|matrix| matrix.total() > 0.0)
            };
            pairs.push(AnnotatorPair {
                first: columns[a].clone(),
                second: columns[b].clone(),
                rows: both.len(),
                agreement: with_interval(&|weight| matrix(weight).map(|matrix| matrix.accuracy())),
                cohen_kappa: with_interval(&|weight| matrix(weight)?.cohen_kappa()),
            });
        }
    }
    Ok(Some(Agreement {
        annotators: columns.clone(),
        rows: counts.iter().filter(|counts| counts.iter().sum::<f64>() >= 2.0).count(),
        krippendorff_alpha: with_interval(&|weight| krippendorff_alpha(&counts, weight)),
        fleiss_kappa: with_interval(&|weight| fleiss_kappa(&counts, columns.len(), weight)),
        pairs,
        labels,
    }))
}

fn values(located: &Located<'_>, columns: &[String]) -> Vec<String> {
    let row = located.row;
    // The label column may be one of the annotators'.
    let as_labelled = Row {
        id: String::new(),
        text: String::new(),
        label: row.label.clone().unwrap_or_default(),
        target: None,
        speaker: None,
        group: None,
        article: None,
        context: None,
        line: row.line,
        fields: row.fields.clone(),
    };
    columns.iter().map(|column| slices::column_value(&as_labelled, column).trim().to_owned()).collect()
}

pub(super) fn finding(agreement: &Agreement) -> Option<Finding> {
    let alpha = agreement.krippendorff_alpha.value.filter(|alpha| *alpha < LEAST_ALPHA)?;
    Some(Finding {
        kind: FindingKind::LowAgreement,
        severity: Severity::Warning,
        message: format!("annotators hardly agree: Krippendorff's alpha {alpha:.2}"),
        advice: "sharpen the guide and label again; no model can be more right than its labels".into(),
        count: agreement.rows,
        places: Vec::new(),
    })
}
