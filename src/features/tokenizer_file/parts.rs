//! Normalizers and pre-tokenizers that are supported, each with how many times as long it can make a text.

use serde::{Deserialize, Serialize};

use super::{charsmap, pattern};

/// The most parts of a sequence, and how deep sequences may hold others.
const MAX_PARTS: usize = 64;
const MAX_DEPTH: usize = 4;

/// The longest piece of a pre-tokenizer of fixed lengths, in characters.
const MAX_LENGTH: usize = 10_000;

/// The longest text that is put in front or in the place of another, in bytes.
const MAX_CONTENT: usize = 64;

#[derive(Deserialize, Serialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub(super) enum Normalizer {
    #[serde(rename = "BertNormalizer", alias = "Bert")]
    Bert {
        clean_text: bool,
        handle_chinese_chars: bool,
        strip_accents: Option<bool>,
        lowercase: bool,
    },
    Strip {
        strip_left: bool,
        strip_right: bool,
    },
    StripAccents,
    #[serde(rename = "NFC")]
    Nfc,
    #[serde(rename = "NFD")]
    Nfd,
    #[serde(rename = "NFKC")]
    Nfkc,
    #[serde(rename = "NFKD")]
    Nfkd,
    Lowercase,
    Nmt,
    ByteLevel,
    Precompiled {
        precompiled_charsmap: String,
    },
    Replace {
        pattern: Pattern,
        content: String,
    },
    Prepend {
        prepend: String,
    },
    Sequence {
        normalizers: Vec<Normalizer>,
    },
}

#[derive(Deserialize, Serialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub(super) enum PreTokenizer {
    #[serde(rename = "BertPreTokenizer")]
    Bert,
    ByteLevel {
        add_prefix_space: bool,
        trim_offsets: bool,
        #[serde(default = "yes")]
        use_regex: bool,
    },
    #[serde(rename = "CharDelimiterSplit", alias = "Delimiter")]
    Delimiter {
        delimiter: char,
    },
    Metaspace {
        replacement: char,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        add_prefix_space: Option<bool>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        prepend_scheme: Option<PrependScheme>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        split: Option<bool>,
        #[serde(default, skip_serializing)]
        #[allow(dead_code, reason = "old files have it, and nothing reads it")]
        str_rep: Option<String>,
    },
    Whitespace,
    WhitespaceSplit,
    Punctuation {
        #[serde(default)]
        behavior: Behavior,
    },
    Digits {
        individual_digits: bool,
    },
    UnicodeScripts,
    FixedLength {
        #[serde(default = "five")]
        length: usize,
    },
    Split {
        pattern: Pattern,
        behavior: Behavior,
        invert: bool,
    },
    Sequence {
        pretokenizers: Vec<PreTokenizer>,
    },
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PrependScheme {
    First,
    Never,
    Always,
}

#[derive(Deserialize, Serialize, Default)]
pub(super) enum Behavior {
    Removed,
    #[default]
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

#[derive(Deserialize, Serialize)]
pub(super) enum Pattern {
    String(String),
    Regex(String),
}

fn yes() -> bool {
    true
}

fn five() -> usize {
    5
}

impl Pattern {
    /// The fewest bytes that it matches.
    fn check(&self) -> Result<usize, String> {
        match self {
            Self::String(text) if text.len() > MAX_CONTENT => {
                Err(format!("a pattern of {} bytes; {MAX_CONTENT} are supported", text.len()))
            }
            Self::String(text) => Ok(text.len()),
            Self::Regex(expression) => pattern::check(expression),
        }
    }
}

impl Normalizer {
    /// How many times as long it makes a text, at worst.
    pub(super) fn check(&self) -> Result<f64, String> {
        let mut seen = Seen::default();
        let growth = self.grow(&mut seen, 0)?;
        Ok(growth * seen.growth_by_form)
    }

