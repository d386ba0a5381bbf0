//! The learnt part as one file: seven tables of weights, what was learnt of words, and the thresholds.
//!
//! The file is a safetensors file: one `I8` tensor a table, with its scale in the metadata; the words' hashes as a
//! `U32` and their classes as a `U16` tensor. It holds no text. The metadata have a checksum over all of it, and one
//! over the word lists that the weights were learnt with.

use std::collections::{BTreeMap, HashMap};

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::features::Table;
use super::lexicon::Lexicon;

/// Which decision a table is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Decision {
    /// Is this word the head of a cue?
    Cue,
    /// Which candidate is its content?
    Content,
    /// Which candidate is its source?
    Source,
    /// Is the attribution that came out right?
    Frame,
    /// Does a quotation without a cue go on with the one before?
    Join,
    /// Is a quotation without a cue a statement?
    Alone,
    /// How far does the cue reach?
    Extent,
}

impl Decision {
    pub const ALL: [Self; 7] =
        [Self::Cue, Self::Content, Self::Source, Self::Frame, Self::Join, Self::Alone, Self::Extent];

    const fn name(self) -> &'static str {
        match self {
            Self::Cue => "cue",
            Self::Content => "content",
            Self::Source => "source",
            Self::Frame => "frame",
            Self::Join => "join",
            Self::Alone => "alone",
            Self::Extent => "extent",
        }
    }

    /// Entries of its table, as a power of two.
    pub const fn bits(self) -> u32 {
        match self {
            Self::Cue | Self::Content => 19,
            Self::Source | Self::Frame => 18,
            Self::Extent => 17,
            Self::Join | Self::Alone => 14,
        }
    }
}

/// What the file says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttributionCard {
    /// Version of the features; weights of another version are refused.
    pub features: u32,
    /// Articles it was trained on.
    pub n_articles: usize,
    /// Attributions in them.
    pub n_attributions: usize,
    /// SHA-256 over the training texts and annotations, in the order of the file names.
    pub sha256: String,
    /// Least probability of an attribution: with a quotation that is all of it, with one inside, without.
    pub thresholds: [f32; 3],
}

/// The file built into the program.
#[cfg(feature = "builtin")]
const BUILTIN: &[u8] = include_bytes!("../attribution.safetensors");

/// A larger scale of a table is damage: a hundred weights of 127 times it would no longer be a finite sum.
const MAX_SCALE: f32 = 1e30;

/// Version of the features: a change of any feature makes old weights meaningless.
pub(super) const FEATURES: u32 = 1;

/// All that was learnt.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    pub(super) tables: Vec<Table>,
    /// Key, and class with cue rate and habits, of each word; in the order of the keys.
    pub(super) words: Vec<(u32, u16)>,
    pub(super) card: AttributionCard,
    /// Checksum of the word lists that they were learnt with; none where the file does not say.
    pub(super) lexicon: Option<String>,
}

/// The entries of the metadata for the checksum over everything, and for the one of the word lists.
const CHECKSUM: &str = "checksum";
const LEXICON: &str = "lexicon";

/// SHA-256 over the other entries and the tensors, in the order of their names.
fn checksum<'d>(notes: &'d BTreeMap<String, String>, tensors: impl Iterator<Item = (&'d str, &'d [u8])>) -> String {
    let mut sum = Sha256::new();
    let notes = notes.iter().map(|(name, note)| (name.as_str(), note.as_bytes()));
    for (name, bytes) in notes.chain(tensors) {
        // With their lengths, so that nothing can move from one to the next.
        for part in [name.as_bytes(), bytes] {
            sum.update((part.len() as u64).to_le_bytes());
            sum.update(part);
        }
    }
    hex(&sum.finalize())
}

