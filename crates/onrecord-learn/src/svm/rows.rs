//! The rows, in blocks and in two halves of the columns.
//!
//! A block is a few rows that lie side by side in memory. Their inner products with one another are known beforehand: so
//! the scores of a whole block can be worked out at once, and what a step on one of its rows does to the scores of the
//! later ones takes a multiplication, not another look at the weights.

use rayon::prelude::*;

use crate::design::Compressed;

/// Rows of a block; the last one may have fewer.
pub(super) const BLOCK: usize = 8;

/// A number for each row of a block.
pub(super) type OfBlock = [f64; BLOCK];

/// Some rows of a block: the lowest bit stands for the first.
pub(super) type Set = u8;

/// Inner products of the rows of a block: of each row those with later ones, from [`first_product`] on.
pub(super) type Products = [f64; BLOCK * (BLOCK - 1) / 2];

/// Where the products of a row of a block with later ones start.
pub(super) const fn first_product(place: usize) -> usize {
    place * (2 * BLOCK - place - 1) / 2
}

/// Weights without the intercept, in halves as the columns are.
pub(super) type Weights = [Vec<f64>; 2];

/// A matrix by row. Column `c` is number `c / 2` of half `c % 2`.
pub(super) struct Rows {
    halves: [Compressed; 2],
    n_columns: usize,
}

/// The columns of a row that are in one half, and their values.
type Entries<'d> = (&'d [u32], &'d [f32]);

/// Tasks that the blocks are divided among, at most: each has room for a row of all columns.
const MAX_TASKS: usize = 4;

impl Rows {
    pub(super) const fn new(halves: [Compressed; 2], n_columns: usize) -> Self {
        Self { halves, n_columns }
    }

    pub(super) fn len(&self) -> usize {
        self.halves[0].len()
    }

    pub(super) fn n_blocks(&self) -> usize {
        self.len().div_ceil(BLOCK)
    }

    pub(super) fn n_entries(&self) -> usize {
        self.halves.iter().map(Compressed::n_entries).sum()
    }

    /// Weights of 0.
    pub(super) fn zeros(&self) -> Weights {
        [vec![0.0; self.n_columns.div_ceil(2)], vec![0.0; self.n_columns / 2]]
    }

    /// The squared length of a row.
    pub(super) fn squares(&self, row: usize) -> f64 {
        let values = [0, 1].map(|half| self.half(row, half).1);
        values.into_iter().flatten().map(|&value| f64::from(value) * f64::from(value)).sum()
    }

    /// The row's score without the intercept. The two parts are added in one order whoever works them out.
    pub(super) fn score(&self, row: usize, weights: [&[f64]; 2]) -> f64 {
        self.score_of_half(row, 0, weights[0]) + self.score_of_half(row, 1, weights[1])
    }

    /// What the columns of one half have part in it. Four sums at once, because each waits for its last addition.
    pub(super) fn score_of_half(&self, row: usize, half: usize, weights: &[f64]) -> f64 {
        let (columns, values) = self.half(row, half);
        let (columns, last_columns) = columns.as_chunks::<4>();
        let (values, last_values) = values.as_chunks::<4>();
        let mut sums = [0.0; 4];
        for (columns, values) in columns.iter().zip(values) {
            for lane in 0..4 {
                sums[lane] += f64::from(values[lane]) * weights[columns[lane] as usize];
            }
        }
        let last = last_columns.iter().zip(last_values);
        let last: f64 = last.map(|(&column, &value)| f64::from(value) * weights[column as usize]).sum();
        last + (sums[0] + sums[1]) + (sums[2] + sums[3])
    }

    /// Adds the rows of the block from `first` on to one half of the weights, each so many times.
    pub(super) fn add(&self, first: usize, half: usize, times: &OfBlock, weights: &mut [f64]) {
        for (place, &by) in times.iter().enumerate().filter(|(_, by)| **by != 0.0) {
            let (columns, values) = self.half(first + place, half);
            for (&column, &value) in columns.iter().zip(values) {
                weights[column as usize] += by * f64::from(value);
            }
        }
    }

    /// The products of every block.
    pub(super) fn products(&self) -> Vec<Products> {
        let mut all = vec![[0.0; BLOCK * (BLOCK - 1) / 2]; self.n_blocks()];
        let a_task = all.len().div_ceil(rayon::current_num_threads().clamp(1, MAX_TASKS)).max(1);
        all.par_chunks_mut(a_task).enumerate().for_each(|(task, products)| {
            let mut room = vec![0.0; self.n_columns.div_ceil(2)];
            for (place, products) in products.iter_mut().enumerate() {
                self.products_of((task * a_task + place) * BLOCK, products, &mut room);
            }
        });
        all
    }

    /// `room` is all 0 before and after.
    fn products_of(&self, first: usize, products: &mut Products, room: &mut [f32]) {
        let n_rows = BLOCK.min(self.len() - first);
        for half in 0..2 {
            for one in 0..n_rows {
                let (columns, values) = self.half(first + one, half);
                columns.iter().zip(values).for_each(|(&column, &value)| room[column as usize] = value);
                for (other, sum) in (one + 1..n_rows).zip(&mut products[first_product(one)..]) {
                    let (columns, values) = self.half(first + other, half);
                    let product = |(&column, &value): (&u32, &f32)| f64::from(value) * f64::from(room[column as usize]);
                    *sum += columns.iter().zip(values).map(product).sum::<f64>();
                }
                columns.iter().for_each(|&column| room[column as usize] = 0.0);
            }
        }
    }

    fn half(&self, row: usize, half: usize) -> Entries<'_> {
        self.halves[half].get(row)
    }
}

/// The rows in a set, as places in their block.
pub(super) fn members(set: Set) -> impl Iterator<Item = usize> {
    (0..BLOCK).filter(move |place| set >> place & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Records;
    use crate::design::Halves;

    #[test]
    fn products_are_those_of_the_rows() {
        let rows: Vec<Vec<(u32, f32)>> = (0..19_u32)
            .map(|row| {
                (0..7)
                    .filter(|column| (row * 3 + column) % 4 > 0)
                    .map(|column| (column, (row % 5) as f32 + 0.5))
                    .collect()
            })
            .collect();
        let Halves { by_row, columns } = Halves::frequent_first(&Records::from_rows(rows.clone(), 7).unwrap());
        let made = Rows::new(by_row, columns.n_merged());
        let product = |one: usize, other: usize| {
            let has =
                |row: usize, column: u32| rows[row].iter().find(|entry| entry.0 == column).map_or(0.0, |entry| entry.1);
            (0..7).map(|column| has(one, column) * has(other, column)).sum::<f32>()
        };
        let products = made.products();
        assert_eq!(products.len(), 3);
        for first in 0..24 {
            for second in first + 1..(first / BLOCK + 1) * BLOCK {
                let expected = if second < 19 { product(first, second) } else { 0.0 };
                let found = products[first / BLOCK][first_product(first % BLOCK) + second - first - 1];
                assert!((found - f64::from(expected)).abs() < 1e-3, "{first} {second}");
            }
        }
        assert!((0..19).all(|row| (made.squares(row) - f64::from(product(row, row))).abs() < 1e-3));
        assert_eq!(members(0b1000_0101).collect::<Vec<_>>(), [0, 2, 7]);
    }
}
