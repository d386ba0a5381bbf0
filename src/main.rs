//! The command: parse the arguments, call the library, turn the result into an exit code.

mod cli;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !onrecord::features::is_contained() {
            usual(info);
        }
    }));
    cli::temporary::remove_at_signals();
    let command = match cli::Cli::try_parse() {
        Ok(command) => command,
        Err(error) => return cli::message::usage(&error),
    };
    match command.run() {
        Ok(outcome) => outcome.into(),
        Err(error) if cli::output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            cli::message::error(&error);
            ExitCode::from(2)
        }
    }
}
