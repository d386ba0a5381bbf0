//! Training of the learnt part from articles with gold attributions.
//!
//! Words first (classes and cue rates), then the decisions in the order in which they are made. The last decisions see
//! what the first ones really do: those are fitted on three quarters of the articles at a time and applied to the
//! fourth, so that their mistakes on new text are what the later ones learn from. Rates of words leave out the article
//! in which the word stands, for the same reason.

use std::collections::BTreeMap;

use super::content::{self, Content, Judge, Layout, Notes};
use super::corpus::{Corpus, GoldArticle};
use super::cue::{self, Around};
use super::document::{Document, Range};
use super::extent;
use super::frame::{self, Company, Frame, Leftover, Scratch};
use super::learner::{Plan, Rows, fit_choice, fit_yes_no};
use super::lexicon::{Lexicon, traits};
use super::select::{self, Fate, Selection};
use super::source::{self, Place};
use super::transcript;
use super::vocabulary::{Vocabulary, tag, word, word_class};
use super::weights::{AttributionCard, Decision, FEATURES, Weights, lexicon_checksum};
use crate::progress::Progress;
use crate::span::Span;

/// Parts of the cross-fitting.
const N_FOLDS: usize = 4;

/// What training can fail at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AttributionTrainError {
    /// Fewer articles than folds, or no attribution in them.
    #[error(
        "{n_articles} articles with {n_attributions} attributions; expected at least {N_FOLDS} articles and one attribution in each fold"
    )]
    TooSmall {
        /// Articles given.
        n_articles: usize,
        /// Attributions in them.
        n_attributions: usize,
    },
}

/// One gold attribution as sets of word tokens.
#[derive(Debug, Clone)]
struct Gold {
    content: Vec<usize>,
    source: Vec<usize>,
    cue: Vec<usize>,
    /// The token that stands for the cue.
    head: Option<usize>,
}

/// One article, cut up, with gold.
struct Example<'t> {
    document: Document<'t>,
    gold: Vec<Gold>,
    /// Gold attribution of each token's content.
    owner: Vec<Option<usize>>,
    is_discarded: Vec<bool>,
}

/// Learns everything from a corpus; `progress` hears of each step.
///
/// # Errors
/// Where the corpus is too small to be split.
pub fn train(
    corpus: &Corpus,
    lexicon: &Lexicon,
    progress: crate::progress::Callback<'_>,
) -> Result<Weights, AttributionTrainError> {
    let n_attributions = corpus.articles.iter().map(|article| article.attributions.len()).sum();
    if corpus.articles.len() < N_FOLDS || n_attributions < N_FOLDS {
        return Err(AttributionTrainError::TooSmall { n_articles: corpus.articles.len(), n_attributions });
    }
    let say = |done| progress(Progress { stage: "learning attributions", done, total: N_FOLDS + 3 });
    say(0);
    let classes = word_classes(corpus, &Vocabulary::new(lexicon, &[]));
    let vocabulary = Vocabulary::new(lexicon, &classes.iter().map(|(&key, &class)| (key, class)).collect::<Vec<_>>());
    let mut examples: Vec<Example<'_>> =
        corpus.articles.iter().map(|article| Example::new(article, &vocabulary)).collect();
    let words = cue_rates(&mut examples, &classes);
    let card = AttributionCard {
        features: FEATURES,
        n_articles: corpus.articles.len(),
        n_attributions,
        sha256: corpus.sha256.clone(),
        thresholds: [0.3; 3],
    };
    say(1);
    let mut frame_rows: Vec<Rows> = (0..N_FOLDS).map(|_| Rows::default()).collect();
    let mut held_out: Vec<(usize, Vec<Frame>)> = Vec::new();
    for (fold, rows) in frame_rows.iter_mut().enumerate() {
        let of_fold = |n: usize| n % N_FOLDS == fold;
        let weights = first_decisions(examples.iter().enumerate().filter(|(n, _)| !of_fold(*n)).map(|(_, e)| e), &card);
        for (n, example) in examples.iter().enumerate().filter(|(n, _)| of_fold(*n)) {
            let frames = select::frames(&example.document, Some(&weights));
            for (at, found) in frames.iter().enumerate() {
                let company = company(&frames, at);
                if example.is_discarded[found.head] {
                    continue;
                }
                let is_right = example.is_right(found);
                rows.push(is_right, |row| frame::features(&example.document, found, &company, row));
            }
            held_out.push((n, frames));
        }
        say(2 + fold);
    }
    held_out.sort_by_key(|(n, _)| *n);
    let mut weights = first_decisions(examples.iter(), &card);
    weights.words = words;
    weights.lexicon = Some(lexicon_checksum(lexicon));
    let fit_without = |left_out: Option<usize>| {
        let mut rows = Rows::default();
        let kept = frame_rows.iter().enumerate().filter(|(fold, _)| Some(*fold) != left_out);
        kept.for_each(|(_, of_fold)| rows.extend(of_fold));
        fit_yes_no(&rows, plan(Decision::Frame))
    };
    weights.tables[Decision::Frame as usize] = fit_without(None);
    say(N_FOLDS + 2);
    let honest: Vec<_> = (0..N_FOLDS).map(|fold| fit_without(Some(fold))).collect();
    for (n, frames) in &mut held_out {
        let document = &examples[*n].document;
        let table = &honest[*n % N_FOLDS];
        for at in 0..frames.len() {
            let company = company(frames, at);
            let score = table.score(|out| frame::features(document, &frames[at], &company, out));
            frames[at].likelihood = super::features::sigmoid(score);
        }
    }
    weights.card.thresholds = best_thresholds(&examples, &held_out);
    leftover_decisions(&examples, &held_out, &mut weights);
    say(N_FOLDS + 3);
    Ok(weights)
}

