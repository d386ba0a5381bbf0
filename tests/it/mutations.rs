//! Readers against damaged input, without a fuzzer: mutations of good files by a seeded generator, a second or so each;
//! `ONRECORD_MUTATION_SECONDS` gives more, `ONRECORD_MUTATION_SEED` other ones. What a reader takes is put to use.

#![allow(clippy::print_stdout, reason = "the counts are worth seeing")]
#![allow(clippy::unwrap_used, reason = "whatever fails here fails the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use onrecord::Model;
use onrecord::article::{ArticleColumns, JsonLines, Rows};
use onrecord::attribution::corpus::Corpus;
use onrecord::attribution::{Extractor, Lexicon, Weights};
use onrecord::features::Tokenization;
use onrecord::labeled::{Dataset, Format, RowColumns, read};
use onrecord::model::{Recipe, TrainOptions, train};
use onrecord::score::ReadError;
use onrecord::summary::Overrides;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use safetensors::SafeTensors;
use sha2::{Digest, Sha256};

use crate::labelled::rows;
use crate::support::repository;

/// Pieces that readers of JSON, TOML and CSV are known to trip over.
const PIECES: [&str; 24] = [
    "0",
    "-1",
    "1e308",
    "-1e309",
    "4294967295",
    "18446744073709551615",
    "null",
    "true",
    "\"\"",
    "[]",
    "{}",
    "[[[[[[[[",
    "\"",
    "'=1",
    ",,",
    "\n",
    "\r\n",
    "\u{feff}",
    "\u{202e}",
    "é",
    "\0",
    "\\u0000",
    "\\ud800",
    "#",
];

struct Mutations {
    random: Xoshiro256PlusPlus,
    until: Instant,
    n: usize,
}

impl Mutations {
    fn new(target: &str) -> Self {
        let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
        let seconds = number("ONRECORD_MUTATION_SECONDS").unwrap_or(1);
        let seed = number("ONRECORD_MUTATION_SEED").unwrap_or(1) + target.len() as u64;
        let random = Xoshiro256PlusPlus::seed_from_u64(seed);
        Self { random, until: Instant::now() + Duration::from_secs(seconds), n: 0 }
    }

    fn below(&mut self, n: usize) -> usize {
        (self.random.next_u64() % n.max(1) as u64) as usize
    }

    /// The seeds themselves, then mutations of them, until the time is over.
    fn run(mut self, target: &str, seeds: &[Vec<u8>], mut take: impl FnMut(&[u8])) {
        seeds.iter().for_each(|seed| take(seed));
        while Instant::now() < self.until {
            let seed = self.below(seeds.len());
            let bytes = self.mutated(&seeds[seed]);
            take(&bytes);
            self.n += 1;
        }
        println!("{target}: {} mutations", self.n);
        assert!(self.n > 0);
    }

    fn mutated(&mut self, seed: &[u8]) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            let length = self.below(16).min(bytes.len() - at);
            match self.below(7) {
                0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                1 if at < bytes.len() => bytes[at] = self.below(256) as u8,
                2 => bytes.truncate(at),
                3 => drop(bytes.drain(at..at + length)),
                4 => {
                    let again = bytes[at..at + length].to_vec();
                    bytes.splice(at..at, again);
                }
                _ => {
                    let piece = PIECES[self.below(PIECES.len())];
                    bytes.splice(at..at + length, piece.bytes());
                }
            }
        }
        bytes
    }
}

