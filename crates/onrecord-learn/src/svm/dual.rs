//! The solver: dual coordinate descent with shrinking, walk after walk over the rows until all are in line.
//!
//! Algorithm 3 of Hsieh, Chang, Lin, Keerthi and Sundararajan 2008, "A dual coordinate descent method for large-scale
//! linear SVM", with rows that are visited block by block: blocks in an order drawn anew for each walk, the rows of a
//! block in their own. Drawing the order of the rows, too, takes more walks, and with one order for all walks a thousand
//! were not enough.
//! Where another thread has nothing to do, it takes half of a walk's work (`in_step`).

use std::hint;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use rayon::prelude::*;

use super::in_step::{Both, Held, One, Wire};
use super::rows::{BLOCK, OfBlock, Products, Rows, Set, Weights, first_product, members};
use super::{DualConvergence, Hinge};
use crate::split::shuffle;

/// One class against the rest.
pub(super) struct Dual<'d> {
    rows: &'d Rows,
    /// Of the rows' blocks.
    products: &'d [Products],
    terms: Vec<Term>,
    hinge: Hinge,
}

/// What the descent has to know of a row.
#[derive(Debug, Clone, Copy)]
struct Term {
    sign: f64,
    /// C times the row's weight. Rows that cost nothing have no say.
    cost: f64,
    /// What the loss adds to the diagonal of the dual's Hessian.
    extra: f64,
    /// The row's squared length with the intercept's 1, and `extra`.
    diagonal: f64,
}

/// When the descent ends, and in which order it goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Descent {
    pub(super) tolerance: f64,
    pub(super) max_iterations: u64,
    pub(super) seed: u64,
}

/// What the fit of one class came to.
pub(super) struct Solution {
    weights: Weights,
    intercept: f64,
    pub(super) convergence: DualConvergence,
}

impl Solution {
    /// The weight of a column; the intercept comes after the last.
    pub(super) fn at(&self, column: usize) -> f64 {
        self.weights[column % 2].get(column / 2).copied().unwrap_or(self.intercept)
    }
}

/// Where the descent is, but for the weights. Two threads in step have one each.
#[derive(Debug, Clone, PartialEq)]
struct Course {
    alphas: Vec<f64>,
    intercept: f64,
    /// The rows of each block that are worked on.
    sets: Vec<Set>,
    /// Blocks with such rows, in the order of the next walk.
    blocks: Vec<u32>,
    bounds: Shrinking,
}

/// Rows whose variable is at a bound are left out once their gradient is beyond these.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Shrinking {
    above: f64,
    below: f64,
}

impl Shrinking {
    const NONE: Self = Self { above: f64::INFINITY, below: f64::NEG_INFINITY };

    /// What a walk says about the next: a walk's largest and smallest gradient bound the next's.
    fn after(Gradients { largest, smallest }: Gradients) -> Self {
        Self {
            above: if largest > 0.0 { largest } else { f64::INFINITY },
            below: if smallest < 0.0 { smallest } else { f64::NEG_INFINITY },
        }
    }
}

/// The extremes of the projected gradients of a walk.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Gradients {
    largest: f64,
    smallest: f64,
}

impl Course {
    fn new(sets: Vec<Set>) -> Self {
        let mut course = Self {
            alphas: vec![0.0; sets.len() * BLOCK],
            intercept: 0.0,
            sets: Vec::new(),
            blocks: Vec::new(),
            bounds: Shrinking::NONE,
        };
        course.take_up(sets);
        course
    }

    /// How many rows are worked on.
    fn n_rows(&self) -> usize {
        self.blocks.iter().map(|&block| self.sets[block as usize].count_ones() as usize).sum()
    }

    /// Has all these rows worked on again.
    fn take_up(&mut self, sets: Vec<Set>) {
        self.blocks = (0..).zip(&sets).filter(|(_, set)| **set != 0).map(|(block, _)| block).collect();
        self.sets = sets;
        self.bounds = Shrinking::NONE;
    }
}

/// A walk over fewer entries than this is done before another thread has come.
pub(super) const WORTH_SHARING: usize = 1 << 19;
/// How long a walk waits for another thread to come.
const PATIENCE: Duration = Duration::from_micros(150);
/// Walks that are not offered after one that nobody came to.
const PAUSE: u32 = 8;

/// Whether walks are shared with another thread. What they come to does not depend on it.
#[derive(Debug)]
struct Sharing {
    is_possible: bool,
    /// Walks that are not offered.
    pause: u32,
}

impl Sharing {
    fn new() -> Self {
        let n_processors = thread::available_parallelism().map_or(1, NonZero::get);
        Self { is_possible: rayon::current_num_threads().min(n_processors) > 1, pause: 0 }
    }

    fn is_worth_it(&mut self, n_entries: usize) -> bool {
        if self.pause > 0 {
            self.pause -= 1;
            return false;
        }
        self.is_possible && n_entries >= WORTH_SHARING
    }
}

