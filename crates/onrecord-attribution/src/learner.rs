//! The linear learner behind the attribution decisions: logistic regression over hashed binary features.
//!
//! Two shapes of decision: *yes or no*, and *which of these candidates* (a softmax over the candidates of one group;
//! several may be right, then their shares count together). Both are fitted by AdaGrad (Duchi, Hazan and Singer 2011),
//! one row or group at a time in a seeded order, on one thread, so that the same rows give the same bits. Weights after
//! each epoch but the first are averaged. Features that occur once carry no weight.

use super::features::Table;

/// Rows of features, kept flat.
#[derive(Debug, Default)]
pub(super) struct Rows {
    features: Vec<u32>,
    ends: Vec<usize>,
    is_right: Vec<bool>,
    /// For choices: number of rows up to the end of each group.
    group_ends: Vec<usize>,
}

impl Rows {
    /// Adds a row of the features that `fill` emits.
    pub fn push(&mut self, is_right: bool, fill: impl FnOnce(&mut Vec<u32>)) {
        fill(&mut self.features);
        self.ends.push(self.features.len());
        self.is_right.push(is_right);
    }

    /// Closes a group of rows, one choice.
    pub fn close_group(&mut self) {
        self.group_ends.push(self.ends.len());
    }

    /// Adds the rows of another set; for yes-or-no decisions.
    pub fn extend(&mut self, other: &Self) {
        let before = self.features.len();
        self.features.extend(&other.features);
        self.ends.extend(other.ends.iter().map(|end| before + end));
        self.is_right.extend(&other.is_right);
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    fn row(&self, n: usize) -> &[u32] {
        let start = if n == 0 { 0 } else { self.ends[n - 1] };
        &self.features[start..self.ends[n]]
    }
}

/// How to fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// Entries of the table, as a power of two.
    pub bits: u32,
    pub epochs: usize,
    pub rate: f32,
}

/// A table while it is being fitted.
struct Fit {
    weights: Vec<f32>,
    squares: Vec<f32>,
    is_rare: Vec<bool>,
    rate: f32,
}

impl Fit {
    fn new(rows: &Rows, plan: Plan) -> Self {
        let size = 1 << plan.bits;
        let mut counts = vec![0_u8; size];
        for &hash in &rows.features {
            let count = &mut counts[hash as usize & (size - 1)];
            *count = count.saturating_add(1);
        }
        Self {
            weights: vec![0.0; size],
            squares: vec![1e-2; size],
            is_rare: counts.iter().map(|&count| count < 2).collect(),
            rate: plan.rate,
        }
    }

    fn score(&self, row: &[u32]) -> f32 {
        let mask = self.weights.len() - 1;
        row.iter().map(|&hash| self.weights[hash as usize & mask]).sum()
    }

    fn step(&mut self, row: &[u32], gradient: f32) {
        let mask = self.weights.len() - 1;
        for &hash in row {
            let at = hash as usize & mask;
            if self.is_rare[at] {
                continue;
            }
            self.squares[at] += gradient * gradient;
            self.weights[at] -= self.rate * gradient / self.squares[at].sqrt();
        }
    }
}

/// A seeded order of `n` things.
fn shuffled(n: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    for at in (1..n).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        order.swap(at, (state % (at as u64 + 1)) as usize);
    }
    order
}

fn run(rows: &Rows, plan: Plan, n: usize, mut learn: impl FnMut(&mut Fit, usize)) -> Table {
    let mut fit = Fit::new(rows, plan);
    let mut sums = vec![0.0_f64; fit.weights.len()];
    let mut n_summed = 0;
    for epoch in 0..plan.epochs {
        for at in shuffled(n, epoch as u64 + 1) {
            learn(&mut fit, at);
        }
        if epoch > 0 || plan.epochs == 1 {
            sums.iter_mut().zip(&fit.weights).for_each(|(sum, &weight)| *sum += f64::from(weight));
            n_summed += 1;
        }
    }
    let weights: Vec<f32> = sums.iter().map(|sum| (sum / f64::from(n_summed.max(1))) as f32).collect();
    quantized(&weights)
}

/// Weights as bytes: the largest takes the largest byte.
fn quantized(weights: &[f32]) -> Table {
    let largest = weights.iter().fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
    let scale = if largest > 0.0 { largest / 127.0 } else { 1.0 };
    Table { weights: weights.iter().map(|weight| (weight / scale).round() as i8).collect(), scale }
}

/// Fits a yes-or-no decision.
pub(super) fn fit_yes_no(rows: &Rows, plan: Plan) -> Table {
    run(rows, plan, rows.len(), |fit, at| {
        let row = rows.row(at);
        let p = super::features::sigmoid(fit.score(row));
        fit.step(row, p - if rows.is_right[at] { 1.0 } else { 0.0 });
    })
}

/// Fits a choice between the rows of each group.
pub(super) fn fit_choice(rows: &Rows, plan: Plan) -> Table {
    let mut shares = Vec::new();
    run(rows, plan, rows.group_ends.len(), |fit, group| {
        let start = if group == 0 { 0 } else { rows.group_ends[group - 1] };
        let end = rows.group_ends[group];
        shares.clear();
        shares.extend((start..end).map(|n| fit.score(rows.row(n))));
        let highest = shares.iter().fold(f32::NEG_INFINITY, |a, &b| a.max(b));
        let (mut sum, mut sum_right) = (0.0, 0.0);
        for (share, n) in shares.iter_mut().zip(start..end) {
            *share = (*share - highest).exp();
            sum += *share;
            sum_right += if rows.is_right[n] { *share } else { 0.0 };
        }
        for (share, n) in shares.iter().zip(start..end) {
            let wanted = if rows.is_right[n] { share / sum_right.max(1e-20) } else { 0.0 };
            let gradient = share / sum - wanted;
            if gradient.abs() > 1e-3 {
                fit.step(rows.row(n), gradient);
            }
        }
    })
}
