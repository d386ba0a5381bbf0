//! Articles with gold attributions, as the brat annotation tool writes them.
//!
//! A corpus is a folder with `text/NAME.txt` and `attributions/NAME.ann` (or `NAME_WHO.ann`, of which the first is
//! taken): `T` lines are spans of code points, possibly of several parts; `E` lines tie a `Source`, `Cue` and `Content`
//! into an attribution. Other lines are passed over.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::span::Span;

/// One article with its gold attributions.
#[derive(Debug, Clone)]
pub struct GoldArticle {
    /// Name of the text file without its ending.
    pub id: String,
    /// The text, exactly as in the file.
    pub text: String,
    /// Its attributions.
    pub attributions: Vec<GoldAttribution>,
    /// Places that the annotators set aside: captions, advertisements, links.
    pub discarded: Vec<Span>,
}

/// One gold attribution; spans are bytes of the text, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoldAttribution {
    /// Who; may be empty.
    pub source: Vec<Span>,
    /// The words that say so; may be empty.
    pub cue: Vec<Span>,
    /// What; never empty.
    pub content: Vec<Span>,
}

/// What is wrong with a corpus.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CorpusError {
    /// A file or folder cannot be read.
    #[error("{path}: cannot read", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No texts.
    #[error("{path}: no .txt files; expected a folder with text/NAME.txt and attributions/NAME.ann", path = path.display())]
    NoTexts {
        /// The folder.
        path: PathBuf,
    },
    /// A text without annotations.
    #[error("{path}: no annotations for it in attributions/", path = path.display())]
    NoAnnotations {
        /// The text.
        path: PathBuf,
    },
    /// A line that is not brat's.
    #[error("{path}:{line}: {problem}", path = path.display())]
    Line {
        /// The annotation file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
}

/// A corpus with a digest of all that was read.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// In the order of the file names, folder by folder.
    pub articles: Vec<GoldArticle>,
    /// SHA-256 over texts and annotations, in hex.
    pub sha256: String,
}

impl Corpus {
    /// Reads the folders, one after the other.
    ///
    /// # Errors
    /// Where a folder holds no texts, a text no annotations, or a line cannot be understood.
    pub fn read(folders: &[PathBuf]) -> Result<Self, CorpusError> {
        let mut digest = Sha256::new();
        let mut articles = Vec::new();
        for folder in folders {
            read_folder(folder, &mut digest, &mut articles)?;
        }
        let sha256 = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { articles, sha256 })
    }
}

fn names(folder: &Path, ending: &str) -> Result<Vec<String>, CorpusError> {
    let io = |source| CorpusError::Io { path: folder.into(), source };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let name = entry.map_err(io)?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(ending).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

fn read_folder(folder: &Path, digest: &mut Sha256, articles: &mut Vec<GoldArticle>) -> Result<(), CorpusError> {
    let texts = names(&folder.join("text"), ".txt")?;
    if texts.is_empty() {
        return Err(CorpusError::NoTexts { path: folder.into() });
    }
    let annotations = names(&folder.join("attributions"), ".ann")?;
    for id in texts {
        let path = folder.join("text").join(format!("{id}.txt"));
        let text = fs::read_to_string(&path).map_err(|source| CorpusError::Io { path: path.clone(), source })?;
        let from = annotations.partition_point(|name| *name < id);
        let is_own = |name: &&String| {
            name.strip_prefix(id.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.len() == 5 && rest.starts_with('_'))
        };
        let Some(name) = annotations[from..].iter().find(is_own) else {
            return Err(CorpusError::NoAnnotations { path });
        };
        let path = folder.join("attributions").join(format!("{name}.ann"));
        let lines = fs::read_to_string(&path).map_err(|source| CorpusError::Io { path: path.clone(), source })?;
        digest.update(&text);
        digest.update(&lines);
        articles.push(parse(id, text, &lines, &path)?);
    }
    Ok(())
}

fn parse(id: String, text: String, lines: &str, path: &Path) -> Result<GoldArticle, CorpusError> {
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let mut spans: BTreeMap<&str, Vec<Span>> = BTreeMap::new();
    let mut events: Vec<Vec<&str>> = Vec::new();
    let mut discarded = Vec::new();
    for (n, line) in lines.lines().enumerate() {
        let wrong = |problem: String| CorpusError::Line { path: path.into(), line: n + 1, problem };
        let mut fields = line.split('\t');
        let (Some(name), Some(what)) = (fields.next(), fields.next()) else { continue };
        if name.starts_with('E') {
            events.push(what.split_whitespace().collect());
            continue;
        }
        if !name.starts_with('T') {
            continue;
        }
        let Some((role, places)) = what.split_once(' ') else {
            return Err(wrong(format!("{what:?}: expected a role and a span")));
        };
        let mut parts = Vec::new();
        for place in places.split(';') {
            let ends = place.split_once(' ').and_then(|(start, end)| Some((start.parse().ok()?, end.parse().ok()?)));
            let Some((start, end)) = ends.filter(|&(start, end): &(usize, usize)| start <= end && end < bytes.len())
            else {
                return Err(wrong(format!(
                    "{place:?} is no span of the text, which has {} code points",
                    bytes.len() - 1
                )));
            };
            parts.push(Span::new(bytes[start], bytes[end]));
        }
        if role == "Discard" {
            discarded.extend(&parts);
        }
        spans.insert(name, parts);
    }
    let mut attributions = Vec::new();
    for event in events {
        let mut found = GoldAttribution::default();
        for role in event.iter().skip(1) {
            let Some((role, name)) = role.split_once(':') else { continue };
            let of_role = match role.trim_end_matches(|c: char| c.is_ascii_digit()) {
                "Source" => &mut found.source,
                "Cue" => &mut found.cue,
                "Content" => &mut found.content,
                _ => continue,
            };
            of_role.extend(spans.get(name).into_iter().flatten());
        }
        for of_role in [&mut found.source, &mut found.cue, &mut found.content] {
            of_role.sort();
        }
        if !found.content.is_empty() {
            attributions.push(found);
        }
    }
    attributions.sort_by_key(|attribution| attribution.content[0]);
    Ok(GoldArticle { id, text, attributions, discarded })
}