/// The company of a frame among the frames of an article.
fn company(frames: &[Frame], at: usize) -> Company {
    let sentence = frames[at].around.sentence;
    let start = frames.partition_point(|found| found.head < sentence.start);
    let end = frames.partition_point(|found| found.head < sentence.end);
    Company::of(&frames[start..end], at - start)
}

/// How each table is fitted; chosen on articles of the training part that were held out.
fn plan(decision: Decision) -> Plan {
    let (epochs, rate) = match decision {
        Decision::Cue | Decision::Content => (6, 0.03),
        Decision::Source => (6, 0.05),
        Decision::Frame => (6, 0.012),
        Decision::Join | Decision::Alone => (8, 0.05),
        Decision::Extent => (14, 0.15),
    };
    Plan { bits: decision.bits(), epochs, rate }
}

/// The class and habits of each word, without its cue rate; see `vocabulary.rs`.
fn word_classes(corpus: &Corpus, vocabulary: &Vocabulary) -> BTreeMap<u32, u16> {
    // After a subject, after a determiner, in all; before "that", before "to", beside a quotation mark.
    let mut counts: BTreeMap<u32, [u32; 6]> = BTreeMap::new();
    for article in &corpus.articles {
        let document = Document::new(&article.text, vocabulary);
        for three in document.tokens.windows(3) {
            let (before, token, after) = (&three[0], &three[1], &three[2]);
            if !token.is_word() || token.is(super::token::shape::UPPER) || token.has(traits::FUNCTION) {
                continue;
            }
            let is_subject = before.has(traits::PRONOUN) && !before.has(traits::DETERMINER) || before.has(word::WHO);
            let verb = is_subject || before.has(word::TO) || before.tag == tag::AUXILIARY;
            let noun = before.has(traits::DETERMINER | traits::PREPOSITION) && !before.has(word::TO)
                || before.tag == tag::POSSESSIVE;
            let beside = matches!(after.tag, tag::OPEN) || before.tag == tag::CLOSE || after.tag == tag::COLON;
            let found = [verb, noun, true, after.has(word::THAT), after.has(word::TO), beside];
            let count = counts.entry(token.key).or_insert([0; 6]);
            count.iter_mut().zip(found).for_each(|(count, found)| *count += u32::from(found));
        }
    }
    let class = |[verb, noun, n, ..]: [u32; 6]| {
        if n < 4 || verb + noun < 3 {
            return word_class::UNKNOWN;
        }
        match verb * 100 / (verb + noun) {
            0..15 => word_class::NOUN,
            15..45 => word_class::MIXED,
            45..75 => word_class::VERB,
            _ => word_class::SURE_VERB,
        }
    };
    let habit = |count: u32, n: u32| -> u16 {
        match count * 100 / (n + 2) {
            _ if n < 4 => 0,
            0..2 => 0,
            2..8 => 1,
            8..25 => 2,
            _ => 3,
        }
    };
    let all = |count: [u32; 6]| {
        let [_, _, n, that, to, quote] = count;
        u16::from(class(count)) | habit(that, n) << 8 | habit(to, n) << 10 | habit(quote, n) << 12
    };
    counts.into_iter().map(|(key, count)| (key, all(count))).filter(|&(_, class)| class != 0).collect()
}

