//! What hyper's errors mean: what kind of failure it was, in this crate's own words.

use std::{error::Error as StdError, fmt, io};

use http_body_util::LengthLimitError;
use hyper_util::client::legacy;
use stt_core::{Phase, TransportFailure, TransportKind};

use crate::{
    causes::{cause, io_kind},
    connect::ConnectFault,
};

/// What was seen of the answer when its request failed.
#[derive(Debug)]
pub(crate) struct Seen {
    /// How the answer begins; empty where not one byte came.
    pub(crate) beginning: Vec<u8>,
    /// How a write failed, which hyper was not told because there might be an answer.
    pub(crate) broken: Option<io::ErrorKind>,
    /// There were interim answers.
    pub(crate) interim: bool,
    /// The connection had served another request before.
    pub(crate) used: bool,
}

/// What was wrong with an answer, or with its absence.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("the chunks of its answer are malformed")]
    BadChunks,
    #[error("the head of its answer is malformed ({0})")]
    BadHead(String),
    #[error("the body of its answer is longer than {0} bytes")]
    BodyTooLarge(usize),
    #[error("it closed the connection before its answer")]
    ClosedBefore,
    #[error("it closed the connection inside the head of its answer")]
    ClosedInside,
    #[error("it closed the connection inside the body of its answer")]
    CutOff,
    #[error("the head of its answer is too large")]
    HeadTooLarge,
    #[error("it sent only interim answers")]
    OnlyInterim,
    #[error("it said \"{}\"", .0.escape_ascii())]
    NotHttp(Vec<u8>),
    #[error("{}", match .0 {
        Phase::Answer => "no answer came in time",
        Phase::Body => "the rest of the answer did not come in time",
        Phase::Call => "the audio did not end in time",
        Phase::Connect => "no connection was there in time",
        _ => "it took no audio for a while",
    })]
    TooSlow(Phase),
    #[error("the connection failed")]
    Unknown(#[source] Box<dyn StdError + Send + Sync>),
}

impl Fault {
    /// A phase that took too long.
    pub(crate) fn too_slow(phase: Phase) -> TransportFailure {
        TransportFailure::new(TransportKind::TimedOut(phase), Self::TooSlow(phase))
    }
}

/// A failure to connect, without hyper-util's words around it.
#[derive(Debug)]
struct Unconnected(legacy::Error);

impl fmt::Display for Unconnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match cause::<ConnectFault>(&self.0) {
            Some(fault) => fault.fmt(f),
            None => f.write_str("the connection failed as soon as it was there"),
        }
    }
}

impl StdError for Unconnected {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match cause::<ConnectFault>(&self.0) {
            Some(fault) => fault.source(),
            None => Some(&self.0),
        }
    }
}

/// Why there is no answer.
pub(crate) fn of_request(error: legacy::Error, seen: &Seen) -> TransportFailure {
    if error.is_connect() {
        let fault = cause::<ConnectFault>(&error);
        let kind = fault.map_or(TransportKind::Connect, ConnectFault::kind);
        let proxy = fault.and_then(ConnectFault::proxy).map(str::to_owned);
        let failure = TransportFailure::new(kind, Unconnected(error));
        return match proxy {
            Some(proxy) => failure.proxy(&proxy),
            None => failure,
        };
    }
    let heard = seen.interim || !seen.beginning.is_empty();
    let lost = |kind, fault: Box<dyn StdError + Send + Sync>| {
        TransportFailure::new(if seen.used && !heard { TransportKind::Stale } else { kind }, fault)
    };
    let closed = || if heard { Fault::ClosedInside } else { Fault::ClosedBefore };
    let Some(fault) = cause::<hyper::Error>(&error) else {
        return TransportFailure::new(TransportKind::Other, Fault::Unknown(error.into()));
    };
    if fault.is_parse() {
        return of_head(fault, seen);
    }
    let ended = fault.is_incomplete_message() || fault.is_canceled() || fault.is_closed();
    match seen.broken.or_else(|| io_kind(fault)) {
        Some(kind) if LOST.contains(&kind) => lost(TransportKind::Reset, io::Error::from(kind).into()),
        kind if ended || kind == Some(io::ErrorKind::UnexpectedEof) => lost(TransportKind::Closed, closed().into()),
        _ => TransportFailure::new(TransportKind::Other, Fault::Unknown(error.into())),
    }
}

/// Why the head of an answer is none.
fn of_head(fault: &hyper::Error, seen: &Seen) -> TransportFailure {
    if fault.is_parse_too_large() {
        return TransportFailure::new(TransportKind::TooLarge, Fault::HeadTooLarge);
    }
    if seen.interim || seen.beginning.starts_with(HTTP) {
        return TransportFailure::new(TransportKind::Protocol, Fault::BadHead(fault.to_string()));
    }
    TransportFailure::new(TransportKind::NotHttp, Fault::NotHttp(seen.beginning.clone()))
}

/// Why the body of an answer is incomplete.
pub(crate) fn of_body(error: &(dyn StdError + 'static), limit: usize) -> TransportFailure {
    if cause::<LengthLimitError>(error).is_some() {
        return TransportFailure::new(TransportKind::TooLarge, Fault::BodyTooLarge(limit));
    }
    match io_kind(error) {
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => {
            TransportFailure::new(TransportKind::Protocol, Fault::BadChunks)
        }
        _ => TransportFailure::new(TransportKind::Truncated, Fault::CutOff),
    }
}

/// How a socket tells that the peer is gone.
const LOST: [io::ErrorKind; 4] = [
    io::ErrorKind::BrokenPipe,
    io::ErrorKind::ConnectionAborted,
    io::ErrorKind::ConnectionReset,
    io::ErrorKind::NotConnected,
];

/// How the answer of anything that speaks HTTP/1 begins.
const HTTP: &[u8] = b"HTTP/1.";
