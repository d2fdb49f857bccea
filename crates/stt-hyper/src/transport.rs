//! One request and its answer, from a connection to the last byte, within its time.

use std::{error::Error as StdError, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response, header};
use http_body_util::{BodyExt, Limited};
use hyper::{body::Incoming, ext::on_informational};
use hyper_util::{
    client::legacy::{
        self, ResponseFuture,
        connect::{Connect, capture_connection},
    },
    rt::{TokioExecutor, TokioTimer},
};
use stt_core::{Payload, Phase, Reached, Sent, TransportFailure, TransportKind};
use tokio::time::{Instant, timeout};

use crate::{
    attempt::Attempt,
    audio::Audio,
    body::{Body, Question},
    failure::{self, Fault},
    gate::Gate,
    limits::{ANSWER, BUFFER, IDLE, Limits, TOKEN},
    patience::Patience,
};

/// Sends requests over connections that it keeps for a while.
pub(crate) struct Transport<C> {
    /// Keeps connections for the next request.
    pooled: legacy::Client<C, Body>,
    /// Opens a connection for each request.
    single: legacy::Client<C, Body>,
    limits: Limits,
    chunk: usize,
    patience: Arc<Patience>,
}

impl<C: Connect + Clone + Send + Sync + 'static> Transport<C> {
    pub(crate) fn new(connector: C, limits: Limits, chunk: usize) -> Self {
        let mut builder = legacy::Client::builder(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            // Whether a request is repeated is for the exchange machine to say, which counts and bounds it.
            .retry_canceled_requests(false)
            .http1_max_buf_size(BUFFER);
        let pooled = builder.build(connector.clone());
        let single = builder.pool_max_idle_per_host(0).build(connector);
        Self { pooled, single, limits, chunk, patience: Arc::default() }
    }

    /// Sends one request, with this audio where the request has a place for it, and reads its answer.
    ///
    /// Dropping the future ends the exchange and closes its connection.
    pub(crate) async fn send(
        &self,
        request: Request<Payload>,
        audio: Option<&Audio>,
        limit: Duration,
        over: Over,
    ) -> (Sent, Result<Response<Bytes>, TransportFailure>) {
        let began = Instant::now();
        let audio = audio.filter(|_| *request.body() == Payload::Audio);
        let pieces = match audio {
            None => None,
            Some(audio) => match timeout(limit, audio.pieces(self.chunk)).await {
                Ok(Ok(pieces)) => Some(pieces),
                Ok(Err(why)) => return nothing(false, TransportFailure::new(TransportKind::Audio, why)),
                // A file on a disk that does not answer.
                Err(_) => return nothing(audio.is_replayable(), Fault::too_slow(Phase::Call)),
            },
        };
        let gate = Arc::new(Gate::new(request.headers().contains_key(header::EXPECT)));
        let question = Question::new(Arc::clone(&self.patience), self.limits.proceed);
        let mut request = request.map(|_| Body::new(Arc::clone(&gate), pieces, question));
        on_informational(&mut request, {
            let (gate, patience) = (Arc::clone(&gate), Arc::clone(&self.patience));
            move |answer| {
                if gate.interim(answer.status()) {
                    patience.met();
                }
            }
        });
        let connection = capture_connection(&mut request);
        let mut attempt = Attempt::new(gate, connection, audio.map(Audio::format));
        let http = match over {
            Over::Any => &self.pooled,
            Over::New => &self.single,
        };
        let outcome =
            match timeout(limit.saturating_sub(began.elapsed()), self.exchange(http.request(request), &mut attempt))
                .await
            {
                Ok(outcome) => outcome,
                Err(_) => Err(Fault::too_slow(attempt.phase())),
            };
        (attempt.sent().again(audio.is_none_or(Audio::is_replayable)), outcome)
    }

    async fn exchange(
        &self,
        answer: ResponseFuture,
        attempt: &mut Attempt,
    ) -> Result<Response<Bytes>, TransportFailure> {
        let limit = if attempt.format.is_some() { ANSWER } else { TOKEN };
        let answer = tokio::select! {
            biased;
            answer = answer => answer.map_err(|error| attempt.failure(error))?,
            () = attempt.gate.flooded() => {
                return Err(TransportFailure::new(TransportKind::Protocol, Fault::OnlyInterim));
            }
            phase = attempt.stall(self.limits) => return Err(Fault::too_slow(phase)),
        };
        attempt.answered = true;
        if attempt.gate.shut() {
            self.patience.met();
        }
        if let Some(wire) = attempt.wire() {
            wire.answered();
        }
        // An answer that tells its length in two ways may be understood in two ways, so it is the connection's last.
        let ambiguous = answer.headers().contains_key(header::TRANSFER_ENCODING)
            && answer.headers().contains_key(header::CONTENT_LENGTH);
        let (head, body) = answer.into_parts();
        let body = match timeout(self.limits.body, read(body, limit)).await {
            Ok(body) => body?,
            Err(_) => return Err(Fault::too_slow(Phase::Body)),
        };
        attempt.clean = attempt.gate.ended().is_some() && !ambiguous;
        Ok(Response::from_parts(head, body))
    }
}

/// Which connection a request takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Over {
    /// One that is there already, if there is one.
    Any,
    /// A new one.
    New,
}

/// The outcome of an attempt that opened no connection.
const fn nothing(again: bool, failure: TransportFailure) -> (Sent, Result<Response<Bytes>, TransportFailure>) {
    (Sent::new(Reached::Nothing).audio(0).again(again), Err(failure))
}

/// Reads the body of an answer, up to `limit` bytes.
async fn read(body: Incoming, limit: usize) -> Result<Bytes, TransportFailure> {
    let whole = Limited::new(body, limit).collect().await;
    whole
        .map(http_body_util::Collected::to_bytes)
        .map_err(|error| failure::of_body(&*error as &(dyn StdError + 'static), limit))
}

#[cfg(test)]
mod tests;
