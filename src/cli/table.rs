//! Tables of statements from the command line: which columns, which format, and reading them.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context;
use onrecord::bounded;
use onrecord::labeled::{Dataset, Format, RowColumns, RowError, STANCE, Table, read};
use onrecord::model::Source;
use sha2::{Digest, Sha256};

use super::message;

/// The name of standard input on the command line.
const STDIN: &str = "-";

/// Problems that are listed one by one; more are counted.
const MAX_LISTED: usize = 10;

/// Larger tables are not read.
const MAX_TABLE: u64 = 1 << 30;

/// How tables are written.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Input")]
pub struct TableArgs {
    /// The format of the input, where the file's name does not tell (.jsonl, .csv, .tsv, .txt).
    #[arg(long, value_name = "FORMAT")]
    pub input_format: Option<InputFormat>,

    /// The column with the statement.
    #[arg(long, value_name = "NAME", default_value = "text")]
    pub text_column: String,

    /// The column with the label.
    #[arg(long, value_name = "NAME", default_value = "label")]
    pub label_column: String,

    /// The column with the row's id.
    #[arg(long, value_name = "NAME", default_value = "id")]
    pub id_column: String,

    /// The column with the target of the stance.
    #[arg(long, value_name = "NAME", default_value = "target")]
    pub target_column: String,

    /// The column with the speaker.
    #[arg(long, value_name = "NAME", default_value = "speaker")]
    pub speaker_column: String,

    /// The column that ties rows together (a document, an author): rows of one group are never split between
    /// training and testing.
    #[arg(long, value_name = "NAME", default_value = "group")]
    pub group_column: String,
}

/// Formats of tables.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum InputFormat {
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated with a header.
    Csv,
    /// Tab-separated with a header.
    Tsv,
    /// One statement a line.
    Lines,
}

impl From<InputFormat> for Format {
    fn from(format: InputFormat) -> Self {
        match format {
            InputFormat::Jsonl => Self::Jsonl,
            InputFormat::Csv => Self::Csv,
            InputFormat::Tsv => Self::Tsv,
            InputFormat::Lines => Self::Lines,
        }
    }
}

impl TableArgs {
    /// The columns' names.
    pub fn columns(&self) -> RowColumns {
        RowColumns {
            text: self.text_column.clone(),
            label: self.label_column.clone(),
            id: self.id_column.clone(),
            target: self.target_column.clone(),
            speaker: self.speaker_column.clone(),
            group: self.group_column.clone(),
        }
    }

    /// Reads one table; `-` is standard input. Where nothing says the format, it is `or_else`.
    ///
    /// # Errors
    /// Where the file cannot be read or used; see [`read`].
    pub fn read(&self, path: &Path, or_else: Option<Format>) -> anyhow::Result<(Table, Source)> {
        let (bytes, name) = if path.as_os_str() == STDIN {
            let bytes = bounded::read_until_zero(std::io::stdin().lock(), MAX_TABLE);
            (bytes.context("standard input: cannot read")?, "stdin".to_owned())
        } else {
            let name = path.display().to_string();
            (
                File::open(path)
                    .and_then(|file| bounded::read_until_zero(file, MAX_TABLE))
                    .with_context(|| format!("{name}: cannot read"))?,
                name,
            )
        };
        let format = self.input_format.map(Format::from).or_else(|| Format::of_path(path));
        let format = format.or_else(|| Format::of_bytes(&bytes)).or(or_else);
        let format = format.ok_or_else(|| onrecord::labeled::LabeledError::UnknownFormat { file: name.clone() })?;
        let columns = self.columns();
        let (table, sum) = rayon::join(|| read(&bytes, &name, format, &columns), || Sha256::digest(&bytes));
        let table = table?;
        let file = path.file_name().map_or_else(|| name.clone(), |file| file.to_string_lossy().into_owned());
        let sha256 = sum.iter().map(|byte| format!("{byte:02x}")).collect();
        let source = Source { file, rows: table.rows.len(), sha256 };
        Ok((table, source))
    }

    /// Reads labelled tables as one data set; says what was set aside and which labels were put in other words.
    ///
    /// # Errors
    /// Where a file cannot be read, no row can be used, or a label is not known.
    pub fn read_labelled(&self, paths: &[PathBuf], task: Option<&str>) -> anyhow::Result<(Dataset, Vec<Source>)> {
        let mut tables = Vec::new();
        let mut sources = Vec::new();
        for path in paths {
            let (table, source) = self.read(path, None)?;
            tables.push(table);
            sources.push(source);
        }
        let data = Dataset::new(tables, task)?;
        warn_of(&data.problems);
        if !data.relabelled.is_empty() {
            let pairs: Vec<String> = data.relabelled.iter().map(|(from, to)| format!("{from} -> {to}")).collect();
            message::note(format_args!("labels read as stances: {}", pairs.join(", ")));
        }
        Ok((data, sources))
    }
}

/// The task's name: the one given, `stance` for stance labels, else `label`.
pub fn task_name(task: Option<&str>, data: &Dataset) -> String {
    match task {
        Some(task) => task.to_owned(),
        None if data.is_stance => STANCE.to_owned(),
        None => "class".to_owned(),
    }
}

/// Warns of rows that were set aside.
pub fn warn_of(problems: &[RowError]) {
    for problem in problems.iter().take(MAX_LISTED) {
        message::warn(format_args!("skipped: {problem}"));
    }
    if problems.len() > MAX_LISTED {
        message::warn(format_args!("skipped {} more rows", problems.len() - MAX_LISTED));
    }
}
