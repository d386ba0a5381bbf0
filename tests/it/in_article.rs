//! Whole articles, from text to the side of each speaker, against the gold of the project's own articles.
//!
//! Of `datasets/in_article/articles.jsonl` the articles whose name begins with `c` or `d`: nothing in the program was
//! taught them. They are fictional and denser than news, so the floors are no estimate for real articles; they hold
//! the way from text to lean together.

#![allow(clippy::print_stderr, reason = "the figures are worth seeing")]

use std::fs;

use onrecord::score::ScoredStatement;
use onrecord::summary::{Lean, Summarizer};
use onrecord::{Article, Scorer};
use rayon::prelude::*;
use serde_json::Value;

use crate::support::repository;

/// What came of one article.
#[derive(Default)]
struct Counts {
    statements: usize,
    found: usize,
    stance_right: usize,
    /// Statements whose only label is a side; given that side; given the other.
    sided: [usize; 3],
    in_set: usize,
    set_sizes: usize,
    speaker_right: usize,
    /// Speakers on a side; shown there; shown on the other. Others; shown on a side.
    leaning: [usize; 3],
    others: [usize; 2],
}

impl Counts {
    fn add(mut self, other: &Self) -> Self {
        for (own, more) in [
            (&mut self.statements, other.statements),
            (&mut self.found, other.found),
            (&mut self.stance_right, other.stance_right),
            (&mut self.in_set, other.in_set),
            (&mut self.set_sizes, other.set_sizes),
            (&mut self.speaker_right, other.speaker_right),
        ] {
            *own += more;
        }
        let pairs = self.sided.iter_mut().zip(other.sided).chain(self.leaning.iter_mut().zip(other.leaning));
        pairs.chain(self.others.iter_mut().zip(other.others)).for_each(|(own, more)| *own += more);
        self
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn spans(value: &Value) -> Vec<[usize; 2]> {
    serde_json::from_value(value.clone()).expect("pairs of offsets")
}

fn size(spans: &[[usize; 2]]) -> usize {
    spans.iter().map(|[start, end]| end - start).sum()
}

fn shared(one: &[[usize; 2]], other: &[[usize; 2]]) -> usize {
    let common = |a: &[usize; 2], b: &[usize; 2]| a[1].min(b[1]).saturating_sub(a[0].max(b[0]));
    one.iter().flat_map(|a| other.iter().map(move |b| common(a, b))).sum()
}

/// The last name, or half of the words of a description.
fn is_same_name(found: &str, gold: &str) -> bool {
    let words = |name: &str| -> Vec<String> {
        let small = ["the", "a", "an", "of", "for", "in", "and"];
        let words = name.split(|c: char| !c.is_alphanumeric() && c != '-').map(str::to_lowercase);
        words.filter(|word| !word.is_empty() && !small.contains(&word.as_str())).collect()
    };
    let (found, gold) = (words(found), words(gold));
    let n_common = found.iter().filter(|word| gold.contains(word)).count();
    n_common > 0 && (found.last() == gold.last() || 2 * n_common >= found.len().min(gold.len()))
}

fn side(lean: &str) -> Option<Lean> {
    match lean {
        "favor" => Some(Lean::Favor),
        "against" => Some(Lean::Against),
        _ => None,
    }
}

fn measured(scorer: &Scorer, row: &Value) -> Counts {
    let article = Article::new(text(&row["id"]), text(&row["text"]));
    let found = scorer.score(&article);
    let mut counts = Counts::default();
    for gold in row["statements"].as_array().expect("a list") {
        counts.statements += 1;
        let place = spans(&gold["content"]);
        let covers = |statement: &&ScoredStatement| 2 * shared(&statement.content, &place) >= size(&place);
        let labels: Vec<&str> = gold["stance"].as_array().expect("a list").iter().map(text).collect();
        let only = (labels.len() == 1).then(|| side(labels[0])).flatten();
        counts.sided[0] += usize::from(only.is_some());
        let Some(statement) = found.iter().filter(covers).min_by_key(|statement| size(&statement.content)) else {
            continue;
        };
        counts.found += 1;
        let name = statement.speaker.as_ref().map_or("", |speaker| speaker.name.as_str());
        counts.speaker_right += usize::from(is_same_name(name, text(&gold["speaker"])));
        let label = statement.stance.label.as_str();
        counts.stance_right += usize::from(labels.contains(&label));
        counts.in_set += usize::from(statement.stance.set.iter().any(|possible| labels.contains(&possible.as_str())));
        counts.set_sizes += statement.stance.set.len();
        if only.is_some() {
            counts.sided[1] += usize::from(side(label) == only);
            counts.sided[2] += usize::from(side(label).is_some_and(|side| Some(side) != only));
        }
    }
    let mut summarizer = Summarizer::default();
    found.iter().for_each(|statement| summarizer.add(statement));
    let summary = summarizer.finish();
    for gold in row["speakers"].as_array().expect("a list") {
        let shown = summary.speakers.iter().find(|speaker| is_same_name(&speaker.name, text(&gold["name"])));
        let said = shown.map(|speaker| speaker.figures.lean).filter(|lean| [Lean::Favor, Lean::Against].contains(lean));
        match side(text(&gold["lean"])) {
            Some(right) => {
                counts.leaning[0] += 1;
                counts.leaning[1] += usize::from(said == Some(right));
                counts.leaning[2] += usize::from(said.is_some_and(|lean| lean != right));
            }
            None => {
                counts.others[0] += 1;
                counts.others[1] += usize::from(said.is_some());
            }
        }
    }
    counts
}

#[test]
fn articles_that_taught_nothing_are_read_as_well_as_they_were() {
    let path = repository().join("datasets/in_article/articles.jsonl");
    let rows = fs::read_to_string(path).expect("the articles are there");
    let rows = rows.lines().map(|line| serde_json::from_str(line).expect("a line is JSON"));
    let kept: Vec<Value> = rows.filter(|row: &Value| text(&row["id"]).starts_with(['c', 'd'])).collect();
    assert!(kept.len() >= 70, "{}", kept.len());
    let scorer = Scorer::builtin().expect("the models in the program");
    let counts = kept.par_iter().map(|row| measured(&scorer, row)).collect::<Vec<_>>();
    let counts = counts.iter().fold(Counts::default(), Counts::add);
    let share = |part: usize, whole: usize| part as f64 / whole as f64;
    let figures = [
        ("found", share(counts.found, counts.statements), FOUND),
        ("speaker", share(counts.speaker_right, counts.found), SPEAKER),
        ("stance", share(counts.stance_right, counts.found), STANCE),
        ("sides right", share(counts.sided[1], counts.sided[0]), SIDES),
        ("sides not flipped", 1.0 - share(counts.sided[2], counts.sided[0]), NOT_FLIPPED),
        ("sets hold the label", share(counts.in_set, counts.found), COVERAGE),
        ("leans not flipped", 1.0 - share(counts.leaning[2], counts.leaning[0]), LEANS_NOT_FLIPPED),
        ("no lean given to others", 1.0 - share(counts.others[1], counts.others[0]), NO_LEAN),
    ];
    for (name, figure, floor) in figures {
        eprintln!("{name:>24} {figure:.3} (floor {floor})");
    }
    eprintln!("{:>24} {:.3}", "leans right", share(counts.leaning[1], counts.leaning[0]));
    eprintln!("{:>24} {:.2}", "labels in a set", share(counts.set_sizes, counts.found));
    for (name, figure, floor) in figures {
        assert!(figure >= floor, "{name}: {figure:.3}, floor {floor}");
    }
}

// Some .03 below what was measured when the models were made, so that a small change of attribution passes.
const FOUND: f64 = 0.9;
const SPEAKER: f64 = 0.88;
const STANCE: f64 = 0.34;
const SIDES: f64 = 0.19;
const NOT_FLIPPED: f64 = 0.81;
const COVERAGE: f64 = 0.83;
const LEANS_NOT_FLIPPED: f64 = 0.97;
const NO_LEAN: f64 = 0.96;