    fn grow(&self, seen: &mut Seen, depth: usize) -> Result<f64, String> {
        seen.part(depth)?;
        let growth = match self {
            Self::Nfc | Self::Nfd => seen.form(3.0),
            Self::Nfkc | Self::Nfkd => seen.form(11.0),
            // Blanks around each Chinese character, of three bytes or four, and accents apart.
            Self::Bert { .. } => seen.form(3.0) * 5.0 / 3.0,
            // A capital I with a dot has two bytes, and three in lower case.
            Self::Lowercase => seen.form(1.5),
            Self::Strip { .. } | Self::StripAccents | Self::Nmt => 1.0,
            Self::ByteLevel => 2.0,
            Self::Precompiled { precompiled_charsmap } => charsmap::check(precompiled_charsmap)?,
            Self::Replace { pattern, content } => {
                check_content(content)?;
                let least = pattern.check()?;
                if least == 0 && !content.is_empty() {
                    return Err("Replace with a pattern that matches nothing".to_owned());
                }
                (content.len() as f64 / least.max(1) as f64).max(1.0)
            }
            Self::Prepend { prepend } => {
                check_content(prepend)?;
                1.0
            }
            Self::Sequence { normalizers } => {
                let mut growth = 1.0;
                for normalizer in normalizers {
                    growth *= normalizer.grow(seen, depth + 1)?;
                }
                growth
            }
        };
        Ok(growth)
    }
}

impl PreTokenizer {
    /// How many times as long it makes a text, at worst.
    pub(super) fn check(&self) -> Result<f64, String> {
        self.grow(&mut Seen::default(), 0)
    }

    fn grow(&self, seen: &mut Seen, depth: usize) -> Result<f64, String> {
        seen.part(depth)?;
        match self {
            Self::Bert
            | Self::Delimiter { .. }
            | Self::Whitespace
            | Self::WhitespaceSplit
            | Self::Punctuation { .. }
            | Self::Digits { .. }
            | Self::UnicodeScripts => Ok(1.0),
            // A blank may be put before each piece.
            Self::ByteLevel { add_prefix_space, .. } => Ok(if *add_prefix_space { 4.0 } else { 2.0 }),
            Self::Metaspace { replacement, .. } => Ok(replacement.len_utf8() as f64),
            Self::FixedLength { length } if (1..=MAX_LENGTH).contains(length) => Ok(1.0),
            Self::FixedLength { length } => Err(format!("FixedLength of {length}; 1 to {MAX_LENGTH} are supported")),
            Self::Split { pattern, .. } => pattern.check().map(|_| 1.0),
            Self::Sequence { pretokenizers } => {
                let mut growth = 1.0;
                for pre_tokenizer in pretokenizers {
                    growth *= pre_tokenizer.grow(seen, depth + 1)?;
                }
                Ok(growth)
            }
        }
    }
}

/// What was met of a sequence.
#[derive(Default)]
struct Seen {
    n_parts: usize,
    /// How much the forms of Unicode add. Bringing a text in one form after the other adds no more than the worst.
    growth_by_form: f64,
}

impl Seen {
    fn part(&mut self, depth: usize) -> Result<(), String> {
        self.n_parts += 1;
        self.growth_by_form = self.growth_by_form.max(1.0);
        if self.n_parts > MAX_PARTS {
            return Err(format!("a sequence of more than {MAX_PARTS} parts"));
        }
        if depth > MAX_DEPTH {
            return Err(format!("a Sequence more than {MAX_DEPTH} deep"));
        }
        Ok(())
    }

    fn form(&mut self, growth: f64) -> f64 {
        self.growth_by_form = self.growth_by_form.max(growth);
        1.0
    }
}

fn check_content(content: &str) -> Result<(), String> {
    if content.len() > MAX_CONTENT {
        return Err(format!("a text of {} bytes to put in; {MAX_CONTENT} are supported", content.len()));
    }
    Ok(())
}
