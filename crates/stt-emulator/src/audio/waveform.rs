//! The shape of audio, to be looked at.

use serde::Serialize;

use super::code::LISTENING_RATE;
use super::hear::{LISTENED, OPUS_LISTENED};
use super::{opus, wav};

/// How loud audio is over time, as far as it is listened to.
#[derive(Debug, Serialize)]
pub(crate) struct Waveform {
    /// How much of the audio there is, in milliseconds.
    shown_ms: u64,
    /// The largest sample in each of as many equal parts of that time, where 32,768 is full scale.
    peaks: Vec<u16>,
}

impl Waveform {
    /// The shape of the audio in a body; of what nobody can listen to it is empty.
    pub(crate) fn of(body: &[u8]) -> Self {
        let samples = samples(body);
        let (length, parts) = (samples.len(), samples.len().min(MOST));
        let peaks = (0..parts).map(|part| peak(&samples[part * length / parts..(part + 1) * length / parts])).collect();
        Self { shown_ms: length as u64 * 1_000 / u64::from(LISTENING_RATE), peaks }
    }
}

/// What is listened to of a body.
fn samples(body: &[u8]) -> Vec<f32> {
    if body.starts_with(b"OggS") {
        let opus = opus::read(body, opus::RATE / LISTENING_RATE, OPUS_LISTENED);
        return opus.map(|opus| opus.samples).unwrap_or_default();
    }
    if !wav::is_wav(body) {
        return Vec::new();
    }
    let pcm = wav::read(body).pcm.map(|pcm| pcm.beginning(LISTENED));
    pcm.map(|pcm| pcm.sample.read(pcm.data, pcm.rate)).unwrap_or_default()
}

fn peak(samples: &[f32]) -> u16 {
    let loudest = samples.iter().fold(0.0, |loudest: f32, sample| loudest.max(sample.abs()));
    (loudest.min(1.0) * 32_768.0).round() as u16
}

/// As many as a wide screen has columns.
const MOST: usize = 2_000;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Waveform;
    use crate::audio::{silence, tag};

    /// A clip at 16 kHz whose sample number `n` is `sample(n)`.
    fn clip(seconds: u64, sample: impl Fn(usize) -> i16) -> Vec<u8> {
        let mut clip = silence(Duration::from_secs(seconds), 16_000).expect("a clip");
        for (n, pair) in clip[44..].chunks_exact_mut(2).enumerate() {
            pair.copy_from_slice(&sample(n).to_le_bytes());
        }
        clip
    }

    #[test]
    fn the_peaks_are_those_of_the_samples_at_their_time() {
        // Ten seconds, of which the third is loud and the fifth fully so.
        let body = clip(10, |n| match n / 16_000 {
            2 => -8_000,
            4 => i16::MIN,
            _ => 0,
        });
        let Waveform { shown_ms, peaks } = Waveform::of(&body);
        assert_eq!((shown_ms, peaks.len()), (10_000, 2_000));
        for (part, peak) in peaks.into_iter().enumerate() {
            let expected = [0, 0, 8_000, 0, 32_768, 0, 0, 0, 0, 0][part / 200];
            assert_eq!(peak, expected, "part {part}");
        }
    }

    #[test]
    fn a_clip_that_is_shorter_than_the_screen_has_a_peak_for_each_sample() {
        let body = clip(1, |_| 100);
        let Waveform { shown_ms, peaks } = Waveform::of(&body[..44 + 2 * 160]);
        assert_eq!((shown_ms, peaks), (10, vec![100; 80]));
    }

    #[test]
    fn more_than_is_listened_to_is_not_shown() {
        let body = silence(Duration::from_secs(16 * 60), 8_000).expect("a clip");
        let Waveform { shown_ms, peaks } = Waveform::of(&body);
        assert_eq!((shown_ms, peaks.len()), (15 * 60 * 1_000, 2_000));
    }

    #[test]
    fn what_nobody_can_listen_to_has_no_shape() {
        let mut stereo = clip(1, |_| 100);
        stereo[22] = 2;
        for body in [&b""[..], b"no audio", b"OggS", b"RIFF", &stereo] {
            let Waveform { shown_ms, peaks } = Waveform::of(body);
            assert_eq!((shown_ms, peaks), (0, Vec::new()));
        }
        let tagged = tag(&clip(1, |_| 100), "Hello.", None).expect("a clip");
        assert_eq!(Waveform::of(&tagged).peaks.len(), 2_000);
    }
}
