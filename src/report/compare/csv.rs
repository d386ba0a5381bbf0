//! One figure a line: for spreadsheets and plotting programs.

use std::io::Write;

use crate::evaluate::{Comparison, Estimate};

/// Writes the columns `part`, `first`, `second`, `measure`, `value`, `low`, `high`, `p`, `p_corrected`: the figures of
/// each model, the differences of each two, the rows that only one of them gets right, and the rows that flipped (their
/// id as `measure`).
///
/// # Errors
/// Where `out` cannot be written to.
pub(super) fn write_csv(comparison: &Comparison, out: impl Write) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["part", "first", "second", "measure", "value", "low", "high", "p", "p_corrected"])?;
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let mut line = |part: &str, models: [&str; 2], what: &str, estimate: Estimate, p: [Option<f64>; 2]| {
        let [first, second] = models;
        let [value, low, high] = [estimate.value, estimate.low, estimate.high].map(number);
        let [p, corrected] = p.map(number);
        writer.write_record([part, first, second, what, &value, &low, &high, &p, &corrected])
    };
    for model in &comparison.models {
        for (measure, estimate) in &model.measures {
            line("model", [&model.name, ""], measure.name(), *estimate, [None; 2])?;
        }
    }
    for pair in &comparison.pairs {
        let names = [pair.first, pair.second].map(|model| comparison.models[model].name.as_str());
        for (measure, estimate) in &pair.differences {
            let corrected = pair.corrected.filter(|_| *measure == comparison.measure);
            let p = [pair.randomization.get(measure).copied(), corrected];
            line("difference", names, measure.name(), *estimate, p)?;
        }
        let test = pair.mcnemar;
        for (part, n) in [("only_first_right", test.first_only), ("only_second_right", test.second_only)] {
            let count = Estimate { value: Some(n as f64), ..Estimate::default() };
            line(part, names, "rows", count, [Some(test.p), None])?;
        }
        for (part, flips) in [("gained", &pair.gained), ("lost", &pair.lost)] {
            for flip in flips {
                line(part, names, &flip.id, Estimate::default(), [None; 2])?;
            }
        }
    }
    writer.flush()?;
    Ok(())
}
