//! Gates: figures that must be reached, for use in continuous integration.

use std::fmt;
use std::str::FromStr;

use super::{ClassMeasure, Estimate, EvaluateError, Measure};

/// A demand such as `macro-f1=0.75`, `favor.recall=0.6`, or, on the interval's cautious end, `macro-f1.low=0.7`.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// As it was written, for messages.
    name: String,
    figure: GateFigure,
    cautious: bool,
    bound: f64,
}

/// The figure that a gate asks for.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum GateFigure {
    /// One over all classes.
    Overall(Measure),
    /// One of the class of this label.
    Class(String, ClassMeasure),
}

/// What became of a gate.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct GateResult {
    /// Whether the figure is good enough.
    pub passed: bool,
    /// A line that says so, with both figures and the difference.
    pub message: String,
}

impl Gate {
    /// The figure asked for.
    #[must_use]
    pub fn figure(&self) -> &GateFigure {
        &self.figure
    }

    /// Compares with an estimate; a figure that is not defined fails.
    #[must_use]
    pub fn judge(&self, estimate: Option<&Estimate>) -> GateResult {
        let lower_is_better = matches!(self.figure, GateFigure::Overall(measure) if measure.lower_is_better());
        let found = estimate.and_then(|estimate| match (self.cautious, lower_is_better) {
            (false, _) => estimate.value,
            (true, false) => estimate.low,
            (true, true) => estimate.high,
        });
        let Some(found) = found else {
            return GateResult { passed: false, message: format!("{}: not defined on these rows", self.name) };
        };
        let short = if lower_is_better { found - self.bound } else { self.bound - found };
        let limit = if lower_is_better { "at most" } else { "at least" };
        let (name, bound) = (&self.name, self.bound);
        // A figure that fails by less than the digits shown must not look as if it passed.
        let digits = if short > 0.0 && short < 5e-5 { 8 } else { 4 };
        let message = if short > 0.0 {
            format!("{name} is {found:.digits$}, {limit} {bound} was asked for: missed by {short:.digits$}")
        } else {
            format!("{name} is {found:.4}, {limit} {bound} was asked for: met")
        };
        GateResult { passed: short <= 0.0, message }
    }
}

impl FromStr for Gate {
    type Err = EvaluateError;

    fn from_str(gate: &str) -> Result<Self, EvaluateError> {
        let wrong = |problem: &str| EvaluateError::Gate { gate: gate.to_owned(), problem: problem.to_owned() };
        let (name, bound) = gate.rsplit_once('=').ok_or_else(|| wrong("expected MEASURE=NUMBER"))?;
        let bound: f64 = bound.trim().parse().map_err(|_| wrong("what follows the = is not a number"))?;
        if !bound.is_finite() {
            return Err(wrong("the bound must be a finite number"));
        }
        let (figure, cautious) = match name.strip_suffix(".low").or_else(|| name.strip_suffix(".high")) {
            Some(figure) => (figure, true),
            None => (name, false),
        };
        let figure = match (Measure::from_name(figure), figure.rsplit_once('.')) {
            (Some(measure), _) => GateFigure::Overall(measure),
            (None, Some((label, class_measure))) => {
                let class_measure = class_measure.replace('-', "_").to_ascii_lowercase();
                let found = ClassMeasure::ALL.into_iter().find(|measure| measure.name() == class_measure);
                GateFigure::Class(label.to_owned(), found.ok_or_else(|| wrong(&unknown()))?)
            }
            (None, None) => return Err(wrong(&unknown())),
        };
        Ok(Self { name: name.to_owned(), figure, cautious, bound })
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name, self.bound)
    }
}

fn unknown() -> String {
    let names: Vec<String> = Measure::ALL.iter().map(|measure| measure.name().replace('_', "-")).collect();
    format!("unknown measure; known are {}, and of a class LABEL.precision, LABEL.recall, LABEL.f1", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(gate: &str, value: f64, low: f64, high: f64) -> GateResult {
        let estimate = Estimate { value: Some(value), low: Some(low), high: Some(high) };
        gate.parse::<Gate>().unwrap().judge(Some(&estimate))
    }

    #[test]
    fn a_gate_says_by_how_much() {
        let result = judge("macro-f1=0.75", 0.7, 0.65, 0.74);
        assert!(!result.passed);
        assert_eq!(result.message, "macro-f1 is 0.7000, at least 0.75 was asked for: missed by 0.0500");
        assert!(judge("macro_f1=0.7", 0.7, 0.6, 0.8).passed);
    }

    #[test]
    fn the_cautious_end_is_the_upper_one_where_less_is_better() {
        assert!(!judge("macro-f1.low=0.66", 0.7, 0.65, 0.74).passed);
        assert!(judge("log-loss.high=0.5", 0.4, 0.3, 0.5).passed);
        assert!(!judge("ece=0.05", 0.06, 0.0, 0.1).passed);
    }

    #[test]
    fn classes_have_gates_and_nonsense_does_not() {
        let gate: Gate = "favor.recall=0.5".parse().unwrap();
        assert_eq!(gate.figure(), &GateFigure::Class("favor".into(), ClassMeasure::Recall));
        assert!(!gate.judge(None).passed);
        for nonsense in ["macro-f1", "macro-f1=x", "f7=1", "favor.f7=1", "macro-f1=nan", "=1"] {
            assert!(nonsense.parse::<Gate>().is_err(), "{nonsense}");
        }
    }
}
