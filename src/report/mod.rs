//! The last stage: results as text for people and as data for programs, one renderer a format.
//!
//! Renderers write to any [`std::io::Write`]; they judge nothing and compute nothing that a program would want to know.

pub mod accuracy;
pub mod check;
pub mod compare;
pub mod explain;
pub mod extract;
mod figure;
mod markdown;
pub mod page;
pub mod predict;
mod prose;
pub mod ranking;
pub mod score;
pub mod spreadsheet;
pub mod summary;
pub mod table;
