//! The rules that bring names together; the module's page lists them.

use std::collections::BTreeMap;

use super::name::{self, Likeness, Name};
use super::role::{self, Role};
use super::{Alias, AliasReason, Overrides};
use crate::attribution::SpeakerType;

/// One name with one role, as articles use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::summary) struct Form {
    pub name: String,
    pub kind: SpeakerType,
    pub role: Option<String>,
    pub affiliation: Option<String>,
    pub statements: usize,
    pub articles: usize,
}

/// One speaker: which forms are theirs, and what is shown of them.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::summary) struct Person {
    pub name: String,
    pub kind: SpeakerType,
    pub role: Option<String>,
    pub affiliation: Option<String>,
    /// Positions in the list of forms, in its order.
    pub forms: Vec<usize>,
    /// One entry a form, in the same order.
    pub aliases: Vec<Alias>,
}

/// Names in question are given to one of several people where that one has at least so many times the statements of
/// all others together.
const DOMINANCE: usize = 10;

/// People while they are being put together.
#[derive(Debug)]
struct Cluster {
    members: Vec<(usize, AliasReason)>,
    words: Vec<String>,
    role: Role,
    statements: usize,
    /// Statements of which the role is told, by the words of the role: one slip must not weigh like a hundred.
    by_role: BTreeMap<String, usize>,
    /// Statements as a body's less statements as a person's.
    body: i64,
    is_known_body: bool,
    /// The user's name for them, or a split: no rule moves the cluster any more.
    is_fixed: bool,
    /// A split: no rule adds to it either.
    is_closed: bool,
    shown: Option<String>,
}

/// The people behind the forms, in the order of their names; every form is in exactly one.
pub(in crate::summary) fn resolve(forms: &[Form], overrides: &Overrides) -> Vec<Person> {
    let names: Vec<Name> = forms.iter().map(name_of).collect();
    let mut clusters = by_name(forms, &names, overrides);
    // One after the other: "T. Reed" must not have to choose between Tom Reed, Thomas Reed and Thomas A. Reed.
    for wanted in [Likeness::Fuller, Likeness::Nickname, Likeness::Initial] {
        link_full_names(&mut clusters, wanted);
    }
    link_family_names(&mut clusters);
    link_bodies(&mut clusters);
    let mut people: Vec<Person> = clusters
        .into_iter()
        .filter(|cluster| !cluster.members.is_empty())
        .map(|cluster| person(cluster, forms, &names))
        .collect();
    people.sort_by(|a, b| a.name.cmp(&b.name).then(a.forms.cmp(&b.forms)));
    people
}

fn name_of(form: &Form) -> Name {
    name::name(&form.name, form.kind).unwrap_or_else(|| Name {
        // A description that an alias makes a name.
        shown: form.name.clone(),
        words: name::folded(&form.name),
        lead: String::new(),
    })
}

fn role_of(form: &Form, name: &Name) -> Role {
    Role::new(form.role.as_deref(), form.affiliation.as_deref(), &name.lead)
}

/// Rules 1 and 2.
fn by_name(forms: &[Form], names: &[Name], overrides: &Overrides) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    let mut fixed: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let mut groups: BTreeMap<&[String], Vec<usize>> = BTreeMap::new();
    let mut targets: BTreeMap<&[String], &str> = BTreeMap::new();
    let alias_of = |idx: usize| {
        let written = name::folded(&forms[idx].name);
        overrides.target(&written).or_else(|| overrides.target(&names[idx].words))
    };
    for idx in 0..forms.len() {
        if let Some((target, shown, _)) = alias_of(idx) {
            targets.insert(target, shown);
        }
    }
    for (idx, form) in forms.iter().enumerate() {
        let Name { words, .. } = &names[idx];
        let by_user = alias_of(idx).or_else(|| {
            // The name that others are aliases of takes its own forms along.
            targets.get_key_value(words.as_slice()).map(|(target, shown)| (*target, *shown, AliasReason::SameName))
        });
        let split = overrides.is_split(words).then(|| {
            let mut key = words.clone();
            key.push(form.role.as_deref().unwrap_or_default().to_lowercase());
            key
        });
        let key = match (&by_user, split) {
            (Some((target, ..)), _) => target.to_vec(),
            (None, Some(key)) => key,
            (None, None) => {
                groups.entry(words.as_slice()).or_default().push(idx);
                continue;
            }
        };
        let target = by_user.as_ref().map_or(words.as_slice(), |(target, ..)| *target);
        let place = *fixed.entry(key).or_insert_with(|| {
            let mut cluster = Cluster::new(target.to_vec(), true);
            cluster.is_closed = by_user.is_none();
            clusters.push(cluster);
            clusters.len() - 1
        });
        let reason = by_user.map_or(AliasReason::SameName, |(_, _, reason)| reason);
        clusters[place].shown = by_user.map(|(_, shown, _)| shown.to_owned());
        clusters[place].take(idx, form, &names[idx], reason);
    }
    for (words, mut members) in groups {
        // Telling roles first, frequent ones before rare ones; forms without a role join at the end.
        let role_of = |idx: usize| role_of(&forms[idx], &names[idx]);
        members.sort_by_key(|&idx| (role_of(idx).is_blank(), std::cmp::Reverse(forms[idx].statements), idx));
        let first = clusters.len();
        for idx in members {
            let role = role_of(idx);
            let n_open = clusters.len() - first;
            // A family name without a role may be anybody's of that name: rule 4 decides.
            let place = if role.is_blank() && words.len() == 1 {
                clusters[first..].iter().position(|cluster| cluster.role.is_blank()).map(|place| first + place)
            } else if role.is_blank() && n_open > 1 {
                dominant(&clusters, first..clusters.len())
            } else {
                let fits = |cluster: &Cluster| !cluster.role.conflicts(&role);
                clusters[first..].iter().position(fits).map(|place| first + place)
            };
            let place = place.unwrap_or_else(|| {
                clusters.push(Cluster::new(words.to_vec(), false));
                clusters.len() - 1
            });
            clusters[place].take(idx, &forms[idx], &names[idx], AliasReason::SameName);
        }
    }
    clusters
}

