//! Sums that are the same in any order: of multiples of 2^-50, as whole numbers. A sum of floating-point numbers depends
//! on the order of its parts, by a digit far behind, which is enough to turn a lean that stands at its limit.

/// A sum of numbers that lie within about ±10^12.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sum(i128);

/// Parts of one.
const SCALE: f64 = (1_u64 << 50) as f64;

impl Sum {
    /// Adds a number; one that is none adds nothing.
    pub fn add(&mut self, number: f64) {
        self.0 = self.0.saturating_add((number * SCALE).round() as i128);
    }

    /// Adds another sum.
    pub fn absorb(&mut self, other: Self) {
        self.0 = self.0.saturating_add(other.0);
    }

    /// The sum.
    pub fn get(self) -> f64 {
        self.0 as f64 / SCALE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_order_changes_a_bit() {
        let numbers = [0.1, -0.7, 1e9, 0.3, -1e9, f64::NAN, 1e-9];
        let of = |numbers: &mut dyn Iterator<Item = &f64>| {
            let mut sum = Sum::default();
            numbers.for_each(|&number| sum.add(number));
            sum.get()
        };
        assert_eq!(of(&mut numbers.iter()), of(&mut numbers.iter().rev()));
        assert!((of(&mut numbers.iter()) + 0.3 - 1e-9).abs() < 1e-14);
    }
}
