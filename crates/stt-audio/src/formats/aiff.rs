//! AIFF and AIFF-C.

use std::io;

use crate::{
    codec::Codec,
    formats::{Facts, Shape, estimated},
    length::Length,
    source::Source,
};

pub(crate) fn look(source: &mut impl Source, total: Option<u64>) -> io::Result<Facts> {
    let (mut at, mut common, mut sound) = (12, None, None);
    for _ in 0..CHUNKS {
        let Some([a, b, c, d, e, f, g, h]) = source.array(at)? else { break };
        let size = u64::from(u32::from_be_bytes([e, f, g, h]));
        let body = at + 8;
        match &[a, b, c, d] {
            b"COMM" => common = Common::read(&source.piece(body, usize::try_from(size.min(22)).unwrap_or(22))?),
            // Eight bytes about alignment stand before the samples.
            b"SSND" => sound = Some((body + 8, size.saturating_sub(8))),
            _ => {}
        }
        if common.is_some() && sound.is_some() {
            break;
        }
        at = body + size + size % 2;
    }
    let Some(Common { channels, frames, bits, rate, codec }) = common else { return Ok(Facts::default()) };
    let mut facts = Facts { channels: Some(channels), codec, rate, ..Facts::default() };
    if let Codec::FourCc(_) = codec {
        facts.length = rate.map_or(Length::Unknown, |rate| estimated(frames, rate));
        return Ok(facts);
    }
    facts.bits = Some(bits);
    // What is written into a pipe may have zeros where nobody knew better.
    let there = |(from, size): (u64, u64)| {
        total.map(|total| total.saturating_sub(from).min(if size == 0 { u64::MAX } else { size }))
    };
    match sound {
        // Without its chunk of samples a file has none; a pipe may have them yet to come.
        None if total.is_some_and(|total| total <= at) => Ok(Facts { shape: Shape::NoAudio, ..facts }),
        sound => {
            let claimed = frames * u64::from(channels) * u64::from(bits.div_ceil(8));
            Ok(facts.stored(Some(claimed).filter(|&claimed| 0 < claimed), sound.and_then(there)))
        }
    }
}

/// What the common chunk says.
struct Common {
    channels: u16,
    frames: u64,
    bits: u16,
    rate: Option<u32>,
    codec: Codec,
}

impl Common {
    fn read(body: &[u8]) -> Option<Self> {
        let &[a, b, c, d, e, f, g, h, ref more @ ..] = body else { return None };
        let (rate, more) = more.split_first_chunk::<10>()?;
        let (bits, codec) = match more.first_chunk() {
            None => (u16::from_be_bytes([g, h]), Codec::Pcm),
            Some(b"NONE" | b"twos" | b"sowt" | b"in24" | b"in32" | b"raw ") => (u16::from_be_bytes([g, h]), Codec::Pcm),
            Some(b"fl32" | b"FL32") => (32, Codec::Float),
            Some(b"fl64" | b"FL64") => (64, Codec::Float),
            Some(b"alaw" | b"ALAW") => (8, Codec::ALaw),
            Some(b"ulaw" | b"ULAW") => (8, Codec::MuLaw),
            Some(&other) => (u16::from_be_bytes([g, h]), Codec::FourCc(other)),
        };
        Some(Self {
            channels: u16::from_be_bytes([a, b]),
            frames: u32::from_be_bytes([c, d, e, f]).into(),
            bits,
            rate: whole(*rate),
            codec,
        })
    }
}

/// A number of floating point of 80 bits, which AIFF writes its rate in, without its fraction.
fn whole(bytes: [u8; 10]) -> Option<u32> {
    let [a, b, mantissa @ ..] = bytes;
    let exponent = u32::from(u16::from_be_bytes([a, b])).checked_sub(16_383).filter(|&exponent| exponent < 32)?;
    u32::try_from(u64::from_be_bytes(mantissa) >> (63 - exponent)).ok().filter(|&rate| 0 < rate)
}

/// Honest files have a handful of chunks before the samples.
const CHUNKS: usize = 200;
