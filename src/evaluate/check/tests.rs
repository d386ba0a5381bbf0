//! Each finding on the smallest data that has it.

use super::*;
use crate::labeled::{Format, RowColumns, read};

fn table(name: &str, csv: &str) -> Table {
    read(csv.as_bytes(), name, Format::Csv, &RowColumns::default()).unwrap()
}

fn kinds(tables: &[Table]) -> Vec<FindingKind> {
    let options = CheckOptions { noise: false, ..Default::default() };
    check(tables, &options).unwrap().findings.iter().map(|finding| finding.kind).collect()
}

/// Enough different statements that nothing is rare, with the labels in turn.
fn good(labels: &[&str], n: usize) -> String {
    let nouns = ["harbour", "bridge", "school", "border", "market", "station", "river", "valley"];
    let verbs = ["guard", "open", "leave", "rebuild", "watch"];
    let mut csv = String::from("text,label\n");
    for row in 0..n {
        let (noun, verb) = (nouns[row % nouns.len()], verbs[row / nouns.len() % verbs.len()]);
        csv += &format!(
            "Delegate {row} asked them to {verb} the {noun} by {},{}\n",
            row * 7 % 31,
            labels[row % labels.len()]
        );
    }
    csv
}

#[test]
fn good_data_has_no_findings() {
    assert_eq!(kinds(&[table("a.csv", &good(&["favor", "against"], 40))]), []);
}

#[test]
fn labels_that_are_no_stance_vary_or_are_rare() {
    let csv = good(&["favor", "against"], 40) + "One more statement entirely,maybe\nAnd yet another long one,Favor \n";
    let found = kinds(&[table("a.csv", &csv)]);
    assert!(found.contains(&FindingKind::UnknownLabel) && found.contains(&FindingKind::RareLabel), "{found:?}");
    assert!(found.contains(&FindingKind::Imbalance));
    let report = check(&[table("a.csv", &csv)], &CheckOptions { noise: false, ..Default::default() }).unwrap();
    assert!(report.is_wrong() && report.findings[0].severity == Severity::Error);
    assert_eq!(report.findings[0].places[0].line, 42);
}

#[test]
fn copies_and_conflicts_within_a_file() {
    let csv = good(&["x", "y"], 40)
        + "The same words  again here today,x\nthe same words again HERE today,x\nthe same words again here today,y\n";
    let found = kinds(&[table("a.csv", &csv)]);
    assert_eq!(found, [FindingKind::Conflict, FindingKind::Duplicate]);
}

#[test]
fn near_copies_are_found_within_and_across() {
    let long = "the minister said on monday that no troops would cross the border before the talks had come to an end";
    let first = good(&["x", "y"], 40) + &format!("{long},x\n");
    let within = first.clone() + &format!("{long} he added,x\n");
    assert_eq!(kinds(&[table("a.csv", &within)]), [FindingKind::NearDuplicate]);
    let second = good(&["x", "y"], 40).replace("Delegate", "Senator") + &format!("{long} he added,y\n");
    let found = kinds(&[table("a.csv", &first), table("b.csv", &second)]);
    assert_eq!(found, [FindingKind::NearLeakage, FindingKind::NearConflict]);
    let found = kinds(&[table("a.csv", &first), table("b.csv", &first)]);
    assert!(found.contains(&FindingKind::Leakage) && !found.contains(&FindingKind::Duplicate), "{found:?}");
}

#[test]
fn the_same_text_toward_another_target_is_another_statement() {
    let csv = good(&["x", "y"], 40)
        .replace("text,label", "text,label,target")
        .replace(",x\n", ",x,\n")
        .replace(",y\n", ",y,\n")
        + "We must act now and not later,x,war\nWe must act now and not later,y,taxes\n";
    assert_eq!(kinds(&[table("a.csv", &csv)]), []);
}

#[test]
fn exchanged_columns_are_seen() {
    let csv = good(&["favor", "against"], 40).replacen("text,label", "label,text", 1);
    assert_eq!(kinds(&[table("a.csv", &csv)])[0], FindingKind::ColumnMixUp);
}

