//! The words of an alternative, their syllables and phonemes.

use crate::object::object;
use crate::{ErrorType, Feedback, Ticks};

/// One element of `Words`.
///
/// Offsets count from the start of the audio, not of the phrase (observed).
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Word {
    /// `Word`: the word itself; empty if the service sent none.
    pub word: String,
    /// `Offset`: where the word begins in the audio; absent for a word that was not spoken
    /// (inferred).
    pub offset: Option<Ticks>,
    /// `Duration`: how long the word is.
    pub duration: Option<Ticks>,
    /// `Confidence`: 0.0 in Microsoft's sample.
    pub confidence: Option<f64>,
    /// `AccuracyScore`: how well the word is pronounced.
    pub accuracy_score: Option<f64>,
    /// `ErrorType`: what is wrong with the word.
    pub error_type: Option<ErrorType>,
    /// `Feedback`: pauses and intonation, if prosody assessment was asked for.
    pub feedback: Option<Feedback>,
    /// `Syllables`: `en-US` only (documented).
    pub syllables: Vec<Syllable>,
    /// `Phonemes`: with [`Granularity::Phoneme`](crate::Granularity::Phoneme).
    pub phonemes: Vec<Phoneme>,
}

object!(Word {
    "Word" => word,
    "Offset" => offset,
    "Duration" => duration,
    "Confidence" => confidence,
    "Syllables" => syllables,
    "Phonemes" => phonemes,
    assessed {
        "AccuracyScore" => accuracy_score,
        "ErrorType" => error_type,
        "Feedback" => feedback,
    }
});

/// One element of `Syllables`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Syllable {
    /// `Syllable`: its sounds in the alphabet of the request; empty if the service sent none.
    pub syllable: String,
    /// `Grapheme`: its letters (observed in Speech SDK JSON).
    pub grapheme: Option<String>,
    /// `Offset`: where it begins in the audio.
    pub offset: Option<Ticks>,
    /// `Duration`: how long it is; the next one begins 10 ms after its end (observed).
    pub duration: Option<Ticks>,
    /// `AccuracyScore`: how well it is pronounced.
    pub accuracy_score: Option<f64>,
}

object!(Syllable {
    "Syllable" => syllable,
    "Grapheme" => grapheme,
    "Offset" => offset,
    "Duration" => duration,
    assessed {
        "AccuracyScore" => accuracy_score,
    }
});

/// One element of `Phonemes`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Phoneme {
    /// `Phoneme`: the expected sound; absent or empty in locales without phoneme names
    /// (documented).
    pub phoneme: Option<String>,
    /// `Offset`: where it begins in the audio.
    pub offset: Option<Ticks>,
    /// `Duration`: how long it is; the next one begins 10 ms after its end (observed).
    pub duration: Option<Ticks>,
    /// `AccuracyScore`: how well it is pronounced.
    pub accuracy_score: Option<f64>,
    /// `NBestPhonemes`: what was probably spoken, likeliest first; `en-US` only (documented).
    pub nbest_phonemes: Vec<NBestPhoneme>,
}

object!(Phoneme {
    "Phoneme" => phoneme,
    "Offset" => offset,
    "Duration" => duration,
    assessed {
        "AccuracyScore" => accuracy_score,
        "NBestPhonemes" => nbest_phonemes,
    }
});

/// One element of `NBestPhonemes`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct NBestPhoneme {
    /// `Phoneme`: the sound; empty if the service sent none.
    pub phoneme: String,
    /// `Score`: how likely it was this sound.
    pub score: Option<f64>,
}

object!(NBestPhoneme {
    "Phoneme" => phoneme,
    "Score" => score,
});
