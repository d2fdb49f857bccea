//! What a call asks its transport to do, and how the transport answers.

use std::{
    error::Error as StdError,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use stt_auth::{Credential, Lease, Now};

use super::Call;
use crate::{ConnectionId, Error, Payload, Reply, Sent, TransportFailure};

/// What to do next.
///
/// Every variant but [`Done`](Self::Done) hands over what leads back to a [`Call`], so that a step cannot be left out.
#[must_use]
#[derive(Debug)]
pub enum Step {
    /// The call is over.
    Done(Result<Reply, Error>),
    /// Ask the application's own source for an access token, beside the call, and tell the lease.
    ///
    /// Comes only with [`Authorization::Source`](stt_auth::Authorization::Source).
    Obtain(Lease, Call),
    /// Send the request for an access token, beside the call; the errand takes the answer.
    ///
    /// Other calls on the same resource wait for the same token, so the errand must not end with this call.
    Refresh(Request<Payload>, Errand, Call),
    /// Send the request, with the audio as its body; the pending value takes the answer.
    Send(Request<Payload>, Pending),
    /// Wait, at most as long as it says, and ask again.
    Wait(Wait, Call),
}

/// A request that is on its way.
#[must_use = "a call goes on with `finished`"]
#[derive(Debug)]
pub struct Pending {
    pub(super) call: Call,
    pub(super) credential: Credential,
    pub(super) sent: Sent,
    pub(super) timeout: Duration,
    /// What is left of the call's time.
    pub(super) left: Duration,
    /// How the attempt before it failed.
    pub(super) after: Option<Error>,
}

impl Pending {
    /// The attempt must have ended, with its answer read completely, within this time.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The connection ids of all requests of the call, the last of which is that of this one.
    #[must_use]
    pub fn connection_ids(&self) -> &[ConnectionId] {
        &self.call.0.tally.requests
    }

    /// What is left of the call's time, for a transport that lets requests wait for their turn.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.left
    }

    /// Takes the request back unsent, because it had to wait for its turn. The call asks for it again.
    pub fn postponed(self) -> Call {
        let Self { mut call, after, .. } = self;
        call.0.postponed(after);
        call
    }

    /// Ends the call with the request unsent, because its turn does not come within the call's time.
    ///
    /// The call fails as its last attempt did, if there was one, and for `why` otherwise.
    pub fn without_turn(self, why: impl Into<Box<dyn StdError + Send + Sync>>) -> Call {
        let Self { mut call, after, .. } = self;
        call.0.without_turn(after, why.into());
        call
    }

    /// Tells how far the request got; without it the worst is assumed.
    pub fn sent(mut self, sent: Sent) -> Self {
        self.sent = sent;
        self
    }

    /// Tells how the attempt ended.
    pub fn finished(self, outcome: Result<Response<impl Into<Bytes>>, TransportFailure>, now: Now) -> Call {
        let Self { mut call, credential, sent, .. } = self;
        call.0.finished(&credential, sent, outcome.map(|response| response.map(Into::into)), now);
        call
    }
}

/// The request for an access token that is on its way, for all who wait for the token.
///
/// Dropping it lets the next caller try.
#[must_use = "callers wait for the token"]
#[derive(Debug)]
pub struct Errand(pub(super) Lease);

impl Errand {
    /// The request must have ended, with its answer read completely, within this time.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.0.timeout()
    }

    /// Tells how the request ended.
    pub fn finished(self, outcome: Result<Response<impl Into<Bytes>>, TransportFailure>, now: Now) {
        match outcome {
            Ok(response) => {
                let response = response.map(Into::into);
                let (head, body): (_, Bytes) = response.into_parts();
                self.0.answered(Response::from_parts(head, &body[..]), now);
            }
            Err(failure) => self.0.failed(failure, None, now),
        }
    }
}

/// A pause, or a wait for an access token that somebody else is fetching.
///
/// As a future it ends when there is news; a pause alone never does. Waking early is harmless, so a blocking transport
/// sleeps for [`at_most`](Self::at_most) and does not poll at all.
#[must_use]
#[derive(Debug)]
pub struct Wait {
    pub(super) at_most: Duration,
    pub(super) news: Option<stt_auth::Wait>,
}

impl Wait {
    /// The longest time to wait.
    #[must_use]
    pub fn at_most(&self) -> Duration {
        self.at_most
    }

    /// Whether it is a pause before a repeat, and not a wait for an access token.
    #[must_use]
    pub fn is_pause(&self) -> bool {
        self.news.is_none()
    }
}

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match &mut self.news {
            Some(news) => Pin::new(news).poll(context),
            None => Poll::Pending,
        }
    }
}
