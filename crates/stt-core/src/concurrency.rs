//! How many requests may be under way at once, found out from what the service says to them.

use std::time::Duration;

use stt_auth::Now;

use crate::{Error, ErrorKind, retry::LONGEST_HINT};

/// How many requests may be under way at once.
///
/// It begins low and grows by one whenever as many requests as are allowed have succeeded. A throttled one halves it;
/// then it stays for a minute before it grows again, and for 2, 4 and 4 minutes where growing has failed. That is what
/// Microsoft's page on quotas and limits of the Speech service advises. So the one request at a time that a free
/// resource gets is found as well as the hundred of a standard one.
///
/// It decides and nothing else: whoever has to wait asks again, and a queue is for the transport to keep.
///
/// ```
/// use std::time::Duration;
/// use stt_auth::Now;
/// use stt_core::{Concurrency, Ended, NotYet};
///
/// let now = Now { monotonic: Duration::ZERO, wall: Duration::ZERO };
/// let mut concurrency = Concurrency::auto(8).start_at(2);
/// let first = concurrency.begin(now).unwrap();
/// let second = concurrency.begin(now).unwrap();
/// assert_eq!(concurrency.begin(now).unwrap_err(), NotYet::Full);
///
/// concurrency.ended(first, Ended::Throttled(Some(Duration::from_secs(2))), now);
/// concurrency.ended(second, Ended::Succeeded, now);
/// assert_eq!(concurrency.allowed(), 1);
/// assert_eq!(concurrency.begin(now).unwrap_err(), NotYet::Closed(Duration::from_secs(2)));
/// ```
#[must_use]
#[derive(Clone, Debug)]
pub struct Concurrency {
    allowed: u32,
    most: u32,
    /// It stays as it is, whatever the service says.
    fixed: bool,
    in_flight: u32,
    /// Nothing begins before this time, because the service has asked for a pause.
    closed_until: Duration,
    halvings: u64,
    /// As many as are allowed were under way at some time since this level began.
    used: bool,
    /// Successes at this level since then.
    successes: u32,
    /// It does not grow before this time.
    grows_from: Duration,
    /// How many holds there were in a row, each because growing after the one before it failed; 4 stands for more.
    holds: usize,
    /// It has grown since it was last halved.
    grown: bool,
    /// The level that the last hold began with, which was too much then.
    too_much: u32,
}

/// A request that is under way, until [`Concurrency::ended`] takes it.
#[must_use = "a slot that is not given back is lost"]
#[derive(Debug)]
pub struct Slot {
    halvings: u64,
}

/// Why a request may not begin yet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NotYet {
    /// The service has asked for a pause, of which this much is left.
    Closed(Duration),
    /// As many as are allowed are under way.
    Full,
}

/// How a request ended, as far as it says something about the next ones.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ended {
    /// It failed in a way that has nothing to do with how many there are; the service may have asked for a pause.
    Failed(Option<Duration>),
    /// It was recognized.
    Succeeded,
    /// There were too many; the service may have asked for a pause.
    Throttled(Option<Duration>),
}

impl Concurrency {
    /// Between one and `most`, beginning at 4, or at `most` where that is less.
    pub fn auto(most: u32) -> Self {
        let most = most.max(1);
        Self {
            allowed: most.min(FIRST),
            most,
            fixed: false,
            in_flight: 0,
            closed_until: Duration::ZERO,
            halvings: 0,
            used: false,
            successes: 0,
            grows_from: Duration::ZERO,
            holds: 0,
            grown: false,
            too_much: 0,
        }
    }

    /// Always `allowed`, and at least one: only the pauses that the service asks for are obeyed.
    pub fn fixed(allowed: u32) -> Self {
        let allowed = allowed.max(1);
        Self { allowed, fixed: true, ..Self::auto(allowed) }
    }

    /// Begins at another level, between one and the most: one for a free resource.
    ///
    /// Without effect where it is fixed.
    pub fn start_at(mut self, allowed: u32) -> Self {
        if !self.fixed {
            self.allowed = allowed.clamp(1, self.most);
        }
        self
    }

    /// Begins a request, unless it has to wait.
    ///
    /// # Errors
    ///
    /// [`NotYet`] says what for.
    pub fn begin(&mut self, now: Now) -> Result<Slot, NotYet> {
        if let Some(left) = self.closed_for(now) {
            return Err(NotYet::Closed(left));
        }
        if self.allowed <= self.in_flight {
            return Err(NotYet::Full);
        }
        self.in_flight += 1;
        self.used |= self.in_flight == self.allowed;
        Ok(Slot { halvings: self.halvings })
    }

