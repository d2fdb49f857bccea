//! How one sample is stored, and what number it is.

use std::fmt;

use crate::raw::law::{A_LAW, MU_LAW};

/// How one sample is stored.
///
/// Its `Display` is the name in a [`RawFormat`](crate::RawFormat).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Encoding {
    /// A-law of G.711, one byte.
    ALaw,
    /// Floating point of four bytes, full scale from -1 to 1.
    F32,
    /// Floating point of eight bytes, full scale from -1 to 1.
    F64,
    /// Mu-law of G.711, one byte.
    MuLaw,
    /// Signed integers of two bytes.
    S16,
    /// Signed integers of three bytes.
    S24,
    /// Signed integers of four bytes.
    S32,
    /// Signed integers of one byte, as AIFF and AU have them.
    S8,
    /// Unsigned integers of one byte, as WAV has them: 128 is silence.
    U8,
}

/// Which byte of a sample comes first.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ByteOrder {
    /// The high byte.
    Big,
    /// The low byte.
    Little,
}

impl Encoding {
    /// Bytes of one sample.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::ALaw | Self::MuLaw | Self::S8 | Self::U8 => 1,
            Self::S16 => 2,
            Self::S24 => 3,
            Self::F32 | Self::S32 => 4,
            Self::F64 => 8,
        }
    }

    /// Appends the samples in `bytes`, which are whole ones, to `samples`, and says which were not what they should be.
    ///
    /// Integers are divided by the power of two that is their full scale, so that 16 bits come back exactly.
    pub(crate) fn decode(self, order: ByteOrder, bytes: &[u8], samples: &mut Vec<f32>) -> Odd {
        let mut odd = Odd::default();
        match (self, order) {
            (Self::ALaw, _) => samples.extend(bytes.iter().map(|&byte| f32::from(A_LAW[usize::from(byte)]) / S16)),
            (Self::MuLaw, _) => samples.extend(bytes.iter().map(|&byte| f32::from(MU_LAW[usize::from(byte)]) / S16)),
            (Self::S8, _) => samples.extend(bytes.iter().map(|&byte| f32::from(byte.cast_signed()) / S8)),
            (Self::U8, _) => samples.extend(bytes.iter().map(|&byte| (f32::from(byte) - S8) / S8)),
            (Self::S16, ByteOrder::Little) => each(bytes, samples, |two| f32::from(i16::from_le_bytes(two)) / S16),
            (Self::S16, ByteOrder::Big) => each(bytes, samples, |two| f32::from(i16::from_be_bytes(two)) / S16),
            (Self::S24, ByteOrder::Little) => each(bytes, samples, |[a, b, c]| high(i32::from_le_bytes([0, a, b, c]))),
            (Self::S24, ByteOrder::Big) => each(bytes, samples, |[a, b, c]| high(i32::from_be_bytes([a, b, c, 0]))),
            (Self::S32, ByteOrder::Little) => each(bytes, samples, |four| high(i32::from_le_bytes(four))),
            (Self::S32, ByteOrder::Big) => each(bytes, samples, |four| high(i32::from_be_bytes(four))),
            (Self::F32, ByteOrder::Little) => each(bytes, samples, |four| odd.tame(f32::from_le_bytes(four))),
            (Self::F32, ByteOrder::Big) => each(bytes, samples, |four| odd.tame(f32::from_be_bytes(four))),
            (Self::F64, ByteOrder::Little) => each(bytes, samples, |eight| odd.tame(narrow(f64::from_le_bytes(eight)))),
            (Self::F64, ByteOrder::Big) => each(bytes, samples, |eight| odd.tame(narrow(f64::from_be_bytes(eight)))),
        }
        odd
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ALaw => "alaw",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::MuLaw => "mulaw",
            Self::S16 => "s16",
            Self::S24 => "s24",
            Self::S32 => "s32",
            Self::S8 => "s8",
            Self::U8 => "u8",
        })
    }
}

/// How many samples were not between the ends of the scale.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Odd {
    pub(crate) clipped: u64,
    pub(crate) not_numbers: u64,
}

impl Odd {
    /// The nearest number that is a sample: silence for what is no number.
    fn tame(&mut self, sample: f32) -> f32 {
        if sample.is_nan() {
            self.not_numbers += 1;
            return 0.0;
        }
        let tamed = sample.clamp(-1.0, 1.0);
        // The clamp leaves what is in range bit for bit as it is.
        self.clipped += u64::from(tamed.to_bits() != sample.to_bits());
        tamed
    }
}

fn each<const N: usize>(bytes: &[u8], samples: &mut Vec<f32>, number: impl FnMut([u8; N]) -> f32) {
    samples.extend(bytes.as_chunks().0.iter().copied().map(number));
}

/// An integer of 32 bits as a part of its full scale. Of its bits, a sample keeps the upper 24.
#[expect(clippy::cast_precision_loss, reason = "24 bits of precision are what a sample has")]
fn high(sample: i32) -> f32 {
    sample as f32 / -(i32::MIN as f32)
}

#[expect(clippy::cast_possible_truncation, reason = "24 bits of precision are what a sample has")]
fn narrow(sample: f64) -> f32 {
    sample as f32
}

/// Full scale of 8 bits.
const S8: f32 = 128.0;

/// Full scale of 16 bits.
const S16: f32 = 32_768.0;
