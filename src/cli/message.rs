//! What goes to standard error: notes, warnings, the final error, and the progress bar.
//!
//! The bar is drawn only where standard error is a terminal and the work takes longer than a moment.

use std::fmt::Display;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use onrecord::progress::Progress;

/// Something the user should know, though nothing is wrong.
pub fn note(text: impl Display) {
    anstream::eprintln!("onrecord: {text}");
}

/// Something was skipped or looks wrong, and the run goes on.
pub fn warn(text: impl Display) {
    let style = Style::new().fg_color(Some(AnsiColor::Yellow.into())).bold();
    anstream::eprintln!("onrecord: {style}warning:{style:#} {text}");
}

/// The run ends here.
pub fn error(error: &anyhow::Error) {
    let style = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
    anstream::eprintln!("onrecord: {style}error:{style:#} {error:#}");
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
