//! Sun's AU.

use std::io;

use crate::{codec::Codec, formats::Facts, source::Source};

pub(crate) fn look(source: &mut impl Source, total: Option<u64>) -> io::Result<Facts> {
    let Some(head) = source.array::<24>(0)? else { return Ok(Facts::default()) };
    let number = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let (codec, bits) = match number(12) {
        1 => (Codec::MuLaw, Some(8)),
        coding @ 2..=5 => (Codec::Pcm, Some([8, 16, 24, 32][coding as usize - 2])),
        6 => (Codec::Float, Some(32)),
        7 => (Codec::Float, Some(64)),
        27 => (Codec::ALaw, Some(8)),
        _ => (Codec::Unknown, None),
    };
    let facts = Facts {
        bits,
        channels: u16::try_from(number(20)).ok().filter(|&channels| 0 < channels),
        codec,
        rate: Some(number(16)).filter(|&rate| 0 < rate),
        ..Facts::default()
    };
    // All ones: up to the end.
    let size = Some(number(8)).filter(|&size| size != u32::MAX).map(u64::from);
    Ok(facts.stored(size, total.map(|total| total.saturating_sub(number(4).into()))))
}
