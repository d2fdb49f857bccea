//! The time, for the exchange machine, which reads no clock.

use std::{
    sync::LazyLock,
    time::{Instant, SystemTime},
};

use stt_auth::Now;

/// The time on both clocks, the monotonic one counted from one start for the whole process.
///
/// It is tokio's clock, so that the timers and the exchange machine agree where a test has stopped it.
pub(crate) fn now() -> Now {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let start = *START;
    let monotonic = tokio::time::Instant::now().into_std().saturating_duration_since(start);
    Now::new(monotonic, SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default())
}
