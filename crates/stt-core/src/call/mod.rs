//! One recognition from the first request to the verdict, as a machine without I/O.

mod step;
mod tally;

use std::{error::Error as StdError, fmt, mem, time::Duration};

use bytes::Bytes;
use http::Response;
use stt_auth::{Access, Authorization, Credential, Now, Resource};

pub use self::step::{Errand, Pending, Step, Wait};
use self::tally::Tally;
use crate::{
    ConnectionId, Error, ErrorKind, GaveUp, Payload, Phase, Reached, Recognize, Reply, Retry, Sent, TransportFailure,
    TransportKind, Upload,
    error::Inner,
    kind::Remedy,
    refusal::Asked,
    reply,
    retry::{Cause, LONGEST_HINT, entropy},
};

/// A call of the service that decides what happens next: send, wait, fetch an access token, repeat, give up.
///
/// It is consumed by each step and comes back from it, so that a wrong order does not compile. A transport is this loop:
///
/// ```
/// # use std::time::Duration;
/// # use bytes::Bytes;
/// # use http::{Request, Response};
/// # use stt_auth::{Now, Resource};
/// use stt_core::{Call, Payload, Recognize, Reply, Step, TransportFailure, Upload};
/// # use stt_model::{AudioFormat, Language};
///
/// # fn now() -> Now { Now { monotonic: Duration::ZERO, wall: Duration::ZERO } }
/// # fn sleep(_: Duration) {}
/// fn drive(
///     mut call: Call,
///     send: impl Fn(Request<Payload>, Duration) -> Result<Response<Bytes>, TransportFailure>,
/// ) -> Result<Reply, stt_core::Error> {
///     loop {
///         call = match call.next(now()) {
///             Step::Done(result) => return result,
///             Step::Send(request, pending) => {
///                 let outcome = send(request, pending.timeout());
///                 pending.finished(outcome, now())
///             }
///             Step::Refresh(request, errand, call) => {
///                 let outcome = send(request, errand.timeout());
///                 errand.finished(outcome, now());
///                 call
///             }
///             Step::Obtain(lease, call) => {
///                 lease.failed("this program has no token source", None, now());
///                 call
///             }
///             Step::Wait(wait, call) => {
///                 sleep(wait.at_most());
///                 call
///             }
///         }
///     }
/// }
///
/// let resource = Resource::new("https://westus.stt.speech.microsoft.com", "0123456789abcdef")?;
/// let call = Recognize::new(Language::EN_US).call(&resource, Upload::replayable(AudioFormat::WavPcm16k), 42);
/// let reply = drive(call, |_, _| Ok(Response::new(Bytes::from_static(br#"{"RecognitionStatus":"NoMatch"}"#))))?;
/// assert_eq!(reply.recognition.text(), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Besides the attempts that [`Retry`] allows, three resends are free, each once: without `Expect` after a 417, with a
/// new access token after a 401 or 403, and on a new connection after a stale one (where part of the audio was sent
/// over that, only if [`Retry`] allows repeats).
#[must_use = "a call does nothing until it is driven"]
pub struct Call(Box<Exchange>);

struct Exchange {
    recognize: Recognize,
    resource: Resource,
    upload: Upload,
    seed: u128,
    retry: Retry,
    /// The monotonic time of the first step.
    started: Option<Duration>,
    /// A request had to wait for its turn.
    postponed: bool,
    situation: Situation,
    tally: Tally,
}

/// Where the call stands between two steps.
enum Situation {
    /// A repeat waits for its time, counted from the start of the call.
    Pausing { until: Duration, after: Error },
    /// The next step sends the request, once there is a credential.
    Ready { after: Option<Error> },
    /// The call is over.
    Settled(Box<Result<Reply, Error>>),
}

/// What follows from a failed attempt.
enum Plan {
    /// Pause and repeat.
    Pause(Duration),
    /// Send again at once.
    Resend,
    /// Deliver the failure.
    Settle(Option<GaveUp>),
}

impl Recognize {
    /// Begins a call on this resource.
    ///
    /// `seed` is the entropy of the call: 128 random bits. It is the first attempt's connection id, and the pauses
    /// between attempts come from it.
    pub fn call(&self, resource: &Resource, upload: Upload, seed: u128) -> Call {
        Call(Box::new(Exchange {
            recognize: self.clone(),
            resource: resource.clone(),
            upload,
            seed,
            retry: Retry::none(),
            started: None,
            postponed: false,
            situation: Situation::Ready { after: None },
            tally: Tally::default(),
        }))
    }
}

impl Call {
    /// Allows repeats; without it a failed attempt is final.
    pub fn retry(mut self, retry: &Retry) -> Self {
        self.0.retry = retry.clone();
        self
    }

