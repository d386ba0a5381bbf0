//! The tokenization pipeline: the `tokenizers` crate's normalizer, pre-tokenizer and model, kept as one
//! `tokenizer.json`.
//!
//! The pipeline is the one definition of a token. What is added here is speed: where every part of the pipeline looks
//! at nothing beyond a blank (as those of [`Tokenization::words`] do), a text's tokens are the tokens of its pieces
//! between blanks, and each distinct piece needs to be tokenized only once.

use std::sync::{Arc, OnceLock};

use tokenizers::models::wordlevel::WordLevel;
use tokenizers::normalizers::replace::ReplacePattern;
use tokenizers::normalizers::{Lowercase, NFKC, Replace, Sequence};
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{
    NormalizedString, Normalizer, NormalizerWrapper, OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer,
    SplitDelimiterBehavior, Tokenizer,
};

use super::{FeatureError, pieces, tags, tokenizer_file};

/// A word (with the apostrophes, hyphens and points inside it, and a tag's `#` or `@`), or any other single character.
const WORD: &str = r"[@#]?[\p{L}\p{M}\p{N}_]+(?:['.\-][\p{L}\p{M}\p{N}_]+)*|[^\s]";

/// Marks of quotations: double ones, and pairs of single ones.
const QUOTATION_MARKS: &str = r#"["“”„«»]|''|``"#;

/// A tokenizer with what is known about it.
#[derive(Debug, Clone)]
pub struct Tokenization {
    /// Shared: a copy would compile its expressions anew.
    tokenizer: Arc<Tokenizer>,
    /// Whether the project's own words keep their case; nothing where it is another pipeline.
    own_keeps_case: Option<bool>,
    /// A tag is followed by its words.
    has_tag_words: bool,
}

/// A text as the pipeline sees it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tokens {
    /// The text after normalization, with the words of tags where they are wanted.
    pub normalized: String,
    /// The tokens' characters, one token after the other.
    pub characters: String,
    /// Byte ranges of the tokens in `characters`.
    pub ranges: Vec<(usize, usize)>,
}

impl Tokens {
    /// The tokens, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.ranges.iter().filter_map(|&(start, end)| self.characters.get(start..end))
    }
}

impl Tokenization {
    /// The project's own words: NFKC, straight apostrophes, no quotation marks, lower case unless `keep_case`;
    /// `won't`, `U.S` and `#now` are one token each, every other character that is not blank is a token.
    ///
    /// Quotation marks go because they say how a statement is reported, not where it stands; a model that sees them
    /// learns which of its sources quotes.
    ///
    /// The model part is a word-level one without words: the feature table is the vocabulary.
    ///
    /// # Errors
    /// Where the crate refuses the pipeline, which a test rules out.
    pub fn words(keep_case: bool) -> Result<Self, FeatureError> {
        Ok(Self::own()?[usize::from(keep_case)].0.clone())
    }

