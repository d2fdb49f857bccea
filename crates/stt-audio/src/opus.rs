//! Opus: what its packets hold, in Ogg and elsewhere, and how Ogg Opus is written.

mod codec;
mod reader;
mod writer;

#[cfg(feature = "decode")]
pub(crate) use codec::{Head, PacketDecoder, RATE};
pub use reader::OggOpusReader;
pub use writer::{EncodeError, OggOpusWriter};
