//! The paths under `/__emulator/`: for the user of the emulator, and for nobody else's page.

mod command;
mod filter;
mod orders;
mod origin;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, ETAG, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

pub(crate) use command::{Action, PATHS};
pub(crate) use filter::Filter;

use crate::expect::Unmet;
use crate::journal::Entry;
use crate::page;
use crate::query::Query;
use crate::scenario::{Mistake, Notation, ScenarioError};
use crate::secret::Hidden;
use crate::upload::Upload;
use crate::verdict::JSON;

/// An admin request whose path, method and origin are right.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) action: Action,
    /// Whom it is about; all tenants where nobody is named.
    pub(crate) scope: Option<Hidden>,
    pub(crate) filter: Filter,
    /// That of the body, where it may be one or the other.
    pub(crate) notation: Notation,
    /// The `If-None-Match`: what whoever asks has already.
    pub(crate) known: Option<HeaderValue>,
}

impl Command {
    /// The command of a request to `path`, which is the part behind `/__emulator`.
    ///
    /// Whether it came over TLS tells which pages are the emulator's own.
    pub(crate) fn of(path: &str, head: &Parts, tls: bool) -> Result<Self, Denied> {
        origin::is_local(head, tls).map_err(|why| Denied::new(StatusCode::FORBIDDEN, why))?;
        let actions = command::at(path);
        if actions.is_empty() {
            return Err(Denied::new(StatusCode::NOT_FOUND, "Resource not found"));
        }
        let wanted = if head.method == Method::HEAD { &Method::GET } else { &head.method };
        let action = actions.iter().find(|(method, _)| method == wanted).map(|(_, action)| action.clone());
        let action = action.ok_or_else(|| Denied {
            allow: actions.iter().map(|(method, _)| method.as_str()).collect::<Vec<_>>().join(", "),
            ..Denied::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
        })?;
        let is_page = action == Action::Index && page::is_wanted(head);
        let query = Query::read(head.uri.query().unwrap_or_default());
        Ok(Self {
            action: if is_page { Action::Page } else { action },
            scope: filter::scope(head, &query)?,
            filter: Filter::read(&query)?,
            notation: Notation::of(head),
            known: head.headers.get(IF_NONE_MATCH).cloned(),
        })
    }
}

/// Why an admin request is not carried out.
#[derive(Debug)]
pub(crate) struct Denied {
    status: StatusCode,
    message: Cow<'static, str>,
    /// The methods that the path has, where the method was wrong.
    allow: String,
    /// What is wrong with a scenario or a part of one.
    mistakes: Vec<Mistake>,
}

impl Denied {
    pub(crate) fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message: message.into(), allow: String::new(), mistakes: Vec::new() }
    }

    pub(crate) fn bad(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn response(self) -> Response<Bytes> {
        self.response_with(None)
    }

    /// The same, which says too what was not met.
    pub(crate) fn response_with(self, unmet: Option<&Unmet>) -> Response<Bytes> {
        #[derive(Serialize)]
        struct Told<'a> {
            error: Problem<'a>,
            #[serde(skip_serializing_if = "Option::is_none")]
            unmet: Option<&'a Unmet>,
            #[serde(skip_serializing_if = "<[Mistake]>::is_empty")]
            mistakes: &'a [Mistake],
        }
        #[derive(Serialize)]
        struct Problem<'a> {
            code: &'a str,
            message: &'a str,
        }
        let error = Problem { code: self.status.as_str(), message: &self.message };
        let told = Told { error, unmet, mistakes: &self.mistakes };
        let body = serde_json::to_vec(&told).expect("plain structs of strings and numbers");
        let mut response = respond(self.status, JSON, body);
        if !self.allow.is_empty() {
            let allow = HeaderValue::try_from(self.allow).expect("methods and commas");
            response.headers_mut().insert(ALLOW, allow);
        }
        response
    }
}

impl From<ScenarioError> for Denied {
    fn from(error: ScenarioError) -> Self {
        let mistakes = error.mistakes().to_vec();
        Self { mistakes, ..Self::bad(error.to_string()) }
    }
}