    /// Takes a request back that has ended.
    #[expect(clippy::needless_pass_by_value, reason = "a slot is given back once")]
    pub fn ended(&mut self, slot: Slot, ended: Ended, now: Now) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let now = now.monotonic;
        if let Ended::Failed(Some(pause)) | Ended::Throttled(Some(pause)) = ended {
            self.closed_until = self.closed_until.max(now.saturating_add(pause.min(LONGEST_HINT)));
        }
        match ended {
            // A level that was not made use of has not been tried.
            Ended::Succeeded if self.used && self.grows_from <= now => self.succeeded(),
            // One that began before the last halving tells what is known already.
            Ended::Throttled(_) if slot.halvings == self.halvings && !self.fixed => self.halve(now),
            Ended::Failed(_) | Ended::Succeeded | Ended::Throttled(_) => {}
        }
    }

    fn succeeded(&mut self) {
        if self.most <= self.allowed {
            return;
        }
        self.successes += 1;
        if self.successes < self.allowed {
            return;
        }
        self.allowed += 1;
        (self.used, self.successes) = (false, 0);
        self.grown = true;
        if self.too_much < self.allowed {
            self.holds = 0;
        }
    }

    fn halve(&mut self, now: Duration) {
        if self.grown || self.holds == 0 {
            self.too_much = self.allowed;
            self.holds = (self.holds + 1).min(HOLDS.len());
        }
        self.allowed = (self.allowed / 2).max(1);
        self.halvings += 1;
        (self.used, self.successes) = (false, 0);
        self.grown = false;
        self.grows_from = now.max(self.closed_until).saturating_add(HOLDS[self.holds - 1]);
    }

    /// How many requests may be under way at once.
    #[must_use]
    pub const fn allowed(&self) -> u32 {
        self.allowed
    }

    /// How many requests are under way; for a while more than are allowed, where that has been halved.
    #[must_use]
    pub const fn in_flight(&self) -> u32 {
        self.in_flight
    }

    /// What is left of a pause that the service has asked for.
    #[must_use]
    pub fn closed_for(&self, now: Now) -> Option<Duration> {
        self.closed_until.checked_sub(now.monotonic).filter(|left| !left.is_zero())
    }
}

impl Ended {
    /// By what [`Call::last_error`](crate::Call::last_error) says after the request.
    #[must_use]
    pub fn of(error: Option<&Error>) -> Self {
        let Some(error) = error else { return Self::Succeeded };
        match error.kind() {
            ErrorKind::Throttled(_) => Self::Throttled(error.retry_after()),
            // Such a pause is asked of everybody; those that come with other failures are meant for the one request.
            ErrorKind::Refused(refusal) if refusal.status == http::StatusCode::SERVICE_UNAVAILABLE => {
                Self::Failed(error.retry_after())
            }
            _ => Self::Failed(None),
        }
    }
}

/// Where to begin: Microsoft's advice is to avoid jumps, and a free resource refuses three requests at most.
const FIRST: u32 = 4;

