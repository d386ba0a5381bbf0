//! `onrecord extract`: who said what, without any classification.

use std::path::PathBuf;

use clap::ValueEnum;
use onrecord::report::{self, Look, ReportFormat};

use super::Outcome;
use super::articles::Input;
use super::attribution::AttributionArgs;
use super::output::Output;

/// Find every statement of the articles and who made it.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    input: Input,

    /// How to print what was found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Say of every source why it was taken for its speaker's (text only; JSON and CSV have it in `link`).
    #[arg(long)]
    why: bool,

    #[command(flatten)]
    attribution: AttributionArgs,

    /// Write to FILE instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The formats of `extract`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading.
    Text,
    /// One array of articles.
    Json,
    /// One article a line.
    Jsonl,
    /// One attribution a row.
    Csv,
    /// The same for spreadsheets, where no text is run as a formula.
    Sheet,
    /// One page with all articles, statements in colour.
    Html,
}

/// Runs the subcommand.
///
/// # Errors
/// Where no article can be read or the output cannot be written.
pub fn run(args: Args) -> anyhow::Result<Outcome> {
    anyhow::ensure!(
        !args.why || args.format == Format::Text,
        "--why is for text; --format json, jsonl and csv have the reason in `link`, html has none"
    );
    let extractor = args.attribution.extractor()?;
    let format = match args.format {
        Format::Text => ReportFormat::Text,
        Format::Json => ReportFormat::Json,
        Format::Jsonl => ReportFormat::JsonLines,
        Format::Csv | Format::Sheet => ReportFormat::Csv,
        Format::Html => ReportFormat::Html,
    };
    let is_sheet = args.format == Format::Sheet;
    let mut out = Output::open(args.output.as_deref())?.holding(format).sheet(is_sheet);
    let mut writer = report::extract::writer(format, Look::default().reasons(args.why))?;
    let outcome = args.input.process(
        |article| (extractor.extract(&article.text), article),
        |(found, article)| Ok(writer.article(&article, &found, &mut out)?),
    )?;
    writer.finish(&(), &mut out)?;
    out.finish()?;
    Ok(outcome)
}
