//! What was asked and answered, without secrets, oldest first, bounded.

use std::collections::VecDeque;

use http::request::Parts;
use serde::Serialize;

use crate::access::KEY_HEADER;
use crate::fingerprint::Fingerprint;
use crate::query::Query;

/// What a request was about.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// No path of the API.
    Other,
    /// A browser asked whether a page may call the API.
    Preflight,
    /// Audio to be recognized.
    Recognize,
    /// A key to be exchanged for a token.
    Token,
}

/// One request to the service's own paths and its answer.
///
/// Keys and tokens stand here as fingerprints. Long values are cut.
#[non_exhaustive]
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Counts from 1 in the order of arrival.
    pub id: u64,
    /// When the head arrived, in milliseconds on the emulator's clock.
    pub at_ms: u64,
    /// What the request was about.
    pub operation: Operation,
    /// The HTTP method.
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The query parameters, decoded, in the order sent.
    pub query: Vec<(String, String)>,
    /// The header fields in lower case.
    pub headers: Vec<(String, String)>,
    /// The fingerprint of the key behind the credential, once it was accepted.
    pub key: Option<Fingerprint>,
    /// Whose key that is: the fingerprint of the key that the tenant began with.
    pub tenant: Option<Fingerprint>,
    /// The session id: an `X-ConnectionId` of 32 hex digits.
    pub session: Option<String>,
    /// The size of the body in bytes, once it was there.
    pub body_bytes: Option<u64>,
    /// The CRC-32 of the body as hex digits.
    pub body_crc32: Option<String>,
    /// The length of the audio in milliseconds, where it could be told.
    pub audio_ms: Option<u64>,
    /// Which step of hearing answered, such as `coded` or `metadata`.
    pub heard_by: Option<&'static str>,
    /// The HTTP status; `None` where nothing was answered.
    pub status: Option<u16>,
    /// The `RecognitionStatus` of the answer.
    pub recognition_status: Option<&'static str>,
    /// The text that was answered.
    pub text: Option<String>,
    /// The ids of the rules that shaped the answer.
    pub rules: Vec<&'static str>,
    /// Why the answer is what it is.
    pub reason: String,
}

impl Entry {
    pub(crate) fn begin(id: u64, at_ms: u64, operation: Operation, head: &Parts, query: &Query) -> Self {
        Self {
            id,
            at_ms,
            operation,
            method: cut(head.method.as_str()),
            path: cut(head.uri.path()),
            query: query.pairs().iter().take(MANY).map(|(name, value)| shown_parameter(name, value)).collect(),
            headers: head
                .headers
                .iter()
                .take(MANY)
                .map(|(name, value)| shown(name.as_str(), &String::from_utf8_lossy(value.as_bytes())))
                .collect(),
            key: None,
            tenant: None,
            session: None,
            body_bytes: None,
            body_crc32: None,
            audio_ms: None,
            heard_by: None,
            status: None,
            recognition_status: None,
            text: None,
            rules: Vec::new(),
            reason: String::new(),
        }
    }
}

/// The entries, the oldest of which go when there are too many.
#[derive(Debug)]
pub(crate) struct Journal {
    entries: VecDeque<Entry>,
    limit: usize,
}

impl Journal {
    pub(crate) fn new(limit: usize) -> Self {
        let entries = VecDeque::new();
        Self { entries, limit }
    }

    /// Answers end in another order than requests arrive; the journal keeps the latter.
    pub(crate) fn add(&mut self, entry: Entry) {
        let at = self.entries.partition_point(|other| other.id < entry.id);
        self.entries.insert(at, entry);
        while self.limit < self.entries.len() {
            self.entries.pop_front();
        }
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}

/// A header field; the value of one that no program for this API needs may be a secret in the wrong place.
fn shown(name: &str, value: &str) -> (String, String) {
    let known = KNOWN_HEADERS.iter().any(|known| name.eq_ignore_ascii_case(known));
    (cut(name), if known { cut(value) } else { hidden(value) })
}

fn shown_parameter(name: &str, value: &str) -> (String, String) {
    let secret = SECRET_PARAMETERS.iter().any(|secret| name.eq_ignore_ascii_case(secret));
    (cut(name), if secret { hidden(value) } else { cut(value) })
}

fn hidden(value: &str) -> String {
    format!("fingerprint {}", Fingerprint::of(value.as_bytes()))
}

fn cut(text: &str) -> String {
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
    "pronunciation-assessment",
    "transfer-encoding",
    "user-agent",
    "x-connectionid",
    "x-requestid",
];

/// Query parameters that carry a secret on sibling APIs, or as a header here, and so may be sent by mistake.
const SECRET_PARAMETERS: &[&str] = &["access_token", "authorization", KEY_HEADER, "subscription-key"];

/// The longest value kept, in characters; a reference text in its header is longer, and readable in full nowhere.
const LONG: usize = 1_024;

/// The most header fields and query parameters kept of one request.
const MANY: usize = 32;

#[cfg(test)]
mod tests {
    use http::Request;

    use super::{Entry, Journal, Operation};
    use crate::query::Query;

    fn entry(id: u64) -> Entry {
        let (head, ()) = Request::get("/").body(()).expect("a request").into_parts();
        Entry::begin(id, 0, Operation::Other, &head, &Query::default())
    }

    #[test]
    fn the_oldest_go_and_the_order_of_arrival_stays() {
        let mut journal = Journal::new(3);
        for id in [2, 1, 4, 3] {
            journal.add(entry(id));
        }
        assert_eq!(journal.entries().map(|entry| entry.id).collect::<Vec<_>>(), [2, 3, 4]);
        journal.clear();
        assert_eq!(journal.entries().count(), 0);
    }

    #[test]
    fn secrets_are_shown_as_fingerprints() {
        let request = Request::get("/?Authorization=Bearer%20s3cret&subscription-key=s3cret")
            .header("Ocp-Apim-Subscription-Key", "s3cret")
            .header("Authorization", "Bearer s3cret")
            .header("Cookie", "s3cret")
            .header("X-Api-Key", "s3cret");
        let (head, ()) = request.body(()).expect("a request").into_parts();
        let query = Query::read(head.uri.query().expect("a query"));
        let entry = Entry::begin(1, 0, Operation::Other, &head, &query);
        let json = serde_json::to_string(&entry).expect("JSON");
        assert!(!json.contains("s3cret"), "{json}");
        assert_eq!(json.matches("fingerprint ").count(), 6, "{json}");
    }

    #[test]
    fn long_values_are_cut() {
        let request = Request::get("/").header("x-long", "x".repeat(100_000));
        let (head, ()) = request.body(()).expect("a request").into_parts();
        let entry = Entry::begin(1, 0, Operation::Other, &head, &Query::default());
        assert!(serde_json::to_string(&entry).expect("JSON").len() < 2_000);
    }
}
