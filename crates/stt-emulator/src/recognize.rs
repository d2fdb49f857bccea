//! From a body and what was asked about it to a result.

use crate::asked::Asked;
use crate::audio::{self, HeardStep, HeardWord, Listened, Outcome, TICKS_PER_MS, WavFacts, hear, wav_facts};
use crate::config::Config;
use crate::hearing::{HeardAnswer, HeardStatus, Sidecar};
use crate::media::Container;
use crate::profanity;
use crate::result::Recognition;
use crate::rule::Rule;
use crate::rules;
use crate::said::{CONFIDENCE, SNR, Said};
use crate::scoring::{Given, Spoken};
use crate::verdict::{Heard, Verdict};
use crate::wording::{Wording, lexical};

/// What there is to say about the audio of a request.
#[expect(clippy::large_enum_variant, reason = "it is taken apart where it is returned, and never kept")]
pub(crate) enum Recognized {
    Answered(Verdict),
    /// A recognizer is to listen to audio of this length in ticks.
    Asks(u64),
}

/// The answer to `asked` for the audio in `body`, to which `listen` listens if it must be.
pub(crate) fn recognize<'a>(
    asked: &Asked,
    body: &'a [u8],
    config: &Config,
    listen: impl FnOnce() -> Listened<'a>,
) -> Recognized {
    if let Some(verdict) = declared(asked, body) {
        return Recognized::Answered(verdict);
    }
    let unspoken = match listen() {
        Listened::Heard(heard) => return Recognized::Answered(verdict(asked, body, heard)),
        Listened::Unspoken(unspoken) => unspoken,
    };
    if let Some(Sidecar { file, answer }) = config.audio_dir.find(body) {
        let reason = format!("{file} is written beside a clip with these samples");
        return Recognized::Answered(told(asked, answer, unspoken.audio_ticks, "sidecar", reason));
    }
    match config.recognizer {
        Some(_) => Recognized::Asks(unspoken.audio_ticks),
        None => Recognized::Answered(verdict(asked, body, unspoken.judge())),
    }
}

/// The answer to `asked` where nobody listens to audio without words.
pub(crate) fn unheard(asked: &Asked, body: &[u8]) -> Verdict {
    declared(asked, body).unwrap_or_else(|| verdict(asked, body, hear(body)))
}

/// The answer to `asked` for what a recognizer hears.
pub(crate) fn recognized(asked: &Asked, answer: &HeardAnswer, audio_ticks: u64, reason: String) -> Verdict {
    told(asked, answer, audio_ticks, "recognizer", reason)
}

/// How many seconds of audio are heard at most.
pub(crate) fn listened_seconds(asked: &Asked) -> u32 {
    if asked.assessment.is_some() { 30 } else { 60 }
}

/// The rules by which a header that need not be believed is.
fn headed(asked: &Asked, body: &[u8]) -> Vec<Rule> {
    let facts = match asked.container {
        Container::Wav => wav_facts(body),
        Container::Ogg | Container::Silent(_) => None,
    };
    let Some(WavFacts { rate, sizes_are_true }) = facts else { return Vec::new() };
    let applied = [(rules::WAV_RATE, rate != USUAL_RATE), (rules::WAV_SIZES_IGNORED, !sizes_are_true)];
    applied.into_iter().filter_map(|(rule, applies)| applies.then_some(rule)).collect()
}

/// What the head and the first bytes of the body decide.
fn declared(asked: &Asked, body: &[u8]) -> Option<Verdict> {
    if body.is_empty() {
        return Some(Verdict::of(rules::BODY_EMPTY, "the body is empty"));
    }
    if let Container::Silent(rule) = asked.container {
        let reason = "the Content-Type is one that the service hears as silence";
        return Some(without_words("InitialSilenceTimeout", FIVE_SECONDS, 0).rule(rule).reason(reason));
    }
    let declared: &[u8] = if asked.container == Container::Ogg { b"RIFF" } else { b"OggS" };
    let why = "the body is of another kind than the Content-Type says";
    body.starts_with(declared).then(|| Verdict::of(rules::CONTENT_TYPE_MISMATCH, why))
}

/// The answer for what a body itself tells.
fn verdict(asked: &Asked, body: &[u8], heard: audio::Heard) -> Verdict {
    let ended = heard.listening_ended();
    let (by, audio_ticks) = (step(heard.step), heard.audio_ticks);
    let verdict = match heard.outcome {
        Outcome::Empty => Verdict::of(rules::BODY_EMPTY, heard.reason),
        Outcome::NotAudio { .. } => Verdict::of(rules::BODY_NOT_AUDIO, heard.reason),
        Outcome::NoSamples => Verdict::of(rules::WAV_WITHOUT_SAMPLES, heard.reason),
        Outcome::InitialSilence => {
            without_words("InitialSilenceTimeout", ended, 0).rule(rules::INITIAL_SILENCE).reason(heard.reason)
        }
        Outcome::Babble => without_words("BabbleTimeout", ended, 0).rule(rules::BABBLE).reason(heard.reason),
        Outcome::NoMatch => without_words("NoMatch", 0, audio_ticks).rule(rules::NO_MATCH).reason(heard.reason),
        Outcome::Words { words, language } => said(asked, words, language.as_deref(), None).or_reason(heard.reason),
    };
    headed(asked, body).into_iter().fold(verdict, Verdict::rule).heard(by, audio_ticks)
}

