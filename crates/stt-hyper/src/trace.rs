//! Spans of calls and requests, as OpenTelemetry names what they say.
//!
//! Whatever is not named here stays out: headers, audio, what was recognized, and the service's words, which may echo
//! any of them.

use std::{future::Future, time::Duration};

use bytes::Bytes;
use http::{Request, Response, Uri};
use stt_core::{ConnectionId, Error, ErrorKind, Payload};
use tracing::{
    Instrument, Span, debug,
    field::{self, Empty},
    info_span,
};

/// A call or a request, from its beginning to its end.
pub(crate) struct Traced(Span);

impl Traced {
    /// A call, which is the parent of its requests.
    pub(crate) fn call() -> Self {
        Self(info_span!("recognize", "error.type" = Empty, "otel.status_code" = Empty))
    }

    /// One request, before which so many of the same call went out; a request for a token belongs to no call.
    pub(crate) fn request(request: &Request<Payload>, id: Option<ConnectionId>, resend: u32) -> Self {
        let uri = request.uri();
        let span = info_span!(
            "POST",
            "otel.kind" = "client",
            "otel.status_code" = Empty,
            "http.request.method" = request.method().as_str(),
            "http.request.resend_count" = Empty,
            "http.response.status_code" = Empty,
            "url.full" = full(uri),
            "server.address" = uri.host(),
            "server.port" = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 }),
            "network.protocol.version" = "1.1",
            "error.type" = Empty,
            "az.connection_id" = id.map(field::display),
        );
        if 0 < resend {
            span.record("http.request.resend_count", resend);
        }
        Self(span)
    }

    /// What is done inside.
    pub(crate) fn around<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        work.instrument(self.0.clone())
    }

    /// The call that this is inside of waits for its turn.
    pub(crate) fn queued() {
        debug!("queued");
    }

    /// The call that this is inside of pauses before it repeats a request.
    pub(crate) fn pausing(pause: Duration, after: &Error) {
        let milliseconds = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        debug!("az.pause_ms" = milliseconds, "error.type" = error_type(after), "pausing");
    }

    /// The service has answered.
    pub(crate) fn answered(&self, response: Option<&Response<Bytes>>) {
        if let Some(response) = response {
            self.0.record("http.response.status_code", response.status().as_u16());
        }
    }

    /// It has ended.
    pub(crate) fn ended(&self, error: Option<&Error>) {
        let Some(error) = error else { return };
        self.0.record("error.type", error_type(error));
        self.0.record("otel.status_code", "ERROR");
    }
}

/// The status of an answer where that is the failure, and else the kind of failure.
fn error_type(error: &Error) -> &str {
    match error.kind() {
        ErrorKind::Refused(refusal) | ErrorKind::Throttled(refusal) if !refusal.status.is_success() => {
            refusal.status.as_str()
        }
        kind => kind.word(),
    }
}

/// The address of a request, with the values of those query parameters alone that hold no secret.
fn full(uri: &Uri) -> String {
    let (before, query) = uri.query().map_or((uri.to_string(), ""), |query| {
        let whole = uri.to_string();
        (whole[..whole.len() - query.len()].to_owned(), query)
    });
    let shown = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if !SHOWN.contains(&name) => format!("{name}=REDACTED"),
        _ => pair.to_owned(),
    });
    before + &shown.collect::<Vec<_>>().join("&")
}

/// The query parameters that Microsoft documents, and the connection id.
const SHOWN: [&str; 5] = ["X-ConnectionId", "cid", "format", "language", "profanity"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_parameters_that_nobody_knows_are_left_out() {
        for (uri, expected) in [
            (
                "https://a.example/v1?language=en-US&secret=canary&x",
                "https://a.example/v1?language=en-US&secret=REDACTED&x",
            ),
            ("https://a.example:8443/token", "https://a.example:8443/token"),
            ("http://127.0.0.1/v1?", "http://127.0.0.1/v1?"),
        ] {
            assert_eq!(full(&uri.parse().unwrap()), expected);
        }
    }
}
