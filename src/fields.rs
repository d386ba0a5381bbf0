//! The fields of one JSON object, each once: of two with one name a reader would take one and drop the other unsaid.

use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// What a line of JSON Lines holds.
#[derive(Debug)]
pub(crate) enum Line {
    /// An object.
    Fields(Map<String, Value>),
    /// Anything else.
    Other,
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Once)
    }
}

struct Once;

impl<'de> Visitor<'de> for Once {
    type Value = Line;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Line, A::Error> {
        let mut fields = Map::new();
        while let Some((name, value)) = entries.next_entry::<String, Value>()? {
            if fields.contains_key(&name) {
                return Err(A::Error::custom(format_args!("the field \"{name}\" twice")));
            }
            fields.insert(name, value);
        }
        Ok(Line::Fields(fields))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Line, E> {
        Ok(Line::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Line, E> {
        Ok(Line::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Line, E> {
        Ok(Line::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Line, E> {
        Ok(Line::Other)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Line, E> {
        Ok(Line::Other)
    }

    fn visit_unit<E: Error>(self) -> Result<Line, E> {
        Ok(Line::Other)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<Line, A::Error> {
        while items.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        Ok(Line::Other)
    }
}

/// The first name that a header has twice; columns without a name are no matter.
pub(crate) fn named_twice(header: &[String]) -> Option<&str> {
    let mut seen = std::collections::HashSet::new();
    header.iter().map(String::as_str).find(|name| !name.is_empty() && !seen.insert(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_may_be_there_once() {
        let error = serde_json::from_str::<Line>(r#"{"a":1,"a":2}"#).unwrap_err();
        assert!(error.to_string().starts_with("the field \"a\" twice"), "{error}");
        assert!(
            matches!(serde_json::from_str(r#"{"a":{"b":[1]},"c":null}"#), Ok(Line::Fields(fields)) if fields.len() == 2)
        );
        for other in ["[1,2]", "3", "-3", "1.5", "\"x\"", "null", "true"] {
            assert!(matches!(serde_json::from_str(other), Ok(Line::Other)), "{other}");
        }
        let header = ["a", "", "b", "", "b"].map(str::to_owned);
        assert_eq!(named_twice(&header), Some("b"));
    }
}
