//! `onrecord summarize`: summaries of what `score` wrote, without scoring again.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Context;
use clap::ValueEnum;
use onrecord::progress::Progress;
use onrecord::report::{Look, Render, ReportFormat, summary};
use onrecord::score::{ReadError, ScoredStatement, read};
use onrecord::summary::{Cross, Dimension, Keep, Options, Overrides, Sort, StanceConfusion, View};
use onrecord::{Summarizer, bounded};

use super::Outcome;
use super::articles::{Input, Reading};
use super::message::{self, Bar};
use super::model::ModelArg;
use super::output::Output;

/// Sum up what `score --format jsonl` wrote: who speaks, where they stand, and how sure that is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: onrecord summarize scored.jsonl --by outlet")]
pub struct Args {
    /// Scored statements: files that `score --format jsonl` wrote, or - for standard input.
    #[arg(required = true, value_name = "SCORED")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    how: How,

    /// Only statements whose stance is toward TARGET.
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,

    /// The model that gave the stances: the shares are corrected for its held-out errors. "none" leaves them as counted.
    #[arg(long, value_name = "MODEL", default_value = "fast", conflicts_with = "confusion")]
    model: Correcting,

    /// Say why names were taken for one speaker's: every speaker who goes by NAME or part of it.
    #[arg(long, value_name = "NAME")]
    why: Option<String>,

    /// The articles themselves, for the page to show the statements in their places (with --format html).
    #[arg(long, value_name = "ARTICLES")]
    articles: Vec<PathBuf>,

    #[command(flatten)]
    reading: Reading,

    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,

    /// Write to FILE instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Whose errors the shares are corrected for.
#[derive(Debug, Clone)]
enum Correcting {
    /// Nobody's.
    None,
    /// A model's.
    For(ModelArg),
}

impl FromStr for Correcting {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text == "none" { Self::None } else { Self::For(text.parse()?) })
    }
}

/// How statements are summed up.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Summary")]
pub struct How {
    /// What a row is.
    #[arg(long, value_enum, default_value_t, value_name = "VIEW")]
    by: By,

    /// Say where speakers stand in general, from intervals over articles, and not where they stand in these texts.
    #[arg(long)]
    generalize: bool,

    /// The order of the rows.
    #[arg(long, value_enum, default_value_t, value_name = "ORDER")]
    sort: Order,

    /// Leave out rows with fewer statements.
    #[arg(long, value_name = "N", default_value_t = 0)]
    min_statements: usize,

    /// Only the first N rows.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    top: Option<u64>,

    /// A cross table instead: how often two of speaker, type, affiliation, outlet, month, target, stance, claim and
    /// kind come together.
    #[arg(long, value_name = "ROWS,COLUMNS", value_parser = cross)]
    cross: Option<Cross>,

    /// Names that are one speaker's: a CSV file with the columns alias, name.
    #[arg(long, value_name = "FILE")]
    aliases: Option<PathBuf>,

    /// Count everything under ALIAS as NAME.
    #[arg(long, value_name = "ALIAS=NAME")]
    merge: Vec<String>,

    /// Merge nothing with NAME, and take it for different people where its roles differ.
    #[arg(long, value_name = "NAME")]
    split: Vec<String>,