/// SHA-256 over the entries of word lists and their traits.
pub(super) fn lexicon_checksum(lexicon: &Lexicon) -> String {
    let mut entries: Vec<(u32, u32)> = lexicon.iter().collect();
    entries.sort_unstable();
    let mut sum = Sha256::new();
    for (key, traits) in entries {
        sum.update(key.to_le_bytes());
        sum.update(traits.to_le_bytes());
    }
    hex(&sum.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is wrong with a file of weights.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// Not a safetensors file, or cut short.
    #[error("not a file of attribution weights: {0}")]
    Format(String),
    /// A tensor is missing or has another type or size.
    #[error("tensor {name:?} is missing or not as expected; train the weights again")]
    Tensor {
        /// The tensor.
        name: String,
    },
    /// The card is missing or unreadable.
    #[error("the weights say nothing readable of themselves: {0}")]
    Card(String),
    /// Made before weights had one.
    #[error(
        "the weights have no checksum; where you trust the file, \
         `cargo run -p onrecord-attribution --example seal_weights -- OLD NEW` writes one with it"
    )]
    Unsealed,
    /// Changed since they were written.
    #[error("the weights are damaged: the checksum differs")]
    Checksum,
    /// Made for other features.
    #[error(
        "the weights are for version {found} of the features; this program has version {FEATURES}; train them again"
    )]
    Version {
        /// Their version.
        found: u32,
    },
}

impl Weights {
    pub(super) fn table(&self, decision: Decision) -> &Table {
        &self.tables[decision as usize]
    }

    /// What the weights say of themselves.
    #[must_use]
    pub const fn card(&self) -> &AttributionCard {
        &self.card
    }

    /// Whether the weights were learnt with these word lists; none where the file does not say.
    #[must_use]
    pub fn were_learnt_with(&self, lexicon: &Lexicon) -> Option<bool> {
        self.lexicon.as_ref().map(|known| *known == lexicon_checksum(lexicon))
    }

    /// The weights that come with the program; none where they were made for other features.
    #[cfg(feature = "builtin")]
    #[must_use]
    pub fn builtin() -> Option<Self> {
        // A test compares the checksum once and for all.
        Self::from_unsealed_bytes(BUILTIN).ok()
    }

