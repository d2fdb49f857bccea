//! AC-3 and E-AC-3, by their first frame.

use std::io;

use crate::{
    codec::Codec,
    formats::{Facts, extrapolated},
    length::Length,
    source::Source,
};

/// The header of one frame.
#[derive(Clone, Copy)]
struct Frame {
    codec: Codec,
    rate: u32,
    channels: u16,
    length: usize,
    samples: u64,
}

impl Frame {
    fn read(bytes: &[u8]) -> Option<Self> {
        let &[0x0b, 0x77, third, fourth, fifth, sixth, seventh, eighth, ..] = bytes else { return None };
        let rate = *[48_000, 44_100, 32_000].get(usize::from(fifth >> 6))?;
        match sixth >> 3 {
            0..=10 => {
                let code = usize::from(fifth & 0x3f);
                let bits = BITRATES.get(code / 2)? * 1000;
                // Frames of 44.1 kHz are made to fit by a word in every other one.
                let words = 96 * bits / u64::from(rate) + u64::from(rate == 44_100 && code % 2 == 1);
                // Two bits of mixing levels stand before the low frequency channel for each of three reasons.
                let mode = seventh >> 5;
                let center = mode & 1 == 1 && mode != 1;
                let levels = usize::from(center) + usize::from(mode & 4 != 0) + usize::from(mode == 2);
                let low = u16::from_be_bytes([seventh, eighth]) >> (12 - 2 * levels) & 1;
                let length = usize::try_from(words).ok()? * 2;
                Some(Self {
                    codec: Codec::Ac3,
                    rate,
                    channels: CHANNELS[usize::from(mode)] + low,
                    length,
                    samples: 1536,
                })
            }
            11..=16 => {
                let length = (usize::from(third & 7) << 8 | usize::from(fourth)) * 2 + 2;
                let blocks = [1, 2, 3, 6][usize::from(fifth >> 4 & 3)];
                let channels = CHANNELS[usize::from(fifth >> 1 & 7)] + u16::from(fifth & 1);
                Some(Self { codec: Codec::EAc3, rate, channels, length, samples: 256 * blocks })
            }
            _ => None,
        }
    }
}

/// Whether two frames begin here, one behind the other.
pub(crate) fn is_ac3(bytes: &[u8]) -> bool {
    let second = |first: Frame| bytes.get(first.length..).and_then(Frame::read);
    Frame::read(bytes).is_some_and(|first| second(first).is_some_and(|second| second.rate == first.rate))
}

/// Channels by the box of the codec in the description of a track of MP4 (ETSI TS 102 366, annex F).
pub(crate) fn channels(description: &[u8]) -> Option<u16> {
    let body = |name: &[u8; 4]| description.windows(4).position(|four| four == name).map(|at| &description[at + 4..]);
    // In AC-3 ten bits of rate, version and kind come before the mode, in E-AC-3 28 with another rate.
    let (bits, behind) = match body(b"dac3") {
        Some(&[first, second, third, ..]) => (u32::from_be_bytes([first, second, third, 0]), 10),
        Some(_) => return None,
        None => (u32::from_be_bytes(*body(b"dec3")?.first_chunk()?), 28),
    };
    let mode = bits << behind >> 29;
    let low = bits << (behind + 3) >> 31;
    Some(CHANNELS[mode as usize] + low as u16)
}

pub(crate) fn look(source: &mut impl Source, total: Option<u64>) -> io::Result<Facts> {
    let Some(Frame { codec, rate, channels, length, samples }) =
        source.array::<8>(0)?.as_ref().and_then(|head| Frame::read(head))
    else {
        return Ok(Facts::default());
    };
    let length = total.map_or(Length::Unknown, |total| extrapolated(total, length as u64, samples, rate));
    Ok(Facts { channels: Some(channels), codec, length, rate: Some(rate), ..Facts::default() })
}

/// Kilobits a second, by half of their code.
const BITRATES: [u64; 19] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640];

/// Channels by their mode, without the one for low frequencies.
const CHANNELS: [u16; 8] = [2, 1, 2, 3, 3, 4, 4, 5];
