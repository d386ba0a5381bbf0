//! Texts as sequences of distinct pieces, each tokenized once.
//!
//! The pieces between blanks repeat: 22,500 sentences have 420,000 pieces and 22,000 distinct ones. Everything that
//! depends on a piece alone (its tokens, its character n-grams) is done once a piece; a text is then a list of piece
//! numbers. Pieces are numbered in the order of the texts, whatever the number of threads.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::Tokenization;
use super::keys;

/// Texts that one task handles.
const CHUNK: usize = 512;

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

    fn append(&mut self, other: &Self) {
        let before = self.items.len();
        self.items.extend_from_slice(&other.items);
        self.starts.extend(other.starts.iter().skip(1).map(|start| before + start));
    }

    pub(crate) fn concat(parts: &[Self]) -> Self {
        let mut all = Self::default();
        all.items.reserve_exact(parts.iter().map(|part| part.items.len()).sum());
        all.starts.reserve_exact(parts.iter().map(Self::len).sum());
        for part in parts {
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
        Lists { starts: self.starts.clone(), items: self.items.par_iter().map(map).collect() }
    }
}

/// Texts, taken apart.
#[derive(Debug)]
pub(crate) struct Corpus {
    /// For each text the numbers of its pieces.
    docs: Lists<u32>,
    /// For each piece the keys of its tokens.
    tokens: Lists<u64>,
    /// For each piece its normalized bytes.
    normalized: Lists<u8>,
}

impl Corpus {
    pub(crate) fn new(tokenization: &Tokenization, texts: &[&str]) -> Self {
        let parts: Vec<(Vec<&str>, Lists<u32>)> =
            texts.par_chunks(CHUNK).map(|texts| number_pieces(tokenization.is_local(), texts)).collect();
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
        drop(numbers);
        let analysed: Vec<(Lists<u64>, Lists<u8>)> = pieces
            .par_chunks(CHUNK)
            .map(|pieces| {
                let mut tokens = Lists::default();
                let mut normalized = Lists::default();
                for piece in pieces {
                    let found = tokenization.tokenize(piece);
                    for token in found.iter() {
                        tokens.push(keys::of_bytes(token.as_bytes()));
                    }
                    tokens.end_list();
                    normalized.items.extend_from_slice(found.normalized.as_bytes());
                    normalized.end_list();
                }
                (tokens, normalized)
            })
            .collect();
        let (tokens, normalized): (Vec<_>, Vec<_>) = analysed.into_iter().unzip();
        Self { docs: Lists::concat(&docs), tokens: Lists::concat(&tokens), normalized: Lists::concat(&normalized) }
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
        let n_pieces = self.normalized.len();
        let parts: Vec<Lists<u64>> = (0..n_pieces.div_ceil(CHUNK))
            .into_par_iter()
            .map(|part| {
                let mut lists = Lists::default();
                let mut padded = Vec::new();
                for piece in part * CHUNK..((part + 1) * CHUNK).min(n_pieces) {
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
            })
            .collect();
        Lists::concat(&parts)
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

fn number_pieces<'t>(is_local: bool, texts: &[&'t str]) -> (Vec<&'t str>, Lists<u32>) {
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
    for &text in texts {
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

    fn corpus(texts: &[&str]) -> Corpus {
        Corpus::new(&Tokenization::words(false).unwrap(), texts)
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
