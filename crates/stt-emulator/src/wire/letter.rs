//! What goes over the line in place of what hyper would send.

use std::io;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, DATE, TRANSFER_ENCODING};
use http::{HeaderName, Response};
use httpdate::fmt_http_date;

use crate::fault::{Pace, Transport};
use crate::wire::{Line, Wait, times};

/// The bytes of an answer with what is wrong about them, and what becomes of the connection.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Letter {
    /// What is sent at once.
    first: Vec<u8>,
    /// What is sent in pieces behind it.
    rest: Vec<u8>,
    pace: Pace,
    then: Then,
}

/// What becomes of the connection behind an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Then {
    /// It ends in good order.
    Close,
    /// The next request may come.
    Keep,
    /// It is reset.
    Reset,
    /// It is left open, and nothing more is said.
    Stay,
}

/// What tells the length of a body.
#[derive(Clone, Copy)]
enum Framing {
    Chunks,
    Length,
    Nothing,
}

impl Letter {
    /// What is sent of `response` where `transport` is what goes wrong.
    ///
    /// `keep` tells whether the client wants the connection to stay for its next request.
    pub(crate) fn of(response: &Response<Bytes>, transport: Option<Transport>, keep: bool, now: SystemTime) -> Self {
        let keep = keep && !closes(response);
        let body = response.body().as_ref();
        let after = if keep { Then::Keep } else { Then::Close };
        let head = |framing, then: Then| head(response, framing, then == Then::Close, now);
        let at_once = |first: Vec<u8>, then| Self { first, rest: Vec::new(), pace: AT_ONCE, then };
        let Some(transport) = transport else {
            return at_once([&head(Framing::Length, after), body].concat(), after);
        };
        match transport {
            Transport::BadChunkSize => {
                let (one, rest) = body.split_at(body.len().min(1));
                let chunk = if one.is_empty() { Vec::new() } else { chunk(one) };
                let bad = [NO_NUMBER, rest, b"\r\n0\r\n\r\n"].concat();
                at_once([head(Framing::Chunks, Then::Close), chunk, bad].concat(), Then::Close)
            }
            Transport::CloseBeforeResponse | Transport::HalfClose => at_once(Vec::new(), Then::Close),
            Transport::Drip { bytes, every } => {
                let rest = [&head(Framing::Length, after), body].concat();
                Self { first: Vec::new(), rest, pace: Pace { bytes, every }, then: after }
            }
            Transport::EndlessInterim { .. } | Transport::Hang => at_once(Vec::new(), Then::Stay),
            Transport::NoClose => at_once([&head(Framing::Nothing, Then::Stay), body].concat(), Then::Stay),
            Transport::OneByteChunks => {
                let chunks = body.chunks(1).flat_map(chunk).collect();
                at_once([head(Framing::Chunks, after), chunks, b"0\r\n\r\n".to_vec()].concat(), after)
            }
            Transport::Reset { .. } => at_once(Vec::new(), Then::Reset),
            Transport::SlowBody { bytes, every } => {
                let first = head(Framing::Length, after);
                Self { first, rest: body.to_vec(), pace: Pace { bytes, every }, then: after }
            }
            Transport::Truncate { after_bytes } => {
                let most = body.len().saturating_sub(1);
                let cut = usize::try_from(after_bytes).map_or(most, |after| after.min(most));
                let kept = body.get(..cut).unwrap_or_default();
                // A server that is cut off has not announced it.
                at_once([&head(Framing::Length, Then::Keep), kept].concat(), Then::Close)
            }
            Transport::EarlyAnswer { .. }
            | Transport::Empty
            | Transport::ExpectationFailed
            | Transport::Html
            | Transport::LateContinue { .. }
            | Transport::MalformedJson
            | Transport::NoContinue
            | Transport::SlowRead { .. }
            | Transport::WrongContentType => at_once([&head(Framing::Length, after), body].concat(), after),
        }
    }

    /// Sends it.
    pub(crate) async fn send(self, line: &Line, wait: &Wait) -> io::Result<Then> {
        line.send(&self.first).await?;
        let size = usize::try_from(self.pace.bytes).unwrap_or(usize::MAX).max(1);
        for (count, piece) in (0..).zip(self.rest.chunks(size)) {
            wait.until(times(self.pace.every, count)).await;
            line.send(piece).await?;
        }
        Ok(self.then)
    }
}

fn closes(response: &Response<Bytes>) -> bool {
    response.headers().get(CONNECTION).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"close"))
}

/// The head of an answer as hyper writes it, but for what tells the length of the body.
fn head(response: &Response<Bytes>, framing: Framing, closing: bool, now: SystemTime) -> Vec<u8> {
    let status = response.status();
    let reason = status.canonical_reason().unwrap_or_default();
    let mut head = format!("HTTP/1.1 {} {reason}\r\n", status.as_str()).into_bytes();
    let mut field =
        |name: &HeaderName, value: &[u8]| head.extend([name.as_str().as_bytes(), b": ", value, b"\r\n"].concat());
    let own = [CONTENT_LENGTH, DATE, TRANSFER_ENCODING];
    response
        .headers()
        .iter()
        .filter(|(name, _)| !own.contains(name))
        .for_each(|(name, value)| field(name, value.as_bytes()));
    if closing && !closes(response) {
        field(&CONNECTION, b"close");
    }
    match framing {
        Framing::Chunks => field(&TRANSFER_ENCODING, b"chunked"),
        Framing::Length => field(&CONTENT_LENGTH, response.body().len().to_string().as_bytes()),
        Framing::Nothing => {}
    }
    field(&DATE, fmt_http_date(now).as_bytes());
    head.extend(b"\r\n");
    head
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

const AT_ONCE: Pace = Pace { bytes: u64::MAX, every: Duration::ZERO };

/// A size of a chunk without a hex digit.
const NO_NUMBER: &[u8] = b"wrong\r\n";
