//! What the emulator hears in a body.

use super::code::{Frame, LISTENING_RATE};
use super::level::{self, Level};
use super::listen::{self, Found};
use super::opus::{self, Opus};
use super::wav::{self, Pcm, Wav};
use super::{sniff, transcript};

/// What was heard, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Heard {
    /// Which step of hearing answered.
    pub step: HeardStep,
    /// What was heard.
    pub outcome: Outcome,
    /// The length of the audio in ticks of 100 ns; without a header to tell it, that of 16 kHz 16-bit mono PCM.
    ///
    /// Of Opus it is the length that is listened to.
    pub audio_ticks: u64,
    /// The true reason in one sentence, without a full stop, for logs and for the user of the emulator.
    pub reason: String,
}

impl Heard {
    /// Where listening ended when nothing was said: after five seconds or at the end of the audio, in ticks of 100 ns.
    ///
    /// Five seconds is what the service was observed to answer (`"Offset":50000000` in a reply of
    /// `InitialSilenceTimeout`); that a shorter clip ends it sooner was observed too, at two seconds.
    #[must_use]
    pub fn listening_ended(&self) -> u64 {
        self.audio_ticks.min(50_000_000)
    }
}

/// The steps of hearing, in their order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum HeardStep {
    /// The body is refused before anything is listened to.
    Refused,
    /// The header tells of audio that the service hears as silence.
    Header,
    /// The words were coded into the samples.
    Coded,
    /// The words stood in the metadata.
    Metadata,
    /// The loudness of the samples decided.
    Samples,
    /// Nothing above had an answer.
    NoMatch,
}

/// What was heard.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// Noise that is no speech: `BabbleTimeout`.
    Babble,
    /// The body has no bytes.
    Empty,
    /// Silence, or audio that the service takes for it: `InitialSilenceTimeout`.
    InitialSilence,
    /// Something like speech without words: `NoMatch`.
    NoMatch,
    /// Audio of no length, which the service answers with `{}`.
    NoSamples,
    /// Something else than audio.
    NotAudio {
        /// The name of what it is instead, such as `JSON` or `MP3`.
        what: &'static str,
    },
    /// Words.
    Words {
        /// The words in their order, at least one.
        words: Vec<HeardWord>,
        /// Their language, where it is told.
        language: Option<String>,
    },
}

/// A word and when it was said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HeardWord {
    /// The word as it was typed, with its punctuation.
    pub text: String,
    /// When it begins, in ticks of 100 ns.
    pub offset: u64,
    /// How long it takes, in ticks of 100 ns.
    pub duration: u64,
    /// How well it is pronounced, from 0 to 100, where it is told.
    pub accuracy: Option<u8>,
}

/// Listens to a body as the emulator does, where nothing but the body is known.
///
/// Words coded into the samples come first, then a transcript in the metadata, then silence and noise. Audio whose
/// header the service cannot read is heard as silence, as the service was observed to do. What is said after the first
/// quarter of an hour, in Opus after the first five minutes, is not heard.
#[must_use]
pub fn hear(body: &[u8]) -> Heard {
    match listen(body) {
        Listened::Heard(heard) => heard,
        Listened::Unspoken(unspoken) => unspoken.judge(),
    }
}

/// The length of the audio in a body, in ticks of 100 ns, without listening to it; `None` where its headers tell none.
pub(crate) fn length(body: &[u8]) -> Option<u64> {
    if body.starts_with(b"OggS") {
        return opus::length(body);
    }
    if wav::is_wav(body) { wav::length(body) } else { None }
}

/// What a body says by itself.
#[derive(Debug)]
pub(crate) enum Listened<'a> {
    /// What was heard.
    Heard(Heard),
    /// The body is audio without words of its own.
    Unspoken(Unspoken<'a>),
}

/// Audio without words of its own.
#[derive(Debug)]
pub(crate) struct Unspoken<'a> {
    clip: Vec<f32>,
    /// `None` where no header tells a rate that may be wrong.
    pcm: Option<Pcm<'a>>,
    /// The length of the audio in ticks of 100 ns.
    pub(crate) audio_ticks: u64,
}

/// Listens for words, in the samples and then in the metadata.
pub(crate) fn listen(body: &[u8]) -> Listened<'_> {
    if body.is_empty() {
        return heard(HeardStep::Refused, Outcome::Empty, 0, "the body is empty").into();
    }
    if body.starts_with(b"OggS") {
        return listen_to_ogg(body);
    }
    if wav::is_wav(body) {
        return listen_to_wav(wav::read(body));
    }
    if let Some(what) = sniff::name(body) {
        let reason = format!("the body is {what}, not audio");
        return heard(HeardStep::Refused, Outcome::NotAudio { what }, 0, reason).into();
    }
    let reason = "there is no header, so nothing tells what the bytes are";
    heard(HeardStep::Header, Outcome::InitialSilence, wav::assumed_ticks(body.len()), reason).into()
}

fn heard(step: HeardStep, outcome: Outcome, audio_ticks: u64, reason: impl Into<String>) -> Heard {
    Heard { step, outcome, audio_ticks, reason: reason.into() }
}

impl From<Heard> for Listened<'_> {
    fn from(heard: Heard) -> Self {
        Self::Heard(heard)
    }
}

