//! The models and weights in the program; in one that was built without them, messages that say so.

#[cfg(feature = "builtin")]
use anyhow::Context;
use anyhow::Result;
use onrecord::attribution::Weights;
use onrecord::{Model, Scorer};

/// The stance model in the program.
#[cfg(feature = "builtin")]
pub fn stance() -> Result<Model> {
    Ok(Model::builtin_stance()?)
}

/// The stance model in the program that reads statements in their article.
#[cfg(feature = "builtin")]
pub fn in_article() -> Result<Model> {
    Ok(Model::builtin_in_article()?)
}

/// The stance model that reads statements in their article beside the encoder.
#[cfg(all(feature = "builtin", feature = "encoder"))]
pub fn careful() -> Result<Model> {
    Ok(Model::builtin_careful()?)
}

/// The stance model that reads statements in their article beside the encoder.
#[cfg(not(all(feature = "builtin", feature = "encoder")))]
pub fn careful() -> Result<Model> {
    anyhow::bail!("this program was built without the encoder; build it with --features encoder, or take --model fast")
}

/// The model of claim types in the program.
#[cfg(feature = "builtin")]
pub fn claims() -> Result<Model> {
    Ok(Model::builtin_claims()?)
}

/// The weights of attribution in the program.
#[cfg(feature = "builtin")]
pub fn weights() -> Result<Option<Weights>> {
    Weights::builtin().map(Some).context("the weights in the program are for other features than its own")
}

/// The stance model in the program.
#[cfg(not(feature = "builtin"))]
pub fn stance() -> Result<Model> {
    anyhow::bail!("this program was built without a stance model (feature `builtin`); name a model's file")
}

/// The stance model in the program that reads statements in their article.
#[cfg(not(feature = "builtin"))]
pub fn in_article() -> Result<Model> {
    stance()
}

/// The model of claim types in the program.
#[cfg(not(feature = "builtin"))]
pub fn claims() -> Result<Model> {
    anyhow::bail!("this program was built without a model of claim types (feature `builtin`); name a model's file")
}

/// The weights of attribution in the program.
#[cfg(not(feature = "builtin"))]
pub fn weights() -> Result<Option<Weights>> {
    anyhow::bail!(
        "this program was built without weights of attribution (feature `builtin`); \
         name a file with --weights, or `--weights none` for the rules alone"
    )
}

/// The scorer with the encoder in the program.
#[cfg(all(feature = "builtin", feature = "encoder"))]
pub fn encoded(scorer: Scorer) -> Result<Scorer> {
    Ok(scorer.encoder(onrecord::encoder::Encoder::builtin()?.with_threads(1)))
}

/// The scorer with the encoder in the program.
#[cfg(not(all(feature = "builtin", feature = "encoder")))]
pub fn encoded(_: Scorer) -> Result<Scorer> {
    anyhow::bail!("this program was built without the encoder; build it with --features encoder")
}
