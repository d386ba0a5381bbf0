//! For a paper or a pull request.

use std::fmt::Write;

use super::{letter, mcnemar, method, title};
use crate::evaluate::{Comparison, Flip};
use crate::report::figure::{figure, p_value, signed, signed_interval, with_interval};
use crate::report::markdown::{plain, row, rule};
use crate::report::render::Look;

/// The comparison as Markdown with pipe tables; of the rows that flipped, `look.examples` are listed each way.
pub(super) fn markdown(comparison: &Comparison, look: Look) -> String {
    let mut out = format!("## {}\n\n", plain(&title(comparison)));
    for (model, contender) in comparison.models.iter().enumerate() {
        let _ = writeln!(out, "- **{}**: {}", letter(model), plain(&contender.name));
    }
    let _ = writeln!(out, "\n{}\n", plain(&method(comparison)));
    for warning in &comparison.warnings {
        let _ = writeln!(out, "> **Warning:** {}.\n", plain(warning));
    }
    for pair in &comparison.pairs {
        let _ = writeln!(out, "**{}** {}\n", plain(&pair.verdict), plain(&mcnemar(comparison, pair)));
    }
    let letters = (0..comparison.models.len()).map(letter);
    row(&mut out, std::iter::once("measure".to_owned()).chain(letters));
    rule(&mut out, comparison.models.len() + 1);
    let measures = comparison.models.first().into_iter().flat_map(|model| model.measures.keys());
    for measure in measures {
        let values = comparison
            .models
            .iter()
            .map(|model| model.measures.get(measure).map_or_else(|| figure(None), with_interval));
        row(&mut out, std::iter::once(measure.title().to_owned()).chain(values));
    }
    for pair in &comparison.pairs {
        let (a, b) = (letter(pair.first), letter(pair.second));
        let _ = writeln!(out, "\n{b} less {a}:\n");
        row(&mut out, ["measure", "difference", "interval", "p"].map(str::to_owned));
        rule(&mut out, 4);
        for (measure, difference) in &pair.differences {
            let p = pair.randomization.get(measure).map_or_else(String::new, |p| p_value(Some(*p)));
            row(
                &mut out,
                [measure.title().to_owned(), signed(difference.value), signed_interval(difference), plain(&p)],
            );
        }
        if comparison.pairs.len() > 1 {
            let _ = writeln!(
                out,
                "\np of {} after Holm's correction for {} pairs: {}",
                comparison.measure.title(),
                comparison.pairs.len(),
                plain(&p_value(pair.corrected))
            );
        }
        for (flips, right, wrong) in [(&pair.gained, &b, &a), (&pair.lost, &a, &b)] {
            listed(&mut out, flips, look, (right, wrong), (&a, &b));
        }
    }
    out
}

fn listed(out: &mut String, flips: &[Flip], look: Look, (right, wrong): (&str, &str), (a, b): (&str, &str)) {
    if flips.is_empty() || look.examples == 0 {
        return;
    }
    let n_shown = look.examples.min(flips.len());
    let _ = writeln!(out, "\nRight by {right}, wrong by {wrong} ({n_shown} of {} rows):\n", flips.len());
    let heads = ["id", "gold", a, b, "text"].map(str::to_owned);
    row(out, heads);
    let _ = writeln!(out, "|---|---|---|---|---|");
    for flip in flips.iter().take(look.examples) {
        row(out, [&flip.id, &flip.gold, &flip.first, &flip.second, &flip.text].map(|text| plain(text)));
    }
}
