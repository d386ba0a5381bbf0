//! Takes statements in, gives the summary out.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::change;
use super::cross::{Counts, Cross};
use super::estimate::Estimator;
use super::identity::{self, Form, Overrides, Person};
use super::seed;
use super::tally::{Keep, N_LABELS, Tally, place_of};
use super::view::{self, Dimension, Sort, View};
use super::{
    Balance, GroupSummary, Lean, Month, Posterior, Share, Shares, SpeakerSummary, StanceConfusion, Summary,
    SummaryFigures,
};
use crate::attribution::SpeakerType;
use crate::score::UNCERTAIN;
use crate::score::{ScoredStatement, StatementSpeaker};

/// What is wanted of a summary.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What a row is.
    pub by: View,
    /// The order of the rows.
    pub sort: Sort,
    /// Rows with fewer statements are left out.
    pub min_statements: usize,
    /// Rows beyond so many are left out.
    pub top: Option<usize>,
    /// A cross table beside.
    pub cross: Option<Cross>,
    /// How many statements are kept word for word.
    pub keep: Keep,
    /// Whether all kept statements are given, and not only the three that carry the lean.
    pub all_kept: bool,
    /// Whether leans are to be about what speakers say in general, from intervals over articles, and not about these texts
    /// alone.
    pub generalize: bool,
    /// Names that are one person's, or not, because the user says so.
    pub overrides: Overrides,
    /// What the model that scored the statements makes of each true stance; `None` where that is not known. Without
    /// use where the scorer abstained on some: it says nothing of the errors among those that are left.
    pub confusion: Option<StanceConfusion>,
}

/// Adds statements up; memory grows with the speakers, not with the statements.
///
/// # Examples
#[cfg_attr(feature = "builtin", doc = "```")]
#[cfg_attr(not(feature = "builtin"), doc = "```ignore")]
/// use onrecord::{Article, Scorer, Summarizer};
///
/// let scorer = Scorer::builtin()?;
/// let mut summarizer = Summarizer::default();
/// let article = Article::new("a1", "“We reject any invasion,” President Ilse Marn said. “Troops out!” she added.");
/// for statement in scorer.score(&article) {
///     summarizer.add(&statement);
/// }
/// assert_eq!(summarizer.finish().speakers[0].name, "Ilse Marn");
/// # Ok::<(), onrecord::model::ModelError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Summarizer {
    options: Options,
    targets: BTreeMap<String, usize>,
    /// Numbers of the articles by the hash of their ids.
    articles: FxHashMap<u64, u32>,
    last_article: Option<(String, u32, u64)>,
    /// Stances for which the model gives a probability.
    has: [bool; N_LABELS],
    /// Places in `names` by name; the roles under one name are few and looked through.
    places: FxHashMap<String, Vec<usize>>,
    names: Vec<(StatementSpeaker, Tally)>,
    /// Whoever is described and not named, while there is one article: "officials" of two are not the same.
    described: Vec<(StatementSpeaker, Tally)>,
    groups: BTreeMap<String, Tally>,
    months: BTreeMap<(i16, i8), Month>,
    cross: Counts,
    n_statements: usize,
    n_uncertain: usize,
    /// Statements that are kept word for word.
    n_kept: usize,
}

/// Statements that are kept word for word, of all speakers together: some 300 MB. Where there are more, fewer of each
/// speaker are kept; how many depends on what there is, not on its order.
const MAX_KEPT: usize = 200_000;

/// Three statements carry a lean.
const N_CARRYING: usize = 3;

