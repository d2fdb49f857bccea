//! A tenant: the state of one resource, which no other test that runs beside it sees.

use std::time::Duration;

use crate::fingerprint::Fingerprint;
use crate::limits::{Limits, Slot, Throttled, Usage};

/// Who asks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Caller {
    /// The key behind the credential.
    pub(crate) key: Fingerprint,
    /// Whose key it is.
    pub(crate) tenant: Fingerprint,
}

/// What belongs to one resource.
#[derive(Debug)]
pub(crate) struct Tenant {
    /// The fingerprint of the key that it began with.
    pub(crate) id: Fingerprint,
    /// The keys that are accepted; most tenants have one.
    keys: [Option<Fingerprint>; 2],
    /// How far its clock is ahead of the clock of all tenants.
    advanced: Duration,
    /// The number of the last request to it.
    used: u64,
    usage: Usage,
    /// How many answers were held back so far, so that each has its own jitter.
    held: u64,
}

impl Tenant {
    fn new(keys: [Option<Fingerprint>; 2], id: Fingerprint) -> Self {
        Self { id, keys, advanced: Duration::ZERO, used: 0, usage: Usage::default(), held: 0 }
    }

    /// The number of an answer that is held back.
    pub(crate) fn hold(&mut self) -> u64 {
        self.held += 1;
        self.held
    }

    fn has(&self, key: Fingerprint) -> bool {
        self.keys.contains(&Some(key))
    }
}

/// All tenants of an emulator: the resource with the two well-known keys, and others as they come.
///
/// There are so few that looking through them costs less than a second way to find them.
#[derive(Debug)]
pub(crate) struct Tenants {
    /// The first is that of the well-known keys.
    all: Vec<Tenant>,
    /// How far the clock of all tenants is ahead of the times that callers give.
    advanced: Duration,
}

impl Tenants {
    /// Only the resource with these two keys.
    pub(crate) fn new(keys: [&str; 2]) -> Self {
        let keys = keys.map(|key| Fingerprint::of(key.as_bytes()));
        let resource = Tenant::new(keys.map(Some), keys[0]);
        Self { all: vec![resource], advanced: Duration::ZERO }
    }

    /// The resource with the well-known keys.
    pub(crate) fn resource(&self) -> Fingerprint {
        self.all[0].id
    }

    /// Whose key this is.
    pub(crate) fn owner(&self, key: Fingerprint) -> Option<Fingerprint> {
        self.all.iter().find(|tenant| tenant.has(key)).map(|tenant| tenant.id)
    }

    /// The tenant `id`, which begins now if it is new; the one that was used least recently goes if there are too
    /// many then.
    pub(crate) fn enter(&mut self, id: Fingerprint, serial: u64) -> &mut Tenant {
        let place = self.all.iter().position(|tenant| tenant.id == id).unwrap_or_else(|| {
            if MOST_TENANTS <= self.all.len() {
                let others = (1..self.all.len()).min_by_key(|place| self.all[*place].used);
                others.map(|place| self.all.swap_remove(place));
            }
            self.all.push(Tenant::new([Some(id), None], id));
            self.all.len() - 1
        });
        let tenant = &mut self.all[place];
        tenant.used = serial;
        tenant
    }

    /// Lets the caller's request begin, if the limits of the tenant allow it.
    pub(crate) fn admit(&mut self, id: Fingerprint, limits: Limits, now: Duration) -> Result<Option<Slot>, Throttled> {
        let now = self.now(Some(id), now);
        self.find(id).map(|tenant| tenant.usage.admit(limits, now)).transpose()
    }

    /// Notes that a request is over once its answer has been held back for so long.
    pub(crate) fn end(&mut self, id: Fingerprint, slot: Slot, wait: Duration, now: Duration) {
        let now = self.now(Some(id), now);
        if let Some(tenant) = self.find(id) {
            tenant.usage.end(slot, now.saturating_add(wait), now);
        }
    }

    /// The time on the clock of the tenant `id`, or on that of all where it is nobody's.
    pub(crate) fn now(&self, id: Option<Fingerprint>, now: Duration) -> Duration {
        now.saturating_add(self.ahead(id))
    }

    /// How far the clock of the tenant `id` is ahead of the times that callers give.
    pub(crate) fn ahead(&self, id: Option<Fingerprint>) -> Duration {
        let own = self.all.iter().find(|tenant| Some(tenant.id) == id);
        self.advanced.saturating_add(own.map_or(Duration::ZERO, |tenant| tenant.advanced))
    }

    /// Moves the clock of all tenants forward.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.advanced = self.advanced.saturating_add(by);
    }

    fn find(&mut self, id: Fingerprint) -> Option<&mut Tenant> {
        self.all.iter_mut().find(|tenant| tenant.id == id)
    }
}

/// A test that forgets to end would otherwise fill the memory; far more than tests that run side by side.
const MOST_TENANTS: usize = 1_000;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{MOST_TENANTS, Tenants};
    use crate::fingerprint::Fingerprint;

    fn key(number: usize) -> Fingerprint {
        Fingerprint::of(format!("key {number}").as_bytes())
    }

    #[test]
    fn the_one_that_was_used_least_recently_goes_first_and_the_resource_never() {
        let mut tenants = Tenants::new(["first", "second"]);
        for (serial, number) in (1..).zip(1..MOST_TENANTS) {
            tenants.enter(key(number), serial);
        }
        tenants.enter(key(1), 5_000);
        tenants.enter(key(0), 5_001);
        assert_eq!(tenants.all.len(), MOST_TENANTS);
        assert_eq!(tenants.owner(key(2)), None);
        assert_eq!(tenants.owner(key(1)), Some(key(1)));
        assert_eq!(tenants.owner(Fingerprint::of(b"second")), Some(tenants.resource()));
    }

    #[test]
    fn a_clock_that_is_moved_for_all_moves_for_those_to_come_too() {
        let mut tenants = Tenants::new(["first", "second"]);
        tenants.advance(Duration::from_secs(5));
        tenants.enter(key(1), 1);
        for id in [None, Some(tenants.resource()), Some(key(1)), Some(key(2))] {
            assert_eq!(tenants.now(id, Duration::from_secs(1)), Duration::from_secs(6));
        }
    }
}
