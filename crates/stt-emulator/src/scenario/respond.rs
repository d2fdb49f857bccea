//! The answer of a fault that is an answer.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::scenario::inspect::{Inspect, Inspection};
use crate::scenario::retry_after::RetryAfter;
use crate::span::Span;

/// The answer of a fault that is an answer.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Respond {
    /// The HTTP status.
    #[schemars(range(min = 200, max = 999))]
    pub(crate) status: u16,
    /// When a client may come again: whole seconds, a date, or how far that date is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after: Option<RetryAfter>,
    /// Header fields beside those that every answer has.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) headers: BTreeMap<String, String>,
    /// The body: a text, or a table or list that is sent as JSON; by default an error as gateways of Azure word it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<Value>,
    /// How long the answer is held back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wait: Option<Span>,
}

impl Respond {
    pub(crate) fn status(status: u16) -> Self {
        Self { status, ..Self::default() }
    }
}

impl Inspect for Respond {
    fn inspect(&self, inspection: &mut Inspection<'_>) {
        if self.status == 0 {
            inspection.wrong("", "the answer has no status", "the field `status` with a number from 200 to 999");
        } else {
            inspection.status("status", self.status);
        }
        inspection.headers("headers", &self.headers);
    }
}
