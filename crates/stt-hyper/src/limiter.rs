//! How many requests a client has under way at once.

use std::{
    fmt,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use stt_core::{Concurrency, Ended, NotYet, Slot};
use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

use crate::clock::now;

/// How many requests may be under way at once, for a client and its clones, or for several clients of one resource.
///
/// It finds out by itself what a resource takes: see [`Concurrency`]. A request waits for its turn, first come, first
/// served, and that counts into the time of its call. When the service asks for a pause, none begins before it is over.
/// A call that is between two attempts takes nobody's place.
///
/// ```
/// use stt_hyper::{Client, Limiter, Resource};
///
/// let limiter = Limiter::auto(16);
/// let resource = Resource::new("westeurope", "0123456789abcdef")?;
/// let client = Client::builder(resource).limiter(limiter.clone()).build()?;
/// assert_eq!(limiter.state().allowed, 4);
/// # let _ = client;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Requests for access tokens do not count.
#[derive(Clone)]
pub struct Limiter {
    shared: Arc<Shared>,
    patient: bool,
}

/// What a [`Limiter`] does at this moment.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LimiterState {
    /// How many requests may be under way at once.
    pub allowed: u32,
    /// How many are under way; for a while more than are allowed, where that has been halved.
    pub in_flight: u32,
    /// How many wait for their turn.
    pub waiting: u32,
    /// What is left of a pause that the service has asked for.
    pub closed_for: Option<Duration>,
}

struct Shared {
    concurrency: Mutex<Concurrency>,
    /// Whoever has it is the next. Tokio's mutex lets them in by the order in which they came.
    queue: tokio::sync::Mutex<()>,
    /// Tells the next one that there may be a place.
    freed: Notify,
    /// Tells all who wait that the service has asked for a pause.
    closed: Notify,
    waiting: AtomicU32,
}

impl Limiter {
    /// Finds out how many the service takes, up to `most`. It begins at 4, or at `most` where that is less.
    #[must_use]
    pub fn auto(most: u32) -> Self {
        Self::of(Concurrency::auto(most))
    }

    /// Always lets this many be under way, and only obeys the pauses that the service asks for.
    #[must_use]
    pub fn fixed(allowed: u32) -> Self {
        Self::of(Concurrency::fixed(allowed))
    }

    /// Begins at another level: at 1 for a free resource, which takes no more.
    #[must_use]
    pub fn start_at(self, allowed: u32) -> Self {
        let concurrency = self.concurrency().clone().start_at(allowed);
        *self.concurrency() = concurrency;
        self
    }

    /// Lets the time of a call begin with its first turn, however long it had to wait for that.
    ///
    /// That is for a program which has more calls than turns and does not mind when each comes: with eight calls and a
    /// resource that takes one at a time, the eighth waits for seven others.
    #[must_use]
    pub fn patient(mut self) -> Self {
        self.patient = true;
        self
    }

    /// What it does at this moment, for a display.
    #[must_use]
    pub fn state(&self) -> LimiterState {
        let concurrency = self.concurrency();
        LimiterState {
            allowed: concurrency.allowed(),
            in_flight: concurrency.in_flight(),
            waiting: self.shared.waiting.load(Ordering::Relaxed),
            closed_for: concurrency.closed_for(now()),
        }
    }

    fn of(concurrency: Concurrency) -> Self {
        let shared = Shared {
            concurrency: Mutex::new(concurrency),
            queue: tokio::sync::Mutex::default(),
            freed: Notify::new(),
            closed: Notify::new(),
            waiting: AtomicU32::new(0),
        };
        Self { shared: Arc::new(shared), patient: false }
    }

    /// Lets a request begin that does not have to wait.
    pub(crate) fn at_once(&self) -> Option<Permit> {
        let _first = self.shared.queue.try_lock().ok()?;
        self.begin().ok()
    }

    /// Waits for a turn, which may come within this time.
    ///
    /// Dropping the future gives up the place in the queue.
    pub(crate) async fn turn(&self, left: Duration) -> Result<Permit, NoTurn> {
        let deadline = Instant::now() + left.min(LONGEST);
        let _waiting = Waiting::new(&self.shared.waiting);
        match timeout_at(deadline, self.queue(deadline)).await {
            Ok(turn) => turn,
            Err(_) => Err(NoTurn::Busy(self.concurrency().allowed())),
        }
    }

    /// Whether the first turn of a call is waited for before its time begins.
    pub(crate) const fn is_patient(&self) -> bool {
        self.patient
    }

    async fn queue(&self, deadline: Instant) -> Result<Permit, NoTurn> {
        let mut place = pin!(self.shared.queue.lock());
        let _first = loop {
            let closed = self.shared.closed.notified();
            self.opens_before(deadline)?;
            tokio::select! {
                biased;
                first = &mut place => break first,
                () = closed => {}
            }
        };
        loop {
            let closed = self.shared.closed.notified();
            let opens = match self.begin() {
                Ok(permit) => return Ok(permit),
                Err(NotYet::Closed(left)) => Instant::now() + left,
                Err(NotYet::Full) => deadline,
            };
            self.opens_before(deadline)?;
            tokio::select! {
                () = closed => {}
                () = self.shared.freed.notified() => {}
                () = tokio::time::sleep_until(opens) => {}
            }
        }
    }

    fn begin(&self) -> Result<Permit, NotYet> {
        let slot = self.concurrency().begin(now())?;
        Ok(Permit { limiter: self.clone(), slot: Some(slot) })
    }

    /// Whether it is worth waiting for the end of a pause.
    fn opens_before(&self, deadline: Instant) -> Result<(), NoTurn> {
        match self.concurrency().closed_for(now()) {
            Some(left) if deadline <= Instant::now() + left => Err(NoTurn::Closed(left)),
            _ => Ok(()),
        }
    }

    fn concurrency(&self) -> MutexGuard<'_, Concurrency> {
        // Nothing here can panic half-way.
        self.shared.concurrency.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Limiter").field(&self.state()).finish()
    }
}

/// Leave for one request, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    limiter: Limiter,
    slot: Option<Slot>,
}

impl Permit {
    /// The request has ended.
    pub(crate) fn ended(mut self, ended: Ended) {
        self.give_back(ended);
    }

    fn give_back(&mut self, ended: Ended) {
        let Some(slot) = self.slot.take() else { return };
        self.limiter.concurrency().ended(slot, ended, now());
        if let Ended::Failed(Some(_)) | Ended::Throttled(Some(_)) = ended {
            self.limiter.shared.closed.notify_waiters();
        }
        self.limiter.shared.freed.notify_one();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.give_back(Ended::Failed(None));
    }
}

/// Why a request did not get its turn.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoTurn {
    #[error("only {0} may be under way at a time, and others came first")]
    Busy(u32),
    #[error("the service asks to wait for another {} s", .0.as_secs_f64().ceil())]
    Closed(Duration),
}

/// Counts one who waits.
struct Waiting<'a>(&'a AtomicU32);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicU32) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Longer than any program waits, and no more than clocks can count.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

#[cfg(test)]
mod tests;