/// The whole body of an admin request.
pub(crate) fn whole(upload: &Upload) -> Result<&Bytes, Denied> {
    match upload {
        Upload::Whole(body) => Ok(body),
        Upload::TooLarge => Err(Denied::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large")),
        Upload::Part(_) | Upload::Stalled => Err(Denied::new(StatusCode::REQUEST_TIMEOUT, "the body stopped arriving")),
    }
}

/// What the body of an admin request says in JSON, with `example` to be told if it says something else.
pub(crate) fn read<T: DeserializeOwned>(upload: &Upload, example: &str) -> Result<T, Denied> {
    let body = whole(upload)?;
    let bad = |why: &dyn fmt::Display| Denied::bad(format!("the body must be like {example}: {why}"));
    match body.trim_ascii_start().first() {
        // Left to itself serde takes a list for the fields of a struct in their order.
        Some(b'[') => Err(bad(&"it is a list")),
        _ => serde_json::from_slice(body).map_err(|why| bad(&why)),
    }
}

/// How far `POST /__emulator/clock/advance` moves a clock that may go `most` further.
pub(crate) fn advance_by(upload: &Upload, most: Duration) -> Result<Duration, Denied> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Advance {
        seconds: f64,
    }
    let Advance { seconds } = read(upload, r#"{"seconds": 601}"#)?;
    if seconds < 0.0 {
        return Err(Denied::bad(format!("a clock goes forward only, and {seconds} is less than 0")));
    }
    let by = Duration::try_from_secs_f64(seconds).ok().filter(|by| *by <= most);
    by.ok_or_else(|| {
        let most = most.as_secs();
        Denied::bad(format!("{seconds} seconds are too many: a clock may be 100 years ahead, which leaves {most}"))
    })
}

/// A 200 with JSON.
pub(crate) fn ok(value: &impl Serialize) -> Response<Bytes> {
    let body = serde_json::to_vec(value).expect("plain structs of strings and numbers");
    respond(StatusCode::OK, JSON, body)
}

/// One line of JSON for each of `values`.
pub(crate) fn lines<T: Serialize>(values: &[T]) -> Response<Bytes> {
    let mut body = Vec::new();
    for value in values {
        serde_json::to_writer(&mut body, value).expect("plain structs of strings and numbers");
        body.push(b'\n');
    }
    respond(StatusCode::OK, "application/x-ndjson", body)
}

/// The requests that are `picked` of `total`, at a state of the journal that is called `tag`.
pub(crate) fn requests(picked: &[&Entry], total: usize, tag: HeaderValue) -> Response<Bytes> {
    let mut response = ok(&picked);
    let fields = response.headers_mut();
    fields.insert(ETAG, tag);
    fields.insert("x-emulator-total", HeaderValue::from(total));
    response
}

/// The journal is still as it was when it was read last.
pub(crate) fn unchanged(tag: HeaderValue) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response.headers_mut().insert(ETAG, tag);
    response
}

/// A certificate.
pub(crate) fn pem(certificate: String) -> Response<Bytes> {
    respond(StatusCode::OK, "application/x-pem-file", certificate)
}

/// Recorded audio, with a type that no browser takes for a page whatever was uploaded.
pub(crate) fn audio(audio: Bytes) -> Response<Bytes> {
    let kind = match &*audio {
        [b'R', b'I', b'F', b'F', ..] => "audio/wav",
        [b'O', b'g', b'g', b'S', ..] => "audio/ogg",
        _ => "application/octet-stream",
    };
    respond(StatusCode::OK, kind, audio)
}

pub(crate) fn index() -> Response<Bytes> {
    ok(&json!({"name": "stt-emulator", "paths": PATHS}))
}

pub(crate) fn version() -> Response<Bytes> {
    ok(&json!({"name": "stt-emulator", "version": env!("CARGO_PKG_VERSION")}))
}

pub(crate) fn health() -> Response<Bytes> {
    ok(&json!({"status": "ok"}))
}

/// The time on a clock, and how far that is ahead of the real one.
pub(crate) fn clock(now: Duration, ahead: Duration) -> Response<Bytes> {
    #[derive(Serialize)]
    struct Clock {
        advanced: f64,
        now: f64,
    }
    ok(&Clock { advanced: ahead.as_secs_f64(), now: now.as_secs_f64() })
}

pub(crate) fn done() -> Response<Bytes> {
    ok(&json!({}))
}

fn respond(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let fields = response.headers_mut();
    fields.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    fields.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::advance_by;
    use crate::upload::Upload;

    fn told(body: &'static str) -> Result<Duration, String> {
        let most = Duration::from_secs(1_000);
        advance_by(&Upload::Whole(body.into()), most).map_err(|denied| denied.message.into_owned())
    }

    #[test]
    fn the_clock_goes_forward_by_seconds_and_parts_of_them() {
        assert_eq!(told(r#"{"seconds":601}"#), Ok(Duration::from_secs(601)));
        assert_eq!(told(r#"{"seconds":0.25}"#), Ok(Duration::from_millis(250)));
        assert_eq!(told(r#"{"seconds":1000}"#), Ok(Duration::from_secs(1_000)));
    }

    #[test]
    fn what_the_clock_cannot_do_is_told() {
        for (body, expected) in [
            (r#"{"seconds":-1}"#, "a clock goes forward only, and -1 is less than 0"),
            (r#"{"seconds":1000.5}"#, "1000.5 seconds are too many: a clock may be 100 years ahead, which leaves 1000"),
            (r#"{"seconds":1e99}"#, "seconds are too many"),
            (r#"{"seconds":1e999}"#, "number out of range"),
            (r#"{"seconds":"1"}"#, "invalid type: string \"1\", expected f64"),
            (r#"{"second":1}"#, "unknown field `second`"),
            ("{}", "missing field `seconds`"),
            ("", r#"the body must be like {"seconds": 601}: EOF"#),
        ] {
            let told = told(body).expect_err(body);
            assert!(told.contains(expected), "{body}: {told}");
        }
    }
}
