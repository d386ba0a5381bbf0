//! The blocks side by side: what each learns, and what of it a model file keeps.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::FeatureError;
use super::around;
use super::corpus::Corpus;
use super::n_grams::{CHUNK, Counts, FittedNGrams, Rows, Selected, Units};
use super::recipe::{Block, Given, NGrams};
use super::shape::{self, Categories};
use super::subwords::Subwords;
use super::vectors::{BUILTIN, FindTensor, StoredTensor, VectorTable};
use crate::bounded;

/// A block that knows its columns.
#[derive(Debug, Clone)]
pub(super) enum Fitted {
    NGrams(FittedNGrams),
    Vectors { table: Arc<VectorTable>, weight: f32 },
    Lexicon { categories: Categories, weight: f32 },
    Target { weight: f32 },
    Shape { weight: f32 },
    Side { weight: f32 },
    Scores { given: Given },
}

/// A block over a corpus, before it is known which texts are for training.
#[derive(Debug)]
pub(super) enum Prepared {
    /// Columns depend on the training texts.
    NGrams { units: Units, n_grams: NGrams, counts: Counts },
    /// Columns do not.
    Dense { fitted: Fitted, rows: Vec<Rows> },
}

/// Where a block's part of rows comes from.
pub(super) enum Source<'s> {
    /// N-grams that are counted, to be picked and weighed.
    Counts(Selected<'s>),
    /// Rows that are there; of the texts `docs` where given, else of all.
    Rows { chunks: Cow<'s, [Rows]>, docs: Option<&'s [usize]> },
}

impl Source<'_> {
    /// Entries of a row.
    pub(super) fn length(&self, row: usize) -> usize {
        match self {
            Self::Counts(selected) => selected.length(row),
            Self::Rows { .. } => self.row(row).0.len(),
        }
    }

    /// Writes a row, which is as long as the slices.
    pub(super) fn fill(&self, row: usize, columns: &mut [u32], values: &mut [f32]) {
        match self {
            Self::Counts(selected) => selected.fill(row, columns, values),
            Self::Rows { .. } => {
                let (of_row, with) = self.row(row);
                columns.copy_from_slice(of_row);
                values.copy_from_slice(with);
            }
        }
    }

    fn row(&self, row: usize) -> (&[u32], &[f32]) {
        let Self::Rows { chunks, docs } = self else { return Default::default() };
        let doc = docs.map_or(row, |docs| docs[row]);
        chunks.get(doc / CHUNK).map(|rows| rows.row(doc % CHUNK)).unwrap_or_default()
    }
}

/// Files are not read beyond this.
const MAX_BYTES: u64 = 1 << 30;

fn read(path: &str) -> Result<Vec<u8>, FeatureError> {
    bounded::read(Path::new(path), MAX_BYTES)
        .map_err(|error| FeatureError::Resource { name: path.into(), message: error.to_string() })
}

fn read_text(path: &str) -> Result<String, FeatureError> {
    String::from_utf8(read(path)?)
        .map_err(|_| FeatureError::Resource { name: path.into(), message: "not UTF-8".into() })
}

/// The lexicon in the program: words that praise, words that blame.
const POLARITY: &str = include_str!("polarity.tsv");

fn lexicon_of(path: &str) -> Result<Categories, FeatureError> {
    if path == BUILTIN {
        return Categories::parse(POLARITY, "the built-in lexicon");
    }
    Categories::parse(&read_text(path)?, path)
}

pub(super) fn table(path: &str) -> Result<Arc<VectorTable>, FeatureError> {
    if path == BUILTIN {
        return VectorTable::builtin();
    }
    let mut file = Path::new(path).to_path_buf();
    if file.is_dir() {
        file.push("model.safetensors");
    }
    let beside = file.with_file_name("tokenizer.json");
    let file = file.to_string_lossy();
    let bytes = read(&file)?;
    let tokenizer = fs::exists(&beside).unwrap_or(false).then(|| read_text(&beside.to_string_lossy())).transpose()?;
    let parsed = VectorTable::parse(&bytes, tokenizer.as_deref(), &file).map(Arc::new);
    parsed.map_err(|error| in_file(error, &beside.to_string_lossy()))
}

/// What is wrong with a tokenizer, said of its file.
fn in_file(error: FeatureError, path: &str) -> FeatureError {
    match error {
        FeatureError::Tokenizer { message } => {
            FeatureError::Resource { name: path.into(), message: format!("no tokenizer ({message})") }
        }
        other => other,
    }
}

impl Prepared {
    /// Reads what the block needs, and counts its n-grams.
    pub(super) fn new(block: &Block, corpus: &Corpus<'_>) -> Result<Self, FeatureError> {
        let fitted = match block {
            Block::Words(n_grams) => return Ok(Self::counted(Units::Words, n_grams.clone(), corpus)),
            Block::Chars(n_grams) => return Ok(Self::counted(Units::Chars, n_grams.clone(), corpus)),
            Block::Subwords(subwords) => {
                let path = &subwords.tokenizer;
                let parsed = Subwords::parse(&read_text(path)?).map_err(|error| in_file(error, path))?;
                let units = Units::Subwords(Box::new(parsed));
                return Ok(Self::counted(units, block.n_grams().unwrap_or_else(|| NGrams::new(1, 1)), corpus));
            }
            Block::Vectors(vectors) => Fitted::Vectors { table: table(&vectors.table)?, weight: vectors.weight },
            Block::Lexicon(lexicon) => {
                Fitted::Lexicon { categories: lexicon_of(&lexicon.file)?, weight: lexicon.weight }
            }
            Block::Target(block) => Fitted::Target { weight: block.weight },
            Block::Shape(block) => Fitted::Shape { weight: block.weight },
            Block::Side(block) => Fitted::Side { weight: block.weight },
            Block::Scores(given) => Fitted::Scores { given: given.clone() },
        };
        Ok(Self::Dense { rows: fitted.rows(corpus), fitted })
    }

