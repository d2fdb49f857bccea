//! The ways in which a connection may break the rules of an exchange.

use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::fault::{Intake, Interim, Pace};
use crate::span::{self, Span};

/// A way to break an exchange below or beside its answer.
///
/// [`intake`](Self::intake) says what it does to the upload. What it does to the answer stands with each: the answer
/// to be sent is the one that the request would have had without the fault, unless the text says otherwise.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "snake_case", deny_unknown_fields)]
pub enum Transport {
    /// `Transfer-Encoding: chunked`, with a size of the second chunk that is no hex number; the first has one byte.
    BadChunkSize,
    /// The connection is closed in good order once the body is read, without a byte of an answer.
    CloseBeforeResponse,
    /// The whole answer, its head included, comes in pieces.
    Drip {
        /// The size of a piece; one byte unless told.
        #[serde(default = "one")]
        bytes: u64,
        /// The pause after each.
        #[serde(with = "span")]
        #[schemars(with = "Span")]
        every: Duration,
    },
    /// An answer with this status before the body has been read, after which the connection closes.
    EarlyAnswer {
        /// The HTTP status.
        status: u16,
        /// How many bytes of the body are read before; with none the answer comes in place of `100 Continue`.
        #[serde(default)]
        after_bytes: u64,
    },
    /// A 200 with an empty body.
    Empty,
    /// `100 Continue` again and again, and never an answer.
    EndlessInterim {
        /// The pause between two of them.
        #[serde(with = "span")]
        #[schemars(with = "Span")]
        every: Duration,
    },
    /// A 417 to a request with an `Expect` header, before its body; others are answered as ever.
    ExpectationFailed,
    /// The sending half of the connection is shut when the head is there, while the body is still read.
    HalfClose,
    /// The body is read, and nothing is answered; the connection stays open.
    Hang,
    /// A 503 with a page of HTML.
    Html,
    /// `100 Continue` comes late, also to a client that has sent its body meanwhile.
    LateContinue {
        /// How long after the head.
        #[serde(with = "span")]
        #[schemars(with = "Span")]
        after: Duration,
    },
    /// The JSON of the answer ends in its middle; `Content-Length` fits what is left.
    MalformedJson,
    /// The answer has neither `Content-Length` nor chunks, and the connection stays open behind it.
    NoClose,
    /// No `100 Continue`: a client that waits for it must lose patience.
    NoContinue,
    /// `Transfer-Encoding: chunked` with one byte in each chunk.
    OneByteChunks,
    /// The connection is reset while the body is uploaded.
    Reset {
        /// How many bytes of the body are read before, or all of it if it is shorter.
        #[serde(default)]
        after_bytes: u64,
    },
    /// The head of the answer comes at once, its body in pieces.
    SlowBody {
        /// The size of a piece; one byte unless told.
        #[serde(default = "one")]
        bytes: u64,
        /// The pause after each.
        #[serde(with = "span")]
        #[schemars(with = "Span")]
        every: Duration,
    },
    /// The body of the request is read in pieces.
    SlowRead {
        /// The size of a piece; one byte unless told.
        #[serde(default = "one")]
        bytes: u64,
        /// The pause after each.
        #[serde(with = "span")]
        #[schemars(with = "Span")]
        every: Duration,
    },
    /// `Content-Length` promises the whole body of the answer, and the connection closes before its end.
    Truncate {
        /// How many bytes of the body are sent; never the last one.
        after_bytes: u64,
    },
    /// The answer has the Content-Type `text/plain`.
    WrongContentType,
}

impl Transport {
    /// How the body of a request is to be taken that is broken in this way.
    #[must_use]
    pub fn intake(self) -> Intake {
        let usual = Intake::default();
        match self {
            Self::EarlyAnswer { after_bytes, .. } | Self::Reset { after_bytes } => {
                Intake { limit: Some(after_bytes), ..usual }
            }
            Self::EndlessInterim { every } => Intake { interim: Interim::Endless(every), ..usual },
            Self::HalfClose => Intake { half_closed: true, ..usual },
            Self::LateContinue { after } => Intake { interim: Interim::Late(after), ..usual },
            Self::NoContinue => Intake { interim: Interim::Nothing, ..usual },
            Self::SlowRead { bytes, every } => Intake { pace: Some(Pace { bytes, every }), ..usual },
            _ => usual,
        }
    }