/// Sets every word's cue rate, without its own article, and gives the rates over all articles.
fn cue_rates(examples: &mut [Example<'_>], classes: &BTreeMap<u32, u16>) -> Vec<(u32, u16)> {
    let count = |example: &Example<'_>| {
        let mut counts: BTreeMap<u32, [u32; 2]> = BTreeMap::new();
        for (i, token) in example.document.tokens.iter().enumerate() {
            if token.is_word() && !example.document.is_quoted(i) && !example.is_discarded[i] {
                counts.entry(token.key).or_insert([0; 2])[1] += 1;
            }
        }
        for head in example.gold.iter().filter_map(|gold| gold.head) {
            if let Some(count) = counts.get_mut(&example.document.tokens[head].key) {
                count[0] += 1;
            }
        }
        counts
    };
    let rate = |[heads, n]: [u32; 2]| -> u8 {
        if heads == 0 || n == 0 || heads * 200 < n {
            return 0;
        }
        let rate = (heads as f32) / (n as f32 + 1.0);
        (1.0 + rate * 14.99) as u8
    };
    let mut total: BTreeMap<u32, [u32; 2]> = BTreeMap::new();
    let own: Vec<_> = examples.iter().map(count).collect();
    for (key, counts) in own.iter().flatten() {
        let sum = total.entry(*key).or_insert([0; 2]);
        (sum[0], sum[1]) = (sum[0] + counts[0], sum[1] + counts[1]);
    }
    for (example, own) in examples.iter_mut().zip(&own) {
        for token in &mut example.document.tokens {
            let (Some(total), Some(own)) = (total.get(&token.key), own.get(&token.key)) else { continue };
            token.word_class = token.word_class & 15 | rate([total[0] - own[0], total[1] - own[1]]) << 4;
        }
    }
    let mut words: BTreeMap<u32, u16> = classes.clone();
    for (key, counts) in total {
        let rate = rate(counts);
        if rate > 0 {
            *words.entry(key).or_insert(0) |= u16::from(rate) << 4;
        }
    }
    words.into_iter().collect()
}

impl<'t> Example<'t> {
    fn new(article: &'t GoldArticle, vocabulary: &Vocabulary) -> Self {
        let document = Document::new(&article.text, vocabulary);
        let tokens = |spans: &[Span]| {
            let mut found = Vec::new();
            for span in spans {
                let from = document.tokens.partition_point(|token| token.end() <= span.start);
                let inside = document.tokens[from..].iter().take_while(|token| token.start < span.end);
                found.extend(inside.enumerate().filter(|(_, token)| token.is_word()).map(|(n, _)| from + n));
            }
            found.sort_unstable();
            found.dedup();
            found
        };
        let gold: Vec<Gold> = article
            .attributions
            .iter()
            .map(|attribution| {
                let (content, source, cue) =
                    (tokens(&attribution.content), tokens(&attribution.source), tokens(&attribution.cue));
                let head = head_of_cue(&document, &cue);
                Gold { content, source, cue, head }
            })
            .filter(|gold| !gold.content.is_empty())
            .collect();
        let mut owner = vec![None; document.tokens.len()];
        for (n, gold) in gold.iter().enumerate() {
            gold.content.iter().for_each(|&i| owner[i] = Some(n));
        }
        let mut is_discarded = vec![false; document.tokens.len()];
        tokens(&article.discarded).iter().for_each(|&i| is_discarded[i] = true);
        Self { document, gold, owner, is_discarded }
    }

    fn sentence_of(&self, i: usize) -> Range {
        let sentences = &self.document.sentences;
        sentences[sentences.partition_point(|sentence| sentence.end <= i).min(sentences.len() - 1)]
    }

    /// Words of a content candidate.
    fn words(&self, content: &Content) -> Vec<usize> {
        let words = content.parts().flat_map(|part| part.start..part.end);
        words.filter(|&i| self.document.tokens[i].is_word()).collect()
    }

