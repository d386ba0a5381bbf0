//! What is known of the nouns and adjectives with which texts describe people and bodies: word lists, read once.
//!
//! The lists say what words are the same post, which posts one person holds at a time, what belongs to one country or
//! party, and what sets nobody apart. They are English and of the world's news; a word that no list knows is compared
//! by its letters.

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::lexicon::key;

/// What kind of thing a word in a description says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in super::super) enum Kind {
    /// A country or a union of them.
    Country,
    /// A part of a federation.
    State,
    /// A political party.
    Party,
    /// "First", "other", "former", "deputy".
    Order,
    /// Some other capitalised name.
    Name,
    /// What a post is for: "foreign", "police".
    Field,
}

/// The word lists.
#[derive(Debug, Clone)]
pub(in super::super) struct Knowledge {
    sides: FxHashMap<u32, (Kind, u32)>,
    posts: FxHashMap<u32, u32>,
    fields: FxHashMap<u32, u32>,
    wider: FxHashMap<u32, Vec<u32>>,
    plain: FxHashSet<u32>,
    orders: FxHashSet<u32>,
    sole: FxHashSet<u32>,
    openers: FxHashSet<u32>,
    bodies: FxHashSet<u32>,
    endings: FxHashSet<u32>,
    media: FxHashSet<u32>,
    people: FxHashSet<u32>,
    things: FxHashSet<u32>,
    attitudes: FxHashSet<u32>,
}

/// The lines of a list that say something.
fn lines(list: &str) -> impl Iterator<Item = &str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn words(list: &str) -> FxHashSet<u32> {
    lines(list).map(key).collect()
}

/// Forms of one thing on each line: every form with the number of the first.
fn groups(list: &str) -> FxHashMap<u32, u32> {
    let mut found = FxHashMap::default();
    for line in lines(list) {
        let mut forms = line.split(' ');
        let first = forms.next().map_or(0, key);
        for form in [first].into_iter().chain(forms.map(key)) {
            found.entry(form).or_insert(first);
        }
    }
    found
}

impl Knowledge {
    /// The lists that come with the program.
    pub fn builtin() -> Self {
        let mut sides = FxHashMap::default();
        for line in lines(include_str!("lexicon/sides.txt")) {
            let mut forms = line.split(' ');
            let kind = match forms.next() {
                Some("country") => Kind::Country,
                Some("state") => Kind::State,
                _ => Kind::Party,
            };
            let forms: Vec<u32> = forms.map(key).collect();
            for &form in &forms {
                sides.entry(form).or_insert((kind, forms[0]));
            }
        }
        let posts = groups(include_str!("lexicon/posts.txt"));
        let mut wider: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        for line in lines(include_str!("lexicon/wider.txt")) {
            let mut forms = line.split(' ').map(|form| posts.get(&key(form)).copied().unwrap_or_else(|| key(form)));
            if let Some(first) = forms.next() {
                wider.entry(first).or_default().extend(forms);
            }
        }
        Self {
            sides,
            posts,
            fields: groups(include_str!("lexicon/fields.txt")),
            wider,
            plain: words(include_str!("lexicon/plain.txt")),
            orders: words(include_str!("lexicon/orders.txt")),
            sole: words(include_str!("lexicon/sole.txt")),
            openers: words(include_str!("lexicon/openers.txt")),
            bodies: words(include_str!("lexicon/bodies.txt")),
            endings: words(include_str!("lexicon/endings.txt")),
            media: words(include_str!("lexicon/media.txt")),
            people: words(include_str!("lexicon/people.txt")),
            things: words(include_str!("lexicon/things.txt")),
            attitudes: words(include_str!("../lexicon/attitudes.txt")),
        }
    }

    /// The country, state or party that a word or a pair of words (joined by a hyphen) means.
    pub fn side(&self, form: u32) -> Option<(Kind, u32)> {
        self.sides.get(&form).copied()
    }

    /// One number for all nouns of a post; the noun's own where no list has it.
    pub fn post(&self, noun: u32) -> u32 {
        self.posts.get(&noun).copied().unwrap_or(noun)
    }

    /// The post of a pair of words, where the pair is one: "prime-minister".
    pub fn pair_post(&self, pair: u32) -> Option<u32> {
        self.posts.get(&pair).copied()
    }

    /// What a post is for.
    pub fn field(&self, word: u32) -> Option<u32> {
        self.fields.get(&word).copied()
    }

    /// Whether a holder of `post` may be called by the noun `by`, which says less.
    pub fn is_wider(&self, by: u32, post: u32) -> bool {
        self.wider.get(&by).is_some_and(|posts| posts.contains(&post))
    }

    /// Whether a noun is one for people of many posts.
    pub fn is_loose(&self, noun: u32) -> bool {
        self.wider.contains_key(&noun)
    }

    pub fn is_plain(&self, word: u32) -> bool {
        self.plain.contains(&word)
    }

    pub fn is_order(&self, word: u32) -> bool {
        self.orders.contains(&word)
    }

    /// Whether one person holds the post at a time.
    pub fn is_sole(&self, post: u32) -> bool {
        self.sole.contains(&post)
    }

    /// Whether names of several words begin with the ordinary word.
    pub fn is_opener(&self, word: u32) -> bool {
        self.openers.contains(&word)
    }

    /// Whether the noun stands for any body.
    pub fn is_any_body(&self, noun: u32) -> bool {
        self.bodies.contains(&noun)
    }

    /// Whether somebody says something in such a thing: "statement", "letter".
    pub fn is_medium(&self, noun: u32) -> bool {
        self.media.contains(&noun)
    }

    /// Whether the noun is one for a human being.
    pub fn is_person(&self, noun: u32) -> bool {
        self.people.contains(&noun)
    }

    /// Whether a name that ends in the word is no person's.
    pub fn is_thing(&self, word: u32) -> bool {
        self.things.contains(&word)
    }

    /// Whether the cue reports what somebody wants, feels or thinks.
    pub fn is_attitude(&self, cue: u32) -> bool {
        self.attitudes.contains(&cue)
    }

    /// Whether a word with a hyphen describes, by its last part: "London-based".
    pub fn describes(&self, word: &str) -> bool {
        let Some((_, last)) = word.rsplit_once(['-', '‑']) else { return false };
        last.starts_with(char::is_lowercase) && self.endings.contains(&key(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_side_are_one_and_of_another_are_not() {
        let known = Knowledge::builtin();
        assert_eq!(known.side(key("Russian")), known.side(key("Russia")));
        assert_ne!(known.side(key("Russian")), known.side(key("Ukrainian")));
        assert_eq!(known.side(key("North-Korean")).map(|(kind, _)| kind), Some(Kind::Country));
        assert_eq!(known.side(key("Castrel")), None);
    }

    #[test]
    fn nouns_of_one_post_are_one_and_a_wider_word_holds_many() {
        let known = Knowledge::builtin();
        assert_eq!(known.pair_post(key("prime-minister")), Some(known.post(key("premier"))));
        assert!(known.is_wider(key("lawmaker"), known.post(key("Sen"))));
        assert!(!known.is_wider(key("lawmaker"), known.post(key("king"))));
    }

    #[test]
    fn a_word_with_a_hyphen_may_describe() {
        let known = Knowledge::builtin();
        assert!(known.describes("Aldport-based"));
        assert!(!known.describes("Dorn-Vale"));
    }
}
