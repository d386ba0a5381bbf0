//! `train`: a model from labelled statements.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use onrecord::evaluate::{ReportOptions, Resampling, Subject, training_report, usual_columns};
use onrecord::labeled::Dataset;
use onrecord::model::{Goal, Recipe, Search, TrainOptions, Trained, search, train};
use onrecord::report::{Look, Render, ReportFormat, table};

use super::Outcome;
use super::join::{JoinArgs, with_hint};
use super::message::{self, Bar};
use super::model::read_recipe;
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

    /// Features, classifier and regularisation, as TOML; examples/recipe.toml explains every entry.
    #[arg(long, value_name = "FILE")]
    pub recipe: Option<PathBuf>,

    /// Try the usual recipes by cross-validation, and take the simplest of those that do not differ from the best. The
    /// recipe then gives row weights only.
    #[arg(long)]
    pub search: bool,

    /// Folds of the cross-validation that estimates accuracy and calibrates the probabilities; 0 for neither.
    #[arg(long, value_name = "K", default_value_t = 5)]
    pub folds: usize,

    /// Seed of the folds.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,

    #[command(flatten)]
    join: JoinArgs,

    /// Tune the decision between labels for a measure, on predictions of the cross-validation.
    #[arg(long, value_enum, value_name = "MEASURE")]
    pub optimize: Option<GoalArg>,

    #[command(flatten)]
    table: TableArgs,
}

/// Measures to tune for.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum GoalArg {
    /// The mean of the labels' F1.
    MacroF1,
    /// The mean of the F1 of favor and against.
    FAvg,
    /// The share of right labels.
    Accuracy,
}

pub fn run(args: Args) -> anyhow::Result<Outcome> {
    if args.task.as_deref() == Some(super::train_attribution::TASK) {
        return super::train_attribution::run(&args.paths, &args.output);
    }
    let mut recipe = match &args.recipe {
        Some(path) => read_recipe(path)?,
        None => Recipe::default(),
    };
    if let Some(goal) = args.optimize {
        recipe.decision.optimize = Some(match goal {
            GoalArg::MacroF1 => Goal::MacroF1,
            GoalArg::FAvg => Goal::FAvg,
            GoalArg::Accuracy => Goal::Accuracy,
        });
    }
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
    let joining = args.join.joining()?;
    let mut options =
        TrainOptions { recipe, task, n_folds: args.folds, seed: args.seed, joining, sources, tokenization: None };
    let bar = Bar::new();
    if args.search {
        let found = with_hint(search(&data.rows, &options, &|progress| bar.report(progress)))?;
        report_search(&found);
        options.recipe = found.tried[found.chosen].recipe.clone();
    }
    let trained = train(&data.rows, &options, &|progress| bar.report(progress))?;
    drop(bar);
    report(&trained);
    if args.output.as_os_str() != "-" && trained.out_of_fold.is_some() {
        print_estimate(&args, &data, &trained)?;
    }
    output.write_all(&trained.model.to_bytes()?).with_context(|| format!("{}: cannot write", args.output.display()))?;
    output.finish()?;
    Ok(if data.problems.is_empty() { Outcome::Done } else { Outcome::Incomplete })
}

/// Prints the accuracy report of the cross-validation, where there was one.
fn print_estimate(args: &Args, data: &Dataset, trained: &Trained) -> anyhow::Result<()> {
    let names: Vec<String> = args.paths.iter().map(|path| path.display().to_string()).collect();
    let subject = Subject { data: names.join(", "), model: "models of this recipe".into(), ..Subject::default() };
    let slice_by = usual_columns(&data.rows);
    let resampling = Resampling { seed: args.seed, ..Resampling::default() };
    let joining = args.join.joining()?;
    let options = ReportOptions { subject, resampling, joining, slice_by, n_mistakes: 0, ..ReportOptions::default() };
    if let Some(report) = training_report(trained, &data.rows, &options)? {
        let mut out = Output::open(None)?.holding(ReportFormat::Text);
        let look = Look::default().colour(out.wants_colour());
        report.render(ReportFormat::Text, look, &mut out)?;
        out.finish()?;
    }
    Ok(())
}

fn report_search(search: &Search) {
    let measure = match search.goal {
        Goal::FAvg => ">F-avg",
        Goal::Accuracy => ">accuracy",
        _ => ">macro-F1",
    };
    let mut rows = table::table(&["recipe", ">folds", measure, ">+-", ""]);
    let mut order: Vec<usize> = (0..search.tried.len()).collect();
    order.sort_by(|&a, &b| {
        let (a, b) = (&search.tried[a], &search.tried[b]);
        b.figures.len().cmp(&a.figures.len()).then(b.mean().total_cmp(&a.mean()))
    });
    for place in order {
        let tried = &search.tried[place];
        rows.add_row([
            tried.name.clone(),
            tried.figures.len().to_string(),
            format!("{:.3}", tried.mean()),
            tried.standard_error().map_or_else(String::new, |error| format!("{error:.3}")),
            if place == search.chosen { "taken".to_owned() } else { String::new() },
        ]);
    }
    let n = search.tried.len();
    message::note(format_args!("{n} recipes tried on up to {} folds:\n\n{}", search.n_folds, table::rendered(&rows)));
}

fn report(trained: &Trained) {
    for warning in &trained.warnings {
        message::warn(warning);
    }
    let manifest = trained.model.manifest();
    let n_features: usize = manifest.block_sizes.iter().sum();
    let n_copies: usize = manifest.target_copies.iter().map(|(_, n)| n).sum();
    let copies = match manifest.target_copies.len() {
        0 => String::new(),
        n_targets => format!(", and {n_copies} of {n_targets} targets"),
    };
    message::note(format_args!("{n_features} features{copies}"));
    if !manifest.biases.is_empty() {
        let biases = manifest.labels.iter().zip(&manifest.biases).map(|(label, bias)| format!("{label} {bias:+.2}"));
        message::note(format_args!("decision biases: {}", biases.collect::<Vec<_>>().join(", ")));
    }
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
