//! How long an article of usual length takes, and the loading of the weights.
//!
//! `cargo bench -p onrecord-encoder` prints both; an article here has about 900 words and 27 statements.

// One part of a statement is a list of one range, as meant.
#![allow(clippy::single_range_in_vec_init)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use onrecord_encoder::{Encoder, Statement};

fn article() -> (String, Vec<Statement>) {
    let mut text = String::from("Marn rejects air strikes as talks stall\n\n");
    let mut statements = Vec::new();
    for day in 0..27 {
        let start = text.len();
        text.push_str("“Nobody may bomb a neighbour and call it peace,”");
        let content = start..text.len();
        text.push_str(" the president of Norvale said");
        let source = content.end + 1..text.len() - 5;
        let cue = text.len() - 4..text.len();
        text.push_str(&format!(
            " on day {day} of the talks in the old town hall, from which the delegates of both states had again come out \
             without a word to those who waited in the rain.\n\n"
        ));
        statements.push(Statement { content: vec![content], source: vec![source], cue: vec![cue], speaker: Some(0) });
    }
    (text, statements)
}

fn encode(criterion: &mut Criterion) {
    let (text, statements) = article();
    let encoder = Encoder::builtin().expect("the weights are whole").with_threads(1);
    let mut group = criterion.benchmark_group("encode");
    group.sample_size(10);
    group.throughput(Throughput::Elements(statements.len() as u64));
    group.bench_function(format!("{} bytes, {} statements", text.len(), statements.len()), |bencher| {
        bencher.iter(|| {
            let scores = encoder.score_article(&text, &statements).expect("the spans are right");
            assert_eq!(scores.len(), statements.len());
        });
    });
    group.bench_function("load", |bencher| bencher.iter(|| Encoder::builtin().expect("the weights are whole")));
    group.finish();
}

criterion_group!(benches, encode);
criterion_main!(benches);
