//! A classifier of one's own in the place of the built-in model: `cargo run --release --example own_classifier`
#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use std::sync::Arc;

use onrecord::attribution::Extractor;
use onrecord::features::Input;
use onrecord::model::{Classifier, Model};
use onrecord::{Article, Scorer};

/// Reads no more than one word; a service or a neural network would stand here.
#[derive(Debug)]
struct OneWord {
    labels: Vec<String>,
}

impl Classifier for OneWord {
    fn labels(&self) -> &[String] {
        &self.labels
    }

    fn probabilities(&self, texts: &[Input<'_>]) -> Vec<Vec<f64>> {
        let of = |input: &Input<'_>| if input.text.contains("never") { vec![0.1, 0.9] } else { vec![0.5, 0.5] };
        texts.iter().map(of).collect()
    }
}

/// Scores an article with it.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let classifier = OneWord { labels: vec!["favor".to_owned(), "against".to_owned()] };
    let model = Model::own(Arc::new(classifier), "stance", Some("the toll"))?;
    let scorer = Scorer::new(Extractor::builtin(), model);
    for statement in scorer.score(&Article::new("a1", "“We will never pay,” said Ilse Marn.")) {
        println!("{} toward {}: {}", statement.stance.label, statement.stance.target, statement.text);
        assert_eq!(statement.stance.label, "against");
    }
    Ok(())
}
