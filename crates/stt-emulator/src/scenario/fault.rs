//! One fault: for which requests, what happens, how often.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fault::{self, Transport};
use crate::scenario::inspect::{Inspect, Inspection};
use crate::scenario::respond::Respond;
use crate::scenario::retry_after::RetryAfter;
use crate::scenario::when::When;
use crate::span::Span;

/// Something that goes wrong on purpose: for which requests, what happens, how often.
///
/// ```
/// use stt_emulator::{Fault, When};
///
/// let two_throttles_then_fine = Fault::status(429).retry_after(1).times(2);
/// let second_upload_fails = Fault::status(503).on(When::recognize().nth(2));
/// # drop((two_throttles_then_fine, second_upload_fails));
/// ```
#[must_use]
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    /// What it is called in the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// For which requests; every recognition unless told otherwise.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) on: When,
    /// The answer in place of the right one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) respond: Option<Respond>,
    /// What goes wrong on the connection.
    #[serde(deserialize_with = "fault::read", skip_serializing_if = "Option::is_none")]
    pub(crate) transport: Option<Transport>,
    /// How often it happens at most; without it, always.
    #[schemars(range(min = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) times: Option<u64>,
    /// How many of its requests are spared first.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) skip: u64,
    /// The share of its requests that it strikes, from 0 to 1; the seed of the emulator decides which.
    #[schemars(range(min = 0.0, max = 1.0))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) probability: Option<f64>,
    /// From when on it strikes, on the emulator's clock, counted from the moment it was armed; a fault of a scenario
    /// file is armed by the first request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<Span>,
    /// Until when it strikes, counted in the same way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Span>,
    /// Whether it strikes at all.
    #[serde(skip_serializing_if = "is_true")]
    pub(crate) enabled: bool,
}

impl Default for Fault {
    fn default() -> Self {
        Self {
            name: None,
            on: When::default(),
            respond: None,
            transport: None,
            times: None,
            skip: 0,
            probability: None,
            from: None,
            until: None,
            enabled: true,
        }
    }
}

impl Fault {
    /// An answer with this HTTP status in place of the right one.
    ///
    /// 401, 403 and 429 are answered before the body, as the service judges credentials and limits when a request
    /// comes; all others when the body is there.
    pub fn status(status: u16) -> Self {
        Self { respond: Some(Respond::status(status)), ..Self::default() }
    }

    /// Something that goes wrong on the connection.
    pub fn transport(transport: Transport) -> Self {
        Self { transport: Some(transport), ..Self::default() }
    }

    /// What it is called in the journal.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// For which requests; every recognition unless told otherwise.
    pub fn on(mut self, when: When) -> Self {
        self.on = when;
        self
    }

    /// The header `Retry-After` of an answer, in seconds.
    pub fn retry_after(mut self, seconds: u64) -> Self {
        if let Some(respond) = &mut self.respond {
            respond.retry_after = Some(RetryAfter::Seconds(seconds));
        }
        self
    }

    /// The header `Retry-After` of an answer, as the date that is so far away.
    pub fn retry_after_date(mut self, span: Duration) -> Self {
        if let Some(respond) = &mut self.respond {
            respond.retry_after = Some(RetryAfter::DateIn(span));
        }
        self
    }

    /// The body of an answer.
    pub fn body(mut self, body: impl Into<String>) -> Self {
        if let Some(respond) = &mut self.respond {
            respond.body = Some(body.into().into());
        }
        self
    }

    /// How often it happens at most; without it, always.
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// How many of its requests are spared first.
    pub fn skip(mut self, skip: u64) -> Self {
        self.skip = skip;
        self
    }

    /// The share of its requests that it strikes, from 0 to 1; the seed of the emulator decides which.
    pub fn probability(mut self, share: f64) -> Self {
        self.probability = Some(share.clamp(0.0, 1.0));
        self
    }

    /// From when until when it strikes, on the emulator's clock, counted from the moment it was armed.
    ///
    /// One that an emulator was built with is armed by the first request.
    pub fn window(mut self, from: Duration, until: Duration) -> Self {
        (self.from, self.until) = (Some(Span(from)), Some(Span(until)));
        self
    }

    /// Whether its window is open so long after it was armed.
    pub(crate) fn is_open(&self, since: Duration) -> bool {
        let begun = self.from.is_none_or(|Span(from)| from <= since);
        let over = self.until.is_some_and(|Span(until)| until <= since);
        begun && !over
    }
}

impl Inspect for Fault {
    fn inspect(&self, inspection: &mut Inspection<'_>) {
        inspection.inside("on", &self.on);
        match (&self.respond, &self.transport) {
            (None, None) => inspection.wrong("", "the fault does nothing", "`respond` or `transport`"),
            (Some(_), Some(_)) => inspection.wrong("transport", "the fault does two things", "respond or transport"),
            (Some(respond), None) => inspection.inside("respond", respond),
            (None, Some(transport)) => inspection.inside("transport", transport),
        }
        if self.times == Some(0) {
            inspection.wrong("times", "the fault never happens", "a number from 1, or enabled = false");
        }
        inspection.within("probability", self.probability, 0.0, 1.0);
        if let Some(Span(until)) = self.until
            && until <= self.from.map_or(Duration::ZERO, |Span(from)| from)
        {
            inspection.wrong("until", "the window is closed before it opens", "a span longer than from");
        }
    }
}

impl Inspect for Transport {
    fn inspect(&self, inspection: &mut Inspection<'_>) {
        match *self {
            Self::EarlyAnswer { status, .. } => inspection.status("status", status),
            Self::Drip { bytes: 0, .. } | Self::SlowBody { bytes: 0, .. } | Self::SlowRead { bytes: 0, .. } => {
                inspection.wrong("bytes", "pieces of no bytes never end", "a number from 1");
            }
            Self::EndlessInterim { every } if every.is_zero() => {
                inspection.wrong("every", "interim answers without a pause", "a span, such as \"100ms\"");
            }
            _ => {}
        }
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out a reference")]
fn is_true(value: &bool) -> bool {
    *value
}
