//! What an emulator can be told before it starts.

use std::net::SocketAddr;
use std::time::Duration;

use clap::ValueEnum;
use serde::Serialize;

use crate::hearing::AudioDir;
use crate::latency::Latency;
use crate::limits::{Limits, Rate, Tier};
use crate::recognizer::Recognizer;
use crate::scenario::Scenario;

/// The first of the two keys that every emulator knows: hex digits that spell `STT-EMULATOR-KEY`.
pub const KEY_1: &str = "5354542d454d554c41544f522d4b4559";

/// The second of the two keys that every emulator knows: hex digits that spell `STT-EMULATOR-KE2`.
pub const KEY_2: &str = "5354542d454d554c41544f522d4b4532";

/// Which keys are accepted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum Keys {
    /// The two well-known keys, which are those of one resource; every other key is refused.
    #[default]
    WellKnown,
    /// Any key that is not empty; each is a tenant of its own, with its own clock, limits and view of the journal.
    Any,
}

/// Which text to follow where Microsoft's pages and published observations differ.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// What was seen of the live service.
    #[default]
    Observed,
    /// What Microsoft's REST page for short audio says.
    Documented,
}

#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) keys: Keys,
    pub(crate) reject_real_keys: bool,
    pub(crate) profile: Profile,
    pub(crate) region: String,
    pub(crate) token_ttl: Duration,
    pub(crate) max_body: usize,
    pub(crate) tier: Tier,
    /// In place of what the tier allows.
    pub(crate) max_concurrent: Option<usize>,
    pub(crate) rate: Option<Rate>,
    pub(crate) latency: Latency,
    pub(crate) seed: u64,
    pub(crate) audio_dir: AudioDir,
    pub(crate) recognizer: Option<Recognizer>,
    pub(crate) scenario: Scenario,
    pub(crate) journal_limit: usize,
    /// How many bytes of audio the journal keeps.
    pub(crate) audio_limit: usize,
    pub(crate) listen: SocketAddr,
    /// The names for which a certificate is made besides those of this machine; `None` for plain HTTP.
    pub(crate) tls: Option<Vec<String>>,
    /// The authority behind that certificate as PEM, once it was made.
    pub(crate) authority: Option<String>,
    pub(crate) max_connections: usize,
    pub(crate) head_timeout: Duration,
    pub(crate) body_timeout: Duration,
}

impl Config {
    pub(crate) fn limits(&self) -> Limits {
        Limits { concurrent: self.max_concurrent.unwrap_or(self.tier.concurrent()), rate: self.rate }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            keys: Keys::default(),
            reject_real_keys: false,
            profile: Profile::default(),
            region: "emulator".to_owned(),
            token_ttl: TOKEN_TTL,
            max_body: MAX_BODY,
            tier: Tier::default(),
            max_concurrent: None,
            rate: None,
            latency: Latency::default(),
            seed: 0,
            audio_dir: AudioDir::default(),
            recognizer: None,
            scenario: Scenario::new(),
            journal_limit: JOURNAL_LIMIT,
            audio_limit: AUDIO_LIMIT,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            tls: None,
            authority: None,
            max_connections: MAX_CONNECTIONS,
            head_timeout: HEAD_TIMEOUT,
            body_timeout: BODY_TIMEOUT,
        }
    }
}

/// Ten minutes, as Microsoft's REST page says.
pub(crate) const TOKEN_TTL: Duration = Duration::from_secs(600);

/// Sixty seconds of 16 kHz mono are 1.9 MB; this leaves room for 48 kHz, stereo and clips that are too long.
pub(crate) const MAX_BODY: usize = 64 * 1024 * 1024;

/// Longer than any run of tests has requests; what so many take in memory is bounded by the journal itself.
pub(crate) const JOURNAL_LIMIT: usize = 10_000;

/// Half an hour of 16 kHz mono, which is as much as one body may have.
pub(crate) const AUDIO_LIMIT: usize = MAX_BODY;

/// Half of the 1,024 files that most systems let a program open, and five times what a resource may run at once.
pub(crate) const MAX_CONNECTIONS: usize = 500;

const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// Microsoft's REST sample of 2017 notes that the service gave up after 14 seconds without audio.
const BODY_TIMEOUT: Duration = Duration::from_secs(14);
