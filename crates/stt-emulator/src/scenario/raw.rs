//! An answer byte by byte.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::scenario::inspect::{Inspect, Inspection};

/// An answer that is sent as it stands here.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Raw {
    /// The HTTP status.
    #[schemars(range(min = 200, max = 999))]
    pub(crate) status: u16,
    /// Header fields; without a `content-type` among them it is that of JSON.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) headers: BTreeMap<String, String>,
    /// The body: a text, or a table or list that is sent as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<Value>,
    /// The body in base64, where it is no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) body_base64: Option<String>,
}

impl Default for Raw {
    fn default() -> Self {
        Self { status: 200, headers: BTreeMap::new(), body: None, body_base64: None }
    }
}

impl Raw {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match (&self.body, &self.body_base64) {
            (Some(body), _) => bytes(body),
            (None, Some(text)) => STANDARD.decode(text).unwrap_or_default(),
            (None, None) => Vec::new(),
        }
    }
}

/// A text as it is, anything else as JSON.
pub(crate) fn bytes(body: &Value) -> Vec<u8> {
    match body {
        Value::String(text) => text.clone().into_bytes(),
        other => other.to_string().into_bytes(),
    }
}

impl Inspect for Raw {
    fn inspect(&self, inspection: &mut Inspection<'_>) {
        inspection.status("status", self.status);
        inspection.headers("headers", &self.headers);
        inspection.base64("body_base64", self.body_base64.as_deref());
        if self.body.is_some() && self.body_base64.is_some() {
            inspection.wrong("body_base64", "there are two bodies", "body or body_base64");
        }
    }
}