    /// The gold attribution whose content shares most with these words, and the Jaccard index.
    fn best_gold(&self, words: &[usize]) -> Option<(usize, f32)> {
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        words.iter().filter_map(|&i| self.owner[i]).for_each(|n| *shared.entry(n).or_insert(0) += 1);
        let index = |(n, shared): (usize, usize)| {
            (n, shared as f32 / (words.len() + self.gold[n].content.len() - shared) as f32)
        };
        shared.into_iter().map(index).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    }

    /// Whether content and source agree with a gold attribution. A content may be the part of a longer one that stands
    /// in the cue's sentence, since later quotations are joined to it afterwards.
    fn is_right(&self, found: &Frame) -> bool {
        let words = self.words(&found.content);
        let sentence = found.around.sentence;
        let Some((n, whole)) = self.best_gold(&words) else { return false };
        let gold = &self.gold[n];
        let here: Vec<usize> = gold.content.iter().copied().filter(|&i| sentence.holds(i)).collect();
        let part = if here.is_empty() { 0.0 } else { jaccard(&words, &here) };
        let quotes_follow = select::quoted_class(&self.document, found.content.parts()) < 2;
        if whole < 0.5 && !(quotes_follow && part >= 0.5) {
            return false;
        }
        self.source_is_right(gold, found)
    }

    fn source_is_right(&self, gold: &Gold, found: &Frame) -> bool {
        if gold.source.is_empty() || found.source.place == Place::None {
            return gold.source.is_empty() && found.source.place == Place::None;
        }
        let range = found.source.range;
        let words: Vec<usize> = (range.start..range.end).filter(|&i| self.document.tokens[i].is_word()).collect();
        jaccard(&words, &gold.source) >= 0.5 || range.holds(self.head_of_source(gold)) && words.len() <= 25
    }

    fn head_of_source(&self, gold: &Gold) -> usize {
        let tokens = &self.document.tokens;
        let mut head = gold.source[0];
        for pair in gold.source.windows(2) {
            let between = &tokens[pair[0] + 1..pair[1]];
            let is_cut = between.iter().any(|token| matches!(token.tag, tag::COMMA | tag::COLON | tag::DASH));
            let stops = matches!(tokens[pair[1]].tag, tag::PREPOSITION | tag::WHO | tag::TO | tag::CONJUNCTION);
            if is_cut || stops {
                break;
            }
            head = pair[1];
        }
        head
    }
}

/// The Jaccard index of two sorted sets.
fn jaccard(a: &[usize], b: &[usize]) -> f32 {
    let shared = a.iter().filter(|i| b.binary_search(i).is_ok()).count();
    if shared == 0 { 0.0 } else { shared as f32 / (a.len() + b.len() - shared) as f32 }
}

/// The first word of a cue that is more than grammar.
fn head_of_cue(document: &Document<'_>, cue: &[usize]) -> Option<usize> {
    let is_grammar = |i: &usize| {
        document.tokens[*i].has(traits::FUNCTION | word::TO | word::THAT | word::WHO)
            || document.tokens[*i].tag == tag::ADVERB
    };
    cue.iter().copied().find(|i| !is_grammar(i)).or_else(|| cue.first().copied())
}

