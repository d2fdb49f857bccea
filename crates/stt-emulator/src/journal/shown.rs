//! What of a request may be shown, and how much.

use http::header::AUTHORIZATION;
use http::request::Parts;

use crate::access::KEY_HEADER;
use crate::secret::{masked, shown};

/// A header field; the value of one that no program for this API needs may be a secret in the wrong place.
pub(super) fn field(name: &str, value: &str, secret: &str) -> (String, String) {
    let is = |names: &[&str]| names.iter().any(|other| name.eq_ignore_ascii_case(other));
    let value = match () {
        () if is(LONG_HEADERS) => cut(value),
        () if is(KNOWN_HEADERS) => cut(&masked(value, secret)),
        () => shown(value),
    };
    (cut(&masked(name, secret)), value)
}

pub(super) fn parameter(name: &str, value: &str, secret: &str) -> (String, String) {
    let is = |names: &[&str]| names.iter().any(|other| name.eq_ignore_ascii_case(other));
    let value = match () {
        () if is(SECRET_PARAMETERS) => shown(value),
        () if is(LONG_PARAMETERS) && value != secret => cut(value),
        () => cut(&masked(value, secret)),
    };
    (cut(&masked(name, secret)), value)
}

/// The key or the token of a request; empty where it has none.
pub(super) fn credential(head: &Parts) -> &str {
    let key = head.headers.get(KEY_HEADER).and_then(|value| value.to_str().ok());
    let token = || head.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ').map(|(_, token)| token.trim());
    key.or_else(token).unwrap_or_default()
}

pub(crate) fn cut(text: &str) -> String {
    text.chars().take(LONG).collect()
}

/// Header fields whose values are shown.
const KNOWN_HEADERS: &[&str] = &[
    "accept",
    "accept-encoding",
    "accept-language",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "origin",
    "transfer-encoding",
    "user-agent",
];

/// Header fields whose values are shown although they look like keys.
const LONG_HEADERS: &[&str] = &["pronunciation-assessment", "x-connectionid", "x-requestid"];

/// Query parameters whose values are shown although they look like keys.
const LONG_PARAMETERS: &[&str] = &["cid", "x-connectionid"];

/// Query parameters that carry a secret on sibling APIs, or as a header here, and so may be sent by mistake.
const SECRET_PARAMETERS: &[&str] = &["access_token", "authorization", KEY_HEADER, "subscription-key"];

/// The longest value kept, in characters; a reference text in its header is longer, and readable in full nowhere.
pub(super) const LONG: usize = 1_024;
