//! One recognition in its place on the time line, or the failure that stands there instead.

use serde::{Deserialize, Serialize, Serializer};
use stt_model::{Alternative, DisplayWord, Recognition, Ticks, Word};

use crate::{
    pace::{Heard, TimedWord, letters},
    status::TranscriptStatus,
    time::{Piece, Span, in_order},
};

/// One recognition in its place on the time line, or the failure that stands there instead.
///
/// ```
/// use stt_model::Ticks;
/// use stt_transcript::{Failure, Segment};
///
/// let failure = Failure {
///     kind: "service".to_owned(),
///     message: "the service is not available (503)".to_owned(),
///     status: Some(503),
///     retryable: true,
/// };
/// let segment = Segment::new(Err(failure)).piece(Ticks::from_millis(55_000), None).attempts(3);
///
/// assert_eq!(segment.text(), "");
/// ```
#[must_use]
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    pub(crate) outcome: Result<Recognition, Failure>,
    pub(crate) piece: Piece,
    pub(crate) connection_id: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) forced_cut: bool,
}

/// Why a piece has no recognition.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Failure {
    /// A short word for programs.
    pub kind: String,
    /// A sentence for people.
    pub message: String,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// Whether the same again may succeed.
    #[serde(default)]
    pub retryable: bool,
}

impl Segment {
    /// What became of a whole input, or of a [`piece`](Self::piece) of it.
    pub const fn new(outcome: Result<Recognition, Failure>) -> Self {
        let piece = Piece { start: Ticks(0), end: None };
        Self { outcome, piece, connection_id: None, request_id: None, attempts: 0, forced_cut: false }
    }

    /// Where in the input the audio of this recognition begins and, if that is known, ends.
    ///
    /// The times in the answer count from there. Those beyond the end are not believed, nor those of words that would
    /// begin before the word that precedes them.
    pub const fn piece(mut self, start: Ticks, end: Option<Ticks>) -> Self {
        self.piece = Piece { start, end };
        self
    }

    /// The id of the connection, by which Microsoft's support finds it: 32 hex digits.
    pub fn connection_id(mut self, id: impl Into<String>) -> Self {
        self.connection_id = Some(id.into());
        self
    }

