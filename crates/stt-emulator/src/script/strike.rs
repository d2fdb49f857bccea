//! What goes wrong with one request.

use std::time::Duration;

use crate::fault::{Intake, Transport};
use crate::scenario::Respond;
use crate::span::Span;

/// A fault or a magic key that was found to be for a request.
#[derive(Clone, Debug)]
pub(crate) struct Strike {
    /// What the journal calls its kind.
    pub(crate) by: &'static str,
    /// Which one it is, and the how manieth time.
    pub(crate) why: String,
    pub(crate) act: Act,
}

/// What is done.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    ExpiredToken,
    Respond(Respond),
    Transport(Transport),
    Wait(Duration),
}

impl Act {
    /// What is done, for the journal.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::ExpiredToken => "a token whose time is over".to_owned(),
            Self::Respond(respond) => format!("the status {}", respond.status),
            Self::Transport(transport) => transport.to_string(),
            Self::Wait(wait) => format!("held back for {}", Span(*wait)),
        }
    }
}

impl Strike {
    /// How the body is to be taken.
    pub(crate) fn intake(&self) -> Intake {
        match &self.act {
            Act::Transport(transport) => transport.intake(),
            Act::ExpiredToken | Act::Respond(_) | Act::Wait(_) => Intake::default(),
        }
    }

    /// Whether it answers before the body.
    ///
    /// Microsoft's engineers say of the limit of requests that it is evaluated when one connects, and refused
    /// credentials are seen before any audio is sent.
    pub(crate) fn is_early(&self) -> bool {
        match &self.act {
            Act::Respond(respond) => matches!(respond.status, 401 | 403 | 429),
            Act::Transport(Transport::ExpectationFailed | Transport::EarlyAnswer { after_bytes: 0, .. }) => true,
            Act::ExpiredToken | Act::Transport(_) | Act::Wait(_) => false,
        }
    }
}
