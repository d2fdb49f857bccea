//! What became of an input, or of a piece of it.

use std::fmt;

use serde::{Serialize, Serializer};
use stt_model::Status;

/// What became of an input, or of a piece of it.
///
/// In JSON it is one word.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TranscriptStatus {
    /// The service gave this answer; its word is the service's `RecognitionStatus`.
    Answered(Status),
    /// There is no answer: `Failed`.
    Failed,
    /// Some pieces failed, and others have words: `Partial`. Only of a whole input.
    Partial,
}

impl TranscriptStatus {
    /// The word, as it stands in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Answered(status) => status.as_str(),
            Self::Failed => "Failed",
            Self::Partial => "Partial",
        }
    }
}

impl fmt::Display for TranscriptStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for TranscriptStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
