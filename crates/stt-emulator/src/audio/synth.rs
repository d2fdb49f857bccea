//! Makes clips: words that the emulator can hear, silence, noise.

use std::time::Duration;

use super::code::{Frame, TEXT_LIMIT};
use super::{speak, transcript};
use crate::random::random;

/// How [`synth`] speaks.
///
/// ```
/// use std::time::Duration;
/// use stt_emulator::{Outcome, SynthOptions, hear, synth};
///
/// let options = SynthOptions { language: Some("en-US".into()), rate: 8_000, ..SynthOptions::default() };
/// let clip = synth("Good morning.", &options)?;
/// let Outcome::Words { words, language } = hear(&clip).outcome else { panic!("words were coded") };
/// assert_eq!(words[1].text, "morning.");
/// assert_eq!(language.as_deref(), Some("en-US"));
/// # Ok::<(), stt_emulator::SynthError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SynthOptions {
    /// The language coded beside the words; without one the words are heard whatever language a request asks for.
    pub language: Option<String>,
    /// The silence before the first word.
    pub lead_in: Duration,
    /// The silence between two words; between two sentences it is four times as long.
    pub pause: Duration,
    /// The rate of the clip in samples per second, from 8,000 to 192,000.
    pub rate: u32,
}

impl Default for SynthOptions {
    /// 16 kHz, a quarter of a second before the first word, 0.1 s between words, no language.
    fn default() -> Self {
        Self { language: None, lead_in: Duration::from_millis(250), pause: Duration::from_millis(100), rate: 16_000 }
    }
}

/// Why a clip cannot be made.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SynthError {
    /// The language is empty or longer than a coded text may be.
    #[error("a language of {0} bytes cannot be coded, 1 to {TEXT_LIMIT} can")]
    Language(usize),
    /// The rate is below what the tones need or above what recordings have.
    #[error("a rate of {0} Hz cannot be written, 8000 to 192000 can")]
    Rate(u32),
    /// The clip would be longer than a WAV file can be.
    #[error("the clip would be longer than 12 hours or 4 GiB")]
    TooLong,
    /// One word is longer than a coded text may be.
    #[error("a word of {0} bytes cannot be coded, {TEXT_LIMIT} can")]
    Word(usize),
}

/// A WAV file (16-bit mono PCM) that says a text in a way [`hear`](crate::hear) understands.
///
/// Words are what white space separates, punctuation included. A score in brackets says how well a word is
/// pronounced: `Good morning[62].` The same text and options give the same bytes on every machine.
///
/// # Errors
///
/// [`SynthError`] if the rate, the language, a word or the length of the whole is beyond what can be coded.
pub fn synth(text: &str, options: &SynthOptions) -> Result<Vec<u8>, SynthError> {
    let mut clip = Clip::new(options.rate)?;
    clip.silence(options.lead_in)?;
    let mut sentence_begins = true;
    for (n, word) in transcript::words(text).into_iter().enumerate() {
        if 0 < n {
            clip.silence(options.pause.saturating_mul(if sentence_begins { SENTENCE_PAUSES } else { 1 }))?;
        }
        if let (true, Some(language)) = (sentence_begins, &options.language) {
            clip.frame(&Frame::Language(language.clone()), SynthError::Language(language.len()))?;
        }
        sentence_begins = word.text.ends_with(['.', '?', '!', '。', '？', '！', '।']);
        let length = word.text.len();
        clip.frame(&Frame::Word { text: word.text, accuracy: word.accuracy }, SynthError::Word(length))?;
    }
    clip.silence(LEAD_OUT)?;
    Ok(clip.wav())
}

/// A WAV file of digital silence (16-bit mono PCM).
///
/// # Errors
///
/// [`SynthError`] if the rate or the length is beyond what can be written.
pub fn silence(length: Duration, rate: u32) -> Result<Vec<u8>, SynthError> {
    let mut clip = Clip::new(rate)?;
    clip.silence(length)?;
    Ok(clip.wav())
}

/// A WAV file of white noise (16-bit mono PCM); the same seed gives the same bytes on every machine.
///
/// # Errors
///
/// [`SynthError`] if the rate or the length is beyond what can be written.
pub fn noise(length: Duration, rate: u32, seed: u64) -> Result<Vec<u8>, SynthError> {
    let mut clip = Clip::new(rate)?;
    let count = clip.count(length)?;
    let mut state = seed;
    clip.samples.extend((0..count).map(|_| (random(&mut state) >> 51) as i16 - 4_096));
    Ok(clip.wav())
}

const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;
/// The silence after the last word.
const LEAD_OUT: Duration = Duration::from_millis(250);
/// Sentences are further apart than words: whoever cuts at the longest pause then cuts between sentences.
const SENTENCE_PAUSES: u32 = 4;
/// Far beyond any use, and at 44.1 kHz still within the four GiB of a WAV file.
const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);

struct Clip {
    rate: u32,
    samples: Vec<i16>,
}

impl Clip {
    fn new(rate: u32) -> Result<Self, SynthError> {
        if RATES.contains(&rate) { Ok(Self { rate, samples: Vec::new() }) } else { Err(SynthError::Rate(rate)) }
    }

    /// The number of samples of a further stretch, if the clip has room for it.
    fn count(&self, length: Duration) -> Result<usize, SynthError> {
        let count = length.as_nanos() * u128::from(self.rate) / 1_000_000_000;
        let limit = LONGEST.as_secs() * u64::from(self.rate);
        let room = limit.min(u64::from((u32::MAX - HEADER) / 2)) as usize - self.samples.len();
        usize::try_from(count).ok().filter(|count| *count <= room).ok_or(SynthError::TooLong)
    }

    fn silence(&mut self, length: Duration) -> Result<(), SynthError> {
        let count = self.count(length)?;
        self.samples.resize(self.samples.len() + count, 0);
        Ok(())
    }

    fn frame(&mut self, frame: &Frame, too_long: SynthError) -> Result<(), SynthError> {
        let symbols = frame.symbols().ok_or(too_long)?;
        let seconds = speak::samples(symbols.len(), self.rate) as f64 / f64::from(self.rate);
        self.count(Duration::from_secs_f64(seconds))?;
        self.samples
            .extend(speak::wave(&symbols, self.rate).map(|sample| (sample * f32::from(i16::MAX)).round() as i16));
        Ok(())
    }

    fn wav(self) -> Vec<u8> {
        let data = 2 * self.samples.len() as u32;
        let mut file = Vec::with_capacity((HEADER + data) as usize);
        file.extend(b"RIFF");
        file.extend((HEADER - 8 + data).to_le_bytes());
        file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
        file.extend(self.rate.to_le_bytes());
        file.extend((2 * self.rate).to_le_bytes());
        file.extend(b"\x02\0\x10\0data");
        file.extend(data.to_le_bytes());
        file.extend(self.samples.iter().flat_map(|sample| sample.to_le_bytes()));
        file
    }
}

/// The length of the header in bytes.
const HEADER: u32 = 44;
