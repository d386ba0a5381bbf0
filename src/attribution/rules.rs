//! Attributions by rule: cues from the word list, sources beside them, content from marks and sentence ends.
//!
//! This is what works without any learnt weights.

use super::lexicon::Lexicon;
use super::token::{Class, Document, Range, Region};

/// An attribution as ranges of tokens, before spans and speakers.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub content: Vec<Range>,
    pub source: Option<Range>,
    pub cue: Option<Range>,
}

/// Function words that may stand between a source and its cue.
const BETWEEN: [&str; 24] = [
    "also",
    "has",
    "have",
    "had",
    "is",
    "was",
    "were",
    "are",
    "been",
    "be",
    "later",
    "then",
    "once",
    "recently",
    "often",
    "repeatedly",
    "publicly",
    "previously",
    "further",
    "now",
    "even",
    "earlier",
    "again",
    "would",
];

/// Words at which a noun phrase to the left of a cue begins anew.
const STOPS: [&str; 26] = [
    "that", "but", "and", "as", "while", "when", "because", "although", "though", "if", "where", "after", "before",
    "so", "or", "yet", "however", "despite", "since", "until", "to", "not", "is", "was", "were", "are",
];

/// All attributions of a document, in the order in which they were found.
pub(super) fn extract(document: &Document<'_>, lexicon: &Lexicon) -> Vec<Draft> {
    let mut rules = Rules { document, lexicon, drafts: Vec::new(), taken: vec![false; document.regions.len()] };
    let mut region = 0;
    let mut sentence = 0;
    for paragraph in &document.paragraphs {
        let first_draft = rules.drafts.len();
        let first_region = region;
        while region < document.regions.len() && document.regions[region].open < paragraph.end {
            region += 1;
        }
        while sentence < document.sentences.len() && document.sentences[sentence].start < paragraph.end {
            rules.sentence(document.sentences[sentence], first_region..region);
            sentence += 1;
        }
        rules.left_over(*paragraph, first_region..region, first_draft);
    }
    rules.drafts.retain(|draft| !draft.content.is_empty());
    for draft in &mut rules.drafts {
        draft.content.sort_by_key(|range| range.start);
    }
    rules.drafts
}

struct Rules<'d, 't> {
    document: &'d Document<'t>,
    lexicon: &'d Lexicon,
    drafts: Vec<Draft>,
    /// Which regions already belong to an attribution.
    taken: Vec<bool>,
}

impl Rules<'_, '_> {
    fn lower(&self, i: usize) -> String {
        self.document.word(i).to_lowercase()
    }

    fn is_word(&self, i: usize) -> bool {
        self.document.tokens[i].class == Class::Word
    }

    fn region_range(&self, k: usize) -> Range {
        let region = &self.document.regions[k];
        Range { start: region.open, end: region.end }
    }

    fn sentence(&mut self, sentence: Range, regions: std::ops::Range<usize>) {
        let mut i = sentence.start;
        while i < sentence.end {
            if self.document.tokens[i].quoted || !self.is_word(i) {
                i += 1;
                continue;
            }
            let word = self.lower(i);
            let next = if i + 1 < sentence.end { self.lower(i + 1) } else { String::new() };
            i = if word == "according" && next == "to" {
                self.according_to(sentence, i, regions.clone())
            } else if self.lexicon.is_cue(&word) {
                self.cue(sentence, i, regions.clone())
            } else {
                i + 1
            };
        }
    }

    /// `According to S, C` and `C, according to S`; gives where to look on.
    fn according_to(&mut self, sentence: Range, i: usize, regions: std::ops::Range<usize>) -> usize {
        let source = self.source_right(i + 2, sentence.end);
        let Some(source) = source else { return i + 2 };
        let cue = Range { start: i, end: i + 2 };
        let after = Range { start: source.end, end: self.without_stop(sentence) };
        let opens = i <= sentence.start + 1 || (i > sentence.start && self.document.word(i - 1) == ",");
        let content = if i == sentence.start || after.end > after.start + 3 && opens {
            Range { start: (after.start + 1).min(after.end), end: after.end }
        } else {
            Range { start: sentence.start, end: self.without_comma(sentence.start, i) }
        };
        if content.start < content.end {
            self.take(content, &regions);
            self.push(vec![content], Some(source), Some(cue));
        }
        if i == sentence.start { sentence.end } else { source.end }
    }

