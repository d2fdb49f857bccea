//! The situation of one token: the whole policy of the cache, as values and the time.

use std::{mem, time::Duration};

use crate::{Credential, Now, TokenError, issued::Issued, pause, spread::spread, token_error::Cause};

/// The situation of one token.
///
/// Nothing happens unless somebody asks: what the time alone would change is found out at the next question.
#[derive(Debug)]
pub(crate) enum Slot {
    /// Fetching failed; callers are told so until the pause is over.
    Cooling(Pause),
    /// There is nothing, and nobody is asking.
    Empty,
    /// There is no token; a lease is out, and callers wait.
    Fetching(Flight),
    /// There is a token, and nobody is asking.
    Fresh(Issued),
    /// There is a token; renewing it failed, and nobody tries again until the pause is over.
    Holding(Issued, Pause),
    /// There is a token, and a lease for the next one is out.
    Renewing(Issued, Flight),
    /// There is no token; an attempt failed, and callers wait for the next one.
    Retrying(Pause),
}

/// A lease that is out: one request, whoever sends it.
#[derive(Debug)]
pub(crate) struct Flight {
    began: Now,
    number: u64,
    tries: Tries,
}

/// A time in which nobody asks, and the failure that is the reason.
#[derive(Debug)]
pub(crate) struct Pause {
    began: Now,
    error: TokenError,
    length: Duration,
    tries: Tries,
}

/// The failures since there last was something to serve, or since somebody last gave up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tries {
    failures: u32,
    /// When the first of them began.
    first: Now,
}

/// What a caller is to do.
#[derive(Debug)]
pub(crate) enum Turn {
    Fail(TokenError),
    /// Take the lease of the number that was offered.
    Lease,
    Serve(Credential),
    /// Ask again, at the latest after this time.
    Wait(Duration),
}

impl Slot {
    /// Somebody wants a token; `number` is that of the next lease.
    pub(crate) fn turn(&mut self, number: u64, now: Now) -> Turn {
        let fly = |tries| Flight { began: now, number, tries };
        let serve = |issued: &Issued| Turn::Serve(issued.credential.clone());
        let first = Tries { failures: 0, first: now };
        let (turn, slot) = match mem::replace(self, Self::Empty).at(now) {
            Self::Cooling(pause) => (Turn::Fail(pause.error.clone()), Self::Cooling(pause)),
            Self::Empty => (Turn::Lease, Self::Fetching(fly(first))),
            Self::Fetching(flight) => (Turn::Wait(LONGEST_WAIT), Self::Fetching(flight)),
            Self::Fresh(issued) if issued.wants_renewal(now) => (Turn::Lease, Self::Renewing(issued, fly(first))),
            Self::Fresh(issued) => (serve(&issued), Self::Fresh(issued)),
            Self::Holding(issued, pause) if pause.is_over(now) => {
                (Turn::Lease, Self::Renewing(issued, fly(pause.tries)))
            }
            Self::Holding(issued, pause) => (serve(&issued), Self::Holding(issued, pause)),
            Self::Renewing(issued, flight) => (serve(&issued), Self::Renewing(issued, flight)),
            Self::Retrying(pause) if pause.is_over(now) => (Turn::Lease, Self::Fetching(fly(pause.tries))),
            Self::Retrying(pause) => (Turn::Wait(pause.left(now).min(LONGEST_WAIT)), Self::Retrying(pause)),
        };
        *self = slot;
        turn
    }

    /// A lease brought a token. Returns whether it is of use: the answer to a lease that timed out may come after all,
    /// and is taken unless a later one was faster.
    pub(crate) fn issued(&mut self, issued: Issued) -> bool {
        let number = issued.generation;
        if self.token().is_some_and(|held| number < held.generation && !held.is_over(issued.arrived)) {
            return false;
        }
        *self = match mem::replace(self, Self::Empty) {
            Self::Fetching(other) | Self::Renewing(_, other) if other.number != number => Self::Renewing(issued, other),
            _ => Self::Fresh(issued),
        };
        true
    }

    /// A lease failed. Returns whether that changes anything: it does not once somebody else has taken over.
    pub(crate) fn failed(&mut self, number: u64, error: TokenError, now: Now) -> bool {
        self.landed(number, |token, flight| match token {
            Some(issued) if !issued.is_over(now) => Self::Holding(issued, flight.failed(error, now).while_served(now)),
            Some(_) => flight.afresh().failed(error, now).without_token(now),
            None => flight.failed(error, now).without_token(now),
        })
    }

    /// A lease was dropped, at a time that nobody knows. Returns whether that changes anything.
    pub(crate) fn abandoned(&mut self, number: u64) -> bool {
        self.landed(number, |token, flight| flight.lost(token, Cause::Abandoned))
    }

    /// Whether this is the token that is served.
    pub(crate) fn serves(&self, generation: u64) -> bool {
        self.token().is_some_and(|issued| issued.generation == generation)
    }

    /// The token that is served is of no use any more.
    pub(crate) fn give_up(&mut self, now: Now) {
        *self = match mem::replace(self, Self::Empty) {
            Self::Holding(_, pause) => pause.without_served_token(now),
            Self::Renewing(_, flight) => Self::Fetching(flight.afresh()),
            _ => Self::Empty,
        };
    }

    /// The failure to renew the token that is being served.
    pub(crate) fn trouble(&self) -> Option<&TokenError> {
        match self {
            Self::Holding(_, pause) => Some(&pause.error),
            _ => None,
        }
    }

