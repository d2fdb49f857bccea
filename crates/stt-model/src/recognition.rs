//! The answer to one recognition, simple, detailed or with pronunciation scores.

use std::str;

use serde::de::MapAccess;

use crate::lenient::Lenient;
use crate::object::{Field, object};
use crate::{Alternative, Error, JsonError, Status, Ticks};

/// The service's JSON answer.
///
/// One type for all forms: what the form does not have is absent. Reading tolerates numbers as
/// text, unknown fields and unknown words; it refuses an answer without `RecognitionStatus`, arrays
/// in the place of objects and a field that stands twice. Writing gives the wire's names back.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recognition {
    /// `RecognitionStatus`: what became of it.
    pub status: Status,
    /// `DisplayText`: the text for people, in the simple form and in newer detailed answers
    /// (documented).
    pub display_text: Option<String>,
    /// `Offset`: where the speech begins in the audio; after silence, where the service stopped
    /// listening (observed).
    pub offset: Option<Ticks>,
    /// `Duration`: how long the speech is; 0 after silence (observed).
    pub duration: Option<Ticks>,
    /// `SNR`: the ratio of signal to noise (documented without a unit; decibels by its values).
    pub snr: Option<f64>,
    /// `Channel`: the audio channel (Speech SDK JSON).
    pub channel: Option<u64>,
    /// `Id`: 32 hex digits (Speech SDK JSON).
    pub id: Option<String>,
    /// `Format`: `Detailed` in old samples (Speech SDK JSON).
    pub format: Option<String>,
    /// `PrimaryLanguage`: the language that was detected (Speech SDK JSON).
    pub primary_language: Option<PrimaryLanguage>,
    /// `SpeakerId`: who spoke (Speech SDK JSON).
    pub speaker_id: Option<String>,
    /// `Type`: named by the Speech SDK, its meaning not known.
    pub r#type: Option<String>,
    /// `NBest`: the alternatives of the detailed form, in the service's order; empty when nothing
    /// was recognized.
    pub nbest: Vec<Alternative>,
}

object!(Recognition, Recognition::new(Status::Other(String::new())), Some("RecognitionStatus"), {
    "RecognitionStatus" => status,
    "DisplayText" => display_text,
    "Offset" => offset,
    "Duration" => duration,
    "SNR" => snr,
    "Channel" => channel,
    "Id" => id,
    "Format" => format,
    "PrimaryLanguage" => primary_language,
    "SpeakerId" => speaker_id,
    "Type" => r#type,
    "NBest" => nbest,
});

impl Recognition {
    /// An answer with this status and nothing else.
    #[must_use]
    pub const fn new(status: Status) -> Self {
        Self {
            status,
            display_text: None,
            offset: None,
            duration: None,
            snr: None,
            channel: None,
            id: None,
            format: None,
            primary_language: None,
            speaker_id: None,
            r#type: None,
            nbest: Vec::new(),
        }
    }

    /// Reads the body of an answer: UTF-8, with or without a byte order mark.
    ///
    /// # Errors
    ///
    /// [`Error::NotJson`], [`Error::Truncated`], [`Error::NoStatus`] or [`Error::WrongShape`].
    pub fn from_slice(body: &[u8]) -> Result<Self, Error> {
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        let is_object = body.trim_ascii_start().starts_with(b"{");
        // One check of the whole text is cheaper than one for each string (measured).
        let text = match str::from_utf8(body) {
            Ok(text) => text,
            Err(error) if is_object && error.error_len().is_none() => {
                return Err(Error::Truncated(JsonError::new(&error)));
            }
            Err(error) => return Err(Error::NotJson(JsonError::new(&error))),
        };
        serde_json::from_str(text).map_err(|error| {
            let detail = JsonError::new(&error);
            match error.classify() {
                serde_json::error::Category::Data if lacks_status(text) => Error::NoStatus(detail),
                serde_json::error::Category::Data => Error::WrongShape(detail),
                serde_json::error::Category::Eof if is_object => Error::Truncated(detail),
                _ => Error::NotJson(detail),
            }
        })
    }

    /// The recognized text: `DisplayText`, else that of the [best](Self::best) alternative.
    ///
    /// `Some("")` is a result too: the service recognized something and gave no text for it, as
    /// with profanity that was removed.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.display_text.as_deref().or_else(|| self.best()?.text())
    }

    /// The alternative that the service put first, the one whose text is the result.
    ///
    /// It is not always the one with the highest confidence: Microsoft's own sample has 0.905
    /// before 0.925.
    #[must_use]
    pub fn best(&self) -> Option<&Alternative> {
        self.nbest.first()
    }
}

impl Field for Status {
    fn read<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error> {
        map.next_value().map(|Lenient(status)| status)
    }
}

/// The language that the service detected, where language detection was on (Speech SDK JSON).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct PrimaryLanguage {
    /// `Language`: the locale.
    pub language: String,
    /// `Confidence`: text in the Speech SDK.
    pub confidence: Option<String>,
}

object!(PrimaryLanguage {
    "Language" => language,
    "Confidence" => confidence,
});

/// Whether a text is JSON, but no object that has a status.
fn lacks_status(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text).is_ok_and(|value| value.get("RecognitionStatus").is_none())
}
