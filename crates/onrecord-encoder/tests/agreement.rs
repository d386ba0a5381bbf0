//! The scores against those of the float model, and what must hold for any text. The articles are our own; their scores
//! were computed in 32 bits by the program that trained the weights (`models/encoder.py reference`).
#![cfg(feature = "builtin")]
// One part of a statement is a list of one range, as meant.
#![allow(clippy::single_range_in_vec_init)]

use std::ops::Range;
use std::sync::LazyLock;

use onrecord_encoder::{Encoder, Error, Statement};
use proptest::prelude::*;
use serde::Deserialize;

static ENCODER: LazyLock<Encoder> = LazyLock::new(|| Encoder::builtin().expect("the weights are whole"));

#[derive(Deserialize)]
struct Article {
    text: String,
    statements: Vec<Marked>,
    scores: Vec<[f32; 4]>,
}

#[derive(Deserialize)]
struct Marked {
    content: Vec<[usize; 2]>,
    source: Vec<[usize; 2]>,
    cue: Vec<[usize; 2]>,
    speaker: Option<usize>,
}

fn articles() -> Vec<Article> {
    serde_json::from_str(include_str!("articles.json")).expect("the file is JSON")
}

fn statements(article: &Article) -> Vec<Statement> {
    let spans = |pairs: &[[usize; 2]]| -> Vec<Range<usize>> { pairs.iter().map(|&[start, end]| start..end).collect() };
    let statement = |marked: &Marked| Statement {
        content: spans(&marked.content),
        source: spans(&marked.source),
        cue: spans(&marked.cue),
        speaker: marked.speaker,
    };
    article.statements.iter().map(statement).collect()
}

fn probabilities(scores: [f32; 4]) -> [f32; 4] {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let powers = scores.map(|score| (score - most).exp());
    let sum: f32 = powers.iter().sum();
    powers.map(|power| power / sum)
}

#[test]
fn eight_bits_say_what_the_float_model_says() {
    for article in articles() {
        let scores = ENCODER.score_article(&article.text, &statements(&article)).expect("the spans are right");
        assert_eq!(scores.len(), article.scores.len());
        for (index, (&got, &want)) in scores.iter().zip(&article.scores).enumerate() {
            let (got, want) = (probabilities(got), probabilities(want));
            for (got, want) in got.iter().zip(&want) {
                assert!((got - want).abs() < 0.06, "statement {index}: {got} for {want}");
            }
        }
    }
}

#[test]
fn one_thread_or_two_give_the_same_bits() {
    let article = &articles()[3];
    let one = Encoder::builtin().expect("the weights are whole").with_threads(1);
    let two = Encoder::builtin().expect("the weights are whole").with_threads(2);
    let statements = statements(article);
    let scores = one.score_article(&article.text, &statements).expect("the spans are right");
    assert_eq!(scores, two.score_article(&article.text, &statements).expect("the spans are right"));
    assert_eq!(scores, one.score_article(&article.text, &statements).expect("the spans are right"));
}

#[test]
fn nothing_comes_of_nothing() {
    assert_eq!(ENCODER.score_article("", &[]).expect("no spans"), Vec::<[f32; 4]>::new());
    assert_eq!(ENCODER.score_article("Words alone.", &[]).expect("no spans"), Vec::<[f32; 4]>::new());
    let nothing = [Statement::default(), Statement { content: vec![5..6], ..Statement::default() }];
    assert_eq!(ENCODER.score_article("Words alone.", &nothing).expect("in the text"), vec![[0.0; 4]; 2]);
    assert_eq!(ENCODER.score_text("").expect("empty"), [0.0; 4]);
    assert_eq!(ENCODER.score_text(" \n\t ").expect("blank"), [0.0; 4]);
}

#[test]
fn parts_outside_the_text_are_named() {
    let beyond = Statement { content: vec![0..3, 2..40], ..Statement::default() };
    let error = ENCODER.score_article("Café open", &[Statement::default(), beyond]).expect_err("too long");
    assert!(matches!(error, Error::Span { index: 1, span: Range { start: 2, end: 40 }, length: 10 }), "{error}");
    let inside = Statement { cue: vec![0..4], ..Statement::default() };
    assert!(ENCODER.score_article("Café open", &[inside]).is_err(), "the span ends inside of é");
}

#[test]
fn long_texts_and_many_statements_are_read() {
    let text = "The council met again and nobody was surprised. ".repeat(400);
    let statement = |start: usize| Statement { content: vec![start..start + 46], ..Statement::default() };
    let every: Vec<Statement> = (0..400).map(|index| statement(index * 48)).collect();
    let scores = ENCODER.score_article(&text, &every).expect("in the text");
    assert_eq!(scores.len(), 400);
    assert!(scores.iter().flatten().all(|score| score.is_finite()));
    let word = "x".repeat(100_000);
    let whole = ENCODER.score_text(&word).expect("one long word");
    assert!(whole.iter().all(|score| score.is_finite()));
}

#[test]
fn a_statement_longer_than_a_window_is_read_where_its_middle_stands() {
    let text = "never again will we send troops over that river ".repeat(150);
    let scores = ENCODER.score_text(&text).expect("in the text");
    assert!(scores.iter().all(|score| score.is_finite()));
    assert_ne!(scores, [0.0; 4]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_text_has_scores(text in "\\PC{0,300}") {
        let scores = ENCODER.score_text(&text).expect("the whole text is its own part");
        prop_assert!(scores.iter().all(|score| score.is_finite()));
    }
}
