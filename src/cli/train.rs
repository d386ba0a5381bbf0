//! `train`: a model from labelled statements.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use onrecord::model::{Recipe, TrainOptions, Trained, train};

use super::Outcome;
use super::message::{self, Bar};
use super::output::Output;
use super::table::{TableArgs, task_name};

/// Train a model on labelled statements.
///
/// Reads JSONL or CSV with a text and a label a row, learns, and writes one model file. Says what it saw, and what
/// cross-validation lets expect on statements like these.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Labelled statements: .jsonl, .csv or .tsv files, or - for standard input.
    #[arg(required = true, value_name = "LABELED")]
    pub paths: Vec<PathBuf>,

    /// Where to write the model.
    #[arg(short, long, value_name = "MODEL")]
    pub output: PathBuf,

    /// Name of the task. Needed only for labels that are stances by chance.
    #[arg(long, value_name = "NAME")]
    pub task: Option<String>,

    /// Features, classifier and regularisation, as TOML.
    #[arg(long, value_name = "FILE")]
    pub recipe: Option<PathBuf>,

    /// Folds of the cross-validation that estimates accuracy and calibrates the probabilities; 0 for neither.
    #[arg(long, value_name = "K", default_value_t = 5)]
    pub folds: usize,

    /// Seed of the folds.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,

    #[command(flatten)]
    table: TableArgs,
}

pub fn run(args: Args) -> anyhow::Result<Outcome> {
    if args.task.as_deref() == Some(super::train_attribution::TASK) {
        return super::train_attribution::run(&args.paths, &args.output);
    }
    let recipe = match &args.recipe {
        Some(path) => {
            let text = fs::read_to_string(path).with_context(|| format!("{}: cannot read", path.display()))?;
            Recipe::from_toml(&text).with_context(|| path.display().to_string())?
        }
        None => Recipe::default(),
    };
    // Opened first: training for minutes and then failing to write helps no one.
    let mut output = Output::open(Some(&args.output))?;
    let (data, sources) = args.table.read_labelled(&args.paths, args.task.as_deref())?;
    let task = task_name(args.task.as_deref(), &data);
    let counts: Vec<String> = data
        .labels
        .iter()
        .map(|label| format!("{label} {}", data.rows.iter().filter(|row| row.label == *label).count()))
        .collect();
    message::note(format_args!("task {task}: {} rows: {}", data.rows.len(), counts.join(", ")));
    let options = TrainOptions { recipe, task, n_folds: args.folds, seed: args.seed, sources };
    let bar = Bar::new();
    let trained = train(&data.rows, &options, &|progress| bar.report(progress))?;
    drop(bar);
    report(&trained);
    output.write_all(&trained.model.to_bytes()).with_context(|| format!("{}: cannot write", args.output.display()))?;
    output.finish()?;
    Ok(if data.problems.is_empty() { Outcome::Done } else { Outcome::Incomplete })
}

fn report(trained: &Trained) {
    for warning in &trained.warnings {
        message::warn(warning);
    }
    let manifest = trained.model.manifest();
    let n_features: usize = manifest.block_sizes.iter().sum();
    message::note(format_args!("{n_features} features"));
    if let Some(accuracy) = &manifest.accuracy {
        let f1: Vec<String> =
            manifest.labels.iter().zip(&accuracy.f1).map(|(label, f1)| format!("{label} {f1:.3}")).collect();
        message::note(format_args!(
            "{}: accuracy {:.3}, macro-F1 {:.3}, log-loss {:.3}; F1: {}",
            accuracy.method,
            accuracy.accuracy,
            accuracy.macro_f1,
            accuracy.log_loss,
            f1.join(", ")
        ));
    }
}
