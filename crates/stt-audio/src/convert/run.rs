//! A part of the audio with one rate and one number of channels.

use super::Note;
use crate::{
    channel::{Channel, Mixer},
    pcm::Block,
    resample::{RATE, Resampler},
    units::time_of,
};

/// A part of the audio with one rate and one number of channels.
pub(super) struct Run {
    channels: u16,
    rate: u32,
    mixer: Mixer,
    /// Missing where the rate is right already.
    resampler: Option<Resampler>,
    /// One channel at the rate of the source, and at that of the result.
    mono: Vec<f32>,
    resampled: Vec<f32>,
}

impl Run {
    /// Begins with this block, which is not yet pushed.
    pub(super) fn new(channel: Channel, block: &Block<'_>) -> Self {
        let Block { channels, rate, .. } = *block;
        Self {
            channels,
            rate,
            mixer: Mixer::new(channel, channels, rate),
            resampler: (rate != RATE).then(|| Resampler::new(rate)),
            mono: Vec::new(),
            resampled: Vec::new(),
        }
    }

    /// Whether a block can go on with it.
    pub(super) fn is_of(&self, block: &Block<'_>) -> bool {
        (self.channels, self.rate) == (block.channels, block.rate)
    }

    /// Appends to `into` what comes of these samples and those before them.
    pub(super) fn push(&mut self, samples: &[f32], into: &mut Vec<i16>) {
        self.mono.clear();
        self.mixer.push(samples, &mut self.mono);
        self.resample(into);
    }

    /// Appends to `into` what is still to come after the last block, and tells what there is to say.
    pub(super) fn finish(mut self, into: &mut Vec<i16>) -> Vec<Note> {
        self.mono.clear();
        self.mixer.finish(&mut self.mono);
        self.resample(into);
        if let Some(resampler) = &mut self.resampler {
            self.resampled.clear();
            resampler.finish(&mut self.resampled);
            quantize(&self.resampled, into);
        }
        let Self { channels, rate, ref mixer, .. } = self;
        let converted = (channels, rate) != (1, RATE);
        let cancelled = time_of(mixer.cancelled(), rate.into());
        [
            converted.then_some(Note::Converted { channels, rate }),
            (!cancelled.is_zero()).then_some(Note::Cancelled(cancelled)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn resample(&mut self, into: &mut Vec<i16>) {
        let Some(resampler) = &mut self.resampler else { return quantize(&self.mono, into) };
        self.resampled.clear();
        resampler.push(&self.mono, &mut self.resampled);
        quantize(&self.resampled, into);
    }
}

/// Rounds to the nearest of the numbers with 16 bits, which are cut off at both ends and never wrap.
fn quantize(samples: &[f32], into: &mut Vec<i16>) {
    into.extend(samples.iter().map(|sample| {
        let scaled = (sample * SCALE).clamp(-SCALE, SCALE - 1.0);
        (scaled + ROUND).to_bits() as i16
    }));
}

/// Full scale of 16 bits.
const SCALE: f32 = 32_768.0;

/// Numbers of this size have no digits behind the point, so adding it rounds, and what is added stands in the low bits.
/// It takes a vector of samples in two instructions, where `round` is a call for each sample.
const ROUND: f32 = 12_582_912.0;
