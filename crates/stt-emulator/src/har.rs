//! The journal as an HTTP archive, for the tools that read one.
//!
//! The format is HAR 1.2 as its specification has it; sizes that are not known are -1, as it says.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::StatusCode;
use humantime::format_rfc3339_millis;
use serde_json::{Value, json};

use crate::journal::Entry;

/// An archive of `entries`; what the journal does not hold, secrets and audio above all, is not in it.
pub(crate) fn archive<'a>(entries: impl Iterator<Item = &'a Entry>) -> Value {
    json!({
        "log": {
            "version": "1.2",
            "creator": {"name": "stt-emulator", "version": env!("CARGO_PKG_VERSION")},
            "entries": entries.map(exchange).collect::<Vec<_>>(),
        }
    })
}

fn exchange(entry: &Entry) -> Value {
    let wait = entry.answered_ms.map_or(0, |at| at.saturating_sub(entry.at_ms));
    json!({
        "startedDateTime": started(entry.at_ms),
        "time": wait,
        "request": request(entry),
        "response": response(entry),
        "cache": {},
        "timings": {"send": 0, "wait": wait, "receive": 0},
        "comment": entry.reason,
    })
}

fn request(entry: &Entry) -> Value {
    let host = value(&entry.headers, "host").unwrap_or("emulator");
    let query = entry.query.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    let query = query.collect::<Vec<_>>().join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    json!({
        "method": entry.method,
        "url": format!("http://{host}{}{mark}{query}", entry.path),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": named(&entry.headers),
        "queryString": named(&entry.query),
        "headersSize": -1,
        "bodySize": size(entry.body_bytes),
    })
}

/// Where nothing was answered the status is 0, as browsers have it.
fn response(entry: &Entry) -> Value {
    let status = entry.status.unwrap_or_default();
    let text = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let kind = value(&entry.answer_headers, "content-type").unwrap_or("x-unknown");
    let body = entry.answer_body.as_deref();
    let mut content = json!({"size": size(body.map(|body| body.len() as u64)), "mimeType": kind});
    if let Some(body) = body {
        content["text"] = body.into();
    }
    json!({
        "status": status,
        "statusText": text.unwrap_or_default(),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": named(&entry.answer_headers),
        "content": content,
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    })
}

fn named(pairs: &[(String, String)]) -> Vec<Value> {
    pairs.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let first = pairs.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
    first.map(|(_, value)| value.as_str())
}

fn size(bytes: Option<u64>) -> i64 {
    bytes.and_then(|bytes| i64::try_from(bytes).ok()).unwrap_or(-1)
}

fn encoded(text: &str) -> impl std::fmt::Display + '_ {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
}

fn started(at_ms: u64) -> String {
    let at: SystemTime = UNIX_EPOCH + Duration::from_millis(at_ms.min(LAST_MOMENT));
    format_rfc3339_millis(at).to_string()
}

/// The last second of the year 9999, beyond which the format of time ends.
const LAST_MOMENT: u64 = 253_402_300_799_000;
