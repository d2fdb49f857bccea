//! The sound of a frame.

use super::code::{self, LISTENING_RATE, SYMBOL, Symbol, VOICES, sine};

/// The loudness of each voice; all together stay below full scale. The higher ones are softer, as in speech.
const LOUDNESS: [f64; VOICES] = [0.24, 0.2, 0.16];
/// A hum below the coded band, as a voice has it: the bin of its tone and its loudness, then the first overtone.
const HUM: [(usize, f64); 2] = [(4, 0.1), (8, 0.05)];
/// How long a burst takes to swell and to fade, in seconds: without it every burst would click.
const SWELL: f64 = 0.008;
/// What remains of the loudness at the end of a burst: spoken words fade too.
const FADED: f64 = 0.6;

/// The number of samples that so many symbols take at a rate.
pub(super) fn samples(symbols: usize, rate: u32) -> usize {
    (symbols * SYMBOL * rate as usize).div_ceil(LISTENING_RATE as usize)
}

/// The samples of a burst, between -1 and 1.
///
/// The phase of a voice runs on where its tone changes, so that a change neither clicks nor leaves the band.
pub(super) fn wave(symbols: &[Symbol], rate: u32) -> impl Iterator<Item = f32> {
    let total = samples(symbols.len(), rate);
    let step = f64::from(LISTENING_RATE) / SYMBOL as f64 / f64::from(rate);
    let seconds = 1.0 / f64::from(rate);
    let mut phases = [0.0; VOICES];
    (0..total).map(move |n| {
        let current = n * LISTENING_RATE as usize / (SYMBOL * rate as usize);
        let mut sample = 0.0;
        for (voice, phase) in phases.iter_mut().enumerate() {
            sample += LOUDNESS[voice] * sine(*phase);
            *phase += code::bin(voice, symbols[current][voice]) as f64 * step;
        }
        for (bin, loudness) in HUM {
            sample += loudness * sine(n as f64 * step * bin as f64);
        }
        let edge = (n + 1).min(total - n) as f64 * seconds;
        let swell = (edge / SWELL).min(1.0);
        let fade = 1.0 - (1.0 - FADED) * n as f64 / total as f64;
        (sample * swell * fade) as f32
    })
}
