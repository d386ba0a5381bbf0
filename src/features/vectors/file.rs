//! How a table of word vectors is read from its file, and how a model keeps it.

use std::borrow::Cow;
use std::sync::Arc;
#[cfg(feature = "builtin")]
use std::sync::OnceLock;

use half::f16;
#[cfg(feature = "builtin")]
use onrecord_words::WORDS;
use safetensors::{Dtype, SafeTensors};

use super::{BUILTIN, Index, MAX_DIM, MAX_PHRASE, Origin, Values, VectorTable};
use crate::features::FeatureError;
use crate::features::keys::{self, KeyTable};
use crate::features::subwords::Subwords;

/// A tensor of a model file.
#[derive(Debug)]
pub(crate) struct StoredTensor {
    pub(crate) name: String,
    pub(crate) dtype: Dtype,
    pub(crate) shape: Vec<usize>,
    pub(crate) bytes: Vec<u8>,
}

/// How a stored tensor is found again: type, shape, bytes.
pub(crate) type FindTensor<'f> = &'f dyn Fn(&str) -> Option<(Dtype, Vec<usize>, &'f [u8])>;

/// A tensor as a file holds it: type, shape, bytes.
type Tensor<'b> = (Dtype, Vec<usize>, &'b [u8]);

/// SHA-256 of the table in the program, which a test compares once and for all: to compute it at every start would take longer than the rest.
#[cfg(feature = "builtin")]
const BUILTIN_SHA256: &str = "82cb3b1e335299d562b866306a65bcb62bdb81e503f4f5986b7f5e21919f7bee";

impl VectorTable {
    /// The table in the program, indexed once for all models that ask for it; its vectors are not copied.
    #[cfg(feature = "builtin")]
    pub(crate) fn builtin() -> Result<Arc<Self>, FeatureError> {
        static TABLE: OnceLock<Arc<VectorTable>> = OnceLock::new();
        if let Some(table) = TABLE.get() {
            return Ok(Arc::clone(table));
        }
        let in_place = |dtype, data| match dtype {
            Dtype::I8 => Ok(Values::InPlace(data)),
            other => Values::read(other, data),
        };
        let mut table = Self::parse_with(WORDS, None, "the built-in word vectors", in_place)?;
        table.origin = Origin::Builtin(BUILTIN_SHA256.into());
        Ok(Arc::clone(TABLE.get_or_init(|| Arc::new(table))))
    }

    /// What a program without a table says when one asks for it.
    ///
    /// # Errors
    /// Always.
    #[cfg(not(feature = "builtin"))]
    pub(crate) fn builtin() -> Result<Arc<Self>, FeatureError> {
        let message = "this program was built without the built-in word vectors (feature `builtin`)";
        Err(FeatureError::Resource { name: BUILTIN.into(), message: message.into() })
    }

    /// Reads a table; `name` is for messages.
    pub(crate) fn parse(bytes: &[u8], tokenizer: Option<&str>, name: &str) -> Result<Self, FeatureError> {
        Self::parse_with(bytes, tokenizer, name, Values::read)
    }

