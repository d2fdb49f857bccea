//! Pronunciation scores of a whole text, and what is wrong with a word.

use serde::de::{Deserialize, Deserializer};

use crate::lenient::Lenient;
use crate::words::open_words;

/// The pronunciation scores of an [`Alternative`](crate::Alternative).
///
/// Each is 0 to 5 or 0 to 100, by the [`GradingSystem`](crate::GradingSystem) of the request
/// (documented), and kept as it came.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Scores {
    /// `AccuracyScore`: how close the phonemes are to a native speaker's.
    pub accuracy: Option<f64>,
    /// `FluencyScore`: how close the pauses between words are to a native speaker's.
    pub fluency: Option<f64>,
    /// `ProsodyScore`: how natural stress, intonation, speed and rhythm are.
    ///
    /// `en-US` only (documented). Asked for in another language it is absent or 0 and then lowers
    /// `PronScore` (observed).
    pub prosody: Option<f64>,
    /// `CompletenessScore`: the share of the reference text that was spoken; absent without a
    /// reference text.
    pub completeness: Option<f64>,
    /// `PronScore`: the total, weighed from the others.
    pub pron: Option<f64>,
}

impl Scores {
    /// Whether there is no score at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

open_words! {
    /// What is wrong with a word: its `ErrorType`, or an element of `ErrorTypes` in the prosody
    /// feedback.
    ///
    /// An unknown one is kept as it came.
    ErrorType {
        /// Nothing (documented).
        None,
        /// The word of the reference text was not spoken (documented; needs miscue calculation).
        Omission,
        /// The spoken word is not in the reference text (documented; needs miscue calculation).
        Insertion,
        /// The word is badly pronounced: its accuracy is below 60 of 100 (documented).
        ///
        /// Microsoft's samples apply that rule once more themselves, so the service seems not
        /// always to.
        Mispronunciation,
        /// A pause before the word that should not be there (documented).
        UnexpectedBreak,
        /// No pause before the word where punctuation asks for one (documented).
        MissingBreak,
        /// The whole utterance is spoken in one tone (documented).
        Monotone,
    }
}

impl<'de> Deserialize<'de> for Lenient<ErrorType> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Lenient(word): Lenient<String> = Lenient::deserialize(deserializer)?;
        Ok(Self(ErrorType::from(word.as_str())))
    }
}
