//! Tells silence, noise and something like speech apart by loudness alone.

use super::code::LISTENING_RATE;

/// What the loudness of a clip over time looks like.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Level {
    /// It rises and falls, as speech does.
    Lively,
    /// Nothing is loud enough to be anything.
    Silent,
    /// It stays where it is, as noise does.
    Steady,
}

/// The loudness of speech is measured in pieces of 20 ms, as codecs do.
const PIECE: usize = LISTENING_RATE as usize / 50;
/// The mean square of what counts as silence: -50 dB of full scale.
const SILENCE: f32 = 1e-5;
/// The share of pieces that may be louder or softer than the rest without a say: a click is no speech.
const OUTLIERS: usize = 20;
/// The ratio of loud to soft that speech exceeds: 10 dB. White noise in pieces of 20 ms stays within 3 dB.
const SPREAD: f32 = 10.0;

/// Measures a clip at [`LISTENING_RATE`].
pub(super) fn level(clip: &[f32]) -> Level {
    let power: Vec<f32> = clip.chunks(PIECE).map(power).collect();
    let loud = |power: &f32| SILENCE <= *power;
    let (first, last) = (power.iter().position(loud), power.iter().rposition(loud));
    let (Some(first), Some(last)) = (first, last) else { return Level::Silent };
    if power.iter().filter(|power| loud(power)).count() * OUTLIERS < power.len() {
        return Level::Silent;
    }
    let mut span = power[first..=last].to_vec();
    span.sort_by(f32::total_cmp);
    let outliers = span.len() / OUTLIERS;
    if span[span.len() - 1 - outliers] < SPREAD * span[outliers] { Level::Steady } else { Level::Lively }
}

fn power(piece: &[f32]) -> f32 {
    piece.iter().map(|sample| sample * sample).sum::<f32>() / piece.len() as f32
}
