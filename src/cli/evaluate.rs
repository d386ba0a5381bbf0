//! `evaluate`: the accuracy report of a model on labelled statements, or of a recipe by cross-validation.

use std::path::PathBuf;

use onrecord::evaluate::{
    AccuracyReport, Gate, GateResult, Predictions, RankingReport, ReportOptions, Resampling, Scheme, Subject,
    cross_validate, learning_curve, predict, reasons, usual_columns,
};
use onrecord::labeled::{Dataset, Row};
use onrecord::model::{Model, Recipe, Source, TrainOptions, train};
use onrecord::report::{Look, Render, ReportFormat};

use super::Outcome;
use super::join::{JoinArgs, with_hint};
use super::level::{self, LevelArg};
use super::message::{self, Bar};
use super::model::{ModelArg, read_recipe};
use super::output::Output;
use super::table::{TableArgs, task_name};

/// Measure how good a model is, and where it fails.
///
/// Without --recipe or --folds the model labels the statements and is compared with their labels; it must not have been
/// trained on them. With --recipe or --folds a recipe is cross-validated: each statement is labelled by a model that was
/// trained on others.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Labelled statements: .jsonl, .csv or .tsv files, or - for standard input.
    #[arg(required = true, value_name = "LABELED")]
    pub paths: Vec<PathBuf>,

    /// The model: a file that `train` wrote, or one in the program: builtin (stance), claim.
    #[arg(short, long, value_name = "MODEL", default_value = "builtin", conflicts_with_all = ["recipe", "folds"])]
    pub model: ModelArg,

    /// Cross-validate this recipe (TOML), or the default one where only --folds is given.
    #[arg(long, value_name = "FILE")]
    pub recipe: Option<PathBuf>,

    /// Folds of the cross-validation [default: 5].
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u16).range(2..=1000))]
    pub folds: Option<u16>,

    /// Train on a part of the rows and measure on the rest, a share of SHARE (0.2, say), instead of folds.
    #[arg(long, value_name = "SHARE", conflicts_with_all = ["folds", "leave_out", "model"])]
    pub hold_out: Option<f64>,

    /// How often the folds are drawn anew.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub repeats: u16,

    #[command(flatten)]
    pub join: JoinArgs,

    /// Predict each value of COLUMN (a target, say) by a model trained on all others.
    #[arg(long, value_name = "COLUMN", conflicts_with_all = ["folds", "repeats", "model"])]
    pub leave_out: Option<String>,

    /// Show the figures for each value of COLUMN, too (repeatable) [default: target, register, speaker, outlet, as far
    /// as they have few values].
    #[arg(long, visible_alias = "by", value_name = "COLUMN")]
    pub slice: Vec<String>,

    #[command(flatten)]
    pub level: LevelArg,

    /// Measure only how well the model's probability of LABEL ranks the rows: those labelled --positive before all
    /// others. The rows' labels may be others than the model's.
    #[arg(long, value_name = "LABEL", requires = "positive", conflicts_with_all = ["recipe", "folds", "hold_out", "leave_out", "learning_curve"])]
    pub score: Option<String>,

    /// The label of the rows that --score shall find.
    #[arg(long, value_name = "LABEL", requires = "score")]
    pub positive: Option<String>,

    /// How many mistakes to list, the surest first.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub mistakes: usize,

    /// Train on growing shares of the rows, too; for recipes only.
    #[arg(long, conflicts_with = "model")]
    pub learning_curve: bool,

    /// Resamples for the 95 % intervals; 0 for none.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    pub resamples: u32,

    /// Seed of folds and resamples.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,

    /// Exit with 1 unless a figure is reached: macro-f1=0.75, favor.recall=0.6, or for the cautious end of the interval
    /// macro-f1.low=0.7 (repeatable).
    #[arg(long, value_name = "MEASURE=NUMBER")]
    pub fail_under: Vec<Gate>,

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

/// Output formats of reports.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum FormatArg {
    /// Tables for people.
    Text,
    /// Everything, for programs.
    Json,
    /// One figure a line.
    Csv,
    /// The same for spreadsheets, where no text is run as a formula.
    Sheet,
    /// Markdown tables, to paste.
    Md,
    /// One page with charts.
    Html,
}

