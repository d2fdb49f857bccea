//! From what was written down to an answer in the form that was asked for.

mod reply;
mod strike;
