//! From an answer that was written down to a result.

use std::time::Duration;

use http::{HeaderName, HeaderValue, StatusCode};

use crate::asked::Asked;
use crate::audio::{TICKS_PER_MS, length};
use crate::profanity::{self, Profanity};
use crate::result::Recognition;
use crate::said::{CONFIDENCE, SNR, Said};
use crate::scenario::{LONGEST_MS, Other, Raw, Reply, Status, Word};
use crate::scoring::{ErrorType, Given, Spoken};
use crate::script::Canned;
use crate::span::Span;
use crate::verdict::{Heard, JSON, Verdict};
use crate::wording::{Wording, lexical};

impl Canned {
    /// The answer in the form that was asked for, with where it was written down and how long the audio in `body` is:
    /// it takes as long as if it had been listened to.
    pub(crate) fn verdict(&self, asked: &Asked, body: &[u8]) -> Verdict {
        let verdict = self.reply.verdict(asked);
        let about = verdict.recognition.unwrap_or_default();
        let audio_ms = length(body).map(|ticks| ticks / TICKS_PER_MS);
        let about = Heard { by: self.by, audio_ms, ..about };
        Verdict { recognition: Some(about), reason: self.why.clone(), ..verdict }
    }
}

impl Reply {
    /// The answer in the form that was asked for.
    pub(crate) fn verdict(&self, asked: &Asked) -> Verdict {
        let verdict = match (&self.raw, self.status.unwrap_or_default()) {
            (Some(raw), _) => raw.verdict(),
            (None, Status::Success) => self.said(asked).verdict(asked),
            (None, status) => self.without_words(status),
        };
        let wait = self.wait.map_or(Duration::ZERO, |Span(wait)| wait);
        Verdict { wait, ..verdict }
    }

    /// Where nothing was said, listening ended after five seconds, as the service was observed to answer.
    fn without_words(&self, status: Status) -> Verdict {
        let listened = matches!(status, Status::InitialSilenceTimeout | Status::BabbleTimeout);
        let offset = self.offset_ms.map_or(if listened { FIVE_SECONDS } else { 0 }, ticks);
        let result = Recognition::without_words(status.as_str(), offset, self.duration_ms.map_or(0, ticks));
        let about = Heard { status: Some(status.as_str()), ..Heard::default() };
        Verdict { recognition: Some(about), ..Verdict::json(&result) }
    }

    fn said(&self, asked: &Asked) -> Said {
        let display = self.display.clone().or_else(|| self.lexical.clone()).unwrap_or_else(|| self.joined());
        let words = self.spoken(&display);
        let first = words.iter().find(|word| !word.is_omitted()).map(|word| word.offset);
        let last = words.iter().rev().find(|word| !word.is_omitted()).map(Spoken::end);
        let offset = self.offset_ms.map(ticks).or(first).unwrap_or(0);
        let duration = self.duration_ms.map(ticks);
        let duration = duration.unwrap_or_else(|| last.unwrap_or(offset).saturating_sub(offset));
        let wording = wording(&display, [&self.lexical, &self.itn, &self.masked_itn], asked.profanity);
        let others = self.alternatives.iter().map(|other| other.said(asked.profanity));
        Said {
            wording,
            offset,
            duration,
            words,
            confidence: self.confidence.unwrap_or(CONFIDENCE),
            snr: self.snr.unwrap_or(SNR),
            given: Given {
                accuracy: self.accuracy,
                fluency: self.fluency,
                prosody: self.prosody,
                completeness: self.completeness,
                pron_score: self.pron_score,
            },
            others: others.collect(),
        }
    }

    /// The words with blanks between.
    fn joined(&self) -> String {
        let said = self.words.iter().filter(|word| !word.is_omitted());
        said.map(|word| word.word.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The words as they are scored; those without times share the time of the whole.
    fn spoken(&self, display: &str) -> Vec<Spoken> {
        let written: Vec<Word> = match self.words.is_empty() {
            true => display.split_whitespace().map(Word::new).collect(),
            false => self.words.clone(),
        };
        let begun = self.offset_ms.map_or(0, ticks);
        let count = written.iter().filter(|word| !word.is_omitted()).count() as u64;
        let whole = self.duration_ms.map_or(count * PACE, ticks);
        let begin = |at: u64| begun + (u128::from(whole) * u128::from(at) / u128::from(count.max(1))) as u64;
        let mut at = 0;
        let mut spoken = Vec::new();
        for word in &written {
            let (mut offset, mut end) = (begin(at), begin(at + 1));
            if let (Some(told), Some(duration)) = (word.offset_ms, word.duration_ms) {
                (offset, end) = (ticks(told), ticks(told) + ticks(duration));
            }
            at += u64::from(!word.is_omitted());
            spoken.extend(word.spoken(offset, end.saturating_sub(offset)));
        }
        spoken
    }
}

impl Word {
    /// The word as it is scored; one that is written as several shares its time among them.
    fn spoken(&self, offset: u64, duration: u64) -> impl Iterator<Item = Spoken> {
        let lexical = lexical(&self.word);
        let texts = lexical.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let share = duration.checked_div(texts.len() as u64).unwrap_or(0);
        let wrong = matches!(self.error, Some(ErrorType::Mispronunciation | ErrorType::Omission));
        let accuracy = self.accuracy.unwrap_or(if wrong { 0.0 } else { 100.0 });
        let phonemes = self.phonemes.iter().map(|phoneme| (phoneme.p.clone(), phoneme.accuracy.unwrap_or(accuracy)));
        let spoken = Spoken { accuracy, error: self.error, phonemes: phonemes.collect(), ..Spoken::default() };
        (0..).zip(texts).map(move |(at, text)| Spoken {
            text,
            offset: offset + share * at,
            duration: share,
            ..spoken.clone()
        })
    }
}

impl Other {
    fn said(&self, profanity: Profanity) -> (Wording, f64) {
        let wording = wording(&self.display, [&self.lexical, &self.itn, &self.masked_itn], profanity);
        (wording, self.confidence.unwrap_or(CONFIDENCE))
    }
}

impl Raw {
    fn verdict(&self) -> Verdict {
        let headers = self
            .headers
            .iter()
            .filter_map(|(name, value)| Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?)));
        Verdict {
            status: StatusCode::from_u16(self.status).unwrap_or_default(),
            content_type: JSON,
            body: self.bytes(),
            headers: headers.collect(),
            ..Verdict::default()
        }
    }
}

/// The forms of a text, as far as they are given; the others follow from the display form.
fn wording(display: &str, [lexical, itn, masked_itn]: [&Option<String>; 3], profanity: Profanity) -> Wording {
    let usual = Wording::of(display, profanity);
    let lexical = lexical.clone().unwrap_or(usual.lexical);
    let itn = itn.clone().unwrap_or_else(|| lexical.clone());
    let masked_itn = masked_itn.clone().unwrap_or_else(|| profanity::treat(&itn, profanity));
    Wording { lexical, itn, masked_itn, display: usual.display }
}

fn ticks(milliseconds: u64) -> u64 {
    milliseconds.min(LONGEST_MS) * TICKS_PER_MS
}

/// Where the service was observed to give up on silence.
const FIVE_SECONDS: u64 = 5_000 * TICKS_PER_MS;

/// The time of a word without one: 150 words a minute, at which audio books are read.
const PACE: u64 = 400 * TICKS_PER_MS;
