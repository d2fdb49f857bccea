//! What a fault or a magic key does to an answer.

use std::time::Duration;

use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::json;

use crate::fault::Transport;
use crate::scenario::{Respond, bytes};
use crate::script::{Act, Strike};
use crate::span::Span;
use crate::verdict::{Heard, JSON, Verdict};

impl Strike {
    /// The whole answer, where it takes the place of the right one.
    pub(crate) fn instead(&self, now: Duration) -> Option<Verdict> {
        let verdict = match &self.act {
            Act::Respond(respond) => answer(respond, now),
            Act::Transport(transport) => broken(*transport)?,
            Act::ExpiredToken | Act::Wait(_) => return None,
        };
        let recognition = Some(Heard { by: self.by, ..Heard::default() });
        Some(Verdict { reason: self.why.clone(), recognition, ..verdict })
    }

    /// The right answer with what goes wrong about it.
    pub(crate) fn spoil(&self, mut verdict: Verdict) -> Verdict {
        match self.act {
            Act::Wait(wait) => verdict.wait = verdict.wait.saturating_add(wait),
            Act::Transport(Transport::MalformedJson) => verdict.body.truncate(verdict.body.len() / 2),
            Act::Transport(Transport::WrongContentType) => {
                verdict.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
            }
            Act::Transport(transport) => verdict.transport = Some(transport).filter(|it| it.concerns_delivery()),
            Act::ExpiredToken | Act::Respond(_) => {}
        }
        verdict.reason = match verdict.reason.as_str() {
            "" => self.why.clone(),
            reason => format!("{}; {reason}", self.why),
        };
        verdict
    }
}

fn answer(respond: &Respond, now: Duration) -> Verdict {
    let status = StatusCode::from_u16(respond.status).unwrap_or_default();
    let mut verdict = match &respond.body {
        Some(body) => Verdict { status, content_type: JSON, body: bytes(body), ..Verdict::default() },
        None => error(status),
    };
    verdict.wait = respond.wait.map_or(Duration::ZERO, |Span(wait)| wait);
    if let Some(value) = respond.retry_after.as_ref().and_then(|after| after.value(now).try_into().ok()) {
        verdict.headers.insert(RETRY_AFTER, value);
    }
    for (name, value) in &respond.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            verdict.headers.insert(name, value);
        }
    }
    verdict
}

/// What comes in place of the right answer, if that is not sent at all.
fn broken(transport: Transport) -> Option<Verdict> {
    let verdict = match transport {
        Transport::EarlyAnswer { status, .. } => early(StatusCode::from_u16(status).unwrap_or_default()),
        Transport::Empty => Verdict { content_type: JSON, ..Verdict::default() },
        Transport::ExpectationFailed => Verdict { status: StatusCode::EXPECTATION_FAILED, ..Verdict::default() },
        Transport::Html => Verdict {
            status: StatusCode::SERVICE_UNAVAILABLE,
            content_type: "text/html; charset=utf-8",
            body: PAGE.into(),
            ..Verdict::default()
        },
        other if other.is_silent() => Verdict { transport: Some(other), ..Verdict::default() },
        _ => return None,
    };
    Some(verdict)
}

/// A success before the end of the audio can only say that nothing was said so far.
fn early(status: StatusCode) -> Verdict {
    match status.is_success() {
        true => {
            let silence = json!({"RecognitionStatus": "InitialSilenceTimeout", "Offset": 50_000_000, "Duration": 0});
            Verdict { status, ..Verdict::json(&silence) }
        }
        false => error(status),
    }
}

/// An error as the gateways of Azure word it: observed for 401 and 404, a guess for the others.
fn error(status: StatusCode) -> Verdict {
    let message = status.canonical_reason().unwrap_or("Unknown");
    let body = json!({"error": {"code": status.as_str(), "message": message}});
    Verdict { status, ..Verdict::json(&body) }
}

/// The service's front door was seen to answer 503 with a page of this title.
const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Bing</title></head>\
                    <body><h1>Service Unavailable</h1></body></html>\n";
