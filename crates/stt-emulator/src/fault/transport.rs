//! The ways in which a connection may break the rules of an exchange.

use std::time::Duration;

use crate::fault::{Intake, Interim, Pace};

/// A way to break an exchange below or beside its answer.
///
/// [`intake`](Self::intake) says what it does to the upload. What it does to the answer stands with each: the answer
/// to be sent is the one that the request would have had without the fault, unless the text says otherwise.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Transport {
    /// `Transfer-Encoding: chunked`, with a size of the second chunk that is no hex number; the first has one byte.
    BadChunkSize,
    /// The connection is closed in good order once the body is read, without a byte of an answer.
    CloseBeforeResponse,
    /// The whole answer, its head included, comes in pieces.
    Drip {
        /// The size of a piece.
        bytes: u64,
        /// The pause after each.
        every: Duration,
    },
    /// An answer with this status before the body has been read, after which the connection closes.
    EarlyAnswer {
        /// The HTTP status.
        status: u16,
        /// How many bytes of the body are read before; with none the answer comes in place of `100 Continue`.
        after_bytes: u64,
    },
    /// A 200 with an empty body.
    Empty,
    /// `100 Continue` again and again, and never an answer.
    EndlessInterim {
        /// The pause between two of them.
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
    /// `100 Continue` comes late.
    LateContinue {
        /// How long after the head.
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
        after_bytes: u64,
    },
    /// The head of the answer comes at once, its body in pieces.
    SlowBody {
        /// The size of a piece.
        bytes: u64,
        /// The pause after each.
        every: Duration,
    },
    /// The body of the request is read in pieces.
    SlowRead {
        /// The size of a piece.
        bytes: u64,
        /// The pause after each.
        every: Duration,
    },
    /// `Content-Length` promises the whole body of the answer, and the connection closes before its end.
    Truncate {
        /// How many bytes of the body are sent.
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
