//! Texts as sequences of distinct pieces, each tokenized once.
//!
//! The pieces between blanks repeat: 22,500 sentences have 420,000 pieces and 22,000 distinct ones. Everything that
//! depends on a piece alone (its tokens, its character n-grams) is done once a piece; a text is then a list of piece
//! numbers. Pieces are numbered in the order of the texts, whatever the number of threads.

use std::mem;
use std::sync::LazyLock;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::keys;
use super::{Block, FeatureRecipe, Field, Input, Tokenization, Tokens};
use onrecord_learn::sparse::by_chunk;

/// Texts that one task handles.
const CHUNK: usize = 512;

/// Items that are not worth another thread.
const FEW: usize = 1 << 16;

/// What a negated word's key begins with.
const NEGATED: u64 = 0x4e65_6761_7465_6421;

/// Lists in one allocation: list `i` is `items[starts[i]..starts[i + 1]]`.
#[derive(Debug, Clone)]
pub(crate) struct Lists<T> {
    starts: Vec<usize>,
    items: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { starts: vec![0], items: Vec::new() }
    }
}

impl<T: Copy> Lists<T> {
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    pub(crate) fn get(&self, idx: usize) -> &[T] {
        &self.items[self.starts[idx]..self.starts[idx + 1]]
    }

    pub(crate) fn items(&self) -> &[T] {
        &self.items
    }

    pub(crate) fn push(&mut self, item: T) {
        self.items.push(item);
    }

    pub(crate) fn end_list(&mut self) {
        self.starts.push(self.items.len());
    }

    pub(crate) fn extend(&mut self, items: &[T]) {
        self.items.extend_from_slice(items);
    }

    fn append(&mut self, other: &Self) {
        let before = self.items.len();
        self.items.extend_from_slice(&other.items);
        self.starts.extend(other.starts.iter().skip(1).map(|start| before + start));
    }

    pub(crate) fn concat(mut parts: Vec<Self>) -> Self {
        if parts.len() < 2 {
            return parts.pop().unwrap_or_default();
        }
        let mut all = Self::default();
        all.items.reserve_exact(parts.iter().map(|part| part.items.len()).sum());
        all.starts.reserve_exact(parts.iter().map(Self::len).sum());
        for part in &parts {
            all.append(part);
        }
        all
    }

    /// The same lists with every item replaced.
    pub(crate) fn map<U>(&self, map: impl Fn(&T) -> U + Sync + Send) -> Lists<U>
    where
        T: Sync,
        U: Send,
    {
        let items = if self.items.len() <= FEW {
            self.items.iter().map(map).collect()
        } else {
            self.items.par_iter().map(map).collect()
        };
        Lists { starts: self.starts.clone(), items }
    }
}

/// Texts, taken apart.
#[derive(Debug)]
pub(crate) struct Corpus<'t> {
    /// The texts themselves, for what looks at more than pieces.
    inputs: Vec<Input<'t>>,
    /// For each text the numbers of its pieces.
    docs: Lists<u32>,
    /// The distinct pieces.
    pieces: Vec<&'t str>,
    /// For each piece the keys of its tokens.
    tokens: Lists<u64>,
    /// For each token whether it negates or ends a clause.
    marks: Lists<Mark>,
    /// For each piece the keys of its tokens in lower case, where the tokens keep their case.
    lowered: Option<Lists<u64>>,
    /// For each piece its normalized bytes.
    normalized: Lists<u8>,
}

/// Texts, and the words around them that a recipe's blocks look at, taken apart.
#[derive(Debug)]
pub(crate) struct Corpora<'t> {
    of_field: Vec<(Field, Corpus<'t>)>,
}

impl<'t> Corpora<'t> {
    pub(crate) fn new(tokenization: &Tokenization, recipe: &FeatureRecipe, inputs: &[Input<'t>]) -> Self {
        let mut fields: Vec<Field> = recipe.blocks.iter().map(Block::field).chain([Field::Text]).collect();
        fields.sort_unstable();
        fields.dedup();
        let corpus = |field: Field| {
            let inputs: Vec<Input<'t>> = inputs.iter().map(|input| input.of(field)).collect();
            (field, Corpus::new(tokenization, recipe.keep_case, &inputs))
        };
        Self { of_field: fields.into_iter().map(corpus).collect() }
    }

    /// The corpus of a field that the recipe has.
    pub(crate) fn of(&self, field: Field) -> &Corpus<'t> {
        let found = self.of_field.iter().find(|(other, _)| *other == field);
        &found.expect("there is a corpus for each field of the recipe").1
    }
}

