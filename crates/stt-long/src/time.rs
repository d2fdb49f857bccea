//! Samples at 16 kHz as time.

use std::time::Duration;

use stt_model::Ticks;

/// The rate of everything that is sent, in Hz.
pub(crate) const RATE: u32 = 16_000;

/// One sample at 16 kHz is 62.5 microseconds, 625 ticks.
const TICKS_PER_SAMPLE: u64 = 625;

pub(crate) fn ticks(samples: u64) -> Ticks {
    Ticks(samples.saturating_mul(TICKS_PER_SAMPLE))
}

/// As many whole samples as lie within this time.
pub(crate) fn samples(time: Duration) -> u64 {
    Ticks::from(time).0 / TICKS_PER_SAMPLE
}
