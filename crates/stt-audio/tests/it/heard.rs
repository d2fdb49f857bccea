//! Files below `tests/audio` whose sound is known by arithmetic, and what is heard of them.

use std::{f64::consts::TAU, fs, io::Cursor};

use stt_audio::{DecodeError, Loss, PcmSource, open, open_stream};

/// What a file gives, up to its end or to an error.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) error: Option<DecodeError>,
    pub(crate) losses: Vec<Loss>,
    /// Rate, channels and samples, anew where one of the first two changes.
    pub(crate) parts: Vec<(u32, u16, Vec<f32>)>,
}

impl Heard {
    pub(crate) fn of(source: Result<Box<dyn PcmSource>, DecodeError>) -> Self {
        let mut heard = Self::default();
        let mut source = match source {
            Ok(source) => source,
            Err(error) => return Self { error: Some(error), ..heard },
        };
        loop {
            match source.next_block() {
                Ok(Some(block)) => {
                    assert!(!block.samples.is_empty());
                    assert_eq!(block.samples.len() % usize::from(block.channels), 0);
                    assert!(block.samples.iter().all(|sample| sample.is_finite()));
                    let is_same =
                        |(rate, channels, _): &&mut (u32, u16, _)| (*rate, *channels) == (block.rate, block.channels);
                    match heard.parts.last_mut().filter(is_same) {
                        Some((_, _, samples)) => samples.extend_from_slice(block.samples),
                        None => heard.parts.push((block.rate, block.channels, block.samples.to_vec())),
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    heard.error = Some(error);
                    break;
                }
            }
        }
        assert!(matches!(source.next_block(), Ok(None)), "an end is an end");
        heard.losses = source.losses().to_vec();
        heard
    }

    pub(crate) fn file(bytes: &[u8]) -> Self {
        Self::of(open(Cursor::new(bytes.to_vec())))
    }

    pub(crate) fn pipe(bytes: &[u8]) -> Self {
        Self::of(open_stream(Cursor::new(bytes.to_vec())))
    }

    /// The error, which there must be, as a user reads it.
    #[cfg(feature = "decode")]
    pub(crate) fn refusal(&self) -> String {
        assert!(self.parts.is_empty(), "there was something to be heard");
        self.error.as_ref().expect("it is refused").to_string()
    }

    /// Frames of all parts.
    pub(crate) fn frames(&self) -> Vec<usize> {
        self.parts.iter().map(|(_, channels, samples)| samples.len() / usize::from(*channels)).collect()
    }
}

/// A file below `tests/audio`.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    fs::read(format!("{}/../../tests/audio/{name}", env!("CARGO_MANIFEST_DIR"))).expect("it is in the repository")
}

/// The tone of `tests/audio/README.md`, as long as `seconds`.
pub(crate) struct Chirp {
    pub(crate) seconds: f64,
}

impl Chirp {
    pub(crate) fn at(&self, time: f64, channel: usize) -> f32 {
        let bend = 1500.0 * time * time / self.seconds;
        let turns = if channel == 0 { 300.0 * time + bend } else { 3300.0 * time - bend };
        (0.5 * (TAU * turns).sin()) as f32
    }

    /// The ratio of the tone, `late` by so many samples, to what else is in a channel, in dB. The edges, where
    /// encoders smear, are left out.
    pub(crate) fn clearness(&self, (rate, channels, samples): &(u32, u16, Vec<f32>), channel: usize, late: i64) -> f64 {
        let (mut tone, mut rest) = (0.0, 0.0);
        let frames = samples.chunks_exact(usize::from(*channels)).enumerate();
        let count = samples.len() / usize::from(*channels);
        for (place, frame) in frames.skip(count / 8).take(count * 3 / 4) {
            let expected = self.at((place as i64 - late) as f64 / f64::from(*rate), channel);
            tone += f64::from(expected).powi(2);
            rest += f64::from(frame[channel] - expected).powi(2);
        }
        10.0 * (tone / rest).log10()
    }

    /// The same for all channels, after making sure that it is late by so much and not a sample more or less.
    #[cfg(feature = "decode")]
    pub(crate) fn check(&self, part: &(u32, u16, Vec<f32>), late: i64) -> f64 {
        self.check_within(part, late, 0)
    }

    /// The same with so many samples more or less, because Opus does not delay all of its bands alike.
    pub(crate) fn check_within(&self, part: &(u32, u16, Vec<f32>), late: i64, tolerance: i64) -> f64 {
        let clearness = |late| {
            let channels = (0..usize::from(part.1)).map(|channel| self.clearness(part, channel, late));
            channels.fold(f64::INFINITY, f64::min)
        };
        let around = (late - tolerance - 2..=late + tolerance + 2).map(|late| (late, clearness(late)));
        let (found, clearness) = around.max_by(|one, other| one.1.total_cmp(&other.1)).expect("there are some");
        assert!((found - late).abs() <= tolerance, "it is late by {found} rather than by {late}");
        clearness
    }
}
