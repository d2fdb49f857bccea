//! Makes clips: words that the emulator can hear, silence, noise.

use std::io::{self, Read, Write};
use std::time::Duration;

use super::code::{Frame, SYMBOL_TICKS, Symbol, TEXT_LIMIT};
use super::hear::HeardWord;
use super::{speak, transcript, wav};
use crate::locales;
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
    /// The silence between two words.
    pub pause: Duration,
    /// The silence between two sentences; without one it is four times as long as that between two words.
    pub sentence_pause: Option<Duration>,
    /// Whether the clip has two channels that say the same; the emulator hears only those that have one.
    pub stereo: bool,
    /// The rate of the clip in samples per second, from 8,000 to 192,000.
    pub rate: u32,
}

impl Default for SynthOptions {
    /// 16 kHz mono, a quarter of a second before the first word, 0.1 s between words, no language.
    fn default() -> Self {
        Self {
            language: None,
            lead_in: Duration::from_millis(250),
            pause: Duration::from_millis(100),
            sentence_pause: None,
            stereo: false,
            rate: 16_000,
        }
    }
}

/// Why a clip cannot be made.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SynthError {
    /// The language is none that the service recognizes, so that no request could ask for it.
    #[error("the language {0:?} is not in Microsoft's table, which has names such as en-US")]
    Language(String),
    /// The rate is below what the tones need or above what recordings have.
    #[error("a rate of {0} Hz cannot be written, 8000 to 192000 can")]
    Rate(u32),
    /// The brackets behind a word hold a number that is no score.
    #[error("the score in {0:?} is no whole number from 0 to 100")]
    Score(String),
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
/// [`SynthError`] if the rate, the language, a word, a score or the length of the whole is beyond what can be coded.
pub fn synth(text: &str, options: &SynthOptions) -> Result<Vec<u8>, SynthError> {
    Speech::new(text, options).map(|speech| speech.clip.wav())
}

/// A WAV file of digital silence (16-bit mono PCM).
///
/// # Errors
///
/// [`SynthError`] if the rate or the length is beyond what can be written.
pub fn silence(length: Duration, rate: u32) -> Result<Vec<u8>, SynthError> {
    let mut clip = Clip::new(rate, 1)?;
    clip.silence(length)?;
    Ok(clip.wav())
}

/// A WAV file of white noise (16-bit mono PCM); the same seed gives the same bytes on every machine.
///
/// # Errors
///
/// [`SynthError`] if the rate or the length is beyond what can be written.
pub fn noise(length: Duration, rate: u32, seed: u64) -> Result<Vec<u8>, SynthError> {
    let mut clip = Clip::new(rate, 1)?;
    clip.noise(length, seed)?;
    Ok(clip.wav())
}

/// A clip that says a text, before it is sound: for texts whose sound is too long to be held in memory, and for whoever
/// wants to know when each word is said.
///
/// ```
/// use stt_emulator::{Speech, SynthOptions};
///
/// let speech = Speech::new("Good morning.", &SynthOptions::default())?;
/// // After a quarter of a second.
/// assert_eq!(speech.words()[0].offset, 2_500_000);
/// let mut file = Vec::new();
/// speech.write(&mut file)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Speech {
    clip: Clip,
    words: Vec<HeardWord>,
}

impl Speech {
    /// Lays out a text.
    ///
    /// # Errors
    ///
    /// The same as those of [`synth`].
    pub fn new(text: &str, options: &SynthOptions) -> Result<Self, SynthError> {
        if let Some(language) = options.language.as_ref().filter(|language| !locales::is_supported(language)) {
            return Err(SynthError::Language(language.clone()));
        }
        if let Some(word) = transcript::without_score(text) {
            return Err(SynthError::Score(word.to_owned()));
        }
        let clip = Clip::new(options.rate, if options.stereo { 2 } else { 1 })?;
        let mut speech = Self { clip, words: Vec::new() };
        speech.clip.silence(options.lead_in)?;
        let between_sentences = options.sentence_pause.unwrap_or_else(|| options.pause.saturating_mul(SENTENCE_PAUSES));
        let mut sentence_begins = true;
        for word in transcript::words(text) {
            if !speech.words.is_empty() {
                speech.clip.silence(if sentence_begins { between_sentences } else { options.pause })?;
            }
            if let (true, Some(language)) = (sentence_begins, &options.language) {
                let frame = Frame::Language(language.clone());
                speech.clip.frame(&frame, SynthError::Language(language.clone()))?;
            }
            sentence_begins = word.text.ends_with(['.', '?', '!', '。', '？', '！', '।']);
            speech.say(word)?;
        }
        speech.clip.silence(LEAD_OUT)?;
        Ok(speech)
    }

    fn say(&mut self, word: transcript::Typed) -> Result<(), SynthError> {
        let frame = Frame::Word { text: word.text.clone(), accuracy: word.accuracy };
        let offset = self.clip.ticks();
        let symbols = self.clip.frame(&frame, SynthError::Word(word.text.len()))?;
        let duration = symbols as u64 * SYMBOL_TICKS;
        self.words.push(HeardWord { text: word.text, offset, duration, accuracy: word.accuracy });
        Ok(())
    }

