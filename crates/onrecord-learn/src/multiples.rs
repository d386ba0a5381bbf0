//! Which columns of a matrix are multiples of one another.
//!
//! Each column leaves a fingerprint of its rows and of its values against its first; those with equal ones are compared
//! entry by entry. Columns, fingerprints and rows are each divided among the threads, and the result does not depend on
//! how many there are. What is done with multiples is `design`'s business.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::{Records, SparseRow};

/// Multiples may differ by so much: features are computed in `f32`.
const TOLERANCE: f32 = 1e-5;

/// Which columns are multiples of which.
pub(super) struct Multiples {
    /// For each column the first one of which it is a multiple; itself, where there is none before.
    pub(super) first_of: Vec<u32>,
    /// And the multiple.
    pub(super) ratios: Vec<f32>,
    /// The first row that has the column; the number of rows where none has it.
    pub(super) first_rows: Vec<u32>,
    /// Rows that have the column.
    pub(super) n_rows: Vec<u32>,
}

/// What of a column shows that it may be a multiple of another.
#[derive(Debug, Clone, Copy, Default)]
struct Trace {
    /// Of its rows and of its values against its first; 0 where it has none.
    fingerprint: u64,
    first_value: f32,
    first_row: u32,
    n_rows: u32,
}

/// Bits of a fingerprint that tell buckets apart.
const BUCKET_BITS: u32 = 8;
/// Tasks that rows or columns are divided among, at most: each looks at every row, or notes the values of a whole one.
const MAX_TASKS: usize = 4;

/// Finds them.
pub(super) fn multiples(records: &Records) -> Multiples {
    let n_features = records.n_features();
    let traces = traces(records);
    let mut first_of: Vec<u32> = (0..n_features as u32).collect();
    let found: Vec<Vec<(u32, u32)>> = by_fingerprint(&traces)
        .into_par_iter()
        .map(|mut bucket| {
            bucket.sort_unstable();
            let runs = bucket.chunk_by(|one, other| one.0 == other.0);
            runs.flat_map(|run| run[1..].iter().map(|&(_, column)| (column, run[0].1))).collect()
        })
        .collect();
    for (column, first) in found.into_iter().flatten() {
        first_of[column as usize] = first;
    }
    let first_value = |column: u32| traces[column as usize].first_value;
    let mut ratios: Vec<f32> = first_of
        .par_iter()
        .enumerate()
        .map(
            |(column, &first)| {
                if first as usize == column { 1.0 } else { first_value(column as u32) / first_value(first) }
            },
        )
        .collect();
    // Fingerprints suggest; the entries decide.
    let differs: Vec<AtomicBool> = (0..n_features).map(|_| AtomicBool::new(false)).collect();
    let n_tasks = rayon::current_num_threads().clamp(1, MAX_TASKS);
    let rows_a_task = records.n_rows().div_ceil(n_tasks).max(1);
    (0..n_tasks).into_par_iter().for_each(|task| {
        let mut value_at = vec![(u32::MAX, 0.0_f32); n_features];
        for row in task * rows_a_task..((task + 1) * rows_a_task).min(records.n_rows()) {
            for (column, value) in records.row(row).iter() {
                let first = first_of[column] as usize;
                if first == column {
                    value_at[column] = (row as u32, value);
                } else {
                    let (at, value_of_first) = value_at[first];
                    let expected = value_of_first * ratios[column];
                    if at != row as u32 || (value - expected).abs() > TOLERANCE * expected.abs() {
                        differs[column].store(true, Ordering::Relaxed);
                    }
                }
            }
        }
    });
    let first_rows: Vec<u32> = traces.iter().map(|trace| trace.first_row).collect();
    let n_rows: Vec<u32> = traces.iter().map(|trace| trace.n_rows).collect();
    for column in 0..n_features {
        let first = first_of[column] as usize;
        if first != column && (differs[column].load(Ordering::Relaxed) || n_rows[column] != n_rows[first]) {
            first_of[column] = column as u32;
            ratios[column] = 1.0;
        }
    }
    Multiples { first_of, ratios, first_rows, n_rows }
}

/// Fingerprints with their columns, by the first bits of the fingerprint: small enough to be sorted in the cache.
fn by_fingerprint(traces: &[Trace]) -> Vec<Vec<(u64, u32)>> {
    let bucket = |trace: &Trace| (trace.fingerprint >> (64 - BUCKET_BITS)) as usize;
    let is_in = |trace: &Trace| trace.n_rows > 0 && trace.first_value != 0.0;
    let mut sizes = [0; 1 << BUCKET_BITS];
    traces.iter().filter(|trace| is_in(trace)).for_each(|trace| sizes[bucket(trace)] += 1);
    let mut buckets: Vec<Vec<(u64, u32)>> = sizes.iter().map(|&size| Vec::with_capacity(size)).collect();
    for (column, trace) in (0..).zip(traces).filter(|(_, trace)| is_in(trace)) {
        buckets[bucket(trace)].push((trace.fingerprint, column));
    }
    buckets
}

/// The traces of all columns; each part of the columns is followed through all rows.
fn traces(records: &Records) -> Vec<Trace> {
    let n_features = records.n_features();
    let none = Trace { first_row: records.n_rows() as u32, ..Trace::default() };
    let mut traces = vec![none; n_features];
    let n_columns = n_features.div_ceil(rayon::current_num_threads().clamp(1, MAX_TASKS)).max(1);
    traces.par_chunks_mut(n_columns).enumerate().for_each(|(part, traces)| {
        let start = part * n_columns;
        for row in 0..records.n_rows() {
            let SparseRow { columns, values } = records.row(row);
            let from = columns.partition_point(|&column| (column as usize) < start);
            for (&column, &value) in columns[from..].iter().zip(&values[from..]) {
                let Some(trace) = traces.get_mut(column as usize - start) else { break };
                if trace.n_rows == 0 {
                    trace.first_value = value;
                    trace.first_row = row as u32;
                }
                trace.n_rows += 1;
                let scaled = f64::from(value) / f64::from(trace.first_value) * 4096.0;
                // Rounded, without a call.
                let coarse = (scaled + 0.5_f64.copysign(scaled)) as i64 as u64;
                let item = ((row as u64) << 24) ^ coarse ^ 1;
                trace.fingerprint = (trace.fingerprint.rotate_left(5) ^ item).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
            }
        }
    });
    traces
}
