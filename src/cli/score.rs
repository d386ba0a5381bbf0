//! `onrecord score`: the main job.

use std::path::PathBuf;

use clap::ValueEnum;
use onrecord::model::Model;
use onrecord::report::{self, Look, ReportFormat};
use onrecord::score::{ALONE, ENCODER, FAST};
use onrecord::summary::{Keep, StanceConfusion};
use onrecord::{Scorer, Summarizer};

use super::Outcome;
use super::articles::Input;
use super::attribution::AttributionArgs;
use super::level::LevelArg;
use super::output::Output;
use super::summarize::{How, PAGE};

/// Find the statements of articles, who made them, and where each stands; sum up each speaker.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: onrecord score datasets/articles/text/ --format jsonl -o scored.jsonl")]
pub struct Args {
    #[command(flatten)]
    input: Input,

    /// Classify with this model: careful (a small transformer reads the article; needs a program with the encoder), fast
    /// (reads each statement in its article), alone (reads each statement by itself), or a file that `train` wrote.
    #[arg(long, value_name = "MODEL", default_value = "fast")]
    model: String,

    /// Classify the types of claim with this model; none: not at all.
    #[arg(long, value_name = "MODEL", default_value = "builtin")]
    claim_model: String,

    /// Judge each statement by itself, not in the light of the article's others.
    #[arg(long)]
    no_context: bool,

    #[command(flatten)]
    level: LevelArg,

    /// Make `uncertain` the label of each statement whose set holds more than one label: such statements count as said,
    /// and take no side in the summary.
    #[arg(long)]
    abstain: bool,

    /// Write what each statement was read with (title, lead, the words before it, its source and cue, the speaker's
    /// side): with a label beside, such rows teach a model that reads statements in their article. With --format json or
    /// jsonl.
    #[arg(long)]
    keep_context: bool,

    /// Keep the encoder's scores in what --keep-context writes, whether the model wants them or not.
    #[arg(long, requires = "keep_context")]
    keep_encoder: bool,

    /// Name the words that decided each stance; takes some thirty times as long. The page (--format html) always does.
    #[arg(long)]
    words: bool,

    #[command(flatten)]
    attribution: AttributionArgs,

    #[command(flatten)]
    how: How,

    /// What to write.
    #[arg(long, value_enum, default_value_t)]
    format: Format,

    /// Write to FILE instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Tables for people.
    #[default]
    Text,
    /// One document with statements and summary.
    Json,
    /// One statement a line.
    Jsonl,
    /// One statement a row.
    Csv,
    /// The same for spreadsheets, where no text is run as a formula.
    Sheet,
    /// The summary in Markdown.
    Md,
    /// One page with the speakers and the articles, that needs nothing else.
    Html,
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

/// Runs the subcommand.
///
/// # Errors
/// Where no article could be read, the model is no stance model, or the output cannot be written.
pub fn run(args: Args) -> anyhow::Result<Outcome> {
    let model = match args.model.as_str() {
        "careful" => super::builtin::careful()?,
        "fast" => super::builtin::in_article()?,
        "alone" => super::builtin::stance()?,
        path => Model::load(path.as_ref())?,
    };
    let is_encoded = model.wants(ENCODER);
    let fast = model.wants(FAST).then(super::builtin::in_article).transpose()?;
    let wants_alone = model.wants(ALONE) || fast.as_ref().is_some_and(|fast| fast.wants(ALONE));
    let alone = wants_alone.then(super::builtin::stance).transpose()?;
    anyhow::ensure!(
        !args.keep_context || matches!(args.format, Format::Json | Format::Jsonl),
        "--keep-context has no place in this format; add --format jsonl"
    );
    let confusion = StanceConfusion::of_model(&model);
    let is_page = args.format == Format::Html;
    let level = args.level.of(&model, args.abstain)?;
    let mut scorer = Scorer::new(args.attribution.extractor()?, model)
        .words(args.words || is_page)
        .keep_context(args.keep_context)
        .context(!args.no_context)
        .level(level)
        .abstain(args.abstain);
    if let Some(alone) = alone {
        scorer = scorer.alone(alone);
    }
    if let Some(fast) = fast {
        scorer = scorer.beside(FAST, fast);
    }
    if is_encoded || args.keep_encoder {
        scorer = super::builtin::encoded(scorer)?;
    }
    match args.claim_model.as_str() {
        "none" => {}
        "builtin" => scorer = scorer.claims(super::builtin::claims()?),
        path => scorer = scorer.claims(Model::load(path.as_ref())?),
    }
    let mut options = args.how.options(if is_page { PAGE } else { Keep::default() }, is_page)?;
    options.confusion = options.confusion.or(confusion);
    let (format, is_sheet) = (args.format.into(), args.format == Format::Sheet);
    let mut out = Output::open(args.output.as_deref())?.holding(format).sheet(is_sheet);
    let mut writer = report::score::writer(format, Look::default().colour(out.wants_colour()));
    let mut summarizer = Summarizer::new(options);
    let outcome = args.input.process(
        |article| (scorer.score(&article), article),
        |(statements, article)| {
            for statement in &statements {
                summarizer.add(statement);
            }
            Ok(writer.article(&article, &statements, &mut out)?)
        },
    )?;
    writer.finish(&summarizer.finish(), &mut out)?;
    out.finish()?;
    Ok(outcome)
}
