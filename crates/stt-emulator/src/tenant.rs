//! A tenant: the state of one resource, which no other test that runs beside it sees.

use std::collections::VecDeque;
use std::time::Duration;

use crate::fingerprint::Fingerprint;
use crate::limits::{Limits, Slot, Throttled, Usage};
use crate::reset::Reset;
use crate::script::Script;

/// Who asks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Caller {
    /// The key behind the credential.
    pub(crate) key: Fingerprint,
    /// Whose key it is.
    pub(crate) tenant: Fingerprint,
}

/// One of the two keys that each resource may have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Which {
    First,
    Second,
}

/// What belongs to one resource.
#[derive(Debug)]
pub(crate) struct Tenant {
    /// The fingerprint of the key that it began with.
    pub(crate) id: Fingerprint,
    /// The keys that are accepted; most tenants have one.
    keys: [Option<Fingerprint>; 2],
    /// The keys that it began with.
    first_keys: [Option<Fingerprint>; 2],
    /// Keys that others took the place of; the oldest are forgotten.
    replaced: VecDeque<Fingerprint>,
    /// How many keys were replaced so far.
    replacements: u64,
    /// The number of the last request whose token is no longer good.
    revoked: u64,
    /// How far its clock is ahead of the clock of all tenants.
    advanced: Duration,
    /// The number of the last request to it.
    used: u64,
    usage: Usage,
    /// How many answers were held back so far, so that each has its own jitter.
    held: u64,
    /// What its requests meet.
    pub(crate) script: Script,
}

impl Tenant {
    fn new(keys: [Option<Fingerprint>; 2], id: Fingerprint, script: Script) -> Self {
        Self {
            id,
            keys,
            first_keys: keys,
            replaced: VecDeque::new(),
            replacements: 0,
            revoked: 0,
            advanced: Duration::ZERO,
            used: 0,
            usage: Usage::default(),
            held: 0,
            script,
        }
    }

    /// Moves its own clock forward, as far as `most` allows.
    fn advance(&mut self, by: Duration, most: Duration) {
        self.advanced = self.advanced.saturating_add(by).min(most);
    }

    /// A new key in the place of the first or the second one, which is accepted no longer.
    pub(crate) fn replace(&mut self, which: Which) -> String {
        self.replacements += 1;
        let seed = format!("{} {which:?} {}", self.id, self.replacements);
        // Half of it is as long as the keys of the service, and the other half tells nothing about it.
        let key = format!("{}{}", Fingerprint::of(seed.as_bytes()), Fingerprint::of(format!("{seed} too").as_bytes()));
        let old = self.keys[which as usize].replace(Fingerprint::of(key.as_bytes()));
        self.replaced.extend(old);
        if MOST_REPLACED < self.replaced.len() {
            self.replaced.pop_front();
        }
        key
    }

    /// Puts back into their first state those of its parts that `reset` names.
    fn reset(&mut self, reset: Reset) {
        if reset.clock {
            self.advanced = Duration::ZERO;
        }
        if reset.keys {
            self.keys = self.first_keys;
            self.replaced.clear();
        }
        if reset.limits {
            self.usage = Usage::default();
        }
        self.script.reset(reset);
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
    /// The number of the last request whose token is no longer good, whoever's it is.
    revoked: u64,
    /// With which a tenant begins.
    script: Script,
}

impl Tenants {
    /// Only the resource with these two keys; each tenant begins with the script.
    pub(crate) fn new(keys: [&str; 2], script: Script) -> Self {
        let keys = keys.map(|key| Fingerprint::of(key.as_bytes()));
        let resource = Tenant::new(keys.map(Some), keys[0], script.clone());
        Self { all: vec![resource], advanced: Duration::ZERO, revoked: 0, script }
    }

    /// The resource with the well-known keys.
    pub(crate) fn resource(&self) -> Fingerprint {
        self.all[0].id
    }

