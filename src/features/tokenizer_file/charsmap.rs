//! A precompiled map of SentencePiece: a trie over bytes (a double array as darts-clone writes it) and the texts that
//! its values point to.
//!
//! The crate that reads such maps follows their pointers wherever they lead. Here every way through the trie is walked
//! once: each step must stay inside, and each value must be the start of a text in the map.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The largest map, in bytes; those in use have about 250 KB.
const MAX_BYTES: usize = 4 << 20;

/// The longest text that a map may put in the place of another, in bytes.
const MAX_VALUE: usize = 256;

/// How many times as long the map makes a text, at worst.
pub(super) fn check(base64: &str) -> Result<f64, String> {
    if base64.len() > MAX_BYTES / 3 * 4 {
        return Err(format!("a precompiled map larger than {} MiB", MAX_BYTES >> 20));
    }
    let bytes = STANDARD.decode(base64).map_err(|error| format!("a precompiled map: {error}"))?;
    growth(&bytes).ok_or_else(|| "a precompiled map that is damaged".to_owned())
}

fn growth(bytes: &[u8]) -> Option<f64> {
    let (size, rest) = bytes.split_first_chunk::<4>()?;
    // What does not fill a unit is read as text, as by the crate.
    let n_bytes = usize::try_from(u32::from_le_bytes(*size)).ok()? / 4 * 4;
    let (trie, texts) = rest.split_at_checked(n_bytes)?;
    let (units, _) = trie.as_chunks::<4>();
    let units: Vec<u32> = units.iter().map(|&unit| u32::from_le_bytes(unit)).collect();
    let texts = str::from_utf8(texts).ok()?;
    let mut worst = 1.0_f64;
    let mut is_seen = vec![false; units.len()];
    // Breadth first, so that each place is met by its shortest key.
    let mut places = vec![offset(*units.first()?)];
    for length in 1_u32.. {
        let mut next = Vec::new();
        for place in places {
            // A step goes to any place that differs in the last byte.
            if place | 0xff >= units.len() {
                return None;
            }
            for byte in 1..=0xff {
                let at = place ^ byte;
                let unit = units[at];
                if label(unit) != byte {
                    continue;
                }
                let to = at ^ offset(unit);
                if to >= units.len() {
                    return None;
                }
                if has_value(unit) {
                    let value = text_at(texts, (units[to] & !(1 << 31)) as usize)?;
                    worst = worst.max(value.len() as f64 / f64::from(length));
                }
                if !std::mem::replace(&mut is_seen[to], true) {
                    next.push(to);
                }
            }
        }
        if next.is_empty() {
            break;
        }
        places = next;
    }
    Some(worst)
}

/// The text that starts at a byte, up to the next zero.
fn text_at(texts: &str, start: usize) -> Option<&str> {
    let text = texts.get(start..)?;
    let end = text.bytes().take(MAX_VALUE + 1).position(|byte| byte == 0).unwrap_or(text.len());
    (end <= MAX_VALUE).then(|| &text[..end])
}

const fn has_value(unit: u32) -> bool {
    (unit >> 8) & 1 == 1
}

const fn label(unit: u32) -> usize {
    (unit & ((1 << 31) | 0xff)) as usize
}

const fn offset(unit: u32) -> usize {
    ((unit as usize) >> 10) << ((unit & (1 << 9)) >> 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A map that puts `value` in the place of "a".
    fn map(value: &[u8]) -> Vec<u8> {
        let mut units = vec![0_u32; 512];
        // The root's children lie in the second block; what "a" leads to lies there too, and holds place 0 of the texts.
        units[0] = 256 << 10;
        units[256 ^ usize::from(b'a')] = u32::from(b'a') | (1 << 8) | (u32::from(b'a') ^ 1) << 10;
        units[257] = 1 << 31;
        let mut bytes = (4 * units.len() as u32).to_le_bytes().to_vec();
        bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
        bytes.extend(value);
        bytes
    }

    #[test]
    fn whole_maps_say_how_much_they_add() {
        assert_eq!(growth(&map(b"xyz\0")), Some(3.0));
        assert_eq!(growth(&map(b"")), Some(1.0));
    }

    #[test]
    fn pointers_that_lead_outside_are_found() {
        let whole = map("é\0".as_bytes());
        assert!(growth(&whole).is_some());
        for n_bytes in 0..whole.len() - 3 {
            assert!(growth(&whole[..n_bytes]).is_none(), "{n_bytes}");
        }
        let mut value = whole.clone();
        value[4 + 257 * 4] = 1;
        assert!(growth(&value).is_none(), "inside a character");
        value[4 + 257 * 4] = 200;
        assert!(growth(&value).is_none(), "behind the end");
        assert!(growth(&map(&[b'x'; 300])).is_none(), "too long");
        assert!(check("AAAAgGFiYw==").is_err(), "says of itself that it has 2 GiB");
    }
}