impl Summarizer {
    /// A summarizer with these wishes.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self { options, ..Self::default() }
    }

    /// The targets met so far, with their numbers of statements. Stances toward different targets should not be added
    /// up; whoever sees more than one here may ask for a view by target, or take only the statements of one.
    #[must_use]
    pub const fn targets(&self) -> &BTreeMap<String, usize> {
        &self.targets
    }

    /// Adds one statement. The statements of one article are expected one after the other.
    pub fn add(&mut self, statement: &ScoredStatement) {
        self.n_statements += 1;
        match self.targets.get_mut(&statement.stance.target) {
            Some(n) => *n += 1,
            None => drop(self.targets.insert(statement.stance.target.clone(), 1)),
        }
        for label in statement.stance.probabilities.keys() {
            self.has[place_of(label)] = true;
        }
        let is_uncertain = statement.stance.label == UNCERTAIN;
        if is_uncertain {
            self.n_uncertain += 1;
        } else {
            self.has[place_of(&statement.stance.label)] = true;
        }
        let (article, key) = self.article(&statement.article);
        let keep = self.options.keep;
        let speaker = statement.speaker.as_ref();
        // Whoever was a name before is one now; taking names apart costs more than looking them up.
        let known = speaker.and_then(|speaker| self.known_place(speaker));
        let is_named = known.is_some()
            || speaker.is_some_and(|speaker| {
                identity::is_name(&speaker.name, speaker.kind) || self.options.overrides.knows(&speaker.name)
            });
        if let Some(cross) = self.options.cross {
            let side = |dimension: Dimension, place: Option<usize>| match (dimension, place) {
                (Dimension::Speaker, Some(place)) => format!("#{place}"),
                (Dimension::Speaker, None) => class(speaker).to_owned(),
                (other, _) => other.key(statement),
            };
            let needs_place = cross.rows == Dimension::Speaker || cross.columns == Dimension::Speaker;
            let place = speaker.filter(|_| is_named && needs_place).map(|speaker| self.place(speaker));
            self.cross.add(&side(cross.rows, place), &side(cross.columns, place), 1);
        }
        if let Some(date) = statement.date {
            let score = statement.stance.score;
            let score = if score.is_finite() { score.clamp(-1.0, 1.0) } else { 0.0 };
            let month = self.months.entry((date.year(), date.month())).or_default();
            if is_uncertain {
                month.uncertain += 1;
            } else {
                month.add(place_of(&statement.stance.label), score);
            }
        }
        let tally = match (self.options.by, speaker) {
            (View::Speaker, Some(speaker)) if is_named => {
                let place = known.unwrap_or_else(|| self.place(speaker));
                &mut self.names[place].1
            }
            (View::Speaker, Some(speaker)) if article == 0 && self.articles.len() == 1 => {
                let known = self.described.iter().position(|(other, _)| other.name == speaker.name);
                let place = known.unwrap_or_else(|| {
                    self.described.push((speaker.clone(), Tally::default()));
                    self.described.len() - 1
                });
                // Of two descriptions of one name, the same is kept whichever comes first.
                if *speaker < self.described[place].0 {
                    self.described[place].0 = speaker.clone();
                }
                &mut self.described[place].1
            }
            (View::Speaker, speaker) => self.groups.entry(class(speaker).to_owned()).or_default(),
            (view, _) => self.groups.entry(view.dimension().key(statement)).or_default(),
        };
        let n_before = tally.n_kept();
        tally.add(statement, article, key, keep);
        self.n_kept = self.n_kept + tally.n_kept() - n_before;
        while self.n_kept > MAX_KEPT && !self.options.keep.is_none() {
            self.keep_less();
        }
    }

    /// Keeps fewer statements of each speaker.
    fn keep_less(&mut self) {
        self.options.keep = self.options.keep.less();
        let Self { names, described, groups, .. } = self;
        let named = names.iter_mut().chain(described).map(|(_, tally)| tally);
        self.n_kept = 0;
        for tally in named.chain(groups.values_mut()) {
            tally.keep_less(self.options.keep);
            self.n_kept += tally.n_kept();
        }
    }

    /// The number of an article, and the hash of its id.
    fn article(&mut self, id: &str) -> (u32, u64) {
        if let Some((last, number, key)) = &self.last_article
            && last == id
        {
            return (*number, *key);
        }
        let key = seed::of(id);
        if self.articles.len() == 1 && !self.articles.contains_key(&key) {
            self.fold_described();
        }
        let next = self.articles.len() as u32;
        let number = *self.articles.entry(key).or_insert(next);
        self.last_article = Some((id.to_owned(), number, key));
        (number, key)
    }

    /// Sums up whoever is described by class.
    fn fold_described(&mut self) {
        for (speaker, tally) in std::mem::take(&mut self.described) {
            self.groups.entry(class(Some(&speaker)).to_owned()).or_default().absorb(tally, self.options.keep);
        }
    }

    /// Where a name with its role is tallied, if it was met before.
    fn known_place(&self, speaker: &StatementSpeaker) -> Option<usize> {
        self.places.get(&speaker.name)?.iter().copied().find(|&place| self.names[place].0 == *speaker)
    }

    /// Where a name with its role is tallied.
    fn place(&mut self, speaker: &StatementSpeaker) -> usize {
        if let Some(place) = self.known_place(speaker) {
            return place;
        }
        let place = self.names.len();
        self.names.push((speaker.clone(), Tally::default()));
        self.places.entry(speaker.name.clone()).or_default().push(place);
        place
    }

    /// The summary of everything added.
    #[must_use]
    pub fn finish(self) -> Summary {
        let Self {
            options,
            targets,
            articles,
            has,
            names,
            described,
            groups,
            months,
            cross,
            n_statements,
            n_uncertain,
            ..
        } = self;
        let confusion = options.confusion.as_ref().filter(|_| n_uncertain == 0);
        // Nothing below depends on who was met first.
        let mut names: Vec<(usize, (StatementSpeaker, Tally))> = names.into_iter().enumerate().collect();
        names.sort_by(|(_, (one, _)), (_, (other, _))| one.cmp(other));
        let mut new_places = vec![0; names.len()];
        names.iter().enumerate().for_each(|(new, (old, _))| new_places[*old] = new);
        let mut described = described;
        described.sort_by(|(one, _), (other, _)| one.cmp(other));
        let (forms, mut tallies): (Vec<Form>, Vec<Tally>) = names.into_iter().map(|(_, name)| form(name)).unzip();
        let people = if forms.is_empty() { Vec::new() } else { identity::resolve(&forms, &options.overrides) };
        let cross_table =
            options.cross.map(|wanted| with_names(cross, &people, &new_places).table(wanted, options.top));
        let mut merged: Vec<Tally> = Vec::with_capacity(people.len() + groups.len());
        for person in &people {
            let mut all = Tally::default();
            for &place in &person.forms {
                all.absorb(std::mem::take(&mut tallies[place]), options.keep);
            }
            merged.push(all);
        }
        let (described, described_tallies): (Vec<StatementSpeaker>, Vec<Tally>) = described.into_iter().unzip();
        merged.extend(described_tallies);
        let n_people = merged.len();
        let (group_names, group_tallies): (Vec<String>, Vec<Tally>) = groups.into_iter().unzip();
        merged.extend(group_tallies);
        // Small speakers are drawn toward what speakers say; the classes without names are no speakers.
        let peers = if n_people > 0 { &merged[..n_people] } else { &merged[..] };
        let estimator = Estimator::new(confusion, peers, has);
        let names = people.iter().map(|person| person.name.as_str());
        let names = names.chain(described.iter().map(|speaker| speaker.name.as_str()));
        let names = names.chain(group_names.iter().map(String::as_str));
        let seeds: Vec<u64> = names.map(seed::of).collect();
        let figures = |(tally, seed): (Tally, u64)| figures(tally, seed, &estimator, &options);
        let mut figures: Vec<SummaryFigures> = merged.into_par_iter().zip(seeds).map(figures).collect();
        change::adjust(figures.iter_mut().take(n_people).filter_map(|figures| figures.change.as_mut()));
        change::adjust(figures.iter_mut().skip(n_people).filter_map(|figures| figures.change.as_mut()));
        let mut figures = figures.into_iter();
        let speaker = |person: Person, figures: SummaryFigures| {
            let Person { name, kind, role, affiliation, aliases, .. } = person;
            SpeakerSummary { name, kind, role, affiliation, aliases, figures }
        };
        let mut speakers: Vec<SpeakerSummary> =
            people.into_iter().zip(figures.by_ref()).map(|(person, figures)| speaker(person, figures)).collect();
        speakers.extend(described.into_iter().zip(figures.by_ref()).map(|(speaker, figures)| {
            let StatementSpeaker { name, kind, role, affiliation } = speaker;
            SpeakerSummary { name, kind, role, affiliation, aliases: Vec::new(), figures }
        }));
        let mut groups: Vec<GroupSummary> =
            group_names.into_iter().zip(figures).map(|(name, figures)| GroupSummary { name, figures }).collect();
        let n_rows = speakers.len() + groups.len();
        speakers.retain(|speaker| speaker.figures.statements >= options.min_statements);
        options.sort.sort(&mut speakers, |speaker| (speaker.name.as_str(), &speaker.figures));
        speakers.truncate(options.top.unwrap_or(usize::MAX));
        if options.by != View::Speaker {
            groups.retain(|group| group.figures.statements >= options.min_statements);
            let sort = if options.by == View::Month { Sort::Name } else { options.sort };
            sort.sort(&mut groups, |group| (group.name.as_str(), &group.figures));
            groups.truncate(options.top.unwrap_or(usize::MAX));
        }
        let target = if targets.len() == 1 { targets.into_keys().next().unwrap_or_default() } else { String::new() };
        Summary {
            target,
            by: options.by,
            articles: articles.len(),
            statements: n_statements,
            uncertain: n_uncertain,
            is_general: options.generalize,
            is_corrected: confusion.is_some(),
            left_out: n_rows - speakers.len() - groups.len(),
            speakers,
            groups,
            months: in_order(months),
            cross: cross_table,
        }
    }
}

