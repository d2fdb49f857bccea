//! What was asked and answered, without secrets, oldest first, bounded.

mod shown;

use std::collections::VecDeque;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Response};
use serde::{Deserialize, Serialize};

use crate::fingerprint::Fingerprint;
use crate::query::Query;
use crate::recordings::Recordings;
pub(crate) use shown::{credential, cut};

/// What a request was about.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
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

impl Operation {
    /// Its name in the journal.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Preflight => "preflight",
            Self::Recognize => "recognize",
            Self::Token => "token",
        }
    }

    /// The operation with this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Other, Self::Preflight, Self::Recognize, Self::Token].into_iter().find(|it| it.name() == name)
    }
}

/// One request to the service's own paths and its answer.
///
/// Keys and tokens stand here as fingerprints, wherever the client put them. Long values are cut.
#[non_exhaustive]
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Counts from 1 in the order of arrival, for all tenants together.
    pub id: u64,
    /// When the head arrived, in milliseconds since the Unix epoch on the tenant's clock.
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
    /// The SHA-256 of the body as hex digits.
    pub body_sha256: Option<String>,
    /// The length of the audio in milliseconds, where it could be told.
    pub audio_ms: Option<u64>,
    /// Which step of hearing answered, such as `coded` or `metadata`.
    pub heard_by: Option<&'static str>,
    /// What a recognizer said on standard error, the beginning of it.
    pub recognizer_said: Option<String>,
    /// The HTTP status; `None` where nothing was answered.
    pub status: Option<u16>,
    /// The header fields of the answer.
    pub answer_headers: Vec<(String, String)>,
    /// The body of the answer, unless it is a token.
    pub answer_body: Option<String>,
    /// When the answer was due, in milliseconds on the tenant's clock.
    pub answered_ms: Option<u64>,
    /// The `RecognitionStatus` of the answer.
    pub recognition_status: Option<&'static str>,
    /// The text that was answered.
    pub text: Option<String>,
    /// When each word of it is said, whether or not the answer tells it; of the first thousand.
    pub words: Vec<WordTime>,
    /// The ids of the rules that shaped the answer.
    pub rules: Vec<&'static str>,
    /// Why the answer is what it is.
    pub reason: String,
}

/// A word of an answer and its place in the audio.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct WordTime {
    /// In lexical form.
    pub word: String,
    /// When it begins, in milliseconds.
    pub offset_ms: u64,
    /// How long it takes, in milliseconds.
    pub duration_ms: u64,
}

impl Entry {
    pub(crate) fn begin(id: u64, at_ms: u64, operation: Operation, head: &Parts, query: &Query) -> Self {
        let secret = credential(head);
        Self {
            id,
            at_ms,
            operation,
            method: cut(head.method.as_str()),
            path: shown::plain(head.uri.path(), secret),
            query: query.pairs().iter().take(MANY).map(|(name, value)| shown::parameter(name, value, secret)).collect(),
            headers: head
                .headers
                .iter()
                .take(MANY)
                .map(|(name, value)| shown::field(name.as_str(), &String::from_utf8_lossy(value.as_bytes()), secret))
                .collect(),
            key: None,
            tenant: None,
            session: None,
            body_bytes: None,
            body_sha256: None,
            audio_ms: None,
            heard_by: None,
            recognizer_said: None,
            status: None,
            answer_headers: Vec::new(),
            answer_body: None,
            answered_ms: None,
            recognition_status: None,
            text: None,
            words: Vec::new(),
            rules: Vec::new(),
            reason: String::new(),
        }
    }

    /// Notes what was answered; a token is none of the journal's business.
    pub(crate) fn answered(&mut self, response: &Response<Bytes>, due_ms: u64) {
        self.status = Some(response.status().as_u16());
        self.answered_ms = Some(due_ms);
        let fields = response.headers().iter().take(MANY);
        let fields = fields.map(|(name, value)| (name.to_string(), cut(&String::from_utf8_lossy(value.as_bytes()))));
        self.answer_headers = fields.collect();
        if self.operation != Operation::Token || !response.status().is_success() {
            let body = String::from_utf8_lossy(response.body());
            self.answer_body = Some(body.chars().take(LONGEST_ANSWER).collect());
        }
    }

    /// Whether nothing that the emulator was told to hear or to answer fitted the request.
    pub(crate) fn is_unmatched(&self) -> bool {
        self.operation == Operation::Other || self.heard_by == Some("no-match")
    }

