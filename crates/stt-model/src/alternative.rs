//! One of the alternatives of a detailed answer.

use crate::object::object;
use crate::{Scores, Ticks, Word};

/// One element of `NBest`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Alternative {
    /// `Confidence`: documented as 0.0 to 1.0, kept as it came.
    pub confidence: Option<f64>,
    /// `Lexical`: the words as they were spoken.
    pub lexical: Option<String>,
    /// `ITN`: the words with numbers, abbreviations and the like in their written form.
    pub itn: Option<String>,
    /// `MaskedITN`: the same with profanity masked, if that was asked for.
    pub masked_itn: Option<String>,
    /// `Display`: the text for people, with punctuation and capitals.
    pub display: Option<String>,
    /// `DisplayText`: stands in the place of `Display` in some Speech SDK JSON.
    pub display_text: Option<String>,
    /// The pronunciation scores of the whole text; empty unless assessment was asked for.
    pub scores: Scores,
    /// `Words`: with pronunciation assessment (documented).
    pub words: Vec<Word>,
    /// `DisplayWords`: the words of the text for people (Speech SDK JSON).
    pub display_words: Vec<DisplayWord>,
}

object!(Alternative {
    "Confidence" => confidence,
    "Lexical" => lexical,
    "ITN" => itn,
    "MaskedITN" => masked_itn,
    "Display" => display,
    "DisplayText" => display_text,
    "Words" => words,
    "DisplayWords" => display_words,
    assessed {
        "AccuracyScore" => scores.accuracy,
        "FluencyScore" => scores.fluency,
        "ProsodyScore" => scores.prosody,
        "CompletenessScore" => scores.completeness,
        "PronScore" => scores.pron,
    }
});

impl Alternative {
    /// The text for people: `Display`, else `DisplayText`.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.display.as_deref().or(self.display_text.as_deref())
    }
}

/// One element of `DisplayWords`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct DisplayWord {
    /// `DisplayText`: the word with its capitals and punctuation.
    pub display_text: Option<String>,
    /// `Word`: stands in the place of `DisplayText` in some Speech SDK JSON.
    pub word: Option<String>,
    /// `Offset`: where the word begins in the audio.
    pub offset: Option<Ticks>,
    /// `Duration`: how long the word is.
    pub duration: Option<Ticks>,
}

object!(DisplayWord {
    "DisplayText" => display_text,
    "Word" => word,
    "Offset" => offset,
    "Duration" => duration,
});
