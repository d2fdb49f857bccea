//! Finds the frames in a clip.
//!
//! A spectrum every 8 ms shows where the two symbols of a synchronization follow each other; their known wave then
//! gives the start to the sample, and every symbol after it is one more spectrum. Whatever fails the check of its
//! frame is passed over, and the search goes on behind it.

use std::sync::LazyLock;

use super::code::{self, BAND, Frame, LISTENING_RATE, SYMBOL, SYNC, Symbol, VALUES, VOICES};
use super::speak;

/// A frame and where it was heard, in samples at [`LISTENING_RATE`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Found {
    pub(super) frame: Frame,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Everything coded into a clip at [`LISTENING_RATE`], in order.
pub(super) fn frames(clip: &[f32]) -> Vec<Found> {
    let listener = Listener { clip };
    let mut found: Vec<Found> = Vec::new();
    let mut step = 0;
    while let Some(at) = listener.next(step) {
        let next = listener.frame(at * STEP);
        step = next.as_ref().map_or(at + 1, |next| (next.end / STEP).saturating_sub(1));
        found.extend(next);
    }
    found
}

/// The distance of two spectra of the search: a quarter of a symbol, so that one of them meets the synchronization
/// within an eighth of a symbol.
const STEP: usize = SYMBOL / 4;
/// A synchronization must have this share of the band's power in its tones.
const SHARE: f32 = 0.4;
/// The mean square below which a window is taken for silence: -90 dB of full scale, the last bit of a 16-bit sample.
const SILENCE: f32 = 1e-9;
/// How far around the step that was found the start is looked for.
const AROUND: usize = STEP;

struct Listener<'a> {
    clip: &'a [f32],
}

impl Listener<'_> {
    /// The next step from `step` on where a synchronization seems to begin.
    fn next(&self, mut step: usize) -> Option<usize> {
        let mut here = self.likeness(step)?;
        while here < SHARE {
            step += 1;
            here = self.likeness(step)?;
        }
        let nearby = (step + 1..step + SYMBOL / STEP).filter_map(|step| Some((self.likeness(step)?, step)));
        Some(nearby.fold((here, step), |best, next| if best.0 < next.0 { next } else { best }).1)
    }

    /// How much the two symbols from this step on are those of a synchronization; `None` at the end of the clip.
    ///
    /// Where the first is not, the second does not matter and is not looked at.
    fn likeness(&self, step: usize) -> Option<f32> {
        let window = self.clip.get(step * STEP..step * STEP + SYNC.len() * SYMBOL)?;
        let (first, second) = window.split_at(SYMBOL);
        let share_of_first = share(first, SYNC[0]);
        Some(if share_of_first < SHARE { share_of_first } else { share_of_first.min(share(second, SYNC[1])) })
    }

    /// Reads the frame whose synchronization begins near a sample.
    fn frame(&self, near: usize) -> Option<Found> {
        let start = self.align(near);
        let body = start + SYNC.len() * SYMBOL;
        let symbol = |n: usize| {
            let from = body + n * SYMBOL;
            self.clip.get(from..from + SYMBOL).map(symbol)
        };
        let (frame, symbols) = Frame::read(symbol)?;
        Some(Found { frame, start, end: body + symbols * SYMBOL })
    }

    /// The sample near the given one at which the wave of a synchronization fits best.
    fn align(&self, near: usize) -> usize {
        let wave = &*SYNC_WAVE;
        let mut best = (0.0, near);
        for start in near.saturating_sub(AROUND)..=near + AROUND {
            let Some(window) = self.clip.get(start..start + wave.len()) else { break };
            let fit = product(window, wave).abs();
            if best.0 < fit {
                best = (fit, start);
            }
        }
        best.1
    }
}

/// The wave of a synchronization at the rate of the listener.
static SYNC_WAVE: LazyLock<Vec<f32>> = LazyLock::new(|| speak::wave(&SYNC, LISTENING_RATE).collect());

/// The scalar product, summed in lanes so that the compiler can use wide registers.
fn product(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for lane in 0..8 {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    lanes.iter().sum()
}

/// The power of each bin of one symbol.
fn spectrum(window: &[f32]) -> [f32; SYMBOL / 2] {
    let mut samples = [0.0; SYMBOL];
    samples.copy_from_slice(window);
    let bins = microfft::real::rfft_256(&mut samples);
    let mut power = [0.0; SYMBOL / 2];
    for (power, bin) in power.iter_mut().zip(bins.iter()) {
        *power = bin.re * bin.re + bin.im * bin.im;
    }
    power
}

/// The share of the band's power that is in the tones of a symbol.
fn share(window: &[f32], symbol: Symbol) -> f32 {
    if product(window, window) < SILENCE * SYMBOL as f32 {
        return 0.0;
    }
    let power = spectrum(window);
    let tones: f32 = (0..VOICES).map(|voice| power[code::bin(voice, symbol[voice])]).sum();
    let band: f32 = power[BAND].iter().sum();
    tones / band
}

/// The loudest tone of each voice.
fn symbol(window: &[f32]) -> Symbol {
    let power = spectrum(window);
    let mut symbol = Symbol::default();
    for (voice, value) in symbol.iter_mut().enumerate() {
        let mut loudest = 0.0;
        for candidate in 0..VALUES as u8 {
            let tone = power[code::bin(voice, candidate)];
            if loudest < tone {
                (loudest, *value) = (tone, candidate);
            }
        }
    }
    symbol
}
