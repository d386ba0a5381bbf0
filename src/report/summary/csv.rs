//! CSV: one speaker or group a row; or the cross table.

use std::io::{self, Write};

use super::rows;
use crate::labeled::Stance;
use crate::summary::Summary;

const HEADER: [&str; 34] = [
    "name",
    "type",
    "role",
    "affiliation",
    "aliases",
    "articles",
    "statements",
    Stance::Favor.name(),
    Stance::Against.name(),
    Stance::Neutral.name(),
    Stance::Unrelated.name(),
    "direct",
    "mixed",
    "indirect",
    "score",
    "score_low",
    "score_high",
    "favor_share",
    "favor_low",
    "favor_high",
    "against_share",
    "against_low",
    "against_high",
    "neutral_share",
    "neutral_low",
    "neutral_high",
    "balance",
    "balance_low",
    "balance_high",
    "lean",
    "first",
    "last",
    "change_p",
    "uncertain",
];

/// Writes a header and one row a speaker or group.
pub(super) fn csv(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    if let Some(cross) = &summary.cross {
        let mut header = vec![cross.row_dimension.name().to_owned()];
        header.extend(cross.columns.iter().cloned());
        writer.write_record(&header)?;
        for (row, counts) in cross.rows.iter().zip(&cross.counts) {
            let mut record = vec![row.clone()];
            record.extend(counts.iter().map(usize::to_string));
            writer.write_record(&record)?;
        }
        return writer.flush();
    }
    writer.write_record(HEADER)?;
    for row in rows(summary) {
        let (figures, speaker) = (row.figures, row.speaker);
        let name = speaker.map_or(row.name.as_str(), |speaker| speaker.name.as_str());
        let optional = |value: Option<&String>| value.cloned().unwrap_or_default();
        let aliases: Vec<&str> = speaker.map_or_else(Vec::new, |speaker| {
            let mut names: Vec<&str> = speaker.aliases.iter().map(|alias| alias.name.as_str()).collect();
            names.retain(|alias| *alias != speaker.name);
            names.sort_unstable();
            names.dedup();
            names
        });
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{:.4}", value + 0.0));
        let mut record = vec![
            name.to_owned(),
            speaker.map_or_else(String::new, |speaker| speaker.kind.name().to_owned()),
            optional(speaker.and_then(|speaker| speaker.role.as_ref())),
            optional(speaker.and_then(|speaker| speaker.affiliation.as_ref())),
            aliases.join("; "),
        ];
        let counts = [
            figures.articles,
            figures.statements,
            figures.favor,
            figures.against,
            figures.neutral,
            figures.unrelated,
            figures.kinds.direct,
            figures.kinds.mixed,
            figures.kinds.indirect,
        ];
        record.extend(counts.map(|n| n.to_string()));
        record.push(number(figures.score));
        record.extend([0, 1].map(|end| number(figures.score_interval.map(|interval| interval[end]))));
        for share in [
            figures.shares.map(|shares| shares.favor),
            figures.shares.map(|shares| shares.against),
            figures.shares.map(|shares| shares.neutral),
        ] {
            record.push(number(share.map(|share| share.estimate)));
            record.extend([0, 1].map(|end| number(share.map(|share| share.interval[end]))));
        }
        record.push(number(figures.balance.map(|balance| balance.estimate)));
        record.extend([0, 1].map(|end| number(figures.balance.map(|balance| balance.interval[end]))));
        record.push(figures.lean.name().to_owned());
        record.extend([figures.first, figures.last].map(|day| day.map_or_else(String::new, |day| day.to_string())));
        record.push(number(figures.change.map(|change| change.p_adjusted)));
        record.push(figures.uncertain.to_string());
        writer.write_record(&record)?;
    }
    writer.flush()
}
