//! Files that are not finished: written beside the file that they shall become, gone whatever ends the run.
//!
//! Where a run ends by a signal, a thread removes them first. Where nothing could (a kill, a power cut), the next run
//! that writes to the folder does: a file that nobody holds a lock on belongs to a run that is over.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::TempPath;

/// How their names begin; six letters or digits follow.
const PREFIX: &str = ".onrecord-";

/// Those of this run. Whoever holds the lock can rename or remove them without a signal coming between.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn unfinished() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file on its way to its place.
#[derive(Debug)]
pub struct Temporary {
    path: TempPath,
    file: File,
    to: PathBuf,
}

impl Temporary {
    /// Makes one beside `to`, with the mode and owner of what stands there, and removes those of runs that are over.
    ///
    /// # Errors
    /// Where the folder cannot be written to, or the owner of what stands there cannot be kept.
    pub fn beside(to: &Path, old: Option<&fs::Metadata>) -> io::Result<Self> {
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        remove_stale(folder);
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX).rand_bytes(6);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // Like any new file: everything that the umask leaves.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        loop {
            let mut all = unfinished();
            // What the system says, without the name that nobody knows.
            let made = builder.tempfile_in(folder).map_err(|error| io::Error::from(error.kind()))?;
            let (file, path) = made.into_parts();
            all.insert(path.to_path_buf());
            drop(all);
            let made = Self { path, file, to: to.to_path_buf() };
            if made.lock() {
                made.take_after(old)?;
                return Ok(made);
            }
        }
    }

    /// Locks the file; false where another run took it for one of a run that is over, in the moment before.
    #[cfg(unix)]
    fn lock(&self) -> bool {
        use std::os::unix::fs::MetadataExt;
        let locked = rustix::fs::flock(&self.file, rustix::fs::FlockOperation::NonBlockingLockExclusive);
        // Without locks in this file system nobody removes anything.
        locked != Err(rustix::io::Errno::WOULDBLOCK) && self.file.metadata().is_ok_and(|meta| meta.nlink() > 0)
    }

    #[cfg(not(unix))]
    #[allow(clippy::unused_self, reason = "as elsewhere")]
    fn lock(&self) -> bool {
        true
    }

    /// Gives it the owner and mode of an older file.
    #[cfg(unix)]
    fn take_after(&self, old: Option<&fs::Metadata>) -> io::Result<()> {
        use std::os::unix::fs::{MetadataExt, fchown};
        let Some(old) = old else { return Ok(()) };
        let new = self.file.metadata()?;
        if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
            fchown(&self.file, Some(old.uid()), Some(old.gid())).map_err(|error| {
                io::Error::new(error.kind(), "it belongs to another user or group, which a new file could not")
            })?;
        }
        self.file.set_permissions(old.permissions())
    }

    #[cfg(not(unix))]
    #[allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "as elsewhere")]
    fn take_after(&self, _: Option<&fs::Metadata>) -> io::Result<()> {
        Ok(())
    }

    /// The file to write to.
    pub const fn file(&self) -> &File {
        &self.file
    }

    /// The place that it shall take.
    pub fn to(&self) -> &Path {
        &self.to
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        unfinished().remove(&*self.path);
    }
}

/// Puts all of them in their places, one right after the other; a signal comes before the first or after the last.
///
/// # Errors
/// The first that cannot be put in its place, and the place.
pub fn put_in_place(all: Vec<Temporary>) -> Result<(), (PathBuf, io::Error)> {
    let mut registered = unfinished();
    let mut result = Ok(());
    for temporary in &all {
        if result.is_ok() {
            result = fs::rename(&temporary.path, &temporary.to).map_err(|error| (temporary.to.clone(), error));
            if result.is_ok() {
                registered.remove(&*temporary.path);
            }
        }
    }
    drop(registered);
    // What was renamed is not there any more to be removed.
    drop(all);
    result
}

/// Removes the unfinished files of runs that are over.
#[cfg(unix)]
fn remove_stale(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let is_ours = |name: &str| {
        name.strip_prefix(PREFIX)
            .is_some_and(|rest| rest.len() == 6 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    for entry in entries.flatten() {
        if !entry.file_name().to_str().is_some_and(is_ours) || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        let path = entry.path();
        if unfinished().contains(&path) {
            continue;
        }
        // Whoever cannot write to it cannot have left it.
        if let Ok(file) = fs::OpenOptions::new().write(true).open(&path)
            && rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).is_ok()
        {
            // Where it fails it is found again.
            let _ = fs::remove_file(&path);
        }
    }
}

#[cfg(not(unix))]
fn remove_stale(_: &Path) {}

/// Lets every signal that can be caught remove the unfinished files before it ends the run, as it would have; and lets a
/// file that grows beyond its limit be an error of writing.
#[cfg(unix)]
pub fn remove_at_signals() {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use signal_hook::consts::{SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ};
    use signal_hook::iterator::Signals;

    let ignored = ignored_signals();
    let wanted = [SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU];
    // `nohup` asks that a signal be ignored, and it stays so.
    let wanted = wanted.into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0);
    // Without handlers the next run cleans up.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
    let Ok(mut signals) = Signals::new(wanted) else { return };
    let spawned = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        if let Some(signal) = signals.forever().next() {
            // Held to the end, so that nothing is made or put in place any more.
            let all = unfinished();
            for path in &*all {
                let _ = fs::remove_file(path);
            }
            let _ = signal_hook::low_level::emulate_default_handler(signal);
            std::process::exit(128 + signal);
        }
    });
    drop(spawned);
}

/// Which signals the run was started to ignore, a bit each; none where the system does not say.
#[cfg(unix)]
fn ignored_signals() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

#[cfg(not(unix))]
pub fn remove_at_signals() {}
