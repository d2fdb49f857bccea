//! Whether the service would take audio as it is, and if not, why and what helps.

use std::{fmt, time::Duration};

use stt_model::AudioFormat;

use crate::{
    codec::Codec,
    container::Container,
    limits::Limits,
    units::{Channels, Rate, Seconds},
    wav::WavError,
};

/// Whether the service would take audio as it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It would, byte for byte.
    Accepted(AudioFormat),
    /// The samples are right and the header is not: with another header they can be sent.
    NewHeader(NewHeader),
    /// It would not, or would hear something else than is there. Every reason is told, and there is at least one.
    Refused(Vec<Reason>),
}

/// How to send samples whose own header is not fit for the service: this header, then a part of the file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NewHeader {
    /// What to send first.
    pub header: [u8; 44],
    /// How many bytes of the file to send behind it; `None` is all that come.
    pub length: Option<u64>,
    /// Where in the file those bytes begin.
    pub offset: u64,
}

/// Why the service would not take audio as it is.
///
/// Its `Display` is a sentence for the user, to be put behind the name of the file.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reason {
    /// The samples of a WAV have their high byte first.
    BigEndian,
    /// The samples of a WAV are not of 16 bits.
    Bits(u16),
    /// More than one channel: the service was seen to hear stereo as silence.
    Channels(u16),
    /// The samples are coded in a way that the service does not document.
    Codec {
        /// How they are coded.
        codec: Codec,
        /// What they stand in.
        container: Container,
    },
    /// A kind of audio file that the service does not document.
    Container(Container),
    /// Nothing at all.
    Empty,
    /// The header of a WAV could not be understood.
    Header(WavError),
    /// The channels of Opus are laid out in a way for more than stereo, by the number of its family.
    Mapping(u8),
    /// Headers, and no audio behind them.
    NoAudio,
    /// The index is missing that says where the audio lies, as it is in a recording that was not finished.
    NoIndex,
    /// Not audio, by what it is instead.
    NotAudio(Container),
    /// The first packet of an Opus stream has no sense.
    OpusHead,
    /// A rate outside of 8 to 48 kHz, where nobody is known to have seen one work.
    Rate(u32),
    /// Several Ogg streams, beside or behind each other: only the first could be heard.
    SeveralStreams,
    /// Longer than one request may be.
    TooLong {
        /// How long it is.
        length: Duration,
        /// How long it may be.
        limits: Limits,
    },
}

impl Reason {
    /// The reason as one word for programs, which stays the same when sentences become better ones.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::BigEndian => "big_endian",
            Self::Bits(_) => "bits",
            Self::Channels(_) => "channels",
            Self::Codec { .. } => "codec",
            Self::Container(_) => "container",
            Self::Empty => "empty",
            Self::Header(_) => "header",
            Self::Mapping(_) => "mapping",
            Self::NoAudio => "no_audio",
            Self::NoIndex => "no_index",
            Self::NotAudio(_) => "not_audio",
            Self::OpusHead => "opus_head",
            Self::Rate(_) => "rate",
            Self::SeveralStreams => "several_streams",
            Self::TooLong { .. } => "too_long",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BigEndian => f.write_str("the samples have their high byte first (RIFX)"),
            Self::Bits(bits) => write!(f, "{bits} bits a sample, the service takes 16"),
            Self::Channels(channels) => {
                write!(f, "{}, the service takes mono (stereo was heard as silence)", Channels(*channels))
            }
            // Files of all layers of MPEG audio are alike but for what they are called.
            Self::Codec { codec, container: Container::Mp3 } => {
                write!(f, "{codec}, the service takes WAV and Ogg Opus")
            }
            Self::Codec { codec, container } => {
                write!(f, "{codec} inside {container}, the service takes PCM in WAV and Opus in Ogg")
            }
            Self::Container(container) => write!(f, "{container}, the service takes WAV and Ogg Opus"),
            Self::Empty => f.write_str("file is empty"),
            Self::Header(error) => write!(f, "not a WAV that can be read: {error}"),
            Self::Mapping(family) => {
                write!(f, "channels in the mapping family {family}, which is for more of them than the service takes")
            }
            Self::NoAudio => f.write_str("headers, but no audio"),
            Self::NoIndex => {
                f.write_str("the index that belongs at its end is missing; the recording was not finished")
            }
            Self::NotAudio(Container::Unknown) => f.write_str("no audio format that is known; headerless PCM?"),
            Self::NotAudio(container) => write!(f, "{container}, not audio"),
            Self::OpusHead => f.write_str("the head of the Opus stream has no sense"),
            Self::Rate(rate) => write!(f, "{}, only 8 to 48 kHz can be expected to work", Rate(*rate)),
            Self::SeveralStreams => f.write_str("several Ogg streams in one file, the service would hear one"),
            Self::TooLong { length, limits } => {
                write!(f, "{}, the limit is {} s", Seconds(*length), limits.longest().as_secs())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_little_too_long_reads_as_too_long() {
        let length = Duration::from_secs(60) + Duration::from_micros(63);
        let reason = Reason::TooLong { length, limits: Limits::RECOGNITION };

        assert_eq!(reason.to_string(), "60.1 s, the limit is 60 s");
    }
}
