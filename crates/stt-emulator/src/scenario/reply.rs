//! An answer to a recognition, written down beforehand.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scenario::inspect::{Inspect, Inspection};
use crate::scenario::raw::Raw;
use crate::scenario::word::Word;
use crate::span::Span;

/// An answer to a recognition, written down beforehand.
///
/// It is given in the form that a request asks for: simple or detailed, with its profanity masked, with pronunciation
/// scores. What it does not say follows from what it says.
///
/// ```
/// use stt_emulator::Reply;
///
/// let reply = Reply::text("What's the weather like?").confidence(0.92).times(180, 1_340);
/// # drop(reply);
/// ```
#[must_use]
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reply {
    /// The `RecognitionStatus`; Success where there are words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<Status>,
    /// The text as it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) display: Option<String>,
    /// The text in words; by default the display form in lower case without punctuation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lexical: Option<String>,
    /// The text with numbers in digits; by default the lexical form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) itn: Option<String>,
    /// The same with its profanity masked; by default made of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) masked_itn: Option<String>,
    /// From 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) confidence: Option<f64>,
    /// In decibels; it is part of an assessment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) snr: Option<f64>,
    /// When the speech begins, in milliseconds; by default with the first word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) offset_ms: Option<u64>,
    /// How long the speech takes, in milliseconds; by default to the end of the last word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration_ms: Option<u64>,
    /// Other texts that it might have been, for a detailed result.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) alternatives: Vec<Other>,
    /// The words; by default those of the display form, each as long as the others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) words: Vec<Word>,
    /// `AccuracyScore`, 0 to 100; by default the mean over the words.
    #[schemars(range(min = 0.0, max = 100.0))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) accuracy: Option<f64>,
    /// `FluencyScore`, 0 to 100; by default it follows from the times of the words.
    #[schemars(range(min = 0.0, max = 100.0))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fluency: Option<f64>,
    /// `ProsodyScore`, 0 to 100.
    #[schemars(range(min = 0.0, max = 100.0))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) prosody: Option<f64>,
    /// `CompletenessScore`, 0 to 100; by default it follows from the reference text.
    #[schemars(range(min = 0.0, max = 100.0))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) completeness: Option<f64>,
    /// `PronScore`, 0 to 100; by default it follows from the other scores by Microsoft's published weights.
    #[schemars(range(min = 0.0, max = 100.0))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pron_score: Option<f64>,
    /// How long the answer is held back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wait: Option<Span>,
    /// An answer byte by byte, in place of all that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) raw: Option<Raw>,
}

/// A text that it might have been instead.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Other {
    pub(crate) display: String,
    /// From 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) confidence: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lexical: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) itn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) masked_itn: Option<String>,
}

/// A `RecognitionStatus`.
///
/// The first five are documented for this API, the others stand in Microsoft's JavaScript SDK for the same service.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub(crate) enum Status {
    #[default]
    Success,
    NoMatch,
    InitialSilenceTimeout,
    BabbleTimeout,
    Error,
    EndOfDictation,
    TooManyRequests,
    BadRequest,
    Forbidden,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::NoMatch => "NoMatch",
            Self::InitialSilenceTimeout => "InitialSilenceTimeout",
            Self::BabbleTimeout => "BabbleTimeout",
            Self::Error => "Error",
            Self::EndOfDictation => "EndOfDictation",
            Self::TooManyRequests => "TooManyRequests",
            Self::BadRequest => "BadRequest",
            Self::Forbidden => "Forbidden",
        }
    }
}

impl Reply {
    /// A success with this text as it is shown.
    pub fn text(display: impl Into<String>) -> Self {
        Self { display: Some(display.into()), ..Self::default() }
    }

    /// A success with these words, whose text they are with blanks between.
    pub fn words(words: impl IntoIterator<Item = Word>) -> Self {
        Self { words: words.into_iter().collect(), ..Self::default() }
    }

    /// `NoMatch`.
    pub fn no_match() -> Self {
        Self::of(Status::NoMatch)
    }

    /// `InitialSilenceTimeout`.
    pub fn silence() -> Self {
        Self::of(Status::InitialSilenceTimeout)
    }

    /// `BabbleTimeout`.
    pub fn babble() -> Self {
        Self::of(Status::BabbleTimeout)
    }

    /// The `RecognitionStatus` called `Error`, with the HTTP status 200.
    pub fn error() -> Self {
        Self::of(Status::Error)
    }

    /// This HTTP status with this body, whatever was asked for.
    pub fn raw(status: http::StatusCode, body: impl AsRef<[u8]>) -> Self {
        let body_base64 = Some(STANDARD.encode(body));
        let status = status.as_u16();
        Self { raw: Some(Raw { status, body_base64, ..Raw::default() }), ..Self::default() }
    }

    /// The confidence of the text, from 0 to 1.
    pub fn confidence(mut self, confidence: f64) -> Self {
        self.confidence = Some(confidence.clamp(0.0, 1.0));
        self
    }

    /// When the speech begins and how long it takes, in milliseconds; no more than a day each.
    pub fn times(mut self, offset_ms: u64, duration_ms: u64) -> Self {
        (self.offset_ms, self.duration_ms) = (Some(offset_ms), Some(duration_ms));
        self
    }

