//! How the figures grow with the number of training rows: are more labels worth the work?

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Estimate, Measure};

/// One point of a learning curve.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LearningPoint {
    /// Share of the training rows used.
    pub share: f64,
    /// Mean number of training rows.
    pub rows: f64,
    /// The figures on the held-out rows.
    pub measures: BTreeMap<Measure, Estimate>,
}
