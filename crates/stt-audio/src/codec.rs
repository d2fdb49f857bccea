//! How samples are coded, by name.

use std::fmt;

/// How the samples are coded, as far as the beginning of a file tells.
///
/// Its `Display` is the name to show to a person.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Codec {
    /// A-law, 8 bits.
    ALaw,
    /// FLAC inside Ogg.
    Flac,
    /// Floating point, 32 or 64 bits.
    Float,
    /// Mu-law, 8 bits.
    MuLaw,
    /// Opus inside Ogg.
    Opus,
    /// Integers: unsigned with 8 bits, signed with more.
    Pcm,
    /// Speex inside Ogg.
    Speex,
    /// Not looked at, or not known.
    Unknown,
    /// Vorbis inside Ogg.
    Vorbis,
    /// Any other inside a WAV, by its format tag.
    WavTag(u16),
}

impl Codec {
    pub(crate) const fn of_wav_tag(tag: u16) -> Self {
        match tag {
            0x0001 => Self::Pcm,
            0x0003 => Self::Float,
            0x0006 => Self::ALaw,
            0x0007 => Self::MuLaw,
            other => Self::WavTag(other),
        }
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ALaw => "A-law",
            Self::Flac => "FLAC",
            Self::Float => "floating point",
            Self::MuLaw => "mu-law",
            Self::Opus => "Opus",
            Self::Pcm => "PCM",
            Self::Speex => "Speex",
            Self::Unknown => "an unknown codec",
            Self::Vorbis => "Vorbis",
            Self::WavTag(tag) => {
                let name = match tag {
                    0x0002 => " (Microsoft ADPCM)",
                    0x0011 => " (IMA ADPCM)",
                    0x0031 => " (GSM 6.10)",
                    0x0055 => " (MP3)",
                    0x00ff => " (AAC)",
                    _ => "",
                };
                return write!(f, "codec 0x{tag:04x}{name}");
            }
        })
    }
}
