//! Days as ISO 8601 writes them, and nothing else: `2026-03-05`, or that with a time of day behind it.
//!
//! `05/03/2026` is March to some and May to others, so it is refused and not guessed. Of a time only the day is kept,
//! as written: a date line says which day it was where the outlet is, not in Greenwich.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Reads a day; `None` for anything that is none.
#[must_use]
pub fn parse(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let is_day = |bytes: &[u8]| {
        bytes.len() == 10
            && bytes.iter().enumerate().all(|(i, b)| if matches!(i, 4 | 7) { *b == b'-' } else { b.is_ascii_digit() })
    };
    if !is_day(bytes.get(..10)?) {
        return None;
    }
    let day: Date = text[..10].parse().ok()?;
    match bytes.get(10) {
        None => Some(day),
        Some(b'T' | b't' | b' ') => {
            let is_time = text.parse::<jiff::Timestamp>().is_ok()
                || (text.parse::<DateTime>().is_ok() && !text.contains(['Z', 'z', '[']));
            is_time.then_some(day)
        }
        Some(_) => None,
    }
}

/// For `#[serde(with)]` on a day that may be missing.
pub(crate) mod optional {
    use super::{Date, Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        day.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        let Some(text) = Option::<std::borrow::Cow<'de, str>>::deserialize(deserializer)? else { return Ok(None) };
        let bad = || serde::de::Error::custom(format!("\"{text:.40}\" is no date; expected YYYY-MM-DD"));
        super::parse(&text).map(Some).ok_or_else(bad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_iso_days_are_days() {
        assert_eq!(parse("2026-03-05").unwrap().to_string(), "2026-03-05");
        assert_eq!(parse("2026-03-05T23:30:00-05:00"), parse("2026-03-05"));
        assert_eq!(parse("5 March 2026"), None);
        for bad in [
            "",
            "2026",
            "2026-3-5",
            "20260305",
            "2026-13-01",
            "2026-02-29",
            "05/03/2026",
            "2026-03-05x",
            "2026-03-05T",
            "2026-03-05T25:00",
            "+2026-03-05",
            "2026-03-0５",
            "2026-03-05 [UTC]",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
        for good in ["2024-02-29", "2024-02-29T10:00", "2024-02-29 10:00:00Z", "2024-02-29T10:00:00.25+02:00"] {
            assert_eq!(parse(good).unwrap().to_string(), "2024-02-29", "{good}");
        }
    }
}
