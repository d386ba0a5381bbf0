//! What a description says of whoever it means: the noun of a post or body, and the words that set them apart.
//!
//! "The former Norvale president" has the noun *president* and says *former* and *Norvale*. Two descriptions of one noun
//! clash where both name a country, a party, a number or a field, and not the same one; nothing but what the words say is
//! compared here.

use super::super::document::{Document, Range};
use super::super::lexicon::{key, traits};
use super::super::token::{Class, shape};
use super::super::vocabulary::{tag, word};
use super::knowledge::{Kind, Knowledge};
use super::names::{Name, folded};

/// One word, or a pair of them, that sets somebody apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub kind: Kind,
    /// The same for all forms of one thing.
    pub what: u32,
    /// Its token.
    pub at: usize,
}

impl Mark {
    /// Whether it names a place, a party or the like.
    pub const fn is_side(&self) -> bool {
        matches!(self.kind, Kind::Country | Kind::State | Kind::Party | Kind::Name)
    }
}

/// What a description says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Profile {
    /// The post; 0 where only a party or country is told.
    pub noun: u32,
    /// The noun's token.
    pub head: usize,
    pub marks: Vec<Mark>,
}

/// Most words before or behind a noun that are read.
const REACH: usize = 9;

impl Profile {
    /// Reads the noun phrase `range` whose noun stands at `head`.
    pub fn new(document: &Document<'_>, known: &Knowledge, range: Range, head: usize) -> Self {
        let tokens = &document.tokens;
        let mut noun = known.post(bare_key(document, head));
        let mut first_of_noun = head;
        if head > range.start
            && tokens[head - 1].is_word()
            && let Some(pair) = known.pair_post(pair_key(document, head - 1))
        {
            noun = pair;
            first_of_noun = head - 1;
        }
        let mut profile = Self { noun, head, marks: Vec::new() };
        // "The Calder Republican": the noun itself is a party.
        if let Some((Kind::Party, what)) = known.side(bare_key(document, head)) {
            profile.marks.push(Mark { kind: Kind::Party, what, at: head });
        }
        profile.read(document, known, Range::new(range.start.max(first_of_noun.saturating_sub(REACH)), first_of_noun));
        profile.read(document, known, Range::new(head + 1, range.end.min(head + 1 + REACH)));
        profile
    }

