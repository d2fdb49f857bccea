//! The words of an assessment as they stand in its JSON.

use serde::Serialize;
use stt_model::{ErrorType, Feedback, NBestPhoneme, Phoneme, Syllable, Word};

use crate::time::{Piece, Span};

/// A word, its parts and their scores.
#[derive(Serialize)]
pub(crate) struct AssessedWord<'a> {
    word: &'a str,
    #[serde(flatten)]
    span: Span,
    accuracy: Option<f64>,
    error_type: Option<&'a str>,
    syllables: Vec<SyllableJson<'a>>,
    phonemes: Vec<PhonemeJson<'a>>,
    feedback: Option<&'a Feedback>,
}

impl<'a> AssessedWord<'a> {
    pub(crate) fn of(word: &'a Word, piece: Piece) -> Self {
        Self {
            word: &word.word,
            span: piece.within(word.offset, word.duration),
            accuracy: word.accuracy_score,
            error_type: word.error_type.as_ref().map(ErrorType::as_str),
            syllables: word.syllables.iter().map(|syllable| SyllableJson::of(syllable, piece)).collect(),
            phonemes: word.phonemes.iter().map(|phoneme| PhonemeJson::of(phoneme, piece)).collect(),
            feedback: word.feedback.as_ref(),
        }
    }
}

#[derive(Serialize)]
struct SyllableJson<'a> {
    syllable: &'a str,
    grapheme: Option<&'a str>,
    #[serde(flatten)]
    span: Span,
    accuracy: Option<f64>,
}

impl<'a> SyllableJson<'a> {
    fn of(syllable: &'a Syllable, piece: Piece) -> Self {
        Self {
            syllable: &syllable.syllable,
            grapheme: syllable.grapheme.as_deref(),
            span: piece.within(syllable.offset, syllable.duration),
            accuracy: syllable.accuracy_score,
        }
    }
}

#[derive(Serialize)]
struct PhonemeJson<'a> {
    phoneme: Option<&'a str>,
    #[serde(flatten)]
    span: Span,
    accuracy: Option<f64>,
    nbest: Vec<CandidateJson<'a>>,
}

impl<'a> PhonemeJson<'a> {
    fn of(phoneme: &'a Phoneme, piece: Piece) -> Self {
        let candidate =
            |NBestPhoneme { phoneme, score, .. }: &'a NBestPhoneme| CandidateJson { phoneme, score: *score };
        Self {
            phoneme: phoneme.phoneme.as_deref(),
            span: piece.within(phoneme.offset, phoneme.duration),
            accuracy: phoneme.accuracy_score,
            nbest: phoneme.nbest_phonemes.iter().map(candidate).collect(),
        }
    }
}

#[derive(Serialize)]
struct CandidateJson<'a> {
    phoneme: &'a str,
    score: Option<f64>,
}