    /// Roughly how many bytes it takes.
    fn size(&self) -> usize {
        let pairs = self.query.iter().chain(&self.headers).chain(&self.answer_headers);
        let pairs = pairs.map(|(name, value)| size_of::<(String, String)>() + name.len() + value.len());
        let texts = [&self.session, &self.body_sha256, &self.text, &self.answer_body, &self.recognizer_said]
            .into_iter()
            .flatten();
        let texts = texts.map(String::len).sum::<usize>();
        let words = self.words.iter().map(|word| size_of::<WordTime>() + word.word.len()).sum::<usize>();
        size_of::<Self>()
            + self.method.len()
            + self.path.len()
            + self.reason.len()
            + texts
            + words
            + pairs.sum::<usize>()
    }
}

/// The first value of `name`, whose case does not matter, among header fields or query parameters.
pub(crate) fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let first = pairs.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
    first.map(|(_, value)| value.as_str())
}

/// The entries, the oldest of which go when there are too many, or when they take too much room.
#[derive(Debug)]
pub(crate) struct Journal {
    entries: VecDeque<Entry>,
    limit: usize,
    /// What all entries take, as [`Entry::size`] counts it.
    size: usize,
    /// Counts how often it changed.
    changes: u64,
    recordings: Recordings,
}

impl Journal {
    /// Room for so many entries, and so many bytes of audio.
    pub(crate) fn new(limit: usize, audio_limit: usize) -> Self {
        Self { entries: VecDeque::new(), limit, size: 0, changes: 0, recordings: Recordings::new(audio_limit) }
    }

    /// Answers end in another order than requests arrive; the journal keeps the latter.
    pub(crate) fn add(&mut self, entry: Entry) {
        self.changes += 1;
        self.size += entry.size();
        let at = self.entries.partition_point(|other| other.id < entry.id);
        self.entries.insert(at, entry);
        while self.limit < self.entries.len() || LARGEST < self.size {
            let Some(oldest) = self.entries.pop_front() else { return };
            self.size -= oldest.size();
            self.recordings.forget(oldest.id);
        }
    }

    /// Keeps the audio of a request, for as long as its entry and the room for audio last.
    pub(crate) fn keep(&mut self, id: u64, hash: [u8; 32], audio: Bytes) {
        self.recordings.keep(id, hash, audio);
    }

    pub(crate) fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter()
    }

    /// A name for its state, which is another one after each change; the time tells two emulators apart.
    pub(crate) fn tag(&self) -> HeaderValue {
        let newest = self.entries.back().map_or(0, |entry| entry.at_ms);
        HeaderValue::try_from(format!("\"{}-{newest}\"", self.changes)).expect("digits and quotes")
    }

    pub(crate) fn recordings(&self) -> &Recordings {
        &self.recordings
    }

    /// Forgets what one tenant asked, or all that was asked.
    pub(crate) fn clear(&mut self, tenant: Option<Fingerprint>) {
        self.changes += 1;
        let recordings = &mut self.recordings;
        self.entries.retain(|entry| {
            let meant = tenant.is_none() || entry.tenant == tenant;
            if meant {
                recordings.forget(entry.id);
            }
            !meant
        });
        self.size = self.entries.iter().map(Entry::size).sum();
    }
}

/// An answer that lists the phonemes of a minute is longer than this by far; it can be asked for again.
const LONGEST_ANSWER: usize = 4 * shown::LONG;

/// Together with what the allocator and the answers that read them need, 100 MB are enough.
const LARGEST: usize = 64 * 1024 * 1024;

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
        let mut journal = Journal::new(3, 0);
        for id in [2, 1, 4, 3] {
            journal.add(entry(id));
        }
        assert_eq!(journal.entries().map(|entry| entry.id).collect::<Vec<_>>(), [2, 3, 4]);
        journal.clear(None);
        assert_eq!(journal.entries().count(), 0);
    }

    #[test]
    fn large_entries_push_out_more_than_one_of_the_oldest() {
        let mut journal = Journal::new(1_000, 0);
        let large = |id| Entry { reason: "x".repeat(1_000_000), ..entry(id) };
        for id in 1..=100 {
            journal.add(large(id));
        }
        let kept = journal.entries().map(|entry| entry.id).collect::<Vec<_>>();
        // 64 MiB are 67.1 million bytes.
        assert_eq!((kept.len(), kept.last()), (67, Some(&100)));
        assert_eq!(journal.size, journal.entries().map(Entry::size).sum::<usize>());
        journal.clear(None);
        assert_eq!(journal.size, 0);
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
