//! What a transport reports: how far a request got, and what went wrong.
//!
//! A transport tells facts and the [`Call`](crate::Call) decides what they mean, so that every transport, blocking or
//! not, repeats the same failures and gives up on the same failures.

use std::{error::Error as StdError, fmt, sync::Arc};

/// How far a request got before its attempt ended.
///
/// The order is the order of events: `Reached::Head < Reached::Part`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Reached {
    /// Not one byte of the request was accepted by the connection.
    Nothing,
    /// The head may have gone out, and not one byte of audio was handed over.
    Head,
    /// Some of the audio was handed over.
    Part,
    /// All of the audio was handed over.
    Whole,
    /// The answer began to arrive.
    Answer,
}

/// What is known of a finished attempt, beside its outcome.
///
/// A transport that cannot tell leaves it out: the [`Default`] assumes that everything was sent.
#[must_use]
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sent {
    /// How far the request got.
    pub reached: Reached,
    /// How many bytes of audio were handed over, where the transport counts them.
    pub audio: Option<u64>,
    /// Whether the transport could send the same audio from its first byte again.
    ///
    /// `None` leaves the answer to [`Upload`](crate::Upload) and `reached`.
    pub again: Option<bool>,
}

impl Sent {
    /// An attempt that got as far as `reached`.
    pub const fn new(reached: Reached) -> Self {
        Self { reached, audio: None, again: None }
    }

    /// Tells how many bytes of audio were handed over.
    pub const fn audio(mut self, bytes: u64) -> Self {
        self.audio = Some(bytes);
        self
    }

    /// Tells whether the same audio can be sent again from its first byte.
    pub const fn again(mut self, again: bool) -> Self {
        self.again = Some(again);
        self
    }
}

impl Default for Sent {
    fn default() -> Self {
        Self::new(Reached::Whole)
    }
}

/// The part of an exchange that took too long.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Phase {
    /// The first byte of the answer, after all of the request was sent.
    Answer,
    /// The rest of the answer.
    Body,
    /// The whole call, with its repeats and pauses.
    Call,
    /// Opening the connection.
    Connect,
    /// Looking up the host's name.
    Resolve,
    /// The TLS handshake.
    Tls,
    /// The access token.
    Token,
    /// Its turn, where the transport sends only so many requests at once.
    Turn,
    /// The upload: the peer accepted nothing although audio was at hand.
    Upload,
}

/// What kind of failure ended an attempt without a complete answer.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum TransportKind {
    /// The source of the audio failed; the service is not at fault.
    Audio,
    /// The peer closed the connection before or inside the head of the answer.
    Closed,
    /// No connection could be opened.
    Connect,
    /// The peer does not speak HTTP at all.
    NotHttp,
    /// Anything else.
    Other,
    /// The peer broke the rules of HTTP/1.1, or sent only interim answers.
    Protocol,
    /// The proxy refused to connect, with its status where it gave one.
    Proxy(Option<u16>),
    /// The connection was reset.
    Reset,
    /// The host's name could not be resolved.
    Resolve,
    /// A connection kept from an earlier request turned out to be closed, before any byte of an answer.
    Stale,
    /// A part of the exchange took too long.
    TimedOut(Phase),
    /// TLS could not be set up: an untrusted certificate, or no common version.
    Tls,
    /// The answer is larger than the transport accepts.
    TooLarge,
    /// The answer began and was cut off.
    Truncated,
}

/// Why an attempt ended without a complete answer.
///
/// ```
/// use std::io;
/// use stt_core::{TransportFailure, TransportKind};
///
/// let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
/// let failure = TransportFailure::new(TransportKind::Connect, refused);
/// assert_eq!(failure.kind(), TransportKind::Connect);
/// ```
#[derive(Clone)]
pub struct TransportFailure {
    kind: TransportKind,
    source: Arc<dyn StdError + Send + Sync>,
    proxy: Option<Arc<str>>,
}

impl TransportFailure {
    /// A failure of this kind; `source` says more, and is what [`source`](StdError::source) of the error returns.
    pub fn new(kind: TransportKind, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { kind, source: Arc::from(source.into()), proxy: None }
    }

    /// Names the proxy that the failure is about, by its host and port.
    #[must_use]
    pub fn proxy(mut self, name: &str) -> Self {
        self.proxy = Some(name.into());
        self
    }

    pub(crate) fn proxy_name(&self) -> Option<&str> {
        self.proxy.as_deref()
    }

    /// The kind of failure, which decides whether the attempt is repeated.
    #[must_use]
    pub const fn kind(&self) -> TransportKind {
        self.kind
    }
}

impl fmt::Display for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            TransportKind::Audio => "the audio could not be read",
            TransportKind::Closed => "the connection was closed without an answer",
            TransportKind::Connect => "no connection could be opened",
            TransportKind::NotHttp => "the peer does not speak HTTP",
            TransportKind::Other => "the exchange failed",
            TransportKind::Protocol => "the peer broke the rules of HTTP",
            TransportKind::Proxy(_) => "the proxy refused to connect",
            TransportKind::Reset => "the connection was lost",
            TransportKind::Resolve => "the host was not found",
            TransportKind::Stale => "a connection kept from an earlier request was closed",
            TransportKind::TimedOut(_) => "the exchange took too long",
            TransportKind::Tls => "TLS could not be set up",
            TransportKind::TooLarge => "the answer is too large",
            TransportKind::Truncated => "the answer was cut off",
        })
    }
}

impl fmt::Debug for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportFailure").field("kind", &self.kind).field("source", &self.source.to_string()).finish()
    }
}

impl StdError for TransportFailure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source: &(dyn StdError + 'static) = self.source.as_ref();
        Some(source)
    }
}
