//! Binary features as hashes, and the tables of weights behind them.
//!
//! A feature is a template's number and a value, mixed into 32 bits; a table takes as many of them as it has entries
//! for. Feature functions hand each hash to a closure, so that prediction sums weights without storing anything and
//! training collects the same hashes into rows.

/// Mixes a template's number and a value.
#[inline]
pub(super) const fn feature(template: u32, value: u32) -> u32 {
    let mixed = (((template as u64) << 32) | value as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed ^ (mixed >> 29)) >> 24) as u32
}

/// Two values as one.
#[inline]
pub(super) const fn pair(a: u32, b: u32) -> u32 {
    a.wrapping_mul(0x9E37_79B1).rotate_left(13) ^ b.wrapping_mul(0x85EB_CA77)
}

/// A length or distance as one of a few steps.
#[inline]
pub(super) const fn step(n: usize) -> u32 {
    match n {
        0..=4 => n as u32,
        5..=6 => 5,
        7..=9 => 6,
        10..=14 => 7,
        15..=22 => 8,
        23..=35 => 9,
        _ => 10,
    }
}

/// A number as one of sixteen steps, for numbers between -8 and 8.
#[inline]
pub(super) fn level(value: f32) -> u32 {
    (value.clamp(-7.9, 7.9) + 8.0) as u32
}

/// Weights of one decision; bytes, to stay in the processor's caches.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    /// A power of two of them.
    pub weights: Vec<i8>,
    /// What one step of a weight is worth.
    pub scale: f32,
}

/// Takes the features of one decision.
pub(super) trait Emit {
    fn emit(&mut self, hash: u32);
}

/// Collects.
impl Emit for Vec<u32> {
    fn emit(&mut self, hash: u32) {
        self.push(hash);
    }
}

/// Sums the weights of what it takes.
#[derive(Debug)]
pub(super) struct Sum<'t> {
    weights: &'t [i8],
    mask: usize,
    sum: i32,
}

impl Emit for Sum<'_> {
    #[inline]
    fn emit(&mut self, hash: u32) {
        self.sum += i32::from(self.weights[hash as usize & self.mask]);
    }
}

impl Table {
    /// The sum of the weights of what `features` emits.
    #[inline]
    pub fn score(&self, features: impl FnOnce(&mut Sum<'_>)) -> f32 {
        let mut sum = Sum { weights: &self.weights, mask: self.weights.len().wrapping_sub(1), sum: 0 };
        features(&mut sum);
        sum.sum as f32 * self.scale
    }
}

/// The logistic function.
pub(super) fn sigmoid(score: f32) -> f32 {
    1.0 / (1.0 + (-score).exp())
}