fn listen_to_wav(wav: Wav<'_>) -> Listened<'_> {
    if wav.empty {
        return heard(HeardStep::Refused, Outcome::NoSamples, 0, "the WAV file has no samples").into();
    }
    let pcm = match wav.pcm {
        Ok(pcm) => pcm.beginning(LISTENED),
        Err(reason) => return heard(HeardStep::Header, Outcome::InitialSilence, wav.ticks, reason).into(),
    };
    let clip = pcm.sample.read(pcm.data, pcm.rate);
    coded(&clip, wav.ticks)
        .or_else(|| told(wav.transcript.as_deref(), wav.language.as_deref(), wav.ticks))
        .map_or(Listened::Unspoken(Unspoken { clip, pcm: Some(pcm), audio_ticks: wav.ticks }), Listened::Heard)
}

fn listen_to_ogg(body: &[u8]) -> Listened<'_> {
    let Opus { language, transcript, unheard_channels, samples, ticks } =
        match opus::read(body, opus::RATE / LISTENING_RATE, OPUS_LISTENED) {
            Ok(opus) => opus,
            Err(reason) => {
                let ticks = wav::assumed_ticks(body.len());
                return heard(HeardStep::Header, Outcome::InitialSilence, ticks, reason).into();
            }
        };
    if ticks == 0 {
        return heard(HeardStep::Refused, Outcome::NoSamples, 0, "the Ogg Opus stream has no samples").into();
    }
    if let Some(channels) = unheard_channels {
        let reason = format!("the header says {channels} channels, only mono is heard");
        return heard(HeardStep::Header, Outcome::InitialSilence, ticks, reason).into();
    }
    coded(&samples, ticks)
        .or_else(|| told(transcript.as_deref(), language.as_deref(), ticks))
        .map_or(Listened::Unspoken(Unspoken { clip: samples, pcm: None, audio_ticks: ticks }), Listened::Heard)
}

/// The words coded into the samples.
fn coded(clip: &[f32], audio_ticks: u64) -> Option<Heard> {
    let mut language = None;
    let mut words = Vec::new();
    for Found { frame, start, end } in listen::frames(clip) {
        match frame {
            Frame::Language(tag) => language = language.or(Some(tag)),
            Frame::Word { text, accuracy } => {
                let offset = ticks(start);
                let duration = ticks(end).min(audio_ticks) - offset;
                words.push(HeardWord { text, offset, duration, accuracy });
            }
        }
    }
    let reason = format!("words coded into the samples: {}", words.len());
    (!words.is_empty()).then(|| heard(HeardStep::Coded, Outcome::Words { words, language }, audio_ticks, reason))
}

fn ticks(samples: usize) -> u64 {
    samples as u64 * 10_000_000 / u64::from(LISTENING_RATE)
}

/// The words of a transcript, spread evenly over the audio.
fn told(transcript: Option<&str>, language: Option<&str>, audio_ticks: u64) -> Option<Heard> {
    let words = spread(transcript?, 0, audio_ticks);
    let language = language.map(str::trim).filter(|language| !language.is_empty()).map(str::to_owned);
    let reason = format!("words in the metadata: {}", words.len());
    (!words.is_empty()).then(|| heard(HeardStep::Metadata, Outcome::Words { words, language }, audio_ticks, reason))
}

/// The words of a typed text, each of which takes the same part of a time in ticks.
pub(crate) fn spread(text: &str, offset: u64, duration: u64) -> Vec<HeardWord> {
    let typed = transcript::words(text);
    let count = typed.len();
    let begin = |n: usize| offset + (u128::from(duration) * n as u128 / count as u128) as u64;
    let word = |(n, word): (usize, transcript::Typed)| {
        let offset = begin(n);
        HeardWord { text: word.text, offset, duration: begin(n + 1) - offset, accuracy: word.accuracy }
    };
    (0..).zip(typed).map(word).collect()
}

/// A tick is 100 ns.
pub(crate) const TICKS_PER_MS: u64 = 10_000;

impl Unspoken<'_> {
    /// What samples without words are taken for.
    pub(crate) fn judge(self) -> Heard {
        let (step, outcome, reason) = match level::level(&self.clip) {
            Level::Silent => (HeardStep::Samples, Outcome::InitialSilence, "the samples are silent"),
            Level::Steady => {
                (HeardStep::Samples, Outcome::Babble, "the samples are noise that neither rises nor falls")
            }
            Level::Lively => {
                if let Some(pcm) = &self.pcm
                    && let Some(rate) = true_rate(pcm)
                {
                    let reason = format!("the header says {} Hz, but words are coded at {rate} Hz", pcm.rate);
                    return heard(HeardStep::Header, Outcome::InitialSilence, self.audio_ticks, reason);
                }
                (HeardStep::NoMatch, Outcome::NoMatch, "the samples rise and fall, but no words are coded")
            }
        };
        heard(step, outcome, self.audio_ticks, reason)
    }
}

/// The rate at which words can be heard, if the header tells a wrong one.
///
/// Two channels under a mono header last twice as long, so they show as a rate too. The beginning is enough: whoever
/// sends real speech is not to wait for ten passes over all of it.
fn true_rate(pcm: &Pcm<'_>) -> Option<u32> {
    let data = &pcm.data[..pcm.data.len().min(BEGINNING)];
    [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000]
        .into_iter()
        .find(|rate| *rate != pcm.rate && !listen::frames(&pcm.sample.read(data, *rate)).is_empty())
}

/// Ten seconds at 48 kHz and 16 bits.
const BEGINNING: usize = 960_000;

/// How many seconds are listened to.
///
/// The service hears one minute. A quarter of an hour lets [`hear`] check a whole talk, and keeps the work that one
/// request can cost below a second.
pub(super) const LISTENED: u32 = 15 * 60;

/// How many seconds of Opus are listened to: decoding takes ten times as long as listening.
pub(super) const OPUS_LISTENED: u32 = 5 * 60;
