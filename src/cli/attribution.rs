//! How statements are found, as the command line asks for it: word lists and weights.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use onrecord::attribution::{Extractor, Lexicon, Weights};

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
                let bytes = fs::read(&self.weights).with_context(|| format!("{path}: cannot read"))?;
                Some(Weights::from_bytes(&bytes).with_context(|| path.to_string())?)
            }
        };
        Ok(Extractor::new(&lexicon, weights).speech_only(self.speech))
    }
}