    /// What to do now. The time limit of the call counts from the first time this is asked.
    pub fn next(mut self, now: Now) -> Step {
        let exchange = &mut *self.0;
        let elapsed = exchange.elapsed(now);
        let after = match mem::replace(&mut exchange.situation, Situation::Ready { after: None }) {
            Situation::Settled(result) => return Step::Done(*result),
            Situation::Pausing { after, .. } if exchange.retry.whole() <= elapsed => {
                return Step::Done(Err(exchange.late(Some(after))));
            }
            Situation::Ready { after } if exchange.retry.whole() <= elapsed => {
                return Step::Done(Err(exchange.late(after)));
            }
            Situation::Pausing { until, after } if elapsed < until => {
                exchange.situation = Situation::Pausing { until, after };
                return Step::Wait(Wait { at_most: until - elapsed, news: None }, self);
            }
            Situation::Pausing { after, .. } => Some(after),
            Situation::Ready { after } => after,
        };
        self.send(after, elapsed, now)
    }

    /// How the last attempt failed; `None` before the first one, and after a success.
    ///
    /// [`Done`](Step::Done) hands it out in the end, unless a repeat succeeds.
    #[must_use]
    pub fn last_error(&self) -> Option<&Error> {
        match &self.0.situation {
            Situation::Pausing { after, .. } | Situation::Ready { after: Some(after) } => Some(after),
            Situation::Ready { after: None } => None,
            Situation::Settled(result) => result.as_ref().as_ref().err(),
        }
    }

    /// Sends the request, or does what has to come before it.
    fn send(mut self, after: Option<Error>, elapsed: Duration, now: Now) -> Step {
        let exchange = &mut *self.0;
        let id = exchange.next_id();
        let mut request = match exchange.recognize.request(exchange.resource.endpoint(), exchange.upload, id) {
            Ok(request) => request,
            Err(refused) => return Step::Done(Err(exchange.verdict(ErrorKind::Unsendable(refused)))),
        };
        let left = exchange.retry.whole().saturating_sub(elapsed);
        match exchange.resource.access(now) {
            Access::Failed(error) => Step::Done(Err(exchange.verdict(ErrorKind::Auth(error)))),
            Access::Ready(credential) => {
                if let Some((name, value)) = credential.header() {
                    request.headers_mut().insert(name, value);
                }
                exchange.tally.requests.push(id);
                let timeout = exchange.retry.one().min(left);
                Step::Send(request, Pending { call: self, credential, sent: Sent::default(), timeout, left, after })
            }
            Access::Refresh(lease) => {
                exchange.situation = Situation::Ready { after };
                match lease.request() {
                    Some(request) => Step::Refresh(request.map(|()| Payload::Empty), Errand(lease), self),
                    None => Step::Obtain(lease, self),
                }
            }
            Access::Wait(wait) => {
                exchange.situation = Situation::Ready { after };
                Step::Wait(Wait { at_most: wait.at_most().min(left), news: Some(wait) }, self)
            }
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("recognize", &self.0.recognize)
            .field("requests", &self.0.tally.requests)
            .finish_non_exhaustive()
    }
}

impl Exchange {
    /// The time since the first step, by the monotonic clock: a corrected wall clock must not end a call.
    fn elapsed(&mut self, now: Now) -> Duration {
        now.monotonic.saturating_sub(*self.started.get_or_insert(now.monotonic))
    }

    /// The request did not go out yet.
    fn postponed(&mut self, after: Option<Error>) {
        self.tally.requests.pop();
        self.postponed = true;
        self.situation = Situation::Ready { after };
    }

    /// The request cannot go out in time.
    fn without_turn(&mut self, after: Option<Error>, why: Box<dyn StdError + Send + Sync>) {
        self.tally.requests.pop();
        let error = match after {
            Some(after) => after.gave_up_because(GaveUp::Deadline(self.retry.whole())),
            None => {
                let failure = Some(TransportFailure::new(TransportKind::TimedOut(Phase::Turn), why));
                Error::new(Inner { failure, ..self.inner(ErrorKind::TimedOut(Phase::Turn)) })
            }
        };
        self.situation = Situation::Settled(Box::new(Err(error)));
    }

    /// The seed for the first attempt, so that a caller knows it beforehand, and other bits for the others.
    fn next_id(&self) -> ConnectionId {
        let step = self.tally.requests.len() as u64;
        self.recognize.chosen_id().unwrap_or_else(|| match step {
            0 => ConnectionId(self.seed),
            _ => ConnectionId(
                u128::from(entropy(self.seed, 2 * step)) << 64 | u128::from(entropy(self.seed, 2 * step + 1)),
            ),
        })
    }

