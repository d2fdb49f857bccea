//! One input and everything that was recognized in it.

use std::time::Duration;

use serde::{Serialize, Serializer};
use stt_model::{Language, Status, Ticks};

use crate::{escape::escape_in_json, segment::Segment, status::TranscriptStatus, tongue::Tongue};

/// One input and everything that was recognized in it.
///
/// Serializing gives the schema `stt.transcript/1`:
///
/// ```json
/// {"schema":"stt.transcript/1","input":"greeting.wav","language":"en-US","status":"Success","text":"Good morning.",
///  "audio_ms":1497,
///  "segments":[{"start_ms":530,"end_ms":1240,"status":"Success","text":"Good morning.","confidence":0.96,
///               "nbest":[{"display":"Good morning.","lexical":"good morning","itn":"good morning",
///                         "masked_itn":"good morning","confidence":0.96}],
///               "words":[{"word":"good","start_ms":530,"end_ms":760},{"word":"morning","start_ms":810,"end_ms":1240}],
///               "connection_id":"5f0c9d2ab1e84c7d9a3364f10b7e2c58","request_id":null,"attempts":1}]}
/// ```
///
/// Every field is always there, in this order. What is not known is `null`, a list of nothing `[]` and no text `""`.
/// Times are milliseconds from the start of the input. A segment that failed has the status `Failed` and one field
/// more, `"error":{"kind":"…","message":"…","status":503,"retryable":true}`; one whose audio was cut although nobody
/// paused there has `"forced_cut":true`. [`from_json`](Self::from_json) reads all this again.
#[must_use]
#[derive(Clone, Debug, PartialEq)]
pub struct Transcript {
    pub(crate) input: String,
    pub(crate) language: Language,
    pub(crate) audio: Option<Duration>,
    pub(crate) segments: Vec<Segment>,
}

impl Transcript {
    /// What was recognized in `input`; segments are put in the order of their [pieces](Segment::piece).
    pub fn new(input: impl Into<String>, language: Language, mut segments: Vec<Segment>) -> Self {
        segments.sort_by_key(|segment| segment.piece.start);
        Self { input: input.into(), language, audio: None, segments }
    }

    /// How long the audio of the whole input is.
    pub const fn audio(mut self, length: Duration) -> Self {
        self.audio = Some(length);
        self
    }

    /// Adds a segment in its place.
    pub fn push(&mut self, segment: Segment) {
        let place = self.segments.partition_point(|other| other.piece.start <= segment.piece.start);
        self.segments.insert(place, segment);
    }

    /// The language that was expected.
    #[must_use]
    pub const fn language(&self) -> &Language {
        &self.language
    }

    /// The name of the input.
    #[must_use]
    pub fn input(&self) -> &str {
        &self.input
    }

    /// The pieces, in the order of their time.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// With words, `Success` if all pieces were recognized and `Partial` if not; without words, what the first piece says.
    /// Without any piece nothing was there to recognize: `NoMatch`.
    #[must_use]
    pub fn status(&self) -> TranscriptStatus {
        let has_failed = self.segments.iter().any(|segment| segment.failure().is_some());
        match (self.has_words(), has_failed) {
            (true, true) => TranscriptStatus::Partial,
            (true, false) => TranscriptStatus::Answered(Status::Success),
            (false, _) => {
                let first = self.segments.first().map(Segment::status);
                first.unwrap_or(TranscriptStatus::Answered(Status::NoMatch))
            }
        }
    }

    /// Whether any words were recognized.
    #[must_use]
    pub fn has_words(&self) -> bool {
        self.segments.iter().any(Segment::has_words)
    }

    /// The texts of all pieces that have one, joined as the language joins sentences.
    #[must_use]
    pub fn text(&self) -> String {
        let texts: Vec<_> =
            self.segments.iter().map(|segment| segment.text().trim()).filter(|text| !text.is_empty()).collect();
        texts.join(Tongue::of(&self.language).between_sentences())
    }

    /// One line of JSON, without the line's end.
    ///
    /// Characters that a terminal would obey are escaped in it, so that it can be shown as it is.
    #[must_use]
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string(self).expect("texts, numbers and lists are always JSON");
        escape_in_json(&json).into_owned()
    }
}

impl Serialize for Transcript {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        TranscriptJson {
            schema: SCHEMA,
            input: &self.input,
            language: &self.language,
            status: self.status(),
            text: self.text(),
            audio_ms: self.audio.map(|length| Ticks::from(length).as_millis()),
            segments: &self.segments,
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
struct TranscriptJson<'a> {
    schema: &'static str,
    input: &'a str,
    language: &'a Language,
    status: TranscriptStatus,
    text: String,
    audio_ms: Option<u64>,
    segments: &'a [Segment],
}

pub(crate) const SCHEMA: &str = "stt.transcript/1";
