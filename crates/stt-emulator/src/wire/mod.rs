//! The connection below hyper, for exchanges that are to break.
//!
//! hyper keeps to the rules of HTTP whatever it is asked to do. Where a fault breaks them it is made to talk to itself:
//! what it writes is swallowed, what it reads is slowed down, and everything else is written past it.

mod duplex;
mod intake;
mod letter;
mod line;
mod wait;

pub(crate) use duplex::Duplex;
pub(crate) use intake::{Lost, Taking};
pub(crate) use letter::{Letter, Then};
pub(crate) use line::Line;
pub(crate) use wait::{SILENCE, Wait, times};