    /// The id that the service gave the request.
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = Some(id.into());
        self
    }

    /// How many requests were made for it.
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Whether the audio was cut at the end of the piece although nobody paused there.
    ///
    /// A word may be lost or cut in two at such a place.
    pub const fn forced_cut(mut self, forced: bool) -> Self {
        self.forced_cut = forced;
        self
    }

    /// What became of it.
    #[must_use]
    pub fn status(&self) -> TranscriptStatus {
        match &self.outcome {
            Ok(recognition) => TranscriptStatus::Answered(recognition.status.clone()),
            Err(_) => TranscriptStatus::Failed,
        }
    }

    /// The text for people; empty where there is none.
    #[must_use]
    pub fn text(&self) -> &str {
        self.recognition().and_then(Recognition::text).unwrap_or_default()
    }

    /// Whether any words were recognized.
    #[must_use]
    pub fn has_words(&self) -> bool {
        !self.text().trim().is_empty()
    }

    /// The answer of the service.
    #[must_use]
    pub fn recognition(&self) -> Option<&Recognition> {
        self.outcome.as_ref().ok()
    }

    /// Why there is no answer.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        self.outcome.as_ref().err()
    }

    /// How sure the service is of the text.
    #[must_use]
    pub fn confidence(&self) -> Option<f64> {
        self.recognition()?.best()?.confidence
    }

    /// Where the words are; where there are none, the whole piece.
    pub(crate) fn span(&self) -> Span {
        let heard = self
            .recognition()
            .filter(|_| self.has_words())
            .map(|heard| self.piece.within(heard.offset, heard.duration))
            .filter(|span| span.start_ms.is_some() && span.end_ms.is_some());
        heard.unwrap_or_else(|| self.piece.span())
    }

    /// The same in milliseconds, its end where it is known.
    pub(crate) fn place(&self) -> (u64, Option<u64>) {
        let span = self.span();
        (span.start_ms.unwrap_or_default(), span.end_ms)
    }

    /// Whether it is known how long it takes.
    pub(crate) fn has_length(&self) -> bool {
        matches!(self.place(), (start, Some(end)) if start < end)
    }

    /// The same, with a guess where the end is not known: as long as people take to say a text of so many columns.
    pub(crate) fn heard(&self, columns: usize) -> Heard {
        let (start, end) = self.place();
        let guess = start.saturating_add(u64::try_from(columns).unwrap_or(u64::MAX).saturating_mul(1_000) / SPOKEN);
        let last = self.piece.end.map(Ticks::as_millis).filter(|last| start < *last);
        let end = end.filter(|end| start < *end).unwrap_or_else(|| last.map_or(guess, |last| guess.min(last)));
        Heard { start, end }
    }

    /// The words whose time is known, in their order.
    pub(crate) fn timed_words(&self) -> Vec<TimedWord> {
        let timed = self.words().into_iter().filter_map(|WordJson { word, span }| {
            let start = span.start_ms?;
            Some(TimedWord { letters: letters(word), heard: Heard { start, end: span.end_ms.unwrap_or(start) } })
        });
        timed.filter(|word| !word.letters.is_empty()).collect()
    }

    fn words(&self) -> Vec<WordJson<'_>> {
        let Some(best) = self.recognition().and_then(Recognition::best) else { return Vec::new() };
        let (words, mut spans): (Vec<_>, Vec<_>) = if best.words.is_empty() {
            best.display_words.iter().map(|word| (shown(word), self.piece.within(word.offset, word.duration))).unzip()
        } else {
            let spoken = |word: &'_ Word| self.piece.within(word.offset, word.duration);
            best.words.iter().map(|word| (word.word.as_str(), spoken(word))).unzip()
        };
        in_order(&mut spans);
        words.into_iter().zip(spans).map(|(word, span)| WordJson { word, span }).collect()
    }
}

/// The segment as it stands in a transcript's JSON. `forced_cut` and `error` alone may be missing.
impl Serialize for Segment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let nbest = self.recognition().map_or(&[][..], |heard| &heard.nbest);
        SegmentJson {
            span: self.span(),
            status: self.status(),
            text: self.text(),
            confidence: self.confidence(),
            nbest: nbest.iter().map(AlternativeJson::of).collect(),
            words: self.words(),
            connection_id: self.connection_id.as_deref(),
            request_id: self.request_id.as_deref(),
            attempts: self.attempts,
            forced_cut: self.forced_cut,
            error: self.failure(),
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
struct SegmentJson<'a> {
    #[serde(flatten)]
    span: Span,
    status: TranscriptStatus,
    text: &'a str,
    confidence: Option<f64>,
    nbest: Vec<AlternativeJson<'a>>,
    words: Vec<WordJson<'a>>,
    connection_id: Option<&'a str>,
    request_id: Option<&'a str>,
    attempts: u32,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    forced_cut: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Failure>,
}

#[derive(Serialize)]
struct AlternativeJson<'a> {
    display: Option<&'a str>,
    lexical: Option<&'a str>,
    itn: Option<&'a str>,
    masked_itn: Option<&'a str>,
    confidence: Option<f64>,
}

impl<'a> AlternativeJson<'a> {
    fn of(alternative: &'a Alternative) -> Self {
        Self {
            display: alternative.text(),
            lexical: alternative.lexical.as_deref(),
            itn: alternative.itn.as_deref(),
            masked_itn: alternative.masked_itn.as_deref(),
            confidence: alternative.confidence,
        }
    }
}

#[derive(Serialize)]
struct WordJson<'a> {
    word: &'a str,
    #[serde(flatten)]
    span: Span,
}

/// A word of the text for people.
fn shown(word: &DisplayWord) -> &str {
    word.display_text.as_deref().or(word.word.as_deref()).unwrap_or_default()
}

/// The columns of text that people speak in a second: 150 words a minute, each of five letters and a blank.
const SPOKEN: u64 = 15;
