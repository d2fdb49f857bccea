//! What a request meets that was found good: limits, faults, magic keys, what was written down.

use std::time::Duration;

use http::request::Parts;

use crate::access::KEY_HEADER;
use crate::emulator::Emulator;
use crate::fingerprint::Fingerprint;
use crate::limits::{Slot, Throttled, Tier};
use crate::magic::Magic;
use crate::query::Query;
use crate::scenario::Called;
use crate::script::{Facts, Script};
use crate::stage::{Admitted, Checked, Exchange, Purpose, Service, Task};
use crate::tenant::Caller;

/// The head of a request, and its query.
#[derive(Clone, Copy)]
pub(super) struct Asking<'a> {
    pub(super) head: &'a Parts,
    pub(super) query: &'a Query,
}

impl Emulator {
    /// Lets a recognition begin, if the limits of its tenant allow it.
    pub(super) fn admit(&self, caller: Caller, now: Duration) -> Result<Option<Slot>, Throttled> {
        let tenants = &mut self.state().tenants;
        let mut limits = self.config.limits();
        if tenants.script(caller.tenant).is_some_and(|script| script.is_narrow()) {
            limits.concurrent = Tier::F0.concurrent();
        }
        tenants.admit(caller.tenant, limits, now)
    }

    /// Notes what a magic key makes happen, for the tokens that stand for it too.
    pub(super) fn enchant(&self, caller: Caller, head: &Parts) {
        let magic = head.headers.get(KEY_HEADER).and_then(|key| Magic::of(key.as_bytes()));
        if let (Some(Ok(magic)), Some(script)) = (magic, self.state().tenants.script(caller.tenant)) {
            script.enchant(magic);
        }
    }

    /// What a request meets that was found good, by its head alone.
    pub(super) fn meet(&self, task: Task, exchange: Exchange, asking: Asking<'_>, now: Duration) -> Checked {
        let tenant = exchange.entry.tenant;
        let called = match task {
            Task::Recognize(_) => Called::Recognize,
            Task::Token(_) => Called::Token,
        };
        let time = self.state().tenants.now(tenant, now);
        let facts = Facts::of(asking.head, asking.query, called, exchange.entry.key);
        let strike = self.script(tenant, |script| script.strike(&facts, time));
        let early = strike.as_ref().filter(|strike| strike.is_early());
        match early.and_then(|strike| strike.instead(time)) {
            Some(verdict) => Checked::Answered(self.conclude(exchange, verdict, now).before_the_body_of(asking.head)),
            None => {
                let service = Box::new(Service { task, exchange, facts, strike });
                Checked::Admitted(Admitted(Purpose::Service(service)))
            }
        }
    }

    /// What the script of a tenant says.
    pub(super) fn script<T>(
        &self,
        tenant: Option<Fingerprint>,
        ask: impl FnOnce(&mut Script) -> Option<T>,
    ) -> Option<T> {
        ask(self.state().tenants.script(tenant?)?)
    }
}