    /// Whether it can only happen to a client that waits for `100 Continue`.
    pub(crate) fn is_about_waiting(self) -> bool {
        matches!(self, Self::ExpectationFailed | Self::LateContinue { .. } | Self::NoContinue)
    }

    /// Whether no byte of an answer is sent.
    #[must_use]
    pub fn is_silent(self) -> bool {
        matches!(
            self,
            Self::CloseBeforeResponse | Self::EndlessInterim { .. } | Self::HalfClose | Self::Hang | Self::Reset { .. }
        )
    }

    /// Whether whoever sends the answer has to do something about it.
    ///
    /// The others are in the answer itself, or over before it.
    #[must_use]
    pub fn concerns_delivery(self) -> bool {
        self.is_silent()
            || matches!(
                self,
                Self::BadChunkSize
                    | Self::Drip { .. }
                    | Self::NoClose
                    | Self::OneByteChunks
                    | Self::SlowBody { .. }
                    | Self::Truncate { .. }
            )
    }
}

/// As it stands in a scenario: the kind first, then what belongs to it.
impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, detail) = match *self {
            Self::BadChunkSize => ("bad-chunk-size", String::new()),
            Self::CloseBeforeResponse => ("close-before-response", String::new()),
            Self::Drip { bytes, every } => ("drip", pieces(bytes, every)),
            Self::EarlyAnswer { status, after_bytes } => {
                ("early-answer", format!(" {status} after {after_bytes} bytes"))
            }
            Self::Empty => ("empty", String::new()),
            Self::EndlessInterim { every } => ("endless-interim", format!(" every {}", Span(every))),
            Self::ExpectationFailed => ("expectation-failed", String::new()),
            Self::HalfClose => ("half-close", String::new()),
            Self::Hang => ("hang", String::new()),
            Self::Html => ("html", String::new()),
            Self::LateContinue { after } => ("late-continue", format!(" after {}", Span(after))),
            Self::MalformedJson => ("malformed-json", String::new()),
            Self::NoClose => ("no-close", String::new()),
            Self::NoContinue => ("no-continue", String::new()),
            Self::OneByteChunks => ("one-byte-chunks", String::new()),
            Self::Reset { after_bytes } => ("reset", format!(" after {after_bytes} bytes")),
            Self::SlowBody { bytes, every } => ("slow-body", pieces(bytes, every)),
            Self::SlowRead { bytes, every } => ("slow-read", pieces(bytes, every)),
            Self::Truncate { after_bytes } => ("truncate", format!(" after {after_bytes} bytes")),
            Self::WrongContentType => ("wrong-content-type", String::new()),
        };
        write!(f, "{kind}{detail}")
    }
}

fn pieces(bytes: u64, every: Duration) -> String {
    format!(" of {bytes} bytes every {}", Span(every))
}

/// Reads one for `#[serde(deserialize_with)]`: serde itself lets fields pass that belong to another kind.
pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Transport>, D::Error> {
    let written = Map::<String, Value>::deserialize(deserializer)?;
    let transport: Transport = serde_json::from_value(written.clone().into()).map_err(D::Error::custom)?;
    let known = serde_json::to_value(transport).map_err(D::Error::custom)?;
    match written.keys().find(|key| known.get(key).is_none()) {
        None => Ok(Some(transport)),
        Some(key) => {
            let known = known.as_object().into_iter().flatten().map(|(key, _)| format!("`{key}`"));
            let known = known.collect::<Vec<_>>().join(", ");
            Err(D::Error::custom(format!("unknown field `{key}`, expected one of {known}")))
        }
    }
}

fn one() -> u64 {
    1
}
