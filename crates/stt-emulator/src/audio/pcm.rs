//! Samples of any form and rate become samples at the rate of the listener.

use super::code::LISTENING_RATE;

/// How one sample is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sample {
    F32,
    F64,
    I16,
    I24,
    I32,
    U8,
}

impl Sample {
    /// The form for a format tag of a WAV header (1 is PCM, 3 is IEEE float) and a number of bytes.
    pub(super) fn of(tag: u16, bytes: u16) -> Option<Self> {
        match (tag, bytes) {
            (1, 1) => Some(Self::U8),
            (1, 2) => Some(Self::I16),
            (1, 3) => Some(Self::I24),
            (1, 4) => Some(Self::I32),
            (3, 4) => Some(Self::F32),
            (3, 8) => Some(Self::F64),
            _ => None,
        }
    }

    /// How many bytes one sample takes.
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::I16 => 2,
            Self::I24 => 3,
            Self::F32 | Self::I32 => 4,
            Self::F64 => 8,
        }
    }

    /// Reads samples, in the range from -1 to 1; a last one that is not whole is left out.
    pub(super) fn floats(self, data: &[u8]) -> Vec<f32> {
        self.read(data, LISTENING_RATE)
    }

    /// The same, brought from `rate` to [`LISTENING_RATE`].
    pub(super) fn read(self, data: &[u8], rate: u32) -> Vec<f32> {
        match self {
            Self::F32 => resample(data, rate, |bytes: [u8; 4]| finite(f32::from_le_bytes(bytes))),
            Self::F64 => resample(data, rate, |bytes: [u8; 8]| finite(f64::from_le_bytes(bytes) as f32)),
            Self::I16 => resample(data, rate, |bytes| f32::from(i16::from_le_bytes(bytes)) / 32_768.0),
            Self::I24 => resample(data, rate, |[a, b, c]| i32::from_le_bytes([0, a, b, c]) as f32 / 2_147_483_648.0),
            Self::I32 => resample(data, rate, |bytes| i32::from_le_bytes(bytes) as f32 / 2_147_483_648.0),
            Self::U8 => resample(data, rate, |[byte]| (f32::from(byte) - 128.0) / 128.0),
        }
    }

    /// Passes on the same samples as 16 bits, in pieces; deeper ones are rounded.
    pub(super) fn sixteen_bits(self, data: &[u8], mut piece: impl FnMut(&[u8])) {
        let rounded = |sample: f64| (sample * 32_768.0).round() as i16;
        let narrowed = |sample: i32| (sample.saturating_add(1 << 15) >> 16) as i16;
        match self {
            Self::F32 => convert(data, |bytes| rounded(f32::from_le_bytes(bytes).into()), piece),
            Self::F64 => convert(data, |bytes| rounded(f64::from_le_bytes(bytes)), piece),
            Self::I16 => piece(data),
            Self::I24 => convert(data, |[a, b, c]| narrowed(i32::from_le_bytes([0, a, b, c])), piece),
            Self::I32 => convert(data, |bytes| narrowed(i32::from_le_bytes(bytes)), piece),
            Self::U8 => convert(data, |[byte]| (i16::from(byte) - 128) << 8, piece),
        }
    }
}

fn convert<const N: usize>(data: &[u8], sample: impl Fn([u8; N]) -> i16, mut piece: impl FnMut(&[u8])) {
    let (samples, _) = data.as_chunks::<N>();
    for samples in samples.chunks(PIECE) {
        let sixteen: Vec<u8> = samples.iter().flat_map(|bytes| sample(*bytes).to_le_bytes()).collect();
        piece(&sixteen);
    }
}

/// Samples converted at once: few enough to stay in the cache.
const PIECE: usize = 4_096;

fn finite(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
}

/// Each new sample is the mean of the time it covers; what the last one covers beyond the end counts as silence.
///
/// That folds what lies above the new band back into it at half its loudness at worst, which tones stand; a filter
/// that does not would cost more than all the listening.
fn resample<const N: usize>(data: &[u8], rate: u32, sample: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    let (samples, _) = data.as_chunks::<N>();
    if rate.is_multiple_of(LISTENING_RATE) {
        let ratio = (rate / LISTENING_RATE) as usize;
        let mean = |group: &[[u8; N]]| group.iter().map(|bytes| sample(*bytes)).sum::<f32>() / ratio as f32;
        return samples.chunks(ratio).map(mean).collect();
    }
    let length = (samples.len() as u64 * u64::from(LISTENING_RATE)).div_ceil(rate.into());
    let mut resampled = Vec::with_capacity(length as usize);
    let scale = 1.0 / rate as f32;
    let mut sum = 0.0;
    let mut missing = rate;
    for bytes in samples {
        let sample = sample(*bytes);
        let mut left = LISTENING_RATE;
        while missing <= left {
            resampled.push((sum + sample * missing as f32) * scale);
            left -= missing;
            missing = rate;
            sum = 0.0;
        }
        sum += sample * left as f32;
        missing -= left;
    }
    if missing < rate {
        resampled.push(sum * scale);
    }
    resampled
}