fn tokenizers() -> Vec<Vec<u8>> {
    let file = |normalizer: &str, pre_tokenizer: &str, model: &str| {
        format!(
            r#"{{"version":"1.0","truncation":null,"padding":null,"added_tokens":[{{"id":9,"content":"[X]","single_word":false,"lstrip":true,"rstrip":false,"normalized":false,"special":true}}],"normalizer":{normalizer},"pre_tokenizer":{pre_tokenizer},"post_processor":null,"decoder":{{"type":"ByteLevel"}},"model":{model}}}"#
        )
        .into_bytes()
    };
    let level = r#"{"type":"WordLevel","vocab":{"[UNK]":0,"we":1,"troops":2},"unk_token":"[UNK]"}"#;
    let piece = r###"{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,"vocab":{"[UNK]":0,"troop":1,"##s":2}}"###;
    let bpe = r#"{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":false,"byte_fallback":false,"ignore_merges":false,"vocab":{"t":0,"r":1,"Ġ":2,"tr":3},"merges":[["t","r"]]}"#;
    let unigram =
        r#"{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0.0],["▁",-2.0],["▁t",-1.5]],"byte_fallback":false}"#;
    vec![
        file(
            r#"{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}"#,
            r#"{"type":"BertPreTokenizer"}"#,
            piece,
        ),
        file("null", r#"{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}"#, bpe),
        file(
            r#"{"type":"Sequence","normalizers":[{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "},{"type":"NFKC"}]}"#,
            r#"{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}"#,
            unigram,
        ),
        file(
            r#"{"type":"Prepend","prepend":"▁"}"#,
            r#"{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\p{L}+|\\s+"},"behavior":"Isolated","invert":false},{"type":"Digits","individual_digits":true}]}"#,
            level,
        ),
        file(
            r#"{"type":"Precompiled","precompiled_charsmap":"BAAAAAAAAABhAA=="}"#,
            r#"{"type":"FixedLength","length":3}"#,
            level,
        ),
    ]
}

const TEXT: &str = "We must send troops to the island, tr ﷺ İ 12\u{300} “now”.";

#[test]
fn tokenizers_are_read_or_refused() {
    Mutations::new("tokenizer").run("tokenizer", &tokenizers(), |bytes| {
        let Ok(json) = std::str::from_utf8(bytes) else { return };
        if let Ok(tokenization) = Tokenization::from_json(json) {
            let _ids = tokenization.ids(TEXT);
            let _tokens = tokenization.tokenize(TEXT);
        }
    });
}

/// A small model with words, characters, counts and a tokenizer of its own.
fn model() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let tokenizer = folder.path().join("tokenizer.json");
    fs::write(&tokenizer, &tokenizers()[0]).unwrap();
    let recipe = format!(
        "[[features.block]]\nkind = \"words\"\nmin = 1\nmax = 2\nmin_df = 1\n[[features.block]]\nkind = \"subwords\"\n\
         tokenizer = {:?}\nmin = 1\nmax = 1\n[[features.block]]\nkind = \"shape\"\n[classifier]\nkind = \"naive_bayes\"\n",
        tokenizer.to_str().unwrap()
    );
    let lines: String = rows(40).iter().map(|row| format!("{row}\n")).collect();
    let table = read(lines.as_bytes(), "rows.jsonl", Format::Jsonl, &RowColumns::default()).unwrap();
    let data = Dataset::new(vec![table], None).unwrap();
    let options = TrainOptions {
        recipe: Recipe::from_toml(&recipe).unwrap(),
        task: "stance".into(),
        n_folds: 2,
        seed: 1,
        ..TrainOptions::default()
    };
    train(&data.rows, &options, &|_| ()).unwrap().model.to_bytes().unwrap()
}

/// Puts the right checksum into a damaged model, so that what lies behind it is reached.
fn mend(bytes: &mut [u8]) -> Option<()> {
    let (n_header, metadata) = SafeTensors::read_metadata(bytes).ok()?;
    let manifest = metadata.metadata().as_ref()?.get("onrecord")?.clone();
    let tensors = SafeTensors::deserialize(bytes).ok()?;
    let first = ["keys", "idf", "weights", "intercept"];
    let mut others: Vec<&str> =
        tensors.names().into_iter().filter(|name| *name != "sha256" && !first.contains(name)).collect();
    others.sort_unstable();
    let mut sum = Sha256::new();
    sum.update(manifest.as_bytes());
    for name in first.into_iter().chain(others) {
        sum.update(tensors.tensor(name).ok()?.data());
    }
    let [start, end] = {
        let (start, end) = metadata.info("sha256")?.data_offsets;
        [start + n_header + 8, end + n_header + 8]
    };
    let sum = sum.finalize();
    bytes.get_mut(start..end).filter(|place| place.len() == sum.len())?.copy_from_slice(&sum);
    Some(())
}

#[test]
fn models_with_a_right_checksum_are_sound_or_refused() {
    let whole = model();
    let n_header = SafeTensors::read_metadata(&whole).unwrap().0;
    let mut mutations = Mutations::new("model");
    let (mut n, mut n_mended, mut n_read) = (0, 0, 0);
    while Instant::now() < mutations.until {
        // Manifest and tensors in turn; what stands in the manifest is replaced in its length, so that the header stays.
        let mut bytes = whole.clone();
        let (from, to) = if n % 3 == 0 { (8 + n_header, bytes.len()) } else { (8, 8 + n_header) };
        for _ in 0..=mutations.below(3) {
            let at = from + mutations.below(to - from);
            match mutations.below(3) {
                0 => bytes[at] = mutations.below(256) as u8,
                1 => bytes[at] = *b"0192e-.\"\\,[]{}nulltrue"[..].get(mutations.below(22)).unwrap(),
                _ => {
                    let piece = PIECES[mutations.below(PIECES.len())].as_bytes();
                    let end = (at + piece.len()).min(to);
                    bytes[at..end].copy_from_slice(&piece[..end - at]);
                }
            }
        }
        n += 1;
        n_mended += usize::from(mend(&mut bytes).is_some());
        if let Ok(model) = Model::from_bytes(&bytes) {
            n_read += 1;
            let found = model.classify(TEXT, None);
            let sum: f64 = found.probabilities.iter().sum();
            assert!(found.probabilities.iter().all(|p| p.is_finite()) && (sum - 1.0).abs() < 1e-6, "{found:?}");
        }
    }
    println!("model: {n} mutations, {n_mended} with a right checksum, {n_read} read");
    assert!(n_mended > 0 && n_read > 0, "{n} {n_mended} {n_read}");
}