    /// The project's own pipelines without and with case, each as its JSON too; made once.
    fn own() -> Result<&'static [(Self, String); 2], FeatureError> {
        static OWN: OnceLock<[(Tokenization, String); 2]> = OnceLock::new();
        if let Some(own) = OWN.get() {
            return Ok(own);
        }
        let of = |keep_case| {
            let built = Self::build(keep_case)?;
            let json = built.to_json()?;
            Ok::<_, FeatureError>((built, json))
        };
        let own = [of(false)?, of(true)?];
        Ok(OWN.get_or_init(|| own))
    }

    fn build(keep_case: bool) -> Result<Self, FeatureError> {
        let cannot = |error: tokenizers::Error| FeatureError::Tokenizer { message: error.to_string() };
        let mut normalizers: Vec<NormalizerWrapper> = vec![NFKC.into()];
        for from in ["\u{2019}", "\u{2018}", "\u{2bc}"] {
            normalizers.push(Replace::new(from, "'").map_err(cannot)?.into());
        }
        let marks = ReplacePattern::Regex(QUOTATION_MARKS.into());
        normalizers.push(Replace::new(marks, "").map_err(cannot)?.into());
        if !keep_case {
            normalizers.push(Lowercase.into());
        }
        let model = WordLevel::builder()
            .vocab([("[UNK]".to_owned(), 0)].into_iter().collect())
            .unk_token("[UNK]".into())
            .build()
            .map_err(cannot)?;
        let mut tokenizer = Tokenizer::new(model);
        tokenizer.with_normalizer(Some(Sequence::new(normalizers))).map_err(cannot)?;
        let words = SplitPattern::Regex(WORD.into());
        tokenizer.with_pre_tokenizer(Some(Split::new(words, SplitDelimiterBehavior::Removed, true).map_err(cannot)?));
        Ok(Self { tokenizer: Arc::new(tokenizer), own_keeps_case: Some(keep_case), has_tag_words: false })
    }

    /// Any `tokenizer.json` whose parts are supported: every normalizer and pre-tokenizer of the crate `tokenizers` 0.23,
    /// BPE without dropout, WordPiece, WordLevel and Unigram. What plays no part in finding tokens is dropped.
    ///
    /// # Errors
    /// What it holds that is damaged, not supported or too large, by name.
    pub fn from_json(json: &str) -> Result<Self, FeatureError> {
        let own = Self::own()?;
        if let Some((own, _)) = own.iter().find(|(_, own)| own == json) {
            return Ok(own.clone());
        }
        let cannot = |message: String| FeatureError::Tokenizer { message };
        let checked = tokenizer_file::check(json).map_err(cannot)?;
        let tokenizer = tokenizer_file::contain(|| Tokenizer::from_bytes(checked.as_bytes()))
            .ok_or_else(|| cannot("the crate tokenizers gave up on it".to_owned()))?
            .map_err(|error| cannot(error.to_string()))?;
        let mut tokenization = Self { tokenizer: Arc::new(tokenizer), own_keeps_case: None, has_tag_words: false };
        let json = tokenization.to_json()?;
        let same = own.iter().find(|(_, own)| *own == json);
        tokenization.own_keeps_case = same.and_then(|(own, _)| own.own_keeps_case);
        Ok(tokenization)
    }

    /// The same; where `has_tag_words`, texts are tokenized as if each tag of several words was followed by them:
    /// `#NoWarEver No War Ever`. That is no part of the `tokenizer.json`, and of no concern to [`Self::ids`].
    #[must_use]
    pub fn tag_words(self, has_tag_words: bool) -> Self {
        Self { has_tag_words, ..self }
    }

    /// Whether the text has tags that are followed by their words.
    pub(super) fn has_tag_words(&self, text: &str) -> bool {
        self.has_tag_words && super::has_words_in_tags(text)
    }

    /// The pipeline as a `tokenizer.json`.
    ///
    /// # Errors
    /// Where the crate cannot write it.
    pub fn to_json(&self) -> Result<String, FeatureError> {
        let cannot = |message: String| FeatureError::Tokenizer { message };
        tokenizer_file::contain(|| self.tokenizer.to_string(false))
            .ok_or_else(|| cannot("the crate tokenizers gave up on it".to_owned()))?
            .map_err(|error| cannot(error.to_string()))
    }

    /// Whether a text's tokens are those of its pieces between blanks.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.own_keeps_case.is_some()
    }

    /// The numbers that the pipeline's model gives a text's tokens, without special ones. Where the pipeline fails on a
    /// text the text has none.
    #[must_use]
    pub fn ids(&self, text: &str) -> Vec<u32> {
        tokenizer_file::contain(|| self.tokenizer.encode_fast(text, false))
            .and_then(Result::ok)
            .map_or_else(Vec::new, |encoding| encoding.get_ids().to_vec())
    }

    /// The number of a token.
    pub(crate) fn number(&self, token: &str) -> Option<u32> {
        self.tokenizer.token_to_id(token)
    }

    /// The token of a number.
    #[must_use]
    pub fn token(&self, id: u32) -> Option<String> {
        self.tokenizer.id_to_token(id)
    }

    /// What [`Self::tokenize`] gives for a piece, put in the place of what `found` holds.
    pub(super) fn tokenize_piece(&self, piece: &str, found: &mut Tokens) {
        let is_found = match self.own_keeps_case {
            Some(keep_case) if !(self.has_tag_words && piece.contains('#')) => pieces::split(piece, keep_case, found),
            _ => false,
        };
        if !is_found {
            *found = self.tokenize(piece);
        }
    }

    /// Normalizes and pre-tokenizes a text: its words. Where the pipeline fails on a text the text has none.
    #[must_use]
    pub fn tokenize(&self, text: &str) -> Tokens {
        tokenizer_file::contain(|| self.pieces(text)).unwrap_or_default()
    }

    fn pieces(&self, text: &str) -> Tokens {
        let with_tag_words = if self.has_tag_words { tags::with_words(text) } else { text.into() };
        let mut normalized = NormalizedString::from(&*with_tag_words);
        if let Some(normalizer) = self.tokenizer.get_normalizer()
            && normalizer.normalize(&mut normalized).is_err()
        {
            return Tokens::default();
        }
        let text = normalized.get().to_owned();
        let mut pieces = PreTokenizedString::from(normalized);
        if let Some(pre_tokenizer) = self.tokenizer.get_pre_tokenizer()
            && pre_tokenizer.pre_tokenize(&mut pieces).is_err()
        {
            return Tokens::default();
        }
        let mut tokens = Tokens { normalized: text, ..Tokens::default() };
        // The offsets of `OffsetReferential::Normalized` leave out what a pre-tokenizer removed; the pieces are right.
        for (piece, ..) in pieces.get_splits(OffsetReferential::Original, OffsetType::None) {
            let start = tokens.characters.len();
            tokens.characters.push_str(piece);
            tokens.ranges.push((start, tokens.characters.len()));
        }
        tokens
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        Tokenization::words(false).unwrap().tokenize(text).iter().map(str::to_owned).collect()
    }

    #[test]
    fn words_keep_apostrophes_and_lose_no_mark() {
        assert_eq!(
            words("We won’t go, U.S.-led “war”!"),
            ["we", "won't", "go", ",", "u.s", ".", "-", "led", "war", "!"]
        );
        assert_eq!(words("#StopIt @user well-known 3.5%"), ["#stopit", "@user", "well-known", "3.5", "%"]);
        assert_eq!(words(" \n"), Vec::<String>::new());
    }

    #[test]
    fn a_tags_words_come_after_it_where_wanted() {
        let tokenization = Tokenization::words(false).unwrap().tag_words(true);
        let words: Vec<String> = tokenization.tokenize("Say #NoWarEver!").iter().map(str::to_owned).collect();
        assert_eq!(words, ["say", "#nowarever", "no", "war", "ever", "!"]);
        assert!(tokenization.is_local());
    }

    #[test]
    fn json_gives_the_same_pipeline_and_the_same_bytes() {
        let own = Tokenization::words(false).unwrap();
        let json = own.to_json().unwrap();
        let read = Tokenization::from_json(&json).unwrap();
        assert!(read.is_local());
        assert_eq!(read.to_json().unwrap(), json);
        assert_eq!(read.tokenize("Don’t Go"), own.tokenize("Don’t Go"));
        assert!(Tokenization::from_json("{}").is_err());
    }

    proptest! {
        #[test]
        fn tokens_of_a_text_are_those_of_its_pieces(text in "\\PC*|([a-zA-Z'’.,“”#@ \\-\u{a0}\u{300}ßİΣ½]{0,40})") {
            let tokenization = Tokenization::words(false).unwrap();
            let whole: Vec<String> = tokenization.tokenize(&text).iter().map(str::to_owned).collect();
            let parts: Vec<String> = text
                .split_whitespace()
                .flat_map(|piece| tokenization.tokenize(piece).iter().map(str::to_owned).collect::<Vec<_>>())
                .collect();
            prop_assert_eq!(whole, parts);
        }

        #[test]
        fn pieces_by_the_short_way_are_those_of_the_pipeline(
            piece in "[\\x00-\\x7fÀ-ÿ’‘ʼ“”„«»–—]{0,12}|[a-zA-ZéÉß0-9'’`.,“”#@_\\-–—]{0,40}|\\PC{0,12}",
            keep_case in any::<bool>(),
            has_tag_words in any::<bool>(),
        ) {
            let tokenization = Tokenization::words(keep_case).unwrap().tag_words(has_tag_words);
            let mut found = Tokens { normalized: "x".into(), characters: "y".into(), ranges: vec![(0, 1)] };
            for piece in piece.split_whitespace() {
                tokenization.tokenize_piece(piece, &mut found);
                prop_assert_eq!(&found, &tokenization.tokenize(piece));
            }
        }
    }

    #[test]
    fn most_pieces_go_the_short_way() {
        let mut found = Tokens::default();
        for piece in ["“We", "won’t", "U.S.-led", "Peña’s", "war,”", "—", "(3.5%)", "Élysée"] {
            assert!(pieces::split(piece, false, &mut found), "{piece}");
        }
        for piece in ["…", "½", "日本", "''so''", "a’’b", "e\u{301}"] {
            assert!(!pieces::split(piece, false, &mut found), "{piece}");
        }
    }
}
