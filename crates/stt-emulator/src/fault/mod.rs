//! The ways in which an exchange breaks on purpose.

mod intake;
mod transport;

pub use intake::{Intake, Interim, Pace};
pub use transport::Transport;
pub(crate) use transport::read;
