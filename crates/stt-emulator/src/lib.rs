//! An offline stand-in for the Speech to text REST API for short audio.
//!
//! For tests of programs in any language: it answers what the service would answer, deterministically and without an
//! account, and refuses what the service would refuse. It never recognizes speech: the words come from clips that
//! [`synth`] made, or from a transcript that [`tag`] wrote into a file.
//!
//! [`Emulator::answer`] is a pure function of request and time. [`Builder::start`] and [`Builder::start_blocking`] put
//! it behind a socket:
//!
//! ```
//! use stt_emulator::Emulator;
//!
//! let running = Emulator::builder().start_blocking()?;
//! println!("point the client at {} with the key {}", running.endpoint(), running.key());
//! # Ok::<(), std::io::Error>(())
//! ```

mod access;
mod admin;
mod answer;
mod ask;
mod asked;
mod audio;
mod builder;
pub mod cli;
mod config;
mod conformance;
mod connection;
mod cors;
mod crowd;
mod desk;
mod emulator;
mod expect;
mod fault;
mod fingerprint;
mod har;
mod hearing;
mod ids;
mod journal;
mod latency;
mod lenient;
mod limits;
mod listening;
mod locales;
mod magic;
mod media;
mod page;
mod profanity;
mod query;
mod random;
mod recognition;
mod recognize;
mod recognizer;
mod recordings;
mod remembered;
mod reset;
mod result;
mod route;
mod rule;
mod rules;
mod running;
mod said;
mod say;
mod scenario;
mod scoring;
mod script;
mod secret;
mod server;
mod shared;
mod span;
mod stage;
mod tenant;
#[cfg_attr(not(feature = "tls"), path = "no_tls.rs")]
mod tls;
mod token;
mod upload;
mod verdict;
mod wire;
mod wording;

pub use answer::{Answer, Delivery};
pub use ask::{Ask, Finished};
pub use audio::{
    Heard, HeardStep, HeardWord, Outcome, SampleHash, SampleHashError, Speech, SynthError, SynthOptions, TagError,
    hear, noise, sample_hash, silence, synth, tag,
};
pub use builder::Builder;
pub use config::{KEY_1, KEY_2, Keys, Profile};
pub use emulator::Emulator;
pub use expect::{Difference, Expect, Nearest, Times, Unmet};
pub use fault::{Intake, Interim, Pace, Transport};
pub use fingerprint::Fingerprint;
pub use hearing::{AudioDir, AudioDirError};
pub use journal::{Entry, Operation, WordTime};
pub use latency::{Latency, LatencyError};
pub use limits::{Rate, RateError, Tier};
pub use profanity::PROFANE_WORDS;
pub use recognizer::{Recognizer, RecognizerError, Told};
pub use rule::{Evidence, Rule};
pub use running::Running;
pub use scenario::{Fault, Mistake, Mode, Notation, ReadError, Reply, Scenario, ScenarioError, When, Word};
pub use stage::{Admitted, Checked};
pub use upload::Upload;

/// The code of the user's guide, compiled and run.
#[cfg(doctest)]
mod guide {
    #[doc = include_str!("../../../docs/emulator/README.md")]
    struct Start;

    #[doc = include_str!("../../../docs/emulator/scenarios.md")]
    struct Scenarios;

    #[doc = include_str!("../../../docs/emulator/faults.md")]
    struct Faults;

    #[doc = include_str!("../../../docs/emulator/rust.md")]
    struct Rust;
}