    fn finished(
        &mut self,
        credential: &Credential,
        sent: Sent,
        outcome: Result<Response<Bytes>, TransportFailure>,
        now: Now,
    ) {
        self.tally.audio_sent = self.tally.audio_sent.saturating_add(sent.audio.unwrap_or(0));
        let repeats_credential = outcome.as_ref().is_ok_and(|response| reply::repeats(response, credential));
        let (kind, response, failure) = match outcome {
            Ok(response) => match reply::read(&response, Some(credential)) {
                Ok(recognition) => {
                    self.retry.budget().give(self.tally.spent.max(1));
                    let reply = Reply {
                        recognition,
                        response,
                        repeats_credential,
                        connection_id: self.tally.requests.last().copied().unwrap_or(ConnectionId(self.seed)),
                        attempts: self.tally.attempts(),
                        audio_sent: self.tally.audio_sent,
                    };
                    self.situation = Situation::Settled(Box::new(Ok(reply)));
                    return;
                }
                Err(kind) => (kind, Some(response), None),
            },
            Err(failure) => {
                let kind = match failure.kind() {
                    TransportKind::TimedOut(phase) => ErrorKind::TimedOut(phase),
                    kind => ErrorKind::Transport(kind),
                };
                (kind, None, Some(failure))
            }
        };
        let remedy = match &kind {
            ErrorKind::Refused(refusal)
                if refusal.recognition_status.is_none()
                    && matches!(refusal.status.as_u16(), 401 | 403)
                    && self.resource.reject(credential, now) =>
            {
                Remedy::NewToken
            }
            kind => match kind.remedy() {
                // Without leave to repeat, only where the service can have billed nothing.
                Remedy::Reconnect if Reached::Head < sent.reached && self.retry.most_attempts() < 2 => Remedy::None,
                remedy => remedy,
            },
        };
        let hint = response.as_ref().and_then(|response| stt_auth::retry_after(response.headers(), now.wall));
        let error = Error::new(Inner { failure, response, repeats_credential, retry_after: hint, ..self.inner(kind) });
        let again = sent.again.unwrap_or(self.upload.is_replayable() || sent.reached <= Reached::Head);
        self.situation = match self.plan(remedy, again, hint, now) {
            Plan::Pause(pause) => Situation::Pausing { until: self.elapsed(now).saturating_add(pause), after: error },
            Plan::Resend => Situation::Ready { after: Some(error) },
            Plan::Settle(None) => Situation::Settled(Box::new(Err(error))),
            Plan::Settle(Some(reason)) => Situation::Settled(Box::new(Err(error.gave_up_because(reason)))),
        };
    }

    fn plan(&mut self, remedy: Remedy, again: bool, hint: Option<Duration>, now: Now) -> Plan {
        let tally = &mut self.tally;
        let free = match remedy {
            Remedy::None => return Plan::Settle(None),
            _ if !again => return Plan::Settle(Some(GaveUp::LiveAudio)),
            Remedy::DropExpect if !self.upload.expects() => return Plan::Settle(None),
            Remedy::DropExpect => {
                self.upload = self.upload.eager();
                &mut tally.expect_dropped
            }
            Remedy::NewToken => &mut tally.reauthorized,
            Remedy::Reconnect if 0 < tally.reconnected => return self.pause(Cause::Transient, None, now),
            Remedy::Reconnect => &mut tally.reconnected,
            Remedy::RepeatOnce if 0 < tally.repeated_once => return Plan::Settle(None),
            Remedy::RepeatOnce => {
                tally.repeated_once += 1;
                return self.pause(Cause::Transient, None, now);
            }
            Remedy::Repeat(cause) => return self.pause(cause, hint, now),
        };
        if 0 < *free {
            return Plan::Settle(None);
        }
        *free += 1;
        Plan::Resend
    }

    /// A repeat that counts and costs: by the attempts, the service's hint, the time left, and the budget.
    fn pause(&mut self, cause: Cause, hint: Option<Duration>, now: Now) -> Plan {
        let attempts = self.tally.attempts();
        if self.retry.most_attempts() <= attempts {
            return Plan::Settle(None);
        }
        let hint = hint.unwrap_or_default();
        if LONGEST_HINT < hint {
            return Plan::Settle(Some(GaveUp::LongPause));
        }
        // An odd step: the even ones and their successors make connection ids, far from these.
        let bits = entropy(!self.seed, self.tally.requests.len() as u64);
        let pause = cause.pause(attempts.saturating_sub(1), bits).max(hint);
        let whole = self.retry.whole();
        if whole <= self.elapsed(now).saturating_add(pause) {
            return Plan::Settle(Some(GaveUp::Deadline(whole)));
        }
        if !self.retry.budget().take(cause.cost()) {
            return Plan::Settle(Some(GaveUp::Budget));
        }
        self.tally.spent = cause.cost();
        Plan::Pause(pause)
    }

    /// A failure without an answer.
    fn verdict(&self, kind: ErrorKind) -> Error {
        Error::new(self.inner(kind))
    }

    fn inner(&self, kind: ErrorKind) -> Inner {
        Inner {
            kind,
            asked: Asked::of(&self.resource),
            failure: None,
            response: None,
            repeats_credential: false,
            retry_after: None,
            gave_up: None,
            connection_ids: self.tally.requests.clone(),
            attempts: self.tally.attempts(),
            audio_sent: self.tally.audio_sent,
        }
    }

    /// The verdict of a call whose time is over before the next request: the last failure, if there was one.
    fn late(&self, after: Option<Error>) -> Error {
        if let Some(error) = after {
            return error.gave_up_because(GaveUp::Deadline(self.retry.whole()));
        }
        let token = matches!(self.resource.authorization(), Authorization::Source { .. } | Authorization::Token(_));
        let phase = match token {
            _ if self.postponed => Phase::Turn,
            true => Phase::Token,
            false => Phase::Call,
        };
        self.verdict(ErrorKind::TimedOut(phase))
    }
}
