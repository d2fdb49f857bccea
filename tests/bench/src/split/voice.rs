//! Something like speech, made from nothing but numbers.

use std::f32::consts::TAU;

use super::speech::RATE;
use crate::random::Random;

/// Sentences of voices that differ in pitch, speed and length.
pub(super) fn sentences(random: &mut Random) -> Vec<Vec<f32>> {
    (0..SENTENCES).map(|_| sentence(random)).collect()
}

/// Words of one to four syllables, close to each other.
fn sentence(random: &mut Random) -> Vec<f32> {
    let pitch = random.between(100.0, 220.0);
    let rate = random.between(3.5, 6.0);
    let mut samples = Vec::new();
    for _ in 0..1 + random.below(12) {
        for _ in 0..1 + random.below(4) {
            if random.below(2) == 0 {
                fricative(&mut samples, random);
            }
            vowel(&mut samples, pitch, rate, random);
        }
        let stop = random.between(0.0, 0.1) * RATE as f32;
        samples.resize(samples.len() + stop as usize, 0.0);
    }
    while samples.last().is_some_and(|sample| sample.abs() < 0.002) {
        samples.pop();
    }
    samples
}

/// A burst of noise such as s or f, softer than a vowel.
fn fricative(samples: &mut Vec<f32>, random: &mut Random) {
    let count = (random.between(0.05, 0.12) * RATE as f32) as usize;
    let loudness = random.between(0.02, 0.05);
    let mut before = 0.0;
    for n in 0..count {
        let noise = random.sample();
        samples.push(loudness * swell(n, count) * (noise - before));
        before = noise;
    }
}

/// Pulses through three resonances that move from one vowel to another.
fn vowel(samples: &mut Vec<f32>, pitch: f32, rate: f32, random: &mut Random) {
    let count = (random.between(0.7, 1.2) / rate * RATE as f32) as usize;
    let from = FORMANTS[random.below(FORMANTS.len())];
    let to = FORMANTS[random.below(FORMANTS.len())];
    let mut resonances = [(0.0_f32, 0.0_f32); 3];
    let (mut phase, loudness) = (1.0, random.between(0.12, 0.25));
    for n in 0..count {
        let along = n as f32 / count as f32;
        phase += pitch * (1.1 - 0.2 * along) / RATE as f32;
        let pulse = if 1.0 <= phase { 1.0 } else { 0.0 };
        phase -= pulse;
        let mut sum = 0.0;
        for (formant, (last, before)) in resonances.iter_mut().enumerate() {
            let center = from[formant] + (to[formant] - from[formant]) * along;
            let radius = 1.0 - std::f32::consts::PI * BANDWIDTHS[formant] / RATE as f32;
            let output = pulse + 2.0 * radius * (TAU * center / RATE as f32).cos() * *last - radius * radius * *before;
            (*before, *last) = (*last, output);
            sum += output * SHARES[formant];
        }
        samples.push((loudness * swell(n, count) * sum).clamp(-1.0, 1.0));
    }
}

/// Rises and falls once over so many samples.
fn swell(n: usize, count: usize) -> f32 {
    (std::f32::consts::PI * (n as f32 + 0.5) / count as f32).sin()
}

const SENTENCES: usize = 80;

/// The first three formants in Hz of a, e, i, o and u (Peterson and Barney, 1952, men).
const FORMANTS: [[f32; 3]; 5] = [
    [730.0, 1_090.0, 2_440.0],
    [530.0, 1_840.0, 2_480.0],
    [270.0, 2_290.0, 3_010.0],
    [570.0, 840.0, 2_410.0],
    [300.0, 870.0, 2_240.0],
];

const BANDWIDTHS: [f32; 3] = [80.0, 100.0, 140.0];

const SHARES: [f32; 3] = [0.6, 0.3, 0.15];
