//! What the handles of one token have in common: its situation, and those who wait for news of it.

use std::{
    collections::BTreeMap,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    task::Waker,
    time::Duration,
};

use http::Uri;

use crate::{Key, Now, ResourceId, TokenError, issued::Issued, slot::Slot};

/// What the handles of one token have in common.
///
/// The lock is held for a few moves in memory and never while anybody else's code runs: no waker is woken or dropped
/// under it.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) source: Source,
    state: Mutex<State>,
}

/// Where tokens come from.
#[derive(Debug)]
pub(crate) enum Source {
    /// The application gets them when it is asked.
    Application { resource_id: Option<ResourceId> },
    /// A token endpoint gives them for a key.
    Endpoint { key: Key, url: Uri },
}

#[derive(Debug)]
pub(crate) struct State {
    /// The number of leases so far.
    pub(crate) leases: u64,
    /// How often there was news.
    pub(crate) news: u64,
    /// When a refused token was last given up.
    given_up: Option<Now>,
    pub(crate) slot: Slot,
    /// The number of waits so far.
    pub(crate) waits: u64,
    /// By the number of their wait.
    pub(crate) wakers: BTreeMap<u64, Waker>,
}

impl Shared {
    pub(crate) fn new(source: Source) -> Self {
        let state = State { leases: 0, news: 0, given_up: None, slot: Slot::Empty, waits: 0, wakers: BTreeMap::new() };
        Self { source, state: Mutex::new(state) }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // Whoever panicked under the lock left a whole value behind: every change is one assignment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The service refused a token. Returns whether asking for another makes sense.
    pub(crate) fn rejected(&self, generation: u64, now: Now) -> bool {
        let mut state = self.state();
        if !state.slot.serves(generation) {
            // Another has taken its place, or will: a late refusal must not drop that one.
            return true;
        }
        if state.given_up.is_some_and(|then| now.since(then) < BETWEEN_REFUSALS) {
            return false;
        }
        state.given_up = Some(now);
        state.slot.give_up(now);
        true
    }

    pub(crate) fn issued(&self, issued: Issued) {
        self.tell(|slot| slot.issued(issued));
    }

    pub(crate) fn failed(&self, number: u64, error: TokenError, now: Now) {
        self.tell(|slot| slot.failed(number, error, now));
    }

    pub(crate) fn abandoned(&self, number: u64) {
        self.tell(|slot| slot.abandoned(number));
    }

    /// Changes the situation and, if it did change, wakes everybody.
    fn tell(&self, change: impl FnOnce(&mut Slot) -> bool) {
        let mut state = self.state();
        if !change(&mut state.slot) {
            return;
        }
        state.news += 1;
        let wakers = mem::take(&mut state.wakers);
        drop(state);
        wakers.into_values().for_each(Waker::wake);
    }
}

/// A token that is refused this soon after the one before it is refused for another reason than its age; the next one
/// would be too.
const BETWEEN_REFUSALS: Duration = Duration::from_secs(5);