/// Inner folds that calibrate the probabilities of each fold's model.
pub const CALIBRATION_FOLDS: usize = 3;

pub fn run(args: Args) -> anyhow::Result<Outcome> {
    let (data, sources) = args.table.read_labelled(&args.paths, args.task.as_deref())?;
    let output = Output::open(args.output.as_deref())?;
    let bar = Bar::new();
    if let (Some(score), Some(positive)) = (&args.score, &args.positive) {
        let report = ranked(&args, &data, &sources, (score, positive), &bar)?;
        drop(bar);
        let results = args.fail_under.iter().map(|gate| report.judge(gate)).collect::<Result<Vec<_>, _>>()?;
        write_report(&report, args.format, Look::default(), output)?;
        return Ok(outcome(&results, &data));
    }
    let report = report(&args, &data, &sources, &bar)?;
    drop(bar);
    // Judged before anything is written: a gate that names no figure of the report is a mistake in the command.
    let results = args.fail_under.iter().map(|gate| report.judge(gate)).collect::<Result<Vec<_>, _>>()?;
    for warning in &report.warnings {
        if !matches!(args.format, FormatArg::Text) {
            message::warn(warning);
        }
    }
    write_report(&report, args.format, Look::default(), output)?;
    Ok(outcome(&results, &data))
}

impl From<FormatArg> for ReportFormat {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Text => Self::Text,
            FormatArg::Json => Self::Json,
            FormatArg::Csv | FormatArg::Sheet => Self::Csv,
            FormatArg::Md => Self::Markdown,
            FormatArg::Html => Self::Html,
        }
    }
}

/// Writes a whole report, in colour where the output takes it.
pub fn write_report(report: &dyn Render, format: FormatArg, look: Look, output: Output) -> anyhow::Result<()> {
    let is_sheet = matches!(format, FormatArg::Sheet);
    let mut output = output.holding(format.into()).sheet(is_sheet);
    let look = look.colour(output.wants_colour());
    report.render(format.into(), look, &mut output)?;
    output.finish()
}

/// Says what became of the gates.
fn outcome(results: &[GateResult], data: &Dataset) -> Outcome {
    for result in results {
        if result.passed { message::note(&result.message) } else { message::warn(&result.message) }
    }
    let is_met = results.iter().all(|result| result.passed);
    if is_met && data.problems.is_empty() { Outcome::Done } else { Outcome::Incomplete }
}

/// How well the probability of one label finds the rows with another.
fn ranked(
    args: &Args,
    data: &Dataset,
    sources: &[Source],
    (score, positive): (&str, &str),
    bar: &Bar,
) -> anyhow::Result<RankingReport> {
    let progress = |progress: onrecord::progress::Progress<'_>| bar.report(progress);
    let model = args.model.load()?;
    let joining = args.join.joining()?;
    let names: Vec<String> = args.paths.iter().map(|path| path.display().to_string()).collect();
    let subject = Subject {
        data: names.join(", "),
        model: model_name(&args.model),
        method: "scored by a finished model".into(),
        repeats: 1,
        seed: args.seed,
        ..Subject::default()
    };
    let options = ReportOptions {
        subject,
        resampling: Resampling { n_resamples: args.resamples as usize, seed: args.seed, ..Resampling::default() },
        joining,
        slice_by: if args.slice.is_empty() { usual_columns(&data.rows) } else { args.slice.clone() },
        progress: &progress,
        ..ReportOptions::default()
    };
    let mut report = RankingReport::new(&model, &data.rows, score, positive, &options)?;
    report.warnings.extend(seen_in_training(&model, sources));
    Ok(report)
}

