//! Features by 64-bit key: how an n-gram becomes a key, and the table that gives a key its column.
//!
//! A table of keys needs no string for each feature, loads as one block of bytes, and has the same order on every
//! machine: that of the keys. Two n-grams share a key with a chance of about n²/2⁶⁵, one in ten million for two
//! million features. The functions below are part of the model format and may never change.

/// The start of every key (the offset basis of FNV-1a).
pub(crate) const START: u64 = 0xcbf2_9ce4_8422_2325;

/// Adds one byte (FNV-1a, 64 bits). The state after a prefix serves every longer n-gram.
pub(crate) fn add_byte(state: u64, byte: u8) -> u64 {
    (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
}

/// Spreads a state evenly over 64 bits (the last step of MurmurHash3).
pub(crate) fn finish(state: u64) -> u64 {
    let mut key = state;
    key = (key ^ (key >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    key = (key ^ (key >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    key ^ (key >> 33)
}

/// The key of a token.
pub(crate) fn of_bytes(bytes: &[u8]) -> u64 {
    finish(bytes.iter().fold(START, |state, &byte| add_byte(state, byte)))
}

/// The key of a word in lower case.
pub(crate) fn of_lower(word: &str) -> u64 {
    if word.is_ascii() {
        finish(word.bytes().fold(START, |state, byte| add_byte(state, byte.to_ascii_lowercase())))
    } else {
        of_bytes(word.to_lowercase().as_bytes())
    }
}

/// The key of an n-gram: `before` is the key of all its tokens but the last. A unigram's key is its token's.
pub(crate) fn join(before: u64, token: u64) -> u64 {
    finish(before.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(token))
}

/// Sorted keys with an index over their first bits: a key is found in about two steps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct KeyTable {
    keys: Vec<u64>,
    /// `starts[b]` is the first position whose key's first bits are at least `b`; one more than there are buckets.
    starts: Vec<u32>,
    shift: u32,
}

impl KeyTable {
    /// A table over keys that are sorted and distinct; `None` where they are not, or are too many.
    pub(crate) fn from_sorted(keys: Vec<u64>) -> Option<Self> {
        if u32::try_from(keys.len()).is_err() || keys.windows(2).any(|pair| pair[0] >= pair[1]) {
            return None;
        }
        let n_bits = (usize::BITS - keys.len().leading_zeros()).clamp(1, 28);
        let shift = 64 - n_bits;
        let mut starts = Vec::with_capacity((1 << n_bits) + 1);
        for (position, &key) in keys.iter().enumerate() {
            let bucket = (key >> shift) as usize;
            while starts.len() <= bucket {
                starts.push(position as u32);
            }
        }
        starts.resize((1 << n_bits) + 1, keys.len() as u32);
        Some(Self { keys, starts, shift })
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn keys(&self) -> &[u64] {
        &self.keys
    }

    /// The column of a key.
    pub(crate) fn get(&self, key: u64) -> Option<u32> {
        let bucket = (key >> self.shift) as usize;
        let [start, end] = *self.starts.get(bucket..bucket + 2)? else { return None };
        let keys = &self.keys[start as usize..end as usize];
        // Nearly always one or two; but keys that are numbers of few bits all fall into one bucket.
        let position =
            if keys.len() <= 8 { keys.iter().position(|&found| found == key) } else { keys.binary_search(&key).ok() };
        position.map(|position| start + position as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_and_no_other() {
        let mut keys: Vec<u64> = (0..5000_u32).map(|n| of_bytes(&n.to_le_bytes())).collect();
        keys.extend([0, 1, u64::MAX]);
        keys.sort_unstable();
        let table = KeyTable::from_sorted(keys.clone()).unwrap();
        for (position, &key) in keys.iter().enumerate() {
            assert_eq!(table.get(key), Some(position as u32));
        }
        assert_eq!(table.get(2), None);
        let crowded = KeyTable::from_sorted((0..5000).map(|n| 2 * n).collect()).unwrap();
        assert!((0..5000).all(|n| crowded.get(2 * n) == Some(n as u32) && crowded.get(2 * n + 1).is_none()));
        assert_eq!(KeyTable::from_sorted(Vec::new()).unwrap().get(7), None);
        assert!(KeyTable::from_sorted(vec![2, 2]).is_none());
    }

    #[test]
    fn keys_are_those_of_the_model_format() {
        assert_eq!(of_bytes(b"war"), 0xf1f9_6332_9451_8024);
        assert_eq!((of_lower("War"), of_lower("ÉTAT")), (of_bytes(b"war"), of_bytes("état".as_bytes())));
        assert_ne!(join(of_bytes(b"a"), of_bytes(b"b")), join(of_bytes(b"b"), of_bytes(b"a")));
    }
}