    fn counted(units: Units, n_grams: NGrams, corpus: &Corpus<'_>) -> Self {
        let counts = Counts::new(corpus, &units, &n_grams);
        Self::NGrams { units, n_grams, counts }
    }

    /// Learns the columns from the texts `docs`, and the new number of each n-gram.
    pub(super) fn fit(&self, docs: &[usize], classes: Option<(&[usize], usize)>) -> (Fitted, Vec<u32>) {
        match self {
            Self::NGrams { units, n_grams, counts } => {
                let (fitted, new_columns) = FittedNGrams::fit(units.clone(), n_grams, counts, docs, classes);
                (Fitted::NGrams(fitted), new_columns)
            }
            Self::Dense { fitted, .. } => (fitted.clone(), Vec::new()),
        }
    }

    /// Where the rows of the texts `docs` come from.
    pub(super) fn source<'s>(&'s self, fitted: &'s Fitted, new_columns: &'s [u32], docs: &'s [usize]) -> Source<'s> {
        match (self, fitted) {
            (Self::NGrams { counts, .. }, Fitted::NGrams(fitted)) => {
                Source::Counts(Selected::new(counts, fitted, new_columns, docs))
            }
            (Self::Dense { rows, .. }, _) => Source::Rows { chunks: Cow::from(rows), docs: Some(docs) },
            (Self::NGrams { .. }, _) => Source::Rows { chunks: Cow::from(&[]), docs: None },
        }
    }
}

impl Fitted {
    /// Columns that the block has.
    pub(super) fn n_columns(&self) -> usize {
        match self {
            Self::NGrams(fitted) => fitted.table.len(),
            Self::Vectors { table, .. } => table.dim(),
            Self::Lexicon { categories, .. } => categories.n_columns(),
            Self::Target { .. } => shape::N_TARGET,
            Self::Shape { .. } => shape::N_SHAPES,
            Self::Side { .. } => around::N_SIDES,
            Self::Scores { given } => given.size,
        }
    }

    /// The rows of a corpus.
    pub(super) fn rows(&self, corpus: &Corpus<'_>) -> Vec<Rows> {
        match self {
            Self::NGrams(fitted) => fitted.transform(corpus),
            Self::Vectors { table, weight } => table.rows(corpus, *weight),
            Self::Lexicon { categories, weight } => categories.rows(corpus, *weight),
            Self::Target { weight } => shape::target_rows(corpus, *weight),
            Self::Shape { weight } => shape::shape_rows(corpus, *weight),
            Self::Side { weight } => around::side_rows(corpus, *weight),
            Self::Scores { given } => around::score_rows(corpus, given),
        }
    }

    /// What a model keeps of the block beside its keys and weights: tensors, and one text.
    pub(super) fn store(&self, name: &str, tensors: &mut Vec<StoredTensor>) -> Option<String> {
        match self {
            Self::NGrams(FittedNGrams { units: Units::Subwords(subwords), .. }) => Some(subwords.source.clone()),
            Self::Vectors { table, .. } => table.store(name, tensors),
            Self::Lexicon { categories, .. } => Some(categories.source.clone()),
            Self::NGrams(_) | Self::Target { .. } | Self::Shape { .. } | Self::Side { .. } | Self::Scores { .. } => {
                None
            }
        }
    }

    /// The block that a model file describes; the message is for people.
    pub(super) fn restore(
        block: &Block,
        name: &str,
        keys: &[u64],
        idf: &[f32],
        resources: &BTreeMap<String, String>,
        find: FindTensor<'_>,
    ) -> Result<Self, String> {
        let resource = || resources.get(name).map(String::as_str).ok_or_else(|| format!("nothing is kept for {name}"));
        let of_message = |error: FeatureError| error.to_string();
        Ok(match block {
            Block::Words(_) | Block::Chars(_) | Block::Subwords(_) => {
                let subwords = match block {
                    Block::Subwords(_) => Some(Subwords::parse(resource()?).map_err(of_message)?),
                    _ => None,
                };
                let fitted = FittedNGrams::from_parts(block, subwords, keys, idf);
                Self::NGrams(fitted.ok_or_else(|| "the features are out of order".to_owned())?)
            }
            Block::Vectors(vectors) => {
                Self::Vectors { table: VectorTable::restore(name, resource()?, find)?, weight: vectors.weight }
            }
            Block::Lexicon(lexicon) => Self::Lexicon {
                categories: Categories::parse(resource()?, "the lexicon").map_err(of_message)?,
                weight: lexicon.weight,
            },
            Block::Target(block) => Self::Target { weight: block.weight },
            Block::Shape(block) => Self::Shape { weight: block.weight },
            Block::Side(block) => Self::Side { weight: block.weight },
            Block::Scores(given) => Self::Scores { given: given.clone() },
        })
    }

    /// The key of each column, where columns are n-grams.
    pub(super) fn keys(&self) -> &[u64] {
        match self {
            Self::NGrams(fitted) => fitted.table.keys(),
            _ => &[],
        }
    }

    /// The inverse document frequency weight of each column, where columns are n-grams.
    pub(super) fn idf(&self) -> &[f32] {
        match self {
            Self::NGrams(fitted) => &fitted.idf,
            _ => &[],
        }
    }
}
