//! How far a long piece of work has come, told to whoever asked for it.
//!
//! The library never prints. Functions that can take long accept a [`Callback`]; the command turns its reports into a
//! progress bar, an embedding program into whatever it likes.

/// One report: `done` of `total` units of the named stage are finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'s> {
    /// What is being done, as a person would say it ("reading features").
    pub stage: &'s str,
    /// Units finished so far.
    pub done: usize,
    /// Units in all; 0 where that is not known.
    pub total: usize,
}

/// Receives reports, from any thread.
pub type Callback<'c> = &'c (dyn Fn(Progress<'_>) + Sync);

/// The callback for callers who do not want reports.
pub fn silent(_: Progress<'_>) {}