    /// Another text that it might have been, with its confidence from 0 to 1.
    pub fn alternative(mut self, display: impl Into<String>, confidence: f64) -> Self {
        let confidence = Some(confidence.clamp(0.0, 1.0));
        self.alternatives.push(Other { display: display.into(), confidence, ..Other::default() });
        self
    }

    /// `FluencyScore`, 0 to 100.
    pub fn fluency(mut self, score: f64) -> Self {
        self.fluency = Some(score.clamp(0.0, 100.0));
        self
    }

    /// `ProsodyScore`, 0 to 100, where prosody is asked for.
    pub fn prosody(mut self, score: f64) -> Self {
        self.prosody = Some(score.clamp(0.0, 100.0));
        self
    }

    /// `PronScore`, 0 to 100, in place of what the other scores make.
    pub fn pron_score(mut self, score: f64) -> Self {
        self.pron_score = Some(score.clamp(0.0, 100.0));
        self
    }

    /// How long the answer is held back.
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = Some(Span(wait));
        self
    }

    fn of(status: Status) -> Self {
        Self { status: Some(status), ..Self::default() }
    }

    /// Takes these for what it does not say itself.
    pub(crate) fn complete(&mut self, confidence: Option<f64>, snr: Option<f64>) {
        self.confidence = self.confidence.or(confidence);
        self.snr = self.snr.or(snr);
    }

    /// The fields that only a success has, with whether they are there.
    fn of_a_success(&self) -> BTreeMap<&'static str, bool> {
        BTreeMap::from([
            ("accuracy", self.accuracy.is_some()),
            ("alternatives", !self.alternatives.is_empty()),
            ("completeness", self.completeness.is_some()),
            ("confidence", self.confidence.is_some()),
            ("display", self.display.is_some()),
            ("fluency", self.fluency.is_some()),
            ("itn", self.itn.is_some()),
            ("lexical", self.lexical.is_some()),
            ("masked_itn", self.masked_itn.is_some()),
            ("pron_score", self.pron_score.is_some()),
            ("prosody", self.prosody.is_some()),
            ("snr", self.snr.is_some()),
            ("words", !self.words.is_empty()),
        ])
    }

    /// Times that cannot all be true.
    fn inspect_times(&self, inspection: &mut Inspection<'_>) {
        let said = self.words.iter().filter(|word| !word.is_omitted()).collect::<Vec<_>>();
        let timed = said.iter().filter_map(|word| Some((word, word.offset_ms?, word.duration_ms?))).collect::<Vec<_>>();
        if !timed.is_empty() && timed.len() < said.len() {
            inspection.wrong("words", "some words have times and some have not", "times for all words, or for none");
        }
        let mut after = self.offset_ms.unwrap_or(0);
        for (word, offset, duration) in &timed {
            if *offset < after {
                let problem = format!("{:?} begins at {offset} ms, before {after} ms", word.word);
                inspection.wrong("words", problem, "words that follow each other from offset_ms on");
            }
            after = offset.saturating_add(*duration);
        }
        let whole = self.offset_ms.unwrap_or(0).saturating_add(self.duration_ms.unwrap_or(u64::MAX));
        if !timed.is_empty() && whole < after {
            let problem = format!("the speech ends at {whole} ms, but its last word at {after} ms");
            inspection.wrong("duration_ms", problem, "an end that no word passes");
        }
    }
}

impl Inspect for Reply {
    fn inspect(&self, inspection: &mut Inspection<'_>) {
        let status = self.status.unwrap_or_default();
        if let Some(raw) = &self.raw {
            inspection.inside("raw", raw);
            let beside = self.of_a_success().into_values().any(|said| said);
            if beside || self.status.is_some() || self.offset_ms.is_some() || self.duration_ms.is_some() {
                inspection.wrong("raw", "raw is the whole answer", "nothing beside raw but wait");
            }
            return;
        }
        let spoken = self.of_a_success();
        if status == Status::Success {
            if self.display.is_none() && self.lexical.is_none() && self.words.is_empty() {
                inspection.wrong("", "a success says nothing", "display, words, another status, or raw");
            }
        } else {
            for (field, _) in spoken.into_iter().filter(|(_, said)| *said) {
                inspection.wrong(
                    field,
                    format!("a result of {} has no words", status.as_str()),
                    "status = \"Success\"",
                );
            }
        }
        inspection.within("confidence", self.confidence, 0.0, 1.0);
        let scores = [
            ("accuracy", self.accuracy),
            ("fluency", self.fluency),
            ("prosody", self.prosody),
            ("completeness", self.completeness),
            ("pron_score", self.pron_score),
        ];
        for (field, score) in scores {
            inspection.within(field, score, 0.0, 100.0);
        }
        for (field, ms) in [("offset_ms", self.offset_ms), ("duration_ms", self.duration_ms)] {
            inspection.within(field, ms.map(|ms| ms as f64), 0.0, LONGEST_MS as f64);
        }
        inspection.each("alternatives", &self.alternatives);
        inspection.each("words", &self.words);
        self.inspect_times(inspection);
    }
}

impl Inspect for Other {
    fn inspect(&self, inspection: &mut Inspection<'_>) {
        if self.display.is_empty() {
            inspection.wrong("", "an alternative says nothing", "the field `display`");
        }
        inspection.within("confidence", self.confidence, 0.0, 1.0);
    }
}

/// A day: far beyond what the service takes, and far from where ticks overflow.
pub(crate) const LONGEST_MS: u64 = 86_400_000;
