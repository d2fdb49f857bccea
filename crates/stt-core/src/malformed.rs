//! An answer that should be a recognition and is none.

use std::fmt;

/// Why an answer with status 200 is no recognition.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Malformed {
    /// The answer is compressed or otherwise encoded, and nobody asked for that.
    Encoded(String),
    /// The answer is something other than JSON.
    NotJson {
        /// The answer's `Content-Type`.
        content_type: Option<String>,
        /// How the answer begins: at most 300 characters, control characters escaped.
        beginning: String,
    },
    /// The answer is a JSON object without the field that every recognition has.
    NoStatus,
    /// The answer ends in the middle.
    Truncated,
    /// The answer is JSON, and a field of it is not what the service is known to send.
    WrongShape(String),
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoded(coding) => write!(f, "the answer is encoded ({coding})"),
            Self::NotJson { content_type: Some(content_type), beginning } => {
                write!(f, "the answer is not JSON ({content_type}): \"{beginning}\"")
            }
            Self::NotJson { content_type: None, beginning } => write!(f, "the answer is not JSON: \"{beginning}\""),
            Self::NoStatus => f.write_str("the answer has no RecognitionStatus"),
            Self::Truncated => f.write_str("the answer was cut off"),
            Self::WrongShape(why) => write!(f, "the answer is no recognition: {why}"),
        }
    }
}
