//! What is kept of one speaker's statements while they stream by: counts, sums, a bounded number of units to resample,
//! and the few statements that show best where the speaker stands. Two tallies add up to one.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::change::Trend;
use super::posterior::Sides;
use super::sum::Sum;
use super::{Kinds, Month};
use crate::attribution::Kind;
use crate::labeled::Stance;
use crate::score::{ScoredStatement, UNCERTAIN};

/// Arrays here have one place a [`Stance`], in their order; any other label counts as unrelated.
pub(super) const N_LABELS: usize = Stance::ALL.len();
const UNRELATED: usize = Stance::Unrelated as usize;

/// Articles that are kept apart for resampling. More are put into so many groups by their ids: a group is resampled
/// whole, which widens intervals a little and never narrows them (the random groups of Wolter 2007, chapter 2).
pub(super) const MAX_UNITS: usize = 32;

/// How many statements are kept word for word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Of each speaker and stance.
    pub related: usize,
    /// Of each speaker, of those about other things.
    pub unrelated: usize,
}

impl Keep {
    /// The next smaller number: half of each, and then none.
    #[must_use]
    pub(super) const fn less(self) -> Self {
        Self { related: self.related / 2, unrelated: self.unrelated / 2 }
    }

    pub(super) const fn is_none(self) -> bool {
        self.related == 0 && self.unrelated == 0
    }
}

impl Default for Keep {
    /// Three of each stance, none about other things.
    fn default() -> Self {
        Self { related: 3, unrelated: 0 }
    }
}

/// Longer statements are kept up to here, in code points.
const MAX_KEPT: usize = 4000;

/// What stands at the end of a statement that was cut.
const CUT: &str = " …";

/// Whether a text is one that is kept, cut where it is long.
fn is_kept_text(kept: &str, text: &str) -> bool {
    kept == text || kept.strip_suffix(CUT).is_some_and(|start| start.len() >= MAX_KEPT && text.starts_with(start))
}

/// One article's statements of one speaker, or those of a group of articles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Unit {
    key: u64,
    pub counts: [f64; N_LABELS],
    /// Sum of the scores of the related statements.
    pub scores: Sum,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub counts: [usize; N_LABELS],
    /// Statements for which the scorer abstained: they count, and stand nowhere.
    pub uncertain: usize,
    pub kinds: Kinds,
    pub claims: BTreeMap<String, usize>,
    pub units: Vec<Unit>,
    is_grouped: bool,
    /// Numbers of the articles, some more than once.
    articles: Vec<u32>,
    n_compacted: usize,
    /// Sums over related statements: scores, their squares, and the variance that the model itself sees in each.
    pub scores: Sum,
    pub squares: Sum,
    pub doubt: Sum,
    pub trend: Trend,
    pub sides: Sides,
    pub months: BTreeMap<(i16, i8), Month>,
    pub dates: Option<(Date, Date)>,
    kept: [Vec<(f64, Box<ScoredStatement>)>; N_LABELS],
}

/// The place of a label among [`N_LABELS`].
pub(super) fn place_of(label: &str) -> usize {
    Stance::named(label).unwrap_or(Stance::Unrelated) as usize
}

