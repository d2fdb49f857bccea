//! One input and how well it was pronounced.

use std::time::Duration;

use serde::{Serialize, Serializer};
use stt_model::{Alternative, GradingSystem, Language, Recognition, Scores, Ticks};

use crate::{
    assessed_word::AssessedWord,
    escape::escape_in_json,
    part::Part,
    report::Report,
    segment::{Failure, Segment},
    status::TranscriptStatus,
};

/// One input and how well it was pronounced.
///
/// Serializing gives the schema `stt.assessment/1`:
///
/// ```json
/// {"schema":"stt.assessment/1","input":"a.wav","language":"en-US","reference":"Good morning.","grading":"HundredMark",
///  "status":"Success","text":"Good morning.","audio_ms":1840,
///  "scores":{"pron":95.1,"accuracy":100.0,"fluency":100.0,"completeness":100.0,"prosody":87.8},
///  "parts":[{"name":"prosody","score":87.8,"weight":0.4,"points":35.12}],
///  "words":[{"word":"good","start_ms":70,"end_ms":330,"accuracy":100.0,"error_type":"None",
///            "syllables":[{"syllable":"ɡʊd","grapheme":"good","start_ms":70,"end_ms":330,"accuracy":100.0}],
///            "phonemes":[{"phoneme":"ɡ","start_ms":70,"end_ms":150,"accuracy":100.0,
///                         "nbest":[{"phoneme":"ɡ","score":100.0}]}],
///            "feedback":{"Prosody":{}}}],
///  "connection_id":"32 hex digits","request_id":null,"attempts":1}
/// ```
///
/// Every field is always there, in this order; what is not known is `null`, a list of nothing `[]` and no text `""`.
/// `reference` is `null` where free speech was assessed. `parts` says how the sub-scores make the total, see
/// [`Part::of`]. `feedback` is the service's own object. Without an answer the status is `Failed`, and there is one
/// field more, `"error":{"kind":"…","message":"…","status":503,"retryable":true}`.
#[must_use]
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    input: String,
    language: Language,
    grading: GradingSystem,
    reference: Option<String>,
    audio: Option<Duration>,
    segment: Segment,
}

impl Assessment {
    /// What became of `input`, with scores on the scale that was asked for.
    pub fn new(input: impl Into<String>, language: Language, grading: GradingSystem, segment: Segment) -> Self {
        Self { input: input.into(), language, grading, reference: None, audio: None, segment }
    }

    /// The text that was to be read out.
    pub fn reference(mut self, text: impl Into<String>) -> Self {
        self.reference = Some(text.into());
        self
    }

    /// How long the audio is.
    pub const fn audio(mut self, length: Duration) -> Self {
        self.audio = Some(length);
        self
    }

    /// What became of it.
    #[must_use]
    pub fn status(&self) -> TranscriptStatus {
        self.segment.status()
    }

    /// Whether any words were recognized.
    #[must_use]
    pub fn has_words(&self) -> bool {
        self.segment.has_words()
    }

    /// The total, on the scale that was asked for.
    #[must_use]
    pub fn pron_score(&self) -> Option<f64> {
        self.best()?.scores.pron
    }

    /// The scores, how they make the total, and a line for each word and its phonemes, for a terminal.
    ///
    /// The band of each is marked by its [sign](crate::Band::sign), and with `colours` also by the codes of a terminal.
    /// Texts from elsewhere are escaped. Empty where there is no answer with scores.
    #[must_use]
    pub fn to_text(&self, colours: bool) -> String {
        self.best().map(|best| Report { grading: self.grading, colours }.draw(best)).unwrap_or_default()
    }

    /// One line of JSON, without the line's end.
    ///
    /// Characters that a terminal would obey are escaped in it, so that it can be shown as it is.
    #[must_use]
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string(self).expect("texts, numbers and lists are always JSON");
        escape_in_json(&json).into_owned()
    }

    fn best(&self) -> Option<&Alternative> {
        self.segment.recognition().and_then(Recognition::best)
    }
}

impl Serialize for Assessment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let best = self.best();
        let scores = best.map(|best| best.scores).unwrap_or_default();
        let &Scores { pron, accuracy, fluency, completeness, prosody, .. } = &scores;
        let words = best.map_or(&[][..], |best| &best.words);
        AssessmentJson {
            schema: SCHEMA,
            input: &self.input,
            language: &self.language,
            reference: self.reference.as_deref(),
            grading: self.grading,
            status: self.status(),
            text: self.segment.text(),
            audio_ms: self.audio.map(|length| Ticks::from(length).as_millis()),
            scores: ScoresJson { pron, accuracy, fluency, completeness, prosody },
            parts: Part::of(&scores),
            words: words.iter().map(|word| AssessedWord::of(word, self.segment.piece)).collect(),
            connection_id: self.segment.connection_id.as_deref(),
            request_id: self.segment.request_id.as_deref(),
            attempts: self.segment.attempts,
            error: self.segment.failure(),
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
struct AssessmentJson<'a> {
    schema: &'static str,
    input: &'a str,
    language: &'a Language,
    reference: Option<&'a str>,
    grading: GradingSystem,
    status: TranscriptStatus,
    text: &'a str,
    audio_ms: Option<u64>,
    scores: ScoresJson,
    parts: Vec<Part>,
    words: Vec<AssessedWord<'a>>,
    connection_id: Option<&'a str>,
    request_id: Option<&'a str>,
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Failure>,
}

#[derive(Serialize)]
struct ScoresJson {
    pron: Option<f64>,
    accuracy: Option<f64>,
    fluency: Option<f64>,
    completeness: Option<f64>,
    prosody: Option<f64>,
}

const SCHEMA: &str = "stt.assessment/1";