/// How long a level is held after a throttled request: the pattern on Microsoft's page on quotas and limits.
const HOLDS: [Duration; 4] =
    [Duration::from_secs(60), Duration::from_secs(120), Duration::from_secs(240), Duration::from_secs(240)];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: u64) -> Now {
        Now::new(Duration::from_millis(millis), Duration::ZERO)
    }

    /// Begins as many as may be, and ends each at the same time in the same way.
    fn round(concurrency: &mut Concurrency, ended: Ended, millis: u64) {
        let slots: Vec<Slot> = std::iter::from_fn(|| concurrency.begin(at(millis)).ok()).collect();
        for slot in slots {
            concurrency.ended(slot, ended, at(millis));
        }
    }

    /// The level after each of so many rounds of successes.
    fn grows(concurrency: &mut Concurrency, rounds: usize, millis: u64) -> Vec<u32> {
        let mut levels = Vec::new();
        for _ in 0..rounds {
            round(concurrency, Ended::Succeeded, millis);
            levels.push(concurrency.allowed());
        }
        levels
    }

    #[test]
    fn it_begins_at_four_and_grows_by_one_for_each_round_of_successes() {
        assert_eq!(Concurrency::auto(3).allowed(), 3);
        assert_eq!(Concurrency::auto(0).allowed(), 1);
        assert_eq!(Concurrency::auto(16).start_at(1).allowed(), 1);
        assert_eq!(Concurrency::auto(16).start_at(90).allowed(), 16);
        let mut concurrency = Concurrency::auto(6);
        assert_eq!(concurrency.allowed(), 4);
        let mut slots: Vec<Slot> = (0..4).map(|_| concurrency.begin(at(0)).unwrap()).collect();
        let mut levels = Vec::new();
        for _ in 0..20 {
            concurrency.ended(slots.remove(0), Ended::Succeeded, at(0));
            slots.extend(std::iter::from_fn(|| concurrency.begin(at(0)).ok()));
            levels.push(concurrency.allowed());
        }
        assert_eq!(levels, [&[4; 3][..], &[5; 5], &[6; 12]].concat());
    }

    #[test]
    fn a_level_that_nobody_uses_does_not_grow() {
        let mut concurrency = Concurrency::auto(16);
        for _ in 0..1_000 {
            let slot = concurrency.begin(at(0)).unwrap();
            concurrency.ended(slot, Ended::Succeeded, at(0));
        }
        assert_eq!(concurrency.allowed(), 4);
    }

    #[test]
    fn requests_of_one_round_trip_halve_it_once() {
        let mut concurrency = Concurrency::auto(8).start_at(8);
        round(&mut concurrency, Ended::Throttled(None), 0);
        assert_eq!(concurrency.allowed(), 4);
        round(&mut concurrency, Ended::Throttled(None), 100);
        assert_eq!(concurrency.allowed(), 2);
        for _ in 0..9 {
            round(&mut concurrency, Ended::Throttled(None), 100);
        }
        assert_eq!(concurrency.allowed(), 1);
    }

    #[test]
    fn growing_is_tried_after_one_two_four_and_four_minutes() {
        let mut concurrency = Concurrency::auto(8).start_at(2);
        let mut now = 0;
        round(&mut concurrency, Ended::Throttled(None), now);
        for minutes in [1, 2, 4, 4, 4] {
            let due = now + minutes * 60_000;
            assert_eq!(grows(&mut concurrency, 50, due - 1), [1; 50], "before {minutes} minutes are over");
            assert_eq!(grows(&mut concurrency, 1, due), [2]);
            now = due + 100;
            round(&mut concurrency, Ended::Throttled(None), now);
            assert_eq!(concurrency.allowed(), 1);
        }
    }

    #[test]
    fn the_pattern_starts_over_when_more_is_allowed_than_was_too_much() {
        let mut concurrency = Concurrency::auto(64).start_at(2);
        round(&mut concurrency, Ended::Throttled(None), 0);
        round(&mut concurrency, Ended::Succeeded, 60_000);
        round(&mut concurrency, Ended::Throttled(None), 60_000);
        let due = 60_000 + 120_000;
        while concurrency.allowed() < 3 {
            round(&mut concurrency, Ended::Succeeded, due);
        }
        round(&mut concurrency, Ended::Throttled(None), due);
        assert_eq!(concurrency.allowed(), 1);
        assert_eq!(grows(&mut concurrency, 1, due + 60_000 - 1), [1]);
        assert_eq!(grows(&mut concurrency, 1, due + 60_000), [2]);
    }

    #[test]
    fn a_pause_that_the_service_asks_for_is_obeyed_by_all_and_the_hold_begins_after_it() {
        let mut concurrency = Concurrency::auto(2).start_at(2);
        let (first, second) = (concurrency.begin(at(0)).unwrap(), concurrency.begin(at(0)).unwrap());
        concurrency.ended(first, Ended::Throttled(Some(Duration::from_secs(30))), at(1_000));
        concurrency.ended(second, Ended::Failed(Some(Duration::from_secs(5))), at(1_000));
        assert_eq!(concurrency.closed_for(at(2_000)), Some(Duration::from_secs(29)));
        assert_eq!(concurrency.begin(at(30_999)).unwrap_err(), NotYet::Closed(Duration::from_millis(1)));
        assert_eq!(concurrency.closed_for(at(31_000)), None);
        assert_eq!(grows(&mut concurrency, 5, 90_999), [1; 5]);
        assert_eq!(grows(&mut concurrency, 1, 91_000), [2]);
        // No single answer can close a resource for longer than a call would wait.
        let slot = concurrency.begin(at(91_000)).unwrap();
        concurrency.ended(slot, Ended::Throttled(Some(Duration::MAX)), at(91_000));
        assert_eq!(concurrency.closed_for(at(91_000)), Some(Duration::from_secs(120)));
    }

    #[test]
    fn what_is_fixed_stays_and_pauses_all_the_same() {
        let mut concurrency = Concurrency::fixed(5).start_at(1);
        round(&mut concurrency, Ended::Throttled(Some(Duration::from_secs(2))), 0);
        assert_eq!((concurrency.allowed(), concurrency.closed_for(at(0))), (5, Some(Duration::from_secs(2))));
        assert_eq!(grows(&mut concurrency, 100, 600_000), [5; 100]);
    }

    /// What may happen next to one of the requests.
    #[derive(Clone, Copy, Debug)]
    enum Turn {
        Begin,
        End(usize, Ended),
        Pass(u64),
    }

    fn turn() -> impl Strategy<Value = Turn> {
        let pause = || prop::option::of((0_u64..400).prop_map(Duration::from_secs));
        prop_oneof![
            4 => Just(Turn::Begin),
            3 => any::<usize>().prop_map(|which| Turn::End(which, Ended::Succeeded)),
            1 => (any::<usize>(), pause()).prop_map(|(which, pause)| Turn::End(which, Ended::Throttled(pause))),
            1 => (any::<usize>(), pause()).prop_map(|(which, pause)| Turn::End(which, Ended::Failed(pause))),
            2 => (0_u64..90_000).prop_map(Turn::Pass),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn every_law_of_a_level_holds(
            turns in prop::collection::vec(turn(), 0..200),
            most in 1_u32..12,
            start in 0_u32..14,
            fixed: bool,
        ) {
            let mut concurrency = if fixed { Concurrency::fixed(most) } else { Concurrency::auto(most).start_at(start) };
            let mut now = 0;
            // Each with the time at which it began.
            let mut slots: Vec<(Slot, u64)> = Vec::new();
            let (mut closed_until, mut halved, mut throttled) = (0_u64, None::<u64>, None::<u64>);
            for turn in turns {
                let before = concurrency.allowed();
                match turn {
                    Turn::Pass(millis) => now += millis,
                    Turn::Begin => match concurrency.begin(at(now)) {
                        Ok(slot) => {
                            prop_assert!(closed_until <= now, "it began inside a pause");
                            slots.push((slot, now));
                            prop_assert!(slots.len() <= before as usize);
                        }
                        Err(NotYet::Closed(left)) => {
                            prop_assert_eq!(left, Duration::from_millis(closed_until - now));
                        }
                        Err(NotYet::Full) => prop_assert!(before as usize <= slots.len()),
                    },
                    Turn::End(_, _) if slots.is_empty() => {}
                    Turn::End(which, ended) => {
                        let (slot, began) = slots.remove(which % slots.len());
                        concurrency.ended(slot, ended, at(now));
                        if let Ended::Throttled(Some(pause)) | Ended::Failed(Some(pause)) = ended {
                            closed_until = closed_until.max(now + (pause.as_millis() as u64).min(120_000));
                        }
                        let after = concurrency.allowed();
                        match ended {
                            Ended::Throttled(_) => {
                                prop_assert!(after == before || (!fixed && after == (before / 2).max(1)));
                                if after < before {
                                    prop_assert!(halved.is_none_or(|halved| halved <= began), "twice in a round trip");
                                    halved = Some(now);
                                }
                                throttled = Some(now);
                            }
                            Ended::Succeeded if after == before => {}
                            Ended::Succeeded => {
                                prop_assert_eq!(after, before + 1);
                                prop_assert!(halved.is_none_or(|halved| halved + 60_000 <= now), "inside the hold");
                                prop_assert!(throttled.is_some() || halved.is_none());
                            }
                            Ended::Failed(_) => prop_assert_eq!(after, before),
                        }
                        prop_assert!(1 <= after && after <= most.max(1));
                        prop_assert!(!fixed || after == most);
                    }
                }
                prop_assert_eq!(concurrency.in_flight() as usize, slots.len());
            }
        }
    }
}