impl Tally {
    /// Adds a statement of the article with this number and key.
    pub fn add(&mut self, statement: &ScoredStatement, article: u32, key: u64, keep: Keep) {
        let stance = &statement.stance;
        let is_uncertain = stance.label == UNCERTAIN;
        let place = place_of(&stance.label);
        let is_related = place != UNRELATED;
        *(if is_uncertain { &mut self.uncertain } else { &mut self.counts[place] }) += 1;
        match statement.kind {
            Kind::Direct => self.kinds.direct += 1,
            Kind::Mixed => self.kinds.mixed += 1,
            Kind::Indirect => self.kinds.indirect += 1,
        }
        if let Some(claim) = &statement.claim {
            // A model has a handful of labels; a hostile file may have a million.
            if let Some(n) = self.claims.get_mut(&claim.label) {
                *n += 1;
            } else if self.claims.len() < 64 {
                self.claims.insert(claim.label.clone(), 1);
            }
        }
        if self.articles.last() != Some(&article) {
            self.articles.push(article);
            if self.articles.len() > 2 * self.n_compacted + 64 {
                self.compact();
            }
        }
        // What has no probabilities is as sure as its label.
        let p = |of: Stance| {
            let given = stance.probabilities.get(of.name()).copied();
            given.unwrap_or(f64::from(u8::from(stance.probabilities.is_empty() && stance.label == of.name())))
        };
        self.sides.add(Stance::RELATED.map(p), Some(place).filter(|_| !is_uncertain));
        if is_uncertain {
            if let Some(date) = statement.date {
                self.see(date).uncertain += 1;
            }
            return;
        }
        let score = if stance.score.is_finite() { stance.score.clamp(-1.0, 1.0) } else { 0.0 };
        let unit = self.unit(key);
        unit.counts[place] += 1.0;
        if is_related {
            unit.scores.add(score);
            self.scores.add(score);
            self.squares.add(score * score);
            let p = |of: Stance| stance.probabilities.get(of.name()).copied().filter(|p| p.is_finite()).unwrap_or(0.0);
            self.doubt.add((p(Stance::Favor) + p(Stance::Against) - score * score).clamp(0.0, 1.0));
        }
        if let Some(date) = statement.date {
            self.see(date).add(place, score);
            if is_related {
                self.trend.add(article, date, score);
            }
        }
        let limit = if is_related { keep.related } else { keep.unrelated };
        self.keep(statement, place, limit);
    }

    /// Takes note of a day; gives its month.
    fn see(&mut self, date: Date) -> &mut Month {
        self.dates = Some(self.dates.map_or((date, date), |(first, last)| (first.min(date), last.max(date))));
        self.months.entry((date.year(), date.month())).or_default()
    }

    /// How many statements are kept word for word.
    pub fn n_kept(&self) -> usize {
        self.kept.iter().map(Vec::len).sum()
    }

    /// Keeps no more than that, from now on too where it is what [`Self::add`] is given.
    pub fn keep_less(&mut self, keep: Keep) {
        for (place, kept) in self.kept.iter_mut().enumerate() {
            kept.truncate(if place == UNRELATED { keep.unrelated } else { keep.related });
            kept.shrink_to_fit();
        }
    }

    /// Whether the statement is among the `limit` surest of its stance, and if so keeps it.
    fn keep(&mut self, statement: &ScoredStatement, place: usize, limit: usize) {
        let p = statement.stance.probabilities.get(&statement.stance.label).copied().unwrap_or(0.0);
        let kept = &mut self.kept[place];
        // The surest first, and among those as sure an order that does not depend on who came first.
        let comes_before = |(other, with): &(f64, Box<ScoredStatement>)| {
            let order = p.total_cmp(other);
            let order = order.then_with(|| with.article.cmp(&statement.article));
            order.then_with(|| with.id.cmp(&statement.id)).then_with(|| with.text.cmp(&statement.text)).is_le()
        };
        if limit == 0 || (kept.len() >= limit && kept.last().is_some_and(comes_before)) {
            return;
        }
        // Agencies' sentences are printed by many papers; once is enough.
        if let Some(same) = kept.iter().position(|(_, other)| is_kept_text(&other.text, &statement.text)) {
            if comes_before(&kept[same]) {
                return;
            }
            kept.remove(same);
        }
        let at = kept.partition_point(comes_before);
        let mut own = Box::new(statement.clone());
        if let Some((end, _)) = own.text.char_indices().nth(MAX_KEPT).filter(|(end, _)| own.text[*end..] != *CUT) {
            own.text.truncate(end);
            own.text.push_str(CUT);
        }
        kept.insert(at, (p, own));
        kept.truncate(limit);
    }

