//! Encoding damage: UTF-8 read as Windows-1252, characters lost for good, HTML entities, control characters.

use super::{Finding, FindingKind, Located, Severity, finding, rows_text};

/// What Windows-1252 puts at 0x80 to 0x9f where Latin-1 has control characters.
const HIGH: [(u8, char); 27] = [
    (0x80, '€'),
    (0x82, '‚'),
    (0x83, 'ƒ'),
    (0x84, '„'),
    (0x85, '…'),
    (0x86, '†'),
    (0x87, '‡'),
    (0x88, 'ˆ'),
    (0x89, '‰'),
    (0x8a, 'Š'),
    (0x8b, '‹'),
    (0x8c, 'Œ'),
    (0x8e, 'Ž'),
    (0x91, '‘'),
    (0x92, '’'),
    (0x93, '“'),
    (0x94, '”'),
    (0x95, '•'),
    (0x96, '–'),
    (0x97, '—'),
    (0x98, '˜'),
    (0x99, '™'),
    (0x9a, 'š'),
    (0x9b, '›'),
    (0x9c, 'œ'),
    (0x9e, 'ž'),
    (0x9f, 'Ÿ'),
];

/// Entities that common tools leave behind.
const ENTITIES: [(&str, &str); 8] = [
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&apos;", "'"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&nbsp;", " "),
    ("&#8217;", "’"),
    // Last, so that "&amp;lt;" becomes "&lt;" and no more.
    ("&amp;", "&"),
];

pub(super) fn damage(rows: &[Located<'_>]) -> Option<Finding> {
    let places = rows.iter().filter_map(|located| Some(located.place(problem(&located.row.text)?)));
    finding(
        FindingKind::EncodingDamage,
        Severity::Warning,
        |n| format!("{} with damaged characters", rows_text(n)),
        "read the source again in its own encoding; --fix mends what can be mended",
        places.collect(),
    )
}

fn problem(text: &str) -> Option<String> {
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Some("U+FFFD: characters are lost, read the source again".into());
    }
    if let Some((_, mended)) = runs(text).find_map(|run| Some((run.clone(), mended(&text[run])?))) {
        return Some(format!("UTF-8 read as Windows-1252; should hold {mended:?}"));
    }
    if let Some(control) = text.chars().find(|c| is_stray(*c)) {
        return Some(format!("control character U+{:04X}", u32::from(control)));
    }
    ENTITIES.iter().find(|(entity, _)| text.contains(entity)).map(|(entity, _)| format!("HTML entity {entity}"))
}

fn is_stray(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t' | '\r')
}

/// The text with everything mended that can be.
pub(super) fn repaired(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for run in runs(text) {
        if let Some(mended) = mended(&text[run.clone()]) {
            out.push_str(&text[end..run.start]);
            out.push_str(&mended);
            end = run.end;
        }
    }
    out.push_str(&text[end..]);
    for (entity, character) in ENTITIES {
        if out.contains(entity) {
            out = out.replace(entity, character);
        }
    }
    out.retain(|c| !is_stray(c));
    out
}

/// Stretches of characters outside ASCII.
fn runs(text: &str) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(|c: char| !c.is_ascii())?;
        let end = text[start..].find(|c: char| c.is_ascii()).map_or(text.len(), |n| start + n);
        rest = end;
        Some(start..end)
    })
}

/// The stretch as it was before UTF-8 was read as Windows-1252; none where it was not. Real text hardly ever passes:
/// its bytes would have to be valid UTF-8 by chance, and single characters never are.
fn mended(run: &str) -> Option<String> {
    let byte = |c: char| match u32::from(c) {
        code @ 0xa0..=0xff | code @ (0x81 | 0x8d | 0x8f | 0x90 | 0x9d) => u8::try_from(code).ok(),
        _ => HIGH.iter().find(|(_, high)| *high == c).map(|(byte, _)| *byte),
    };
    let bytes: Vec<u8> = run.chars().map(byte).collect::<Option<_>>()?;
    let text = String::from_utf8(bytes).ok()?;
    (text.len() > 1 && text.chars().count() < run.chars().count()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_1252_is_undone_and_real_text_left_alone() {
        assert_eq!(repaired("Donâ€™t â€œgoâ€\u{9d}, SarukhÃ¡n"), "Don’t “go”, Sarukhán");
        for real in ["São Paulo", "“No,” he said — twice…", "Île-de-France, l’été, Ünsal", "日本語"] {
            assert_eq!((repaired(real).as_str(), problem(real)), (real, None));
        }
    }

    #[test]
    fn entities_and_control_characters_go() {
        assert_eq!(repaired("Q&amp;A &#39;now&#39;\u{0} a\tb"), "Q&A 'now' a\tb");
        assert!(problem("a\u{1b}b").unwrap().contains("U+001B"));
        assert!(problem("a\u{fffd}").is_some());
    }
}
