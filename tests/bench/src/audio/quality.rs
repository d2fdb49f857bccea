//! What a program makes of sounds that are known by arithmetic.

use std::{f64::consts::TAU, fs, path::Path};

use super::{
    material::header,
    program::{Program, result},
};
use crate::{outcome::Outcome, process::Pin};

/// How true a program is at one rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quality {
    /// How far a sweep from 50 Hz to 7 kHz stands above all that is wrong with it, in dB.
    pub(super) sweep: f64,
    /// What becomes of tones at 7.0 and 7.5 kHz, in dB.
    pub(super) levels: [f64; 2],
    /// The loudest of what comes back of a tone at 8.1 kHz, and of tones at 8.4 kHz and above, in dB.
    pub(super) aliases: [f64; 2],
    /// How late a tone is, in samples of 16 kHz.
    pub(super) delay: f64,
    /// How many samples there are more than begin within the time.
    pub(super) excess: i64,
}

/// Lets a program convert the sounds.
pub(super) fn measure(program: Program, pin: Pin, rate: u32, directory: &Path) -> Outcome<Quality> {
    let made = |turns: &dyn Fn(f64) -> f64| converted(program, pin, rate, directory, turns);
    let tone = |frequency: f64| made(&|time| frequency * time);
    let turns = |time: f64| 50.0 * time + 6_950.0 * time * time / (2.0 * SECONDS);
    let swept = made(&turns)?;
    let (mut wanted, mut wrong) = (0.0, 0.0);
    for (at, sample) in inner(&swept) {
        let right = 0.5 * (TAU * turns(at as f64 / 16_000.0)).sin();
        wanted += right * right;
        wrong += (right - sample).powi(2);
    }
    let level = |frequency: f64| Ok::<_, Box<dyn std::error::Error>>(part(&tone(frequency)?, frequency).0);
    let alias = |frequency: f64| Ok::<_, Box<dyn std::error::Error>>(part(&tone(frequency)?, folded(frequency)).0);
    let high = [8_400.0, 9_000.0, 10_300.0, 12_100.0, 14_900.0, 15_900.0, 17_100.0, 19_300.0, 21_700.0];
    let aliases: Vec<f64> = high.into_iter().map(alias).collect::<Outcome<_>>()?;
    Ok(Quality {
        sweep: 10.0 * f64::log10(wanted / wrong),
        levels: [level(7_000.0)?, level(7_500.0)?],
        aliases: [alias(8_100.0)?, aliases.into_iter().fold(f64::NEG_INFINITY, f64::max)],
        delay: part(&tone(1_000.0)?, 1_000.0).1,
        excess: swept.len() as i64 - (SECONDS * 16_000.0) as i64,
    })
}

/// What a program makes of a sound at half of full scale, given by its phase in turns at a time in seconds.
fn converted(program: Program, pin: Pin, rate: u32, directory: &Path, turns: &dyn Fn(f64) -> f64) -> Outcome<Vec<f64>> {
    let frames = rate * SECONDS as u32;
    // Floating point, so that only the rounding of the result is measured.
    let mut wav = header(3, 1, rate, 32, 4 * frames);
    for at in 0..frames {
        let sample = 0.5 * (TAU * turns(f64::from(at) / f64::from(rate))).sin();
        wav.extend((sample as f32).to_le_bytes());
    }
    let input = directory.join("sound.wav");
    fs::write(&input, wav)?;
    program.convert(pin, &input, directory)?;
    let bytes = fs::read(result(directory))?;
    let data = bytes.windows(4).position(|four| four == b"data").ok_or("the result is no WAV")? + 8;
    Ok(bytes[data..].as_chunks().0.iter().map(|two| f64::from(i16::from_le_bytes(*two)) / 32_768.0).collect())
}

/// Where a frequency lands that 16,000 samples a second cannot hold.
fn folded(frequency: f64) -> f64 {
    (frequency - 16_000.0 * (frequency / 16_000.0).round()).abs()
}

/// What a sound holds of one frequency: its level in dB, half of full scale being 0, and how many samples late it is.
fn part(samples: &[f64], frequency: f64) -> (f64, f64) {
    let (mut cosine, mut sine, mut weights) = (0.0, 0.0, 0.0);
    let count = inner(samples).count() as f64;
    for (place, (at, sample)) in inner(samples).enumerate() {
        // Hann's window, so that other frequencies do not leak into this one.
        let weight = 1.0 - (TAU * place as f64 / count).cos();
        let angle = TAU * frequency * at as f64 / 16_000.0;
        cosine += weight * sample * angle.cos();
        sine += weight * sample * angle.sin();
        weights += weight;
    }
    let level = 20.0 * (4.0 * cosine.hypot(sine) / weights).log10();
    (level, -cosine.atan2(sine) / TAU / frequency * 16_000.0)
}

/// The samples with their places, without the beginning and the end.
fn inner(samples: &[f64]) -> impl Iterator<Item = (usize, f64)> {
    let end = (SECONDS * 16_000.0) as usize - EDGE;
    samples.iter().copied().enumerate().take(end).skip(EDGE)
}

/// The length of every sound, in seconds.
const SECONDS: f64 = 4.0;

/// What is not looked at on both sides, in samples: a tenth of a second.
const EDGE: usize = 1_600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_found_by_its_level_and_place() {
        let tone = |late: f64| -> Vec<f64> {
            (0..64_000).map(|at| 0.25 * (TAU * 1_000.0 * (f64::from(at) - late) / 16_000.0).sin()).collect()
        };
        let (level, late) = part(&tone(0.5), 1_000.0);
        // A half of what is expected is 6.02 dB less.
        assert!((level + 6.0206).abs() < 0.001 && (late - 0.5).abs() < 0.001, "{level} {late}");
        assert!(part(&tone(0.0), 3_000.0).0 < -120.0);
        assert_eq!([8_100.0, 15_900.0, 17_100.0, 21_700.0].map(folded), [7_900.0, 100.0, 1_100.0, 5_700.0]);
    }
}
