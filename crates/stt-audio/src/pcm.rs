//! Samples as they come out of a file, block by block.

use std::{fmt, io, time::Duration};

use thiserror::Error;

use crate::{
    codec::Codec,
    container::Container,
    units::{Bytes, Seconds},
    wav::WavError,
};

/// Something that gives samples in the order of their time, a block at a time.
///
/// Whoever reads it holds one block in memory, however long the audio is.
pub trait PcmSource: Send {
    /// The next block, or `None` at the end.
    ///
    /// # Errors
    ///
    /// Those of the input, and what makes further decoding useless; the blocks before the error are good.
    fn next_block(&mut self) -> Result<Option<Block<'_>>, DecodeError>;

    /// What was there and could not be used, as far as it is known by now; complete after the end.
    fn losses(&self) -> &[Loss];
}

impl<S: PcmSource + ?Sized> PcmSource for Box<S> {
    fn next_block(&mut self) -> Result<Option<Block<'_>>, DecodeError> {
        (**self).next_block()
    }

    fn losses(&self) -> &[Loss] {
        (**self).losses()
    }
}

/// Samples that follow each other without a gap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Block<'a> {
    /// Channels, at least one. May differ from those of the block before, in a chained stream.
    pub channels: u16,
    /// Samples a second of each channel, in Hz, at least one. May differ from that of the block before.
    pub rate: u32,
    /// Interleaved, whole frames, never empty. Full scale is from -1 to 1; everything is finite.
    pub samples: &'a [f32],
}

/// What was in a file and could not be used.
///
/// Its `Display` is a sentence for the user, to be put behind the name of the file.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Loss {
    /// Something stands behind the end of the audio that its header says, and it is none of the titles and dates that
    /// belong there: more audio, perhaps.
    Behind,
    /// So much time is missing in the middle that it is none of damage: nothing stands in its place, and what follows is
    /// early by as much.
    Break(Duration),
    /// Samples beyond full scale, which were set to it. Where they are many, a program stored integers as floating point.
    Clipped(u64),
    /// The file ends where more must follow; how much is not known.
    CutShort,
    /// Frames of MP3 that the header counts and the file does not have, wherever they were.
    Frames {
        /// How many.
        missing: u64,
        /// How long they are.
        length: Duration,
    },
    /// Samples of floating point that are no numbers; silence stands in their place.
    NotNumbers(u64),
    /// Packets of compressed audio that could not be decoded; nothing stands in their place, but for what is
    /// [`Silent`](Self::Silent).
    Packets(u64),
    /// Bytes at the end that make no whole sample of every channel.
    PartialFrame(u64),
    /// So much compressed audio could not be decoded or is missing; silence stands in its place, as long as that.
    Silent(Duration),
    /// Bytes of audio that the header promises and the file does not have.
    Truncated(u64),
}

/// Why audio cannot be decoded, or not further.
#[non_exhaustive]
#[derive(Debug, Error)]
pub enum DecodeError {
    /// The codec is not one that can be decoded here.
    #[error("{codec} inside {container} cannot be decoded here")]
    Codec {
        /// How the samples are coded.
        codec: Codec,
        /// What they stand in.
        container: Container,
    },
    /// Nothing here reads this kind of file.
    #[error("{0} cannot be decoded here")]
    Container(Container),
    /// The program was built without what this takes.
    #[error("{container} cannot be decoded by this build, which was made without the feature `{feature}` of stt-audio")]
    Feature {
        /// What the file is.
        container: Container,
        /// The feature of this crate that decodes it.
        feature: &'static str,
    },
    /// No sample came for so long that the file must be made to keep a decoder busy.
    #[error("cannot be decoded (gave up after {} s)", .0.as_secs())]
    GaveUp(Duration),
    /// The header of a WAV could not be understood.
    #[error("not a WAV that can be read")]
    Header(#[source] WavError),
    /// Reading the input failed.
    #[error("cannot be read")]
    Io(#[source] io::Error),
    /// The file contradicts its own format.
    #[error("cannot be decoded: {0}")]
    Malformed(String),
    /// Headers, and no audio behind them.
    #[error("headers, but no audio")]
    NoAudio,
    /// Not audio, by what it is instead.
    #[error("{0}, not audio")]
    NotAudio(Container),
    /// What can be read only in a file, where one can go back and forth, came through a pipe and is too much to keep.
    #[error("{container} cannot be read from a pipe when it is larger than {}; give the file itself", Bytes(*.limit))]
    Unseekable {
        /// What came through the pipe.
        container: Container,
        /// How much of a pipe is kept, in bytes.
        limit: u64,
    },
}

impl Loss {
    /// Whether so many packets are lost that the rest is not what somebody wanted to be heard.
    #[cfg(any(feature = "decode", feature = "opus"))]
    pub(crate) const fn is_too_much(lost: u64, packets: u64) -> bool {
        FORGIVEN + packets / 100 < lost
    }

    /// The same for silence in the place of what is damaged, where so much else was heard.
    #[cfg(any(feature = "decode", feature = "opus"))]
    pub(crate) fn is_too_silent(silent: Duration, heard: Duration) -> bool {
        FORGIVEN_SILENCE + heard / 10 < silent
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Behind => f.write_str("more follows the audio that the header promises; left out"),
            Self::Break(length) => {
                write!(f, "{} are missing in the middle; what follows is that much early", Seconds(length))
            }
            Self::Clipped(1) => f.write_str("1 sample beyond full scale was clipped"),
            Self::Clipped(count) => write!(f, "{count} samples beyond full scale were clipped"),
            Self::CutShort => f.write_str("the file ends in the middle; what came behind is missing"),
            Self::Frames { missing, length } => {
                write!(f, "{missing} frames ({}) that the header counts are not there", Seconds(length))
            }
            Self::NotNumbers(1) => f.write_str("1 sample that is no number was made silence"),
            Self::NotNumbers(count) => write!(f, "{count} samples that are no numbers were made silence"),
            Self::Packets(1) => f.write_str("1 packet could not be decoded"),
            Self::Packets(count) => write!(f, "{count} packets could not be decoded"),
            Self::PartialFrame(bytes) => {
                write!(f, "the audio ends in the middle of a sample; {} left out", Bytes(bytes))
            }
            Self::Silent(length) => write!(f, "{} of audio is damaged and was left silent", Seconds(length)),
            Self::Truncated(bytes) => write!(f, "{} of audio are promised and not there", Bytes(bytes)),
        }
    }
}

/// Makes samples finite and of a size that can be added up: some decoders make anything of damaged packets.
#[cfg(any(feature = "decode", feature = "opus"))]
pub(crate) fn sanitize(samples: &mut [f32]) {
    for sample in samples {
        *sample = if sample.is_nan() { 0.0 } else { sample.clamp(-LOUDEST, LOUDEST) };
    }
}

/// Packets that may be lost in any file, however short: streams that were cut out of others begin with some.
#[cfg(any(feature = "decode", feature = "opus"))]
const FORGIVEN: u64 = 10;

/// Silence that is left in any file, however short. Pages of Ogg hold a second, most of them: this is a few.
#[cfg(any(feature = "decode", feature = "opus"))]
const FORGIVEN_SILENCE: Duration = Duration::from_secs(5);

/// Four times full scale: decoders of lossy formats give a little more than they were given, never this much.
#[cfg(any(feature = "decode", feature = "opus"))]
const LOUDEST: f32 = 4.0;
