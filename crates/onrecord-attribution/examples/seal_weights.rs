//! Writes weights of attribution anew with a checksum, for files that were made before weights had one.
//!
//! `cargo run -p onrecord-attribution --example seal_weights -- OLD NEW`

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use onrecord_attribution::Weights;

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [old, new] = paths.as_slice() else { return Err("expected two files: OLD NEW".into()) };
    let weights = Weights::from_unsealed_bytes(&fs::read(old)?)?;
    fs::write(new, weights.to_bytes())?;
    Ok(())
}
