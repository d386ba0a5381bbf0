//! Who is who, on marked texts: `[source|name]` says whom the words in brackets mean. The sources are given, so that nothing
//! but the decision is tried, without any weights.

use super::{Knowledge, resolve};
use crate::document::{Document, Range};
use crate::lexicon::Lexicon;
use crate::select::Draft;
use crate::span::Span;
use crate::vocabulary::Vocabulary;

/// The text without its marks, and each marked stretch with the name behind its bar.
fn unmarked(marked: &str) -> (String, Vec<(Span, String)>) {
    let (mut text, mut found) = (String::new(), Vec::new());
    let mut rest = marked;
    while let Some((before, after)) = rest.split_once('[') {
        text.push_str(before);
        let (inside, after) = after.split_once(']').expect("a closing bracket");
        let (words, name) = inside.split_once('|').expect("a bar");
        found.push((Span::new(text.len(), text.len() + words.len()), name.to_owned()));
        text.push_str(words);
        rest = after;
    }
    text.push_str(rest);
    (text, found)
}

/// Holds every marked source to the name behind it; `-` for nobody. A statement of one word stands for each content.
fn check(marked: &str) {
    let (text, wanted) = unmarked(marked);
    let vocabulary = Vocabulary::new(&Lexicon::builtin(), &[]);
    let document = Document::new(&text, &vocabulary);
    let token = |at: usize| document.tokens.partition_point(|token| token.end() <= at);
    let mut drafts: Vec<Draft> = wanted
        .iter()
        .map(|(span, _)| {
            let source = Range::new(token(span.start), token(span.end - 1) + 1);
            Draft { content: Vec::new(), source: Some(source), cue: None }
        })
        .collect();
    let (found, speakers) = resolve(&document, &Knowledge::builtin(), &mut drafts);
    let names: Vec<&str> =
        found.iter().map(|found| found.map_or("-", |(speaker, _)| speakers[speaker].name.as_str())).collect();
    let wanted: Vec<&str> = wanted.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, wanted, "{marked}");
}

#[test]
fn a_description_of_one_country_is_never_the_other_s() {
    check("[The Orvan cabinet|The Orvan cabinet] said no. [The Tessel cabinet|The Tessel cabinet] said yes.");
    check(
        "Orvan's president, Mira Hald, left. [The Tessel president|The Tessel president] said yes. \
         [The Orvan president|Mira Hald] said no.",
    );
}

#[test]
fn the_first_of_a_kind_is_not_the_second() {
    check(
        "[The first driver|The first driver] said it was dark. [The second driver|The second driver] said it was not.",
    );
}

#[test]
fn one_post_is_not_another() {
    check(
        "The finance minister, Ada Lunt, said so. Prime Minister Otto Brask smiled. \
         [The finance minister|Ada Lunt] said it again. [The prime minister|Otto Brask] laughed.",
    );
    check("The mayor, Ada Lunt, waited. [The governor|The governor] said nothing.");
}

#[test]
fn a_wider_word_with_another_country_is_not_the_minister() {
    check(
        "[Orvan's interior minister Ada Lunt|Ada Lunt] said no. [The Tessel official|The Tessel official] said yes. \
         [The Orvan official|Ada Lunt] said no again.",
    );
    check("[Interior minister Ada Lunt|Ada Lunt] said no. [The Tessel official|The Tessel official] said yes.");
    check("[Interior minister Ada Lunt|Ada Lunt] said no. [The official|Ada Lunt] said it was late.");
}

#[test]
fn a_party_tells_two_members_apart() {
    check(
        "Ida Holm, the chair, voted for it. [The Republican commissioner|The Republican commissioner] was against it.",
    );
    check("[Rep. Tilda Crane|Tilda Crane] (D-Ohio) spoke first. [The Ohio Democrat|Tilda Crane] said it was late.");
}

#[test]
fn a_man_is_not_she() {
    check(
        "[Otto Brask|Otto Brask] said no. Ada Lunt left the room. [She|Ada Lunt] said it was late. [He|Otto Brask] agreed.",
    );
}

#[test]
fn where_two_could_be_meant_the_description_stands_for_itself() {
    check(
        "Senator Ada Lunt met Senator Otto Brask on Monday.\n\nNobody knew why.\n\n[The senator|The senator] said it was late.",
    );
}

#[test]
fn whoever_was_just_heard_may_be_described() {
    check("[Ada Lunt|Ada Lunt] said she had learnt from it. [The acrobat|Ada Lunt] added that it was late.");
}

#[test]
fn somebody_introduced_since_is_not_whoever_was_heard_before() {
    check(
        "[Ada Lunt|Ada Lunt] said no. Outside, a harbour official closed the gate. [The official|The official] said it was late.",
    );
}

#[test]
fn the_holder_of_a_post_is_named_behind_what_it_is_of() {
    check("[Secretary of State Dan Hollis|Dan Hollis] said so. [UN envoy for Tessel Geir Brask|Geir Brask] agreed.");
    check("[The president of South Orvan|The president of South Orvan] said so.");
}

#[test]
fn an_ordinary_word_begins_a_name_where_the_text_says_so() {
    check("[North Orvan|North Orvan] said it would fire. [South Orvan|South Orvan] said it would answer.");
    check("Chief executive Nils Cook left on Tuesday. [Cook|Nils Cook] said he was tired.");
}

#[test]
fn accents_nicknames_and_other_names_are_one_s() {
    check("President Cemal Ardağan left. [Ardagan|Cemal Ardağan] said so.");
    check("Boris Halm, known as Tully, sat down. [Tully|Boris Halm] said no.");
}

#[test]
fn a_body_goes_by_its_first_letters() {
    check("The Harbour Safety Council (HSC) met on Monday. [The HSC|Harbour Safety Council] said the pier was shut.");
}

#[test]
fn it_means_the_body_that_the_sentence_before_is_about() {
    check("Zapper, a part of Amazonia, opened a shop. [It|Zapper] said it would open another.");
    check("The match was played at Kingsway Stadium. [He|-] said the crowd had been kind.");
}

#[test]
fn a_statement_is_its_maker_s() {
    check(
        "[The Orvan ministry|The Orvan ministry] said no in a statement.\n\n[The statement|The Orvan ministry] added that it was late.",
    );
}

#[test]
fn two_verbs_have_the_whole_of_one_subject() {
    check("[The foreman|The foreman] said it was late, but [The foreman|The foreman] added that it was dark.");
}
