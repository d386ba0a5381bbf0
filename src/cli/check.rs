//! `check`: what is wrong with labelled data.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use onrecord::evaluate::Resampling;
use onrecord::evaluate::check::{CheckOptions, annotator_columns, check, fix};
use onrecord::labeled::{Format, Table};
use onrecord::report::{Look, check as report};

use super::Outcome;
use super::evaluate::{FormatArg, write_report};
use super::message::{self, Bar};
use super::output::Output;
use super::table::TableArgs;

/// Say what is wrong with labelled data, and what to do about it.
///
/// Looks for unknown, rare and varying labels, empty and endless texts, exact and near copies (within a file, and
/// across files, where a model would be tested on what it was trained on), equal texts with different labels, doubtful
/// labels, damaged characters and exchanged columns; measures how well annotators agree. Exit code 1 where something is
/// wrong.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Labelled statements: .jsonl, .csv or .tsv files, or - for standard input.
    #[arg(required = true, value_name = "DATA")]
    pub paths: Vec<PathBuf>,

    /// Write the first file to OUT without what is plainly wrong, and what was changed to OUT's name with the ending
    /// .changes.csv: damaged characters mended, labels written one way; rows removed that cannot be used, repeat an
    /// earlier one, contradict another, or are in one of the other files.
    #[arg(long, value_name = "OUT")]
    pub fix: Option<PathBuf>,

    /// Columns that hold the labels of one annotator each, separated by commas [default: columns named label_1,
    /// annotator_2, rater_anna and the like].
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub annotators: Vec<String>,

    /// From this share of common word triples on, texts count as near copies.
    #[arg(long, value_name = "SHARE", default_value_t = 0.8, value_parser = share)]
    pub similarity: f64,

    /// Do not look for doubtful labels, which takes a cross-validation.
    #[arg(long)]
    pub no_noise: bool,

    /// Rows listed for each finding [default: 5 as text and Markdown, 50 otherwise].
    #[arg(long, value_name = "N")]
    pub places: Option<usize>,

    /// Name of the task, where the labels are stances only by chance.
    #[arg(long, value_name = "NAME")]
    pub task: Option<String>,

    /// Seed of folds and resamples.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,

    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    pub format: FormatArg,

    /// Write to FILE instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    #[command(flatten)]
    table: TableArgs,
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if share > 0.0 && share <= 1.0 { Ok(share) } else { Err("must be above 0 and at most 1".into()) }
}

pub fn run(args: Args) -> anyhow::Result<Outcome> {
    let mut tables = Vec::new();
    for path in &args.paths {
        tables.push(args.table.read(path, None)?.0);
    }
    let output = Output::open(args.output.as_deref())?;
    // Opened first: a check of minutes that then cannot write helps no one.
    let outputs = match &args.fix {
        Some(path) => {
            let changes = Output::open(Some(&changes_path(path)))?;
            Some((Output::open(Some(path))?, changes))
        }
        None => None,
    };
    let annotators =
        if args.annotators.is_empty() { annotator_columns(&columns(&tables)) } else { args.annotators.clone() };
    let for_reading = matches!(args.format, FormatArg::Text | FormatArg::Md);
    let n_places = args.places.unwrap_or(if for_reading { 5 } else { 50 });
    let bar = Bar::new();
    let options = CheckOptions {
        annotators,
        similarity: args.similarity,
        noise: !args.no_noise,
        task: args.task.clone(),
        n_places,
        resampling: Resampling { seed: args.seed, ..Resampling::default() },
        progress: &|progress| bar.report(progress),
    };
    let found = check(&tables, &options)?;
    drop(bar);
    write_report(&found, args.format, Look::default().examples(n_places), output)?;
    if let (Some(path), Some((rows, changes))) = (&args.fix, outputs) {
        write_fixed(&args, path, &tables, rows, changes)?;
    }
    Ok(if found.is_wrong() { Outcome::Incomplete } else { Outcome::Done })
}

fn write_fixed(
    args: &Args,
    path: &Path,
    tables: &[Table],
    mut rows: Output,
    mut changes: Output,
) -> anyhow::Result<()> {
    let Some((first, others)) = tables.split_first() else { return Ok(()) };
    let fixed = fix(first, others, &args.table.columns());
    let format = Format::of_path(path)
        .or_else(|| args.table.input_format.map(Format::from))
        .or_else(|| args.paths.first().and_then(|path| Format::of_path(path)))
        .unwrap_or(Format::Jsonl);
    report::write_rows(&fixed.rows, format, &mut rows)?;
    report::write_changes(&fixed.changes, &mut changes)?;
    // The list first: rows that were changed are never there without it.
    Output::finish_all([changes, rows])?;
    let n_removed = fixed.changes.iter().filter(|change| change.change == "removed").count();
    message::note(format_args!(
        "{}: {} rows kept, {n_removed} removed, {} fields mended; what was changed is in {}",
        path.display(),
        fixed.rows.len(),
        fixed.changes.len() - n_removed,
        changes_path(path).display()
    ));
    Ok(())
}

/// `clean.csv` -> `clean.changes.csv`.
fn changes_path(path: &Path) -> PathBuf {
    path.with_extension("changes.csv")
}

/// All columns of the tables, each once, in the order of their first appearance.
fn columns(tables: &[Table]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let fields = tables.iter().flat_map(|table| &table.rows).flat_map(|row| row.fields.keys());
    fields.filter(|column| seen.insert((*column).clone())).cloned().collect()
}
