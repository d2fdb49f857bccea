//! How far a run is, in a line.

use std::{fmt, time::Duration};

use serde::Serialize;
use stt_hyper::LimiterState;
use stt_model::Ticks;

use super::tally::Tally;
use crate::heard::Clock;

/// How far a run is.
#[derive(Debug, Serialize)]
#[serde(rename = "progress", tag = "event")]
pub(super) struct Progress {
    done: usize,
    inputs: usize,
    failed: usize,
    audio_seconds: f64,
    seconds: f64,
    /// How many requests may be under way at once, and how many are.
    allowed: u32,
    in_flight: u32,
    /// What is left of a pause that the service asked for.
    throttled_seconds: f64,
}

impl Progress {
    pub(super) fn of(tally: &Tally, left: usize, elapsed: Duration, limiter: LimiterState) -> Self {
        let done = tally.with_words + tally.without_words + tally.failed;
        Self {
            done,
            inputs: done + left,
            failed: tally.failed,
            audio_seconds: tally.audio_seconds,
            seconds: elapsed.as_secs_f64(),
            allowed: limiter.allowed,
            in_flight: limiter.in_flight,
            throttled_seconds: limiter.closed_for.unwrap_or_default().as_secs_f64(),
        }
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { done, inputs, failed, allowed, .. } = self;
        write!(f, "{done}/{inputs}")?;
        if 0 < *failed {
            write!(f, ", {failed} failed")?;
        }
        write!(f, ", {} of audio", Clock(Ticks::from(Duration::from_secs_f64(self.audio_seconds))))?;
        let rate = *done as f64 / self.seconds.max(0.001);
        write!(f, ", {rate:.1} files/s, {allowed} at a time")?;
        if 0.0 < self.throttled_seconds {
            write!(f, ", throttled, waiting {:.0} s", self.throttled_seconds.ceil())?;
        }
        if 0.0 < rate && done < inputs {
            let left = Duration::from_secs_f64((inputs - done) as f64 / rate);
            write!(f, ", {} left", Clock(Ticks::from(left)))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use stt_hyper::Limiter;

    use super::*;

    #[test]
    fn how_far_a_run_is_stands_in_one_line() {
        let tally = Tally { with_words: 30, failed: 2, audio_seconds: 3_723.5, ..Tally::default() };
        let mut state = Limiter::fixed(3).state();
        let line = |state| Progress::of(&tally, 96, Duration::from_secs(16), state).to_string();
        assert_eq!(line(state), "32/128, 2 failed, 1:02:03 of audio, 2.0 files/s, 3 at a time, 0:48 left");
        state.closed_for = Some(Duration::from_millis(1_200));
        assert!(line(state).contains("3 at a time, throttled, waiting 2 s, 0:48 left"));
    }
}
