//! Articles scored on one thread, and what of the time is whose: `cargo bench --bench scoring [-- FILES...]`.
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::time::Instant;

use onrecord::article::{ArticleColumns, Articles};
use onrecord::attribution::Extractor;
use onrecord::statement::statements;
use onrecord::{Article, Model, Scorer};

/// The shortest time that a round is measured over, in seconds.
const ROUND: f64 = 1.0;

fn main() {
    let given: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let paths = if given.is_empty() { vec!["datasets/corpus/articles.jsonl".to_owned()] } else { given };
    let articles: Vec<Article> = Articles::new(paths, None, ArticleColumns::default()).filter_map(Result::ok).collect();
    let n_bytes: usize = articles.iter().map(|article| article.text.len()).sum();
    let extractor = Extractor::builtin();
    let found: Vec<_> = articles.iter().map(|article| statements(article, &extractor.extract(&article.text))).collect();
    let n_statements: usize = found.iter().map(Vec::len).sum();
    println!("{} articles of {n_bytes} bytes, {n_statements} statements, one thread", articles.len());

    let (stance, claims) = (
        Model::builtin_stance().expect("the built-in model is sound"),
        Model::builtin_claims().expect("the built-in model is sound"),
    );
    let scorer = Scorer::builtin().expect("the built-in model is sound");
    let whole = Scorer::builtin().expect("the built-in model is sound").claims(claims.clone());
    let classify = |model: &Model| {
        let of_article = |statements: &Vec<onrecord::Statement>| {
            let texts: Vec<_> = statements.iter().map(|statement| (statement.text.as_str(), None)).collect();
            model.classify_batch(&texts).len()
        };
        found.iter().map(of_article).sum()
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of one thread");
    pool.install(|| {
        let first = Instant::now();
        let n_found = scorer.score(&articles[0]).len();
        println!("the first article, {n_found} statements: {:.1} ms", first.elapsed().as_secs_f64() * 1e3);
        let extract =
            || articles.iter().map(|article| extractor.extract(&article.text).attributions.len()).sum::<usize>();
        report("found", n_statements, extract);
        report("stance alone", n_statements, || classify(&stance));
        report("claim alone", n_statements, || classify(&claims));
        let one_by_one = || articles.iter().map(|article| scorer.score(article).len()).sum::<usize>();
        report("found and scored, article by article", n_statements, one_by_one);
        report("the same in batch", n_statements, || scorer.score_batch(&articles).map(|(_, found)| found.len()).sum());
        report("the same with claims", n_statements, || {
            whole.score_batch(&articles).map(|(_, found)| found.len()).sum()
        });
    });
}

fn report(what: &str, n_statements: usize, work: impl Fn() -> usize) {
    let start = Instant::now();
    let mut n_rounds = 0_u32;
    while n_rounds == 0 || start.elapsed().as_secs_f64() < ROUND {
        assert_eq!(work(), n_statements, "every round finds the same");
        n_rounds += 1;
    }
    let seconds = start.elapsed().as_secs_f64() / f64::from(n_rounds);
    println!("{what}: {:.0} statements a second", n_statements as f64 / seconds);
}
