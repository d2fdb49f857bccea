//! The conditions of rules and faults.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::audio::{SampleHash, sample_hash};
use crate::ids::{is_guid, is_session};
use crate::profanity::Profanity;
use crate::scenario::inspect::{Inspect, Inspection};
use crate::scenario::pattern::Pattern;

/// Which requests a rule or a fault is for: those that fit all that is said here.
///
/// ```
/// use stt_emulator::When;
///
/// let when = When::recognize().language("en-US").header("user-agent", "curl/*").nth(2);
/// # drop(when);
/// ```
#[must_use]
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct When {
    /// What is asked for; recognition unless told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) operation: Option<Called>,
    /// The segment of the path: conversation, interactive or dictation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mode: Option<Mode>,
    /// The id of an `[[audio]]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) audio: Option<String>,
    /// The hash of the decoded samples, as `stt-emulator hash FILE` prints it.
    #[schemars(with = "Option<String>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<SampleHash>,
    /// The language asked for, whatever its case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<String>,
    /// The format asked for; what is not asked for is simple.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) format: Option<Format>,
    /// What is asked to be done about profanity; masked unless asked otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) profanity: Option<Profanity>,
    /// The id of the custom model asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cid: Option<String>,
    /// The key, in clear, also where a token stands for it; `any` is every key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
    /// The session id, an X-ConnectionId of 32 hex digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<String>,
    /// Header fields by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) header: BTreeMap<String, Pattern>,
    /// Query parameters by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) query: BTreeMap<String, Pattern>,
    /// The shortest audio, in seconds.
    #[schemars(range(min = 0.0))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_seconds: Option<f64>,
    /// The longest audio, in seconds.
    #[schemars(range(min = 0.0))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_seconds: Option<f64>,
    /// Whether the body comes in chunks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) chunked: Option<bool>,
    /// Whether pronunciation is to be assessed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pronunciation: Option<bool>,
    /// Only the request of this number among those that fit all the rest, counted from 1.
    #[schemars(range(min = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nth: Option<u64>,
}

/// What a request may ask for.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Called {
    #[default]
    Recognize,
    Token,
}

/// The segment of the path that says how somebody speaks.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// People talking.
    Conversation,
    /// Somebody dictating.
    Dictation,
    /// Short commands.
    Interactive,
}

/// The form of a result.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Detailed,
    Simple,
}

impl When {
    /// Every request to recognize.
    pub fn recognize() -> Self {
        Self::default()
    }

    /// Every request for a token.
    pub fn token() -> Self {
        Self { operation: Some(Called::Token), ..Self::default() }
    }

    /// Those on this path.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// Those with the audio of this file, whatever its header and metadata look like.
    pub fn audio(mut self, file: &[u8]) -> Self {
        self.sha256 = Some(sample_hash(file));
        self
    }

    /// Those in this language.
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }

    /// Those for a detailed result, or for a simple one.
    pub fn detailed(mut self, detailed: bool) -> Self {
        self.format = Some(if detailed { Format::Detailed } else { Format::Simple });
        self
    }

    /// Those with this key, or with a token for it.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Those of this session: an `X-ConnectionId` of 32 hex digits.
    pub fn session(mut self, id: impl Into<String>) -> Self {
        self.session = Some(id.into());
        self
    }

    /// Those with this header field; each `*` in its value stands for any characters.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.header.insert(name.into(), Pattern::Text(value.into()));
        self
    }

    /// Those with this query parameter; each `*` in its value stands for any characters.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.insert(name.into(), Pattern::Text(value.into()));
        self
    }

    /// Those whose body comes in chunks, or does not.
    pub fn chunked(mut self, chunked: bool) -> Self {
        self.chunked = Some(chunked);
        self
    }

    /// Those that want pronunciation assessed, or do not.
    pub fn pronunciation(mut self, assessed: bool) -> Self {
        self.pronunciation = Some(assessed);
        self
    }

    /// Only the one of this number among those that fit all the rest, counted from 1.
    pub fn nth(mut self, nth: u64) -> Self {
        self.nth = Some(nth);
        self
    }

    /// Puts the hash of a clip in the place of its name.
    pub(crate) fn resolve(&mut self, clips: &BTreeMap<String, SampleHash>) {
        if let Some(hash) = self.audio.as_ref().and_then(|name| clips.get(name)) {
            (self.audio, self.sha256) = (None, Some(*hash));
        }
    }

    /// Whether only the body can tell whether it holds.
    pub(crate) fn looks_at_the_body(&self) -> bool {
        self.audio.is_some() || self.sha256.is_some() || self.min_seconds.is_some() || self.max_seconds.is_some()
    }
}

impl Inspect for When {
    fn inspect(&self, inspection: &mut Inspection<'_>) {
        if let Some(clip) = self.audio.as_deref()
            && !inspection.knows(clip)
        {
            inspection.wrong("audio", format!("no [[audio]] has the id {clip:?}"), "the id of an [[audio]]");
        }
        if self.audio.is_some() && self.sha256.is_some() {
            inspection.wrong("sha256", "audio and sha256 say the same", "one of them");
        }
        inspection.language("language", self.language.as_deref());
        if let Some(cid) = self.cid.as_deref().filter(|cid| !is_guid(cid)) {
            inspection.wrong("cid", format!("{cid:?} is no GUID, and every request for it is 400"), "32 hex digits");
        }
        if self.key.as_deref() == Some("") {
            inspection.wrong("key", "the key is empty", "a key, or any");
        }
        if let Some(session) = self.session.as_deref().filter(|session| !is_session(session)) {
            inspection.wrong("session", format!("{session:?} is no session id"), "32 hex digits");
        }
        for name in self.header.keys().filter(|name| http::HeaderName::try_from(*name).is_err()) {
            inspection.wrong("header", format!("{name:?} is no name of a header"), "letters, digits and hyphens");
        }
        inspection.within("min_seconds", self.min_seconds, 0.0, LONGEST);
        inspection.within("max_seconds", self.max_seconds, 0.0, LONGEST);
        if let (Some(least), Some(most)) = (self.min_seconds, self.max_seconds)
            && most < least
        {
            let problem = format!("no audio has at least {least} and at most {most} seconds");
            inspection.wrong("max_seconds", problem, format!("at least {least}"));
        }
        if self.nth == Some(0) {
            inspection.wrong("nth", "requests are counted from 1", "a number from 1");
        }
        if self.operation == Some(Called::Token) {
            let of_audio = [
                ("mode", self.mode.is_some()),
                ("audio", self.audio.is_some()),
                ("sha256", self.sha256.is_some()),
                ("language", self.language.is_some()),
                ("format", self.format.is_some()),
                ("profanity", self.profanity.is_some()),
                ("cid", self.cid.is_some()),
                ("min_seconds", self.min_seconds.is_some()),
                ("max_seconds", self.max_seconds.is_some()),
                ("pronunciation", self.pronunciation.is_some()),
            ];
            for (field, _) in of_audio.into_iter().filter(|(_, said)| *said) {
                inspection.wrong(field, "a request for a token has nothing of the kind", "operation = \"recognize\"");
            }
        }
    }
}

/// A day: far beyond what the service takes.
const LONGEST: f64 = 86_400.0;