/// What statements without a name are summed up as.
fn class(speaker: Option<&StatementSpeaker>) -> &'static str {
    match speaker.map(|speaker| speaker.kind) {
        None => "(nobody named)",
        Some(SpeakerType::Anonymous) => "(anonymous sources)",
        Some(SpeakerType::Group) => "(groups)",
        Some(SpeakerType::Organization) => "(unnamed bodies)",
        Some(SpeakerType::Person | SpeakerType::Unknown) => "(described, not named)",
    }
}

fn form((speaker, mut tally): (StatementSpeaker, Tally)) -> (Form, Tally) {
    let StatementSpeaker { name, kind, role, affiliation } = speaker;
    let articles = tally.n_articles();
    (Form { name, kind, role, affiliation, statements: tally.n_statements(), articles }, tally)
}

/// The cross table's cells with people for the numbers of their names.
fn with_names(cross: Counts, people: &[Person], new_places: &[usize]) -> Counts {
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    people.iter().for_each(|person| *shown.entry(person.name.as_str()).or_default() += 1);
    let mut of_form = vec![String::new(); new_places.len()];
    for person in people {
        let role = person.role.as_deref().filter(|_| shown[person.name.as_str()] > 1);
        let name = role.map_or_else(|| person.name.clone(), |role| format!("{}, {role}", person.name));
        person.forms.iter().for_each(|&place| of_form[place].clone_from(&name));
    }
    let named = |side: String| {
        let place = side.strip_prefix('#').and_then(|place| place.parse::<usize>().ok());
        place.and_then(|place| of_form.get(*new_places.get(place)?).cloned()).unwrap_or(side)
    };
    let mut named_counts = Counts::default();
    for (row, column, n) in cross.cells() {
        named_counts.add(&named(row), &named(column), n);
    }
    named_counts
}

