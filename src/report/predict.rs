//! Classified statements: text for people, JSON, JSONL and CSV for programs.
//!
//! The JSON forms give each input row back as it was read, with an object named after the task added: `label`,
//! `probabilities`, for stances `target` and `score`, and where the model has thresholds for sets of labels `set` and
//! `uncertain`.

use std::io::Write;

use serde_json::{Map, Value};

use super::render::{Look, ReportFormat, unsupported};
use super::table;
use crate::features::Input;
use crate::labeled::{STANCE, TextRow};
use crate::model::{Classification, Model};
use crate::progress::{Callback, Progress};
use crate::score::UNCERTAIN;

/// Rows that are classified and written at a time.
const BATCH: usize = 8192;

/// What to write, beside the rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PredictOptions<'t> {
    /// What the stance is toward for rows that do not say; where it is missing too, it is the model's.
    pub target: Option<&'t str>,
    /// How to write: as text, JSON, JSON Lines or CSV.
    pub format: ReportFormat,
    /// How text looks.
    pub look: Look,
    /// How many of a row's features to give, the weightiest for its label first; 0 for none.
    pub explain: usize,
    /// The share of the sets of labels that shall hold the right one.
    pub level: f64,
    /// Whether `uncertain` becomes the label where more than one is in the set.
    pub abstain: bool,
}

/// What is said of one row.
struct Said<'m> {
    found: Classification,
    label: &'m str,
    /// The possible labels, the most probable first; empty where the model has no thresholds.
    set: Vec<&'m str>,
}

impl<'m> Said<'m> {
    fn new(model: &'m Model, found: Classification, options: PredictOptions<'_>) -> Self {
        let labels = model.labels();
        let set = model.conformal().map(|sets| sets.set(&found.probabilities, found.label, options.level));
        let set: Vec<&str> = set.unwrap_or_default().into_iter().map(|label| labels[label].as_str()).collect();
        let label = if options.abstain && set.len() > 1 { UNCERTAIN } else { &labels[found.label] };
        Self { found, label, set }
    }

    fn is_uncertain(&self) -> bool {
        self.set.len() > 1
    }
}

/// Classifies rows and writes them in their order.
///
/// # Errors
/// Where the output cannot be written, and [`std::io::ErrorKind::Unsupported`] for Markdown and HTML.
pub fn write(
    model: &Model,
    rows: &[TextRow],
    options: PredictOptions<'_>,
    out: &mut impl Write,
    progress: Callback<'_>,
) -> std::io::Result<()> {
    let PredictOptions { target, format, explain, .. } = options;
    if matches!(format, ReportFormat::Markdown | ReportFormat::Html) {
        return Err(unsupported("a list of predictions", format));
    }
    let reasons = |row: &TextRow| reasons(model, row, target, explain);
    let mut csv = csv::Writer::from_writer(Vec::new());
    let columns = if format == ReportFormat::Csv { columns(rows) } else { Vec::new() };
    if format == ReportFormat::Csv {
        csv.write_record(header(&columns, model, explain > 0))?;
    }
    if format == ReportFormat::Json {
        out.write_all(b"[")?;
    }
    for (n_batch, batch) in rows.chunks(BATCH).enumerate() {
        let texts: Vec<Input<'_>> =
            batch.iter().map(|row| Input { target: row.target.as_deref().or(target), ..row.input() }).collect();
        for (idx, (row, found)) in batch.iter().zip(model.classify_batch(&texts)).enumerate() {
            let said = Said::new(model, found, options);
            match format {
                ReportFormat::Text => {
                    write_line(model, row, &said, options.look, out)?;
                    for (feature, kind, score) in reasons(row) {
                        let feature = table::harmless(&feature);
                        writeln!(out, "    {}  {kind} \"{feature}\"", table::score(Some(score)))?;
                    }
                }
                ReportFormat::JsonLines => {
                    serde_json::to_writer(&mut *out, &with_prediction(model, row, target, &said, reasons(row)))?;
                    out.write_all(b"\n")?;
                }
                ReportFormat::Json => {
                    out.write_all(if n_batch + idx == 0 { b"\n" } else { b",\n" })?;
                    serde_json::to_writer(&mut *out, &with_prediction(model, row, target, &said, reasons(row)))?;
                }
                _ => {
                    let mut record = record(&columns, row, &said, model);
                    if explain > 0 {
                        record.push(in_words(&reasons(row)));
                    }
                    csv.write_record(record)?;
                }
            }
        }
        if format == ReportFormat::Csv {
            csv.flush()?;
            out.write_all(csv.get_ref())?;
            csv = csv::Writer::from_writer(Vec::new());
        }
        progress(Progress { stage: "classifying", done: n_batch * BATCH + batch.len(), total: rows.len() });
    }
    if format == ReportFormat::Json {
        out.write_all(b"\n]\n")?;
    }
    Ok(())
}