    fn cue(&mut self, sentence: Range, i: usize, regions: std::ops::Range<usize>) -> usize {
        let cue = Range { start: i, end: i + 1 };
        let left = self.source_left(sentence.start, i);
        let before = left.map_or(i, |source| source.start);
        // A quotation that ends just before the source or cue.
        let ahead = regions.clone().find(|&k| {
            let end = self.document.regions[k].end;
            end <= before && (end..before).all(|j| self.document.tokens[j].class == Class::Punct)
        });
        let behind = regions.clone().find(|&k| {
            let open = self.document.regions[k].open;
            open > i && open < sentence.end && !self.taken[k]
        });
        if let Some(k) = ahead {
            let source = left.or_else(|| self.source_right(i + 1, sentence.end));
            let mut content = vec![];
            if !self.taken[k] {
                self.taken[k] = true;
                content.push(self.region_range(k));
            }
            // `“A,” he said, “B.”`
            let limit = source.map_or(i + 1, |source| source.end.max(i + 1));
            let mut next = i + 1;
            if let Some(b) = behind
                && self.document.regions[b].open <= limit + 2
            {
                self.taken[b] = true;
                content.push(self.region_range(b));
                next = self.document.regions[b].end;
            }
            if !content.is_empty() {
                self.push(content, source, Some(cue));
            }
            return next.max(i + 1);
        }
        let end = self.without_stop(sentence);
        let Some(source) = left else {
            // `C, said S.`
            let closes = i > sentence.start && self.document.word(i - 1) == ",";
            let right = self.source_right(i + 1, sentence.end);
            if closes && right.is_some() {
                let content = Range { start: sentence.start, end: self.without_comma(sentence.start, i) };
                self.take(content, &regions);
                self.push(vec![content], right, Some(cue));
                return sentence.end;
            }
            return i + 1;
        };
        // `C, S said.`
        if source.start > sentence.start + 3 && self.document.word(source.start - 1) == "," && end <= i + 3 {
            let content = Range { start: sentence.start, end: self.without_comma(sentence.start, source.start) };
            self.take(content, &regions);
            self.push(vec![content], Some(source), Some(cue));
            return sentence.end;
        }
        let mut start = i + 1;
        while start < end && matches!(self.document.word(start), "," | ":" | "-" | "—" | "–") {
            start += 1;
        }
        if start >= end {
            return i + 1;
        }
        if let Some(k) = behind
            && self.document.regions[k].open == start
            && self.document.regions[k].end >= end
        {
            self.taken[k] = true;
            self.push(vec![self.region_range(k)], Some(source), Some(cue));
            return self.document.regions[k].end;
        }
        let content = Range { start, end };
        self.take(content, &regions);
        self.push(vec![content], Some(source), Some(cue));
        sentence.end
    }

    /// Quotations that no cue claimed: they go on from the one before, or have their speaker nearby.
    fn left_over(&mut self, paragraph: Range, regions: std::ops::Range<usize>, first_draft: usize) {
        for k in regions {
            let region = self.document.regions[k];
            if self.taken[k] || !self.is_statement(&region, paragraph) {
                continue;
            }
            let owner = (first_draft..self.drafts.len())
                .rev()
                .find(|&d| {
                    self.drafts[d].content.iter().any(|range| self.document.tokens[range.start].class == Class::Open)
                })
                .filter(|_| region.open > paragraph.start);
            self.taken[k] = true;
            let range = self.region_range(k);
            if let Some(owner) = owner {
                self.drafts[owner].content.push(range);
            } else {
                let source = self.source_before(paragraph.start, region.open);
                self.push(vec![range], source, None);
            }
        }
    }

    /// A quotation that is a sentence of its own, not a quoted name or word.
    fn is_statement(&self, region: &Region, paragraph: Range) -> bool {
        let opens = region.open == paragraph.start
            || !self.is_word(region.open - 1) && self.document.tokens[region.open - 1].class != Class::Possessive;
        let last = region.end.saturating_sub(2);
        let stops = matches!(self.document.word(last), "." | "!" | "?" | "," | "…" | "...");
        ((region.n_words >= 3 || region.open > paragraph.start) && opens && stops)
            || region.n_words >= 9
            || (opens && !region.is_closed)
    }

