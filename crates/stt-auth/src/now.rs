//! The time, told by two clocks.

use std::time::Duration;

/// The time as an argument: what both clocks of the machine show at one moment.
///
/// Neither clock is enough. A monotonic clock may stand still while the machine sleeps, and a wall clock may be
/// corrected in either direction. The elapsed time is taken to be the larger of what the two say, so that a credential
/// never looks younger than it is.
///
/// ```
/// use std::time::Duration;
/// use stt_auth::Now;
///
/// let then = Now::new(Duration::from_secs(10), Duration::from_secs(1_800_000_000));
/// let slept = Now::new(Duration::from_secs(11), Duration::from_secs(1_800_003_600));
/// assert_eq!(slept.since(then), Duration::from_secs(3600));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Now {
    /// Since one start per process, which all calls on one [`Resource`](crate::Resource) share.
    pub monotonic: Duration,
    /// Since the Unix epoch.
    pub wall: Duration,
}

impl Now {
    /// The time by a monotonic clock, and by the wall clock since the Unix epoch.
    #[must_use]
    pub const fn new(monotonic: Duration, wall: Duration) -> Self {
        Self { monotonic, wall }
    }

    /// The time since `then`: the larger of what the two clocks say, and never negative.
    #[must_use]
    pub fn since(self, then: Self) -> Duration {
        let monotonic = self.monotonic.saturating_sub(then.monotonic);
        let wall = self.wall.saturating_sub(then.wall);
        monotonic.max(wall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(monotonic: u64, wall: u64) -> Now {
        Now::new(Duration::from_secs(monotonic), Duration::from_secs(wall))
    }

    #[test]
    fn the_larger_of_both_clocks_counts() {
        let then = at(100, 5000);
        assert_eq!(at(107, 5007).since(then), Duration::from_secs(7));
        assert_eq!(at(101, 8600).since(then), Duration::from_secs(3600), "the machine slept");
        assert_eq!(at(107, 1000).since(then), Duration::from_secs(7), "the wall clock was set back");
        assert_eq!(at(90, 4000).since(then), Duration::ZERO, "nothing is negative");
    }
}
