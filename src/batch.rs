//! Many items on several threads, their results in order and a few at a time.
//!
//! [`in_order`] takes an iterator and gives one; work is done on the threads of rayon's pool that the caller is in (its
//! global one, or one of the caller's own by `ThreadPool::install`). The results do not depend on how many there are.
//! No more than a batch of items is held at any time, so that a stream may be endless.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::vec;

use rayon::prelude::*;

use crate::progress::{self, Callback, Progress};

/// Items that are held at a time, where nobody says otherwise.
const BATCH: usize = 256;

/// What [`in_order`] gives: the results, in the order of the items.
pub struct InOrder<'w, I: Iterator, R> {
    items: I,
    work: Box<dyn Fn(I::Item) -> R + Sync + 'w>,
    size: usize,
    stop: Box<dyn Fn() -> bool + Sync + 'w>,
    is_stopped: bool,
    progress: Callback<'w>,
    stage: &'w str,
    total: usize,
    n_done: AtomicUsize,
    ready: vec::IntoIter<R>,
}

/// Works on items on several threads, and gives the results in the order of the items.
///
/// # Examples
/// ```
/// use onrecord::attribution::Extractor;
/// use onrecord::batch::in_order;
///
/// let texts = ["“No,” she said.", "“Yes,” said Ilse Marn."];
/// let extractor = Extractor::builtin();
/// let n_found: Vec<usize> = in_order(texts, |text| extractor.extract(text).attributions.len()).collect();
/// assert_eq!(n_found, [1, 1]);
/// ```
pub fn in_order<'w, T, I, R>(items: I, work: impl Fn(T) -> R + Sync + 'w) -> InOrder<'w, I::IntoIter, R>
where
    I: IntoIterator<Item = T>,
    T: Send,
    R: Send,
{
    InOrder {
        items: items.into_iter(),
        work: Box::new(work),
        size: BATCH,
        stop: Box::new(|| false),
        is_stopped: false,
        progress: &progress::silent,
        stage: "",
        total: 0,
        n_done: AtomicUsize::new(0),
        ready: Vec::new().into_iter(),
    }
}

impl<'w, I: Iterator, R> InOrder<'w, I, R> {
    /// How many items are held and worked on at a time, 1 or more; 256 where nobody says. More keep more threads busy,
    /// fewer give the first result sooner.
    #[must_use]
    pub fn batch_size(self, n_items: usize) -> Self {
        Self { size: n_items.max(1), ..self }
    }

    /// Asks before each item whether to stop. What was finished before comes out, as far as nothing is missing in
    /// between; then the iterator is at its end.
    #[must_use]
    pub fn stop_when(self, stop: impl Fn() -> bool + Sync + 'w) -> Self {
        Self { stop: Box::new(stop), ..self }
    }

    /// Reports each item that is done, from whatever thread did it; `total` items are expected, 0 where that is not
    /// known.
    #[must_use]
    pub fn progress(self, stage: &'w str, total: usize, callback: Callback<'w>) -> Self {
        Self { stage, total, progress: callback, ..self }
    }

    /// Whether it ended because it was asked to.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.is_stopped
    }
}

impl<I: Iterator, R> Iterator for InOrder<'_, I, R>
where
    I::Item: Send,
    R: Send,
{
    type Item = R;

    fn next(&mut self) -> Option<R> {
        if let Some(result) = self.ready.next() {
            return Some(result);
        }
        if self.is_stopped {
            return None;
        }
        let batch: Vec<I::Item> = self.items.by_ref().take(self.size).collect();
        let is_stopped = AtomicBool::new(false);
        let (work, stop, n_done) = (&self.work, &self.stop, &self.n_done);
        let (progress, stage, total) = (self.progress, self.stage, self.total);
        let do_one = |item| {
            if is_stopped.load(Ordering::Relaxed) || stop() {
                is_stopped.store(true, Ordering::Relaxed);
                return None;
            }
            let result = work(item);
            progress(Progress { stage, done: n_done.fetch_add(1, Ordering::Relaxed) + 1, total });
            Some(result)
        };
        let results: Vec<Option<R>> = batch.into_par_iter().map(do_one).collect();
        self.is_stopped = is_stopped.into_inner();
        self.ready = results.into_iter().map_while(|result| result).collect::<Vec<R>>().into_iter();
        self.ready.next()
    }
}

impl<I: Iterator + std::fmt::Debug, R> std::fmt::Debug for InOrder<'_, I, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InOrder").field("items", &self.items).field("size", &self.size).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn results_keep_the_order_and_no_more_than_a_batch_is_held() {
        let n_taken = AtomicUsize::new(0);
        let items = (0..1000).inspect(|_| {
            n_taken.fetch_add(1, Ordering::Relaxed);
        });
        let mut results = in_order(items, |n: usize| n * n).batch_size(64);
        assert_eq!(results.next(), Some(0));
        assert_eq!(n_taken.load(Ordering::Relaxed), 64);
        assert!(results.by_ref().eq((1..1000).map(|n| n * n)));
        assert!(!results.is_stopped());
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert!(one.install(|| in_order(0..70, |n: usize| n).batch_size(0).eq(0..70)));
    }

    #[test]
    fn a_stop_ends_it_without_a_gap() {
        let n_asked = AtomicUsize::new(0);
        let stop = || n_asked.fetch_add(1, Ordering::Relaxed) >= 100;
        let mut results = in_order(0.., |n: u64| n).batch_size(32).stop_when(stop);
        let found: Vec<u64> = results.by_ref().collect();
        assert!(found.iter().copied().eq(0..found.len() as u64));
        assert!((96..=100).contains(&found.len()), "{}", found.len());
        assert!(results.is_stopped());
        assert_eq!(results.next(), None);
    }

    #[test]
    fn every_item_is_reported_once_with_the_total() {
        let reports = Mutex::new(Vec::new());
        let report = |progress: Progress<'_>| reports.lock().unwrap().push((progress.done, progress.total));
        assert_eq!(in_order(0..10, |n: u8| n).batch_size(3).progress("counting", 10, &report).count(), 10);
        let mut reports = reports.into_inner().unwrap();
        reports.sort_unstable();
        assert_eq!(reports, (1..=10).map(|n| (n, 10)).collect::<Vec<_>>());
    }
}
