//! The bodies of questions.

use std::f64::consts::TAU;
use std::time::Duration;

use opus_pure::{Application, MAX_PACKET_BYTES, OggOpusWriter, OpusEncoder, OpusHead, OpusTags};
use thiserror::Error;

use crate::audio::{SynthError, SynthOptions, noise, silence, sixteen_kilohertz, synth, wav_header};
use crate::conformance::question::{Audio, Says};

/// A recording of somebody who speaks, with the words, for targets that do not hear coded ones.
#[derive(Clone, Debug)]
pub(crate) struct Recording {
    /// 16-bit samples at 16 kHz.
    samples: Vec<u8>,
    pub(crate) text: String,
}

impl Recording {
    /// What a file says, which is mono WAV or Ogg Opus; `None` if it has no samples.
    pub(crate) fn read(file: &[u8], text: String) -> Option<Self> {
        let samples = sixteen_kilohertz(file, LONGEST)[HEADER..].to_vec();
        (!samples.is_empty()).then_some(Self { samples, text })
    }
}

/// Why a body cannot be made.
#[derive(Debug, Error)]
pub(crate) enum ClipError {
    #[error("the clip cannot be encoded: {0}")]
    Ogg(#[from] opus_pure::Error),
    #[error(transparent)]
    Synth(#[from] SynthError),
}

impl Audio {
    /// The body, in which a recording takes the place of words that may be any.
    pub(crate) fn body(&self, recording: Option<&Recording>) -> Result<Vec<u8>, ClipError> {
        Ok(match self {
            Self::Humming(length) => humming(*length)?,
            Self::Noise(length) => noise(*length, RATE, 1)?,
            Self::Nothing {} => Vec::new(),
            Self::Says(says) => says.body(recording.filter(|_| !says.exactly))?,
            Self::Silence(length) => silence(*length, RATE)?,
            Self::Text(text) => text.clone().into_bytes(),
        })
    }
}

impl Says {
    /// The words of the first text, and those of all of them.
    pub(crate) fn words(&self, recording: Option<&Recording>) -> (String, String) {
        let texts = self.texts.iter().map(|text| recording.map_or(text.as_str(), |it| it.text.as_str()));
        let texts = texts.collect::<Vec<_>>();
        (texts.first().copied().unwrap_or_default().to_owned(), texts.join(" "))
    }

    fn body(&self, recording: Option<&Recording>) -> Result<Vec<u8>, ClipError> {
        let rate = self.rate.unwrap_or(RATE);
        let still = |length: Duration| vec![0; 2 * (length.as_secs_f64() * f64::from(rate)) as usize];
        let mut samples = still(self.lead_in);
        for (at, text) in self.texts.iter().enumerate() {
            if 0 < at {
                samples.extend(still(self.pause));
            }
            match recording {
                Some(recording) => samples.extend(&recording.samples),
                None => {
                    let options = SynthOptions { language: self.language.clone(), rate, ..SynthOptions::default() };
                    samples.extend(&synth(text, &options)?[HEADER..]);
                }
            }
        }
        if self.ogg {
            return Ok(opus(&samples)?);
        }
        let length = if self.sizeless { 0 } else { samples.len() as u32 };
        Ok([&wav_header(rate, 1, length)[..], &samples].concat())
    }
}

fn humming(length: Duration) -> Result<Vec<u8>, SynthError> {
    let mut clip = silence(length, RATE)?;
    for (at, pair) in (0_u32..).zip(clip[HEADER..].chunks_exact_mut(2)) {
        let seconds = f64::from(at) / f64::from(RATE);
        let loudness = (TAU * 4.0 * seconds).sin().max(0.0);
        let sample = ((TAU * 180.0 * seconds).sin() * loudness * 8_000.0) as i16;
        pair.copy_from_slice(&sample.to_le_bytes());
    }
    Ok(clip)
}

/// Samples of 16 kHz as Ogg Opus; the last frame is filled up with silence.
fn opus(samples: &[u8]) -> Result<Vec<u8>, opus_pure::Error> {
    let mut samples = samples.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect::<Vec<_>>();
    samples.resize(samples.len().next_multiple_of(FRAME) + FRAME, 0);
    let mut encoder = OpusEncoder::new(RATE as i32, 1, Application::Audio)?;
    encoder.bitrate_bps = 64_000;
    let head = OpusHead::for_encoder(&encoder, RATE);
    let mut pages = OggOpusWriter::with_serial(Vec::new(), head, OpusTags::default(), 1)?;
    for frame in samples.chunks_exact(FRAME) {
        let mut packet = vec![0; MAX_PACKET_BYTES];
        let length = encoder.encode_s16(frame, FRAME, &mut packet)?;
        pages.write_packet(&packet[..length])?;
    }
    pages.finish()
}

const RATE: u32 = 16_000;

/// The bytes before the samples in a clip that is made here.
const HEADER: usize = 44;

/// 20 ms at 16 kHz.
const FRAME: usize = 320;

/// In seconds: what the service hears at most.
const LONGEST: u32 = 60;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Recording;
    use crate::audio::{Outcome, SynthOptions, hear, synth};
    use crate::conformance::question::{Audio, Says};

    fn heard(says: &Says, recording: Option<&Recording>) -> Vec<(String, u64)> {
        let body = Audio::Says(says.clone()).body(recording).expect("a clip");
        let Outcome::Words { words, .. } = hear(&body).outcome else { panic!("no words") };
        words.into_iter().map(|word| (word.text, word.offset / 10_000)).collect()
    }

    #[test]
    fn words_are_heard_when_they_are_said_in_either_form() {
        let says = Says {
            texts: vec!["early".to_owned(), "late".to_owned()],
            lead_in: Duration::from_secs(1),
            pause: Duration::from_secs(2),
            ..Says::default()
        };
        for ogg in [false, true] {
            let words = heard(&Says { ogg, ..says.clone() }, None);
            let [(early, first), (late, second)] = words.as_slice() else { panic!("{words:?}") };
            assert_eq!((early.as_str(), late.as_str()), ("early", "late"));
            assert!((1_000..1_600).contains(first) && (first + 2_000..first + 3_500).contains(second), "{words:?}");
        }
    }

    #[test]
    fn a_recording_takes_the_place_of_words_that_may_be_any() {
        let clip = synth("hello there", &SynthOptions { rate: 44_100, ..SynthOptions::default() }).expect("a clip");
        let recording = Recording::read(&clip, "hello there".to_owned()).expect("samples");
        let says = Says { texts: vec!["a".to_owned(), "b".to_owned()], ..Says::default() };
        assert_eq!(heard(&says, Some(&recording)).len(), 4);
        assert_eq!(says.words(Some(&recording)), ("hello there".to_owned(), "hello there hello there".to_owned()));
        let exactly = Says { exactly: true, ..says };
        assert_eq!(heard(&exactly, Some(&recording)).len(), 2);
        assert!(Recording::read(b"no audio", String::new()).is_none());
    }
}
