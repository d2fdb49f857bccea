//! What can be wrong with what is to be written or read again.

/// Why there is no transcript, or no form to write it in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Text that is not JSON, or that was cut off.
    #[error("this is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// JSON of another schema, or of a version that this crate does not know.
    #[error("this is no transcript of the schema stt.transcript/1, but {}", Schema(given.as_deref()))]
    OtherSchema {
        /// Its `schema`, if it has one.
        given: Option<String>,
    },
    /// A word that names no [`Format`](crate::Format).
    #[error("format {given:?} is none of: csv, json, ndjson, srt, text, tsv, vtt")]
    UnknownFormat {
        /// The word as it was given.
        given: String,
    },
    /// A transcript with a field that is not what it should be.
    #[error("this is not what a transcript looks like")]
    WrongShape(#[source] serde_json::Error),
}

/// The end of a sentence that names a schema.
struct Schema<'a>(Option<&'a str>);

impl std::fmt::Display for Schema<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(schema) => write!(f, "of {schema:?}"),
            None => f.write_str("of none"),
        }
    }
}
