//! Transcripts that were written as JSON, read again.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de::Error as _};
use stt_model::{Alternative, Language, Recognition, Status, Ticks, Word};

use crate::{
    error::Error,
    segment::{Failure, Segment},
    time::Span,
    transcript::{SCHEMA, Transcript},
};

impl Transcript {
    /// Reads what [`to_json`](Self::to_json) wrote, so that it can be written again in another format.
    ///
    /// What was written gives the same JSON again, its segments in the order in which they stand there. Fields that
    /// this crate does not know are passed over, and of those that follow from others (`text` and `status` of the whole,
    /// `confidence`) the others count.
    ///
    /// # Errors
    ///
    /// [`Error::NotJson`], [`Error::OtherSchema`] or [`Error::WrongShape`].
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let json = json.strip_prefix('\u{feff}').unwrap_or(json);
        let schema = serde_json::from_str(json).map(|Head { schema }| schema);
        match schema {
            Ok(Some(schema)) if schema == SCHEMA => serde_json::from_str(json).map_err(Error::WrongShape),
            Ok(given) => Err(Error::OtherSchema { given }),
            Err(error) if error.is_data() => Err(Error::OtherSchema { given: None }),
            Err(error) => Err(Error::NotJson(error)),
        }
    }
}

impl<'de> Deserialize<'de> for Transcript {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = TranscriptRead::deserialize(deserializer)?;
        if read.schema != SCHEMA {
            return Err(D::Error::custom(Error::OtherSchema { given: Some(read.schema) }));
        }
        let audio = read.audio_ms.map(Duration::from_millis);
        let segments = read.segments.into_iter().map(Segment::from).collect();
        Ok(Self { input: read.input, language: read.language, audio, segments })
    }
}

#[derive(Deserialize)]
struct Head {
    schema: Option<String>,
}

#[derive(Deserialize)]
struct TranscriptRead {
    schema: String,
    input: String,
    language: Language,
    audio_ms: Option<u64>,
    segments: Vec<SegmentRead>,
}

#[derive(Deserialize)]
struct SegmentRead {
    #[serde(flatten)]
    span: Span,
    status: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    nbest: Vec<AlternativeRead>,
    #[serde(default)]
    words: Vec<WordRead>,
    connection_id: Option<String>,
    request_id: Option<String>,
    #[serde(default)]
    attempts: u32,
    #[serde(default)]
    forced_cut: bool,
    error: Option<Failure>,
}

#[derive(Deserialize)]
struct AlternativeRead {
    display: Option<String>,
    lexical: Option<String>,
    itn: Option<String>,
    masked_itn: Option<String>,
    confidence: Option<f64>,
}

#[derive(Deserialize)]
struct WordRead {
    word: String,
    #[serde(flatten)]
    span: Span,
}

impl From<SegmentRead> for Segment {
    fn from(mut read: SegmentRead) -> Self {
        let (start, end) = read.piece();
        let (connection_id, request_id) = (read.connection_id.take(), read.request_id.take());
        let (attempts, forced_cut) = (read.attempts, read.forced_cut);
        let outcome = match read.error.take() {
            Some(failure) => Err(failure),
            None => Ok(read.recognition(start)),
        };
        let segment = Self::new(outcome).piece(Ticks::from_millis(start), end.map(Ticks::from_millis));
        Self { connection_id, request_id, attempts, forced_cut, ..segment }
    }
}

impl SegmentRead {
    /// Where the words are, if the times are theirs and not those of the piece.
    fn heard(&self) -> Option<(u64, u64)> {
        if self.text.trim().is_empty() { None } else { self.span.start_ms.zip(self.span.end_ms) }
    }

    /// A piece in which all these times are possible, as far as they are possible at all.
    fn piece(&self) -> (u64, Option<u64>) {
        if self.error.is_none() && self.heard().is_some() {
            let words = self.words.iter().filter_map(|word| word.span.start_ms);
            return (words.chain(self.span.start_ms).min().unwrap_or_default(), None);
        }
        let start = self.span.start_ms.unwrap_or_default();
        (start, self.span.end_ms.map(|end| end.max(start)))
    }

    fn recognition(self, start: u64) -> Recognition {
        let mut recognition = Recognition::new(Status::from(self.status.as_str()));
        if let Some((from, to)) = self.heard() {
            recognition.offset = Some(since(start, from));
            recognition.duration = Some(since(from, to));
        }
        recognition.display_text = Some(self.text);
        recognition.nbest = self.nbest.into_iter().map(Alternative::from).collect();
        let words: Vec<_> = self.words.into_iter().map(|word| word.after(start)).collect();
        if !words.is_empty() && recognition.nbest.is_empty() {
            recognition.nbest.push(Alternative::default());
        }
        if let Some(best) = recognition.nbest.first_mut() {
            best.words = words;
        }
        recognition
    }
}

impl From<AlternativeRead> for Alternative {
    fn from(read: AlternativeRead) -> Self {
        let mut alternative = Self::default();
        alternative.display = read.display;
        alternative.lexical = read.lexical;
        alternative.itn = read.itn;
        alternative.masked_itn = read.masked_itn;
        alternative.confidence = read.confidence;
        alternative
    }
}

impl WordRead {
    fn after(self, start: u64) -> Word {
        let mut word = Word::default();
        word.word = self.word;
        word.offset = self.span.start_ms.map(|time| since(start, time));
        word.duration = self.span.start_ms.zip(self.span.end_ms).map(|(from, to)| since(from, to));
        word
    }
}

fn since(start: u64, time: u64) -> Ticks {
    Ticks::from_millis(time.saturating_sub(start))
}
