//! Labels: unknown, varying, rare, unbalanced; ids; and columns that seem to be exchanged.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, FindingKind, Located, Severity, finding, rows_text};
use crate::labeled::{STANCE, Stance, Table};

/// Fewer rows than this are too few for five folds with a few in each.
const FEW: usize = 10;
/// A commonest label this many times as frequent as the rarest is worth a note.
const UNEVEN: usize = 10;
/// Below this many rows, columns are not judged by their statistics.
const ENOUGH: usize = 8;

/// The labels and their numbers of rows, the commonest first, equals by name.
pub(super) fn counts(rows: &[Located<'_>]) -> Vec<(String, usize)> {
    let mut counts = BTreeMap::<&str, usize>::new();
    rows.iter().filter_map(Located::label).for_each(|label| *counts.entry(label).or_default() += 1);
    let mut counts: Vec<(String, usize)> = counts.into_iter().map(|(label, n)| (label.to_owned(), n)).collect();
    counts.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    counts
}

/// What several spellings of one label have in common.
pub(super) fn folded(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// For each label that has other spellings: the commonest of them.
pub(super) fn spellings(counts: &[(String, usize)]) -> BTreeMap<String, String> {
    let mut commonest = BTreeMap::<String, &str>::new();
    for (label, _) in counts {
        commonest.entry(folded(label)).or_insert(label);
    }
    let other = |(label, _): &(String, usize)| {
        let common = *commonest.get(&folded(label))?;
        (common != label).then(|| (label.clone(), common.to_owned()))
    };
    counts.iter().filter_map(other).collect()
}

/// Texts in the label column, or the two columns exchanged.
pub(super) fn mix_up(rows: &[Located<'_>]) -> Option<Finding> {
    let labelled: Vec<(&str, &str)> =
        rows.iter().filter_map(|located| Some((located.row.text.as_str(), located.label()?))).collect();
    if labelled.len() < ENOUGH {
        return None;
    }
    let n = labelled.len();
    let distinct_labels = labelled.iter().map(|(_, label)| label).collect::<BTreeSet<_>>().len();
    let distinct_texts = labelled.iter().map(|(text, _)| text).collect::<BTreeSet<_>>().len();
    let words = |of: fn(&(&str, &str)) -> usize| labelled.iter().map(of).sum::<usize>() as f64 / n as f64;
    let label_words = words(|(_, label)| label.split_whitespace().count());
    let text_words = words(|(text, _)| text.split_whitespace().count());
    let message = if label_words > text_words && distinct_labels > distinct_texts {
        "the text and label columns seem to be exchanged: the labels are longer and more varied than the texts"
    } else if distinct_labels * 2 > n && distinct_labels > 20 {
        "nearly every row has a label of its own: the label column seems to hold something else"
    } else if text_words < 1.5 && distinct_texts * 2 > n {
        "most texts are a single word: the text column seems to hold ids or links"
    } else if distinct_texts * 10 < n {
        "a few texts are repeated over and over: the text column seems to hold something else"
    } else {
        return None;
    };
    let (text, label) = labelled[0];
    let shown = |text: &str| text.chars().take(40).collect::<String>();
    let place = rows[0].place(format!("text {:?}, label {:?}", shown(text), shown(label)));
    let advice = "name the right columns with --text-column and --label-column";
    finding(FindingKind::ColumnMixUp, Severity::Error, |_| message.to_owned(), advice, vec![place])
}

pub(super) fn all(tables: &[Table], rows: &[Located<'_>], is_mixed_up: bool, task: Option<&str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let counts = counts(rows);
    let missing = rows.iter().filter(|located| located.row.label.is_none()).map(|located| located.place("no label"));
    findings.extend(finding(
        FindingKind::MissingLabel,
        Severity::Error,
        |n| format!("{} without a label", rows_text(n)),
        "label them or take them out",
        missing.collect(),
    ));
    findings.extend(repeated_ids(tables));
    if is_mixed_up {
        return findings;
    }
    if task.is_none_or(|task| task == STANCE) {
        findings.extend(unknown(rows, &counts));
    }
    let spellings = spellings(&counts);
    let variants = rows.iter().filter_map(|located| {
        let common = spellings.get(located.label()?)?;
        Some(located.place(format!("{:?}, elsewhere {common:?}", located.label()?)))
    });
    findings.extend(finding(
        FindingKind::LabelVariants,
        Severity::Error,
        |n| format!("{} with a label that differs from another only in case or white space", rows_text(n)),
        "write each label one way; --fix takes the commonest",
        variants.collect(),
    ));
    findings.extend(frequencies(rows, &counts));
    findings
}

fn repeated_ids(tables: &[Table]) -> Option<Finding> {
    let mut places = Vec::new();
    for table in tables {
        let mut first = BTreeMap::new();
        for row in &table.rows {
            if let Some(line) = first.get(&row.id) {
                places.push(Located { file: &table.name, row }.place(format!("id as in line {line}")));
            } else {
                first.insert(&row.id, row.line);
            }
        }
    }
    finding(
        FindingKind::RepeatedId,
        Severity::Warning,
        |n| format!("{} with an id that an earlier row of the file has", rows_text(n)),
        "give each row an id of its own, so that predictions can be matched with rows",
        places,
    )
}

fn unknown(rows: &[Located<'_>], counts: &[(String, usize)]) -> Option<Finding> {
    let known: BTreeSet<Stance> = counts.iter().filter_map(|(label, _)| Stance::meant_by(label)).collect();
    if !Stance::SIDES.iter().all(|side| known.contains(side)) {
        return None;
    }
    let unknown = rows.iter().filter(|located| located.label().is_some_and(|label| Stance::meant_by(label).is_none()));
    finding(
        FindingKind::UnknownLabel,
        Severity::Error,
        |n| format!("{} with a label that is no stance, though other labels are", rows_text(n)),
        "correct the label (favor, against, neutral, unrelated), or give --task NAME when training another task",
        unknown.map(|located| located.place(format!("label {:?}", located.label().unwrap_or_default()))).collect(),
    )
}

fn frequencies(rows: &[Located<'_>], counts: &[(String, usize)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let [(label, _)] = counts {
        let message = format!("all rows are labelled {label:?}");
        let advice = "a model needs rows of at least two labels";
        findings.extend(finding(
            FindingKind::OneLabel,
            Severity::Error,
            |_| message,
            advice,
            rows.first().map(|located| located.place("")).into_iter().collect(),
        ));
    }
    for (label, n) in counts.iter().filter(|(_, n)| *n < FEW) {
        let of_label = rows.iter().filter(|located| located.label() == Some(label));
        findings.extend(finding(
            FindingKind::RareLabel,
            Severity::Warning,
            |_| format!("only {} labelled {label:?}", rows_text(*n)),
            "label more of them, merge the label with another, or leave it out: so few can be neither learned nor measured",
            of_label.map(|located| located.place("")).collect(),
        ));
    }
    if let (Some((most, n_most)), Some((least, n_least))) = (counts.first(), counts.last())
        && counts.len() > 1
        && *n_most >= UNEVEN * *n_least
    {
        findings.push(Finding {
            kind: FindingKind::Imbalance,
            severity: Severity::Note,
            message: format!("{most:?} has {n_most} rows, {least:?} {n_least}"),
            advice:
                "read macro-F1 and each label's figures, not accuracy; the recipe's `balance` weighs rare labels up"
                    .into(),
            count: rows.len(),
            places: Vec::new(),
        });
    }
    findings
}
