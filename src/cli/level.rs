//! The coverage of sets of labels, as the command line asks for it.

use onrecord::model::{Conformal, LEVEL, Model};
use onrecord::score::UNCERTAIN;

use super::message;

/// Which sets of labels are wanted.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct LevelArg {
    /// The share of the sets of labels that shall hold the right label, from 0.5 to 0.99 [default: 0.9].
    #[arg(long, value_name = "SHARE", value_parser = level)]
    pub level: Option<f64>,
}

/// Why a cross-validated recipe gives no sets.
pub const TOO_FEW: &str = "--level: a fold has too few rows to calibrate sets of labels";

fn level(text: &str) -> Result<f64, String> {
    let range = Conformal::LEVELS;
    match text.parse::<f64>() {
        Ok(level) if range.contains(&level) => Ok(level),
        _ => Err(format!("expected a share from {} to {}", range.start(), range.end())),
    }
}

impl LevelArg {
    /// The level asked for, or the usual one.
    pub fn or_usual(self) -> f64 {
        self.level.unwrap_or(LEVEL)
    }

    /// The same for a model. One without thresholds gives no sets, which is said, and refused where they are `needed`
    /// or a level was asked for.
    ///
    /// # Errors
    /// Where sets are wanted that the model cannot give.
    pub fn of(self, model: &Model, needed: bool) -> anyhow::Result<f64> {
        const WITHOUT: &str = "the model holds no thresholds for sets of labels: it is older than they are, or was trained \
            with --folds 0; train it again";
        if model.conformal().is_none() {
            anyhow::ensure!(!needed && self.level.is_none(), "{WITHOUT}, or leave out --level and --abstain");
            message::note(format_args!("{WITHOUT} for statements to be marked as uncertain"));
        }
        let clashes = needed && model.labels().iter().any(|label| label == UNCERTAIN);
        anyhow::ensure!(!clashes, "--abstain: the model has a label \"{UNCERTAIN}\" of its own");
        Ok(self.or_usual())
    }
}