/// Rule 3, shortest names first, so that chains end at the fullest name.
fn link_full_names(clusters: &mut [Cluster], wanted: Likeness) {
    let mut by_family: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, cluster) in clusters.iter().enumerate().filter(|(_, cluster)| cluster.is_full_person()) {
        for family in name::family_names(&cluster.words) {
            by_family.entry(family.clone()).or_default().push(place);
        }
    }
    let mut order: Vec<usize> = (0..clusters.len()).filter(|&place| clusters[place].is_open_person()).collect();
    order.sort_by_key(|&place| (clusters[place].words.len(), clusters[place].words[0].chars().count(), place));
    for place in order {
        let cluster = &clusters[place];
        let Some(near) = cluster.words.last().and_then(|last| by_family.get(last)) else { continue };
        let fits = |&&other: &&usize| {
            let long = &clusters[other];
            let is_longer = (long.words.len(), long.words[0].chars().count())
                > (cluster.words.len(), cluster.words[0].chars().count());
            other != place && !long.members.is_empty() && is_longer && !long.role.conflicts(&cluster.role)
        };
        let like = |&other: &usize| name::likeness(&cluster.words, &clusters[other].words).map(|like| (other, like));
        let found: Vec<(usize, Likeness)> =
            near.iter().filter(fits).filter_map(like).filter(|(_, like)| *like == wanted).collect();
        let place_of = match found.as_slice() {
            [] => continue,
            [(only, like)] => Some((*only, *like)),
            several => {
                let chosen = dominant_of(clusters, several.iter().map(|(other, _)| *other));
                chosen.and_then(|chosen| several.iter().find(|(other, _)| *other == chosen).copied())
            }
        };
        let Some((target, like)) = place_of else { continue };
        let reason = match like {
            Likeness::Fuller => AliasReason::FullerName,
            Likeness::Initial => AliasReason::Initial,
            Likeness::Nickname => AliasReason::ShortGivenName,
        };
        absorb(clusters, target, place, reason);
    }
}

