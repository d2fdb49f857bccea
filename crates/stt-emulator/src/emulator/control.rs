//! What tests see of an emulator, and what they change while it runs.

use std::mem;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;

use crate::access;
use crate::answer::{Answer, Since};
use crate::config::{KEY_1, KEY_2};
use crate::emulator::{Emulator, State};
use crate::fingerprint::Fingerprint;
use crate::journal::Entry;
use crate::reset::Reset;
use crate::scenario::{Fault, Reply};

impl Emulator {
    /// What was asked and answered so far, in the order of arrival; the oldest are forgotten beyond a limit.
    #[must_use]
    pub fn journal(&self) -> Vec<Entry> {
        self.state().journal.entries().cloned().collect()
    }

    /// Forgets what was asked so far.
    pub fn clear_journal(&self) {
        self.state().journal.clear(None);
    }

    /// The audio of the request with this number, as long as there is room for it.
    #[must_use]
    pub fn audio(&self, id: u64) -> Option<Bytes> {
        self.state().journal.recordings().of(id).cloned()
    }

    /// Puts everything back to how it was at the start: the journal, the clocks, the keys, what was used of the limits,
    /// queued answers and faults. A scenario stays, and begins again.
    pub fn reset(&self) {
        self.state().reset(None, Reset::ALL);
        self.moved.send_replace(());
    }

    /// Moves the clock of every tenant forward by so much, on top of the times that callers give.
    ///
    /// No clock goes further ahead than a hundred years.
    pub fn advance(&self, by: Duration) {
        self.state().tenants.advance(None, by);
        self.moved.send_replace(());
    }

    /// Gives this answer to the next recognition of each tenant, behind those that are queued already.
    pub fn queue(&self, reply: &Reply) {
        self.state().tenants.scripts().for_each(|script| script.queue(std::slice::from_ref(reply)));
    }

    /// Arms a fault for every tenant, from `now` on.
    pub fn arm(&self, fault: &Fault, now: Duration) {
        let tenants = &mut self.state().tenants;
        let now = tenants.now(None, now);
        let id = tenants.next_fault();
        tenants.scripts().for_each(|script| script.arm(fault.clone(), id, now));
    }

    /// The time on the clock of all tenants, where callers say `now`.
    #[must_use]
    pub fn now(&self, now: Duration) -> Duration {
        self.state().tenants.now(None, now)
    }

    /// How much longer `answer` is to be held back at the time `now`; moving the clock makes it less.
    ///
    /// It is [`Delivery::wait`](crate::Delivery::wait) when the answer is given, and nothing once that is over.
    #[must_use]
    pub fn remaining(&self, answer: &Answer, now: Duration) -> Duration {
        self.left(answer.since, answer.delivery.wait, now)
    }

    /// The moment `now` on the clock of a tenant, or of all.
    pub(crate) fn since(&self, tenant: Option<Fingerprint>, now: Duration) -> Since {
        Since { tenant, now, ahead: self.state().tenants.ahead(tenant) }
    }

    /// What is left at the time `now` of a wait that began at `since`.
    pub(crate) fn left(&self, since: Since, wait: Duration, now: Duration) -> Duration {
        let advanced = self.state().tenants.ahead(since.tenant).saturating_sub(since.ahead);
        wait.saturating_sub(now.saturating_sub(since.now)).saturating_sub(advanced)
    }

    /// Changes whenever a clock is moved.
    pub(crate) fn moved(&self) -> watch::Receiver<()> {
        self.moved.subscribe()
    }

    /// Returns when an admin request has asked for the end.
    pub(crate) async fn asked_to_stop(&self) {
        // The other end is there as long as this.
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    /// Warnings for whoever runs the emulator, each of them once.
    pub(crate) fn take_warnings(&self) -> Vec<String> {
        mem::take(&mut self.state().warnings)
    }
}

impl State {
    /// Warns about a key that looks real, unless that was done before.
    pub(super) fn meet(&mut self, key: &[u8]) {
        let fingerprint = Fingerprint::of(key);
        if access::is_real(key, &self.tenants) && self.warned.len() < MOST_WARNINGS && self.warned.insert(fingerprint) {
            self.warnings.push(format!(
                "WARNING: a key that looks REAL was sent to this emulator (fingerprint {fingerprint})\n\
                 why: it has the form of a key of the service, and is none of the emulator's own; it was not stored\n\
                 hint: keys for tests are {KEY_1} and {KEY_2}; --reject-real-keys refuses others of this form"
            ));
        }
    }
}

/// Whoever was not stopped by so many warnings is not stopped by more.
const MOST_WARNINGS: usize = 100;
