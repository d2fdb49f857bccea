//! Many channels into one.

use super::Channel;

/// Makes one channel of the interleaved samples of a recording whose rate and channels stay the same.
///
/// The mean of channels that cancel each other would be silence, or nearly. So the mean is compared with its parts in
/// windows of a twentieth of a second; while it has less than a sixteenth of their power, the first channel is taken
/// instead. It fades from one to the other within a window, so that nothing clicks, and goes back when the mean has a
/// quarter of their power again. What depends on windows from the start of the recording depends on nothing else, so
/// the pieces in which the samples come make no difference.
pub(crate) struct Mixer {
    channels: usize,
    /// The channel that is taken alone, unless all are mixed.
    only: Option<usize>,
    /// Frames in a window.
    window: usize,
    /// The samples of a window that is not yet complete.
    held: Vec<f32>,
    cancels: bool,
    cancelled: u64,
}

impl Mixer {
    /// For `channels` of `rate` samples a second.
    pub(crate) fn new(channel: Channel, channels: u16, rate: u32) -> Self {
        let channels = usize::from(channels).max(1);
        let only = match channel {
            _ if channels == 1 => Some(0),
            Channel::Left => Some(0),
            Channel::Mix => None,
            Channel::Right => Some(1),
        };
        let window = usize::try_from(rate / WINDOWS).unwrap_or(1).max(1);
        Self { channels, only, window, held: Vec::new(), cancels: false, cancelled: 0 }
    }

    /// Appends to `mono` what the samples, whole frames, make complete.
    pub(crate) fn push(&mut self, mut samples: &[f32], mono: &mut Vec<f32>) {
        if let Some(only) = self.only {
            mono.extend(samples.chunks_exact(self.channels).map(|frame| frame[only]));
            return;
        }
        let window = self.window * self.channels;
        while !samples.is_empty() {
            let (piece, rest) = samples.split_at(samples.len().min(window - self.held.len()));
            samples = rest;
            if piece.len() == window {
                self.mix(piece, mono);
                continue;
            }
            self.held.extend_from_slice(piece);
            if self.held.len() == window {
                self.finish(mono);
            }
        }
    }

    /// Appends to `mono` what was held back.
    pub(crate) fn finish(&mut self, mono: &mut Vec<f32>) {
        let mut held = std::mem::take(&mut self.held);
        self.mix(&held, mono);
        held.clear();
        self.held = held;
    }

    /// Frames in which the first channel was taken because all of them cancel each other.
    pub(crate) const fn cancelled(&self) -> u64 {
        self.cancelled
    }

    fn mix(&mut self, samples: &[f32], mono: &mut Vec<f32>) {
        let from = mono.len();
        let share = 1.0 / self.channels as f32;
        match self.channels {
            2 => mono.extend(samples.chunks_exact(2).map(|frame| audible(frame[0] + frame[1]) * 0.5)),
            channels => mono.extend(samples.chunks_exact(channels).map(|frame| audible(frame.iter().sum()) * share)),
        }
        let mixed = &mut mono[from..];
        let heard = energy(samples) * share;
        let is_audible = AUDIBLE * (mixed.len() as f32) < heard;
        let least = if self.cancels { RETURN } else { CANCEL };
        let cancels = if is_audible { energy(mixed) < least * heard } else { self.cancels };
        if self.cancels || cancels {
            let (mut weight, goal) = (f32::from(u8::from(self.cancels)), f32::from(u8::from(cancels)));
            let step = (goal - weight) / mixed.len() as f32;
            for (mixed, frame) in mixed.iter_mut().zip(samples.chunks_exact(self.channels)) {
                weight += step;
                *mixed += weight * (frame[0] - *mixed);
            }
        }
        self.cancelled += if cancels { mixed.len() as u64 } else { 0 };
        self.cancels = cancels;
    }
}

/// The sum of the squares, in eight sums that the compiler keeps in vectors.
fn energy(samples: &[f32]) -> f32 {
    let (eights, rest) = samples.as_chunks::<8>();
    let mut sums = [0.0_f32; 8];
    for eight in eights {
        for (sum, sample) in sums.iter_mut().zip(eight) {
            *sum += square(*sample);
        }
    }
    sums.iter().sum::<f32>() + rest.iter().map(|sample| square(*sample)).sum::<f32>()
}

fn square(sample: f32) -> f32 {
    let sample = audible(sample);
    sample * sample
}

/// Zero for what is too small to be heard: with numbers as small as decoders leave in silence, and with the squares of
/// others, processors take many times as long.
fn audible(sample: f32) -> f32 {
    if sample.abs() < TINY { 0.0 } else { sample }
}

/// Windows in a second: each is longer than a period of the deepest voice.
const WINDOWS: u32 = 20;

/// The power below which a window says nothing about the channels: 70 dB under full scale.
const AUDIBLE: f32 = 1e-7;

/// The share of the channels' power below which the mean is no use: 12 dB. Channels that have nothing to do with each
/// other keep a half.
const CANCEL: f32 = 1.0 / 16.0;

/// The share from which on it is of use again: 6 dB.
const RETURN: f32 = 1.0 / 4.0;

/// Far below what can be heard, 300 dB under full scale, and far above what is slow when it is squared.
const TINY: f32 = 1e-15;
