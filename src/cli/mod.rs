//! The command's face: one file a subcommand, arguments and all.
//!
//! A subcommand reads its arguments, calls the library, and writes what came of it; whatever could be useful to a
//! program that embeds the library lives there and not here.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the command talks to people; the library never does")]

pub mod articles;
pub mod attribution;
pub mod builtin;
pub mod check;
pub mod compare;
pub mod evaluate;
pub mod extract;
pub mod join;
pub mod level;
pub mod message;
pub mod model;
pub mod output;
pub mod predict;
pub mod score;
pub mod summarize;
pub mod table;
pub mod temporary;
pub mod train;
pub mod train_attribution;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// How a run ended, when it did not end with an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything asked for was done: exit code 0.
    Done,
    /// Done, but something asked for was not met: some input was skipped, or a gate failed. Exit code 1.
    Incomplete,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Incomplete => Self::from(1),
        }
    }
}

/// Who said what, and where they stand.
///
/// Reads news articles, finds every quoted or paraphrased statement, names its speaker, and classifies its stance
/// toward a target (by default: outside intervention). Works offline, with a built-in model.
#[derive(Debug, Parser)]
#[command(name = "onrecord", version, arg_required_else_help = true, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// Use N threads (default: one per core). The result is the same with any number.
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 done, but some input was skipped or a gate failed; 2 nothing done.";

/// The subcommands, in the order in which most people meet them.
#[derive(Debug, Subcommand)]
pub enum Command {
    Score(Box<score::Args>),
    Summarize(Box<summarize::Args>),
    Extract(extract::Args),
    Predict(predict::Args),
    Train(train::Args),
    Evaluate(Box<evaluate::Args>),
    Compare(Box<compare::Args>),
    Check(Box<check::Args>),
    Model(model::Args),
}

impl Cli {
    /// Runs the chosen subcommand on as many threads as asked for.
    ///
    /// # Errors
    /// Whatever the subcommand could not do; nothing was written to its output file then.
    pub fn run(self) -> anyhow::Result<Outcome> {
        let mut pool = rayon::ThreadPoolBuilder::new();
        if let Some(n_threads) = self.threads {
            pool = pool.num_threads(n_threads.into());
        }
        let command = self.command;
        pool.build()?.install(|| command.run())
    }
}

impl Command {
    fn run(self) -> anyhow::Result<Outcome> {
        match self {
            Self::Score(args) => score::run(*args),
            Self::Summarize(args) => summarize::run(*args),
            Self::Extract(args) => extract::run(args),
            Self::Predict(args) => predict::run(args),
            Self::Train(args) => train::run(args),
            Self::Evaluate(args) => evaluate::run(*args),
            Self::Compare(args) => compare::run(*args),
            Self::Check(args) => check::run(*args),
            Self::Model(args) => model::run(args),
        }
    }
}
