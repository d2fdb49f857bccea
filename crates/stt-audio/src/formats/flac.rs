//! FLAC, by its first block of metadata.

use std::io;

use crate::{
    codec::Codec,
    formats::{Facts, estimated, mpeg},
    length::Length,
    source::Source,
    units,
};

pub(crate) fn look(source: &mut impl Source, total: Option<u64>) -> io::Result<Facts> {
    let start = mpeg::audio_start(source)?;
    let Some(info) = source.array::<34>(start + 8)? else {
        return Ok(Facts { codec: Codec::Flac, ..Facts::default() });
    };
    let mut facts = stream_info(&info);
    if let (Length::Estimated(length), Some(rate), Some(total)) = (facts.length, facts.rate, total)
        && units::time_of((total / SHORTEST_FRAME).saturating_mul(LARGEST_BLOCK), rate.into()) < length
    {
        facts.length = Length::Unknown;
    }
    Ok(facts)
}

/// What the block `STREAMINFO` says. It counts the samples, but a file may have been cut since.
pub(crate) fn stream_info(info: &[u8; 34]) -> Facts {
    // Sizes of blocks and frames before, and a checksum behind.
    let numbers = info[10..18].iter().fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
    // 20 bits of rate, 3 of channels and 5 of bits, both less one, and 36 of samples.
    let part = |shift: u32, bits: u32| numbers >> shift & ((1 << bits) - 1);
    let rate = u32::try_from(part(44, 20)).ok().filter(|&rate| 0 < rate);
    let length = rate.map_or(Length::Unknown, |rate| estimated(part(0, 36), rate));
    Facts {
        bits: u16::try_from(part(36, 5) + 1).ok(),
        channels: u16::try_from(part(41, 3) + 1).ok(),
        codec: Codec::Flac,
        length,
        rate,
        ..Facts::default()
    }
}

/// A frame in bytes: six of its header, two of a value that does not change, two of its checksum (RFC 9639, section 9).
const SHORTEST_FRAME: u64 = 10;

/// Samples of one channel in a frame.
const LARGEST_BLOCK: u64 = 65_535;
