//! Labels that are likely wrong: models trained on other rows contradict them with confidence (in the manner of
//! Northcutt, Jiang and Chuang 2021, "confident learning").

use std::collections::BTreeMap;

use super::{CheckOptions, Finding, FindingKind, Located, Severity, finding, rows_text};
use crate::evaluate::{Scheme, cross_validate};
use crate::labeled::Row;
use crate::model::TrainOptions;

/// Fewer rows than this train no model worth listening to.
const LEAST_ROWS: usize = 60;
/// Labels rarer than this are left out of it.
const LEAST_OF_LABEL: usize = 5;
/// Another label must be at least this probable, and the given one at most [`UNLIKELY`].
const CONFIDENT: f64 = 0.85;
const UNLIKELY: f64 = 0.05;

/// The doubted rows, the most doubtful first; none where there are too few rows or nothing can be trained.
pub(super) fn suspicious(rows: &[Located<'_>], options: &CheckOptions<'_>) -> Option<Finding> {
    let mut counts = BTreeMap::<&str, usize>::new();
    rows.iter().filter_map(Located::label).for_each(|label| *counts.entry(label).or_default() += 1);
    let labels: Vec<String> =
        counts.iter().filter(|(_, n)| **n >= LEAST_OF_LABEL).map(|(label, _)| (*label).to_owned()).collect();
    let usable =
        |located: &&Located<'_>| located.label().is_some_and(|label| labels.iter().any(|known| known == label));
    let located: Vec<&Located<'_>> = rows.iter().filter(usable).collect();
    if located.len() < LEAST_ROWS || labels.len() < 2 {
        return None;
    }
    let training: Vec<Row> = located
        .iter()
        .map(|located| Row {
            id: located.row.id.clone(),
            text: located.row.text.clone(),
            label: located.row.label.clone().unwrap_or_default(),
            target: located.row.target.clone(),
            speaker: None,
            group: located.row.group.clone(),
            article: located.row.article.clone(),
            context: None,
            line: located.row.line,
            fields: located.row.fields.clone(),
        })
        .collect();
    // Copies of a text would vouch for each other's labels: they are one unit.
    let scheme = Scheme { seed: options.resampling.seed, ..Scheme::default() };
    let train = TrainOptions { task: "check".into(), ..TrainOptions::default() };
    // Data that no model can be trained on has other findings that say why.
    let (predictions, _) = cross_validate(&training, &labels, &scheme, &train, options.progress).ok()?;
    let table = predictions.probabilities.as_ref()?;
    let doubt = |place: usize| {
        let (given, said) = (predictions.gold[place], predictions.predicted[place]);
        let (p_given, p_said) = (table[[place, given]], table[[place, said]]);
        (said != given && p_said >= CONFIDENT && p_given <= UNLIKELY).then_some((p_said, place))
    };
    let mut doubted: Vec<(f64, usize)> = (0..predictions.len()).filter_map(doubt).collect();
    doubted.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let place = |&(p, place): &(f64, usize)| {
        let (given, said) = (&labels[predictions.gold[place]], &labels[predictions.predicted[place]]);
        located[predictions.rows[place]]
            .place(format!("labelled {given:?}, models of other rows say {said:?} ({p:.2})"))
    };
    finding(
        FindingKind::LabelNoise,
        Severity::Warning,
        |n| format!("{} whose label models trained on the other rows contradict with confidence", rows_text(n)),
        "look at them again, the surest first; some are right and merely unusual, so nothing is changed for you",
        doubted.iter().map(place).collect(),
    )
}
