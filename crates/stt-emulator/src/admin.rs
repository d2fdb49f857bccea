//! The paths under `/__emulator/`: for the user of the emulator, and for nobody else's page.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HOST, ORIGIN};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderValue, Method, Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::upload::Upload;
use crate::verdict::JSON;

/// What an admin request wants, once its path, its method and its origin are right.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Command {
    Advance,
    ClearRequests,
    Fidelity,
    Health,
    Index,
    Requests,
    Version,
}

impl Command {
    /// The command of a request to `path`, which is the part behind `/__emulator`.
    pub(crate) fn of(path: &str, head: &Parts) -> Result<Self, Denied> {
        is_local(head).map_err(|why| Denied::new(StatusCode::FORBIDDEN, why))?;
        let commands: &[(Method, Self)] = match path {
            "" | "/" => &[(Method::GET, Self::Index)],
            "/health" => &[(Method::GET, Self::Health)],
            "/version" => &[(Method::GET, Self::Version)],
            "/fidelity" => &[(Method::GET, Self::Fidelity)],
            "/requests" => &[(Method::GET, Self::Requests), (Method::DELETE, Self::ClearRequests)],
            "/clock/advance" => &[(Method::POST, Self::Advance)],
            _ => return Err(Denied::new(StatusCode::NOT_FOUND, "Resource not found")),
        };
        let command = commands.iter().find(|(method, _)| method == head.method);
        command.map(|(_, command)| *command).ok_or_else(|| Denied {
            allow: commands.iter().map(|(method, _)| method.as_str()).collect::<Vec<_>>().join(", "),
            ..Denied::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
        })
    }
}

/// Why an admin request is not carried out.
#[derive(Debug)]
pub(crate) struct Denied {
    status: StatusCode,
    message: &'static str,
    /// The methods that the path has, where the method was wrong.
    allow: String,
}

impl Denied {
    fn new(status: StatusCode, message: &'static str) -> Self {
        Self { status, message, allow: String::new() }
    }

    pub(crate) fn response(self) -> Response<Bytes> {
        let body = json!({"error": {"code": self.status.as_str(), "message": self.message}});
        let mut response = respond(self.status, body.to_string().into_bytes());
        if !self.allow.is_empty() {
            let allow = HeaderValue::try_from(self.allow).expect("methods and commas");
            response.headers_mut().insert(ALLOW, allow);
        }
        response
    }
}

/// How far `POST /__emulator/clock/advance` moves the clock.
pub(crate) fn advance_by(upload: &Upload) -> Result<Duration, Denied> {
    #[derive(Deserialize)]
    struct Advance {
        seconds: f64,
    }
    let body: &[u8] = match upload {
        Upload::Whole(body) => body,
        Upload::Part(_) | Upload::Stalled | Upload::TooLarge => b"",
    };
    let read: Option<Advance> = serde_json::from_slice(body).ok();
    let by = read.filter(|read| read.seconds <= A_CENTURY);
    by.and_then(|read| Duration::try_from_secs_f64(read.seconds).ok()).ok_or_else(|| {
        let why = r#"the body must be like {"seconds": 601}, and not negative"#;
        Denied::new(StatusCode::BAD_REQUEST, why)
    })
}

pub(crate) fn ok(value: &impl Serialize) -> Response<Bytes> {
    let body = serde_json::to_vec(value).expect("plain structs of strings and numbers");
    respond(StatusCode::OK, body)
}

pub(crate) fn index() -> Response<Bytes> {
    ok(&json!({
        "name": "stt-emulator",
        "paths": ["health", "version", "fidelity", "requests", "clock/advance"],
    }))
}

pub(crate) fn version() -> Response<Bytes> {
    ok(&json!({"name": "stt-emulator", "version": env!("CARGO_PKG_VERSION")}))
}

pub(crate) fn health() -> Response<Bytes> {
    ok(&json!({"status": "ok"}))
}

pub(crate) fn clock(now: Duration) -> Response<Bytes> {
    ok(&json!({"now": now.as_secs_f64()}))
}

pub(crate) fn done() -> Response<Bytes> {
    ok(&json!({}))
}

fn respond(status: StatusCode, body: Vec<u8>) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    response
}

/// Whether a request comes from this machine and from no other site's page.
///
/// A page whose name was made to point at this machine still sends that name as Host; any other page sends its Origin,
/// or a browser says so in `Sec-Fetch-Site`.
fn is_local(head: &Parts) -> Result<(), &'static str> {
    let host = head.headers.get(HOST).map(HeaderValue::as_bytes);
    let host = host.or_else(|| head.uri.authority().map(|authority| authority.as_str().as_bytes()));
    let host: Option<Authority> = host.and_then(|host| Authority::try_from(host).ok());
    let Some(host) = host.filter(|authority| is_loopback(authority.host())) else {
        return Err("admin paths answer only where Host is this machine");
    };
    if let Some(origin) = head.headers.get(ORIGIN) {
        let own = origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://"));
        if own.is_none_or(|own| !own.eq_ignore_ascii_case(host.as_str())) {
            return Err("admin paths answer no page of another origin");
        }
    }
    match head.headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err("admin paths answer no page of another site"),
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Far enough for every test, and far from where clocks overflow.
const A_CENTURY: f64 = 100.0 * 366.0 * 86_400.0;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::Request;

    use super::{Command, advance_by};
    use crate::upload::Upload;

    fn asked(headers: &[(&str, &str)]) -> Result<Command, u16> {
        let request = headers
            .iter()
            .fold(Request::get("/__emulator/health"), |request, (name, value)| request.header(*name, *value));
        let (head, ()) = request.body(()).expect("a request").into_parts();
        Command::of("/health", &head).map_err(|denied| denied.status.as_u16())
    }

    #[test]
    fn this_machine_is_answered_under_each_of_its_names() {
        for host in ["127.0.0.1:10788", "localhost:10788", "localhost", "LOCALHOST", "[::1]:10788", "127.8.9.1"] {
            assert_eq!(asked(&[("host", host)]), Ok(Command::Health), "{host}");
        }
    }

    #[test]
    fn other_hosts_and_pages_are_not_answered() {
        let local = ("host", "127.0.0.1:10788");
        for headers in [
            vec![],
            vec![("host", "emulator.example:10788")],
            vec![("host", "localhost.example")],
            vec![("host", "192.168.0.1")],
            vec![("host", "user@")],
            vec![local, ("origin", "http://example.com")],
            vec![local, ("origin", "null")],
            vec![local, ("origin", "https://127.0.0.1:10788")],
            vec![local, ("origin", "http://127.0.0.1:80")],
            vec![local, ("sec-fetch-site", "cross-site")],
        ] {
            assert_eq!(asked(&headers), Err(403), "{headers:?}");
        }
    }

    #[test]
    fn the_emulators_own_page_is_answered() {
        let own =
            [("host", "localhost:10788"), ("origin", "http://localhost:10788"), ("sec-fetch-site", "same-origin")];
        assert_eq!(asked(&own), Ok(Command::Health));
    }

    #[test]
    fn the_clock_goes_forward_by_seconds_only() {
        let advance_by = |body: &'static str| advance_by(&Upload::Whole(body.into())).ok();
        assert_eq!(advance_by(r#"{"seconds":601}"#), Some(Duration::from_secs(601)));
        assert_eq!(advance_by(r#"{"seconds":0.5}"#), Some(Duration::from_millis(500)));
        for body in ["", "{}", r#"{"seconds":-1}"#, r#"{"seconds":1e99}"#, r#"{"seconds":"1"}"#] {
            assert_eq!(advance_by(body), None, "{body}");
        }
    }
}
