//! Apple's CAF.

use std::io;

use crate::{
    codec::Codec,
    formats::{Facts, estimated},
    length::Length,
    source::Source,
};

pub(crate) fn look(source: &mut impl Source, total: Option<u64>) -> io::Result<Facts> {
    let (mut at, mut facts, mut frames, mut data) = (8_u64, Facts::default(), None, None);
    for _ in 0..CHUNKS {
        let Some([a, b, c, d, size @ ..]) = source.array::<12>(at)? else { break };
        let size = u64::from_be_bytes(size);
        let body = at + 12;
        match &[a, b, c, d] {
            b"desc" => facts = source.array(body)?.map_or(facts, |description: [u8; 32]| describe(&description)),
            // The count of packets, then that of the frames that are to be heard.
            b"pakt" => frames = source.array(body + 8)?.map(u64::from_be_bytes),
            // Four bytes that count edits stand before the samples. All ones: up to the end.
            b"data" => {
                let known = Some(size).filter(|&size| size != u64::MAX);
                data = Some((body + 4, known.map(|size| size.saturating_sub(4))));
            }
            _ => {}
        }
        let Some(next) = body.checked_add(size).filter(|_| size != u64::MAX) else { break };
        at = next;
    }
    let is_stored = matches!(facts.codec, Codec::ALaw | Codec::Float | Codec::MuLaw | Codec::Pcm);
    match (data, facts.rate) {
        (Some((from, size)), _) if is_stored => {
            let follows = total.map(|total| total.saturating_sub(from));
            Ok(facts.stored(size, follows))
        }
        (_, Some(rate)) if !is_stored => {
            let length = frames.map_or(Length::Unknown, |frames| estimated(frames, rate));
            Ok(Facts { length, bits: None, ..facts })
        }
        _ => Ok(facts),
    }
}

/// What the chunk `desc` says: a rate in floating point, four letters, flags, packets, channels and bits.
fn describe(body: &[u8; 32]) -> Facts {
    let [a, b, c, d, e, f, g, h, ref numbers @ ..] = *body;
    let [format, flags, .., channels, bits] = *numbers.as_chunks::<4>().0 else { return Facts::default() };
    let is_float = u32::from_be_bytes(flags) & 1 != 0;
    let codec = match &format {
        b"lpcm" if is_float => Codec::Float,
        b"lpcm" => Codec::Pcm,
        b".mp3" => Codec::Mp3,
        b"aac " => Codec::Aac,
        b"aach" | b"aacp" => Codec::HeAac,
        b"alac" => Codec::Alac,
        b"alaw" => Codec::ALaw,
        b"flac" => Codec::Flac,
        b"opus" => Codec::Opus,
        b"ulaw" => Codec::MuLaw,
        _ => Codec::FourCc(format),
    };
    let small = |four| u16::try_from(u32::from_be_bytes(four)).ok().filter(|&number| 0 < number);
    let bits = if matches!(codec, Codec::ALaw | Codec::MuLaw) { Some(8) } else { small(bits) };
    Facts {
        bits,
        channels: small(channels),
        codec,
        rate: super::rate_of(f64::from_be_bytes([a, b, c, d, e, f, g, h])),
        ..Facts::default()
    }
}

/// Honest files have a handful of chunks.
const CHUNKS: usize = 200;
