//! Every example, compiled and run.

#[path = "../../examples/extract.rs"]
mod extract;
#[path = "../../examples/own_classifier.rs"]
mod own_classifier;
#[path = "../../examples/own_tokenizer.rs"]
mod own_tokenizer;
#[path = "../../examples/score_article.rs"]
mod score_article;
#[path = "../../examples/score_stream.rs"]
mod score_stream;

#[test]
fn extract_runs() {
    extract::main().unwrap();
}

#[test]
fn score_article_runs() {
    score_article::main().unwrap();
}

#[test]
fn score_stream_runs() {
    score_stream::main().unwrap();
}

#[test]
fn own_classifier_runs() {
    own_classifier::main().unwrap();
}

#[test]
fn own_tokenizer_runs() {
    own_tokenizer::main().unwrap();
}
