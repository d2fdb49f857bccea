//! One word of an answer that was written down.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scenario::inspect::{Inspect, Inspection};
use crate::scenario::reply::LONGEST_MS;
use crate::scoring::ErrorType;

/// One word of an answer, with what is to be said about it.
///
/// ```
/// use stt_emulator::{Reply, Word};
///
/// let reply = Reply::words([Word::new("good"), Word::new("morning").accuracy(42.0)]);
/// # drop(reply);
/// ```
#[must_use]
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Word {
    /// The word as it is shown, with its punctuation.
    pub(crate) word: String,
    /// When it begins, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) offset_ms: Option<u64>,
    /// How long it takes, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration_ms: Option<u64>,
    /// How well it is pronounced, 0 to 100; below 60 it is mispronounced.
    #[schemars(range(min = 0.0, max = 100.0))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) accuracy: Option<f64>,
    /// What is wrong with it, whatever its accuracy and the reference text say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<ErrorType>,
    /// Its phonemes in their order, all of them; without any they follow from the spelling.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) phonemes: Vec<WrittenPhoneme>,
}

/// One phoneme of a word.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WrittenPhoneme {
    /// Its name.
    pub(crate) p: String,
    /// How well it is pronounced, 0 to 100; as well as its word unless told.
    #[schemars(range(min = 0.0, max = 100.0))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) accuracy: Option<f64>,
}

impl Word {
    /// A word as it is shown, with its punctuation.
    pub fn new(word: impl Into<String>) -> Self {
        Self { word: word.into(), ..Self::default() }
    }

    /// A word of the reference that nobody said.
    pub fn omitted(word: impl Into<String>) -> Self {
        Self { error: Some(ErrorType::Omission), ..Self::new(word) }
    }

    /// A word that is too much.
    pub fn inserted(word: impl Into<String>) -> Self {
        Self { error: Some(ErrorType::Insertion), ..Self::new(word) }
    }

    /// How well it is pronounced, 0 to 100; below 60 it is mispronounced.
    pub fn accuracy(mut self, accuracy: f64) -> Self {
        self.accuracy = Some(accuracy.clamp(0.0, 100.0));
        self
    }

    /// When it begins and how long it takes, in milliseconds; no more than a day each.
    pub fn at(mut self, offset_ms: u64, duration_ms: u64) -> Self {
        (self.offset_ms, self.duration_ms) = (Some(offset_ms), Some(duration_ms));
        self
    }

    /// One more phoneme, and how well it is pronounced, 0 to 100.
    pub fn phoneme(mut self, name: impl Into<String>, accuracy: f64) -> Self {
        self.phonemes.push(WrittenPhoneme { p: name.into(), accuracy: Some(accuracy.clamp(0.0, 100.0)) });
        self
    }

    pub(crate) fn is_omitted(&self) -> bool {
        self.error == Some(ErrorType::Omission)
    }
}

impl Inspect for Word {
    fn inspect(&self, inspection: &mut Inspection<'_>) {
        if crate::wording::lexical(&self.word).is_empty() {
            inspection.wrong("", format!("{:?} is no word", self.word), "the field `word` with a word");
        }
        inspection.within("accuracy", self.accuracy, 0.0, 100.0);
        for (field, ms) in [("offset_ms", self.offset_ms), ("duration_ms", self.duration_ms)] {
            inspection.within(field, ms.map(|ms| ms as f64), 0.0, LONGEST_MS as f64);
        }
        if self.offset_ms.is_some() != self.duration_ms.is_some() {
            inspection.wrong("", "one of offset_ms and duration_ms is missing", "both, or neither");
        }
        if self.is_omitted() {
            for (field, said) in [("offset_ms", self.offset_ms.is_some()), ("phonemes", !self.phonemes.is_empty())] {
                if said {
                    inspection.wrong(field, "nobody said a word that was omitted", "no times and no phonemes");
                }
            }
        }
        inspection.each("phonemes", &self.phonemes);
    }
}

impl Inspect for WrittenPhoneme {
    fn inspect(&self, inspection: &mut Inspection<'_>) {
        if self.p.is_empty() {
            inspection.wrong("", "the phoneme has no name", "the field `p`");
        }
        inspection.within("accuracy", self.accuracy, 0.0, 100.0);
    }
}
