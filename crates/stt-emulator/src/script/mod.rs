//! How far each tenant has come in what was written down for its requests.

mod facts;
mod play;
mod strike;

pub(crate) use facts::{Facts, Sound};
pub(crate) use play::{Armed, Canned, Script};
pub(crate) use strike::{Act, Strike};
