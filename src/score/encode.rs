//! The seam to the encoder: an article and its statements in, scores into their contexts.

use std::ops::Range;

use super::ENCODER;
use crate::article::Article;
use crate::context::Context;
use crate::encoder::{self, Encoder};
use crate::span::Span;
use crate::statement::Statement;

/// Lets the encoder read an article; each context gets the scores of its statement.
pub(super) fn add(encoder: &Encoder, article: &Article, statements: &[Statement], contexts: &mut [Context]) {
    // The encoder takes the first line for the title.
    let head = article.title.as_deref().map(|title| format!("{}\n\n", title.replace('\n', " "))).unwrap_or_default();
    let text = format!("{head}{}", article.text);
    let shifted = |spans: &[Span]| -> Vec<Range<usize>> {
        spans.iter().map(|span| span.start + head.len()..span.end + head.len()).collect()
    };
    let mut speakers: Vec<&str> = Vec::new();
    let mut all = Vec::with_capacity(statements.len());
    for statement in statements {
        let name = statement.speaker.as_ref().map(|speaker| speaker.name.as_str());
        let speaker = name.map(|name| {
            speakers.iter().position(|known| *known == name).unwrap_or_else(|| {
                speakers.push(name);
                speakers.len() - 1
            })
        });
        let [content, source, cue] =
            [&statement.content, &statement.source, &statement.cue].map(|spans| shifted(spans));
        all.push(encoder::Statement { content, source, cue, speaker });
    }
    let scores = encoder.score_article(&text, &all);
    let scores = scores.expect("spans lie in the text, and the graphs that were loaded run on any text");
    for (context, scores) in contexts.iter_mut().zip(scores) {
        context.scores.insert(ENCODER.to_owned(), scores.to_vec());
    }
}
