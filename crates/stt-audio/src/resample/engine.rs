//! The filter for a rate, and by how much it delays.

use rubato::{
    Async, Fft, FixedAsync, FixedSync, Resampler, SincInterpolationParameters, SincInterpolationType, WindowFunction,
};

/// The filter for a rate, and by how much it delays.
pub(super) struct Engine {
    pub(super) resampler: Box<dyn Resampler<f32>>,
    /// Zeros to push before the first sample.
    pub(super) lead: usize,
    /// Samples to leave out at the beginning of what comes out.
    pub(super) delay: usize,
}

impl Engine {
    /// For `rate` samples a second.
    pub(super) fn new(rate: u32) -> Self {
        by_transform(rate).unwrap_or_else(|| by_interpolation(rate))
    }
}

/// Transforms blocks of whole periods of both rates, which is exact and fast.
///
/// `None` where the rates have so little in common that such blocks are too long.
fn by_transform(rate: u32) -> Option<Engine> {
    let common = gcd(rate, RATE);
    let (from, to) = (rate / common, RATE / common);
    // An even number of them puts the middle of the filter on a sample of both rates.
    let periods = LENGTH.div_ceil(from.min(to)).next_multiple_of(2);
    let (block, result) = (from * periods, to * periods);
    if LONGEST < block.min(result) || LARGEST < block.max(result) {
        return None;
    }
    let resampler = Fft::new_custom(
        rate as usize,
        RATE as usize,
        block as usize,
        1,
        1,
        WindowFunction::BlackmanHarris2,
        FixedSync::Both,
    );
    let resampler = resampler.expect("neither the rates nor the block are zero");
    let delay = resampler.output_delay();
    Some(Engine { resampler: Box::new(resampler), lead: 0, delay })
}

/// Looks each sample up between the two nearest of many phases of the filter, which fits every rate.
fn by_interpolation(rate: u32) -> Engine {
    let ratio = f64::from(RATE) / f64::from(rate);
    let length = (TAPS * rate.max(RATE)).div_ceil(RATE).next_multiple_of(8) as usize;
    let parameters = SincInterpolationParameters::new(length, WindowFunction::BlackmanHarris2)
        .interpolation(SincInterpolationType::Cubic)
        .oversampling_factor(PHASES);
    let resampler = Async::new_sinc(ratio, 1.0, &parameters, PIECE, 1, FixedAsync::Output);
    let resampler = Box::new(resampler.expect("the ratio is finite and above zero"));
    // It begins one sample and one phase early. Zeros before the audio make the delay a whole number, or nearly.
    let delay = |lead: usize| (length as f64 / 2.0 - 1.0 / PHASES as f64 + lead as f64) * ratio - 1.0;
    let error = |lead: &usize| (delay(*lead) - delay(*lead).round()).abs();
    let lead = (0..LEADS).min_by_key(|lead| (error(lead) / CLOSE) as u32).unwrap_or(0);
    Engine { resampler, lead, delay: delay(lead).round() as usize }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The rate that comes out, in samples a second.
pub(crate) const RATE: u32 = 16_000;

/// The length of the filter at the lower of both rates: long enough to be flat up to 7.6 kHz and shut at 8.1 kHz.
const LENGTH: u32 = 640;

/// Beyond this length 32-bit floats are not exact enough to make the filter.
const LONGEST: u32 = 8_192;

/// The most samples in a block, which take some megabytes.
const LARGEST: u32 = 1 << 17;

/// The length of the filter that is interpolated, at the lower of both rates: flat up to 7 kHz, shut at 8.4 kHz.
const TAPS: u32 = 280;

/// The phases of that filter: with more, it gets no better.
const PHASES: usize = 128;

/// Samples that it gives at a time.
const PIECE: usize = 1_024;

/// The most zeros that are tried: a second of audio.
const LEADS: usize = 48_000;

/// How near to a whole number is near enough, in samples of 16 kHz.
const CLOSE: f64 = 0.000_5;
