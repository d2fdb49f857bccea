//! What an audio file is, and whether the Speech service would take it.
//!
//! The service answers audio of the wrong kind with silence instead of an error, and there is no warning when it is
//! too long. Use this crate before anything is sent: [`Inspection`] looks at the beginning of a file or a pipe and
//! says what it is, and its [`Verdict`] whether it can go out as it is, wants another header, or why it cannot. For a
//! pipe that may never end, [`LengthMeter`] says where one request is full. What the service would not take has a
//! [`Cure`] with its reason, and [`WavReader`] and [`RawPcm`] give the samples that a conversion begins with.
//! [`Splitter`] cuts what is longer than a request in its pauses.
//!
//! ```
//! use stt_audio::{Inspection, Limits, Verdict};
//!
//! let page = b"<!DOCTYPE html><title>404 Not Found</title>";
//! let inspection = Inspection::of_prefix(page, Some(page.len() as u64));
//!
//! let Verdict::Refused(reasons) = inspection.verdict(Limits::RECOGNITION) else { unreachable!() };
//! assert_eq!(reasons[0].to_string(), "HTML, not audio");
//! ```
//!
//! Looking at a file decodes nothing, and no number in a file decides how much memory is used.
//! [`open`] gives the samples of a file, whatever its format: with the features `decode` and `opus` those that people
//! have, without them WAV. No number in a file decides how much memory is used.

#![warn(clippy::print_stderr, clippy::print_stdout)]

mod channel;
mod codec;
mod container;
mod convert;
mod cure;
#[cfg(any(feature = "decode", feature = "opus"))]
mod damage;
#[cfg(feature = "decode")]
mod decode;
mod fix;
mod formats;
mod inspect;
mod judge;
mod length;
mod limits;
mod meter;
mod ogg;
mod open;
#[cfg(feature = "opus")]
mod opus;
#[cfg(any(feature = "decode", feature = "opus"))]
mod pages;
mod pcm;
mod raw;
mod read;
mod resample;
mod source;
mod split;
mod units;
mod verdict;
mod warning;
mod wav;

pub use channel::{Channel, InvalidChannel};
pub use codec::Codec;
pub use container::Container;
pub use convert::{Note, Pcm16k};
pub use cure::{Cure, Needs};
pub use fix::shell_names;
pub use inspect::Inspection;
pub use length::Length;
pub use limits::{Limits, PREFIX};
pub use meter::{LengthMeter, Metered};
pub use open::{PIPE, open, open_stream};
#[cfg(feature = "opus")]
pub use opus::{EncodeError, OggOpusReader, OggOpusWriter};
pub use pcm::{Block, DecodeError, Loss, PcmSource};
pub use raw::{ByteOrder, Encoding, RawFormat, RawFormatError, RawPcm};
pub use read::WavReader;
pub use split::{Cut, Ending, Piece, SplitError, Splitter};
pub use verdict::{NewHeader, Reason, Verdict};
pub use warning::Warning;
pub use wav::{Wav, WavError, WavForm, WavWriter, canonical_header};
