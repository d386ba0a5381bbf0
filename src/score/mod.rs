//! Scored statements: the form that leaves the library, offsets counted in code points.

mod scored;
pub mod stance;

pub use scored::{ScoredStatement, StatementSpeaker};
pub use stance::Stance;
