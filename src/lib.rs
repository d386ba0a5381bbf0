//! *Who said what, and where they stand.*

pub mod article;
pub mod attribution;
pub mod measures;
pub mod labeled;
pub mod progress;
pub mod report;
pub mod span;

pub use article::Article;
pub use span::{CodePoints, Span};
