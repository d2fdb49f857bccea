//! What conditions look at.

use http::HeaderMap;
use http::header::{EXPECT, TRANSFER_ENCODING};
use http::request::Parts;

use crate::audio::{SampleHash, hear, sample_hash};
use crate::fingerprint::Fingerprint;
use crate::ids::is_session;
use crate::profanity::Profanity;
use crate::query::Query;
use crate::scenario::{Called, Format, Mode, When};

/// What the head of a request says.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) called: Called,
    mode: Option<Mode>,
    key: Option<Fingerprint>,
    headers: HeaderMap,
    query: Query,
}

/// What the body of a request says, as far as it is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sound {
    hash: Option<SampleHash>,
    seconds: Option<f64>,
}

/// What is asked of the body of a request: it takes time to find out.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Curiosity {
    pub(crate) hash: bool,
    pub(crate) seconds: bool,
}

impl Facts {
    /// What the head of a request with this key says.
    pub(crate) fn of(head: &Parts, query: &Query, called: Called, key: Option<Fingerprint>) -> Self {
        let mode = [Mode::Conversation, Mode::Dictation, Mode::Interactive];
        let mode = mode.into_iter().find(|mode| head.uri.path().contains(mode.segment()));
        Self { called, mode, key, headers: head.headers.clone(), query: query.clone() }
    }

    /// Whether the client waits for `100 Continue`.
    pub(crate) fn expects(&self) -> bool {
        self.headers.get(EXPECT).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
    }

    /// Whether all that `when` says of the head holds, its number left out.
    fn fit(&self, when: &When) -> bool {
        let asked = |name: &str| self.query.get(name).filter(|value| !value.is_empty());
        let same = |wanted: &Option<String>, value: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| value.is_some_and(|value| value.eq_ignore_ascii_case(wanted)))
        };
        let detailed = asked("format").is_some_and(|format| format.eq_ignore_ascii_case("detailed"));
        let format = if detailed { Format::Detailed } else { Format::Simple };
        let profanity = asked("profanity").and_then(Profanity::named).unwrap_or_default();
        let session = asked("X-ConnectionId").filter(|id| is_session(id));
        let chunked = self.headers.contains_key(TRANSFER_ENCODING);
        let assessed = self.headers.contains_key("pronunciation-assessment");
        let header = |name: &str| self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
        when.operation.unwrap_or_default() == self.called
            && when.mode.is_none_or(|mode| self.mode == Some(mode))
            && same(&when.language, asked("language"))
            && when.format.is_none_or(|wanted| wanted == format)
            && when.profanity.is_none_or(|wanted| wanted == profanity)
            && same(&when.cid, asked("cid"))
            && when.key.as_deref().is_none_or(|key| key == ANY || Some(Fingerprint::of(key.as_bytes())) == self.key)
            && same(&when.session, session)
            && when.chunked.is_none_or(|wanted| wanted == chunked)
            && when.pronunciation.is_none_or(|wanted| wanted == assessed)
            && when.header.iter().all(|(name, pattern)| pattern.fits(header(name).as_deref()))
            && when.query.iter().all(|(name, pattern)| pattern.fits(self.query.get(name)))
    }
}

impl Sound {
    /// What `body` says about what is asked.
    pub(crate) fn of(body: &[u8], asked: Curiosity) -> Self {
        Self {
            hash: asked.hash.then(|| sample_hash(body)),
            seconds: asked.seconds.then(|| hear(body).audio_ticks as f64 / TICKS_PER_SECOND),
        }
    }

    fn fit(&self, when: &When) -> bool {
        when.audio.is_none()
            && when.sha256.is_none_or(|wanted| self.hash == Some(wanted))
            && when.min_seconds.is_none_or(|least| self.seconds.is_some_and(|seconds| least <= seconds))
            && when.max_seconds.is_none_or(|most| self.seconds.is_some_and(|seconds| seconds <= most))
    }
}

impl When {
    /// Whether it holds, its number left out; without a body nothing holds that looks at it.
    pub(super) fn fits(&self, facts: &Facts, sound: Option<&Sound>) -> bool {
        let heard = match sound {
            Some(sound) => !self.looks_at_the_body() || sound.fit(self),
            None => !self.looks_at_the_body(),
        };
        heard && facts.fit(self)
    }
}

impl Mode {
    fn segment(self) -> &'static str {
        match self {
            Self::Conversation => "/conversation/",
            Self::Dictation => "/dictation/",
            Self::Interactive => "/interactive/",
        }
    }
}

/// The key that stands for every key.
const ANY: &str = "any";

const TICKS_PER_SECOND: f64 = 10_000_000.0;
