//! The kinds of failure, and what may help against each.

use stt_auth::TokenError;
use stt_model::Status;

use crate::{
    malformed::Malformed,
    refusal::Refusal,
    retry::Cause,
    transport::{Phase, TransportKind},
    unsendable::Unsendable,
};

/// The kind of an [`Error`](crate::Error).
#[non_exhaustive]
#[derive(Clone, Debug)]
pub enum ErrorKind {
    /// No access token could be had.
    Auth(TokenError),
    /// The service answered with success and something that is no recognition.
    Malformed(Malformed),
    /// The service answered that it will not, or could not, recognize the audio.
    Refused(Refusal),
    /// The service asked for fewer requests: status 429, or `TooManyRequests` as recognition status.
    Throttled(Refusal),
    /// A part of the exchange took too long.
    TimedOut(Phase),
    /// No complete answer came.
    Transport(TransportKind),
    /// The request is certain to fail, so nothing was sent.
    Unsendable(Unsendable),
}

/// What may help against a failure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Remedy {
    /// The same request without `Expect`.
    DropExpect,
    /// The same request with a new access token.
    NewToken,
    /// Nothing that a call can do.
    None,
    /// A new connection.
    Reconnect,
    /// The same request after a pause.
    Repeat(Cause),
    /// The same request after a pause, and no second time.
    RepeatOnce,
}

impl ErrorKind {
    /// The kind as one word for programs, which stays the same when sentences become better ones.
    ///
    /// `input` is audio that could not be read; all else is named after the variant.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Auth(_) => "auth",
            Self::Malformed(_) => "malformed",
            Self::Refused(_) => "refused",
            Self::Throttled(_) => "throttled",
            Self::TimedOut(_) => "timed_out",
            Self::Transport(TransportKind::Audio) => "input",
            Self::Transport(_) => "transport",
            Self::Unsendable(_) => "unsendable",
        }
    }

    /// What may help, but for [`Remedy::NewToken`]: only the token cache knows whether there can be a newer one.
    pub(crate) fn remedy(&self) -> Remedy {
        match self {
            Self::Auth(_) | Self::Unsendable(_) => Remedy::None,
            Self::Malformed(Malformed::Truncated) => Remedy::Repeat(Cause::Transient),
            Self::Malformed(_) => Remedy::RepeatOnce,
            Self::Refused(refusal) => refusal.remedy(),
            Self::Throttled(_) => Remedy::Repeat(Cause::Throttle),
            Self::TimedOut(_) => Remedy::Repeat(Cause::Transient),
            Self::Transport(kind) => match kind {
                TransportKind::Stale => Remedy::Reconnect,
                TransportKind::Protocol => Remedy::RepeatOnce,
                TransportKind::Closed
                | TransportKind::Connect
                | TransportKind::Other
                | TransportKind::Proxy(Some(500..))
                | TransportKind::Reset
                | TransportKind::Resolve
                | TransportKind::TimedOut(_)
                | TransportKind::Truncated => Remedy::Repeat(Cause::Transient),
                TransportKind::Audio
                | TransportKind::NotHttp
                | TransportKind::Proxy(_)
                | TransportKind::Tls
                | TransportKind::TooLarge => Remedy::None,
            },
        }
    }
}

impl Refusal {
    fn remedy(&self) -> Remedy {
        if let Some(status) = &self.recognition_status {
            let failed = matches!(status, Status::Error);
            return if failed { Remedy::Repeat(Cause::Transient) } else { Remedy::None };
        }
        match self.status.as_u16() {
            408 | 500 | 502 | 503 | 504 => Remedy::Repeat(Cause::Transient),
            417 => Remedy::DropExpect,
            _ => Remedy::None,
        }
    }
}
