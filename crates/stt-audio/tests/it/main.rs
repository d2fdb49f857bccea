//! The crate as its users see it, on files made by hand.

mod formats;
mod inspect;
mod laws;
mod make;
mod meter;
mod ogg;
mod reader;
mod wav;
