//! Licences, versions that are there twice, and the Rust version that dependencies want; what is fine stands in
//! `deny.toml`. Advisories are left to `cargo deny check advisories`, which has their database.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// Checks everything that the published packages are built from.
pub fn check() -> Result<()> {
    let deny = std::fs::read_to_string(crate::top().join("deny.toml")).context("deny.toml")?;
    let deny: toml::Table = deny.parse().context("deny.toml")?;
    let strings = |value: &toml::Value, key: &str| {
        let list = value.get(key).and_then(toml::Value::as_array).into_iter().flatten();
        list.filter_map(|item| item.as_str().or_else(|| item.get("crate")?.as_str()).map(str::to_owned)).collect()
    };
    let allowed: BTreeSet<String> = deny.get("licenses").map(|part| strings(part, "allow")).unwrap_or_default();
    let twice: BTreeSet<String> = deny.get("bans").map(|part| strings(part, "skip")).unwrap_or_default();
    ensure!(!allowed.is_empty(), "deny.toml allows no licence");

    let metadata = crate::metadata(true)?;
    let published = crate::published()?;
    let packages = built_from(&metadata, &published)?;
    let mut faults = Vec::new();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    // A package of ours may want a newer Rust than `onrecord` and its default features; then so may what it alone needs.
    let wanted = |package: &Value| parts(package["rust_version"].as_str().unwrap_or_default());
    let of_ours = |name: &str| packages.iter().find(|package| package["source"].is_null() && package["name"] == *name);
    let minimum = wanted(of_ours("onrecord").context("no package onrecord")?);
    ensure!(!minimum.is_empty(), "onrecord has no rust-version");
    let is_usual = |name: &&String| of_ours(name).is_some_and(|package| wanted(package) <= minimum);
    let usual: Vec<String> = published.iter().filter(is_usual).cloned().collect();
    let usual: BTreeSet<&str> =
        built_from(&metadata, &usual)?.iter().filter_map(|package| package["id"].as_str()).collect();
    let newest = published.iter().filter_map(|name| of_ours(name)).map(|package| wanted(package)).max();
    let newest = newest.unwrap_or_default();
    for package in &packages {
        let text = |key: &str| package[key].as_str().unwrap_or_default();
        let (name, version, licence) = (text("name"), text("version"), text("license"));
        versions.entry(name).or_default().insert(version);
        if !is_allowed(licence, &allowed) {
            faults.push(format!("{name} {version}: licence {licence:?} is not among those that deny.toml allows"));
        }
        let limit = if usual.contains(text("id")) { &minimum } else { &newest };
        if wanted(package).iter().take(limit.len()).gt(limit) {
            faults.push(format!("{name} {version} wants Rust {}, ours is older", text("rust_version")));
        }
    }
    for (name, versions) in &versions {
        // One version of a crate is left over when the others are known.
        let is_known = |version: &&&str| twice.contains(&format!("{name}@{version}"));
        if versions.len() - versions.iter().filter(is_known).count() > 1 {
            let versions: Vec<&str> = versions.iter().copied().collect();
            faults.push(format!("{name} is there in versions {}; deny.toml does not know", versions.join(", ")));
        }
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    println!("{} packages: licences, versions and Rust versions are fine", packages.len());
    Ok(())
}

/// The packages that some of ours are built from, themselves included: all but what only tests need.
fn built_from<'m>(metadata: &'m Value, published: &[String]) -> Result<Vec<&'m Value>> {
    let list = |value: &'_ Value| value.as_array().cloned().unwrap_or_default();
    let packages: HashMap<&str, &Value> = metadata["packages"]
        .as_array()
        .context("packages")?
        .iter()
        .filter_map(|package| Some((package["id"].as_str()?, package)))
        .collect();
    let nodes: HashMap<String, Vec<Value>> = list(&metadata["resolve"]["nodes"])
        .iter()
        .filter_map(|node| Some((node["id"].as_str()?.to_owned(), list(&node["deps"]))))
        .collect();
    let is_published =
        |package: &&&Value| package["source"].is_null() && published.iter().any(|n| package["name"] == *n);
    let mut open: Vec<String> =
        packages.values().filter(is_published).filter_map(|package| Some(package["id"].as_str()?.to_owned())).collect();
    let mut found: BTreeSet<String> = open.iter().cloned().collect();
    while let Some(id) = open.pop() {
        for dep in nodes.get(&id).into_iter().flatten() {
            let is_built = list(&dep["dep_kinds"]).iter().any(|kind| kind["kind"] != "dev");
            let Some(id) = dep["pkg"].as_str().filter(|_| is_built) else { continue };
            // An optional package of ours that is not asked about brings its own.
            if packages.get(id).is_some_and(|package| package["source"].is_null() && !is_published(&package)) {
                continue;
            }
            if found.insert(id.to_owned()) {
                open.push(id.to_owned());
            }
        }
    }
    Ok(found.iter().filter_map(|id| packages.get(id.as_str()).copied()).collect())
}

/// "1.88" as numbers.
fn parts(version: &str) -> Vec<u32> {
    version.split('.').filter_map(|part| part.parse().ok()).collect()
}

/// Whether an SPDX expression can be met with the allowed licences. "/" is an old way to write OR.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut place = 0;
    let is_met = any_of(&tokens, &mut place, allowed);
    is_met && place == tokens.len()
}

fn any_of(tokens: &[&str], place: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut is_met = all_of(tokens, place, allowed);
    while tokens.get(*place) == Some(&"OR") {
        *place += 1;
        is_met |= all_of(tokens, place, allowed);
    }
    is_met
}

fn all_of(tokens: &[&str], place: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut is_met = one(tokens, place, allowed);
    while tokens.get(*place) == Some(&"AND") {
        *place += 1;
        is_met &= one(tokens, place, allowed);
    }
    is_met
}

fn one(tokens: &[&str], place: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let Some(&token) = tokens.get(*place) else { return false };
    *place += 1;
    if token == "(" {
        let is_met = any_of(tokens, place, allowed);
        let is_closed = tokens.get(*place) == Some(&")");
        *place += 1;
        return is_met && is_closed;
    }
    if tokens.get(*place) == Some(&"WITH") {
        let exception = tokens.get(*place + 1).copied().unwrap_or_default();
        *place += 2;
        return allowed.contains(&format!("{token} WITH {exception}"));
    }
    allowed.contains(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_met_by_one_side_of_or_and_both_of_and() {
        let allowed = ["MIT", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"].map(str::to_owned).into();
        let is_fine = |expression| is_allowed(expression, &allowed);
        assert!(is_fine("MIT") && is_fine("GPL-3.0 OR MIT") && is_fine("GPL-3.0/MIT"));
        assert!(is_fine("(MIT OR GPL-3.0) AND Unicode-3.0") && is_fine("Apache-2.0 WITH LLVM-exception"));
        assert!(!is_fine("Apache-2.0") && !is_fine("MIT AND GPL-3.0") && !is_fine("") && !is_fine("(MIT"));
    }
}
