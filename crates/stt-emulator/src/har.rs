//! The journal as an HTTP archive, for the tools that read one.
//!
//! The format is HAR 1.2 as its specification has it; sizes that are not known are -1, as it says.

use std::fmt::Write;
use std::time::{Duration, UNIX_EPOCH};

use http::StatusCode;
use humantime::format_rfc3339_millis;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::journal::{Entry, value};

/// An archive of requests; what the journal does not hold, secrets and audio above all, is not in it.
#[derive(Serialize)]
pub(crate) struct Archive<'a> {
    log: Log<'a>,
}

impl<'a> Archive<'a> {
    pub(crate) fn of(entries: &[&'a Entry]) -> Self {
        let creator = Creator { name: "stt-emulator", version: env!("CARGO_PKG_VERSION") };
        let entries = entries.iter().map(|entry| Exchange::of(entry)).collect();
        Self { log: Log { version: "1.2", creator, entries } }
    }
}

#[derive(Serialize)]
struct Log<'a> {
    version: &'static str,
    creator: Creator,
    entries: Vec<Exchange<'a>>,
}

#[derive(Serialize)]
struct Creator {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Exchange<'a> {
    started_date_time: String,
    time: u64,
    request: Request<'a>,
    response: Response<'a>,
    cache: Nothing,
    timings: Timings,
    comment: &'a str,
}

impl<'a> Exchange<'a> {
    fn of(entry: &'a Entry) -> Self {
        let wait = entry.answered_ms.map_or(0, |at| at.saturating_sub(entry.at_ms));
        let at = UNIX_EPOCH + Duration::from_millis(entry.at_ms.min(LAST_MOMENT));
        Self {
            started_date_time: format_rfc3339_millis(at).to_string(),
            time: wait,
            request: Request::of(entry),
            response: Response::of(entry),
            cache: Nothing {},
            timings: Timings { send: 0, wait, receive: 0 },
            comment: &entry.reason,
        }
    }
}

#[derive(Serialize)]
struct Timings {
    send: u64,
    wait: u64,
    receive: u64,
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    method: &'a str,
    url: String,
    http_version: &'static str,
    cookies: [Nothing; 0],
    headers: Vec<Named<'a>>,
    query_string: Vec<Named<'a>>,
    headers_size: i64,
    body_size: i64,
}

impl<'a> Request<'a> {
    fn of(entry: &'a Entry) -> Self {
        let mut url = format!("http://{}{}", value(&entry.headers, "host").unwrap_or("emulator"), entry.path);
        for (n, (name, value)) in entry.query.iter().enumerate() {
            let mark = if n == 0 { '?' } else { '&' };
            let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
            write!(url, "{mark}{}={}", encoded(name), encoded(value)).expect("a text takes all");
        }
        Self {
            method: &entry.method,
            url,
            http_version: HTTP,
            cookies: [],
            headers: named(&entry.headers),
            query_string: named(&entry.query),
            headers_size: UNKNOWN,
            body_size: size(entry.body_bytes),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    /// Where nothing was answered it is 0, as browsers have it.
    status: u16,
    status_text: &'static str,
    http_version: &'static str,
    cookies: [Nothing; 0],
    headers: Vec<Named<'a>>,
    content: Content<'a>,
    #[serde(rename = "redirectURL")]
    redirect_url: &'static str,
    headers_size: i64,
    body_size: i64,
}

impl<'a> Response<'a> {
    fn of(entry: &'a Entry) -> Self {
        let status = entry.status.unwrap_or_default();
        let text = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        let text = text.unwrap_or_default();
        let body = entry.answer_body.as_deref();
        Self {
            status,
            status_text: text,
            http_version: HTTP,
            cookies: [],
            headers: named(&entry.answer_headers),
            content: Content {
                size: size(body.map(|body| body.len() as u64)),
                mime_type: value(&entry.answer_headers, "content-type").unwrap_or("x-unknown"),
                text: body,
            },
            redirect_url: "",
            headers_size: UNKNOWN,
            body_size: UNKNOWN,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'a> {
    size: i64,
    mime_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    value: &'a str,
}

fn named(pairs: &[(String, String)]) -> Vec<Named<'_>> {
    pairs.iter().map(|(name, value)| Named { name, value }).collect()
}

fn size(bytes: Option<u64>) -> i64 {
    bytes.and_then(|bytes| i64::try_from(bytes).ok()).unwrap_or(UNKNOWN)
}

const HTTP: &str = "HTTP/1.1";

const UNKNOWN: i64 = -1;

/// The last second of the year 9999, beyond which the format of time ends.
const LAST_MOMENT: u64 = 253_402_300_799_000;
