//! What is odd about audio that can be used nevertheless.

use std::fmt;

use crate::units::{Bytes, Rate};

/// What is odd about audio that can be used nevertheless.
///
/// Its `Display` is a sentence for the user, to be put behind the name of the file.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Warning {
    /// A WAV's size of a sample frame does not follow from its own channels and bits.
    BlockAlign {
        /// Bytes that the header says.
        claimed: u16,
        /// Bytes that its other numbers make.
        needed: u64,
    },
    /// Pages at the beginning of an Ogg file are damaged.
    Checksum {
        /// How many of those that were looked at.
        pages: usize,
    },
    /// A chunk before the audio claims to be longer than the file; the audio was found behind it nevertheless.
    ChunkTooLong {
        /// Bytes that the chunk claims.
        claimed: u64,
    },
    /// An Ogg file ends in the middle of a page.
    CutShort,
    /// The header leaves the length open, as programs do that write into a pipe.
    LengthOpen {
        /// Bytes of audio that are there.
        found: u64,
    },
    /// The audio ends in the middle of a sample.
    PartialSample {
        /// Bytes of the incomplete sample.
        bytes: u64,
    },
    /// The header promises more audio than the file has.
    Promises {
        /// Bytes of audio that the header claims.
        claimed: u64,
        /// Bytes of audio that are there.
        found: u64,
    },
    /// Bytes that are not audio follow it.
    Trailing {
        /// How many.
        bytes: u64,
    },
    /// The rate is none that Microsoft documents for this API.
    UndocumentedRate {
        /// Samples a second.
        rate: u32,
    },
    /// A chunk of odd length is not padded, which the format demands.
    Unpadded,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::BlockAlign { claimed, needed } => {
                write!(f, "the header says {claimed} bytes a sample, its other numbers make {needed}; using those")
            }
            Self::Checksum { pages: 1 } => f.write_str("the checksum of a page is wrong; players leave out such pages"),
            Self::Checksum { pages } => {
                write!(f, "the checksums of {pages} pages are wrong; players leave out such pages")
            }
            Self::ChunkTooLong { claimed } => {
                let claimed = Bytes(claimed);
                write!(f, "a chunk before the audio claims {claimed}, which is more than the file; looked behind it")
            }
            Self::CutShort => f.write_str("the last page is cut off; using what is there"),
            Self::LengthOpen { found } => {
                let found = Bytes(found);
                write!(f, "the header leaves the length open, the file has {found}; using what is there")
            }
            Self::PartialSample { bytes } => {
                write!(f, "the audio ends in the middle of a sample; {} left out", Bytes(bytes))
            }
            Self::Promises { claimed, found } => {
                let (claimed, found) = (Bytes(claimed), Bytes(found));
                write!(f, "the header promises {claimed}, the file has {found}; using what is there")
            }
            Self::Trailing { bytes } => write!(f, "{} after the audio are not part of it; left out", Bytes(bytes)),
            Self::UndocumentedRate { rate } => {
                write!(f, "{}: only 16 kHz is documented, though other rates were seen to work", Rate(rate))
            }
            Self::Unpadded => f.write_str("a chunk of odd length is not padded; read nevertheless"),
        }
    }
}