/// What a token does to a negation's scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Nothing.
    None,
    /// Opens it.
    Negates,
    /// Ends it.
    Ends,
    /// Nothing, nor does it use the scope up: tags stand beside the sentence.
    Beside,
}

/// The key of a word in the scope of a negation.
pub(crate) fn negated_key(word: &str) -> u64 {
    keys::join(NEGATED, keys::of_bytes(word.as_bytes()))
}

/// Words that a negation reaches, at most.
const SCOPE: usize = 4;

/// Words that negate; a word that ends in `n't` does, too.
static NEGATORS: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("negators.txt").lines().collect());

fn mark_of(token: &str, negators: &[&str]) -> Mark {
    if token.ends_with("n't") || negators.binary_search(&token).is_ok() {
        Mark::Negates
    } else if matches!(token, "." | "," | ";" | ":" | "!" | "?" | "but") {
        Mark::Ends
    } else {
        Mark::None
    }
}

/// What the pieces of one task are made of.
#[derive(Default)]
struct Analysed {
    tokens: Lists<u64>,
    marks: Lists<Mark>,
    lowered: Lists<u64>,
    normalized: Lists<u8>,
}

impl Analysed {
    fn new(tokenization: &Tokenization, keep_case: bool, pieces: &[&str]) -> Self {
        let mut all = Self::default();
        let mut found = Tokens::default();
        for piece in pieces {
            tokenization.tokenize_piece(piece, &mut found);
            let is_tag = tokenization.is_local() && tokenization.has_tag_words(piece);
            let mark_of = |token: &str| match mark_of(token, &NEGATORS) {
                Mark::Negates | Mark::None if is_tag => Mark::Beside,
                mark => mark,
            };
            for token in found.iter() {
                all.tokens.push(keys::of_bytes(token.as_bytes()));
                if keep_case {
                    let lower = token.to_lowercase();
                    all.marks.push(mark_of(&lower));
                    all.lowered.push(keys::of_bytes(lower.as_bytes()));
                } else {
                    all.marks.push(mark_of(token));
                }
            }
            all.tokens.end_list();
            all.marks.end_list();
            all.lowered.end_list();
            all.normalized.extend(found.normalized.as_bytes());
            all.normalized.end_list();
        }
        all
    }
}

/// One list of lists out of those of several tasks.
fn concat<T: Copy>(analysed: &mut [Analysed], part: impl Fn(&mut Analysed) -> &mut Lists<T>) -> Lists<T> {
    Lists::concat(analysed.iter_mut().map(|analysed| mem::take(part(analysed))).collect())
}

