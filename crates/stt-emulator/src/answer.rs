//! What the emulator answers, and how the answer is to be sent.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, SERVER, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Response};

use crate::fault::Transport;
use crate::fingerprint::Fingerprint;
use crate::verdict::Verdict;

/// An answer and what is to be done with it.
///
/// A caller without a connection, such as a test in memory, may look at the response alone.
#[non_exhaustive]
#[must_use]
#[derive(Debug)]
pub struct Answer {
    /// The response; where it says `connection: close` the rest of the upload is not wanted.
    pub response: Response<Bytes>,
    /// How it is to be sent.
    pub delivery: Delivery,
    /// When its wait begins.
    pub(crate) since: Since,
}

/// A moment on the clock of a tenant.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Since {
    pub(crate) tenant: Option<Fingerprint>,
    /// The time that the caller gave.
    pub(crate) now: Duration,
    /// How far the tenant's clock was ahead of that.
    pub(crate) ahead: Duration,
}

/// How an answer is to be sent; by default at once and whole.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Delivery {
    /// How long to wait before its first byte, on the clock of the tenant; see
    /// [`Emulator::remaining`](crate::Emulator::remaining).
    pub wait: Duration,
    /// What else is to go wrong, if anything: only what [concerns the delivery](Transport::concerns_delivery).
    pub transport: Option<Transport>,
}

impl Delivery {
    /// Whether no byte of the answer is ever sent.
    #[must_use]
    pub fn is_never(self) -> bool {
        self.transport.is_some_and(Transport::is_silent)
    }
}

impl Answer {
    pub(crate) fn now(response: Response<Bytes>) -> Self {
        Self { response, delivery: Delivery::default(), since: Since::default() }
    }

    /// The answer to the request number `id`, with `fields` beside its own.
    pub(crate) fn of(verdict: &Verdict, id: u64, fields: HeaderMap) -> Self {
        let mut response = Response::new(Bytes::copy_from_slice(&verdict.body));
        *response.status_mut() = verdict.status;
        let all = response.headers_mut();
        *all = fields;
        all.insert(SERVER, HeaderValue::from_static(NAME));
        all.insert("x-requestid", request_id(id));
        if !verdict.content_type.is_empty() {
            all.insert(CONTENT_TYPE, HeaderValue::from_static(verdict.content_type));
        }
        if let Some(seconds) = verdict.retry_after {
            all.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if !verdict.reason.is_empty() {
            all.insert("x-emulator-reason", visible(&verdict.reason));
        }
        all.extend(verdict.headers.clone());
        let transport = verdict.transport.or_else(|| verdict.is_silent().then_some(Transport::Hang));
        let delivery = Delivery { wait: verdict.wait, transport };
        Self { response, delivery, since: Since::default() }
    }

    /// The same answer, after which nothing more is read from the connection.
    pub(crate) fn closing(mut self) -> Self {
        let close = HeaderValue::from_static("close");
        self.response.headers_mut().insert(CONNECTION, close);
        self
    }

    /// The same answer for a request whose body nobody reads.
    pub(crate) fn before_the_body_of(self, head: &Parts) -> Self {
        let announced =
            head.headers.contains_key(TRANSFER_ENCODING) || declared_length(head).is_some_and(|length| 0 < length);
        if announced { self.closing() } else { self }
    }
}

/// The `Content-Length`, if there is one.
pub(crate) fn declared_length(head: &Parts) -> Option<u64> {
    head.headers.get(CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
}

/// The service was seen to send an `X-RequestId` with every answer; this one has its shape and counts.
fn request_id(id: u64) -> HeaderValue {
    let id = format!("00000000-0000-4000-8000-{:012x}", id & 0xffff_ffff_ffff);
    HeaderValue::try_from(id).expect("hex digits and dashes")
}

/// A reason may quote what the client sent, which need not be fit for a header field.
fn visible(reason: &str) -> HeaderValue {
    let plain = reason.chars().take(LONGEST_REASON);
    let plain = plain.map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' });
    HeaderValue::try_from(plain.collect::<String>()).expect("visible characters and blanks")
}

const NAME: &str = concat!("stt-emulator/", env!("CARGO_PKG_VERSION"));

/// Enough for every sentence of the emulator, too little to trouble a client.
const LONGEST_REASON: usize = 300;
