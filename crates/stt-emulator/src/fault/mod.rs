//! Failure on demand: what is done to a connection instead of an ordinary answer.

mod intake;
mod transport;

pub use intake::{Intake, Interim, Pace};
pub use transport::Transport;
