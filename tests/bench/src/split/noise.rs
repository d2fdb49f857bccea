//! Noise in the background, at a level relative to the speech.

use std::{f32::consts::TAU, fmt};

use super::speech::{RATE, Speech};
use crate::random::Random;

/// What is added to speech.
#[derive(Clone, Copy, Debug)]
pub(super) struct Condition(Option<(Kind, i32)>);

#[derive(Clone, Copy, Debug)]
enum Kind {
    White,
    Pink,
    Babble,
    Hum,
}

impl Condition {
    /// Nothing, and each kind at 20 to 0 dB below the speech.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let kinds = [Kind::White, Kind::Pink, Kind::Babble, Kind::Hum];
        let noisy = kinds.into_iter().flat_map(|kind| [20, 10, 5, 0].map(|below| Self(Some((kind, below)))));
        std::iter::once(Self(None)).chain(noisy)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("none"),
            Some((kind, below)) => write!(f, "{} {below} dB", format!("{kind:?}").to_lowercase()),
        }
    }
}

/// Where noise comes from.
pub(super) struct Noise<'a> {
    sentences: &'a [Vec<f32>],
    random: Random,
}

impl<'a> Noise<'a> {
    pub(super) fn new(sentences: &'a [Vec<f32>], random: &mut Random) -> Self {
        Self { sentences, random: random.clone() }
    }

    /// Adds it to speech.
    pub(super) fn add(mut self, speech: &mut Speech, condition: Condition) {
        let Condition(Some((kind, below))) = condition else { return };
        let count = speech.samples.len();
        let noise = match kind {
            Kind::White => (0..count).map(|_| self.random.sample()).collect(),
            Kind::Pink => self.pink(count),
            Kind::Babble => self.babble(count),
            Kind::Hum => hum(count),
        };
        let power = noise.iter().map(|sample| sample * sample).sum::<f32>() / count.max(1) as f32;
        let gain = (speech.power() / power * 10_f32.powf(below as f32 / -10.0)).sqrt();
        for (sample, noise) in speech.samples.iter_mut().zip(noise) {
            *sample = (*sample + gain * noise).clamp(-1.0, 1.0);
        }
    }

    /// By Paul Kellet's filter, which is within 0.05 dB of pink above 9 Hz at 44.1 kHz, and near it at 16 kHz.
    fn pink(&mut self, count: usize) -> Vec<f32> {
        let mut state = [0.0_f32; 3];
        let next = |_| {
            let white = self.random.sample();
            state[0] = 0.997_65 * state[0] + white * 0.099_046;
            state[1] = 0.963_00 * state[1] + white * 0.296_516_4;
            state[2] = 0.570_00 * state[2] + white * 1.052_691_3;
            state.iter().sum::<f32>() + white * 0.184_8
        };
        (0..count).map(next).collect()
    }

    /// Twelve people who talk at once and never stop.
    fn babble(&mut self, count: usize) -> Vec<f32> {
        let mut babble = vec![0.0; count];
        for _ in 0..12 {
            let mut at = 0;
            while at < count {
                let sentence = &self.sentences[self.random.below(self.sentences.len())];
                let from = if at == 0 { self.random.below(sentence.len()) } else { 0 };
                babble[at..].iter_mut().zip(&sentence[from..]).for_each(|(sum, sample)| *sum += sample);
                at += sentence.len() - from + RATE / 20;
            }
        }
        babble
    }
}

/// The mains at 50 Hz with harmonics, as a bad cable has it.
fn hum(count: usize) -> Vec<f32> {
    let wave: Vec<f32> = (0..RATE / 50)
        .map(|n| (1..20).map(|k| (TAU * (50 * k * n) as f32 / RATE as f32).sin() / k as f32).sum())
        .collect();
    wave.iter().copied().cycle().take(count).collect()
}
