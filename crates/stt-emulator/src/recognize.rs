//! From a body and what was asked about it to a result.

use crate::asked::Asked;
use crate::audio::{HeardStep, HeardWord, Outcome, hear};
use crate::config::Profile;
use crate::media::Container;
use crate::profanity::Profanity;
use crate::result::{Alternative, Recognition, TimedWord, Words};
use crate::rule::Rule;
use crate::rules;
use crate::scoring::{Spoken, assess};
use crate::verdict::{Heard, Verdict};
use crate::wording::{Wording, lexical};

/// The answer to `asked` for the audio in `body`.
pub(crate) fn recognize(asked: &Asked, body: &[u8]) -> Verdict {
    if body.is_empty() {
        return Verdict::of(rules::BODY_EMPTY, "the body is empty");
    }
    if let Container::Silent(rule) = asked.container {
        return without_words("InitialSilenceTimeout", FIVE_SECONDS, 0)
            .rule(rule)
            .reason("the Content-Type is one that the service hears as silence");
    }
    let declared: &[u8] = if asked.container == Container::Ogg { b"RIFF" } else { b"OggS" };
    if body.starts_with(declared) {
        let why = "the body is of another kind than the Content-Type says";
        return Verdict::of(rules::CONTENT_TYPE_MISMATCH, why);
    }
    let heard = hear(body);
    let ended = heard.listening_ended();
    let verdict = match heard.outcome {
        Outcome::Empty => Verdict::of(rules::BODY_EMPTY, heard.reason),
        Outcome::NotAudio { .. } => Verdict::of(rules::BODY_NOT_AUDIO, heard.reason),
        Outcome::NoSamples => Verdict::of(rules::WAV_WITHOUT_SAMPLES, heard.reason),
        Outcome::InitialSilence => {
            without_words("InitialSilenceTimeout", ended, 0).rule(rules::INITIAL_SILENCE).reason(heard.reason)
        }
        Outcome::Babble => without_words("BabbleTimeout", ended, 0).rule(rules::BABBLE).reason(heard.reason),
        Outcome::NoMatch => without_words("NoMatch", 0, heard.audio_ticks).rule(rules::NO_MATCH).reason(heard.reason),
        Outcome::Words { words, language } => {
            let verdict = said(asked, words, language.as_deref());
            let reason = if verdict.reason.is_empty() { heard.reason } else { verdict.reason };
            Verdict { reason, ..verdict }
        }
    };
    let about = verdict.recognition.unwrap_or_default();
    let by = step(heard.step);
    let audio_ms = Some(heard.audio_ticks / TICKS_PER_MS);
    Verdict { recognition: Some(Heard { by, audio_ms, ..about }), ..verdict }
}

/// The answer to words, as far as they are heard at all.
fn said(asked: &Asked, mut words: Vec<HeardWord>, spoken: Option<&str>) -> Verdict {
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
    let (limit, cut) = match asked.assessment {
        Some(_) => (30 * SECOND, rules::AUDIO_CUT_ASSESSED),
        None => (60 * SECOND, rules::AUDIO_CUT),
    };
    let count = words.len();
    words.retain(|word| end(word) <= limit);
    let lost = count - words.len();
    let verdict = match words.is_empty() {
        true => without_words("NoMatch", offset, limit - offset).rule(rules::NO_MATCH),
        false => success(asked, &words),
    };
    match lost {
        0 => verdict,
        _ => verdict.rule(cut).reason(format!("{lost} of {count} words lie beyond {} seconds", limit / SECOND)),
    }
}

/// The result for at least one word.
fn success(asked: &Asked, words: &[HeardWord]) -> Verdict {
    let text = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
    let wording = Wording::of(&text, asked.profanity);
    let offset = words.first().map_or(0, |word| word.offset);
    let mut applied: Vec<Rule> = Vec::new();
    if asked.profanity == Profanity::Removed && wording.display.is_empty() {
        applied.push(rules::PROFANITY_ONLY);
    }
    let mut scores = None;
    let mut listed = None;
    if let Some(parameters) = &asked.assessment {
        let (overall, words) = assess(&spoken(words), parameters, asked.language.as_deref());
        scores = Some(overall);
        listed = words.map(Words::Scored);
        applied.extend(assessment_rules(asked));
    } else if asked.word_times && asked.detailed {
        listed = Some(Words::Timed(timed(words)));
        applied.push(rules::WORD_TIMES);
    }
    let assessed = scores.is_some();
    let detailed = asked.detailed || assessed;
    let display_text = (!detailed || assessed || asked.profile == Profile::Observed).then(|| wording.display.clone());
    if detailed && !assessed && display_text.is_some() {
        applied.push(rules::DETAILED_DISPLAY_TEXT);
    }
    let recognition = Recognition {
        recognition_status: "Success",
        display_text,
        offset,
        duration: words.last().map_or(0, end) - offset,
        snr: assessed.then_some(SNR),
        nbest: detailed.then(|| {
            vec![Alternative {
                confidence: CONFIDENCE,
                lexical: wording.lexical,
                itn: wording.itn,
                masked_itn: wording.masked_itn,
                display: wording.display.clone(),
                scores,
                words: listed,
            }]
        }),
    };
    let about = Heard { status: Some("Success"), text: Some(wording.display), ..Heard::default() };
    Verdict { rules: applied, recognition: Some(about), ..Verdict::json(&recognition) }
}

fn assessment_rules(asked: &Asked) -> Vec<Rule> {
    let mut applied = vec![rules::ASSESSMENT_DETAILED];
    let Some(parameters) = &asked.assessment else {
        return applied;
    };
    if parameters.reference.is_empty() {
        applied.push(rules::ASSESSMENT_UNSCRIPTED);
    }
    if parameters.comprehensive {
        applied.push(rules::ASSESSMENT_SCORE);
    }
    let english = asked.language.as_deref().is_some_and(|it| it.eq_ignore_ascii_case("en-US"));
    if parameters.prosody && !english {
        applied.push(rules::PROSODY_ELSEWHERE);
    }
    applied
}

fn without_words(status: &'static str, offset: u64, duration: u64) -> Verdict {
    let about = Heard { by: "content-type", status: Some(status), ..Heard::default() };
    let result = Recognition::without_words(status, offset, duration);
    Verdict { recognition: Some(about), ..Verdict::json(&result) }
}

/// The words in lexical form with their times; one that was heard as several shares its time among them.
fn timed(words: &[HeardWord]) -> Vec<TimedWord> {
    let spoken = spoken(words).into_iter();
    spoken.map(|Spoken { text: word, offset, duration, .. }| TimedWord { word, offset, duration }).collect()
}

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

const TICKS_PER_MS: u64 = 10_000;
const SECOND: u64 = 1_000 * TICKS_PER_MS;

/// Where the service was observed to give up on silence.
const FIVE_SECONDS: u64 = 5 * SECOND;

/// Nothing measures it; that of a sample in Microsoft's REST page.
const CONFIDENCE: f64 = 0.924_598_63;

/// Nothing measures it; a clean recording has about so many decibels.
const SNR: f64 = 38.7;
