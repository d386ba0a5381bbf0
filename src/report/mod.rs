//! The last stage: results as text for people and as data for programs, one renderer a format.
//!
//! Renderers write to any [`std::io::Write`]; they judge nothing and compute nothing that a program would want to know.
//! A whole result ([`AccuracyReport`], [`RankingReport`], [`Comparison`], [`CheckReport`], [`Summary`], [`Explained`]) is
//! [`Render`]; what comes article by article has an [`ArticleWriter`] ([`score::writer`], [`extract::writer`]).
//!
//! [`AccuracyReport`]: crate::evaluate::AccuracyReport
//! [`RankingReport`]: crate::evaluate::RankingReport
//! [`Comparison`]: crate::evaluate::Comparison
//! [`CheckReport`]: crate::evaluate::check::CheckReport
//! [`Summary`]: crate::summary::Summary

mod accuracy;
pub mod check;
mod compare;
mod explain;
pub mod extract;
mod figure;
mod markdown;
mod page;
pub mod predict;
mod prose;
mod ranking;
mod render;
pub mod score;
pub mod summary;
pub mod table;
pub mod terminal;

pub use explain::Explained;
pub use render::{ArticleWriter, Look, Render, ReportFormat};
