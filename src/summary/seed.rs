//! The number that the draws for a name start from, and by which an article is known again.
//!
//! Figures depend on it, so it is written down here, and is the same on every platform and whatever hash a package takes
//! for its tables: the folded products of `rustc-hash` 2.1 on 64 bits.

/// The hash of a text.
pub(super) fn of(text: &str) -> u64 {
    folded(text.as_bytes()).wrapping_mul(0xf135_7aea_2e62_a9c5).rotate_left(26)
}

/// Both halves of a product, one over the other.
fn fold(x: u64, y: u64) -> u64 {
    let product = u128::from(x) * u128::from(y);
    product as u64 ^ (product >> 64) as u64
}

fn folded(bytes: &[u8]) -> u64 {
    let (mut one, mut other) = (0x243f_6a88_85a3_08d3_u64, 0x1319_8a2e_0370_7344_u64);
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
    let n = bytes.len();
    match n {
        0 => {}
        1..4 => {
            one ^= u64::from(bytes[0]);
            other ^= u64::from(bytes[n - 1]) << 8 | u64::from(bytes[n / 2]);
        }
        4..8 => {
            one ^= number(&bytes[..4]);
            other ^= number(&bytes[n - 4..]);
        }
        8..=16 => {
            one ^= number(&bytes[..8]);
            other ^= number(&bytes[n - 8..]);
        }
        _ => {
            for chunk in bytes[..n - 1].as_chunks::<16>().0 {
                let next = fold(one ^ number(&chunk[..8]), 0xa409_3822_299f_31d0 ^ number(&chunk[8..]));
                (one, other) = (other, next);
            }
            one ^= number(&bytes[n - 16..n - 8]);
            other ^= number(&bytes[n - 8..]);
        }
    }
    fold(one, other) ^ n as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_numbers_that_they_always_had() {
        let names =
            ["", "a", "Ia", "Marn", "Ilse Marn", "Idris Ostrani of Tarn", "the council of the Harbour Workers' Union"];
        let numbers: Vec<u64> = names.map(of).to_vec();
        let expected = [
            0xf456_d268_76d7_2d91,
            0xbd8e_8067_b4be_2f50,
            0x8520_facd_d5f5_9a7f,
            0x42e9_5757_fad7_1d20,
            0x3a9a_b3dd_3c51_7609,
            0x52d3_21ea_ba91_2341,
            0xfc79_d31f_30b2_04bc,
        ];
        assert_eq!(numbers, expected);
    }
}
