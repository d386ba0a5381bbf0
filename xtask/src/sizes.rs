//! How large the packages are that the registry would get.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// What the registry takes.
const LIMIT: u64 = 10 << 20;

/// Packages every crate, says how large each is, and refuses one that is too large.
pub fn check() -> Result<()> {
    let metadata = crate::metadata(false)?;
    // A folder of its own, so that no build has to wait for this one or the other way round.
    let target = Path::new(metadata["target_directory"].as_str().context("target_directory")?).join("sizes");
    let target_name = target.to_string_lossy();
    let mut args = vec!["package", "--quiet", "--no-verify", "--allow-dirty", "--target-dir", &target_name];
    let names = crate::published()?;
    names.iter().for_each(|name| args.extend(["--package", name]));
    crate::cargo(&args)?;
    let mut faults = Vec::new();
    for package in metadata["packages"].as_array().context("packages")? {
        let text = |key: &str| package[key].as_str().unwrap_or_default();
        if !names.iter().any(|name| *name == text("name")) {
            continue;
        }
        let file = target.join("package").join(format!("{}-{}.crate", text("name"), text("version")));
        let size = fs::metadata(&file).with_context(|| file.display().to_string())?.len();
        println!("{:<24} {:6.2} MiB", text("name"), size as f64 / f64::from(1 << 20));
        if size > LIMIT {
            faults.push(format!("{} has {size} bytes packed; the registry takes {LIMIT}", text("name")));
        }
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}
