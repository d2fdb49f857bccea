//! How long to wait for `100 Continue` at a host that may never send it.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use crate::limits::IMPATIENT;

/// How long to wait for `100 Continue`, learned from how the host behaved before.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    /// How often in a row the host sent nothing in time.
    missed: AtomicU32,
}

impl Patience {
    /// The time to wait, of which `usual` is the most.
    pub(crate) fn wait(&self, usual: Duration) -> Duration {
        if self.missed.load(Ordering::Relaxed) < ENOUGH { usual } else { usual.min(IMPATIENT) }
    }

    /// The host sent nothing in time.
    pub(crate) fn missed(&self) {
        let more = |missed: u32| Some(missed.saturating_add(1));
        let _ = self.missed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    /// The host answered in time.
    pub(crate) fn met(&self) {
        self.missed.store(0, Ordering::Relaxed);
    }
}

/// Once may be a slow network, twice is a habit.
const ENOUGH: u32 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_two_misses_in_a_row_the_wait_is_short_until_the_host_answers_in_time() {
        let patience = Patience::default();
        let wait = || patience.wait(Duration::from_secs(1));
        patience.missed();
        assert_eq!(wait(), Duration::from_secs(1));
        patience.met();
        patience.missed();
        assert_eq!(wait(), Duration::from_secs(1), "not in a row");
        patience.missed();
        assert_eq!(wait(), Duration::from_millis(50));
        patience.met();
        assert_eq!(wait(), Duration::from_secs(1));
    }
}
