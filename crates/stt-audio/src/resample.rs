//! One channel of any rate into 16 kHz.

use rubato::{Fft, FixedSync, Resampler as _, audioadapter_buffers::direct::SequentialSlice};

/// Makes 16 kHz of one channel with a constant rate.
///
/// Nothing is delayed: the first sample that comes out belongs to the same moment as the first that went in. As many
/// come out as begin within the time of those that went in.
pub(crate) struct Resampler {
    fft: Fft<f32>,
    rate: u64,
    /// What the transform takes at a time, of which the first `filled` are there.
    input: Vec<f32>,
    filled: usize,
    output: Vec<f32>,
    /// Samples that are still to be left out, because the filter delays by them.
    delay: usize,
    taken: u64,
    given: u64,
}

impl Resampler {
    /// For `rate` samples a second.
    pub(crate) fn new(rate: u32) -> Self {
        let length = filter_length(rate);
        let fft = Fft::new(rate as usize, RATE as usize, length, 1, FixedSync::Both)
            .expect("neither rate is zero, nor is the length");
        let input = vec![0.0; fft.input_frames_next()];
        let output = vec![0.0; fft.output_frames_next()];
        let delay = fft.output_delay();
        Self { fft, rate: rate.into(), input, filled: 0, output, delay, taken: 0, given: 0 }
    }

    /// Appends to `into` what comes of these samples and those before them.
    pub(crate) fn push(&mut self, mut samples: &[f32], into: &mut Vec<f32>) {
        self.taken += samples.len() as u64;
        while !samples.is_empty() {
            let room = &mut self.input[self.filled..];
            let (piece, rest) = samples.split_at(samples.len().min(room.len()));
            samples = rest;
            room.iter_mut().zip(piece).for_each(|(room, sample)| *room = tame(*sample));
            self.filled += piece.len();
            if self.filled == self.input.len() {
                self.transform(into);
            }
        }
    }

    /// Appends to `into` what is still to come after the last sample.
    pub(crate) fn finish(&mut self, into: &mut Vec<f32>) {
        let length = (self.taken * u64::from(RATE)).div_ceil(self.rate);
        while self.given < length {
            self.input[self.filled..].fill(0.0);
            self.transform(into);
        }
        let excess = usize::try_from(self.given - length).expect("is less than was given at once");
        into.truncate(into.len() - excess);
        self.given = length;
    }

    fn transform(&mut self, into: &mut Vec<f32>) {
        let input = SequentialSlice::new(&self.input, 1, self.input.len()).expect("one channel of this length");
        let frames = self.output.len();
        let mut output = SequentialSlice::new_mut(&mut self.output, 1, frames).expect("one channel of this length");
        self.fft.process_into_buffer(&input, &mut output, None).expect("the buffers are as long as it takes");
        let delayed = self.delay.min(self.output.len());
        self.delay -= delayed;
        self.given += (self.output.len() - delayed) as u64;
        into.extend_from_slice(&self.output[delayed..]);
        self.filled = 0;
    }
}

/// A sample that can do no harm: nothing far above full scale, which would spoil its neighbours by rounding, and none so
/// small that processors need a hundred times as long for it.
fn tame(sample: f32) -> f32 {
    if sample.abs() < TINY { 0.0 } else { sample.clamp(-1.0, 1.0) }
}

/// The samples that the filter is long, at the rate it is given.
fn filter_length(rate: u32) -> usize {
    let common = gcd(rate, RATE);
    let (from, to) = (rate / common, RATE / common);
    let least = LENGTH.div_ceil(from.min(to)).next_multiple_of(2);
    (from * least) as usize
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The length of the filter, in samples of the lower of the two rates.
const LENGTH: u32 = 640;

/// Far below what 32-bit floats can hold without loss of speed, and far below what can be heard: 400 dB.
const TINY: f32 = 1e-20;

/// The rate that comes out, in samples a second.
pub(crate) const RATE: u32 = 16_000;
