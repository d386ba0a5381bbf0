//! Subwords: the tokens of any `tokenizer.json`, by its own model.

use serde::Deserialize;

use super::{FeatureError, Tokenization, keys};

/// A tokenizer whose tokens are counted.
#[derive(Debug, Clone)]
pub(crate) struct Subwords {
    tokenization: Tokenization,
    /// The `tokenizer.json`, as the model keeps it.
    pub(crate) source: String,
    /// The number of the token that stands for what is not in the vocabulary.
    unknown: Option<u32>,
}

/// What a `tokenizer.json` says of the token for what it does not know: its text, or its number.
#[derive(Deserialize)]
struct Unknown {
    model: UnknownOfModel,
}

#[derive(Deserialize)]
struct UnknownOfModel {
    unk_token: Option<String>,
    unk_id: Option<u32>,
}

impl Subwords {
    pub(crate) fn parse(source: &str) -> Result<Self, FeatureError> {
        let tokenization = Tokenization::from_json(source)?;
        let source = tokenization.to_json()?;
        let unknown = serde_json::from_str(&source)
            .ok()
            .and_then(|Unknown { model }: Unknown| model.unk_id.or_else(|| tokenization.number(&model.unk_token?)));
        Ok(Self { tokenization, source, unknown })
    }

    /// The number of the token that stands for what is not in the vocabulary.
    pub(crate) fn unknown(&self) -> Option<u32> {
        self.unknown
    }

    /// The numbers of a text's tokens.
    pub(crate) fn ids(&self, text: &str) -> Vec<u32> {
        self.tokenization.ids(text)
    }

    /// The numbers of a text's tokens with the tokens.
    pub(crate) fn tokens(&self, text: &str) -> Vec<(u32, String)> {
        let name = |id: u32| (id, self.tokenization.token(id).unwrap_or_default());
        self.ids(text).into_iter().map(name).collect()
    }

    /// The keys of a text's runs of tokens, appended.
    pub(crate) fn n_grams(&self, text: &str, range: (usize, usize), into: &mut Vec<u64>) {
        push_n_grams(&self.ids(text), range, into);
    }
}

/// The keys of all runs of `min` to `max` numbers, appended.
pub(crate) fn push_n_grams(ids: &[u32], (min, max): (usize, usize), into: &mut Vec<u64>) {
    let tokens: Vec<u64> = ids.iter().map(|id| keys::of_bytes(&id.to_le_bytes())).collect();
    for start in 0..tokens.len() {
        let mut key = tokens[start];
        for n in 1..=max.min(tokens.len() - start) {
            if n > 1 {
                key = keys::join(key, tokens[start + n - 1]);
            }
            if n >= min {
                into.push(key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_tokens_have_keys_of_their_own() {
        let json = r###"{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":{"type":"Lowercase"},
            "pre_tokenizer":{"type":"Whitespace"},"post_processor":null,"decoder":null,
            "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
            "vocab":{"[UNK]":0,"troop":1,"##s":2,"home":3}}}"###;
        let subwords = Subwords::parse(json).unwrap();
        assert_eq!(subwords.ids("Troops home xyz"), [1, 2, 3, 0]);
        assert_eq!(subwords.unknown(), Some(0));
        assert_eq!(subwords.tokens("troops")[1], (2, "##s".to_owned()));
        let mut keys = Vec::new();
        subwords.n_grams("troops home", (1, 2), &mut keys);
        assert_eq!(keys.len(), 5);
        keys.dedup();
        assert_eq!(keys.len(), 5);
        assert_eq!(Subwords::parse(&subwords.source).unwrap().source, subwords.source);
        assert!(Subwords::parse("{}").is_err());
    }
}
