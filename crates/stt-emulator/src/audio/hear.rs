//! What the emulator hears in a body.

use super::code::{Frame, LISTENING_RATE};
use super::level::{self, Level};
use super::listen::{self, Found};
use super::wav::{self, Pcm, Wav};
use super::{ogg, sniff, transcript};

/// What was heard, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Heard {
    /// Which step of hearing answered.
    pub step: HeardStep,
    /// What was heard.
    pub outcome: Outcome,
    /// The length of the audio in ticks of 100 ns; without a header to tell it, that of 16 kHz 16-bit mono PCM.
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

/// Listens to the body of a request.
///
/// Words coded into the samples come first, then a transcript in the metadata, then silence and noise. Audio whose
/// header the service cannot read is heard as silence, as the service was observed to do.
#[must_use]
pub fn hear(body: &[u8]) -> Heard {
    if body.is_empty() {
        return heard(HeardStep::Refused, Outcome::Empty, 0, "the body is empty");
    }
    if body.starts_with(b"OggS") {
        return hear_ogg(body);
    }
    if wav::is_wav(body) {
        return hear_wav(&wav::read(body));
    }
    if let Some(what) = sniff::name(body) {
        return heard(HeardStep::Refused, Outcome::NotAudio { what }, 0, format!("the body is {what}, not audio"));
    }
    let ticks = wav::assumed_ticks(body.len());
    heard(HeardStep::Header, Outcome::InitialSilence, ticks, "there is no header, so nothing tells what the bytes are")
}

fn heard(step: HeardStep, outcome: Outcome, audio_ticks: u64, reason: impl Into<String>) -> Heard {
    Heard { step, outcome, audio_ticks, reason: reason.into() }
}

fn hear_wav(wav: &Wav<'_>) -> Heard {
    if wav.empty {
        return heard(HeardStep::Refused, Outcome::NoSamples, 0, "the WAV file has no samples");
    }
    let pcm = match &wav.pcm {
        Ok(pcm) => pcm,
        Err(reason) => return heard(HeardStep::Header, Outcome::InitialSilence, wav.ticks, reason),
    };
    let clip = pcm.sample.read(pcm.data, pcm.rate);
    coded(&clip, wav.ticks)
        .or_else(|| told(wav.transcript.as_deref(), wav.language.as_deref(), wav.ticks))
        .unwrap_or_else(|| unspoken(pcm, &clip, wav.ticks))
}

fn hear_ogg(body: &[u8]) -> Heard {
    let opus = match ogg::read(body) {
        Ok(opus) => opus,
        Err(reason) => {
            let ticks = wav::assumed_ticks(body.len());
            return heard(HeardStep::Header, Outcome::InitialSilence, ticks, reason);
        }
    };
    if opus.ticks == 0 {
        return heard(HeardStep::Refused, Outcome::NoSamples, 0, "the Ogg Opus stream has no samples");
    }
    if opus.channels != 1 {
        let reason = format!("the header says {} channels, only mono is heard", opus.channels);
        return heard(HeardStep::Header, Outcome::InitialSilence, opus.ticks, reason);
    }
    told(opus.transcript.as_deref(), opus.language.as_deref(), opus.ticks).unwrap_or_else(|| {
        let reason = "Opus is not decoded, and there is no transcript in its comments";
        heard(HeardStep::NoMatch, Outcome::NoMatch, opus.ticks, reason)
    })
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
    let typed = transcript::words(transcript?);
    let count = typed.len();
    let begin = |n: usize| (u128::from(audio_ticks) * n as u128 / count as u128) as u64;
    let words: Vec<_> = (0..)
        .zip(typed)
        .map(|(n, word)| {
            let offset = begin(n);
            HeardWord { text: word.text, offset, duration: begin(n + 1) - offset, accuracy: word.accuracy }
        })
        .collect();
    let language = language.map(str::trim).filter(|language| !language.is_empty()).map(str::to_owned);
    let reason = format!("words in the metadata: {count}");
    (0 < count).then(|| heard(HeardStep::Metadata, Outcome::Words { words, language }, audio_ticks, reason))
}

/// What samples without words are taken for.
fn unspoken(pcm: &Pcm<'_>, clip: &[f32], ticks: u64) -> Heard {
    match level::level(clip) {
        Level::Silent => heard(HeardStep::Samples, Outcome::InitialSilence, ticks, "the samples are silent"),
        Level::Steady => {
            heard(HeardStep::Samples, Outcome::Babble, ticks, "the samples are noise that neither rises nor falls")
        }
        Level::Lively => {
            if let Some(rate) = true_rate(pcm) {
                let reason = format!("the header says {} Hz, but words are coded at {rate} Hz", pcm.rate);
                return heard(HeardStep::Header, Outcome::InitialSilence, ticks, reason);
            }
            heard(HeardStep::NoMatch, Outcome::NoMatch, ticks, "the samples rise and fall, but no words are coded")
        }
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
