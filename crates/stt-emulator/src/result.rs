//! The JSON of a recognition, field by field as the service has it.

use serde::Serialize;

use crate::audio::TICKS_PER_MS;
use crate::journal::{WordTime, cut};
use crate::scoring::{Overall, ScoredWord};

/// A result in simple or detailed form; times are numbers in units of 100 nanoseconds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Recognition {
    pub(crate) recognition_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) display_text: Option<String>,
    pub(crate) offset: u64,
    pub(crate) duration: u64,
    #[serde(rename = "SNR", skip_serializing_if = "Option::is_none")]
    pub(crate) snr: Option<f64>,
    #[serde(rename = "NBest", skip_serializing_if = "Option::is_none")]
    pub(crate) nbest: Option<Vec<Alternative>>,
}

impl Recognition {
    /// A result without words: these have no text and no alternatives.
    pub(crate) fn without_words(recognition_status: &'static str, offset: u64, duration: u64) -> Self {
        Self { recognition_status, display_text: None, offset, duration, snr: None, nbest: None }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Alternative {
    pub(crate) confidence: f64,
    pub(crate) lexical: String,
    #[serde(rename = "ITN")]
    pub(crate) itn: String,
    #[serde(rename = "MaskedITN")]
    pub(crate) masked_itn: String,
    pub(crate) display: String,
    #[serde(flatten)]
    pub(crate) scores: Option<Overall>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) words: Option<Words>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Words {
    Scored(Vec<ScoredWord>),
    Timed(Vec<TimedWord>),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TimedWord {
    pub(crate) word: String,
    pub(crate) offset: u64,
    pub(crate) duration: u64,
}

impl TimedWord {
    /// The same for the journal.
    pub(crate) fn in_ms(self) -> WordTime {
        let Self { word, offset, duration } = self;
        WordTime { word: cut(&word), offset_ms: offset / TICKS_PER_MS, duration_ms: duration / TICKS_PER_MS }
    }
}
