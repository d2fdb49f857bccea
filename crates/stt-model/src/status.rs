//! What became of a recognition.

use serde::de::{Deserialize, Deserializer};

use crate::lenient::Lenient;
use crate::words::open_words;

open_words! {
    /// The `RecognitionStatus` of a reply.
    ///
    /// No words heard is a result and not a failure: the service answers it with HTTP 200.
    /// An unknown status is kept as it came.
    Status {
        /// Words were recognized (documented).
        Success,
        /// Speech, but no words of the requested language: usually another language was spoken
        /// (documented).
        NoMatch,
        /// Nothing but silence until the service gave up waiting (documented).
        ///
        /// Also the usual symptom of audio that the service cannot read: a wrong rate, two
        /// channels, another codec than declared (observed).
        InitialSilenceTimeout,
        /// Nothing but noise until the service gave up waiting (documented).
        BabbleTimeout,
        /// An internal error of the service; try again if possible (documented).
        Error,
        /// The end of a dictation (in the status list of Microsoft's Speech SDK, for the same
        /// service).
        EndOfDictation,
        /// More parallel requests than the resource allows (in the status list of Microsoft's
        /// Speech SDK).
        TooManyRequests,
        /// A bad parameter or audio format (in the status list of Microsoft's Speech SDK).
        BadRequest,
        /// The free quota is used up (in the status list of Microsoft's Speech SDK).
        Forbidden,
    }
}

impl<'de> Deserialize<'de> for Lenient<Status> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Lenient(word): Lenient<String> = Lenient::deserialize(deserializer)?;
        // A sample on Microsoft's pronunciation page has the number 0, the first of the SDK's list,
        // for success.
        Ok(Self(if word == "0" { Status::Success } else { Status::from(word.as_str()) }))
    }
}