fn report(args: &Args, data: &Dataset, sources: &[Source], bar: &Bar) -> anyhow::Result<AccuracyReport> {
    let joining = args.join.joining()?;
    let slice_by = if args.slice.is_empty() { usual_columns(&data.rows) } else { args.slice.clone() };
    let resampling = Resampling { n_resamples: args.resamples as usize, seed: args.seed, ..Resampling::default() };
    let progress = |progress: onrecord::progress::Progress<'_>| bar.report(progress);
    let names: Vec<String> = args.paths.iter().map(|path| path.display().to_string()).collect();
    let subject = Subject { data: names.join(", "), seed: args.seed, ..Subject::default() };
    let options = ReportOptions {
        subject,
        resampling,
        joining: joining.clone(),
        slice_by,
        n_mistakes: args.mistakes,
        explain: None,
        progress: &progress,
    };
    let is_trained = args.recipe.is_some()
        || args.folds.is_some()
        || args.hold_out.is_some()
        || args.leave_out.is_some()
        || args.learning_curve;
    if !is_trained {
        let model = args.model.load()?;
        let (mut predictions, warnings) = predict(&model, &data.rows)?;
        let level = args.level.of(&model, false)?;
        set_level(&mut predictions, level);
        let explain = |row: &Row, label: &str| reasons(&model, row, label);
        let subject = Subject {
            model: model_name(&args.model),
            method: "labelled by a finished model".into(),
            repeats: 1,
            ..options.subject.clone()
        };
        let options = ReportOptions { subject, explain: Some(&explain), ..options };
        let mut report = AccuracyReport::new(&predictions, &data.rows, &options)?;
        report.warnings.extend(warnings);
        report.warnings.extend(seen_in_training(&model, sources));
        return Ok(report);
    }
    let (recipe, name) = match &args.recipe {
        Some(path) => (read_recipe(path)?, path.display().to_string()),
        None => (Recipe::default(), "default".to_owned()),
    };
    let scheme = Scheme {
        n_folds: args.folds.map_or(5, usize::from),
        n_repeats: args.repeats.into(),
        seed: args.seed,
        joining: joining.clone(),
        leave_out: args.leave_out.clone(),
        hold_out: args.hold_out,
    };
    let task = task_name(args.task.as_deref(), data);
    let training =
        TrainOptions { recipe, task, n_folds: CALIBRATION_FOLDS, seed: args.seed, joining, ..TrainOptions::default() };
    let (mut predictions, warnings) =
        with_hint(cross_validate(&data.rows, &data.labels, &scheme, &training, &progress))?;
    anyhow::ensure!(args.level.level.is_none() || predictions.sets.is_some(), level::TOO_FEW);
    set_level(&mut predictions, args.level.or_usual());
    // One model of all rows says which words matter; it has seen the rows, which is all right for that.
    let whole = train(&data.rows, &TrainOptions { n_folds: 0, ..training.clone() }, &progress)?.model;
    let explain = |row: &Row, label: &str| reasons(&whole, row, label);
    let subject = Subject {
        model: format!("recipe {name}"),
        method: scheme.describe(&data.rows),
        folds: if scheme.hold_out.is_some() { 1 } else { scheme.n_folds },
        repeats: scheme.n_repeats,
        ..options.subject.clone()
    };
    let options = ReportOptions { subject, explain: Some(&explain), ..options };
    let mut report = AccuracyReport::new(&predictions, &data.rows, &options)?;
    report.warnings.extend(warnings);
    if args.learning_curve {
        let curve = learning_curve(&data.rows, &data.labels, &scheme, &training, resampling, &progress)?;
        report.learning_curve = curve;
    }
    Ok(report)
}

/// Measures sets of this level.
fn set_level(predictions: &mut Predictions, level: f64) {
    if let Some(sets) = &mut predictions.sets {
        sets.level = level;
    }
}

/// A warning where a file is one that the model was trained on.
pub fn seen_in_training(model: &Model, sources: &[Source]) -> Option<String> {
    let known = &model.manifest().training.sources;
    let same = sources.iter().find(|source| known.iter().any(|other| other.sha256 == source.sha256))?;
    Some(format!("the model was trained on {}: these figures say nothing of new statements", same.file))
}

/// What the model is called in a report.
fn model_name(model: &ModelArg) -> String {
    match model {
        ModelArg::Builtin => "the built-in model".into(),
        ModelArg::Fast => "fast".into(),
        ModelArg::Careful => "careful".into(),
        ModelArg::Claim => "the built-in model of claim types".into(),
        ModelArg::File(path) => path.display().to_string(),
    }
}