    fn source_before(&self, start: usize, open: usize) -> Option<Range> {
        let colon = open.checked_sub(1).filter(|&i| i > start && self.document.word(i) == ":")?;
        self.source_left(start, colon)
    }

    fn push(&mut self, content: Vec<Range>, source: Option<Range>, cue: Option<Range>) {
        let is_new = |range: &Range| {
            self.drafts
                .iter()
                .rev()
                .take(8)
                .flat_map(|draft| &draft.content)
                .all(|c| c.end <= range.start || range.end <= c.start)
        };
        if !content.iter().all(is_new) {
            return;
        }
        let overlaps = |range: &Range| content.iter().any(|c| c.start < range.end && range.start < c.end);
        self.drafts.push(Draft {
            source: source.filter(|range| !overlaps(range)),
            cue: cue.filter(|range| !overlaps(range)),
            content,
        });
    }

    /// Marks the quotations inside a paraphrase as spoken for.
    fn take(&mut self, content: Range, regions: &std::ops::Range<usize>) {
        for k in regions.clone() {
            let region = &self.document.regions[k];
            if content.start <= region.open && region.end <= content.end + 1 {
                self.taken[k] = true;
            }
        }
    }

    fn without_stop(&self, sentence: Range) -> usize {
        let last = sentence.end - 1;
        if last > sentence.start && matches!(self.document.word(last), "." | "?" | "!") { last } else { sentence.end }
    }

    fn without_comma(&self, start: usize, end: usize) -> usize {
        if end > start && matches!(self.document.word(end - 1), "," | ";" | "—" | "–" | "--") {
            end - 1
        } else {
            end
        }
    }

    /// The noun phrase that ends just before the cue at `i`, adverbs and auxiliaries apart.
    fn source_left(&self, start: usize, i: usize) -> Option<Range> {
        let mut end = i;
        while end > start && self.is_word(end - 1) {
            let word = self.lower(end - 1);
            if BETWEEN.contains(&word.as_str()) || (word.ends_with("ly") && word.len() > 4) {
                end -= 1;
            } else {
                break;
            }
        }
        let mut from = end;
        // An apposition between commas: `Ann Lee, the mayor of Ostrow, said`.
        if end > start + 3 && self.document.word(end - 1) == "," {
            let comma = (start + 1..end - 1).rev().take(16).find(|&j| self.document.word(j) == ",")?;
            from = comma;
            end -= 1;
        }
        let body = from;
        while from > start {
            let j = from - 1;
            let token = &self.document.tokens[j];
            let is_part = match token.class {
                Class::Word => {
                    !token.quoted && {
                        let word = self.lower(j);
                        !STOPS.contains(&word.as_str()) && !self.lexicon.is_cue(&word)
                    }
                }
                Class::Possessive => true,
                _ => false,
            };
            if !is_part || end - from > 20 {
                break;
            }
            from = j;
        }
        (from < body).then_some(Range { start: from, end })
    }

    /// The noun phrase that begins at `i`: names, titles, an article with its noun, an apposition.
    fn source_right(&self, i: usize, limit: usize) -> Option<Range> {
        let mut end = i;
        let mut last_proper = false;
        while end < limit {
            let token = &self.document.tokens[end];
            let word = self.lower(end);
            let is_part = match token.class {
                Class::Word => {
                    !token.quoted
                        && (!STOPS.contains(&word.as_str()) || word == "and" && end > i + 1 && !last_proper)
                        && !self.lexicon.is_cue(&word)
                        && !(last_proper && matches!(word.as_str(), "in" | "on" | "at" | "during" | "predicting"))
                }
                Class::Possessive => true,
                _ => false,
            };
            if !is_part || end - i > 14 {
                break;
            }
            last_proper = token.is_upper;
            end += 1;
        }
        let pronoun = end > i && matches!(self.lower(i).as_str(), "he" | "she" | "they" | "i" | "we");
        if pronoun {
            end = i + 1;
        }
        (end > i).then_some(Range { start: i, end })
    }
}
