//! Feedback on pauses and intonation, word by word.

use crate::ErrorType;
use crate::object::object;

/// The `Feedback` of a [`Word`](crate::Word).
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Feedback {
    /// `Prosody`: pauses and intonation.
    pub prosody: Option<Prosody>,
}

object!(Feedback {
    "Prosody" => prosody,
});

/// The `Prosody` of a word's feedback.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Prosody {
    /// `Break`: the pause before the word.
    pub r#break: Option<Break>,
    /// `Intonation`: the melody of the utterance, the same for each of its words (documented).
    pub intonation: Option<Intonation>,
}

object!(Prosody {
    "Break" => r#break,
    "Intonation" => intonation,
});

/// The pause before a word.
///
/// The service does not decide whether a pause is wrong; the documented advice is to take a
/// confidence above 0.75 for one. Confidences are not bounded: negative ones and 3.1 were observed.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Break {
    /// `ErrorTypes`: `None` in Microsoft's samples.
    pub error_types: Vec<ErrorType>,
    /// `UnexpectedBreak`: that there is a pause which should not be there; absent for the first
    /// word.
    pub unexpected_break: Option<BreakConfidence>,
    /// `MissingBreak`: that a pause is missing; absent for the first word.
    pub missing_break: Option<BreakConfidence>,
    /// `BreakLength`: how long the pause is, in a unit that is not documented; captured values fit
    /// ticks of 100 ns.
    pub break_length: Option<f64>,
}

object!(Break {
    "ErrorTypes" => error_types,
    "UnexpectedBreak" => unexpected_break,
    "MissingBreak" => missing_break,
    "BreakLength" => break_length,
});

/// How sure the service is of an unexpected or a missing pause.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct BreakConfidence {
    /// `Confidence`: not bounded to 0 and 1 (observed).
    pub confidence: Option<f64>,
}

object!(BreakConfidence {
    "Confidence" => confidence,
});

/// The melody of the utterance.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Intonation {
    /// `ErrorTypes`: empty, or `Monotone`.
    pub error_types: Vec<ErrorType>,
    /// `Monotone`: what the decision rests on.
    pub monotone: Option<Monotone>,
}

object!(Intonation {
    "ErrorTypes" => error_types,
    "Monotone" => monotone,
});

/// How monotonous the utterance is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Monotone {
    /// `Confidence`: in older answers.
    pub confidence: Option<f64>,
    /// `WordPitchSlopeConfidence`: in older answers.
    pub word_pitch_slope_confidence: Option<f64>,
    /// `SyllablePitchDeltaConfidence`: for a threshold of one's own (documented).
    pub syllable_pitch_delta_confidence: Option<f64>,
}

object!(Monotone {
    "Confidence" => confidence,
    "WordPitchSlopeConfidence" => word_pitch_slope_confidence,
    "SyllablePitchDeltaConfidence" => syllable_pitch_delta_confidence,
});
