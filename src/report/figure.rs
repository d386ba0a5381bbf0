//! How figures are written, the same in every format.

use crate::evaluate::Estimate;

/// A figure with three digits and no negative zero; a dash where it is not defined.
pub(super) fn figure(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{:.3}", (value * 1000.0).round() / 1000.0 + 0.0))
}

/// "0.681–0.753", or nothing where there is no interval.
pub(super) fn interval(estimate: &Estimate) -> String {
    match (estimate.low, estimate.high) {
        (Some(low), Some(high)) => format!("{low:.3}–{high:.3}"),
        _ => String::new(),
    }
}

/// A count: whole where it is whole.
pub(super) fn count(value: f64) -> String {
    if (value - value.round()).abs() < 1e-9 { format!("{value:.0}") } else { format!("{value:.1}") }
}

/// A share as whole percent.
pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// A difference: always with a sign, three digits.
pub(super) fn signed(value: Option<f64>) -> String {
    // Adding zero turns -0.0 into 0.0.
    value.map_or_else(|| "–".to_owned(), |value| format!("{:+.3}", (value * 1000.0).round() / 1000.0 + 0.0))
}

/// "-0.012 to +0.034", or nothing where there is no interval.
pub(super) fn signed_interval(estimate: &Estimate) -> String {
    match (estimate.low, estimate.high) {
        (Some(_), Some(_)) => format!("{} to {}", signed(estimate.low), signed(estimate.high)),
        _ => String::new(),
    }
}

/// A probability from a test: three digits, and never "0.000".
pub(super) fn p_value(p: Option<f64>) -> String {
    match p {
        None => "–".to_owned(),
        Some(p) if p < 0.001 => "<0.001".to_owned(),
        Some(p) => format!("{p:.3}"),
    }
}

/// A figure, its interval in brackets.
pub(super) fn with_interval(estimate: &Estimate) -> String {
    match interval(estimate) {
        interval if interval.is_empty() => figure(estimate.value),
        interval => format!("{} ({interval})", figure(estimate.value)),
    }
}