impl<'d> Dual<'d> {
    /// `products` are those of `rows`; `is_in` says which rows are of the class, `costs` is C times each row's weight.
    pub(super) fn new(
        rows: &'d Rows,
        products: &'d [Products],
        is_in: impl Fn(usize) -> bool + Sync,
        costs: &[f64],
        hinge: Hinge,
    ) -> Self {
        let term = |(row, &cost): (usize, &f64)| {
            let extra = if hinge == Hinge::Squared { 0.5 / cost } else { 0.0 };
            let diagonal = rows.squares(row) + 1.0 + extra;
            Term { sign: if is_in(row) { 1.0 } else { -1.0 }, cost, extra, diagonal }
        };
        Self { rows, products, terms: costs.par_iter().enumerate().map(term).collect(), hinge }
    }

    fn all(&self) -> Vec<Set> {
        let set = |terms: &[Term]| terms.iter().rev().fold(0, |set, term| set << 1 | Set::from(term.cost > 0.0));
        self.terms.chunks(BLOCK).map(set).collect()
    }

    pub(super) fn solve(&self, descent: Descent) -> Solution {
        let mut weights = self.rows.zeros();
        let all = self.all();
        let mut course = Course::new(all.clone());
        let mut sharing = Sharing::new();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(descent.seed);
        let (mut iterations, mut violation, mut has_converged) = (0, 0.0, false);
        while iterations < descent.max_iterations {
            shuffle(&mut course.blocks, &mut rng);
            let gradients = self.walk(&mut course, &mut weights, &mut sharing);
            iterations += 1;
            // No row at all is left where every one of them was shrunk.
            violation = (gradients.largest - gradients.smallest).max(0.0);
            if violation > descent.tolerance {
                course.bounds = Shrinking::after(gradients);
            } else if course.sets == all {
                has_converged = true;
                break;
            } else {
                course.take_up(all.clone());
            }
        }
        let (objective, duality_gap) = self.objective(&weights, &course);
        let convergence = DualConvergence { iterations, objective, duality_gap, violation, converged: has_converged };
        Solution { weights, intercept: course.intercept, convergence }
    }

    /// A walk over the rows that are worked on, on two threads where a second one comes soon enough.
    fn walk(&self, course: &mut Course, [first, second]: &mut Weights, sharing: &mut Sharing) -> Gradients {
        let rows = self.rows;
        let n_entries = rows.n_entries() / rows.len().max(1) * course.n_rows();
        if !sharing.is_worth_it(n_entries) {
            return self.walk_with(course, &mut Both { rows, weights: [first, second] });
        }
        // Whoever comes first takes the second half.
        let offer = Mutex::new(Some((second, course.clone())));
        let take = || offer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let has_come = AtomicBool::new(false);
        let wire = Wire::default();
        let lead = || {
            let start = Instant::now();
            while !has_come.load(Ordering::Relaxed) && start.elapsed() < PATIENCE {
                hint::spin_loop();
            }
            match take() {
                Some((second, _)) => {
                    sharing.pause = PAUSE;
                    self.walk_with(course, &mut Both { rows, weights: [first, second] })
                }
                None => self.walk_with(course, &mut One::new(rows, 0, first, &wire)),
            }
        };
        let help = || {
            if let Some((second, mut course)) = take() {
                has_come.store(true, Ordering::Relaxed);
                self.walk_with(&mut course, &mut One::new(rows, 1, second, &wire));
            }
        };
        rayon::join(lead, help).0
    }

    fn walk_with(&self, course: &mut Course, weights: &mut impl Held) -> Gradients {
        let Course { alphas, intercept, sets, blocks, bounds } = course;
        let mut gradients = Gradients { largest: f64::NEG_INFINITY, smallest: f64::INFINITY };
        let mut n_blocks = blocks.len();
        let mut place = 0;
        while place < n_blocks {
            let block = blocks[place] as usize;
            let first = block * BLOCK;
            let mut scores = weights.scores(first, sets[block]);
            let mut times = OfBlock::default();
            for member in members(sets[block]) {
                let row = first + member;
                let Term { sign, cost, extra, diagonal } = self.terms[row];
                // The variable's bound.
                let upper = if self.hinge == Hinge::Plain { cost } else { f64::INFINITY };
                let alpha = alphas[row];
                let gradient = sign * (scores[member] + *intercept) - 1.0 + extra * alpha;
                let (is_shrunk, projected) = if alpha == 0.0 {
                    (gradient > bounds.above, gradient.min(0.0))
                } else if alpha == upper {
                    (gradient < bounds.below, gradient.max(0.0))
                } else {
                    (false, gradient)
                };
                if is_shrunk {
                    sets[block] &= !(1 << member);
                    continue;
                }
                gradients.largest = gradients.largest.max(projected);
                gradients.smallest = gradients.smallest.min(projected);
                if projected.abs() > 1e-12 {
                    alphas[row] = (alpha - gradient / diagonal).clamp(0.0, upper);
                    let by = (alphas[row] - alpha) * sign;
                    times[member] = by;
                    *intercept += by;
                    let products = &self.products[block][first_product(member)..];
                    scores[member + 1..].iter_mut().zip(products).for_each(|(score, product)| *score += by * product);
                }
            }
            weights.add(first, &times);
            if sets[block] == 0 {
                n_blocks -= 1;
                blocks.swap(place, n_blocks);
            } else {
                place += 1;
            }
        }
        blocks.truncate(n_blocks);
        gradients
    }

