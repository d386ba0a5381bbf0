//! CSV: one statement a row, for spreadsheets and data frames.

use std::io::{self, Write};

use crate::article::Article;
use crate::report::render::ArticleWriter;
use crate::score::ScoredStatement;
use crate::summary::Summary;

/// One statement a row below a header; offsets are those of the whole content, first to last code point.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CsvWriter {
    has_header: bool,
}

const HEADER: [&str; 18] = [
    "article",
    "id",
    "outlet",
    "date",
    "url",
    "kind",
    "speaker",
    "speaker_type",
    "role",
    "affiliation",
    "target",
    "stance",
    "score",
    "start",
    "end",
    "text",
    "uncertain",
    "set",
];

impl ArticleWriter<[ScoredStatement], Summary> for CsvWriter {
    fn article(&mut self, _: &Article, statements: &[ScoredStatement], out: &mut dyn Write) -> io::Result<()> {
        self.rows(statements, out)
    }

    fn finish(&mut self, _: &Summary, out: &mut dyn Write) -> io::Result<()> {
        self.rows(&[], out)
    }
}

impl CsvWriter {
    fn rows(&mut self, statements: &[ScoredStatement], out: &mut dyn Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        if !std::mem::replace(&mut self.has_header, true) {
            writer.write_record(HEADER)?;
        }
        for statement in statements {
            let ScoredStatement { article, id, kind, text, content, speaker, stance, .. } = statement;
            let speaker = speaker.as_ref();
            let optional = |text: Option<&String>| text.cloned().unwrap_or_default();
            writer.write_record([
                article.as_str(),
                id,
                &optional(statement.outlet.as_ref()),
                &statement.date.map_or_else(String::new, |date| date.to_string()),
                &optional(statement.url.as_ref()),
                kind.name(),
                &optional(speaker.map(|speaker| &speaker.name)),
                speaker.map_or("", |speaker| speaker.kind.name()),
                &optional(speaker.and_then(|speaker| speaker.role.as_ref())),
                &optional(speaker.and_then(|speaker| speaker.affiliation.as_ref())),
                &stance.target,
                &stance.label,
                &format!("{:.4}", stance.score),
                &content.first().map_or(0, |span| span[0]).to_string(),
                &content.last().map_or(0, |span| span[1]).to_string(),
                text,
                if stance.uncertain { "true" } else { "" },
                &stance.set.join("|"),
            ])?;
        }
        writer.flush()
    }
}
