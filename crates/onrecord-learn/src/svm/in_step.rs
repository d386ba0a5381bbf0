//! One solver on one thread, or on two that go in step.
//!
//! Coordinate descent is sequential: what a row changes, the next row sees. But a row's score is the sum of two parts, one
//! for each half of the columns, so two threads can hold half of the weights each: both take the same rows in the same
//! order, tell each other their parts of the scores of a block, come to the same steps, and each moves its own weights.
//! The number of threads changes no bit. Half of the weights are also more likely to be in a processor's cache than all
//! of them.
//!
//! What a step is, `dual` knows. A thread that panics hangs up, and the other, which would wait for it, panics too.

use std::array;
use std::hint;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::thread;

use super::rows::{BLOCK, OfBlock, Rows, Set, members};

/// Weights as a walk over the rows needs them.
pub(super) trait Held {
    /// The scores, without the intercept, of the rows in the set, of the block from `first` on.
    fn scores(&mut self, first: usize, set: Set) -> OfBlock;

    /// Adds each row of the block, so many times.
    fn add(&mut self, first: usize, times: &OfBlock);
}

/// Both halves, held by one thread.
pub(super) struct Both<'w> {
    pub(super) rows: &'w Rows,
    pub(super) weights: [&'w mut [f64]; 2],
}

impl Held for Both<'_> {
    fn scores(&mut self, first: usize, set: Set) -> OfBlock {
        let mut scores = OfBlock::default();
        let weights = self.weights.each_ref().map(|half| &**half);
        for place in members(set) {
            scores[place] = self.rows.score(first + place, weights);
        }
        scores
    }

    fn add(&mut self, first: usize, times: &OfBlock) {
        for half in 0..2 {
            self.rows.add(first, half, times, self.weights[half]);
        }
    }
}

/// One half, held by a thread that goes in step with the one that holds the other.
pub(super) struct One<'w> {
    rows: &'w Rows,
    half: usize,
    weights: &'w mut [f64],
    wire: &'w Wire,
    /// Blocks scored so far.
    turn: u32,
}

impl<'w> One<'w> {
    /// Half 0 or 1; both threads have one wire, which nobody used before.
    pub(super) fn new(rows: &'w Rows, half: usize, weights: &'w mut [f64], wire: &'w Wire) -> Self {
        Self { rows, half, weights, wire, turn: 0 }
    }
}

impl Held for One<'_> {
    fn scores(&mut self, first: usize, set: Set) -> OfBlock {
        let mut own = OfBlock::default();
        for place in members(set) {
            own[place] = self.rows.score_of_half(first + place, self.half, self.weights);
        }
        self.turn = self.turn.wrapping_add(1);
        let other = self.wire.exchange(self.half, self.turn, &own);
        // A sum of two numbers is the same both ways.
        array::from_fn(|place| own[place] + other[place])
    }

    fn add(&mut self, first: usize, times: &OfBlock) {
        self.rows.add(first, self.half, times, self.weights);
    }
}

impl Drop for One<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.wire.is_cut.store(true, Ordering::Release);
        }
    }
}

/// What two threads in step tell each other.
#[derive(Debug, Default)]
pub(super) struct Wire {
    said: [Said; 2],
    /// One of them will say nothing any more.
    is_cut: AtomicBool,
}

/// What one of them said last. It has lines of the cache to itself.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Said {
    /// The turn of it.
    turn: AtomicU32,
    /// The numbers' bits, of even turns and of odd ones. Nobody is more than one turn ahead of the other, so numbers are
    /// only written over when they have been read.
    numbers: [[AtomicU64; BLOCK]; 2],
}

/// Looks at what the other said, a few microseconds, before other threads are let to the processor at every look.
const LOOKS: u32 = 256;

impl Wire {
    /// Says the numbers of a turn, and waits for the other's of the same turn. Turns count from 1.
    ///
    /// # Panics
    /// Where the other has panicked.
    fn exchange(&self, half: usize, turn: u32, own: &OfBlock) -> OfBlock {
        let (said, heard) = (&self.said[half], &self.said[1 - half]);
        let place = (turn % 2) as usize;
        for (number, own) in said.numbers[place].iter().zip(own) {
            number.store(own.to_bits(), Ordering::Relaxed);
        }
        said.turn.store(turn, Ordering::Release);
        let mut n_looks: u32 = 0;
        // The other may have said its next already, never more.
        while turn.wrapping_sub(heard.turn.load(Ordering::Acquire)) == 1 {
            if n_looks < LOOKS {
                n_looks += 1;
                hint::spin_loop();
            } else {
                // Its own panic is the one that is passed on by whoever waits for both.
                assert!(!self.is_cut.load(Ordering::Acquire), "the thread in step with this one panicked");
                thread::yield_now();
            }
        }
        array::from_fn(|number| f64::from_bits(heard.numbers[place][number].load(Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_one_ends_the_other() {
        let records = crate::Records::from_rows([vec![(0, 1.0), (1, 1.0)]], 2).unwrap();
        let crate::design::Halves { by_row, columns } = crate::design::Halves::frequent_first(&records);
        let rows = Rows::new(by_row, columns.n_merged());
        let wire = Wire::default();
        let ended = thread::scope(|scope| {
            let one = scope.spawn(|| {
                let mut weights = [0.0; 2];
                let mut held = One::new(&rows, 0, &mut weights, &wire);
                held.scores(0, 1);
                // No weights: this turn fails before anything is said.
                One { rows: &rows, half: 0, weights: &mut [], wire: &wire, turn: 1 }.scores(0, 1)
            });
            let other = scope.spawn(|| {
                let mut weights = [0.0; 2];
                let mut held = One::new(&rows, 1, &mut weights, &wire);
                (0..2).for_each(|_| {
                    held.scores(0, 1);
                });
            });
            [one.join().is_err(), other.join().is_err()]
        });
        assert_eq!(ended, [true, true]);
    }

    #[test]
    fn each_hears_every_turn_of_the_other_once() {
        let wire = Wire::default();
        let said = |half: usize, turn: u32| array::from_fn(|place| f64::from(turn) + half as f64 / 2.0 + place as f64);
        let talk =
            |half: usize| (1..=20_000).all(|turn| wire.exchange(half, turn, &said(half, turn)) == said(1 - half, turn));
        thread::scope(|scope| {
            let other = scope.spawn(|| talk(1));
            assert!(talk(0));
            assert!(other.join().unwrap());
        });
    }
}
