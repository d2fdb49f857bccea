//! AAC: bare frames with ADTS headers, and the few bytes that describe it elsewhere.

use std::io;

use crate::{
    codec::Codec,
    formats::{Facts, bits::Bits, extrapolated, mpeg},
    length::Length,
    source::Source,
};

/// What a description of AAC says (ISO 14496-3, `AudioSpecificConfig`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Config {
    pub(crate) codec: Codec,
    pub(crate) rate: Option<u32>,
    pub(crate) channels: Option<u16>,
}

impl Config {
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut bits = Bits::new(bytes);
        let kind = kind(&mut bits)?;
        let rate = rate(&mut bits)?;
        let channels = channels(bits.take(4)?);
        if matches!(kind, SBR | PS) {
            // What is heard has the rate of the extension, and two channels with parametric stereo.
            let rate = self::rate(&mut bits).unwrap_or(rate);
            return Some(Self { codec: Codec::HeAac, rate: Some(rate), channels });
        }
        let codec = match kind {
            LC if Self::is_extended(bits) => Codec::HeAac,
            LC => Codec::Aac,
            _ => Codec::RareAac,
        };
        Some(Self { codec, rate: Some(rate), channels })
    }

    /// Whether an extension follows that old decoders do not look for.
    fn is_extended(mut bits: Bits<'_>) -> bool {
        let mut read = || {
            let _short_frames = bits.take(1)?;
            if bits.take(1)? == 1 {
                bits.take(14)?;
            }
            let _extension = bits.take(1)?;
            Some((bits.take(11)?, kind(&mut bits)?, bits.take(1)?))
        };
        matches!(read(), Some((0x2b7, SBR, 1)))
    }
}

/// Bare frames with ADTS headers.
pub(crate) fn look(source: &mut impl Source, total: Option<u64>) -> io::Result<Facts> {
    let start = mpeg::audio_start(source)?;
    let window = source.piece(start, AVERAGED)?;
    let Some(frame) = Adts::read(&window) else { return Ok(Facts::default()) };
    let (mut at, mut frames) = (0, 0);
    while let Some(frame) = window.get(at..).and_then(Adts::read) {
        at += frame.length;
        frames += 1;
    }
    let length = match total {
        Some(total) => extrapolated(total.saturating_sub(start), at as u64, frames * SAMPLES, frame.rate),
        None => Length::Unknown,
    };
    Ok(Facts { channels: frame.channels, codec: frame.codec, length, rate: Some(frame.rate), ..Facts::default() })
}

/// Whether frames with ADTS headers begin here, as far as the bytes go.
pub(crate) fn is_adts(bytes: &[u8]) -> bool {
    let agrees = |first: &Adts| match bytes.get(first.length..first.length + 7) {
        None => true,
        Some(next) => Adts::read(next).is_some_and(|next| next.rate == first.rate),
    };
    bytes.len() < 7 || Adts::read(bytes).is_some_and(|first| agrees(&first))
}

/// The header of one frame.
struct Adts {
    codec: Codec,
    rate: u32,
    channels: Option<u16>,
    length: usize,
}

impl Adts {
    fn read(bytes: &[u8]) -> Option<Self> {
        let &[0xff, second, third, fourth, fifth, sixth, _, ..] = bytes else { return None };
        let length = usize::from(fourth & 3) << 11 | usize::from(fifth) << 3 | usize::from(sixth >> 5);
        if second & 0xf6 != 0xf0 || length < 7 {
            return None;
        }
        let codec = if third >> 6 == 1 { Codec::Aac } else { Codec::RareAac };
        let rate = *RATES.get(usize::from((third >> 2) & 15))?;
        Some(Self { codec, rate, channels: channels(u32::from((third & 1) << 2 | fourth >> 6)), length })
    }
}

/// The kind of object, which has five bits or eleven.
fn kind(bits: &mut Bits<'_>) -> Option<u32> {
    match bits.take(5)? {
        31 => Some(32 + bits.take(6)?),
        kind => Some(kind),
    }
}

fn rate(bits: &mut Bits<'_>) -> Option<u32> {
    match bits.take(4)? {
        15 => bits.take(24).filter(|&rate| 0 < rate),
        index => RATES.get(usize::try_from(index).ok()?).copied(),
    }
}

/// Channels by their configuration; 0 leaves them to the frames.
fn channels(configuration: u32) -> Option<u16> {
    match configuration {
        7 => Some(8),
        1..=6 => u16::try_from(configuration).ok(),
        _ => None,
    }
}

/// The kinds of object that matter.
const LC: u32 = 2;
const SBR: u32 = 5;
const PS: u32 = 29;

/// Samples of one channel in a frame.
const SAMPLES: u64 = 1024;

/// Frames within so many bytes make the average, which the length of the whole is estimated by.
const AVERAGED: usize = 16_384;

/// Samples a second, by their index.
const RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
