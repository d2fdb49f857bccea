//! What went wrong with a call, and what a program or its user can do about it.

use std::{error::Error as StdError, fmt, time::Duration};

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::{
    ConnectionId,
    kind::{ErrorKind, Remedy},
    refusal::Asked,
    transport::{Phase, TransportFailure, TransportKind},
};

/// Why a call ended without a recognition.
///
/// [`Display`](fmt::Display) prints this level alone; [`source`](StdError::source) is the next one: the service's own
/// words, or what the transport says.
pub struct Error(Box<Inner>);

pub(crate) struct Inner {
    pub(crate) kind: ErrorKind,
    pub(crate) asked: Asked,
    pub(crate) failure: Option<TransportFailure>,
    pub(crate) response: Option<Response<Bytes>>,
    pub(crate) repeats_credential: bool,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) gave_up: Option<GaveUp>,
    pub(crate) connection_ids: Vec<ConnectionId>,
    pub(crate) attempts: u32,
    pub(crate) audio_sent: u64,
}

/// Why a failure that could have been repeated was not.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum GaveUp {
    /// Too many calls of this resource have failed; see [`Retry`](crate::Retry).
    Budget,
    /// The next attempt would have started after the call's time limit, which is given here.
    Deadline(Duration),
    /// The service asks for a longer pause than a call waits.
    LongPause,
    /// The audio cannot be sent a second time.
    LiveAudio,
}

