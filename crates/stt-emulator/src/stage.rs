//! The stages of a request between its head and its answer.

use bytes::Bytes;
use http::HeaderMap;

use crate::admin::Command;
use crate::answer::Answer;
use crate::asked::Asked;
use crate::fault::Intake;
use crate::fingerprint::Fingerprint;
use crate::journal::Entry;
use crate::limits::Slot;
use crate::script::{Facts, Strike};
use crate::secret::Hidden;
use crate::tenant::Caller;

/// What can be said of a request before its body is there.
#[must_use]
#[derive(Debug)]
pub enum Checked {
    /// Go on: read the body, then call [`Emulator::finish`](crate::Emulator::finish) or
    /// [`Emulator::abandoned`](crate::Emulator::abandoned).
    Admitted(Admitted),
    /// This is the answer already; neither `100 Continue` nor the body is wanted.
    Answered(Answer),
}

/// A request whose head was found good.
#[must_use]
#[derive(Debug)]
pub struct Admitted(pub(crate) Purpose);

impl Admitted {
    /// How the body is to be taken.
    #[must_use]
    pub fn intake(&self) -> Intake {
        match &self.0 {
            Purpose::Admin(_) => Intake::default(),
            Purpose::Service(service) => service.strike.as_ref().map(Strike::intake).unwrap_or_default(),
        }
    }

    /// On whose clock it is.
    pub(crate) fn tenant(&self) -> Option<Fingerprint> {
        match &self.0 {
            Purpose::Admin(_) => None,
            Purpose::Service(service) => service.exchange.entry.tenant,
        }
    }
}

#[derive(Debug)]
pub(crate) enum Purpose {
    Admin(Command),
    Service(Box<Service>),
}

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) task: Task,
    pub(crate) exchange: Exchange,
    pub(crate) facts: Facts,
    /// What goes wrong, where the head decides that.
    pub(crate) strike: Option<Strike>,
}

/// What a request leaves behind for its answer.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) entry: Entry,
    /// The header fields of the answer that are for browsers.
    pub(crate) cors: HeaderMap,
    /// Its place among those that the resource may have at once.
    pub(crate) slot: Option<Slot>,
    /// The key or the token that came with it, which no reason may quote.
    pub(crate) credential: Hidden,
    /// What was uploaded, with its SHA-256.
    pub(crate) audio: Option<([u8; 32], Bytes)>,
}

#[derive(Debug)]
pub(crate) enum Task {
    Recognize(Asked),
    /// Whose key is to be exchanged.
    Token(Caller),
}