    fn unit(&mut self, key: u64) -> &mut Unit {
        let key = if self.is_grouped { key % MAX_UNITS as u64 } else { key };
        // Statements of an article come one after the other: the last unit first.
        if self.units.last().is_none_or(|unit| unit.key != key) {
            match self.units.iter().position(|unit| unit.key == key) {
                Some(place) => return &mut self.units[place],
                None if self.is_grouped || self.units.len() < MAX_UNITS => {
                    self.units.push(Unit { key, counts: [0.0; N_LABELS], scores: Sum::default() });
                }
                None => {
                    self.group();
                    return self.unit(key);
                }
            }
        }
        let last = self.units.len() - 1;
        &mut self.units[last]
    }

    /// Puts the units into [`MAX_UNITS`] groups.
    fn group(&mut self) {
        self.is_grouped = true;
        for unit in std::mem::take(&mut self.units) {
            self.unit(unit.key).add(&unit);
        }
    }

    fn compact(&mut self) {
        self.articles.sort_unstable();
        self.articles.dedup();
        self.n_compacted = self.articles.len();
    }

    /// Adds all of another tally.
    pub fn absorb(&mut self, other: Self, keep: Keep) {
        if other.is_grouped && !self.is_grouped {
            self.group();
        }
        for unit in &other.units {
            self.unit(unit.key).add(unit);
        }
        for (own, more) in self.counts.iter_mut().zip(other.counts) {
            *own += more;
        }
        self.uncertain += other.uncertain;
        self.kinds.add(other.kinds);
        for (label, n) in other.claims {
            *self.claims.entry(label).or_default() += n;
        }
        self.articles.extend(other.articles);
        self.compact();
        self.scores.absorb(other.scores);
        self.squares.absorb(other.squares);
        self.doubt.absorb(other.doubt);
        self.trend.absorb(other.trend);
        self.sides.absorb(other.sides);
        for (month, more) in other.months {
            self.months.entry(month).or_default().absorb(&more);
        }
        self.dates = match (self.dates, other.dates) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (one, other) => one.or(other),
        };
        for (place, kept) in other.kept.into_iter().enumerate() {
            let limit = if place == UNRELATED { keep.unrelated } else { keep.related };
            for (_, statement) in kept {
                self.keep(&statement, place, limit);
            }
        }
    }

    pub fn n_articles(&mut self) -> usize {
        self.compact();
        self.articles.len()
    }

    /// Brings what is drawn from into an order that does not depend on the order of the statements.
    pub fn settle(&mut self) {
        self.units.sort_unstable_by_key(|unit| unit.key);
    }

    pub fn n_statements(&self) -> usize {
        self.counts.iter().sum::<usize>() + self.uncertain
    }

    pub fn n_related(&self) -> usize {
        self.counts[..UNRELATED].iter().sum()
    }

    /// Everything kept word for word, surest first within each stance, by place of the stance.
    pub fn take_kept(&mut self) -> [Vec<ScoredStatement>; N_LABELS] {
        std::mem::take(&mut self.kept).map(|kept| kept.into_iter().map(|(_, statement)| *statement).collect())
    }
}

impl Unit {
    fn add(&mut self, other: &Self) {
        for (own, more) in self.counts.iter_mut().zip(other.counts) {
            *own += more;
        }
        self.scores.absorb(other.scores);
    }

    /// Related statements.
    pub fn n_related(&self) -> f64 {
        self.counts[..UNRELATED].iter().sum()
    }
}

impl Month {
    pub(super) fn add(&mut self, place: usize, score: f64) {
        let count = match place {
            0 => &mut self.favor,
            1 => &mut self.against,
            2 => &mut self.neutral,
            _ => {
                self.unrelated += 1;
                return;
            }
        };
        *count += 1;
        self.scores.add(score);
    }

    fn absorb(&mut self, other: &Self) {
        self.favor += other.favor;
        self.against += other.against;
        self.neutral += other.neutral;
        self.unrelated += other.unrelated;
        self.uncertain += other.uncertain;
        self.scores.absorb(other.scores);
    }
}

impl Kinds {
    const fn add(&mut self, other: Self) {
        self.direct += other.direct;
        self.mixed += other.mixed;
        self.indirect += other.indirect;
    }
}
