//! `predict`: ready statements classified.

use std::path::PathBuf;

use onrecord::labeled::Format;
use onrecord::report::predict::{self, PredictOptions};
use onrecord::report::{Look, ReportFormat};

use super::Outcome;
use super::level::LevelArg;
use super::message::Bar;
use super::model::ModelArg;
use super::output::Output;
use super::table::{TableArgs, warn_of};

/// Classify ready statements.
///
/// Reads JSONL, CSV or plain text, one statement a line, and prints each with its label and probabilities.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Statements: .jsonl, .csv, .tsv or .txt, or - for standard input.
    #[arg(value_name = "STATEMENTS")]
    pub path: PathBuf,

    /// The model: a file that `train` wrote, or one in the program: builtin (stance), claim.
    #[arg(short, long, value_name = "MODEL", default_value = "builtin")]
    pub model: ModelArg,

    /// What the stance is toward, where the model knows several targets and the rows do not say.
    #[arg(long, value_name = "TARGET")]
    pub target: Option<String>,

    /// Say why: the K features that weigh most for the label given, with what each adds to its score.
    #[arg(long, value_name = "K", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=1000))]
    pub explain: u16,

    #[command(flatten)]
    pub level: LevelArg,

    /// Make `uncertain` the label where more than one label is in the set.
    #[arg(long)]
    pub abstain: bool,

    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    pub format: FormatArg,

    /// Write to FILE instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    #[command(flatten)]
    table: TableArgs,
}

/// Output formats of `predict`.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum FormatArg {
    /// A table for people.
    Text,
    /// One JSON array.
    Json,
    /// One JSON object a line: the input row with the prediction added.
    Jsonl,
    /// Comma-separated: the input's columns and those of the prediction.
    Csv,
    /// The same for spreadsheets, where no text is run as a formula.
    Sheet,
}

pub fn run(args: Args) -> anyhow::Result<Outcome> {
    let model = args.model.load()?;
    let level = args.level.of(&model, args.abstain)?;
    let (table, _) = args.table.read(&args.path, Some(Format::Lines))?;
    warn_of(&table.problems);
    let format = match args.format {
        FormatArg::Text => ReportFormat::Text,
        FormatArg::Json => ReportFormat::Json,
        FormatArg::Jsonl => ReportFormat::JsonLines,
        FormatArg::Csv | FormatArg::Sheet => ReportFormat::Csv,
    };
    let is_sheet = matches!(args.format, FormatArg::Sheet);
    let mut output = Output::open(args.output.as_deref())?.holding(format).sheet(is_sheet);
    let bar = Bar::new();
    let options = PredictOptions {
        target: args.target.as_deref(),
        format,
        look: Look::default().colour(output.wants_colour()),
        explain: args.explain.into(),
        level,
        abstain: args.abstain,
    };
    predict::write(&model, &table.rows, options, &mut output, &|progress| bar.report(progress))?;
    drop(bar);
    output.finish()?;
    Ok(if table.problems.is_empty() { Outcome::Done } else { Outcome::Incomplete })
}
