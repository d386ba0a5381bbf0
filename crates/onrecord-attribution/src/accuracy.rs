//! How well an extractor does on articles with gold attributions.
//!
//! Contents are compared as sets of words: a found one is right where it shares at least half (Jaccard index) with a
//! gold one, each counted once, the best pairs first. *End to end* asks for the source too: the found source must hold
//! the head of the gold one or share half its words, and be absent where gold has none. Kinds are judged by the share of
//! quoted words, alike for gold and found.

use std::collections::{BTreeMap, BTreeSet};

use super::corpus::Corpus;
use super::document::{Document, Range};
use super::extractor::Extractor;
use super::select::quoted_class;
use super::vocabulary::tag;
use crate::span::Span;

/// Counts behind precision, recall and F1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// In gold.
    pub gold: usize,
    /// Found.
    pub found: usize,
    /// Gold ones that were found.
    pub gold_right: usize,
    /// Found ones that are right.
    pub found_right: usize,
}

impl Tally {
    /// Of the found, how many are right; 0 where nothing was found.
    #[must_use]
    pub fn precision(&self) -> f64 {
        if self.found == 0 { 0.0 } else { self.found_right as f64 / self.found as f64 }
    }

    /// Of gold, how many were found; 0 where there is none.
    #[must_use]
    pub fn recall(&self) -> f64 {
        if self.gold == 0 { 0.0 } else { self.gold_right as f64 / self.gold as f64 }
    }

    /// Harmonic mean of both.
    #[must_use]
    pub fn f1(&self) -> f64 {
        let (p, r) = (self.precision(), self.recall());
        if p + r == 0.0 { 0.0 } else { 2.0 * p * r / (p + r) }
    }
}

/// All figures of one corpus.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Accuracy {
    /// Contents: direct, mixed, indirect, all.
    pub overlap: [Tally; 4],
    /// Contents with their sources: direct, mixed, indirect, all.
    pub end_to_end: [Tally; 4],
    /// Words of all contents.
    pub content_words: Tally,
    /// Words of all sources.
    pub source_words: Tally,
}

/// An attribution as sets of words.
struct Sets {
    content: BTreeSet<usize>,
    source: BTreeSet<usize>,
    kind: usize,
}

/// Compares what the extractor finds in each article with gold.
#[must_use]
pub fn measure(corpus: &Corpus, extractor: &Extractor) -> Accuracy {
    let mut accuracy = Accuracy::default();
    for article in &corpus.articles {
        let document = extractor.document(&article.text);
        let gold: Vec<Sets> =
            article.attributions.iter().map(|each| sets(&document, &each.content, &each.source)).collect();
        let discarded = words(&document, &article.discarded);
        let found: Vec<Sets> = extractor
            .extract(&article.text)
            .attributions
            .iter()
            .map(|each| sets(&document, &each.content, &each.source))
            .filter(|each| 2 * each.content.intersection(&discarded).count() < each.content.len())
            .collect();
        accuracy.add(&document, &gold, &found, &discarded);
    }
    accuracy
}

fn ranges(document: &Document<'_>, spans: &[Span]) -> Vec<Range> {
    let range = |span: &Span| {
        let start = document.tokens.partition_point(|token| token.end() <= span.start);
        Range::new(start, document.tokens.partition_point(|token| token.start < span.end).max(start))
    };
    spans.iter().map(range).collect()
}

fn words(document: &Document<'_>, spans: &[Span]) -> BTreeSet<usize> {
    let all = ranges(document, spans).into_iter().flat_map(|range| range.start..range.end);
    all.filter(|&i| document.tokens[i].is_word()).collect()
}

fn sets(document: &Document<'_>, content: &[Span], source: &[Span]) -> Sets {
    Sets {
        content: words(document, content),
        source: words(document, source),
        kind: quoted_class(document, ranges(document, content)),
    }
}

fn jaccard(a: &BTreeSet<usize>, b: &BTreeSet<usize>) -> f64 {
    let shared = a.intersection(b).count();
    if shared == 0 { 0.0 } else { shared as f64 / (a.len() + b.len() - shared) as f64 }
}

/// The last word before the first sign, preposition or relative clause.
fn head(document: &Document<'_>, source: &BTreeSet<usize>) -> Option<usize> {
    let mut head = *source.first()?;
    for (&before, &i) in source.iter().zip(source.iter().skip(1)) {
        let is_cut = (before + 1..i).any(|k| matches!(document.tokens[k].tag, tag::COMMA | tag::COLON | tag::DASH));
        let stops =
            matches!(document.tokens[i].tag, tag::PREPOSITION | tag::WHO | tag::TO | tag::THAT | tag::CONJUNCTION);
        if is_cut || stops {
            break;
        }
        head = i;
    }
    Some(head)
}

fn source_is_right(document: &Document<'_>, gold: &Sets, found: &Sets) -> bool {
    match head(document, &gold.source) {
        None => found.source.is_empty(),
        Some(head) => {
            jaccard(&gold.source, &found.source) >= 0.5 || found.source.contains(&head) && found.source.len() <= 25
        }
    }
}

impl Accuracy {
    fn add(&mut self, document: &Document<'_>, gold: &[Sets], found: &[Sets], discarded: &BTreeSet<usize>) {
        let mut pairs = Vec::new();
        for (f, one) in found.iter().enumerate() {
            for (g, other) in gold.iter().enumerate() {
                let shared = jaccard(&one.content, &other.content);
                if shared >= 0.5 {
                    pairs.push((shared, f, g));
                }
            }
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let (mut of_found, mut of_gold) = (BTreeMap::new(), BTreeMap::new());
        for (_, f, g) in pairs {
            if !of_found.contains_key(&f) && !of_gold.contains_key(&g) {
                of_found.insert(f, g);
                of_gold.insert(g, f);
            }
        }
        for tallies in [&mut self.overlap, &mut self.end_to_end] {
            for kind in [0, 1, 2] {
                tallies[kind].gold += gold.iter().filter(|each| each.kind == kind).count();
                tallies[kind].found += found.iter().filter(|each| each.kind == kind).count();
            }
            tallies[3].gold += gold.len();
            tallies[3].found += found.len();
        }
        for (&f, &g) in &of_found {
            let whole = source_is_right(document, &gold[g], &found[f]);
            for (tallies, counts) in [(&mut self.overlap, true), (&mut self.end_to_end, whole)] {
                for kind in [gold[g].kind, 3] {
                    tallies[kind].gold_right += usize::from(counts);
                }
                for kind in [found[f].kind, 3] {
                    tallies[kind].found_right += usize::from(counts);
                }
            }
        }
        let union = |sets: &[Sets], of: fn(&Sets) -> &BTreeSet<usize>| -> BTreeSet<usize> {
            sets.iter().flat_map(|each| of(each).iter().copied()).collect()
        };
        for (tally, of) in [
            (&mut self.content_words, (|each: &Sets| &each.content) as fn(&Sets) -> &BTreeSet<usize>),
            (&mut self.source_words, |each: &Sets| &each.source),
        ] {
            let (gold, found) = (union(gold, of), union(found, of));
            let found: BTreeSet<usize> = found.difference(discarded).copied().collect();
            let shared = gold.intersection(&found).count();
            tally.gold += gold.len();
            tally.found += found.len();
            tally.gold_right += shared;
            tally.found_right += shared;
        }
    }
}
