//! When a failed attempt is repeated, how long to pause before it, and when to stop trying.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// How often a call may repeat a failed attempt, and how long it may take in all.
///
/// Passing one to [`Call::retry`](crate::Call::retry) is consent to pay for a repeat: whether the service bills an
/// attempt that failed is not documented, so [`Error::audio_sent`](crate::Error::audio_sent) counts all of them.
///
/// Clones share one budget of repeats, so that an outage of the service is not multiplied by its callers. Keep one
/// value for each resource.
///
/// ```
/// use std::time::Duration;
/// use stt_core::Retry;
///
/// let retry = Retry::default().attempts(5).timeout(Duration::from_secs(60));
/// # let _ = retry;
/// ```
#[must_use]
#[derive(Clone, Debug)]
pub struct Retry {
    attempts: u32,
    timeout: Duration,
    attempt_timeout: Duration,
    budget: Budget,
}

impl Retry {
    /// One attempt and nothing repeated, but for what is free: see [`Call`](crate::Call).
    pub fn none() -> Self {
        Self { attempts: 1, ..Self::default() }
    }

    /// At most this many attempts, the first one included; between 1 and 10.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.clamp(1, MOST_ATTEMPTS);
        self
    }

    /// The whole call ends within this time, with its repeats, pauses and tokens.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// One attempt ends within this time.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    pub(crate) fn most_attempts(&self) -> u32 {
        self.attempts
    }

    pub(crate) fn whole(&self) -> Duration {
        self.timeout
    }

    pub(crate) fn one(&self) -> Duration {
        self.attempt_timeout
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }
}

impl Default for Retry {
    /// Three attempts in 120 seconds, each of at most 90: thirty beside the sixty that the longest audio may take live.
    fn default() -> Self {
        Self {
            attempts: 3,
            timeout: Duration::from_secs(120),
            attempt_timeout: Duration::from_secs(90),
            budget: Budget::default(),
        }
    }
}

/// Tokens that pay for repeats, after the standard retry mode of the AWS SDKs.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<AtomicU32>);

impl Budget {
    /// Takes the cost of one repeat, or nothing where too little is left.
    pub(crate) fn take(&self, cost: u32) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(cost)).is_ok()
    }

    /// Gives tokens back after a success.
    pub(crate) fn give(&self, tokens: u32) {
        let add = |left: u32| Some(left.saturating_add(tokens).min(FULL));
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self(Arc::new(AtomicU32::new(FULL)))
    }
}

/// Why a repeat pauses, which decides how long and at what price.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Cause {
    /// The service or the way to it failed.
    Transient,
    /// The service asked for fewer requests.
    Throttle,
}

impl Cause {
    /// What one repeat costs: an outage drains the budget faster than being throttled does.
    pub(crate) fn cost(self) -> u32 {
        match self {
            Self::Transient => 14,
            Self::Throttle => 5,
        }
    }

    /// The pause before repeat number `repeat`, counted from 0: full jitter below an exponential ceiling.
    pub(crate) fn pause(self, repeat: u32, entropy: u64) -> Duration {
        let (first, most) = match self {
            Self::Transient => (Duration::from_millis(250), Duration::from_secs(8)),
            Self::Throttle => (Duration::from_secs(1), Duration::from_secs(30)),
        };
        let ceiling = first.saturating_mul(1_u32.checked_shl(repeat).unwrap_or(u32::MAX)).min(most);
        let nanos = u64::try_from(ceiling.as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(entropy.checked_rem(nanos.saturating_add(1)).unwrap_or(0))
    }
}

/// Another 64 well mixed bits for each `step` of one seed, by the finalizer of `SplitMix64`.
pub(crate) fn entropy(seed: u128, step: u64) -> u64 {
    let [high, low] = [(seed >> 64) as u64, seed as u64];
    let mut z = (high ^ low.rotate_left(32)).wrapping_add(step.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Nothing that a caller configures makes one call send more than this many counted attempts.
pub(crate) const MOST_ATTEMPTS: u32 = 10;

/// A hint of the service to wait longer than this is reported and not obeyed.
///
/// Other vendors' clients settled on the same bound: a longer pause is the program's decision.
pub(crate) const LONGEST_HINT: Duration = Duration::from_secs(120);

/// The budget of the AWS SDKs: at 14 tokens a repeat, 35 repeats without a single success.
const FULL: u32 = 500;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_full_budget_pays_for_35_transient_repeats() {
        let budget = Budget::default();
        let paid = (0..1_000).filter(|_| budget.take(Cause::Transient.cost())).count();
        assert_eq!(paid, 35);
    }

    #[test]
    fn a_budget_is_never_more_than_full() {
        let budget = Budget::default();
        budget.give(1_000_000);
        assert!(budget.take(500));
        assert!(!budget.take(1));
    }

    #[test]
    fn clones_of_a_policy_share_one_budget() {
        let retry = Retry::default();
        assert!(retry.clone().attempts(9).budget().take(500));
        assert!(!retry.budget().take(1));
    }

    #[test]
    fn attempts_stay_between_one_and_ten() {
        assert_eq!(Retry::default().attempts(0).most_attempts(), 1);
        assert_eq!(Retry::default().attempts(1_000).most_attempts(), 10);
    }

    proptest! {
        #[test]
        fn a_pause_stays_below_its_ceiling(repeat: u32, seed: u128, step: u64) {
            let bits = entropy(seed, step);
            let doubled = |first: u64| first.saturating_mul(1_u64.checked_shl(repeat).unwrap_or(u64::MAX));
            let transient = Duration::from_millis(doubled(250).min(8_000));
            let throttle = Duration::from_millis(doubled(1_000).min(30_000));
            prop_assert!(Cause::Transient.pause(repeat, bits) <= transient);
            prop_assert!(Cause::Throttle.pause(repeat, bits) <= throttle);
        }
    }
}