/// Rule 4.
fn link_family_names(clusters: &mut [Cluster]) {
    let mut by_family: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, cluster) in clusters.iter().enumerate().filter(|(_, cluster)| cluster.is_full_person()) {
        for family in name::family_names(&cluster.words) {
            by_family.entry(family.clone()).or_default().push(place);
        }
    }
    for place in 0..clusters.len() {
        let cluster = &clusters[place];
        if cluster.is_fixed || cluster.is_body() || cluster.members.is_empty() {
            continue;
        }
        let Some(bearers) = cluster.words.last().and_then(|last| by_family.get(last)) else { continue };
        let fits = |&other: &usize| {
            let bearer = &clusters[other];
            // "van den Berg" and "Dorn-Vale" are family names of several words.
            let is_all = bearer.words.ends_with(&cluster.words) && bearer.words.len() > cluster.words.len();
            other != place
                && !bearer.members.is_empty()
                && (is_all || cluster.words.len() == 1)
                && !bearer.role.is_elsewhere(&cluster.role)
                && !bearer.role.conflicts(&cluster.role)
        };
        let fitting: Vec<usize> = bearers.iter().copied().filter(fits).collect();
        let agreement = |other: &usize| clusters[*other].role.agreement(&cluster.role);
        let best = fitting.iter().map(agreement).max().unwrap_or(0);
        let agreeing: Vec<usize> =
            fitting.iter().copied().filter(|other| best > 0 && agreement(other) == best).collect();
        let chosen = match (fitting.as_slice(), agreeing.as_slice()) {
            ([only], _) => Some((*only, AliasReason::OnlyBearer)),
            (_, [only]) => Some((*only, AliasReason::FamilyNameAndRole)),
            (several, agreeing) => {
                // A role that one has a hundred times and another once is a slip at the other.
                let as_such = |&place: &usize| (place, clusters[place].statements_as(&cluster.role));
                let by_role = most_by_far(agreeing.iter().map(as_such)).map(|it| (it, AliasReason::FamilyNameAndRole));
                by_role.or_else(|| {
                    dominant_of(clusters, several.iter().copied())
                        .map(|chosen| (chosen, AliasReason::FamilyNameOfTheMostQuoted))
                })
            }
        };
        if let Some((target, reason)) = chosen {
            absorb(clusters, target, place, reason);
        }
    }
    // Family names that no full name has: with and without a role they are one person's, where nothing speaks against.
    let mut lone: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
    for (place, cluster) in clusters.iter().enumerate() {
        let is_open = !cluster.is_fixed && cluster.words.len() == 1 && !cluster.members.is_empty();
        if is_open && !by_family.contains_key(&cluster.words[0]) {
            lone.entry(cluster.words.clone()).or_default().push(place);
        }
    }
    for places in lone.into_values() {
        if let [one, other] = places[..]
            && !clusters[one].role.conflicts(&clusters[other].role)
        {
            absorb(clusters, one, other, AliasReason::SameName);
        }
    }
}

/// Rule 5.
fn link_bodies(clusters: &mut [Cluster]) {
    let mut by_key: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let mut by_initials: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for place in 0..clusters.len() {
        if clusters[place].is_fixed || !clusters[place].is_body() || clusters[place].members.is_empty() {
            continue;
        }
        match by_key.get(&name::body_key(&clusters[place].words)) {
            Some(&first) if clusters[first].role.conflicts(&clusters[place].role) => {}
            Some(&first) => absorb(clusters, first, place, AliasReason::SameBody),
            None => {
                let initials = name::initials(&clusters[place].words);
                by_key.insert(name::body_key(&clusters[place].words), place);
                if initials.chars().count() >= 2 {
                    by_initials.entry(initials).or_default().push(place);
                }
            }
        }
    }
    for place in 0..clusters.len() {
        let cluster = &clusters[place];
        if cluster.is_fixed || cluster.members.is_empty() || cluster.words.len() != 1 {
            continue;
        }
        if let Some([only]) = by_initials.get(&cluster.words[0]).map(Vec::as_slice)
            && *only != place
        {
            absorb(clusters, *only, place, AliasReason::Acronym);
        }
    }
}

/// Moves all members of `from` into `into`.
fn absorb(clusters: &mut [Cluster], into: usize, from: usize, reason: AliasReason) {
    let members = std::mem::take(&mut clusters[from].members);
    let (role, statements) = (std::mem::take(&mut clusters[from].role), clusters[from].statements);
    let (by_role, body) = (std::mem::take(&mut clusters[from].by_role), clusters[from].body);
    let target = &mut clusters[into];
    // Those that had come to `from` for a reason of their own keep it.
    let carried = |old| if old == AliasReason::SameName { reason } else { old };
    target.members.extend(members.into_iter().map(|(idx, old)| (idx, carried(old))));
    target.role.join(&role);
    target.statements += statements;
    target.body += body;
    by_role.into_iter().for_each(|(head, n)| *target.by_role.entry(head).or_default() += n);
}

fn dominant(clusters: &[Cluster], places: std::ops::Range<usize>) -> Option<usize> {
    dominant_of(clusters, places)
}

/// The one with [`DOMINANCE`] times the statements of all others together.
fn dominant_of(clusters: &[Cluster], places: impl Iterator<Item = usize>) -> Option<usize> {
    most_by_far(places.map(|place| (place, clusters[place].statements)))
}

/// Of places with counts, the one with [`DOMINANCE`] times the count of all others together.
fn most_by_far(counts: impl Iterator<Item = (usize, usize)>) -> Option<usize> {
    let counts: Vec<(usize, usize)> = counts.collect();
    let total: usize = counts.iter().map(|(_, count)| count).sum();
    let &(most, own) = counts.iter().max_by_key(|(place, count)| (*count, std::cmp::Reverse(*place)))?;
    (own > 0 && own >= DOMINANCE * (total - own)).then_some(most)
}

impl Cluster {
    fn new(words: Vec<String>, is_fixed: bool) -> Self {
        let is_known_body = name::is_known_body(&words);
        Self {
            members: Vec::new(),
            words,
            role: Role::default(),
            statements: 0,
            by_role: BTreeMap::new(),
            body: 0,
            is_known_body,
            is_fixed,
            is_closed: false,
            shown: None,
        }
    }

