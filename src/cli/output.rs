//! Where results go: standard output, or a file that is whole or absent.
//!
//! A file is written beside its name and renamed when everything is in it, so a run that fails leaves nothing behind
//! and an older file stays as it was.

use std::fs;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use tempfile::NamedTempFile;

/// The sink of one run's results. Call [`Output::finish`] at the end: without it a file never appears.
#[derive(Debug)]
pub struct Output(Sink);

#[derive(Debug)]
enum Sink {
    Stdout(BufWriter<StdoutLock<'static>>),
    /// A pipe or device: there is nothing to rename.
    Device(BufWriter<fs::File>, PathBuf),
    File(BufWriter<NamedTempFile>, PathBuf),
}

impl Output {
    /// Standard output, or where `path` is given (and not `-`) that file.
    ///
    /// # Errors
    /// Where the file's folder does not exist or cannot be written to.
    pub fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            return Ok(Self(Sink::Stdout(BufWriter::new(io::stdout().lock()))));
        };
        let cannot = || format!("{}: cannot write", path.display());
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => anyhow::bail!("{}: a folder; expected a file to write to", path.display()),
            Ok(meta) if !meta.is_file() => {
                let file = fs::OpenOptions::new().write(true).open(path).with_context(cannot)?;
                return Ok(Self(Sink::Device(BufWriter::new(file), path.into())));
            }
            _ => {}
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // Like any new file: everything that the umask leaves.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = builder.prefix(".onrecord-").tempfile_in(folder).with_context(cannot)?;
        Ok(Self(Sink::File(BufWriter::new(file), path.into())))
    }

    /// Whether colour is wanted: a terminal, and no `NO_COLOR`.
    #[must_use]
    pub fn wants_colour(&self) -> bool {
        matches!(&self.0, Sink::Stdout(_))
            && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
    }

    /// Writes out what is buffered and puts a file in its place.
    ///
    /// # Errors
    /// Where the last bytes cannot be written or the file cannot be renamed; the old file is untouched then.
    pub fn finish(self) -> anyhow::Result<()> {
        match self.0 {
            Sink::Stdout(mut out) => out.flush().context("standard output: cannot write"),
            Sink::Device(mut out, path) => out.flush().with_context(|| format!("{}: cannot write", path.display())),
            Sink::File(out, path) => {
                let cannot = || format!("{}: cannot write", path.display());
                let file = out.into_inner().map_err(io::IntoInnerError::into_error).with_context(cannot)?;
                file.persist(&path).map_err(|error| error.error).with_context(cannot)?;
                Ok(())
            }
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Sink::Stdout(out) => out.write(bytes),
            Sink::Device(out, _) => out.write(bytes),
            Sink::File(out, _) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Sink::Stdout(out) => out.flush(),
            Sink::Device(out, _) => out.flush(),
            Sink::File(out, _) => out.flush(),
        }
    }
}

/// Whether the reader of our output went away (`onrecord ... | head`), which is no error.
#[must_use]
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io_kind = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json_kind = cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        let csv_kind = cause.downcast_ref::<csv::Error>().and_then(|error| match error.kind() {
            csv::ErrorKind::Io(io) => Some(io.kind()),
            _ => None,
        });
        [io_kind, json_kind, csv_kind].contains(&Some(io::ErrorKind::BrokenPipe))
    })
}
