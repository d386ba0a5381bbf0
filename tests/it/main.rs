//! The program driven as a user does.
