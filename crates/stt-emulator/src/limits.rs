//! How much a resource may be asked at once, and how often.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use thiserror::Error;

/// The price tier of a resource, which decides how many recognitions may run at once.
///
/// The numbers are those of Microsoft's page on quotas and limits for real-time speech to text, where this API counts
/// together with the SDKs.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum Tier {
    /// The free tier: one at a time.
    F0,
    /// The standard tier: 100 at a time unless the resource was granted more.
    #[default]
    S0,
}

impl Tier {
    /// How many recognitions may run at once.
    #[must_use]
    pub fn concurrent(self) -> usize {
        match self {
            Self::F0 => 1,
            Self::S0 => 100,
        }
    }
}

/// How many recognitions may begin in a time: so many at once, and again as many spread evenly over each such time.
///
/// It is read from `10/s`, `600/m` or `1000/h`. The service publishes no such limit for this API; programs that meet
/// one must be tested all the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rate {
    count: NonZeroU32,
    per: Duration,
}

/// A text that is no [`Rate`].
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("a rate is a whole number above 0 and a unit, such as 10/s, 600/m or 1000/h")]
pub struct RateError;

impl Rate {
    /// So many in each `per`.
    #[must_use]
    pub fn new(count: NonZeroU32, per: Duration) -> Self {
        Self { count, per }
    }

    /// The time after which one more may begin.
    fn interval(self) -> Duration {
        self.per / self.count.get()
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let (count, unit) = text.split_once('/').ok_or(RateError)?;
        let per = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            _ => return Err(RateError),
        };
        let count = count.parse().map_err(|_| RateError)?;
        Ok(Self { count, per: Duration::from_secs(per) })
    }
}

/// What a request may not exceed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) concurrent: usize,
    pub(crate) rate: Option<Rate>,
}

/// Why a request may not begin now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Throttled {
    /// So many are running.
    Concurrent(usize),
    /// One may begin after so much time.
    Rate(Duration),
}

/// A running request; it no longer counts once this is dropped.
#[derive(Debug)]
pub(crate) struct Slot(#[expect(dead_code, reason = "it counts by being there")] Arc<()>);

/// What one resource uses of its limits.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// Shared with the slots of requests whose body is awaited or listened to.
    open: Arc<()>,
    /// The moments at which answers that are held back are sent, and their requests are over.
    ends: Vec<Duration>,
    /// The moment from which on as many may begin at once as the rate allows.
    rested: Duration,
}

impl Usage {
    /// Lets a request begin at `now`.
    ///
    /// One that too many others run beside does not count for the rate.
    pub(crate) fn admit(&mut self, limits: Limits, now: Duration) -> Result<Slot, Throttled> {
        let running = self.running(now);
        if limits.concurrent <= running {
            return Err(Throttled::Concurrent(running));
        }
        if let Some(rate) = limits.rate {
            let interval = rate.interval();
            // As many intervals as may be used up beforehand; the moment moves on by one with each request.
            let ahead = interval * (rate.count.get() - 1);
            let soonest = self.rested.saturating_sub(ahead);
            if now < soonest {
                return Err(Throttled::Rate(soonest - now));
            }
            self.rested = self.rested.max(now).saturating_add(interval);
        }
        Ok(Slot(Arc::clone(&self.open)))
    }

    /// Notes that the answer to a request is sent at `end`, until when it counts as running.
    pub(crate) fn end(&mut self, slot: Slot, end: Duration, now: Duration) {
        drop(slot);
        if now < end {
            self.ends.push(end);
        }
    }

