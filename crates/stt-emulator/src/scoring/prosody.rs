//! What is said about the breaks and the tone around a word.

use serde::Serialize;

/// `Feedback` of a word, in the shape of Microsoft's sample.
///
/// The breaks are measured; nothing here hears a tone, so that nobody is ever monotone.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Feedback {
    prosody: Prosody,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Prosody {
    r#break: Break,
    intonation: Intonation,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Break {
    error_types: Vec<&'static str>,
    /// In units of 100 nanoseconds.
    break_length: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    unexpected_break: Option<Confidence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_break: Option<Confidence>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Intonation {
    error_types: Vec<&'static str>,
    monotone: Monotone,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Monotone {
    syllable_pitch_delta_confidence: f64,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Confidence {
    confidence: f64,
}

impl Feedback {
    /// The feedback on a word that follows the one before after `gap`, in units of 100 nanoseconds; the first word
    /// follows none.
    pub(super) fn after(gap: Option<u64>) -> Self {
        // A break of a second or more is certain to be one.
        let unexpected = gap.map(|gap| (gap as f64 / SECOND).min(1.0));
        Self {
            prosody: Prosody {
                r#break: Break {
                    error_types: vec!["None"],
                    break_length: gap.unwrap_or(0),
                    unexpected_break: unexpected.map(|confidence| Confidence { confidence }),
                    missing_break: unexpected.map(|certain| Confidence { confidence: 1.0 - certain }),
                },
                intonation: Intonation {
                    error_types: Vec::new(),
                    monotone: Monotone { syllable_pitch_delta_confidence: 0.5 },
                },
            },
        }
    }
}

const SECOND: f64 = 10_000_000.0;
