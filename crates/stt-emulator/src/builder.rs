//! Tells an emulator what to be before it starts.

use std::net::SocketAddr;
use std::time::Duration;

use crate::config::{Config, Keys, Profile};
use crate::emulator::Emulator;

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

    /// How many requests the journal keeps; by default 10,000.
    pub fn journal_limit(mut self, entries: usize) -> Self {
        self.config.journal_limit = entries;
        self
    }

    /// Where to listen; by default a free port of `127.0.0.1`.
    pub fn listen(mut self, address: impl Into<SocketAddr>) -> Self {
        self.config.listen = address.into();
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
