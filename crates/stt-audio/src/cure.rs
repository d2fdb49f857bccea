//! What makes audio that the service would not take into audio that it takes.

use crate::{codec::Codec, container::Container, inspect::Inspection, verdict::Reason, wav::WavError};

/// What helps against a [`Reason`].
///
/// Where several reasons are told, each cure is needed: a file that is converted first and split then may have both.
/// One reason without a cure is enough to refuse it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Cure {
    /// Converting it to 16 kHz mono PCM, which this crate can: [`Inspection::needs`] says with which of its features.
    Convert,
    /// Saying what its samples are, as a [`RawFormat`](crate::RawFormat): nothing in it does.
    Describe,
    /// Another program, which [`Reason::fix`] names: this crate does not read it.
    Elsewhere,
    /// Nothing: there is no audio in it.
    None,
    /// Cutting it into pieces that are short enough.
    Split,
}

impl Cure {
    /// The cure as one word for programs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Convert => "convert",
            Self::Describe => "describe",
            Self::Elsewhere => "elsewhere",
            Self::None => "none",
            Self::Split => "split",
        }
    }
}

/// The features of this crate that reading the samples of a file takes.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Needs {
    /// The feature `decode`.
    pub decode: bool,
    /// The feature `opus`.
    pub opus: bool,
}

impl Needs {
    /// Whether this build of the crate has them.
    #[must_use]
    pub const fn are_met(self) -> bool {
        (cfg!(feature = "decode") || !self.decode) && (cfg!(feature = "opus") || !self.opus)
    }
}

impl Reason {
    /// What helps against it.
    ///
    /// ```
    /// use stt_audio::{Container, Cure, Reason};
    ///
    /// assert_eq!(Reason::Channels(2).cure(), Cure::Convert);
    /// assert_eq!(Reason::NotAudio(Container::Html).cure(), Cure::None);
    /// ```
    #[must_use]
    pub const fn cure(&self) -> Cure {
        match self {
            Self::BigEndian
            | Self::Bits(_)
            | Self::Channels(_)
            | Self::Mapping(_)
            | Self::Rate(_)
            | Self::SeveralStreams => Cure::Convert,
            Self::Codec { codec, container } if needs(*codec, *container).is_none() => Cure::Elsewhere,
            Self::Codec { .. } => Cure::Convert,
            Self::Container(container) if needs(Codec::Unknown, *container).is_none() => Cure::Elsewhere,
            Self::Container(_) => Cure::Convert,
            // Odd numbers of bits, and a header that goes on and on, may make sense to somebody else.
            Self::Header(WavError::Bits(_) | WavError::Incomplete(_) | WavError::TooManyChunks) => Cure::Elsewhere,
            Self::NotAudio(Container::Base64) => Cure::Elsewhere,
            Self::NotAudio(Container::Unknown) => Cure::Describe,
            Self::Empty | Self::Header(_) | Self::NoAudio | Self::NoIndex | Self::NotAudio(_) | Self::OpusHead => {
                Cure::None
            }
            Self::TooLong { .. } => Cure::Split,
        }
    }
}

impl Inspection {
    /// What reading its samples takes, or `None` where this crate cannot read them with any feature.
    #[must_use]
    pub const fn needs(&self) -> Option<Needs> {
        needs(self.codec, self.container)
    }
}

/// What reading a codec in a container takes. A codec that is not known yet is hoped for where the container has one
/// that is read.
const fn needs(codec: Codec, container: Container) -> Option<Needs> {
    const NOTHING: Option<Needs> = Some(Needs { decode: false, opus: false });
    const DECODE: Option<Needs> = Some(Needs { decode: true, opus: false });
    match (container, codec) {
        (Container::Wav, Codec::ALaw | Codec::Float | Codec::MuLaw | Codec::Pcm) => NOTHING,
        (Container::Ogg, Codec::Opus) => Some(Needs { decode: false, opus: true }),
        (Container::Matroska | Container::Mp4 | Container::WebM, Codec::Opus) => {
            Some(Needs { decode: true, opus: true })
        }
        (Container::Adts, Codec::Aac | Codec::Unknown)
        | (Container::Aiff, Codec::ALaw | Codec::Float | Codec::MuLaw | Codec::Pcm | Codec::Unknown)
        | (Container::Caf, Codec::ALaw | Codec::Alac | Codec::Float | Codec::MuLaw | Codec::Pcm | Codec::Unknown)
        | (Container::Flac, Codec::Flac | Codec::Unknown)
        | (Container::Mp3, Codec::Mp1 | Codec::Mp2 | Codec::Mp3 | Codec::Unknown)
        | (Container::Ogg, Codec::Flac | Codec::Vorbis)
        | (Container::Mp4, Codec::ALaw | Codec::MuLaw)
        | (
            Container::Matroska | Container::Mp4 | Container::WebM,
            Codec::Aac
            | Codec::Alac
            | Codec::Flac
            | Codec::Float
            | Codec::Mp1
            | Codec::Mp2
            | Codec::Mp3
            | Codec::Pcm
            | Codec::Unknown
            | Codec::Vorbis,
        ) => DECODE,
        _ => None,
    }
}
