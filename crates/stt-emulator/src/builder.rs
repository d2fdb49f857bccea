//! Tells an emulator what to be before it starts.

use std::net::SocketAddr;
use std::time::Duration;

use crate::config::{Config, Keys, Profile};
use crate::emulator::Emulator;
use crate::hearing::AudioDir;
use crate::latency::Latency;
use crate::limits::{Rate, Tier};
use crate::recognizer::Recognizer;
use crate::scenario::Scenario;

/// Settings of an emulator; each has a default.
///
/// [`build`](Self::build) gives an emulator without a socket, [`start`](Self::start) and
/// [`start_blocking`](Self::start_blocking) one that listens.
#[must_use]
#[derive(Clone, Debug, Default)]
pub struct Builder {
    pub(crate) config: Config,
}

impl Emulator {
    /// What to tell an emulator before it starts.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl Builder {
    /// Which keys are accepted; by default [`Keys::WellKnown`].
    pub fn keys(mut self, keys: Keys) -> Self {
        self.config.keys = keys;
        self
    }

    /// Refuses keys that look like those of a real resource; by default they are only warned about.
    pub fn reject_real_keys(mut self, reject: bool) -> Self {
        self.config.reject_real_keys = reject;
        self
    }

    /// Which text to follow where Microsoft's pages and observations differ; by default [`Profile::Observed`].
    pub fn profile(mut self, profile: Profile) -> Self {
        self.config.profile = profile;
        self
    }

    /// The name of the region that tokens carry; by default `emulator`.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.config.region = region.into();
        self
    }

    /// How long a token lasts; by default ten minutes.
    pub fn token_ttl(mut self, ttl: Duration) -> Self {
        self.config.token_ttl = ttl;
        self
    }

    /// The largest body that is taken, in bytes; by default 64 MiB.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.config.max_body = bytes;
        self
    }

    /// How many recognitions may run at once for each tenant; by default as many as for [`Tier::S0`].
    pub fn tier(mut self, tier: Tier) -> Self {
        self.config.tier = tier;
        self
    }

    /// How many recognitions may run at once for each tenant, whatever its tier.
    pub fn max_concurrent(mut self, requests: usize) -> Self {
        self.config.max_concurrent = Some(requests);
        self
    }

    /// How many recognitions may begin in a time for each tenant; by default as many as like.
    pub fn rate(mut self, rate: Rate) -> Self {
        self.config.rate = Some(rate);
        self
    }

    /// How long a recognition takes on the tenant's clock; by default no time.
    pub fn latency(mut self, latency: Latency) -> Self {
        self.config.latency = latency;
        self
    }

    /// What chance begins with, so that it is the same in every run; by default 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.config.seed = seed;
        self
    }

    /// Clips whose words stand in a file beside each; by default none.
    pub fn audio_dir(mut self, clips: AudioDir) -> Self {
        self.config.audio_dir = clips;
        self
    }

    /// A program that listens where nothing else tells the words; by default none.
    ///
    /// It runs for an emulator behind a socket. One without is asked with
    /// [`finish_or_ask`](Emulator::finish_or_ask), and leaves the listening to the caller.
    pub fn recognizer(mut self, recognizer: Recognizer) -> Self {
        self.config.recognizer = Some(recognizer);
        self
    }

    /// Canned answers and faults, behind those that were given before.
    pub fn scenario(mut self, scenario: Scenario) -> Self {
        self.config.scenario = self.config.scenario.and(scenario);
        self
    }

    /// How many requests the journal keeps; by default 10,000.
    pub fn journal_limit(mut self, entries: usize) -> Self {
        self.config.journal_limit = entries;
        self
    }

    /// How many bytes of audio the journal keeps in memory; by default 64 MiB, and with 0 none.
    pub fn journal_audio(mut self, bytes: usize) -> Self {
        self.config.audio_limit = bytes;
        self
    }

    /// Where to listen; by default a free port of `127.0.0.1`.
    pub fn listen(mut self, address: impl Into<SocketAddr>) -> Self {
        self.config.listen = address.into();
        self
    }

    /// Listens behind TLS (feature `tls`), with a certificate for this machine and for these other names.
    ///
    /// The authority behind it is made at the start; [`Running::ca`](crate::Running::ca) tells it.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.config.tls = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// How many connections may be open; by default 500, and at least two, because there is always one to make room.
    ///
    /// When another one comes, the one that has waited longest for a request is closed; where all have requests the
    /// newcomer waits.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.config.max_connections = connections.max(2);
        self
    }

    /// How long a client may take to send the head of a request, or to begin another; by default 30 s.
    pub fn head_timeout(mut self, timeout: Duration) -> Self {
        self.config.head_timeout = timeout;
        self
    }

    /// How long the body of a request may pause; by default 14 s.
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.config.body_timeout = timeout;
        self
    }

    /// An emulator without a socket, to be asked with [`Emulator::answer`].
    #[must_use]
    pub fn build(self) -> Emulator {
        Emulator::new(self.config)
    }
}