/// Fits cue, content and source decisions.
fn first_decisions<'e, 't: 'e>(examples: impl Iterator<Item = &'e Example<'t>>, card: &AttributionCard) -> Weights {
    let (mut cues, mut contents, mut sources) = (Rows::default(), Rows::default(), Rows::default());
    let mut extents = Rows::default();
    let mut scratch = Scratch::default();
    for example in examples {
        let document = &example.document;
        let mut gold_of_head = BTreeMap::new();
        for (n, gold) in example.gold.iter().enumerate() {
            gold.head.map(|head| gold_of_head.insert(head, n));
        }
        for &sentence in &document.sentences {
            for i in sentence.start..sentence.end {
                if !cue::is_candidate(document, i) || example.is_discarded[i] {
                    continue;
                }
                let around = Around::new(document, i, sentence);
                let gold = gold_of_head.get(&i).map(|&n| &example.gold[n]);
                cues.push(gold.is_some(), |row| cue::features(document, i, &around, row));
                let Some(gold) = gold else { continue };
                content::candidates(document, i, &around, &mut scratch.contents);
                let Some(best) = best_contents(example, gold, &around, &scratch.contents) else { continue };
                let mut notes = Notes::default();
                let judge = Judge::new(document, i, &around, &mut notes);
                for (n, content) in scratch.contents.iter().enumerate() {
                    contents.push(best.contains(&n), |row| judge.features(content, row));
                }
                contents.close_group();
                let content = scratch.contents[best[0]];
                source::candidates(document, i, &around, &content, &mut scratch.sources);
                let Some(best) = best_sources(example, gold, &scratch.sources) else { continue };
                for (n, source) in scratch.sources.iter().enumerate() {
                    sources.push(best.contains(&n), |row| {
                        source::features(document, i, &around, &content, source, row);
                    });
                }
                let chosen = scratch.sources[best[0]];
                let found = Frame::of_gold(i, around, content, chosen);
                extent_rows(document, gold, &found, &mut extents);
                sources.close_group();
            }
        }
    }
    let empty = |decision: Decision| super::features::Table { weights: vec![0; 1 << decision.bits()], scale: 1.0 };
    let mut tables: Vec<_> = Decision::ALL.into_iter().map(empty).collect();
    tables[Decision::Cue as usize] = fit_yes_no(&cues, plan(Decision::Cue));
    tables[Decision::Content as usize] = fit_choice(&contents, plan(Decision::Content));
    tables[Decision::Source as usize] = fit_choice(&sources, plan(Decision::Source));
    tables[Decision::Extent as usize] = fit_choice(&extents, plan(Decision::Extent));
    Weights { tables, words: Vec::new(), card: card.clone(), lexicon: None }
}

/// The two choices of where a gold cue begins and ends.
fn extent_rows(document: &Document<'_>, gold: &Gold, found: &Frame, rows: &mut Rows) {
    let limits = extent::limits(document, found);
    let holds = |i: &usize| gold.cue.binary_search(i).is_ok();
    let start = (limits.start..=found.head).find(holds).unwrap_or(found.head);
    let end = (found.head..limits.end).rev().find(holds).unwrap_or(found.head) + 1;
    for at in limits.start..=found.head {
        rows.push(at == start, |row| extent::start_features(document, found, at, row));
    }
    rows.close_group();
    for at in found.head + 1..=limits.end {
        rows.push(at == end, |row| extent::end_features(document, found, at, row));
    }
    rows.close_group();
}

/// The candidates nearest to the gold content, where any is near.
fn best_contents(example: &Example<'_>, gold: &Gold, around: &Around, candidates: &[Content]) -> Option<Vec<usize>> {
    let here: Vec<usize> = gold.content.iter().copied().filter(|&i| around.sentence.holds(i)).collect();
    let scores: Vec<f32> = candidates
        .iter()
        .map(|content| {
            let words = example.words(content);
            match content.layout {
                Layout::Next | Layout::Previous if !here.is_empty() => 0.0,
                Layout::Next | Layout::Previous => {
                    let inside = words.iter().filter(|i| gold.content.binary_search(i).is_ok()).count();
                    if words.is_empty() { 0.0 } else { inside as f32 / words.len() as f32 }
                }
                _ => jaccard(&words, &here),
            }
        })
        .collect();
    best_of(&scores, 0.5)
}

fn best_sources(example: &Example<'_>, gold: &Gold, candidates: &[source::Source]) -> Option<Vec<usize>> {
    let scores: Vec<f32> = candidates
        .iter()
        .map(|source| {
            if gold.source.is_empty() {
                return if source.place == Place::None { 1.0 } else { 0.0 };
            }
            let range = source.range;
            let words: Vec<usize> =
                (range.start..range.end).filter(|&i| example.document.tokens[i].is_word()).collect();
            jaccard(&words, &gold.source)
        })
        .collect();
    best_of(&scores, 0.3)
}

fn best_of(scores: &[f32], least: f32) -> Option<Vec<usize>> {
    let highest = scores.iter().fold(0.0_f32, |a, &b| a.max(b));
    if highest < least {
        return None;
    }
    Some((0..scores.len()).filter(|&n| scores[n] >= highest - 1e-6).collect())
}

