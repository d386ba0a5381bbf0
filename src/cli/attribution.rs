//! How statements are found, as the command line asks for it: word lists and weights.

use std::path::PathBuf;

use anyhow::Context;
use onrecord::attribution::{Extractor, Lexicon, Weights};
use onrecord::bounded;

use super::message;

/// Weights are some megabytes; more is not read.
const MAX_WEIGHTS: u64 = 64 << 20;

/// Word lists and weights of the attribution.
#[derive(Debug, Clone, clap::Args)]
pub struct AttributionArgs {
    /// Use the word lists of this folder in place of the built-in ones of the same names.
    #[arg(long, value_name = "FOLDER")]
    lexicon: Option<PathBuf>,

    /// Use weights from `train --task attribution`; `none` for the rules alone.
    #[arg(long, value_name = "FILE", default_value = "builtin")]
    weights: PathBuf,

    /// Keep what was said alone, without attitudes that the text tells of ("wants the troops out").
    #[arg(long)]
    speech: bool,
}

impl AttributionArgs {
    /// The extractor with the word lists and weights that were asked for.
    ///
    /// # Errors
    /// Where one of them cannot be read.
    pub fn extractor(&self) -> anyhow::Result<Extractor> {
        let lexicon = match &self.lexicon {
            Some(folder) => Lexicon::from_folder(folder)?,
            None => Lexicon::builtin(),
        };
        let weights = match self.weights.to_str() {
            Some("builtin") => super::builtin::weights()?,
            Some("none") => None,
            _ => {
                let path = self.weights.display();
                let bytes =
                    bounded::read(&self.weights, MAX_WEIGHTS).with_context(|| format!("{path}: cannot read"))?;
                let weights = Weights::from_bytes(&bytes).with_context(|| path.to_string())?;
                if weights.were_learnt_with(&lexicon) == Some(false) {
                    message::note(format_args!("{path}: learnt with other word lists than those in use"));
                }
                Some(weights)
            }
        };
        Ok(Extractor::new(&lexicon, weights).speech_only(self.speech))
    }
}
