//! How samples are coded, by name.

use std::fmt;

/// How the samples are coded, as far as the file tells.
///
/// Its `Display` is the name to show to a person.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Codec {
    /// A-law, 8 bits.
    ALaw,
    /// AAC of low complexity, which nearly all AAC is.
    Aac,
    /// AAC with more than two channels.
    AacSurround,
    /// AC-3, Dolby Digital.
    Ac3,
    /// Apple's lossless ALAC.
    Alac,
    /// AMR, narrow band.
    AmrNb,
    /// AMR, wide band.
    AmrWb,
    /// DTS.
    Dts,
    /// E-AC-3, Dolby Digital Plus.
    EAc3,
    /// FLAC.
    Flac,
    /// Floating point, 32 or 64 bits.
    Float,
    /// Any other inside MP4, AIFF-C or CAF, by its four letters.
    FourCc([u8; 4]),
    /// AAC with spectral band replication, and perhaps parametric stereo.
    HeAac,
    /// MPEG audio of layer I.
    Mp1,
    /// MPEG audio of layer II.
    Mp2,
    /// MPEG audio of layer III.
    Mp3,
    /// Mu-law, 8 bits.
    MuLaw,
    /// Opus.
    Opus,
    /// Integers: with 8 bits in WAV unsigned, otherwise signed.
    Pcm,
    /// AAC of a profile that is neither low complexity nor high efficiency.
    RareAac,
    /// Speex.
    Speex,
    /// Not looked at, or not known.
    #[default]
    Unknown,
    /// Vorbis.
    Vorbis,
    /// Any other inside WAV, ASF or AU, by its format tag.
    WavTag(u16),
    /// Windows Media Audio.
    Wma,
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
            Self::Aac => "AAC",
            Self::AacSurround => "AAC with more than two channels",
            Self::Ac3 => "AC-3",
            Self::Alac => "ALAC",
            Self::AmrNb => "AMR",
            Self::AmrWb => "AMR-WB",
            Self::Dts => "DTS",
            Self::EAc3 => "E-AC-3",
            Self::Flac => "FLAC",
            Self::Float => "floating point",
            Self::FourCc(name) => return write!(f, "codec \"{}\"", name.escape_ascii()),
            Self::HeAac => "HE-AAC",
            Self::Mp1 => "MP1",
            Self::Mp2 => "MP2",
            Self::Mp3 => "MP3",
            Self::MuLaw => "mu-law",
            Self::Opus => "Opus",
            Self::Pcm => "PCM",
            Self::RareAac => "AAC of a rare profile",
            Self::Speex => "Speex",
            Self::Unknown => "an unknown codec",
            Self::Vorbis => "Vorbis",
            Self::Wma => "WMA",
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
