//! Where results go: standard output, or a file that is whole or absent.
//!
//! A file is written beside its name and renamed when everything is in it ([`super::temporary`]), so a run that fails
//! leaves nothing behind and an older file stays as it was. Mode, owner and symbolic links stay; what is read-only is
//! refused. What text could do to a terminal it cannot do from here ([`onrecord::report::terminal`]).

use std::error::Error;
use std::fs;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use onrecord::report::ReportFormat;
use onrecord::report::terminal::{Content, Guarded};
use onrecord::spreadsheet::Sheet;

use super::temporary::{self, Temporary};

/// The sink of one run's results. Call [`Output::finish`] at the end: without it a file never appears.
#[derive(Debug)]
pub struct Output(Layers);

/// What the bytes go through on their way out.
#[derive(Debug)]
enum Layers {
    Plain(Guarded<Sink>),
    Sheet(Sheet<Guarded<Sink>>),
}

#[derive(Debug)]
enum Sink {
    Stdout(BufWriter<StdoutLock<'static>>),
    /// A pipe or device: there is nothing to rename.
    Device(BufWriter<fs::File>, PathBuf),
    File(BufWriter<fs::File>, Temporary),
}

impl Output {
    /// Standard output, or where `path` is given (and not `-`) that file. Until [`Output::holding`] says what it is, a
    /// terminal is given text that cannot act on it, and any other place the bytes as they are.
    ///
    /// # Errors
    /// Where the file's folder does not exist or cannot be written to, or the file is read-only or not one's own.
    pub fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            let sink = Sink::Stdout(BufWriter::new(io::stdout().lock()));
            let content = if io::stdout().is_terminal() { Content::Text } else { Content::Bytes };
            return Ok(Self(Layers::Plain(Guarded::new(sink, content))));
        };
        Ok(Self(Layers::Plain(Guarded::new(Sink::open(path)?, Content::Bytes))))
    }

    /// Tells what is written: text for people never acts on a terminal, wherever it goes, and JSON escapes what could.
    #[must_use]
    pub fn holding(self, format: ReportFormat) -> Self {
        let Self(Layers::Plain(guarded)) = self else { return self };
        let Ok(sink) = guarded.into_inner() else { unreachable!("nothing was written yet") };
        let is_shown = matches!(sink, Sink::Stdout(_)) && io::stdout().is_terminal();
        let content = match format {
            ReportFormat::Text | ReportFormat::Markdown => Content::Text,
            ReportFormat::Json | ReportFormat::JsonLines => Content::Json,
            _ if is_shown => Content::Text,
            _ => Content::Bytes,
        };
        Self(Layers::Plain(Guarded::new(sink, content)))
    }

    /// Turns CSV that is written into CSV for spreadsheets, where it is wanted.
    #[must_use]
    pub fn sheet(self, is_wanted: bool) -> Self {
        match self.0 {
            Layers::Plain(guarded) if is_wanted => Self(Layers::Sheet(Sheet::new(guarded))),
            layers => Self(layers),
        }
    }

    /// Whether colour is wanted: a terminal, and no `NO_COLOR`.
    #[must_use]
    pub fn wants_colour(&self) -> bool {
        let sink = match &self.0 {
            Layers::Plain(guarded) => guarded.get_ref(),
            Layers::Sheet(_) => return false,
        };
        matches!(sink, Sink::Stdout(_)) && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
    }

    /// Writes out what is buffered and puts a file in its place.
    ///
    /// # Errors
    /// Where the last bytes cannot be written or the file cannot be renamed; the old file is untouched then.
    pub fn finish(self) -> anyhow::Result<()> {
        Self::finish_all([self])
    }

    /// Finishes several outputs together: their files appear one right after the other, in this order, or none does.
    ///
    /// # Errors
    /// As [`Output::finish`].
    pub fn finish_all(outputs: impl IntoIterator<Item = Self>) -> anyhow::Result<()> {
        let mut files = Vec::new();
        for Self(layers) in outputs {
            let guarded = match layers {
                Layers::Plain(guarded) => guarded,
                Layers::Sheet(sheet) => sheet.into_inner()?,
            };
            let mut sink = guarded.into_inner()?;
            sink.flush()?;
            if let Sink::File(_, temporary) = sink {
                files.push(temporary);
            }
        }
        temporary::put_in_place(files)
            .map_err(|(path, error)| anyhow::Error::new(error).context(format!("{}: cannot write", path.display())))
    }
}

