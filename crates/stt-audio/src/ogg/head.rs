//! The first packet of a stream in Ogg, which says what it is.

use crate::{codec::Codec, formats::flac::stream_info};

/// What a first packet says.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Head {
    pub(crate) codec: Codec,
    pub(crate) channels: Option<u16>,
    /// Of Opus, the rate of what was encoded: information, no property of the stream.
    pub(crate) rate: Option<u32>,
    /// Samples of 48 kHz that a decoder of Opus drops at the beginning.
    pub(crate) pre_skip: u64,
    /// How the channels of Opus are laid out: 0 for mono and stereo (RFC 7845, section 5.1.1).
    pub(crate) family: u8,
    /// The packet has no sense: of Opus, too few bytes, a version that nobody knows, or no channel.
    pub(crate) is_broken: bool,
}

impl Head {
    pub(crate) fn read(packet: &[u8]) -> Self {
        let byte = |at: usize| packet.get(at).copied();
        let number = |at: usize| Some(u32::from_le_bytes(packet.get(at..at + 4)?.try_into().ok()?));
        if packet.starts_with(b"OpusHead") {
            let &[version, channels, low, high, _, _, _, _, _, _, family, ..] = &packet[8..] else {
                return Self { codec: Codec::Opus, is_broken: true, ..Self::default() };
            };
            return Self {
                codec: Codec::Opus,
                channels: Some(channels.into()),
                rate: number(12).filter(|&rate| 0 < rate),
                pre_skip: u16::from_le_bytes([low, high]).into(),
                family,
                // The upper half of the version counts changes that older readers do not understand.
                is_broken: 15 < version || channels == 0,
            };
        }
        if packet.starts_with(b"\x01vorbis") {
            let channels = byte(11).map(u16::from);
            return Self {
                codec: Codec::Vorbis,
                channels,
                rate: number(12).filter(|&rate| 0 < rate),
                ..Self::default()
            };
        }
        if packet.starts_with(b"\x7fFLAC") {
            // The version of the mapping, a count of headers, and the beginning of a FLAC file.
            let info = packet.get(17..).and_then(|rest| rest.first_chunk()).map(stream_info).unwrap_or_default();
            return Self { codec: Codec::Flac, channels: info.channels, rate: info.rate, ..Self::default() };
        }
        if packet.starts_with(b"Speex   ") {
            let channels = number(48).and_then(|channels| u16::try_from(channels).ok());
            return Self {
                codec: Codec::Speex,
                channels,
                rate: number(36).filter(|&rate| 0 < rate),
                ..Self::default()
            };
        }
        Self::default()
    }
}