    fn read(&mut self, document: &Document<'_>, known: &Knowledge, range: Range) {
        let tokens = &document.tokens;
        let mut i = range.start;
        while i < range.end {
            let token = &tokens[i];
            if token.has(word::WHO) || tag::COMMA == token.tag && i > self.head {
                break;
            }
            let is_last = i + 1 >= range.end;
            let form = bare_key(document, i);
            i += 1;
            if !token.is_word() {
                continue;
            }
            if !is_last && let Some((kind, what)) = known.side(pair_key(document, i - 1)) {
                self.marks.push(Mark { kind, what, at: i - 1 });
                i += 1;
            } else if let Some((kind, what)) = known.side(form).filter(|_| token.is(shape::UPPER)) {
                self.marks.push(Mark { kind, what, at: i - 1 });
            } else if known.is_order(form) {
                self.marks.push(Mark { kind: Kind::Order, what: form, at: i - 1 });
            } else if let Some(what) = known.field(form) {
                self.marks.push(Mark { kind: Kind::Field, what, at: i - 1 });
            } else if known.is_plain(form)
                || token.has(traits::FUNCTION | traits::TIME | traits::TITLE)
                || token.is(shape::DIGIT)
            {
            } else if token.is(shape::UPPER) {
                self.marks.push(Mark { kind: Kind::Name, what: folded(document, i - 1), at: i - 1 });
            } else if !token.has(traits::ROLE) {
                self.marks.push(Mark { kind: Kind::Field, what: form, at: i - 1 });
            }
        }
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Mark> + Clone {
        self.marks.iter().filter(move |mark| mark.kind == kind)
    }

    /// Whether the description says something of this kind.
    pub fn says(&self, kind: Kind) -> bool {
        self.of_kind(kind).next().is_some()
    }

    /// Whether the description names a place, a party or the like.
    pub fn says_side(&self) -> bool {
        self.marks.iter().any(Mark::is_side)
    }

    /// Whether the description counts or sets one against another: "the second witness".
    pub fn is_ordered(&self) -> bool {
        self.says(Kind::Order)
    }

    /// The same, "former" aside: somebody named without a post may well be "the former minister".
    pub fn is_ordered_beyond_former(&self) -> bool {
        let former = [key("former"), key("ex")];
        self.of_kind(Kind::Order).any(|mark| !former.contains(&mark.what))
    }

    /// Whether "of" follows the noun: "the leader of the Harbour Party".
    pub fn has_of(&self, document: &Document<'_>) -> bool {
        self.head + 1 < document.tokens.len() && document.word(self.head + 1) == "of"
    }

    /// Whether both say something of a kind, and nothing the same.
    fn differs(&self, document: &Document<'_>, other: &Self, kind: Kind) -> bool {
        self.says(kind)
            && other.says(kind)
            && !self.of_kind(kind).any(|mark| other.of_kind(kind).any(|theirs| same(document, mark, theirs)))
    }

    /// Whether a description `other` cannot mean whoever this one is said of. Of a former minister an article may say "the
    /// minister"; of a deputy it does not, and nobody is "the former minister" of whom the text does not say so.
    pub fn clashes(&self, known: &Knowledge, document: &Document<'_>, other: &Self) -> bool {
        if [Kind::Country, Kind::State, Kind::Party].into_iter().any(|kind| self.differs(document, other, kind)) {
            return true;
        }
        if self.noun != other.noun {
            // One person holds one such post.
            return known.is_sole(self.noun)
                && known.is_sole(other.noun)
                && !self.says(Kind::Order)
                && !other.says(Kind::Order);
        }
        let former = [key("former"), key("ex"), key("acting")];
        let is_told = |mark: &Mark| self.of_kind(Kind::Order).any(|own| own.what == mark.what);
        let is_left_out = |mark: &Mark| {
            former.contains(&mark.what) || other.of_kind(Kind::Order).any(|theirs| theirs.what == mark.what)
        };
        let orders_differ = !other.of_kind(Kind::Order).all(is_told) || !self.of_kind(Kind::Order).all(is_left_out);
        let is_abroad = |one: &Self, two: &Self| {
            known.is_sole(one.noun)
                && one.says(Kind::Name)
                && !one.says(Kind::Country)
                && two.says(Kind::Country)
                && !two.says(Kind::Name)
        };
        orders_differ
            || self.differs(document, other, Kind::Name)
            || self.differs(document, other, Kind::Field)
            || is_abroad(self, other)
            || is_abroad(other, self)
    }

    /// How many kinds of places and parties both name alike.
    pub fn n_shared_sides(&self, document: &Document<'_>, other: &Self) -> usize {
        let kinds = [Kind::Country, Kind::State, Kind::Party, Kind::Name];
        let shares = |kind: &Kind| {
            self.of_kind(*kind).any(|mark| other.of_kind(*kind).any(|theirs| same(document, mark, theirs)))
        };
        kinds.iter().filter(|kind| shares(kind)).count()
    }

    /// How many kinds of things both say alike.
    pub fn n_shared(&self, document: &Document<'_>, other: &Self) -> usize {
        let kinds = [Kind::Country, Kind::State, Kind::Party, Kind::Order, Kind::Name, Kind::Field];
        let shares = |kind: &Kind| {
            self.of_kind(*kind).any(|mark| other.of_kind(*kind).any(|theirs| same(document, mark, theirs)))
        };
        kinds.iter().filter(|kind| shares(kind)).count()
    }
}

/// Whether two marks of one kind say the same; names also where one is made from the other ("Norvale", "Norvalian").
fn same(document: &Document<'_>, a: &Mark, b: &Mark) -> bool {
    if a.what == b.what {
        return true;
    }
    if a.kind != Kind::Name {
        return false;
    }
    let (a, b) = (document.word(a.at), document.word(b.at));
    let shared = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    shared >= 4 && shared + 2 >= a.chars().count().min(b.chars().count())
}

/// The key of a word without its full stop.
fn bare_key(document: &Document<'_>, i: usize) -> u32 {
    let token = &document.tokens[i];
    if token.is(shape::STOPPED) { key(document.word(i).trim_end_matches('.')) } else { token.key }
}

/// The key of a word and the one behind it, joined by a hyphen.
fn pair_key(document: &Document<'_>, i: usize) -> u32 {
    if i + 1 >= document.tokens.len() {
        return 0;
    }
    key(&format!("{}-{}", document.word(i), document.word(i + 1).trim_end_matches('.')))
}

/// Where the noun phrase before `end` begins: the words of a title with whoever it belongs to ("Norvale's").
pub(super) fn phrase_start(document: &Document<'_>, end: usize) -> usize {
    let tokens = &document.tokens;
    let mut start = end;
    while start > 0 && end - start < REACH {
        let before = &tokens[start - 1];
        let is_part = before.class == Class::Possessive
            || before.is_word()
                && !before.has(traits::FUNCTION & !traits::ADVERB)
                && !matches!(before.tag, tag::AUXILIARY | tag::TIME | tag::TO | tag::THAT | tag::WHO)
                && (before.tag != tag::VERB || before.is(shape::UPPER))
                && before.cue_rate() < 8;
        if !is_part || document.is_quoted(start - 1) {
            break;
        }
        start -= 1;
    }
    start
}

/// The posts that the words around a name give its bearer.
pub(super) fn posts_of(document: &Document<'_>, known: &Knowledge, name: &Name) -> Vec<Profile> {
    let mut found: Vec<Profile> = post_before(document, known, name).into_iter().collect();
    if let Some((range, head)) = apposition_after(document, name) {
        found.push(Profile::new(document, known, range, head));
    }
    if let Some((range, head)) = apposition_before(document, name) {
        found.push(Profile::new(document, known, range, head));
    }
    found.extend(membership(document, known, name));
    found
}

/// The post in a name's title: "Norvale's foreign minister Ada Stark".
pub(super) fn post_before(document: &Document<'_>, known: &Knowledge, name: &Name) -> Option<Profile> {
    let tokens = &document.tokens;
    if name.title < name.range.start {
        let title = Range::new(name.title, name.range.start);
        let stop = (title.start..title.end).find(|&i| tokens[i].tag == tag::PREPOSITION || tokens[i].tag == tag::TO);
        let head = (title.start..stop.unwrap_or(title.end))
            .rev()
            .find(|&i| tokens[i].has(traits::ROLE) && !tokens[i].has(traits::TITLE) && !is_loose_title(document, i));
        if let Some(head) = head {
            let range = Range::new(phrase_start(document, title.start), title.end);
            let mut post = Profile::new(document, known, range, head);
            // "Chief executive Tom Corr of Pear".
            let after = name.range.end;
            if tokens.get(after).is_some_and(|_| matches!(document.word(after), "of" | "at" | "from")) {
                let end = (after + 1..tokens.len().min(after + 5))
                    .find(|&i| !tokens[i].is(shape::UPPER))
                    .unwrap_or(after + 1);
                post.read(document, known, Range::new(after + 1, end));
            }
            return Some(post);
        }
    }
    None
}

/// "Former" and the like are no posts by themselves.
fn is_loose_title(document: &Document<'_>, i: usize) -> bool {
    let word = document.word(i);
    ["former", "acting", "deputy", "vice", "rival", "opponent"].iter().any(|loose| word.eq_ignore_ascii_case(loose))
}

/// The noun phrase behind a name and a comma: ", 58, the mayor of Ostrow,".
pub(super) fn apposition_after(document: &Document<'_>, name: &Name) -> Option<(Range, usize)> {
    let tokens = &document.tokens;
    let mut start = name.range.end;
    if tokens.get(start)?.tag != tag::COMMA {
        return None;
    }
    start += 1;
    if tokens.get(start)?.is(shape::DIGIT) && tokens.get(start + 1)?.tag == tag::COMMA {
        start += 2;
    }
    let limit = tokens.len().min(start + 14);
    let end = (start..limit)
        .find(|&i| {
            matches!(tokens[i].tag, tag::COMMA | tag::STOP | tag::OPEN | tag::CLOSE | tag::COLON)
                || tokens[i].has(word::WHO)
        })
        .unwrap_or(limit);
    let stop = (start..end).find(|&i| matches!(tokens[i].tag, tag::PREPOSITION | tag::TO)).unwrap_or(end);
    let head = stop.checked_sub(1).filter(|&head| head >= start && tokens[head].has(traits::ROLE | traits::KIN))?;
    let has_verb = (start..head).any(|i| matches!(tokens[i].tag, tag::AUXILIARY | tag::PRONOUN));
    (!has_verb && !document.is_quoted(head)).then_some((Range::new(start, end), head))
}

/// The noun phrase before a comma and a name: "The president of the islands, Ada Stark".
fn apposition_before(document: &Document<'_>, name: &Name) -> Option<(Range, usize)> {
    let tokens = &document.tokens;
    let comma = name.title.checked_sub(1).filter(|&i| tokens[i].tag == tag::COMMA)?;
    let is_part = |i: usize| {
        let token = &tokens[i];
        token.class == Class::Possessive
            || token.is_word()
                && !matches!(token.tag, tag::AUXILIARY | tag::PRONOUN | tag::WHO | tag::THAT | tag::TIME)
                && (token.tag != tag::VERB || token.is(shape::UPPER))
                && !document.is_quoted(i)
    };
    let mut start = comma;
    while start > 0 && comma - start < 12 && is_part(start - 1) {
        start -= 1;
        if matches!(
            document.word(start),
            "the" | "The" | "a" | "A" | "an" | "An" | "its" | "his" | "her" | "Its" | "His" | "Her"
        ) {
            // An article inside "of the islands" opens no phrase.
            let inside = start > 0 && matches!(tokens[start - 1].tag, tag::PREPOSITION | tag::TO);
            if !inside || comma - start >= 12 {
                break;
            }
        }
    }
    let stop =
        (start..comma).find(|&i| matches!(tokens[i].tag, tag::PREPOSITION | tag::TO) && i > start).unwrap_or(comma);
    let head = stop.checked_sub(1).filter(|&head| head >= start && tokens[head].has(traits::ROLE))?;
    Some((Range::new(start, comma), head))
}

/// Party and state behind a name: "(D-Calder)", ", R-Texas,", "(R)".
fn membership(document: &Document<'_>, known: &Knowledge, name: &Name) -> Option<Profile> {
    let tokens = &document.tokens;
    let at = name.range.end + 1;
    let opens = tokens.get(name.range.end)?.tag == tag::COMMA || document.is_sign(name.range.end, '(');
    if !opens || !tokens.get(at)?.is_word() || !tokens[at].is(shape::UPPER) {
        return None;
    }
    let word = document.word(at).trim_end_matches('.');
    let (letter, place) = word.split_once(['-', '‑']).unwrap_or((word, ""));
    if !matches!(letter, "R" | "D" | "I") {
        return None;
    }
    let (kind, what) = known.side(key(letter))?;
    let mut marks = vec![Mark { kind, what, at }];
    if !place.is_empty() {
        let (kind, what) = known.side(key(place)).unwrap_or((Kind::State, key(place)));
        marks.push(Mark { kind, what, at });
    }
    Some(Profile { noun: 0, head: at, marks })
}
