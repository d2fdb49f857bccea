//! What can be wrong with a value that comes from outside.

use std::fmt;

/// Why a text is not the value that it should be.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A language that is not written as a tag.
    #[error("language {given:?} is not a tag{}", Hint(suggestion.as_deref()))]
    BadLanguage {
        /// The text as it was given.
        given: String,
        /// What was probably meant.
        suggestion: Option<String>,
    },
    /// A reference text without anything to read out.
    #[error("the reference text is blank")]
    BlankReferenceText,
    /// JSON, but without the field that every answer has.
    #[error("the answer has no RecognitionStatus")]
    NoStatus(#[source] JsonError),
    /// Anything but JSON, nothing at all included.
    #[error("the answer is not JSON")]
    NotJson(#[source] JsonError),
    /// JSON that ends too early.
    #[error("the answer was cut off")]
    Truncated(#[source] JsonError),
    /// A word outside a closed list.
    #[error("{what} {given:?} is none of: {}", allowed.join(", "))]
    UnknownWord {
        /// What the word should have been, such as `format`.
        what: &'static str,
        /// The text as it was given.
        given: String,
        /// The words that would do.
        allowed: &'static [&'static str],
    },
    /// JSON whose fields are not what the service is known to send.
    #[error("the answer is not a recognition result")]
    WrongShape(#[source] JsonError),
}

/// What the JSON reader found, and in which line and column.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct JsonError(String);

impl JsonError {
    pub(crate) fn new(error: &impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// The end of a sentence that suggests a language.
struct Hint<'a>(Option<&'a str>);

impl fmt::Display for Hint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(language) => write!(f, "; did you mean {language}?"),
            None => f.write_str(" such as en-US"),
        }
    }
}
