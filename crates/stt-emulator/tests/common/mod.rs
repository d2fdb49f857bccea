//! What several tests of the emulator need: requests that are right, and clips.

#![expect(dead_code, reason = "each test binary uses its own part")]

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;
use stt_emulator::{Emulator, Entry, KEY_1, SynthOptions, silence, synth};

pub(crate) const PATH: &str = "/speech/recognition/conversation/cognitiveservices/v1";

/// Any time will do: this one is not zero, so that a forgotten addition shows.
pub(crate) const NOW: Duration = Duration::from_secs(1_000_000);

/// A request to recognize that is right in every part, to be changed by the test.
pub(crate) struct Ask {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Ask {
    pub(crate) fn new(body: impl Into<Vec<u8>>) -> Self {
        let headers = [
            ("host", "127.0.0.1:10788"),
            ("ocp-apim-subscription-key", KEY_1),
            ("content-type", "audio/wav; codecs=audio/pcm; samplerate=16000"),
        ];
        Self {
            method: "POST",
            path: PATH.to_owned(),
            query: "language=en-US".to_owned(),
            headers: headers.map(|(name, value)| (name, value.to_owned())).to_vec(),
            body: body.into(),
        }
    }

    /// A clip that says `text`.
    pub(crate) fn saying(text: &str) -> Self {
        Self::new(synth(text, &SynthOptions::default()).expect("a clip"))
    }

    pub(crate) fn query(mut self, query: &str) -> Self {
        self.query = query.to_owned();
        self
    }

    pub(crate) fn path(mut self, path: &str) -> Self {
        self.path = path.to_owned();
        self
    }

    pub(crate) fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self
    }

    pub(crate) fn header(self, name: &'static str, value: impl Into<String>) -> Self {
        let mut asked = self.without(name);
        asked.headers.push((name, value.into()));
        asked
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.header("ocp-apim-subscription-key", key)
    }

    pub(crate) fn assess(self, json: &str) -> Self {
        self.header("pronunciation-assessment", STANDARD.encode(json))
    }

    pub(crate) fn request(self) -> Request<Bytes> {
        let uri = format!("{}?{}", self.path, self.query);
        let request = Request::builder().method(self.method).uri(uri);
        let request = self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        request.body(self.body.into()).expect("a request")
    }

    pub(crate) fn ask(self, emulator: &Emulator) -> Response<Bytes> {
        emulator.answer(self.request(), NOW).response
    }

    /// The JSON of the answer of a new emulator.
    pub(crate) fn json(self) -> Value {
        json(&self.ask(&Emulator::builder().build()))
    }
}

/// The answer to a request to an admin path, which is what follows `/__emulator`.
pub(crate) fn admin(emulator: &Emulator, method: &str, path: &str, body: &str) -> Response<Bytes> {
    let request = Request::builder().method(method).uri(format!("/__emulator{path}"));
    let request = request.header("host", "localhost:10788").body(Bytes::from(body.to_owned()));
    emulator.answer(request.expect("a request"), NOW).response
}

/// The JSON at an admin path.
pub(crate) fn get(emulator: &Emulator, path: &str) -> Value {
    let response = admin(emulator, "GET", path, "");
    assert_eq!(response.status(), 200, "{path}");
    json(&response)
}

pub(crate) fn json(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).expect("JSON")
}

pub(crate) fn last(emulator: &Emulator) -> Entry {
    emulator.journal().pop().expect("something was asked")
}

/// The data of a silent clip replaced by `sample(n)`.
pub(crate) fn wav(seconds: u64, sample: impl Fn(u32) -> i16) -> Vec<u8> {
    let mut clip = silence(Duration::from_secs(seconds), 16_000).expect("a clip");
    for (n, pair) in (0..).zip(clip[44..].chunks_exact_mut(2)) {
        pair.copy_from_slice(&sample(n).to_le_bytes());
    }
    clip
}

/// Two seconds of a tone that comes and goes four times a second, as syllables do.
pub(crate) fn humming() -> Vec<u8> {
    wav(2, |n| {
        let seconds = f64::from(n) / 16_000.0;
        let loudness = (std::f64::consts::TAU * 4.0 * seconds).sin().max(0.0);
        ((std::f64::consts::TAU * 180.0 * seconds).sin() * loudness * 8_000.0) as i16
    })
}
