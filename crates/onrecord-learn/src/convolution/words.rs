//! What words add to the columns of a fitted network, kept from text to text.
//!
//! A word's products with all filters cost some hundred thousand multiplications; the same few thousand words make up
//! most of any text. They are kept in two places: those of the texts at hand in [`WordAnswers`], and the first words that
//! were met at all in [`KnownWords`], for all texts and threads to come. Scores do not depend on what is kept.

use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::Sequences;
use super::layers::Layers;

/// A word's vector: signed bytes, and what they are multiplied by.
pub type Vector<'v> = (Cow<'v, [i8]>, f32);

/// What a word adds to each column.
type Answers = Arc<[f32]>;

/// Words whose answers are kept for the texts at hand; more are forgotten, so that memory stays bounded.
const KEPT: usize = 2048;

/// Bytes of answers that are kept for all texts: some eight thousand words at 1,500 columns.
const SHARED_BYTES: usize = 48 << 20;

/// What the words met first add to each column of one network, for any number of texts and threads; at most 48 MiB.
#[derive(Debug, Default)]
pub struct KnownWords {
    answers: RwLock<FxHashMap<u32, Answers>>,
}

/// What the words of the texts at hand add to each column.
#[derive(Debug, Default)]
pub(super) struct WordAnswers<'k> {
    own: FxHashMap<u32, Answers>,
    shared: Option<&'k KnownWords>,
    nothing: Option<Answers>,
}

impl<'k> WordAnswers<'k> {
    /// Asks first what is known.
    pub(super) fn of(known: &'k KnownWords) -> Self {
        Self { shared: Some(known), ..Self::default() }
    }

    /// What a word without a vector adds.
    pub(super) fn nothing(&mut self, layers: &Layers) -> Answers {
        Arc::clone(self.nothing.get_or_insert_with(|| vec![0.0; layers.n_columns()].into()))
    }

    /// What a word adds to each column, where it was learnt and has a vector.
    pub(super) fn get(&self, word: u32) -> Option<&[f32]> {
        self.own.get(&word).map(|answers| &**answers)
    }

    /// Sees to it that what the words add is here.
    pub(super) fn learn<'v>(&mut self, layers: &Layers, words: &[u32], vector: &impl Fn(u32) -> Vector<'v>) {
        if self.own.len() > KEPT {
            self.own.clear();
        }
        let is_new = |own: &FxHashMap<u32, Answers>, word: u32| word != Sequences::UNKNOWN && !own.contains_key(&word);
        if let Some(shared) = self.shared {
            let known = shared.answers.read().unwrap_or_else(PoisonError::into_inner);
            for &word in words {
                if is_new(&self.own, word)
                    && let Some(answers) = known.get(&word)
                {
                    self.own.insert(word, Arc::clone(answers));
                }
            }
        }
        let mut learnt = Vec::new();
        for &word in words {
            if is_new(&self.own, word) {
                let vector = vector(word);
                assert_eq!(vector.0.len(), layers.dim(), "vectors of the length that the network was fitted to");
                let answers = layers.answers(&vector);
                learnt.push((word, Arc::clone(&answers)));
                self.own.insert(word, answers);
            }
        }
        if let Some(shared) = self.shared.filter(|_| !learnt.is_empty()) {
            let most = SHARED_BYTES / (layers.n_columns() * size_of::<f32>()).max(1);
            let is_full = |known: &FxHashMap<u32, Answers>| known.len() >= most;
            if is_full(&shared.answers.read().unwrap_or_else(PoisonError::into_inner)) {
                return;
            }
            let mut known = shared.answers.write().unwrap_or_else(PoisonError::into_inner);
            let n_left = most.saturating_sub(known.len());
            known.extend(learnt.into_iter().take(n_left));
        }
    }
}