/// The answer for what somebody else tells of a body.
fn told(asked: &Asked, answer: &HeardAnswer, audio_ticks: u64, by: &'static str, reason: String) -> Verdict {
    let ended = audio_ticks.min(FIVE_SECONDS);
    let verdict = match answer.status {
        HeardStatus::Success => {
            let listened = u64::from(listened_seconds(asked)) * SECOND;
            let words = answer.spoken(if by == "recognizer" { audio_ticks.min(listened) } else { audio_ticks });
            said(asked, words, answer.language.as_deref(), Some(answer)).or_reason(reason)
        }
        HeardStatus::NoMatch => without_words("NoMatch", 0, audio_ticks).rule(rules::NO_MATCH).reason(reason),
        HeardStatus::InitialSilenceTimeout => {
            without_words("InitialSilenceTimeout", ended, 0).rule(rules::INITIAL_SILENCE).reason(reason)
        }
        HeardStatus::BabbleTimeout => without_words("BabbleTimeout", ended, 0).rule(rules::BABBLE).reason(reason),
        HeardStatus::Error => without_words("Error", 0, 0).rule(rules::RECOGNITION_ERROR).reason(reason),
    };
    verdict.heard(by, audio_ticks)
}

/// The answer to words, as far as they are heard at all; `written` says what they do not.
fn said(asked: &Asked, mut words: Vec<HeardWord>, spoken: Option<&str>, written: Option<&HeardAnswer>) -> Verdict {
    let offset = words.first().map_or(0, |word| word.offset);
    let duration = words.last().map_or(0, end).saturating_sub(offset);
    if let (Some(wanted), Some(spoken)) = (asked.language.as_deref(), spoken)
        && !same_language(wanted, spoken)
    {
        return without_words("NoMatch", offset, duration)
            .rule(rules::LANGUAGE_MISMATCH)
            .reason(format!("{spoken} was spoken where {wanted} was asked for"));
    }
    if FIVE_SECONDS < offset {
        return without_words("InitialSilenceTimeout", FIVE_SECONDS, 0)
            .rule(rules::LEADING_SILENCE)
            .reason("the first word begins after five seconds");
    }
    let limit = u64::from(listened_seconds(asked)) * SECOND;
    let cut = if asked.assessment.is_some() { rules::AUDIO_CUT_ASSESSED } else { rules::AUDIO_CUT };
    let count = words.len();
    words.retain(|word| end(word) <= limit);
    let lost = count - words.len();
    let verdict = match words.is_empty() {
        true => without_words("NoMatch", offset, limit - offset).rule(rules::NO_MATCH),
        // What is written of all the words is not true of some.
        false => success(asked, &words, written.filter(|_| lost == 0)),
    };
    match lost {
        0 => verdict,
        _ => verdict.rule(cut).reason(format!("{lost} of {count} words lie beyond {} seconds", limit / SECOND)),
    }
}

/// The result for at least one word.
fn success(asked: &Asked, words: &[HeardWord], written: Option<&HeardAnswer>) -> Verdict {
    let offset = words.first().map_or(0, |word| word.offset);
    let said = Said {
        wording: wording(asked, words, written),
        offset,
        duration: words.last().map_or(0, end) - offset,
        words: spoken(words),
        confidence: written.and_then(|written| written.confidence).unwrap_or(CONFIDENCE),
        snr: SNR,
        given: Given::default(),
        others: Vec::new(),
    };
    said.verdict(asked)
}

/// The forms of the words, where they are not written down.
fn wording(asked: &Asked, words: &[HeardWord], written: Option<&HeardAnswer>) -> Wording {
    let spoken = || words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
    let Some(written) = written else { return Wording::of(&spoken(), asked.profanity) };
    let wording = Wording::of(&written.shown().unwrap_or_else(spoken), asked.profanity);
    let lexical = written.lexical.clone().unwrap_or(wording.lexical);
    let itn = written.itn.clone().unwrap_or_else(|| lexical.clone());
    let masked_itn = written.masked_itn.clone().unwrap_or_else(|| profanity::treat(&itn, asked.profanity));
    Wording { lexical, itn, masked_itn, ..wording }
}

fn without_words(status: &'static str, offset: u64, duration: u64) -> Verdict {
    let about = Heard { by: "content-type", status: Some(status), ..Heard::default() };
    let result = Recognition::without_words(status, offset, duration);
    Verdict { recognition: Some(about), ..Verdict::json(&result) }
}

/// The words in lexical form; one that was heard as several shares its time among them.
fn spoken(words: &[HeardWord]) -> Vec<Spoken> {
    let mut spoken = Vec::new();
    for word in words {
        let lexical = lexical(&word.text);
        let count = lexical.split_whitespace().count() as u64;
        for (at, text) in (0..).zip(lexical.split_whitespace()) {
            let share = word.duration / count;
            spoken.push(Spoken {
                text: text.to_owned(),
                offset: word.offset + at * share,
                duration: share,
                accuracy: f64::from(word.accuracy.unwrap_or(100)),
                ..Spoken::default()
            });
        }
    }
    spoken
}

fn end(word: &HeardWord) -> u64 {
    word.offset + word.duration
}

/// British words are understood where American ones are expected, German ones are not.
fn same_language(wanted: &str, spoken: &str) -> bool {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    primary(wanted) == primary(spoken)
}

fn step(step: HeardStep) -> &'static str {
    match step {
        HeardStep::Refused => "refused",
        HeardStep::Header => "header",
        HeardStep::Coded => "coded",
        HeardStep::Metadata => "metadata",
        HeardStep::Samples => "samples",
        HeardStep::NoMatch => "no-match",
    }
}

const SECOND: u64 = 1_000 * TICKS_PER_MS;

/// That of Microsoft's table of audio formats, in Hz.
const USUAL_RATE: u32 = 16_000;

/// Where the service was observed to give up on silence.
const FIVE_SECONDS: u64 = 5 * SECOND;
