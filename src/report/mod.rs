//! The last stage: one renderer a format. Nothing is computed here that a program would want to know.

pub mod page;
