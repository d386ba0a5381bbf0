use serde_json::json;

use super::*;
use crate::features::Tokenization;

fn word_level() -> Value {
    json!({"type": "WordLevel", "vocab": {"[UNK]": 0, "troops": 1}, "unk_token": "[UNK]"})
}

fn file(normalizer: &Value, pre_tokenizer: &Value, model: &Value) -> String {
    json!({"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": normalizer,
        "pre_tokenizer": pre_tokenizer, "post_processor": null, "decoder": null, "model": model})
    .to_string()
}

#[test]
fn what_is_in_common_use_is_understood() {
    let whitespace = json!({"type": "Whitespace"});
    let bpe = json!({"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
        "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false,
        "vocab": {"t": 0, "r": 1, "Ġ": 2, "tr": 3}, "merges": ["t r"]});
    let unigram = json!({"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["▁", -2.0], ["▁t", -1.5]]});
    let piece = json!({"unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
        "vocab": {"[UNK]": 0, "troop": 1, "##s": 2}});
    let bert = json!({"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
        "strip_accents": null, "lowercase": true});
    let forms = json!({"type": "Sequence", "normalizers": [
        {"type": "Replace", "pattern": {"String": "``"}, "content": "\""}, {"type": "NFKD"}, {"type": "StripAccents"},
        {"type": "Lowercase"}, {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]});
    let split = json!({"type": "Sequence", "pretokenizers": [
        {"type": "Split", "pattern": {"Regex": r"\p{L}+|\s+(?!\S)|\s+"}, "behavior": "Isolated", "invert": false},
        {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]});
    let metaspace = json!({"type": "Metaspace", "replacement": "▁", "str_rep": "▁", "add_prefix_space": true});
    let cases = [
        (bert, json!({"type": "BertPreTokenizer"}), piece),
        (Value::Null, split, bpe),
        (forms, metaspace, unigram),
        (Value::Null, json!({"type": "CharDelimiterSplit", "delimiter": "|"}), word_level()),
        (json!({"type": "NFC"}), json!({"type": "FixedLength", "length": 3}), word_level()),
        (
            json!({"type": "Prepend", "prepend": "▁"}),
            json!({"type": "Digits", "individual_digits": true}),
            word_level(),
        ),
        (json!({"type": "ByteLevel"}), json!({"type": "Punctuation"}), word_level()),
        (json!({"type": "Strip", "strip_left": true, "strip_right": false}), whitespace, word_level()),
    ];
    for (normalizer, pre_tokenizer, model) in cases {
        let file = file(&normalizer, &pre_tokenizer, &model);
        let read = Tokenization::from_json(&file).unwrap_or_else(|error| panic!("{error}: {file}"));
        assert!(!read.ids("Troops tr 12").is_empty(), "{file}");
        assert_eq!(check(&file), check(&check(&file).unwrap()));
    }
}

#[test]
fn what_is_not_supported_is_named() {
    let replace = json!({"type": "Replace", "pattern": {"String": "e"}, "content": "ee"});
    let growing = json!({"type": "Sequence", "normalizers": vec![replace; 30]});
    let bpe = json!({"type": "BPE", "dropout": 0.5, "vocab": {"t": 0}, "merges": []});
    let model = |key: &str, value: Value| {
        let mut model = word_level();
        model[key] = value;
        model
    };
    let (nothing, split) = (Value::Null, json!({"type": "Whitespace"}));
    let cases = [
        (growing, nothing.clone(), word_level(), "times as long"),
        (json!({"type": "Precompiled"}), nothing.clone(), word_level(), "precompiled_charsmap"),
        (json!({"type": "Precompiled", "precompiled_charsmap": "////fw=="}), split.clone(), word_level(), "damaged"),
        (json!({"type": "Rot13"}), split.clone(), word_level(), "Rot13"),
        (
            json!({"type": "Replace", "pattern": {"Regex": "x*"}, "content": "y"}),
            split.clone(),
            word_level(),
            "Replace",
        ),
        (nothing.clone(), json!({"type": "FixedLength", "length": 0}), word_level(), "FixedLength of 0"),
        (nothing.clone(), split.clone(), bpe, "dropout of 0.5"),
        (nothing.clone(), split.clone(), model("unk_token", "<none>".into()), "<none>"),
        (nothing.clone(), split.clone(), model("vocab", json!({"[UNK]": 0, "a": 4_294_967_295_u64})), "no number"),
        (nothing.clone(), split.clone(), model("vocab", json!({"[UNK]": 0, "a": 0})), "two tokens of number 0"),
        (nothing, split, json!({"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["", -1.0]]}), "empty token"),
    ];
    for (normalizer, pre_tokenizer, model, named) in cases {
        let error = check(&file(&normalizer, &pre_tokenizer, &model)).unwrap_err();
        assert!(error.contains(named), "{error} does not say {named}");
    }
}

#[test]
fn no_cut_and_no_changed_byte_reaches_the_crate_unread() {
    let whole = file(
        &json!({"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"}]}),
        &json!({"type": "FixedLength", "length": 3}),
        &json!({"type": "BPE", "continuing_subword_prefix": "##", "vocab": {"a": 0, "##b": 1, "ab": 2},
            "merges": [["a", "##b"]]}),
    );
    assert!(Tokenization::from_json(&whole).is_ok());
    for end in 0..whole.len() {
        assert!(Tokenization::from_json(&whole[..end]).is_err(), "{end}");
    }
    for at in 0..whole.len() {
        for byte in *b"0[\"x}" {
            let mut bytes = whole.clone().into_bytes();
            bytes[at] = byte;
            let Ok(text) = String::from_utf8(bytes) else { continue };
            if let Ok(read) = Tokenization::from_json(&text) {
                let _ids = read.ids("a b ab aab ﷺ");
            }
        }
    }
}

#[test]
fn a_panic_is_contained_and_known_as_such() {
    assert!(!is_contained());
    assert_eq!(contain(is_contained), Some(true));
    std::panic::set_hook(Box::new(|_| {}));
    assert_eq!(contain(|| -> u8 { panic!("of the crate") }), None);
    drop(std::panic::take_hook());
    assert!(!is_contained());
}