    fn take(&mut self, idx: usize, form: &Form, name: &Name, reason: AliasReason) {
        let role = role_of(form, name);
        for head in role.heads() {
            *self.by_role.entry(head.clone()).or_default() += form.statements;
        }
        self.role.join(&role);
        self.statements += form.statements;
        let statements = form.statements as i64;
        self.body += match form.kind {
            SpeakerType::Organization => statements,
            SpeakerType::Person | SpeakerType::Anonymous => -statements,
            SpeakerType::Group | SpeakerType::Unknown => 0,
        };
        self.members.push((idx, reason));
    }

    /// Whether most statements are a body's, or the name is one.
    const fn is_body(&self) -> bool {
        self.is_known_body || self.body > 0
    }

    /// Statements with a role that the other has too.
    fn statements_as(&self, other: &Role) -> usize {
        other.heads().filter_map(|head| self.by_role.get(head)).max().copied().unwrap_or(0)
    }

    /// A full name of a person that the rules may add to.
    fn is_full_person(&self) -> bool {
        let is_full = self.words.len() > 1 && !name::is_particled(&self.words);
        !self.is_closed && !self.is_body() && is_full && !self.members.is_empty()
    }

    /// A full name of a person that the rules may move.
    fn is_open_person(&self) -> bool {
        !self.is_fixed && !self.is_body() && self.words.len() > 1 && !self.members.is_empty()
    }
}

fn person(cluster: Cluster, forms: &[Form], names: &[Name]) -> Person {
    let mut members = cluster.members;
    members.sort_by_key(|(idx, _)| *idx);
    // The name: the user's, or the one used most among those with most likeness to a full name.
    let mut by_name: BTreeMap<&str, (bool, usize)> = BTreeMap::new();
    for (idx, _) in &members {
        let Name { shown, words, .. } = &names[*idx];
        let entry = by_name.entry(shown.as_str()).or_default();
        *entry = (words.len() > 1, entry.1 + forms[*idx].statements);
    }
    let longest = by_name.iter().max_by(|a, b| {
        let rank = |(name, (is_full, n)): (&&str, &(bool, usize))| (*is_full, *n, name.len());
        rank(*a).cmp(&rank(*b)).then(b.0.cmp(a.0))
    });
    let name = cluster.shown.unwrap_or_else(|| longest.map_or_else(String::new, |(name, _)| (*name).to_owned()));
    let is_known_body = name::is_known_body(&cluster.words);
    let kind = kind(members.iter().map(|(idx, _)| &forms[*idx]), is_known_body);
    let most = |of: fn(&Form) -> Option<&String>, is_good: fn(&str) -> bool| {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (idx, _) in &members {
            if let Some(value) = of(&forms[*idx]).filter(|value| is_good(value)) {
                *counts.entry(value).or_default() += forms[*idx].statements;
            }
        }
        let first = counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0)));
        first.map(|(value, _)| value.trim_end_matches([',', ';', ' ']).to_owned())
    };
    let role = most(|form| form.role.as_ref(), role::is_telling).filter(|_| kind != SpeakerType::Organization);
    let affiliation = most(|form| form.affiliation.as_ref(), |_| true);
    let alias = |&(idx, reason): &(usize, AliasReason)| {
        let Form { name: written, role, affiliation, statements, .. } = &forms[idx];
        let is_by_user = matches!(reason, AliasReason::AliasFile | AliasReason::Merged);
        let reason = match (is_by_user, *written == name, names[idx].shown == name) {
            (false, true, _) => AliasReason::Itself,
            (false, false, true) => AliasReason::SameName,
            _ => reason,
        };
        Alias {
            name: written.clone(),
            role: role.clone(),
            affiliation: affiliation.clone(),
            statements: *statements,
            reason,
        }
    };
    let aliases = members.iter().map(alias).collect();
    Person { name, kind, role, affiliation, forms: members.iter().map(|(idx, _)| *idx).collect(), aliases }
}

/// The kind that most statements give, those aside that do not know.
fn kind<'f>(forms: impl Iterator<Item = &'f Form>, is_known_body: bool) -> SpeakerType {
    let (mut n_person, mut n_body, mut n_titled) = (0, 0, 0);
    for form in forms {
        match form.kind {
            SpeakerType::Person => n_person += form.statements,
            SpeakerType::Organization => n_body += form.statements,
            // A name behind a title.
            SpeakerType::Anonymous => n_titled += form.statements,
            SpeakerType::Group | SpeakerType::Unknown => {}
        }
    }
    match (n_body, n_person + n_titled) {
        (0, 0) if is_known_body => SpeakerType::Organization,
        (0, 0) => SpeakerType::Unknown,
        (n_body, n_person) if n_body >= n_person || is_known_body => SpeakerType::Organization,
        _ => SpeakerType::Person,
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