    fn parse_with<'b>(
        bytes: &'b [u8],
        tokenizer: Option<&str>,
        name: &str,
        read: impl FnOnce(Dtype, &'b [u8]) -> Result<Values, String>,
    ) -> Result<Self, FeatureError> {
        let bad = |message: String| FeatureError::Resource { name: name.into(), message };
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| bad(format!("no table of vectors ({error})")))?;
        let (_, metadata) =
            SafeTensors::read_metadata(bytes).map_err(|error| bad(format!("no table of vectors ({error})")))?;
        let find = |name: &str| {
            let tensor = tensors.tensor(name).ok()?;
            Some((tensor.dtype(), tensor.shape().to_vec(), tensor.data()))
        };
        let text = match find("words") {
            Some((Dtype::U8, _, data)) => {
                Some(Cow::from(std::str::from_utf8(data).map_err(|_| bad("tensor \"words\" is not UTF-8".into()))?))
            }
            Some(_) => return Err(bad("tensor \"words\" is not of type U8".into())),
            None => metadata.metadata().as_ref().and_then(|metadata| metadata.get("words").cloned()).map(Cow::from),
        };
        // The last is what sentence-transformers calls it when it saves a model of model2vec.
        let vectors = find("vectors").or_else(|| find("embeddings")).or_else(|| find("embedding.weight"));
        let vectors = vectors.ok_or_else(|| bad("no tensor \"vectors\" or \"embeddings\"".into()))?;
        let scales = find("scales").or_else(|| find("scale"));
        let mut table = Self::from_tensors(vectors, scales, find("frequencies"), read).map_err(bad)?;
        match (text, tokenizer) {
            (Some(text), _) => table.index_words(&text).map_err(bad)?,
            (None, Some(json)) => {
                table.index = Index::Subwords(Box::new(Subwords::parse(json)?));
                table.index_tokens(find("mapping"), find("weights")).map_err(bad)?;
            }
            (None, None) => {
                return Err(bad(
                    "no vocabulary; expected a tensor \"words\", or a tokenizer.json beside the file".into()
                ));
            }
        }
        Ok(table)
    }

    fn from_tensors<'b>(
        (dtype, shape, data): (Dtype, Vec<usize>, &'b [u8]),
        scales: Option<(Dtype, Vec<usize>, &[u8])>,
        frequencies: Option<(Dtype, Vec<usize>, &[u8])>,
        read: impl FnOnce(Dtype, &'b [u8]) -> Result<Values, String>,
    ) -> Result<Self, String> {
        let &[n_rows, dim] = shape.as_slice() else {
            return Err(format!("vectors of shape {shape:?}; expected [n, dim]"));
        };
        if n_rows == 0 || dim == 0 || dim > MAX_DIM || u32::try_from(n_rows).is_err() {
            return Err(format!("{n_rows} vectors of {dim} numbers; expected 1 to {MAX_DIM} numbers"));
        }
        let values = read(dtype, data)?;
        let is_finite = match &values {
            Values::Int8(_) | Values::InPlace(_) => true,
            Values::Half(halves) => halves.iter().all(|half| half.is_finite()),
        };
        let column = |tensor: Option<(Dtype, Vec<usize>, &[u8])>, what: &str, may_be_one: bool| {
            let Some((dtype, _, data)) = tensor else { return Ok(Vec::new()) };
            let numbers: Vec<f32> = data.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
            let fits = numbers.len() == n_rows || (may_be_one && numbers.len() == 1);
            if dtype != Dtype::F32 || !fits || numbers.iter().any(|n| !n.is_finite() || *n < 0.0) {
                return Err(format!("{what}: expected {n_rows} numbers from 0 up, of type F32"));
            }
            Ok(numbers)
        };
        if !is_finite {
            return Err("a vector holds what is no number".into());
        }
        let scales = column(scales, "scales", true)?;
        let frequencies = column(frequencies, "frequencies", false)?;
        let index = Index::Keys { table: KeyTable::default(), longest: 0 };
        let (order, factors) = (Vec::new(), Vec::new());
        Ok(Self { dim, values, scales, frequencies, index, order, factors, origin: Origin::Model })
    }

    /// Indexes entries, one a line, and puts the rows in the order of their keys, or keeps that order where the rows stay
    /// in place.
    fn index_words(&mut self, text: &str) -> Result<(), String> {
        let mut rows: Vec<(u64, u32)> = Vec::with_capacity(self.n_rows());
        let mut longest = 1;
        for (row, entry) in (0..).zip(text.trim_end_matches('\n').split('\n')) {
            let (mut key, mut n_words) = (0, 0);
            for word in entry.split(' ') {
                let word = keys::of_lower(word);
                key = if n_words == 0 { word } else { keys::join(key, word) };
                n_words += 1;
            }
            if n_words > MAX_PHRASE {
                key = keys::of_bytes(entry.as_bytes());
            } else {
                longest = longest.max(n_words);
            }
            rows.push((key, row));
        }
        if rows.len() != self.n_rows() {
            return Err(format!("{} words and {} vectors; expected as many", rows.len(), self.n_rows()));
        }
        rows.sort_unstable();
        // Of entries that differ in case alone, the first counts.
        rows.dedup_by_key(|(key, _)| *key);
        let order: Vec<u32> = rows.iter().map(|&(_, row)| row).collect();
        match &mut self.values {
            Values::InPlace(_) => {}
            Values::Int8(values) => *values = in_order(values, self.dim, &order),
            Values::Half(values) => *values = in_order(values, self.dim, &order),
        }
        if matches!(self.values, Values::InPlace(_)) {
            self.order = order;
        } else {
            for column in [&mut self.scales, &mut self.frequencies] {
                if column.len() > 1 {
                    *column = in_order(column, 1, &order);
                }
            }
        }
        let keys = rows.into_iter().map(|(key, _)| key).collect();
        let table = KeyTable::from_sorted(keys).ok_or("too many words")?;
        self.index = Index::Keys { table, longest };
        Ok(())
    }

    /// Takes the rows and weights of tokens.
    fn index_tokens(&mut self, mapping: Option<Tensor<'_>>, weights: Option<Tensor<'_>>) -> Result<(), String> {
        if let Some((dtype, _, data)) = mapping {
            self.order = whole_numbers(dtype, data)
                .filter(|rows| rows.iter().all(|&row| (row as usize) < self.n_rows()))
                .ok_or_else(|| format!("mapping: expected whole numbers from 0 to {}", self.n_rows() - 1))?;
        }
        let n_tokens = if self.order.is_empty() { self.n_rows() } else { self.order.len() };
        if let Some((dtype, _, data)) = weights {
            self.factors = numbers(dtype, data)
                .filter(|numbers| numbers.len() == n_tokens && numbers.iter().all(|number| number.is_finite()))
                .ok_or_else(|| format!("weights: expected {n_tokens} numbers, one a token"))?;
        }
        Ok(())
    }

    /// What a model keeps of the table: for the one in the program its checksum, else tensors and the tokenizer.
    pub(crate) fn store(&self, name: &str, tensors: &mut Vec<StoredTensor>) -> Option<String> {
        if let Origin::Builtin(sum) = &self.origin {
            return Some(format!("{BUILTIN}:{sum}"));
        }
        let mut push = |part: &str, dtype, shape, bytes| {
            tensors.push(StoredTensor { name: format!("{name}.{part}"), dtype, shape, bytes });
        };
        let (dtype, bytes) = match &self.values {
            Values::Int8(values) => (Dtype::I8, values.iter().map(|value| value.cast_unsigned()).collect()),
            Values::Half(values) => (Dtype::F16, values.iter().flat_map(|value| value.to_le_bytes()).collect()),
            Values::InPlace(values) => (Dtype::I8, values.to_vec()),
        };
        push("vectors", dtype, vec![self.n_rows(), self.dim], bytes);
        for (part, column) in [("scales", &self.scales), ("frequencies", &self.frequencies)] {
            if !column.is_empty() {
                let bytes = column.iter().flat_map(|value| value.to_le_bytes()).collect();
                push(part, Dtype::F32, vec![column.len()], bytes);
            }
        }
        match &self.index {
            Index::Subwords(subwords) => {
                if !self.order.is_empty() {
                    let bytes = self.order.iter().flat_map(|row| row.to_le_bytes()).collect();
                    push("mapping", Dtype::U32, vec![self.order.len()], bytes);
                }
                if !self.factors.is_empty() {
                    let bytes = self.factors.iter().flat_map(|factor| factor.to_le_bytes()).collect();
                    push("weights", Dtype::F32, vec![self.factors.len()], bytes);
                }
                Some(subwords.source.clone())
            }
            Index::Keys { table, longest } => {
                push(
                    "keys",
                    Dtype::U64,
                    vec![table.len()],
                    table.keys().iter().flat_map(|key| key.to_le_bytes()).collect(),
                );
                Some(format!("words:{longest}"))
            }
        }
    }

    /// The table that [`Self::store`] stored.
    pub(crate) fn restore(name: &str, resource: &str, find: FindTensor<'_>) -> Result<Arc<Self>, String> {
        if let Some(sum) = resource.strip_prefix(BUILTIN).and_then(|rest| rest.strip_prefix(':')) {
            let table = Self::builtin().map_err(|error| error.to_string())?;
            return if table.origin == Origin::Builtin(sum.into()) {
                Ok(table)
            } else {
                Err("it was trained with other built-in word vectors than this program has; train it again".into())
            };
        }
        let part = |part: &str| find(&format!("{name}.{part}"));
        let vectors = part("vectors").ok_or("the word vectors are missing")?;
        let mut table = Self::from_tensors(vectors, part("scales"), part("frequencies"), Values::read)?;
        table.index = match resource.strip_prefix("words:") {
            Some(longest) => {
                let longest = longest.parse().ok().filter(|longest| (1..=MAX_PHRASE).contains(longest));
                let keys = match part("keys") {
                    Some((Dtype::U64, _, data)) => {
                        data.as_chunks().0.iter().map(|&key| u64::from_le_bytes(key)).collect()
                    }
                    _ => Vec::new(),
                };
                if keys.len() != table.n_rows() {
                    return Err("the words do not fit their vectors".into());
                }
                let keys = KeyTable::from_sorted(keys).ok_or("the words are out of order")?;
                Index::Keys { table: keys, longest: longest.ok_or("the words' length is not given")? }
            }
            None => {
                table.index_tokens(part("mapping"), part("weights"))?;
                Index::Subwords(Box::new(Subwords::parse(resource).map_err(|error| error.to_string())?))
            }
        };
        Ok(Arc::new(table))
    }
}

