//! `model`: what a model says of itself.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Context;
use clap::Subcommand;
use onrecord::bounded;
use onrecord::model::{Manifest, Model, Recipe};
use onrecord::report::{Explained, Look, Render, ReportFormat};

use super::Outcome;
use super::output::Output;

/// A model's card.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: ModelCommand,
}

#[derive(Debug, Subcommand)]
enum ModelCommand {
    /// Print what a model is for, what it was trained on, and what it reached.
    Show(Show),
    /// Print why a model labels a text so: the words that speak for and against each label.
    Explain(Explain),
}

#[derive(Debug, clap::Args)]
struct Explain {
    /// The model: a file that `train` wrote, or one in the program: builtin (stance of statements alone), fast, careful (in their article), claim.
    #[arg(value_name = "MODEL")]
    model: ModelArg,

    /// The text.
    #[arg(value_name = "TEXT")]
    text: String,

    /// What the stance is toward, for a model that knows several targets.
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,

    /// How many features to list.
    #[arg(long, value_name = "K", default_value_t = 20)]
    top: usize,

    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    format: FormatArg,

    /// Write to FILE instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Show {
    /// The model: a file that `train` wrote, or one in the program: builtin (stance of statements alone), fast, careful (in their article), claim.
    #[arg(value_name = "MODEL", default_value = "builtin")]
    model: ModelArg,

    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    format: FormatArg,

    /// Write to FILE instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum FormatArg {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Which model.
#[derive(Debug, Clone)]
pub enum ModelArg {
    /// The stance model in the program.
    Builtin,
    /// The stance model in the program that reads statements in their article.
    Fast,
    /// The same beside the encoder.
    Careful,
    /// The model of claim types in the program.
    Claim,
    /// A file.
    File(PathBuf),
}

impl FromStr for ModelArg {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "builtin" | "stance" | "alone" => Self::Builtin,
            "fast" => Self::Fast,
            "careful" => Self::Careful,
            "claim" => Self::Claim,
            path => Self::File(path.into()),
        })
    }
}

impl ModelArg {
    /// Reads it.
    ///
    /// # Errors
    /// Where the file is no model that can be used.
    pub fn load(&self) -> anyhow::Result<Model> {
        Ok(match self {
            Self::Builtin => super::builtin::stance()?,
            Self::Fast => super::builtin::in_article()?,
            Self::Careful => super::builtin::careful()?,
            Self::Claim => super::builtin::claims()?,
            Self::File(path) => Model::load(path)?,
        })
    }
}

/// No recipe is larger than this; more is not read.
const MAX_RECIPE: u64 = 1 << 20;

/// Reads a recipe.
///
/// # Errors
/// Where the file cannot be read or is no recipe.
pub fn read_recipe(path: &Path) -> anyhow::Result<Recipe> {
    let text = bounded::read_text(path, MAX_RECIPE).with_context(|| format!("{}: cannot read", path.display()))?;
    Recipe::from_toml(&text).with_context(|| path.display().to_string())
}

pub fn run(args: Args) -> anyhow::Result<Outcome> {
    let show = match args.command {
        ModelCommand::Show(show) => show,
        ModelCommand::Explain(explain) => return run_explain(explain),
    };
    let model = show.model.load()?;
    let format = match show.format {
        FormatArg::Text => ReportFormat::Text,
        FormatArg::Json => ReportFormat::Json,
    };
    let mut output = Output::open(show.output.as_deref())?.holding(format);
    match show.format {
        FormatArg::Text => write_card(model.manifest(), &mut output)?,
        FormatArg::Json => {
            serde_json::to_writer_pretty(&mut output, model.manifest())?;
            writeln!(output)?;
        }
    }
    output.finish()?;
    Ok(Outcome::Done)
}

fn run_explain(args: Explain) -> anyhow::Result<Outcome> {
    let model = args.model.load()?;
    let format = match args.format {
        FormatArg::Text => ReportFormat::Text,
        FormatArg::Json => ReportFormat::Json,
    };
    let mut output = Output::open(args.output.as_deref())?.holding(format);
    let look = Look::default().colour(output.wants_colour()).examples(args.top);
    Explained::new(&model, &args.text, args.target.as_deref()).render(format, look, &mut output)?;
    output.finish()?;
    Ok(Outcome::Done)
}

fn write_card(manifest: &Manifest, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "task       {}", manifest.task)?;
    if let Some(target) = &manifest.target {
        writeln!(out, "target     {target}")?;
    }
    writeln!(out, "labels     {}", manifest.labels.join(", "))?;
    let training = &manifest.training;
    let counts: Vec<String> = training.labels.iter().map(|(label, n)| format!("{label} {n}")).collect();
    writeln!(out, "trained on {} rows: {}", training.rows, counts.join(", "))?;
    for source in &training.sources {
        writeln!(out, "           {}: {} rows, SHA-256 {}", source.file, source.rows, source.sha256)?;
    }
    writeln!(out, "features   {}", manifest.block_sizes.iter().sum::<usize>())?;
    if !manifest.target_copies.is_empty() {
        let targets: Vec<&str> = manifest.target_copies.iter().map(|(target, _)| target.as_str()).collect();
        writeln!(out, "targets    {}", targets.join(", "))?;
    }
    if let Some(accuracy) = &manifest.accuracy {
        writeln!(
            out,
            "measured   {} on {} rows: accuracy {:.3}, macro-F1 {:.3}, log-loss {:.3}",
            accuracy.method, accuracy.rows, accuracy.accuracy, accuracy.macro_f1, accuracy.log_loss
        )?;
        for (label, f1) in manifest.labels.iter().zip(&accuracy.f1) {
            writeln!(out, "           F1 {f1:.3}  {label}")?;
        }
    }
    let sets = if manifest.conformal.is_empty() { "none: no thresholds" } else { "of 50 to 99 %, see --level" };
    writeln!(out, "label sets {sets}")?;
    writeln!(out, "format     {}", manifest.format)?;
    writeln!(out, "\nrecipe\n")?;
    for line in toml::to_string(&manifest.recipe)?.lines() {
        writeln!(out, "    {line}")?;
    }
    Ok(())
}
