//! The models that are supported: BPE without dropout, WordPiece, WordLevel and Unigram, with whole vocabularies.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The most tokens, the bytes of one, those of all, and the highest number.
const MAX_TOKENS: usize = 600_000;
const MAX_TOKEN_BYTES: usize = 2048;
const MAX_VOCABULARY_BYTES: usize = 16 << 20;
const MAX_ID: u64 = 1 << 22;

/// The longest word that WordPiece takes apart: its time is the square of it.
const MAX_WORD: usize = 200;

/// Logarithms of probabilities; larger ones lose their sums.
const MAX_SCORE: f64 = 1e9;

#[derive(Deserialize, Serialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub(super) enum Model {
    #[serde(rename = "BPE")]
    Bpe {
        #[serde(default)]
        dropout: Option<f64>,
        #[serde(default)]
        unk_token: Option<String>,
        #[serde(default)]
        continuing_subword_prefix: Option<String>,
        #[serde(default)]
        end_of_word_suffix: Option<String>,
        #[serde(default)]
        fuse_unk: bool,
        #[serde(default)]
        byte_fallback: bool,
        #[serde(default)]
        ignore_merges: bool,
        vocab: Map<String, Value>,
        merges: Vec<Merge>,
    },
    WordPiece {
        unk_token: String,
        continuing_subword_prefix: String,
        max_input_chars_per_word: usize,
        vocab: Map<String, Value>,
    },
    WordLevel {
        vocab: Map<String, Value>,
        unk_token: String,
    },
    Unigram {
        unk_id: Option<usize>,
        vocab: Vec<(String, f64)>,
        #[serde(default)]
        byte_fallback: bool,
    },
}

/// Two tokens that become one, as a pair or with a blank between them.
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum Merge {
    Pair(String, String),
    Line(String),
}

impl Merge {
    fn pair(&self) -> Option<(&str, &str)> {
        match self {
            Self::Pair(left, right) => Some((left, right)),
            Self::Line(line) => line.split_once(' '),
        }
    }
}

impl Model {
    /// Reads and checks a model; old files do not name its kind.
    pub(super) fn read(mut json: Value) -> Result<Self, String> {
        if let Value::Object(fields) = &mut json
            && !fields.contains_key("type")
        {
            let kind = match fields {
                _ if fields.contains_key("merges") => "BPE",
                _ if fields.contains_key("continuing_subword_prefix") => "WordPiece",
                _ if fields.get("vocab").is_some_and(Value::is_array) => "Unigram",
                _ => "WordLevel",
            };
            fields.insert("type".to_owned(), kind.into());
        }
        let mut model: Self = serde_json::from_value(json).map_err(|error| error.to_string())?;
        model.check()?;
        Ok(model)
    }

    fn check(&mut self) -> Result<(), String> {
        match self {
            Self::Bpe { dropout, unk_token, continuing_subword_prefix, end_of_word_suffix, vocab, merges, .. } => {
                if let Some(share) = dropout.take().filter(|&share| share != 0.0) {
                    return Err(format!("BPE with a dropout of {share}, which gives other tokens each time"));
                }
                check_vocabulary(vocab)?;
                check_unknown(unk_token.as_deref(), vocab)?;
                for affix in [&*continuing_subword_prefix, &*end_of_word_suffix].into_iter().flatten() {
                    check_token(affix)?;
                }
                check_merges(merges, continuing_subword_prefix.as_deref().unwrap_or_default(), vocab)
            }
            Self::WordPiece { unk_token, continuing_subword_prefix, max_input_chars_per_word, vocab } => {
                check_vocabulary(vocab)?;
                check_unknown(Some(unk_token), vocab)?;
                check_token(continuing_subword_prefix)?;
                if *max_input_chars_per_word > MAX_WORD {
                    return Err(format!(
                        "WordPiece of words of {max_input_chars_per_word} characters; {MAX_WORD} are supported"
                    ));
                }
                Ok(())
            }
            Self::WordLevel { vocab, unk_token } => {
                check_vocabulary(vocab)?;
                check_unknown(Some(unk_token), vocab)
            }
            Self::Unigram { unk_id, vocab, .. } => {
                check_sizes(vocab.len(), vocab.iter().map(|(token, _)| token.as_str()))?;
                let unknown = unk_id.ok_or("Unigram without unk_id, the token for what it does not know")?;
                if unknown >= vocab.len() {
                    return Err(format!("unk_id {unknown} is not in the vocabulary of {}", vocab.len()));
                }
                let mut tokens = HashSet::new();
                for (token, score) in vocab {
                    // An empty token is found over and over at the same place.
                    if token.is_empty() {
                        return Err("an empty token".to_owned());
                    }
                    if !tokens.insert(&*token) {
                        return Err(format!("the token \"{token}\" twice"));
                    }
                    if score.is_nan() || score.abs() > MAX_SCORE {
                        return Err(format!("the score {score} of \"{token}\""));
                    }
                }
                Ok(())
            }
        }
    }
}

/// Each token has a number of its own.
fn check_vocabulary(vocab: &Map<String, Value>) -> Result<(), String> {
    check_sizes(vocab.len(), vocab.keys().map(String::as_str))?;
    let mut ids = HashSet::new();
    for (token, id) in vocab {
        let id = id.as_u64().filter(|&id| id <= MAX_ID);
        let id = id.ok_or_else(|| format!("\"{token}\" has no number from 0 to {MAX_ID}"))?;
        if !ids.insert(id) {
            return Err(format!("two tokens of number {id}"));
        }
    }
    Ok(())
}

fn check_sizes<'t>(n_tokens: usize, tokens: impl Iterator<Item = &'t str>) -> Result<(), String> {
    if !(1..=MAX_TOKENS).contains(&n_tokens) {
        return Err(format!("a vocabulary of {n_tokens} tokens; 1 to {MAX_TOKENS} are supported"));
    }
    let mut n_bytes = 0;
    for token in tokens {
        check_token(token)?;
        n_bytes += token.len();
    }
    if n_bytes > MAX_VOCABULARY_BYTES {
        return Err(format!("a vocabulary of {n_bytes} bytes; {MAX_VOCABULARY_BYTES} are supported"));
    }
    Ok(())
}

fn check_token(token: &str) -> Result<(), String> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(format!("a token of {} bytes; {MAX_TOKEN_BYTES} are supported", token.len()));
    }
    Ok(())
}

fn check_unknown(token: Option<&str>, vocab: &Map<String, Value>) -> Result<(), String> {
    match token {
        Some(token) if !vocab.contains_key(token) => Err(format!("unk_token \"{token}\" is not in the vocabulary")),
        _ => Ok(()),
    }
}

/// What is merged and what comes of it are tokens; what stands inside a word begins with the prefix of such tokens.
fn check_merges(merges: &[Merge], prefix: &str, vocab: &Map<String, Value>) -> Result<(), String> {
    if merges.len() > 2 * MAX_TOKENS {
        return Err(format!("{} merges; {} are supported", merges.len(), 2 * MAX_TOKENS));
    }
    for (n_before, merge) in merges.iter().enumerate() {
        let is_whole = merge.pair().is_some_and(|(left, right)| {
            !left.is_empty()
                && !right.is_empty()
                && [left, right].iter().all(|token| vocab.contains_key(*token))
                && right.strip_prefix(prefix).is_some_and(|rest| vocab.contains_key(&format!("{left}{rest}")))
        });
        if !is_whole {
            return Err(format!("merge {} is not of tokens that the vocabulary has", n_before + 1));
        }
    }
    Ok(())
}