impl Values {
    /// Numbers as a tensor holds them.
    fn read(dtype: Dtype, data: &[u8]) -> Result<Self, String> {
        Ok(match dtype {
            Dtype::I8 => Self::Int8(data.iter().map(|&byte| byte.cast_signed()).collect()),
            Dtype::F16 => Self::Half(data.as_chunks().0.iter().map(|&bytes| f16::from_le_bytes(bytes)).collect()),
            _ => {
                let numbers = numbers(dtype, data)
                    .ok_or_else(|| format!("vectors of type {dtype:?}; expected I8, F16, F32 or F64"))?;
                Self::Half(numbers.into_iter().map(f16::from_f32).collect())
            }
        })
    }
}

/// The numbers of a tensor; none where it holds none with a point.
fn numbers(dtype: Dtype, data: &[u8]) -> Option<Vec<f32>> {
    Some(match dtype {
        Dtype::F16 => data.as_chunks().0.iter().map(|&bytes| f16::from_le_bytes(bytes).to_f32()).collect(),
        Dtype::F32 => data.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect(),
        Dtype::F64 => data.as_chunks().0.iter().map(|&bytes| f64::from_le_bytes(bytes) as f32).collect(),
        _ => return None,
    })
}

/// The whole numbers of a tensor; none where one is below 0 or of more than 32 bits.
fn whole_numbers(dtype: Dtype, data: &[u8]) -> Option<Vec<u32>> {
    match dtype {
        Dtype::I32 => data.as_chunks().0.iter().map(|&bytes| i32::from_le_bytes(bytes).try_into().ok()).collect(),
        Dtype::I64 => data.as_chunks().0.iter().map(|&bytes| i64::from_le_bytes(bytes).try_into().ok()).collect(),
        Dtype::U32 => Some(data.as_chunks().0.iter().map(|&bytes| u32::from_le_bytes(bytes)).collect()),
        Dtype::U64 => data.as_chunks().0.iter().map(|&bytes| u64::from_le_bytes(bytes).try_into().ok()).collect(),
        _ => None,
    }
}

