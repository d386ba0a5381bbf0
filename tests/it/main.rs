//! The program, driven as a user drives it.
//!
//! Every test runs the real executable in a scratch folder of its own and looks at what it prints, its exit code and
//! the files it leaves. One binary, one module a subject.

mod support;

mod extract;
mod hostile;
mod measures;
mod readme;
mod score;
