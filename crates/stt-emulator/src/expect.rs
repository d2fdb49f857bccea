//! What a test expects to have been asked, and what to tell it where that was not so.

mod times;
mod unmet;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

pub use times::Times;
pub use unmet::{Difference, Nearest, Unmet};

use crate::fingerprint::Fingerprint;
use crate::journal::{Entry, Operation, cut, value};
use crate::secret::shown;

/// What a test expects to have been asked: every part that is told must fit, and so many times.
///
/// As JSON, with the names of its methods, it is what `POST /__emulator/requests/assert` takes.
///
/// ```
/// use stt_emulator::Expect;
///
/// let expect = Expect::recognize().language("en-US").chunked(true).times(3);
/// let json = r#"{"operation": "recognize", "language": "en-US", "chunked": true, "times": 3}"#;
/// assert_eq!(serde_json::from_str::<Expect>(json)?, expect);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<Operation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "key")]
    key: Option<Fingerprint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    query: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chunked: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assessed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recognition_status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    times: Times,
}

impl Expect {
    /// Any request, at least once.
    pub fn any() -> Self {
        Self::default()
    }

    /// A request to recognize, at least once.
    pub fn recognize() -> Self {
        Self { operation: Some(Operation::Recognize), ..Self::default() }
    }

    /// A request for a token, at least once.
    pub fn token() -> Self {
        Self { operation: Some(Operation::Token), ..Self::default() }
    }

    /// With this HTTP method.
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// To this path, without its query.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// With this key, a token for it, or a key of the same tenant; its fingerprint will do too.
    pub fn key(mut self, key: &str) -> Self {
        self.key = Some(Fingerprint::read(key).unwrap_or_else(|| Fingerprint::of(key.as_bytes())));
        self
    }

    /// With this session id, an `X-ConnectionId` of 32 hex digits.
    pub fn session(mut self, id: impl Into<String>) -> Self {
        self.session = Some(id.into());
        self
    }