impl<'t> Corpus<'t> {
    pub(crate) fn new(tokenization: &Tokenization, keep_case: bool, inputs: &[Input<'t>]) -> Self {
        let (pieces, docs) = all_pieces(tokenization.is_local(), inputs);
        let mut analysed =
            by_chunk(pieces.len(), CHUNK, |range| Analysed::new(tokenization, keep_case, &pieces[range]));
        let lowered = keep_case.then(|| concat(&mut analysed, |part| &mut part.lowered));
        Self {
            inputs: inputs.to_vec(),
            docs,
            tokens: concat(&mut analysed, |part| &mut part.tokens),
            marks: concat(&mut analysed, |part| &mut part.marks),
            lowered,
            normalized: concat(&mut analysed, |part| &mut part.normalized),
            pieces,
        }
    }

    pub(crate) fn inputs(&self) -> &[Input<'t>] {
        &self.inputs
    }

    /// The keys of a text's tokens in lower case.
    pub(crate) fn lower_tokens(&self, doc: usize) -> impl Iterator<Item = u64> {
        let lists = self.lowered.as_ref().unwrap_or(&self.tokens);
        self.docs.get(doc).iter().flat_map(move |&piece| lists.get(piece as usize).iter().copied())
    }

    /// For each token of a text whether it is in the scope of a negation: the next words, as far as the clause goes.
    pub(crate) fn negated(&self, doc: usize) -> impl Iterator<Item = bool> {
        let mut left = 0;
        let marks = self.docs.get(doc).iter().flat_map(move |&piece| self.marks.get(piece as usize).iter());
        marks.map(move |mark| match mark {
            Mark::Negates => {
                left = SCOPE;
                false
            }
            Mark::Ends => {
                left = 0;
                false
            }
            Mark::Beside => left > 0,
            Mark::None => {
                let is_in = left > 0;
                left = left.saturating_sub(1);
                is_in
            }
        })
    }

    /// What `map` makes of each distinct piece as it is written.
    pub(crate) fn map_pieces<T>(&self, map: impl Fn(&str) -> T) -> Vec<T> {
        self.pieces.iter().map(|piece| map(piece)).collect()
    }

    /// The normalized bytes of a text's pieces.
    pub(crate) fn normalized_pieces(&self, doc: usize) -> impl Iterator<Item = &[u8]> {
        self.docs.get(doc).iter().map(|&piece| self.normalized.get(piece as usize))
    }

    /// The keys of the words in the scope of a negation, as words of their own.
    pub(crate) fn negated_words(&self, doc: usize, into: &mut Vec<u64>) {
        let tokens = self.docs.get(doc).iter().flat_map(|&piece| self.tokens.get(piece as usize));
        let negated = tokens.zip(self.negated(doc)).filter(|(_, is_negated)| *is_negated);
        into.extend(negated.map(|(&token, _)| keys::join(NEGATED, token)));
    }

    /// The keys of a text's word n-grams, appended to `into`, with repetitions.
    pub(crate) fn word_n_grams(&self, doc: usize, (min, max): (usize, usize), into: &mut Vec<u64>) {
        // The keys of the last n-grams, by length, that end before this token.
        let mut before = [0_u64; 16];
        let mut n_before = 0;
        for &piece in self.docs.get(doc) {
            for &token in self.tokens.get(piece as usize) {
                // Longest first, so that `before` still speaks of the token before.
                for n in (2..=max.min(n_before + 1)).rev() {
                    before[n] = keys::join(before[n - 1], token);
                }
                before[1] = token;
                n_before = (n_before + 1).min(max);
                into.extend(&before[min..=max.min(n_before).max(min - 1)]);
            }
        }
    }

    /// For each piece the keys of its character n-grams, with repetitions.
    pub(crate) fn char_n_grams(&self, (min, max): (usize, usize)) -> Lists<u64> {
        let parts = by_chunk(self.normalized.len(), CHUNK, |pieces| {
            let mut lists = Lists::default();
            let mut padded = Vec::new();
            for piece in pieces {
                // Normalization can bring blanks into a piece.
                for word in self.normalized.get(piece).split(u8::is_ascii_whitespace) {
                    if !word.is_empty() {
                        padded.clear();
                        padded.push(b' ');
                        padded.extend_from_slice(word);
                        padded.push(b' ');
                        push_char_n_grams(&padded, min, max, &mut lists);
                    }
                }
                lists.end_list();
            }
            lists
        });
        Lists::concat(parts)
    }

    /// The numbers of a text's pieces.
    pub(crate) fn pieces(&self, doc: usize) -> &[u32] {
        self.docs.get(doc)
    }

    pub(crate) fn n_docs(&self) -> usize {
        self.docs.len()
    }
}

/// A piece shorter than `min` gives itself once, as in scikit-learn.
fn push_char_n_grams(padded: &[u8], min: usize, max: usize, into: &mut Lists<u64>) {
    let is_start = |&byte: &u8| (byte & 0xc0) != 0x80;
    let n_chars = padded.iter().filter(|byte| is_start(byte)).count();
    if n_chars < min {
        into.push(keys::of_bytes(padded));
        return;
    }
    for (start, _) in padded.iter().enumerate().filter(|(_, byte)| is_start(byte)) {
        let mut state = keys::START;
        let mut n = 0;
        for (idx, &byte) in padded.iter().enumerate().skip(start) {
            state = keys::add_byte(state, byte);
            let ends = padded.get(idx + 1).is_none_or(is_start);
            if ends {
                n += 1;
                if n >= min {
                    into.push(keys::finish(state));
                }
                if n == max {
                    break;
                }
            }
        }
    }
}

/// The distinct pieces of all texts in the order of the texts, and for each text the numbers of its pieces.
fn all_pieces<'t>(is_local: bool, inputs: &[Input<'t>]) -> (Vec<&'t str>, Lists<u32>) {
    let mut parts = by_chunk(inputs.len(), CHUNK, |range| number_pieces(is_local, &inputs[range]));
    if parts.len() < 2 {
        return parts.pop().unwrap_or_default();
    }
    let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
    let mut pieces: Vec<&str> = Vec::new();
    let mut docs = Vec::with_capacity(parts.len());
    for (part, lists) in &parts {
        let map: Vec<u32> = part
            .iter()
            .map(|&piece| {
                *numbers.entry(piece).or_insert_with(|| {
                    pieces.push(piece);
                    pieces.len() as u32 - 1
                })
            })
            .collect();
        docs.push(Lists {
            starts: lists.starts.clone(),
            items: lists.items.iter().map(|&n| map[n as usize]).collect(),
        });
    }
    (pieces, Lists::concat(docs))
}

