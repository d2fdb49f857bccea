//! A transport that follows a script, on a clock that is a variable.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use stt_auth::{Authorization, Endpoint, Key, Now, Resource};
use stt_core::{
    Call, ConnectionId, Error, Payload, Reached, Recognize, Reply, Retry, Sent, Step, TransportFailure, TransportKind,
    Upload,
};
use stt_model::{AudioFormat, Language};

/// How one attempt goes.
#[derive(Clone, Debug)]
pub(crate) enum Turn {
    Answer(u16, Vec<(&'static str, String)>, &'static str, Sent),
    Fail(TransportKind, Sent),
}

impl Turn {
    pub(crate) fn status(status: u16) -> Self {
        Self::Answer(status, Vec::new(), "", Sent::new(Reached::Answer).audio(1_000))
    }

    pub(crate) fn body(body: &'static str) -> Self {
        Self::Answer(200, Vec::new(), body, Sent::new(Reached::Answer).audio(1_000))
    }

    pub(crate) fn fine() -> Self {
        Self::body(r#"{"RecognitionStatus":"Success","DisplayText":"Fine.","Offset":0,"Duration":1}"#)
    }

    pub(crate) fn fail(kind: TransportKind, reached: Reached) -> Self {
        Self::Fail(kind, Sent::new(reached))
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Self::Answer(_, headers, ..) = &mut self {
            headers.push((name, value.to_owned()));
        }
        self
    }

    pub(crate) fn sent(mut self, now: Sent) -> Self {
        let (Self::Answer(.., sent) | Self::Fail(_, sent)) = &mut self;
        *sent = now;
        self
    }
}

/// What a call did.
pub(crate) struct Played {
    pub(crate) result: Result<Reply, Error>,
    /// When each recognition went out, its head, and how much time it was given.
    pub(crate) sends: Vec<(Duration, Request<Payload>, Duration)>,
    pub(crate) token_requests: u32,
    /// The pauses, without those for a token.
    pub(crate) pauses: Vec<Duration>,
    pub(crate) ended: Duration,
    pub(crate) steps: u32,
}

impl Played {
    pub(crate) fn ids(&self) -> Vec<String> {
        self.sends.iter().map(|(_, request, _)| id_of(request)).collect()
    }

    pub(crate) fn error(&self) -> &Error {
        self.result.as_ref().unwrap_err()
    }
}

/// A world for one call: what the service answers, and how long each attempt takes.
pub(crate) struct World {
    pub(crate) turns: Vec<Turn>,
    pub(crate) attempt: Duration,
    /// How long the requests wait for their turn, one after the other; those that are not in it do not wait.
    pub(crate) queue: Vec<Duration>,
    pub(crate) resource: Resource,
    pub(crate) recognize: Recognize,
    pub(crate) upload: Upload,
    pub(crate) retry: Retry,
    /// What the token endpoint answers.
    pub(crate) token: Box<dyn Fn(u32) -> Result<Response<Bytes>, TransportFailure>>,
}

pub(crate) fn world(turns: Vec<Turn>) -> World {
    World {
        turns,
        attempt: Duration::from_millis(100),
        queue: Vec::new(),
        resource: Resource::new("https://westus.stt.speech.microsoft.com", KEY).unwrap(),
        recognize: Recognize::new(Language::EN_US),
        upload: Upload::replayable(AudioFormat::WavPcm16k),
        retry: Retry::default(),
        token: Box::new(|n| Ok(Response::new(Bytes::from(format!("header.payload-number-{n:04}.signature"))))),
    }
}

/// A resource whose key is exchanged for tokens.
pub(crate) fn with_token() -> Resource {
    let endpoint: Endpoint = "https://westus.stt.speech.microsoft.com".parse().unwrap();
    Resource::of(endpoint, Authorization::Token(KEY.parse::<Key>().unwrap())).unwrap()
}

impl World {
    pub(crate) fn play(self) -> Played {
        let mut turns = self.turns.into_iter();
        let mut queue = self.queue.into_iter();
        let mut waited = false;
        let mut clock = START;
        let mut played = Played {
            result: Err(Reply::read(Response::new(Bytes::new())).unwrap_err()),
            sends: Vec::new(),
            token_requests: 0,
            pauses: Vec::new(),
            ended: Duration::ZERO,
            steps: 0,
        };
        let mut call: Call = self.recognize.call(&self.resource, self.upload, SEED).retry(&self.retry);
        loop {
            played.steps += 1;
            assert!(played.steps < 10_000, "the call does not end");
            call = match call.next(at(clock)) {
                Step::Done(result) => {
                    played.result = result;
                    played.ended = clock - START;
                    return played;
                }
                Step::Obtain(lease, call) => {
                    drop(lease);
                    call
                }
                Step::Refresh(request, errand, call) => {
                    assert_eq!(*request.body(), Payload::Empty);
                    played.token_requests += 1;
                    errand.finished((self.token)(played.token_requests), at(clock));
                    call
                }
                Step::Send(_, pending) if !waited && queue.len() != 0 => {
                    let wait = queue.next().unwrap();
                    clock += wait.min(pending.left());
                    waited = wait < pending.left();
                    if waited { pending.postponed() } else { pending.without_turn("by the script") }
                }
                Step::Send(request, pending) => {
                    waited = false;
                    assert_eq!(pending.connection_ids().len(), played.sends.len() + 1);
                    assert_eq!(pending.connection_ids().last().unwrap().to_string(), id_of(&request));
                    played.sends.push((clock - START, request, pending.timeout()));
                    let turn = turns.next().unwrap_or_else(Turn::fine);
                    clock += self.attempt.min(pending.timeout());
                    match turn {
                        Turn::Answer(status, headers, body, sent) => {
                            let mut response = Response::new(body);
                            *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
                            let map: &mut HeaderMap = response.headers_mut();
                            for (name, value) in headers {
                                map.insert(name, value.parse().unwrap());
                            }
                            pending.sent(sent).finished(Ok(response), at(clock))
                        }
                        Turn::Fail(kind, sent) => {
                            let failure = TransportFailure::new(kind, "by the script");
                            pending.sent(sent).finished(Err::<Response<Bytes>, _>(failure), at(clock))
                        }
                    }
                }
                Step::Wait(wait, call) => {
                    played.pauses.push(wait.at_most());
                    clock += wait.at_most();
                    call
                }
            };
        }
    }
}

pub(crate) fn at(monotonic: Duration) -> Now {
    Now { monotonic, wall: WALL + monotonic }
}

pub(crate) fn id_of(request: &Request<Payload>) -> String {
    request.uri().query().unwrap().rsplit_once("X-ConnectionId=").unwrap().1.to_owned()
}

pub(crate) const SEED: u128 = 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef;
pub(crate) const FIRST_ID: ConnectionId = ConnectionId(SEED);
pub(crate) const KEY: &str = "c0ffee00c0ffee00c0ffee00c0ffee00";

/// The clocks begin somewhere, not at zero.
const START: Duration = Duration::from_secs(1_000);

/// 6 November 1994, 08:49:37 GMT: the example date of RFC 9110.
pub(crate) const WALL: Duration = Duration::from_secs(784_111_777 - 1_000);