/// The rows of a table of `dim` columns in another order.
fn in_order<T: Copy>(values: &[T], dim: usize, order: &[u32]) -> Vec<T> {
    let mut ordered = Vec::with_capacity(order.len() * dim);
    order.iter().for_each(|&row| ordered.extend_from_slice(&values[row as usize * dim..][..dim]));
    ordered
}

#[cfg(test)]
mod tests {
    use super::super::tests::file;
    use super::*;

    #[cfg(feature = "builtin")]
    #[test]
    fn the_table_in_the_program_is_the_one_of_its_checksum_and_read_once() {
        use sha2::{Digest, Sha256};

        use crate::features::corpus::Corpus;
        use crate::features::{Input, Tokenization};

        let sum: String = Sha256::digest(WORDS).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(sum, BUILTIN_SHA256);
        let table = VectorTable::builtin().unwrap();
        assert!(Arc::ptr_eq(&table, &VectorTable::builtin().unwrap()));
        // In place or put in order, the rows are the same.
        let copied = VectorTable::parse(WORDS, None, "own").unwrap();
        let inputs: Vec<Input<'_>> = ["boots on the ground", "No war!", "Zzz"].into_iter().map(Input::from).collect();
        let corpus = Corpus::new(&Tokenization::words(false).unwrap(), false, &inputs);
        let (one, other) = (&table.rows(&corpus, 1.0)[0], &copied.rows(&corpus, 1.0)[0]);
        assert!(one.values.len() > 100);
        assert_eq!((&one.columns, &one.values), (&other.columns, &other.values));
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let said = |bytes: &[u8]| VectorTable::parse(bytes, None, "own").unwrap_err().to_string();
        assert!(said(b"what").starts_with("own: no table of vectors"));
        assert_eq!(said(&file("a\nb", &[1, 2, 3], 1)), "own: 2 words and 3 vectors; expected as many");
    }
}
