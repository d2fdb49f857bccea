//! The crate as its users see it.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test fails by panicking, and reads its data")]

mod exchange;
mod golden;
mod laws;
mod replies;
mod script;
