//! For people at a terminal: the verdict first, tables of at most 80 columns after it.

use super::{letter, mcnemar, method, title};
use crate::evaluate::{Comparison, Flip, Measure, Pair};
use crate::report::figure::{figure, interval, p_value, signed, signed_interval};
use crate::report::prose::{bold, paragraph, quotation, section, shortened, warning};
use crate::report::render::Look;
use crate::report::table::{harmless, rendered, table};

const LONGEST_QUOTE: usize = 300;

/// The comparison as text; `colour` where the terminal wants it. Of the rows that flipped, `look.examples` are listed each way
/// where two models are compared.
pub(super) fn text(comparison: &Comparison, look: Look) -> String {
    let mut out = String::new();
    let heading = |text: &str| bold(&harmless(text), look);
    paragraph(&mut out, &heading(&title(comparison)));
    for (model, contender) in comparison.models.iter().enumerate() {
        paragraph(&mut out, &format!("{}  {}", letter(model), harmless(&contender.name)));
    }
    paragraph(&mut out, &harmless(&method(comparison)));
    comparison.warnings.iter().for_each(|text| warning(&mut out, text, look));
    out.push('\n');
    for pair in &comparison.pairs {
        paragraph(&mut out, &heading(&pair.verdict));
        paragraph(&mut out, &harmless(&mcnemar(comparison, pair)));
    }
    if let [pair] = comparison.pairs.as_slice() {
        section(&mut out, &heading("Figures"), &two(comparison, pair));
        let (a, b) = (letter(pair.first), letter(pair.second));
        for (flips, right, wrong) in [(&pair.gained, &b, &a), (&pair.lost, &a, &b)] {
            if flips.is_empty() || look.examples == 0 {
                continue;
            }
            let name = format!("Right by {right}, wrong by {wrong}: {} rows", flips.len());
            section(&mut out, &heading(&name), &listed(flips, look, (&a, &b)));
        }
        return out;
    }
    section(&mut out, &heading("Models"), &models(comparison));
    section(&mut out, &heading(&format!("Differences in {}", comparison.measure.title())), &pairs(comparison));
    out
}

fn two(comparison: &Comparison, pair: &Pair) -> String {
    let [a, b] = [pair.first, pair.second].map(|model| &comparison.models[model]);
    let mut rows = table(&[
        "measure",
        &format!(">{}", letter(pair.first)),
        &format!(">{}", letter(pair.second)),
        ">difference",
        "interval",
        ">p",
    ]);
    for (measure, difference) in &pair.differences {
        let value = |measures: &std::collections::BTreeMap<Measure, crate::evaluate::Estimate>| {
            figure(measures.get(measure).and_then(|estimate| estimate.value))
        };
        rows.add_row([
            format!("{}{}", measure.title(), if measure.lower_is_better() { " ↓" } else { "" }),
            value(&a.measures),
            value(&b.measures),
            signed(difference.value),
            signed_interval(difference),
            pair.randomization.get(measure).map_or_else(String::new, |p| p_value(Some(*p))),
        ]);
    }
    let mut out = rendered(&rows);
    if pair.differences.keys().any(|measure| measure.lower_is_better()) {
        out.push_str("↓ less is better\n");
    }
    out
}

fn models(comparison: &Comparison) -> String {
    let measure = comparison.measure;
    let mut headings = vec!["model".to_owned(), format!(">{}", measure.title()), "interval".to_owned()];
    if measure != Measure::Accuracy {
        headings.extend([">accuracy", "interval"].map(str::to_owned));
    }
    let mut rows = table(&headings.iter().map(String::as_str).collect::<Vec<_>>());
    for (model, contender) in comparison.models.iter().enumerate() {
        let mut cells = vec![letter(model)];
        for measure in [measure, Measure::Accuracy].iter().take(headings.len() / 2) {
            let estimate = contender.measures.get(measure).copied().unwrap_or_default();
            cells.extend([figure(estimate.value), interval(&estimate)]);
        }
        rows.add_row(cells);
    }
    rendered(&rows)
}

fn pairs(comparison: &Comparison) -> String {
    let mut rows = table(&["pair", ">difference", "interval", ">p", ">p (Holm)", ">gained", ">lost"]);
    for pair in &comparison.pairs {
        let difference = pair.differences.get(&comparison.measure).copied().unwrap_or_default();
        rows.add_row([
            format!("{} → {}", letter(pair.first), letter(pair.second)),
            signed(difference.value),
            signed_interval(&difference),
            p_value(pair.randomization.get(&comparison.measure).copied()),
            p_value(pair.corrected),
            pair.gained.len().to_string(),
            pair.lost.len().to_string(),
        ]);
    }
    let mut out = rendered(&rows);
    paragraph(&mut out, "gained: rows that the second model gets right and the first wrong; lost: the other way");
    out
}

fn listed(flips: &[Flip], look: Look, (a, b): (&str, &str)) -> String {
    let mut out = String::new();
    for flip in flips.iter().take(look.examples) {
        let head = format!("{} is {}: {a} says {}, {b} says {}", flip.id, flip.gold, flip.first, flip.second);
        paragraph(&mut out, &harmless(&shortened(&head, 300)));
        quotation(&mut out, &flip.text, LONGEST_QUOTE);
    }
    if flips.len() > look.examples {
        out.push_str(&format!("    and {} more\n", flips.len() - look.examples));
    }
    out
}