    /// How many run at `now`.
    pub(crate) fn running(&mut self, now: Duration) -> usize {
        self.ends.retain(|end| now < *end);
        Arc::strong_count(&self.open) - 1 + self.ends.len()
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::time::Duration;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::{Limits, Rate, RateError, Throttled, Tier, Usage};

    const UNLIMITED: usize = usize::MAX;

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn rate(text: &str) -> Limits {
        Limits { concurrent: UNLIMITED, rate: Some(text.parse().expect("a rate")) }
    }

    #[test]
    fn the_tiers_are_those_of_microsofts_page_on_quotas() {
        assert_eq!([Tier::F0.concurrent(), Tier::S0.concurrent()], [1, 100]);
    }

    #[test]
    fn a_rate_has_a_count_and_a_unit() {
        let count = |count| NonZeroU32::new(count).expect("above 0");
        assert_eq!("10/s".parse(), Ok(Rate::new(count(10), Duration::from_secs(1))));
        assert_eq!("600/m".parse(), Ok(Rate::new(count(600), Duration::from_secs(60))));
        assert_eq!("1/h".parse(), Ok(Rate::new(count(1), Duration::from_secs(3_600))));
        for text in ["", "10", "/s", "0/s", "-1/s", "1.5/s", "10/d", "10/s ", "4294967296/s"] {
            assert_eq!(text.parse::<Rate>(), Err(RateError), "{text:?}");
        }
    }

    #[test]
    fn a_request_counts_until_its_answer_is_sent() {
        let limits = Limits { concurrent: 1, rate: None };
        let mut usage = Usage::default();
        let slot = usage.admit(limits, ms(0)).expect("nothing runs");
        assert_eq!(usage.admit(limits, ms(10)).err(), Some(Throttled::Concurrent(1)), "its body is awaited");
        usage.end(slot, ms(30), ms(20));
        assert_eq!(usage.admit(limits, ms(29)).err(), Some(Throttled::Concurrent(1)), "its answer is held back");
        let slot = usage.admit(limits, ms(30)).expect("it is over");
        drop(slot);
        assert!(usage.admit(limits, ms(30)).is_ok(), "one that broke off is over too");
    }

    #[test]
    fn as_many_as_the_rate_says_begin_at_once_and_then_one_by_one() {
        let mut usage = Usage::default();
        let mut ask = |at| usage.admit(rate("4/s"), ms(at)).map(drop);
        let told = [0, 0, 0, 0, 0, 249, 250, 250].map(&mut ask);
        let wait = |time| Err(Throttled::Rate(ms(time)));
        assert_eq!(told, [Ok(()), Ok(()), Ok(()), Ok(()), wait(250), wait(1), Ok(()), wait(250)]);
        assert_eq!([10_000; 5].map(&mut ask), [Ok(()), Ok(()), Ok(()), Ok(()), wait(250)], "rest is not hoarded");
    }

    proptest! {
        /// What happens to requests at random times: one arrives, or the oldest that is open is answered or lost.
        #[test]
        fn no_more_run_than_the_limit_allows(
            limit in 1_usize..5,
            steps in vec((0_u64..40, 0_u8..4, 0_u64..100), 1..200),
        ) {
            let limits = Limits { concurrent: limit, rate: None };
            let mut usage = Usage::default();
            let (mut now, mut open, mut spans) = (0, Vec::new(), Vec::<(u64, u64)>::new());
            for (pause, step, delay) in steps {
                now += pause;
                let running = open.len() + spans.iter().filter(|(_, end)| now < *end).count();
                prop_assert!(running <= limit);
                prop_assert_eq!(usage.running(ms(now)), running);
                match step {
                    0 if !open.is_empty() => drop(open.remove(0)),
                    1 if !open.is_empty() => {
                        let (_, slot) = open.remove(0);
                        usage.end(slot, ms(now + delay), ms(now));
                        spans.push((now, now + delay));
                    }
                    _ => match usage.admit(limits, ms(now)) {
                        Ok(slot) => open.push((now, slot)),
                        Err(why) => {
                            prop_assert_eq!(running, limit, "it is refused only when all are taken");
                            prop_assert_eq!(why, Throttled::Concurrent(limit));
                        }
                    },
                }
            }
        }

        /// A bucket of `count` that is refilled evenly: counted anew over every stretch of time.
        #[test]
        fn in_no_stretch_of_time_do_more_begin_than_the_rate_allows(
            count in 1_u32..6,
            pauses in vec(0_u64..700, 1..150),
        ) {
            let limits = rate(&format!("{count}/s"));
            let mut usage = Usage::default();
            let (mut now, mut begun) = (0, Vec::new());
            for pause in pauses {
                now += pause;
                match usage.admit(limits, ms(now)).map(drop) {
                    Ok(()) => begun.push(now),
                    Err(Throttled::Rate(wait)) => {
                        prop_assert!(wait <= ms(1_000));
                        let mut later = Usage { rested: usage.rested, ..Usage::default() };
                        prop_assert!(later.admit(limits, ms(now) + wait - Duration::from_nanos(1)).is_err());
                        prop_assert!(later.admit(limits, ms(now) + wait).is_ok(), "the wait is what was told");
                    }
                    Err(other) => prop_assert!(false, "{:?}", other),
                }
            }
            for (first, from) in begun.iter().enumerate() {
                for (last, to) in begun.iter().enumerate().skip(first) {
                    // A bucket holds `count`, and gets one more in each `1000 / count` milliseconds.
                    let most = u64::from(count) + (to - from) * u64::from(count) / 1_000;
                    prop_assert!((last - first + 1) as u64 <= most);
                }
            }
        }
    }
}