fn figures(mut tally: Tally, seed: u64, estimator: &Estimator, options: &Options) -> SummaryFigures {
    tally.settle();
    let [favor, against, neutral, unrelated] = tally.counts;
    let n_related = tally.n_related();
    let estimate = estimator.shares(&tally, seed);
    let posterior = tally.sides.posterior().filter(|_| !options.generalize);
    let lean = match posterior {
        Some(_) => tally.sides.lean(),
        None => estimate.map_or(Lean::TooLittle, |(_, _, lean)| lean),
    };
    let kept = tally.take_kept();
    let share = |share: Share| Share {
        counted: rounded(share.counted),
        estimate: rounded(share.estimate),
        interval: share.interval.map(rounded),
        shrunk: rounded(share.shrunk),
    };
    SummaryFigures {
        articles: tally.n_articles(),
        statements: tally.n_statements(),
        favor,
        against,
        neutral,
        unrelated,
        uncertain: tally.uncertain,
        kinds: tally.kinds,
        score: (n_related > 0).then(|| rounded(tally.scores.get() / n_related as f64)),
        score_interval: estimator.score_interval(&tally).map(|interval| interval.map(rounded)),
        shares: estimate.map(|(Shares { favor, against, neutral }, ..)| Shares {
            favor: share(favor),
            against: share(against),
            neutral: share(neutral),
        }),
        balance: estimate.map(|(_, balance, _)| Balance {
            estimate: rounded(balance.estimate),
            interval: balance.interval.map(rounded),
        }),
        lean,
        posterior: posterior.map(|Posterior { favor, against, neither }| Posterior {
            favor: rounded(favor),
            against: rounded(against),
            neither: rounded(neither),
        }),
        first: tally.dates.map(|(first, _)| first),
        last: tally.dates.map(|(_, last)| last),
        months: in_order(std::mem::take(&mut tally.months)),
        change: std::mem::take(&mut tally.trend).change(),
        claims: std::mem::take(&mut tally.claims),
        carrying: carrying(kept, lean, options.all_kept),
    }
}

