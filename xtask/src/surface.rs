//! The public items of every published crate, as rustdoc lists them: a line an item, method, field and variant.
//!
//! Signatures are not compared; `cargo semver-checks` does that.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// Compares the items with the committed lists.
pub fn check() -> Result<()> {
    let mut changes = Vec::new();
    for (name, items) in all()? {
        let list = path(&name);
        let known = fs::read_to_string(&list).with_context(|| format!("{}: cannot read", list.display()))?;
        let known: BTreeSet<&str> = known.lines().collect();
        let found: BTreeSet<&str> = items.lines().collect();
        changes.extend(known.difference(&found).map(|item| format!("- {item}")));
        changes.extend(found.difference(&known).map(|item| format!("+ {item}")));
        println!("{name}: {} public items", found.len());
    }
    ensure!(
        changes.is_empty(),
        "the public surface changed; where that is meant, say so in CHANGELOG.md and run `cargo xtask surface --write`:\n{}",
        changes.join("\n")
    );
    Ok(())
}

/// Writes the lists.
pub fn write() -> Result<()> {
    for (name, items) in all()? {
        fs::write(path(&name), items)?;
    }
    Ok(())
}

fn path(name: &str) -> PathBuf {
    crate::top().join("xtask/surface").join(format!("{name}.txt"))
}

/// The items of each published crate, one a line.
fn all() -> Result<Vec<(String, String)>> {
    let names = crate::published()?;
    let mut args = vec!["doc", "--quiet", "--locked", "--no-deps", "--all-features", "--lib"];
    names.iter().for_each(|name| args.extend(["--package", name]));
    crate::cargo(&args)?;
    let metadata = crate::metadata(false)?;
    let folder = Path::new(metadata["target_directory"].as_str().context("target_directory")?).join("doc");
    names
        .into_iter()
        .map(|name| {
            let items = items(&folder.join(name.replace('-', "_")), &name.replace('-', "_"))?;
            Ok((name, items.into_iter().map(|item| item + "\n").collect()))
        })
        .collect()
}

/// The items in a crate's documentation, and what is inside each of them.
fn items(folder: &Path, name: &str) -> Result<BTreeSet<String>> {
    let index = fs::read_to_string(folder.join("all.html")).with_context(|| folder.display().to_string())?;
    let mut items = BTreeSet::new();
    for link in between(&index, "<li><a href=\"", "\"") {
        let Some((modules, file)) = link.rsplit_once('/').or(Some(("", link))) else { continue };
        let Some((kind, item)) = file.trim_end_matches(".html").split_once('.') else { continue };
        let modules = if modules.is_empty() { String::new() } else { modules.replace('/', "::") + "::" };
        let path = format!("{kind} {name}::{modules}{item}");
        let page = fs::read_to_string(folder.join(link)).with_context(|| link.to_owned())?;
        // What traits of others add is not the item's own.
        let own = page.split("id=\"trait-implementations\"").next().unwrap_or_default();
        for id in between(own, "id=\"", "\"") {
            let Some((kind, inner)) = id.split_once('.') else { continue };
            let is_inner = ["method", "tymethod", "structfield", "variant", "associatedconstant", "associatedtype"];
            if is_inner.contains(&kind) && !inner.contains(".fields") {
                items.insert(format!("{path}.{inner}"));
            }
        }
        items.insert(path);
    }
    Ok(items)
}

/// Every part of the text between `start` and the next `end`.
fn between<'t>(text: &'t str, start: &'t str, end: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(start).skip(1).filter_map(move |rest| rest.split(end).next())
}
