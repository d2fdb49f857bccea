//! What one tenant's requests meet: faults, a magic key, queued answers, rules.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::fault::Transport;
use crate::magic::Magic;
use crate::random;
use crate::reset::Reset;
use crate::scenario::{Called, Fault, Reply, Respond, Scenario};
use crate::script::facts::{Curiosity, Facts, Sound};
use crate::script::strike::{Act, Strike};

/// What the requests of one tenant meet, and how far they have come in it.
///
/// The same requests in the same order meet the same, whenever and however often they are made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    seed: u64,
    scenario: Arc<Scenario>,
    /// For each rule of the scenario.
    turns: Vec<Turn>,
    faults: Vec<Armed>,
    /// The number of the first fault of the scenario.
    first: u64,
    /// The number of the last fault that was armed.
    serial: u64,
    queue: VecDeque<Reply>,
    spell: Option<Spell>,
}

/// How far one rule has come.
#[derive(Clone, Copy, Debug, Default)]
struct Turn {
    /// How many requests fitted, its number left out.
    seen: u64,
    /// How many answers it gave.
    given: u64,
}

/// A fault that waits for its requests.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Armed {
    /// By which it is changed and disarmed.
    pub(crate) id: u64,
    #[serde(flatten)]
    pub(crate) fault: Fault,
    /// How many requests fitted while its window was open.
    pub(crate) seen: u64,
    /// How many of them it struck.
    pub(crate) hits: u64,
    /// Where it stands in the scenario, from 1.
    #[serde(skip)]
    place: Option<u64>,
    /// When it was armed; one of the scenario is armed by the first request.
    #[serde(skip)]
    since: Option<Duration>,
}

/// The magic key of a tenant.
#[derive(Clone, Copy, Debug)]
struct Spell {
    magic: Magic,
    /// How many recognitions it met.
    used: u64,
}

/// An answer that was written down, and where.
#[derive(Clone, Debug)]
pub(crate) struct Canned {
    /// What the journal calls its place.
    pub(crate) by: &'static str,
    pub(crate) why: String,
    pub(crate) reply: Reply,
}

impl Script {
    /// The beginning of `scenario`, in which chance follows from `seed`.
    pub(crate) fn new(scenario: &Scenario, seed: u64) -> Self {
        let mut script = Self { seed, ..Self::default() };
        script.play(scenario, 1);
        script
    }

    /// Begins another scenario, whose faults are numbered from `first` on.
    ///
    /// What is queued stays, and so do the faults that were armed one by one.
    pub(crate) fn play(&mut self, scenario: &Scenario, first: u64) {
        self.scenario = Arc::new(scenario.clone().resolved());
        self.first = first;
        self.begin();
    }

    fn begin(&mut self) {
        self.faults.retain(|armed| armed.place.is_none());
        let numbered = (self.first..).zip(&self.scenario.fault);
        let armed = numbered.map(|(id, fault)| {
            let place = Some(id - self.first + 1);
            Armed { id, fault: fault.clone(), seen: 0, hits: 0, place, since: None }
        });
        self.faults.extend(armed);
        self.serial = self.faults.iter().map(|armed| armed.id).fold(self.serial, u64::max);
        self.turns = vec![Turn::default(); self.scenario.rule.len()];
    }

    pub(crate) fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    pub(crate) fn faults(&self) -> &[Armed] {
        &self.faults
    }

    /// The fault of this number.
    pub(crate) fn fault(&mut self, id: u64) -> Option<&mut Armed> {
        self.faults.iter_mut().find(|armed| armed.id == id)
    }

    /// The number of the last fault that was armed.
    pub(crate) fn serial(&self) -> u64 {
        self.serial
    }

    /// Arms one more fault at the time `now` under a number that is higher than all so far.
    pub(crate) fn arm(&mut self, mut fault: Fault, id: u64, now: Duration) {
        self.scenario.name_clips(&mut fault);
        self.serial = id;
        self.faults.push(Armed { id, fault, seen: 0, hits: 0, place: None, since: Some(now) });
    }

    /// Disarms a fault; the answer is whether there was one.
    pub(crate) fn disarm(&mut self, id: u64) -> bool {
        let before = self.faults.len();
        self.faults.retain(|armed| armed.id != id);
        self.faults.len() < before
    }

    pub(crate) fn disarm_all(&mut self) {
        self.faults.clear();
    }

    /// The answers that are next, whatever the rules say.
    pub(crate) fn queued(&self) -> &VecDeque<Reply> {
        &self.queue
    }

    /// Adds answers that are given once each.
    pub(crate) fn queue(&mut self, replies: &[Reply]) {
        self.queue.extend(replies.iter().cloned());
    }

    pub(crate) fn empty_queue(&mut self) {
        self.queue.clear();
    }

    /// Begins again with those of its parts that `reset` names.
    pub(crate) fn reset(&mut self, reset: Reset) {
        if reset.queue {
            self.queue.clear();
        }
        if reset.faults {
            self.faults.clear();
            self.spell = None;
            self.begin();
        }
    }

    /// Notes what the key of this tenant makes happen.
    pub(crate) fn enchant(&mut self, magic: Magic) {
        self.spell.get_or_insert(Spell { magic, used: 0 });
    }

    /// What its conditions ask of a body.
    pub(crate) fn curiosity(&self) -> Curiosity {
        let rules = self.scenario.rule.iter().map(|rule| &rule.when);
        let conditions = rules.chain(self.faults.iter().map(|armed| &armed.fault.on));
        conditions.fold(Curiosity::default(), |asked, when| Curiosity {
            hash: asked.hash || when.sha256.is_some(),
            seconds: asked.seconds || when.min_seconds.is_some() || when.max_seconds.is_some(),
        })
    }

