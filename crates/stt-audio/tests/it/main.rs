//! The crate as its users see it, on files made by hand.

mod convert;
#[cfg(feature = "decode")]
mod decode;
mod formats;
#[cfg(any(feature = "decode", feature = "opus"))]
mod heard;
mod inspect;
mod laws;
mod make;
mod meter;
mod ogg;
#[cfg(feature = "opus")]
mod opus;
mod reader;
mod split;
mod wav;
