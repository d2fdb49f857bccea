//! What all connections of one server share.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::Semaphore;

use crate::desk::Desk;
use crate::emulator::Emulator;
use crate::tls::Tls;

/// What all connections of one server share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) emulator: Emulator,
    pub(crate) desk: Option<Desk>,
    pub(crate) tls: Option<Tls>,
    /// One for each request whose body may be a large one.
    pub(crate) large: Arc<Semaphore>,
    clock: Clock,
}

/// The time since the Unix epoch, from a clock that never goes back.
#[derive(Debug)]
struct Clock {
    epoch: Duration,
    begun: Instant,
}

impl Shared {
    pub(crate) fn new(emulator: Emulator, tls: Option<Tls>) -> Self {
        let epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let clock = Clock { epoch, begun: Instant::now() };
        let desk = emulator.config().recognizer.clone().map(Desk::new);
        Self { emulator, desk, tls, large: Arc::new(Semaphore::new(LARGE)), clock }
    }

    pub(crate) fn now(&self) -> Duration {
        self.clock.epoch + self.clock.begun.elapsed()
    }
}

/// Requests with large bodies that are held at once: the others wait, so that memory has an end however many come.
const LARGE: usize = 8;