/// For each of the three kinds the threshold with the best F1, of attributions and of content words together, on articles that the frames were not fitted on.
fn best_thresholds(examples: &[Example<'_>], held_out: &[(usize, Vec<Frame>)]) -> [f32; 3] {
    let mut thresholds = [0.3; 3];
    let n_gold: usize = examples.iter().map(|example| example.gold.len()).sum();
    let n_words: usize = examples.iter().map(|example| example.owner.iter().flatten().count()).sum();
    for class in [2, 1, 0, 2] {
        let mut best = (0.0, thresholds[class]);
        for n in 2..=14 {
            let mut tried = thresholds;
            tried[class] = n as f32 * 0.05;
            let (mut n_right, mut n_found) = (0, 0);
            let (mut words_right, mut words_found) = (0, 0);
            for (n, frames) in held_out {
                let selection = Selection::new(
                    &examples[*n].document,
                    frames,
                    transcript::drafts(&examples[*n].document),
                    None,
                    tried,
                );
                let kept = selection.of_frame.iter().map(|&at| &frames[at]);
                let kept: Vec<&Frame> = kept.filter(|found| !examples[*n].is_discarded[found.head]).collect();
                n_found += kept.len();
                for i in kept.iter().flat_map(|found| examples[*n].words(&found.content)) {
                    words_found += 1;
                    words_right += usize::from(examples[*n].owner[i].is_some());
                }
                n_right += kept.iter().filter(|found| examples[*n].is_right(found)).count();
            }
            let f1 = 2.0 * n_right as f32 / (n_found + n_gold).max(1) as f32
                + 2.0 * words_right as f32 / (words_found + n_words).max(1) as f32;
            if f1 > best.0 {
                best = (f1, tried[class]);
            }
        }
        thresholds[class] = best.1;
    }
    // Mixed contents are few, and their paraphrased part is no surer than one without a quotation.
    thresholds[1] = thresholds[1].max(thresholds[2]);
    thresholds
}

/// Fits what becomes of quotations that no cue claimed, with the attributions before them as they were really found.
fn leftover_decisions(examples: &[Example<'_>], held_out: &[(usize, Vec<Frame>)], weights: &mut Weights) {
    let (mut joins, mut alone) = (Rows::default(), Rows::default());
    for (n, frames) in held_out {
        let example = &examples[*n];
        let mut selection = Selection::new(
            &example.document,
            frames,
            transcript::drafts(&example.document),
            None,
            weights.card.thresholds,
        );
        selection.leftovers(&mut |selection, leftover: &Leftover| {
            let document = &example.document;
            let region = &document.regions[leftover.region];
            let words: Vec<usize> = (region.open..region.end).filter(|&i| document.tokens[i].is_word()).collect();
            if words.iter().any(|&i| example.is_discarded[i]) {
                return Some(Fate::Nothing);
            }
            let owner = main_owner(example, &words);
            let before = leftover.previous.and_then(|previous| {
                let content = &selection.drafts[previous.draft].content;
                let words = content.iter().flat_map(|part| part.start..part.end);
                main_owner(example, &words.filter(|&i| document.tokens[i].is_word()).collect::<Vec<_>>())
            });
            let is_join = owner.is_some() && owner == before;
            // A quoted word inside a longer content is no statement by itself.
            let is_whole = owner.is_some_and(|n| {
                let sentence = example.sentence_of(region.open);
                let here = example.gold[n].content.iter().filter(|i| sentence.holds(**i)).count();
                2 * words.len() >= here
            });
            if leftover.previous.is_some() {
                joins.push(is_join, |row| frame::join_features(document, leftover, row));
            }
            alone.push(is_whole && !is_join, |row| frame::join_features(document, leftover, row));
            Some(match (owner, is_join) {
                (Some(_), true) => Fate::Joins,
                (Some(_), false) if is_whole => Fate::Alone,
                _ => Fate::Nothing,
            })
        });
    }
    weights.tables[Decision::Join as usize] = fit_yes_no(&joins, plan(Decision::Join));
    weights.tables[Decision::Alone as usize] = fit_yes_no(&alone, plan(Decision::Alone));
}

/// The gold attribution that holds at least half of the words.
fn main_owner(example: &Example<'_>, words: &[usize]) -> Option<usize> {
    let (n, _) = example.best_gold(words)?;
    let inside = words.iter().filter(|&&i| example.owner[i] == Some(n)).count();
    (2 * inside >= words.len()).then_some(n)
}