#[test]
fn weights_of_attribution_are_whole_or_refused() {
    let whole = fs::read(repository().join("crates/onrecord-attribution/attribution.safetensors")).unwrap();
    let mut mutations = Mutations::new("weights");
    let mut n = 0;
    while Instant::now() < mutations.until {
        let mut bytes = whole.clone();
        let at = mutations.below(if n % 2 == 0 { bytes.len() } else { 2000 });
        bytes[at] ^= 1 << mutations.below(8);
        if mutations.below(4) == 0 {
            let end = mutations.below(bytes.len());
            bytes.truncate(end);
        }
        assert!(Weights::from_bytes(&bytes).is_err(), "byte {at}");
        // Behind the checksum nothing may break either.
        if let (Ok(weights), 0) = (Weights::from_unsealed_bytes(&bytes), n % 4) {
            let _found = Extractor::new(&Lexicon::builtin(), Some(weights)).extract("“No,” Ada Stark said. “Never.”");
        }
        n += 1;
    }
    println!("weights: {n} mutations");
}

#[test]
fn recipes_are_read_or_refused() {
    let mut seeds: Vec<Vec<u8>> =
        ["models/stance.toml", "models/claim.toml"].map(|path| fs::read(repository().join(path)).unwrap()).to_vec();
    seeds.push(b"[[features.block]]\nkind = \"words\"\nmin = 1\nmax = 2\nhash_bits = 20\n[classifier]\nkind = \"svm\"\nc = 1.0\n".to_vec());
    Mutations::new("recipe").run("recipe", &seeds, |bytes| {
        if let Ok(text) = std::str::from_utf8(bytes) {
            let _ = Recipe::from_toml(text);
        }
    });
}

#[test]
fn tables_are_read_or_refused() {
    let jsonl: String = rows(4).iter().map(|row| format!("{row}\n")).collect();
    let seeds = [
        jsonl.into_bytes(),
        b"\xef\xbb\xbfid,text,label\na,\"We, too, \"\"reject\"\" it.\",against\nb,'=1,favor\n".to_vec(),
        b"id\ttext\tlabel\na\tWe reject it.\tagainst\n".to_vec(),
        br#"{"article":"a","id":"a#1","kind":"direct","text":"No.","content":[[0,3]],"speaker":{"name":"Ada Stark","type":"person"},"stance":{"target":"t","label":"against","score":-0.9,"probabilities":{"favor":0.02,"against":0.92}}}"#.to_vec(),
    ];
    let columns = RowColumns::default();
    Mutations::new("tables").run("tables", &seeds, |bytes| {
        for format in [Format::Jsonl, Format::Csv, Format::Tsv, Format::Lines] {
            if let Ok(table) = read(bytes, "t", format, &columns) {
                let _ = Dataset::new(vec![table], None);
            }
        }
        let _n = Rows::new(bytes, b',', "a.csv".into(), ArticleColumns::default()).count();
        let _n = JsonLines::new(bytes, "a.jsonl".into(), ArticleColumns::default()).count();
        let mut summarizer = onrecord::Summarizer::default();
        let _ = onrecord::score::read(bytes, Path::new("s.jsonl"), |statement| {
            if let Ok(statement) = statement {
                summarizer.add(&statement);
            }
            Ok::<(), ReadError>(())
        });
        let summary = summarizer.finish();
        assert!(summary.speakers.iter().all(|speaker| speaker.figures.score.is_none_or(f64::is_finite)));
    });
}

#[test]
fn aliases_are_read_or_refused() {
    let seeds = [
        b"alias,name\nMarn,Ilse Marn\nthe minister,Ilse Marn\n".to_vec(),
        b"name,alias,role,affiliation\nIlse Marn,I. Marn,president,Tarn\n".to_vec(),
    ];
    Mutations::new("aliases").run("aliases", &seeds, |bytes| {
        let _ = Overrides::default().read_aliases(bytes, "aliases.csv");
    });
}

#[test]
fn annotations_are_read_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["text", "attributions"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let text = "“No,” said Ada Stark.\n";
    let annotations = "T1\tContent 0 5\t“No,”\nT2\tCue 6 10\tsaid\nT3\tSource 11 20\tAda Stark\n\
        E1\tCue:T2 Content:T1 Source:T3\n";
    let files: BTreeMap<&str, &str> = [("text/a.txt", text), ("attributions/a.ann", annotations)].into();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    files.iter().for_each(|(name, bytes)| write(name, bytes.as_bytes()));
    Mutations::new("annotations").run("annotations", &[annotations.as_bytes().to_vec()], |bytes| {
        write("attributions/a.ann", bytes);
        let _ = Corpus::read(&[folder.path().to_path_buf()]);
    });
}
