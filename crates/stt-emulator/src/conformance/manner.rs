//! How the questions are asked, and the requests that come of it.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use serde_json::{Value, json};
use thiserror::Error;

use crate::access::KEY_HEADER;
use crate::config::Profile;
use crate::conformance::client::Sending;
use crate::conformance::clip::{ClipError, Recording};
use crate::conformance::question::{Asking, Audio, Credential, Says, Upload};
use crate::conformance::target::Target;
use crate::limits::Tier;
use crate::scenario::Called;

/// How the questions are asked.
pub(crate) struct Manner {
    pub(crate) key: String,
    pub(crate) profile: Profile,
    /// The tier of the resource, as far as it is known.
    pub(crate) tier: Option<Tier>,
    /// Between two questions.
    pub(crate) delay: Duration,
    /// How long an answer may take.
    pub(crate) limit: Duration,
    /// How long a question may take by what it asks.
    pub(crate) patience: Duration,
    /// The language of the words that are said.
    pub(crate) language: String,
    pub(crate) recording: Option<Recording>,
    /// The rules that are asked about; all if there are none.
    pub(crate) only: BTreeSet<String>,
}

/// Why one question cannot be asked.
#[derive(Debug, Error)]
pub(crate) enum Unaskable {
    #[error("the question has a clip that cannot be made: {0}")]
    Clip(#[from] ClipError),
    #[error("the question is no request: {0}")]
    Request(#[from] http::Error),
    #[error("issueToken gave no token: {0}")]
    Token(String),
}

impl Manner {
    /// The request with what the report says of it.
    pub(crate) fn request(
        &self,
        asking: &Asking,
        target: &Target,
        token: Option<&str>,
    ) -> Result<(String, Request<Sending>), Unaskable> {
        let query = asking.query.replace("{language}", &self.language);
        let url = target.url(asking.operation, asking.path.as_deref(), &query);
        let told = format!("{} {url}", asking.method);
        let body = self.body(asking)?;
        let body = match asking.upload {
            Upload::Chunked => Sending::chunked(body),
            Upload::Expecting => Sending::expecting(body),
            Upload::Stalled => Sending::stalled(body),
            Upload::Whole => Sending::whole(body),
        };
        let mut headers: Vec<(&str, String)> = vec![("accept", "application/json".to_owned())];
        if asking.operation == Called::Recognize && !matches!(asking.audio, Audio::Nothing {}) {
            headers.push(("content-type", asking.audio.content_type().to_owned()));
        }
        match (asking.credential, token) {
            (Credential::None, _) => {}
            (Credential::Token, Some(token)) => headers.push(("authorization", format!("Bearer {token}"))),
            (Credential::Key | Credential::Token, _) => headers.push((KEY_HEADER, self.key.clone())),
        }
        if let Some(parameters) = assessment(asking) {
            headers.push(("pronunciation-assessment", STANDARD.encode(parameters.to_string())));
        }
        if asking.upload == Upload::Expecting {
            headers.push(("expect", "100-continue".to_owned()));
        }
        headers.extend(body.length().filter(|_| asking.method == "POST").map(|it| ("content-length", it.to_string())));
        let is_replaced =
            |name: &str| asking.headers.keys().chain(&asking.without).any(|it| it.eq_ignore_ascii_case(name));
        headers.retain(|(name, _)| !is_replaced(name));
        headers.extend(asking.headers.iter().map(|(name, value)| (name.as_str(), value.clone())));
        let request = Request::builder().method(asking.method.as_str()).uri(url);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        Ok((told, request.body(body)?))
    }

    /// What it sends.
    pub(crate) fn body(&self, asking: &Asking) -> Result<Vec<u8>, ClipError> {
        asking.audio.body(self.recording.as_ref())
    }
}

impl Audio {
    fn content_type(&self) -> &'static str {
        match self.says() {
            Some(Says { ogg: true, .. }) => "audio/ogg; codecs=opus",
            _ => "audio/wav; codecs=audio/pcm; samplerate=16000",
        }
    }
}

/// The parameters of a pronunciation assessment.
fn assessment(asking: &Asking) -> Option<Value> {
    let mut parameters = asking.assessment.clone();
    if let Some(count) = asking.reference_words {
        let reference = Value::from("word ".repeat(count));
        parameters.get_or_insert_with(|| json!({}))["ReferenceText"] = reference;
    }
    parameters
}
