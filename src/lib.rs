//! *Who said what, and where they stand.*

pub mod article;
pub mod attribution;
pub mod evaluate;
pub mod features;
pub mod labeled;
pub mod learn;

pub mod measures;
pub mod model;
pub mod progress;
pub mod report;
pub mod score;
pub mod span;
pub mod statement;
pub mod summary;

pub use article::Article;
pub use score::ScoredStatement;
pub use span::{CodePoints, Span};
pub use statement::Statement;
pub use summary::{Summarizer, Summary};
