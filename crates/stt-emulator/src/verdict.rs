//! What will be answered, before it becomes a response.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde::Serialize;

use crate::access::Refusal;
use crate::audio::TICKS_PER_MS;
use crate::fault::Transport;
use crate::journal::WordTime;
use crate::rule::Rule;

/// An answer and what the journal says about it.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) reason: String,
    pub(crate) recognition: Option<Heard>,
    /// The seconds of a `Retry-After`.
    pub(crate) retry_after: Option<u64>,
    /// Header fields that take the place of the usual ones.
    pub(crate) headers: HeaderMap,
    /// How long the answer is held back.
    pub(crate) wait: Duration,
    /// How its delivery goes wrong.
    pub(crate) transport: Option<Transport>,
}

/// The part of the journal's entry that only a recognition has.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) by: &'static str,
    pub(crate) status: Option<&'static str>,
    pub(crate) text: Option<String>,
    pub(crate) words: Vec<WordTime>,
    pub(crate) audio_ms: Option<u64>,
}

impl Verdict {
    /// The answer that a rule prescribes.
    pub(crate) fn of(rule: Rule, reason: impl Into<String>) -> Self {
        Self {
            // A rule without an answer has no status to send.
            status: StatusCode::from_u16(rule.status).unwrap_or_default(),
            content_type: if rule.body.is_empty() { "" } else { JSON },
            body: rule.body.into(),
            rules: vec![rule],
            reason: reason.into(),
            ..Self::default()
        }
    }

    /// A 200 with a JSON body.
    pub(crate) fn json(body: &impl Serialize) -> Self {
        Self {
            content_type: JSON,
            body: serde_json::to_vec(body).expect("plain structs of strings and finite numbers"),
            ..Self::default()
        }
    }

    /// A 200 with a token.
    pub(crate) fn token(token: String) -> Self {
        let (body, content_type) = (token.into_bytes(), TOKEN);
        Self { content_type, body, ..Self::default() }
    }

    /// Whether nothing at all is answered.
    pub(crate) fn is_silent(&self) -> bool {
        self.rules.iter().any(|rule| rule.status == 0) || self.transport.is_some_and(Transport::is_silent)
    }

    pub(crate) fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// The same, with what the journal says of the listening.
    pub(crate) fn heard(self, by: &'static str, audio_ticks: u64) -> Self {
        let about = self.recognition.unwrap_or_default();
        let audio_ms = Some(audio_ticks / TICKS_PER_MS);
        Self { recognition: Some(Heard { by, audio_ms, ..about }), ..self }
    }

    /// The same, with this reason if it has none.
    pub(crate) fn or_reason(self, reason: String) -> Self {
        if self.reason.is_empty() { Self { reason, ..self } } else { self }
    }

    pub(crate) fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }
}

impl From<Refusal> for Verdict {
    fn from(refusal: Refusal) -> Self {
        Self { retry_after: refusal.retry_after, ..Self::of(refusal.rule, refusal.reason) }
    }
}

/// As the service was observed to say it.
pub(crate) const JSON: &str = "application/json; charset=utf-8";

/// A guess; clients are not known to look at it.
const TOKEN: &str = "application/jwt; charset=us-ascii";