fn number_pieces<'t>(is_local: bool, inputs: &[Input<'t>]) -> (Vec<&'t str>, Lists<u32>) {
    let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
    let mut pieces = Vec::new();
    let mut docs = Lists::default();
    let mut add = |piece: &'t str, docs: &mut Lists<u32>| {
        let number = *numbers.entry(piece).or_insert_with(|| {
            pieces.push(piece);
            pieces.len() as u32 - 1
        });
        docs.push(number);
    };
    for &Input { text, .. } in inputs {
        if is_local {
            text.split_whitespace().for_each(|piece| add(piece, &mut docs));
        } else {
            add(text, &mut docs);
        }
        docs.end_list();
    }
    (pieces, docs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corpus<'t>(texts: &[&'t str]) -> Corpus<'t> {
        let inputs: Vec<Input<'t>> = texts.iter().map(|&text| text.into()).collect();
        Corpus::new(&Tokenization::words(false).unwrap(), false, &inputs)
    }

    #[test]
    fn a_negation_reaches_to_the_end_of_its_clause() {
        let corpus = corpus(&["We will not send troops , ever", "They don't want more war here or anywhere"]);
        let negated = |doc| corpus.negated(doc).map(u8::from).collect::<Vec<_>>();
        assert_eq!(negated(0), [0, 0, 0, 1, 1, 0, 0]);
        assert_eq!(negated(1), [0, 0, 1, 1, 1, 1, 0, 0]);
        let mut keys = Vec::new();
        corpus.negated_words(0, &mut keys);
        assert_eq!(keys.len(), 2);
        assert!(NEGATORS.is_sorted());
    }

    #[test]
    fn tags_neither_open_a_scope_nor_use_it_up() {
        let tokenization = Tokenization::words(false).unwrap().tag_words(true);
        let inputs = ["#NoWarEver we stay", "not #OneTwoThree four five"].map(Input::from);
        let corpus = Corpus::new(&tokenization, false, &inputs);
        let negated = |doc| corpus.negated(doc).map(u8::from).collect::<Vec<_>>();
        assert_eq!(negated(0), [0; 6]);
        assert_eq!(negated(1), [0, 1, 1, 1, 1, 1, 1]);
    }

    #[test]
    fn word_n_grams_cross_pieces() {
        let corpus = corpus(&["No war, no"]);
        let [no, war, comma] = ["no", "war", ","].map(|token| keys::of_bytes(token.as_bytes()));
        let mut found = Vec::new();
        corpus.word_n_grams(0, (1, 2), &mut found);
        assert_eq!(found, [no, war, keys::join(no, war), comma, keys::join(war, comma), no, keys::join(comma, no)]);
        found.clear();
        corpus.word_n_grams(0, (3, 3), &mut found);
        let first = keys::join(keys::join(no, war), comma);
        assert_eq!((found.len(), found[0]), (2, first));
    }

    #[test]
    fn char_n_grams_are_those_of_scikit_learn() {
        let corpus = corpus(&["Né"]);
        let expected: Vec<u64> =
            [" n", " né", "né", "né ", "é "].iter().map(|gram| keys::of_bytes(gram.as_bytes())).collect();
        assert_eq!(corpus.char_n_grams((2, 3)).get(0), expected);
        assert_eq!(corpus.char_n_grams((5, 6)).get(0), [keys::of_bytes(" né ".as_bytes())]);
    }

    #[test]
    fn an_odd_number_of_chunks_changes_nothing() {
        let texts: Vec<String> = (0..3 * CHUNK + 7).map(|n| format!("word{} the {n}", n % 50)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let all = corpus(&texts);
        let one = corpus(&texts[3 * CHUNK..]);
        let mut keys = (Vec::new(), Vec::new());
        all.word_n_grams(3 * CHUNK + 2, (1, 3), &mut keys.0);
        one.word_n_grams(2, (1, 3), &mut keys.1);
        assert_eq!(keys.0, keys.1);
        assert_eq!(all.n_docs(), texts.len());
    }
}