/// Four digits say all that such figures can say, and are the same on every machine.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4 + 0.0
}

/// The statements to show: those of the lean's side first, with both sides of a mixed one in turn.
fn carrying(kept: [Vec<ScoredStatement>; N_LABELS], lean: Lean, all: bool) -> Vec<ScoredStatement> {
    let [favor, against, neutral, unrelated] = kept;
    let p = |statement: &ScoredStatement| {
        statement.stance.probabilities.get(&statement.stance.label).copied().unwrap_or(0.0)
    };
    let in_turn = |one: Vec<ScoredStatement>, other: Vec<ScoredStatement>| {
        let (mut one, mut other) = (one.into_iter(), other.into_iter());
        let mut both = Vec::new();
        loop {
            let n_before = both.len();
            both.extend(one.next());
            both.extend(other.next());
            if both.len() == n_before {
                return both;
            }
        }
    };
    let mut shown = match lean {
        Lean::Favor => [favor, in_turn(against, neutral)].concat(),
        Lean::Against => [against, in_turn(favor, neutral)].concat(),
        Lean::Neutral => [neutral, in_turn(favor, against)].concat(),
        Lean::Mixed => [in_turn(favor, against), neutral].concat(),
        Lean::TooLittle => {
            let mut related = [favor, against, neutral].concat();
            related.sort_by(|a, b| p(b).total_cmp(&p(a)));
            related
        }
    };
    if all {
        shown.extend(unrelated);
    } else {
        shown.truncate(N_CARRYING);
    }
    shown
}

/// Months with their names and mean scores.
fn in_order(months: BTreeMap<(i16, i8), Month>) -> Vec<Month> {
    let finish = |((year, month), mut figures): ((i16, i8), Month)| {
        let n_related = figures.favor + figures.against + figures.neutral;
        figures.month = view::month(year, month);
        figures.score = (n_related > 0).then(|| rounded(figures.scores.get() / n_related as f64));
        figures
    };
    months.into_iter().map(finish).collect()
}
