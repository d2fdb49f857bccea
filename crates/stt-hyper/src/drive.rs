//! The loop around the exchange machine.

use std::sync::Arc;

use http::Request;
use hyper_util::client::legacy::connect::Connect;
use stt_auth::{Access, Lease, Resource, Token, TokenError};
use stt_core::{Call, Error, Payload, Reply, Step, TransportKind};
use tokio::time::timeout;

use crate::{
    audio::Audio,
    clock::now,
    token_source::TokenSource,
    transport::{Over, Transport},
};

/// Does what the call asks for until it is over.
///
/// Access tokens are fetched in tasks of their own, because whoever asked first may give up before others do.
pub(crate) async fn drive<C: Connect + Clone + Send + Sync + 'static>(
    mut call: Call,
    transport: &Arc<Transport<C>>,
    source: Option<&TokenSource>,
    audio: &Audio,
) -> Result<Reply, Error> {
    let mut over = Over::Any;
    loop {
        call = match call.next(now()) {
            Step::Done(result) => return result,
            Step::Send(request, pending) => {
                let (sent, outcome) = transport.send(request, Some(audio), pending.timeout(), over).await;
                // Whatever else is in the pool may be as old as the connection that was closed.
                let stale = outcome.as_ref().is_err_and(|failure| failure.kind() == TransportKind::Stale);
                over = if stale { Over::New } else { Over::Any };
                pending.sent(sent).finished(outcome, now())
            }
            Step::Refresh(request, errand, call) => {
                let transport = Arc::clone(transport);
                tokio::spawn(async move {
                    let (_, outcome) = transport.send(request, None, errand.timeout(), Over::Any).await;
                    errand.finished(outcome, now());
                });
                call
            }
            Step::Obtain(lease, call) => {
                obtain(source, lease);
                call
            }
            Step::Wait(wait, call) => {
                // The end of the wait and news before it are the same to the call.
                let _ = timeout(wait.at_most(), wait).await;
                call
            }
        };
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
    match transport.send(request.map(|()| Payload::Empty), None, lease.timeout(), Over::Any).await {
        (_, Ok(answer)) => lease.answered(answer, now()),
        (_, Err(failure)) => lease.failed(failure, None, now()),
    }
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