#[test]
fn texts_that_are_damaged_empty_or_endless() {
    let csv =
        good(&["x", "y"], 40) + "Donâ€™t go there again please,x\n12 - 34,y\n,x\n" + &"word ".repeat(1000) + ",y\n";
    let found = kinds(&[table("a.csv", &csv)]);
    let expected = [FindingKind::UnusableRow, FindingKind::NoWords, FindingKind::LongText, FindingKind::EncodingDamage];
    assert_eq!(found, expected);
}

#[test]
fn a_planted_wrong_label_is_doubted() {
    let mut csv = String::from("text,label\n");
    for row in 0..120 {
        let (text, label) = match row % 2 {
            0 => ("we must send troops and support the mission", "favor"),
            _ => ("bring our soldiers home and stay out of it", "against"),
        };
        let label = if row == 60 { "against" } else { label };
        // Words of its own make each row one that is near no other.
        let own: Vec<String> = (1..8).map(|n| format!("w{}", row * 7919 * n % 9973)).collect();
        csv += &format!("{text} {},{label}\n", own.join(" "));
    }
    let report = check(&[table("a.csv", &csv)], &CheckOptions { similarity: 1.1, ..Default::default() }).unwrap();
    let noise = report.findings.iter().find(|finding| finding.kind == FindingKind::LabelNoise).unwrap();
    assert_eq!((noise.count, noise.places[0].line), (1, 62), "{noise:?}");
}

#[test]
fn annotators_are_compared() {
    let mut csv = String::from("text,label,label_1,label_2\n");
    for row in 0..60 {
        let a = ["x", "y"][row % 2];
        let b = if row % 10 == 1 { "x" } else { a };
        csv += &format!("Statement {row} about the {} of things,{a},{a},{b}\n", row * 7);
    }
    let table = table("a.csv", &csv);
    let columns: Vec<String> = table.rows[0].fields.keys().cloned().collect();
    let annotators = annotator_columns(&columns);
    assert_eq!(annotators, ["label_1", "label_2"]);
    let options = CheckOptions { annotators, noise: false, ..Default::default() };
    let agreement = check(std::slice::from_ref(&table), &options).unwrap().agreement.unwrap();
    assert_eq!((agreement.rows, agreement.pairs[0].rows), (60, 60));
    let kappa = agreement.pairs[0].cohen_kappa;
    assert!(kappa.low < kappa.value && kappa.value <= kappa.high, "{kappa:?}");
    let missing =
        CheckOptions { annotators: vec!["label".into(), "nobody".into()], noise: false, ..Default::default() };
    assert!(check(&[table], &missing).is_err());
}

#[test]
fn fixing_leaves_nothing_to_fix() {
    let csv = good(&["x", "y"], 40)
        + "Copied words stand here twice,x\nCopied words stand here twice,x\nDonâ€™t say that ever again,X\n12,x\n"
        + "Both labels were given here,x\nBoth labels were given here,y\nIt is in the other file too,y\n";
    let columns = RowColumns::default();
    let other = table("b.csv", "text,label\nIt is in the other file too,y\n");
    let fixed = fix(&table("a.csv", &csv), std::slice::from_ref(&other), &columns);
    assert_eq!(fixed.rows.len(), 42);
    let mended = &fixed.rows[41];
    assert_eq!((mended.text.as_str(), mended.label.as_deref()), ("Don’t say that ever again", Some("x")));
    assert_eq!(mended.fields["text"], "Don’t say that ever again");
    let lines: Vec<(usize, &str)> = fixed.changes.iter().map(|change| (change.line, change.change)).collect();
    let expected = [
        (43, "removed"),
        (44, "text"),
        (44, "label"),
        (45, "removed"),
        (46, "removed"),
        (47, "removed"),
        (48, "removed"),
    ];
    assert_eq!(lines, expected);
    let again = Table { name: "a.csv".into(), rows: fixed.rows, problems: Vec::new() };
    assert_eq!(fix(&again, &[other], &columns).changes, []);
}
