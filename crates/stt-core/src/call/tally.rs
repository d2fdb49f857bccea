//! What has happened in a call so far.

use crate::ConnectionId;

/// What has happened so far; each free resend has a counter of its own.
#[derive(Default)]
pub(super) struct Tally {
    /// The connection id of every request that was sent.
    pub(super) requests: Vec<ConnectionId>,
    pub(super) audio_sent: u64,
    pub(super) expect_dropped: u32,
    pub(super) reauthorized: u32,
    pub(super) reconnected: u32,
    pub(super) repeated_once: u32,
    /// What the last repeat took from the budget.
    pub(super) spent: u32,
}

impl Tally {
    /// The attempts that count; there are never more free resends than requests.
    pub(super) fn attempts(&self) -> u32 {
        let requests = u32::try_from(self.requests.len()).unwrap_or(u32::MAX);
        requests.saturating_sub(self.expect_dropped + self.reauthorized + self.reconnected)
    }
}