    /// Whose key this is.
    pub(crate) fn owner(&self, key: Fingerprint) -> Option<Fingerprint> {
        self.all.iter().find(|tenant| tenant.has(key)).map(|tenant| tenant.id)
    }

    /// The tenant with this id, or with a key of this fingerprint.
    pub(crate) fn named(&self, fingerprint: Fingerprint) -> Option<Fingerprint> {
        let id = self.all.iter().find(|tenant| tenant.id == fingerprint).map(|tenant| tenant.id);
        id.or_else(|| self.owner(fingerprint))
    }

    /// The tenant `id`, which begins now if it is new; the one that was used least recently goes if there are too
    /// many then.
    pub(crate) fn enter(&mut self, id: Fingerprint, serial: u64) -> &mut Tenant {
        let place = self.all.iter().position(|tenant| tenant.id == id).unwrap_or_else(|| {
            if MOST_TENANTS <= self.all.len() {
                let others = (1..self.all.len()).min_by_key(|place| self.all[*place].used);
                others.map(|place| self.all.swap_remove(place));
            }
            self.all.push(Tenant::new([Some(id), None], id, self.script.clone()));
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

    /// Moves the clock of one tenant or of all forward, no further than [`FURTHEST`] ahead.
    pub(crate) fn advance(&mut self, id: Option<Fingerprint>, by: Duration) {
        match id {
            None => self.advanced = self.advanced.saturating_add(by).min(FURTHEST),
            Some(id) => {
                let most = FURTHEST - self.advanced;
                self.find(id).into_iter().for_each(|tenant| tenant.advance(by, most));
            }
        }
    }

    /// Whether a key was accepted until another one took its place.
    pub(crate) fn is_replaced(&self, key: Fingerprint) -> bool {
        self.all.iter().any(|tenant| tenant.replaced.contains(&key))
    }

    /// Makes every token that was issued until now for one tenant, or for all, good no longer.
    pub(crate) fn revoke(&mut self, id: Option<Fingerprint>, serial: u64) {
        match id {
            None => self.revoked = serial,
            Some(id) => self.find(id).into_iter().for_each(|tenant| tenant.revoked = serial),
        }
    }

    /// Whether the token of this request was revoked.
    pub(crate) fn is_revoked(&self, id: Fingerprint, serial: u64) -> bool {
        let own = self.all.iter().find(|tenant| tenant.id == id).map_or(0, |tenant| tenant.revoked);
        serial <= own.max(self.revoked)
    }

    /// Puts one tenant back into its first state, or all of them.
    pub(crate) fn reset(&mut self, id: Option<Fingerprint>, reset: Reset) {
        if reset.clock && id.is_none() {
            self.advanced = Duration::ZERO;
        }
        let meant = self.all.iter_mut().filter(|tenant| id.is_none_or(|id| tenant.id == id));
        meant.for_each(|tenant| tenant.reset(reset));
        if id.is_none() {
            self.script.reset(reset);
        }
    }

    /// What the requests of the tenant `id` meet.
    pub(crate) fn script(&mut self, id: Fingerprint) -> Option<&mut Script> {
        self.find(id).map(|tenant| &mut tenant.script)
    }

    /// The number of the next fault that is armed; no two faults have the same, whoever's they are.
    pub(crate) fn next_fault(&mut self) -> u64 {
        1 + self.scripts().map(|script| script.serial()).max().unwrap_or(0)
    }

    /// What the requests of one tenant meet, or those of all and of those to come.
    pub(crate) fn scripts_of(&mut self, id: Option<Fingerprint>) -> Vec<&mut Script> {
        match id {
            Some(id) => self.script(id).into_iter().collect(),
            None => self.scripts().collect(),
        }
    }

    /// What the requests of each tenant meet, of those to come too.
    pub(crate) fn scripts(&mut self) -> impl Iterator<Item = &mut Script> {
        let present = self.all.iter_mut().map(|tenant| &mut tenant.script);
        present.chain(std::iter::once(&mut self.script))
    }

    fn find(&mut self, id: Fingerprint) -> Option<&mut Tenant> {
        self.all.iter_mut().find(|tenant| tenant.id == id)
    }
}

/// A hundred years: far enough for every test, and far from where clocks overflow.
pub(crate) const FURTHEST: Duration = Duration::from_secs(100 * 366 * 86_400);

/// More often than any test replaces a key.
const MOST_REPLACED: usize = 1_000;

/// A test that forgets to end would otherwise fill the memory; far more than tests that run side by side.
const MOST_TENANTS: usize = 1_000;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{FURTHEST, MOST_TENANTS, Tenants, Which};
    use crate::fingerprint::Fingerprint;
    use crate::reset::Reset;
    use crate::script::Script;

    fn key(number: usize) -> Fingerprint {
        Fingerprint::of(format!("key {number}").as_bytes())
    }

    #[test]
    fn the_one_that_was_used_least_recently_goes_first_and_the_resource_never() {
        let mut tenants = Tenants::new(["first", "second"], Script::default());
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
        let mut tenants = Tenants::new(["first", "second"], Script::default());
        tenants.advance(None, Duration::from_secs(5));
        tenants.enter(key(1), 1);
        for id in [None, Some(tenants.resource()), Some(key(1)), Some(key(2))] {
            assert_eq!(tenants.now(id, Duration::from_secs(1)), Duration::from_secs(6));
        }
    }

    #[test]
    fn a_clock_of_its_own_moves_for_one_tenant_and_no_clock_goes_further_than_a_century() {
        let mut tenants = Tenants::new(["first", "second"], Script::default());
        let (one, other) = (key(1), key(2));
        tenants.enter(one, 1);
        tenants.enter(other, 2);
        tenants.advance(Some(one), Duration::from_secs(5));
        assert_eq!(tenants.ahead(Some(one)), Duration::from_secs(5));
        assert_eq!(tenants.ahead(Some(other)), Duration::ZERO);
        assert_eq!(tenants.ahead(None), Duration::ZERO);
        tenants.advance(None, FURTHEST - Duration::from_secs(7));
        tenants.advance(Some(other), Duration::MAX);
        assert_eq!(tenants.ahead(Some(other)), FURTHEST);
        tenants.reset(Some(one), Reset::ALL);
        assert_eq!(tenants.ahead(Some(one)), FURTHEST - Duration::from_secs(7));
        tenants.reset(None, Reset::ALL);
        assert_eq!(tenants.ahead(Some(other)), Duration::ZERO);
    }

    #[test]
    fn a_replaced_key_is_nobodys_until_all_is_reset() {
        let mut tenants = Tenants::new(["first", "second"], Script::default());
        let (resource, first) = (tenants.resource(), Fingerprint::of(b"first"));
        let new = tenants.enter(resource, 1).replace(Which::First);
        assert_eq!(tenants.owner(first), None);
        assert!(tenants.is_replaced(first));
        assert_eq!(tenants.owner(Fingerprint::of(new.as_bytes())), Some(resource));
        let newer = tenants.enter(resource, 2).replace(Which::First);
        assert_ne!(new, newer);
        assert_eq!(tenants.owner(Fingerprint::of(new.as_bytes())), None);
        tenants.reset(None, Reset::ALL);
        assert_eq!(tenants.owner(first), Some(resource));
        assert!(!tenants.is_replaced(first));
    }

    #[test]
    fn tokens_are_revoked_for_one_tenant_or_for_all() {
        let mut tenants = Tenants::new(["first", "second"], Script::default());
        let (one, other) = (key(1), key(2));
        tenants.enter(one, 1);
        tenants.enter(other, 2);
        tenants.revoke(Some(one), 5);
        assert_eq!([4, 5, 6].map(|serial| tenants.is_revoked(one, serial)), [true, true, false]);
        assert!(!tenants.is_revoked(other, 4));
        tenants.revoke(None, 9);
        assert!(tenants.is_revoked(other, 9) && tenants.is_revoked(key(3), 9) && !tenants.is_revoked(one, 10));
    }
}