impl Sink {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let cannot = || format!("{}: cannot write", path.display());
        let old = match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => anyhow::bail!("{}: a folder; expected a file to write to", path.display()),
            Ok(meta) if !meta.is_file() => {
                let file = fs::OpenOptions::new().write(true).open(path).with_context(cannot)?;
                return Ok(Self::Device(BufWriter::new(file), path.into()));
            }
            Ok(meta) => {
                anyhow::ensure!(!meta.permissions().readonly(), "{}: cannot write: it is read-only", path.display());
                // Not changed yet; whoever may not write to it may not put another in its place either.
                drop(fs::OpenOptions::new().append(true).open(path).with_context(cannot)?);
                Some(meta)
            }
            Err(_) => None,
        };
        let to = behind_links(path).with_context(cannot)?;
        let temporary = Temporary::beside(&to, old.as_ref()).with_context(cannot)?;
        let file = temporary.file().try_clone().with_context(cannot)?;
        Ok(Self::File(BufWriter::with_capacity(1 << 16, file), temporary))
    }

    /// What went wrong, said of the place that the user knows.
    fn named(&self, error: io::Error) -> io::Error {
        let place = match self {
            Self::Stdout(_) => "standard output".to_owned(),
            Self::Device(_, path) => path.display().to_string(),
            Self::File(_, temporary) => temporary.to().display().to_string(),
        };
        match error.kind() {
            io::ErrorKind::BrokenPipe | io::ErrorKind::Interrupted => error,
            kind @ (io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
                let old = if matches!(self, Self::File(..)) { "; nothing there was changed" } else { "" };
                let what = "no space is left for it; free some, or write to another disk";
                io::Error::new(kind, format!("{place}: cannot write: {what}{old}"))
            }
            kind @ io::ErrorKind::FileTooLarge => {
                io::Error::new(kind, format!("{place}: cannot write: it grew beyond the limit for files (`ulimit -f`)"))
            }
            kind => io::Error::new(kind, format!("{place}: cannot write: {error}")),
        }
    }
}

/// Where the symbolic links of a path lead, which need not exist.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let mut to = path.to_path_buf();
    // As many as systems follow.
    for _ in 0..40 {
        match fs::read_link(&to) {
            Ok(next) => to = to.parent().map_or_else(|| next.clone(), |folder| folder.join(&next)),
            Err(_) => return Ok(to),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match self {
            Self::Stdout(out) => out.write(bytes),
            Self::Device(out, _) | Self::File(out, _) => out.write(bytes),
        };
        written.map_err(|error| self.named(error))
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = match self {
            Self::Stdout(out) => out.flush(),
            Self::Device(out, _) | Self::File(out, _) => out.flush(),
        };
        flushed.map_err(|error| self.named(error))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Layers::Plain(out) => out.write(bytes),
            Layers::Sheet(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Layers::Plain(out) => out.flush(),
            Layers::Sheet(out) => out.flush(),
        }
    }
}

/// Whether the reader of our output went away (`onrecord ... | head`), which is no error.
#[must_use]
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(is_broken)
}

/// The same of one error, or of the one that an error of writing was made of.
fn is_broken(error: &(dyn Error + 'static)) -> bool {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        let inner = error.get_ref().map(|inner| inner as &(dyn Error + 'static));
        return error.kind() == io::ErrorKind::BrokenPipe || inner.is_some_and(is_broken);
    }
    if let Some(error) = error.downcast_ref::<serde_json::Error>() {
        return error.io_error_kind() == Some(io::ErrorKind::BrokenPipe);
    }
    let csv_kind = error.downcast_ref::<csv::Error>().map(csv::Error::kind);
    matches!(csv_kind, Some(csv::ErrorKind::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe)
}
