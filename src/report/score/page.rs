//! The formats that are summaries: the page with the speakers and all articles, and Markdown.

use std::io::{self, Write};

use crate::article::Article;
use crate::report::render::{ArticleWriter, Look, Render, ReportFormat};
use crate::report::summary::{self, ArticlePage};
use crate::score::ScoredStatement;
use crate::summary::Summary;

/// One page; the articles wait for the end, so it is for hundreds of articles and not for 100,000.
#[derive(Debug, Clone, Default)]
pub(super) struct HtmlWriter {
    articles: Vec<ArticlePage>,
}

impl ArticleWriter<[ScoredStatement], Summary> for HtmlWriter {
    fn article(&mut self, of: &Article, statements: &[ScoredStatement], _: &mut dyn Write) -> io::Result<()> {
        self.articles.push(ArticlePage { article: of.clone(), statements: statements.to_vec() });
        Ok(())
    }

    fn finish(&mut self, of: &Summary, out: &mut dyn Write) -> io::Result<()> {
        summary::page(of, &self.articles, out)
    }
}

/// The summary alone, in Markdown.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MarkdownWriter;

impl ArticleWriter<[ScoredStatement], Summary> for MarkdownWriter {
    fn article(&mut self, _: &Article, _: &[ScoredStatement], _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, of: &Summary, out: &mut dyn Write) -> io::Result<()> {
        of.render(ReportFormat::Markdown, Look::default(), out)
    }
}
