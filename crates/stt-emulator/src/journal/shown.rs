//! What of a request may be shown, and how much.

use http::header::AUTHORIZATION;
use http::request::Parts;

use crate::access::KEY_HEADER;
use crate::secret::{is_key, masked, shown};

/// A header field; the value of one that no program for this API needs may be a secret in the wrong place.
pub(super) fn field(name: &str, value: &str, secret: &str) -> (String, String) {
    let is = |names: &[&str]| names.iter().any(|other| name.eq_ignore_ascii_case(other));
    let value = match () {
        () if is(LONG_HEADERS) || is(ID_HEADERS) && is_id(value, secret) => cut(value),
        () if is(KNOWN_HEADERS) || is(ID_HEADERS) => plain(value, secret),
        () => shown(value),
    };
    (plain(name, secret), value)
}

pub(super) fn parameter(name: &str, value: &str, secret: &str) -> (String, String) {
    let is = |names: &[&str]| names.iter().any(|other| name.eq_ignore_ascii_case(other));
    let value = match () {
        () if is(SECRET_PARAMETERS) => shown(value),
        () if is(ID_PARAMETERS) && is_id(value, secret) => cut(value),
        () => plain(value, secret),
    };
    (plain(name, secret), value)
}

/// Whether this is an id of 32 hex digits, as keys of the older form are, and not the request's own key.
fn is_id(value: &str, secret: &str) -> bool {
    is_key(value.as_bytes()) && value != secret
}

/// The key or the token of a request; empty where it has none.
pub(crate) fn credential(head: &Parts) -> &str {
    let key = head.headers.get(KEY_HEADER).and_then(|value| value.to_str().ok());
    let token = || head.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ').map(|(_, token)| token.trim());
    key.or_else(token).unwrap_or_default()
}

/// What is shown of a text in which there may be a secret.
pub(super) fn plain(text: &str, secret: &str) -> String {
    // Cut once before the search, so that it is short, and far enough behind the end to find what stands across it.
    let end = text.char_indices().nth(2 * LONG).map_or(text.len(), |(end, _)| end);
    cut(&masked(&text[..end], secret))
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

/// Header fields whose values are one long word and no secret.
const LONG_HEADERS: &[&str] = &["pronunciation-assessment"];

/// Header fields whose values may look like keys of the older form.
const ID_HEADERS: &[&str] = &["x-connectionid", "x-requestid"];

/// Query parameters whose values may look like keys of the older form.
const ID_PARAMETERS: &[&str] = &["cid", "x-connectionid"];

/// Query parameters that carry a secret on sibling APIs, or as a header here, and so may be sent by mistake.
const SECRET_PARAMETERS: &[&str] = &["access_token", "authorization", KEY_HEADER, "subscription-key"];

/// The longest value kept, in characters; a reference text in its header is longer, and readable in full nowhere.
pub(super) const LONG: usize = 1_024;
