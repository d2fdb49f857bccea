//! How long a recognition takes.

use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use crate::random;
use crate::span::span;

/// How long answers to recognitions are held back once the audio is there.
///
/// It is read from a fixed time (`200ms`), one that varies (`200ms±50ms`, also `200ms+-50ms`), a share of the length
/// of the audio (`0.3x`), or a sum of these (`100ms±20ms+0.3x`).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Latency {
    fixed: Duration,
    jitter: Duration,
    share: f64,
}

/// Why a text is no [`Latency`].
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum LatencyError {
    /// The time is not long enough to vary so much.
    #[error("a time cannot vary by more than itself")]
    Jitter,
    /// It is not even the form of one.
    #[error("a latency is like 200ms, 200ms±50ms, 0.3x or 100ms+0.3x")]
    Malformed,
    /// A part of it is no span of time.
    #[error("{part:?} is no span of time: {why}")]
    Span {
        /// The part.
        part: String,
        /// What is wrong with it.
        why: String,
    },
}

impl Latency {
    /// The delay of the answer number `number` of a tenant, for so much audio.
    ///
    /// Delays vary evenly, and in the same way for the same seed.
    pub(crate) fn delay(&self, audio: Duration, seed: u64, number: u64) -> Duration {
        let mut state = seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let varied = self.jitter.mul_f64(2.0 * random::share(&mut state));
        let share = Duration::try_from_secs_f64(audio.as_secs_f64() * self.share).unwrap_or(Duration::MAX);
        (self.fixed - self.jitter).saturating_add(varied).saturating_add(share)
    }
}

impl FromStr for Latency {
    type Err = LatencyError;

    fn from_str(text: &str) -> Result<Self, LatencyError> {
        let text = text.replace("+-", "±");
        let mut parts = text.split('+').map(str::trim).peekable();
        let mut latency = Self::default();
        if let Some(part) = parts.next_if(|part| !part.ends_with('x')) {
            let (fixed, jitter) = part.split_once('±').unwrap_or((part, "0s"));
            latency.fixed = time(fixed.trim())?;
            latency.jitter = time(jitter.trim())?;
        }
        if let Some(part) = parts.next() {
            let share = part.strip_suffix('x').and_then(|share| share.parse::<f64>().ok());
            let share = share.filter(|share| (0.0..=MOST_SHARES).contains(share));
            latency.share = share.ok_or(LatencyError::Malformed)?;
        }
        if latency.fixed < latency.jitter {
            return Err(LatencyError::Jitter);
        }
        match parts.next() {
            None => Ok(latency),
            Some(_) => Err(LatencyError::Malformed),
        }
    }
}

/// A time with its unit: a number alone would be seconds, where milliseconds are as likely meant.
fn time(part: &str) -> Result<Duration, LatencyError> {
    if part.ends_with(|c: char| c.is_ascii_digit() || c == '.') || part.is_empty() {
        return Err(LatencyError::Malformed);
    }
    span(part).map_err(|why| LatencyError::Span { part: part.to_owned(), why })
}

/// A hundred times as long as the audio: more is a slip, and nobody waits for it.
const MOST_SHARES: f64 = 100.0;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{Latency, LatencyError};

    fn read(text: &str) -> Latency {
        text.parse().expect("a latency")
    }

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn it_is_a_time_a_share_of_the_audio_or_both() {
        let delay = |text| read(text).delay(Duration::from_secs(10), 0, 1);
        assert_eq!(delay("200ms"), ms(200));
        assert_eq!(delay("0.3x"), ms(3_000));
        assert_eq!(delay("100ms+0.3x"), ms(3_100));
        assert_eq!(delay("1s + 2x"), ms(21_000));
        assert_eq!(read("200ms+-50ms+1x"), read("200ms±50ms+1x"));
        assert_eq!(read("0s"), Latency::default());
    }

    #[test]
    fn what_is_no_latency_is_refused() {
        assert_eq!("50ms±60ms".parse::<Latency>(), Err(LatencyError::Jitter));
        for text in ["", "200", "x", "-1x", "NaNx", "101x", "1x+200ms", "1x+1x", "1s+1s", "1s+1x+1x", "1s±", "1s±2"] {
            assert_eq!(text.parse::<Latency>(), Err(LatencyError::Malformed), "{text:?}");
        }
        let error = "5parsecs".parse::<Latency>().expect_err("no unit of time");
        assert_eq!(error.to_string(), r#""5parsecs" is no span of time: the units are ms, s and m"#);
    }

    proptest! {
        #[test]
        fn it_varies_within_its_bounds_and_the_same_each_time(seed: u64, number: u64) {
            let latency = read("200ms±50ms");
            let delay = latency.delay(Duration::ZERO, seed, number);
            prop_assert!((ms(150)..=ms(250)).contains(&delay), "{:?}", delay);
            prop_assert_eq!(delay, latency.delay(Duration::ZERO, seed, number));
        }
    }

    #[test]
    fn it_reaches_both_halves_of_its_range_and_another_seed_varies_otherwise() {
        let delays = |seed| (1..=100).map(move |number| read("200ms±50ms").delay(Duration::ZERO, seed, number));
        assert!((30..70).contains(&delays(7).filter(|delay| *delay < ms(200)).count()));
        assert!(!delays(7).eq(delays(8)));
    }
}
