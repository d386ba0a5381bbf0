//! Labelled statements for the tests, made by rule: fictional, of four labels, a few of them labelled wrong.

use serde_json::{Value, json};

const SPEAKERS: [&str; 5] = ["Ilse Marn", "Tomas Berel", "Ana Quist", "the harbour council", "Jonas Weil"];
const REGISTERS: [&str; 3] = ["news", "debate", "floor speech"];
const TARGETS: [&str; 2] = ["outside intervention", "the naval mission"];
const LABELS: [&str; 4] = ["favor", "against", "neutral", "unrelated"];
const OPENINGS: [&str; 6] =
    ["In the end", "This week", "Once again", "Before the vote", "After the talks", "With great care"];
const BODIES: [[&str; 4]; 4] = [
    [
        "we must send troops to the island",
        "our allies need a stronger mission there",
        "only foreign soldiers can protect the harbour",
        "the government asked for the strikes and we support them",
    ],
    [
        "bring our soldiers home from the island",
        "no foreign army may cross this border",
        "the strikes have to stop and the bases must close",
        "we reject the mission and want the troops out",
    ],
    [
        "the mission has four hundred soldiers on the island",
        "the council will discuss the mission on Monday",
        "both sides spoke about the troops for two hours",
        "the minister named the cost of the strikes",
    ],
    [
        "the school roof will be repaired in spring",
        "taxes on bread ought to be lower",
        "the new ferry carries three hundred cars",
        "the harvest was better than last year",
    ],
];

/// Text that would break a page, a table or a terminal if it were not escaped.
pub const HOSTILE: &str =
    "</title><script>alert('1')</script>\"'`<img src=x onerror=alert(2)> \u{1b}[31m\u{0}\u{202e}|*_ =1+1";

/// `n` rows as values.
pub fn rows(n: usize) -> Vec<Value> {
    let row = |index: usize| {
        let class = index % 4;
        let body = BODIES[class][index / 4 % 4];
        let (opening, number) = (OPENINGS[index / 16 % 6], index * 37 % 101);
        // Every eleventh label is wrong, so that there are mistakes to show.
        let label = LABELS[if index % 11 == 5 { (class + 1) % 4 } else { class }];
        json!({
            "id": format!("s{index}"),
            "text": format!("{opening}, {body}, as point {number} says"),
            "label": label,
            "target": TARGETS[usize::from(index.is_multiple_of(5))],
            "speaker": SPEAKERS[index % 5],
            "group": format!("d{}", index / 3),
            "register": REGISTERS[(index / 4) % 7 % 3],
        })
    };
    (0..n).map(row).collect()
}

/// Rows as JSON Lines.
pub fn jsonl(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

/// Statements as JSON Lines.
pub fn statements(n: usize) -> String {
    jsonl(&rows(n))
}

/// The same with [`HOSTILE`] in every field.
pub fn hostile(n: usize) -> String {
    let mut rows = rows(n);
    for row in &mut rows {
        for (_, value) in row.as_object_mut().expect("rows are objects") {
            let text = value.as_str().expect("fields are texts");
            *value = json!(format!("{text} {HOSTILE}"));
        }
    }
    jsonl(&rows)
}

/// Checks that no line is wider than a narrow terminal, and that nothing in it moves the cursor or recolours.
#[track_caller]
pub fn assert_fits(text: &str) {
    for line in text.lines() {
        let width = unicode_width::UnicodeWidthStr::width(line);
        assert!(width <= 80, "{width} columns: {line}");
        assert!(!line.contains(|c: char| c.is_control() || c == '\u{202e}'), "{line:?}");
    }
}
