//! The tests' own tools for sound, apart from those of the crate.

use std::f64::consts::PI;
use std::path::Path;

use stt_emulator::{Outcome, SynthOptions, hear, synth};

/// A clip as numbers, as a recording program would hold it.
#[derive(Clone)]
pub(crate) struct Clip {
    pub(crate) rate: u32,
    pub(crate) samples: Vec<f64>,
}

/// A file of the project's sample audio.
pub(crate) fn stored(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/audio").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Says a text at 16 kHz.
pub(crate) fn say(text: &str) -> Clip {
    Clip::of(&synth(text, &SynthOptions::default()).expect("a text that can be coded"))
}

/// The words that are heard, joined by spaces; empty if none are.
pub(crate) fn words(file: &[u8]) -> String {
    let Outcome::Words { words, .. } = hear(file).outcome else { return String::new() };
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

impl Clip {
    /// Reads what `synth` writes: 16-bit mono behind a header of 44 bytes.
    pub(crate) fn of(file: &[u8]) -> Self {
        let rate = number(&file[24..28]);
        let samples = file[44..].chunks_exact(2).map(|two| f64::from(i16::from_le_bytes([two[0], two[1]])) / 32_768.0);
        Self { rate, samples: samples.collect() }
    }

    /// The samples alone, in 16 bits.
    pub(crate) fn pcm(&self) -> Vec<u8> {
        let whole = |sample: &f64| (sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16;
        self.samples.iter().flat_map(|sample| whole(sample).to_le_bytes()).collect()
    }

    /// As a WAV file with a fresh header.
    pub(crate) fn wav(&self) -> Vec<u8> {
        wav(&format(1, 1, self.rate, 16), &self.pcm())
    }

    pub(crate) fn heard(&self) -> String {
        words(&self.wav())
    }

    /// At another rate, by a windowed sinc of 32 crossings.
    pub(crate) fn resampled(&self, rate: u32) -> Self {
        let (from, to) = (f64::from(self.rate), f64::from(rate));
        let cut = to.min(from) / from;
        let reach = 16.0 / cut;
        let count = (self.samples.len() as f64 * to / from) as usize;
        let samples = (0..count).map(|n| {
            let centre = n as f64 * from / to;
            let first = (centre - reach).ceil().max(0.0) as usize;
            let last = ((centre + reach) as usize).min(self.samples.len() - 1);
            (first..=last)
                .map(|at| {
                    let x = at as f64 - centre;
                    let sinc = if x == 0.0 { 1.0 } else { (PI * x * cut).sin() / (PI * x * cut) };
                    self.samples[at] * cut * sinc * (0.5 + 0.5 * (PI * x / reach).cos())
                })
                .sum()
        });
        Self { rate, samples: samples.collect() }
    }

    /// At another rate, by straight lines between the samples.
    pub(crate) fn interpolated(&self, rate: u32) -> Self {
        let ratio = f64::from(self.rate) / f64::from(rate);
        let count = ((self.samples.len() - 1) as f64 / ratio) as usize;
        let samples = (0..count).map(|n| {
            let at = n as f64 * ratio;
            let (left, right) = (self.samples[at as usize], self.samples[at as usize + 1]);
            left + (right - left) * at.fract()
        });
        Self { rate, samples: samples.collect() }
    }

    pub(crate) fn louder(mut self, factor: f64) -> Self {
        self.samples.iter_mut().for_each(|sample| *sample *= factor);
        self
    }

    /// With white noise this far below the loudness of what is not silent.
    pub(crate) fn noisy(mut self, decibels: f64, seed: u64) -> Self {
        let sounding: Vec<f64> = self.samples.iter().copied().filter(|sample| *sample != 0.0).collect();
        let power = sounding.iter().map(|sample| sample * sample).sum::<f64>() / sounding.len() as f64;
        let deviation = (power / 10_f64.powf(decibels / 10.0)).sqrt();
        let mut random = Random(seed);
        self.samples.iter_mut().for_each(|sample| *sample += deviation * random.normal());
        self
    }

    /// From one time to another, in milliseconds.
    pub(crate) fn cut(&self, from: u32, to: u32) -> Self {
        let at = |milliseconds: u32| (milliseconds * self.rate / 1_000) as usize;
        let end = at(to).min(self.samples.len());
        Self { rate: self.rate, samples: self.samples[at(from)..end].to_vec() }
    }
}

/// A WAV file of any format chunk and data.
pub(crate) fn wav(format: &[u8], data: &[u8]) -> Vec<u8> {
    riff(&[chunk(b"fmt ", format), chunk(b"data", data)].concat())
}

pub(crate) fn riff(chunks: &[u8]) -> Vec<u8> {
    [b"RIFF".as_slice(), &(chunks.len() as u32 + 4).to_le_bytes(), b"WAVE", chunks].concat()
}

pub(crate) fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let padding = vec![0; body.len() % 2];
    [id.as_slice(), &(body.len() as u32).to_le_bytes(), body, &padding].concat()
}

/// The body of a format chunk of 16 bytes in which everything fits.
pub(crate) fn format(tag: u16, channels: u16, rate: u32, bits: u16) -> Vec<u8> {
    let align = channels * bits.div_ceil(8);
    [
        tag.to_le_bytes().as_slice(),
        &channels.to_le_bytes(),
        &rate.to_le_bytes(),
        &(rate * u32::from(align)).to_le_bytes(),
        &align.to_le_bytes(),
        &bits.to_le_bytes(),
    ]
    .concat()
}

/// A number of four bytes, the lowest first.
pub(crate) fn number(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes.try_into().expect("four bytes"))
}

/// A generator after Lehmer, good enough to make noise.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// Between 0 and 1.
    pub(crate) fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Of mean 0 and variance 1, the sum of twelve.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}