impl Error {
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Box::new(inner))
    }

    pub(crate) fn gave_up_because(mut self, reason: GaveUp) -> Self {
        self.0.gave_up = Some(reason);
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Whether the same audio may be sent again with a chance of success.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.0.gave_up != Some(GaveUp::LiveAudio)
            && match &self.0.kind {
                ErrorKind::Auth(error) => error.is_retryable(),
                kind => !matches!(kind.remedy(), Remedy::DropExpect | Remedy::None),
            }
    }

    /// Why a failure that could have been repeated was not.
    #[must_use]
    pub fn gave_up(&self) -> Option<GaveUp> {
        self.0.gave_up
    }

    /// How long the service asks to wait before the next request.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The HTTP status of the last answer.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.response.as_ref().map(Response::status)
    }

    /// The last answer, as it came.
    #[must_use]
    pub fn response(&self) -> Option<&Response<Bytes>> {
        self.0.response.as_ref()
    }

    /// Whether the last answer repeats the credential of its request, so that it must not be kept.
    #[must_use]
    pub fn repeats_credential(&self) -> bool {
        self.0.repeats_credential
    }

    /// The service's own words.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        match &self.0.kind {
            ErrorKind::Refused(refusal) | ErrorKind::Throttled(refusal) => refusal.message.as_deref(),
            _ => None,
        }
    }

    /// The connection id of the last attempt, for the service's support.
    #[must_use]
    pub fn connection_id(&self) -> Option<ConnectionId> {
        self.0.connection_ids.last().copied()
    }

    /// The connection ids of all attempts, oldest first.
    #[must_use]
    pub fn connection_ids(&self) -> &[ConnectionId] {
        &self.0.connection_ids
    }

    /// The id that the service gave the last request, from its answer's headers.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.response.as_ref().and_then(request_id)
    }

    /// How many attempts were made, those that cost nothing not counted.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How many bytes of audio were sent over all attempts, as far as the transport counts them.
    ///
    /// The service may have billed all of them, although no recognition came of it.
    #[must_use]
    pub fn audio_sent(&self) -> u64 {
        self.0.audio_sent
    }

    fn line(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.0.asked.host.as_str();
        if let Some(name) = self.0.failure.as_ref().and_then(TransportFailure::proxy_name) {
            return about_proxy(&format!("the proxy {name}"), &self.0.kind, f);
        }
        match &self.0.kind {
            ErrorKind::Auth(error) => write!(f, "{error}"),
            ErrorKind::Malformed(malformed) => write!(f, "{malformed}"),
            ErrorKind::Refused(refusal) => refusal.line(&self.0.asked, self.0.attempts, f),
            ErrorKind::Throttled(refusal) => match &refusal.recognition_status {
                Some(status) => write!(f, "throttled by the service ({status})"),
                None => write!(f, "throttled by the service ({})", refusal.status.as_u16()),
            },
            ErrorKind::TimedOut(phase) => match phase {
                Phase::Answer | Phase::Body => write!(f, "no complete answer from {host} in time"),
                Phase::Call => f.write_str("no answer within the time limit of the call"),
                Phase::Connect => write!(f, "connecting to {host} took too long"),
                Phase::Resolve => write!(f, "looking up {host} took too long"),
                Phase::Tls => write!(f, "{host} did not finish the TLS handshake in time"),
                Phase::Token => f.write_str("no access token within the time limit of the call"),
                Phase::Turn => f.write_str("the request did not get its turn within the time limit of the call"),
                Phase::Upload => f.write_str("the upload stalled"),
            },
            ErrorKind::Transport(kind) => match kind {
                TransportKind::Audio => f.write_str("the audio could not be read"),
                TransportKind::Closed | TransportKind::Stale => {
                    write!(f, "{host} closed the connection without an answer")
                }
                TransportKind::Connect => write!(f, "cannot connect to {}", self.0.asked.authority),
                TransportKind::NotHttp => write!(f, "{host} does not speak HTTP"),
                TransportKind::Other => write!(f, "the exchange with {host} failed"),
                TransportKind::Protocol => write!(f, "{host} broke the rules of HTTP"),
                TransportKind::Proxy(_) => about_proxy("the proxy", &self.0.kind, f),
                TransportKind::Reset => write!(f, "connection lost after {} bytes of audio", self.0.audio_sent),
                TransportKind::Resolve => write!(f, "cannot find {host}; is the region right, are you online?"),
                TransportKind::TimedOut(_) => write!(f, "the exchange with {host} took too long"),
                TransportKind::Tls => write!(f, "no secure connection to {host}"),
                TransportKind::TooLarge => write!(f, "the answer of {host} is too large"),
                TransportKind::Truncated => f.write_str("the answer was cut off"),
            },
            ErrorKind::Unsendable(unsendable) => write!(f, "{unsendable}"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.gave_up == Some(GaveUp::LongPause)
            && let Some(pause) = self.0.retry_after
        {
            let repeated = if self.0.attempts < 2 { "nothing was repeated" } else { "gave up" };
            return write!(f, "the service asks to wait {}; {repeated}", Readable(pause));
        }
        self.line(f)?;
        match self.0.gave_up {
            Some(GaveUp::Budget) => f.write_str(" (no more repeats: too many failures)"),
            Some(GaveUp::Deadline(limit)) => {
                write!(f, "; gave up because the next try would start after the {} limit", Readable(limit))
            }
            Some(GaveUp::LiveAudio) => f.write_str(" (not repeated: live audio)"),
            Some(GaveUp::LongPause) | None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    /// Leaves the answer out: whatever a service echoes does not belong in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("status", &self.status())
            .field("retry_after", &self.0.retry_after)
            .field("gave_up", &self.0.gave_up)
            .field("connection_ids", &self.0.connection_ids)
            .field("attempts", &self.0.attempts)
            .field("audio_sent", &self.0.audio_sent)
            .field("failure", &self.0.failure)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.kind {
            ErrorKind::Auth(error) => error.source(),
            ErrorKind::Refused(refusal) | ErrorKind::Throttled(refusal) => {
                refusal.message.as_ref().map(|_| refusal as &(dyn StdError + 'static))
            }
            _ => self.0.failure.as_ref().and_then(StdError::source),
        }
    }
}

/// A failure on the way to the host, whose cause is a proxy.
fn about_proxy(proxy: &str, kind: &ErrorKind, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match kind {
        ErrorKind::TimedOut(Phase::Resolve) => write!(f, "looking up {proxy} took too long"),
        ErrorKind::TimedOut(_) => write!(f, "connecting through {proxy} took too long"),
        ErrorKind::Transport(TransportKind::Connect) => write!(f, "cannot connect to {proxy}"),
        ErrorKind::Transport(TransportKind::Resolve) => write!(f, "cannot find {proxy}"),
        ErrorKind::Transport(TransportKind::Proxy(Some(407))) => write!(f, "{proxy} wants a password (407)"),
        ErrorKind::Transport(TransportKind::Proxy(Some(status @ 200..300))) => {
            write!(f, "{proxy} opened no connection ({status})")
        }
        ErrorKind::Transport(TransportKind::Proxy(Some(status))) => write!(f, "{proxy} refused to connect ({status})"),
        _ => write!(f, "no connection through {proxy}"),
    }
}

/// The id that the service gave a request.
///
/// `X-RequestId` was observed by one third party on all answers; the others are Azure's usual names.
pub(crate) fn request_id<B>(response: &Response<B>) -> Option<&str> {
    ["x-requestid", "apim-request-id", "x-request-id"]
        .into_iter()
        .find_map(|name| response.headers().get(name)?.to_str().ok())
}

/// A duration as a person says it: `60 min`, `2 s`, `1.5 s`.
struct Readable(Duration);

impl fmt::Display for Readable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        if 365 * 24 * 3600 < seconds {
            return f.write_str("more than a year");
        }
        if 600 <= seconds {
            return write!(f, "{} min", seconds.div_ceil(60));
        }
        if self.0 < Duration::from_millis(100) {
            return write!(f, "{} ms", self.0.as_millis());
        }
        write!(f, "{} s", (self.0.as_secs_f64() * 10.0).round() / 10.0)
    }
}
