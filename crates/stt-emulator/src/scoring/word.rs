//! One word of an assessment, as it was heard and as it is reported.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scoring::prosody::Feedback;
use crate::scoring::sounds::{Phoneme, Syllable};

/// A word that was spoken, or that somebody says was omitted; times are in units of 100 nanoseconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Spoken {
    /// In lower case, without punctuation.
    pub(crate) text: String,
    pub(crate) offset: u64,
    pub(crate) duration: u64,
    /// 0 to 100.
    pub(crate) accuracy: f64,
    /// What is wrong with it, whatever the reference and the accuracy say.
    pub(crate) error: Option<ErrorType>,
    /// Its phonemes by name, each with its accuracy, in place of those that follow from the spelling.
    pub(crate) phonemes: Vec<(String, f64)>,
}

impl Spoken {
    /// Whether it was not spoken after all.
    pub(crate) fn is_omitted(&self) -> bool {
        self.error == Some(ErrorType::Omission)
    }

    pub(crate) fn end(&self) -> u64 {
        self.offset + self.duration
    }
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub(crate) enum ErrorType {
    Insertion,
    Mispronunciation,
    None,
    Omission,
}

/// A word with its scores; the fields that a granularity or dimension leaves out are missing.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ScoredWord {
    pub(crate) word: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) offset: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration: Option<u64>,
    /// Zero in Microsoft's sample.
    pub(crate) confidence: f64,
    pub(crate) accuracy_score: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error_type: Option<ErrorType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) feedback: Option<Feedback>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) syllables: Option<Vec<Syllable>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phonemes: Option<Vec<Phoneme>>,
}