    /// Reads what [`Weights::to_bytes`] wrote.
    ///
    /// # Errors
    /// Where the bytes are damaged, of another kind, without a checksum, or for another version of the features.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        let (weights, sums) = Self::read(bytes)?;
        match sums {
            None => Err(WeightsError::Unsealed),
            Some([said, made]) if said != made => Err(WeightsError::Checksum),
            Some(_) => Ok(weights),
        }
    }

    /// Reads weights whose checksum is missing or not to be compared.
    ///
    /// # Errors
    /// As [`Weights::from_bytes`], the checksum aside.
    pub fn from_unsealed_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        Self::read(bytes).map(|(weights, _)| weights)
    }

    /// The weights, with the checksum that the file says and the one that it has.
    fn read(bytes: &[u8]) -> Result<(Self, Option<[String; 2]>), WeightsError> {
        let format = |error: safetensors::SafeTensorError| WeightsError::Format(error.to_string());
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(format)?;
        let notes = metadata.metadata().as_ref().and_then(|notes| notes.get("onrecord"));
        let notes = notes.ok_or_else(|| WeightsError::Card("no card".to_owned()))?;
        let notes: BTreeMap<String, String> =
            serde_json::from_str(notes).map_err(|error| WeightsError::Card(error.to_string()))?;
        let card = notes.get("card").ok_or_else(|| WeightsError::Card("no card".to_owned()))?;
        let card: AttributionCard =
            serde_json::from_str(card).map_err(|error| WeightsError::Card(error.to_string()))?;
        if card.features != FEATURES {
            return Err(WeightsError::Version { found: card.features });
        }
        let tensors = SafeTensors::deserialize(bytes).map_err(format)?;
        let missing = |name: &str| WeightsError::Tensor { name: name.to_owned() };
        let tensor = |name: &str, dtype: Dtype| {
            tensors.tensor(name).ok().filter(|tensor| tensor.dtype() == dtype).ok_or_else(|| missing(name))
        };
        let mut tables = Vec::new();
        for decision in Decision::ALL {
            let name = decision.name();
            let data = tensor(name, Dtype::I8)?;
            let scale = notes.get(&format!("scale.{name}")).and_then(|scale| scale.parse::<f32>().ok());
            let scale =
                scale.filter(|scale| scale.is_finite() && scale.abs() <= MAX_SCALE).ok_or_else(|| missing(name))?;
            if data.data().len() != 1 << decision.bits() {
                return Err(missing(name));
            }
            tables.push(Table { weights: data.data().iter().map(|&byte| byte as i8).collect(), scale });
        }
        let keys = tensor("word.keys", Dtype::U32)?;
        let classes = tensor("word.classes", Dtype::U16)?;
        if keys.data().len() != 2 * classes.data().len() {
            return Err(missing("word.keys"));
        }
        let keys = keys.data().chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]));
        let classes = classes.data().chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]]));
        let words = keys.zip(classes).collect();
        let mut others = notes.clone();
        let said = others.remove(CHECKSUM);
        let mut names: Vec<&str> = tensors.names().into_iter().collect();
        names.sort_unstable();
        let data = names.iter().filter_map(|name| Some((*name, tensors.tensor(name).ok()?.data())));
        let sums = said.map(|said| [said, checksum(&others, data)]);
        Ok((Self { tables, words, card, lexicon: notes.get(LEXICON).cloned() }, sums))
    }

    /// The file's bytes; the same weights give the same bytes.
    ///
    /// # Panics
    /// Never: the tensors' sizes are right by construction.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut data: BTreeMap<String, (Dtype, Vec<u8>)> = BTreeMap::new();
        let mut notes = BTreeMap::new();
        for (decision, table) in Decision::ALL.iter().zip(&self.tables) {
            let bytes = table.weights.iter().map(|&weight| weight as u8).collect();
            data.insert(decision.name().to_owned(), (Dtype::I8, bytes));
            notes.insert(format!("scale.{}", decision.name()), table.scale.to_string());
        }
        let keys = self.words.iter().flat_map(|(key, _)| key.to_le_bytes()).collect();
        data.insert("word.keys".to_owned(), (Dtype::U32, keys));
        let classes = self.words.iter().flat_map(|(_, class)| class.to_le_bytes()).collect();
        data.insert("word.classes".to_owned(), (Dtype::U16, classes));
        notes.insert("card".to_owned(), serde_json::to_string(&self.card).expect("plain data"));
        if let Some(lexicon) = &self.lexicon {
            notes.insert(LEXICON.to_owned(), lexicon.clone());
        }
        let sum = checksum(&notes, data.iter().map(|(name, (_, bytes))| (name.as_str(), bytes.as_slice())));
        notes.insert(CHECKSUM.to_owned(), sum);
        let views = data.iter().map(|(name, (dtype, bytes))| {
            let size = match dtype {
                Dtype::U32 => 4,
                Dtype::U16 => 2,
                _ => 1,
            };
            let shape = vec![bytes.len() / size];
            (name.as_str(), TensorView::new(*dtype, shape, bytes).expect("the shape is made from the length"))
        });
        // One entry, so that no hash order reaches the file.
        let notes = HashMap::from([("onrecord".to_owned(), serde_json::to_string(&notes).expect("plain data"))]);
        safetensors::serialize(views, Some(notes)).expect("the tensors are whole")
    }
}

#[cfg(all(test, feature = "builtin"))]
mod tests {
    use super::*;

    #[test]
    fn the_weights_in_the_program_are_whole() {
        let weights = Weights::from_bytes(BUILTIN).unwrap();
        assert_eq!(weights.to_bytes(), BUILTIN);
    }

    #[test]
    fn no_changed_byte_goes_unseen() {
        let whole = Weights::builtin().unwrap().to_bytes();
        for at in (0..whole.len()).step_by(20_011) {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            assert!(Weights::from_bytes(&bytes).is_err(), "{at}");
        }
        let mut zeros = whole.clone();
        let middle = whole.len() / 2;
        zeros[middle..middle + 65536].fill(0);
        assert!(matches!(Weights::from_bytes(&zeros), Err(WeightsError::Checksum)));
    }
}