    /// What the model makes of each true stance on held-out data, to correct the shares with: a CSV file with the
    /// true stance in the first column and one column for each given stance.
    #[arg(long, value_name = "FILE")]
    confusion: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum By {
    /// Speakers; those without a name by class.
    #[default]
    Speaker,
    /// Types of speakers.
    Type,
    /// Bodies that speakers belong to.
    Affiliation,
    /// Newspapers, agencies, sites.
    Outlet,
    /// Months.
    Month,
    /// Targets.
    Target,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Order {
    /// Most statements about the target first.
    #[default]
    Related,
    /// Most statements first.
    Statements,
    /// Most articles first.
    Articles,
    /// From in favor to against.
    Score,
    /// By name.
    Name,
    /// Latest first.
    Last,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table with bars, for reading.
    #[default]
    Text,
    /// One document.
    Json,
    /// One speaker a line.
    Jsonl,
    /// One speaker a row.
    Csv,
    /// The same for spreadsheets, where no text is run as a formula.
    Sheet,
    /// A table and quotations in Markdown.
    Md,
    /// One page that needs nothing else.
    Html,
}

fn cross(argument: &str) -> Result<Cross, String> {
    let side = |name: &str| {
        Ok(match name.trim() {
            "speaker" => Dimension::Speaker,
            "type" => Dimension::Type,
            "affiliation" => Dimension::Affiliation,
            "outlet" => Dimension::Outlet,
            "month" => Dimension::Month,
            "target" => Dimension::Target,
            "stance" => Dimension::Stance,
            "claim" => Dimension::Claim,
            "kind" => Dimension::Kind,
            other => {
                return Err(format!(
                    "\"{other}\" is none of speaker, type, affiliation, outlet, month, target, stance, claim, kind"
                ));
            }
        })
    };
    let (rows, columns) = argument.split_once(',').ok_or("expected ROWS,COLUMNS, as in speaker,claim")?;
    Ok(Cross { rows: side(rows)?, columns: side(columns)? })
}

impl How {
    /// The same as the library takes it.
    ///
    /// # Errors
    /// Where the alias file or the confusion cannot be read, or merges and splits contradict each other.
    pub fn options(&self, keep: Keep, all_kept: bool) -> anyhow::Result<Options> {
        let mut overrides = Overrides::default();
        if let Some(path) = &self.aliases {
            let bytes = bounded::read(path, MAX_ALIASES).with_context(|| format!("{}: cannot read", path.display()))?;
            overrides.read_aliases(bytes.as_slice(), &path.display().to_string())?;
        }
        for pair in &self.merge {
            let (alias, name) = pair
                .split_once('=')
                .with_context(|| format!("--merge \"{pair}\": expected ALIAS=NAME, as in \"Marn=Ilse Marn\""))?;
            overrides.merge(alias, name).context("--merge")?;
        }
        for name in &self.split {
            overrides.split(name).context("--split")?;
        }
        Ok(Options {
            by: match self.by {
                By::Speaker => View::Speaker,
                By::Type => View::Type,
                By::Affiliation => View::Affiliation,
                By::Outlet => View::Outlet,
                By::Month => View::Month,
                By::Target => View::Target,
            },
            sort: match self.sort {
                Order::Related => Sort::Related,
                Order::Statements => Sort::Statements,
                Order::Articles => Sort::Articles,
                Order::Score => Sort::Score,
                Order::Name => Sort::Name,
                Order::Last => Sort::Last,
            },
            generalize: self.generalize,
            min_statements: self.min_statements,
            top: self.top.map(|top| usize::try_from(top).unwrap_or(usize::MAX)).or(all_kept.then_some(MAX_ON_PAGE)),
            cross: self.cross,
            keep,
            all_kept,
            overrides,
            confusion: self.confusion.as_deref().map(confusion).transpose()?,
        })
    }
}

/// Larger files of aliases and confusions are not read.
const MAX_ALIASES: u64 = 64 << 20;
const MAX_CONFUSION: u64 = 1 << 20;

/// Reads a confusion matrix: `true,favor,against,...` and a row a true stance.
fn confusion(path: &Path) -> anyhow::Result<StanceConfusion> {
    let name = path.display();
    let bytes = bounded::read(path, MAX_CONFUSION).with_context(|| format!("{name}: cannot read"))?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let labels: Vec<String> = reader.headers()?.iter().skip(1).map(|label| label.trim().to_owned()).collect();
    let mut rows = vec![Vec::new(); labels.len()];
    for record in reader.records() {
        let record = record.with_context(|| format!("{name}: broken CSV"))?;
        let line = record.position().map_or(0, csv::Position::line);
        let label = record.get(0).unwrap_or_default().trim();
        let place = labels.iter().position(|other| other == label);
        let place = place.with_context(|| format!("{name}:{line}: \"{label}\" is no column of the header"))?;
        anyhow::ensure!(rows[place].is_empty(), "{name}:{line}: a second row \"{label}\"");
        let numbers = record.iter().skip(1).map(|cell| cell.trim().parse::<f64>());
        rows[place] = numbers
            .collect::<Result<_, _>>()
            .with_context(|| format!("{name}:{line}: expected a count in every column but the first"))?;
    }
    StanceConfusion::new(&labels, &rows).with_context(|| {
        format!("{name}: expected a square of counts over the stances favor, against, neutral, unrelated")
    })
}

/// Rows on a page where nobody says how many: more make browsers wait, and are in the other formats.
const MAX_ON_PAGE: usize = 5_000;

/// Statements the page keeps of each speaker and stance.
pub const PAGE: Keep = Keep { related: 40, unrelated: 10 };

/// Runs the subcommand.
///
/// # Errors
/// Where nothing could be read or the output cannot be written.
pub fn run(args: Args) -> anyhow::Result<Outcome> {
    let is_page = args.format == Format::Html;
    anyhow::ensure!(
        !is_page || args.how.cross.is_none(),
        "--cross has no place on a page; --format text, json, csv and md have it"
    );
    let mut options = args.how.options(if is_page { PAGE } else { Keep::default() }, is_page)?;
    if let (None, Correcting::For(model)) = (&options.confusion, &args.model) {
        options.confusion = StanceConfusion::of_model(&model.load()?);
    }
    let mut summarizer = Summarizer::new(options);
    let mut pages = Pages::new(&args)?;
    let mut counts = Counts::default();
    let bar = Bar::new();
    for path in &args.paths {
        let is_stdin = path.as_os_str() == "-";
        let input: Box<dyn BufRead> = if is_stdin {
            Box::new(BufReader::with_capacity(1 << 18, io::stdin()))
        } else {
            let file = File::open(path).with_context(|| format!("{}: cannot read", path.display()))?;
            Box::new(BufReader::with_capacity(1 << 18, file))
        };
        let name = if is_stdin { Path::new("stdin") } else { path };
        read(input, name, |statement| -> Result<(), ReadError> {
            match statement {
                Ok(statement) => {
                    if args.target.as_ref().is_none_or(|target| *target == statement.stance.target) {
                        summarizer.add(&statement);
                        pages.add(statement);
                    } else {
                        counts.n_other += 1;
                    }
                    counts.n_read += 1;
                }
                Err(error) => counts.skip(error),
            }
            if counts.n_read % 8192 == 0 {
                bar.report(Progress { stage: "reading statements", done: counts.n_read, total: 0 });
            }
            Ok(())
        })?;
    }
    drop(bar);
    let has_enough = summarizer.targets().values().sum::<usize>() > 0;
    match (has_enough, counts.first.take()) {
        (false, Some(error)) => return Err(anyhow::Error::new(error).context("no statement could be read")),
        (false, None) if counts.n_other > 0 => {
            anyhow::bail!("no statement is toward \"{}\"", args.target.unwrap_or_default())
        }
        (false, None) => anyhow::bail!("no statements in the input"),
        _ => {}
    }
    let by_target = args.how.by == By::Target
        || args.how.cross.is_some_and(|cross| [cross.rows, cross.columns].contains(&Dimension::Target));
    if summarizer.targets().len() > 1 && !by_target {
        let list: Vec<String> =
            summarizer.targets().iter().take(8).map(|(target, n)| format!("\"{target:.60}\" ({n})")).collect();
        anyhow::bail!(
            "stances toward {} targets: {}; choose one with --target, or see them apart with --by target",
            summarizer.targets().len(),
            list.join(", ")
        );
    }
    let summary = summarizer.finish();
    let format = if args.why.is_some() { ReportFormat::Text } else { args.format.into() };
    let mut out = Output::open(args.output.as_deref())?.holding(format).sheet(args.format == Format::Sheet);
    if let Some(name) = &args.why {
        if summary::why(&summary, name, &mut out)? == 0 {
            anyhow::bail!("no speaker goes by \"{name}\"");
        }
    } else if is_page {
        summary::page(&summary, &pages.finish()?, &mut out)?;
    } else {
        let look = Look::default().colour(out.wants_colour());
        summary.render(format, look, &mut out)?;
    }
    out.finish()?;
    Ok(counts.outcome())
}

impl From<Format> for ReportFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Text => Self::Text,
            Format::Json => Self::Json,
            Format::Jsonl => Self::JsonLines,
            Format::Csv | Format::Sheet => Self::Csv,
            Format::Md => Self::Markdown,
            Format::Html => Self::Html,
        }
    }
}

