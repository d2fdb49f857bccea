//! The loop around the exchange machine.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use hyper_util::client::legacy::connect::Connect;
use stt_auth::{Access, Lease, Resource, Token, TokenError};
use stt_core::{Call, Ended, Error, Payload, Pending, Reply, Step, TransportFailure, TransportKind};
use tokio::time::timeout;

use crate::{
    audio::Audio,
    clock::now,
    event::{Event, Observer},
    limiter::{Limiter, Permit},
    token_source::TokenSource,
    trace::Traced,
    transport::{Over, Transport},
};

/// One call, and what it is carried out with.
pub(crate) struct Driver<'a, C> {
    pub(crate) transport: &'a Arc<Transport<C>>,
    pub(crate) source: Option<&'a TokenSource>,
    pub(crate) limiter: Option<&'a Limiter>,
    pub(crate) observer: Option<&'a Observer>,
    pub(crate) audio: &'a Audio,
}

/// Whether a request may go out now.
enum Turn {
    Now(Option<Permit>, Pending),
    /// It had to wait, and its call has to be asked again.
    Later(Option<Permit>, Call),
}

impl<C: Connect + Clone + Send + Sync + 'static> Driver<'_, C> {
    /// Does what the call asks for until it is over.
    ///
    /// Access tokens are fetched in tasks of their own, because whoever asked first may give up before others do.
    pub(crate) async fn drive(&self, call: Call) -> Result<Reply, Error> {
        let traced = Traced::call();
        let result = traced.around(self.steps(call)).await;
        traced.ended(result.as_ref().err());
        result
    }

    async fn steps(&self, mut call: Call) -> Result<Reply, Error> {
        let mut over = Over::Any;
        // A turn ends with its attempt, so a call that pauses has none; one that waits for a token keeps its own.
        let mut held = self.first_turn().await;
        loop {
            call = match call.next(now()) {
                Step::Done(result) => return result,
                Step::Send(request, pending) => match self.turn(held.take(), pending).await {
                    Turn::Now(permit, pending) => self.attempt(request, pending, permit, &mut over).await,
                    Turn::Later(permit, call) => {
                        held = permit;
                        call
                    }
                },
                Step::Refresh(request, errand, call) => {
                    let transport = Arc::clone(self.transport);
                    tokio::spawn(async move {
                        let outcome = ask(&transport, request, errand.timeout()).await;
                        errand.finished(outcome, now());
                    });
                    call
                }
                Step::Obtain(lease, call) => {
                    obtain(self.source, lease);
                    call
                }
                Step::Wait(wait, call) => {
                    if let (true, Some(after)) = (wait.is_pause(), call.last_error()) {
                        Traced::pausing(wait.at_most(), after);
                        self.tell(&Event::Pausing { pause: wait.at_most(), after });
                    }
                    // The end of the wait and news before it are the same to the call.
                    let _ = timeout(wait.at_most(), wait).await;
                    call
                }
            };
        }
    }

    /// Waits for the first turn, where that is to come before the time of the call begins.
    async fn first_turn(&self) -> Option<Permit> {
        let limiter = self.limiter.filter(|limiter| limiter.is_patient())?;
        if let Some(permit) = limiter.at_once() {
            return Some(permit);
        }
        self.queued();
        loop {
            if let Ok(permit) = limiter.turn(Duration::MAX).await {
                return Some(permit);
            }
        }
    }

    /// Lets the request begin, or waits until it may.
    async fn turn(&self, permit: Option<Permit>, pending: Pending) -> Turn {
        let Some(limiter) = self.limiter else { return Turn::Now(None, pending) };
        if let Some(permit) = permit.or_else(|| limiter.at_once()) {
            return Turn::Now(Some(permit), pending);
        }
        self.queued();
        match limiter.turn(pending.left()).await {
            // Meanwhile the token may have become too old, and less is left of the call's time.
            Ok(permit) => Turn::Later(Some(permit), pending.postponed()),
            Err(why) => Turn::Later(None, pending.without_turn(why)),
        }
    }

    /// Sends the request.
    async fn attempt(
        &self,
        request: Request<Payload>,
        pending: Pending,
        permit: Option<Permit>,
        over: &mut Over,
    ) -> Call {
        let ids = pending.connection_ids();
        let connection_id = ids.last().copied();
        let resend = u32::try_from(ids.len().saturating_sub(1)).unwrap_or(u32::MAX);
        if let Some(connection_id) = connection_id {
            self.tell(&Event::Began { connection_id, resend });
        }
        let traced = Traced::request(&request, connection_id, resend);
        let sending = self.transport.send(request, Some(self.audio), pending.timeout(), *over);
        let (sent, outcome) = traced.around(sending).await;
        traced.answered(outcome.as_ref().ok());
        // Whatever else is in the pool may be as old as the connection that was closed.
        let stale = outcome.as_ref().is_err_and(|failure| failure.kind() == TransportKind::Stale);
        *over = if stale { Over::New } else { Over::Any };
        let call = pending.sent(sent).finished(outcome, now());
        let error = call.last_error();
        traced.ended(error);
        if let Some(permit) = permit {
            permit.ended(Ended::of(error));
        }
        if let Some(connection_id) = connection_id {
            self.tell(&Event::Ended { connection_id, error, audio_sent: sent.audio.unwrap_or_default() });
        }
        call
    }

    fn queued(&self) {
        Traced::queued();
        self.tell(&Event::Queued);
    }

    fn tell(&self, event: &Event<'_>) {
        if let Some(observer) = self.observer {
            observer.tell(event);
        }
    }
}

/// Gets an access token for a resource that has them: from its cache, or from where they come from.
///
/// The cache bounds the attempts, so this ends.
pub(crate) async fn token<C: Connect + Clone + Send + Sync + 'static>(
    resource: &Resource,
    transport: &Arc<Transport<C>>,
    source: Option<&TokenSource>,
) -> Result<Option<Token>, TokenError> {
    loop {
        match resource.access(now()) {
            Access::Failed(error) => return Err(error),
            Access::Ready(credential) => return Ok(credential.token().cloned()),
            Access::Refresh(lease) => match lease.request() {
                Some(request) => drop(tokio::spawn(exchange(request, lease, Arc::clone(transport)))),
                None => obtain(source, lease),
            },
            Access::Wait(wait) => {
                let _ = timeout(wait.at_most(), wait).await;
            }
        }
    }
}

/// Exchanges the key for a token.
async fn exchange<C: Connect + Clone + Send + Sync + 'static>(
    request: Request<()>,
    lease: Lease,
    transport: Arc<Transport<C>>,
) {
    match ask(&transport, request.map(|()| Payload::Empty), lease.timeout()).await {
        Ok(answer) => lease.answered(answer, now()),
        Err(failure) => lease.failed(failure, None, now()),
    }
}

/// Sends the request for a token.
async fn ask<C: Connect + Clone + Send + Sync + 'static>(
    transport: &Transport<C>,
    request: Request<Payload>,
    limit: Duration,
) -> Result<Response<Bytes>, TransportFailure> {
    let traced = Traced::request(&request, None, 0);
    let (_, outcome) = traced.around(transport.send(request, None, limit, Over::Any)).await;
    traced.answered(outcome.as_ref().ok());
    outcome
}

/// Asks the application for a token.
fn obtain(source: Option<&TokenSource>, lease: Lease) {
    match source {
        Some(source) => drop(tokio::spawn(source.obtain(lease))),
        None => lease.failed("the client has no source of tokens", None, now()),
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod throttling;
