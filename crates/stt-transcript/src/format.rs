//! The forms in which a transcript can be written.

use std::{fmt, str::FromStr};

use crate::Error;

/// A form in which a transcript can be written.
///
/// ```
/// use stt_transcript::Format;
///
/// assert_eq!("txt".parse::<Format>()?, Format::Text);
/// assert_eq!(Format::Text.extension(), "txt");
/// # Ok::<(), stt_transcript::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Format {
    /// A table with commas (RFC 4180).
    Csv,
    /// One object of the schema `stt.transcript/1`.
    Json,
    /// The same, one object a line for each input.
    Ndjson,
    /// Captions as SubRip has them.
    Srt,
    /// The text alone.
    Text,
    /// A table with tabs.
    Tsv,
    /// Captions as browsers take them (WebVTT).
    Vtt,
}

impl Format {
    /// All of them.
    pub const ALL: &'static [Self] =
        &[Self::Csv, Self::Json, Self::Ndjson, Self::Srt, Self::Text, Self::Tsv, Self::Vtt];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Srt => "srt",
            Self::Text => "text",
            Self::Tsv => "tsv",
            Self::Vtt => "vtt",
        }
    }

    /// What the name of such a file ends with, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Text => "txt",
            other => other.as_str(),
        }
    }

    /// Whether it is shown in step with the audio, so that short pieces make better results.
    #[must_use]
    pub const fn is_captions(self) -> bool {
        matches!(self, Self::Srt | Self::Vtt)
    }

    /// Whether its beginning can be written before the end is known, see [`Rendering`](crate::Rendering).
    #[must_use]
    pub const fn is_streamed(self) -> bool {
        !matches!(self, Self::Json | Self::Ndjson)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = Error;

    /// Reads the word or the extension, in any case.
    fn from_str(given: &str) -> Result<Self, Error> {
        let is_it =
            |format: &Self| [format.as_str(), format.extension()].iter().any(|word| word.eq_ignore_ascii_case(given));
        Self::ALL.iter().copied().find(is_it).ok_or_else(|| Error::UnknownFormat { given: given.to_owned() })
    }
}