/// Lines that are named one by one; more are counted.
const MAX_LISTED: usize = 20;

#[derive(Debug, Default)]
struct Counts {
    n_read: usize,
    n_other: usize,
    n_skipped: usize,
    first: Option<ReadError>,
}

impl Counts {
    fn skip(&mut self, error: ReadError) {
        self.n_skipped += 1;
        if self.n_skipped <= MAX_LISTED {
            message::warn(format_args!("skipped: {error}"));
        }
        self.first.get_or_insert(error);
    }

    fn outcome(&self) -> Outcome {
        if self.n_skipped == 0 {
            return Outcome::Done;
        }
        message::note(format_args!("{} statements read, {} lines skipped", self.n_read, self.n_skipped));
        Outcome::Incomplete
    }
}

/// The articles that the page shows with their statements.
struct Pages {
    articles: Vec<summary::ArticlePage>,
    places: std::collections::HashMap<String, usize>,
}

impl Pages {
    fn new(args: &Args) -> anyhow::Result<Self> {
        let mut pages = Self { articles: Vec::new(), places: std::collections::HashMap::new() };
        if args.articles.is_empty() {
            return Ok(pages);
        }
        anyhow::ensure!(args.format == Format::Html, "--articles goes with --format html");
        let input = Input { paths: args.articles.clone(), reading: args.reading.clone() };
        input.process(
            |article| article,
            |article| {
                pages.places.insert(article.id.clone(), pages.articles.len());
                pages.articles.push(summary::ArticlePage { article, statements: Vec::new() });
                Ok(())
            },
        )?;
        Ok(pages)
    }

    fn add(&mut self, statement: ScoredStatement) {
        if let Some(&place) = self.places.get(&statement.article) {
            self.articles[place].statements.push(statement);
        }
    }

    fn finish(self) -> anyhow::Result<Vec<summary::ArticlePage>> {
        Ok(self.articles)
    }
}
