//! What goes to standard error: notes, warnings, the final error, and the progress bar. Nothing that a message quotes
//! acts on the terminal.
//!
//! The bar is drawn only where standard error is a terminal and the work takes longer than a moment.

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use onrecord::progress::Progress;
use onrecord::report::terminal::lines;

/// Something the user should know, though nothing is wrong.
pub fn note(text: impl Display) {
    say(format_args!("onrecord: {}", lines(&text.to_string())));
}

/// Something was skipped or looks wrong, and the run goes on.
pub fn warn(text: impl Display) {
    let style = Style::new().fg_color(Some(AnsiColor::Yellow.into())).bold();
    say(format_args!("onrecord: {style}warning:{style:#} {}", lines(&text.to_string())));
}

/// The run ends here.
pub fn error(error: &anyhow::Error) {
    let style = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
    say(format_args!("onrecord: {style}error:{style:#} {}", lines(&format!("{error:#}"))));
}

/// What is wrong with the arguments, or the help that they ask for.
pub fn usage(error: &clap::Error) -> ExitCode {
    let code = u8::try_from(error.exit_code()).unwrap_or(2);
    let plain = error.render().to_string();
    let safe = lines(&plain);
    if safe == plain {
        // Nobody is left to be told where it cannot be printed.
        let _ = error.print();
    } else {
        say(safe);
    }
    ExitCode::from(code)
}

/// One message; where standard error is closed or full there is nobody to tell.
fn say(text: impl Display) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Work shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_millis(800);

/// A progress bar that the library's reports drive.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
    started: Instant,
    stage: Mutex<String>,
}

impl Bar {
    /// A bar that is not yet drawn.
    #[must_use]
    pub fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        Self { bar, started: Instant::now(), stage: Mutex::default() }
    }

    /// Takes one report; pass `&|progress| bar.report(progress)` to the library.
    pub fn report(&self, progress: Progress<'_>) {
        if self.bar.is_hidden() && self.started.elapsed() > PATIENCE {
            // Hidden all the same where standard error is no terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        let Ok(mut stage) = self.stage.lock() else { return };
        if *stage != progress.stage {
            progress.stage.clone_into(&mut stage);
            let template = if progress.total > 0 {
                "{msg:24} {wide_bar} {human_pos}/{human_len} {eta:>4}"
            } else {
                "{msg:24} {spinner} {human_pos}"
            };
            self.bar.reset();
            self.bar.set_style(ProgressStyle::with_template(template).expect("the templates are constants"));
            self.bar.set_message(progress.stage.to_owned());
        }
        if progress.total > 0 {
            self.bar.set_length(progress.total as u64);
        }
        self.bar.set_position(progress.done as u64);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