    /// The primal objective, and how far it is above the dual.
    fn objective(&self, weights: &Weights, course: &Course) -> (f64, f64) {
        let squares: f64 = weights.iter().flatten().map(|weight| weight * weight).sum();
        let squares = 0.5 * (squares + course.intercept * course.intercept);
        let of_row = |(row, &Term { sign, cost, extra, .. }): (usize, &Term)| {
            if cost <= 0.0 {
                return (0.0, 0.0);
            }
            let score = self.rows.score(row, weights.each_ref().map(Vec::as_slice)) + course.intercept;
            let lacking = (1.0 - sign * score).max(0.0);
            let loss = cost * if self.hinge == Hinge::Squared { lacking * lacking } else { lacking };
            let alpha = course.alphas[row];
            (loss, alpha - 0.5 * extra * alpha * alpha)
        };
        let of_rows: Vec<(f64, f64)> = self.terms.par_iter().enumerate().map(of_row).collect();
        let (losses, dual) =
            of_rows.iter().fold((0.0, -squares), |sums, of_row| (sums.0 + of_row.0, sums.1 + of_row.1));
        (squares + losses, squares + losses - dual)
    }
}

#[cfg(test)]
mod tests {
    use rand_xoshiro::rand_core::RngCore;

    use std::sync::{Arc, mpsc};

    use super::*;
    use crate::Records;
    use crate::design::Halves;

    #[test]
    fn two_threads_in_step_take_the_steps_of_one() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
        let rows: Vec<Vec<(u32, f32)>> = (0..301)
            .map(|_| {
                (0..40).filter_map(|c| Some((c, ((rng.next_u64() >> 33) % 4) as f32)).filter(|e| e.1 > 0.0)).collect()
            })
            .collect();
        let is_in: Vec<bool> = rows.iter().map(|row| row.len() % 3 == 0).collect();
        let Halves { by_row, columns } = Halves::frequent_first(&Records::from_rows(rows, 40).unwrap());
        let rows = Rows::new(by_row, columns.n_merged());
        let products = rows.products();
        let dual = Dual::new(&rows, &products, |row| is_in[row], &vec![0.5; 301], Hinge::Plain);
        let start = Course::new(dual.all());
        let (mut alone, mut weights) = (start.clone(), rows.zeros());
        let (mut courses, [mut first, mut second]) = ([start.clone(), start], rows.zeros());
        for _ in 0..6 {
            let gradients = {
                let [first, second] = &mut weights;
                dual.walk_with(&mut alone, &mut Both { rows: &rows, weights: [first, second] })
            };
            let wire = Wire::default();
            let [lead, help] = &mut courses;
            let said = thread::scope(|scope| {
                let other = scope.spawn(|| dual.walk_with(help, &mut One::new(&rows, 1, &mut second, &wire)));
                [dual.walk_with(lead, &mut One::new(&rows, 0, &mut first, &wire)), other.join().unwrap()]
            });
            assert_eq!(said, [gradients; 2]);
            assert!(courses.iter().all(|course| *course == alone));
            assert_eq!([&first, &second], [&weights[0], &weights[1]]);
            for course in courses.iter_mut().chain([&mut alone]) {
                course.bounds = Shrinking::after(gradients);
                course.blocks.reverse();
            }
        }
        assert!(alone.n_rows() < 301, "some rows were shrunk");
    }
    #[test]
    fn a_panic_in_the_walk_of_either_thread_ends_both() {
        let rows: Vec<Vec<(u32, f32)>> = (0..64_u32).map(|row| vec![(row % 7, 1.0), (7 + row % 5, 0.5)]).collect();
        let Halves { by_row, columns } = Halves::frequent_first(&Records::from_rows(rows, 12).unwrap());
        let rows = Arc::new(Rows::new(by_row, columns.n_merged()));
        for half in 0..2 {
            let (told, ended) = mpsc::channel();
            let rows = Arc::clone(&rows);
            thread::spawn(move || {
                let products = rows.products();
                let dual = Dual::new(&rows, &products, |row| row % 3 == 0, &[0.5; 64], Hinge::Squared);
                let mut courses = [Course::new(dual.all()), Course::new(dual.all())];
                // The third block is one that there is not.
                courses[half].blocks[2] = u32::MAX;
                let [mut first, mut second] = rows.zeros();
                let [lead, help] = &mut courses;
                let wire = Wire::default();
                let is_ended = thread::scope(|scope| {
                    let lead = scope.spawn(|| dual.walk_with(lead, &mut One::new(&rows, 0, &mut first, &wire)));
                    let help = scope.spawn(|| dual.walk_with(help, &mut One::new(&rows, 1, &mut second, &wire)));
                    [lead.join().is_err(), help.join().is_err()]
                });
                told.send(is_ended).unwrap();
            });
            assert_eq!(ended.recv_timeout(Duration::from_secs(60)), Ok([true, true]), "half {half}");
        }
    }
}