    fn token(&self) -> Option<&Issued> {
        match self {
            Self::Fresh(issued) | Self::Holding(issued, _) | Self::Renewing(issued, _) => Some(issued),
            Self::Cooling(_) | Self::Empty | Self::Fetching(_) | Self::Retrying(_) => None,
        }
    }

    /// What the time alone has made of it.
    fn at(self, now: Now) -> Self {
        match self {
            Self::Cooling(pause) if pause.is_over(now) => Self::Empty,
            Self::Fetching(flight) if flight.is_overdue(now) => flight.lost(None, Cause::TimedOut).at(now),
            Self::Fresh(issued) if issued.is_over(now) => Self::Empty,
            Self::Holding(issued, pause) if issued.is_over(now) => pause.without_served_token(now).at(now),
            Self::Renewing(issued, flight) if issued.is_over(now) => Self::Fetching(flight.afresh()).at(now),
            Self::Renewing(issued, flight) if flight.is_overdue(now) => flight.lost(Some(issued), Cause::TimedOut),
            // Nobody asked for so long that the failure says nothing about now.
            Self::Retrying(pause) if pause.length + STALE < now.since(pause.began) => Self::Empty,
            Self::Retrying(pause) if pause.is_last() => pause.cooling(now),
            slot => slot,
        }
    }

    /// Ends the flight of this number, if it is the one that is out.
    fn landed(&mut self, number: u64, then: impl FnOnce(Option<Issued>, Flight) -> Self) -> bool {
        let (slot, changed) = match mem::replace(self, Self::Empty) {
            Self::Fetching(flight) if flight.number == number => (then(None, flight), true),
            Self::Renewing(issued, flight) if flight.number == number => (then(Some(issued), flight), true),
            slot => (slot, false),
        };
        *self = slot;
        changed
    }
}

impl Flight {
    /// The same request, now that there is no token any more: whatever failed before it failed under that.
    fn afresh(self) -> Self {
        Self { tries: Tries { failures: 0, first: self.began }, ..self }
    }

    /// A report that never came.
    ///
    /// Only the monotonic clock counts: the timer of whoever holds the lease runs by it, and a correction of the wall
    /// clock must not put a second request beside the first.
    fn is_overdue(&self, now: Now) -> bool {
        LEASE <= now.monotonic.saturating_sub(self.began.monotonic)
    }

    /// What is left when there will be no report: the next caller may try at once, or after the pause of a token that
    /// still serves.
    fn lost(self, token: Option<Issued>, cause: Cause) -> Slot {
        let began = self.began;
        let failed = self.failed(TokenError::unavailable(cause, None), began);
        match token {
            Some(issued) => Slot::Holding(issued, failed.while_served(began)),
            None => Slot::Retrying(failed),
        }
    }

    /// The failure, before anybody has decided how long the pause is.
    fn failed(self, error: TokenError, now: Now) -> Pause {
        let tries = Tries { failures: self.tries.failures.saturating_add(1), ..self.tries };
        let error = error.tried(tries.failures, now.since(tries.first));
        Pause { began: now, error, length: Duration::ZERO, tries }
    }
}

impl Pause {
    fn is_over(&self, now: Now) -> bool {
        self.length <= now.since(self.began)
    }

    /// Whether callers have waited for enough attempts, which nobody could see when the last one was lost.
    fn is_last(&self) -> bool {
        pause::is_enough(self.tries.failures, &self.error)
    }

    fn left(&self, now: Now) -> Duration {
        self.length.saturating_sub(now.since(self.began))
    }

    /// The pause before the next attempt for callers who have no token, or the end of the attempts.
    fn without_token(self, now: Now) -> Slot {
        match pause::before_next(self.tries.failures, &self.error, self.spread(now)) {
            Some(length) => Slot::Retrying(Self { length, ..self }),
            None => self.cooling(now),
        }
    }

    /// What is left when the token ends that was served during this pause.
    fn without_served_token(self, now: Now) -> Slot {
        let asked = self.error.retry_after().is_some();
        match self.left(now) {
            // Nobody promised that the next attempt fails too, and callers wait: it begins anew, and at once.
            _ if self.error.is_retryable() && !asked => Slot::Empty,
            left if self.error.is_retryable() && left <= pause::LONGEST_OBEYED => {
                Slot::Retrying(Self { tries: Tries { failures: 0, first: now }, ..self })
            }
            _ => Slot::Cooling(self),
        }
    }

    fn while_served(self, now: Now) -> Self {
        let length = pause::while_served(self.tries.failures, &self.error, self.spread(now));
        Self { length, ..self }
    }

    fn cooling(self, now: Now) -> Slot {
        let error = self.error.tried(self.tries.failures, now.since(self.tries.first));
        Slot::Cooling(Self { began: now, length: pause::cooling(&error), error, ..self })
    }

    fn spread(&self, now: Now) -> f64 {
        spread(self.tries.failures.into(), now)
    }
}

/// The time of a lease; after it another caller may take over.
const LEASE: Duration = Duration::from_secs(30);

/// The time that a request may take, so that its report is there before the lease ends.
pub(crate) const LONGEST_REQUEST: Duration = Duration::from_secs(20);

/// The longest time until a caller asks again. A lost wake-up then costs little, and a failure is told for longer.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_millis(100);

/// The time after which an attempt of others is no reason to begin with the second.
const STALE: Duration = Duration::from_secs(60);
