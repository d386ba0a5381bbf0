//! The program, driven as a user drives it.
//!
//! Every test runs the real executable in a scratch folder of its own and looks at what it prints, its exit code and
//! the files it leaves. One binary, one module a subject.

mod browser;
mod corpus;
mod labelled;
mod support;

mod check;
mod compare;
mod evaluate;
mod examples;
mod extract;
mod faults;
mod figures;
mod formats;
mod hostile;
mod in_article;
mod measures;
mod mutations;
mod newsroom;
mod page;
mod readme;
mod score;
mod summarize;
mod train;
mod uncertain;