/// The object that a row gets: the prediction in the names that other programs depend on.
#[must_use]
pub fn prediction(model: &Model, target: Option<&str>, found: &Classification) -> Value {
    let mut object = Map::new();
    if model.task() == STANCE {
        let target = target.or(model.manifest().target.as_deref());
        object.insert("target".into(), target.map_or(Value::Null, Value::from));
    }
    object.insert("label".into(), model.labels()[found.label].as_str().into());
    if let Some(score) = found.score(model.labels()) {
        object.insert("score".into(), rounded(score));
    }
    let probabilities = model.labels().iter().cloned().zip(found.probabilities.iter().map(|&p| rounded(p))).collect();
    object.insert("probabilities".into(), Value::Object(probabilities));
    Value::Object(object)
}

/// Six digits: more is noise, and rows of probabilities still sum to 1 within 1e-5.
fn rounded(number: f64) -> Value {
    // Adding 0 turns -0 into 0.
    Value::from((number * 1e6).round() / 1e6 + 0.0)
}

/// A feature, the kind of block that it is of, and what it adds to the score of the row's label.
type Reason = (String, &'static str, f64);

fn reasons(model: &Model, row: &TextRow, target: Option<&str>, n: usize) -> Vec<Reason> {
    if n == 0 {
        return Vec::new();
    }
    let explanation = model.explain(&row.text, row.target.as_deref().or(target));
    let label = explanation.classification.label;
    let all = explanation.contributions.into_iter().take(n);
    all.map(|contribution| (contribution.feature, contribution.kind, contribution.scores[label])).collect()
}

fn in_words(reasons: &[Reason]) -> String {
    let one = |(feature, kind, score): &Reason| format!("{kind} \"{feature}\" {}", table::score(Some(*score)));
    reasons.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn with_prediction(model: &Model, row: &TextRow, target: Option<&str>, said: &Said<'_>, reasons: Vec<Reason>) -> Value {
    let mut fields = row.fields.clone();
    let mut prediction = prediction(model, row.target.as_deref().or(target), &said.found);
    if let (Value::Object(object), false) = (&mut prediction, said.set.is_empty()) {
        object.insert("label".into(), said.label.into());
        if said.is_uncertain() {
            object.insert("uncertain".into(), true.into());
        }
        object.insert("set".into(), said.set.clone().into());
    }
    if let (Value::Object(object), false) = (&mut prediction, reasons.is_empty()) {
        let one = |(feature, kind, score): Reason| {
            Value::Object(Map::from_iter([
                ("feature".to_owned(), feature.into()),
                ("kind".to_owned(), kind.into()),
                ("contribution".to_owned(), rounded(score)),
            ]))
        };
        object.insert("explanation".into(), Value::Array(reasons.into_iter().map(one).collect()));
    }
    fields.insert(model.task().into(), prediction);
    Value::Object(fields)
}

fn write_line(model: &Model, row: &TextRow, said: &Said<'_>, look: Look, out: &mut impl Write) -> std::io::Result<()> {
    let Said { found, label, set } = said;
    let names = model.labels().iter().map(String::as_str).chain([UNCERTAIN]);
    // Room for the question mark.
    let widest = names.map(|label| label.chars().count()).max().unwrap_or(0) + 1;
    let mark = if said.is_uncertain() && *label != UNCERTAIN { "?" } else { "" };
    let pad = " ".repeat(widest - label.chars().count() - mark.len());
    let percent = found.probabilities[found.label] * 100.0;
    let text = row.text.split_whitespace().collect::<Vec<_>>().join(" ");
    write!(out, "{}{mark}{pad} {percent:3.0} %  {text}", table::stance(label, look))?;
    if said.is_uncertain() {
        let others: Vec<&str> = set.iter().copied().filter(|other| other != label).collect();
        write!(out, "  [{}{}]", if mark.is_empty() { "" } else { "or " }, table::harmless(&others.join(" or ")))?;
    }
    writeln!(out)
}

/// Every field that a row has, in the order in which they first come.
fn columns(rows: &[TextRow]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let mut columns = Vec::new();
    for name in rows.iter().flat_map(|row| row.fields.keys()) {
        if seen.insert(name.as_str()) {
            columns.push(name.clone());
        }
    }
    columns
}

fn header(columns: &[String], model: &Model, is_explained: bool) -> Vec<String> {
    let task = model.task();
    let mut header = columns.to_vec();
    header.push(format!("{task}_label"));
    if task == STANCE {
        header.push(format!("{task}_score"));
    }
    header.extend(model.labels().iter().map(|label| format!("p_{label}")));
    if model.conformal().is_some() {
        header.extend([format!("{task}_uncertain"), format!("{task}_set")]);
    }
    if is_explained {
        header.push(format!("{task}_explanation"));
    }
    header
}

fn record(columns: &[String], row: &TextRow, said: &Said<'_>, model: &Model) -> Vec<String> {
    let mut record: Vec<String> = columns
        .iter()
        .map(|name| match row.fields.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        })
        .collect();
    let found = &said.found;
    record.push(said.label.to_owned());
    if model.task() == STANCE {
        record.push(found.score(model.labels()).map_or_else(String::new, |score| rounded(score).to_string()));
    }
    record.extend(found.probabilities.iter().map(|&p| rounded(p).to_string()));
    if model.conformal().is_some() {
        record.push(if said.is_uncertain() { "true".to_owned() } else { String::new() });
        record.push(said.set.join("|"));
    }
    record
}
