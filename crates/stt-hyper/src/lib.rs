//! A client of the Speech to text REST API for short audio, on hyper and tokio.
//!
//! A [`Client`] takes [`Audio`] from memory, a file or a live source, and gives a [`Recognition`]. What is sent, repeated
//! or given up is decided by the exchange machine of `stt-core`; here it is carried out, without losing an answer, a
//! socket or a byte.
//!
//! ```no_run
//! use stt_hyper::{Audio, Client, Language, Recognize, Resource};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(Resource::new("westeurope", "the key")?)?;
//! let audio = Audio::open("pencils.wav").await?;
//! let reply = client.recognize(audio, Recognize::new(Language::EN_US).detailed()).await?;
//! println!("{}", reply.recognition.text().unwrap_or_default());
//! # Ok(())
//! # }
//! ```
//!
//! # What happens on the wire
//!
//! Audio goes out by HTTP/1.1 in chunks, after the service has said that it wants them or a second has passed. An
//! answer that comes before the end of the upload ends the upload and is delivered, even if the service closes the
//! connection at once. Of live audio what was sent is kept, so that it too can be sent again.
//!
//! Nothing waits for ever:
//!
//! | Part | Longest time | Phase of the error |
//! | --- | --- | --- |
//! | looking up the name and connecting | 5 s | `Resolve`, `Connect` |
//! | answer of a proxy | 10 s | `Connect` |
//! | TLS handshake | 5 s | `Tls` |
//! | audio is there and the service takes none | 20 s | `Upload` |
//! | head of the answer, from the end of the request | 20 s, or as long as the audio | `Answer` |
//! | rest of the answer | 10 s | `Body` |
//! | one attempt, and the whole call | as [`Retry`] says | what it was doing |
//!
//! An answer may have a head of 32 KiB and a body of 1 MiB. Redirects are not followed.
//!
//! # How many at once
//!
//! A client sends whatever it is given at once. A [`Limiter`] finds out how many requests a resource takes, lets the
//! others wait for their turn, and keeps all of them back when the service asks one to wait.
//!
//! # TLS
//!
//! rustls with the certificates that the operating system trusts, or those given to
//! [`ClientBuilder::root_certificates`], and those given to [`ClientBuilder::additional_root_certificates`]. The feature `ring` (default) or `aws-lc-rs` provides the cryptography; without
//! either, what the program has installed for rustls does. The feature `webpki-roots` adds a choice of built-in
//! certificates. There is no way to leave a certificate unchecked.
//!
//! # When there is no connection
//!
//! [`ClientBuilder::probe`] makes a [`Probe`] of what would make a client: it goes the same way without a credential, by
//! name, connection, proxy and TLS, and tells what it finds at each step, the certificates of a host that is not trusted
//! among it.
//!
//! # Tracing
//!
//! With the feature `tracing` each call is a span `recognize`, and each request a span `POST` with the fields of
//! OpenTelemetry's conventions for HTTP clients: `http.request.method`, `http.request.resend_count`,
//! `http.response.status_code`, `url.full`, `server.address`, `server.port`, `network.protocol.version`, `error.type`;
//! and `az.connection_id`. Within a call the events `queued` and `pausing` (`az.pause_ms`, `error.type`) tell why nothing
//! goes out. No header, no credential, no audio and no text is in a span, and of query parameters only
//! those that Microsoft documents are shown with their values.

#![warn(clippy::print_stdout, clippy::print_stderr)]

mod attempt;
mod audio;
mod body;
mod build_error;
mod builder;
mod causes;
mod client;
mod clock;
mod connect;
mod counting;
mod drive;
mod event;
mod failure;
mod gate;
mod limiter;
mod limits;
mod parking;
mod patience;
mod probe;
mod proxy;
mod resolver;
#[cfg(test)]
mod testing;
mod tls;
mod token_source;
#[cfg_attr(not(feature = "tracing"), path = "untraced.rs")]
mod trace;
mod transport;
mod tunnel;
mod wire;

pub use stt_auth::{Authorization, Cloud, Endpoint, Key, Region, Resource, ResourceId, Token, TokenError};
pub use stt_core::{ConnectionId, Error, ErrorKind, Recognize, Reply, Retry};
pub use stt_model::{
    AudioFormat, Dimension, GradingSystem, Granularity, Language, Mode, PhonemeAlphabet, Profanity,
    PronunciationAssessment, Recognition, ResultFormat, Status,
};

pub use self::{
    audio::{Audio, AudioError},
    build_error::BuildError,
    builder::ClientBuilder,
    client::Client,
    event::Event,
    limiter::{Limiter, LimiterState},
    probe::{Probe, ProbeConnected, ProbeFound, ProbeOpen, ProbeRefused},
    proxy::{Proxy, ProxyError},
    tls::Distrust,
};
