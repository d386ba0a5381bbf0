//! Whole summaries of a few made-up statements.

use std::collections::BTreeMap;

use super::*;
use crate::attribution::Kind;
use crate::score::{ScoredStance, StatementSpeaker};

fn said(article: &str, speaker: Option<(&str, SpeakerType)>, stance: Stance) -> ScoredStatement {
    let sign = f64::from(i8::from(stance == Stance::Favor) - i8::from(stance == Stance::Against));
    let probabilities = Stance::ALL.iter().map(|of| (of.to_string(), if *of == stance { 0.91 } else { 0.03 }));
    ScoredStatement {
        article: article.into(),
        id: format!("{article}#1"),
        title: None,
        outlet: Some(format!("The {} Post", &article[..1])),
        date: date::parse(&format!("2026-0{}-10", 1 + article.len() % 9)),
        url: None,
        kind: Kind::Direct,
        text: format!("“{stance}” in {article}"),
        content: vec![[0, 5]],
        source: Vec::new(),
        cue: Vec::new(),
        speaker: speaker.map(|(name, kind)| StatementSpeaker {
            name: name.into(),
            kind,
            role: None,
            affiliation: None,
        }),
        setting: None,
        context: None,
        claim: None,
        stance: ScoredStance {
            target: "t".into(),
            label: stance.to_string(),
            uncertain: false,
            set: Vec::new(),
            score: 0.88 * sign,
            probabilities: probabilities.collect::<BTreeMap<_, _>>(),
        },
        words: Vec::new(),
    }
}

const MARN: Option<(&str, SpeakerType)> = Some(("Ilse Marn", SpeakerType::Person));

fn summary(options: Options, statements: &[ScoredStatement]) -> Summary {
    let mut summarizer = Summarizer::new(options);
    statements.iter().for_each(|statement| summarizer.add(statement));
    summarizer.finish()
}

#[test]
fn names_are_speakers_and_the_nameless_are_classes() {
    let official = Some(("one official", SpeakerType::Anonymous));
    let statements = [
        said("a", MARN, Stance::Against),
        said("a", official, Stance::Favor),
        said("b", Some(("President Marn", SpeakerType::Person)), Stance::Against),
        said("b", official, Stance::Against),
        said("b", Some(("critics", SpeakerType::Group)), Stance::Unrelated),
        said("c", None, Stance::Neutral),
    ];
    let summary = summary(Options::default(), &statements);
    assert_eq!(summary.speakers.len(), 1);
    let marn = &summary.speakers[0];
    assert_eq!((marn.name.as_str(), marn.figures.articles, marn.figures.against), ("Ilse Marn", 2, 2));
    let groups: Vec<_> = summary.groups.iter().map(|g| (g.name.as_str(), g.figures.statements)).collect();
    assert_eq!(groups, [("(anonymous sources)", 2), ("(groups)", 1), ("(nobody named)", 1)]);
    assert_eq!((summary.statements, summary.articles), (6, 3));
}

#[test]
fn a_lean_is_said_when_there_is_enough_and_not_before() {
    let lean = |n: usize, label: Stance| {
        let statements: Vec<_> = (0..n).map(|i| said(&"abcdefghijkl"[i..=i], MARN, label)).collect();
        summary(Options::default(), &statements).speakers[0].figures.lean
    };
    assert_eq!(lean(1, Stance::Against), Lean::Against, "of these texts one sure statement is enough");
    let general = Options { generalize: true, ..Options::default() };
    assert_eq!(summary(general, &[said("a", MARN, Stance::Against)]).speakers[0].figures.lean, Lean::TooLittle);
    assert_eq!(lean(6, Stance::Against), Lean::Against);
    assert_eq!(lean(6, Stance::Favor), Lean::Favor);
    assert_eq!(lean(12, Stance::Neutral), Lean::Neutral);
    assert_eq!(lean(12, Stance::Unrelated), Lean::TooLittle);
    let both: Vec<_> = (0..12)
        .flat_map(|i| [Stance::Favor, Stance::Against].map(|label| said(&"abcdefghijkl"[i..=i], MARN, label)))
        .collect();
    assert_eq!(summary(Options::default(), &both).speakers[0].figures.lean, Lean::Mixed);
}

#[test]
fn the_carrying_statements_are_of_the_lean_and_never_twice_the_same() {
    let mut statements: Vec<_> = (0..8).map(|i| said(&"abcdefgh"[i..=i], MARN, Stance::Against)).collect();
    statements.extend((0..8).map(|_| said("a", MARN, Stance::Against)));
    let summary = summary(Options::default(), &statements);
    let carrying = &summary.speakers[0].figures.carrying;
    assert_eq!(carrying.len(), 3);
    assert!(carrying.iter().all(|statement| statement.stance.stance() == Some(Stance::Against)));
    assert!(carrying[0].text != carrying[1].text && carrying[1].text != carrying[2].text);
}

#[test]
fn views_and_cross_tables_count_every_statement() {
    let statements: Vec<_> = (0..6)
        .map(|i| {
            said(
                &"aabbcc"[i..=i],
                if i % 2 == 0 { MARN } else { None },
                [Stance::Favor, Stance::Against, Stance::Unrelated][i % 3],
            )
        })
        .collect();
    for by in [View::Type, View::Affiliation, View::Outlet, View::Month, View::Target] {
        let summary = summary(Options { by, ..Options::default() }, &statements);
        assert!(summary.speakers.is_empty());
        assert_eq!(summary.groups.iter().map(|group| group.figures.statements).sum::<usize>(), 6, "{by:?}");
    }
    let cross = Cross { rows: Dimension::Speaker, columns: Dimension::Stance };
    let table = summary(Options { cross: Some(cross), ..Options::default() }, &statements).cross.unwrap();
    assert_eq!(table.rows, ["(nobody named)", "Ilse Marn"]);
    assert_eq!(table.columns, ["favor", "against", "unrelated"]);
    assert_eq!(table.counts.iter().flatten().sum::<usize>(), 6);
}

#[test]
fn rows_left_out_are_counted() {
    let statements = [
        said("a", MARN, Stance::Favor),
        said("a", MARN, Stance::Favor),
        said("b", Some(("Ada Crane", SpeakerType::Person)), Stance::Favor),
    ];
    let few = summary(Options { min_statements: 2, ..Options::default() }, &statements);
    assert_eq!((few.speakers.len(), few.left_out), (1, 1));
    let top = summary(Options { top: Some(1), sort: Sort::Name, ..Options::default() }, &statements);
    assert_eq!((top.speakers[0].name.as_str(), top.left_out), ("Ada Crane", 1));
}

#[test]
fn a_summary_survives_being_written_and_read() {
    let statements: Vec<_> = (0..8).map(|i| said(&"abcdefgh"[i..=i], MARN, Stance::Against)).collect();
    let summary = summary(Options::default(), &statements);
    let json = serde_json::to_string(&summary).unwrap();
    assert_eq!(serde_json::to_string(&serde_json::from_str::<Summary>(&json).unwrap()).unwrap(), json);
    assert!(json.contains("\"lean\":\"against\"") && json.contains("\"type\":\"person\""));
}

#[test]
fn hostile_numbers_do_no_harm() {
    let mut statement = said("a", MARN, Stance::Favor);
    statement.stance.score = f64::NAN;
    statement.stance.probabilities.insert(Stance::Favor.to_string(), f64::INFINITY);
    let summary = summary(Options::default(), &[statement.clone(), statement]);
    assert!(summary.speakers[0].figures.score.is_some_and(f64::is_finite));
}
