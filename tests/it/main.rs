//! The program driven as a user does.

mod measures;
