//! `onrecord extract`: who said what, without any classification.

use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use onrecord::Article;
use onrecord::attribution::Attributions;
use onrecord::report::extract;

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
    let mut out = Output::open(args.output.as_deref())?;
    let work = |article: Article| {
        let found = extractor.extract(&article.text);
        (article, found)
    };
    let outcome = match args.format {
        Format::Text => {
            let mut n = 0;
            args.input.process(work, |(article, found)| {
                if n > 0 {
                    writeln!(out)?;
                }
                n += 1;
                Ok(extract::text(&mut out, &article, &found, args.why)?)
            })?
        }
        Format::Jsonl => args.input.process(work, |(article, found)| {
            serde_json::to_writer(&mut out, &extract::json(&article, &found))?;
            Ok(writeln!(out)?)
        })?,
        Format::Json => {
            let mut n = 0;
            let outcome = args.input.process(work, |(article, found): (Article, Attributions)| {
                write!(out, "{}", if n == 0 { "[\n" } else { ",\n" })?;
                n += 1;
                Ok(serde_json::to_writer(&mut out, &extract::json(&article, &found))?)
            })?;
            writeln!(out, "\n]")?;
            outcome
        }
        Format::Html => {
            let mut articles = Vec::new();
            let outcome = args.input.process(work, |result| {
                articles.push(result);
                Ok(())
            })?;
            write!(out, "{}", extract::html(&articles))?;
            outcome
        }
        Format::Csv => {
            let mut table = csv::Writer::from_writer(&mut out);
            table.write_record(extract::CSV_HEADER)?;
            let outcome = args.input.process(work, |(article, found)| {
                for row in extract::csv_rows(&article, &found) {
                    table.write_record(&row)?;
                }
                Ok(())
            })?;
            table.flush()?;
            drop(table);
            outcome
        }
    };
    out.finish()?;
    Ok(outcome)
}