    /// For this language, whatever its case.
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }

    /// With this `format`, such as `detailed`, whatever its case.
    pub fn format(mut self, format: impl Into<String>) -> Self {
        self.format = Some(format.into());
        self
    }

    /// With this query parameter, decoded.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.insert(name.into(), value.into());
        self
    }

    /// With this header field, whatever the case of its name.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// With a body in chunks, or with one whose length was told.
    pub fn chunked(mut self, chunked: bool) -> Self {
        self.chunked = Some(chunked);
        self
    }

    /// With pronunciation assessment, or without.
    pub fn assessed(mut self, assessed: bool) -> Self {
        self.assessed = Some(assessed);
        self
    }

    /// With a body of this size.
    pub fn body_bytes(mut self, bytes: u64) -> Self {
        self.body_bytes = Some(bytes);
        self
    }

    /// With a body of this SHA-256 in hex digits, as `sha256sum` prints it.
    pub fn body_sha256(mut self, hash: impl Into<String>) -> Self {
        self.body_sha256 = Some(hash.into());
        self
    }

    /// Answered with this HTTP status.
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Answered with this `RecognitionStatus`.
    pub fn recognition_status(mut self, status: impl Into<String>) -> Self {
        self.recognition_status = Some(status.into());
        self
    }

    /// Answered with this text.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// Answered by this rule of the list of [`Emulator::fidelity`](crate::Emulator::fidelity), by its id.
    pub fn rule(mut self, id: impl Into<String>) -> Self {
        self.rule = Some(id.into());
        self
    }

    /// So many times: `3`, `1..=3`, `2..` or `..=5`.
    pub fn times(mut self, times: impl Into<Times>) -> Self {
        self.times = times.into();
        self
    }

    /// Whether the requests `asked` are what was expected.
    pub(crate) fn verify<'a>(&self, asked: impl Iterator<Item = &'a Entry>) -> Result<(), Box<Unmet>> {
        let mut fitting = Vec::new();
        let mut nearest: Option<Nearest> = None;
        let mut count = 0;
        for entry in asked {
            count += 1;
            let differences = self.differences(entry);
            if differences.is_empty() {
                fitting.push(entry.id);
            } else if nearest.as_ref().is_none_or(|other| differences.len() <= other.differences.len()) {
                nearest = Some(Nearest { id: entry.id, differences });
            }
        }
        if self.times.contains(fitting.len() as u64) {
            return Ok(());
        }
        Err(Box::new(Unmet { expected: self.clone(), fitting, nearest, asked: count }))
    }

    /// What of `entry` is not as expected.
    fn differences(&self, entry: &Entry) -> Vec<Difference> {
        let mut found = Found::default();
        let query = |name: &str| value(&entry.query, name);
        let header = |name: &str| value(&entry.headers, name);
        found.text("operation", self.operation.map(Operation::name), Some(entry.operation.name()));
        found.text("method", self.method.as_deref(), Some(&entry.method));
        found.text("path", self.path.as_deref(), Some(&entry.path));
        if let Some(key) = self.key.filter(|_| entry.key != self.key && entry.tenant != self.key) {
            found.add("key", &key, entry.key.map(|key| key.to_string()));
        }
        found.text("session", self.session.as_deref(), entry.session.as_deref());
        found.text("language", self.language.as_deref(), query("language"));
        found.text("format", self.format.as_deref(), query("format"));
        for (name, wanted) in &self.query {
            found.hidden(&format!("query {name}"), wanted, query(name));
        }
        for (name, wanted) in &self.headers {
            found.hidden(&format!("header {name}"), wanted, header(name));
        }
        let chunked = header("transfer-encoding").is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
        found.plain("chunked", self.chunked, Some(chunked));
        found.plain("assessed", self.assessed, Some(header("pronunciation-assessment").is_some()));
        found.plain("body_bytes", self.body_bytes, entry.body_bytes);
        found.text("body_sha256", self.body_sha256.as_deref(), entry.body_sha256.as_deref());
        found.plain("status", self.status, entry.status);
        found.plain("recognition_status", self.recognition_status.as_deref(), entry.recognition_status);
        found.plain("text", self.text.as_deref(), entry.text.as_deref());
        if let Some(rule) = self.rule.as_deref().filter(|rule| !entry.rules.contains(rule)) {
            found.add("rule", &rule, Some(entry.rules.join(", ")).filter(|rules| !rules.is_empty()));
        }
        found.0
    }
}

/// The differences that were found so far.
#[derive(Default)]
struct Found(Vec<Difference>);

impl Found {
    fn plain<T: ToString + PartialEq>(&mut self, part: &str, wanted: Option<T>, got: Option<T>) {
        if let Some(wanted) = wanted
            && got.as_ref() != Some(&wanted)
        {
            self.add(part, &wanted, got.map(|got| got.to_string()));
        }
    }

    /// Parts whose case does not matter.
    fn text(&mut self, part: &str, wanted: Option<&str>, got: Option<&str>) {
        if let Some(wanted) = wanted
            && !got.is_some_and(|got| got.eq_ignore_ascii_case(wanted))
        {
            self.add(part, &wanted, got.map(str::to_owned));
        }
    }

    /// Parts that the journal has cut, or shows as a fingerprint; then what was wanted is shown so too.
    fn hidden(&mut self, part: &str, wanted: &str, got: Option<&str>) {
        if got == Some(&cut(wanted)) || got == Some(&shown(wanted)) {
            return;
        }
        let is_hidden = got.is_some_and(|got| got.starts_with("fingerprint "));
        let wanted = if is_hidden { shown(wanted) } else { cut(wanted) };
        self.add(part, &wanted, got.map(str::to_owned));
    }

    fn add(&mut self, part: &str, wanted: &impl ToString, got: Option<String>) {
        self.0.push(Difference { part: part.to_owned(), wanted: wanted.to_string(), got });
    }
}

/// A key in JSON goes no further than its fingerprint.
fn key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Fingerprint>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(Expect::any().key(&text).key)
}
