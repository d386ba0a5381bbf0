//! `compare`: models on the same labelled rows.

use std::path::PathBuf;

use anyhow::Context;
use onrecord::evaluate::{
    CompareOptions, Comparison, Measure, Predictions, Resampling, Scheme, cross_validate, predict,
};
use onrecord::labeled::Dataset;
use onrecord::model::{Recipe, Source, TrainOptions};
use onrecord::progress::Progress;
use onrecord::report::Look;

use super::Outcome;
use super::evaluate::{CALIBRATION_FOLDS, FormatArg, seen_in_training, write_report};
use super::join::{JoinArgs, with_hint};
use super::message::{self, Bar};
use super::model::{ModelArg, read_recipe};
use super::output::Output;
use super::table::{TableArgs, task_name};

/// Say which of two or more models is better on the same rows, and how sure that is.
///
/// A paired bootstrap gives the interval of each difference, approximate randomization and McNemar's exact test the
/// chance of one as large between equals; with more than two models the chances are corrected (Holm). A model is a
/// file that `train` wrote, builtin, or a recipe (.toml), which is cross-validated on the rows, all recipes on the same
/// folds. Finished models must not have been trained on the rows.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The models: files that `train` wrote, builtin, or recipes (.toml).
    #[arg(required = true, num_args = 2.., value_name = "MODEL")]
    pub models: Vec<ModelArg>,

    /// Labelled statements: .jsonl, .csv or .tsv, or - for standard input (repeatable).
    #[arg(short, long, required = true, value_name = "LABELED")]
    pub data: Vec<PathBuf>,

    /// The measure that the verdict speaks of.
    #[arg(long, value_name = "MEASURE", default_value = "macro-f1", value_parser = measure)]
    pub measure: Measure,

    #[command(flatten)]
    pub join: JoinArgs,

    /// Folds of the recipes' cross-validation.
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u16).range(2..=1000))]
    pub folds: u16,

    /// Resamples for the 95 % intervals; 0 for none, and no verdict.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    pub resamples: u32,

    /// Random swaps of the randomization tests.
    #[arg(long, value_name = "N", default_value_t = 9999, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub swaps: u32,

    /// Seed of folds, resamples and swaps.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,

    /// How many of the rows that flipped are listed each way, as text and Markdown; the other formats have all.
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub flips: usize,

    /// Name of the task, where the labels are stances only by chance.
    #[arg(long, value_name = "NAME")]
    pub task: Option<String>,

    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    pub format: FormatArg,

    /// Write to FILE instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    #[command(flatten)]
    table: TableArgs,
}

fn measure(name: &str) -> Result<Measure, String> {
    Measure::from_name(name).ok_or_else(|| {
        let names: Vec<String> = Measure::ALL.iter().map(|measure| measure.name().replace('_', "-")).collect();
        format!("unknown measure; known are {}", names.join(", "))
    })
}

pub fn run(args: Args) -> anyhow::Result<Outcome> {
    let (data, sources) = args.table.read_labelled(&args.data, args.task.as_deref())?;
    let output = Output::open(args.output.as_deref())?;
    let bar = Bar::new();
    let comparison = comparison(&args, &data, &sources, &bar)?;
    drop(bar);
    if !matches!(args.format, FormatArg::Text) {
        comparison.warnings.iter().for_each(message::warn);
    }
    write_report(&comparison, args.format, Look::default().examples(args.flips), output)?;
    Ok(if data.problems.is_empty() { Outcome::Done } else { Outcome::Incomplete })
}

fn comparison(args: &Args, data: &Dataset, sources: &[Source], bar: &Bar) -> anyhow::Result<Comparison> {
    let progress = |progress: Progress<'_>| bar.report(progress);
    let joining = args.join.joining()?;
    let mut warnings = Vec::new();
    let mut models: Vec<(String, Predictions)> = Vec::new();
    for model in &args.models {
        let name = name(model);
        let predictions = match recipe(model)? {
            Some(recipe) => {
                let scheme = Scheme {
                    n_folds: args.folds.into(),
                    seed: args.seed,
                    joining: joining.clone(),
                    ..Scheme::default()
                };
                let task = task_name(args.task.as_deref(), data);
                let options = TrainOptions {
                    recipe,
                    task,
                    n_folds: CALIBRATION_FOLDS,
                    seed: args.seed,
                    joining: joining.clone(),
                    ..TrainOptions::default()
                };
                let found = cross_validate(&data.rows, &data.labels, &scheme, &options, &progress);
                let (predictions, own) = with_hint(found).with_context(|| name.clone())?;
                warnings.extend(own.into_iter().map(|own| format!("{name}: {own}")));
                predictions
            }
            None => {
                let model = model.load()?;
                let (predictions, own) = predict(&model, &data.rows)?;
                warnings.extend(
                    own.into_iter().chain(seen_in_training(&model, sources)).map(|own| format!("{name}: {own}")),
                );
                predictions
            }
        };
        models.push((name, predictions));
    }
    let names: Vec<String> = args.data.iter().map(|path| path.display().to_string()).collect();
    let options = CompareOptions {
        data: names.join(", "),
        resampling: Resampling { n_resamples: args.resamples as usize, seed: args.seed, ..Resampling::default() },
        n_permutations: args.swaps as usize,
        measure: args.measure,
        joining,
        progress: &progress,
    };
    let mut comparison = Comparison::new(&models, &data.rows, &options)?;
    comparison.warnings.splice(0..0, warnings);
    Ok(comparison)
}

fn name(model: &ModelArg) -> String {
    match model {
        ModelArg::Builtin => "builtin".into(),
        ModelArg::Fast => "fast".into(),
        ModelArg::Careful => "careful".into(),
        ModelArg::Claim => "claim".into(),
        ModelArg::File(path) => path.display().to_string(),
    }
}

/// The recipe, where the argument names one.
fn recipe(model: &ModelArg) -> anyhow::Result<Option<Recipe>> {
    let ModelArg::File(path) = model else { return Ok(None) };
    if path.extension().is_none_or(|ending| ending != "toml") {
        return Ok(None);
    }
    read_recipe(path).map(Some)
}
