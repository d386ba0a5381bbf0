//! JSON: one statement a line, or everything in one document.

use std::io::{self, Write};

use crate::article::Article;
use crate::report::render::ArticleWriter;
use crate::score::ScoredStatement;
use crate::summary::Summary;

/// One statement a line, nothing else; `summarize` reads it back.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct JsonLinesWriter;

impl ArticleWriter<[ScoredStatement], Summary> for JsonLinesWriter {
    fn article(&mut self, _: &Article, statements: &[ScoredStatement], out: &mut dyn Write) -> io::Result<()> {
        for statement in statements {
            serde_json::to_writer(&mut *out, statement)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn finish(&mut self, _: &Summary, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// One document, `{"statements": [...], "summary": {...}}`, written as it comes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct JsonWriter {
    n_written: usize,
}

impl ArticleWriter<[ScoredStatement], Summary> for JsonWriter {
    fn article(&mut self, _: &Article, statements: &[ScoredStatement], out: &mut dyn Write) -> io::Result<()> {
        for statement in statements {
            out.write_all(if self.n_written == 0 { b"{\"statements\":[\n" } else { b",\n" })?;
            serde_json::to_writer(&mut *out, statement)?;
            self.n_written += 1;
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if self.n_written == 0 { b"{\"statements\":[" } else { b"\n" })?;
        out.write_all(b"],\n\"summary\":")?;
        serde_json::to_writer(&mut *out, summary)?;
        out.write_all(b"}\n")
    }
}