    /// Whether one recognition at a time is all that this tenant may have.
    pub(crate) fn is_narrow(&self) -> bool {
        self.spell.is_some_and(|spell| spell.magic == Magic::F0)
    }

    /// What goes wrong with a request by its head alone.
    pub(crate) fn strike(&mut self, facts: &Facts, now: Duration) -> Option<Strike> {
        let strike = self.fault_for(facts, None, now);
        strike.or_else(|| self.spell.as_mut().and_then(|spell| spell.meet(facts)))
    }

    /// What goes wrong with a request by its body, where its head left it in peace.
    pub(crate) fn strike_sound(&mut self, facts: &Facts, sound: &Sound, now: Duration) -> Option<Strike> {
        self.fault_for(facts, Some(sound), now)
    }

    /// The answer that was written down for a recognition.
    pub(crate) fn answer(&mut self, facts: &Facts, sound: &Sound) -> Option<Canned> {
        if let Some(reply) = self.queue.pop_front() {
            let why = format!("the queue, in which {} more wait", self.queue.len());
            return Some(Canned { by: "queue", why, reply });
        }
        let mut found = None;
        for (at, (rule, turn)) in self.scenario.rule.iter().zip(&mut self.turns).enumerate() {
            if !rule.when.fits(facts, Some(sound)) {
                continue;
            }
            turn.seen += 1;
            if rule.when.nth.is_some_and(|nth| nth != turn.seen) || found.is_some() {
                continue;
            }
            let count = rule.answer.len() as u64;
            let next =
                if rule.cycle { turn.given.checked_rem(count) } else { Some(turn.given.min(count.saturating_sub(1))) };
            turn.given += 1;
            found = next.and_then(|next| rule.answer.get(next as usize).map(|reply| (at, rule, next + 1, reply)));
        }
        found.map(|(at, rule, number, reply)| {
            let why = format!("rule {}{}, answer {number} of {}", at + 1, titled(&rule.name), rule.answer.len());
            Canned { by: "scenario", why, reply: reply.clone() }
        })
    }

    /// The first fault that strikes; all others that are for the request count it too.
    fn fault_for(&mut self, facts: &Facts, sound: Option<&Sound>, now: Duration) -> Option<Strike> {
        let mut struck: Option<Strike> = None;
        for armed in &mut self.faults {
            let since = *armed.since.get_or_insert(now);
            let wanted = armed.fault.on.looks_at_the_body() == sound.is_some();
            let open = armed.fault.enabled && armed.fault.is_open(now.saturating_sub(since));
            if !wanted || !open || !armed.suits(facts) || !armed.fault.on.fits(facts, sound) {
                continue;
            }
            armed.seen += 1;
            if struck.is_none() && armed.is_due(self.seed) {
                armed.hits += 1;
                struck = armed.strike();
            }
        }
        struck
    }
}

impl Armed {
    /// Whether it can happen to such a request at all: some faults are about a client that waits for `100 Continue`.
    fn suits(&self, facts: &Facts) -> bool {
        !self.fault.transport.is_some_and(Transport::is_about_waiting) || facts.expects()
    }

    /// Whether the request that was counted last is one to strike.
    fn is_due(&self, seed: u64) -> bool {
        let fault = &self.fault;
        fault.on.nth.is_none_or(|nth| nth == self.seen)
            && fault.skip < self.seen
            && fault.times.is_none_or(|times| self.hits < times)
            && fault.probability.is_none_or(|share| self.chance(seed) < share)
    }

    /// A number from 0 to below 1 that belongs to the seed, the fault and the number of the request.
    fn chance(&self, seed: u64) -> f64 {
        let lot = self.place.unwrap_or(!self.id);
        let mut state = seed ^ lot.rotate_left(32);
        state = random::random(&mut state) ^ self.seen;
        random::share(&mut state)
    }

    fn strike(&self) -> Option<Strike> {
        let act = match (&self.fault.respond, self.fault.transport) {
            (Some(respond), _) => Act::Respond(respond.clone()),
            (None, Some(transport)) => Act::Transport(transport),
            (None, None) => return None,
        };
        let of = self.fault.times.map(|times| format!(" of {times}")).unwrap_or_default();
        let why = format!("fault {}{}, hit {}{of}: {}", self.id, titled(&self.fault.name), self.hits, act.told());
        Some(Strike { by: "fault", why, act })
    }
}

impl Spell {
    fn meet(&mut self, facts: &Facts) -> Option<Strike> {
        let act = match (self.magic, facts.called) {
            (Magic::ExpiredToken, Called::Token) => Act::ExpiredToken,
            (Magic::Hang, Called::Recognize) => Act::Transport(Transport::Hang),
            (Magic::Reset, Called::Recognize) => Act::Transport(Transport::Reset { after_bytes: 0 }),
            (Magic::Slow(wait), Called::Recognize) => Act::Wait(wait),
            (Magic::Status { status, times }, Called::Recognize) if times.is_none_or(|times| self.used < times) => {
                Act::Respond(Respond::status(status))
            }
            _ => return None,
        };
        self.used += 1;
        let of = match self.magic {
            Magic::Status { times: Some(times), .. } => format!(" of {times}"),
            _ => String::new(),
        };
        let why = format!("the magic key, time {}{of}: {}", self.used, act.told());
        Some(Strike { by: "magic-key", why, act })
    }
}

/// A name in quotation marks behind a blank, if there is one.
fn titled(name: &Option<String>) -> String {
    name.as_ref().map(|name| format!(" {name:?}")).unwrap_or_default()
}
