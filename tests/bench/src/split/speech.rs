//! A recording of sentences and silence, in which every pause is known.

use std::ops::Range;

use crate::random::Random;

/// Samples a second of everything here.
pub(super) const RATE: usize = 16_000;

/// Sound between -1 and 1, and where in it somebody speaks.
#[derive(Clone, Debug)]
pub(super) struct Speech {
    pub(super) samples: Vec<f32>,
    /// Where somebody speaks, in order; what lies between two of them is a pause.
    pub(super) truth: Vec<Range<usize>>,
}

impl Speech {
    /// Sentences in any order and at three levels, with exact silence of a quarter to three seconds between them.
    pub(super) fn new(sentences: &[Vec<f32>], seconds: usize, random: &mut Random) -> Self {
        let mut samples = Vec::new();
        let mut truth: Vec<Range<usize>> = Vec::new();
        silence(&mut samples, random);
        while samples.len() < seconds * RATE {
            let sentence = &sentences[random.below(sentences.len())];
            let level = LEVELS[random.below(LEVELS.len())];
            let begin = samples.len();
            samples.extend(sentence.iter().map(|sample| sample * level));
            for run in heard(sentence) {
                let run = begin + run.start..begin + run.end;
                match truth.last_mut() {
                    Some(last) if run.start < last.end + PAUSE => last.end = run.end,
                    _ => truth.push(run),
                }
            }
            silence(&mut samples, random);
        }
        Self { samples, truth }
    }

    /// The mean square where somebody speaks.
    pub(super) fn power(&self) -> f32 {
        let spoken = || self.truth.iter().flat_map(|run| &self.samples[run.clone()]);
        spoken().map(|sample| sample * sample).sum::<f32>() / spoken().count().max(1) as f32
    }

    /// As 16-bit samples.
    pub(super) fn pcm(&self) -> Vec<i16> {
        self.samples.iter().map(|sample| (sample * f32::from(i16::MAX)).round() as i16).collect()
    }
}

fn silence(samples: &mut Vec<f32>, random: &mut Random) {
    let count = random.between(0.25, 3.0) * RATE as f32;
    samples.resize(samples.len() + count as usize, 0.0);
}

/// Where a sentence is above silence, sample by sample.
fn heard(sentence: &[f32]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for at in (0..sentence.len()).filter(|at| SILENT < sentence[*at].abs()) {
        match runs.last_mut() {
            Some(last) if at < last.end + PAUSE => last.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

/// Shorter silence belongs to a word: a stop such as p or t is silent for up to 0.15 s.
pub(super) const PAUSE: usize = 3 * RATE / 10;

/// What is fainter cannot be heard beside the rest of a sentence: -54 dB of full scale.
const SILENT: f32 = 0.002;

/// Full, 4 dB and 8 dB less: people do not all speak alike.
const LEVELS: [f32; 3] = [1.0, 0.63, 0.4];