    /// The words, each with when it is said.
    #[must_use]
    pub fn words(&self) -> &[HeardWord] {
        &self.words
    }

    /// Writes the WAV file, a piece at a time.
    ///
    /// # Errors
    ///
    /// Those of what it is written into.
    pub fn write(&self, into: &mut impl Write) -> io::Result<()> {
        self.clip.write(into)
    }
}

/// A clip that is laid out and not yet sound.
#[derive(Clone, Debug)]
struct Clip {
    rate: u32,
    channels: u16,
    parts: Vec<Part>,
    /// The samples of all parts, in one channel.
    length: usize,
}

#[derive(Clone, Debug)]
enum Part {
    Burst(Vec<Symbol>),
    Noise { samples: usize, seed: u64 },
    Silence(usize),
}

impl Clip {
    fn new(rate: u32, channels: u16) -> Result<Self, SynthError> {
        if !RATES.contains(&rate) {
            return Err(SynthError::Rate(rate));
        }
        Ok(Self { rate, channels, parts: Vec::new(), length: 0 })
    }

    /// Where the next part begins, in ticks of 100 ns.
    fn ticks(&self) -> u64 {
        self.length as u64 * 10_000_000 / u64::from(self.rate)
    }

    /// Adds a part of so many samples, if the clip has room for it.
    fn add(&mut self, samples: usize, part: Part) -> Result<(), SynthError> {
        let longest = LONGEST.as_secs() * u64::from(self.rate);
        let largest = u64::from((u32::MAX - wav::HEADER) / u32::from(2 * self.channels));
        if longest.min(largest) as usize - self.length < samples {
            return Err(SynthError::TooLong);
        }
        self.length += samples;
        self.parts.push(part);
        Ok(())
    }

    fn count(&self, length: Duration) -> Result<usize, SynthError> {
        let count = length.as_nanos() * u128::from(self.rate) / 1_000_000_000;
        usize::try_from(count).map_err(|_| SynthError::TooLong)
    }

    fn silence(&mut self, length: Duration) -> Result<(), SynthError> {
        let samples = self.count(length)?;
        self.add(samples, Part::Silence(samples))
    }

    fn noise(&mut self, length: Duration, seed: u64) -> Result<(), SynthError> {
        let samples = self.count(length)?;
        self.add(samples, Part::Noise { samples, seed })
    }

    /// Adds a frame and tells how many symbols it has.
    fn frame(&mut self, frame: &Frame, too_long: SynthError) -> Result<usize, SynthError> {
        let symbols = frame.symbols().ok_or(too_long)?;
        let count = symbols.len();
        self.add(speak::samples(count, self.rate), Part::Burst(symbols))?;
        Ok(count)
    }

    fn wav(&self) -> Vec<u8> {
        let mut file = Vec::with_capacity(wav::HEADER as usize + 2 * self.length * usize::from(self.channels));
        self.write(&mut file).expect("memory takes any number of bytes");
        file
    }

    fn write(&self, into: &mut impl Write) -> io::Result<()> {
        let bytes = 2 * self.length as u32 * u32::from(self.channels);
        into.write_all(&wav::header(self.rate, self.channels, bytes))?;
        let mut piece = Vec::new();
        for part in &self.parts {
            match part {
                Part::Burst(symbols) => {
                    let sound = speak::wave(symbols, self.rate);
                    let samples = sound.map(|sample| (sample * f32::from(i16::MAX)).round() as i16);
                    self.put(samples, &mut piece, into)?;
                }
                Part::Noise { samples, seed } => {
                    let mut state = *seed;
                    let sample = |_| (random(&mut state) >> 51) as i16 - 4_096;
                    self.put((0..*samples).map(sample), &mut piece, into)?;
                }
                Part::Silence(samples) => {
                    into.write_all(&piece)?;
                    piece.clear();
                    let zeros = io::repeat(0).take((2 * samples * usize::from(self.channels)) as u64);
                    io::copy(&mut { zeros }, into)?;
                }
            }
        }
        into.write_all(&piece)
    }

    /// Puts samples into each channel, and writes whole pieces.
    fn put(&self, samples: impl Iterator<Item = i16>, piece: &mut Vec<u8>, into: &mut impl Write) -> io::Result<()> {
        for sample in samples {
            for _ in 0..self.channels {
                piece.extend(sample.to_le_bytes());
            }
            if PIECE <= piece.len() {
                into.write_all(piece)?;
                piece.clear();
            }
        }
        Ok(())
    }
}

/// How much is written at once, in bytes.
const PIECE: usize = 64 * 1024;

const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;
/// The silence after the last word.
const LEAD_OUT: Duration = Duration::from_millis(250);
/// Sentences are further apart than words: whoever cuts at the longest pause then cuts between sentences.
const SENTENCE_PAUSES: u32 = 4;
/// Far beyond any use, and at 44.1 kHz still within the four GiB of a WAV file.
const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);
