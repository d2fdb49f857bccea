//! Results without the service: of answers that were saved, and of what a journal keeps.

mod input;
mod kept;
mod reading;
mod render;

pub(crate) use self::{kept::run as run_kept, render::run};
